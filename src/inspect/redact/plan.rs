//! What becomes of every byte of the streams. Knows positions in streams, and no packet's bytes.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{BLANK, filler, head, open_bytes, section};
use crate::inspect::event::{Delivered, Event, Novelty, PacketContent, Piece, PieceKind, Sink};
use crate::inspect::record::{Direction, Exchange, Fields, Frame};
use crate::limits::MOST_PLANNED;

/// What becomes of a stretch of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// It stays.
    Keep,
    /// Every byte becomes this one.
    Byte(u8),
    /// Every byte becomes this one, masked; the key begins at that position of the stream.
    Masked(u8, [u8; 4], u64),
}

/// From one position of a stream to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) fill: Fill,
}

/// A part of a packet that is a part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) stream: (u64, Direction),
    /// Position in the stream.
    pub(super) start: u64,
    /// Position in the packet.
    pub(super) offset: usize,
    pub(super) length: usize,
}

impl From<&Delivered<'_>> for Carried {
    fn from(it: &Delivered<'_>) -> Self {
        let (offset, length) = (it.run.offset as usize, it.data.len());
        Self { stream: (it.connection, it.direction), start: it.start, offset, length }
    }
}

/// What stays of the streams, and what takes the place of the rest. Of what it does not say, nothing stays.
#[derive(Debug, Default)]
pub struct Plan {
    /// In order of position.
    streams: HashMap<(u64, Direction), Vec<Stretch>, RandomState>,
    /// What packets carry that was read only after others: they came early, or are fragments.
    late: HashMap<u64, Vec<Carried>, RandomState>,
    taken: usize,
    limited: bool,
}

impl Plan {
    /// Whether there was more than may be remembered, so that more is blanked than need be.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.limited
    }

    pub(super) fn late(&self, packet: u64) -> &[Carried] {
        self.late.get(&packet).map(Vec::as_slice).unwrap_or_default()
    }

    /// The stretches that have bytes from `start` to `end`, in order.
    pub(super) fn stretches(&self, stream: (u64, Direction), start: u64, end: u64) -> impl Iterator<Item = Stretch> {
        let all = self.streams.get(&stream).map(Vec::as_slice).unwrap_or_default();
        let first = all.partition_point(|stretch| stretch.end <= start);
        all.iter().skip(first).take_while(move |stretch| stretch.start < end).copied()
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        self.limited |= self.taken + bytes > MOST_PLANNED;
        self.taken += if self.limited { 0 } else { bytes };
        !self.limited
    }

    fn add(&mut self, stream: (u64, Direction), stretch: Stretch) {
        if stretch.start >= stretch.end {
            return;
        }
        if let Some(last) = self.streams.get_mut(&stream).and_then(|all| all.last_mut())
            && (last.end, last.fill) == (stretch.start, stretch.fill)
        {
            last.end = stretch.end;
        } else if self.has_room(size_of::<Stretch>()) {
            self.streams.entry(stream).or_default().push(stretch);
        }
    }

    /// Adds a section whose first byte is at `start`, and that becomes `blanked`.
    fn add_section(&mut self, stream: (u64, Direction), start: u64, original: &[u8], blanked: &[u8]) {
        let mut at = start;
        let kept = |(one, other): &(&u8, &u8)| one == other;
        let pairs: Vec<(&u8, &u8)> = original.iter().zip(blanked).collect();
        for run in pairs.chunk_by(|one, other| kept(one) == kept(other)) {
            let end = at + run.len() as u64;
            let stays = run.first().is_some_and(kept);
            if stays {
                self.add(stream, Stretch { start: at, end, fill: Fill::Keep });
            } else {
                self.add(stream, Stretch { start: at, end, fill: Fill::Byte(BLANK) });
            }
            at = end;
        }
    }
}

/// Makes a plan of what the pipeline finds. It must be asked for [pieces](crate::inspect::Options::pieces).
#[derive(Debug)]
pub struct Planner {
    plan: Plan,
    /// The connections to plan for; `None` for all.
    only: Option<BTreeSet<u64>>,
    packet: u64,
    /// Whether the packet may have to wait for others to be read.
    waits: bool,
    open: HashMap<(u64, Direction), Side, RandomState>,
}

/// What is in progress on one side of a connection.
#[derive(Debug, Default)]
struct Side {
    /// Where the head began whose record comes next.
    head: Option<u64>,
    /// Where the trailers of exchanges began, by index.
    trailers: BTreeMap<u64, u64>,
    /// Where the payload of the frame in progress begins, and how far it was seen.
    payload: Option<(u64, u64)>,
}

impl Planner {
    /// A planner for some connections, or for all.
    #[must_use]
    pub fn new(only: Option<BTreeSet<u64>>) -> Self {
        Self { plan: Plan::default(), only, packet: 0, waits: false, open: HashMap::default() }
    }

    /// The plan, once the capture is over.
    #[must_use]
    pub fn finish(mut self) -> Plan {
        // Trailers are told of late.
        self.plan.streams.values_mut().for_each(|all| all.sort_by_key(|stretch| stretch.start));
        self.plan
    }

    fn plans_for(&self, connection: u64) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&connection))
    }

    fn bytes(&mut self, it: &Delivered<'_>) {
        let Some(packet) = it.run.origin.packet() else { return };
        let is_late = self.waits || packet != self.packet;
        if is_late && self.plans_for(it.connection) && self.plan.has_room(size_of::<Carried>() * 2) {
            self.plan.late.entry(packet).or_default().push(it.into());
        }
    }

    fn piece(&mut self, it: &Piece) {
        let stream = (it.connection, it.direction);
        let side = self.open.entry(stream).or_default();
        let fill = match it.kind {
            PieceKind::EmptyLine | PieceKind::ChunkSize | PieceKind::ChunkEnd => Fill::Keep,
            PieceKind::Body | PieceKind::ChunkData => Fill::Byte(BLANK),
            PieceKind::FrameHeader => {
                side.payload = Some((it.end, it.end));
                Fill::Keep
            }
            // Of these the records say what is in them, later.
            PieceKind::FramePayload => {
                if let Some((_, seen)) = &mut side.payload {
                    *seen = it.end;
                }
                return;
            }
            PieceKind::RequestLine | PieceKind::StatusLine => {
                side.head = Some(it.start);
                return;
            }
            PieceKind::TrailerLine => {
                side.trailers.entry(it.index).or_insert(it.start);
                return;
            }
            // Behind the last chunk there need be no trailers, of which a record would tell.
            PieceKind::SectionEnd if side.head.is_none() && !side.trailers.contains_key(&it.index) => Fill::Keep,
            PieceKind::FieldLine | PieceKind::SectionEnd | PieceKind::Undecoded => return,
        };
        self.plan.add(stream, Stretch { start: it.start, end: it.end, fill });
    }

    fn head(&mut self, direction: Direction, it: &Exchange) {
        let stream = (it.connection, direction);
        let Some(start) = self.open.get_mut(&stream).and_then(|side| side.head.take()) else { return };
        let (fields, target) = match direction {
            Direction::Client => match &it.request {
                Some(request) => (&request.message.headers, Some(&request.target[..])),
                None => return,
            },
            Direction::Server => match it.response.as_ref().or(it.interim.last()) {
                Some(response) => (&response.message.headers, None),
                None => return,
            },
        };
        self.blanked(stream, start, fields, |fields| head(fields, target));
    }

    fn trailers(&mut self, it: &Exchange) {
        let request = it.request.as_ref().map(|it| (Direction::Client, &it.message.trailers));
        let response = it.response.as_ref().map(|it| (Direction::Server, &it.message.trailers));
        for (direction, fields) in request.into_iter().chain(response) {
            let stream = (it.connection, direction);
            let side = self.open.get_mut(&stream);
            if let Some(start) = side.and_then(|side| side.trailers.remove(&it.index)) {
                self.blanked(stream, start, fields, |fields| section(fields, 0));
            }
        }
    }

    fn blanked(&mut self, stream: (u64, Direction), start: u64, fields: &Fields, blank: impl FnOnce(&mut Fields)) {
        let mut blanked = fields.clone();
        blank(&mut blanked);
        self.plan.add_section(stream, start, &fields.block, &blanked.block);
    }

    fn frame(&mut self, it: &Frame) {
        let stream = (it.connection, it.direction);
        let Some((start, end)) = self.open.get_mut(&stream).and_then(|side| side.payload.take()) else { return };
        let open = end.min(start + open_bytes(it.opcode) as u64);
        let byte = filler(it.opcode, it.rsv);
        let fill = it.mask_key.map_or(Fill::Byte(byte), |key| Fill::Masked(byte, key, start));
        self.plan.add(stream, Stretch { start, end: open, fill: Fill::Keep });
        self.plan.add(stream, Stretch { start: open, end, fill });
    }
}

impl Sink for Planner {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) => {
                self.packet = it.moment.packet;
                self.waits = matches!(&it.content, PacketContent::Tcp(it) if it.novelty != Novelty::InOrder);
            }
            Event::Bytes(it) => self.bytes(&it),
            Event::Piece(it) if self.plans_for(it.connection) => self.piece(&it),
            Event::Request(it) => self.head(Direction::Client, it),
            Event::Response(it) => self.head(Direction::Server, it),
            Event::Exchange(it) => self.trailers(it),
            Event::Frame(it) => self.frame(it),
            Event::Closed(it) => {
                self.open.remove(&(it.number, Direction::Client));
                self.open.remove(&(it.number, Direction::Server));
            }
            _ => {}
        }
    }
}
