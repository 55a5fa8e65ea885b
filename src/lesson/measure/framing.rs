//! What WebSocket puts before its payloads: frame headers and masking keys.

use std::collections::HashSet;

use crate::inspect::record::Frame;

/// The first opcode of a control frame: close, ping and pong follow from it (RFC 6455 §5.5).
const CONTROL: u8 = 8;

/// How many masking keys are told apart.
const MAX_KEYS: usize = 1 << 16;

/// Counts of what stands in frame headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Framing {
    /// The headers of the frames that messages came in; those of control frames are not among them.
    pub message_header_bytes: u64,
    /// Frames with a masked payload.
    pub masked_frames: u64,
    keys: HashSet<[u8; 4]>,
}

impl Framing {
    /// Counts a frame.
    pub(super) fn frame(&mut self, frame: &Frame) {
        if frame.opcode < CONTROL {
            self.message_header_bytes = self.message_header_bytes.saturating_add(frame.header_bytes.into());
        }
        if let Some(key) = frame.mask_key {
            self.masked_frames += 1;
            if self.keys.len() < MAX_KEYS {
                self.keys.insert(key);
            }
        }
    }

    /// How many different masking keys there were.
    pub(super) fn masking_keys(&self) -> u64 {
        self.keys.len() as u64
    }
}
