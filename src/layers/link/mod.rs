//! Layer 2: frames between neighbours. Ethernet and its tags, rings, Wi-Fi, serial lines, what kernels and drivers write
//! before or in place of a link header, and ARP.
//!
//! Each protocol's file says what its header means in two ways: `parse` finds what follows it, and `annotate` names
//! its fields. Neither looks beyond the header.

pub(crate) mod arp;
pub(crate) mod cooked;
pub(crate) mod ethernet;
pub(crate) mod kernel;
pub(crate) mod loopback;
pub(crate) mod monitor;
pub(crate) mod mpls;
pub(crate) mod nflog;
pub(crate) mod ppp;
pub(crate) mod ring;
pub(crate) mod switch_tag;
pub(crate) mod tags;
pub(crate) mod vlan;
pub(crate) mod wifi;

use crate::layers::network;
use crate::layers::stack::next::{Next, Payload};
use crate::layers::stack::protocol::Protocol;

/// What a packet of this link type begins with (the tcpdump group's LINKTYPE registry).
#[inline]
pub(crate) fn behind_link_type(link_type: u16, data: &[u8]) -> Next {
    Next::Header(match link_type {
        0 => Protocol::Null,
        1 => Protocol::Ethernet,
        // 12 and 14 are what raw IP is called inside libpcap on one system or another; some files say them.
        6 => Protocol::TokenRing,
        9 => Protocol::Ppp,
        10 => Protocol::Fddi,
        12 | 14 | 101 => network::by_version(data),
        50 => ppp::ppp_or_cisco(data),
        51 => Protocol::Pppoe,
        104 => Protocol::CiscoHdlc,
        105 => Protocol::Wifi,
        108 => Protocol::Loop,
        109 => Protocol::Enc,
        113 => Protocol::Cooked,
        117 => Protocol::Pflog,
        119 => monitor::prism_or_avs(data),
        127 => Protocol::Radiotap,
        163 => Protocol::Avs,
        192 => Protocol::Ppi,
        228 => Protocol::Ipv4,
        229 => Protocol::Ipv6,
        239 => Protocol::Nflog,
        258 => Protocol::Pktap,
        274 => Protocol::Mpacket,
        276 => Protocol::Cooked2,
        281 => Protocol::Broadcom,
        282 => Protocol::BroadcomPrepended,
        283 => Protocol::Dsa,
        284 => Protocol::EtherTypeDsa,
        _ => return Next::Payload(Payload::LinkType(link_type)),
    })
}

/// The name of a link type in which no packets are looked for.
pub(crate) fn link_type_name(link_type: u16) -> Option<&'static str> {
    Some(match link_type {
        187 | 201 | 251 | 254 | 256 => "Bluetooth",
        189 | 220 | 249 => "USB",
        195 | 215 | 230 => "IEEE 802.15.4",
        227 => "CAN",
        231 => "D-Bus",
        252 => "Wireshark upper PDU",
        253 => "netlink",
        _ => return None,
    })
}

/// What an `EtherType` stands for (IANA's IEEE 802 Numbers).
#[inline]
pub(crate) fn behind_ether_type(ether_type: u16) -> Next {
    Next::Header(match ether_type {
        0x0800 => Protocol::Ipv4,
        0x0806 => Protocol::Arp,
        0x86dd => Protocol::Ipv6,
        0x6558 => Protocol::Ethernet,
        0x8100 => Protocol::Vlan,
        0x8847 | 0x8848 => Protocol::Mpls,
        0x8863 | 0x8864 => Protocol::Pppoe,
        0x88a8 | 0x9100 | 0x9200 => Protocol::ServiceVlan,
        0x88e5 => Protocol::Macsec,
        0x88e7 => Protocol::Backbone,
        0x8903 => Protocol::FabricPath,
        0x8926 => Protocol::VnTag,
        0x893f => Protocol::ETag,
        _ => return Next::Payload(Payload::EtherType(ether_type)),
    })
}

/// The name of an `EtherType`, for the commoner ones.
#[must_use]
pub fn ether_type_name(ether_type: u16) -> Option<&'static str> {
    Some(match ether_type {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x0842 => "Wake-on-LAN",
        0x6558 => "Ethernet in a tunnel",
        0x8035 => "RARP",
        0x8100 => "VLAN tag",
        0x86dd => "IPv6",
        0x8808 => "Ethernet flow control",
        0x8809 => "link aggregation",
        0x880b => "PPP",
        0x8847 => "MPLS",
        0x8848 => "MPLS, label assigned upstream",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x888e => "EAP over LAN",
        0x88a8 => "service VLAN tag",
        0x88be => "ERSPAN",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88e7 => "backbone service tag",
        0x88f7 => "Precision Time Protocol",
        0x8903 => "FabricPath",
        0x8926 => "VN-Tag",
        0x893f => "E-TAG",
        0x9100 | 0x9200 => "service VLAN tag, before 802.1ad",
        _ => return None,
    })
}

/// An `EtherType` with its name: "0x0800 (IPv4)".
pub(crate) fn ether_type_value(ether_type: u16) -> String {
    match ether_type_name(ether_type) {
        Some(name) => format!("0x{ether_type:04x} ({name})"),
        None => format!("0x{ether_type:04x}"),
    }
}
