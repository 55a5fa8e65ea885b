//! How JSON is written: straight into one buffer, each byte looked at once (RFC 8259).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::render::escape::is_harmless;

/// What has a form in JSON.
pub(in crate::render) trait Value {
    /// Appends it.
    fn write(&self, out: &mut Vec<u8>);
}

/// An object that is being written.
pub(in crate::render) struct Map<'a>(&'a mut Vec<u8>);

impl Map<'_> {
    /// Appends an entry; the key as `key!` writes it.
    #[inline]
    pub(in crate::render) fn entry(&mut self, key: &'static str, value: &(impl Value + ?Sized)) {
        // No value ends in a brace that opens: this is the first entry, or one comes before it.
        let skip = usize::from(self.0.ends_with(b"{"));
        self.0.extend_from_slice(&key.as_bytes()[skip..]);
        value.write(self.0);
    }
}

/// A key as it stands between two entries. There is nothing in a key to escape.
macro_rules! key {
    ($key:literal) => {
        concat!(",\"", $key, "\":")
    };
}
pub(in crate::render) use key;

/// Appends an object.
pub(super) fn object(out: &mut Vec<u8>, entries: impl FnOnce(&mut Map<'_>)) {
    out.push(b'{');
    entries(&mut Map(out));
    out.push(b'}');
}

/// Appends an array.
pub(super) fn array<T: Value>(out: &mut Vec<u8>, values: impl IntoIterator<Item = T>) {
    out.push(b'[');
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        value.write(out);
    }
    out.push(b']');
}

/// Appends what `Display` says as a string.
pub(super) fn shown(out: &mut Vec<u8>, value: &impl fmt::Display) {
    struct Inside<'a>(&'a mut Vec<u8>);

    impl fmt::Write for Inside<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            escaped(self.0, text);
            Ok(())
        }
    }

    out.push(b'"');
    // The buffer takes everything; an error could only be the value's own, which has none.
    let written = write!(Inside(out), "{value}");
    debug_assert!(written.is_ok());
    out.push(b'"');
}

/// Appends text the way it's written in a string. Whatever could affect a terminal is escaped as well: all control
/// characters, characters that steer how others are drawn, and invisible ones.
fn escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let (mut written, mut at) = (0, 0);
    loop {
        at += plain(&bytes[at..]);
        let Some(first) = bytes.get(at) else { break };
        if !first.is_ascii() && !may_harm(&bytes[at..]) {
            at += if *first < 0xe0 { 2 } else { 3 };
            continue;
        }
        let Some(character) = text[at..].chars().next() else { break };
        if first.is_ascii() || !is_harmless(character) {
            out.extend_from_slice(&bytes[written..at]);
            escape(out, character);
            written = at + character.len_utf8();
        }
        at += character.len_utf8();
    }
    out.extend_from_slice(&bytes[written..]);
}

/// Whether the character that `bytes` begin with may be a harmful one, judging by its first byte or two. A character
/// that affects a terminal always may. Few of the others may, so few are looked at closely. Any character of four bytes
/// may.
fn may_harm(bytes: &[u8]) -> bool {
    match bytes {
        // Those of dashes, quotes and currencies are everywhere.
        [0xe2, second, ..] => matches!(second, 0x80 | 0x81 | 0xa0),
        [first, ..] => matches!(first, 0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe3 | 0xef..),
        [] => false,
    }
}

/// How many bytes come first that are ASCII, no control and nothing that JSON escapes.
fn plain(bytes: &[u8]) -> usize {
    const TOPS: u64 = each(0x80);
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // The lowest bit that is set is the top bit of the first byte that is 0.
    let zero = |word: u64| word.wrapping_sub(each(1)) & !word & TOPS;
    let special = |word: u64| {
        let below_space = word.wrapping_sub(each(b' ')) & !word & TOPS;
        below_space | zero(word ^ each(b'"')) | zero(word ^ each(b'\\')) | zero(word ^ each(0x7f)) | word & TOPS
    };
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len())
}

/// Appends the escape of a character that can't be written directly.
#[cold]
fn escape(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        '\x08' => b"\\b",
        '\x0c' => b"\\f",
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(b"\\u");
                hex(out, &unit.to_be_bytes());
            }
            return;
        }
    };
    out.extend_from_slice(short);
}

/// Appends bytes as lower-case hex.
pub(super) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let start = out.len();
    out.resize(start + bytes.len() * 2, 0);
    for (pair, byte) in out[start..].as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
}

impl Value for str {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        escaped(out, self);
        out.push(b'"');
    }
}

impl Value for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_str().write(out);
    }
}

impl Value for Cow<'_, str> {
    fn write(&self, out: &mut Vec<u8>) {
        str::write(self, out);
    }
}

impl Value for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Value for $number {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(itoa::Buffer::new().format(*self).as_bytes());
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, usize);

impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn write(&self, out: &mut Vec<u8>) {
        (*self).write(out);
    }
}

impl<T: Value> Value for [T] {
    fn write(&self, out: &mut Vec<u8>) {
        array(out, self);
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}

impl<T: Value> Value for BTreeMap<u8, T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (key, value)) in self.iter().enumerate() {
            let before: &[u8] = if index > 0 { b",\"" } else { b"\"" };
            out.extend_from_slice(before);
            out.extend_from_slice(itoa::Buffer::new().format(*key).as_bytes());
            out.extend_from_slice(b"\":");
            value.write(out);
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        text.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_character_is_written_so_that_it_is_read_again_and_does_nothing() {
        for character in '\0'..=char::MAX {
            let json = written(&format!("some text{character}, and more"));
            assert!(json.chars().all(is_harmless), "U+{:04X}", character as u32);
            let read: String = serde_json::from_str(&json).unwrap();
            assert_eq!(read, format!("some text{character}, and more"));
        }
    }

    #[test]
    fn what_may_stay_stays() {
        for text in ["", "Größe: 5 €", "/a?b=c&d=%20", "世界"] {
            assert_eq!(written(text), format!("\"{text}\""));
        }
    }

    proptest! {
        #[test]
        fn text_is_written_as_others_write_it(text in "([ -~]{0,9}|[\\x00-\\x1f\"\\\\]|[äß世€]){0,9}") {
            prop_assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
        }
    }
}
