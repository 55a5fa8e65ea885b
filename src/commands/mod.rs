//! What each subcommand does: asks the library, and hands what it finds to the views.
//!
//! Results go to the writer that is handed in; errors are returned. Nothing here reads the environment or exits.

pub mod compare;
pub mod connect;
pub mod explain;
pub mod inspect;
pub mod lesson;
mod lines;
mod live;
mod save;
pub mod serve;
pub mod tutorial;

use std::io::{self, Write};

use thiserror::Error;

use crate::capture::CaptureError;
use crate::layers::Layer;
use crate::render::style::Style;
use crate::render::text;

/// Why a command did not do all that was asked.
#[derive(Debug, Error)]
pub enum Failure {
    /// The command line asks for something that there is not.
    #[error("{0}")]
    Usage(String),
    /// The input is damaged, or has not what was asked for. What could be shown was.
    #[error("{0}")]
    Input(String),
    /// Something could not be run, be connected to, or be saved.
    #[error("{0}")]
    Run(String),
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// A capture that could not be read, or not to its end.
    #[must_use]
    pub fn capture(source: &str, error: &CaptureError) -> Self {
        Self::Input(format!("{source}: {error}"))
    }

    /// The message for standard error; none where nobody reads the output any more.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        (!self.is_closed_pipe()).then(|| self.to_string())
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Output(_) if self.is_closed_pipe() => 0,
            Self::Input(_) | Self::Run(_) | Self::Output(_) => 1,
        }
    }

    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// What the program is, and what to type first.
///
/// # Errors
///
/// If the output cannot be written.
pub fn welcome(out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    const FIRST: [(&str, &str); 7] = [
        ("wire101 tutorial", "the whole course: guess, see, check, go on"),
        ("wire101 lesson run upgrade", "how HTTP turns into WebSocket, packet by packet"),
        ("wire101 lesson run keep-alive", "what a new connection for every request costs"),
        ("wire101 lesson list", "what other lessons there are"),
        ("wire101 inspect FILE", "the same explanation for a pcap or pcapng of your own"),
        ("wire101 explain 101", "what a status code, a header, an opcode means"),
        ("wire101 --help", "every command and flag"),
    ];
    let widest = FIRST.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    writeln!(out, "{} shows what HTTP and WebSocket really put on the wire.", style.bold("wire101"))?;
    writeln!(out, "Lessons run real clients and servers, capture every packet, and explain what was captured.")?;
    writeln!(out)?;
    for (command, what) in FIRST {
        let command = text::pad(&style.paint(Layer::Application, command), widest);
        writeln!(out, "  {command}  {}", style.dim(what))?;
    }
    Ok(())
}
