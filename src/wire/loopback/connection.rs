//! What programs hold of the loopback wire: a handle on it, its listeners and its connections, which are the kernel's.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::Instant;

use super::hosts::Hosts;

/// How many connections wait to be accepted: as many as the kernel's own default for it.
const BACKLOG: u32 = 4096;

/// A handle on the wire.
#[derive(Clone)]
pub(in crate::wire) struct Handle {
    hosts: Arc<Hosts>,
    /// The moment until which programs sleep on purpose: nobody hangs before it.
    asleep_until: Arc<Mutex<Instant>>,
}

impl Handle {
    pub(super) fn new(hosts: Hosts) -> Self {
        Self { hosts: Arc::new(hosts), asleep_until: Arc::new(Mutex::new(Instant::now())) }
    }

    pub(super) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    pub(super) fn asleep_until(&self) -> Instant {
        *self.asleep_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::wire) async fn connect(
        &self,
        from: &str,
        to: &str,
        port: u16,
        room: Option<usize>,
    ) -> io::Result<Connection> {
        let (from, to) = (self.hosts.address(from)?, self.hosts.address(to)?);
        let socket = TcpSocket::new_v4()?;
        if let Some(room) = room {
            socket.set_recv_buffer_size(u32::try_from(room).unwrap_or(u32::MAX))?;
        }
        socket.bind(SocketAddr::from((from, 0)))?;
        Connection::of(socket.connect(SocketAddr::from((to, port))).await?)
    }

    pub(in crate::wire) fn listen(&self, host: &str, port: u16) -> io::Result<Listener> {
        let socket = TcpSocket::new_v4()?;
        // A connection that is over must not keep its port from being listened on again.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((self.hosts.address(host)?, port)))?;
        Ok(Listener(socket.listen(BACKLOG)?))
    }

    pub(in crate::wire) async fn sleep(&self, duration: Duration) {
        let until = Instant::now() + duration;
        {
            let mut asleep = self.asleep_until.lock().unwrap_or_else(PoisonError::into_inner);
            *asleep = until.max(*asleep);
        }
        tokio::time::sleep_until(until).await;
    }
}

/// A port somebody listens on.
pub(in crate::wire) struct Listener(TcpListener);

impl Listener {
    pub(in crate::wire) async fn accept(&mut self) -> io::Result<Connection> {
        Connection::of(self.0.accept().await?.0)
    }
}

/// One end of a connection.
pub(in crate::wire) struct Connection(TcpStream);

impl Connection {
    /// Without Nagle's algorithm, as on the virtual wire: what is written is sent.
    fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    pub(in crate::wire) fn abort(self) {
        // It fails for no socket there is; if it did, the connection would end with FIN.
        let _ = self.0.set_zero_linger();
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
