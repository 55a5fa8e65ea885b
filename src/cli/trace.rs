//! `trace`: a command, and what to say about what it put on the wire.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use wire101::commands::log::Log;
use wire101::commands::{self, Failure, inspect, trace};

use super::Look;
use super::filter::Ends;
use super::views::{OUTPUT, Views};

/// What `trace --help` ends with.
const TRACE_HELP: &str = "\
The command runs in a network namespace that has nothing but a loopback interface. It has to start everything that
should talk, because it can't reach anything outside. The trace ends when the last process does. Ctrl-C goes to the command.
Exit status: the command's own; 127 or 126 if it can't be started, 128 + n if signal n ended it, 125 if tracing failed,
2 for wrong usage.

  wire101 trace -- npm test
  wire101 trace --save talk.pcapng -- sh -c './server & sleep 1; ./client; kill $!'
  wire101 trace --json --log talk.jsonl --port 8080 -- ./run-both";

#[derive(Debug, Args)]
#[command(after_help = TRACE_HELP)]
pub struct Trace {
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// Write every packet, as pcapng, as it arrives
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    save: Option<PathBuf>,
    /// Write the explanation to this file instead of standard error
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    log: Option<PathBuf>,
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    views: Views,
    /// Write JSON Lines to the file given with --log
    #[arg(long, requires = "log", conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

impl Trace {
    /// Returns the command's exit status. Standard output belongs to the command, too.
    pub fn run(self, look: &Look) -> Result<u8, Failure> {
        self.trace(look).map_err(|failure| Failure::Trace(Box::new(failure)))
    }

    fn trace(self, look: &Look) -> Result<u8, Failure> {
        let Self { command, save, log, ends, views, json } = self;
        let terminal = log.is_none() && io::stderr().is_terminal();
        let asked = inspect::Inspect { file: "trace".into(), json, terminal, ..views.within(Some(ends)) };
        let outputs = [("--save", &save), ("--log", &log), ("--out", &asked.out)];
        commands::apart(&outputs.map(|(flag, path)| (flag, path.as_deref())))?;
        let remarks = Log::new(io::stderr());
        let log = match log {
            None => remarks.clone(),
            Some(path) => Log::new(
                File::create(&path)
                    .map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))?,
            ),
        };
        let remarks = if json { remarks } else { log.clone() };
        let path = env::var_os("PATH");
        trace::trace(&trace::Trace { command, path, save, asked }, &log, &remarks, look.style_of(terminal))
    }
}
