//! Makes packets in which everything that isn't known to be safe is blanked, as a plan says.

use std::net::SocketAddr;

use super::headers;
use super::plan::Plan;
use crate::capture::Packet;
use crate::inspect::event::{Event, PacketContent, SegmentSeen, Sink};
use crate::inspect::record::Direction;
use crate::layers::stack::Outcome;

/// Blanks packets. A sink of the pass that reads them: first the pipeline is given a packet, then this.
#[derive(Debug)]
pub struct Redactor<'p> {
    plan: &'p Plan,
    segment: Option<SegmentSeen>,
    blanked: u64,
    of: u64,
}

impl<'p> Redactor<'p> {
    /// One that follows a plan.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, segment: None, blanked: 0, of: 0 }
    }

    /// The connection that the packet just read is of.
    #[must_use]
    pub fn connection(&self) -> Option<u64> {
        self.segment.map(|segment| segment.connection)
    }

    /// How many bytes became others so far, and of how many.
    #[must_use]
    pub fn blanked(&self) -> (u64, u64) {
        (self.blanked, self.of)
    }

    /// What becomes of the bytes of the packet just read: as many. Checksums that were right are right again.
    pub fn redacted(&mut self, packet: &Packet<'_>) -> Vec<u8> {
        let (mut data, annotated) = headers::kept(packet, self.plan.is_headed(packet.number));
        match (&annotated.outcome, &annotated.payload) {
            (Outcome::Tcp(tcp), Some(payload)) => {
                if let (Some(segment), Some(into)) = (self.segment, data.get_mut(payload.clone())) {
                    let source = SocketAddr::new(tcp.source, tcp.header.source_port);
                    let destination = SocketAddr::new(tcp.destination, tcp.header.destination_port);
                    let from = match self.plan.client(segment.connection) {
                        Some(client) if client == source && client != destination => Direction::Client,
                        Some(client) if client == destination && client != source => Direction::Server,
                        _ => segment.direction,
                    };
                    self.plan.fill((segment.connection, from), segment.stream_offset, into);
                    if let Some(new) = self.plan.differing(packet.number) {
                        for (position, byte) in (segment.stream_offset..).zip(into) {
                            *byte ^= u8::from(!new.iter().any(|new| new.contains(&position)));
                        }
                    }
                }
            }
            (Outcome::Fragment(_), _) => {
                for it in self.plan.fragment(packet.number) {
                    if let Some(into) = data.get_mut(it.offset..it.offset + it.length) {
                        self.plan.fill(it.stream, it.start, into);
                    }
                }
            }
            _ => headers::name_again(packet, &annotated, &mut data),
        }
        self.of += data.len() as u64;
        self.blanked += data.iter().zip(packet.data).filter(|(new, old)| new != old).count() as u64;
        headers::correct(packet, &annotated, &mut data);
        data
    }
}

impl Sink for Redactor<'_> {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Packet(it) = event {
            self.segment = match &it.content {
                PacketContent::Tcp(segment) => Some(*segment),
                _ => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{LinkType, Timestamp};
    use crate::layers::stack::{self, samples};

    #[test]
    fn whatever_carries_a_segment_still_carries_it() {
        for (name, link, data) in samples::carriers() {
            let original_length = data.len() as u32;
            let packet = Packet {
                number: 1,
                time: Timestamp(0),
                interface: 0,
                link: LinkType(link),
                original_length,
                data: &data,
            };
            let plan = Plan::default();
            let redacted = Redactor::new(&plan).redacted(&packet);
            let (Outcome::Tcp(was), Outcome::Tcp(is)) = (stack::walk(link, &data), stack::walk(link, &redacted)) else {
                panic!("{name}: {:?}", stack::walk(link, &redacted));
            };
            assert_eq!((was.source, was.destination, was.offset), (is.source, is.destination, is.offset), "{name}");
            assert_eq!(was.header.source_port, is.header.source_port, "{name}");
            assert!(is.header.payload.iter().all(|byte| *byte == 0), "{name}");
        }
    }
}
