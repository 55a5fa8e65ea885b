//! Bytes of a packet or of a derived stream.

use crate::layers::{Field, Origin};

/// Bytes, and the fields that they are.
#[derive(Clone, Debug)]
pub struct Hex {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where in what they stand in the first of them is.
    pub start: u64,
    /// What they stand in: fields may lie elsewhere, too.
    pub origin: Origin,
    /// The fields.
    pub fields: Vec<Field>,
}
