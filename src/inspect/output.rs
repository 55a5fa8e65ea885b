//! Where the pipeline's stages put what they find: the view, the counts, and how much to keep.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::event::{Derived, Event, Made, Making, Map, Piece, PieceKind, Sink};
use super::hops::{Hops, Ticket};
use super::open_exchange::OpenExchange;
use super::open_message::OpenMessage;
use super::record::{Direction, Ends, Exchange, Kind, Problem, Response, Summary};
use crate::layers::problem::{Breach, Rule};
use crate::layers::transport::Tap;
use crate::layers::{DerivedId, Origin, Run, Source};
use crate::limits::MAX_NOTES_SAID;

/// How deep to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How many bytes of each body and payload to keep for the view; 0 where it needs none.
    pub keep: usize,
    /// Whether to emit [`Event::Bytes`], [`Event::Piece`] and [`Event::Derived`], which say what every byte of a stream is, and
    /// what is made from it.
    pub pieces: bool,
    /// Whether to emit [`Event::Stray`]: what belongs to no message and no frame.
    pub strays: bool,
    /// The protocol of connections whose beginning wasn't captured, if their bytes don't show it.
    pub decode_as: DecodeAs,
    /// The number of the one connection that the view is about; all others are only counted. Without it, the view is about all.
    pub only: Option<u64>,
    /// How long packets may take from one interface of the capture to another that captured them, too, in nanoseconds; 0 where that wasn't
    /// measured.
    pub reach: u64,
}

impl Options {
    fn depth(&self) -> Depth {
        let Self { keep, pieces, strays, .. } = *self;
        Depth { keep, pieces, strays }
    }
}

/// How deep to look at one connection: see [`Options`], of which this is what may differ from one to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth {
    pub(super) keep: usize,
    pub(super) pieces: bool,
    pub(super) strays: bool,
}

impl Depth {
    /// Whether it's told what the ranges of a stream are.
    pub(super) fn tells_ranges(&self) -> bool {
        self.pieces || self.strays
    }
}

/// What can be spoken on a connection whose beginning wasn't captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// HTTP/1.x, from the first start line on.
    Http,
    /// WebSocket, from the first packet that consists of whole frames.
    WebSocket,
}

/// Which protocol is spoken to which server port, as the user says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeAs([Option<(u16, Spoken)>; Self::MAX_PORTS]);

impl DecodeAs {
    /// How many ports can be given.
    pub const MAX_PORTS: usize = 8;

    /// These ports, but no more than the first [`MAX_PORTS`](Self::MAX_PORTS).
    #[must_use]
    pub fn ports(told: &[(u16, Spoken)]) -> Self {
        let mut ports = [None; Self::MAX_PORTS];
        for (into, port) in ports.iter_mut().zip(told) {
            *into = Some(*port);
        }
        Self(ports)
    }

    /// What is spoken to that port.
    pub(super) fn of(&self, port: u16) -> Option<Spoken> {
        self.0.iter().flatten().find(|(told, _)| *told == port).map(|(_, spoken)| *spoken)
    }
}

/// What each stage emits into.
pub(super) struct Output<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) summary: &'a mut Summary,
    /// How deep to look at the connection that is looked at.
    pub(super) depth: Depth,
    /// The capture was redacted: coded content is there only as a note of its length.
    pub(super) redacted: bool,
    pub(super) scratch: &'a mut Scratch,
    /// What was asked for.
    pub(super) asked: &'a Options,
    /// Whether it is about the one that is looked at.
    is_told: bool,
    /// The client and the server of that connection.
    pub(super) ends: Option<Ends>,
    /// Where the packet was captured.
    pub(super) tap: Tap,
}

/// What a problem is about, as far as it is about one of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About {
    /// The connection's number.
    pub(super) connection: Option<u64>,
    /// Who did it.
    pub(super) direction: Option<Direction>,
    /// The exchange's index on its connection.
    pub(super) exchange: Option<u64>,
    /// The frame's index on its connection.
    pub(super) frame: Option<u64>,
    /// The [`Problem::id`] of its cause, without which it wouldn't have happened.
    pub(super) because: Option<u64>,
}

impl About {
    /// About a connection as a whole.
    pub(super) fn connection(number: u64) -> Self {
        Self { connection: Some(number), ..Self::default() }
    }

    /// The same, done by that side.
    pub(super) fn by(self, direction: Direction) -> Self {
        Self { direction: Some(direction), ..self }
    }

    /// The same, in that exchange.
    pub(super) fn exchange(self, index: u64) -> Self {
        Self { exchange: Some(index), ..self }
    }

    /// The same, as an effect of the problem with that id, if there is one.
    pub(super) fn because(self, cause: Option<u64>) -> Self {
        Self { because: cause, ..self }
    }

    /// The same, in that frame.
    pub(super) fn frame(self, index: u64) -> Self {
        Self { frame: Some(index), ..self }
    }
}

/// Buffers to use again: most exchanges, frames and messages come and go one after the other.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// For unmasking.
    pub(super) unmasked: Vec<u8>,
    pub(super) message: Option<Box<OpenMessage>>,
    /// A finished exchange, without its response.
    pub(super) exchange: Option<Box<OpenExchange>>,
    pub(super) response: Option<Box<Response>>,
    /// The number of the latest derived stream.
    pub(super) derived: u64,
    /// Notes that were already made, by what they say and about which server, with their ids.
    said: HashMap<(&'static str, u64), u64, RandomState>,
    /// The exchanges that others could be copies of.
    pub(super) hops: Hops,
}

impl<'a> Output<'a> {
    pub(super) fn new(
        sink: &'a mut dyn Sink,
        summary: &'a mut Summary,
        (asked, redacted): (&'a Options, bool),
        scratch: &'a mut Scratch,
    ) -> Self {
        Self {
            sink,
            summary,
            depth: asked.depth(),
            redacted,
            scratch,
            asked,
            is_told: true,
            ends: None,
            tap: Tap::default(),
        }
    }

    /// From here on, this connection is looked at.
    #[inline]
    pub(super) fn look_at(&mut self, connection: u64) {
        if let Some(only) = self.asked.only {
            self.is_told = connection == only;
            self.depth = if self.is_told { self.asked.depth() } else { Depth::default() };
        }
    }

    /// Whether nothing has to be assembled just to become an event.
    pub(super) fn counts_only(&self) -> bool {
        !self.is_told || self.sink.counts_only()
    }

    pub(super) fn emit(&mut self, event: Event<'_>) {
        if self.is_told {
            self.sink.event(event);
        }
    }

    /// How many problems and notes were told so far.
    pub(super) fn told(&self) -> u64 {
        self.summary.problems + self.summary.notes
    }

    /// Reports a problem or a note, and returns its id, by which its effects name it.
    pub(super) fn problem(&mut self, source: Source, about: About, breach: &impl Breach) -> u64 {
        let Rule { code, clause, kind } = breach.rule();
        let id = self.told();
        match kind {
            Kind::Problem => self.summary.problems += 1,
            Kind::Note => self.summary.notes += 1,
        }
        let About { connection, direction, exchange, frame, because } = about;
        if self.is_told && !self.sink.counts_only() {
            let packet = source.ready.packet;
            let text: Cow<'static, str> = breach.to_string().into();
            let because = match kind {
                Kind::Note => because.or_else(|| self.said_before(id, code, &text)),
                Kind::Problem => because,
            };
            let found =
                Problem { id, kind, because, packet, connection, direction, exchange, frame, code, clause, text };
            self.sink.event(Event::Problem(&found));
        }
        id
    }

    /// The id of the first note that said the same of the same server: one habit is one story.
    fn said_before(&mut self, id: u64, code: &'static str, text: &str) -> Option<u64> {
        let said = &mut self.scratch.said;
        let key = (code, said.hasher().hash_one((text, self.ends.map(|[_, server]| server))));
        if let Some(first) = said.get(&key) {
            return Some(*first);
        }
        if said.len() < MAX_NOTES_SAID {
            said.insert(key, id);
        }
        None
    }

    /// An exchange is over, and with it perhaps a hop.
    pub(super) fn exchange(&mut self, ticket: Ticket, exchange: &Exchange) {
        self.emit(Event::Exchange(exchange));
        let Self { sink, scratch, asked, .. } = self;
        scratch.hops.over(ticket, exchange, |hop| {
            let legs = [&hop.from, &hop.to];
            if asked.only.is_none_or(|only| legs.iter().any(|leg| leg.exchange.connection == only)) {
                sink.event(Event::Hop(hop));
            }
        });
    }

    /// A number for a stream that things are made from.
    pub(super) fn next_stream(&mut self) -> DerivedId {
        self.scratch.derived += 1;
        DerivedId(self.scratch.derived)
    }

    /// Reports bytes that were made from others. The stream begins with the first of them. Returns where they are in
    /// the stream.
    pub(super) fn derived(
        &mut self,
        making: &mut Option<Making>,
        made: Made,
        bytes: &[u8],
        from: Run,
        map: Map,
    ) -> Run {
        let Making { id, length: start } = making.unwrap_or_else(|| Making { id: self.next_stream(), length: 0 });
        let length = bytes.len() as u64;
        *making = Some(Making { id, length: start + length });
        self.emit(Event::Derived(Derived { id, made, start, bytes, from, map }));
        Run { origin: Origin::Derived(id), offset: start, length }
    }

    pub(super) fn piece(
        &mut self,
        connection: u64,
        direction: Direction,
        start: u64,
        end: u64,
        kind: PieceKind,
        index: u64,
    ) {
        if self.depth.tells_ranges() && start < end {
            self.emit(Event::Piece(Piece { connection, direction, start, end, kind, index }));
        }
    }
}

/// Reports what was found; returns the id of the first of it.
#[inline]
pub(super) fn report(found: &[impl Breach], about: About, source: Source, out: &mut Output<'_>) -> Option<u64> {
    if found.is_empty() { None } else { report_all(found, about, source, out) }
}

#[cold]
fn report_all(found: &[impl Breach], about: About, source: Source, out: &mut Output<'_>) -> Option<u64> {
    let mut first = None;
    for fault in found {
        let id = out.problem(source, about, fault);
        first = first.or(Some(id));
    }
    first
}
