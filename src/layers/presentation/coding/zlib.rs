//! `deflate`: DEFLATE in a zlib header and checksum (RFC 1950), or raw (RFC 1951) from servers that took the name literally.

use super::{Coding, CodingError, Out, Undo};
use crate::layers::presentation::inflate::{Inflate, Stop};

/// CM, the low half of a zlib header's first byte: DEFLATE.
const DEFLATE: u8 = 8;
/// FDICT: a preset dictionary is needed, which HTTP has no way to name.
const DICTIONARY: u8 = 1 << 5;

/// Two bytes tell zlib from raw DEFLATE.
enum ZlibPart {
    Start,
    FirstByte(u8),
    Data(Inflate),
    End,
}

pub(super) struct Zlib(ZlibPart);

impl Zlib {
    pub(super) fn new() -> Self {
        Self(ZlibPart::Start)
    }
}

impl Undo for Zlib {
    fn push(&mut self, mut input: &[u8], out: Out<'_>) -> Result<(), CodingError> {
        while let Some((&byte, rest)) = input.split_first() {
            match &mut self.0 {
                ZlibPart::Start => {
                    self.0 = ZlibPart::FirstByte(byte);
                    input = rest;
                }
                ZlibPart::FirstByte(first) => {
                    let start = [*first, byte];
                    let zlib = is_zlib_header(start);
                    if zlib && byte & DICTIONARY != 0 {
                        return Err(invalid("needs a preset dictionary"));
                    }
                    let mut inflate = Inflate::new(zlib);
                    let ended = push(&mut inflate, &mut start.as_slice(), out)?;
                    self.0 = if ended { ZlibPart::End } else { ZlibPart::Data(inflate) };
                    input = rest;
                }
                ZlibPart::Data(inflate) => {
                    if push(inflate, &mut input, out)? {
                        self.0 = ZlibPart::End;
                    }
                }
                ZlibPart::End => return Err(CodingError::TrailingData { coding: Coding::Deflate }),
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), CodingError> {
        match self.0 {
            ZlibPart::End => Ok(()),
            _ => Err(CodingError::Truncated { coding: Coding::Deflate }),
        }
    }
}

/// Whether these are CMF and FLG (RFC 1950 §2.2): the method is DEFLATE, the window 32 KiB at most, the check right.
pub(super) fn is_zlib_header([cmf, flg]: [u8; 2]) -> bool {
    cmf & 0x0f == DEFLATE && cmf >> 4 <= 7 && u16::from_be_bytes([cmf, flg]).is_multiple_of(31)
}

fn push(inflate: &mut Inflate, input: &mut &[u8], out: Out<'_>) -> Result<bool, CodingError> {
    inflate.push(input, out).map_err(|stop| match stop {
        Stop::Refused(error) => error,
        Stop::Corrupt => invalid("the DEFLATE data is damaged, or its checksum does not match"),
    })
}

fn invalid(what: &'static str) -> CodingError {
    CodingError::Invalid { coding: Coding::Deflate, what: what.into() }
}
