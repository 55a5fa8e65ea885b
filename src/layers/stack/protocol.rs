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
    /// A port extender's tag (IEEE 802.1BR).
    ETag,
    /// A virtual interface's tag.
    VnTag,
    /// `MACsec`'s tag (IEEE 802.1AE).
    Macsec,
    /// A provider backbone bridge's tag, an Ethernet frame inside it (IEEE 802.1ah).
    Backbone,
    /// `FabricPath`'s tag, an Ethernet frame inside it.
    FabricPath,
    /// Ethernet behind its preamble (IEEE 802.3br).
    Mpacket,
    /// Ethernet with the tag of a Broadcom switch behind its addresses.
    Broadcom,
    /// The tag of a Broadcom switch before an Ethernet frame.
    BroadcomPrepended,
    /// Ethernet with the tag of a Marvell switch behind its addresses.
    Dsa,
    /// Ethernet with the tag of a Marvell switch, an `EtherType` before it.
    EtherTypeDsa,
    /// FDDI (ISO 9314).
    Fddi,
    /// Token Ring (IEEE 802.5).
    TokenRing,
    /// Wi-Fi (IEEE 802.11).
    Wifi,
    /// What the radio noted, by radiotap.
    Radiotap,
    /// What the radio noted, by Prism.
    Prism,
    /// What the radio noted, by AVS.
    Avs,
    /// What was noted about a packet, by PPI.
    Ppi,
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
    /// OpenBSD's interface for decrypted packets.
    Enc,
    /// Packets logged by the BSD packet filter.
    Pflog,
    /// What macOS notes about a packet.
    Pktap,
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
    /// PPP over UDP (RFC 2661).
    L2tp,
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
            Self::ETag => (
                "E-TAG",
                DataLink,
                "IEEE 802.1BR §7.5",
                "Says which port of a port extender the frame is for, or came in by.",
            ),
            Self::VnTag => {
                ("VN-Tag", DataLink, "VN-Tag", "Says which virtual interface of a server the frame is for, or from.")
            }
            Self::Macsec => (
                "MACsec",
                DataLink,
                "IEEE 802.1AE §9.3",
                "Proves to the other end of the cable who sent the frame, and may encrypt it.",
            ),
            Self::Backbone => (
                "Backbone service tag",
                DataLink,
                "IEEE 802.1Q §9.7",
                "A tunnel: a customer's Ethernet frame follows, carried inside the provider's.",
            ),
            Self::FabricPath => (
                "FabricPath",
                DataLink,
                "FabricPath",
                "A tunnel: an Ethernet frame follows, carried inside one from switch to switch.",
            ),
            Self::Mpacket => {
                ("Ethernet preamble", DataLink, "IEEE 802.3br §99.3", "What comes on the cable before each frame.")
            }
            Self::Broadcom => (
                "Ethernet with a switch tag",
                DataLink,
                "LINKTYPE_DSA_TAG_BRCM",
                "A frame between a switch chip and its processor.",
            ),
            Self::BroadcomPrepended => (
                "Switch tag",
                DataLink,
                "LINKTYPE_DSA_TAG_BRCM_PREPEND",
                "Says which port of the switch the frame behind it came in by.",
            ),
            Self::Dsa => (
                "Ethernet with a switch tag",
                DataLink,
                "LINKTYPE_DSA_TAG_DSA",
                "A frame between a switch chip and its processor.",
            ),
            Self::EtherTypeDsa => (
                "Ethernet with a switch tag",
                DataLink,
                "LINKTYPE_DSA_TAG_EDSA",
                "A frame between a switch chip and its processor.",
            ),
            Self::Fddi => ("FDDI", DataLink, "ISO 9314-2", "Carries the packet over a ring of optical fibre."),
            Self::TokenRing => (
                "Token Ring",
                DataLink,
                "IEEE 802.5 §3",
                "Carries the packet over a ring, on which whoever holds the token may send.",
            ),
            Self::Wifi => (
                "IEEE 802.11",
                DataLink,
                "IEEE 802.11 §9.2",
                "Carries the packet through the air, between a station and its access point.",
            ),
            Self::Radiotap => {
                ("Radiotap", DataLink, "LINKTYPE_IEEE802_11_RADIOTAP", "What the radio noted about the frame.")
            }
            Self::Prism => ("Prism", DataLink, "LINKTYPE_IEEE802_11_PRISM", "What the radio noted about the frame."),
            Self::Avs => ("AVS", DataLink, "LINKTYPE_IEEE802_11_AVS", "What the radio noted about the frame."),
            Self::Ppi => ("PPI", DataLink, "LINKTYPE_PPI", "What the capturing program noted about the packet."),
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
            Self::Enc => (
                "OpenBSD ENC",
                DataLink,
                "LINKTYPE_ENC",
                "Written by the kernel before a packet that it decrypted, or is about to encrypt.",
            ),
            Self::Pflog => (
                "pflog",
                DataLink,
                "LINKTYPE_PFLOG",
                "What the BSD packet filter noted about the packet when one of its rules logged it.",
            ),
            Self::Pktap => (
                "PKTAP",
                DataLink,
                "LINKTYPE_PKTAP",
                "What macOS noted about the packet: its interface, and the program whose it is.",
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
            Self::L2tp => {
                ("L2TP", Network, "RFC 2661 §3.1", "A tunnel: a dial-up line's packets follow, carried inside UDP.")
            }
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
