//! Transfer codings (RFC 9112 §7): what a sender does to a body for the way, and its receiver undoes first of all.

use super::{Coding, UnknownCoding};
use crate::layers::presentation::trimmed;

/// A transfer coding (IANA's HTTP Transfer Coding Registry).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferCoding {
    /// `chunked` (RFC 9112 §7.1).
    Chunked,
    /// `gzip`, `x-gzip` or `deflate` (RFC 9112 §7.2).
    Compressed(Coding),
    /// `compress` or `x-compress` (RFC 9112 §7.2), which nothing here undoes.
    Compress,
    /// `identity`, which was one in RFC 2616 §3.6, and meant none.
    Identity,
}

impl TransferCoding {
    /// The coding that an element of `Transfer-Encoding` names, case and parameters aside (RFC 9112 §7); `None` where no
    /// such coding is registered.
    #[must_use]
    pub fn of(element: &[u8]) -> Option<Self> {
        const NAMES: [(&str, TransferCoding); 7] = [
            ("chunked", TransferCoding::Chunked),
            ("gzip", TransferCoding::Compressed(Coding::Gzip)),
            ("x-gzip", TransferCoding::Compressed(Coding::Gzip)),
            ("deflate", TransferCoding::Compressed(Coding::Deflate)),
            ("compress", TransferCoding::Compress),
            ("x-compress", TransferCoding::Compress),
            ("identity", TransferCoding::Identity),
        ];
        if element == b"chunked" {
            return Some(Self::Chunked); // As nearly all are.
        }
        let name = trimmed(element.split(|byte| *byte == b';').next().unwrap_or_default());
        NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|(_, coding)| *coding)
    }
}

/// The compressions in a `Transfer-Encoding` value, in the order in which they were applied. None if there are chunks
/// inside one of them, because those aren't put together.
///
/// # Errors
/// If one of them is unknown, or `compress`.
pub(super) fn compressions(transfer_encoding: &[u8]) -> Result<Vec<Coding>, UnknownCoding> {
    let mut compressions = Vec::new();
    let mut chunked = false;
    for element in transfer_encoding.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|it| !it.is_empty()) {
        let name = || String::from_utf8_lossy(element).into_owned();
        match TransferCoding::of(element) {
            None => return Err(UnknownCoding::Transfer { name: name() }),
            Some(TransferCoding::Compress) => return Err(UnknownCoding::Compress { name: name() }),
            Some(TransferCoding::Compressed(_)) if chunked => return Ok(Vec::new()),
            Some(TransferCoding::Compressed(coding)) => compressions.push(coding),
            Some(TransferCoding::Chunked) => chunked = true,
            Some(TransferCoding::Identity) => {}
        }
    }
    Ok(compressions)
}
