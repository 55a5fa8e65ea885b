//! Where the pipeline's stages put what they find: the view, the counts, and how much is to be kept.

use super::event::{Event, Piece, PieceKind, Sink};
use super::pairing::Open;
use super::record::{Direction, Moment, Problem, Response, Summary};
use super::websocket_talk::Building;
use crate::capture::Timestamp;
use crate::layers::fault::{Breach, Rule};
use crate::layers::transport::Source;

/// How deep to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How many bytes of each body and payload to keep for the view; 0 where it needs none.
    pub keep: usize,
    /// Whether to emit [`Event::Bytes`] and [`Event::Piece`], which say what every byte of a stream is.
    pub pieces: bool,
    /// What connections speak that the capture joins in their middle, where their bytes do not tell.
    pub decode_as: DecodeAs,
}

/// What is spoken on connections whose beginning was not captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// HTTP/1.x, from the first start line on.
    Http,
    /// WebSocket, from the first packet on that whole frames fill.
    WebSocket,
}

/// What is spoken behind which server's port, as it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeAs([Option<(u16, Spoken)>; Self::MOST]);

impl DecodeAs {
    /// How many ports can be told of.
    pub const MOST: usize = 8;

    /// Those ports, the first [`MOST`](Self::MOST) of them.
    #[must_use]
    pub fn ports(told: &[(u16, Spoken)]) -> Self {
        let mut ports = [None; Self::MOST];
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

/// What every stage is handed to emit into.
pub(super) struct Output<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) summary: &'a mut Summary,
    pub(super) options: Options,
    pub(super) scratch: &'a mut Scratch,
}

/// Room that was used once and is nobody's now: most exchanges, frames and messages come and go one after the other.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// To unmask in.
    pub(super) unmasked: Vec<u8>,
    pub(super) message: Option<Box<Building>>,
    /// An exchange as its end left it, without its response.
    pub(super) exchange: Option<Box<Open>>,
    pub(super) response: Response,
}

impl Output<'_> {
    pub(super) fn emit(&mut self, event: Event<'_>) {
        self.sink.event(event);
    }

    pub(super) fn problem(&mut self, source: Source, connection: Option<u64>, breach: &impl Breach) {
        let Rule { code, clause } = breach.rule();
        self.summary.problems += 1;
        let text = breach.to_string().into();
        self.sink.event(Event::Problem(&Problem { packet: source.packet, connection, code, clause, text }));
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
        if self.options.pieces && start < end {
            self.sink.event(Event::Piece(Piece { connection, direction, start, end, kind, index }));
        }
    }
}

impl From<Source> for Moment {
    fn from(source: Source) -> Self {
        Self { packet: source.packet, time: Timestamp(source.time) }
    }
}
