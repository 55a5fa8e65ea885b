//! From TCP to the conversation: a connection's two streams, each known by its sender.

use std::net::SocketAddr;

use super::conversation::Conversation;
use super::fault::Fault;
use super::output::{About, Output, Spoken};
use super::record::{Connection, Direction};
use crate::layers::Source;
use crate::layers::application::http;
use crate::layers::session::tls;
use crate::layers::transport::{Conflict, Hole, Receiver, Side};
use crate::limits::MAX_START_LINE;

/// Carries a connection's two streams from TCP to the conversation.
pub(super) struct Streams<'a, 'b> {
    pub(super) record: &'a mut Connection,
    pub(super) client: &'a mut Side,
    pub(super) client_is_known: &'a mut bool,
    pub(super) conversation: &'a mut Conversation,
    pub(super) out: &'a mut Output<'b>,
}

impl Streams<'_, '_> {
    /// If no SYN showed who the client is, the first request or response does.
    fn find_client(&mut self, side: Side, bytes: &[u8]) {
        let heard = http::sender(bytes, MAX_START_LINE).or_else(|| tls::sender(bytes));
        let heard = heard.map(|from| if from == Direction::Client { side } else { side.other() });
        let told = if heard.is_none() { self.told(side) } else { None };
        let Some(client) = heard.or(told.map(|(client, _)| client)) else { return };
        if client != *self.client {
            *self.client = client;
            let record = &mut *self.record;
            std::mem::swap(&mut record.client, &mut record.server);
            std::mem::swap(&mut record.client_bytes, &mut record.server_bytes);
            record.closed_by = record.closed_by.map(Direction::reverse);
            self.conversation.swap_sides();
        }
        *self.client_is_known = true;
        match told {
            Some((_, spoken)) => self.conversation.join_as(spoken),
            None => self.conversation.join(),
        }
    }

    /// Who the client is and what is spoken, if the user said so for one of the ports; `side` only breaks a tie.
    fn told(&self, side: Side) -> Option<(Side, Spoken)> {
        let told = self.out.options.decode_as;
        let of = |address: SocketAddr| told.of(address.port());
        match (of(self.record.server), of(self.record.client)) {
            (Some(spoken), None) => Some((*self.client, spoken)),
            (None, Some(spoken)) => Some((self.client.other(), spoken)),
            (Some(spoken), Some(_)) => Some((side, spoken)),
            (None, None) => None,
        }
    }
}

impl Receiver for Streams<'_, '_> {
    fn bytes(&mut self, side: Side, start: u64, bytes: &[u8], source: Source) {
        if !*self.client_is_known {
            self.find_client(side, bytes);
        }
        let from = direction(side, *self.client);
        match from {
            Direction::Client => self.record.client_bytes += bytes.len() as u64,
            Direction::Server => self.record.server_bytes += bytes.len() as u64,
        }
        self.conversation.bytes(from, start, bytes, source, self.out);
    }

    fn conflict(&mut self, side: Side, conflict: Conflict, source: Source) {
        let Conflict { start, length, packet: first, received } = conflict;
        let sender = direction(side, *self.client).name();
        let bytes = start..=start.saturating_add(length.saturating_sub(1));
        let fault = if received {
            Fault::RetransmissionDiffers { sender, bytes, first }
        } else {
            Fault::OverlapDiffers { sender, bytes, first }
        };
        self.out.problem(source, About::connection(self.record.number), &fault);
    }

    fn gap(&mut self, side: Side, _start: u64, length: u64, hole: Hole, source: Source) {
        let from = direction(side, *self.client);
        self.record.missing_bytes += length;
        if hole == Hole::NotCaptured {
            let fault = Fault::MissingBytes { length, sender: from.name() };
            self.out.problem(source, About::connection(self.record.number), &fault);
        }
        self.conversation.gap(from, length, source, self.out);
    }

    fn end(&mut self, side: Side, source: Source) {
        self.conversation.end(direction(side, *self.client), source, self.out);
    }
}

/// Which end a side is.
pub(super) fn direction(side: Side, client: Side) -> Direction {
    if side == client { Direction::Client } else { Direction::Server }
}
