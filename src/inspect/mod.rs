//! The pipeline: packets in, events out.
//!
//! [`inspect()`] reads a capture; an [`Inspector`] takes packets from anywhere. What they find goes to a [`Sink`], as
//! [`Event`]s that borrow the [records](record). Inside, each stage is one module and hands on to the next:
//!
//! ```text
//! inspector ─▶ connections ─▶ tracked ─▶ streams ─▶ conversation ─▶ http_talk ─▶ pairing ─▶ content
//!                                                              └─▶ websocket_talk ─▶ websocket_message
//! ```

pub mod comments;
mod connections;
mod content;
mod conversation;
mod doorway;
mod doubt;
mod endings;
pub mod event;
pub mod hops;
mod http_talk;
mod inspector;
pub mod mark;
mod open_exchange;
mod open_message;
mod output;
mod pair;
mod pairing;
pub mod pasted;
mod pings;
pub mod problems;
pub mod record;
#[cfg(test)]
pub(crate) mod samples;
mod strays;
mod streams;
mod tcp_watch;
#[cfg(test)]
mod tests;
mod tracked;
mod websocket_message;
mod websocket_talk;

pub use connections::Lane;
pub use event::{CountsOnly, Event, PacketContent, PacketSeen, Piece, PieceKind, Sink};
pub(crate) use inspector::name_interfaces;
pub use inspector::{Finding, Inspector, inspect};
pub use output::{DecodeAs, Options, Spoken};
