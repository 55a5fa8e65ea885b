//! WebSocket frames without a capture: bytes that somebody pasted, from one side or both, one frame after the other.
//!
//! The handshake before them isn't known. Where the bytes leave a choice, the likeliest meaning is taken: a
//! masked frame is a client's, an unmasked one a server's, and RSV1 on the first message means permessage-deflate.

use super::record::{Direction, Extent, Frame, Problem};
use crate::layers::application::websocket::{CLOSE, Fault, FrameRole, Header, RSV1, Rules, TEXT};
use crate::layers::presentation::deflate::Inflater;
use crate::layers::presentation::masking;
use crate::layers::quoted::OwnWords;
use crate::limits::MAX_PASTED_BYTES;

/// What some bytes turned out to contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The frames, in order; the payload of the last may be cut short.
    pub frames: Vec<PastedFrame>,
    /// A last header that is not whole.
    pub cut: Option<CutHeader>,
}

/// A frame, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedFrame {
    /// The frame, with its whole payload.
    pub frame: Frame,
    /// The message that ends with it, inflated, if it was compressed.
    pub inflated: Option<Vec<u8>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// The beginning of a frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutHeader {
    /// The bytes that are there.
    pub seen: usize,
    /// Bytes of extended payload length that belong to it: 0, 2 or 8; `None` if the byte that would tell is missing.
    pub extended: Option<usize>,
    /// Whether a masking key belongs to it.
    pub masked: bool,
}

impl CutHeader {
    fn of(bytes: &[u8]) -> Self {
        let extended = bytes.get(1).map(|second| match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        });
        Self { seen: bytes.len(), extended, masked: bytes.get(1).is_some_and(|second| second & 0x80 != 0) }
    }

    /// The bytes that the whole header has, as far as they can be known.
    #[must_use]
    pub fn whole(&self) -> usize {
        2 + self.extended.unwrap_or(0) + if self.masked { 4 } else { 0 }
    }
}

/// Reads frames. `sender` is who sent them all, if that is known.
#[must_use]
pub fn read(bytes: &[u8], sender: Option<Direction>) -> Pasted {
    let (headers, cut) = headers(bytes);
    let deflate = headers.iter().find(|(_, header)| !header.is_control()).is_some_and(|(_, header)| header.rsv == RSV1);
    let side = |from| SideSoFar { rules: Rules::new(from, deflate), message: None };
    let (mut client, mut server) = (side(Direction::Client), side(Direction::Server));
    let frames = (0..).zip(headers).map(|(index, (at, header))| {
        let masked = if header.mask_key.is_some() { Direction::Client } else { Direction::Server };
        let direction = sender.unwrap_or(masked);
        let side = if direction == Direction::Client { &mut client } else { &mut server };
        let rest = bytes.get(at + usize::from(header.length)..).unwrap_or_default();
        let length = usize::try_from(header.payload_length).unwrap_or(usize::MAX).min(rest.len());
        side.frame(index, direction, &header, rest.get(..length).unwrap_or_default())
    });
    Pasted { frames: frames.collect(), cut }
}

/// The headers and where each begins.
fn headers(bytes: &[u8]) -> (Vec<(usize, Header)>, Option<CutHeader>) {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(header) = Header::parse(rest) else { return (found, Some(CutHeader::of(rest))) };
        found.push((at, header));
        let payload = usize::try_from(header.payload_length).unwrap_or(usize::MAX);
        at = at.saturating_add(usize::from(header.length)).saturating_add(payload);
    }
    (found, None)
}

/// What one side has said.
struct SideSoFar {
    rules: Rules,
    message: Option<MessageSoFar>,
}

struct MessageSoFar {
    opcode: u8,
    compressed: bool,
    payload: Vec<u8>,
}

impl SideSoFar {
    fn frame(&mut self, index: u64, direction: Direction, header: &Header, sent: &[u8]) -> PastedFrame {
        let mut faults = Vec::new();
        let part = self.rules.frame(header, &mut faults);
        let mut payload = sent.to_vec();
        if let Some(key) = header.mask_key {
            masking::unmask(&mut payload, key, 0);
        }
        let missing = header.payload_length - payload.len() as u64;
        if missing > 0 {
            faults.push(Fault::FrameCutShort { missing, after: false });
        }
        let close =
            if header.opcode == CLOSE && missing == 0 { Rules::close_body(&payload, &mut faults) } else { None };
        let (close_code, close_reason) = (close.map(|(code, _)| code), close.map(|(_, reason)| reason.to_vec()));
        match (part, &mut self.message) {
            (FrameRole::First { compressed }, message) => {
                *message = Some(MessageSoFar { opcode: header.opcode, compressed, payload: payload.clone() });
            }
            (FrameRole::Next, Some(message)) => message.payload.extend_from_slice(&payload),
            _ => {}
        }
        let ends = header.fin && missing == 0 && matches!(part, FrameRole::First { .. } | FrameRole::Next);
        let inflated = self.message.take_if(|_| ends).and_then(|message| message.check(&mut faults));
        PastedFrame {
            frame: Frame {
                connection: 0,
                index,
                direction,
                extent: Extent::default(),
                header_bytes: header.length,
                fin: header.fin,
                rsv: header.rsv,
                opcode: header.opcode,
                mask_key: header.mask_key,
                payload_bytes: header.payload_length,
                payload_seen: payload.len() as u64,
                payload,
                payload_truncated: false,
                close_code,
                close_reason,
                complete: missing == 0,
                answers: None,
            },
            inflated,
            problems: faults.iter().map(problem).collect(),
        }
    }
}

impl MessageSoFar {
    /// Checks a whole message; gives it inflated, if it was compressed.
    fn check(self, faults: &mut Vec<Fault>) -> Option<Vec<u8>> {
        let mut clear = Vec::new();
        if self.compressed {
            let mut inflater = Inflater::with_limit(false, MAX_PASTED_BYTES);
            let mut keep = |bytes: &[u8]| clear.extend_from_slice(bytes);
            let whole = inflater.message_chunk(&self.payload, &mut keep);
            if let Err(error) = whole.and_then(|()| inflater.end_of_message(&mut keep)) {
                faults.push(Fault::DoesNotInflate(OwnWords::of(error.to_string())));
                return None;
            }
        }
        let text = if self.compressed { &clear } else { &self.payload };
        if self.opcode == TEXT
            && let Err(error) = std::str::from_utf8(text)
        {
            faults.push(Fault::NotUtf8(error.valid_up_to() as u64));
        }
        self.compressed.then_some(clear)
    }
}

fn problem(fault: &Fault) -> Problem {
    Problem { code: fault.code(), clause: fault.clause(), text: fault.to_string().into(), ..Problem::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(bytes: &[u8], sender: Option<Direction>) -> Vec<&'static str> {
        read(bytes, sender).frames.iter().flat_map(|frame| &frame.problems).map(|problem| problem.code).collect()
    }

    #[test]
    fn frames_of_both_sides_are_told_by_their_masks() {
        let pasted = read(&[0x89, 0x80, 1, 2, 3, 4, 0x8a, 0], None);
        let from: Vec<_> = pasted.frames.iter().map(|frame| frame.frame.direction).collect();
        assert_eq!((from, pasted.cut), (vec![Direction::Client, Direction::Server], None));
        assert_eq!(codes(&[0x8a, 0], Some(Direction::Client)), ["unmasked-client-frame"]);
    }

    #[test]
    fn a_message_is_checked_where_it_ends() {
        assert_eq!(codes(&[0x01, 1, 0xc3, 0x80, 1, 0xa9], None), [""; 0]);
        assert_eq!(codes(&[0x01, 1, 0xc3, 0x80, 1, 0x28], None), ["text-not-utf8"]);
        assert_eq!(codes(&[0x88, 2, 3, 0xed], None), ["invalid-close-code"]);
    }

    #[test]
    fn the_compressed_hello_of_rfc_7692_7_2_3_1_is_inflated() {
        let pasted = read(&[0xc1, 7, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], None);
        assert_eq!(pasted.frames[0].inflated.as_deref(), Some(&b"Hello"[..]));
        assert!(pasted.frames[0].problems.is_empty());
        assert_eq!(codes(&[0xc1, 2, 0xff, 0xff], None), ["message-does-not-inflate"]);
    }

    #[test]
    fn what_is_cut_short_is_told() {
        let pasted = read(&[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f], None);
        assert_eq!((pasted.frames[0].frame.complete, pasted.frames[0].frame.payload_seen), (false, 1));
        let cut = read(&[0x82, 0xfe, 1], None).cut.unwrap();
        assert_eq!((cut.seen, cut.extended, cut.masked, cut.whole()), (3, Some(2), true, 8));
        assert_eq!(read(&[0x82], None).cut.unwrap().extended, None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>, known: bool) {
            let pasted = read(&bytes, known.then_some(Direction::Client));
            let frames: usize =
                pasted.frames.iter().map(|frame| usize::from(frame.frame.header_bytes) + frame.frame.payload.len()).sum();
            prop_assert_eq!(frames + pasted.cut.map_or(0, |cut| cut.seen), bytes.len());
        }
    }
}
