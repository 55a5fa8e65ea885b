//! A connection that speaks HTTP/1.x: two decoders, whose messages are paired into exchanges.

use std::slice::from_ref;

use super::event::PieceKind;
use super::output::{About, Output, report};
use super::pairing::{Explained, Pairing, Switch};
use super::record::{Direction, Moment};
use crate::layers::application::http::{Decoder, Fault, Framing, Head, Input, Item, Parts, Then, judge_trailers};
use crate::layers::application::websocket;
use crate::layers::quoted::{OwnWords, Quoted};
use crate::layers::session::tls;
use crate::layers::{DerivedId, Origin, Run, Source};

/// Both directions of a connection that speaks HTTP/1.x.
#[derive(Debug)]
pub(super) struct HttpTalk {
    connection: u64,
    /// What the bytes of the client and of the server are of.
    streams: [DerivedId; 2],
    client: Decoder,
    server: Decoder,
    pairing: Pairing,
    heads: u64,
    /// Whether the server said anything yet.
    answered: bool,
    /// What the server's first bytes are, if they aren't HTTP.
    alien: Option<Fault>,
}

impl HttpTalk {
    /// A connection that the capture has from its start.
    pub(super) fn new(connection: u64, streams: [DerivedId; 2]) -> Self {
        Self {
            connection,
            streams,
            client: Decoder::at(Direction::Client, 0),
            server: Decoder::at(Direction::Server, 0),
            pairing: Pairing::new(connection, true),
            heads: 0,
            answered: false,
            alien: None,
        }
    }

    /// A connection that was joined midway, at these positions in the client's and the server's stream.
    pub(super) fn joined(connection: u64, streams: [DerivedId; 2], [client, server]: [u64; 2]) -> Self {
        Self {
            client: Decoder::joining(Direction::Client, client),
            server: Decoder::joining(Direction::Server, server),
            pairing: Pairing::new(connection, false),
            ..Self::new(connection, streams)
        }
    }

    /// The exchange that made the connection switch is over.
    pub(super) fn switched(&mut self, source: Source, out: &mut Output<'_>) {
        self.pairing.switched(source, out);
    }

    /// Starts afresh in a tunnel to `target` that an exchange of this connection opened.
    pub(super) fn enter_tunnel(&mut self, target: String) {
        self.heads = 0;
        self.pairing.enter_tunnel(target);
        self.begin(Direction::Client, self.client.position());
        self.begin(Direction::Server, self.server.position());
    }

    /// One end begins to speak HTTP at `position`: what it sent before was something else.
    pub(super) fn begin(&mut self, from: Direction, position: u64) {
        match from {
            Direction::Client => self.client = Decoder::at(Direction::Client, position),
            Direction::Server => self.server = Decoder::at(Direction::Server, position),
        }
    }

    /// The client sent bytes that aren't a request, and that weren't handed to this talk.
    pub(super) fn skipped(&mut self) {
        self.pairing.no_request(None);
    }

    /// A PROXY line came first.
    pub(super) fn is_proxied(&mut self) {
        self.pairing.is_proxied();
    }

    /// A side reset the connection while something was on its way. Returns what explains that.
    pub(super) fn reset(&mut self, by: Direction, source: Source, out: &mut Output<'_>) -> Explained {
        let unfinished = self.latest_of_request();
        self.pairing.reset(by, unfinished, source, out)
    }

    /// When the latest byte came of a request that isn't complete, if the capture has all of it so far.
    fn latest_of_request(&self) -> Option<Moment> {
        let begun = self.client.begun().map(|(_, latest)| latest.ready);
        begun.or_else(|| self.pairing.latest_of_request())
    }

    /// Whether part of a message was on its way.
    pub(super) fn is_inside_message(&self) -> bool {
        self.client.is_inside() || self.server.is_inside()
    }

    /// Nobody acknowledged what a side sent, until the end, as the problem or note of that id says.
    pub(super) fn unheard(&mut self, sender: Direction, id: u64) {
        self.pairing.unheard(sender, id);
    }

    /// Packets of that side were captured.
    pub(super) fn hear(&mut self, from: Direction) {
        self.pairing.hear(from);
    }

    /// Whether a response came in HTTP/0.9's form: without status line and headers.
    pub(super) fn is_simple(&self) -> bool {
        self.pairing.is_simple()
    }

    /// How many exchanges began.
    pub(super) fn exchanges(&self) -> u64 {
        self.pairing.exchanges()
    }

    /// Whether any message was recognised.
    pub(super) fn is_recognised(&self) -> bool {
        self.heads > 0
    }

    /// Whether a message is in progress, or a request waits for its response.
    pub(super) fn is_inside(&self) -> bool {
        self.client.is_inside() || self.server.is_inside() || self.pairing.is_open()
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&mut self) -> usize {
        self.client.held() + self.server.held() + self.pairing.held()
    }

    /// The stream position in that direction up to which bytes have been decoded.
    pub(super) fn position(&mut self, from: Direction) -> u64 {
        self.decoder(from).position()
    }

    /// The client's bytes that were waiting for more: they belong to what the connection switched to.
    pub(super) fn take_partial(&mut self) -> Vec<u8> {
        self.client.take_partial()
    }

    /// Takes the next bytes of one side. On a switch, the rest of `input` belongs to the new protocol.
    pub(super) fn bytes(&mut self, from: Direction, input: &mut Input<'_>, out: &mut Output<'_>) -> Option<Switch> {
        if from == Direction::Server && !std::mem::replace(&mut self.answered, true) {
            self.alien = alien(input.bytes);
        }
        if from == Direction::Server && self.pairing.awaits_simple() {
            self.server.expect_anything();
        }
        let (decoder, mut taker) = self.taker(from, input.source);
        loop {
            let start = decoder.position();
            // Taken by reference: a head is large, and moving it costs as much as taking a small chunk.
            let item = decoder.next(input);
            let Some(item) = &item else { return None };
            let told = out.told();
            if let Some((framing, switch)) = taker.take(item, start, out) {
                if out.told() > told {
                    decoder.doubt();
                }
                decoder.body(framing);
                if switch.is_some() {
                    return switch;
                }
            }
        }
    }

    /// The capture lacks some of a side's bytes.
    pub(super) fn gap(&mut self, from: Direction, length: u64, source: Source, out: &mut Output<'_>) {
        let (heads, is_lost) = (self.heads, self.decoder(from).would_lose_head(length));
        self.break_off(from, source, out);
        if from == Direction::Server {
            self.pairing.tell_undecoded(None, out);
        }
        self.pairing.gap(from);
        // The beginning of a head may have been there, which is enough to know whose it is.
        let is_lost = is_lost && self.heads == heads;
        let (decoder, mut taker) = self.taker(from, source);
        let start = decoder.position();
        if let Some(item) = decoder.gap(length) {
            taker.take(&item, start, out);
        }
        if is_lost {
            self.pairing.lose_head(from);
        }
    }

    /// One end's stream continues elsewhere, or has ended: no more of a head in progress will come.
    fn break_off(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        let (decoder, mut taker) = self.taker(from, source);
        taker.broken_off(decoder, out);
    }

    fn taker(&mut self, from: Direction, source: Source) -> (&mut Decoder, Taker<'_>) {
        let Self { connection, streams, client, server, pairing, heads, alien, .. } = self;
        let (decoder, client) = match from {
            Direction::Client => (client, None),
            Direction::Server => (server, Some(client)),
        };
        let stream = streams[from as usize];
        (
            decoder,
            Taker { connection: *connection, from, stream, source, crosses: false, client, pairing, heads, alien },
        )
    }

    /// When the request came that waits for its response, if it is whole, and the capture has all that the server has sent.
    pub(super) fn awaits_response(&self) -> Option<Moment> {
        self.pairing.awaits_response().filter(|_| !self.is_inside_message())
    }

    /// One end sent its FIN: whatever it hasn't finished by now is cut short. `crosses` says whether something of the client's
    /// was on its way when the server sent its FIN.
    pub(super) fn end(&mut self, from: Direction, crosses: bool, source: Source, out: &mut Output<'_>) {
        let heads = self.heads;
        let latest = self.decoder(from).begun().map(|(_, latest)| latest);
        self.break_off(from, source, out);
        if self.heads > heads {
            if from == Direction::Server {
                self.pairing.head_cut_short(latest, crosses, source, out);
            } else {
                self.pairing.request_cut_short(Fault::HeadCutShort, source, out);
            }
        }
        if from == Direction::Server && !crosses {
            self.pairing.ends_with_connection(out);
        }
        let (decoder, mut taker) = self.taker(from, source);
        taker.crosses = crosses;
        loop {
            let start = decoder.position();
            let Some(item) = decoder.end() else { break };
            taker.take(&item, start, out);
        }
        if from == Direction::Server {
            if self.awaits_response().is_some() {
                if !self.pairing.is_ending() {
                    let about = About::connection(self.connection).by(from).exchange(self.pairing.index(from));
                    let interim = self.pairing.has_interim();
                    report(&[Fault::ClosedWithoutResponse { crosses, interim, inside: false }], about, source, out);
                } else if !crosses {
                    self.pairing.gave_up(out);
                }
            } else if let Some(latest) = self.latest_of_request() {
                self.pairing.closed_in_request(latest, crosses, source, out);
            }
            // Nothing more can answer what is still open.
            self.pairing.server_over(source, out);
        }
        self.pairing.fin(from, source, out);
    }

    /// The connection or the capture is over: whatever is open stays as it is.
    pub(super) fn give_up(&mut self, source: Source, out: &mut Output<'_>) {
        self.break_off(Direction::Client, source, out);
        self.break_off(Direction::Server, source, out);
        if self.awaits_response().is_some() {
            self.pairing.gave_up(out);
        }
        self.pairing.give_up(source, out);
    }

    fn decoder(&mut self, from: Direction) -> &mut Decoder {
        match from {
            Direction::Client => &mut self.client,
            Direction::Server => &mut self.server,
        }
    }
}

/// Takes the items of one direction.
struct Taker<'a> {
    connection: u64,
    from: Direction,
    /// What that side's bytes are of.
    stream: DerivedId,
    source: Source,
    /// Whether the stream ends with a FIN that was sent before the other side's came.
    crosses: bool,
    /// The client's decoder, while the server's items are taken.
    client: Option<&'a mut Decoder>,
    pairing: &'a mut Pairing,
    heads: &'a mut u64,
    alien: &'a mut Option<Fault>,
}

impl Taker<'_> {
    /// Takes an item that starts at stream position `start`. A head is answered with its body's framing, and whether the
    /// connection switches after it.
    fn take(&mut self, item: &Item<'_>, start: u64, out: &mut Output<'_>) -> Option<(Framing, Option<Switch>)> {
        if let Item::Head(head, _) = item
            && self.client.is_some()
            && self.pairing.is_early()
        {
            self.answer_early(head, out);
        }
        let Self { connection, from, stream, source, crosses, ref mut pairing, ref mut heads, ref mut alien, .. } =
            *self;
        let index = if out.depth.tells_ranges() { pairing.index(from) } else { 0 };
        let about = |pairing: &Pairing| About::connection(connection).by(from).exchange(pairing.index(from));
        let piece = |length: usize, kind, out: &mut Output<'_>| {
            out.piece(connection, from, start, start + length as u64, kind, index);
        };
        match item {
            Item::Head(head, began) => {
                **heads += 1;
                let answer = pairing.head(from, head, source, out);
                if out.depth.tells_ranges() {
                    pieces(head, (connection, from, start, pairing.index(from)), out);
                }
                pairing.began(from, *began, source, out);
                return Some(answer);
            }
            Item::Data(data) => {
                let kind = if pairing.is_chunked(from) { PieceKind::ChunkData } else { PieceKind::Body };
                let run = Run { origin: Origin::Derived(stream), offset: start, length: data.len() as u64 };
                pairing.data(from, data, run, source, out);
                piece(data.len(), kind, out);
            }
            Item::ChunkLine(length) => {
                piece(*length, PieceKind::ChunkSize, out);
                pairing.framing(from, *length);
            }
            Item::ChunkEnd(length) => {
                piece(*length, PieceKind::ChunkEnd, out);
                pairing.framing(from, *length);
            }
            Item::Trailers(head) => {
                if out.depth.tells_ranges() {
                    pieces(head, (connection, from, start, index), out);
                }
                let mut broken = Vec::new();
                judge_trailers(head, &mut broken);
                report(head.faults, about(pairing), source, out);
                report(&broken, about(pairing), source, out);
                pairing.trailers(from, head);
            }
            Item::End { complete } => pairing.end(from, *complete, source, out),
            Item::EmptyLines(length) => piece(*length, PieceKind::EmptyLine, out),
            Item::Skipped(length) => {
                piece(*length, PieceKind::Undecoded, out);
                match from {
                    Direction::Client => pairing.no_request(Some(source)),
                    Direction::Server => pairing.no_response(alien.take(), source, out),
                }
            }
            Item::Passed(length) => piece(*length, PieceKind::Undecoded, out),
            Item::Tunnel(data) => piece(data.len(), PieceKind::Undecoded, out),
            // They may be frames, or what a tunnel carries.
            Item::Fault(Fault::BytesAfterMessage) if from == Direction::Client && pairing.lacks_response() => {}
            Item::Fault(Fault::BytesAfterMessage) if from == Direction::Client && pairing.awaits_upgrade() => {
                report(&[websocket::Fault::FrameBeforeAnswer], about(pairing), source, out);
            }
            Item::Fault(fault @ Fault::BytesAfterMessage) if from == Direction::Server => {
                if !pairing.is_cut(source, out) {
                    report(from_ref(fault), about(pairing), source, out);
                }
            }
            // A client whose request was refused need not finish it.
            Item::Fault(fault @ (Fault::BodyCutShort(_) | Fault::ChunksCutShort)) if from == Direction::Client => {
                pairing.request_cut_short(fault.clone(), source, out);
            }
            Item::Fault(fault @ (Fault::BodyCutShort(_) | Fault::ChunksCutShort)) if from == Direction::Server => {
                pairing.cut_short(fault.clone(), crosses, source, out);
            }
            Item::Fault(fault) => {
                report(from_ref(fault), about(pairing), source, out);
            }
        }
        None
    }

    /// Takes what there is of a message whose stream has broken off.
    fn broken_off(&mut self, decoder: &mut Decoder, out: &mut Output<'_>) {
        loop {
            let start = decoder.position();
            let Some(item) = decoder.broken_off() else { return };
            // How its body would have been framed doesn't matter: there isn't one.
            if let Some((framing, _)) = self.take(&item, start, out) {
                decoder.body(framing);
            }
        }
    }

    /// A response comes before its request is complete. If the client is inside a head, a final response answers that head
    /// (RFC 9110 §15.5.9, RFC 6585 §5).
    #[cold]
    fn answer_early(&mut self, response: &Head<'_>, out: &mut Output<'_>) {
        let Some(Parts::Status { status, .. }) = response.start.map(|start| &start.parts) else { return };
        let Some(client) = self.client.as_deref_mut().filter(|_| !(100..=199).contains(status)) else { return };
        if self.pairing.is_body_optional() {
            return client.excuse_body();
        }
        let Some((begun, source)) = client.begun() else { return };
        let (begun, before, answered) = (begun.to_vec(), client.position(), self.source);
        let (pairing, heads, alien) = (&mut *self.pairing, &mut *self.heads, &mut *self.alien);
        let Self { connection, stream, .. } = *self;
        Taker {
            connection,
            from: Direction::Client,
            stream,
            source,
            crosses: false,
            client: None,
            pairing,
            heads,
            alien,
        }
        .broken_off(client, out);
        if client.position() == before {
            self.pairing.interrupt();
        }
        let told = (client.position() - before) as usize;
        let awaited = *status == 408;
        let stalled =
            awaited && self.pairing.stalled(told > 0, source.ready, Then::Answered(*status), answered, out).is_some();
        client.answer(begun, told, awaited && !stalled);
    }
}

/// What a server's first bytes are that begin no response, where something tells.
fn alien(bytes: &[u8]) -> Option<Fault> {
    match bytes {
        [0x15, 3, _, 0, 2, _, description, ..] => {
            Some(Fault::TlsAlertInAnswer(OwnWords::of(tls::alert_name(*description))))
        }
        // SETTINGS or GOAWAY on stream 0.
        [0, _, _, 4 | 7, 0 | 1, 0, 0, 0, 0, ..] => Some(Fault::Http2InAnswer),
        _ => {
            let greets = [&b"SSH-"[..], b"220", b"421", b"500", b"554", b"+OK", b"-ERR", b"* OK", b"RFB 0"];
            if greets.iter().any(|greeting| bytes.starts_with(greeting)) {
                let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
                return Some(Fault::OtherProtocolInAnswer(Quoted::of(line)));
            }
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let chunk = (1..=8).contains(&digits) && bytes[digits..].starts_with(b"\r\nHTTP/1.");
            chunk.then_some(Fault::ChunkBeforeHead)
        }
    }
}

/// Says what the bytes of a section are.
fn pieces(head: &Head<'_>, (connection, from, start, index): (u64, Direction, u64, u64), out: &mut Output<'_>) {
    let mut at = start;
    let mut piece = |to: u64, kind| {
        out.piece(connection, from, at, to, kind, index);
        at = to;
    };
    let line = match (head.start, from) {
        (None, _) => PieceKind::TrailerLine,
        (_, Direction::Client) => PieceKind::RequestLine,
        (_, Direction::Server) => PieceKind::StatusLine,
    };
    piece(start + u64::from(head.start_line_bytes), line);
    for field in head.lines {
        let kind = if head.start.is_none() { PieceKind::TrailerLine } else { PieceKind::FieldLine };
        piece(start + u64::from(field.whole.end), kind);
    }
    piece(start + head.block.len() as u64, PieceKind::SectionEnd);
}
