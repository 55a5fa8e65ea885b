//! The walk through a packet's headers, from its first byte to TCP, tunnels included.
//!
//! [`walk`] is for every packet: it allocates nothing on the way to a TCP segment. [`annotate()`] takes the same steps
//! and writes down what every bit means. Neither keeps anything from one packet to the next.
//!
//! Lengths are trusted as far as the bytes go. A header that says how much follows it ends what the next one may see,
//! so Ethernet's padding is never taken for data; what it promises beyond the captured bytes is counted in `cut`.
//! Checksums are shown by annotation and are never a reason to drop a packet.

mod annotate;
pub(crate) mod fault;
pub(crate) mod next;
pub(crate) mod pen;
pub(crate) mod protocol;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

pub use annotate::{Annotated, annotate};
pub use fault::Fault;
pub use protocol::Protocol;

use self::next::{Next, Payload, Step};
use super::network::fragments::{Datagram, FragmentOf, Key, Piece};
use super::network::{authentication, gre, icmp, ipv4, ipv6, ipv6_extension, overlay};
use super::transport::header::{Header, udp};
use super::{link, network};

/// How many headers may stand inside one another: twice what the deepest tunnels in use come to.
const MOST_HEADERS: usize = 32;

/// What a packet carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// A TCP segment.
    Tcp(TcpPacket<'a>),
    /// A piece of an IP datagram.
    Fragment(FragmentOf<'a>),
    /// An ARP packet.
    Arp,
    /// Anything else, by name: "UDP", "ICMP", "QUIC", "link type 147".
    Other(Cow<'static, str>),
    /// A header that does not add up.
    Damaged(Fault),
}

/// A TCP segment in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpPacket<'a> {
    /// The sender's address, from the innermost IP header.
    pub source: IpAddr,
    /// The receiver's address.
    pub destination: IpAddr,
    /// Header and payload, as far as they were captured.
    pub segment: &'a [u8],
    /// Its header.
    pub header: Header<'a>,
    /// Where in the packet (or the reassembled datagram) the segment starts, in bytes.
    pub offset: usize,
    /// How many payload bytes the IP header promises beyond those that are there: a short snap length cut them off.
    pub cut: usize,
}

/// Finds what a packet carries.
///
/// `link_type` is the LINKTYPE number of what `data` begins with.
#[must_use]
pub fn walk(link_type: u16, data: &[u8]) -> Outcome<'_> {
    let mut walk = Walk::new(data);
    let end = walk.run(link::behind_link_type(link_type, data), &mut ());
    walk.outcome(end)
}

/// Goes on at the payload of a datagram that was put together from fragments.
///
/// Offsets in the outcome count from the start of that payload; `datagram.runs` says which packet each byte is from.
#[must_use]
pub fn walk_datagram(datagram: &Datagram) -> Outcome<'_> {
    let mut walk = Walk::new(&datagram.payload);
    (walk.source, walk.destination) = (datagram.source, datagram.destination);
    let end = walk.run(network::behind_ip(datagram.protocol), &mut ());
    walk.outcome(end)
}

/// Sees each header as the walk comes to it.
trait Visitor {
    /// A header of `length` bytes at `walk.at`; it is all there.
    fn header(&mut self, protocol: Protocol, walk: &Walk<'_>, length: usize);

    /// Bytes behind the end that the header just seen gives to what it carries.
    fn trailer(&mut self, start: usize, end: usize);
}

impl Visitor for () {
    #[inline]
    fn header(&mut self, _: Protocol, _: &Walk<'_>, _: usize) {}

    #[inline]
    fn trailer(&mut self, _: usize, _: usize) {}
}

/// How far the walk has come.
struct Walk<'a> {
    packet: &'a [u8],
    /// Where the next header starts.
    at: usize,
    /// Where the headers so far say that their content ends, or the captured bytes do.
    end: usize,
    /// How many bytes they promise beyond `end`.
    cut: usize,
    /// The innermost IP addresses.
    source: IpAddr,
    destination: IpAddr,
    /// A routing header with hops left: the checksum was computed with another destination.
    rerouted: bool,
    /// Which piece of a datagram the innermost IP header says this is.
    piece: Option<Piece>,
    /// The TCP header, and where it starts.
    tcp: Option<(usize, Header<'a>)>,
}

impl<'a> Walk<'a> {
    fn new(packet: &'a [u8]) -> Self {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            packet,
            at: 0,
            end: packet.len(),
            cut: 0,
            source: nowhere,
            destination: nowhere,
            rerouted: false,
            piece: None,
            tcp: None,
        }
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.packet.get(self.at..self.end).unwrap_or_default()
    }

    /// Steps from header to header, and says what the last of them carries.
    #[inline]
    fn run(&mut self, mut next: Next, visitor: &mut impl Visitor) -> Result<Payload, Fault> {
        let mut headers = 0;
        loop {
            let protocol = match next {
                Next::Header(protocol) => protocol,
                Next::Payload(payload) => return Ok(payload),
            };
            if headers == MOST_HEADERS {
                return Err(Fault::TooDeep { protocol, offset: self.at, headers });
            }
            headers += 1;
            let step = self.step(protocol).map_err(|fault| fault.shifted(self.at))?;
            visitor.header(protocol, self, step.length);
            self.advance(&step, visitor);
            next = step.next;
        }
    }

    #[inline]
    fn step(&mut self, protocol: Protocol) -> Result<Step, Fault> {
        let data = self.rest();
        match protocol {
            Protocol::Ethernet => link::ethernet::parse(data),
            Protocol::Ipv4 => {
                let header = ipv4::parse(data)?;
                (self.source, self.destination) = (header.source.into(), header.destination.into());
                (self.piece, self.rerouted) = (header.piece, false);
                Ok(header.step)
            }
            Protocol::Ipv6 => {
                let header = ipv6::parse(data)?;
                (self.source, self.destination) = (header.source.into(), header.destination.into());
                (self.piece, self.rerouted) = (None, false);
                Ok(header.step)
            }
            Protocol::Vlan | Protocol::ServiceVlan => link::vlan::parse(protocol, data),
            Protocol::Llc => link::ethernet::parse_llc(data),
            Protocol::Snap => link::ethernet::parse_snap(data),
            Protocol::Mpls => link::mpls::parse(data),
            Protocol::ControlWord => link::mpls::parse_control_word(data),
            Protocol::Pppoe => link::ppp::parse_pppoe(data),
            Protocol::Ppp => link::ppp::parse(data),
            Protocol::CiscoHdlc => link::ppp::parse_cisco(data),
            Protocol::Nflog => link::nflog::parse(data),
            Protocol::Cooked => link::cooked::parse(data),
            Protocol::Cooked2 => link::cooked::parse_2(data),
            Protocol::Null | Protocol::Loop => link::loopback::parse(protocol, data),
            Protocol::Arp => link::arp::parse(data),
            Protocol::HopByHop | Protocol::DestinationOptions => ipv6_extension::parse(protocol, data),
            Protocol::Routing => {
                let step = ipv6_extension::parse(protocol, data)?;
                self.rerouted |= ipv6_extension::has_segments_left(data);
                Ok(step)
            }
            Protocol::Ipv6Fragment => {
                let (piece, step) = ipv6_extension::parse_fragment(data)?;
                self.piece = piece;
                Ok(step)
            }
            Protocol::Authentication => authentication::parse(data),
            Protocol::Gre => gre::parse(data),
            Protocol::Erspan2 | Protocol::Erspan3 => gre::parse_erspan(protocol, data),
            Protocol::Vxlan => overlay::parse_vxlan(data),
            Protocol::Geneve => overlay::parse_geneve(data),
            Protocol::GtpU => overlay::parse_gtp_u(data),
            Protocol::Icmp | Protocol::Icmpv6 => icmp::parse(protocol, data),
            Protocol::Udp => udp::parse(data),
            Protocol::Tcp => {
                let header = Header::parse(data)?;
                self.tcp = Some((self.at, header));
                Ok(Step::new(header.header_length, Next::Payload(Payload::Of(protocol))))
            }
        }
    }

    /// Moves behind a header, and draws the end in to where it says that its content ends.
    #[inline]
    fn advance(&mut self, step: &Step, visitor: &mut impl Visitor) {
        self.at = self.end.min(self.at + step.length);
        let Some(length) = step.payload else { return };
        let available = self.end - self.at;
        if length > available {
            self.cut = length - available;
            return;
        }
        let end = self.at + length;
        if end < self.end {
            visitor.trailer(end, self.end);
        }
        (self.end, self.cut) = (end, 0);
    }

    /// What the walk found, once it has ended.
    #[inline]
    fn outcome(&self, end: Result<Payload, Fault>) -> Outcome<'a> {
        let payload = match end {
            Ok(payload) => payload,
            Err(fault) => return Outcome::Damaged(fault),
        };
        if let (Payload::Of(Protocol::Tcp), Some((offset, header))) = (payload, self.tcp) {
            let segment = self.packet.get(offset..self.end).unwrap_or_default();
            let (source, destination, cut) = (self.source, self.destination, self.cut);
            return Outcome::Tcp(TcpPacket { source, destination, segment, header, offset, cut });
        }
        match (payload, self.piece) {
            (Payload::Fragment, Some(piece)) => Outcome::Fragment(FragmentOf {
                key: Key::new(self.source, self.destination, piece),
                protocol: piece.protocol,
                offset: piece.offset,
                more: piece.more,
                data: self.rest(),
                position: self.at,
                cut: self.cut,
            }),
            (Payload::Of(Protocol::Arp), _) => Outcome::Arp,
            _ => Outcome::Other(payload.name()),
        }
    }
}
