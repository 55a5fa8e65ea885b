//! (to come)

pub mod header;
