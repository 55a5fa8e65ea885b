//! The registries by which one header names the next: link types, `EtherTypes`, and IP's protocol numbers; and with them
//! the names of what is not decoded further.

use std::borrow::Cow;

use super::{Next, Payload, Protocol, Step};
use crate::layers::Layer;

/// A link type: its number, the registry's name without `LINKTYPE_`, and what its packets begin with.
struct LinkType(u16, &'static str, Begins);

/// What a packet begins with.
#[derive(Clone, Copy)]
enum Begins {
    With(Protocol),
    /// One header or another, by the look of the bytes.
    By(fn(&[u8]) -> Protocol),
    /// Nothing in which packets are looked for; its technology.
    Other(&'static str),
    Unknown,
}

use Begins::{By, Other, Unknown, With};
use Protocol as P;

/// The link types that are met with, by number (<https://www.tcpdump.org/linktypes.html>).
#[rustfmt::skip]
const LINK_TYPES: &[LinkType] = &[
    LinkType(0, "NULL", With(P::Null)),
    LinkType(1, "ETHERNET", With(P::Ethernet)),
    LinkType(3, "AX25", Unknown),
    LinkType(6, "IEEE802_5", With(P::TokenRing)),
    LinkType(7, "ARCNET_BSD", Unknown),
    LinkType(8, "SLIP", Unknown),
    LinkType(9, "PPP", With(P::Ppp)),
    LinkType(10, "FDDI", With(P::Fddi)),
    // 12 and 14 are what raw IP is called inside libpcap on BSD systems; some files say them. The registry has only 101.
    LinkType(12, "RAW", By(ip_by_version)),
    LinkType(14, "RAW", By(ip_by_version)),
    LinkType(50, "PPP_HDLC", By(ppp_or_cisco)),
    LinkType(51, "PPP_ETHER", With(P::Pppoe)),
    LinkType(100, "ATM_RFC1483", Unknown),
    LinkType(101, "RAW", By(ip_by_version)),
    LinkType(104, "C_HDLC", With(P::CiscoHdlc)),
    LinkType(105, "IEEE802_11", With(P::Wifi)),
    LinkType(107, "FRELAY", Unknown),
    LinkType(108, "LOOP", With(P::Loop)),
    LinkType(109, "ENC", With(P::Enc)),
    LinkType(113, "LINUX_SLL", With(P::Cooked)),
    LinkType(117, "PFLOG", With(P::Pflog)),
    LinkType(119, "IEEE802_11_PRISM", By(prism_or_avs)),
    LinkType(122, "IP_OVER_FC", Unknown),
    LinkType(123, "SUNATM", Unknown),
    LinkType(127, "IEEE802_11_RADIOTAP", With(P::Radiotap)),
    LinkType(143, "DOCSIS", Unknown),
    LinkType(144, "LINUX_IRDA", Unknown),
    LinkType(147, "USER0", Unknown),
    LinkType(148, "USER1", Unknown),
    LinkType(149, "USER2", Unknown),
    LinkType(150, "USER3", Unknown),
    LinkType(151, "USER4", Unknown),
    LinkType(152, "USER5", Unknown),
    LinkType(153, "USER6", Unknown),
    LinkType(154, "USER7", Unknown),
    LinkType(155, "USER8", Unknown),
    LinkType(156, "USER9", Unknown),
    LinkType(157, "USER10", Unknown),
    LinkType(158, "USER11", Unknown),
    LinkType(159, "USER12", Unknown),
    LinkType(160, "USER13", Unknown),
    LinkType(161, "USER14", Unknown),
    LinkType(162, "USER15", Unknown),
    LinkType(163, "IEEE802_11_AVS", With(P::Avs)),
    LinkType(166, "PPP_PPPD", Unknown),
    LinkType(187, "BLUETOOTH_HCI_H4", Other("Bluetooth")),
    LinkType(189, "USB_LINUX", Other("USB")),
    LinkType(192, "PPI", With(P::Ppi)),
    LinkType(195, "IEEE802_15_4_WITHFCS", Other("IEEE 802.15.4")),
    LinkType(197, "ERF", Unknown),
    LinkType(201, "BLUETOOTH_HCI_H4_WITH_PHDR", Other("Bluetooth")),
    LinkType(204, "PPP_WITH_DIR", Unknown),
    LinkType(215, "IEEE802_15_4_NONASK_PHY", Other("IEEE 802.15.4")),
    LinkType(220, "USB_LINUX_MMAPPED", Other("USB")),
    LinkType(226, "IPNET", Unknown),
    LinkType(227, "CAN_SOCKETCAN", Other("CAN")),
    LinkType(228, "IPV4", With(P::Ipv4)),
    LinkType(229, "IPV6", With(P::Ipv6)),
    LinkType(230, "IEEE802_15_4_NOFCS", Other("IEEE 802.15.4")),
    LinkType(231, "DBUS", Other("D-Bus")),
    LinkType(239, "NFLOG", With(P::Nflog)),
    LinkType(240, "NETANALYZER", Unknown),
    LinkType(241, "NETANALYZER_TRANSPARENT", Unknown),
    LinkType(242, "IPOIB", Unknown),
    LinkType(243, "MPEG_2_TS", Unknown),
    LinkType(247, "INFINIBAND", Unknown),
    LinkType(248, "SCTP", Unknown),
    LinkType(249, "USBPCAP", Other("USB")),
    LinkType(251, "BLUETOOTH_LE_LL", Other("Bluetooth")),
    LinkType(252, "WIRESHARK_UPPER_PDU", Other("Wireshark upper PDU")),
    LinkType(253, "NETLINK", Other("netlink")),
    LinkType(254, "BLUETOOTH_LINUX_MONITOR", Other("Bluetooth")),
    LinkType(256, "BLUETOOTH_LE_LL_WITH_PHDR", Other("Bluetooth")),
    LinkType(258, "PKTAP", With(P::Pktap)),
    LinkType(259, "EPON", Unknown),
    LinkType(266, "USB_DARWIN", Unknown),
    LinkType(271, "VSOCK", Unknown),
    LinkType(272, "NORDIC_BLE", Unknown),
    LinkType(274, "ETHERNET_MPACKET", With(P::Mpacket)),
    LinkType(276, "LINUX_SLL2", With(P::Cooked2)),
    LinkType(281, "DSA_TAG_BRCM", With(P::Broadcom)),
    LinkType(282, "DSA_TAG_BRCM_PREPEND", With(P::BroadcomPrepended)),
    LinkType(283, "IEEE802_15_4_TAP", Other("IEEE 802.15.4")),
    LinkType(284, "DSA_TAG_DSA", With(P::Dsa)),
    LinkType(285, "DSA_TAG_EDSA", With(P::EtherTypeDsa)),
    LinkType(288, "USB_2_0", Unknown),
];

fn link_type(number: u16) -> Option<&'static LinkType> {
    LINK_TYPES.binary_search_by_key(&number, |link_type| link_type.0).ok().map(|at| &LINK_TYPES[at])
}

/// What a packet of this link type begins with.
#[inline]
pub(crate) fn behind_link_type(number: u16, data: &[u8]) -> Next {
    // Nearly all packets are Ethernet's, and this is asked for every packet.
    if number == 1 { Next::Header(Protocol::Ethernet) } else { behind_other_link_type(number, data) }
}

fn behind_other_link_type(number: u16, data: &[u8]) -> Next {
    match link_type(number) {
        Some(LinkType(_, _, With(header))) => Next::Header(*header),
        Some(LinkType(_, _, By(look))) => Next::Header(look(data)),
        _ => Next::Payload(Payload::LinkType(number)),
    }
}

/// The registry's name of a link type, for the types that are met with: `ETHERNET`, `LINUX_SLL`.
#[must_use]
pub fn link_type_name(number: u16) -> Option<&'static str> {
    link_type(number).map(|link_type| link_type.1)
}

/// What a link type in which no packets are looked for carries: "Bluetooth".
pub(crate) fn link_type_technology(number: u16) -> Option<&'static str> {
    match link_type(number)? {
        LinkType(_, _, Other(technology)) => Some(technology),
        _ => None,
    }
}

/// What a serial line that carries PPP or Cisco HDLC begins with: Cisco has two addresses, unicast and broadcast.
fn ppp_or_cisco(data: &[u8]) -> Protocol {
    match data.first() {
        Some(0x0f | 0x8f) => Protocol::CiscoHdlc,
        _ => Protocol::Ppp,
    }
}

/// AVS may stand where Prism is announced.
fn prism_or_avs(data: &[u8]) -> Protocol {
    if data.starts_with(&[0x80, 0x21, 0x10]) { Protocol::Avs } else { Protocol::Prism }
}

/// IPv4 or IPv6, by the version in the first four bits. What is neither is taken for IPv4, whose header then says so.
pub(crate) fn ip_by_version(data: &[u8]) -> Protocol {
    match data.first() {
        Some(first) if first >> 4 == 6 => Protocol::Ipv6,
        _ => Protocol::Ipv4,
    }
}

/// A number, its name, and the header that it stands for, if that is decoded.
type Named<T> = (T, &'static str, Option<Protocol>);

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

fn named<T: Copy + Ord>(table: &[Named<T>], number: T) -> Option<&Named<T>> {
    table.binary_search_by_key(&number, |row| row.0).ok().and_then(|at| table.get(at))
}

/// What an `EtherType` stands for.
#[inline]
pub(crate) fn behind_ether_type(number: u16) -> Next {
    // The two that nearly all packets have, before the table is searched.
    match number {
        0x0800 => Next::Header(Protocol::Ipv4),
        0x86dd => Next::Header(Protocol::Ipv6),
        _ => behind_other_ether_type(number),
    }
}

fn behind_other_ether_type(number: u16) -> Next {
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
        Step::new(length, behind_ether_type(type_or_length))
    } else {
        Step { length, payload: Some(type_or_length.into()), next: Next::Header(Protocol::Llc) }
    }
}

/// The name of an `EtherType`, for the commoner ones.
pub(crate) fn ether_type_name(number: u16) -> Option<&'static str> {
    named(ETHER_TYPES, number).map(|row| row.1)
}

/// What an IPv4 protocol or IPv6 next header number stands for.
#[inline]
pub(crate) fn behind_ip(number: u8) -> Next {
    // As above.
    if number == 6 { Next::Header(Protocol::Tcp) } else { behind_ip_other(number) }
}

fn behind_ip_other(number: u8) -> Next {
    match named(IP_PROTOCOLS, number) {
        Some((_, _, Some(header))) => Next::Header(*header),
        _ => Next::Payload(Payload::IpProtocol(number)),
    }
}

/// The name of a protocol number, for the commoner ones.
pub(crate) fn ip_protocol_name(number: u8) -> Option<&'static str> {
    named(IP_PROTOCOLS, number).map(|row| row.1)
}

impl Payload {
    /// Its name, as the counts of a capture show it.
    pub(crate) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Of(protocol) => protocol.name().into(),
            Self::Fragment => "fragment".into(),
            Self::Frame(name) | Self::InUdp(name) => name.into(),
            Self::LinkType(number) => match link_type_technology(number) {
                Some(name) => name.into(),
                None => format!("link type {number}").into(),
            },
            Self::EtherType(number) => format!("EtherType 0x{number:04x}").into(),
            Self::ServiceAccessPoint(number) => format!("LLC (service access point 0x{number:02x})").into(),
            Self::PppProtocol(number) => format!("PPP (protocol 0x{number:04x})").into(),
            Self::AddressFamily(number) => format!("address family {number}").into(),
            Self::IpProtocol(number) => match ip_protocol_name(number) {
                Some(name) => name.into(),
                None => format!("IP protocol {number}").into(),
            },
            Self::GreProtocol(number) => format!("GRE (protocol 0x{number:04x})").into(),
        }
    }

    /// The layer that its bytes are of.
    pub(crate) fn layer(self) -> Layer {
        match self {
            Self::Of(protocol) if protocol.layer() == Layer::Transport => Layer::Application,
            Self::Of(protocol) => protocol.layer(),
            Self::LinkType(_) | Self::Frame(_) => Layer::DataLink,
            Self::InUdp(_) | Self::IpProtocol(_) => Layer::Transport,
            _ => Layer::Network,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_in_its_table_once_and_in_order() {
        assert!(LINK_TYPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ETHER_TYPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(IP_PROTOCOLS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_shortcuts_are_what_the_tables_say() {
        assert_eq!(behind_link_type(1, &[]), behind_other_link_type(1, &[]));
        for number in 0..=u16::MAX {
            assert_eq!(behind_ether_type(number), behind_other_ether_type(number));
        }
        for number in 0..=u8::MAX {
            assert_eq!(behind_ip(number), behind_ip_other(number));
        }
    }
}
