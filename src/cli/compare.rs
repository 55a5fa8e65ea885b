//! `compare`: which captures, and which exchange of each.

use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;
use wire101::capture::watched::Watcher;
use wire101::commands::{Failure, compare};

use super::watch::Watch;
use super::{Look, interrupt, values};

#[derive(Debug, Args)]
pub struct Compare {
    /// The captures; one of them can be - for standard input
    #[arg(required = true, num_args = 2..)]
    files: Vec<PathBuf>,
    /// Which exchange of the first capture [default: its first upgrade, or else its first exchange]
    #[arg(long, value_name = "C.I", value_parser = values::exchange)]
    exchange: Option<(u64, u64)>,
    /// Which exchange of the next capture; repeat it for each capture after that
    #[arg(long, value_name = "C.I", value_parser = values::exchange)]
    other: Vec<(u64, u64)>,
    /// Print JSON Lines instead
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let watch: Rc<dyn Watcher> = Watch::new(interrupt::CTRL_C, false)?;
        compare::compare(&self.into(), out, look.style(), &watch)
    }
}

impl From<Compare> for compare::Compare {
    fn from(compare: Compare) -> Self {
        let Compare { files, exchange, other, json } = compare;
        let exchanges = std::iter::once(exchange).chain(other.into_iter().map(Some)).collect();
        Self { files, exchanges, json }
    }
}
