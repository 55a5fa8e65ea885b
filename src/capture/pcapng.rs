//! The pcapng format (draft-ietf-opsawg-pcapng): sections of blocks, of which some hold packets.
//!
//! Block framing and packet blocks are read here: pcap-parser allocates for every packet's options and takes a packet that
//! overruns its block for one still to be completed. It parses the interface descriptions, options and all.

use std::io::Read;

use pcap_parser::pcapng::{parse_interfacedescriptionblock_be, parse_interfacedescriptionblock_le};
use pcap_parser::{BOM_MAGIC, EPB_MAGIC, IDB_MAGIC, OptionCode, SHB_MAGIC, SPB_MAGIC};

use super::clock::Clock;
use super::error::{CaptureError, Damage, Location, Part};
use super::order::ByteOrder;
use super::reader::Found;
use super::window::Window;
use super::{Interface, LinkType, Timestamp};

/// The first four bytes of a pcapng file: a section header's block type, which reads the same both ways.
pub(super) const MAGIC: [u8; 4] = SHB_MAGIC.to_le_bytes();

/// The packet block that the enhanced one replaced.
const PB_MAGIC: u32 = 2;

/// The longest block that is held in memory. Blocks that are skipped may be longer.
pub(super) const LONGEST_BLOCK: u32 = 16 << 20;

/// How much memory the descriptions of all interfaces may take.
const INTERFACES_LIMIT: usize = 16 << 20;

/// Where a packet's bytes begin in its block.
const DATA_IN_EPB: usize = 28;
const DATA_IN_SPB: usize = 12;

/// A pcapng file, inside a section.
pub(super) struct Pcapng {
    order: ByteOrder,
    /// Index of the section's first interface among all of the file's.
    first_interface: usize,
    /// What each interface's time stamps mean; as many as there are interfaces.
    clocks: Vec<Clock>,
    interfaces_size: usize,
    last_time: Timestamp,
}

/// A block's framing.
struct Block {
    kind: u32,
    length: u32,
    at: Location,
}

impl Pcapng {
    /// Reads the first section header.
    pub(super) fn open<R: Read>(window: &mut Window<R>) -> Result<Self, CaptureError> {
        let mut file = Self {
            order: ByteOrder::Little,
            first_interface: 0,
            clocks: Vec::new(),
            interfaces_size: 0,
            last_time: Timestamp::default(),
        };
        if let Some(block) = file.block(window, 1)? {
            file.begin_section(&block, window)?;
        }
        Ok(file)
    }

    /// Reads on to the next packet, number `packet`; `None` at the end of the file.
    #[inline]
    pub(super) fn next<R: Read>(
        &mut self,
        window: &mut Window<R>,
        interfaces: &mut Vec<Interface>,
        packet: u64,
    ) -> Result<Option<Found>, CaptureError> {
        while let Some(block) = self.block(window, packet)? {
            match block.kind {
                EPB_MAGIC | SPB_MAGIC | PB_MAGIC => {
                    let found = self.packet(&block, self.contents(&block, window)?, interfaces);
                    let mut found = found.map_err(|damage| block.at.damaged(damage))?;
                    found.data = window.consume(block.length as usize, found.data);
                    self.last_time = found.time;
                    return Ok(Some(found));
                }
                IDB_MAGIC => {
                    let interface = self.interface(self.contents(&block, window)?);
                    interfaces.push(interface.map_err(|damage| block.at.damaged(damage))?);
                    window.consume(block.length as usize, 0..0);
                }
                SHB_MAGIC => self.begin_section(&block, window)?,
                _ => self.skip(&block, window)?,
            }
        }
        Ok(None)
    }

    /// Reads a block's type and length, and with a section header the order that they and all after it are in.
    #[inline]
    fn block<R: Read>(&mut self, window: &mut Window<R>, packet: u64) -> Result<Option<Block>, CaptureError> {
        let mut at = Location { part: Part::Block("block"), packet, offset: window.offset() };
        let ahead = window.fill(8).map_err(|error| at.unreadable(error))?;
        let Some(header) = ahead.first_chunk::<8>() else {
            if ahead.is_empty() {
                return Ok(None);
            }
            return Err(at.damaged(Damage::HeaderCut { expected: 8, found: ahead.len() as u64 }));
        };
        let header = *header;
        let kind = self.order.u32_at(&header, 0);
        let (part, minimum) = match kind {
            EPB_MAGIC | PB_MAGIC => (Part::Packet, 32),
            SPB_MAGIC => (Part::Packet, 16),
            IDB_MAGIC => (Part::Block("interface description block"), 20),
            SHB_MAGIC => (Part::Block("section header block"), 28),
            _ => (Part::Block("block"), 12),
        };
        at.part = part;
        if kind == SHB_MAGIC {
            self.order = Self::section_order(window, at)?;
        }
        let length = self.order.u32_at(&header, 4);
        if length < minimum || !length.is_multiple_of(4) {
            return Err(at.damaged(Damage::BlockLength { length, minimum }));
        }
        Ok(Some(Block { kind, length, at }))
    }

    fn section_order<R: Read>(window: &mut Window<R>, at: Location) -> Result<ByteOrder, CaptureError> {
        let ahead = window.fill(12).map_err(|error| at.unreadable(error))?;
        let Some(header) = ahead.first_chunk::<12>() else {
            return Err(at.damaged(Damage::HeaderCut { expected: 12, found: ahead.len() as u64 }));
        };
        match ByteOrder::Little.u32_at(header, 8) {
            BOM_MAGIC => Ok(ByteOrder::Little),
            magic if magic.swap_bytes() == BOM_MAGIC => Ok(ByteOrder::Big),
            magic => Err(at.damaged(Damage::ByteOrderMagic { magic })),
        }
    }

    /// The whole of a block, once its two lengths agree.
    #[inline]
    fn contents<'w, R: Read>(&self, block: &Block, window: &'w mut Window<R>) -> Result<&'w [u8], CaptureError> {
        let Block { length, at, .. } = *block;
        if length > LONGEST_BLOCK {
            return Err(at.damaged(Damage::BlockTooLong { length, limit: LONGEST_BLOCK }));
        }
        let ahead = window.fill(length as usize).map_err(|error| at.unreadable(error))?;
        let Some(contents) = ahead.get(..length as usize) else {
            return Err(at.damaged(Damage::BlockCut { expected: length.into(), found: ahead.len() as u64 }));
        };
        self.check_end(block, contents)?;
        Ok(contents)
    }

    /// Passes over a block that is of no interest here, however long, but for its length.
    fn skip<R: Read>(&self, block: &Block, window: &mut Window<R>) -> Result<(), CaptureError> {
        let Block { length, at, .. } = *block;
        let body = u64::from(length) - 4;
        let mut found = window.skip(body).map_err(|error| at.unreadable(error))?;
        if found == body {
            let end = window.fill(4).map_err(|error| at.unreadable(error))?;
            if let Some(end) = end.get(..4) {
                self.check_end(block, end)?;
                window.consume(4, 0..0);
                return Ok(());
            }
            found += end.len() as u64;
        }
        Err(at.damaged(Damage::BlockCut { expected: length.into(), found }))
    }

    #[inline]
    fn check_end(&self, block: &Block, contents: &[u8]) -> Result<(), CaptureError> {
        match contents.last_chunk::<4>().map(|end| self.order.u32(*end)) {
            Some(last) if last != block.length => {
                Err(block.at.damaged(Damage::BlockLengths { first: block.length, last }))
            }
            _ => Ok(()),
        }
    }

    fn begin_section<R: Read>(&mut self, block: &Block, window: &mut Window<R>) -> Result<(), CaptureError> {
        let contents = self.contents(block, window)?;
        if let Some(header) = contents.first_chunk::<16>() {
            let (major, minor) = (self.order.u16_at(header, 12), self.order.u16_at(header, 14));
            if major != 1 {
                return Err(block.at.damaged(Damage::Version { major, minor }));
            }
        }
        window.consume(block.length as usize, 0..0);
        self.first_interface = self.clocks.len();
        Ok(())
    }

    fn interface(&mut self, contents: &[u8]) -> Result<Interface, Damage> {
        let parsed = match self.order {
            ByteOrder::Little => parse_interfacedescriptionblock_le(contents),
            ByteOrder::Big => parse_interfacedescriptionblock_be(contents),
        };
        // The framing was checked, and options that overrun are left out: there is no length it could still refuse.
        let Ok((_, parsed)) = parsed else {
            return Err(Damage::BlockLength { length: contents.len() as u32, minimum: 20 });
        };
        let options = || parsed.options.iter().take_while(|option| option.code != OptionCode::EndOfOpt);
        let value = |code| options().find(|option| option.code == code).and_then(|option| option.as_bytes().ok());
        let text = |code| value(code).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let interface = Interface {
            name: text(OptionCode::IfName),
            link: LinkType(parsed.linktype.0 as u16),
            snap_length: parsed.snaplen,
            comment: text(OptionCode::Comment),
        };
        // pcap-parser refuses powers of two, and reads the offset in one byte order only.
        let resolution = value(OptionCode::IfTsresol).and_then(|bytes| bytes.first().copied());
        let offset = value(OptionCode::IfTsoffset).and_then(|bytes| bytes.first_chunk::<8>());
        let clock = Clock::new(resolution, offset.map_or(0, |bytes| self.order.i64(*bytes)));

        self.interfaces_size += size_of::<(Interface, Clock)>()
            + interface.name.as_ref().map_or(0, String::len)
            + interface.comment.as_ref().map_or(0, String::len);
        if self.interfaces_size > INTERFACES_LIMIT {
            return Err(Damage::TooManyInterfaces { limit: INTERFACES_LIMIT });
        }
        self.clocks.push(clock);
        Ok(interface)
    }

    /// The packet in a block; its `data` are counted from the block's first byte.
    #[inline]
    fn packet(&self, block: &Block, contents: &[u8], interfaces: &[Interface]) -> Result<Found, Damage> {
        let short = Damage::BlockLength { length: block.length, minimum: 32 };
        if block.kind == SPB_MAGIC {
            let header = contents.first_chunk::<16>().ok_or(short)?;
            let (index, interface, _) = self.declared(0, interfaces)?;
            let original = self.order.u32_at(header, 8);
            let kept = if interface.snap_length == 0 { original } else { original.min(interface.snap_length) };
            let captured = kept.min(block.length - 16);
            return Ok(Found {
                time: self.last_time,
                interface: index,
                link: interface.link,
                original_length: original,
                data: DATA_IN_SPB..DATA_IN_SPB + captured as usize,
            });
        }
        let header = contents.first_chunk::<32>().ok_or(short)?;
        let interface = match block.kind {
            // The other half is a count of dropped packets.
            PB_MAGIC => u32::from(self.order.u16_at(header, 8)),
            _ => self.order.u32_at(header, 8),
        };
        let (index, interface, clock) = self.declared(interface, interfaces)?;
        let ticks = u64::from(self.order.u32_at(header, 12)) << 32 | u64::from(self.order.u32_at(header, 16));
        let (captured, original) = (self.order.u32_at(header, 20), self.order.u32_at(header, 24));
        let room = block.length - 32;
        if captured > room {
            return Err(Damage::CapturedLength { captured, room });
        }
        Ok(Found {
            time: clock.time(ticks),
            interface: index,
            link: interface.link,
            original_length: original.max(captured),
            data: DATA_IN_EPB..DATA_IN_EPB + captured as usize,
        })
    }

    /// An interface of this section: its index in the file, its description, its clock.
    #[inline]
    fn declared<'i>(&self, number: u32, interfaces: &'i [Interface]) -> Result<(usize, &'i Interface, Clock), Damage> {
        let index = self.first_interface.saturating_add(number as usize);
        let described = self.clocks.len() - self.first_interface;
        let undeclared = Damage::UndeclaredInterface { interface: number, described };
        let interface = interfaces.get(index).ok_or(undeclared)?;
        let clock = self.clocks.get(index).ok_or(undeclared)?;
        Ok((index, interface, *clock))
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(reader.interfaces(), [Interface { name, link: LinkType::ETHERNET, snap_length: 4, comment }]);
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
        assert_eq!(at, Location { part: Part::Packet, packet: 1, offset: 48 });
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
        let blocks =
            [LITTLE.section(), LITTLE.block(0xa, &[&long]), LITTLE.interface(1, 0, &[]), LITTLE.simple(1, b"a")];
        let (seen, error) = read_all(&blocks.concat()[..]);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(seen.len(), 1);
    }

    #[test]
    fn descriptions_of_interfaces_have_a_limit() {
        let comment = LITTLE.option(1, &vec![b'a'; 65_000]);
        let interface = LITTLE.interface(1, 0, &[comment]);
        let (_, found) = damage(&interface.repeat(300));
        assert_eq!(found, Damage::TooManyInterfaces { limit: INTERFACES_LIMIT });
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
}
