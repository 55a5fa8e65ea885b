//! `capture`: which packets of which interface, for how long, and what to say about them.

use std::io::{self, IsTerminal, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use wire101::commands::log::Log;
use wire101::commands::{Failure, capture, inspect};

use super::views::{OUTPUT, Views};
use super::{Look, interrupt, values};

#[derive(Debug, Args)]
pub struct Capture {
    /// The interface, such as lo or eth0; "any" stands for all of them
    #[arg(short, long, value_name = "IFACE")]
    interface: String,
    /// Only packets with this port at either end; can be given more than once
    #[arg(long, value_name = "N")]
    port: Vec<u16>,
    /// Only packets with this address at either end; can be given more than once
    #[arg(long, value_name = "ADDRESS", value_parser = values::address)]
    host: Vec<IpAddr>,
    /// Write every packet, as pcapng, as it arrives
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    save: Option<PathBuf>,
    /// How long to capture: 10s, 5m, 1h [default: until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = values::period)]
    period: Option<Duration>,
    #[command(flatten)]
    views: Views,
    /// Print JSON Lines
    #[arg(long, conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

impl Capture {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let end = Arc::default();
        interrupt::sets(&end, interrupt::ALL)?;
        capture::capture(&self.into(), out, &Log::new(io::stderr()), look.style(), end)
    }
}

impl From<Capture> for capture::Capture {
    fn from(asked: Capture) -> Self {
        let Capture { interface, port, host, save, period, views, json } = asked;
        let terminal = io::stdout().is_terminal();
        let asked = inspect::Inspect { file: (&interface).into(), json, terminal, ..views.within(None) };
        Self { interface, ports: port, hosts: host, save, period, asked }
    }
}
