//! Layer 6: how what is said is represented: content codings, character sets, masking, permessage-deflate.
//!
//! Everything here takes bytes and gives bytes. Nothing knows which message or connection they belong to, keeps
//! decoded output, or decides how much of it is worth keeping: that's up to the caller.

pub mod charset;
pub mod coding;
pub mod deflate;
mod inflate;
pub mod masking;

/// A limit in words: "1 GiB", "256 MiB"; in bytes if it isn't a whole number of those.
fn plainly(limit: u64) -> String {
    match limit {
        whole if whole % (1 << 30) == 0 => format!("{} GiB", whole >> 30),
        whole if whole % (1 << 20) == 0 => format!("{} MiB", whole >> 20),
        bytes => format!("{bytes} bytes"),
    }
}

/// A field's value, or a part of it, without the white space around it: blanks and tabs (RFC 9110 §5.6.3), and the line ends of
/// folded lines. A form feed, which is white space elsewhere, belongs to the value.
pub(crate) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = value {
        value = rest;
    }
    value
}
