//! The registry: for each header that is decoded, the entry that its layer's file has for it.

use crate::layers::headers::{Header, Protocol};
use crate::layers::link::{
    arcnet, arp, cooked, ethernet, kernel, loopback, monitor, mpls, nflog, ppp, ring, switch_tag, tags, vlan, wifi,
};
use crate::layers::network::{authentication, ayiya, gre, icmp, ipv4, ipv6, ipv6_extension, l2tp, overlay};
use crate::layers::transport::header::{TCP, udp};

impl Protocol {
    /// How long the header is, what follows it, and what its bits say.
    pub(super) fn header(self) -> &'static Header {
        match self {
            Self::Ethernet => &ethernet::ETHERNET,
            Self::Vlan | Self::ServiceVlan => &vlan::VLAN,
            Self::ETag => &tags::E_TAG,
            Self::VnTag => &tags::VN_TAG,
            Self::Macsec => &tags::MACSEC,
            Self::Backbone => &tags::BACKBONE,
            Self::FabricPath => &tags::FABRIC_PATH,
            Self::Mpacket => &ethernet::MPACKET,
            Self::Broadcom | Self::Dsa => &switch_tag::SWITCH_TAG,
            Self::EtherTypeDsa => &switch_tag::TYPED_SWITCH_TAG,
            Self::BroadcomPrepended => &switch_tag::PREPENDED,
            Self::Fddi => &ring::FDDI,
            Self::TokenRing => &ring::TOKEN_RING,
            Self::Arcnet => &arcnet::ARCNET,
            Self::ArcnetLinux => &arcnet::ARCNET_LINUX,
            Self::Wifi => &wifi::WIFI,
            Self::Radiotap => &monitor::RADIOTAP,
            Self::Prism => &monitor::PRISM,
            Self::Avs => &monitor::AVS,
            Self::Ppi => &monitor::PPI,
            Self::Llc => &ethernet::LLC,
            Self::Snap => &ethernet::SNAP,
            Self::Mpls => &mpls::MPLS,
            Self::ControlWord => &mpls::CONTROL_WORD,
            Self::Pppoe => &ppp::PPPOE,
            Self::Ppp => &ppp::PPP,
            Self::CiscoHdlc => &ppp::CISCO_HDLC,
            Self::Cooked => &cooked::COOKED,
            Self::Cooked2 => &cooked::COOKED_2,
            Self::Null | Self::Loop => &loopback::LOOPBACK,
            Self::Nflog => &nflog::NFLOG,
            Self::Enc => &kernel::ENC,
            Self::Pflog => &kernel::PFLOG,
            Self::Pktap => &kernel::PKTAP,
            Self::Arp => &arp::ARP,
            Self::Ipv4 => &ipv4::IPV4,
            Self::Ipv6 => &ipv6::IPV6,
            Self::HopByHop | Self::DestinationOptions => &ipv6_extension::OPTIONS,
            Self::Routing => &ipv6_extension::ROUTING,
            Self::Ipv6Fragment => &ipv6_extension::FRAGMENT,
            Self::Authentication => &authentication::AUTHENTICATION,
            Self::Gre => &gre::GRE,
            Self::Erspan2 => &gre::ERSPAN_2,
            Self::Erspan3 => &gre::ERSPAN_3,
            Self::Vxlan => &overlay::VXLAN,
            Self::Geneve => &overlay::GENEVE,
            Self::GtpU => &overlay::GTP_U,
            Self::L2tp => &l2tp::L2TP,
            Self::Ayiya => &ayiya::AYIYA,
            Self::Icmp => &icmp::ICMP,
            Self::Icmpv6 => &icmp::ICMPV6,
            Self::Tcp => &TCP,
            Self::Udp => &udp::UDP,
        }
    }
}
