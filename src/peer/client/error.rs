//! What can go wrong with a server, in words for people: what, and what to do.

use std::io;
use std::net::SocketAddr;

use hyper::StatusCode;
use thiserror::Error;

use super::LONGEST_MESSAGE;
use super::overheard::Heard;
use crate::layers::Direction;
use crate::layers::session::{Opening, opening};

/// Why an exchange, or a conversation, did not come about or broke off.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The host's name leads nowhere.
    #[error("{host}: no address was found for this name ({why}); is it spelled correctly?")]
    Name {
        /// The name.
        host: String,
        /// What the system says.
        why: String,
    },
    /// The host did not accept a connection.
    #[error("{address}: {}", refusal(error))]
    Connect {
        /// Where to.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// What answered is no HTTP/1.
    #[error("{0}")]
    NotHttp(String),
    /// The connection ended too early.
    #[error("the server closed the connection {0}")]
    Closed(&'static str),
    /// The exchange broke off.
    #[error("the connection broke off: {0}")]
    Broken(String),
    /// The request cannot be sent as it is.
    #[error("this request cannot be sent: {0}")]
    Request(String),
    /// The server answered a request for a WebSocket with something else.
    #[error("the server did not accept WebSocket; it answered {status}{}", if said.is_empty() { String::new() } else { format!(": {said}") })]
    Refused {
        /// With what.
        status: StatusCode,
        /// The first line of what it said of it, as it was sent; it is to be escaped.
        said: String,
    },
    /// The server answered 101, but not as it must.
    #[error("the server answered 101, but {0}: a client must not go on (RFC 6455 §4.1)")]
    Handshake(String),
    /// A message was too long.
    #[error("the server sent a message longer than {} MiB, the most that wire101 accepts", LONGEST_MESSAGE >> 20)]
    TooLong,
    /// The server broke a rule of WebSocket.
    #[error("the server broke a rule of WebSocket: {0}")]
    Rule(String),
}

fn refusal(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "nothing listens there (connection refused); is the server running, and is that its port?".to_owned()
        }
        io::ErrorKind::TimedOut => {
            "no answer within 10 s; is it the right address, and does a firewall let you through?".to_owned()
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("there is no route to it ({error}); is this machine connected to that network?")
        }
        _ => format!("cannot connect: {error}"),
    }
}

impl ClientError {
    /// What hyper's error means, by what was heard on the connection.
    pub(super) fn of(error: &hyper::Error, heard: &Heard) -> Self {
        let first = heard.first();
        if error.is_user() {
            return Self::Request(with_sources(error));
        }
        let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
        let is_cut = source.is_some_and(|source| source.kind() == io::ErrorKind::UnexpectedEof);
        if is_cut || error.is_incomplete_message() {
            return Self::Closed(if first.is_empty() { "without an answer" } else { "before its answer was complete" });
        }
        if error.is_parse() && !first.starts_with(b"HTTP/") {
            let spoken = match opening(&first, Direction::Server, false) {
                Opening::Tls => {
                    "it speaks TLS, which is for https: and wss: and which wire101 doesn't speak".to_owned()
                }
                Opening::Http2 => "it speaks only HTTP/2, and wire101 speaks HTTP/1.1".to_owned(),
                Opening::Named(name) => format!("it speaks {name}"),
                _ => format!("its answer begins with \"{}\"", first[..first.len().min(32)].escape_ascii()),
            };
            return Self::NotHttp(format!("what answered isn't an HTTP server: {spoken}"));
        }
        if error.is_parse() {
            return Self::NotHttp(format!("the answer is not well-formed HTTP: {}", with_sources(error)));
        }
        Self::Broken(with_sources(error))
    }
}

/// An error and what is behind it.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}

impl From<tokio_tungstenite::tungstenite::Error> for ClientError {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        use tokio_tungstenite::tungstenite::Error;
        use tokio_tungstenite::tungstenite::error::ProtocolError;

        match error {
            Error::Capacity(_) => Self::TooLong,
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Self::Closed("without a close frame (1006)")
            }
            Error::Protocol(error) => Self::Rule(error.to_string()),
            Error::Utf8(_) => Self::Rule("text that is not UTF-8".to_owned()),
            other => Self::Broken(with_sources(&other)),
        }
    }
}
