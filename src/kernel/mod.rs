//! What is asked of Linux about networks: a namespace of one's own, interfaces, every packet of one. Linux only.
//!
//! Packets come out as bytes with a time. Nothing here knows what is in them, but for what it takes to answer the few that
//! go [outside]; and nothing knows who asks, lesson or user.

pub mod filter;
pub mod namespace;
pub mod netlink;
pub mod outside;
pub mod packets;
pub mod refusal;

pub use refusal::{Refused, System};
