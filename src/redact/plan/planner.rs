//! Makes a plan: what was found on each stream says what becomes of its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::super::blank::BLANK;
use super::super::{Payloads, close_code, exchange, lines};
use super::{Carried, Fill, Plan, Stream};
use crate::capture::Packet;
use crate::inspect::event::{Delivered, Event, Piece, PieceKind, Sink};
use crate::inspect::mark::{BROKEN, Note};
use crate::inspect::record::{Connection, Direction, Exchange, Fields, Frame, HttpMessage, Message, Problem};
use crate::layers::application::websocket::{BINARY, CONTINUATION, Header, RSV1, TEXT};
use crate::layers::network::fragments::Fragments;
use crate::layers::presentation::coding;
use crate::layers::session::{Opening, opening};
use crate::layers::stack::{self, Outcome};
use crate::limits::MAX_UNNAMED;

/// Stands in for text that was not UTF-8, and for what was no frame: nor is it afterwards.
const INVALID: u8 = 0xff;

/// How many bytes of a stream may stay where it takes them to know what is spoken: of HTTP/2, its whole preface.
const MOST_NAMING: usize = 6;
const PREFACE: usize = 24;

/// Makes a plan of what the pipeline finds, which must be asked for [pieces](crate::inspect::Options::pieces). It is given
/// each packet before the pipeline is.
#[derive(Debug)]
pub struct Planner {
    plan: Plan,
    /// The connections to plan for; `None` for all.
    only: Option<BTreeSet<u64>>,
    packet: u64,
    /// What of the packet was delivered so far.
    delivered: Vec<Range<u64>>,
    /// Packets that are fragments, and what they are put together to.
    fragments: BTreeSet<u64>,
    datagrams: Fragments,
    open: HashMap<Stream, OpenStream, RandomState>,
    payloads: Payloads,
}

/// What is in progress on one side of a connection.
#[derive(Debug, Default)]
struct OpenStream {
    /// What was delivered and is not named yet; where it begins.
    unnamed: Vec<u8>,
    unnamed_at: u64,
    speaks: Speaks,
    /// The last piece was of a protocol that is not decoded.
    undecoded: bool,
    /// Where the head began whose record comes next.
    head: Option<u64>,
    /// The content in progress is coded.
    coded: bool,
    /// Where the content of exchanges begins that is coded, by index, as far as a note reaches.
    notes: BTreeMap<u64, Vec<u64>>,
    /// Exchanges whose content could not be decoded.
    broken: BTreeSet<u64>,
    /// Where the trailers of exchanges began, by index.
    trailers: BTreeMap<u64, u64>,
    /// Where the payload of the frame in progress begins, and how far it was seen.
    payload: Option<(u64, u64)>,
    /// What was said in the frame in progress was not UTF-8.
    invalid: bool,
    /// What came in it could not be decompressed.
    fails: bool,
    /// The message in progress, if it is compressed.
    message: Option<Compressed>,
}

/// What a side is known to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Speaks {
    #[default]
    Nothing,
    Http,
    WebSocket,
}

/// Where a compressed message begins, as far as a note reaches: positions, and what masks each.
#[derive(Debug, Default)]
struct Compressed {
    begins: Vec<(u64, u8)>,
    broken: bool,
    invalid: bool,
}

impl OpenStream {
    /// Whether bytes from there on do not follow those that are not named yet.
    fn is_gap(&self, start: u64) -> bool {
        self.unnamed_at + self.unnamed.len() as u64 != start
    }

    fn deliver(&mut self, it: &Delivered<'_>) {
        if self.unnamed.is_empty() {
            self.unnamed_at = it.start;
        }
        self.unnamed.extend_from_slice(it.data);
        let over = self.unnamed.len().saturating_sub(MAX_UNNAMED);
        self.drop_first(over);
    }

    fn drop_first(&mut self, count: usize) {
        self.unnamed.drain(..count);
        self.unnamed_at += count as u64;
    }

    /// The bytes of a piece, if they are there; they and those before them are let go.
    fn take(&mut self, it: &Piece) -> Option<Vec<u8>> {
        let at = |position: u64| position.checked_sub(self.unnamed_at).and_then(|at| usize::try_from(at).ok());
        let (start, end) = (at(it.start), at(it.end));
        let wanted = !matches!(it.kind, PieceKind::Body | PieceKind::ChunkData | PieceKind::FramePayload);
        let taken = match (start, end) {
            (Some(start), Some(end)) if wanted => self.unnamed.get(start..end).map(<[u8]>::to_vec),
            _ => None,
        };
        let end = end.unwrap_or(0).min(self.unnamed.len());
        self.drop_first(end);
        taken
    }
}

impl Planner {
    /// A planner for some connections, or for all.
    #[must_use]
    pub fn new(only: Option<BTreeSet<u64>>) -> Self {
        Self {
            plan: Plan::default(),
            only,
            packet: 0,
            delivered: Vec::new(),
            fragments: BTreeSet::new(),
            datagrams: Fragments::default(),
            open: HashMap::default(),
            payloads: Payloads::default(),
        }
    }

    /// Looks at the packet that the pipeline gets next.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let Outcome::Fragment(it) = stack::walk(packet.link.0, packet.data) else { return };
        if self.plan.has_room(size_of::<u64>() * 4) {
            self.fragments.insert(packet.number);
        }
        if let Some(datagram) = self.datagrams.add(packet.number, packet.time.0, &it).whole
            && let Outcome::Tcp(tcp) = stack::walk_datagram(&datagram)
            && let Some(first) = datagram.runs.first().and_then(|run| run.origin.packet())
            && (tcp.offset, tcp.fault) == (0, None)
        {
            self.plan.headed.insert(first);
        }
    }

    /// The plan, once the capture is over.
    #[must_use]
    pub fn finish(mut self) -> Plan {
        // Trailers and notes are told of late.
        self.plan.streams.values_mut().for_each(|all| all.sort_by_key(|stretch| stretch.start));
        self.plan
    }

    fn plans_for(&self, connection: u64) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&connection))
    }

    fn side(&mut self, stream: Stream) -> &mut OpenStream {
        self.open.entry(stream).or_default()
    }

    fn bytes(&mut self, it: &Delivered<'_>) {
        let stream = (it.connection, it.direction);
        let range = it.start..it.start + it.data.len() as u64;
        let packet = it.run.origin.packet().unwrap_or_default();
        if self.fragments.contains(&packet) && self.plan.has_room(size_of::<Carried>() * 2) {
            let (start, offset, length) = (it.start, it.run.offset as usize, it.data.len());
            self.plan.fragments.entry(packet).or_default().push(Carried { stream, start, offset, length });
        }
        if let Some(differing) = self.plan.differing.get_mut(&packet) {
            differing.push(range.clone());
        }
        if packet == self.packet {
            self.delivered.push(range);
        }
        if self.side(stream).is_gap(it.start) {
            self.leave(stream);
        }
        self.side(stream).deliver(it);
    }

    /// What was waited with until now turned out to be nothing.
    fn leave(&mut self, stream: Stream) {
        let side = self.side(stream);
        let (start, bytes) = (side.unnamed_at, std::mem::take(&mut side.unnamed));
        if !bytes.is_empty() {
            let text = undecoded(stream.1, side.speaks, bytes, !side.undecoded);
            self.plan.add_text(stream, start, &text);
        }
    }

    fn piece(&mut self, it: &Piece) {
        let stream = (it.connection, it.direction);
        let side = self.side(stream);
        let bytes = side.take(it);
        let was_undecoded = std::mem::replace(&mut side.undecoded, it.kind == PieceKind::Undecoded);
        let text = match it.kind {
            PieceKind::Body | PieceKind::ChunkData => return self.content(stream, it),
            PieceKind::FrameHeader => {
                side.speaks = Speaks::WebSocket;
                side.payload = Some((it.end, it.end));
                bytes
            }
            // Of these the records say what is in them, later.
            PieceKind::FramePayload => {
                if let Some((_, seen)) = &mut side.payload {
                    *seen = it.end;
                }
                return;
            }
            PieceKind::RequestLine | PieceKind::StatusLine => {
                side.speaks = Speaks::Http;
                side.head = Some(it.start);
                return;
            }
            PieceKind::TrailerLine => {
                side.trailers.entry(it.index).or_insert(it.start);
                return;
            }
            PieceKind::FieldLine => return,
            // Behind the last chunk there need be no trailers, of which a record would tell.
            PieceKind::SectionEnd if side.head.is_some() || side.trailers.contains_key(&it.index) => return,
            PieceKind::EmptyLine | PieceKind::ChunkEnd | PieceKind::SectionEnd => {
                bytes.filter(|bytes| bytes.iter().all(|byte| b"\r\n".contains(byte)))
            }
            PieceKind::ChunkSize => bytes.map(|mut line| {
                lines::chunk_line(&mut line);
                line
            }),
            PieceKind::Undecoded => {
                let speaks = side.speaks;
                bytes.map(|bytes| undecoded(it.direction, speaks, bytes, !was_undecoded))
            }
        };
        if let Some(text) = text {
            self.plan.add_text(stream, it.start, &text);
        }
    }

    /// Content becomes text, or zeros with a note at their beginning if it was coded.
    fn content(&mut self, stream: Stream, it: &Piece) {
        let side = self.side(stream);
        if !side.coded {
            return self.plan.add(stream, it.range(), Fill::Byte(BLANK));
        }
        let note = side.notes.entry(it.index).or_default();
        let room = Note::BYTES - note.len();
        let from = it.end.min(it.start + room as u64);
        note.extend(it.start..from);
        self.plan.add(stream, from..it.end, Fill::Byte(0));
    }

    fn head(&mut self, direction: Direction, original: &Exchange) {
        let stream = (original.connection, direction);
        let side = self.side(stream);
        let Some(start) = side.head.take() else { return };
        let headers = |it: &Exchange| match direction {
            Direction::Client => it.request.as_ref().map(|it| it.message.clone()),
            Direction::Server => it.latest_response().map(|it| it.message.clone()),
        };
        side.coded = headers(original).is_some_and(|it| it.content_coding.is_some());
        if let Some(message) = headers(&exchange(original)) {
            self.plan.add_text(stream, start, &message.headers.block);
        }
    }

    /// An exchange is over: what its content was, and its trailers, are known now.
    fn exchange(&mut self, original: &Exchange) {
        let request = original.request.as_ref().map(|it| (Direction::Client, &it.message));
        let response = original.response.as_ref().map(|it| (Direction::Server, &it.message));
        for (direction, message) in request.into_iter().chain(response) {
            let stream = (original.connection, direction);
            let side = self.side(stream);
            let broken = side.broken.remove(&original.index) || is_broken(message);
            let (note, trailers) = (side.notes.remove(&original.index), side.trailers.remove(&original.index));
            if let Some(note) = note {
                let mut blank = vec![if broken { BROKEN } else { 0 }; note.len()];
                if !broken {
                    Note::write(message.decoded_body_bytes, &mut blank);
                }
                for (position, byte) in note.into_iter().zip(blank) {
                    self.plan.add(stream, position..position + 1, Fill::Byte(byte));
                }
            }
            if let Some(start) = trailers {
                let mut fields: Fields = message.trailers.clone();
                lines::section(&mut fields, 0);
                self.plan.add_text(stream, start, &fields.block);
            }
        }
    }

    fn frame(&mut self, it: &Frame) {
        let stream = (it.connection, it.direction);
        let filler = self.payloads.filler(it);
        let is_first = matches!(it.opcode, TEXT | BINARY);
        if is_first {
            self.end_message(stream, None);
        }
        let side = self.side(stream);
        let (invalid, broken) = (std::mem::take(&mut side.invalid), std::mem::take(&mut side.fails));
        let Some((mut start, end)) = side.payload.take() else { return };
        let key_at = start;
        let masked =
            |byte: u8, position: u64| it.mask_key.map_or(byte, |key| byte ^ key[((position - key_at) % 4) as usize]);
        if is_first && it.rsv & RSV1 != 0 {
            side.message = Some(Compressed::default());
        }
        if let Some(message) = side.message.as_mut().filter(|_| is_first || it.opcode == CONTINUATION) {
            message.invalid |= invalid;
            message.broken |= broken;
            let room = Note::BYTES - message.begins.len();
            let from = end.min(start + room as u64);
            message.begins.extend((start..from).map(|position| (position, masked(0, position))));
            start = from;
        }
        let byte = if invalid && filler != 0 { INVALID } else { filler };
        if let Some(code) = close_code(it) {
            let code: Vec<u8> = code.iter().zip(start..end).map(|(byte, position)| masked(*byte, position)).collect();
            self.plan.add_text(stream, start, &code);
            start += code.len() as u64;
        }
        let fill = it.mask_key.map_or(Fill::Byte(byte), |key| Fill::Masked(byte, key, key_at));
        self.plan.add(stream, start..end, fill);
    }

    /// A compressed message is over: its beginning says how long it was, if it was one.
    fn end_message(&mut self, stream: Stream, length: Option<u64>) {
        let Some(message) = self.side(stream).message.take() else { return };
        let mut blank = vec![if message.broken { BROKEN } else { 0 }; message.begins.len()];
        if !message.broken {
            Note::write(length, &mut blank);
        }
        if let Some(first) = blank.first_mut().filter(|_| message.invalid && !message.broken) {
            *first |= Note::INVALID;
        }
        for ((position, mask), byte) in message.begins.into_iter().zip(blank) {
            self.plan.add(stream, position..position + 1, Fill::Byte(byte ^ mask));
        }
    }

    /// What was wrong with what is blanked is to be wrong afterwards.
    fn problem(&mut self, it: &Problem) {
        let stream = it.connection.zip(it.direction);
        match (it.code, stream) {
            ("retransmission-differs", _) if self.plan.has_room(size_of::<Range<u64>>() * 4) => {
                let delivered = if it.packet == self.packet { self.delivered.clone() } else { Vec::new() };
                self.plan.differing.entry(it.packet).or_default().extend(delivered);
            }
            ("coding-does-not-decode", Some(stream)) => {
                self.side(stream).broken.extend(it.exchange);
            }
            ("message-does-not-inflate", Some(stream)) => {
                let side = self.side(stream);
                match &mut side.message {
                    Some(message) if side.payload.is_none() => message.broken = true,
                    _ => side.fails = true,
                }
            }
            ("text-not-utf8" | "close-reason-not-utf8", Some(stream)) => self.invalid(stream),
            _ => {}
        }
    }

    fn invalid(&mut self, stream: Stream) {
        let side = self.side(stream);
        if side.payload.is_some() {
            side.invalid = true;
        } else if let Some(message) = &mut side.message {
            message.invalid = true;
        } else if let Some(last) = self.plan.streams.get_mut(&stream).and_then(|all| all.last_mut()) {
            // Its last frame was told of before: the last of its bytes is to be none of a character's.
            let end = last.end;
            let fill = match last.fill {
                Fill::Masked(_, key, key_at) => Fill::Masked(INVALID, key, key_at),
                Fill::Byte(_) => Fill::Byte(INVALID),
                Fill::Text(_) => return,
            };
            last.end -= 1;
            self.plan.add(stream, end - 1..end, fill);
        }
    }

    fn upgraded(&mut self, it: &Exchange) {
        let speaks = if it.upgraded.as_deref() == Some("websocket") { Speaks::WebSocket } else { Speaks::Nothing };
        for direction in Direction::BOTH {
            self.side((it.connection, direction)).speaks = speaks;
        }
    }

    fn closed(&mut self, it: &Connection) {
        for direction in Direction::BOTH {
            let stream = (it.number, direction);
            self.end_message(stream, None);
            self.leave(stream);
            self.open.remove(&stream);
        }
        self.payloads.forget(it.number);
        if self.plan.has_room(size_of::<std::net::SocketAddr>() * 2) {
            self.plan.clients.insert(it.number, it.client);
        }
    }
}

/// Whether content was all there, and could still not be decoded, though its coding is known.
fn is_broken(message: &HttpMessage) -> bool {
    let known = message.content_coding.as_deref().is_some_and(|coding| coding::Decoder::new(coding.as_bytes()).is_ok());
    message.complete && message.decoded_body_bytes.is_none() && known
}

/// What becomes of bytes in which nothing was decoded.
fn undecoded(direction: Direction, speaks: Speaks, mut bytes: Vec<u8>, begins: bool) -> Vec<u8> {
    if speaks == Speaks::WebSocket {
        // The beginning of a frame's header that never became whole says what frame it was, and no more.
        let kept = if Header::parse(&bytes).is_none() { 2.min(bytes.len()) } else { 0 };
        bytes[kept..].fill(if kept > 0 { 0 } else { INVALID });
        return bytes;
    }
    if begins && direction == Direction::Client && opening(&bytes, direction, true) == Opening::Proxy {
        lines::proxy(&mut bytes);
        return bytes;
    }
    let named = if begins { naming(direction, &bytes) } else { 0 };
    let is_text = bytes.iter().all(|byte| !matches!(byte, ..32 | 127) || b"\r\n\t".contains(byte));
    if named == 0 && is_text && speaks == Speaks::Http {
        lines::text(direction, &mut bytes);
        return bytes;
    }
    let ends_line = bytes.ends_with(b"\n");
    bytes[named..].fill(0);
    if let Some(last) = bytes.last_mut().filter(|_| ends_line) {
        *last = b'\n';
    }
    bytes
}

/// How many of the first bytes it takes to know what protocol they are of: no more than its own name for itself.
fn naming(direction: Direction, bytes: &[u8]) -> usize {
    for first in [true, false] {
        let found = opening(bytes, direction, first);
        let most = match found {
            Opening::Http2 => PREFACE,
            Opening::Tls | Opening::Named(_) => MOST_NAMING,
            _ => continue,
        };
        let mut blank = vec![0; bytes.len()];
        for (at, byte) in bytes.iter().enumerate().take(most) {
            blank[at] = *byte;
            if opening(&blank, direction, first) == found {
                return at + 1;
            }
        }
    }
    0
}

impl Sink for Planner {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) => {
                self.packet = it.moment.packet;
                self.delivered.clear();
            }
            Event::Bytes(it) if self.plans_for(it.connection) => self.bytes(&it),
            Event::Piece(it) if self.plans_for(it.connection) => self.piece(&it),
            Event::Request(it) if self.plans_for(it.connection) => self.head(Direction::Client, it),
            Event::Response(it) if self.plans_for(it.connection) => self.head(Direction::Server, it),
            Event::Exchange(it) if self.plans_for(it.connection) => self.exchange(it),
            Event::Upgraded(it) if self.plans_for(it.connection) => self.upgraded(it),
            Event::Frame(it) if self.plans_for(it.connection) => self.frame(it),
            Event::Message(Message { connection, direction, payload_bytes, compressed: true, .. })
                if self.plans_for(*connection) =>
            {
                self.end_message((*connection, *direction), Some(*payload_bytes));
            }
            Event::Problem(it) if it.connection.is_some_and(|it| self.plans_for(it)) => self.problem(it),
            Event::Closed(it) if self.plans_for(it.number) => self.closed(it),
            _ => {}
        }
    }
}
