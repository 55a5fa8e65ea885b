//! Layer 3: packets between hosts. IPv4, IPv6, their fragments, and the tunnels that carry one packet inside another. Each
//! file has a `Header` for each of its headers.

pub(crate) mod authentication;
pub(crate) mod ayiya;
pub mod fragments;
pub(crate) mod gre;
pub(crate) mod icmp;
pub(crate) mod ipv4;
pub(crate) mod ipv6;
pub(crate) mod ipv6_extension;
pub(crate) mod l2tp;
pub(crate) mod overlay;

pub use super::headers::checksum;

/// What an IP header has that tells a packet from others between the same hosts, and a copy of it by its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The time to live, or hop limit.
    pub hops: u8,
    /// The identification; 0 for IPv6, which has it in fragments alone.
    pub identification: u16,
}
