//! WebSocket (RFC 6455): the opening handshake's rules, frames, and the rules that bind them into messages.
//!
//! Bytes in, items out: knows no packet and no other direction.

pub mod annotate;
mod decoder;
mod draft;
pub mod handshake;
mod header;
mod problems;
mod rules;

pub use decoder::{Decoder, Item, sender};
pub use draft::Draft;
pub use header::{Header, MAX_HEADER};
pub use problems::Fault;
pub use rules::{FrameRole, Rules, close_code_is_valid};

/// A continuation of a fragmented message (RFC 6455 §5.2).
pub const CONTINUATION: u8 = 0;
/// A text message, or its first fragment.
pub const TEXT: u8 = 1;
/// A binary message, or its first fragment.
pub const BINARY: u8 = 2;
/// A close frame (§5.5.1).
pub const CLOSE: u8 = 8;
/// A ping (§5.5.2).
pub const PING: u8 = 9;
/// A pong (§5.5.3).
pub const PONG: u8 = 10;

/// Whether an opcode is a control frame's: close, ping, pong, or reserved for one (§5.5).
#[must_use]
pub const fn is_control(opcode: u8) -> bool {
    opcode >= CLOSE
}

/// RSV1, as a bit of [`Header::rsv`]: the message is compressed, where permessage-deflate is in use (RFC 7692 §6).
pub const RSV1: u8 = 4;
