//! Where a lesson's traffic runs: named hosts, connections between them, and a recording of every packet.
//!
//! A demonstration gets a [`Network`] and can't tell which wire is behind it. This module knows TCP connections
//! and packets as bytes; it knows nothing of HTTP, of WebSocket (but for the masking keys [`remask`] replaces) or of
//! what an inspector finds in the packets.

pub mod asked;
#[cfg(test)]
mod conversations;
#[cfg(target_os = "linux")]
pub mod loopback;
pub mod remask;
pub mod seeded;
pub mod tamper;
pub mod virtual_wire;

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::capture::OwnedPacket;
use tamper::{Change, Tamper};

/// An error of any kind: what a demonstration may end with.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Which wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wire {
    /// Hosts in memory, in virtual time: needs nothing, and repeats.
    #[default]
    Virtual,
    /// The operating system's own TCP, on a loopback of its own, in real time. Linux only.
    Loopback,
}

impl Wire {
    /// What is set unless something else is asked for: a wire in memory has distance, a loopback has none.
    #[must_use]
    pub fn settings(self) -> Settings {
        match self {
            Self::Virtual => Settings::default(),
            Self::Loopback => Settings { rtt: Duration::ZERO, ..Settings::default() },
        }
    }

    /// Runs a demonstration on a wire of its own and records it, until it is over and the wire quiet.
    ///
    /// # Errors
    ///
    /// See [`WireError`].
    pub fn run<Demo, Performance>(
        self,
        settings: &Settings,
        hosts: &[&str],
        side: u8,
        demo: Demo,
    ) -> Result<Recording, WireError>
    where
        Demo: FnOnce(Network) -> Performance,
        Performance: Future<Output = Result<(), BoxError>>,
    {
        match self {
            Self::Virtual => virtual_wire::run(settings, hosts, side, demo),
            #[cfg(target_os = "linux")]
            Self::Loopback => loopback::run(settings, hosts, side, demo),
            #[cfg(not(target_os = "linux"))]
            Self::Loopback => Err(WireError::OnlyOnLinux),
        }
    }
}

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

impl Settings {
    /// Whether they can be met, on a wire with so many hosts that holds so many.
    fn check(&self, hosts: &[&str], most: usize) -> Result<(), WireError> {
        if !(0.0..=100.0).contains(&self.loss) {
            return Err(WireError::Loss(self.loss));
        }
        if hosts.len() > most {
            return Err(WireError::TooManyHosts { given: hosts.len(), most });
        }
        Ok(())
    }
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
    pub stack: String,
    /// What was set that this wire cannot do, and why, in a sentence or two.
    pub unmet: Option<String>,
    /// How many packets crossed the wire and are not among these: the machine could not keep up.
    pub missed: u64,
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
    /// This system has no loopback wire.
    #[error("the loopback wire needs Linux's network namespaces; use the virtual one, which runs anywhere")]
    OnlyOnLinux,
    /// The system forbids something that the wire needs.
    #[error("the loopback wire needs its own network namespace, and {0}")]
    Refused(String),
    /// The runtime could not be started, or what the wire needs from the system failed.
    #[error("the wire failed: {0}")]
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
    #[cfg(target_os = "linux")]
    Loopback(loopback::Handle),
}

impl Network {
    /// Opens a TCP connection from a host to a port of another.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is no such host, `ConnectionRefused` where nobody listens on the port.
    pub async fn connect(&self, from: &str, to: &str, port: u16) -> io::Result<Connection> {
        self.connect_with_room(from, to, port, None).await
    }

    /// The same, where the client has `room` bytes for what has arrived and was not read yet; `None` leaves it to the
    /// wire.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_with_room(
        &self,
        from: &str,
        to: &str,
        port: u16,
        room: Option<usize>,
    ) -> io::Result<Connection> {
        let kind = match &self.0 {
            NetworkKind::Virtual(wire) => ConnectionKind::Virtual(wire.connect(from, to, port, room).await?),
            #[cfg(target_os = "linux")]
            NetworkKind::Loopback(wire) => ConnectionKind::Loopback(wire.connect(from, to, port, room).await?),
        };
        Ok(Connection::new(kind))
    }

    /// Listens on a port of a host.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is no such host, `AddrInUse` where the port has a listener.
    pub fn listen(&self, host: &str, port: u16) -> io::Result<Listener> {
        match &self.0 {
            NetworkKind::Virtual(wire) => Ok(Listener(ListenerKind::Virtual(wire.listen(host, port)?))),
            #[cfg(target_os = "linux")]
            NetworkKind::Loopback(wire) => Ok(Listener(ListenerKind::Loopback(wire.listen(host, port)?))),
        }
    }

    /// Lets the wire's own time pass.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            NetworkKind::Virtual(_) => tokio::time::sleep(duration).await,
            #[cfg(target_os = "linux")]
            NetworkKind::Loopback(wire) => wire.sleep(duration).await,
        }
    }
}

/// Takes the connections that arrive at a port. Dropping it closes the port, not the connections it handed out.
pub struct Listener(ListenerKind);

enum ListenerKind {
    Virtual(virtual_wire::Listener),
    #[cfg(target_os = "linux")]
    Loopback(loopback::Listener),
}

impl Listener {
    /// The next connection.
    ///
    /// # Errors
    ///
    /// What the operating system reports; the virtual wire never fails here.
    pub async fn accept(&mut self) -> io::Result<Connection> {
        match &mut self.0 {
            ListenerKind::Virtual(listener) => Ok(Connection::new(ConnectionKind::Virtual(listener.accept().await))),
            #[cfg(target_os = "linux")]
            ListenerKind::Loopback(listener) => Ok(Connection::new(ConnectionKind::Loopback(listener.accept().await?))),
        }
    }
}

/// One end of a TCP connection. Shutting it down sends FIN; so does dropping it, unless what the peer sent was left
/// unread: then the peer is told with RST (RFC 1122 §4.2.2.13).
pub struct Connection {
    kind: ConnectionKind,
    tamper: Option<Tamper>,
}

enum ConnectionKind {
    Virtual(virtual_wire::Connection),
    #[cfg(target_os = "linux")]
    Loopback(loopback::Connection),
}

impl ConnectionKind {
    fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Virtual(connection) => Pin::new(connection).poll_write(cx, buf),
            #[cfg(target_os = "linux")]
            Self::Loopback(connection) => Pin::new(connection).poll_write(cx, buf),
        }
    }
}

impl Connection {
    fn new(kind: ConnectionKind) -> Self {
        Self { kind, tamper: None }
    }

    /// The same connection, on which the wire gets something else than what is written.
    #[must_use]
    pub fn tampered(self, change: Change) -> Self {
        Self { tamper: Some(Tamper::new(change)), ..self }
    }

    /// Sends what tampering left unsent.
    fn poll_unsent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { kind, tamper } = self;
        tamper.as_mut().map_or(Poll::Ready(Ok(())), |tamper| tamper.poll_send(kind, cx))
    }

    /// Ends the connection at once with RST (RFC 9293 §3.10.5); what was not yet sent never will be.
    pub fn abort(self) {
        match self.kind {
            ConnectionKind::Virtual(connection) => connection.abort(),
            #[cfg(target_os = "linux")]
            ConnectionKind::Loopback(connection) => connection.abort(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_read(cx, buf),
            #[cfg(target_os = "linux")]
            ConnectionKind::Loopback(connection) => Pin::new(connection).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Self { kind, tamper } = &mut *self;
        match tamper {
            Some(tamper) => tamper.poll_write(kind, cx, buf),
            None => kind.poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(cx))?;
        match &mut self.kind {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_flush(cx),
            #[cfg(target_os = "linux")]
            ConnectionKind::Loopback(connection) => Pin::new(connection).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(cx))?;
        match &mut self.kind {
            ConnectionKind::Virtual(connection) => Pin::new(connection).poll_shutdown(cx),
            #[cfg(target_os = "linux")]
            ConnectionKind::Loopback(connection) => Pin::new(connection).poll_shutdown(cx),
        }
    }
}
