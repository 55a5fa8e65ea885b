//! Computes the measures: one fold over what the inspector finds in one side's capture.

use std::mem::take;

use super::arrivals::Arrivals;
use super::exchanges::{self, final_response};
use super::findings::Findings;
use super::flights::Flights;
use super::frames::Frames;
use super::seen::Seen;
use super::turns::{Turns, is_open};
use super::{LowerHeaders, Measure, Measures, hops};
use crate::inspect::event::{Event, Novelty, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Connection, Direction, Exchange, Extent, Frame, Message, Moment};
use crate::layers::application::websocket::PONG;
use crate::layers::transport::header::{FIN, RST, SYN};

/// How many responses and messages have moments: what comes after them is only counted.
const MAX_COMPLETIONS: usize = 1 << 20;

/// Takes events, gives [`Measures`].
#[derive(Debug, Default)]
pub struct Measurer {
    measures: Measures,
    /// Payload of all streams, each byte once.
    stream_bytes: u64,
    turns: Turns,
    /// The latest segment. A packet comes before the connection that it opens, and turns have to know the connection.
    held: Option<(u64, SegmentSeen)>,
    /// The connection of the first SYN.
    first_connection: Option<u64>,
    /// That SYN, or its latest repetition.
    latest_syn: Moment,
    seen: Seen,
    arrivals: Arrivals,
    flights: Flights,
    frames: Frames,
    findings: Findings,
    /// Where each final response and message was sent to its end.
    completed: Vec<(u64, Direction, Moment)>,
    /// Where the first final response began to be sent, and the first pong ended.
    first_byte: Option<(u64, Direction, Moment)>,
    pong: Option<(u64, Direction, Moment)>,
}

impl Measurer {
    /// A measurer that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what the headers below TCP add up to in all packets: events don't say.
    #[must_use]
    pub fn with_lower_headers(mut self, headers: LowerHeaders) -> Self {
        self.measures.tallies.set(Measure::LinkBytes, headers.link);
        self.measures.tallies.set(Measure::NetworkBytes, headers.network);
        self
    }

    /// A measurer that has seen nothing yet, and knows which packets are lost on the way.
    #[must_use]
    pub fn without(lost: impl IntoIterator<Item = u64>) -> Self {
        Self { arrivals: Arrivals::without(lost), ..Self::default() }
    }

    /// The measures of what was seen.
    #[must_use]
    pub fn finish(mut self) -> Measures {
        self.settle();
        self.complete();
        take(&mut self.findings).finish(&mut self.measures.tallies);
        let mut measures = self.measures;
        // However odd the capture, the parts are within the whole: a payload is in packets, a header in a payload.
        let payload = self.stream_bytes.min(measures.tallies.of(Measure::WireBytes).sum());
        measures.protocol_bytes = measures.tallies.of(Measure::ProtocolBytes).sum().min(payload);
        measures.useful_bytes = payload - measures.protocol_bytes;
        // A response that ends with its connection is reported after later ones.
        measures.completions.sort_unstable_by_key(|moment| (moment.time, moment.packet));
        measures
    }

    fn packet(&mut self, packet: &PacketSeen) {
        self.settle();
        let number = packet.moment.packet;
        let tallies = &mut self.measures.tallies;
        if packet.content == PacketContent::Arp {
            tallies.one(Measure::ArpPackets, number);
            return;
        }
        tallies.one(Measure::Packets, number);
        tallies.one_if(Measure::LostPackets, self.arrivals.is_lost(number), number);
        tallies.add(Measure::WireBytes, packet.original_length.into(), number, number);
        if let PacketContent::Tcp(segment) = packet.content {
            tallies.one_if(Measure::DataPackets, segment.payload_length > 0, number);
            tallies.one_if(Measure::Resets, segment.flags & RST != 0, number);
            let fin = segment.flags & FIN != 0 && segment.novelty != Novelty::Repeated;
            tallies.one_if(Measure::Fins, fin, number);
            tallies.one_if(Measure::ServerFins, fin && segment.direction == Direction::Server, number);
            // A reset's window says nothing (RFC 9293 §3.10.7).
            tallies.one_if(Measure::ZeroWindows, segment.flags & (SYN | RST) == 0 && segment.window == 0, number);
            tallies.one_if(Measure::Retransmissions, segment.novelty == Novelty::Repeated, number);
            self.measures.payload.add(self.seen.new_bytes(&segment), number, number);
            self.first_handshake(packet.moment, &segment);
            self.arrivals.segment(packet.moment, &segment);
            self.flights.segment(number, &segment);
            self.findings.segment(number, &segment);
            self.held = Some((number, segment));
        }
    }

    fn first_handshake(&mut self, moment: Moment, segment: &SegmentSeen) {
        let asks = is_open(segment.flags);
        if asks && self.first_connection.is_none() {
            self.first_connection = Some(segment.connection);
            self.measures.first_syn = Some(moment);
        }
        if self.first_connection != Some(segment.connection) || segment.direction != Direction::Client {
            return;
        }
        if asks {
            self.latest_syn = moment;
        } else {
            self.measures.first_handshake.get_or_insert((self.latest_syn, moment));
        }
    }

    fn settle(&mut self) {
        if let Some((packet, segment)) = self.held.take() {
            self.turns.segment(packet, &segment, &mut self.measures.tallies);
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        exchanges::exchange(exchange, &mut self.measures.tallies);
        if let Some(response) = final_response(exchange) {
            let extent = response.message.extent;
            self.first_byte.get_or_insert((exchange.connection, Direction::Server, extent.first));
            self.completed(exchange.connection, Direction::Server, extent);
        }
    }

    fn frame(&mut self, frame: &Frame) {
        self.frames.frame(frame, &mut self.measures.tallies);
        if frame.opcode == PONG {
            self.pong.get_or_insert((frame.connection, frame.direction, frame.extent.last));
        }
    }

    fn message(&mut self, message: &Message) {
        self.frames.message(message, &mut self.measures.tallies);
        self.completed(message.connection, message.direction, message.extent);
    }

    fn closed(&mut self, connection: &Connection) {
        self.settle();
        self.turns.closed(connection);
        self.findings.closed(connection);
        let seen = connection.client_bytes.saturating_add(connection.server_bytes);
        self.stream_bytes = self.stream_bytes.saturating_add(seen);
    }

    fn completed(&mut self, connection: u64, direction: Direction, extent: Extent) {
        self.flights.sent(connection, direction, extent, &mut self.measures.tallies);
        if self.completed.len() < MAX_COMPLETIONS {
            self.completed.push((connection, direction, extent.last));
        }
    }

    /// Finds out when what was completed was there.
    fn complete(&mut self) {
        let there = |(connection, direction, sent)| self.arrivals.complete(connection, direction, sent);
        self.measures.first_byte = self.first_byte.and_then(there);
        self.measures.first_pong = self.pong.and_then(there);
        for (connection, direction, sent) in take(&mut self.completed) {
            let Some(there) = self.arrivals.complete(connection, direction, sent) else { continue };
            let wait = there.time.since(sent.time);
            let is_held_back = wait > 0 && !self.arrivals.is_lost(sent.packet);
            self.measures.tallies.add(Measure::HeldBack, is_held_back.into(), sent.packet, there.packet);
            if wait > self.measures.longest_wait.map_or(0, |(sent, there)| there.time.since(sent.time)) {
                self.measures.longest_wait = Some((sent, there));
            }
            self.measures.completions.push(there);
        }
    }
}

impl Sink for Measurer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(packet) => self.packet(packet),
            Event::Opened(connection) => self.turns.opened(connection),
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::Frame(frame) => self.frame(frame),
            Event::Message(message) => self.message(message),
            Event::Problem(problem) => self.findings.problem(problem, &mut self.measures.tallies),
            Event::Hop(hop) => hops::hop(hop, &mut self.measures.tallies),
            Event::Closed(connection) => self.closed(connection),
            Event::Request(_)
            | Event::Response(_)
            | Event::Turned(_)
            | Event::Upgraded(_)
            | Event::Interface(..)
            | Event::Ended(_)
            | Event::Bytes(_)
            | Event::Derived(_)
            | Event::Piece(_)
            | Event::Stray(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
