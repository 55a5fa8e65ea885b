//! A short memory of what was handed on from one stream: enough to tell whether a repetition says the same.
//!
//! Owns positions and hashes; the bytes themselves are gone. A repetition is compared with every remembered segment that it
//! covers. It doesn't notice different content in a repetition of only a part of a segment, of a segment more than
//! [`MAX_REMEMBERED_SEGMENTS`] segments ago, or more than [`MAX_COMPARED_ENDS`] bytes from both ends of one that is longer than [`MAX_COMPARED_WHOLE`].

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::Stamp;

use crate::limits::{MAX_COMPARED_ENDS, MAX_COMPARED_WHOLE, MAX_REMEMBERED_SEGMENTS};

/// What was handed on last.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// In order of position, without overlaps.
    segments: VecDeque<Remembered>,
    /// Seeded, so nobody can make up different bytes with the same hash.
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Remembered {
    start: u64,
    packet: u64,
    stamp: Stamp,
    length: u32,
    hash: u32,
}

impl Remembered {
    fn end(&self) -> u64 {
        self.start + u64::from(self.length)
    }
}

/// Bytes that came twice, with different content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Position of the first byte of the range in the stream, from 0.
    pub start: u64,
    /// How many bytes it has. Not all of them need differ.
    pub length: u64,
    /// The packet that brought the first copy.
    pub packet: u64,
    /// Whether the first copy was in order, so that its receiver had it when the second one came. If it was still
    /// waiting for bytes before it, receivers differ in which copy they keep.
    pub received: bool,
    /// Whether the checksum of the first copy is of what the second one says: if that one's is right, the first was damaged.
    pub is_promised: bool,
}

impl Delivered {
    /// Remembers bytes that are handed on, and forgets the oldest.
    #[inline]
    pub(super) fn remember(&mut self, start: u64, bytes: &[u8], (packet, stamp): (u64, Stamp)) {
        if self.segments.len() >= MAX_REMEMBERED_SEGMENTS {
            self.segments.pop_front();
        }
        let hash = self.hash(bytes);
        self.segments.push_back(Remembered { start, packet, stamp, length: bytes.len() as u32, hash });
    }

    /// Compares bytes that come again, from position `start` on, with what is remembered; the first difference.
    pub(super) fn compare(&self, start: u64, bytes: &[u8], stamp: Stamp) -> Option<Conflict> {
        let first = self.segments.partition_point(|segment| segment.start < start);
        for segment in self.segments.range(first..) {
            let at = (segment.start - start) as usize;
            let again = bytes.get(at..).and_then(|bytes| bytes.get(..segment.length as usize))?;
            if self.hash(again) != segment.hash {
                let (length, packet) = (segment.end() - segment.start, segment.packet);
                let is_promised = at == 0 && again.len() == bytes.len() && stamp.promises_what(segment.stamp);
                return Some(Conflict { start: segment.start, length, packet, received: true, is_promised });
            }
        }
        None
    }

    /// Whether a segment with these bytes at position `start` is one that was captured before.
    pub(super) fn has_copy(&self, start: u64, bytes: &[u8], stamp: Stamp) -> bool {
        let at = self.segments.partition_point(|segment| segment.start < start);
        self.segments.get(at).is_some_and(|first| {
            first.start == start
                && first.length as usize == bytes.len()
                && stamp.is_copy_of(first.stamp)
                && first.hash == self.hash(bytes)
        })
    }

    /// Bytes of memory held beside the value itself.
    pub(super) fn held(&self) -> usize {
        self.segments.capacity() * size_of::<Remembered>()
    }

    fn hash(&self, bytes: &[u8]) -> u32 {
        let hash = match (bytes.first_chunk::<MAX_COMPARED_ENDS>(), bytes.last_chunk::<MAX_COMPARED_ENDS>()) {
            (Some(first), Some(last)) if bytes.len() > MAX_COMPARED_WHOLE => self.hashed(&[first, last]),
            _ => self.hashed(&[bytes]),
        };
        hash as u32
    }

    /// Nothing separates the pieces: their lengths follow from the segment's length, which is compared, too.
    fn hashed(&self, pieces: &[&[u8]]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for piece in pieces {
            hasher.write(piece);
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn remembered(pieces: &[&[u8]]) -> Delivered {
        let mut delivered = Delivered::default();
        let mut start = 0;
        for (packet, piece) in (1..).zip(pieces) {
            delivered.remember(start, piece, (packet, Stamp::default()));
            start += piece.len() as u64;
        }
        delivered
    }

    fn compare(delivered: &Delivered, start: u64, bytes: &[u8]) -> Option<Conflict> {
        let conflict = delivered.compare(start, bytes, Stamp::default());
        conflict.map(|conflict| Conflict { is_promised: false, ..conflict })
    }

    #[test]
    fn the_first_segment_that_comes_again_otherwise_is_named() {
        let delivered = remembered(&[b"abc", b"defg", b"hi"]);
        for (start, same) in [(0, &b"abc"[..]), (0, b"abcdefghi"), (3, b"defg"), (1, b"bcdefg"), (9, b"jk")] {
            assert_eq!(compare(&delivered, start, same), None);
        }
        let conflict = Some(Conflict { start: 3, length: 4, packet: 2, received: true, is_promised: false });
        for (start, other) in [(3, &b"dEfg"[..]), (0, b"abcdEfghi"), (2, b"cdefG")] {
            assert_eq!(compare(&delivered, start, other), conflict);
        }
    }

    #[test]
    fn a_part_of_a_segment_is_not_compared() {
        let delivered = remembered(&[b"abcdef"]);
        assert_eq!(compare(&delivered, 0, b"abX"), None);
        assert_eq!(compare(&delivered, 2, b"Xdef"), None);
    }

    #[test]
    fn of_a_long_segment_only_the_ends_are_compared() {
        let bulk = [0; 1460];
        let delivered = remembered(&[&bulk]);
        for (at, noticed) in [
            (0, true),
            (MAX_COMPARED_ENDS - 1, true),
            (MAX_COMPARED_ENDS, false),
            (1459 - MAX_COMPARED_ENDS, false),
            (1459, true),
        ] {
            let mut other = bulk;
            other[at] = 1;
            assert_eq!(compare(&delivered, 0, &other).is_some(), noticed, "{at}");
        }
    }

    #[test]
    fn only_so_many_segments_are_remembered() {
        let pieces: Vec<[u8; 2]> = (0..200).map(|i| [i; 2]).collect();
        let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &piece[..]).collect();
        let delivered = remembered(&pieces);
        assert_eq!(delivered.segments.len(), MAX_REMEMBERED_SEGMENTS);
        assert_eq!(compare(&delivered, 0, &[99; 2]), None);
        assert_eq!(compare(&delivered, 398, &[99; 2]).map(|conflict| conflict.packet), Some(200));
    }

    proptest! {
        #[test]
        fn the_same_bytes_never_conflict(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..90),
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            let whole = pieces.concat();
            let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &piece[..]).collect();
            let delivered = remembered(&pieces);
            let from = from.index(whole.len());
            let to = from + to.index(whole.len() - from + 1);
            prop_assert_eq!(compare(&delivered, from as u64, &whole[from..to]), None);
        }
    }
}
