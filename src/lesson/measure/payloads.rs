//! What messages say, and what it took to send that: permessage-deflate lies in between (RFC 7692).

use std::collections::HashMap;

use super::tally::Tally;
use crate::inspect::record::{Direction, Frame, Message};

/// Adds up messages.
#[derive(Debug, Default)]
pub(super) struct Payloads {
    /// What the messages say, compression undone.
    pub bytes: Tally,
    /// Messages that compression made longer.
    pub grown: Tally,
    /// Payload as sent of the message that is under way, by connection and sender.
    under_way: HashMap<(u64, Direction), u64>,
}

impl Payloads {
    /// A frame; it comes before the message that it completes.
    pub(super) fn frame(&mut self, frame: &Frame) {
        if !frame.is_control() {
            let sent = self.under_way.entry((frame.connection, frame.direction)).or_default();
            *sent = sent.saturating_add(frame.payload_bytes);
        }
    }

    /// A message.
    pub(super) fn message(&mut self, message: &Message) {
        let sent = self.under_way.remove(&(message.connection, message.direction)).unwrap_or_default();
        let (first, last) = (message.extent.first.packet, message.extent.last.packet);
        self.bytes.add(message.payload_bytes, first, last);
        self.grown.one_if(message.compressed && sent > message.payload_bytes, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::samples;

    fn frame(opcode: u8, payload_bytes: u64) -> Frame {
        Frame { payload_bytes, payload_seen: payload_bytes, ..samples::frame(Direction::Server, opcode, b"") }
    }

    fn message(payload_bytes: u64, compressed: bool) -> Message {
        Message { compressed, payload_bytes, ..samples::message(Direction::Server, 1, b"") }
    }

    #[test]
    fn a_message_says_more_than_was_sent_or_less() {
        let mut payloads = Payloads::default();
        for (sent, says, compressed) in [(20, 100, true), (12, 8, true), (9, 9, false)] {
            payloads.frame(&frame(1, sent));
            payloads.message(&message(says, compressed));
        }
        assert_eq!((payloads.bytes.sum(), payloads.grown.sum()), (117, 1));
    }

    #[test]
    fn all_frames_of_a_message_count_and_those_in_between_do_not() {
        let mut payloads = Payloads::default();
        for (opcode, sent) in [(1, 6), (9, 50), (0, 6)] {
            payloads.frame(&frame(opcode, sent));
        }
        payloads.message(&message(11, true));
        assert_eq!(payloads.grown.sum(), 1);
    }
}
