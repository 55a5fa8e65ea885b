//! A way out of a namespace that leads nowhere: whatever is sent to the outside is answered with "network unreachable".
//!
//! Without it, the kernel would refuse a connection to an outside address before there's a packet, and nobody would know whom
//! a program tried to reach. It's a cable (veth). One end has the namespace's default route. At the other end, this module
//! reads every packet, names its destination, and answers as a router without a route would (RFC 792, RFC 4443), so that the
//! sender fails at once with the same error. None of it belongs to a capture of the loopback. What nobody answers on the
//! loopback, [`unanswered`] names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, socket};

use super::netlink::Netlink;
use super::packets::{LONGEST_PACKET, address_of};

/// The end that programs see, and the other.
const NAMES: [&str; 2] = ["outside", "wire101"];

/// Addresses of the end that programs see. Whoever tries one of them gets the namespace's own answer, so they are some that nobody
/// would try: the address that stands for no host (RFC 7600), and one made of this program's name in the range for
/// documentation (RFC 3849), whose scope is that of the addresses outside.
const OURS: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 8)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x77, 0x6972, 0x6531, 0x3031, 0x6f75, 0x7273)),
];

/// The router that has no route.
const ROUTER: (Ipv4Addr, Ipv6Addr) = (Ipv4Addr::new(192, 0, 2, 2), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2));

/// How much of a packet an answer quotes, in bytes: with it, it is no longer than any network must carry (RFC 1812 §4.3.2.3).
const QUOTED: usize = 500;

const ETHERNET: usize = 14;
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP_V6: u8 = 58;

/// The port of DNS.
const DNS: u16 = 53;

/// Something outside that was tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// Where it should have gone.
    pub destination: IpAddr,
    /// And to which port of it, with TCP or UDP.
    pub port: Option<u16>,
    /// "TCP", "UDP", "DNS", or the protocol's number.
    pub protocol: String,
    /// The name that was asked for, with DNS; as it was sent.
    pub name: Option<Vec<u8>>,
}

/// The far end of the cable.
#[derive(Debug)]
pub struct Outside(OwnedFd);

impl Outside {
    /// Lays the cable in this thread's namespace.
    ///
    /// # Errors
    ///
    /// As the system calls have it; `EOPNOTSUPP` where the kernel has no such cables.
    pub fn open(netlink: &Netlink) -> nix::Result<Self> {
        netlink.add_cable(NAMES[0], NAMES[1])?;
        let [near, far] = [if_nametoindex(NAMES[0])?, if_nametoindex(NAMES[1])?];
        netlink.bring_up(far, None)?;
        netlink.bring_up(near, None)?;
        let address = address_of(NAMES[1])?;
        let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
        bind(socket.as_raw_fd(), &address)?;
        for own in OURS {
            // A kernel without IPv6 has no use for a way out of it.
            match netlink.add_address(near, own).and_then(|()| netlink.add_default_route(near, own)) {
                Err(_) if own.is_ipv6() => {}
                added => added?,
            }
        }
        Ok(Self(socket))
    }

    /// Answers whatever comes, and tells of it, for as long as the namespace is there.
    pub fn answer(&self, mut tell: impl FnMut(Attempt)) {
        let mut buffer = vec![0; LONGEST_PACKET];
        loop {
            let length = match recv(self.0.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Ok(length) => length,
                Err(Errno::EINTR | Errno::ENOBUFS | Errno::ENETDOWN) => continue,
                Err(_) => return,
            };
            let frame = buffer.get(..length).unwrap_or(&buffer);
            let Some(packet) = Packet::of(frame).filter(Packet::is_for_somebody) else { continue };
            tell(packet.attempt());
            // If it cannot be sent, whoever waits for it will try again.
            let _ = send(self.0.as_raw_fd(), &packet.answer(), MsgFlags::empty());
        }
    }
}

/// What a frame on the loopback says of a DNS query that nobody answered: the kernel's own "port unreachable" quotes it.
#[must_use]
pub fn unanswered(frame: &[u8]) -> Option<Attempt> {
    let packet = Packet::of(frame)?;
    let is_unreachable = match packet.protocol {
        ICMP => packet.payload.starts_with(&[3, 3]),
        ICMP_V6 => packet.payload.starts_with(&[1, 4]),
        _ => false,
    };
    let quoted = Packet::of_ip(frame, packet.payload.get(8..).filter(|_| is_unreachable)?)?;
    Some(quoted.attempt()).filter(|attempt| attempt.protocol == "DNS")
}

/// What a frame on the loopback says of a port: that somebody listens there, or that nobody does. A SYN is answered with SYN
/// and ACK, or with a reset that has the sequence number 0 (RFC 9293 §3.10.7.1).
#[must_use]
pub fn listens(frame: &[u8]) -> Option<(u16, bool)> {
    const SYN_ACK: u8 = 0x12;
    const RST_ACK: u8 = 0x14;
    let packet = Packet::of(frame).filter(|packet| packet.protocol == TCP)?;
    let header = packet.payload.first_chunk::<14>()?;
    let port = u16::from_be_bytes([header[0], header[1]]);
    match header[13] & 0x17 {
        SYN_ACK => Some((port, true)),
        RST_ACK if header[4..8] == [0; 4] => Some((port, false)),
        _ => None,
    }
}

/// An IP packet in a frame.
struct Packet<'a> {
    frame: &'a [u8],
    /// From the IP header on.
    bytes: &'a [u8],
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    payload: &'a [u8],
}

impl<'a> Packet<'a> {
    fn of(frame: &'a [u8]) -> Option<Self> {
        match frame.get(12..ETHERNET)? {
            [0x08, 0x00] | [0x86, 0xdd] => Self::of_ip(frame, frame.get(ETHERNET..)?),
            _ => None,
        }
    }

    fn of_ip(frame: &'a [u8], bytes: &'a [u8]) -> Option<Self> {
        let (source, destination, protocol, start): (IpAddr, IpAddr, u8, usize) = match bytes.first()? >> 4 {
            4 => {
                let header = bytes.first_chunk::<20>()?;
                let address = |at: usize| Ipv4Addr::from([header[at], header[at + 1], header[at + 2], header[at + 3]]);
                (address(12).into(), address(16).into(), header[9], usize::from(header[0] & 15) * 4)
            }
            6 => {
                let address = |at: usize| Some(Ipv6Addr::from(*bytes.get(at..at + 16)?.first_chunk::<16>()?));
                (address(8)?.into(), address(24)?.into(), *bytes.get(6)?, 40)
            }
            _ => return None,
        };
        Some(Self { frame, bytes, source, destination, protocol, payload: bytes.get(start..).unwrap_or_default() })
    }

    /// Whether it wants an answer: it is for one host, and no answer itself.
    fn is_for_somebody(&self) -> bool {
        let is_error = match self.protocol {
            // Of ICMP's messages a ping alone (RFC 1122 §3.2.2, RFC 4443 §2.4).
            ICMP => self.payload.first() != Some(&8),
            ICMP_V6 => self.payload.first() != Some(&128),
            _ => false,
        };
        let is_broadcast = matches!(self.destination, IpAddr::V4(address) if address.is_broadcast());
        !is_error && !is_broadcast && !self.destination.is_multicast() && !self.source.is_unspecified()
    }

    fn attempt(&self) -> Attempt {
        let has_ports = matches!(self.protocol, TCP | UDP);
        let port = self.payload.get(2..4).filter(|_| has_ports).map(|port| u16::from_be_bytes([port[0], port[1]]));
        let name = if (self.protocol, port) == (UDP, Some(DNS)) { question(self.payload.get(8..)) } else { None };
        let protocol = match self.protocol {
            UDP if name.is_some() => "DNS".to_owned(),
            UDP => "UDP".to_owned(),
            TCP => "TCP".to_owned(),
            ICMP | ICMP_V6 => "ping".to_owned(),
            other => format!("IP protocol {other}"),
        };
        Attempt { destination: self.destination, port, protocol, name }
    }

    /// "Destination unreachable": for IPv4 the code that says the network is unknown, as it is the one that also ends what
    /// waits on a UDP socket (RFC 792, RFC 1122 §3.2.2.1); for IPv6, that there is no route, or for UDP, which would wait
    /// on, no port (RFC 4443 §3.1).
    fn answer(&self) -> Vec<u8> {
        let quoted = &self.bytes[..self.bytes.len().min(QUOTED)];
        let mut message = match self.source {
            IpAddr::V4(_) => vec![3, 6, 0, 0, 0, 0, 0, 0],
            IpAddr::V6(_) => vec![1, if self.protocol == UDP { 4 } else { 0 }, 0, 0, 0, 0, 0, 0],
        };
        message.extend_from_slice(quoted);
        let length = message.len() as u16;
        // Back to the hardware address that it came from.
        let hardware = |at: usize| self.frame.get(at..at + 6).unwrap_or(&[0; 6]);
        let mut answer = [hardware(6), hardware(0)].concat();
        match self.source {
            IpAddr::V4(source) => {
                let sum = checksum(&[&message]);
                message[2..4].copy_from_slice(&sum);
                let mut header = vec![0x45, 0xc0];
                header.extend_from_slice(&(20 + length).to_be_bytes());
                header.extend_from_slice(&[0, 0, 0, 0, 64, ICMP, 0, 0]);
                header.extend_from_slice(&ROUTER.0.octets());
                header.extend_from_slice(&source.octets());
                let sum = checksum(&[&header]);
                header[10..12].copy_from_slice(&sum);
                answer.extend_from_slice(&[0x08, 0x00]);
                answer.extend(header);
            }
            IpAddr::V6(source) => {
                let pseudo = [&length.to_be_bytes()[..], &[0, ICMP_V6]].concat();
                let sum = checksum(&[&ROUTER.1.octets(), &source.octets(), &pseudo, &message]);
                message[2..4].copy_from_slice(&sum);
                answer.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
                answer.extend_from_slice(&length.to_be_bytes());
                answer.extend_from_slice(&[ICMP_V6, 64]);
                answer.extend_from_slice(&ROUTER.1.octets());
                answer.extend_from_slice(&source.octets());
            }
        }
        answer.extend(message);
        answer
    }
}

/// The first name that a DNS query asks for (RFC 1035 §4.1.2), its labels with dots between them.
fn question(message: Option<&[u8]>) -> Option<Vec<u8>> {
    let message = message?;
    let is_query = message.get(2)? & 0x80 == 0;
    let mut rest = message.get(12..).filter(|_| is_query)?;
    let mut name = Vec::new();
    loop {
        let (length, after) = rest.split_first()?;
        if *length == 0 {
            return Some(if name.is_empty() { b".".to_vec() } else { name });
        }
        // A name has at most 255 bytes, a label 63 (RFC 1035 §2.3.4).
        let label = after.get(..usize::from(*length)).filter(|label| label.len() < 64 && name.len() < 256)?;
        if !name.is_empty() {
            name.push(b'.');
        }
        name.extend_from_slice(label);
        rest = after.get(label.len()..)?;
    }
}

/// The Internet checksum (RFC 1071) of parts, each but the last of which has an even length.
fn checksum(parts: &[&[u8]]) -> [u8; 2] {
    let word = |pair: &[u8]| u64::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
    let mut sum: u64 = parts.iter().flat_map(|part| part.chunks(2)).map(word).sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    (!(sum as u16)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use etherparse::{Icmpv4Type, Icmpv6Type, PacketBuilder, SlicedPacket, TransportSlice};
    use proptest::prelude::*;

    use super::*;

    const QUERY: &[u8] = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x01\0\x01";

    fn syn_v4() -> Vec<u8> {
        let mut frame = Vec::new();
        let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4([192, 0, 2, 1], [93, 184, 216, 34], 64);
        builder.tcp(40_000, 443, 7, 1024).syn().write(&mut frame, b"").unwrap();
        frame
    }

    fn query_v6() -> Vec<u8> {
        let mut frame = Vec::new();
        let to = "2606:4700::1".parse::<Ipv6Addr>().unwrap().octets();
        let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv6([0xfd; 16], to, 64);
        builder.udp(40_000, 53).write(&mut frame, QUERY).unwrap();
        frame
    }

    #[test]
    fn what_was_tried_is_named_by_address_port_and_the_name_asked_for() {
        let attempt = |frame: &[u8]| Packet::of(frame).unwrap().attempt();
        let tcp = attempt(&syn_v4());
        assert_eq!((tcp.destination.to_string().as_str(), tcp.port), ("93.184.216.34", Some(443)));
        assert_eq!((tcp.protocol.as_str(), tcp.name), ("TCP", None));
        let dns = attempt(&query_v6());
        assert_eq!((dns.protocol.as_str(), dns.name.as_deref()), ("DNS", Some(&b"example.org"[..])));
    }

    #[test]
    fn a_port_is_known_to_be_listened_on_by_the_answer_to_a_syn() {
        let from_port_80 = |change: fn(&mut etherparse::TcpHeader)| {
            let mut frame = Vec::new();
            let mut header = etherparse::TcpHeader::new(80, 40_000, 0, 0);
            change(&mut header);
            let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64);
            builder.tcp_header(header).write(&mut frame, b"").unwrap();
            listens(&frame)
        };
        assert_eq!(from_port_80(|it| (it.syn, it.ack) = (true, true)), Some((80, true)));
        assert_eq!(from_port_80(|it| (it.rst, it.ack) = (true, true)), Some((80, false)));
        assert_eq!(from_port_80(|it| (it.rst, it.ack, it.sequence_number) = (true, true, 9)), None);
        assert_eq!(from_port_80(|it| it.ack = true), None);
        assert_eq!(listens(&query_v6()), None);
    }

    #[test]
    fn the_answer_is_one_that_a_router_could_have_sent() {
        let frame = syn_v4();
        let answer = Packet::of(&frame).unwrap().answer();
        let sliced = SlicedPacket::from_ethernet(&answer).unwrap();
        let Some(TransportSlice::Icmpv4(icmp)) = sliced.transport else { panic!("{sliced:?}") };
        assert!(matches!(icmp.icmp_type(), Icmpv4Type::DestinationUnreachable(_)));
        assert_eq!(icmp.payload(), &frame[ETHERNET..]);
        assert_eq!(checksum(&[&answer[ETHERNET..ETHERNET + 20]]), [0, 0]);
        assert_eq!(checksum(&[&answer[ETHERNET + 20..]]), [0, 0]);

        let frame = query_v6();
        let answer = Packet::of(&frame).unwrap().answer();
        let sliced = SlicedPacket::from_ethernet(&answer).unwrap();
        let Some(TransportSlice::Icmpv6(icmp)) = sliced.transport else { panic!("{sliced:?}") };
        assert!(matches!(icmp.icmp_type(), Icmpv6Type::DestinationUnreachable(_)));
        assert!(icmp.is_checksum_valid(ROUTER.1.octets(), [0xfd; 16]));
    }

    #[test]
    fn no_answer_is_answered_and_nothing_that_is_for_many() {
        let frame = syn_v4();
        assert!(Packet::of(&frame).unwrap().is_for_somebody());
        let answer = Packet::of(&frame).unwrap().answer();
        assert!(!Packet::of(&answer).unwrap().is_for_somebody());
        let mut multicast = frame;
        multicast[ETHERNET + 16] = 224;
        assert!(!Packet::of(&multicast).unwrap().is_for_somebody());
    }

    #[test]
    fn a_query_that_nobody_answered_is_found_in_what_the_kernel_says_of_it() {
        let mut query = Vec::new();
        let builder = PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 53], 64).udp(40_000, 53);
        builder.write(&mut query, QUERY).unwrap();
        let icmp = |code| {
            let mut frame = Vec::new();
            let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4([127, 0, 0, 53], [127, 0, 0, 1], 64);
            builder.icmpv4_raw(3, code, [0; 4]).write(&mut frame, &query).unwrap();
            frame
        };
        assert_eq!(unanswered(&icmp(3)).unwrap().name.as_deref(), Some(&b"example.org"[..]));
        assert_eq!(unanswered(&icmp(1)), None);
        assert_eq!(unanswered(&query_v6()), None);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_can_do_harm(mut frame: Vec<u8>, version in 4_u8..7, v6: bool) {
            if frame.len() > ETHERNET {
                frame[12..ETHERNET].copy_from_slice(if v6 { &[0x86, 0xdd] } else { &[8, 0] });
                frame[ETHERNET] = version << 4 | frame[ETHERNET] & 15;
            }
            let _ = unanswered(&frame);
            if let Some(packet) = Packet::of(&frame) {
                packet.is_for_somebody();
                packet.attempt();
                prop_assert!(packet.answer().len() <= QUOTED + 62);
            }
        }

        #[test]
        fn any_message_is_taken_for_a_query_or_not(message: Vec<u8>) {
            prop_assert!(question(Some(&message)).is_none_or(|name| name.len() < 320));
        }
    }
}
