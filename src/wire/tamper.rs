//! What a program writes, changed before the wire gets it: for lessons in which somebody breaks a rule that real
//! programs keep. The program above doesn't notice.

use std::io;
use std::task::{Context, Poll, ready};

use super::ConnectionKind;

/// Makes of each write what the wire gets in its place.
pub type Change = Box<dyn FnMut(&[u8]) -> Vec<u8> + Send>;

/// A change, and what of it the wire has no room for yet.
pub(super) struct Tamper {
    change: Change,
    unsent: Vec<u8>,
}

impl Tamper {
    pub(super) fn new(change: Change) -> Self {
        Self { change, unsent: Vec::new() }
    }

    /// Takes a write, all of it: what the wire has no room for goes out with the next write, or with the end.
    pub(super) fn poll_write(
        &mut self,
        to: &mut ConnectionKind,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(to, cx))?;
        self.unsent = (self.change)(bytes);
        match self.poll_send(to, cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    /// Sends what is unsent.
    pub(super) fn poll_send(&mut self, to: &mut ConnectionKind, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = ready!(to.poll_write(cx, &self.unsent))?;
            self.unsent.drain(..sent);
        }
        Poll::Ready(Ok(()))
    }
}
