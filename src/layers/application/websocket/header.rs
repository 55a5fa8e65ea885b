//! A frame's header (RFC 6455 §5.2): 2 to 14 bytes.

use super::{BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT};
use crate::layers::Direction;

/// The longest frame header: 2 bytes, 8 of extended length, 4 of masking key.
pub const MAX_HEADER: usize = 14;

/// What a frame's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// FIN: the last frame of its message.
    pub fin: bool,
    /// RSV1 (4), RSV2 (2), RSV3 (1).
    pub rsv: u8,
    /// 0 to 15.
    pub opcode: u8,
    /// The masking key, where the payload is masked.
    pub mask_key: Option<[u8; 4]>,
    /// The declared payload length, in bytes.
    pub payload_length: u64,
    /// The header's own length, in bytes.
    pub length: u8,
}

impl Header {
    /// Parses the header that `bytes` begin with; `None` while it is not whole.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = bytes else { return None };
        let (payload_length, rest, extended) = match second & 0x7f {
            126 => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                (u64::from(u16::from_be_bytes(*length)), rest, 2)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk::<8>()?;
                (u64::from_be_bytes(*length), rest, 8)
            }
            length => (u64::from(length), rest, 0),
        };
        let mask_key = if second & 0x80 == 0 { None } else { Some(*rest.first_chunk::<4>()?) };
        Some(Self {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 7,
            opcode: first & 15,
            mask_key,
            payload_length,
            length: 2 + extended + if mask_key.is_some() { 4 } else { 0 },
        })
    }

    /// Whether the payload length is written in as few bytes as it needs.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        match self.length - if self.mask_key.is_some() { 4 } else { 0 } {
            2 => true,
            4 => self.payload_length >= 126,
            _ => self.payload_length > 0xffff,
        }
    }

    /// Whether an end that keeps to every rule could have sent this header: what its first bytes must be for
    /// bytes of unknown nature to be taken for a frame (§5.2, §5.5; RSV1 by RFC 7692 §6 where `deflate` was agreed on).
    #[must_use]
    pub fn is_lawful(&self, from: Direction, deflate: bool) -> bool {
        first_is_lawful(self.byte(), deflate)
            && self.mask_key.is_some() == (from == Direction::Client)
            && self.is_minimal()
            && self.payload_length >> 63 == 0
            && !(self.is_control() && self.payload_length > 125)
    }

    /// Its first byte.
    fn byte(&self) -> u8 {
        u8::from(self.fin) << 7 | self.rsv << 4 | self.opcode
    }

    /// Whether it is a control frame: close, ping, pong, or reserved for one (§5.5).
    #[must_use]
    pub fn is_control(&self) -> bool {
        super::is_control(self.opcode)
    }
}

/// The same of a header's first byte alone: a known opcode, FIN on a control frame, RSV1 on data at the most.
pub(super) fn first_is_lawful(byte: u8, deflate: bool) -> bool {
    let (fin, rsv, opcode) = (byte & 0x80 != 0, byte >> 4 & 7, byte & 15);
    match opcode {
        CONTINUATION => rsv == 0,
        TEXT | BINARY => rsv & if deflate { !RSV1 } else { 7 } == 0,
        CLOSE | PING | PONG => fin && rsv == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_lengths_are_read() {
        let short = Header::parse(&[0x81, 5]).unwrap();
        assert_eq!((short.fin, short.opcode, short.payload_length, short.length), (true, 1, 5, 2));
        let medium = Header::parse(&[0x02, 0xfe, 1, 0, 9, 8, 7, 6]).unwrap();
        assert_eq!((medium.fin, medium.opcode, medium.payload_length, medium.length), (false, 2, 256, 8));
        assert_eq!(medium.mask_key, Some([9, 8, 7, 6]));
        let long = Header::parse(&[0xf2, 127, 0, 0, 0, 0, 0, 1, 0, 0]).unwrap();
        assert_eq!((long.rsv, long.payload_length, long.length), (7, 65536, 10));
    }

    #[test]
    fn a_header_that_is_not_whole_is_waited_for() {
        let whole = [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4];
        for length in 0..whole.len() {
            assert_eq!(Header::parse(&whole[..length]), None);
        }
        assert!(Header::parse(&whole).is_some());
    }

    #[test]
    fn lengths_in_more_bytes_than_needed_are_told() {
        for (bytes, minimal) in [
            (&[0x82, 126, 0, 126][..], true),
            (&[0x82, 126, 0, 125], false),
            (&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], true),
            (&[0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255], false),
        ] {
            assert_eq!(Header::parse(bytes).unwrap().is_minimal(), minimal);
        }
    }

    #[test]
    fn only_what_a_side_may_send_is_lawful() {
        let lawful = |bytes: &[u8]| Header::parse(bytes).unwrap().is_lawful(Direction::Server, true);
        for bytes in [&[0x81, 5][..], &[0x01, 0], &[0x80, 0], &[0xc1, 5], &[0x88, 125], &[0x82, 126, 0, 126]] {
            assert!(lawful(bytes), "{bytes:x?}");
        }
        let wrong = [
            &b"HTTP"[..],
            b"GET ",
            &[0x83, 0],
            &[0x8b, 0],
            &[0xa1, 0],
            &[0xc0, 0],
            &[0xc9, 0],
            &[0x09, 0],
            &[0x88, 126, 0, 126],
            &[0x81, 0x85, 1, 2, 3, 4],
            &[0x82, 126, 0, 125],
            &[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ];
        for bytes in wrong {
            assert!(!lawful(bytes), "{bytes:x?}");
        }
        assert!(!Header::parse(&[0xc1, 5]).unwrap().is_lawful(Direction::Server, false));
    }
}
