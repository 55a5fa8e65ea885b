//! The walk's shortcut for nearly every packet: a link header, an IP header and TCP, complete, and nothing else.
//!
//! It uses the walk's own parsers. With no state to keep between them, what the headers say stays in
//! registers, and what the caller doesn't ask for isn't computed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::TcpPacket;
use crate::layers::headers::{Fault, Next, Protocol, Step, link_types};
use crate::layers::link::{cooked, ethernet, loopback};
use crate::layers::network::{Mark, Path, ipv4, ipv6};
use crate::layers::transport::header::Header;

/// A TCP segment that came the usual way, whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<'a> {
    /// The sender's address and the receiver's.
    pub(crate) hosts: [Number; 2],
    is_ipv6: bool,
    pub(crate) mark: Mark,
    /// Header and payload.
    segment: &'a [u8],
    pub(crate) header: Header<'a>,
    /// Where in the packet the segment starts, in bytes.
    pub(crate) offset: usize,
}

/// An address of either family as one number, quick to compare. IPv4 addresses are mapped to IPv6 multicast addresses,
/// which TCP never uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(u128);

impl Number {
    /// In 32 bits, as far as that goes.
    pub(super) fn folded(self) -> u32 {
        let Self(number) = self;
        (number ^ number >> 32 ^ number >> 64 ^ number >> 96) as u32
    }
}

/// The bits that all of IPv4's numbers have.
const IPV4: u128 = u128::MAX << 32;

impl From<Ipv4Addr> for Number {
    #[inline]
    fn from(address: Ipv4Addr) -> Self {
        Self(IPV4 | u128::from(address.to_bits()))
    }
}

impl From<Ipv6Addr> for Number {
    #[inline]
    fn from(address: Ipv6Addr) -> Self {
        Self(address.to_bits())
    }
}

impl From<IpAddr> for Number {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => address.into(),
        }
    }
}

/// Takes the shortcut; `None` if anything else about the packet needs attention.
#[expect(clippy::inline_always, reason = "what is not asked for is left out only where the caller is known")]
#[inline(always)]
pub(crate) fn plain(link_type: u16, data: &[u8]) -> Option<Plain<'_>> {
    let Next::Header(protocol) = link_types::behind(link_type, data) else { return None };
    let (link, is_ipv6) = match protocol {
        Protocol::Null => to_ip(loopback::parse(protocol, data))?,
        Protocol::Ethernet => to_ip(ethernet::parse(data))?,
        Protocol::Cooked => to_ip(cooked::parse(data))?,
        Protocol::Cooked2 => to_ip(cooked::parse_2(data))?,
        _ => return None,
    };
    let rest = data.get(link..)?;
    let (hosts, mark, ip) = if is_ipv6 {
        let ip = ipv6::parse(rest).ok()?;
        ([ip.source.into(), ip.destination.into()], ip.mark, ip.step)
    } else {
        let ip = ipv4::parse(rest).ok()?;
        ([ip.source.into(), ip.destination.into()], ip.mark, ip.step)
    };
    if !matches!(ip.next, Next::Header(Protocol::Tcp)) {
        return None;
    }
    let offset = link + ip.length;
    let segment = data.get(offset..offset + ip.payload?)?;
    let header = Header::parse(segment).ok()?;
    Some(Plain { hosts, is_ipv6, mark, segment, header, offset })
}

/// The length of a link header that IP follows, and whether that is IPv6.
#[expect(clippy::inline_always, reason = "as of its caller")]
#[inline(always)]
fn to_ip(link: Result<Step, Fault>) -> Option<(usize, bool)> {
    let Step { length, next, .. } = link.ok()?;
    match next {
        Next::Header(Protocol::Ipv4) => Some((length, false)),
        Next::Header(Protocol::Ipv6) => Some((length, true)),
        _ => None,
    }
}

impl<'a> From<Plain<'a>> for TcpPacket<'a> {
    fn from(plain: Plain<'a>) -> Self {
        let Plain { hosts, is_ipv6, mark, segment, header, offset } = plain;
        let address = |Number(number): Number| {
            if is_ipv6 { IpAddr::V6(number.into()) } else { IpAddr::V4((number as u32).into()) }
        };
        let [source, destination] = hosts.map(address);
        let path = Path::default();
        Self { source, destination, mark, path, segment, header, fault: None, offset, cut: 0 }
    }
}
