//! Layer 4: TCP (RFC 9293). Segments become two ordered streams of bytes.

pub mod reassembly;

pub use reassembly::{Reassembly, Receiver, Segment, Side, Source, Verdict};
