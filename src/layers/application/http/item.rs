//! What a decoder takes, and what it finds: bytes from a packet in, syntactic elements out.

use super::problems::Fault;
use super::section::Head;
use crate::layers::Source;

/// Bytes of a stream that are being consumed, and the packet they came in.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What is left of them.
    pub bytes: &'a [u8],
    /// Where they are from.
    pub source: Source,
}

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, left) = self.bytes.split_at(length.min(self.bytes.len()));
        self.bytes = left;
        taken
    }
}

/// What the decoder found. Each covers the stream up to [`Decoder::position`](super::Decoder::position), from where the item
/// before it ended.
#[derive(Debug)]
pub enum Item<'a> {
    /// Empty lines before a start line (RFC 9112 §2.2): how many bytes.
    EmptyLines(usize),
    /// A start line and its header section, and where its first byte is from. The caller answers with
    /// [`Decoder::body`](super::Decoder::body).
    Head(Head<'a>, Source),
    /// Content, its transfer coding removed.
    Data(&'a [u8]),
    /// A chunk's size line: how many bytes it has.
    ChunkLine(usize),
    /// The line end after a chunk's data.
    ChunkEnd(usize),
    /// The trailer section, which may be just the empty line.
    Trailers(Head<'a>),
    /// The message is over; `complete` tells whether all of it was there.
    End {
        /// Whether nothing of it was missing.
        complete: bool,
    },
    /// Bytes that aren't HTTP, or belong to a message whose beginning wasn't seen.
    Skipped(usize),
    /// Bytes of a head that was answered before it was complete.
    Passed(usize),
    /// Bytes of a tunnel or of another protocol.
    Tunnel(&'a [u8]),
    /// Something is wrong.
    Fault(Fault),
}
