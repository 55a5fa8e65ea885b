//! Layer 6: how what is said is represented: content codings, character sets, masking, permessage-deflate.
//!
//! Everything here takes bytes and gives bytes. Nothing knows which message or connection they are of, keeps decoded
//! output, or decides how much of it is worth keeping: that is the caller's.

pub mod charset;
pub mod coding;
pub mod deflate;
mod inflate;
pub mod masking;

/// A limit in words: "1 GiB", "256 MiB"; in bytes where it is no whole number of them.
fn plainly(limit: u64) -> String {
    match limit {
        whole if whole % (1 << 30) == 0 => format!("{} GiB", whole >> 30),
        whole if whole % (1 << 20) == 0 => format!("{} MiB", whole >> 20),
        bytes => format!("{bytes} bytes"),
    }
}
