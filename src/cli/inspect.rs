//! `inspect`: which capture, and what to show of it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use wire101::commands::{Failure, inspect};

use super::Look;
use super::filter::Ends;
use super::interrupt;
use super::values;
use super::views::{OUTPUT, Views};
use super::watch::Watch;

#[derive(Debug, Args)]
pub struct Inspect {
    /// The capture; - reads standard input. Several are read as one, in time order: rotated files, or what two machines captured
    #[arg(required = true, num_args = 1.., value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Move the times of one capture: b.pcap=+1.2s, b.pcap=-1h; 0s leaves all times alone [default: judged by what they share]
    #[arg(long, value_name = "FILE=TIME", value_parser = values::clock, allow_hyphen_values = true)]
    clock: Vec<(String, i64)>,
    /// Follow a capture file that's still being written, and explain packets as they arrive, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    views: Views,
    /// Print JSON Lines
    #[arg(long, conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

impl Inspect {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let ends = if self.watch { interrupt::ALL } else { interrupt::CTRL_C };
        let watch = Watch::new(ends, self.json || self.views.streams())?;
        inspect::inspect(&self.into(), out, look.style(), watch)
    }
}

impl From<Inspect> for inspect::Inspect {
    fn from(asked: Inspect) -> Self {
        let Inspect { files, clock, watch, ends, views, json } = asked;
        let mut files = files.into_iter();
        let (file, more) = (files.next().unwrap_or_default(), files.collect());
        Self {
            file,
            more,
            clocks: clock,
            watch,
            json,
            terminal: io::stdout().is_terminal(),
            ..views.within(Some(ends))
        }
    }
}
