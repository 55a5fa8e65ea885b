//! `gzip` (RFC 1952): one member or several, each with a header, DEFLATE data, a CRC-32 and a length.

use flate2::Crc;

use super::{Coding, CodingError, Out, Undo};
use crate::layers::presentation::inflate::{Inflate, Stop};

/// ID1 and ID2 (RFC 1952 §2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// CM: DEFLATE, the only compression method there is.
const DEFLATE: u8 = 8;
/// FLG bits (RFC 1952 §2.3.1).
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// The parts of a member, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MemberPart {
    /// The ten bytes every header has.
    Header,
    ExtraLength,
    /// So many bytes of extra field are still to come.
    Extra(u16),
    Name,
    Comment,
    HeaderCrc,
    Data,
    /// CRC32 and ISIZE.
    Trailer,
}

pub(super) struct Gzip {
    part: MemberPart,
    flags: u8,
    /// The bytes so far of a part that has a fixed length.
    held: Vec<u8>,
    /// Whole members before this one.
    members: u64,
    inflate: Inflate,
    crc: Crc,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            part: MemberPart::Header,
            flags: 0,
            held: Vec::with_capacity(10),
            members: 0,
            inflate: Inflate::new(false),
            crc: Crc::new(),
        }
    }

    /// The next `N` bytes, once they are all there.
    fn take<const N: usize>(&mut self, input: &mut &[u8]) -> Option<[u8; N]> {
        let (taken, rest) = input.split_at(input.len().min(N - self.held.len()));
        self.held.extend_from_slice(taken);
        *input = rest;
        let whole = self.held.as_slice().try_into().ok()?;
        self.held.clear();
        Some(whole)
    }

    /// Reads the fixed part of a header, and sees at its first bytes whether it is one.
    fn header(&mut self, input: &mut &[u8]) -> Result<Option<MemberPart>, CodingError> {
        let header = self.take::<10>(input);
        let seen = header.as_ref().map_or(self.held.as_slice(), |header| header.as_slice());
        if seen.iter().zip(MAGIC).any(|(byte, magic)| *byte != magic) {
            return Err(if self.members > 0 {
                CodingError::TrailingData { coding: Coding::Gzip }
            } else {
                invalid("does not begin with 1f 8b")
            });
        }
        let Some([_, _, method, flags, ..]) = header else { return Ok(None) };
        if method != DEFLATE {
            return Err(invalid("the compression method is not DEFLATE"));
        }
        if flags & RESERVED != 0 {
            return Err(invalid("a reserved header flag is set"));
        }
        self.flags = flags;
        Ok(Some(MemberPart::ExtraLength))
    }

    /// Skips a text that a zero byte ends; whether it ended.
    fn skip_text(input: &mut &[u8]) -> bool {
        let end = memchr::memchr(0, input);
        *input = end.and_then(|end| input.get(end + 1..)).unwrap_or_default();
        end.is_some()
    }

    fn data(&mut self, input: &mut &[u8], out: Out<'_>) -> Result<Option<MemberPart>, CodingError> {
        let crc = &mut self.crc;
        let ended = self.inflate.push(input, &mut |bytes| {
            crc.update(bytes);
            out(bytes)
        });
        match ended {
            Ok(ended) => Ok(ended.then_some(MemberPart::Trailer)),
            Err(Stop::Refused(error)) => Err(error),
            Err(Stop::Corrupt) => Err(invalid("the DEFLATE data is damaged")),
        }
    }

    fn trailer(&mut self, trailer: [u8; 8]) -> Result<MemberPart, CodingError> {
        let trailer = u64::from_le_bytes(trailer);
        let (crc, length) = (trailer as u32, (trailer >> 32) as u32);
        if crc != self.crc.sum() {
            return Err(invalid("the CRC-32 does not match the data"));
        }
        if length != self.crc.amount() {
            return Err(invalid("the length at the end does not match the data"));
        }
        self.members += 1;
        self.crc.reset();
        self.inflate.reset_raw();
        Ok(MemberPart::Header)
    }

    /// Reads on in the current part, or in the next part if this one is over.
    fn step(&mut self, input: &mut &[u8], out: Out<'_>) -> Result<Option<MemberPart>, CodingError> {
        let has = |flag| self.flags & flag != 0;
        Ok(match self.part {
            MemberPart::Header => self.header(input)?,
            MemberPart::ExtraLength if !has(EXTRA) => Some(MemberPart::Name),
            MemberPart::ExtraLength => {
                self.take::<2>(input).map(|length| MemberPart::Extra(u16::from_le_bytes(length)))
            }
            MemberPart::Extra(0) => Some(MemberPart::Name),
            MemberPart::Extra(left) => {
                let skipped = input.len().min(left.into());
                *input = &input[skipped..];
                Some(MemberPart::Extra(left - skipped as u16))
            }
            MemberPart::Name => (!has(NAME) || Self::skip_text(input)).then_some(MemberPart::Comment),
            MemberPart::Comment => (!has(COMMENT) || Self::skip_text(input)).then_some(MemberPart::HeaderCrc),
            // Many writers get it wrong and no browser checks it: it is skipped.
            MemberPart::HeaderCrc if !has(HEADER_CRC) => Some(MemberPart::Data),
            MemberPart::HeaderCrc => self.take::<2>(input).map(|_| MemberPart::Data),
            MemberPart::Data => self.data(input, out)?,
            MemberPart::Trailer => match self.take(input) {
                Some(trailer) => Some(self.trailer(trailer)?),
                None => None,
            },
        })
    }
}

impl Undo for Gzip {
    fn push(&mut self, mut input: &[u8], out: Out<'_>) -> Result<(), CodingError> {
        while !input.is_empty() {
            match self.step(&mut input, out)? {
                Some(part) => self.part = part,
                None => debug_assert!(input.is_empty(), "a part that is not over uses all there is"),
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), CodingError> {
        if self.part == MemberPart::Header && self.held.is_empty() {
            return Ok(());
        }
        Err(CodingError::Truncated { coding: Coding::Gzip })
    }
}

fn invalid(what: &'static str) -> CodingError {
    CodingError::Invalid { coding: Coding::Gzip, what: what.into() }
}
