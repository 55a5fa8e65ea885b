//! WebSocket frames: what their opcodes are called, which payloads can be read as text, and many of them as a table.

pub mod columns;

use std::borrow::Cow;

use crate::explain;
use crate::inspect::record::Frame;

/// How much of a payload one looks at to see what it is.
const GLANCE: usize = 64;

/// An opcode's name in the registry (RFC 6455 §11.8), or its number: "text", "reserved 3".
#[must_use]
pub fn opcode_name(opcode: u8) -> Cow<'static, str> {
    match explain::opcode(opcode) {
        Some(known) if known.number().is_some() => known.name.into(),
        _ => format!("reserved {opcode}").into(),
    }
}

/// Whether a frame's payload can be read as text. A compressed one can not, even where it happens to look like it.
pub(super) fn is_text(frame: &Frame) -> bool {
    frame.opcode != 2 && frame.rsv & 4 == 0 && !continues_no_text(frame)
}

/// A continuation does not say what it continues; bytes that no text has tell.
fn continues_no_text(frame: &Frame) -> bool {
    frame.opcode == 0 && !looks_like_text(&frame.payload)
}

/// Whether unidentified bytes may be text: none of them is a byte that never occurs in text.
pub(super) fn looks_like_text(bytes: &[u8]) -> bool {
    bytes.iter().take(GLANCE).all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::columns::tests::frame;
    use super::*;

    #[test]
    fn what_no_text_has_in_it_is_read_as_text_in_no_frame() {
        let compressed = Frame { rsv: 4, ..frame(1, b"hello", false) };
        for it in [frame(2, b"hello", false), compressed, frame(0, &[0xca, 0xfe, 0], false)] {
            assert!(!is_text(&it), "{it:?}");
        }
        for it in [frame(1, b"hello", false), frame(0, "é\r\n".as_bytes(), false), frame(9, &[0], false)] {
            assert!(is_text(&it), "{it:?}");
        }
    }
}
