//! Link types: what a packet of each begins with, by the tcpdump group's registry.

use Begins::{By, Other, Unknown, With};
use Protocol as P;

use super::{Next, Payload, Protocol, ip_protocols};

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

/// The link types that are met with, by number (<https://www.tcpdump.org/linktypes.html>).
#[rustfmt::skip]
const LINK_TYPES: &[LinkType] = &[
    LinkType(0, "NULL", With(P::Null)),
    LinkType(1, "ETHERNET", With(P::Ethernet)),
    LinkType(3, "AX25", Unknown),
    LinkType(6, "IEEE802_5", With(P::TokenRing)),
    LinkType(7, "ARCNET_BSD", With(P::Arcnet)),
    LinkType(8, "SLIP", Unknown),
    LinkType(9, "PPP", With(P::Ppp)),
    LinkType(10, "FDDI", With(P::Fddi)),
    // 12 and 14 are what raw IP is called inside libpcap on BSD systems; some files say them. The registry has only 101.
    LinkType(12, "RAW", By(ip_protocols::by_version)),
    LinkType(14, "RAW", By(ip_protocols::by_version)),
    LinkType(50, "PPP_HDLC", By(ppp_or_cisco)),
    LinkType(51, "PPP_ETHER", With(P::Pppoe)),
    LinkType(100, "ATM_RFC1483", Unknown),
    LinkType(101, "RAW", By(ip_protocols::by_version)),
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
    LinkType(129, "ARCNET_LINUX", With(P::ArcnetLinux)),
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

fn find(number: u16) -> Option<&'static LinkType> {
    LINK_TYPES.binary_search_by_key(&number, |link_type| link_type.0).ok().map(|at| &LINK_TYPES[at])
}

/// What a packet of this link type begins with.
#[inline]
pub(crate) fn behind(number: u16, data: &[u8]) -> Next {
    // Nearly all packets are Ethernet's, and this is asked for every packet.
    if number == 1 { Next::Header(Protocol::Ethernet) } else { behind_any(number, data) }
}

fn behind_any(number: u16, data: &[u8]) -> Next {
    match find(number) {
        Some(LinkType(_, _, With(header))) => Next::Header(*header),
        Some(LinkType(_, _, By(look))) => Next::Header(look(data)),
        _ => Next::Payload(Payload::LinkType(number)),
    }
}

/// The registry's name of a link type, for the types that you meet: `ETHERNET`, `LINUX_SLL`.
#[must_use]
pub fn name(number: u16) -> Option<&'static str> {
    find(number).map(|link_type| link_type.1)
}

/// What a link type in which no packets are looked for carries: "Bluetooth".
pub(crate) fn technology(number: u16) -> Option<&'static str> {
    match find(number)? {
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

/// AVS may be there although Prism is announced.
fn prism_or_avs(data: &[u8]) -> Protocol {
    if data.starts_with(&[0x80, 0x21, 0x10]) { Protocol::Avs } else { Protocol::Prism }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_type_stands_in_the_table_once_and_in_order() {
        assert!(LINK_TYPES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_shortcut_is_what_the_table_says() {
        assert_eq!(behind(1, &[]), behind_any(1, &[]));
    }
}
