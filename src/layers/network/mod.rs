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

use super::headers::Protocol;
pub use super::headers::checksum;

/// Which VLANs, virtual networks and tunnels a packet is in, all in one number: hosts in others may have the same addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(u32);

impl Path {
    /// Whether it's in none.
    #[must_use]
    #[inline]
    pub fn is_plain(self) -> bool {
        self.0 == 0
    }

    /// The number; 0 in none.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// The path through one more, of that kind and with that number.
    pub(crate) fn through(self, kind: Protocol, number: u32) -> Self {
        let mixed = (self.0.rotate_left(7) ^ (kind as u32) << 24 ^ number).wrapping_mul(0x9e37_79b1);
        Self(mixed.max(1))
    }
}

/// What an IP header has that tells a packet from others between the same hosts, and a copy of it by its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The time to live, or hop limit.
    pub hops: u8,
    /// The identification; 0 for IPv6, which has it in fragments alone.
    pub identification: u16,
}
