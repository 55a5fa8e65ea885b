//! What the formats find: a packet, all but its number.

use std::ops::Range;

use super::{LinkType, Timestamp};

/// A packet's record in a file.
pub(super) struct Record {
    pub(super) time: Timestamp,
    pub(super) interface: usize,
    pub(super) link: LinkType,
    pub(super) original_length: u32,
    /// Where in the window its bytes are.
    pub(super) data: Range<usize>,
}
