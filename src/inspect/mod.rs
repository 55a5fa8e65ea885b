//! The pipeline: packets in, events out.

pub mod event;
pub mod record;

pub use event::{Event, PacketContent, PacketSeen, Piece, PieceKind, Sink};
