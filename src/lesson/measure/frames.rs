//! What WebSocket's frames and messages measure: headers, masking keys, and payloads before and after permessage-deflate
//! (RFC 7692).

use std::collections::{HashMap, HashSet};

use super::Measure;
use super::tally::Tallies;
use crate::inspect::record::{Direction, Frame, Message};
use crate::layers::application::websocket::{CLOSE, PING};

/// How many masking keys are told apart.
const MAX_KEYS: usize = 1 << 16;

/// What has to be remembered from one frame to the next.
#[derive(Debug, Default)]
pub(super) struct Frames {
    keys: HashSet<[u8; 4]>,
    /// How much payload was sent of each message that isn't complete yet, by connection and sender.
    under_way: HashMap<(u64, Direction), u64>,
}

impl Frames {
    /// Counts a frame; it comes before the message that it completes.
    pub(super) fn frame(&mut self, frame: &Frame, tallies: &mut Tallies) {
        let (first, last) = (frame.extent.first.packet, frame.extent.last.packet);
        let header = frame.header_bytes.into();
        tallies.one(Measure::Frames, last);
        tallies.one_if(Measure::CloseFrames, frame.opcode == CLOSE, last);
        tallies.one_if(Measure::Pings, frame.opcode == PING, last);
        tallies.add(Measure::ProtocolBytes, header, first, last);
        tallies.add(Measure::UsefulBytes, frame.payload_seen, first, last);
        if !frame.is_control() {
            tallies.add(Measure::MessageHeaderBytes, header, first, last);
            let sent = self.under_way.entry((frame.connection, frame.direction)).or_default();
            *sent = sent.saturating_add(frame.payload_bytes);
        }
        if let Some(key) = frame.mask_key {
            tallies.one(Measure::MaskedFrames, last);
            tallies.one_if(Measure::MaskingKeys, self.keys.len() < MAX_KEYS && self.keys.insert(key), last);
        }
    }

    /// Counts a message.
    pub(super) fn message(&mut self, message: &Message, tallies: &mut Tallies) {
        let sent = self.under_way.remove(&(message.connection, message.direction)).unwrap_or_default();
        let (first, last) = (message.extent.first.packet, message.extent.last.packet);
        tallies.one(Measure::Messages, last);
        tallies.add(Measure::MessageBytes, message.payload_bytes, first, last);
        tallies.one_if(Measure::GrownMessages, message.compressed && sent > message.payload_bytes, last);
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
        let (mut frames, mut tallies) = (Frames::default(), Tallies::default());
        for (sent, says, compressed) in [(20, 100, true), (12, 8, true), (9, 9, false)] {
            frames.frame(&frame(1, sent), &mut tallies);
            frames.message(&message(says, compressed), &mut tallies);
        }
        let sum = |measure| tallies.of(measure).sum();
        assert_eq!((sum(Measure::MessageBytes), sum(Measure::GrownMessages)), (117, 1));
    }

    #[test]
    fn all_frames_of_a_message_count_and_those_in_between_do_not() {
        let (mut frames, mut tallies) = (Frames::default(), Tallies::default());
        for (opcode, sent) in [(1, 6), (9, 50), (0, 6)] {
            frames.frame(&frame(opcode, sent), &mut tallies);
        }
        frames.message(&message(11, true), &mut tallies);
        assert_eq!(tallies.of(Measure::GrownMessages).sum(), 1);
    }
}
