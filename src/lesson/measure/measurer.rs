//! Computes the measures: one fold over what the inspector finds in one side's capture.

use std::mem::take;

use super::arrivals::Arrivals;
use super::content::chunking;
use super::flights::Flights;
use super::payloads::Payloads;
use super::seen::Seen;
use super::turns::{Turns, is_open};
use super::{LowerHeaders, Measures};
use crate::inspect::event::{Event, Novelty, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Connection, Direction, Exchange, Extent, Frame, HttpMessage, Message, Moment, Response};
use crate::layers::application::websocket::{CLOSE, PING, PONG};
use crate::layers::transport::header::{RST, SYN};

/// How many responses and messages have moments: what comes after them is only counted.
const MAX_COMPLETIONS: usize = 1 << 20;

/// Takes events, gives [`Measures`].
#[derive(Debug, Default)]
pub struct Measurer {
    measures: Measures,
    /// Payload of all streams, each byte once.
    stream_bytes: u64,
    turns: Turns,
    /// The latest segment: a packet comes before the connection it opens, and turns need to know the connection.
    held: Option<(u64, SegmentSeen)>,
    /// The connection of the first SYN.
    first_connection: Option<u64>,
    /// That SYN, or its latest repetition.
    latest_syn: Moment,
    seen: Seen,
    arrivals: Arrivals,
    flights: Flights,
    payloads: Payloads,
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

    /// Takes what the headers of all packets below TCP come to: the events do not say.
    #[must_use]
    pub fn with_lower_headers(mut self, headers: LowerHeaders) -> Self {
        self.measures.lower_headers = headers;
        self
    }

    /// A measurer that has seen nothing yet, and knows which packets will be lost on the way.
    #[must_use]
    pub fn without(lost: impl IntoIterator<Item = u64>) -> Self {
        Self { arrivals: Arrivals::without(lost), ..Self::default() }
    }

    /// The measures of what was seen.
    #[must_use]
    pub fn finish(mut self) -> Measures {
        self.settle();
        self.complete();
        let mut measures = self.measures;
        measures.connections = self.turns.connections;
        measures.round_trips = self.turns.round_trips;
        measures.handshake_round_trips = self.turns.handshakes;
        (measures.flights, measures.first_flight_bytes) = (self.flights.most, self.flights.first_bytes);
        (measures.message_bytes, measures.grown_messages) = (self.payloads.bytes, self.payloads.grown);
        // However odd the capture, the parts are within the whole: a payload is in packets, a header in a payload.
        let payload = self.stream_bytes.min(measures.wire_bytes.sum());
        measures.protocol_bytes = measures.protocol.sum().min(payload);
        measures.useful_bytes = payload - measures.protocol_bytes;
        // A response that ends with its connection is reported after later ones.
        measures.completions.sort_unstable_by_key(|moment| (moment.time, moment.packet));
        measures
    }

    fn packet(&mut self, packet: &PacketSeen) {
        self.settle();
        let number = packet.moment.packet;
        let measures = &mut self.measures;
        if packet.content == PacketContent::Arp {
            measures.arp_packets.one(number);
            return;
        }
        measures.packets.one(number);
        measures.lost_packets.one_if(self.arrivals.is_lost(number), number);
        measures.wire_bytes.add(packet.original_length.into(), number, number);
        if let PacketContent::Tcp(segment) = packet.content {
            measures.data_packets.one_if(segment.payload_length > 0, number);
            measures.resets.one_if(segment.flags & RST != 0, number);
            // A reset's window says nothing (RFC 9293 §3.10.7).
            measures.zero_windows.one_if(segment.flags & (SYN | RST) == 0 && segment.window == 0, number);
            measures.retransmissions.one_if(segment.novelty == Novelty::Repeated, number);
            measures.payload.add(self.seen.new_bytes(&segment), number, number);
            self.first_handshake(packet.moment, &segment);
            self.arrivals.segment(packet.moment, &segment);
            self.flights.segment(number, &segment);
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
            self.turns.segment(packet, &segment);
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        // One row of a ladder is a request's, another its response's: where each is complete.
        let asked = exchange.request.as_ref().map_or(exchange.extent().first, |request| request.message.extent.last);
        let (asked, answered) = (asked.packet, exchange.extent().last.packet);
        self.measures.exchanges.add(1, asked, answered);
        self.measures.content.exchange(exchange);
        self.measures.reused_exchanges.add(u64::from(exchange.index > 0), asked, answered);
        let request = exchange.request.iter().map(|request| &request.message);
        let responses = exchange.interim.iter().chain(&exchange.response).map(|response| &response.message);
        for message in request.chain(responses) {
            self.talk(framing(message), message.body_bytes, message.extent);
        }
        let is_final = |response: &&Response| response.message.complete && response.status >= 200;
        if let Some(response) = exchange.response.as_ref().filter(is_final) {
            let extent = response.message.extent;
            self.first_byte.get_or_insert((exchange.connection, Direction::Server, extent.first));
            self.measures.responses.one(extent.last.packet);
            self.completed(exchange.connection, Direction::Server, extent);
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let packet = frame.extent.last.packet;
        self.measures.frames.one(packet);
        self.payloads.frame(frame);
        self.measures.framing.frame(frame);
        match frame.opcode {
            CLOSE => self.measures.close_frames.one(packet),
            PING => self.measures.pings.one(packet),
            PONG => _ = self.pong.get_or_insert((frame.connection, frame.direction, frame.extent.last)),
            _ => {}
        }
        self.talk(frame.header_bytes.into(), frame.payload_seen, frame.extent);
    }

    fn message(&mut self, message: &Message) {
        self.measures.messages.one(message.extent.last.packet);
        self.payloads.message(message);
        self.completed(message.connection, message.direction, message.extent);
    }

    fn closed(&mut self, connection: &Connection) {
        self.settle();
        self.turns.closed(connection);
        let seen = connection.client_bytes.saturating_add(connection.server_bytes);
        self.stream_bytes = self.stream_bytes.saturating_add(seen);
    }

    /// Something was said: so many bytes around it, and of it.
    fn talk(&mut self, around: u64, content: u64, extent: Extent) {
        let (first, last) = (extent.first.packet, extent.last.packet);
        self.measures.protocol.add(around, first, last);
        self.measures.content_bytes.add(content, first, last);
    }

    fn completed(&mut self, connection: u64, direction: Direction, extent: Extent) {
        self.flights.sent(connection, direction, extent);
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
            self.measures.held_back.add(is_held_back.into(), sent.packet, there.packet);
            if wait > self.measures.longest_wait.map_or(0, |(sent, there)| there.time.since(sent.time)) {
                self.measures.longest_wait = Some((sent, there));
            }
            self.measures.completions.push(there);
        }
    }
}

/// The bytes of a message that are not its content: start line, field lines, chunk framing and trailers.
fn framing(message: &HttpMessage) -> u64 {
    message.header_bytes.saturating_add(chunking(message))
}

impl Sink for Measurer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(packet) => self.packet(packet),
            Event::Opened(connection) => self.turns.opened(connection),
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::Frame(frame) => self.frame(frame),
            Event::Message(message) => self.message(message),
            Event::Problem(problem) => self.measures.problems.one(problem.packet),
            Event::Closed(connection) => self.closed(connection),
            Event::Request(_)
            | Event::Response(_)
            | Event::Upgraded(_)
            | Event::Interface(..)
            | Event::Ended(_)
            | Event::Bytes(_)
            | Event::Piece(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
