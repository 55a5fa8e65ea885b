//! IP's protocol numbers: which protocol follows an IP header.

use Protocol as P;

use super::{Named, Next, Payload, Protocol, named};

/// IPv4's protocol and IPv6's next header numbers (IANA's Protocol Numbers), by number.
#[rustfmt::skip]
const IP_PROTOCOLS: &[Named<u8>] = &[
    (0, "IPv6 hop-by-hop options", Some(P::HopByHop)),
    (1, "ICMP", Some(P::Icmp)),
    (2, "IGMP", None),
    (4, "IPv4", Some(P::Ipv4)),
    (6, "TCP", Some(P::Tcp)),
    (8, "EGP", None),
    (17, "UDP", Some(P::Udp)),
    (33, "DCCP", None),
    (41, "IPv6", Some(P::Ipv6)),
    (43, "IPv6 routing header", Some(P::Routing)),
    (44, "IPv6 fragment header", Some(P::Ipv6Fragment)),
    (46, "RSVP", None),
    (47, "GRE", Some(P::Gre)),
    (50, "ESP", None),
    (51, "Authentication Header", Some(P::Authentication)),
    (58, "ICMPv6", Some(P::Icmpv6)),
    (59, "IPv6 without next header", None),
    (60, "IPv6 destination options", Some(P::DestinationOptions)),
    (88, "EIGRP", None),
    (89, "OSPF", None),
    (103, "PIM", None),
    (112, "VRRP", None),
    (115, "L2TP", None),
    (132, "SCTP", None),
    (135, "IPv6 mobility header", None),
    (136, "UDP-Lite", None),
    (137, "MPLS in IP", Some(P::Mpls)),
];

/// What an IPv4 protocol or IPv6 next header number stands for.
#[inline]
pub(crate) fn behind(number: u8) -> Next {
    // Asked for nearly every packet.
    if number == 6 { Next::Header(Protocol::Tcp) } else { behind_any(number) }
}

fn behind_any(number: u8) -> Next {
    match named(IP_PROTOCOLS, number) {
        Some((_, _, Some(header))) => Next::Header(*header),
        _ => Next::Payload(Payload::IpProtocol(number)),
    }
}

/// The name of a protocol number, for the more common ones.
pub(crate) fn name(number: u8) -> Option<&'static str> {
    named(IP_PROTOCOLS, number).map(|row| row.1)
}

/// IPv4 or IPv6, by the version in the first four bits. What is neither is taken for IPv4, whose header then says so.
pub(crate) fn by_version(data: &[u8]) -> Protocol {
    match data.first() {
        Some(first) if first >> 4 == 6 => Protocol::Ipv6,
        _ => Protocol::Ipv4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_in_the_table_once_and_in_order() {
        assert!(IP_PROTOCOLS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_shortcut_is_what_the_table_says() {
        for number in 0..=u8::MAX {
            assert_eq!(behind(number), behind_any(number));
        }
    }
}
