//! A connection that speaks WebSocket: frames, and the messages they make up.

mod ending;

use self::ending::Reasons;
use super::content::kept;
use super::event::{Event, How, Made, Making, Map, PieceKind};
use super::open_message::OpenMessage;
use super::output::{About, Output};
use super::pings::Pings;
use super::record::{Answered, Direction, Extent, Frame};
use crate::capture::Timestamp;
use crate::layers::application::http::{Input, Likeness, likeness};
use crate::layers::application::websocket::{CLOSE, Decoder, Fault, FrameRole, Header, Item, PING, PONG, Rules, TEXT};
use crate::layers::presentation::charset::whole_characters;
use crate::layers::presentation::deflate::{Deflate, Inflater};
use crate::layers::presentation::masking;
use crate::layers::quoted::Quoted;
use crate::layers::{DerivedId, Origin, Run, Source};
use crate::limits::MAX_LINE_AFTER_CLOSE;

/// How much of a control frame's payload is looked at: all that a valid frame can have (RFC 6455 §5.5).
const MAX_CONTROL: usize = 125;

/// Payload is unmasked in pieces of this size, which stay in the processor's nearest cache.
const UNMASK_AT_ONCE: usize = 16 << 10;

/// Both directions of a connection that speaks WebSocket.
#[derive(Debug)]
pub(super) struct WebSocketTalk {
    connection: u64,
    sides: [Sender; 2],
    next_frame: u64,
    next_message: u64,
    /// Its end needs no report: bytes are missing, or it broke off inside a frame, which was reported.
    ending_told: bool,
    /// Where the second close frame came, after which the server closes the TCP connection.
    closed: Option<Source>,
    /// What few connections need: why they end.
    reasons: Option<Box<Reasons>>,
    /// When somebody last sent something.
    latest: Option<Timestamp>,
}

/// One end as a sender of frames.
#[derive(Debug)]
struct Sender {
    direction: Direction,
    /// What its bytes are of.
    stream: DerivedId,
    decoder: Decoder,
    rules: Rules,
    inflater: Option<Box<Inflater>>,
    frame: Option<InFrame>,
    message: Option<Box<OpenMessage>>,
    /// It sent its FIN.
    finished: bool,
    pings: Pings,
    /// The data message that this side sent last, or is sending.
    last: Option<Sent>,
}

/// A data message as its sender's peer may complain of it.
#[derive(Clone, Copy, Debug)]
struct Sent {
    packet: u64,
    text: bool,
    bytes: u64,
    /// What is wrong with it: a complaint is its effect.
    cause: Option<u64>,
}

/// A frame in progress.
#[derive(Debug)]
struct InFrame {
    header: Header,
    index: u64,
    part: FrameRole,
    /// How much of the payload was there so far.
    seen: u64,
    /// The payload, unmasked, as far as it is kept.
    payload: Vec<u8>,
    truncated: bool,
    /// The unmasked payload, if that's reported.
    unmasking: Option<Making>,
    /// The ping that it answers.
    answers: Option<Answered>,
}

impl WebSocketTalk {
    /// A connection that speaks WebSocket from the given stream positions on, client's and server's: what was agreed about
    /// permessage-deflate, and whether extensions were agreed on that are not known.
    pub(super) fn new(
        connection: u64,
        streams: [DerivedId; 2],
        positions: [u64; 2],
        (deflate, others): (Option<Deflate>, bool),
    ) -> Self {
        let sender = |direction, inflater: Option<Inflater>| Sender {
            direction,
            stream: streams[direction as usize],
            decoder: Decoder::new(direction, deflate.is_some(), positions[direction as usize]),
            rules: Rules::new(direction, deflate.is_some()).beside_others(others),
            inflater: inflater.map(Box::new),
            frame: None,
            message: None,
            finished: false,
            pings: Pings::default(),
            last: None,
        };
        let client = sender(Direction::Client, deflate.map(|deflate| deflate.client_inflater()));
        let server = sender(Direction::Server, deflate.map(|deflate| deflate.server_inflater()));
        Self {
            connection,
            sides: [client, server],
            next_frame: 0,
            next_message: 0,
            ending_told: false,
            closed: None,
            reasons: None,
            latest: None,
        }
    }

    /// A connection that was joined midway: trusts the next packet of each end that consists of whole frames. What was agreed
    /// on isn't known, so a compressed message is not a fault.
    pub(super) fn joined(connection: u64, streams: [DerivedId; 2], positions: [u64; 2]) -> Self {
        let mut talk = Self::new(connection, streams, positions, (Some(Deflate::default()), false));
        for side in &mut talk.sides {
            side.miss(0);
            side.lose();
        }
        talk
    }

    /// Whether a frame or a message is in progress.
    pub(super) fn is_inside(&self) -> bool {
        self.sides.iter().any(|side| side.frame.is_some() || side.message.is_some())
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&self) -> usize {
        let side = |side: &Sender| {
            side.frame.as_ref().map_or(0, |frame| frame.payload.capacity())
                + side.message.as_ref().map_or(0, |m| size_of::<OpenMessage>() + m.message.payload.capacity())
                + side.inflater.as_ref().map_or(0, |inflater| inflater.held())
                + side.pings.held()
        };
        self.sides.iter().map(side).sum::<usize>() + self.reasons.as_ref().map_or(0, |_| size_of::<Reasons>())
    }

    /// Takes the next bytes of one side.
    pub(super) fn bytes(&mut self, from: Direction, input: &mut Input<'_>, out: &mut Output<'_>) {
        let Self { connection, sides, next_frame, next_message, ending_told, closed, reasons, latest } = self;
        *latest = Some(input.source.ready.time);
        let [client, server] = sides;
        let (side, other) = if from == Direction::Client { (client, server) } else { (server, client) };
        let source = input.source;
        loop {
            let start = side.decoder.position();
            let Some(item) = side.decoder.next(input) else { return };
            let end = side.decoder.position();
            let index = next_frame.saturating_sub(u64::from(side.frame.is_some()));
            match item {
                Item::Header(header) => {
                    out.piece(*connection, from, start, end, PieceKind::FrameHeader, *next_frame);
                    side.begin(&header, (*connection, *next_frame), out);
                    *next_frame += 1;
                }
                Item::Payload(payload, at) => {
                    let index = side.frame.as_ref().map_or(index, |frame| frame.index);
                    let run = Run { origin: Origin::Derived(side.stream), offset: start, length: end - start };
                    side.payload(payload, at, (*connection, run), source, out);
                    out.piece(*connection, from, start, end, PieceKind::FramePayload, index);
                }
                Item::End { complete } => {
                    let over = side.frame.as_ref().map(|frame| frame.header.opcode);
                    if let Some(opcode) = over.filter(|_| complete) {
                        let payload = side.frame.as_ref().map(|frame| &frame.payload[..]).unwrap_or_default();
                        match opcode {
                            PING => side.pings.sent(payload, index, side.decoder.began()),
                            PONG => {
                                let answers = other.pings.answered(payload, side.decoder.began());
                                side.frame.iter_mut().for_each(|frame| frame.answers = answers);
                            }
                            CLOSE => {
                                let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                                let reason = payload.get(2..).filter(|reason| !reason.is_empty()).map(Quoted::of);
                                let about = About::connection(*connection).by(from).frame(index);
                                if let Some(began) = side.unfinished() {
                                    out.problem(source, about, &Fault::MessageNotEnded { began });
                                }
                                let is_first = !other.rules.is_closed();
                                let gave_up =
                                    if is_first && !other.finished { side.gives_up(about, source) } else { None };
                                // Who waited for a pong in vain closes for that.
                                let is_own = is_first && gave_up.is_none() && !*ending_told;
                                Reasons::note(reasons, gave_up);
                                side.closes((code, reason, is_own), other.last, about, source, out);
                                if side.rules.is_closed() && other.rules.is_closed() {
                                    closed.get_or_insert(source);
                                }
                            }
                            _ => {}
                        }
                    }
                    side.end(complete, *connection, source, next_message, out);
                }
                Item::Skipped(_) => out.piece(*connection, from, start, end, PieceKind::Undecoded, index),
                Item::NoFrame(bytes) => {
                    out.piece(*connection, from, start, end, PieceKind::Undecoded, index);
                    let found = if side.decoder.is_closed() {
                        Fault::DataAfterClose { what: after_close(bytes) }
                    } else {
                        Fault::HttpAmongFrames { from, line: Quoted::of(first_line(bytes)) }
                    };
                    out.problem(side.decoder.began(), About::connection(*connection).by(from), &found);
                    *ending_told = true;
                }
            }
        }
    }

    /// The capture lacks some of a side's bytes.
    pub(super) fn gap(&mut self, from: Direction, length: u64, source: Source, out: &mut Output<'_>) {
        self.ending_told = true;
        // There may have been pongs among them.
        self.sides[from.reverse() as usize].pings.forget();
        let side = &mut self.sides[from as usize];
        if let Some(Item::End { complete }) = side.miss(length) {
            side.end(complete, self.connection, source, &mut self.next_message, out);
        }
        side.lose();
    }

    /// A side sent its FIN.
    pub(super) fn end(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        self.check_tcp_is_closed(from, source, out);
        self.leaves(from, source);
        let after = self.sides[from.reverse() as usize].finished;
        let side = &mut self.sides[from as usize];
        side.finished = true;
        loop {
            let start = side.decoder.position();
            let Some((item, owed)) = side.decoder.end() else { return };
            let cut = match item {
                Item::Skipped(came) => Some(Fault::HeaderCutShort { came, after }),
                _ => (owed > 0).then_some(Fault::FrameCutShort { missing: owed, after }),
            };
            if let Some(cut) = cut {
                self.ending_told = true;
                out.problem(source, side.about(self.connection), &cut);
            }
            if let Item::End { complete } = item {
                side.end(complete, self.connection, source, &mut self.next_message, out);
            } else {
                let end = side.decoder.position();
                out.piece(self.connection, from, start, end, PieceKind::Undecoded, self.next_frame);
            }
        }
    }

    /// The connection or the capture is over: a frame in progress stays as it is.
    pub(super) fn give_up(&mut self, reset: bool, source: Source, out: &mut Output<'_>) {
        self.check_ending(reset, None, source, out);
        for side in &mut self.sides {
            side.end(false, self.connection, source, &mut self.next_message, out);
        }
    }
}

impl Sender {
    /// Bytes are missing: nothing that depends on them is guessed. They may include the end of the frame in progress.
    fn miss(&mut self, length: u64) -> Option<Item<'static>> {
        if let Some(building) = &mut self.message {
            building.broken = true;
        }
        if let Some(inflater) = &mut self.inflater {
            inflater.bytes_missing();
        }
        self.decoder.gap(length)
    }

    /// What is wrong with the frame in progress is about this.
    fn about(&self, connection: u64) -> About {
        let about = About::connection(connection).by(self.direction);
        self.frame.as_ref().map_or(about, |frame| about.frame(frame.index))
    }

    /// If it's no longer known where the next frame begins, it isn't known what that frame continues either.
    fn lose(&mut self) {
        if self.decoder.is_lost() {
            self.rules.lose();
            self.message = None;
        }
    }

    fn begin(&mut self, header: &Header, (connection, index): (u64, u64), out: &mut Output<'_>) {
        out.summary.websocket_frames += 1;
        *out.summary.websocket_opcodes.entry(header.opcode).or_default() += 1;
        let began = self.decoder.began();
        let mut faults = Vec::new();
        let part = self.rules.frame(header, &mut faults);
        let about = About::connection(connection).by(self.direction).frame(index);
        for found in &faults {
            out.problem(began, about, found);
        }
        if let FrameRole::First { .. } = part {
            self.last = Some(Sent { packet: began.ready.packet, text: header.opcode == TEXT, bytes: 0, cause: None });
        }
        if let (FrameRole::First { .. } | FrameRole::Next, Some(last)) = (part, &mut self.last) {
            last.bytes = last.bytes.saturating_add(header.payload_length);
        }
        if let FrameRole::First { compressed } = part {
            let room = self.message.take().or_else(|| out.scratch.message.take());
            let mut building = room.unwrap_or_else(|| Box::new(OpenMessage::new()));
            building.start((connection, self.direction), (header.opcode, compressed), began.ready);
            if self.rules.may_be_changed(header) {
                building.check = None;
            }
            self.message = Some(building);
        }
        self.frame = Some(InFrame {
            header: *header,
            index,
            part,
            seen: 0,
            payload: Vec::new(),
            truncated: false,
            unmasking: None,
            answers: None,
        });
    }

    /// Takes payload that's at `run` in the side's stream.
    fn payload(
        &mut self,
        payload: &[u8],
        at: u64,
        (connection, run): (u64, Run),
        source: Source,
        out: &mut Output<'_>,
    ) {
        let Some(frame) = &mut self.frame else { return };
        frame.seen += payload.len() as u64;
        // What a control frame says matters beyond itself.
        let keep = if frame.header.is_control() { out.depth.keep.max(MAX_CONTROL) } else { out.depth.keep };
        let mut of_message = if matches!(frame.part, FrameRole::First { .. } | FrameRole::Next) {
            self.message.as_deref_mut()
        } else {
            None
        };
        let is_read = out.depth.pieces || of_message.as_ref().is_some_and(|building| building.is_read(keep));
        if frame.payload.len() >= keep && !is_read {
            frame.truncated = true;
            if let Some(building) = of_message {
                building.message.payload_bytes += payload.len() as u64;
                building.message.payload_truncated = true;
            }
            return;
        }
        let mut buffer = std::mem::take(&mut out.scratch.unmasked);
        let mut at = at;
        let mut from = run.offset;
        for piece in payload.chunks(UNMASK_AT_ONCE) {
            let mut run = Run { offset: from, length: piece.len() as u64, ..run };
            from += run.length;
            let clear = match frame.header.mask_key {
                None => piece,
                Some(key) => {
                    buffer.clear();
                    masking::unmask_into(piece, key, at, &mut buffer);
                    &buffer[..]
                }
            };
            at += piece.len() as u64;
            if out.depth.pieces && frame.header.mask_key.is_some() {
                let side = Some((connection, self.direction));
                let made = Made { how: How::Unmasked, side, index: Some(frame.index) };
                run = out.derived(&mut frame.unmasking, made, clear, run, Map::Bytewise);
            }
            kept(&mut frame.payload, &mut frame.truncated, clear, keep);
            if let Some(building) = &mut of_message {
                building.push(clear, run, self.inflater.as_deref_mut(), source, out);
                self.last.iter_mut().for_each(|last| last.cause = building.cause);
            }
        }
        out.scratch.unmasked = buffer;
    }

    fn end(&mut self, complete: bool, connection: u64, source: Source, next_message: &mut u64, out: &mut Output<'_>) {
        let Some(frame) = &mut self.frame else { return };
        let (header, part) = (frame.header, frame.part);
        let mut close = None;
        if header.opcode == CLOSE && complete {
            let mut faults = Vec::new();
            // Looks at no more of one that is too long than of any other, whatever is kept for a view.
            let body = match frame.payload.get(..MAX_CONTROL) {
                Some(most) if header.payload_length > MAX_CONTROL as u64 => whole_characters(most),
                _ => &frame.payload[..],
            };
            close = Rules::close_body(body, &mut faults).map(|(code, reason)| (code, reason.to_vec()));
            let about = About::connection(connection).by(self.direction).frame(frame.index);
            for found in &faults {
                out.problem(source, about, found);
            }
        }
        if !out.counts_only() {
            let (close_code, close_reason) = close.unzip();
            out.emit(Event::Frame(&Frame {
                connection,
                index: frame.index,
                direction: self.direction,
                extent: Extent { first: self.decoder.began().ready, last: source.ready },
                header_bytes: header.length,
                fin: header.fin,
                rsv: header.rsv,
                opcode: header.opcode,
                mask_key: header.mask_key,
                payload_bytes: header.payload_length,
                payload_seen: frame.seen,
                payload: std::mem::take(&mut frame.payload),
                payload_truncated: frame.truncated,
                close_code,
                close_reason,
                complete,
                answers: frame.answers,
            }));
        }
        self.frame = None;
        if !matches!(part, FrameRole::First { .. } | FrameRole::Next) {
            return;
        }
        let Some(building) = &mut self.message else { return };
        building.message.frames += 1;
        building.broken |= !complete;
        if !header.fin {
            return;
        }
        let Some(mut building) = self.message.take() else { return };
        building.finish(self.inflater.as_deref_mut(), source, out);
        self.last.iter_mut().for_each(|last| last.cause = building.cause);
        if !building.broken {
            building.message.extent.last = source.ready;
            building.message.index = *next_message;
            *next_message += 1;
            out.summary.websocket_messages += 1;
            out.emit(Event::Message(&building.message));
        }
        out.scratch.message = Some(building);
    }
}

/// The first line of an HTTP message.
fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

/// What the bytes after a close frame are, if they aren't a frame.
fn after_close(bytes: &[u8]) -> &'static str {
    let begins = |from| likeness(from, bytes, MAX_LINE_AFTER_CLOSE) == Likeness::Yes;
    if begins(Direction::Server) {
        "an HTTP response"
    } else if begins(Direction::Client) {
        "an HTTP request"
    } else {
        "data that is no frame"
    }
}
