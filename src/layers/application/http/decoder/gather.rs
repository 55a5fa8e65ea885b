//! Sections and lines that come in pieces: kept until their end is there.

use memchr::memchr;

use super::super::item::Input;
use super::{Decoder, MAX_SECTION};

/// Where a section or line stands that is now complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gathered {
    /// In the first bytes of the input: how many.
    Input(usize),
    /// In `partial`.
    Kept,
    /// It isn't complete: all of the input is kept for later.
    NotYet,
    /// It is longer than [`MAX_SECTION`]; that much of it is in `partial`.
    TooLong,
}

/// Finds the end of a section or line in some bytes; the position says how far they were searched before.
type FindEnd = fn(&[u8], &mut usize) -> Option<usize>;

impl Decoder {
    /// Looks for the end of a section or line; keeps what is not whole.
    pub(super) fn gather(&mut self, input: &mut Input<'_>, find_end: FindEnd) -> Gathered {
        if self.partial.is_empty() {
            self.searched = 0;
            match find_end(input.bytes, &mut self.searched) {
                Some(end) if end <= MAX_SECTION => return Gathered::Input(end),
                _ => self.searched = 0,
            }
        }
        let before = self.partial.len();
        let room = MAX_SECTION - before.min(MAX_SECTION);
        let added = input.bytes.len().min(room + 1);
        self.partial.extend_from_slice(&input.bytes[..added]);
        match find_end(&self.partial, &mut self.searched) {
            Some(end) if end <= MAX_SECTION => {
                // What was kept is consumed, even if it turns out to end nothing.
                self.partial.truncate(end.max(before));
                input.take(end - before.min(end));
                Gathered::Kept
            }
            _ => {
                input.take(added);
                if self.partial.len() > MAX_SECTION { Gathered::TooLong } else { Gathered::NotYet }
            }
        }
    }
}

pub(super) fn line_end(bytes: &[u8], from: &mut usize) -> Option<usize> {
    let end = memchr(b'\n', &bytes[*from..]).map(|length| *from + length + 1);
    *from = bytes.len();
    end
}

/// The length of the line end that `bytes` begin with; 0 if they begin with none.
pub(super) fn empty_line_end(bytes: &[u8], _: &mut usize) -> Option<usize> {
    match bytes {
        [] | [b'\r'] => None,
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::item::Item;
    use super::*;
    use crate::layers::{Direction, Source};

    /// Whoever reads what is kept from its beginning again, with each byte that comes, finds line feeds there.
    #[test]
    fn a_head_that_comes_byte_by_byte_is_read_once() {
        const OFTEN_READ: usize = 70;
        let head = format!("GET /{} HTTP/1.1\r\nA: {}\r\nB: 2\r\n\r\n", "a".repeat(300), "b".repeat(300));
        let mut decoder = Decoder::at(Direction::Client, 0);
        for (at, byte) in head.bytes().enumerate() {
            let is_last = at + 1 == head.len();
            if let Some(read) = decoder.partial.get_mut(OFTEN_READ..at.saturating_sub(2)) {
                let kept = &head.as_bytes()[OFTEN_READ..at - 2];
                read.fill(b'\n');
                if is_last || head.as_bytes()[at] == b'\n' {
                    read.copy_from_slice(kept);
                }
            }
            let mut input = Input { bytes: &[byte], source: Source::default() };
            let item = decoder.next(&mut input);
            assert_eq!(matches!(item, Some(Item::Head(..))), is_last, "{at}: {item:?}");
        }
    }
}
