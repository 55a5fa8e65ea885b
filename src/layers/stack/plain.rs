//! The walk's shortcut for what nearly every packet is: Ethernet, IPv4 and TCP, all there and nothing else.
//!
//! It is made of the parsers that the walk is made of. With no state to keep between them, what the headers say stays in
//! registers, and what the caller does not ask for is not put together.

use std::net::Ipv4Addr;

use super::TcpPacket;
use super::next::Next;
use super::protocol::Protocol;
use crate::layers::link::ethernet;
use crate::layers::network::ipv4;
use crate::layers::transport::header::Header;

/// A TCP segment that came the usual way, whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<'a> {
    pub(crate) source: Ipv4Addr,
    pub(crate) destination: Ipv4Addr,
    /// Header and payload.
    segment: &'a [u8],
    pub(crate) header: Header<'a>,
    /// Where in the packet the segment starts, in bytes.
    pub(crate) offset: usize,
}

/// Takes the shortcut; `None` where there is anything else about the packet.
#[expect(clippy::inline_always, reason = "what is not asked for is left out only where the caller is known")]
#[inline(always)]
pub(crate) fn plain(link_type: u16, data: &[u8]) -> Option<Plain<'_>> {
    if link_type != 1 {
        return None;
    }
    let ethernet = ethernet::parse(data).ok()?;
    let ip = match ethernet.next {
        Next::Header(Protocol::Ipv4) => ipv4::parse(data.get(ethernet.length..)?).ok()?,
        _ => return None,
    };
    if !matches!(ip.step.next, Next::Header(Protocol::Tcp)) {
        return None;
    }
    let offset = ethernet.length + ip.step.length;
    let segment = data.get(offset..offset + ip.step.payload?)?;
    let header = Header::parse(segment).ok()?;
    Some(Plain { source: ip.source, destination: ip.destination, segment, header, offset })
}

impl<'a> From<Plain<'a>> for TcpPacket<'a> {
    fn from(plain: Plain<'a>) -> Self {
        let Plain { source, destination, segment, header, offset } = plain;
        Self { source: source.into(), destination: destination.into(), segment, header, fault: None, offset, cut: 0 }
    }
}
