//! Every bit of a packet, named: the walk, with each header written down on the way.
//!
//! The fields' leaves and the TCP payload, which is left to the application layer, tile the captured bytes.

use std::ops::Range;

use super::{Outcome, TcpPacket, Visitor, Walk, behind_ip};
use crate::layers::headers::checksum::{self, Checksum};
use crate::layers::headers::{Fault, Next, Payload, Pen, Protocol, count, link_types};
use crate::layers::network::fragments::Datagram;
use crate::layers::{Field, Layer, Origin, Span};

/// A packet's headers, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated<'a> {
    /// One field for each header, in order, and one for each stretch of bytes that isn't a header.
    pub fields: Vec<Field>,
    /// The bytes of the packet that are TCP payload, if there are any; no field covers them.
    pub payload: Option<Range<usize>>,
    /// What the packet carries, exactly as [`walk`](super::walk) tells it.
    pub outcome: Outcome<'a>,
}

impl<'a> Annotated<'a> {
    /// The TCP segment, if the packet carries one.
    #[must_use]
    pub fn tcp(&self) -> Option<&TcpPacket<'a>> {
        match &self.outcome {
            Outcome::Tcp(packet) => Some(packet),
            _ => None,
        }
    }

    /// What stopped the decoding before its end.
    #[must_use]
    pub fn stopped(&self) -> Option<Fault> {
        match self.outcome {
            Outcome::Damaged(fault) => Some(fault),
            Outcome::Tcp(TcpPacket { fault, .. }) => fault,
            _ => None,
        }
    }
}

/// Names every bit of a packet but those of its TCP payload.
///
/// `link_type` is the LINKTYPE number of what `data` begins with; spans are in packet `number`.
#[must_use]
pub fn annotate(link_type: u16, number: u64, data: &[u8]) -> Annotated<'_> {
    named(Walk::new(data), link_types::behind(link_type, data), Origin::Packet(number))
}

/// The same for the payload of a datagram that was put together from fragments; spans are in `origin`.
#[must_use]
pub fn annotate_datagram(datagram: &Datagram, origin: Origin) -> Annotated<'_> {
    let (walk, next) = behind_ip(datagram);
    named(walk, next, origin)
}

fn named(mut walk: Walk<'_>, next: Next, origin: Origin) -> Annotated<'_> {
    let mut annotator = Annotator { origin, fields: Vec::new(), headers: Vec::new(), trailers: Vec::new() };
    let end = walk.run(next, &mut annotator);
    let rest = walk.at..walk.end;
    let mut payload = None;
    match end {
        _ if rest.is_empty() => {}
        Ok(Payload::Of(Protocol::Tcp)) => match walk.tcp {
            Some((_, _, Some(fault))) => annotator.undecoded(&fault, rest),
            _ => payload = Some(rest),
        },
        Ok(other) => annotator.payload(other, rest),
        Err(fault) => annotator.undecoded(&fault, rest),
    }
    annotator.add_trailers();
    Annotated { fields: annotator.fields, payload, outcome: walk.outcome(end) }
}

struct Annotator {
    origin: Origin,
    fields: Vec<Field>,
    /// The headers so far, and where each starts.
    headers: Vec<(Protocol, usize)>,
    /// What comes after the content of a header, outermost first.
    trailers: Vec<Trailer>,
}

struct Trailer {
    /// The header whose frame or datagram it ends.
    carrier: Protocol,
    /// Whether Ethernet's least length explains it.
    padding: bool,
    bytes: Range<usize>,
}

/// The least length of an Ethernet frame, its check sequence and a VLAN tag included (IEEE 802.3 §3.2.8).
const LEAST_FRAME: usize = 68;

impl Visitor for Annotator {
    fn header(&mut self, protocol: Protocol, walk: &Walk<'_>, length: usize) {
        self.headers.push((protocol, walk.at));
        let rest = walk.rest();
        let about = protocol.about();
        let header = rest.get(..length).unwrap_or(rest);
        let pen = Pen::new(self.origin, walk.at, header, about.layer, about.clause);
        let mut pen = pen.with_checksum(checksum_of(protocol, walk));
        let value = protocol.header().write(&mut pen);
        self.fields.push(pen.finish(about.name, value, about.meaning, about.clause));
    }

    fn trailer(&mut self, start: usize, end: usize) {
        // The header that sets the end was carried by the one before it, so the bytes belong to that one.
        let carrier = self.headers.iter().rev().nth(1).or(self.headers.last());
        let Some((carrier, _)) = carrier else { return };
        let frame = self.headers.iter().rev().find(|(protocol, _)| *protocol == Protocol::Ethernet);
        let padding = carrier.layer() == Layer::DataLink && frame.is_some_and(|(_, frame)| end - frame <= LEAST_FRAME);
        self.trailers.push(Trailer { carrier: *carrier, padding, bytes: start..end });
    }
}

/// What a header's checksum says, if it covers more than the header.
fn checksum_of(protocol: Protocol, walk: &Walk<'_>) -> Checksum {
    match protocol {
        Protocol::Icmp if walk.cut == 0 => checksum::judge(0, walk.rest(), 2),
        Protocol::Icmpv6 => with_pseudo_header(walk, 58, walk.rest(), 2),
        Protocol::Tcp => with_pseudo_header(walk, 6, walk.rest(), 16),
        Protocol::Udp => udp_checksum(walk),
        _ => Checksum::Unverifiable,
    }
}

/// What the checksum at byte `at` says about `covered` and the pseudo-header.
fn with_pseudo_header(walk: &Walk<'_>, protocol: u8, covered: &[u8], at: usize) -> Checksum {
    if walk.cut > 0 || walk.rerouted {
        return Checksum::Unverifiable;
    }
    let pseudo_header = checksum::pseudo_header(walk.source, walk.destination, protocol, covered.len());
    checksum::judge(pseudo_header, covered, at)
}

fn udp_checksum(walk: &Walk<'_>) -> Checksum {
    let rest = walk.rest();
    let Some(&[_, _, _, _, l1, l2, c1, c2]) = rest.first_chunk() else { return Checksum::Unverifiable };
    match usize::from(u16::from_be_bytes([l1, l2])) {
        _ if walk.source.is_ipv4() && [c1, c2] == [0, 0] => Checksum::NotUsed,
        0 => with_pseudo_header(walk, 17, rest, 6),
        length => match rest.get(..length) {
            Some(covered) => with_pseudo_header(walk, 17, covered, 6),
            None => Checksum::Unverifiable,
        },
    }
}

impl Annotator {
    fn undecoded(&mut self, fault: &Fault, bytes: Range<usize>) {
        let about = fault.protocol().about();
        let meaning = format!("Cannot be read as {}: {fault}.", about.name);
        self.leaf(about.layer, "undecoded bytes", meaning, bytes, about.clause);
    }

    fn payload(&mut self, payload: Payload, bytes: Range<usize>) {
        let meaning = match payload {
            Payload::Fragment => {
                "A piece of a packet that was cut up; it makes sense only together with the other pieces.".to_owned()
            }
            _ => format!("{}: this tool does not look inside.", payload.name()),
        };
        let clause = self.headers.last().map_or("", |(protocol, _)| protocol.about().clause);
        self.leaf(payload.layer(), "payload", meaning, bytes, clause);
    }

    fn add_trailers(&mut self) {
        while let Some(Trailer { carrier, padding, bytes }) = self.trailers.pop() {
            let (name, meaning) = if padding {
                (
                    "Ethernet padding",
                    "Fills the frame up to the length that Ethernet needs at least; no part of the packet.",
                )
            } else {
                ("trailer", "Stands behind the end of what the headers before it carry; no part of that.")
            };
            let about = carrier.about();
            self.leaf(about.layer, name, meaning, bytes, about.clause);
        }
    }

    fn leaf(
        &mut self,
        layer: Layer,
        name: &'static str,
        meaning: impl Into<std::borrow::Cow<'static, str>>,
        bytes: Range<usize>,
        clause: &'static str,
    ) {
        let spans = vec![Span { origin: self.origin, bits: bytes.start as u64 * 8..bytes.end as u64 * 8 }];
        self.fields.push(Field::new(layer, name, count(bytes.len()), meaning, spans, clause));
    }
}
