//! The rules that bind one side's frames into messages (RFC 6455 §5.1 to §5.5, RFC 7692 §6).

use super::header::Header;
use super::problems::Fault;
use super::{BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT};
use crate::layers::Direction;

/// What a frame is in the sequence of its sender's frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameRole {
    /// The first, or only, frame of a data message.
    First {
        /// Whether permessage-deflate compressed the message.
        compressed: bool,
    },
    /// A further frame of the message.
    Next,
    /// A control frame; it may come between a message's fragments.
    Control,
    /// A frame that belongs to no message.
    Stray,
}

/// One side's place in the rules.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whose frames they are: the client must mask them, the server must not.
    from: Direction,
    /// Whether permessage-deflate was agreed on; it owns RSV1.
    deflate: bool,
    /// Whether other extensions were agreed on: any reserved bit may be theirs.
    others: bool,
    place: Place,
    closed: bool,
}

/// What a continuation frame would continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Between,
    /// The message in progress.
    Inside,
    /// Perhaps a message whose beginning wasn't seen.
    Unknown,
}

impl Place {
    /// Where a message's frame leads to, from inside it: to its end, if that's the last one.
    fn after(self, header: &Header) -> Self {
        if header.fin { Self::Between } else { self }
    }
}

impl Rules {
    /// The rules for the frames of one side.
    #[must_use]
    pub fn new(from: Direction, deflate: bool) -> Self {
        Self { from, deflate, others: false, place: Place::Between, closed: false }
    }

    /// Takes the next frame's header; what is wrong with it goes to `faults`.
    #[inline]
    pub fn frame(&mut self, header: &Header, faults: &mut Vec<Fault>) -> FrameRole {
        if self.closed {
            match header.opcode {
                // A ping may come until the connection ends, and its pong must, until the other side's close (§5.5.2).
                PING | PONG => {}
                CLOSE => faults.push(Fault::SecondClose),
                _ => faults.push(Fault::FrameAfterClose),
            }
        }
        match (self.from, header.mask_key.is_some()) {
            (Direction::Client, false) => faults.push(Fault::UnmaskedClientFrame),
            (Direction::Server, true) => faults.push(Fault::MaskedServerFrame),
            _ => {}
        }
        if header.payload_length >> 63 != 0 {
            faults.push(Fault::LengthTooLarge(header.payload_length));
        } else if !header.is_minimal() {
            faults.push(Fault::NonMinimalLength(header.payload_length));
        }
        let first = matches!(header.opcode, TEXT | BINARY);
        let compressed = self.deflate && header.rsv & RSV1 != 0;
        if !self.others && header.rsv & if self.deflate { !RSV1 } else { 7 } != 0 {
            faults.push(Fault::ReservedBits(header.rsv));
        }
        if compressed && !first && !self.others {
            faults.push(Fault::CompressionBitMisplaced);
        }
        match header.opcode {
            CONTINUATION if self.place == Place::Inside => {
                self.place = self.place.after(header);
                FrameRole::Next
            }
            CONTINUATION => {
                if self.place == Place::Between {
                    faults.push(Fault::ContinuationOfNothing);
                }
                self.place = self.place.after(header);
                FrameRole::Stray
            }
            TEXT | BINARY => {
                if self.place == Place::Inside {
                    faults.push(Fault::DataInsideMessage);
                }
                self.place = Place::Inside.after(header);
                FrameRole::First { compressed }
            }
            opcode => {
                if !matches!(opcode, CLOSE | PING | PONG) {
                    faults.push(Fault::ReservedOpcode(opcode));
                }
                if header.is_control() {
                    if !header.fin {
                        faults.push(Fault::FragmentedControl);
                    }
                    if header.payload_length > 125 {
                        let payload = header.payload_length;
                        faults.push(if opcode == CLOSE {
                            Fault::LongCloseReason { payload }
                        } else {
                            Fault::LongControl(payload)
                        });
                    }
                    self.closed |= opcode == CLOSE;
                    FrameRole::Control
                } else {
                    FrameRole::Stray
                }
            }
        }
    }

    /// Other extensions were agreed on, too.
    #[must_use]
    pub fn beside_others(self, others: bool) -> Self {
        Self { others, ..self }
    }

    /// Whether an extension that is not known may have changed that frame's payload.
    #[must_use]
    pub fn may_be_changed(&self, header: &Header) -> bool {
        self.others && header.rsv & if self.deflate { !RSV1 } else { 7 } != 0
    }

    /// Whether this side sent a close frame.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Frames may be missing here: what comes next may continue a message whose beginning wasn't seen.
    pub fn lose(&mut self) {
        self.place = Place::Unknown;
    }

    /// Checks a close frame's body (§5.5.1): its status code and reason.
    #[must_use]
    pub fn close_body<'a>(body: &'a [u8], faults: &mut Vec<Fault>) -> Option<(u16, &'a [u8])> {
        let (code, reason) = match body {
            [] => return None,
            [_] => {
                faults.push(Fault::OneByteClose);
                return None;
            }
            [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        };
        if !close_code_is_valid(code) {
            faults.push(Fault::InvalidCloseCode(code));
        }
        if simdutf8::basic::from_utf8(reason).is_err() {
            faults.push(Fault::CloseReasonNotUtf8);
        }
        Some((code, reason))
    }
}

/// Whether a close frame may have this code (RFC 6455 §7.4.1, §7.4.2, and the registry's 1012 to 1014).
#[must_use]
pub fn close_code_is_valid(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the faults that a client's frames raise, given by their first two bytes.
    fn faults(deflate: bool, frames: &[[u8; 2]]) -> Vec<&'static str> {
        let mut rules = Rules::new(Direction::Client, deflate);
        let mut found = Vec::new();
        for [first, second] in frames {
            let header = Header::parse(&[*first, *second | 0x80, 0, 0, 0, 0]).unwrap();
            rules.frame(&header, &mut found);
        }
        found.iter().map(Fault::code).collect()
    }

    #[test]
    fn fragments_with_control_frames_between_them_are_in_order() {
        assert!(faults(false, &[[0x01, 1], [0x89, 0], [0x00, 1], [0x80, 1], [0x82, 0], [0x88, 0]]).is_empty());
    }

    #[test]
    fn each_rule_has_its_fault() {
        assert_eq!(faults(false, &[[0x80, 0]]), ["continuation-of-nothing"]);
        assert_eq!(faults(false, &[[0x01, 0], [0x81, 0]]), ["data-inside-message"]);
        assert_eq!(faults(false, &[[0x09, 0]]), ["fragmented-control-frame"]);
        assert_eq!(faults(false, &[[0x83, 0]]), ["reserved-opcode"]);
        assert_eq!(faults(false, &[[0x8b, 0]]), ["reserved-opcode"]);
        assert_eq!(faults(false, &[[0xc1, 0]]), ["reserved-bits"]);
        assert_eq!(faults(true, &[[0xc1, 0]]), [""; 0]);
        assert_eq!(faults(true, &[[0xa1, 0]]), ["reserved-bits"]);
        assert_eq!(faults(true, &[[0xc9, 0]]), ["misplaced-compression-bit"]);
        assert_eq!(faults(false, &[[0x88, 0], [0x81, 0]]), ["frame-after-close"]);
        assert_eq!(faults(false, &[[0x01, 0], [0x88, 0], [0x80, 0]]), ["frame-after-close"]);
        assert_eq!(faults(false, &[[0x88, 0], [0x88, 0]]), ["second-close"]);
        assert_eq!(faults(false, &[[0x88, 0], [0x8a, 0], [0x89, 0]]), [""; 0]);
    }

    #[test]
    fn long_and_wrongly_masked_frames_are_told() {
        let mut found = Vec::new();
        let long = Header::parse(&[0x89, 126, 0, 126]).unwrap();
        Rules::new(Direction::Client, false).frame(&long, &mut found);
        assert_eq!(found, [Fault::UnmaskedClientFrame, Fault::LongControl(126)]);
        found.clear();
        let masked = Header::parse(&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        Rules::new(Direction::Server, false).frame(&masked, &mut found);
        assert_eq!(found, [Fault::MaskedServerFrame, Fault::LengthTooLarge(1 << 63)]);
    }

    #[test]
    fn close_bodies_are_checked() {
        let check = |body: &[u8]| {
            let mut found = Vec::new();
            let parts = Rules::close_body(body, &mut found).map(|(code, _)| code);
            (parts, found.iter().map(Fault::code).collect::<Vec<_>>())
        };
        assert_eq!(check(b""), (None, vec![]));
        assert_eq!(check(b"\x03"), (None, vec!["one-byte-close"]));
        assert_eq!(check(b"\x03\xe8bye"), (Some(1000), vec![]));
        assert_eq!(check(b"\x03\xed"), (Some(1005), vec!["invalid-close-code"]));
        assert_eq!(check(b"\x03\xe8\xff"), (Some(1000), vec!["close-reason-not-utf8"]));
    }
}
