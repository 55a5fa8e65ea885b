//! Datagrams that were cut into fragments (RFC 791 §3.2, RFC 8200 §4.5), put together again.
//!
//! What a stranger's capture can make this keep is bounded: in datagrams, in bytes and in time. The oldest are
//! forgotten first. A datagram whose first fragment never comes is simply one of those.

use std::collections::VecDeque;
use std::net::IpAddr;

use hashbrown::HashMap;

use crate::layers::Run;

/// How many incomplete datagrams are kept.
pub const MOST_DATAGRAMS: usize = 1024;
/// How many bytes of them are kept, the bookkeeping included.
pub const MOST_BYTES: usize = 4 << 20;
/// How long the fragments of a datagram may be apart, in nanoseconds: 60 seconds (RFC 8200 §4.5). Identifications are
/// used again after that.
pub const LONGEST_WAIT: u64 = 60_000_000_000;
/// No payload is longer than its length field can say.
const LONGEST_PAYLOAD: u32 = 65_535;
/// What a fragment costs beyond its bytes, so that tiny ones are not free.
const OVERHEAD: usize = 96;

/// Which piece of a datagram a packet says that it is.
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
}

impl Key {
    pub(crate) fn new(source: IpAddr, destination: IpAddr, piece: Piece) -> Self {
        let protocol = source.is_ipv4().then_some(piece.protocol);
        Self { source, destination, protocol, identification: piece.identification }
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
    /// Whether others come behind it.
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
    /// What the payload is.
    pub protocol: u8,
    /// The payload.
    pub payload: Vec<u8>,
    /// Where its bytes came from, in order.
    pub runs: Vec<Run>,
}
