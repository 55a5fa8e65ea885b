//! What programs hold of the virtual wire: a handle on it, its listeners and its connections.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{RecvError, Socket, State};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Wire;
use super::host::Wait;

/// A handle on the wire.
#[derive(Clone)]
pub(in crate::wire) struct Handle(pub(super) Arc<Wire>);

impl Handle {
    pub(in crate::wire) async fn connect(
        &self,
        from: &str,
        to: &str,
        port: u16,
        room: Option<usize>,
    ) -> io::Result<Connection> {
        let (from, to) = (self.find(from)?, self.find(to)?);
        let handle = self.0.act(|segment, now| {
            let address = segment.hosts[to].address;
            let (host, link) = segment.host(from);
            let handle = host.connect(address, port, room)?;
            host.transmit(link, now);
            io::Result::Ok(handle)
        })?;
        let connection = Connection { wire: Arc::clone(&self.0), host: from, handle };
        poll_fn(|cx| connection.poll_connect(cx)).await?;
        Ok(connection)
    }

    pub(in crate::wire) fn listen(&self, host: &str, port: u16) -> io::Result<Listener> {
        let host = self.find(host)?;
        if !self.0.act(|segment, _| segment.host(host).0.listen(port)) {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, format!("port {port} cannot be listened on")));
        }
        Ok(Listener { wire: Arc::clone(&self.0), host, port })
    }

    fn find(&self, name: &str) -> io::Result<usize> {
        let unknown = || io::Error::new(io::ErrorKind::NotFound, format!("there is no host named {name} on this wire"));
        self.0.look(|segment| segment.find(name)).ok_or_else(unknown)
    }
}

/// A port somebody listens on.
pub(in crate::wire) struct Listener {
    wire: Arc<Wire>,
    host: usize,
    port: u16,
}

impl Listener {
    pub(in crate::wire) async fn accept(&mut self) -> Connection {
        let handle = poll_fn(|cx| {
            let accepted = self.wire.look(|segment| segment.host(self.host).0.accept(self.port, cx.waker()));
            accepted.map_or(Poll::Pending, Poll::Ready)
        });
        let handle = handle.await;
        Connection { wire: Arc::clone(&self.wire), host: self.host, handle }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.wire.act(|segment, _| segment.host(self.host).0.stop_listening(self.port));
    }
}

/// One end of a connection.
pub(in crate::wire) struct Connection {
    wire: Arc<Wire>,
    host: usize,
    handle: SocketHandle,
}

impl Connection {
    pub(in crate::wire) fn abort(self) {
        self.act(Socket::abort);
    }

    /// Does something with the socket, and sends what follows from it at once, as a kernel does.
    fn act<T>(&self, act: impl FnOnce(&mut Socket<'static>) -> T) -> T {
        self.wire.act(|segment, now| {
            let (host, link) = segment.host(self.host);
            let result = act(host.socket_mut(self.handle));
            host.transmit(link, now);
            result
        })
    }

    /// Like [`Self::act`], for what may have to wait. Waiting changes nothing: if it were told to the wire, the wire's
    /// next move would poll again whoever waits, and time would stand still.
    fn poll<T>(&self, wait: Wait, act: impl FnOnce(&mut Socket<'static>) -> Poll<T>) -> Poll<T> {
        let result = self.wire.look(|segment| {
            let (host, _) = segment.host(self.host);
            let result = act(host.socket_mut(self.handle));
            host.waits(self.handle, result.is_pending().then_some(wait));
            result
        });
        if result.is_ready() {
            self.act(|_| ());
        }
        result
    }

    fn poll_connect(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        self.poll(Wait::Connect, |socket| match socket.state() {
            State::SynSent | State::SynReceived => {
                socket.register_send_waker(cx.waker());
                Poll::Pending
            }
            State::Closed => Poll::Ready(Err(io::ErrorKind::ConnectionRefused.into())),
            _ => Poll::Ready(Ok(())),
        })
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.poll(Wait::Read, |socket| match socket.recv_slice(buf.initialize_unfilled()) {
            Ok(0) => {
                socket.register_recv_waker(cx.waker());
                Poll::Pending
            }
            Ok(read) => {
                buf.advance(read);
                Poll::Ready(Ok(()))
            }
            Err(RecvError::Finished) => Poll::Ready(Ok(())),
            Err(RecvError::InvalidState) => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        })
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.poll(Wait::Write, |socket| match socket.send_slice(buf) {
            Ok(0) => {
                socket.register_send_waker(cx.waker());
                Poll::Pending
            }
            Ok(sent) => Poll::Ready(Ok(sent)),
            Err(_) if socket.state() == State::Closed => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            Err(_) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        })
    }

    /// A write is the stack's to deliver as soon as it is accepted.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.act(Socket::close);
        Poll::Ready(Ok(()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.wire.act(|segment, now| {
            let (host, link) = segment.host(self.host);
            // Orphaned first: with data left unread, the close is a reset and no FIN must go before it.
            host.orphan(self.handle);
            if host.socket(self.handle).recv_queue() == 0 {
                host.socket_mut(self.handle).close();
            }
            host.transmit(link, now);
        });
    }
}
