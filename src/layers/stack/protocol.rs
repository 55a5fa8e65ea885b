//! The headers that are decoded, and what is to be said about each as a whole.

use crate::layers::Layer;

/// A header that is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Ethernet, with a type or with a length (IEEE 802.3).
    Ethernet,
    /// A VLAN tag (IEEE 802.1Q).
    Vlan,
    /// A service VLAN tag around another (IEEE 802.1ad).
    ServiceVlan,
    /// Logical link control (IEEE 802.2).
    Llc,
    /// The subnetwork access protocol, which gives LLC an `EtherType`.
    Snap,
    /// Linux cooked capture, version 1.
    Cooked,
    /// Linux cooked capture, version 2.
    Cooked2,
    /// BSD loopback, the address family in the byte order of the machine.
    Null,
    /// OpenBSD loopback, the address family in network byte order.
    Loop,
    /// Address resolution (RFC 826).
    Arp,
    /// IPv4 (RFC 791).
    Ipv4,
    /// IPv6 (RFC 8200).
    Ipv6,
    /// IPv6 hop-by-hop options (RFC 8200 §4.3).
    HopByHop,
    /// An IPv6 routing header (RFC 8200 §4.4).
    Routing,
    /// IPv6 destination options (RFC 8200 §4.6).
    DestinationOptions,
    /// An IPv6 fragment header (RFC 8200 §4.5).
    Ipv6Fragment,
    /// The IP authentication header (RFC 4302).
    Authentication,
    /// ICMP (RFC 792).
    Icmp,
    /// `ICMPv6` (RFC 4443).
    Icmpv6,
    /// TCP (RFC 9293).
    Tcp,
    /// UDP (RFC 768).
    Udp,
}

/// What a view says about a header as a whole.
pub(crate) struct About {
    pub(crate) name: &'static str,
    pub(crate) layer: Layer,
    pub(crate) clause: &'static str,
    pub(crate) meaning: &'static str,
}

impl Protocol {
    /// The name that its specification gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// The OSI layer whose work it does.
    #[must_use]
    pub fn layer(self) -> Layer {
        self.about().layer
    }

    pub(crate) fn about(self) -> About {
        use Layer::{DataLink, Network, Transport};
        let (name, layer, clause, meaning) = match self {
            Self::Ethernet => (
                "Ethernet",
                DataLink,
                "IEEE 802.3 §3.1",
                "Carries the packet over one cable or radio hop; the next router writes a new one.",
            ),
            Self::Vlan => (
                "VLAN tag",
                DataLink,
                "IEEE 802.1Q §9.6",
                "Says which of the virtual networks on this cable the frame belongs to.",
            ),
            Self::ServiceVlan => {
                ("Service VLAN tag", DataLink, "IEEE 802.1Q §9.6", "A provider's VLAN tag around the customer's own.")
            }
            Self::Llc => (
                "LLC",
                DataLink,
                "IEEE 802.2 §3.2",
                "Names the protocol where the Ethernet header has a length in place of a type.",
            ),
            Self::Snap => {
                ("SNAP", DataLink, "RFC 1042", "Gives LLC, which has one byte for the protocol, room for an EtherType.")
            }
            Self::Cooked => (
                "Linux cooked capture",
                DataLink,
                "LINKTYPE_LINUX_SLL",
                "Written by the capturing kernel in place of the link's own header, for a capture on all interfaces.",
            ),
            Self::Cooked2 => (
                "Linux cooked capture v2",
                DataLink,
                "LINKTYPE_LINUX_SLL2",
                "Written by the capturing kernel in place of the link's own header; this version tells the interface.",
            ),
            Self::Null => (
                "BSD loopback",
                DataLink,
                "LINKTYPE_NULL",
                "The packet never left the machine: four bytes that say only which protocol follows.",
            ),
            Self::Loop => (
                "OpenBSD loopback",
                DataLink,
                "LINKTYPE_LOOP",
                "The packet never left the machine: four bytes that say only which protocol follows.",
            ),
            Self::Arp => {
                ("ARP", DataLink, "RFC 826", "Finds the Ethernet address of a neighbour whose IP address is known.")
            }
            Self::Ipv4 => (
                "IPv4",
                Network,
                "RFC 791 §3.1",
                "Carries the packet from host to host, through any number of routers.",
            ),
            Self::Ipv6 => {
                ("IPv6", Network, "RFC 8200 §3", "Carries the packet from host to host, through any number of routers.")
            }
            Self::HopByHop => {
                ("Hop-by-Hop Options", Network, "RFC 8200 §4.3", "Options that every router on the way may look at.")
            }
            Self::Routing => {
                ("Routing header", Network, "RFC 8200 §4.4", "Names routers that the packet is to visit on its way.")
            }
            Self::DestinationOptions => {
                ("Destination Options", Network, "RFC 8200 §4.6", "Options that only the destination looks at.")
            }
            Self::Ipv6Fragment => (
                "Fragment header",
                Network,
                "RFC 8200 §4.5",
                "The sender cut the packet into pieces; this says which piece it is.",
            ),
            Self::Authentication => (
                "Authentication Header",
                Network,
                "RFC 4302 §2",
                "Proves who sent the packet and that nobody changed it; it hides nothing.",
            ),
            Self::Icmp => (
                "ICMP",
                Network,
                "RFC 792",
                "How hosts and routers tell each other about trouble on the way, and what ping uses.",
            ),
            Self::Icmpv6 => (
                "ICMPv6",
                Network,
                "RFC 4443 §2.1",
                "How hosts and routers tell each other about trouble, and how IPv6 finds its neighbours.",
            ),
            Self::Tcp => (
                "TCP",
                Transport,
                "RFC 9293 §3.1",
                "Turns packets that may be lost or reordered into a stream of bytes between two programs.",
            ),
            Self::Udp => (
                "UDP",
                Transport,
                "RFC 768",
                "Carries one message between two programs; nothing is ordered, confirmed or sent again.",
            ),
        };
        About { name, layer, clause, meaning }
    }
}
