//! Layer 6: how what is said is represented: content codings, character sets, masking, permessage-deflate.
//!
//! Everything here takes bytes and gives bytes. Nothing knows which message or connection they are of, keeps decoded
//! output, or decides how much of it is worth keeping: that is the caller's.

pub mod charset;
pub mod coding;
pub mod deflate;
mod inflate;
pub mod masking;
pub mod pairs;
