//! One direction of a connection: bytes that were delivered wait here until a piece says what they are.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::Unit;
use super::element::{Element, Group, MessageContext, SHOWN_OF_CONTENT, What, is_content};
use crate::inspect::event::{Delivered, Piece, PieceKind};
use crate::inspect::record::{Direction, Exchange, HttpMessage};
use crate::layers::application::websocket::{BINARY, Header, RSV1, TEXT};
use crate::layers::{DerivedId, Place, Run};
use crate::limits::MAX_UNNAMED;

#[derive(Debug)]
pub(super) struct Stream {
    /// What its bytes are called by what is made from them; known once there are some.
    pub(super) id: Option<DerivedId>,
    connection: u64,
    direction: Direction,
    /// The position of the first byte that waits.
    next: u64,
    /// The bytes that wait, after `taken` that no longer do.
    bytes: Vec<u8>,
    taken: usize,
    runs: VecDeque<Run>,
    pub(super) group: Option<Arc<Group>>,
    /// The element found last, which the next may continue, and the position at which it began.
    current: Option<(Element, u64)>,
    /// Whether permessage-deflate was agreed on, and whether the message in progress is compressed.
    pub(super) deflate: bool,
    compressed: bool,
}

impl Stream {
    pub(super) fn new(connection: u64, direction: Direction) -> Self {
        Self {
            id: None,
            connection,
            direction,
            next: 0,
            bytes: Vec::new(),
            taken: 0,
            runs: VecDeque::new(),
            group: None,
            current: None,
            deflate: false,
            compressed: false,
        }
    }

    /// Takes bytes; what is found goes to `found`.
    pub(super) fn bytes(&mut self, delivered: &Delivered<'_>, found: &mut impl FnMut(Element)) {
        self.id = Some(delivered.stream);
        self.bytes.drain(..self.taken);
        self.taken = 0;
        if delivered.start != self.end() {
            self.unfinished(self.end(), found);
            self.next = delivered.start;
        }
        if self.bytes.len().saturating_add(delivered.data.len()) > MAX_UNNAMED {
            self.unfinished(self.end(), found);
            self.bytes.clear();
            self.taken = 0;
        }
        self.bytes.extend_from_slice(delivered.data);
        if delivered.run.length > 0 {
            self.runs.push_back(delivered.run);
        }
    }

    /// Takes what a range of the stream is.
    pub(super) fn piece(&mut self, piece: &Piece, found: &mut impl FnMut(Element)) {
        if piece.start > self.next {
            self.unfinished(piece.start.min(self.end()), found);
        }
        let end = piece.end.min(self.end());
        if end <= self.next {
            return;
        }
        let content = is_content(piece.kind) || piece.kind == PieceKind::Undecoded;
        let whole = (self.next, end) == (piece.start, piece.end);
        let start = self.next;
        let what = if whole || content { What::Piece(piece.kind) } else { What::Unfinished };
        let (bytes, place) =
            self.take(end, if what == What::Piece(piece.kind) && !content { usize::MAX } else { SHOWN_OF_CONTENT });
        self.regroup(piece.kind, &bytes);
        let began = place.packets().next().unwrap_or(0);
        let group = self.group.clone();
        let Piece { connection, direction, index, .. } = *piece;
        let element = Element { connection, direction, index, what, bytes, place, at: 0, began, goes_on: None, group };
        self.follow(element, start, found);
    }

    /// Where bytes lie that wait, or as many of them as do.
    pub(super) fn trace(&self, bytes: &Range<u64>) -> Vec<Run> {
        let mut at = self.next;
        let mut found = Vec::new();
        for run in &self.runs {
            if at >= bytes.end {
                break;
            }
            found.extend(run.part(at, bytes));
            at += run.length;
        }
        found
    }

    /// A message's header section was seen whole.
    pub(super) fn learn(&self, message: &HttpMessage, exchange: &Exchange) {
        if let Some(Group::Message(found)) = self.group.as_deref() {
            found.learn(message, exchange);
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self, found: &mut impl FnMut(Element)) {
        self.unfinished(self.end(), found);
        if let Some((element, _)) = self.current.take() {
            found(element);
        }
    }

    /// Nothing more comes of an exchange or a frame.
    pub(super) fn over(&mut self, unit: Unit, found: &mut impl FnMut(Element)) {
        if let Some((element, _)) = self.current.take_if(|(element, _)| Unit::of(element) == Some(unit)) {
            found(element);
        }
    }

    fn end(&self) -> u64 {
        self.next + (self.bytes.len() - self.taken) as u64
    }

    /// Hands out the element before this one, and keeps this one in its place.
    fn follow(&mut self, mut element: Element, start: u64, found: &mut impl FnMut(Element)) {
        let Some((mut before, began)) = self.current.take() else {
            self.current = Some((element, start));
            return;
        };
        if !element.continues(&before) {
            found(before);
            self.current = Some((element, start));
            return;
        }
        element.at = start.saturating_sub(began);
        // A control frame's payload is short, and its parts may straddle: it is put together.
        let control = matches!(self.group.as_deref(), Some(Group::Frame { header, .. }) if header.is_control());
        if control && element.at == before.at + before.length() && before.bytes.len() < SHOWN_OF_CONTENT {
            before.extend(&element);
            self.current = Some((before, began));
            return;
        }
        before.goes_on = element.place.packets().next();
        element.began = before.began;
        found(before);
        self.current = Some((element, began));
    }

    /// The bytes up to `end` are read, but no piece says what they are.
    fn unfinished(&mut self, end: u64, found: &mut impl FnMut(Element)) {
        if end <= self.next {
            return;
        }
        let start = self.next;
        let (bytes, place) = self.take(end, SHOWN_OF_CONTENT);
        let element = Element {
            connection: self.connection,
            direction: self.direction,
            index: 0,
            what: What::Unfinished,
            bytes,
            place,
            at: 0,
            began: 0,
            goes_on: None,
            group: None,
        };
        self.follow(element, start, found);
    }

    /// Takes the bytes up to position `end`, of which `keep` at most are kept.
    fn take(&mut self, end: u64, keep: usize) -> (Vec<u8>, Place) {
        let length = usize::try_from(end.saturating_sub(self.next)).unwrap_or(0).min(self.bytes.len() - self.taken);
        let waiting = self.bytes.get(self.taken..self.taken + length).unwrap_or_default();
        let bytes = waiting.get(..keep).unwrap_or(waiting).to_vec();
        self.taken += length;
        self.next += length as u64;
        let mut left = length as u64;
        let mut runs: Vec<Run> = Vec::new();
        while left > 0
            && let Some(run) = self.runs.front_mut()
        {
            let part = run.length.min(left);
            runs.push(Run { length: part, ..*run });
            left -= part;
            run.offset += part;
            run.length -= part;
            if run.length == 0 {
                self.runs.pop_front();
            }
        }
        (bytes, Place::of_runs(runs))
    }

    /// Which message or frame a piece is of, given the first bytes of it.
    fn regroup(&mut self, kind: PieceKind, bytes: &[u8]) {
        match kind {
            PieceKind::RequestLine | PieceKind::StatusLine => {
                self.group = Some(Arc::new(Group::Message(MessageContext::new(bytes))));
            }
            PieceKind::FrameHeader => {
                self.group = Header::parse(bytes).map(|header| {
                    if matches!(header.opcode, TEXT | BINARY) {
                        self.compressed = self.deflate && header.rsv & RSV1 != 0;
                    }
                    let compressed = self.compressed && !header.is_control();
                    Arc::new(Group::Frame { header, compressed })
                });
            }
            PieceKind::EmptyLine | PieceKind::Undecoded => self.group = None,
            _ => {}
        }
    }
}
