//! The walk through a packet's headers, from its first byte to TCP, tunnels included.
//!
//! [`walk`] is for every packet: it allocates nothing on the way to a TCP segment. [`annotate()`] takes the same steps
//! and writes down what every bit means. Neither keeps anything from one packet to the next.
//!
//! Lengths are trusted as far as the bytes go. A header that says how much follows it limits what the next one can see,
//! so Ethernet's padding is never taken for data. What it promises beyond the captured bytes is counted in `cut`.
//! Annotation shows checksums; they're never a reason to drop a packet.

mod annotate;
mod complaint;
mod plain;
mod registry;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

pub use annotate::{Annotated, annotate, annotate_datagram};
pub use complaint::{Complaint, Reason, complaint};
pub(crate) use plain::{Number, Plain, plain};

pub use super::headers::link_types::name as link_type_name;
pub use super::headers::{Fault, Protocol};
use super::headers::{Next, Payload, Step, checksum, ip_protocols, link_types};
use super::link::{ethernet, vlan};
use super::network::fragments::{Datagram, FragmentOf, Key, Piece};
use super::network::{Mark, Path, ipv4, ipv6, ipv6_extension, overlay};
use super::transport::header::Header;
use crate::limits::MOST_HEADERS;

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
    /// A malformed header.
    Damaged(Fault),
}

/// A TCP segment in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpPacket<'a> {
    /// The sender's address, from the innermost IP header.
    pub source: IpAddr,
    /// The receiver's address.
    pub destination: IpAddr,
    /// What else that header has.
    pub mark: Mark,
    /// The networks that the packet is in.
    pub path: Path,
    /// Header and payload, as far as they were captured.
    pub segment: &'a [u8],
    /// Its header.
    pub header: Header<'a>,
    /// Why the header couldn't be read to its end, if it couldn't. Then there's no payload.
    pub fault: Option<Fault>,
    /// Where in the packet (or the reassembled datagram) the segment starts, in bytes.
    pub offset: usize,
    /// How many payload bytes the IP header promises beyond those that are there: a short snap length cut them off.
    pub cut: usize,
}

/// TCP's protocol number, and where its checksum is (RFC 9293 §3.1).
const TCP: u8 = 6;
const CHECKSUM: usize = 16;

impl TcpPacket<'_> {
    /// Whether all of the segment is there and its checksum is right.
    #[must_use]
    #[cold]
    pub fn is_intact(&self) -> bool {
        let pseudo_header = checksum::pseudo_header(self.source, self.destination, TCP, self.segment.len());
        self.cut == 0 && checksum::judge(pseudo_header, self.segment, CHECKSUM) == checksum::Checksum::Correct
    }

    /// What's wrong with the header itself, so that its numbers and flags mustn't be acted on. A header that the
    /// capture merely cut off is as valid as any.
    #[must_use]
    pub fn damage(&self) -> Option<Fault> {
        self.fault.filter(|fault| !matches!(fault, Fault::Cut { .. }))
    }
}

/// Finds what a packet carries.
///
/// `link_type` is the LINKTYPE number of what `data` begins with.
#[must_use]
pub fn walk(link_type: u16, data: &[u8]) -> Outcome<'_> {
    match plain(link_type, data) {
        Some(plain) => Outcome::Tcp(plain.into()),
        None => every_step(link_type, data),
    }
}

fn every_step(link_type: u16, data: &[u8]) -> Outcome<'_> {
    let mut walk = Walk::new(data);
    let end = walk.run(link_types::behind(link_type, data), &mut ());
    walk.outcome(end)
}

/// Goes on at the payload of a datagram that was put together from fragments.
///
/// Offsets in the outcome count from the start of that payload; `datagram.runs` says which packet each byte is from.
#[must_use]
pub fn walk_datagram(datagram: &Datagram) -> Outcome<'_> {
    let (mut walk, next) = behind_ip(datagram);
    let end = walk.run(next, &mut ());
    walk.outcome(end)
}

fn behind_ip(datagram: &Datagram) -> (Walk<'_>, Next) {
    let mut walk = Walk::new(&datagram.payload);
    (walk.source, walk.destination, walk.path) = (datagram.source, datagram.destination, datagram.path);
    (walk, ip_protocols::behind(datagram.protocol))
}

/// Sees each header as the walk comes to it.
trait Visitor {
    /// A header of `length` bytes at `walk.at`; it is all there.
    fn header(&mut self, protocol: Protocol, walk: &Walk<'_>, length: usize);

    /// Bytes after the end that the last header gives for its content.
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
    /// The innermost IP header's ends: who sent the packet, and who gets it in the end, whatever hop it's on.
    source: IpAddr,
    destination: IpAddr,
    mark: Mark,
    /// The networks around that header.
    path: Path,
    /// A routing header with hops left whose last one isn't known: the checksum was computed with that one.
    rerouted: bool,
    /// Which piece of a datagram the innermost IP header says this is.
    piece: Option<Piece>,
    /// The TCP header, where it starts, and what is wrong with it.
    tcp: Option<(usize, Header<'a>, Option<Fault>)>,
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
            mark: Mark::default(),
            path: Path::default(),
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

    fn step(&mut self, protocol: Protocol) -> Result<Step, Fault> {
        let data = self.rest();
        match protocol {
            Protocol::Ethernet => ethernet::parse(data),
            Protocol::Vlan | Protocol::ServiceVlan => {
                let step = vlan::parse(protocol, data)?;
                self.path = vlan::identifier(data).map_or(self.path, |number| self.path.through(protocol, number));
                Ok(step)
            }
            Protocol::Vxlan | Protocol::Geneve => {
                let step = protocol.header().step(protocol, data)?;
                self.path = self.path.through(protocol, overlay::network(data));
                Ok(step)
            }
            Protocol::Ipv4 => {
                let header = ipv4::parse(data)?;
                self.tunnelled(protocol);
                (self.source, self.destination) = (header.source.into(), header.destination.into());
                (self.mark, self.piece, self.rerouted) = (header.mark, header.piece, false);
                Ok(header.step)
            }
            Protocol::Ipv6 => {
                let header = ipv6::parse(data)?;
                self.tunnelled(protocol);
                (self.source, self.destination) = (header.source.into(), header.destination.into());
                (self.mark, self.piece, self.rerouted) = (header.mark, None, false);
                Ok(header.step)
            }
            Protocol::DestinationOptions => {
                let step = protocol.header().step(protocol, data)?;
                if let Some(home) = ipv6_extension::home_address(data.get(..step.length).unwrap_or(data)) {
                    self.source = home.into();
                }
                Ok(step)
            }
            Protocol::Routing => {
                let step = protocol.header().step(protocol, data)?;
                if ipv6_extension::has_segments_left(data) {
                    match ipv6_extension::final_destination(data.get(..step.length).unwrap_or(data)) {
                        Some(last) => self.destination = last.into(),
                        None => self.rerouted = true,
                    }
                }
                Ok(step)
            }
            Protocol::Ipv6Fragment => {
                let (piece, step) = ipv6_extension::parse_fragment(data)?;
                self.piece = piece;
                Ok(step)
            }
            Protocol::Tcp => {
                let (header, fault) = match Header::parse(data) {
                    Ok(header) => (header, None),
                    Err(fault) => match Header::salvage(data, self.cut, fault) {
                        Some((header, fault)) => (header, Some(fault.shifted(self.at))),
                        None => return Err(fault),
                    },
                };
                self.tcp = Some((self.at, header, fault));
                Ok(Step::new(header.present(data), Next::Payload(Payload::Of(protocol))))
            }
            _ => protocol.header().step(protocol, data),
        }
    }

    /// An IP header comes: if it isn't the first, those before it are a tunnel's ends. Both directions' packets are in the same.
    #[inline]
    fn tunnelled(&mut self, protocol: Protocol) {
        if !self.source.is_unspecified() {
            let ends = [self.source, self.destination].map(|end| Number::from(end).folded());
            self.path = self.path.through(protocol, ends[0].wrapping_add(ends[1]));
        }
    }

    /// Moves past a header, and moves the end to where the header says that its content ends.
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
        if let (Payload::Of(Protocol::Tcp), Some((offset, header, fault))) = (payload, self.tcp) {
            let segment = self.packet.get(offset..self.end).unwrap_or_default();
            let (source, destination, mark, path) = (self.source, self.destination, self.mark, self.path);
            // The missing part of the header isn't payload.
            let cut = self.cut.saturating_sub(header.header_length.saturating_sub(segment.len()));
            let packet = TcpPacket { source, destination, mark, path, segment, header, fault, offset, cut };
            // Where a damaged header ends, and with it how much payload there should be, nobody can tell.
            return Outcome::Tcp(if packet.damage().is_some() { TcpPacket { cut: 0, ..packet } } else { packet });
        }
        match (payload, self.piece) {
            (Payload::Fragment, Some(piece)) => Outcome::Fragment(FragmentOf {
                key: Key::new(self.source, self.destination, self.path, piece),
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
