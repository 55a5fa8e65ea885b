//! Lines of JSON: each is an object with a `type` and `data`.

use std::io::{self, Write};

use serde::Serialize;

use super::keys::{Keys, Object};
use crate::render::escape::is_harmless;

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    data: T,
}

/// Writes lines, each with a single write.
#[derive(Debug)]
pub(in crate::render) struct JsonLines<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> JsonLines<W> {
    pub(in crate::render) fn new(out: W) -> Self {
        Self { out, line: Vec::with_capacity(4096) }
    }

    pub(in crate::render) fn write(&mut self, kind: &'static str, data: &impl Keys) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &Line { r#type: kind, data: Object(data) })?;
        self.line.push(b'\n');
        if may_harm(&self.line) { write_harmless(&self.line, &mut self.out) } else { self.out.write_all(&self.line) }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether a line may have a character that does something to a terminal; C0 controls are escaped already. A line that
/// has one is found; few others are, so that few are looked at character by character.
fn may_harm(line: &[u8]) -> bool {
    if line.is_ascii() {
        return memchr::memchr(0x7f, line).is_some();
    }
    // The first bytes of such characters, all but E2's: those of dashes, quotes and currencies are everywhere.
    let first = |byte: u8| matches!(byte, 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe3 | 0xef..);
    let after_e2 = |at: usize| matches!(line.get(at + 1), Some(0x80 | 0x81 | 0xa0));
    line.iter().fold(false, |seen, byte| seen | first(*byte)) || memchr::memchr_iter(0xe2, line).any(after_e2)
}

/// Writes a line with `\u` escapes for what does something to a terminal: DEL, C1 controls, bidirectional controls and
/// what can't be seen. They are in its strings alone.
fn write_harmless(line: &[u8], out: &mut impl Write) -> io::Result<()> {
    let text = str::from_utf8(line).map_err(io::Error::other)?;
    let mut written = 0;
    for (at, character) in text.trim_end().char_indices().filter(|(_, character)| !is_harmless(*character)) {
        out.write_all(&line[written..at])?;
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        written = at + character.len_utf8();
    }
    out.write_all(&line[written..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_that_does_something_gets_past_the_first_look() {
        for character in ('\u{7f}'..=char::MAX).filter(|character| !is_harmless(*character)) {
            assert!(may_harm(character.to_string().as_bytes()), "U+{:04X}", character as u32);
        }
        assert!(!may_harm("Größe: 5 €".as_bytes()));
    }
}
