//! Layer 4: TCP (RFC 9293). Segments become two ordered streams of bytes.

pub mod header;
pub mod reassembly;

pub use header::Header;
pub use reassembly::{Hole, Reassembly, Receiver, Segment, Side, Source, Verdict};
