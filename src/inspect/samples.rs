//! Records for tests. They're empty except for what a test sets.

use super::record::{Direction, Extent, Frame, Message};

/// A whole, unmasked frame.
pub(crate) fn frame(direction: Direction, opcode: u8, payload: &[u8]) -> Frame {
    Frame {
        connection: 0,
        index: 0,
        direction,
        extent: Extent::default(),
        header_bytes: 2,
        fin: true,
        rsv: 0,
        opcode,
        mask_key: None,
        payload_bytes: payload.len() as u64,
        payload_seen: payload.len() as u64,
        payload: payload.to_vec(),
        payload_truncated: false,
        close_code: None,
        close_reason: None,
        complete: true,
        answers: None,
    }
}

/// A message in one frame.
pub(crate) fn message(direction: Direction, opcode: u8, payload: &[u8]) -> Message {
    Message {
        connection: 0,
        index: 0,
        direction,
        extent: Extent::default(),
        opcode,
        frames: 1,
        compressed: false,
        payload_bytes: payload.len() as u64,
        payload: payload.to_vec(),
        payload_truncated: false,
    }
}
