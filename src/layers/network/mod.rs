//! Layer 3: packets between hosts. IPv4, IPv6, their fragments, and the tunnels that carry one packet inside another. Each
//! file has a `Header` for each of its headers.

pub(crate) mod authentication;
pub mod fragments;
pub(crate) mod gre;
pub(crate) mod icmp;
pub(crate) mod ipv4;
pub(crate) mod ipv6;
pub(crate) mod ipv6_extension;
pub(crate) mod l2tp;
pub(crate) mod overlay;

pub use super::headers::checksum;
