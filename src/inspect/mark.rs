//! How a redacted file says that it's redacted, and what it records about content that had to be blanked.
//!
//! The mark is a line in the comments on interfaces, which survive when files are merged. Compressed content can't be
//! read any more, so to keep its length known, the blank begins with that length: see `Note`.

use crate::capture::Interface;

/// The line of an interface's comment.
pub const MARK: &str = "redacted by wire101: only what is known to carry no secret is left";

/// Stands in for coded content that could not be decoded before it was blanked.
pub(crate) const BROKEN: u8 = 0xff;

/// Whether the packets of an interface were redacted.
#[must_use]
pub fn is_marked(interface: &Interface) -> bool {
    interface.comment.as_deref().is_some_and(|comment| comment.lines().any(|line| line == MARK))
}

/// What the blank in place of coded content begins with: a byte that says how many bytes follow, plus one, and then
/// that many bytes of the decoded length, highest first. Zero says that the length isn't known, and 255 that the
/// content couldn't be decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    first: Option<u8>,
    read: u8,
    length: u64,
}

impl Note {
    /// The bit for text that was not UTF-8.
    pub(crate) const INVALID: u8 = 0x80;

    /// The most bytes it takes.
    pub(crate) const BYTES: usize = 9;

    /// Writes the note into the beginning of the blanked content. If there's no room for it, the blank says that the
    /// length isn't known.
    pub(crate) fn write(length: Option<u64>, into: &mut [u8]) {
        let Some(length) = length else { return };
        let bytes = length.to_be_bytes();
        let digits = &bytes[length.leading_zeros() as usize / 8..];
        if let [first, rest @ ..] = into
            && let Some(rest) = rest.get_mut(..digits.len())
        {
            *first = digits.len() as u8 + 1;
            rest.copy_from_slice(digits);
        }
    }

    /// Reads on.
    pub(in crate::inspect) fn push(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().take(Self::BYTES) {
            if self.first.is_none() {
                self.first = Some(*byte);
            } else if self.read + 1 < self.digits() {
                self.length = self.length << 8 | u64::from(*byte);
                self.read += 1;
            }
        }
    }

    /// Whether there was nothing to read: content without a byte.
    pub(in crate::inspect) fn is_empty(self) -> bool {
        self.first.is_none()
    }

    /// How many bytes of the length there are, plus one; 0 if there is none.
    fn digits(self) -> u8 {
        let first = self.first.map_or(0, |first| first & !Self::INVALID);
        if usize::from(first) <= Self::BYTES { first } else { 0 }
    }

    /// How long the content was once it was decoded, if that was known.
    pub(in crate::inspect) fn length(self) -> Option<u64> {
        (self.read + 1 == self.digits()).then_some(self.length)
    }

    /// Whether it was text, and not UTF-8.
    pub(in crate::inspect) fn is_invalid(self) -> bool {
        self.first.is_some_and(|first| first & Self::INVALID != 0) && !self.is_broken()
    }

    /// Whether it could not be decoded.
    pub(in crate::inspect) fn is_broken(self) -> bool {
        self.first == Some(BROKEN)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Note {
        let mut note = Note::default();
        bytes.chunks(1).for_each(|byte| note.push(byte));
        let mut whole = Note::default();
        whole.push(bytes);
        assert_eq!(note, whole);
        note
    }

    proptest! {
        #[test]
        fn a_length_that_was_noted_is_read(length in any::<u64>(), more in 0..20_usize) {
            let mut blank = vec![0; Note::BYTES + more];
            Note::write(Some(length), &mut blank);
            prop_assert_eq!(read(&blank).length(), Some(length));
        }
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        assert_eq!(read(&[0; 20]).length(), None);
        assert_eq!(read(&[BROKEN; 20]).length(), None);
        assert!(read(&[BROKEN; 1]).is_broken() && !read(&[0; 20]).is_broken());
        let mut short = [0; 2];
        Note::write(Some(300), &mut short);
        assert_eq!(read(&short).length(), None);
        Note::write(Some(0), &mut short);
        assert_eq!(read(&short).length(), Some(0));
        short[0] |= Note::INVALID;
        assert!(read(&short).is_invalid() && read(&short).length() == Some(0));
    }
}
