//! `lesson`: what there is, its text, and how to run it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use wire101::commands::Failure;
use wire101::commands::lesson::{self, Onlooker};
use wire101::wire::{Wire, asked};

use super::Look;
use super::waiting::Waiting;

#[derive(Debug, Subcommand)]
pub enum Lesson {
    /// What lessons there are
    List,
    /// Read a lesson's text
    Show {
        /// The lesson's name or number
        name: String,
    },
    /// Run a lesson: capture both sides, and explain what crossed the wire
    Run(Run),
}

#[derive(Debug, Args)]
pub struct Run {
    /// The lesson's name or number
    name: String,
    /// What the lesson runs on: machines in memory, or the kernel's own TCP (Linux)
    #[arg(long, value_name = "WIRE", default_value = "virtual")]
    wire: WireName,
    /// How long a packet and its answer take together: 200ms, 1.5s [default: the lesson's own, mostly 80ms; on the
    /// loopback wire, no longer than they take]
    #[arg(long, value_name = "TIME", value_parser = asked::duration)]
    rtt: Option<Duration>,
    /// How many of a hundred frames get lost [default: the lesson's own, mostly 0]
    #[arg(long, value_name = "PERCENT", value_parser = asked::percent)]
    loss: Option<f64>,
    /// What chance starts from: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write what was captured, both sides, as pcapng
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Show the OSI layers of every exchange
    #[arg(long)]
    layers: bool,
    /// Show the packets' bytes; with --ladder, every packet's
    #[arg(long)]
    hex: bool,
    /// Show every packet of the ladders
    #[arg(long)]
    ladder: bool,
    /// Print JSON Lines instead
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WireName {
    Virtual,
    Loopback,
}

impl Lesson {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        match self {
            Self::List => lesson::list(out, look.style()),
            Self::Show { name } => lesson::show(&name, out, look.style()),
            Self::Run(run) => {
                let waiting = io::stderr().is_terminal().then(Waiting::new);
                let onlooker = waiting.as_ref().map(|it| it as &dyn Onlooker);
                lesson::run_before(&run.into(), out, look.style(), onlooker)
            }
        }
    }
}

impl From<Run> for lesson::Run {
    fn from(run: Run) -> Self {
        let Run { name, wire, rtt, loss, seed, save, layers, hex, ladder, json } = run;
        let wire = match wire {
            WireName::Virtual => Wire::Virtual,
            WireName::Loopback => Wire::Loopback,
        };
        Self { name, wire, rtt, loss, seed, save, layers, hex, ladder, json }
    }
}
