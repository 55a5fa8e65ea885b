//! Packets in and out of capture files: pcap and pcapng. Knows nothing of what is inside a packet.

mod clock;
pub mod error;
mod foreign;
mod link_type;
mod order;
mod pcap;
mod pcapng;
pub mod reader;
pub mod source;
pub mod watched;
mod window;
pub mod writer;
mod zstd;

pub use error::CaptureError;
pub use reader::{Layout, Mark, Reader};
pub use writer::Writer;

pub use crate::moment::Timestamp;

/// A LINKTYPE number, as the tcpdump group's registry assigns them: what the first byte of a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

/// Where packets were captured: a pcapng interface, or the one a pcap file is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name (`if_name`), where the file tells.
    pub name: Option<String>,
    /// What its packets begin with.
    pub link: LinkType,
    /// The most bytes of a packet that were kept; 0 is no limit.
    pub snap_length: u32,
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
