//! ICMP messages that say why a TCP segment did not arrive (RFC 792, RFC 4443 §3), and which segment that was.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Payload, Protocol, Visitor, Walk, link_types};

/// Why a segment did not arrive, and where it was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Who says so.
    pub reporter: IpAddr,
    /// Where the segment came from, and where it was to go.
    pub ends: [SocketAddr; 2],
    /// What kept it.
    pub reason: Reason,
}

/// What kept a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is longer than the next link takes, so many bytes; 0 where that is not said.
    TooBig(u32),
    /// A rule forbids it: a firewall.
    Prohibited,
    /// Nobody knows the way to the network or host, or the host does not answer on its own link.
    Unreachable,
    /// No program listens there, or the protocol is not spoken.
    PortUnreachable,
    /// It passed too many routers.
    TimeExceeded,
}

/// What an ICMP packet complains of, where that is a TCP segment.
#[must_use]
pub fn complaint(link_type: u16, data: &[u8]) -> Option<Complaint> {
    let mut walk = Walk::new(data);
    let mut found = IcmpAt(None);
    let end = walk.run(link_types::behind(link_type, data), &mut found).ok()?;
    let Payload::Of(protocol @ (Protocol::Icmp | Protocol::Icmpv6)) = end else { return None };
    let message = data.get(found.0?..)?;
    let (kind, code) = (*message.first()?, *message.get(1)?);
    let reason = match (protocol, kind, code) {
        (Protocol::Icmp, 3, 4) => Reason::TooBig(number(message.get(6..8)?)),
        (Protocol::Icmp, 3, 9 | 10 | 13) | (Protocol::Icmpv6, 1, 1 | 5 | 6) => Reason::Prohibited,
        (Protocol::Icmp, 3, 2 | 3) | (Protocol::Icmpv6, 1, 4) => Reason::PortUnreachable,
        (Protocol::Icmp, 3, _) | (Protocol::Icmpv6, 1, _) => Reason::Unreachable,
        (Protocol::Icmpv6, 2, _) => Reason::TooBig(number(message.get(4..8)?)),
        (Protocol::Icmp, 11, _) | (Protocol::Icmpv6, 3, _) => Reason::TimeExceeded,
        _ => return None,
    };
    Some(Complaint { reporter: walk.source, ends: quoted(message.get(8..)?)?, reason })
}

struct IcmpAt(Option<usize>);

impl Visitor for IcmpAt {
    fn header(&mut self, protocol: Protocol, walk: &Walk<'_>, _: usize) {
        if matches!(protocol, Protocol::Icmp | Protocol::Icmpv6) {
            self.0 = Some(walk.at);
        }
    }

    fn trailer(&mut self, _: usize, _: usize) {}
}

/// The endpoints of the TCP segment that a message quotes.
fn quoted(packet: &[u8]) -> Option<[SocketAddr; 2]> {
    let v4 = |at| Some(IpAddr::from(Ipv4Addr::from(*packet.get(at..)?.first_chunk::<4>()?)));
    let v6 = |at| Some(IpAddr::from(Ipv6Addr::from(*packet.get(at..)?.first_chunk::<16>()?)));
    let (from, to, protocol, length) = match packet.first()? >> 4 {
        4 => (v4(12)?, v4(16)?, *packet.get(9)?, usize::from(packet[0] & 15) * 4),
        6 => (v6(8)?, v6(24)?, *packet.get(6)?, 40),
        _ => return None,
    };
    let port = |at| Some(number(packet.get(at..at + 2)?) as u16);
    (protocol == 6).then_some([SocketAddr::new(from, port(length)?), SocketAddr::new(to, port(length + 2)?)])
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
