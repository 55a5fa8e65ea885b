//! Writes pcapng: one section, the interfaces first, then the packets with nanosecond times. The same input makes the
//! same bytes: nothing of the machine or the moment goes in.

use std::borrow::Cow;
use std::io::{self, Write};

use pcap_parser::pcapng::{
    EnhancedPacketBlock, InterfaceDescriptionBlock, InterfaceStatisticsBlock, SectionHeaderBlock,
};
use pcap_parser::{Linktype, OptionCode, PcapNGOption, ToVec};

use super::{Interface, Timestamp};
use crate::limits::LONGEST_BLOCK;

/// `if_tsresol` of nanoseconds.
const NANOSECONDS: u8 = 9;

/// `if_fcslen`, which pcap-parser has no name for.
pub(super) const IF_FCSLEN: OptionCode = OptionCode(13);

/// The longest packet that can be written, in bytes: with a comment it makes a block that the reader still takes.
pub const LONGEST_WRITTEN: usize = LONGEST_BLOCK as usize - (128 << 10);

/// Writes packets into a pcapng file.
pub struct Writer<W> {
    out: W,
    interfaces: usize,
}

impl<W: Write> Writer<W> {
    /// Begins a file: its section, written by `application`, and the interfaces that packets will be of.
    ///
    /// # Errors
    ///
    /// If a name or comment is longer than 65 535 bytes (`InvalidInput`), or `out` cannot be written.
    pub fn new(mut out: W, interfaces: &[Interface], application: &str) -> io::Result<Self> {
        // What is left 0 here, lengths and block types, pcap-parser fills in.
        let section = SectionHeaderBlock {
            block_type: 0,
            block_len1: 0,
            bom: 0,
            major_version: 1,
            minor_version: 0,
            section_len: -1,
            options: vec![text(OptionCode::ShbUserAppl, application)?],
            block_len2: 0,
        };
        write(&mut out, section)?;
        let mut writer = Self { out, interfaces: 0 };
        interfaces.iter().try_for_each(|interface| writer.interface(interface))?;
        Ok(writer)
    }

    /// Describes one more interface that packets will be of.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn interface(&mut self, interface: &Interface) -> io::Result<()> {
        let name = interface.name.iter().map(|name| text(OptionCode::IfName, name));
        let comment = interface.comment.iter().map(|comment| text(OptionCode::Comment, comment));
        let fcs_length = interface.fcs_length.map(|bits| Ok(octet(IF_FCSLEN, bits)));
        let description = InterfaceDescriptionBlock {
            block_type: 0,
            block_len1: 0,
            linktype: Linktype(interface.link.0.into()),
            reserved: 0,
            snaplen: interface.snap_length,
            options: name.chain(comment).chain(fcs_length).collect::<io::Result<_>>()?,
            block_len2: 0,
            if_tsresol: NANOSECONDS,
            if_tsoffset: 0,
        };
        self.interfaces += 1;
        write(&mut self.out, description)
    }

    /// Writes a packet of the interface with that index, with a comment (`opt_comment`) if it has one.
    ///
    /// `original_length` is how long it was on the medium, in bytes; it counts for no less than `data` has.
    ///
    /// # Errors
    ///
    /// If there is no such interface, or `data` is longer than [`LONGEST_WRITTEN`], or the comment than 65 535 bytes
    /// (`InvalidInput`); or if the file cannot be written.
    pub fn packet(
        &mut self,
        interface: usize,
        time: Timestamp,
        original_length: u32,
        data: &[u8],
        comment: Option<&str>,
    ) -> io::Result<()> {
        self.has(interface)?;
        if data.len() > LONGEST_WRITTEN {
            let text = format!("a packet of {} bytes is longer than the {LONGEST_WRITTEN} that fit", data.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let comment = comment.iter().map(|comment| text(OptionCode::Comment, comment));
        let packet = EnhancedPacketBlock {
            block_type: 0,
            block_len1: 0,
            if_id: interface as u32,
            ts_high: (time.0 >> 32) as u32,
            ts_low: time.0 as u32,
            caplen: data.len() as u32,
            origlen: original_length.max(data.len() as u32),
            data,
            options: comment.collect::<io::Result<_>>()?,
            block_len2: 0,
        };
        write(&mut self.out, packet)
    }

    /// Writes what became of an interface's packets: how many came, as `received` has it, and how many of them are not here,
    /// `dropped`, because there was no room for them. `time` is when that was counted.
    ///
    /// # Errors
    ///
    /// If there is no such interface (`InvalidInput`), or the file cannot be written.
    pub fn statistics(&mut self, interface: usize, time: Timestamp, received: u64, dropped: u64) -> io::Result<()> {
        self.has(interface)?;
        let block = InterfaceStatisticsBlock {
            block_type: 0,
            block_len1: 0,
            if_id: interface as u32,
            ts_high: (time.0 >> 32) as u32,
            ts_low: time.0 as u32,
            // It is the system that dropped them; but this option is the one that tools show.
            options: vec![count(OptionCode::IsbIfRecv, received), count(OptionCode::IsbIfDrop, dropped)],
            block_len2: 0,
        };
        write(&mut self.out, block)
    }

    fn has(&self, interface: usize) -> io::Result<()> {
        if interface < self.interfaces {
            return Ok(());
        }
        let text = format!("there is no interface {interface}, only {} were described", self.interfaces);
        Err(io::Error::new(io::ErrorKind::InvalidInput, text))
    }

    /// What has been written, as far as `out` still has it.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the file, and hands back what it was written to.
    ///
    /// # Errors
    ///
    /// If what is still buffered cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn text(code: OptionCode, value: &str) -> io::Result<PcapNGOption<'_>> {
    let len = u16::try_from(value.len()).map_err(|_| {
        let text = format!("a name or comment of {} bytes is longer than the 65535 that fit", value.len());
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })?;
    Ok(PcapNGOption { code, len, value: Cow::Borrowed(value.as_bytes()) })
}

fn count(code: OptionCode, value: u64) -> PcapNGOption<'static> {
    let value = value.to_le_bytes();
    PcapNGOption { code, len: value.len() as u16, value: Cow::Owned(value.to_vec()) }
}

fn octet(code: OptionCode, value: u8) -> PcapNGOption<'static> {
    PcapNGOption { code, len: 1, value: Cow::Owned(vec![value]) }
}

fn write(out: &mut impl Write, mut block: impl ToVec) -> io::Result<()> {
    out.write_all(&block.to_vec().map_err(io::Error::other)?)
}

#[cfg(test)]
mod tests {
    use pcap_parser::parse_block_le;
    use pcap_parser::pcapng::Block;
    use proptest::prelude::*;

    use super::super::reader::Reader;
    use super::super::{LinkType, OwnedPacket};
    use super::*;

    fn interfaces() -> impl Strategy<Value = Vec<Interface>> {
        let interface =
            (any::<Option<String>>(), any::<u16>(), any::<u32>(), any::<Option<u8>>(), any::<Option<String>>());
        let interface = interface.prop_map(|(name, link, snap_length, fcs_length, comment)| {
            let link = LinkType(link);
            Interface { name, link, snap_length, fcs_length, comment }
        });
        prop::collection::vec(interface, 1..4)
    }

    fn packets() -> impl Strategy<Value = Vec<OwnedPacket>> {
        let data = prop::collection::vec(any::<u8>(), 0..70);
        let packet = (any::<u64>(), 0..3_usize, data, any::<Option<String>>());
        let packet = packet.prop_map(|(time, interface, data, comment)| {
            let time = Timestamp(time);
            OwnedPacket { time, interface, data, comment }
        });
        prop::collection::vec(packet, 0..10)
    }

    fn written(interfaces: &[Interface], packets: &[OwnedPacket], cut: u32) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), interfaces, "a test").unwrap();
        for packet in packets {
            let interface = packet.interface % interfaces.len();
            let original = packet.data.len() as u32 + cut;
            writer.packet(interface, packet.time, original, &packet.data, packet.comment.as_deref()).unwrap();
        }
        writer.finish().unwrap()
    }

    /// The comments of all packets, as pcap-parser reads them.
    fn comments(mut file: &[u8]) -> Vec<Option<String>> {
        let mut comments = Vec::new();
        while !file.is_empty() {
            let (rest, block) = parse_block_le(file).unwrap();
            if let Block::EnhancedPacket(packet) = block {
                let comment = packet.options.iter().find(|option| option.code == OptionCode::Comment);
                comments.push(comment.map(|option| option.as_str().unwrap().to_owned()));
            }
            file = rest;
        }
        comments
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(interfaces in interfaces(), packets in packets(), cut in 0..9_u32) {
            let file = written(&interfaces, &packets, cut);
            let mut reader = Reader::new(&file[..]).unwrap();
            for expected in &packets {
                let packet = reader.next_packet().unwrap().unwrap();
                prop_assert_eq!(packet.time, expected.time);
                prop_assert_eq!(packet.interface, expected.interface % interfaces.len());
                prop_assert_eq!(packet.link, interfaces[packet.interface].link);
                prop_assert_eq!(packet.original_length, expected.data.len() as u32 + cut);
                prop_assert_eq!(packet.data, &expected.data[..]);
            }
            prop_assert!(reader.next_packet().unwrap().is_none());
            prop_assert_eq!(reader.interfaces(), interfaces);
            prop_assert_eq!(comments(&file), packets.into_iter().map(|packet| packet.comment).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_was_dropped_is_said_at_the_end_and_the_packets_read_back_as_without_it() {
        let ethernet =
            Interface { name: None, link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment: None };
        let mut writer = Writer::new(Vec::new(), &[ethernet], "a test").unwrap();
        writer.packet(0, Timestamp(7), 3, b"abc", None).unwrap();
        let before = writer.get_mut().len();
        writer.statistics(0, Timestamp(1 << 40), 5, 4).unwrap();
        assert!(refused(writer.statistics(1, Timestamp(0), 0, 0)));
        let file = writer.finish().unwrap();
        let (rest, block) = parse_block_le(&file[before..]).unwrap();
        let Block::InterfaceStatistics(block) = block else { panic!("{block:?}") };
        assert_eq!((rest, block.if_id, block.ts_high), (&b""[..], 0, 1 << 8));
        assert_eq!((block.isb_ifrecv().unwrap().unwrap(), block.isb_ifdrop().unwrap().unwrap()), (5, 4));
        let mut reader = Reader::new(&file[..]).unwrap();
        assert_eq!(reader.next_packet().unwrap().unwrap().data, b"abc");
        assert!(reader.next_packet().unwrap().is_none());
    }

    fn refused(result: io::Result<impl Sized>) -> bool {
        result.is_err_and(|error| error.kind() == io::ErrorKind::InvalidInput)
    }

    #[test]
    fn what_the_format_cannot_hold_is_refused_and_leaves_the_file_as_it_was() {
        let ethernet =
            Interface { name: None, link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment: None };
        let long = "a".repeat(65_536);
        let mut writer = Writer::new(Vec::new(), std::slice::from_ref(&ethernet), "a test").unwrap();
        assert!(refused(writer.packet(1, Timestamp(0), 0, b"", None)));
        assert!(refused(writer.packet(0, Timestamp(0), 0, &vec![0; LONGEST_WRITTEN + 1], None)));
        assert!(refused(writer.packet(0, Timestamp(0), 0, b"", Some(&long))));
        assert!(refused(Writer::new(Vec::new(), &[Interface { name: Some(long), ..ethernet.clone() }], "")));
        assert_eq!(writer.finish().unwrap(), written(&[ethernet], &[], 0));
    }

    #[test]
    fn the_longest_packet_with_the_longest_comment_reads_back() {
        let ethernet =
            Interface { name: None, link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment: None };
        let comment = Some("a".repeat(65_535));
        let packet = OwnedPacket { time: Timestamp(1), interface: 0, data: vec![7; LONGEST_WRITTEN], comment };
        let file = written(&[ethernet], &[packet], 0);
        let mut reader = Reader::new(&file[..]).unwrap();
        assert_eq!(reader.next_packet().unwrap().unwrap().data.len(), LONGEST_WRITTEN);
    }
}
