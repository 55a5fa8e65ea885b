//! How to write values that JSON has no form for: times, addresses, bytes.

use std::fmt;

use super::write::{Value, hex, shown};
use crate::moment::Timestamp;
use crate::render::escape::whole_characters;

/// What is written as its `Display` says.
pub(in crate::render) struct Shown<T>(pub T);

impl<T: fmt::Display> Value for Shown<T> {
    fn write(&self, out: &mut Vec<u8>) {
        shown(out, &self.0);
    }
}

/// Bytes as lower-case hex.
pub(in crate::render) struct Hex<'a>(pub &'a [u8]);

impl Value for Hex<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        hex(out, self.0);
        out.push(b'"');
    }
}

/// As [`Timestamp`] is displayed, only faster: there are several in each line.
impl Value for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        const SECOND: u64 = 1_000_000_000;
        out.push(b'"');
        out.extend_from_slice(itoa::Buffer::new().format(self.0 / SECOND).as_bytes());
        // A digit before the nine decimals keeps their zeros, and makes room for the point.
        let point = out.len();
        out.extend_from_slice(itoa::Buffer::new().format(SECOND + self.0 % SECOND).as_bytes());
        out[point] = b'.';
        out.push(b'"');
    }
}

/// A text and its twin: one of the two has the value.
pub(in crate::render) type Twin<'a> = (Option<&'a str>, Option<Hex<'a>>);

/// Text, or hex if the bytes aren't UTF-8.
pub(in crate::render) fn twin(bytes: &[u8]) -> Twin<'_> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(Hex(bytes))),
    }
}

/// The same for what may not be there.
pub(super) fn optional(bytes: Option<&[u8]>) -> Twin<'_> {
    bytes.map_or((None, None), twin)
}

/// The same for what may be only a beginning: it's still text if the limit cut a character in two.
pub(super) fn beginning(bytes: &[u8], truncated: bool) -> Twin<'_> {
    if truncated && let (Some(text), _) = twin(whole_characters(bytes)) {
        return (Some(text), None);
    }
    twin(bytes)
}

/// The same for a WebSocket payload: a binary frame's payload is never text.
pub(super) fn payload(opcode: u8, bytes: &[u8], truncated: bool) -> Twin<'_> {
    if opcode == 2 { (None, Some(Hex(bytes))) } else { beginning(bytes, truncated) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_it_is_displayed() {
        for time in [0, 1, 999_999_999, 1_000_000_000, 1_700_000_000_000_123_456, u64::MAX].map(Timestamp) {
            let mut out = Vec::new();
            time.write(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("\"{time}\""));
        }
    }
}
