//! Bytes of a packet or of a derived stream.

use crate::layers::{Field, Origin};

/// Bytes, and the fields that they are.
#[derive(Clone, Debug)]
pub struct Hex {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The position of the first of them in what they're part of.
    pub start: u64,
    /// What they're part of; fields may be elsewhere, too.
    pub origin: Origin,
    /// The fields.
    pub fields: Vec<Field>,
}
