//! How values are written that JSON has no form of its own for: times, addresses, bytes.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::render::escape::whole_characters;

/// What is written as its `Display` says.
pub(in crate::render) struct Shown<T>(pub T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes as lower-case hex.
pub(in crate::render) struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Many digits at a time: a payload has up to 64 KiB.
        let mut digits = [0; 128];
        for bytes in self.0.chunks(digits.len() / 2) {
            for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            }
            f.write_str(std::str::from_utf8(&digits[..bytes.len() * 2]).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

/// A text and its twin: one of the two has the value.
pub(in crate::render) type Twin<'a> = (Option<&'a str>, Option<Shown<Hex<'a>>>);

/// Text, or hex if the bytes aren't UTF-8.
pub(in crate::render) fn twin(bytes: &[u8]) -> Twin<'_> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(Shown(Hex(bytes)))),
    }
}

/// The same for what may be only a beginning: it's still text if the limit cut a character in two.
pub(super) fn beginning(bytes: &[u8], truncated: bool) -> Twin<'_> {
    if truncated && let (Some(text), _) = twin(whole_characters(bytes)) {
        return (Some(text), None);
    }
    twin(bytes)
}

/// The same for a WebSocket payload: that of a binary frame is never text.
pub(super) fn payload(opcode: u8, bytes: &[u8], truncated: bool) -> Twin<'_> {
    if opcode == 2 { (None, Some(Shown(Hex(bytes)))) } else { beginning(bytes, truncated) }
}
