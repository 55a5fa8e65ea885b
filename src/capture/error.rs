//! What can be wrong with a capture file, and where. The texts leave out the file's name, which only the caller knows.

use std::error::Error;
use std::fmt;
use std::io;

use thiserror::Error;

use super::watched::Stopped;

/// Why a capture cannot be read, or not further.
#[derive(Debug, Error)]
pub enum CaptureError {
    /// There is nothing by that name.
    #[error("no such file")]
    Missing,
    /// It names a directory.
    #[error("this is a directory; name a capture file in it")]
    Directory,
    /// The system refused to open it.
    #[error("cannot be opened: {0}")]
    Open(#[source] io::Error),
    /// There is not one byte in it.
    #[error("this file is empty, without even a capture header; was anything captured?")]
    Empty,
    /// It is a file of another known kind.
    #[error("this is {what}, not a pcap or pcapng capture; {advice}")]
    Foreign {
        /// What it is, with its article.
        what: &'static str,
        /// What to do about it.
        advice: &'static str,
    },
    /// It is a file of no known kind.
    #[error("this is not a pcap or pcapng capture: it begins with the bytes {}", Hex(.start))]
    Unrecognized {
        /// Its first bytes, at most four.
        start: Vec<u8>,
    },
    /// What was read of it does not add up.
    #[error("{at}: {damage}")]
    Damaged {
        /// What was being read.
        at: Location,
        /// What is wrong with it.
        damage: Damage,
    },
    /// Reading, or decompressing, failed.
    #[error("{at}: cannot read on: {source}")]
    Read {
        /// What was being read.
        at: Location,
        /// What the input reported.
        source: io::Error,
    },
    /// Of several captures that are read as one, some are damaged. The others were read to their ends.
    #[error("{0}")]
    Parts(Parts),
    /// Its times were to be moved further than times go.
    #[error("packet {} can't be moved there in time: times go from 1970 to 2554", Grouped(*packet))]
    Moved {
        /// The number of the packet.
        packet: u64,
    },
    /// Whoever watched it being read stopped it.
    #[error("{at}: stopped here, as was asked")]
    Stopped {
        /// What was to be read next.
        at: Location,
    },
}

impl CaptureError {
    /// Whether all is well with the file but that it ends too early, as one does that is still being written.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        use Damage::{BlockCut, HeaderCut, RecordCut};
        matches!(self, Self::Damaged { damage: HeaderCut { .. } | RecordCut { .. } | BlockCut { .. }, .. })
    }

    /// Whether the file ends too early, or what's compressed in it does.
    #[must_use]
    pub fn ends_early(&self) -> bool {
        let is_eof = |source: &io::Error| source.kind() == io::ErrorKind::UnexpectedEof;
        self.is_cut() || matches!(self, Self::Read { source, .. } if is_eof(source))
    }

    /// Where the file ends, in bytes from the beginning of the (decompressed) file, if it ends too early and that is known.
    #[must_use]
    pub fn end(&self) -> Option<u64> {
        use Damage::{BlockCut, HeaderCut, RecordCut};
        let Self::Damaged { at, damage } = self else { return None };
        match damage {
            HeaderCut { found, .. } | BlockCut { found, .. } => Some(at.offset + found),
            RecordCut { found, .. } => Some(at.offset + PCAP_RECORD_HEADER + found),
            _ => None,
        }
    }

    /// Where in the file the error is; `None` if it is about the file as a whole.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        match self {
            Self::Damaged { at, .. } | Self::Read { at, .. } | Self::Stopped { at } => Some(*at),
            _ => None,
        }
    }
}

/// The length of the header before each packet of a pcap file, in bytes (draft-ietf-opsawg-pcap §5).
const PCAP_RECORD_HEADER: u64 = 16;

/// Captures that couldn't be read to their ends, by name, and why.
#[derive(Debug)]
pub struct Parts(pub(super) Vec<(String, CaptureError)>);

impl Parts {
    /// Each by its name, and why it couldn't be read to its end.
    pub fn captures(&self) -> impl Iterator<Item = (&str, &CaptureError)> {
        self.0.iter().map(|(name, error)| (name.as_str(), error))
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, error)) in self.0.iter().enumerate() {
            write!(f, "{}{name}: {error}", if at > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl Error for Parts {}

/// What was being read when an error was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The part of the file.
    pub part: FilePart,
    /// The number of the packet being read, or to be read next; from 1.
    pub packet: u64,
    /// Where the part begins, in bytes from the beginning of the (decompressed) file.
    pub offset: u64,
}

impl Location {
    pub(super) fn damaged(self, damage: Damage) -> CaptureError {
        CaptureError::Damaged { at: self, damage }
    }

    pub(super) fn unreadable(self, source: io::Error) -> CaptureError {
        match source.downcast::<Parts>() {
            Ok(parts) => CaptureError::Parts(parts),
            Err(source) if source.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<Stopped>) => {
                CaptureError::Stopped { at: self }
            }
            Err(source) => CaptureError::Read { at: self, source },
        }
    }
}

/// The parts a capture file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePart {
    /// The header of the whole file.
    FileHeader,
    /// A packet: a pcap record, or a pcapng packet block.
    Packet,
    /// A pcapng block that holds no packet, by its name.
    Block(&'static str),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (packet, offset) = (Grouped(self.packet), Grouped(self.offset));
        match self.part {
            FilePart::FileHeader => write!(f, "file header"),
            FilePart::Packet => write!(f, "packet {packet} at byte {offset}"),
            FilePart::Block(name) => write!(f, "{name} at byte {offset}, before packet {packet}"),
        }
    }
}

/// What is wrong with a part of a capture file. Lengths are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The file ends inside a header.
    #[error("its header has {} bytes, but the file ends after {}", Grouped(*.expected), Grouped(*.found))]
    HeaderCut {
        /// How long the header is.
        expected: u64,
        /// How much of it there is.
        found: u64,
    },
    /// The file ends inside a pcap record's packet.
    #[error("the record says that {} bytes follow, but the file ends after {}", Grouped(*.expected), Grouped(*.found))]
    RecordCut {
        /// How many bytes should follow the record header.
        expected: u64,
        /// How many do.
        found: u64,
    },
    /// The file ends inside a pcapng block.
    #[error("the block says that it has {} bytes, but the file ends after {}", Grouped(*.expected), Grouped(*.found))]
    BlockCut {
        /// How long the block should be.
        expected: u64,
        /// How much of it there is.
        found: u64,
    },
    /// A pcap record is longer than a packet can be.
    #[error(
        "the record says that {} bytes follow, but a packet has at most {} here; the file is damaged, or was \
         overwritten",
        Grouped((*.length).into()), Grouped((*.limit).into())
    )]
    RecordTooLong {
        /// What the record says.
        length: u32,
        /// The most that is believed: more than the snapshot length.
        limit: u32,
    },
    /// A pcapng block is longer than what is held in memory.
    #[error(
        "the block says that it has {} bytes, but at most {} are read",
        Grouped((*.length).into()), Grouped((*.limit).into())
    )]
    BlockTooLong {
        /// What the block says.
        length: u32,
        /// The most that is read.
        limit: u32,
    },
    /// A pcapng block's length is not one its kind can have.
    #[error("the block says that it has {length} bytes, but it needs {minimum} or more and a multiple of 4")]
    BlockLength {
        /// What the block says.
        length: u32,
        /// The least that its kind has.
        minimum: u32,
    },
    /// A pcapng block's length is not the same at both of its ends.
    #[error(
        "the block says that it has {} bytes at its beginning, but {} at its end",
        Grouped((*.first).into()), Grouped((*.last).into())
    )]
    BlockLengths {
        /// What it says at its beginning.
        first: u32,
        /// What it says at its end.
        last: u32,
    },
    /// A pcapng packet does not fit into its block.
    #[error(
        "it says that {} bytes were captured, but its block has only {}",
        Grouped((*.captured).into()), Grouped((*.room).into())
    )]
    CapturedLength {
        /// What the packet says.
        captured: u32,
        /// How much there is for packet and options.
        room: u32,
    },
    /// A pcapng packet is of an interface that its section does not describe.
    #[error(
        "it says that it was captured on interface {interface}, but its section describes only {described} before \
         it"
    )]
    UndeclaredInterface {
        /// The number, from 0 in its section.
        interface: u32,
        /// How many the section described so far.
        described: usize,
    },
    /// A pcapng section's byte-order magic is neither way round.
    #[error("its byte-order magic is {magic:#010x}, neither 0x1a2b3c4d nor 0x4d3c2b1a")]
    ByteOrderMagic {
        /// What is in its place, read as little-endian.
        magic: u32,
    },
    /// A pcapng section is of a version that is not known.
    #[error("it has version {major}.{minor}; only version 1 is known")]
    Version {
        /// The major version.
        major: u16,
        /// The minor version.
        minor: u16,
    },
    /// The interfaces of a pcapng file take more memory than they may.
    #[error("the interface descriptions take more than {} bytes", Grouped(*.limit as u64))]
    TooManyInterfaces {
        /// The most they may take.
        limit: usize,
    },
}

/// A number with a space before every three digits: 1 480.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return write!(f, "{}", self.0);
        }
        write!(f, "{} {:03}", Grouped(self.0 / 1000), self.0 % 1000)
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_too_early_says_where() {
        let at = Location { part: FilePart::Packet, packet: 12, offset: 1_000 };
        assert_eq!(at.damaged(Damage::RecordCut { expected: 1514, found: 60 }).end(), Some(1_076));
        assert_eq!(at.damaged(Damage::HeaderCut { expected: 16, found: 3 }).end(), Some(1_003));
        let wrong = at.damaged(Damage::BlockLengths { first: 20, last: 24 });
        assert!(wrong.end().is_none() && !wrong.ends_early());
        let compressed = |kind: io::ErrorKind| CaptureError::Read { at, source: kind.into() };
        assert!(compressed(io::ErrorKind::UnexpectedEof).ends_early());
        assert!(!compressed(io::ErrorKind::InvalidData).ends_early());
    }

    #[test]
    fn an_error_says_which_packet_where_and_what_was_expected() {
        let at = Location { part: FilePart::Packet, packet: 12, offset: 1_001_480 };
        assert_eq!(
            at.damaged(Damage::RecordCut { expected: 1514, found: 60 }).to_string(),
            "packet 12 at byte 1 001 480: the record says that 1 514 bytes follow, but the file ends after 60"
        );
        let at = Location { part: FilePart::Block("interface description block"), packet: 1, offset: 28 };
        assert_eq!(
            at.damaged(Damage::BlockLengths { first: 20, last: 24 }).to_string(),
            "interface description block at byte 28, before packet 1: \
             the block says that it has 20 bytes at its beginning, but 24 at its end"
        );
    }

    #[test]
    fn an_unknown_file_is_shown_by_its_first_bytes() {
        assert_eq!(
            CaptureError::Unrecognized { start: vec![0, 0x1f, 0xff] }.to_string(),
            "this is not a pcap or pcapng capture: it begins with the bytes 00 1f ff"
        );
    }
}
