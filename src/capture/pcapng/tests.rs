//! Files of every kind of block, whole, cut and damaged.

use proptest::prelude::*;

use super::super::reader::Reader;
use super::super::reader::tests::{Seen, read_all};
use super::super::window::tests::Trickle;
use super::*;

/// Builds blocks in a byte order.
#[derive(Clone, Copy)]
struct Blocks(ByteOrder);

impl Blocks {
    fn u16(self, value: u16) -> [u8; 2] {
        self.0.u16(value.to_ne_bytes()).to_ne_bytes()
    }

    fn u32(self, value: u32) -> [u8; 4] {
        self.0.u32(value.to_ne_bytes()).to_ne_bytes()
    }

    fn block(self, kind: u32, body: &[&[u8]]) -> Vec<u8> {
        let mut body = body.concat();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = self.u32(body.len() as u32 + 12);
        [&self.u32(kind)[..], &length, &body, &length].concat()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut option = [&self.u16(code)[..], &self.u16(value.len() as u16), value].concat();
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    fn section(self) -> Vec<u8> {
        self.block(SHB_MAGIC, &[&self.u32(BOM_MAGIC), &self.u16(1), &self.u16(0), &[0xff; 8]])
    }

    fn interface(self, link: u16, snap_length: u32, options: &[Vec<u8>]) -> Vec<u8> {
        let link = [self.u16(link), [0, 0]].concat();
        self.block(IDB_MAGIC, &[&link, &self.u32(snap_length), &options.concat()])
    }

    fn enhanced(self, interface: u32, ticks: u32, original: u32, data: &[u8]) -> Vec<u8> {
        let [zero, ticks, captured] = [0, ticks, data.len() as u32].map(|value| self.u32(value));
        self.block(EPB_MAGIC, &[&self.u32(interface), &zero, &ticks, &captured, &self.u32(original), data])
    }

    fn simple(self, original: u32, data: &[u8]) -> Vec<u8> {
        self.block(SPB_MAGIC, &[&self.u32(original), data])
    }

    fn obsolete(self, interface: u16, ticks: u32, data: &[u8]) -> Vec<u8> {
        let [zero, ticks, captured] = [0, ticks, data.len() as u32].map(|value| self.u32(value));
        let interface = [self.u16(interface), self.u16(9)].concat();
        self.block(PB_MAGIC, &[&interface, &zero, &ticks, &captured, &captured, data])
    }
}

const LITTLE: Blocks = Blocks(ByteOrder::Little);
const BIG: Blocks = Blocks(ByteOrder::Big);

/// Every kind of block, in two sections of either byte order.
fn blocks() -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    for order in [LITTLE, BIG] {
        let seconds = order.option(9, &[0]);
        let name = order.option(2, "lo ⟲".as_bytes());
        let offset = order.0.i64(2_i64.to_ne_bytes()).to_ne_bytes();
        blocks.extend([
            order.section(),
            order.interface(1, 4, &[name, order.option(1, b"a comment"), order.option(0, b"")]),
            order.block(4, &[&[0; 8]]),
            order.simple(6, b"abcd"),
            order.interface(101, 0, &[seconds, order.option(14, &offset)]),
            order.enhanced(1, 7, 100, b"efghi"),
            order.block(0x8000_0bad, &[b"whatever"]),
            order.obsolete(0, 3, b"jkl"),
            order.simple(3, b"mno"),
            order.enhanced(0, 0, 0, b""),
        ]);
    }
    blocks
}

#[test]
fn every_kind_of_packet_is_read_in_sections_of_either_byte_order() {
    let bytes = blocks().concat();
    let (seen, error) = read_all(Trickle(&bytes));
    assert!(error.is_none(), "{error:?}");
    let packet = |number, time, interface, original_length, data: &str| {
        let data = data.into();
        Seen { number, time: Timestamp(time), interface, original_length, data }
    };
    assert_eq!(
        seen,
        [
            packet(1, 0, 0, 6, "abcd"),
            packet(2, 9_000_000_000, 1, 100, "efghi"),
            packet(3, 3_000, 0, 3, "jkl"),
            packet(4, 3_000, 0, 3, "mno"),
            packet(5, 0, 0, 0, ""),
            packet(6, 0, 2, 6, "abcd"),
            packet(7, 9_000_000_000, 3, 100, "efghi"),
            packet(8, 3_000, 2, 3, "jkl"),
            packet(9, 3_000, 2, 3, "mno"),
            packet(10, 0, 2, 0, ""),
        ]
    );
}

#[test]
fn interfaces_are_known_as_soon_as_they_were_described() {
    let bytes = blocks().concat();
    let mut reader = Reader::new(&bytes[..]).unwrap();
    assert_eq!(reader.interfaces(), []);
    reader.next_packet().unwrap();
    let name = Some("lo ⟲".to_owned());
    let comment = Some("a comment".to_owned());
    assert_eq!(
        reader.interfaces(),
        [Interface { name, link: LinkType::ETHERNET, snap_length: 4, fcs_length: None, comment }]
    );
    while reader.next_packet().unwrap().is_some() {}
    assert_eq!(reader.interfaces().len(), 4);
    assert_eq!(reader.interfaces()[3].link, LinkType::RAW);
}

#[test]
fn a_file_cut_anywhere_yields_the_packets_before_and_says_where_it_ends() {
    let blocks = blocks();
    let whole = blocks.concat();
    let (all, _) = read_all(&whole[..]);
    for length in 4..=whole.len() {
        let (mut begin, mut packets) = (0, 0);
        for block in &blocks {
            if begin + block.len() > length {
                break;
            }
            begin += block.len();
            packets += usize::from(holds_packet(block));
        }
        let (seen, error) = read_all(&whole[..length]);
        assert_eq!(seen, all[..packets]);
        let location = error.as_ref().and_then(CaptureError::location).map(|at| (at.packet, at.offset));
        let expected = (packets as u64 + 1, begin as u64);
        assert_eq!(location, (length != begin).then_some(expected), "{error:?}");
    }
}

fn holds_packet(block: &[u8]) -> bool {
    matches!(block[..4], [2 | 3 | 6, 0, 0, 0] | [0, 0, 0, 2 | 3 | 6])
}

/// The damage found after `section` and one interface in a file that goes on with `block`.
fn damage(block: &[u8]) -> (Location, Damage) {
    let bytes = [&LITTLE.section(), &LITTLE.interface(1, 0, &[]), block].concat();
    match read_all(&bytes[..]) {
        (_, Some(CaptureError::Damaged { at, damage })) => (at, damage),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_packet_of_an_interface_that_was_not_described_names_it() {
    let (at, found) = damage(&LITTLE.enhanced(5, 0, 0, b""));
    assert_eq!(at, Location { part: FilePart::Packet, packet: 1, offset: 48 });
    assert_eq!(found, Damage::UndeclaredInterface { interface: 5, described: 1 });
    let (_, found) = damage(&[LITTLE.section(), LITTLE.simple(0, b"")].concat());
    assert_eq!(found, Damage::UndeclaredInterface { interface: 0, described: 0 });
}

#[test]
fn lengths_that_lie_are_told_and_allocate_nothing() {
    let with_length = |kind: u32, length: u32| [kind.to_le_bytes(), length.to_le_bytes()].concat();
    let length = u32::MAX - 3;
    assert_eq!(damage(&with_length(6, length)).1, Damage::BlockTooLong { length, limit: LONGEST_BLOCK });
    assert_eq!(damage(&with_length(4, length)).1, Damage::BlockCut { expected: length.into(), found: 8 });
    assert_eq!(damage(&with_length(6, 31)).1, Damage::BlockLength { length: 31, minimum: 32 });
    assert_eq!(damage(&with_length(99, 14)).1, Damage::BlockLength { length: 14, minimum: 12 });
    assert_eq!(damage(&with_length(99, 0)).1, Damage::BlockLength { length: 0, minimum: 12 });

    for kind in [1, 99] {
        let mut block = LITTLE.block(kind, &[&[0; 8]]);
        *block.last_mut().unwrap() = 1;
        assert_eq!(damage(&block).1, Damage::BlockLengths { first: 20, last: 0x0100_0014 });
    }
    let mut packet = LITTLE.enhanced(0, 0, 0, b"abc");
    packet[20] = 5;
    assert_eq!(damage(&packet).1, Damage::CapturedLength { captured: 5, room: 4 });
}

#[test]
fn a_section_of_unknown_order_or_version_is_refused() {
    let mut section = LITTLE.section();
    section[8] = 0;
    assert_eq!(damage(&section).1, Damage::ByteOrderMagic { magic: 0x1a2b_3c00 });
    let mut section = BIG.section();
    section[13] = 2;
    assert_eq!(damage(&section).1, Damage::Version { major: 2, minor: 0 });
}

#[test]
fn a_skipped_block_may_be_longer_than_what_is_held_in_memory() {
    let long = vec![0; LONGEST_BLOCK as usize + 4];
    let blocks = [LITTLE.section(), LITTLE.block(0xa, &[&long]), LITTLE.interface(1, 0, &[]), LITTLE.simple(1, b"a")];
    let (seen, error) = read_all(&blocks.concat()[..]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(seen.len(), 1);
}

#[test]
fn descriptions_of_interfaces_have_a_limit() {
    let comment = LITTLE.option(1, &vec![b'a'; 65_000]);
    let interface = LITTLE.interface(1, 0, &[comment]);
    let (_, found) = damage(&interface.repeat(300));
    assert_eq!(found, Damage::TooManyInterfaces { limit: MAX_INTERFACE_BYTES });
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = blocks().concat();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        read_all(&bytes[..]);
    }
}
