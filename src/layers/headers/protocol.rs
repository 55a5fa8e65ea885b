//! The headers that are decoded, and what is to be said about each as a whole.

use crate::layers::Layer;

/// What a view says about a header as a whole.
pub(crate) struct About {
    pub(crate) name: &'static str,
    pub(crate) layer: Layer,
    pub(crate) clause: &'static str,
    pub(crate) meaning: &'static str,
}

/// Declares the headers: for each its layer, the name and the clause of its specification, and one line for a beginner.
macro_rules! headers {
    ($( $header:ident: $layer:ident, $name:literal, $clause:literal, $meaning:literal; )+) => {
        /// A header that is decoded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Protocol {
            $(
                #[doc = concat!($name, " (", $clause, "). ", $meaning)]
                $header,
            )+
        }

        impl Protocol {
            pub(crate) fn about(self) -> About {
                let (name, layer, clause, meaning) = match self {
                    $( Self::$header => ($name, Layer::$layer, $clause, $meaning), )+
                };
                About { name, layer, clause, meaning }
            }
        }
    };
}

headers! {
    Ethernet: DataLink, "Ethernet", "IEEE 802.3 §3.1",
        "Carries the packet over one cable or radio hop; the next router writes a new one.";
    Vlan: DataLink, "VLAN tag", "IEEE 802.1Q §9.6",
        "Says which of the virtual networks on this cable the frame belongs to.";
    ServiceVlan: DataLink, "Service VLAN tag", "IEEE 802.1Q §9.6",
        "A provider's VLAN tag around the customer's own.";
    ETag: DataLink, "E-TAG", "IEEE 802.1BR §7.5",
        "Says which port of a port extender the frame is for, or came in by.";
    VnTag: DataLink, "VN-Tag", "VN-Tag",
        "Says which virtual interface of a server the frame is for, or from.";
    Macsec: DataLink, "MACsec", "IEEE 802.1AE §9.3",
        "Proves to the other end of the cable who sent the frame, and may encrypt it.";
    Backbone: DataLink, "Backbone service tag", "IEEE 802.1Q §9.7",
        "A tunnel: a customer's Ethernet frame follows, carried inside the provider's.";
    FabricPath: DataLink, "FabricPath", "FabricPath",
        "A tunnel: an Ethernet frame follows, carried inside one from switch to switch.";
    Mpacket: DataLink, "Ethernet preamble", "IEEE 802.3br §99.3",
        "What comes on the cable before each frame.";
    Broadcom: DataLink, "Ethernet with a switch tag", "LINKTYPE_DSA_TAG_BRCM",
        "A frame between a switch chip and its processor.";
    BroadcomPrepended: DataLink, "Switch tag", "LINKTYPE_DSA_TAG_BRCM_PREPEND",
        "Says which port of the switch the frame behind it came in by.";
    Dsa: DataLink, "Ethernet with a switch tag", "LINKTYPE_DSA_TAG_DSA",
        "A frame between a switch chip and its processor.";
    EtherTypeDsa: DataLink, "Ethernet with a switch tag", "LINKTYPE_DSA_TAG_EDSA",
        "A frame between a switch chip and its processor.";
    Fddi: DataLink, "FDDI", "ISO 9314-2",
        "Carries the packet over a ring of optical fibre.";
    TokenRing: DataLink, "Token Ring", "IEEE 802.5 §3",
        "Carries the packet over a ring, on which whoever holds the token may send.";
    Arcnet: DataLink, "ARCnet", "LINKTYPE_ARCNET_BSD",
        "Carries the packet over a bus on which the stations pass on a token: whoever has it may send.";
    ArcnetLinux: DataLink, "ARCnet", "LINKTYPE_ARCNET_LINUX",
        "Carries the packet over a bus on which the stations pass on a token: whoever has it may send.";
    Wifi: DataLink, "IEEE 802.11", "IEEE 802.11 §9.2",
        "Carries the packet through the air, between a station and its access point.";
    Radiotap: DataLink, "Radiotap", "LINKTYPE_IEEE802_11_RADIOTAP",
        "What the radio noted about the frame.";
    Prism: DataLink, "Prism", "LINKTYPE_IEEE802_11_PRISM",
        "What the radio noted about the frame.";
    Avs: DataLink, "AVS", "LINKTYPE_IEEE802_11_AVS",
        "What the radio noted about the frame.";
    Ppi: DataLink, "PPI", "LINKTYPE_PPI",
        "What the capturing program noted about the packet.";
    Llc: DataLink, "LLC", "IEEE 802.2 §3.2",
        "Names the protocol where the Ethernet header has a length in place of a type.";
    Snap: DataLink, "SNAP", "RFC 1042",
        "Gives LLC, which has one byte for the protocol, room for an EtherType.";
    Mpls: DataLink, "MPLS", "RFC 3032 §2.1",
        "A provider's routers forward by this label and do not look at the IP address behind it.";
    ControlWord: DataLink, "Pseudowire control word", "RFC 4448 §4.6",
        "Stands before an Ethernet frame that MPLS carries, so that no router takes it for an IP packet.";
    Pppoe: DataLink, "PPPoE", "RFC 2516 §4",
        "A dial-up session over Ethernet: how many DSL and fibre lines log in.";
    Ppp: DataLink, "PPP", "RFC 1661 §2",
        "Frames packets on a line with two ends, where no address is needed.";
    CiscoHdlc: DataLink, "Cisco HDLC", "RFC 1547 §4.3.1",
        "Frames packets on a serial line between two routers.";
    Cooked: DataLink, "Linux cooked capture", "LINKTYPE_LINUX_SLL",
        "Written by the capturing kernel in place of the link's own header, for a capture on all interfaces.";
    Cooked2: DataLink, "Linux cooked capture v2", "LINKTYPE_LINUX_SLL2",
        "Written by the capturing kernel in place of the link's own header; this version tells the interface.";
    Null: DataLink, "BSD loopback", "LINKTYPE_NULL",
        "The packet never left the machine: four bytes that say only which protocol follows.";
    Loop: DataLink, "OpenBSD loopback", "LINKTYPE_LOOP",
        "The packet never left the machine: four bytes that say only which protocol follows.";
    Nflog: DataLink, "NFLOG", "LINKTYPE_NFLOG",
        "What the Linux packet filter noted about the packet when one of its rules logged it.";
    Enc: DataLink, "OpenBSD ENC", "LINKTYPE_ENC",
        "Written by the kernel before a packet that it decrypted, or is about to encrypt.";
    Pflog: DataLink, "pflog", "LINKTYPE_PFLOG",
        "What the BSD packet filter noted about the packet when one of its rules logged it.";
    Pktap: DataLink, "PKTAP", "LINKTYPE_PKTAP",
        "What macOS noted about the packet: its interface, and the program whose it is.";
    Arp: DataLink, "ARP", "RFC 826",
        "Finds the Ethernet address of a neighbour whose IP address is known.";
    Ipv4: Network, "IPv4", "RFC 791 §3.1",
        "Carries the packet from host to host, through any number of routers.";
    Ipv6: Network, "IPv6", "RFC 8200 §3",
        "Carries the packet from host to host, through any number of routers.";
    HopByHop: Network, "Hop-by-Hop Options", "RFC 8200 §4.3",
        "Options that every router on the way may look at.";
    Routing: Network, "Routing header", "RFC 8200 §4.4",
        "Names routers that the packet is to visit on its way.";
    DestinationOptions: Network, "Destination Options", "RFC 8200 §4.6",
        "Options that only the destination looks at.";
    Ipv6Fragment: Network, "Fragment header", "RFC 8200 §4.5",
        "The sender cut the packet into pieces; this says which piece it is.";
    Authentication: Network, "Authentication Header", "RFC 4302 §2",
        "Proves who sent the packet and that nobody changed it; it hides nothing.";
    Gre: Network, "GRE", "RFC 2784 §2",
        "A tunnel: what follows is a packet of its own, carried inside the outer one.";
    Erspan2: Network, "ERSPAN type II", "draft-foschiano-erspan-03 §4.2",
        "A switch sends a copy of a frame it saw to whoever analyses it.";
    Erspan3: Network, "ERSPAN type III", "draft-foschiano-erspan-03 §4.3",
        "A switch sends a copy of a frame it saw, with the time, to whoever analyses it.";
    Vxlan: Network, "VXLAN", "RFC 7348 §5",
        "A tunnel: a virtual network's Ethernet frame follows, carried inside UDP.";
    Geneve: Network, "Geneve", "RFC 8926 §3.4",
        "A tunnel: a virtual network's frame follows, carried inside UDP.";
    GtpU: Network, "GTP-U", "3GPP TS 29.281 §5.1",
        "A tunnel: a mobile phone's packet follows, on its way through the operator's network.";
    L2tp: Network, "L2TP", "RFC 2661 §3.1",
        "A tunnel: a dial-up line's packets follow, carried inside UDP.";
    Ayiya: Network, "AYIYA", "draft-massar-v6ops-ayiya-02",
        "A tunnel: an IPv6 packet follows, carried inside UDP to a network that has IPv6.";
    Icmp: Network, "ICMP", "RFC 792",
        "How hosts and routers tell each other about trouble on the way, and what ping uses.";
    Icmpv6: Network, "ICMPv6", "RFC 4443 §2.1",
        "How hosts and routers tell each other about trouble, and how IPv6 finds its neighbours.";
    Tcp: Transport, "TCP", "RFC 9293 §3.1",
        "Turns packets that may be lost or reordered into a stream of bytes between two programs.";
    Udp: Transport, "UDP", "RFC 768",
        "Carries one message between two programs; nothing is ordered, confirmed or sent again.";
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
}
