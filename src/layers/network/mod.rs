//! Layer 3: packets between hosts. IPv4, IPv6, their fragments, and the tunnels that carry one packet inside another.
//!
//! Each protocol's file says what its header means in two ways: `parse` finds what follows it, and `annotate` names
//! its fields. Neither looks beyond the header.

pub(crate) mod authentication;
pub mod checksum;
pub mod fragments;
pub(crate) mod gre;
pub(crate) mod icmp;
pub(crate) mod ipv4;
pub(crate) mod ipv6;
pub(crate) mod ipv6_extension;
pub(crate) mod l2tp;
pub(crate) mod overlay;

use crate::layers::stack::next::{Next, Payload};
use crate::layers::stack::protocol::Protocol;

/// What an IPv4 protocol or IPv6 next header number stands for (IANA's Protocol Numbers).
#[inline]
pub(crate) fn behind_ip(number: u8) -> Next {
    Next::Header(match number {
        0 => Protocol::HopByHop,
        1 => Protocol::Icmp,
        4 => Protocol::Ipv4,
        6 => Protocol::Tcp,
        17 => Protocol::Udp,
        41 => Protocol::Ipv6,
        43 => Protocol::Routing,
        44 => Protocol::Ipv6Fragment,
        47 => Protocol::Gre,
        51 => Protocol::Authentication,
        58 => Protocol::Icmpv6,
        60 => Protocol::DestinationOptions,
        137 => Protocol::Mpls,
        _ => return Next::Payload(Payload::IpProtocol(number)),
    })
}

/// IPv4 or IPv6, by the version in the first four bits. What is neither is taken for IPv4, whose header then says so.
pub(crate) fn by_version(data: &[u8]) -> Protocol {
    match data.first() {
        Some(first) if first >> 4 == 6 => Protocol::Ipv6,
        _ => Protocol::Ipv4,
    }
}

/// The name of a protocol number, for the commoner ones.
#[must_use]
pub fn protocol_name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "IPv6 hop-by-hop options",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        8 => "EGP",
        17 => "UDP",
        33 => "DCCP",
        41 => "IPv6",
        43 => "IPv6 routing header",
        44 => "IPv6 fragment header",
        46 => "RSVP",
        47 => "GRE",
        50 => "ESP",
        51 => "Authentication Header",
        58 => "ICMPv6",
        59 => "IPv6 without next header",
        60 => "IPv6 destination options",
        88 => "EIGRP",
        89 => "OSPF",
        103 => "PIM",
        112 => "VRRP",
        115 => "L2TP",
        132 => "SCTP",
        135 => "IPv6 mobility header",
        136 => "UDP-Lite",
        137 => "MPLS in IP",
        _ => return None,
    })
}

/// A protocol number with its name: "6 (TCP)".
pub(crate) fn protocol_value(number: u8) -> String {
    match protocol_name(number) {
        Some(name) => format!("{number} ({name})"),
        None => number.to_string(),
    }
}
