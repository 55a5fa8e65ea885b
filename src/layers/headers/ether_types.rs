//! `EtherType`s: which protocol follows an Ethernet header, a tag or a tunnel's header.

use Protocol as P;

use super::{Named, Next, Payload, Protocol, Step, named};

/// `EtherType`s (IANA's IEEE 802 Numbers), by number.
#[rustfmt::skip]
const ETHER_TYPES: &[Named<u16>] = &[
    (0x0800, "IPv4", Some(P::Ipv4)),
    (0x0806, "ARP", Some(P::Arp)),
    (0x0842, "Wake-on-LAN", None),
    (0x6558, "Ethernet in a tunnel", Some(P::Ethernet)),
    (0x8035, "RARP", None),
    (0x8100, "VLAN tag", Some(P::Vlan)),
    (0x86dd, "IPv6", Some(P::Ipv6)),
    (0x8808, "Ethernet flow control", None),
    (0x8809, "link aggregation", None),
    (0x880b, "PPP", None),
    (0x8847, "MPLS", Some(P::Mpls)),
    (0x8848, "MPLS, label assigned upstream", Some(P::Mpls)),
    (0x8863, "PPPoE discovery", Some(P::Pppoe)),
    (0x8864, "PPPoE session", Some(P::Pppoe)),
    (0x888e, "EAP over LAN", None),
    (0x88a8, "service VLAN tag", Some(P::ServiceVlan)),
    (0x88be, "ERSPAN", None),
    (0x88cc, "LLDP", None),
    (0x88e5, "MACsec", Some(P::Macsec)),
    (0x88e7, "backbone service tag", Some(P::Backbone)),
    (0x88f7, "Precision Time Protocol", None),
    (0x8903, "FabricPath", Some(P::FabricPath)),
    (0x8926, "VN-Tag", Some(P::VnTag)),
    (0x893f, "E-TAG", Some(P::ETag)),
    (0x9100, "service VLAN tag, before 802.1ad", Some(P::ServiceVlan)),
    (0x9200, "service VLAN tag, before 802.1ad", Some(P::ServiceVlan)),
];

/// What an `EtherType` stands for.
#[inline]
pub(crate) fn behind(number: u16) -> Next {
    // The two that nearly all packets have, before the table is searched.
    match number {
        0x0800 => Next::Header(Protocol::Ipv4),
        0x86dd => Next::Header(Protocol::Ipv6),
        _ => behind_any(number),
    }
}

fn behind_any(number: u16) -> Next {
    match named(ETHER_TYPES, number) {
        Some((_, _, Some(header))) => Next::Header(*header),
        _ => Next::Payload(Payload::EtherType(number)),
    }
}

/// From here on the two bytes behind Ethernet's addresses are a type; below, a length (IEEE 802.3 §3.2.6).
pub(crate) const LEAST_TYPE: u16 = 0x0600;

/// A header of this length that ends in a type, or in a length that LLC follows.
#[inline]
pub(crate) fn typed(length: usize, type_or_length: u16) -> Step {
    if type_or_length >= LEAST_TYPE {
        Step::new(length, behind(type_or_length))
    } else {
        Step { length, payload: Some(type_or_length.into()), next: Next::Header(Protocol::Llc) }
    }
}

/// The name of an `EtherType`, for the more common ones.
pub(crate) fn name(number: u16) -> Option<&'static str> {
    named(ETHER_TYPES, number).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_in_the_table_once_and_in_order() {
        assert!(ETHER_TYPES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_shortcut_is_what_the_table_says() {
        for number in 0..=u16::MAX {
            assert_eq!(behind(number), behind_any(number));
        }
    }
}
