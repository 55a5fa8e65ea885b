//! Reassembles datagrams that were cut into fragments (RFC 791 §3.2, RFC 8200 §4.5).
//!
//! How much it keeps is bounded, whatever the capture: in datagrams, in bytes and in time. The oldest are
//! forgotten first. A datagram whose first fragment never comes is simply one of those.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use hashbrown::HashMap;

use super::Path;
use crate::layers::{Origin, Run};
pub use crate::limits::{FRAGMENT_TIMEOUT, MAX_DATAGRAMS, MAX_FRAGMENT_BYTES};

/// The longest payload that the length field can express.
const LONGEST_PAYLOAD: u32 = 65_535;
/// What a fragment counts for beyond its bytes, so that tiny ones aren't free.
const OVERHEAD: usize = 96;

/// Which piece of a datagram a packet claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) identification: u32,
    pub(crate) protocol: u8,
    pub(crate) offset: u32,
    pub(crate) more: bool,
}

/// What the fragments of one datagram have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The sender.
    pub source: IpAddr,
    /// The receiver.
    pub destination: IpAddr,
    /// The protocol, which tells IPv4 datagrams apart too; `None` for IPv6, where it does not.
    pub protocol: Option<u8>,
    /// The number that the sender gave to the datagram.
    pub identification: u32,
    /// The networks that it's in.
    pub path: Path,
}

impl Key {
    pub(crate) fn new(source: IpAddr, destination: IpAddr, path: Path, piece: Piece) -> Self {
        let protocol = source.is_ipv4().then_some(piece.protocol);
        Self { source, destination, protocol, identification: piece.identification, path }
    }
}

/// A fragment in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FragmentOf<'a> {
    /// Which datagram it is of.
    pub key: Key,
    /// The protocol of the datagram's payload.
    pub protocol: u8,
    /// Where in the datagram's payload it belongs, in bytes.
    pub offset: u32,
    /// Whether others come after it.
    pub more: bool,
    /// Its bytes, as far as they were captured.
    pub data: &'a [u8],
    /// Where in the packet they start, in bytes.
    pub position: usize,
    /// How many more of them the IP header promises.
    pub cut: usize,
}

/// A datagram that is whole again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The sender.
    pub source: IpAddr,
    /// The receiver.
    pub destination: IpAddr,
    /// The networks that it's in.
    pub path: Path,
    /// What the payload is.
    pub protocol: u8,
    /// The payload.
    pub payload: Vec<u8>,
    /// Where its bytes came from, in order.
    pub runs: Vec<Run>,
}

/// The result of adding a fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// The datagram, if this was the last fragment that was missing.
    pub whole: Option<Datagram>,
    /// What is odd about the fragment.
    pub irregular: Option<Irregular>,
}

/// What can be odd about a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Irregular {
    /// It covers bytes that another fragment brought already, and says something else; the first copy was kept.
    #[error("a fragment overlaps another of its datagram by {bytes} bytes; the bytes that came first were kept")]
    Overlap {
        /// How many bytes were already there.
        bytes: usize,
    },
    /// It wasn't captured whole, so its datagram can't be put together.
    #[error("{missing} bytes of a fragment were not captured")]
    Cut {
        /// How many bytes are missing.
        missing: usize,
    },
    /// It is not the last, and its length is not a multiple of eight, which is the unit of offsets.
    #[error("a fragment that is not the last has {length} bytes, which is no multiple of 8")]
    Length {
        /// How many bytes it has.
        length: usize,
    },
    /// It reaches beyond what a datagram can hold, or beyond the end that another fragment gave.
    #[error("a fragment reaches to byte {end} of a datagram that ends at byte {limit}")]
    TooLong {
        /// Where it ends.
        end: u32,
        /// Where the datagram ends.
        limit: u32,
    },
}

/// Datagrams that still miss fragments.
#[derive(Debug, Default)]
pub struct Fragments {
    datagrams: HashMap<Key, Incomplete, foldhash::fast::RandomState>,
    /// The keys of `datagrams`, in the order in which their first fragments came.
    order: VecDeque<Key>,
    bytes: usize,
    forgotten: u64,
}

#[derive(Debug, Default)]
struct Incomplete {
    /// When its first fragment arrived, in nanoseconds.
    since: u64,
    /// The protocol, as the fragment at offset 0 gives it.
    protocol: Option<u8>,
    /// Where it ends, as the last fragment gives it.
    length: Option<u32>,
    /// By where they start; they do not overlap, and none reaches past `length`.
    parts: BTreeMap<u32, Stored>,
    /// How many bytes they have.
    present: usize,
    /// What it counts for against [`MAX_FRAGMENT_BYTES`].
    cost: usize,
}

#[derive(Debug)]
struct Stored {
    data: Vec<u8>,
    packet: u64,
    /// Where in the packet `data` starts.
    position: u64,
}

impl Fragments {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// How many datagrams were forgotten before they were whole.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Adds the fragment that packet number `packet` carries, captured at `time` (nanoseconds).
    pub fn add(&mut self, packet: u64, time: u64, fragment: &FragmentOf<'_>) -> Added {
        let length = fragment.data.len();
        let end = fragment.offset.saturating_add(length as u32);
        let irregular = if fragment.cut > 0 {
            Some(Irregular::Cut { missing: fragment.cut })
        } else if fragment.more && !length.is_multiple_of(8) {
            Some(Irregular::Length { length })
        } else if end > LONGEST_PAYLOAD {
            Some(Irregular::TooLong { end, limit: LONGEST_PAYLOAD })
        } else {
            None
        };
        if irregular.is_some() {
            return Added { whole: None, irregular };
        }
        self.expire(time);
        let datagram = self.datagrams.entry(fragment.key).or_insert_with(|| {
            self.order.push_back(fragment.key);
            Incomplete { since: time, ..Incomplete::default() }
        });
        let before = datagram.cost;
        let irregular = datagram.add(packet, end, fragment);
        self.bytes += datagram.cost - before;
        let whole = if datagram.is_whole() { self.take(&fragment.key) } else { None };
        while self.datagrams.len() > MAX_DATAGRAMS || self.bytes > MAX_FRAGMENT_BYTES {
            if !self.forget_oldest() {
                break;
            }
        }
        Added { whole, irregular }
    }

    /// Takes a datagram that is whole.
    fn take(&mut self, key: &Key) -> Option<Datagram> {
        let datagram = self.datagrams.remove(key)?;
        self.bytes -= datagram.cost;
        // It is usually among the newest.
        if let Some(at) = self.order.iter().rposition(|other| other == key) {
            self.order.remove(at);
        }
        let protocol = datagram.protocol?;
        let mut payload = Vec::with_capacity(datagram.length.unwrap_or_default() as usize);
        let mut runs = Vec::with_capacity(datagram.parts.len());
        for part in datagram.parts.into_values() {
            runs.push(Run {
                origin: Origin::Packet(part.packet),
                offset: part.position,
                length: part.data.len() as u64,
            });
            payload.extend_from_slice(&part.data);
        }
        let Key { source, destination, path, .. } = *key;
        Some(Datagram { source, destination, path, protocol, payload, runs })
    }

    /// Forgets the datagrams that have waited too long.
    fn expire(&mut self, now: u64) {
        while let Some(key) = self.order.front() {
            let expired =
                self.datagrams.get(key).is_none_or(|datagram| now.saturating_sub(datagram.since) > FRAGMENT_TIMEOUT);
            if !expired || !self.forget_oldest() {
                break;
            }
        }
    }

    /// Forgets the datagram whose first fragment came first; returns whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some(key) = self.order.pop_front() else { return false };
        if let Some(datagram) = self.datagrams.remove(&key) {
            self.bytes -= datagram.cost;
            self.forgotten += 1;
        }
        true
    }
}

impl Incomplete {
    /// Adds those bytes of a fragment that are not there yet.
    fn add(&mut self, packet: u64, end: u32, fragment: &FragmentOf<'_>) -> Option<Irregular> {
        let reach = self.parts.last_key_value().map_or(0, |(start, part)| start + part.data.len() as u32);
        match self.length {
            Some(limit) if end > limit || (!fragment.more && end != limit) => {
                return Some(Irregular::TooLong { end, limit });
            }
            None if !fragment.more && reach > end => return Some(Irregular::TooLong { end: reach, limit: end }),
            None if !fragment.more => self.length = Some(end),
            _ => {}
        }
        if fragment.offset == 0 && self.protocol.is_none() {
            self.protocol = Some(fragment.protocol);
        }
        let bytes = |from: u32, to: u32| {
            fragment.data.get((from - fragment.offset) as usize..(to - fragment.offset) as usize).unwrap_or_default()
        };
        let (mut overlap, mut differs) = (0, false);
        let mut at = fragment.offset;
        while at < end {
            let here = self.parts.range(..=at).next_back();
            let kept = here.and_then(|(start, part)| part.data.get((at - start) as usize..)).unwrap_or_default();
            if kept.is_empty() {
                let to = self.parts.range(at..end).next().map_or(end, |(start, _)| *start);
                let data = bytes(at, to).to_vec();
                let position = fragment.position as u64 + u64::from(at - fragment.offset);
                self.present += data.len();
                self.cost += data.len() + OVERHEAD;
                self.parts.insert(at, Stored { data, packet, position });
                at = to;
            } else {
                let to = end.min(at + kept.len() as u32);
                let again = bytes(at, to);
                differs |= !kept.starts_with(again);
                overlap += again.len();
                at = to;
            }
        }
        // The same bytes again mean that a packet was captured or sent twice, which is harmless.
        differs.then_some(Irregular::Overlap { bytes: overlap })
    }

    fn is_whole(&self) -> bool {
        self.protocol.is_some() && self.length.is_some_and(|length| length as usize == self.present)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn key(identification: u32) -> Key {
        let address = |last| IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
        Key { source: address(1), destination: address(2), protocol: Some(6), identification, path: Path::default() }
    }

    fn fragment(identification: u32, offset: u32, more: bool, data: &[u8]) -> FragmentOf<'_> {
        FragmentOf { key: key(identification), protocol: 6, offset, more, data, position: 34, cut: 0 }
    }

    fn run(packet: u64, offset: u64, length: u64) -> Run {
        Run { origin: Origin::Packet(packet), offset, length }
    }

    #[test]
    fn a_datagram_is_whole_once_its_last_missing_fragment_is_there() {
        let mut fragments = Fragments::new();
        assert_eq!(fragments.add(3, 0, &fragment(7, 8, false, b"world")), Added::default());
        let whole = fragments.add(5, 0, &fragment(7, 0, true, b"hello, w")).whole.unwrap();
        assert_eq!(whole.payload, b"hello, wworld");
        assert_eq!(whole.protocol, 6);
        assert_eq!(whole.runs, [run(5, 34, 8), run(3, 34, 5)]);
        assert!(fragments.datagrams.is_empty() && fragments.order.is_empty() && fragments.bytes == 0);
    }

    #[test]
    fn of_overlapping_bytes_the_first_copy_is_kept_and_the_overlap_reported() {
        let mut fragments = Fragments::new();
        fragments.add(1, 0, &fragment(7, 8, true, b"BBBBBBBB"));
        let added = fragments.add(2, 0, &fragment(7, 0, true, b"aaaaaaaaaaaaaaaaaaaaaaaa"));
        assert_eq!(added.irregular, Some(Irregular::Overlap { bytes: 8 }));
        let whole = fragments.add(3, 0, &fragment(7, 24, false, b"c")).whole.unwrap();
        assert_eq!(whole.payload, b"aaaaaaaaBBBBBBBBaaaaaaaac");
        assert_eq!(whole.runs.len(), 4);
        assert_eq!(whole.runs[2], run(2, 34 + 16, 8));
    }

    #[test]
    fn the_same_fragment_twice_is_nothing_odd() {
        let mut fragments = Fragments::new();
        fragments.add(1, 0, &fragment(7, 0, true, b"12345678"));
        assert_eq!(fragments.add(2, 0, &fragment(7, 0, true, b"12345678")), Added::default());
    }

    #[test]
    fn fragments_that_cannot_be_are_refused_by_name() {
        let mut fragments = Fragments::new();
        let cut = FragmentOf { cut: 3, ..fragment(1, 0, true, b"12345678") };
        assert_eq!(fragments.add(1, 0, &cut).irregular, Some(Irregular::Cut { missing: 3 }));
        let odd = fragment(1, 0, true, b"1234567");
        assert_eq!(fragments.add(1, 0, &odd).irregular, Some(Irregular::Length { length: 7 }));
        let far = fragment(1, 65_528, false, b"123456789");
        let limit = LONGEST_PAYLOAD;
        assert_eq!(fragments.add(1, 0, &far).irregular, Some(Irregular::TooLong { end: 65_537, limit }));
        fragments.add(1, 0, &fragment(1, 8, false, b"end"));
        let past = fragment(1, 16, true, b"12345678");
        assert_eq!(fragments.add(1, 0, &past).irregular, Some(Irregular::TooLong { end: 24, limit: 11 }));
    }

    #[test]
    fn the_oldest_datagrams_are_forgotten_when_there_are_too_many() {
        let mut fragments = Fragments::new();
        for identification in 0..3 * MAX_DATAGRAMS as u32 {
            fragments.add(1, 0, &fragment(identification, 8, true, b"12345678"));
            assert!(fragments.datagrams.len() <= MAX_DATAGRAMS && fragments.order.len() <= MAX_DATAGRAMS);
        }
        assert_eq!(fragments.forgotten(), 2 * MAX_DATAGRAMS as u64);
        assert!(fragments.datagrams.contains_key(&key(3 * MAX_DATAGRAMS as u32 - 1)));
    }

    #[test]
    fn a_datagram_that_waits_too_long_does_not_mix_with_the_next_of_its_number() {
        let mut fragments = Fragments::new();
        fragments.add(1, 0, &fragment(7, 0, true, b"old data"));
        assert_eq!(fragments.add(2, FRAGMENT_TIMEOUT + 1, &fragment(7, 8, false, b"new")).whole, None);
        assert_eq!(fragments.forgotten(), 1);
    }

    proptest! {
        #[test]
        fn fragments_in_any_order_and_number_give_the_datagram_back(
            payload in proptest::collection::vec(any::<u8>(), 1..600),
            cuts in proptest::collection::vec((0_u32..80, 1_u32..20), 0..40),
        ) {
            let mut fragments = Fragments::new();
            let mut whole = None;
            let everything = (0..payload.len().div_ceil(8) as u32).map(|unit| (unit, 1));
            for (packet, (unit, units)) in cuts.into_iter().chain(everything).enumerate() {
                let start = (unit as usize * 8).min(payload.len());
                let end = ((unit + units) as usize * 8).min(payload.len());
                if start == end {
                    continue;
                }
                let piece = fragment(7, start as u32, end < payload.len(), &payload[start..end]);
                let added = fragments.add(packet as u64, 0, &piece);
                prop_assert_eq!(added.irregular, None);
                if added.whole.is_some() {
                    whole = added.whole;
                    break;
                }
            }
            let whole = whole.expect("every byte was there");
            prop_assert_eq!(whole.runs.iter().map(|run| run.length).sum::<u64>(), payload.len() as u64);
            prop_assert_eq!(whole.payload, payload);
        }

        #[test]
        fn whatever_comes_the_caps_hold_and_the_accounts_balance(
            pieces in proptest::collection::vec((0_u32..3, 0_u32..8200, 0_usize..64, any::<bool>(), any::<u8>()), 0..200),
        ) {
            let mut fragments = Fragments::new();
            for (packet, (identification, unit, length, more, fill)) in pieces.into_iter().enumerate() {
                let data = vec![fill; length];
                let added = fragments.add(packet as u64, packet as u64, &fragment(identification, unit * 8, more, &data));
                if let Some(whole) = added.whole {
                    prop_assert!(whole.payload.len() <= LONGEST_PAYLOAD as usize);
                }
                let cost: usize = fragments.datagrams.values().map(|datagram| datagram.cost).sum();
                prop_assert_eq!(cost, fragments.bytes);
                prop_assert_eq!(fragments.datagrams.len(), fragments.order.len());
            }
        }
    }
}
