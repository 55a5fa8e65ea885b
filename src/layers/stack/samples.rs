//! Packets for tests: the same TCP segment, wrapped in whatever the walk can unwrap.

use crate::layers::headers::checksum;

pub(crate) const SOURCE: [u8; 4] = [192, 0, 2, 1];
pub(crate) const DESTINATION: [u8; 4] = [192, 0, 2, 2];
pub(crate) const PAYLOAD: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
const ETHERNET: u16 = 0x6558;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

pub(crate) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A segment from port 49152 to port 80 with a timestamps option, its checksum right for `SOURCE` and `DESTINATION`.
pub(crate) fn segment() -> Vec<u8> {
    let ports_and_numbers = [0xc0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2];
    let rest = [0x80, 0x18, 0xff, 0xff, 0, 0, 0, 0, 1, 1, 8, 10, 0, 0, 0, 5, 0, 0, 0, 6];
    let mut segment = joined(&[&ports_and_numbers, &rest, PAYLOAD]);
    let pseudo_header = checksum::pseudo_header(SOURCE.into(), DESTINATION.into(), 6, segment.len());
    let sum = !checksum::fold(checksum::add(pseudo_header, &segment));
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    segment
}

pub(crate) fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_fragment(protocol, 0x4000, payload)
}

pub(crate) fn ipv4_fragment(protocol: u8, flags_and_offset: u16, payload: &[u8]) -> Vec<u8> {
    let total = (20 + payload.len() as u16).to_be_bytes();
    let flags = flags_and_offset.to_be_bytes();
    let mut header = joined(&[&[0x45, 0], &total, &[0x12, 0x34], &flags, &[64, protocol, 0, 0], &SOURCE, &DESTINATION]);
    let sum = !checksum::fold(checksum::add(0, &header));
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    joined(&[&header, payload])
}

pub(crate) fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    let address = |last| [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
    joined(&[&[0x60, 0, 0, 0], &length, &[next, 64], &address(1), &address(2), payload])
}

pub(crate) fn ethernet(ether_type: u16, payload: &[u8]) -> Vec<u8> {
    joined(&[&[2, 0, 0, 0, 0, 2], &[2, 0, 0, 0, 0, 1], &ether_type.to_be_bytes(), payload])
}

pub(crate) fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len() as u16).to_be_bytes();
    joined(&[&[0xc0, 1], &port.to_be_bytes(), &length, &[0, 0], payload])
}

fn gre(flags: u16, protocol: u16, options: &[u8], payload: &[u8]) -> Vec<u8> {
    ipv4(47, &joined(&[&flags.to_be_bytes(), &protocol.to_be_bytes(), options, payload]))
}

fn nflog(attribute: impl Fn(u16) -> [u8; 2], packet: &[u8]) -> Vec<u8> {
    let prefix = joined(&[&attribute(7), &attribute(10), b"in\0", &[0]]);
    let payload = joined(&[&attribute(4 + packet.len() as u16), &attribute(9), packet]);
    joined(&[&[2, 0, 0, 5], &prefix, &payload])
}

/// Name, link type and bytes of a packet for each way to carry the segment.
pub(crate) fn carriers() -> Vec<(&'static str, u16, Vec<u8>)> {
    let packet = ipv4(6, &segment());
    let packet6 = ipv6(6, &segment());
    let frame = ethernet(IPV4, &packet);
    let length = |data: &[u8]| (data.len() as u16).to_be_bytes();
    let in_ip = |packet: &[u8]| ethernet(IPV4, packet);
    let mut all = links(&packet, &packet6, &frame);
    all.extend(tagged(&packet, &frame));
    all.extend(air(&packet, &packet6));
    all.extend([
        (
            "VXLAN with reserved bits set",
            1,
            in_ip(&ipv4(17, &udp(4789, &joined(&[&[0xff, 1, 2, 3, 0, 0, 7, 9], &frame])))),
        ),
        (
            "Geneve with reserved bits set",
            1,
            in_ip(&ipv4(17, &udp(6081, &joined(&[&[0, 0x3f, 0x65, 0x58, 0, 0, 7, 0xff], &frame])))),
        ),
        ("L2TP", 1, in_ip(&ipv4(17, &udp(1701, &joined(&[&[0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21], &packet]))))),
        ("L2TP with everything", 1, {
            let ppp = joined(&[&[0, 0x21], &packet]);
            let length = (16 + ppp.len() as u16).to_be_bytes();
            let header = joined(&[&[0x4b, 2], &length, &[0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 0, 0]]);
            in_ip(&ipv4(17, &udp(1701, &joined(&[&header, &ppp]))))
        }),
        ("GRE in UDP", 1, in_ip(&ipv4(17, &udp(4754, &joined(&[&[0x20, 0, 8, 0, 0, 0, 0, 9], &packet]))))),
        ("GRE with PPP", 1, in_ip(&gre(0, 0x880b, &[], &joined(&[&[0xff, 3, 0, 0x21], &packet])))),
        ("GRE with reserved bits set", 1, in_ip(&gre(0x0ff8, IPV4, &[], &packet))),
        ("GRE from an access point", 1, in_ip(&gre(0, 0x8200, &[], &wifi(&[0x88, 0x01], &[0, 0], &packet)))),
        ("VXLAN", 1, in_ip(&ipv4(17, &udp(4789, &joined(&[&[8, 0, 0, 0, 0, 0, 7, 0], &frame]))))),
        ("VXLAN, Linux", 1, in_ip(&ipv4(17, &udp(8472, &joined(&[&[8, 0, 0, 0, 0, 0, 7, 0], &frame]))))),
        ("Geneve", 1, in_ip(&ipv4(17, &udp(6081, &joined(&[&[0, 0, 0x65, 0x58, 0, 0, 7, 0], &frame]))))),
        (
            "Geneve with an option",
            1,
            in_ip(&ipv4(17, &udp(6081, &joined(&[&[2, 0, 8, 0, 0, 0, 7, 0], &[1, 2, 3, 1, 9, 9, 9, 9], &packet])))),
        ),
        ("GTP-U", 1, in_ip(&ipv4(17, &udp(2152, &joined(&[&[0x30, 255], &length(&packet), &[0, 0, 0, 9], &packet]))))),
        ("GTP-U with an extension", 1, {
            let inner = joined(&[&[0, 0, 0, 0x85], &[1, 0, 9, 0], &packet]);
            in_ip(&ipv4(17, &udp(2152, &joined(&[&[0x34, 255], &length(&inner), &[0, 0, 0, 9], &inner]))))
        }),
        ("AYIYA", 1, {
            let header = joined(&[&[0x41, 0x52, 0x11, 41, 0x65, 0x53, 0xf1, 0], &[0x20; 16], &[7; 20]]);
            in_ip(&ipv4(17, &udp(5072, &joined(&[&header, &packet6]))))
        }),
        ("AYIYA without a signature", 1, {
            in_ip(&ipv4(17, &udp(5072, &joined(&[&[0, 0, 3, 4, 0, 0, 0, 0, 9], &packet]))))
        }),
        ("Teredo", 1, in_ip(&ipv4(17, &udp(3544, &packet6)))),
        ("IPv4 in IPv4", 1, in_ip(&ipv4(4, &packet))),
        ("IPv6 in IPv4", 1, in_ip(&ipv4(41, &packet6))),
        ("IPv6 in IPv6", 229, ipv6(41, &packet6)),
        ("GRE", 1, in_ip(&gre(0, IPV4, &[], &packet))),
        ("GRE, checksum, key and sequence", 1, in_ip(&gre(0xb000, IPV6, &[1; 12], &packet6))),
        ("GRE with Ethernet", 1, in_ip(&gre(0x2000, ETHERNET, &[1; 4], &frame))),
        ("PPTP", 1, {
            let ppp = joined(&[&[0xff, 3, 0, 0x21], &packet]);
            in_ip(&gre(0x3081, 0x880b, &joined(&[&length(&ppp), &[0; 10]]), &ppp))
        }),
        ("ERSPAN I", 1, in_ip(&gre(0, 0x88be, &[], &frame))),
        ("ERSPAN II", 1, in_ip(&gre(0x1000, 0x88be, &[0; 4], &joined(&[&[0x10, 1, 0, 2, 0, 0, 0, 3], &frame])))),
        ("ERSPAN III", 1, in_ip(&gre(0x1000, 0x22eb, &[0; 4], &joined(&[&[0x20; 11], &[0], &frame])))),
        ("ERSPAN III, long", 1, in_ip(&gre(0x1000, 0x22eb, &[0; 4], &joined(&[&[0x20; 11], &[1], &[7; 8], &frame])))),
        ("Authentication Header", 1, in_ip(&ipv4(51, &joined(&[&[6, 4, 0, 0], &[1; 20], &segment()])))),
        ("IPv6 extension headers", 229, {
            let options = [60, 0, 1, 4, 0, 0, 0, 0];
            let more = [43, 1, 0xc9, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 0];
            let routing = joined(&[&[44, 2, 4, 0], &[0; 20]]);
            ipv6(0, &joined(&[&options, &more, &routing, &[6, 0, 0, 0, 0, 0, 0, 9], &segment()]))
        }),
    ]);
    all
}

/// A data frame of 802.11 with its flags, and what stands behind its sequence control.
fn wifi(control: &[u8], more: &[u8], packet: &[u8]) -> Vec<u8> {
    let addresses = [2; 18];
    joined(&[control, &[44, 0], &addresses, &[0x10, 0], more, &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], packet])
}

/// Frames from the air, rings and cables, and what is written before them.
fn air(packet: &[u8], packet6: &[u8]) -> Vec<(&'static str, u16, Vec<u8>)> {
    let frame = wifi(&[0x08, 0x02], &[], packet);
    let snap = joined(&[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], packet]);
    let radiotap = joined(&[&[0, 0, 13, 0, 4, 0, 0, 0x80, 0, 0, 0, 0, 2], &frame]);
    let link_type = |number: u32| number.to_le_bytes();
    vec![
        ("802.11", 105, frame.clone()),
        ("802.11 with quality of service", 105, wifi(&[0x88, 0x01], &[5, 0], packet)),
        ("802.11 with padding", 105, wifi(&[0x88, 0x01], &[5, 0, 0, 0], packet)),
        ("802.11 with everything", 105, wifi(&[0x88, 0x83], &[4, 4, 4, 4, 4, 4, 5, 0, 9, 9, 9, 9], packet)),
        ("802.11, decrypted", 105, wifi(&[0x08, 0x42], &[], packet)),
        ("802.11 aggregate", 105, {
            let header = wifi(&[0x88, 0x02], &[0x80, 0], &[]);
            joined(&[&header[..26], &ethernet(snap.len() as u16, &snap), &[0; 2], &ethernet(3, &[0x42, 0x42, 3])])
        }),
        ("radiotap", 127, radiotap.clone()),
        ("radiotap, cooked", 113, joined(&[&[0, 0, 3, 0x23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], &radiotap])),
        ("Prism, little end first", 119, joined(&[&[0x44, 0, 0, 0, 36, 0, 0, 0], &[b'w'; 28], &frame])),
        ("Prism, big end first", 119, joined(&[&[0, 0, 0, 0x44, 0, 0, 0, 36], &[b'w'; 28], &frame])),
        ("AVS for Prism", 119, joined(&[&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64], &[0; 56], &frame])),
        ("AVS", 163, joined(&[&[0x80, 0x21, 0x10, 2, 0, 0, 0, 64], &[0; 56], &frame])),
        ("PPI", 192, joined(&[&[0, 0, 12, 0], &link_type(105), &[9; 4], &frame])),
        ("PPI and Ethernet", 192, joined(&[&[0, 0, 8, 0], &link_type(1), &ethernet(IPV4, packet)])),
        ("FDDI", 10, joined(&[&[0x57], &[2; 12], &snap])),
        ("Token Ring", 6, joined(&[&[0x10, 0x40], &[2; 12], &snap])),
        ("Token Ring with a route", 6, joined(&[&[0x10, 0x40], &[0x82; 12], &[4, 0x30, 0, 1], &snap])),
        ("ARCnet", 7, joined(&[&[1, 2, 0xd4, 0, 0, 9], packet])),
        ("ARCnet and IPv6", 7, joined(&[&[1, 0, 0xc4, 0, 0, 9], packet6])),
        ("ARCnet, exception", 7, joined(&[&[1, 2, 0xd4, 0xff, 0xff, 0xff, 0xd4, 0, 0, 9], packet])),
        ("ARCnet, RFC 1051", 7, joined(&[&[1, 2, 0xf0], packet])),
        ("ARCnet, Linux", 129, joined(&[&[1, 2, 3, 4, 0xd4, 0, 0, 9], packet])),
        ("ARCnet, Linux, RFC 1051", 129, joined(&[&[1, 2, 3, 4, 0xf0], packet])),
        ("OpenBSD ENC", 109, joined(&[&[24, 0, 0, 0], &[0; 8], packet6])),
        ("pflog", 117, joined(&[&[61, 2, 1, 0], &[b'e'; 60], packet])),
        ("PKTAP", 258, joined(&[&108_u32.to_le_bytes(), &[1, 0, 0, 0], &link_type(12), &[b'u'; 96], packet])),
    ]
}

/// Frames with the tags of switches.
fn tagged(packet: &[u8], frame: &[u8]) -> Vec<(&'static str, u16, Vec<u8>)> {
    let typed = |tag: &[u8]| joined(&[tag, &[8, 0], packet]);
    let (addresses, behind) = frame.split_at(12);
    let among = |tag: &[u8]| joined(&[addresses, tag, behind]);
    let on_label = |tag: &[u8], first: u8| {
        let mut frame = frame.to_vec();
        frame[0] = first;
        ethernet(0x8847, &joined(&[&[0, 2, 1, 64], tag, &frame]))
    };
    vec![
        ("E-TAG", 1, ethernet(0x893f, &typed(&[0, 1, 0, 2, 0, 0]))),
        ("VN-Tag", 1, ethernet(0x8926, &typed(&[0x80, 1, 0, 2]))),
        ("VN-Tag and VLAN", 1, ethernet(0x8926, &joined(&[&[0x80, 1, 0, 2, 0x81, 0, 0, 7], &[8, 0], packet]))),
        ("MACsec", 1, ethernet(0x88e5, &joined(&[&typed(&[0, 0, 0, 0, 0, 1]), &[5; 16]]))),
        ("MACsec with a channel", 1, {
            let tag = joined(&[&[0x20, 0, 0, 0, 0, 1], &[2; 8]]);
            ethernet(0x88e5, &joined(&[&typed(&tag), &[5; 16]]))
        }),
        ("backbone bridge", 1, ethernet(0x88e7, &joined(&[&[0, 0, 0, 7], frame]))),
        ("FabricPath", 1, ethernet(0x8903, &joined(&[&[0, 0x60], frame]))),
        ("Ethernet with its preamble", 274, joined(&[&[0x55; 7], &[0xd5], frame, &[1, 2, 3, 4]])),
        ("Broadcom switch", 281, among(&[0, 0, 0, 1])),
        ("Broadcom switch, before the frame", 282, joined(&[&[0, 0, 0, 1], frame])),
        ("Marvell switch", 284, among(&[0xc0, 1, 0, 0])),
        ("Marvell switch with a type", 285, among(&[0xda, 0xda, 0, 0, 0xc0, 1, 0, 0])),
        ("MPLS pseudowire without control word", 1, on_label(&[], 0x00)),
        ("MPLS pseudowire with an address like IPv4", 1, on_label(&[], 0x46)),
        ("MPLS pseudowire with an address like IPv6", 1, on_label(&[], 0x60)),
        ("MPLS pseudowire with both", 1, on_label(&[0, 0, 0, 9], 0x00)),
        ("IPv4 in IPv4 in MPLS in Ethernet in MPLS", 1, {
            let inner = ethernet(0x8847, &joined(&[&[0, 2, 1, 64], &ipv4(4, packet)]));
            ethernet(0x8847, &joined(&[&[0, 2, 1, 64], &[0; 4], &inner]))
        }),
    ]
}

fn links(packet: &[u8], packet6: &[u8], frame: &[u8]) -> Vec<(&'static str, u16, Vec<u8>)> {
    let cooked = joined(&[&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0], packet]);
    let cooked_2 = joined(&[&[0x86, 0xdd, 0, 0, 0, 0, 0, 2, 3, 4, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0], packet6]);
    let ppp = joined(&[&[0, 0x21], packet]);
    let pppoe = joined(&[&[0x11, 0, 0, 5], &(ppp.len() as u16).to_be_bytes(), &ppp]);
    let llc = joined(&[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], packet]);
    vec![
        ("Ethernet", 1, frame.to_vec()),
        ("Ethernet with padding", 1, joined(&[frame, &[0; 9]])),
        ("Ethernet and IPv6", 1, ethernet(IPV6, packet6)),
        ("SNAP", 1, ethernet(llc.len() as u16, &joined(&[&llc, &[0; 3]]))),
        ("VLAN", 1, ethernet(0x8100, &joined(&[&[0x60, 7, 8, 0], packet]))),
        ("VLAN in VLAN in VLAN", 1, {
            let tags = [0, 7, 0x88, 0xa8, 0, 8, 0x81, 0, 0, 9, 8, 0];
            ethernet(0x9100, &joined(&[&tags, packet]))
        }),
        ("MPLS", 1, ethernet(0x8847, &joined(&[&[0, 1, 0, 64, 0, 2, 1, 64], packet]))),
        ("MPLS and IPv6", 1, ethernet(0x8847, &joined(&[&[0, 2, 1, 64], packet6]))),
        ("MPLS pseudowire", 1, ethernet(0x8847, &joined(&[&[0, 2, 1, 64], &[0; 4], frame]))),
        ("PPPoE", 1, ethernet(0x8864, &joined(&[&pppoe, &[0; 2]]))),
        ("PPPoE alone", 51, pppoe),
        ("PPP", 9, ppp),
        ("PPP with address and control", 50, joined(&[&[0xff, 3, 0x21], packet])),
        ("Cisco HDLC", 104, joined(&[&[0x0f, 0, 8, 0], packet])),
        ("Cisco HDLC as PPP", 50, joined(&[&[0x8f, 0, 0x86, 0xdd], packet6])),
        ("Linux cooked", 113, cooked),
        ("Linux cooked v2", 276, cooked_2),
        ("BSD loopback, little end first", 0, joined(&[&[2, 0, 0, 0], packet])),
        ("BSD loopback, big end first", 0, joined(&[&[0, 0, 0, 30], packet6])),
        ("OpenBSD loopback", 108, joined(&[&[0, 0, 0, 24], packet6])),
        ("raw IP", 101, packet.to_vec()),
        ("raw IP, version 6", 12, packet6.to_vec()),
        ("raw IP, OpenBSD", 14, packet.to_vec()),
        ("raw IPv4", 228, packet.to_vec()),
        ("raw IPv6", 229, packet6.to_vec()),
        ("NFLOG, little end first", 239, nflog(u16::to_le_bytes, packet)),
        ("NFLOG, big end first", 239, nflog(u16::to_be_bytes, packet)),
    ]
}
