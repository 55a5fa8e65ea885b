//! HTTP exchanges: many as a table; one as it was said, by what it means, and layer by layer; its handshake's key, and its hops.

pub mod accept;
pub mod columns;
pub mod heads;
pub mod hops;
pub mod meaning;
pub mod osi;
