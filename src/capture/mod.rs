//! Reads packets from capture files, pcap and pcapng, and writes them. Knows nothing about what's inside a packet.

mod clock;
pub mod error;
mod foreign;
pub mod merge;
pub mod names;
mod order;
mod pcap;
mod pcapng;
pub mod reader;
mod record;
pub mod source;
pub mod watched;
mod window;
pub mod writer;
mod zstd;

pub use error::CaptureError;
pub use names::{Names, PacketName};
pub use reader::{Layout, Mark, Reader};
pub use writer::Writer;

pub use crate::moment::Timestamp;

/// What the first byte of a packet belongs to: a LINKTYPE number of the tcpdump group's registry
/// (<https://www.tcpdump.org/linktypes.html>). What each is called and begins with, `layers` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: a protocol family in the byte order of the machine that captured (LINKTYPE 0).
    pub const NULL: Self = Self(0);
    /// Ethernet, from the destination address on (LINKTYPE 1).
    pub const ETHERNET: Self = Self(1);
    /// The Point-to-Point Protocol (LINKTYPE 9).
    pub const PPP: Self = Self(9);
    /// IPv4 or IPv6, told apart by the version: BSD's own number for it, found in old files.
    pub const RAW_BSD: Self = Self(12);
    /// IPv4 or IPv6, told apart by the version: OpenBSD's own number for it, found in old files.
    pub const RAW_OPENBSD: Self = Self(14);
    /// IPv4 or IPv6, told apart by the version (LINKTYPE 101).
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: a protocol family in network byte order (LINKTYPE 108).
    pub const LOOP: Self = Self(108);
    /// Linux "cooked" capture (LINKTYPE 113).
    pub const LINUX_SLL: Self = Self(113);
    /// Linux "cooked" capture, version 2 (LINKTYPE 276).
    pub const LINUX_SLL2: Self = Self(276);
}

/// Where packets were captured: a pcapng interface, or the one a pcap file is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name (`if_name`), where the file tells.
    pub name: Option<String>,
    /// What its packets begin with.
    pub link: LinkType,
    /// The most bytes of a packet that were kept; 0 is no limit.
    pub snap_length: u32,
    /// How long the frame check sequence is that ends each packet, in bits (`if_fcslen`), where the file tells.
    pub fcs_length: Option<u8>,
    /// The comment on it (`opt_comment`), where the file has one.
    pub comment: Option<String>,
}

/// A captured packet, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Counts from 1, through all sections and interfaces of the file.
    pub number: u64,
    /// When it was captured. A simple packet block carries none: it takes the previous packet's.
    pub time: Timestamp,
    /// Index into the reader's interfaces.
    pub interface: usize,
    /// What `data` begins with.
    pub link: LinkType,
    /// How long the packet was on the medium, in bytes; more than `data` where the capture cut it.
    pub original_length: u32,
    /// The bytes that were captured.
    pub data: &'a [u8],
}

/// A packet that owns its bytes: what a wire records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedPacket {
    /// When it was sent.
    pub time: Timestamp,
    /// Index of the interface it was captured on.
    pub interface: usize,
    /// Its bytes, whole.
    pub data: Vec<u8>,
    /// A comment to store beside it (`opt_comment`).
    pub comment: Option<String>,
}
