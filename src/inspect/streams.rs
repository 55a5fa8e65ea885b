//! From TCP to the conversation: a connection's two streams, each known by its sender.

use std::net::SocketAddr;

use super::conversation::Conversation;
use super::event::Event;
use super::output::{About, Output, Spoken};
use super::problems::Fault;
use super::record::{Connection, Direction};
use super::tcp_watch::TcpWatch;
use crate::layers::Source;
use crate::layers::application::{http, websocket};
use crate::layers::session::tls;
use crate::layers::stack::TcpPacket;
use crate::layers::transport::{Conflict, End, Hole, Receiver};
use crate::limits::MAX_START_LINE;

/// Carries a connection's two streams from TCP to the conversation.
pub(super) struct Streams<'a, 'b> {
    pub(super) record: &'a mut Connection,
    pub(super) client: &'a mut End,
    pub(super) client_is_known: &'a mut bool,
    /// Whose frames each side's bytes are like, in the middle of a connection: the client's, if that side masks.
    pub(super) framed: &'a mut [Option<Direction>; 2],
    pub(super) watch: &'a mut TcpWatch,
    pub(super) conversation: &'a mut Conversation,
    /// The packet that is being taken, where it may say again what another said.
    pub(super) packet: Option<&'a TcpPacket<'a>>,
    pub(super) out: &'a mut Output<'b>,
}

impl Streams<'_, '_> {
    /// Whoever sends the requests is the client, even if a SYN says otherwise: some servers dial out. If no SYN was
    /// captured, everything waits for the first request or response.
    #[cold]
    fn find_client(&mut self, side: End, bytes: &[u8], source: Source) {
        if self.record.handshake {
            *self.client_is_known = true;
            if side != *self.client && http::sender(bytes, MAX_START_LINE) == Some(Direction::Client) {
                self.turn();
            }
            return;
        }
        let heard = http::sender(bytes, MAX_START_LINE).or_else(|| tls::sender(bytes));
        let heard = heard.map(|from| if from == Direction::Client { side } else { side.other() });
        let told = if heard.is_none() { self.told(side, bytes) } else { None };
        let Some(client) = heard.or(told.map(|(client, _)| client)) else {
            return self.find_frames(side, bytes, source);
        };
        if client != *self.client {
            self.turn();
        }
        *self.client_is_known = true;
        match told {
            Some((_, spoken)) => self.conversation.join_as(spoken),
            None => self.conversation.join(),
        }
    }

    /// The client is the other side.
    fn turn(&mut self) {
        *self.client = self.client.other();
        let record = &mut *self.record;
        std::mem::swap(&mut record.client, &mut record.server);
        std::mem::swap(&mut record.client_bytes, &mut record.server_bytes);
        record.closed_by = record.closed_by.map(Direction::reverse);
        self.watch.swap_sides();
        self.conversation.swap_sides();
        self.out.ends = Some(self.record.ends());
        self.out.emit(Event::Turned(self.record.number));
    }

    /// Takes note of frames in the middle of a connection. Those of both sides together show that it's a WebSocket, and
    /// which side is the client. What was agreed on stays unknown, so nothing is decoded unless the user asks for it.
    fn find_frames(&mut self, side: End, bytes: &[u8], source: Source) {
        self.framed[side as usize] = websocket::sender(bytes);
        let client = match *self.framed {
            [Some(Direction::Client), Some(Direction::Server)] => End::First,
            [Some(Direction::Server), Some(Direction::Client)] => End::Second,
            _ => return,
        };
        if client != *self.client {
            self.turn();
        }
        *self.client_is_known = true;
        let fault = Fault::WebSocketInItsMiddle { port: self.record.server.port() };
        self.out.problem(source, About::connection(self.record.number), &fault);
    }

    /// Who the client is and what is spoken, if the user said so for one of the ports. Where the ports don't tell, `side` is the
    /// client; frames tell better than either.
    fn told(&self, side: End, bytes: &[u8]) -> Option<(End, Spoken)> {
        let told = self.out.asked.decode_as;
        let of = |address: SocketAddr| told.of(address.port());
        let (client, spoken) = match (of(self.record.server), of(self.record.client)) {
            (Some(spoken), None) => (*self.client, spoken),
            (None, Some(spoken)) => (self.client.other(), spoken),
            (Some(spoken), Some(_)) => (side, spoken),
            (None, None) => return None,
        };
        let masks = match websocket::sender(bytes).filter(|_| spoken == Spoken::WebSocket) {
            Some(Direction::Client) => Some(side),
            Some(Direction::Server) => Some(side.other()),
            None => None,
        };
        Some((masks.unwrap_or(client), spoken))
    }
}

impl Receiver for Streams<'_, '_> {
    fn bytes(&mut self, side: End, start: u64, bytes: &[u8], source: Source) {
        if !*self.client_is_known {
            self.find_client(side, bytes, source);
        }
        let from = direction(side, *self.client);
        match from {
            Direction::Client => self.record.client_bytes += bytes.len() as u64,
            Direction::Server => self.record.server_bytes += bytes.len() as u64,
        }
        self.conversation.bytes(from, start, bytes, source, self.out);
    }

    fn conflict(&mut self, side: End, conflict: Conflict, source: Source) -> bool {
        let Conflict { start, length, packet: first, received, is_promised } = conflict;
        let sender = direction(side, *self.client).name();
        let bytes = start..=start.saturating_add(length.saturating_sub(1));
        let is_right = is_promised && self.packet.is_some_and(TcpPacket::is_intact);
        let fault = if is_right {
            Fault::FirstCopyDamaged { sender, bytes, first, received }
        } else if received {
            Fault::RetransmissionDiffers { sender, bytes, first }
        } else {
            Fault::OverlapDiffers { sender, bytes, first }
        };
        self.out.problem(source, About::connection(self.record.number), &fault);
        is_right
    }

    fn gap(&mut self, side: End, _start: u64, length: u64, hole: Hole, source: Source) {
        let from = direction(side, *self.client);
        self.record.missing_bytes += length;
        if hole != Hole::CutOff {
            let acknowledged = hole == Hole::NotCaptured;
            let fault = Fault::MissingBytes { length, sender: from.name(), acknowledged };
            self.out.problem(source, About::connection(self.record.number), &fault);
        }
        self.conversation.gap(from, length, source, self.out);
    }

    fn end(&mut self, side: End, source: Source) {
        self.conversation.end(direction(side, *self.client), source, self.out);
    }
}

/// Which end a side is.
pub(super) fn direction(side: End, client: End) -> Direction {
    if side == client { Direction::Client } else { Direction::Server }
}
