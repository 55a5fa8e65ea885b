//! One conversation behind every link layer and in every tunnel: what is found in it is the same.

use super::common::{Capture, ethernet, frame, ipv4};
use wire101::capture::{LinkType, Packet, Timestamp};
use wire101::inspect::{Event, Inspector, Options, Sink};

const MACS: [u8; 12] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

/// What a packet becomes on another link, or in a tunnel: made from the IP packet in it.
type Wrap = fn(&[u8]) -> Vec<u8>;

fn after(header: &[u8], rest: &[u8]) -> Vec<u8> {
    [header, rest].concat()
}

fn udp(to: u16, payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len()) as u16;
    let header = [50_000u16.to_be_bytes(), to.to_be_bytes(), length.to_be_bytes(), [0, 0]].concat();
    ethernet(0x0800, &ipv4(17, [3, 4], &after(&header, payload)))
}

fn in_ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &ipv4(protocol, [3, 4], payload))
}

/// An IPv6 packet between two hosts, with a next header and its payload.
fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    packet.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    packet.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    after(&packet, payload)
}

/// NFLOG: a header, then one attribute with the packet, padded to four bytes.
fn nflog(ip: &[u8]) -> Vec<u8> {
    let length = (ip.len() as u16 + 4).to_le_bytes();
    let mut packet = after(&[2, 0, 0, 0], &[&length[..], &[9, 0], ip].concat());
    packet.resize(packet.len().next_multiple_of(4), 0);
    packet
}

const WAYS: [(&str, u16, Wrap); 37] = [
    ("802.1Q", 1, |ip| after(&MACS, &[&[0x81, 0, 0, 42, 8, 0], ip].concat())),
    ("802.1ad", 1, |ip| after(&MACS, &[&[0x88, 0xa8, 0, 7, 0x81, 0, 0, 42, 8, 0], ip].concat())),
    ("LLC and SNAP", 1, |ip| {
        let length = (ip.len() as u16 + 8).to_be_bytes();
        after(&MACS, &[&length[..], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip].concat())
    }),
    ("MPLS", 1, |ip| ethernet(0x8847, &after(&[0, 1, 0, 64, 0, 2, 1, 64], ip))),
    ("PPPoE", 1, |ip| {
        let length = (ip.len() as u16 + 2).to_be_bytes();
        ethernet(0x8864, &[&[0x11, 0, 0, 1], &length[..], &[0, 0x21], ip].concat())
    }),
    ("E-TAG", 1, |ip| ethernet(0x893f, &after(&[0, 1, 0, 2, 0, 0, 8, 0], ip))),
    ("VN-Tag", 1, |ip| ethernet(0x8926, &after(&[0, 1, 0, 2, 8, 0], ip))),
    ("PPP", 9, |ip| after(&[0xff, 3, 0, 0x21], ip)),
    ("FDDI", 10, |ip| after(&[0x50], &[&MACS[..], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip].concat())),
    ("ARCnet", 7, |ip| after(&[1, 2, 0xd4, 0, 0, 9], ip)),
    ("ARCnet on Linux", 129, |ip| after(&[1, 2, 0, 0, 0xd4, 0, 0, 9], ip)),
    ("Cisco HDLC", 104, |ip| after(&[0x0f, 0, 8, 0], ip)),
    ("raw IP", 101, <[u8]>::to_vec),
    ("raw IP by another number", 12, <[u8]>::to_vec),
    ("IPv4", 228, <[u8]>::to_vec),
    ("BSD null, little-endian", 0, |ip| after(&[2, 0, 0, 0], ip)),
    ("BSD null, big-endian", 0, |ip| after(&[0, 0, 0, 2], ip)),
    ("BSD loop", 108, |ip| after(&[0, 0, 0, 2], ip)),
    ("Linux cooked", 113, |ip| after(&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0], ip)),
    ("Linux cooked 2", 276, |ip| after(&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], ip)),
    ("NFLOG", 239, nflog),
    ("802.11 with radiotap", 127, |ip| {
        let radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
        let data = [8, 1, 0, 0, 2, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 0];
        after(&radiotap, &[&data[..], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip].concat())
    }),
    ("IP in IP", 1, |ip| in_ip(4, ip)),
    ("IPv4 in IPv6", 1, |ip| ethernet(0x86dd, &ipv6(4, ip))),
    ("IPv6 with extension headers", 1, |ip| {
        let options = [60, 0, 1, 4, 0, 0, 0, 0, 4, 0, 1, 4, 0, 0, 0, 0];
        ethernet(0x86dd, &ipv6(0, &after(&options, ip)))
    }),
    ("6in4, and IPv4 in that", 1, |ip| in_ip(41, &ipv6(4, ip))),
    ("GRE", 1, |ip| in_ip(47, &after(&[0, 0, 8, 0], ip))),
    ("GRE with key and number", 1, |ip| in_ip(47, &after(&[0x30, 0, 8, 0, 0, 0, 0, 1, 0, 0, 0, 2], ip))),
    ("Ethernet in GRE", 1, |ip| in_ip(47, &after(&[0, 0, 0x65, 0x58], &ethernet(0x0800, ip)))),
    ("ERSPAN", 1, |ip| {
        let header = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 0];
        in_ip(47, &after(&header, &ethernet(0x0800, ip)))
    }),
    ("ERSPAN III", 1, |ip| {
        let header = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        in_ip(47, &after(&header, &ethernet(0x0800, ip)))
    }),
    ("VXLAN", 1, |ip| udp(4789, &after(&[8, 0, 0, 0, 0, 0, 7, 0], &ethernet(0x0800, ip)))),
    ("Geneve", 1, |ip| udp(6081, &after(&[0, 0, 0x65, 0x58, 0, 0, 7, 0], &ethernet(0x0800, ip)))),
    ("AYIYA", 1, |ip| {
        let header = [0x41, 0x52, 0x11, 4, 0x65, 0x53, 0xf1, 0];
        udp(5072, &[&header[..], &[0x20; 16], &[7; 20], ip].concat())
    }),
    ("GTP-U", 1, |ip| {
        let length = (ip.len() as u16).to_be_bytes();
        udp(2152, &after(&[0x30, 0xff, length[0], length[1], 0, 0, 0, 1], ip))
    }),
    ("authentication header", 1, |ip| {
        in_ip(51, &after(&[4, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ip))
    }),
    ("Ethernet with padding and check sum", 1, |ip| after(&ethernet(0x0800, ip), &[0; 22])),
];

/// What was said, as far as it does not depend on packets' lengths.
#[derive(Debug, Default, PartialEq)]
struct Said(Vec<String>);

impl Sink for Said {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(exchange) => {
                let request = exchange.request.as_ref().map(|it| (it.target.clone(), it.message.body.clone()));
                let response = exchange.response.as_ref().map(|it| (it.status, it.message.body.clone()));
                self.0.push(format!("{request:?} {response:?}"));
            }
            Event::Frame(frame) => self.0.push(format!("{} {:?}", frame.opcode, frame.payload)),
            Event::Closed(connection) => self.0.push(format!("{} {:?}", connection.client, connection.closed)),
            Event::Problem(problem) => self.0.push(problem.code.into()),
            _ => {}
        }
    }
}

fn said(link: u16, packets: impl Iterator<Item = Vec<u8>>) -> Said {
    let mut inspector = Inspector::new(Options { keep: 1000, ..Options::default() });
    let mut said = Said::default();
    for (number, data) in (1..).zip(packets) {
        let (time, original_length) = (Timestamp(number * 1_000_000), data.len() as u32);
        let link = LinkType(link);
        inspector.packet(&Packet { number, time, interface: 0, link, original_length, data: &data }, &mut said);
    }
    inspector.finish(&mut said);
    said
}

fn conversation() -> Vec<Vec<u8>> {
    let mut capture = Capture::new();
    let key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let ask = format!("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}");
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let switch = format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{accept}");
    let mut talk = capture.connect(40_000);
    talk.client(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    talk.client(ask.as_bytes()).server(switch.as_bytes());
    talk.client(&frame(0x81, b"over any link", true)).server(&frame(0x82, b"\x00\x01", false));
    talk.client(&frame(0x88, b"\x03\xe8", true)).server(&frame(0x88, b"\x03\xe8", false)).close();
    capture.only(|_| true)
}

#[test]
fn what_is_said_is_the_same_on_every_link_and_in_every_tunnel() {
    let packets = conversation();
    let expected = said(1, packets.iter().cloned());
    assert_eq!(expected.0.len(), 2 + 4 + 1, "{expected:?}");
    for (name, link, wrap) in WAYS {
        assert_eq!(said(link, packets.iter().map(|packet| wrap(&packet[14..]))), expected, "{name}");
    }
}

#[test]
fn what_is_said_is_the_same_in_fragments() {
    let packets = conversation();
    let expected = said(1, packets.iter().cloned());
    let fragments = packets.iter().enumerate().flat_map(|(id, packet)| {
        let payload = &packet[34..];
        payload.chunks(24).enumerate().map(move |(at, piece)| {
            let mut ip = [&packet[14..34], piece].concat();
            ip[2..4].copy_from_slice(&(20 + piece.len() as u16).to_be_bytes());
            ip[4..6].copy_from_slice(&(id as u16).to_be_bytes());
            let more = u16::from((at + 1) * 24 < payload.len()) << 13;
            ip[6..8].copy_from_slice(&(more | (at * 3) as u16).to_be_bytes());
            ethernet(0x0800, &ip)
        })
    });
    assert_eq!(said(1, fragments), expected);
}

/// Two networks in which the same addresses may be of different hosts.
const NETWORKS: [(&str, [Wrap; 2]); 6] = [
    ("VLANs", [|ip| vlan(1, ip), |ip| vlan(2, ip)]),
    ("one VLAN and none", [|ip| ethernet(0x0800, ip), |ip| vlan(2, ip)]),
    (
        "VLANs in a provider's",
        [
            |ip| ethernet(0x88a8, &after(&[0, 7], &vlan(1, ip)[12..])),
            |ip| ethernet(0x88a8, &after(&[0, 7], &vlan(2, ip)[12..])),
        ],
    ),
    ("VXLAN", [|ip| vxlan(1, ip), |ip| vxlan(2, ip)]),
    ("Geneve", [|ip| geneve(1, ip), |ip| geneve(2, ip)]),
    ("tunnels", [|ip| ethernet(0x0800, &ipv4(4, [3, 4], ip)), |ip| ethernet(0x0800, &ipv4(4, [3, 5], ip))]),
];

fn vlan(number: u8, ip: &[u8]) -> Vec<u8> {
    ethernet(0x8100, &after(&[0, number, 8, 0], ip))
}

fn vxlan(number: u8, ip: &[u8]) -> Vec<u8> {
    udp(4789, &after(&[8, 0, 0, 0, 0, 0, number, 0], &ethernet(0x0800, ip)))
}

fn geneve(number: u8, ip: &[u8]) -> Vec<u8> {
    udp(6081, &after(&[0, 0, 0x65, 0x58, 0, 0, number, 0], &ethernet(0x0800, ip)))
}

/// The same conversation with other sequence numbers.
fn renumbered(packets: &[Vec<u8>], by: u32) -> Vec<Vec<u8>> {
    let mut packets = packets.to_vec();
    for packet in &mut packets {
        for at in [38, 42] {
            let number: [u8; 4] = packet[at..at + 4].try_into().unwrap();
            let number = if number == [0; 4] { 0 } else { u32::from_be_bytes(number).wrapping_add(by) };
            packet[at..at + 4].copy_from_slice(&number.to_be_bytes());
        }
    }
    packets
}

/// Each packet of both, in turn.
fn in_turn<'a>(one: &'a [Vec<u8>], other: &'a [Vec<u8>], [first, second]: [Wrap; 2]) -> impl Iterator<Item = Vec<u8>> {
    one.iter().zip(other).flat_map(move |(one, other)| [first(&one[14..]), second(&other[14..])])
}

#[test]
fn the_same_addresses_in_two_networks_are_two_connections_if_their_sequence_numbers_disagree() {
    let packets = conversation();
    let other = renumbered(&packets, 1 << 30);
    let alone = said(1, packets.iter().cloned()).0;
    let mut expected = [alone.clone(), alone].concat();
    expected.sort();
    for (name, wraps) in NETWORKS {
        for wraps in [wraps, [wraps[1], wraps[0]]] {
            let mut found = said(1, in_turn(&packets, &other, wraps)).0;
            found.sort();
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[test]
fn what_is_seen_in_two_networks_is_one_connection_if_its_sequence_numbers_agree() {
    let packets = conversation();
    let next = renumbered(&packets, 1 << 30);
    let expected = said(1, packets.iter().cloned());
    for (name, [first, second]) in NETWORKS {
        assert_eq!(said(1, in_turn(&packets, &packets, [first, second])), expected, "{name}");
        // The port is used again, and the other network is the first to see that.
        let again = in_turn(&packets, &packets, [first, second]).chain(in_turn(&next, &next, [second, first]));
        assert_eq!(said(1, again).0, [expected.0.clone(), expected.0.clone()].concat(), "{name}");
    }
}
