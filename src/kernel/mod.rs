//! What wire101 asks of Linux about networks: a private namespace, interfaces, every packet of one. Linux only.
//!
//! Packets come out as bytes with a time. Nothing here knows what's in them, except what it takes to answer the few that go
//! [outside]. Nothing knows who asks, a lesson or a user.

pub mod filter;
pub mod namespace;
pub mod netlink;
pub mod outside;
pub mod packets;
pub mod refusal;

pub use refusal::{Refused, System};
