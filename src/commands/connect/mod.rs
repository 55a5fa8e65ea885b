//! `wire101 connect`: a client for HTTP and WebSocket, to look at a server with.
//!
//! What the server sends goes to standard output; what is said about it, to standard error.

mod http;
mod notes;
mod websocket;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};

pub use self::notes::Notes;
use super::{Failure, live};
use crate::peer::client::{ClientError, Url};
use crate::render::style::Style;

/// What `connect` was asked for.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Where to.
    pub url: Url,
    /// Fields of the request.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// What to do there.
    pub what: What,
    /// Whether a terminal shows the output, to which what is received must not be written as it is.
    pub terminal: bool,
}

/// What to do at a URL.
#[derive(Clone, Debug)]
pub enum What {
    /// HTTP: to exchange requests for responses.
    Exchange(Exchange),
    /// WebSocket: to converse.
    Converse(Converse),
}

/// Requests, one after the other.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The method; GET, or POST with data, if not said.
    pub method: Option<Method>,
    /// Where the body comes from.
    pub data: Option<Data>,
    /// How often: on one connection, as long as the server keeps it.
    pub repeat: u32,
    /// Whether to ask the server to close the connection after each response.
    pub close: bool,
    /// Whether a 4xx or 5xx is a failure.
    pub fail: bool,
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// The command line.
    Text(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// A conversation over WebSocket.
#[derive(Clone, Debug)]
pub struct Converse {
    /// The subprotocols to offer, the best first.
    pub subprotocols: Vec<String>,
    /// The messages to send; lines of standard input, if there are none, and no ping.
    pub send: Vec<String>,
    /// Whether to send a ping, and wait for its pong.
    pub ping: bool,
    /// How long to listen after the last message was sent.
    pub wait: Duration,
    /// What to close with.
    pub close: u16,
}

impl Connect {
    /// What does not fit the URL's scheme, or cannot be said.
    fn check(&self) -> Result<(), Failure> {
        let made = |name: &HeaderName| match self.what {
            What::Exchange(_) => *name == "content-length" || *name == "transfer-encoding",
            What::Converse(_) => {
                *name == "upgrade" || *name == "connection" || name.as_str().starts_with("sec-websocket-")
            }
        };
        match self.fields.iter().find(|(name, _)| made(name)) {
            Some((name, _)) => Err(Failure::Usage(format!("--header {name}: the client sets this header itself"))),
            None => Ok(()),
        }
    }
}

/// Connects.
///
/// # Errors
///
/// If there is no connection, or no exchange that was whole; if the server refused; or if the output cannot be written.
pub fn connect(asked: &Connect, out: &mut dyn Write, notes: &mut Notes<'_>, style: Style) -> Result<(), Failure> {
    asked.check()?;
    let runtime = live::runtime()?;
    let result = runtime.block_on(async {
        match &asked.what {
            What::Exchange(exchange) => http::run(asked, exchange, out, notes).await,
            What::Converse(converse) => websocket::run(asked, converse, out, notes, style).await,
        }
    });
    // Whatever still waits for the network or for standard input is not waited for.
    runtime.shutdown_background();
    if result.is_err() {
        out.flush()?;
    }
    result
}

/// What went wrong, said of that URL. What a server said may be in it.
fn failed(url: &Url, error: &ClientError) -> Failure {
    Failure::Run(format!("{url}: {error}"))
}
