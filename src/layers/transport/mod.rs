//! Layer 4: TCP (RFC 9293). Segments become two ordered streams of bytes.

mod delivered;
pub mod header;
pub mod reassembly;
mod stamp;

pub use delivered::Conflict;
pub use header::Header;
pub use reassembly::{End, Hole, Novelty, Reassembly, Receiver, Segment};
pub use stamp::{Stamp, Tap};
