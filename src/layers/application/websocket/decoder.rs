//! One direction of a WebSocket connection: bytes in as they come, frames out.

use super::header::{Header, MAX_HEADER, first_is_lawful};
use super::{CLOSE, RSV1};
use crate::layers::application::http::{Input, Likeness, likeness};
use crate::layers::{Direction, Source};
use crate::limits::MAX_LINE_AFTER_CLOSE;

/// What the decoder found. Each covers the stream up to [`Decoder::position`], from where the item before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A frame's header.
    Header(Header),
    /// Some of its payload, as sent; the first byte's place in the payload.
    Payload(&'a [u8], u64),
    /// The frame is over; `complete` tells whether all of its payload was there.
    End {
        /// Whether nothing of it was missing.
        complete: bool,
    },
    /// Bytes between frames whose headers were not seen, or what follows [`Item::NoFrame`].
    Skipped(usize),
    /// Bytes that do not begin a frame, as far as they are at hand, after a close frame or where an HTTP message begins: no
    /// more frames come.
    NoFrame(&'a [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Payload {
        done: u64,
        length: u64,
    },
    Ended {
        complete: bool,
    },
    /// Where the next frame begins is not known.
    Lost,
    /// The side sends something else.
    NoFrames,
}

/// Whether an HTTP message begins here: no lawful frame begins as one does.
fn begins_http(bytes: &[u8]) -> bool {
    [Direction::Client, Direction::Server]
        .iter()
        .any(|from| likeness(*from, bytes, MAX_LINE_AFTER_CLOSE) == Likeness::Yes)
}

/// Decodes one direction of a connection.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// The beginning of a header that is not whole yet.
    partial: [u8; MAX_HEADER],
    kept: u8,
    holed: bool,
    /// This end has sent a close frame, and should send nothing more: what comes counts as a frame only if it reads as one.
    closed: bool,
    from: Direction,
    deflate: bool,
    began: Source,
    position: u64,
}

impl Decoder {
    /// A decoder for the frames of one side, from stream position `position` on. `deflate` tells whether
    /// permessage-deflate was agreed on.
    #[must_use]
    pub fn new(from: Direction, deflate: bool, position: u64) -> Self {
        Self {
            state: State::Header,
            partial: [0; MAX_HEADER],
            kept: 0,
            holed: false,
            closed: false,
            from,
            deflate,
            began: Source::default(),
            position,
        }
    }

    /// The stream position up to which items were handed out.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The packet with the first byte of the frame whose header was handed out last.
    #[must_use]
    pub fn began(&self) -> Source {
        self.began
    }

    /// The next item, or `None` when more bytes are needed; `input` shrinks by what was consumed.
    #[inline]
    pub fn next<'i>(&mut self, input: &mut Input<'i>) -> Option<Item<'i>> {
        match self.state {
            State::Ended { complete } => Some(self.ended(complete)),
            _ if input.bytes.is_empty() => None,
            State::Header => self.header(input),
            State::Payload { done, length } => {
                let left = usize::try_from(length - done).unwrap_or(usize::MAX);
                let (payload, rest) = input.bytes.split_at(left.min(input.bytes.len()));
                input.bytes = rest;
                let now = done + payload.len() as u64;
                self.position += payload.len() as u64;
                self.state =
                    if now == length { State::Ended { complete: true } } else { State::Payload { done: now, length } };
                Some(Item::Payload(payload, done))
            }
            State::Lost if chain_fits(input.bytes, self.from) => {
                self.state = State::Header;
                self.header(input)
            }
            State::Lost | State::NoFrames => {
                let skipped = input.bytes.len();
                input.bytes = &[];
                self.position += skipped as u64;
                Some(Item::Skipped(skipped))
            }
        }
    }

    /// `length` bytes are missing from the capture here. Returns an item if that ends the frame in progress.
    pub fn gap(&mut self, length: u64) -> Option<Item<'static>> {
        let ended = match self.state {
            State::Ended { complete } => Some(self.ended(complete)),
            _ => None,
        };
        self.position += u64::from(std::mem::take(&mut self.kept)) + length;
        match self.state {
            State::Payload { done, length: all } if all - done >= length => {
                self.holed = true;
                let done = done + length;
                self.state =
                    if done == all { State::Ended { complete: true } } else { State::Payload { done, length: all } };
                ended
            }
            State::Payload { .. } => {
                self.state = State::Lost;
                self.holed = false;
                Some(Item::End { complete: false })
            }
            State::NoFrames => None,
            _ => {
                self.state = State::Lost;
                ended
            }
        }
    }

    /// Whether the place of the next frame is not known.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.state == State::Lost
    }

    /// The stream ended: how many payload bytes are missing, if a frame is in progress. Call until it returns `None`.
    pub fn end(&mut self) -> Option<(Item<'static>, u64)> {
        match self.state {
            State::Ended { complete } => Some((self.ended(complete), 0)),
            State::Payload { done, length } => {
                self.state = State::Lost;
                Some((Item::End { complete: false }, length - done))
            }
            State::Header | State::Lost if self.kept > 0 => {
                let skipped = usize::from(std::mem::take(&mut self.kept));
                self.position += skipped as u64;
                Some((Item::Skipped(skipped), 0))
            }
            State::Header | State::Lost | State::NoFrames => None,
        }
    }

    fn ended<'a>(&mut self, complete: bool) -> Item<'a> {
        self.state = State::Header;
        Item::End { complete: complete && !std::mem::take(&mut self.holed) }
    }

    /// What follows isn't a frame.
    fn no_frame<'i>(&mut self, input: &mut Input<'i>) -> Item<'i> {
        let bytes = std::mem::take(&mut input.bytes);
        self.position += u64::from(std::mem::take(&mut self.kept)) + bytes.len() as u64;
        self.state = State::NoFrames;
        Item::NoFrame(bytes)
    }

    /// Whether the side had sent its close frame.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    fn header<'i>(&mut self, input: &mut Input<'i>) -> Option<Item<'i>> {
        let kept = usize::from(self.kept);
        if kept == 0 {
            self.began = input.source;
            let is_lawful = input.bytes.first().is_some_and(|byte| first_is_lawful(*byte, self.deflate));
            if !is_lawful && (self.closed || begins_http(input.bytes)) {
                return Some(self.no_frame(input));
            }
        }
        let header = if kept == 0 {
            Header::parse(input.bytes)
        } else {
            let more = input.bytes.len().min(MAX_HEADER - kept);
            self.partial[kept..kept + more].copy_from_slice(&input.bytes[..more]);
            Header::parse(&self.partial[..kept + more])
        };
        let Some(header) = header else {
            // At most 13 bytes: with 14 every header is whole.
            let more = input.bytes.len().min(MAX_HEADER - kept);
            self.partial[kept..kept + more].copy_from_slice(&input.bytes[..more]);
            self.kept += more as u8;
            input.bytes = &input.bytes[more..];
            return None;
        };
        if self.closed && !header.is_lawful(self.from, self.deflate) {
            return Some(self.no_frame(input));
        }
        self.closed |= header.opcode == CLOSE;
        self.kept = 0;
        input.bytes = &input.bytes[usize::from(header.length) - kept..];
        self.position += u64::from(header.length);
        self.state = match header.payload_length {
            0 => State::Ended { complete: true },
            length => State::Payload { done: 0, length },
        };
        Some(Item::Header(header))
    }
}

/// Who sent some bytes, if they are complete, valid frames, one after the other: only a client masks (RFC 6455 §5.1).
#[must_use]
pub fn sender(bytes: &[u8]) -> Option<Direction> {
    Direction::BOTH.into_iter().find(|from| !bytes.is_empty() && chain_fits(bytes, *from))
}

/// Whether `bytes` are complete, valid frames, one after the other, to the last byte: enough to trust that the
/// first of them begins where the bytes do.
fn chain_fits(mut bytes: &[u8], from: Direction) -> bool {
    while !bytes.is_empty() {
        let Some(header) = Header::parse(bytes) else { return false };
        let known = matches!(header.opcode, 0..=2 | 8..=10) && matches!(header.rsv, 0 | RSV1) && header.is_minimal();
        let rest = usize::try_from(header.payload_length)
            .ok()
            .and_then(|length| bytes.get(usize::from(header.length)..)?.get(length..));
        match rest {
            Some(rest) if known && header.mask_key.is_some() == (from == Direction::Client) => bytes = rest,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(decoder: &mut Decoder, pieces: &[&[u8]]) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        let mut joining = false;
        for piece in pieces {
            let mut input = Input { bytes: piece, source: Source::default() };
            while let Some(item) = decoder.next(&mut input) {
                match item {
                    Item::Payload(bytes, at) => {
                        let text = String::from_utf8_lossy(bytes);
                        match said.last_mut() {
                            Some(last) if joining => last.push_str(&text),
                            _ => said.push(format!("{at} {text}")),
                        }
                    }
                    Item::Header(header) => said.push(format!("{} {}", header.opcode, header.payload_length)),
                    other => said.push(format!("{other:?}")),
                }
                joining = matches!(item, Item::Payload(..));
            }
        }
        said
    }

    const STREAM: &[u8] = b"\x81\x05hello\x89\x00\x82\x7e\x00\x80\
        0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456\x82\x01x";

    #[test]
    fn frames_are_told_apart() {
        let said = decode(&mut Decoder::new(Direction::Server, false, 0), &[STREAM]);
        assert_eq!(said[..3], ["1 5", "0 hello", "End { complete: true }"]);
        assert_eq!(said[3..5], ["9 0", "End { complete: true }"]);
        assert_eq!(said[5], "2 128");
    }

    #[test]
    fn after_a_hole_the_next_packet_that_holds_whole_frames_is_trusted() {
        let mut decoder = Decoder::new(Direction::Server, false, 0);
        decode(&mut decoder, &[b"\x81\x05he"]);
        assert_eq!(decoder.gap(2), None);
        assert_eq!(decode(&mut decoder, &[b"o"]), ["4 o", "End { complete: false }"]);
        decode(&mut decoder, &[b"\x81\x05he"]);
        assert_eq!(decoder.gap(9), Some(Item::End { complete: false }));
        assert_eq!(decode(&mut decoder, &[b"random", b"\x81\x02hi\x8a\x00"]).len(), 1 + 3 + 2);
    }

    #[test]
    fn after_a_close_frame_only_what_reads_as_a_frame_is_one() {
        let said = |pieces: &[&[u8]]| decode(&mut Decoder::new(Direction::Server, false, 0), pieces);
        assert_eq!(said(&[b"\x88\x00\x81\x01a"])[2..], ["1 1", "0 a", "End { complete: true }"]);
        assert_eq!(said(&[b"\x88\x00", b"HT", b"TP/1.1"])[2..], ["NoFrame([72, 84])", "Skipped(6)"]);
        // A first byte that could be one, in its own packet, and then a mask that the server may not use.
        assert_eq!(said(&[b"\x88\x00\x81", b"\x81abcd"])[2..], ["NoFrame([129, 97, 98, 99, 100])"]);
        let mut decoder = Decoder::new(Direction::Server, false, 0);
        decode(&mut decoder, &[b"\x88\x00\x81", b"\x81abcd", b"more"]);
        assert_eq!(decoder.position(), 2 + 6 + 4);
        assert_eq!(decoder.gap(5), None);
        assert_eq!(decode(&mut decoder, &[b"\x81\x00"]), ["Skipped(2)"]);
        assert_eq!(decoder.end(), None);
    }

    proptest! {
        #[test]
        fn cutting_the_stream_elsewhere_changes_nothing(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9)) {
            let mut at: Vec<_> = cuts.iter().map(|c| c.index(STREAM.len())).chain([0, STREAM.len()]).collect();
            at.sort_unstable();
            let pieces: Vec<_> = at.windows(2).map(|w| &STREAM[w[0]..w[1]]).collect();
            let mut decoder = Decoder::new(Direction::Server, false, 0);
            prop_assert_eq!(decode(&mut decoder, &pieces), decode(&mut Decoder::new(Direction::Server, false, 0), &[STREAM]));
        }

        #[test]
        fn any_bytes_are_consumed(stream in prop::collection::vec(any::<u8>(), 0..300), hole in any::<u64>()) {
            let mut decoder = Decoder::new(Direction::Client, false, 0);
            decode(&mut decoder, &[&stream]);
            decoder.gap(hole >> 1);
            decode(&mut decoder, &[&stream]);
            while decoder.end().is_some() {}
        }
    }
}
