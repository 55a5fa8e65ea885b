//! The pcap format (draft-ietf-opsawg-pcap): one header, then a record for every packet.
//!
//! Headers are read here rather than by pcap-parser, which does not know the modified format in big-endian order and
//! takes no view on a length that cannot be.

use std::io::Read;

use super::error::{CaptureError, Damage, FilePart, Location};
use super::order::ByteOrder;
use super::record::Record;
use super::window::Window;
use super::{Interface, LinkType, Timestamp};
use crate::limits::LONGEST_PACKET;

const FILE_HEADER: usize = 24;

/// How far a packet may exceed the snapshot length: writers are known to (offload, USB), and many declare none.
const SNAPLEN_GRACE: u32 = 256 << 10;

/// A pcap file, past its header.
#[derive(Clone, Copy)]
pub(super) struct Pcap {
    order: ByteOrder,
    record_header: usize,
    nanoseconds_per_tick: u64,
    lengths: Lengths,
    limit: u32,
    link: LinkType,
}

/// The order of a record's two lengths, which old writers swapped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    /// Before version 2.3.
    OriginalFirst,
    /// Version 2.3 was written both ways: the smaller is what was captured.
    Either,
}

/// What the magic number tells.
#[derive(Clone, Copy)]
pub(super) struct Variant {
    order: ByteOrder,
    record_header: usize,
    nanoseconds_per_tick: u64,
}

impl Variant {
    /// The variant a file's first four bytes stand for; `None` if it is no pcap file.
    pub(super) fn of(magic: [u8; 4]) -> Option<Self> {
        [ByteOrder::Little, ByteOrder::Big].into_iter().find_map(|order| {
            let (record_header, nanoseconds_per_tick) = match order.u32(magic) {
                0xa1b2_c3d4 => (16, 1000),
                0xa1b2_3c4d => (16, 1),
                // "Modified": records also carry an interface index, a protocol and a packet type.
                0xa1b2_cd34 => (24, 1000),
                _ => return None,
            };
            Some(Self { order, record_header, nanoseconds_per_tick })
        })
    }
}

impl Pcap {
    /// Reads the file header, and the one interface it describes.
    pub(super) fn open<R: Read>(
        variant: Variant,
        window: &mut Window<R>,
        interfaces: &mut Vec<Interface>,
    ) -> Result<Self, CaptureError> {
        let at = Location { part: FilePart::FileHeader, packet: 1, offset: 0 };
        let ahead = window.fill(FILE_HEADER).map_err(|error| at.unreadable(error))?;
        let Some(header) = ahead.first_chunk::<FILE_HEADER>() else {
            return Err(at.damaged(Damage::HeaderCut { expected: FILE_HEADER as u64, found: ahead.len() as u64 }));
        };
        let Variant { order, record_header, nanoseconds_per_tick } = variant;
        let lengths = match (order.u16_at(header, 4), order.u16_at(header, 6)) {
            (2, 0..=2) => Lengths::OriginalFirst,
            (2, 3) => Lengths::Either,
            _ => Lengths::CapturedFirst,
        };
        // Bytes 8 to 16 hold a time zone and an accuracy, which writers leave 0 and readers ignore.
        let snap_length = order.u32_at(header, 16);
        // The upper half tells whether packets end with a frame check sequence, and how long it is.
        let network = order.u32_at(header, 20);
        let link = LinkType((network & 0xffff) as u16);
        // Bit 26 says whether bits 28 to 31 count the 16-bit words of the frame check sequence.
        let fcs_length = (network & 1 << 26 != 0).then_some((network >> 28) as u8 * 16);
        let limit = snap_length.saturating_add(SNAPLEN_GRACE).min(LONGEST_PACKET);
        window.consume(FILE_HEADER, 0..0);
        interfaces.push(Interface { name: None, link, snap_length, fcs_length, comment: None });
        Ok(Self { order, record_header, nanoseconds_per_tick, lengths, limit, link })
    }

    /// Reads the next record, packet number `packet`; `None` at the end of the file.
    #[inline]
    pub(super) fn next<R: Read>(&self, window: &mut Window<R>, packet: u64) -> Result<Option<Record>, CaptureError> {
        match self.record(window) {
            None if self.fetch(window, packet)? => Ok(self.record(window)),
            found => Ok(found),
        }
    }

    /// The next record, if all of it is ahead and nothing wrong with it.
    #[inline]
    fn record<R: Read>(&self, window: &mut Window<R>) -> Option<Record> {
        let ahead = window.ahead();
        let header = ahead.first_chunk()?;
        let (captured, original) = self.lengths(header);
        let record_length = self.record_header + captured as usize;
        if captured > self.limit || ahead.len() < record_length {
            return None;
        }
        let (seconds, ticks) = (u64::from(self.order.u32_at(header, 0)), u64::from(self.order.u32_at(header, 4)));
        Some(Record {
            // Both are 32 bits wide: 4.3e18 + 4.3e12 is less than 2^64.
            time: Timestamp(seconds * 1_000_000_000 + ticks * self.nanoseconds_per_tick),
            interface: 0,
            link: self.link,
            original_length: original.max(captured),
            data: window.consume(record_length, self.record_header..record_length),
        })
    }

    /// Reads on until the next record is ahead; false at the end of the file.
    fn fetch<R: Read>(&self, window: &mut Window<R>, packet: u64) -> Result<bool, CaptureError> {
        let at = Location { part: FilePart::Packet, packet, offset: window.offset() };
        let header_length = self.record_header;
        let ahead = window.fill(header_length).map_err(|error| at.unreadable(error))?;
        let (Some(header), true) = (ahead.first_chunk(), ahead.len() >= header_length) else {
            if ahead.is_empty() {
                return Ok(false);
            }
            return Err(at.damaged(Damage::HeaderCut { expected: header_length as u64, found: ahead.len() as u64 }));
        };
        let (captured, _) = self.lengths(header);
        if captured > self.limit {
            return Err(at.damaged(Damage::RecordTooLong { length: captured, limit: self.limit }));
        }
        let record_length = header_length + captured as usize;
        let found = window.fill(record_length).map_err(|error| at.unreadable(error))?.len();
        if found < record_length {
            let found = (found - header_length) as u64;
            return Err(at.damaged(Damage::RecordCut { expected: captured.into(), found }));
        }
        Ok(true)
    }

    /// How much of a packet was captured, and how long it was.
    #[inline]
    fn lengths(&self, header: &[u8; 16]) -> (u32, u32) {
        let (first, second) = (self.order.u32_at(header, 8), self.order.u32_at(header, 12));
        match self.lengths {
            Lengths::CapturedFirst => (first, second),
            Lengths::OriginalFirst => (second, first),
            Lengths::Either => (first.min(second), first.max(second)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reader::Reader;
    use super::super::reader::tests::{Seen, read_all};
    use super::*;

    /// A file of the given variant, all integers in one order, with a packet for each of `lengths`; and where each ends.
    fn file(order: ByteOrder, magic: u32, version: (u16, u16), lengths: &[(u32, u32)]) -> (Vec<u8>, Vec<usize>) {
        let u16 = |value: u16| if order == ByteOrder::Big { value.to_be_bytes() } else { value.to_le_bytes() };
        let u32 = |value: u32| if order == ByteOrder::Big { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut bytes = [&u32(magic)[..], &u16(version.0), &u16(version.1), &[0; 8]].concat();
        bytes.extend([u32(96), u32(0x5400_0001)].concat());
        let mut ends = vec![bytes.len()];
        for &(first, second) in lengths {
            bytes.extend([u32(1_700_000_000), u32(123_456), u32(first), u32(second)].concat());
            if magic == 0xa1b2_cd34 {
                bytes.extend([0xee; 8]);
            }
            bytes.extend((0..first.min(second)).map(|n| n as u8));
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    #[test]
    fn every_magic_is_read_in_either_byte_order() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for (magic, nanoseconds) in [(0xa1b2_c3d4, 123_456_000), (0xa1b2_3c4d, 123_456), (0xa1b2_cd34, 123_456_000)]
            {
                let (bytes, _) = file(order, magic, (2, 4), &[(3, 60), (0, 0)]);
                let (seen, error) = read_all(&bytes[..]);
                assert!(error.is_none(), "{error:?}");
                let time = Timestamp(1_700_000_000 * 1_000_000_000 + nanoseconds);
                assert_eq!(
                    seen,
                    [
                        Seen { number: 1, time, interface: 0, original_length: 60, data: vec![0, 1, 2] },
                        Seen { number: 2, time, interface: 0, original_length: 0, data: vec![] },
                    ]
                );
                let reader = Reader::new(&bytes[..]).unwrap();
                let interface = Interface {
                    name: None,
                    link: LinkType::ETHERNET,
                    snap_length: 96,
                    fcs_length: Some(80),
                    comment: None,
                };
                assert_eq!(reader.interfaces(), [interface]);
            }
        }
    }

    #[test]
    fn old_versions_have_their_two_lengths_the_other_way_round() {
        for (version, lengths) in [((2, 2), (60, 3)), ((2, 3), (60, 3)), ((2, 3), (3, 60)), ((2, 4), (3, 60))] {
            let (bytes, _) = file(ByteOrder::Little, 0xa1b2_c3d4, version, &[lengths]);
            let (seen, error) = read_all(&bytes[..]);
            assert!(error.is_none());
            assert_eq!((seen[0].original_length, seen[0].data.len()), (60, 3));
        }
    }

    #[test]
    fn a_file_cut_anywhere_yields_the_packets_before_and_says_where_it_ends() {
        for magic in [0xa1b2_c3d4, 0xa1b2_cd34] {
            let (bytes, ends) = file(ByteOrder::Big, magic, (2, 4), &[(5, 5), (0, 9), (7, 7)]);
            for length in 4..24 {
                let error = Reader::new(&bytes[..length]).err().unwrap();
                let expected = format!("file header: its header has 24 bytes, but the file ends after {length}");
                assert_eq!(error.to_string(), expected);
            }
            for length in 24..=bytes.len() {
                let whole = ends.iter().filter(|end| **end <= length).count() - 1;
                let (seen, error) = read_all(&bytes[..length]);
                assert_eq!(seen.len(), whole);
                let location = error.as_ref().and_then(CaptureError::location);
                let at = Location { part: FilePart::Packet, packet: whole as u64 + 1, offset: ends[whole] as u64 };
                assert_eq!(location, (length != ends[whole]).then_some(at), "{error:?}");
            }
        }
    }

    #[test]
    fn a_packet_may_exceed_the_snapshot_length_but_not_all_bounds() {
        let most = 96 + SNAPLEN_GRACE;
        let (bytes, _) = file(ByteOrder::Little, 0xa1b2_c3d4, (2, 4), &[(most, most), (1, 1)]);
        assert_eq!(read_all(&bytes[..]).0.len(), 2);
        for length in [most + 1, u32::MAX] {
            let (mut bytes, ends) = file(ByteOrder::Little, 0xa1b2_c3d4, (2, 4), &[(1, 1), (1, 1)]);
            bytes[ends[1] + 8..][..4].copy_from_slice(&length.to_le_bytes());
            let (seen, error) = read_all(&bytes[..]);
            assert_eq!(seen.len(), 1);
            let Some(CaptureError::Damaged { at, damage }) = error else { panic!("{error:?}") };
            assert_eq!((at.packet, at.offset), (2, ends[1] as u64));
            assert_eq!(damage, Damage::RecordTooLong { length, limit: most });
        }
    }

    proptest! {
        #[test]
        fn no_damage_makes_it_panic(
            order in prop_oneof![Just(ByteOrder::Little), Just(ByteOrder::Big)],
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let (mut bytes, _) = file(order, 0xa1b2_c3d4, (2, 4), &[(5, 5), (0, 9), (7, 7)]);
            for (index, byte) in changes {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
            read_all(&bytes[..]);
        }
    }
}
