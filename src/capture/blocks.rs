//! What pcapng files are made of, for whoever reads or writes them: types of blocks, and options (draft-ietf-opsawg-pcapng
//! §3 and §4).

use std::iter;

use super::Timestamp;
use super::order::ByteOrder;

/// A section header; it reads the same in both byte orders.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
/// An interface description.
pub(super) const INTERFACE: u32 = 1;
/// The packet block that the enhanced one replaced.
pub(super) const OLD_PACKET: u32 = 2;
/// A simple packet.
pub(super) const SIMPLE_PACKET: u32 = 3;
/// Interface statistics.
pub(super) const STATISTICS: u32 = 5;
/// An enhanced packet.
pub(super) const PACKET: u32 = 6;

/// What a section begins with, in its byte order.
pub(super) const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

const END_OF_OPTIONS: u16 = 0;
pub(super) const COMMENT: u16 = 1;
pub(super) const SHB_USERAPPL: u16 = 4;
pub(super) const IF_NAME: u16 = 2;
pub(super) const IF_TSRESOL: u16 = 9;
pub(super) const IF_FCSLEN: u16 = 13;
pub(super) const IF_TSOFFSET: u16 = 14;
pub(super) const ISB_IFRECV: u16 = 4;
pub(super) const ISB_IFDROP: u16 = 5;

/// The options that bytes begin with, as far as they are whole: codes and values.
pub(super) fn options(order: ByteOrder, mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let whole = iter::from_fn(move || {
        let (code, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::from(order.u16(*length));
        let (padded, rest) = rest.split_at_checked(length.next_multiple_of(4))?;
        bytes = rest;
        Some((order.u16(*code), &padded[..length]))
    });
    whole.take_while(|(code, _)| *code != END_OF_OPTIONS)
}

/// A block while it is put together, least significant bytes first.
pub(super) struct Block(Vec<u8>);

impl Block {
    pub(super) fn new(kind: u32) -> Self {
        // The length is put in at the end.
        Self(Vec::with_capacity(64)).u32(kind).u32(0)
    }

    pub(super) fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// A moment: nanoseconds, the upper half first.
    pub(super) fn time(self, time: Timestamp) -> Self {
        self.u32((time.0 >> 32) as u32).u32(time.0 as u32)
    }

    /// Bytes, and as many zeros as make the block's length a multiple of four.
    pub(super) fn padded(self, bytes: &[u8]) -> Self {
        let mut block = self.bytes(bytes);
        block.0.resize(block.0.len().next_multiple_of(4), 0);
        block
    }

    /// The whole block, with these options. A value has at most 65 535 bytes.
    pub(super) fn with(mut self, options: &[(u16, &[u8])]) -> Vec<u8> {
        for (code, value) in options {
            self = self.u16(*code).u16(value.len() as u16).padded(value);
        }
        if !options.is_empty() {
            self = self.u16(END_OF_OPTIONS).u16(0);
        }
        let length = self.0.len() as u32 + 4;
        let mut block = self.u32(length).0;
        block[4..8].copy_from_slice(&length.to_le_bytes());
        block
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}
