//! Looks at lines eight bytes at a time: most lines are too short for a general search to pay off.
//!
//! A test of eight bytes answers with a word in which the lowest bit that is set is the top bit of the first byte that
//! passes; if no byte does, it is 0.

use memchr::memchr3;

const LENGTH: usize = 8;
const TOPS: u64 = each(0x80);

/// How many words of a value are looked at before a general search pays off.
const SHORT: usize = 16;

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; LENGTH])
}

/// Which bytes are letters, digits or "-".
fn in_names(word: u64) -> u64 {
    let low = word & !TOPS;
    let within = |low: u64, least: u8, most: u8| (low + each(0x80 - least)) & !(low + each(0x7f - most));
    let dash = !((low ^ each(b'-')) + each(0x7f));
    (within(low | each(0x20), b'a', b'z') | within(low, b'0', b'9') | dash) & !word & TOPS
}

/// Which bytes are below `limit`, itself at most 128.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & TOPS
}

fn first(passed: u64) -> usize {
    passed.trailing_zeros() as usize / LENGTH
}

/// Whether all bytes are ASCII.
#[inline]
pub(super) fn are_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks();
    let all = words.iter().fold(0, |all, word| all | u64::from_le_bytes(*word));
    (all & TOPS == 0) && rest.is_ascii()
}

/// Whether a byte is among them.
pub(super) fn contain(bytes: &[u8], byte: u8) -> bool {
    let (words, rest) = bytes.as_chunks();
    words.iter().any(|word| below(u64::from_le_bytes(*word) ^ each(byte), 1) != 0) || rest.contains(&byte)
}

/// Whether all bytes are at least `floor`, and none is DEL.
pub(super) fn are_visible(bytes: &[u8], floor: u8) -> bool {
    let visible = |word: &[u8; LENGTH]| {
        let word = u64::from_le_bytes(*word);
        below(word, floor) | below(word ^ each(0x7f), 1) == 0
    };
    let (words, rest) = bytes.as_chunks();
    words.iter().all(visible)
        && match bytes.last_chunk() {
            Some(last) => rest.is_empty() || visible(last),
            None => rest.iter().all(|byte| *byte >= floor && *byte != 0x7f),
        }
}

/// How many letters, digits and "-" come first; perhaps more than are counted.
#[inline]
pub(super) fn name(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let others = !in_names(u64::from_le_bytes(*word)) & TOPS;
        if others != 0 {
            return index * LENGTH + first(others);
        }
    }
    bytes.len() - rest.len()
}

/// Where the first ":" is, if it is near.
#[inline]
pub(super) fn colon(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().take(SHORT).enumerate() {
        let colons = below(u64::from_le_bytes(*word) ^ each(b':'), 1);
        if colons != 0 {
            return Some(index * LENGTH + first(colons));
        }
    }
    if words.len() > SHORT {
        return None;
    }
    rest.iter().position(|byte| *byte == b':').map(|at| bytes.len() - rest.len() + at)
}

/// Where the first NUL, CR or LF is.
#[inline]
pub(super) fn stop(bytes: &[u8]) -> Option<usize> {
    let is_stop = |byte: u8| matches!(byte, 0 | b'\r' | b'\n');
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().take(SHORT).enumerate() {
        let controls = below(u64::from_le_bytes(*word), b' ');
        if controls != 0 {
            let at = index * LENGTH + first(controls);
            return if is_stop(bytes[at]) { Some(at) } else { search(bytes, at) };
        }
    }
    if words.len() > SHORT {
        return search(bytes, SHORT * LENGTH);
    }
    rest.iter().position(|byte| is_stop(*byte)).map(|at| bytes.len() - rest.len() + at)
}

fn search(bytes: &[u8], from: usize) -> Option<usize> {
    memchr3(0, b'\r', b'\n', &bytes[from..]).map(|length| from + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            6 => prop::sample::select(&b"abcxyzABCXYZ0189-"[..]),
            1 => prop::sample::select(&b"@[`{/:, \t\r\n\0\x1f\x7f"[..]),
            1 => any::<u8>(),
        ];
        (0..2 * SHORT * LENGTH, prop::collection::vec(byte, 0..100))
            .prop_map(|(plain, text)| [vec![b'a'; plain], text].concat())
    }

    proptest! {
        #[test]
        fn eight_bytes_at_a_time_come_to_the_same_as_one(text in text(), floor in prop::sample::select(&b" !"[..])) {
            let is_stop = |byte: &u8| matches!(byte, 0 | b'\r' | b'\n');
            prop_assert_eq!(stop(&text), text.iter().position(is_stop));
            let named = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'-';
            let name = name(&text);
            prop_assert!(text[..name].iter().all(|byte| named(&byte)));
            let is_over = name == text.iter().take_while(named).count();
            prop_assert!(is_over || name + LENGTH > text.len());
            let visible = text.iter().all(|byte| *byte >= floor && *byte != 0x7f);
            prop_assert_eq!(are_visible(&text, floor), visible);
        }
    }
}
