//! What TCP's headers alone show to be wrong with a connection: nobody answers, it's refused, or a window is closed.

use super::fault::Fault;
use super::record::{Connection, Direction};
use crate::layers::transport::Segment;
use crate::layers::transport::header::{ACK, FIN, RST, SYN};

/// How long a sender waits before it sends its SYN again (RFC 6298 §2), in nanoseconds: until then, no answer is overdue.
const FIRST_TIMEOUT: u64 = 1_000_000_000;

/// What was seen of one connection's headers.
#[derive(Debug, Default)]
pub(super) struct TcpWatch {
    /// How many times the SYN was sent, if nothing else has been seen.
    unanswered: u32,
    /// Whether anything else has been seen.
    spoken: bool,
    /// Which sides sent a FIN.
    finished: [bool; 2],
    stalled: bool,
}

impl TcpWatch {
    /// A packet came that isn't a SYN and doesn't end the connection.
    #[inline]
    pub(super) fn heard(&mut self) {
        self.spoken = true;
    }

    /// Takes a segment's header. `window` is as sent, if it was captured; `syn` is the number that acknowledges the SYN, if
    /// that was seen.
    pub(super) fn segment(
        &mut self,
        from: Direction,
        segment: &Segment<'_>,
        window: Option<u16>,
        syn: Option<u32>,
        record: &Connection,
    ) -> Option<Fault> {
        let flags = segment.flags;
        if !self.spoken && flags & (SYN | ACK | RST) == SYN && from == Direction::Client {
            self.unanswered += 1;
            return None;
        }
        let opening = !std::mem::replace(&mut self.spoken, true) && self.unanswered > 0;
        if opening
            && from == Direction::Server
            && flags & (RST | ACK) == RST | ACK
            && syn == Some(segment.acknowledgment)
        {
            return Some(Fault::ConnectionRefused { port: record.server.port() });
        }
        self.finished[from as usize] |= flags & FIN != 0;
        let closes = window == Some(0) && flags & (ACK | SYN | RST) == ACK;
        if closes && !self.finished[0] && !self.finished[1] && !std::mem::replace(&mut self.stalled, true) {
            return Some(Fault::ZeroWindow { receiver: from.name() });
        }
        None
    }

    /// The connection is over at time `now`, in nanoseconds, or the capture is.
    pub(super) fn over(&self, record: &Connection, now: u64) -> Option<Fault> {
        let waited = now.saturating_sub(record.extent.first.time.0);
        // A capture may hold each packet twice; the copy doesn't mean that the sender waited.
        let missed = self.unanswered > 0 && !self.spoken && waited >= FIRST_TIMEOUT;
        missed.then_some(Fault::NoAnswer { syns: self.unanswered })
    }
}
