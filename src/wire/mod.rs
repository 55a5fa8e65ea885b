//! Where a lesson's traffic runs: named hosts, connections between them, and a recording of every packet.
//!
//! A demonstration is handed a [`Network`] and cannot tell which wire is behind it. This module knows TCP connections
//! and packets as bytes; it knows nothing of HTTP, of WebSocket (but for the masking keys [`remask`] replaces) or of
//! what an inspector finds in the packets.

pub mod remask;
pub mod seeded;
pub mod virtual_wire;

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::capture::OwnedPacket;

/// An error of any kind: what a demonstration may end with.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What can be set about a wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The time there and back between any two hosts. The virtual wire counts whole milliseconds and rounds to them.
    pub rtt: Duration,
    /// How many frames in a hundred are lost, 0 to 100. ARP never is.
    pub loss: f64,
    /// What everything random follows from.
    pub seed: u64,
}

impl Default for Settings {
    /// A round trip of 80 ms (across a continent), no loss, seed 1.
    fn default() -> Self {
        Self { rtt: Duration::from_millis(80), loss: 0.0, seed: 1 }
    }
}

/// What crossed the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Every packet, as sent and in the order sent; those lost on the way are among them, and say so in their comment.
    pub packets: Vec<OwnedPacket>,
    /// The hosts and their addresses, in the order in which they were named.
    pub hosts: Vec<(String, IpAddr)>,
    /// Whose TCP it was, as figures that depend on it should name it: "smoltcp 0.14".
    pub stack: &'static str,
}

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A share of frames outside of what can be lost.
    #[error("a loss of {0} % is not between 0 and 100")]
    Loss(f64),
    /// More hosts than the wire can hold.
    #[error("{given} hosts on one wire: it holds {most}")]
    TooManyHosts {
        /// How many were asked for.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// The runtime could not be started.
    #[error("the wire cannot start: {0}")]
    Runtime(#[from] io::Error),
    /// The demonstration itself failed.
    #[error("the demonstration failed: {0}")]
    Demo(#[source] BoxError),
    /// The demonstration did not end.
    #[error("the demonstration was still running after {} s; {waiting}", .after.as_secs())]
    Hung {
        /// How long it was given, in the wire's own time.
        after: Duration,
        /// Who was waiting for what.
        waiting: String,
    },
    /// The demonstration ended, but its connections did not.
    #[error("the demonstration ended, but {} s later connections were still open; {waiting}", .after.as_secs())]
    LeftOpen {
        /// How long they were given, in the wire's own time.
        after: Duration,
        /// Which, and who was waiting for what.
        waiting: String,
    },
}

/// The hosts of one wire, by name. Clones are handles on the same wire.
#[derive(Clone)]
pub struct Network(NetworkKind);

#[derive(Clone)]
enum NetworkKind {
    Virtual(virtual_wire::Handle),
}

impl Network {
    /// Opens a TCP connection from a host to a port of another.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is no such host, `ConnectionRefused` where nobody listens on the port.
    pub async fn connect(&self, from: &str, to: &str, port: u16) -> io::Result<Connection> {
        match &self.0 {
            NetworkKind::Virtual(wire) => Ok(Connection(ConnectionKind::Virtual(wire.connect(from, to, port).await?))),
        }
    }

    /// Listens on a port of a host.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is no such host, `AddrInUse` where the port has a listener.
    pub fn listen(&self, host: &str, port: u16) -> io::Result<Listener> {
        match &self.0 {
            NetworkKind::Virtual(wire) => Ok(Listener(ListenerKind::Virtual(wire.listen(host, port)?))),
        }
    }

    /// Lets the wire's own time pass.
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Takes the connections that arrive at a port. Dropping it closes the port, not the connections it handed out.
pub struct Listener(ListenerKind);

enum ListenerKind {
    Virtual(virtual_wire::Listener),
}

impl Listener {
    /// The next connection.
    ///
    /// # Errors
    ///
    /// What the operating system reports; the virtual wire never fails here.
    pub async fn accept(&mut self) -> io::Result<Connection> {
        match &mut self.0 {
            ListenerKind::Virtual(listener) => Ok(Connection(ConnectionKind::Virtual(listener.accept().await))),
        }
    }
}

/// One end of a TCP connection. Shutting it down sends FIN; so does dropping it, unless what the peer sent was left
/// unread: then the peer is told with RST (RFC 1122 §4.2.2.13).
pub struct Connection(ConnectionKind);

enum ConnectionKind {
    Virtual(virtual_wire::Connection),
}

impl Connection {
    /// Ends the connection at once with RST (RFC 9293 §3.10.5); what was not yet sent never will be.
    pub fn abort(self) {
        match self.0 {
            ConnectionKind::Virtual(connection) => connection.abort(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.0 {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_shutdown(cx),
        }
    }
}
