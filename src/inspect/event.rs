//! What the pipeline emits as it streams, and the one trait it emits into.

use std::net::IpAddr;
use std::ops::Range;

use super::hops::Hop;
use super::record::{Connection, Direction, Exchange, Frame, Message, Moment, Problem, Stray};
pub use crate::layers::transport::Novelty;
use crate::layers::{DerivedId, Run};

/// Takes what the pipeline finds. Every view is one implementation.
pub trait Sink {
    /// Something was found. Records are borrowed: a view keeps what it needs of them.
    fn event(&mut self, event: Event<'_>);

    /// Whether the view has seen enough, or can no longer write: reading stops at the next packet.
    fn done(&self) -> bool {
        false
    }

    /// Whether the view only wants the counts. Then nothing is built just to be an event, and the view may get no
    /// events at all.
    fn counts_only(&self) -> bool {
        false
    }
}

/// A view that only wants the counts.
#[derive(Clone, Copy, Debug)]
pub struct CountsOnly;

impl Sink for CountsOnly {
    fn event(&mut self, _: Event<'_>) {}

    fn counts_only(&self) -> bool {
        true
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn event(&mut self, event: Event<'_>) {
        (**self).event(event);
    }

    fn done(&self) -> bool {
        (**self).done()
    }

    fn counts_only(&self) -> bool {
        (**self).counts_only()
    }
}

/// Two views that share one pass.
impl<A: Sink, B: Sink> Sink for (A, B) {
    fn event(&mut self, event: Event<'_>) {
        self.0.event(event);
        self.1.event(event);
    }

    fn done(&self) -> bool {
        self.0.done() && self.1.done()
    }
}

/// Something that was found, in the order in which the capture shows it.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// An interface of the capture; connections refer to it by its index.
    Interface(usize, Option<&'a str>),
    /// A packet was read; what it carries follows.
    Packet(&'a PacketSeen),
    /// A connection's first packet was seen.
    Opened(&'a Connection),
    /// The client of this connection is the side that its packets so far call the server.
    Turned(u64),
    /// A request's header section is complete; `request` is set, without its body yet.
    Request(&'a Exchange),
    /// A response's header section is complete: the last of `interim`, or `response`.
    Response(&'a Exchange),
    /// An exchange is over: its response is complete, or will never be.
    Exchange(&'a Exchange),
    /// From here on the connection speaks another protocol; `exchange.upgraded` says which.
    Upgraded(&'a Exchange),
    /// A WebSocket frame is complete, or never will be.
    Frame(&'a Frame),
    /// A WebSocket message is complete.
    Message(&'a Message),
    /// Something is wrong.
    Problem(&'a Problem),
    /// Two exchanges that are over were one: a proxy passed it on.
    Hop(&'a Hop),
    /// Both ends have closed a connection, or one has reset it. Stragglers may still come; [`Closed`](Self::Closed)
    /// counts them once it is over for good.
    Ended(&'a Connection),
    /// A connection is over: it ended a while ago, or the capture has ended.
    Closed(&'a Connection),
    /// Bytes of a stream, in order, and where they lie. Only if pieces were asked for.
    Bytes(Delivered<'a>),
    /// Bytes that are in no packet as such, and what they were made from. Only if pieces were asked for. What's made
    /// from bytes of a stream is reported after these bytes, and before the piece that says what they are.
    Derived(Derived<'a>),
    /// What a range of a stream is. Only if pieces were asked for.
    Piece(Piece),
    /// Bytes that belong to no message and no frame. Only if [strays](super::Options::strays) were asked for.
    Stray(&'a Stray),
}

impl Event<'_> {
    /// The number of the connection that it is of; `None` for what is of no connection.
    #[must_use]
    pub fn connection(&self) -> Option<u64> {
        match self {
            Self::Packet(it) => match &it.content {
                PacketContent::Tcp(segment) => Some(segment.connection),
                _ => None,
            },
            Self::Opened(it) | Self::Ended(it) | Self::Closed(it) => Some(it.number),
            Self::Turned(connection) => Some(*connection),
            Self::Request(it) | Self::Response(it) | Self::Exchange(it) | Self::Upgraded(it) => Some(it.connection),
            Self::Frame(it) => Some(it.connection),
            Self::Message(it) => Some(it.connection),
            Self::Problem(it) => it.connection,
            Self::Hop(it) => Some(it.from.exchange.connection),
            Self::Bytes(it) => Some(it.connection),
            Self::Piece(it) => Some(it.connection),
            Self::Stray(it) => Some(it.connection),
            Self::Derived(it) => it.made.side.map(|(connection, _)| connection),
            Self::Interface(..) => None,
        }
    }
}

/// A packet, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketSeen {
    /// Its number and time.
    pub moment: Moment,
    /// The index of its interface.
    pub interface: usize,
    /// Its length on the medium, in bytes.
    pub original_length: u32,
    /// How many of them were captured.
    pub captured_length: u32,
    /// What it carries.
    pub content: PacketContent,
}

/// What is known about a packet before its headers are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    pub(super) moment: Moment,
    pub(super) interface: usize,
    pub(super) original_length: u32,
    pub(super) captured_length: u32,
}

impl Arrived {
    /// The packet, once it's known what it carries.
    pub(super) fn seen(self, content: PacketContent) -> PacketSeen {
        let Self { moment, interface, original_length, captured_length } = self;
        PacketSeen { moment, interface, original_length, captured_length, content }
    }
}

/// What a packet carries, as far as the pipeline looks into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PacketContent {
    /// A TCP segment.
    Tcp(SegmentSeen),
    /// An ARP packet (RFC 826).
    Arp,
    /// A fragment that waits for the rest of its datagram.
    Fragment,
    /// Anything else, by name: "UDP", "ICMP", "link type 147".
    Other(std::borrow::Cow<'static, str>),
    /// Malformed headers, and what is wrong with them.
    Damaged(std::borrow::Cow<'static, str>),
}

/// A TCP segment in its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentSeen {
    /// The connection's number.
    pub connection: u64,
    /// Who sent it.
    pub direction: Direction,
    /// The flags octet: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128 (RFC 9293 §3.1).
    pub flags: u8,
    /// The first payload byte's position in the stream, from 0.
    pub stream_offset: u64,
    /// How many bytes of the other side's stream it acknowledges.
    pub acknowledged: u64,
    /// The window it offers, scaled, in bytes.
    pub window: u64,
    /// Payload bytes, as the headers say.
    pub payload_length: u32,
    /// How its bytes relate to those seen before.
    pub novelty: Novelty,
}

impl SegmentSeen {
    /// Whether it extends its stream, or fills a hole in it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self.novelty, Novelty::InOrder | Novelty::Ahead)
    }
}

/// Bytes of a stream as they become available in order.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// The connection's number.
    pub connection: u64,
    /// Who sent them.
    pub direction: Direction,
    /// What is made from the stream's bytes names them by this, and by their position.
    pub stream: DerivedId,
    /// Position of the first in the stream, from 0.
    pub start: u64,
    /// When they could be read, and with which packet.
    pub ready: Moment,
    /// Where they lie.
    pub run: Run,
    /// The bytes.
    pub data: &'a [u8],
}

/// Bytes of a derived stream, in order. Nobody keeps them: a view that wants them does, within its cap.
#[derive(Clone, Copy, Debug)]
pub struct Derived<'a> {
    /// Which stream they are of.
    pub id: DerivedId,
    /// What that is.
    pub made: Made,
    /// Position of the first byte in it, from 0.
    pub start: u64,
    /// The bytes; empty if the bytes that they were made from have given nothing yet.
    pub bytes: &'a [u8],
    /// What they were made from.
    pub from: Run,
    /// How they follow from it.
    pub map: Map,
}

/// A derived stream in the making.
#[derive(Clone, Copy, Debug)]
pub(super) struct Making {
    pub(super) id: DerivedId,
    pub(super) length: u64,
}

/// How derived bytes follow from those that they were made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    /// One byte for each byte, in the same order.
    Bytewise,
    /// The whole from the whole: what one byte was made from can't be told.
    Whole,
}

/// What a derived stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// What was done to the bytes that it was made from.
    pub how: How,
    /// The connection that carries it, and who sent it; `None` for what carries connections.
    pub side: Option<(u64, Direction)>,
    /// Which exchange, frame or message of its connection it is of. That of a message is known only once it is complete.
    pub index: Option<u64>,
}

/// What was done to bytes so that others resulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// The fragments of a datagram were put together (RFC 791 §3.2, RFC 8200 §4.5).
    Reassembled {
        /// The datagram's sender.
        source: IpAddr,
        /// Its receiver.
        destination: IpAddr,
        /// The protocol of its payload.
        protocol: u8,
    },
    /// The chunked transfer coding was undone (RFC 9112 §7.1).
    Dechunked,
    /// A content coding was undone (RFC 9110 §8.4).
    Decoded,
    /// A frame's payload was unmasked (RFC 6455 §5.3).
    Unmasked,
    /// A message was inflated (RFC 7692 §6.2).
    Inflated,
}

/// What a range of a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The connection's number.
    pub connection: u64,
    /// Whose stream.
    pub direction: Direction,
    /// First position, from 0.
    pub start: u64,
    /// Position after the last.
    pub end: u64,
    /// What it is.
    pub kind: PieceKind,
    /// Which exchange or frame it belongs to.
    pub index: u64,
}

impl Piece {
    /// The stream positions it covers.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.start..self.end
    }
}

/// The syntactic elements of a stream (RFC 9112, RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// An empty line before a request line (RFC 9112 §2.2).
    EmptyLine,
    /// A request line, with its line end.
    RequestLine,
    /// A status line, with its line end.
    StatusLine,
    /// A field line of the header section, with its line end and folded continuations.
    FieldLine,
    /// The empty line that ends a header or trailer section.
    SectionEnd,
    /// Content that is not chunked.
    Body,
    /// A chunk's size, extensions and line end.
    ChunkSize,
    /// A chunk's data.
    ChunkData,
    /// The line end after a chunk's data.
    ChunkEnd,
    /// A field line of the trailer section.
    TrailerLine,
    /// A frame's header: opcode, lengths, masking key.
    FrameHeader,
    /// A frame's payload as sent, masked if it is.
    FramePayload,
    /// Bytes of a protocol that is named, not decoded.
    Undecoded,
}
