//! The pcapng format (draft-ietf-opsawg-pcapng): sections of blocks, of which some hold packets.
//!
//! Block framing and packet blocks are read here: pcap-parser allocates for every packet's options and takes a packet that
//! overruns its block for one still to be completed. It parses the interface descriptions, options and all.

use std::io::Read;

use pcap_parser::pcapng::{parse_interfacedescriptionblock_be, parse_interfacedescriptionblock_le};
use pcap_parser::{BOM_MAGIC, EPB_MAGIC, IDB_MAGIC, OptionCode, SHB_MAGIC, SPB_MAGIC};

use super::clock::Clock;
use super::error::{CaptureError, Damage, FilePart, Location};
use super::order::ByteOrder;
use super::record::Record;
use super::window::Window;
use super::writer::IF_FCSLEN;
use super::{Interface, LinkType, Timestamp};
use crate::limits::LONGEST_BLOCK;
use crate::limits::MAX_INTERFACE_BYTES;

/// The first four bytes of a pcapng file: a section header's block type, which reads the same both ways.
pub(super) const MAGIC: [u8; 4] = SHB_MAGIC.to_le_bytes();

/// The packet block that the enhanced one replaced.
const PB_MAGIC: u32 = 2;

/// Where a packet's bytes begin in its block.
const DATA_IN_EPB: usize = 28;
const DATA_IN_SPB: usize = 12;

/// A pcapng file, inside a section.
#[derive(Clone)]
pub(super) struct Pcapng {
    section: Section,
    /// What each interface's time stamps mean; as many as there are interfaces.
    clocks: Vec<Clock>,
    interfaces_size: usize,
}

/// What the blocks so far say about those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    order: ByteOrder,
    /// Index of the section's first interface among all of the file's.
    first_interface: usize,
    /// When the last packet was captured.
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
        let section = Section { order: ByteOrder::Little, first_interface: 0, last_time: Timestamp::default() };
        let mut file = Self { section, clocks: Vec::new(), interfaces_size: 0 };
        if let Some(block) = file.block(window, 1)? {
            file.begin_section(&block, window)?;
        }
        Ok(file)
    }

    /// What applies to the blocks ahead.
    pub(super) fn section(&self) -> Section {
        self.section
    }

    /// The same file in an earlier place: in that section, after so many interfaces.
    pub(super) fn resumed(&self, section: Section, interfaces: usize) -> Self {
        let clocks = self.clocks.iter().take(interfaces).copied().collect();
        // The file kept to the cap on descriptions when it was read first.
        Self { section, clocks, interfaces_size: 0 }
    }

    /// Reads on to the next packet, number `packet`; `None` at the end of the file.
    #[inline]
    pub(super) fn next<R: Read>(
        &mut self,
        window: &mut Window<R>,
        interfaces: &mut Vec<Interface>,
        packet: u64,
    ) -> Result<Option<Record>, CaptureError> {
        match self.packet_ahead(window, interfaces) {
            None => self.search(window, interfaces, packet),
            found => Ok(found),
        }
    }

    /// The packet of the next block, if that is an enhanced packet block, all ahead, with nothing wrong.
    #[inline]
    fn packet_ahead<R: Read>(&mut self, window: &mut Window<R>, interfaces: &[Interface]) -> Option<Record> {
        let ahead = window.ahead();
        let header = ahead.first_chunk::<8>()?;
        let length = self.section.order.u32_at(header, 4);
        let contents = ahead.get(..length as usize)?;
        let (_, last) = contents.split_last_chunk()?;
        let whole = length.is_multiple_of(4) && length <= LONGEST_BLOCK && self.section.order.u32(*last) == length;
        if self.section.order.u32_at(header, 0) != EPB_MAGIC || !whole {
            return None;
        }
        let mut found = self.packet(EPB_MAGIC, contents, interfaces).ok()?;
        found.data = window.consume(contents.len(), found.data);
        self.section.last_time = found.time;
        Some(found)
    }

    /// Reads on, block by block, to one with a packet.
    fn search<R: Read>(
        &mut self,
        window: &mut Window<R>,
        interfaces: &mut Vec<Interface>,
        packet: u64,
    ) -> Result<Option<Record>, CaptureError> {
        while let Some(block) = self.block(window, packet)? {
            match block.kind {
                EPB_MAGIC | SPB_MAGIC | PB_MAGIC => {
                    let found = self.packet(block.kind, self.contents(&block, window)?, interfaces);
                    let mut found = found.map_err(|damage| block.at.damaged(damage))?;
                    found.data = window.consume(block.length as usize, found.data);
                    self.section.last_time = found.time;
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
        let mut at = Location { part: FilePart::Block("block"), packet, offset: window.offset() };
        let ahead = window.fill(8).map_err(|error| at.unreadable(error))?;
        let Some(header) = ahead.first_chunk::<8>() else {
            if ahead.is_empty() {
                return Ok(None);
            }
            return Err(at.damaged(Damage::HeaderCut { expected: 8, found: ahead.len() as u64 }));
        };
        let header = *header;
        let kind = self.section.order.u32_at(&header, 0);
        let (part, minimum) = match kind {
            EPB_MAGIC | PB_MAGIC => (FilePart::Packet, 32),
            SPB_MAGIC => (FilePart::Packet, 16),
            IDB_MAGIC => (FilePart::Block("interface description block"), 20),
            SHB_MAGIC => (FilePart::Block("section header block"), 28),
            _ => (FilePart::Block("block"), 12),
        };
        at.part = part;
        if kind == SHB_MAGIC {
            self.section.order = Self::section_order(window, at)?;
        }
        let length = self.section.order.u32_at(&header, 4);
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
        match contents.last_chunk::<4>().map(|end| self.section.order.u32(*end)) {
            Some(last) if last != block.length => {
                Err(block.at.damaged(Damage::BlockLengths { first: block.length, last }))
            }
            _ => Ok(()),
        }
    }

    fn begin_section<R: Read>(&mut self, block: &Block, window: &mut Window<R>) -> Result<(), CaptureError> {
        let contents = self.contents(block, window)?;
        if let Some(header) = contents.first_chunk::<16>() {
            let (major, minor) = (self.section.order.u16_at(header, 12), self.section.order.u16_at(header, 14));
            if major != 1 {
                return Err(block.at.damaged(Damage::Version { major, minor }));
            }
        }
        window.consume(block.length as usize, 0..0);
        self.section.first_interface = self.clocks.len();
        Ok(())
    }

    fn interface(&mut self, contents: &[u8]) -> Result<Interface, Damage> {
        let parsed = match self.section.order {
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
            fcs_length: value(IF_FCSLEN).and_then(|bytes| bytes.first().copied()),
            comment: text(OptionCode::Comment),
        };
        // pcap-parser refuses powers of two, and reads the offset in one byte order only.
        let resolution = value(OptionCode::IfTsresol).and_then(|bytes| bytes.first().copied());
        let offset = value(OptionCode::IfTsoffset).and_then(|bytes| bytes.first_chunk::<8>());
        let clock = Clock::new(resolution, offset.map_or(0, |bytes| self.section.order.i64(*bytes)));

        self.interfaces_size += size_of::<(Interface, Clock)>()
            + interface.name.as_ref().map_or(0, String::len)
            + interface.comment.as_ref().map_or(0, String::len);
        if self.interfaces_size > MAX_INTERFACE_BYTES {
            return Err(Damage::TooManyInterfaces { limit: MAX_INTERFACE_BYTES });
        }
        self.clocks.push(clock);
        Ok(interface)
    }

    /// The packet in a block; its `data` are counted from the block's first byte.
    #[inline]
    fn packet(&self, kind: u32, contents: &[u8], interfaces: &[Interface]) -> Result<Record, Damage> {
        let length = contents.len() as u32;
        let short = Damage::BlockLength { length, minimum: 32 };
        if kind == SPB_MAGIC {
            let header = contents.first_chunk::<16>().ok_or(short)?;
            let (index, interface, _) = self.declared(0, interfaces)?;
            let original = self.section.order.u32_at(header, 8);
            let kept = if interface.snap_length == 0 { original } else { original.min(interface.snap_length) };
            let captured = kept.min(length - 16);
            return Ok(Record {
                time: self.section.last_time,
                interface: index,
                link: interface.link,
                original_length: original,
                data: DATA_IN_SPB..DATA_IN_SPB + captured as usize,
            });
        }
        let header = contents.first_chunk::<32>().ok_or(short)?;
        let interface = match kind {
            // The other half is a count of dropped packets.
            PB_MAGIC => u32::from(self.section.order.u16_at(header, 8)),
            _ => self.section.order.u32_at(header, 8),
        };
        let (index, interface, clock) = self.declared(interface, interfaces)?;
        let ticks =
            u64::from(self.section.order.u32_at(header, 12)) << 32 | u64::from(self.section.order.u32_at(header, 16));
        let (captured, original) = (self.section.order.u32_at(header, 20), self.section.order.u32_at(header, 24));
        let room = length - 32;
        if captured > room {
            return Err(Damage::CapturedLength { captured, room });
        }
        Ok(Record {
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
        let index = self.section.first_interface.saturating_add(number as usize);
        let described = self.clocks.len() - self.section.first_interface;
        let undeclared = Damage::UndeclaredInterface { interface: number, described };
        let interface = interfaces.get(index).ok_or(undeclared)?;
        let clock = self.clocks.get(index).ok_or(undeclared)?;
        Ok((index, interface, *clock))
    }
}

#[cfg(test)]
mod tests;
