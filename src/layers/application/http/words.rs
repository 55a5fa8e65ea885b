//! Bytes of lines, eight at a time: most lines are over before a search for longer texts would have begun.
//!
//! A test of eight bytes answers with a word in which the lowest bit that is set is the top bit of the first byte that
//! passes; if no byte does, it is 0.

const LENGTH: usize = 8;
const TOPS: u64 = each(0x80);

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; LENGTH])
}

/// Which bytes are below `limit`, itself at most 128.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & TOPS
}

/// Whether all bytes are at least `least`, and none is DEL.
pub(super) fn are_visible(bytes: &[u8], least: u8) -> bool {
    let visible = |word: &[u8; LENGTH]| {
        let word = u64::from_le_bytes(*word);
        below(word, least) | below(word ^ each(0x7f), 1) == 0
    };
    let (words, rest) = bytes.as_chunks();
    words.iter().all(visible)
        && match bytes.last_chunk() {
            Some(last) => rest.is_empty() || visible(last),
            None => rest.iter().all(|byte| *byte >= least && *byte != 0x7f),
        }
}
