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
    /// One label of an MPLS stack (RFC 3032).
    Mpls,
    /// The control word before an Ethernet frame in MPLS (RFC 4448).
    ControlWord,
    /// PPP over Ethernet (RFC 2516).
    Pppoe,
    /// The point-to-point protocol (RFC 1661, RFC 1662).
    Ppp,
    /// Cisco's framing of serial lines.
    CiscoHdlc,
    /// Linux cooked capture, version 1.
    Cooked,
    /// Linux cooked capture, version 2.
    Cooked2,
    /// BSD loopback, the address family in the byte order of the machine.
    Null,
    /// OpenBSD loopback, the address family in network byte order.
    Loop,
    /// Packets logged by the Linux packet filter.
    Nflog,
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
    /// Generic routing encapsulation (RFC 2784).
    Gre,
    /// A mirrored Ethernet frame, ERSPAN type II.
    Erspan2,
    /// A mirrored Ethernet frame, ERSPAN type III.
    Erspan3,
    /// Ethernet over UDP (RFC 7348).
    Vxlan,
    /// Anything over UDP (RFC 8926).
    Geneve,
    /// The tunnel of mobile networks (3GPP TS 29.281).
    GtpU,
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

    #[expect(clippy::too_many_lines, reason = "a table with a row for each protocol")]
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
            Self::Mpls => (
                "MPLS",
                DataLink,
                "RFC 3032 §2.1",
                "A provider's routers forward by this label and do not look at the IP address behind it.",
            ),
            Self::ControlWord => (
                "Pseudowire control word",
                DataLink,
                "RFC 4448 §4.6",
                "Stands before an Ethernet frame that MPLS carries, so that no router takes it for an IP packet.",
            ),
            Self::Pppoe => (
                "PPPoE",
                DataLink,
                "RFC 2516 §4",
                "A dial-up session over Ethernet: how many DSL and fibre lines log in.",
            ),
            Self::Ppp => {
                ("PPP", DataLink, "RFC 1661 §2", "Frames packets on a line with two ends, where no address is needed.")
            }
            Self::CiscoHdlc => {
                ("Cisco HDLC", DataLink, "RFC 1547 §4.3.1", "Frames packets on a serial line between two routers.")
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
            Self::Nflog => (
                "NFLOG",
                DataLink,
                "LINKTYPE_NFLOG",
                "What the Linux packet filter noted about the packet when one of its rules logged it.",
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
            Self::Gre => (
                "GRE",
                Network,
                "RFC 2784 §2",
                "A tunnel: what follows is a packet of its own, carried inside the outer one.",
            ),
            Self::Erspan2 => (
                "ERSPAN type II",
                Network,
                "draft-foschiano-erspan-03 §4.2",
                "A switch sends a copy of a frame it saw to whoever analyses it.",
            ),
            Self::Erspan3 => (
                "ERSPAN type III",
                Network,
                "draft-foschiano-erspan-03 §4.3",
                "A switch sends a copy of a frame it saw, with the time, to whoever analyses it.",
            ),
            Self::Vxlan => (
                "VXLAN",
                Network,
                "RFC 7348 §5",
                "A tunnel: a virtual network's Ethernet frame follows, carried inside UDP.",
            ),
            Self::Geneve => {
                ("Geneve", Network, "RFC 8926 §3.4", "A tunnel: a virtual network's frame follows, carried inside UDP.")
            }
            Self::GtpU => (
                "GTP-U",
                Network,
                "3GPP TS 29.281 §5.1",
                "A tunnel: a mobile phone's packet follows, on its way through the operator's network.",
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
