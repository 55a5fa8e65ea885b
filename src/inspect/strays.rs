//! Bytes that belong to no message and no frame: what they are, as far as that can be told, and where they are.
//!
//! It listens to what the ranges of the streams are, and passes on the rest. Bytes that no range covers are strays, too, so
//! messages, frames and strays together are everything that was said.

use std::borrow::Cow;
use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::event::{Delivered, Event, Piece, PieceKind, Sink};
use super::pasted;
use super::record::{Direction, Exchange, Extent, Moment, Problem, Stray, StrayPlace};
use crate::layers::application::http::{Likeness, likeness};
use crate::layers::application::websocket::{Fault, Header, handshake};
use crate::layers::problem::Breach;
use crate::layers::session::{self, Opening, tls};
use crate::limits::{MAX_START_LINE, MAX_STRAY_BYTES, MAX_UNNAMED};

/// How long, in nanoseconds, the gap between two parts may be if they're reported as one.
const PAUSE: u64 = 1_000_000_000;

/// What is known of connections on the way.
#[derive(Debug, Default)]
pub(super) struct Strays {
    talks: HashMap<u64, Talk, RandomState>,
    /// Room for bytes that wait: most wait no longer than their packet.
    room: Vec<u8>,
}

/// A view to which strays are told as well; ranges are passed on only if they were asked for.
pub(super) struct Listener<'a> {
    pub(super) strays: &'a mut Strays,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) pieces: bool,
}

/// A connection.
#[derive(Debug, Default)]
struct Talk {
    sides: [StrayStream; 2],
    place: StrayPlace,
    /// The latest request has no version: its answer may have no status line.
    simple: bool,
    /// The latest request is a WebSocket handshake, which has no answer yet.
    asks: bool,
    /// It was told that a frame came before that answer.
    early: bool,
}

/// One side's stream.
#[derive(Debug, Default)]
struct StrayStream {
    /// The position of the first byte whose meaning isn't known yet, and the one after the last byte that came.
    next: u64,
    end: u64,
    /// The bytes from there on; not all of them, if there are too many.
    waiting: Vec<u8>,
    /// When they came, each with the position after the last that came then.
    came: VecDeque<(u64, Moment)>,
    /// The exchange of the latest message.
    exchange: Option<u64>,
    /// The stray in progress, and what kind of range it is made of.
    stray: Option<Box<(Stray, PieceKind)>>,
}

impl Sink for Listener<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Bytes(it) => self.bytes(&it),
            Event::Piece(it) => self.piece(&it),
            Event::Problem(it) => self.told(it),
            Event::Packet(_) | Event::Derived(_) | Event::Interface(..) => {}
            _ => self.interrupted(event),
        }
        if self.pieces || !matches!(event, Event::Bytes(_) | Event::Piece(_)) {
            self.sink.event(event);
        }
    }

    fn done(&self) -> bool {
        self.sink.done()
    }

    fn counts_only(&self) -> bool {
        self.sink.counts_only()
    }
}

impl Listener<'_> {
    fn bytes(&mut self, it: &Delivered<'_>) {
        let talk = self.strays.talks.entry(it.connection).or_default();
        talk.tell(it.direction.reverse(), self.sink);
        let side = &mut talk.sides[it.direction as usize];
        if it.start != side.end {
            talk.rest((it.connection, it.direction), self.sink);
        }
        let side = &mut talk.sides[it.direction as usize];
        if it.start != side.end {
            (side.next, side.end) = (it.start, it.start);
        }
        if side.waiting.capacity() == 0 {
            side.waiting = std::mem::take(&mut self.strays.room);
        }
        if side.waiting.len() as u64 == side.end - side.next {
            let room = MAX_UNNAMED.saturating_sub(side.waiting.len());
            side.waiting.extend_from_slice(&it.data[..it.data.len().min(room)]);
        }
        side.end += it.data.len() as u64;
        side.came.push_back((side.end, it.ready));
    }

    fn piece(&mut self, it: &Piece) {
        let Some(talk) = self.strays.talks.get_mut(&it.connection) else { return };
        talk.piece(it, self.sink);
        let waiting = &mut talk.sides[it.direction as usize].waiting;
        if waiting.is_empty() && waiting.capacity() > 0 {
            self.strays.room = std::mem::take(waiting);
        }
    }

    /// Only whoever knows what the capture lacks can say that a frame came too early.
    fn told(&mut self, it: &Problem) {
        if it.code == Fault::FrameBeforeAnswer.rule().code
            && let Some(talk) = it.connection.and_then(|connection| self.strays.talks.get_mut(&connection))
        {
            talk.early = true;
        }
    }

    /// Something else is reported about a connection: what came before it is reported first.
    fn interrupted(&mut self, event: Event<'_>) {
        let Some(connection) = event.connection() else { return };
        let Some(talk) = self.strays.talks.get_mut(&connection) else { return };
        for side in Direction::BOTH {
            talk.tell(side, self.sink);
        }
        match event {
            Event::Request(it) => talk.asked(it),
            Event::Upgraded(it) => talk.switched(it),
            Event::Closed(_) => {
                for side in Direction::BOTH {
                    talk.rest((connection, side), self.sink);
                }
                self.strays.talks.remove(&connection);
            }
            _ => {}
        }
    }
}

impl Talk {
    fn piece(&mut self, it: &Piece, sink: &mut dyn Sink) {
        let name = (it.connection, it.direction);
        // What nothing says the meaning of, in front of it.
        let before = it.start.min(self.sides[it.direction as usize].end);
        self.stray(name, before, PieceKind::Undecoded, sink);
        if matches!(it.kind, PieceKind::Undecoded | PieceKind::EmptyLine) {
            self.stray(name, it.end, it.kind, sink);
            return;
        }
        self.tell(it.direction, sink);
        let side = &mut self.sides[it.direction as usize];
        side.take(it.end);
        if matches!(it.kind, PieceKind::RequestLine | PieceKind::StatusLine) {
            side.exchange = Some(it.index);
        }
    }

    fn asked(&mut self, it: &Exchange) {
        let Some(request) = &it.request else { return };
        self.place = StrayPlace::Messages;
        self.simple = request.message.version == (0, 9);
        self.asks = handshake::is_asked(&request.message.headers);
        self.early = false;
    }

    fn switched(&mut self, it: &Exchange) {
        self.asks = false;
        self.place =
            if it.upgraded.as_deref() == Some("websocket") { StrayPlace::Frames } else { StrayPlace::Elsewhere };
    }

    /// All that waits is a stray: nothing will say any more what it is.
    fn rest(&mut self, name: (u64, Direction), sink: &mut dyn Sink) {
        let end = self.sides[name.1 as usize].end;
        self.stray(name, end, PieceKind::Undecoded, sink);
        self.tell(name.1, sink);
    }

    /// The bytes up to `end` are of no message.
    fn stray(&mut self, (connection, direction): (u64, Direction), end: u64, kind: PieceKind, sink: &mut dyn Sink) {
        let side = &mut self.sides[direction as usize];
        let start = side.next;
        let Some((bytes, extent)) = side.take(end) else { return };
        let length = side.next - start;
        let goes_on = side.stray.as_deref().is_some_and(|(before, of)| {
            *of == kind
                && before.start + before.length == start
                && extent.first.time.since(before.extent.last.time) < PAUSE
        });
        if !goes_on {
            self.tell(direction, sink);
        }
        let side = &mut self.sides[direction as usize];
        let (stray, _) = &mut **side.stray.get_or_insert_with(|| {
            let stray = Stray {
                connection,
                direction,
                extent,
                start,
                length: 0,
                bytes: Vec::new(),
                what: Cow::Borrowed(""),
                exchange: side.exchange,
                place: self.place,
                frame: None,
            };
            Box::new((stray, kind))
        });
        // Only the beginning is kept, without holes.
        if stray.bytes.len() as u64 == stray.length {
            let room = MAX_STRAY_BYTES.saturating_sub(stray.bytes.len());
            stray.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        stray.length += length;
        stray.extent.last = extent.last;
    }

    /// A side's stray is over.
    fn tell(&mut self, direction: Direction, sink: &mut dyn Sink) {
        let Some((mut stray, kind)) = self.sides[direction as usize].stray.take().map(|it| *it) else { return };
        if self.asks && direction == Direction::Client && is_frame(&stray.bytes) {
            return tell_frames(stray, self.early, sink);
        }
        stray.what = match kind {
            PieceKind::EmptyLine => Cow::Borrowed("empty line"),
            _ if self.simple && direction == Direction::Server && self.place == StrayPlace::Messages => {
                Cow::Borrowed("response of HTTP/0.9, without status line and headers")
            }
            _ => name(&stray),
        };
        sink.event(Event::Stray(&stray));
    }
}

impl StrayStream {
    /// The bytes up to `end`, as far as they came and were kept, and when they came; `None` if there are none.
    fn take(&mut self, end: u64) -> Option<(Vec<u8>, Extent)> {
        let end = end.min(self.end);
        if end <= self.next {
            return None;
        }
        let length = usize::try_from(end - self.next).unwrap_or(usize::MAX).min(self.waiting.len());
        let kept = self.waiting.get(..length.min(MAX_STRAY_BYTES)).unwrap_or_default().to_vec();
        self.waiting.drain(..length);
        let first = self.came.front().map(|(_, moment)| *moment).unwrap_or_default();
        let mut last = first;
        while let Some((until, moment)) = self.came.front() {
            last = *moment;
            if *until > end {
                break;
            }
            let is_end = *until == end;
            self.came.pop_front();
            if is_end {
                break;
            }
        }
        self.next = end;
        Some((kept, Extent { first, last }))
    }
}

/// Whether some bytes begin with a frame as a client sends it.
fn is_frame(bytes: &[u8]) -> bool {
    Header::parse(bytes).is_some_and(|header| header.mask_key.is_some() && header.is_lawful(Direction::Client, true))
}

/// Reports frames that a client sent before its handshake was answered, as far as the capture has it: too early (RFC 6455 §4.1), or
/// after an answer that the capture lacks. Each is its own stray.
fn tell_frames(all: Stray, early: bool, sink: &mut dyn Sink) {
    let mut at = 0;
    for read in pasted::read(&all.bytes, Some(Direction::Client)).frames {
        let mut frame = read.frame;
        let length = u64::from(frame.header_bytes) + frame.payload_seen;
        (frame.connection, frame.extent) = (all.connection, all.extent);
        let bytes = frame.payload.clone();
        let what = Cow::Borrowed(if early { "frame before the 101" } else { "frame; its 101 isn't in the capture" });
        let one = Stray { start: all.start + at, length, bytes, what, frame: Some(Box::new(frame)), ..all.clone() };
        sink.event(Event::Stray(&one));
        at += length;
    }
    if at < all.length {
        let bytes = all.bytes.get(at as usize..).unwrap_or_default().to_vec();
        sink.event(Event::Stray(&Stray { start: all.start + at, length: all.length - at, bytes, ..all }));
    }
}

/// What bytes are, as far as they show it themselves; nothing if they don't.
fn name(it: &Stray) -> Cow<'static, str> {
    let bytes = &it.bytes[..];
    if tls::is_record(bytes) {
        return tls::record_name(bytes);
    }
    for from in [it.direction, it.direction.reverse()] {
        if likeness(from, bytes, MAX_START_LINE) == Likeness::Yes {
            return Cow::Borrowed(match from {
                Direction::Client => "HTTP request",
                Direction::Server => "HTTP response",
            });
        }
    }
    // What may be anything in the middle of a conversation is certain at its beginning.
    let begins = it.start == 0 || it.place == StrayPlace::Elsewhere;
    match session::opening(bytes, it.direction, begins) {
        Opening::Http2 if begins => Cow::Borrowed("HTTP/2"),
        Opening::Proxy if begins => Cow::Borrowed("PROXY protocol"),
        Opening::Socks if begins => Cow::Borrowed("SOCKS"),
        Opening::Named(name) if begins => Cow::Borrowed(name),
        _ => Cow::Borrowed(""),
    }
}
