//! Packets with what is secret blanked, as a plan has it.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::plan::{Carried, Fill, Plan};
use crate::capture::Packet;
use crate::inspect::event::{Event, PacketContent, SegmentSeen, Sink};
use crate::inspect::record::Direction;
use crate::layers::Origin;
use crate::layers::network::checksum::{self, Checksum};
use crate::layers::stack::{self, Outcome};
use crate::layers::transport::header::Header;

/// TCP's protocol number (RFC 9293 §3.1).
const TCP: u8 = 6;
/// Where in a TCP header its checksum is.
const CHECKSUM: usize = 16;
/// How much of the end of each stream is remembered, for copies sent again, in bytes.
const REMEMBERED: usize = 16 << 10;
/// How much of all of them.
const MOST_REMEMBERED: usize = 16 << 20;

/// Blanks packets. A sink of the pass that reads them, which must be asked for
/// [pieces](crate::inspect::Options::pieces): first the pipeline is given a packet, then this.
#[derive(Debug)]
pub struct Redactor<'p> {
    plan: &'p Plan,
    packet: u64,
    segment: Option<SegmentSeen>,
    carried: Vec<Carried>,
    /// The latest bytes of each stream, blanked, and the position behind the last.
    recent: HashMap<(u64, Direction), (Vec<u8>, u64), RandomState>,
    remembered: usize,
}

impl<'p> Redactor<'p> {
    /// One that follows a plan.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, packet: 0, segment: None, carried: Vec::new(), recent: HashMap::default(), remembered: 0 }
    }

    /// The connection that the packet just read is of.
    #[must_use]
    pub fn connection(&self) -> Option<u64> {
        self.segment.map(|segment| segment.connection)
    }

    /// The bytes of the packet just read, as many as it has. Headers up to TCP stay, and its checksum is right where it
    /// was.
    pub fn blanked(&mut self, packet: &Packet<'_>) -> Vec<u8> {
        let (mut data, payload) = headers(packet);
        let late = self.plan.late(packet.number);
        let carried = std::mem::take(&mut self.carried);
        let fresh: usize = carried.iter().map(|it| it.length).sum();
        if self.segment.is_some_and(|segment| fresh < segment.payload_length as usize) {
            self.repeat(&mut data, payload);
        }
        for it in carried.iter().chain(late) {
            self.fill(&mut data, packet.data, it);
        }
        for it in &carried {
            self.remember(&data, it);
        }
        correct(packet, &mut data);
        data
    }

    fn fill(&self, data: &mut [u8], original: &[u8], it: &Carried) {
        let end = it.start + it.length as u64;
        for stretch in self.plan.stretches(it.stream, it.start, end) {
            for position in stretch.start.max(it.start)..stretch.end.min(end) {
                let at = it.offset + (position - it.start) as usize;
                let (Some(byte), Some(was)) = (data.get_mut(at), original.get(at)) else { return };
                *byte = match stretch.fill {
                    Fill::Keep => *was,
                    Fill::Byte(byte) => byte,
                    Fill::Masked(byte, key, start) => byte ^ key[((position - start) % 4) as usize],
                };
            }
        }
    }

    fn remember(&mut self, data: &[u8], it: &Carried) {
        let Some(bytes) = data.get(it.offset..it.offset + it.length) else { return };
        if self.remembered + bytes.len() > MOST_REMEMBERED {
            self.recent.clear();
            self.remembered = 0;
        }
        let (recent, end) = self.recent.entry(it.stream).or_default();
        self.remembered -= recent.len();
        if *end != it.start {
            recent.clear();
        }
        recent.extend_from_slice(bytes);
        recent.drain(..recent.len().saturating_sub(REMEMBERED));
        *end = it.start + it.length as u64;
        self.remembered += recent.len();
    }

    /// What was sent before becomes again what it became then: nothing of it was read a second time.
    fn repeat(&self, data: &mut [u8], payload: usize) {
        let Some(segment) = self.segment else { return };
        let Some((recent, end)) = self.recent.get(&(segment.connection, segment.direction)) else { return };
        let start = end.saturating_sub(recent.len() as u64);
        for (position, byte) in
            (segment.stream_offset..).zip(data.iter_mut().skip(payload)).take(segment.payload_length as usize)
        {
            let was = position.checked_sub(start).and_then(|at| recent.get(at as usize));
            *byte = was.copied().unwrap_or(0);
        }
    }
}

impl Sink for Redactor<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) => {
                self.packet = it.moment.packet;
                self.carried.clear();
                self.segment = match &it.content {
                    PacketContent::Tcp(segment) => Some(*segment),
                    _ => None,
                };
            }
            Event::Bytes(it) if it.run.origin == Origin::Packet(self.packet) => self.carried.push((&it).into()),
            Event::Closed(it) => {
                for direction in [Direction::Client, Direction::Server] {
                    if let Some((recent, _)) = self.recent.remove(&(it.number, direction)) {
                        self.remembered -= recent.len();
                    }
                }
            }
            _ => {}
        }
    }
}

/// A packet's headers, with zeros for all else; and where its TCP payload begins.
fn headers(packet: &Packet<'_>) -> (Vec<u8>, usize) {
    let mut data = vec![0; packet.data.len()];
    let annotated = stack::annotate(packet.link.0, packet.number, packet.data);
    let mut keep = |start: usize, end: usize| {
        if let (Some(into), Some(from)) = (data.get_mut(start..end), packet.data.get(start..end)) {
            into.copy_from_slice(from);
        }
    };
    // What has no parts is no header.
    for span in annotated.fields.iter().filter(|field| !field.parts.is_empty()).flat_map(|field| &field.spans) {
        keep(span.bits.start as usize / 8, span.bits.end as usize / 8);
    }
    if let Outcome::Fragment(it) = &annotated.outcome
        && (it.offset, it.protocol) == (0, TCP)
        && let Ok(header) = Header::parse(it.data)
    {
        keep(it.position, it.position + header.header_length);
    }
    let payload = annotated.payload.map_or(data.len(), |payload| payload.start);
    (data, payload)
}

/// Corrects the TCP checksum, where it was right or could not be told to be wrong (RFC 1624).
fn correct(packet: &Packet<'_>, data: &mut [u8]) {
    let Outcome::Tcp(tcp) = stack::walk(packet.link.0, packet.data) else { return };
    let pseudo_header = checksum::pseudo_header(tcp.source, tcp.destination, TCP, tcp.segment.len());
    if tcp.cut == 0 && checksum::judge(pseudo_header, tcp.segment, CHECKSUM) != Checksum::Correct {
        return;
    }
    let start = tcp.offset + tcp.header.header_length;
    let end = start + tcp.header.payload.len();
    let Some(became) = data.get(start..end) else { return };
    let (was, became) =
        (checksum::fold(checksum::add(0, tcp.header.payload)), checksum::fold(checksum::add(0, became)));
    let at = tcp.offset + CHECKSUM;
    if let Some(field) = data.get_mut(at..at + 2) {
        let old = u16::from_be_bytes([field[0], field[1]]);
        let sum = checksum::fold(u64::from(!old) + u64::from(!was) + u64::from(became));
        field.copy_from_slice(&(!sum).to_be_bytes());
    }
}
