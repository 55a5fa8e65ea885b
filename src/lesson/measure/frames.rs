//! What WebSocket's frames and messages measure: headers, masking keys, and payloads before and after permessage-deflate
//! (RFC 7692).

use std::collections::{HashMap, HashSet};

use super::Measure;
use super::tally::Tallies;
use crate::inspect::record::{Direction, Frame, Message};
use crate::layers::application::websocket::{CLOSE, PING, PONG, TEXT};

/// How many masking keys are told apart.
const MAX_KEYS: usize = 1 << 16;

/// What has to be remembered from one frame to the next.
#[derive(Debug, Default)]
pub(super) struct Frames {
    keys: HashSet<[u8; 4]>,
    /// How much payload was sent of each message that isn't complete yet, by connection and sender.
    under_way: HashMap<(u64, Direction), u64>,
    /// The packet in which the latest frame ended, by connection and sender, and the latest in which another began.
    ended: HashMap<(u64, Direction), u64>,
    latest_shared: Option<u64>,
}

/// Notes the bytes of a frame that questions ask for, of the first frame that has them.
fn octets(frame: &Frame, tallies: &mut Tallies) {
    let (first, key) = (frame.extent.first.packet, frame.mask_key);
    // Two bytes, four of a key, and two or eight more for the length.
    let length = match frame.header_bytes.saturating_sub(if key.is_some() { 4 } else { 0 }) {
        4 => Some(126),
        10 => Some(127),
        _ => None,
    };
    let mut note = |measure, value: u64| {
        if tallies.of(measure).sum() == 0 {
            tallies.add(measure, value, first, first);
        }
    };
    if let Some(length) = length {
        note(Measure::LengthOctet, length | if key.is_some() { 0x80 } else { 0 });
    }
    if let (Some(key), TEXT, Some(last)) = (key, frame.opcode, frame.payload.len().checked_sub(1))
        && !frame.payload_truncated
        && let (Some(byte), Some(key)) = (frame.payload.get(last), key.get(last % 4))
    {
        note(Measure::MaskedOctet, (byte ^ key).into());
    }
}

impl Frames {
    /// Counts a frame; it comes before the message that it completes.
    pub(super) fn frame(&mut self, frame: &Frame, tallies: &mut Tallies) {
        let (first, last) = (frame.extent.first.packet, frame.extent.last.packet);
        let header = frame.header_bytes.into();
        tallies.one(Measure::Frames, last);
        tallies.one_if(Measure::CloseFrames, frame.opcode == CLOSE, last);
        tallies.one_if(Measure::Pings, frame.opcode == PING, last);
        tallies.one_if(Measure::Pongs, frame.opcode == PONG, last);
        self.shared(frame, tallies);
        octets(frame, tallies);
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

    /// Counts the packet in which the frame before this one ended, if this one begins in it.
    fn shared(&mut self, frame: &Frame, tallies: &mut Tallies) {
        let first = frame.extent.first.packet;
        let ended = self.ended.insert((frame.connection, frame.direction), frame.extent.last.packet);
        if ended == Some(first) && self.latest_shared != Some(first) {
            self.latest_shared = Some(first);
            tallies.one(Measure::SharedPackets, first);
        }
    }

    /// Counts a message.
    pub(super) fn message(&mut self, message: &Message, tallies: &mut Tallies) {
        let sent = self.under_way.remove(&(message.connection, message.direction)).unwrap_or_default();
        let (first, last) = (message.extent.first.packet, message.extent.last.packet);
        tallies.one(Measure::Messages, last);
        tallies.one_if(Measure::ServerMessages, message.direction == Direction::Server, last);
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
    fn a_packet_that_ends_a_frame_and_begins_another_is_counted_once() {
        let (mut frames, mut tallies) = (Frames::default(), Tallies::default());
        for (first, last) in [(1, 1), (2, 5), (5, 5), (5, 6), (7, 7)] {
            let mut frame = frame(2, 9);
            (frame.extent.first.packet, frame.extent.last.packet) = (first, last);
            frames.frame(&frame, &mut tallies);
        }
        assert_eq!(tallies.of(Measure::SharedPackets).sum(), 1);
    }

    #[test]
    fn the_bytes_that_are_asked_for_are_those_of_the_first_frame_that_has_them() {
        let (mut frames, mut tallies) = (Frames::default(), Tallies::default());
        let masked = Frame { mask_key: Some([1, 2, 3, 4]), ..samples::frame(Direction::Client, 1, b"Hello") };
        frames.frame(&Frame { header_bytes: 6, ..masked.clone() }, &mut tallies);
        frames.frame(&Frame { header_bytes: 8, payload: b"other".to_vec(), ..masked }, &mut tallies);
        let sum = |measure| tallies.of(measure).sum();
        assert_eq!((sum(Measure::MaskedOctet), sum(Measure::LengthOctet)), (u64::from(b'o' ^ 1), 0xfe));
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
