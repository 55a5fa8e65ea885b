//! What WebSocket puts before its payloads: frame headers and masking keys.

use std::collections::HashSet;

use super::tally::Tally;
use crate::inspect::record::Frame;

/// How many masking keys are told apart.
const MAX_KEYS: usize = 1 << 16;

/// Counts of what stands in frame headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Framing {
    /// The headers of the frames that messages came in; those of control frames are not among them.
    pub message_header_bytes: Tally,
    /// Frames with a masked payload.
    pub masked_frames: Tally,
    /// Different masking keys, each where it is first.
    pub masking_keys: Tally,
    keys: HashSet<[u8; 4]>,
}

impl Framing {
    /// Counts a frame.
    pub(super) fn frame(&mut self, frame: &Frame) {
        if !frame.is_control() {
            let extent = frame.extent;
            self.message_header_bytes.add(frame.header_bytes.into(), extent.first.packet, extent.last.packet);
        }
        if let Some(key) = frame.mask_key {
            let packet = frame.extent.last.packet;
            self.masked_frames.one(packet);
            let is_new = self.keys.len() < MAX_KEYS && self.keys.insert(key);
            self.masking_keys.one_if(is_new, packet);
        }
    }
}
