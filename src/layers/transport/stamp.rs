//! Tells a packet that was captured twice from one that was sent twice.
//!
//! A mirror port shows a packet coming and going, a router before and after it, and captures of both ends at both; a sender that sends
//! again makes another packet.

use super::header::Header;
use crate::layers::network::Mark;
use crate::moment::Timestamp;

/// When and where a packet came, what its IP header has that its copies share, and what its TCP header says of its payload. Every
/// segment that is remembered has one, so it's small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// In units of 1,024 ns, as far as they fit.
    time: u32,
    identification: u16,
    /// As of [`Header::promise`].
    promise: u16,
    /// As of [`Tap`].
    reach: u16,
    tap: u8,
    hops: u8,
}

/// Where a packet was captured, and how long packets travel between there and other such places, where that was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tap {
    /// Of more than 256 places, some have the same number: their copies have to come soon, as if it were one place.
    number: u8,
    /// In units of 1,024 times those of a stamp, about a millisecond.
    reach: u16,
}

impl Tap {
    /// An interface, and how many nanoseconds a packet may take from there to another; 0 where nobody knows.
    #[must_use]
    #[inline]
    pub fn new(interface: usize, reach: u64) -> Self {
        Self { number: interface as u8, reach: u16::try_from(reach.div_ceil(1 << 20)).unwrap_or(u16::MAX) }
    }
}

/// How far copies may be apart that their IP headers give away, in units of time: 10 ms. A sender waits for longer before it sends
/// again unasked (RFC 8985 §7.2), and synthetic captures give all packets the same identification.
const NEAR: u32 = 10_000_000 >> 10;

/// The same if IP headers say nothing: 0.1 ms. A sender that's asked to send again hasn't even received the request by
/// then.
const AT_ONCE: u32 = 100_000 >> 10;

impl Stamp {
    /// The stamp of a packet that came then and there.
    #[must_use]
    #[inline]
    pub fn new(time: Timestamp, mark: Mark, tap: Tap) -> Self {
        let (Mark { hops, identification }, Tap { number, reach }) = (mark, tap);
        Self { time: (time.0 >> 10) as u32, identification, promise: 0, reach, tap: number, hops }
    }

    /// The same of a packet with that TCP header.
    #[must_use]
    #[inline]
    pub fn of(self, header: &Header<'_>) -> Self {
        // What has no payload isn't remembered.
        Self { promise: if header.payload.is_empty() { 0 } else { header.promise() }, ..self }
    }

    /// Whether the checksums of two segments of the same place and length are of the same payload.
    pub(super) fn promises_what(self, other: Self) -> bool {
        self.promise == other.promise
    }

    /// Whether a packet with the same bytes as another is a copy of it.
    pub(super) fn is_copy_of(self, first: Self) -> bool {
        let apart = self.time.wrapping_sub(first.time).cast_signed().unsigned_abs();
        let reach = if self.tap == first.tap { 0 } else { u32::from(self.reach) << 10 };
        // A sender that counts its packets gave this one another number.
        if self.identification != first.identification || apart > NEAR.max(reach) {
            return false;
        }
        if apart <= reach {
            return true;
        }
        let is_marked = self.identification != 0 || self.hops != first.hops;
        is_marked || apart <= AT_ONCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(microseconds: u64, hops: u8, identification: u16) -> Stamp {
        Stamp::new(
            Timestamp(1_700_000_000_000_000_000 + microseconds * 1000),
            Mark { hops, identification },
            Tap::default(),
        )
    }

    #[test]
    fn a_copy_comes_soon_and_has_the_same_identification() {
        let first = stamp(0, 64, 7);
        assert!(stamp(4, 64, 7).is_copy_of(first) && stamp(9_000, 63, 7).is_copy_of(first));
        assert!(!stamp(4, 64, 8).is_copy_of(first) && !stamp(12_000, 63, 7).is_copy_of(first));
    }

    #[test]
    fn where_there_is_no_identification_a_hop_or_next_to_no_time_tells() {
        let first = stamp(0, 64, 0);
        assert!(stamp(9_000, 63, 0).is_copy_of(first) && stamp(50, 64, 0).is_copy_of(first));
        assert!(!stamp(300, 64, 0).is_copy_of(first) && !stamp(12_000, 63, 0).is_copy_of(first));
    }

    #[test]
    fn another_place_may_be_as_far_away_as_packets_take_to_get_there() {
        let at = |microseconds, tap: Tap| Stamp { tap: tap.number, reach: tap.reach, ..stamp(microseconds, 64, 0) };
        let (here, there) = (Tap::new(0, 30_000_000), Tap::new(1, 30_000_000));
        assert!(at(30_000, there).is_copy_of(at(0, here)) && at(0, here).is_copy_of(at(30_000, there)));
        assert!(!at(33_000, there).is_copy_of(at(0, here)) && !at(30_000, here).is_copy_of(at(0, here)));
        assert!(!at(30_000, Tap::new(1, 0)).is_copy_of(at(0, Tap::new(0, 0))));
    }

    #[test]
    fn a_capture_may_have_the_copy_first() {
        assert!(stamp(0, 63, 7).is_copy_of(stamp(4, 64, 7)));
    }
}
