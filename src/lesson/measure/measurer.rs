//! Computes the measures: one fold over what the inspector finds in one side's capture.

use std::mem::take;

use super::arrivals::Arrivals;
use super::content::chunking;
use super::flights::Flights;
use super::payloads::Payloads;
use super::turns::{Turns, is_open};
use super::{LowerHeaders, Measures};
use crate::capture::Timestamp;
use crate::inspect::event::{Event, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Connection, Direction, Exchange, Extent, Frame, HttpMessage, Message, Moment, Response};

/// How many responses and messages have moments: what comes after them is only counted.
const MAX_COMPLETIONS: usize = 1 << 20;

const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

const SYN: u8 = 2;
const RST: u8 = 4;

/// Takes events, gives [`Measures`].
#[derive(Debug, Default)]
pub struct Measurer {
    measures: Measures,
    /// Payload of all streams, each byte once.
    stream_bytes: u64,
    turns: Turns,
    /// The latest segment: a packet comes before the connection it opens, and turns need to know the connection.
    held: Option<SegmentSeen>,
    /// The connection of the first SYN.
    first_connection: Option<u64>,
    /// When that SYN was sent, or sent again.
    latest_syn: Timestamp,
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
        let payload = self.stream_bytes.min(measures.wire_bytes);
        measures.protocol_bytes = measures.protocol_bytes.min(payload);
        measures.useful_bytes = payload - measures.protocol_bytes;
        // A response that ends with its connection is reported after later ones.
        measures.completions.sort_unstable();
        measures
    }

    fn packet(&mut self, packet: &PacketSeen) {
        self.settle();
        if packet.content == PacketContent::Arp {
            self.measures.arp_packets += 1;
            return;
        }
        self.measures.packets += 1;
        self.measures.lost_packets += u64::from(self.arrivals.is_lost(packet.moment.packet));
        self.measures.wire_bytes = self.measures.wire_bytes.saturating_add(packet.original_length.into());
        if let PacketContent::Tcp(segment) = packet.content {
            self.measures.data_packets += u64::from(segment.payload_length > 0);
            self.measures.resets += u64::from(segment.flags & RST != 0);
            // A reset's window says nothing (RFC 9293 §3.10.7).
            self.measures.zero_windows += u64::from(segment.flags & (SYN | RST) == 0 && segment.window == 0);
            self.first_handshake(packet.moment.time, &segment);
            self.arrivals.segment(packet.moment, &segment);
            self.flights.segment(packet.moment.packet, &segment);
            self.held = Some(segment);
        }
    }

    fn first_handshake(&mut self, time: Timestamp, segment: &SegmentSeen) {
        let asks = is_open(segment.flags);
        if asks && self.first_connection.is_none() {
            self.first_connection = Some(segment.connection);
            self.measures.first_syn = Some(time);
        }
        if self.first_connection != Some(segment.connection) || segment.direction != Direction::Client {
            return;
        }
        if asks {
            self.latest_syn = time;
        } else {
            self.measures.round_trip_time.get_or_insert(time.since(self.latest_syn));
        }
    }

    fn settle(&mut self) {
        if let Some(segment) = self.held.take() {
            self.turns.segment(&segment);
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.measures.exchanges += 1;
        self.measures.content.exchange(exchange);
        self.measures.reused_exchanges += u64::from(exchange.index > 0);
        let request = exchange.request.iter().map(|request| &request.message);
        let responses = exchange.interim.iter().chain(&exchange.response).map(|response| &response.message);
        for message in request.chain(responses) {
            self.protocol(framing(message));
        }
        let is_final = |response: &&Response| response.message.complete && response.status >= 200;
        if let Some(response) = exchange.response.as_ref().filter(is_final) {
            self.first_byte.get_or_insert((exchange.connection, Direction::Server, response.message.extent.first));
            self.measures.responses += 1;
            self.completed(exchange.connection, Direction::Server, response.message.extent);
        }
    }

    fn frame(&mut self, frame: &Frame) {
        self.measures.frames += 1;
        self.payloads.frame(frame);
        self.measures.framing.frame(frame);
        match frame.opcode {
            CLOSE => self.measures.close_frames += 1,
            PING => self.measures.pings += 1,
            PONG => _ = self.pong.get_or_insert((frame.connection, frame.direction, frame.extent.last)),
            _ => {}
        }
        self.protocol(frame.header_bytes.into());
    }

    fn message(&mut self, message: &Message) {
        self.measures.messages += 1;
        self.payloads.message(message);
        self.completed(message.connection, message.direction, message.extent);
    }

    fn closed(&mut self, connection: &Connection) {
        self.settle();
        self.turns.closed(connection);
        self.measures.retransmissions = self.measures.retransmissions.saturating_add(connection.retransmitted_segments);
        let seen = connection.client_bytes.saturating_add(connection.server_bytes);
        self.stream_bytes = self.stream_bytes.saturating_add(seen);
    }

    fn protocol(&mut self, bytes: u64) {
        self.measures.protocol_bytes = self.measures.protocol_bytes.saturating_add(bytes);
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
            let wait = there.since(sent.time);
            self.measures.held_back += u64::from(wait > 0 && !self.arrivals.is_lost(sent.packet));
            self.measures.longest_wait = self.measures.longest_wait.max(wait);
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
            Event::Problem(_) => self.measures.problems += 1,
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
