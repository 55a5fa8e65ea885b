//! A connection that remembers what came first in each direction: the heads of requests and responses exactly as they were sent,
//! because no library keeps their spelling and order; and if something other than HTTP answers, what that was.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is remembered, in bytes: more than hyper takes for a header section.
const MAX_HEARD_BYTES: usize = 512 << 10;

/// The connection.
pub(super) struct Overheard<S> {
    inner: S,
    heard: Heard,
}

/// What was received, and what was sent, since it was last asked to forget.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    received: Remembered,
    sent: Remembered,
}

/// The first of the bytes that went one way.
#[derive(Clone, Debug, Default)]
struct Remembered(Arc<Mutex<Vec<u8>>>);

impl Remembered {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, new: &[u8]) {
        let mut bytes = self.bytes();
        let room = MAX_HEARD_BYTES - bytes.len();
        bytes.extend_from_slice(&new[..new.len().min(room)]);
    }
}

impl Heard {
    /// Begins anew.
    pub(super) fn forget(&self) {
        self.received.bytes().clear();
        self.sent.bytes().clear();
    }

    /// What was received first.
    pub(super) fn first(&self) -> Vec<u8> {
        self.received.bytes().clone()
    }

    /// The head of the request that was sent, as far as it was.
    pub(super) fn request(&self) -> Vec<u8> {
        let bytes = self.sent.bytes();
        bytes[..head(&bytes)].to_vec()
    }

    /// The heads that were received, up to and with that of the final response, or of a 101: status lines and field lines, with their
    /// line ends, and an empty line after each.
    pub(super) fn heads(&self) -> Vec<u8> {
        let bytes = self.received.bytes();
        let mut end = 0;
        loop {
            let head = head(&bytes[end..]);
            let is_last = !is_interim(&bytes[end..end + head]);
            end += head;
            if is_last {
                return bytes[..end].to_vec();
            }
        }
    }
}

/// How many bytes the head takes that `bytes` begin with; all of them, if it does not end.
fn head(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(length) = memchr(b'\n', &bytes[at..]) {
        let is_empty = matches!(&bytes[at..at + length], b"" | b"\r");
        at += length + 1;
        if is_empty {
            return at;
        }
    }
    bytes.len()
}

/// Whether it is a 1xx that another response follows (RFC 9110 §15.2).
fn is_interim(head: &[u8]) -> bool {
    let status = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    status.starts_with(b"1") && status != b"101"
}

impl<S> Overheard<S> {
    pub(super) fn new(inner: S) -> (Self, Heard) {
        let heard = Heard::default();
        (Self { inner, heard: heard.clone() }, heard)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Overheard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.heard.received.add(&buffer.filled()[before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Overheard<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = polled {
            self.heard.sent.add(&bytes[..count]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(received: &str) -> String {
        let heard = Heard::default();
        heard.received.add(received.as_bytes());
        String::from_utf8(heard.heads()).unwrap()
    }

    #[test]
    fn heads_end_with_that_of_the_final_response() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        let last = "HTTP/1.1 200 OK\nx: y\n\n";
        assert_eq!(heads(&format!("{interim}{last}body\r\n\r\n")), format!("{interim}{last}"));
        let upgraded = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
        assert_eq!(heads(&format!("{upgraded}\u{1}\n\n")), upgraded);
        assert_eq!(heads("HTTP/1.1 200 OK\r\nx"), "HTTP/1.1 200 OK\r\nx");
        assert_eq!(heads(interim), interim);
        assert_eq!(heads(""), "");
    }
}
