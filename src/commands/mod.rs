//! What each subcommand does: it asks the library and hands the results to the views.
//!
//! Results go to the writer that is handed in; errors are returned. Nothing here reads the environment or exits.

mod bundled;
pub mod capture;
pub mod compare;
pub mod connect;
pub mod draw;
pub mod explain;
#[cfg(target_os = "linux")]
mod feed;
pub mod inspect;
pub mod lesson;
mod lines;
mod live;
pub mod log;
mod redaction;
mod save;
pub mod serve;
mod served;
pub mod trace;
pub mod tutorial;

use std::io::{self, Write};

pub use self::save::apart;

use thiserror::Error;

use crate::capture::CaptureError;
use crate::layers::Layer;
use crate::render::escape::escape_str;
use crate::render::model::{Form, List, Page, Text};
use crate::render::style::Style;

/// Why a command did not do all that was asked.
#[derive(Debug, Error)]
pub enum Failure {
    /// The command line asks for something that doesn't exist.
    #[error("{0}")]
    Usage(String),
    /// The input is damaged, or doesn't have what was asked for. Whatever could be shown was shown.
    #[error("{0}")]
    Input(String),
    /// Something couldn't be run, connected to or saved.
    #[error("{0}")]
    Run(String),
    /// The user stopped the reading before the end of the input. What was read was shown.
    #[error("{0}")]
    Stopped(String),
    /// A command couldn't be traced, or not to its end. Any exit status except one may be the command's own.
    #[error(transparent)]
    Trace(Box<Failure>),
    /// The system refused something. Says why and what works instead, a line each. It contains nothing from outside.
    #[error("{0}")]
    Refused(String),
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// A capture that couldn't be read, or not to its end.
    #[must_use]
    pub fn capture(source: &str, error: &CaptureError) -> Self {
        let message = match error {
            // It names the captures that it is about.
            CaptureError::Parts(parts) => parts.to_string(),
            _ => format!("{source}: {error}"),
        };
        match error {
            CaptureError::Stopped { .. } => Self::Stopped(message),
            _ => Self::Input(message),
        }
    }

    /// The message for standard error; none where nobody reads the output any more. File names, arguments and what others
    /// said are in it as anything captured is: escaped.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Refused(said) => Some(said.clone()),
            Self::Trace(failure) => failure.message(),
            _ => (!self.is_closed_pipe()).then(|| escape_str(&self.to_string())),
        }
    }

    /// The exit status. If it was stopped, that's 128 plus the number of SIGINT, as in a shell.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Stopped(_) => 130,
            Self::Trace(_) => trace::OWN_FAILURE,
            Self::Output(_) if self.is_closed_pipe() => 0,
            Self::Input(_) | Self::Run(_) | Self::Refused(_) | Self::Output(_) => 1,
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
    const FIRST: [(&str, &str); 8] = [
        ("wire101 tutorial", "the whole course: guess, look, answer, go on"),
        ("wire101 lesson run upgrade", "how HTTP turns into WebSocket, packet by packet"),
        ("wire101 lesson run keep-alive", "what a new connection for every request costs"),
        ("wire101 lesson list", "the other lessons"),
        ("wire101 inspect FILE", "the same explanation for your own pcap or pcapng file"),
        ("wire101 trace -- COMMAND", "what your own program says while it runs"),
        ("wire101 explain 101", "what a status code, header or opcode means"),
        ("wire101 --help", "every command and flag"),
    ];
    let mut page = Page::default();
    page.say(Text::words("wire101").bold().and(" shows what HTTP and WebSocket really put on the wire."));
    page.say("Lessons run real clients and servers, capture every packet, and explain what was captured.");
    page.space();
    let mut list = List::new(Form::Commands);
    for (command, what) in FIRST {
        list.add(Text::words(command).look(Layer::Application), Text::words(what).dim());
    }
    page.add(list);
    Ok(style.print(page, out)?)
}
