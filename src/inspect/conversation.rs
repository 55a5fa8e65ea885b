//! What a connection says above TCP: which protocol it speaks, from which side, and when it switches.

use super::doorway::{Doorway, Name};
use super::endings::PATIENT;
use super::event::{Delivered, Event, PieceKind};
use super::http_talk::HttpTalk;
use super::output::{About, Output, Spoken};
use super::pairing::{Explained, Switch};
use super::problems::Fault;
use super::record::{Direction, Protocol};
use super::websocket_talk::WebSocketTalk;
use crate::layers::application::http::{self, Input};
use crate::layers::quoted::Quoted;
use crate::layers::session::tls::Tls;
use crate::layers::session::{Opening, Prelude, Progress};
use crate::layers::{DerivedId, Run, Source};

/// One connection above TCP.
#[derive(Debug)]
pub(super) struct Conversation {
    connection: u64,
    /// What the client's and the server's bytes belong to, for what is made from them.
    streams: [DerivedId; 2],
    talk: Talk,
    protocol: Protocol,
    name: Name,
    /// What else one end's bytes may still turn out to be.
    doorway: Option<Doorway>,
    /// A prelude in progress.
    prelude: Option<Prelude>,
    exchanges: u64,
    /// How far each side's stream has come.
    seen: [u64; 2],
    /// Whether packets of each side were captured.
    heard: [bool; 2],
    /// Whether the server sent its FIN before something of the client had come.
    crosses: bool,
}

#[derive(Debug)]
enum Talk {
    Http(Box<HttpTalk>),
    WebSocket(Box<WebSocketTalk>),
    Tls(Box<Tls>),
    /// Joined midway, and it isn't known yet who the client is: waits for a start line.
    Unjoined,
    /// Named, not decoded.
    Opaque,
}

impl Conversation {
    /// A conversation that was captured from its start, or joined midway.
    pub(super) fn new(connection: u64, streams: [DerivedId; 2], from_start: bool) -> Self {
        let talk = if from_start { Talk::Http(Box::new(HttpTalk::new(connection, streams))) } else { Talk::Unjoined };
        Self {
            connection,
            streams,
            talk,
            protocol: Protocol::None,
            name: Name::default(),
            doorway: Some(if from_start { Doorway::open() } else { Doorway::joined() }),
            prelude: None,
            exchanges: 0,
            seen: [0; 2],
            heard: [false; 2],
            crosses: false,
        }
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(super) fn detail(&self) -> Option<&String> {
        self.name.whole()
    }

    pub(super) fn exchanges(&self) -> u64 {
        self.exchanges
    }

    /// The only side whose packets were captured, if there are none from the other.
    pub(super) fn heard_alone(&self) -> Option<Direction> {
        match self.heard {
            [true, false] => Some(Direction::Client),
            [false, true] => Some(Direction::Server),
            _ => None,
        }
    }

    /// Whether something is in progress: a message, a frame, a request without its response.
    pub(super) fn is_inside(&self) -> bool {
        match &self.talk {
            Talk::Http(talk) => talk.is_inside(),
            Talk::WebSocket(talk) => talk.is_inside(),
            Talk::Tls(_) | Talk::Unjoined | Talk::Opaque => false,
        }
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&mut self) -> usize {
        size_of::<Self>()
            + self.doorway.as_ref().map_or(0, Doorway::held)
            + self.prelude.as_ref().map_or(0, Prelude::held)
            + match &mut self.talk {
                Talk::Http(talk) => size_of::<HttpTalk>() + talk.held(),
                Talk::WebSocket(talk) => size_of::<WebSocketTalk>() + talk.held(),
                Talk::Tls(talk) => size_of::<Tls>() + talk.held(),
                Talk::Unjoined | Talk::Opaque => 0,
            }
    }

    /// The ends turned out to be the other way round; nothing has been decoded yet.
    pub(super) fn swap_sides(&mut self) {
        self.seen.swap(0, 1);
        self.heard.swap(0, 1);
        self.streams.swap(0, 1);
        if matches!(self.talk, Talk::Http(_)) {
            self.talk_http(HttpTalk::new(self.connection, self.streams));
        }
    }

    fn talk_http(&mut self, mut talk: HttpTalk) {
        Direction::BOTH.into_iter().filter(|side| self.heard[*side as usize]).for_each(|side| talk.hear(side));
        self.talk = Talk::Http(Box::new(talk));
    }

    /// It's now known who the client is: decodes what comes next, from the first start line on.
    pub(super) fn join(&mut self) {
        if matches!(self.talk, Talk::Unjoined) {
            self.talk_http(HttpTalk::joined(self.connection, self.streams, self.seen));
        }
    }

    /// A packet of that side was captured, with bytes or without.
    pub(super) fn hear(&mut self, from: Direction) {
        if !std::mem::replace(&mut self.heard[from as usize], true)
            && let Talk::Http(talk) = &mut self.talk
        {
            talk.hear(from);
        }
    }

    /// The same if the caller said what is spoken and the bytes don't show it.
    pub(super) fn join_as(&mut self, spoken: Spoken) {
        match spoken {
            Spoken::Http => self.join(),
            Spoken::WebSocket => {
                self.protocol = Protocol::WebSocket;
                self.doorway = None;
                let talk = WebSocketTalk::joined(self.connection, self.streams, self.seen);
                self.talk = Talk::WebSocket(Box::new(talk));
            }
        }
    }

    /// Nobody acknowledged what a side sent, until the end, as the problem or note of that id says.
    pub(super) fn unheard(&mut self, sender: Direction, id: u64) {
        match &mut self.talk {
            Talk::Http(talk) => talk.unheard(sender, id),
            Talk::WebSocket(talk) => talk.unheard(sender, id),
            Talk::Tls(_) | Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// Takes the next bytes of one side.
    pub(super) fn bytes(&mut self, from: Direction, start: u64, bytes: &[u8], source: Source, out: &mut Output<'_>) {
        let connection = self.connection;
        if out.depth.tells_ranges() {
            let stream = self.streams[from as usize];
            let run = Run { origin: source.origin, offset: source.offset, length: bytes.len() as u64 };
            let ready = source.ready;
            out.emit(Event::Bytes(Delivered { connection, direction: from, stream, start, ready, run, data: bytes }));
        }
        self.seen[from as usize] = start + bytes.len() as u64;
        if self.protocol == Protocol::None {
            self.protocol = Protocol::Unknown;
        }
        self.speak(from, start, bytes, source, out);
    }

    /// The capture lacks some of a side's bytes.
    pub(super) fn gap(&mut self, from: Direction, length: u64, source: Source, out: &mut Output<'_>) {
        if self.prelude.as_ref().is_some_and(|prelude| !prelude.is_over(from)) {
            self.break_prelude();
        }
        if let Some(doorway) = &mut self.doorway {
            doorway.miss(from);
        }
        self.seen[from as usize] += length;
        match &mut self.talk {
            Talk::Http(talk) => talk.gap(from, length, source, out),
            Talk::WebSocket(talk) => talk.gap(from, length, source, out),
            Talk::Tls(_) => self.end_hello(from),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// The server's FIN acknowledges less than the client has sent by then.
    pub(super) fn crosses(&mut self) {
        self.crosses = true;
    }

    /// A side sent its FIN.
    pub(super) fn end(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        match &mut self.talk {
            Talk::Http(talk) => talk.end(from, self.crosses, source, out),
            Talk::WebSocket(talk) => talk.end(from, source, out),
            Talk::Tls(_) => self.end_hello(from),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// A side reset the connection while something was on its way, after it had been silent for so long: says what that is, and
    /// why.
    pub(super) fn reset(
        &mut self,
        (by, silent): (Direction, u64),
        cause: Option<u64>,
        source: Source,
        out: &mut Output<'_>,
    ) {
        let about = About::connection(self.connection).because(cause);
        let silent = Some(silent).filter(|silent| *silent >= PATIENT);
        let in_message = Fault::ResetInMessage { by: by.name(), silent };
        let Talk::Http(talk) = &mut self.talk else {
            out.problem(source, about, &in_message);
            return;
        };
        let Explained::By(explained) = talk.reset(by, source, out) else { return };
        let about = about.because(explained.or(cause));
        if talk.is_inside_message() {
            out.problem(source, about, &in_message);
        } else if let Some(asked) = talk.awaits_response() {
            let waited = source.ready.time.since(asked.time);
            out.problem(source, about, &http::Fault::ResetBeforeResponse { by, waited });
        }
    }

    /// A side reset the connection: what there is to say about that is said at once.
    pub(super) fn cut_off(&mut self, by: Option<Direction>, cause: Option<u64>, source: Source, out: &mut Output<'_>) {
        if let Talk::WebSocket(talk) = &mut self.talk {
            if let Some(by) = by {
                talk.leaves(by, source);
            }
            talk.check_ending(true, cause, source, out);
        }
    }

    /// The connection is over, by a reset or otherwise, or the capture is.
    pub(super) fn give_up(&mut self, reset: bool, source: Source, out: &mut Output<'_>) {
        match &mut self.talk {
            Talk::Http(talk) => talk.give_up(source, out),
            Talk::WebSocket(talk) => talk.give_up(reset, source, out),
            Talk::Tls(_) => Direction::BOTH.into_iter().for_each(|side| self.end_hello(side)),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// Frees everything it kept: nothing that still comes will be used.
    pub(super) fn forget(&mut self) {
        self.talk = Talk::Opaque;
        self.doorway = None;
        self.prelude = None;
    }

    /// Takes bytes of one side, through whatever they turn out to be.
    fn speak(&mut self, from: Direction, start: u64, bytes: &[u8], source: Source, out: &mut Output<'_>) {
        let end = start + bytes.len() as u64;
        let mut input = Input { bytes, source };
        if let (Talk::WebSocket(talk), None, None) = (&mut self.talk, &self.doorway, &self.prelude) {
            // Nothing else can begin here.
            return talk.bytes(from, &mut input, out);
        }
        // A protocol may begin where a segment begins, and where another protocol ends.
        let mut at_door = true;
        while !input.bytes.is_empty() {
            let at = end - input.bytes.len() as u64;
            if self.prelude.as_ref().is_some_and(|prelude| !prelude.is_over(from)) {
                self.in_prelude(from, at, &mut input, out);
                at_door = true;
                continue;
            }
            if std::mem::take(&mut at_door) {
                self.recognise(from, at, input.bytes, out);
                continue;
            }
            match &mut self.talk {
                Talk::Http(talk) => {
                    let switch = talk.bytes(from, &mut input, out);
                    self.exchanges = talk.exchanges();
                    self.name_http();
                    if let Some(switch) = switch {
                        let at = end - input.bytes.len() as u64;
                        self.switch(switch, (from, at), source, out);
                        at_door = true;
                    }
                }
                Talk::WebSocket(talk) => talk.bytes(from, &mut input, out),
                Talk::Tls(talk) => {
                    if from == Direction::Server
                        && at == 0
                        && let Some(line) = plain_answer(input.bytes)
                    {
                        let about = About::connection(self.connection).by(from);
                        out.problem(source, about, &http::Fault::TlsAtPlainPort(line));
                    }
                    if talk.bytes(from, input.bytes) {
                        self.name.is(talk.describe());
                    }
                    return out.piece(self.connection, from, at, end, PieceKind::Undecoded, 0);
                }
                Talk::Unjoined | Talk::Opaque => {
                    if self.protocol == Protocol::Http2
                        && from == Direction::Server
                        && at == 0
                        && let Some(line) = plain_answer(input.bytes)
                    {
                        let about = About::connection(self.connection).by(from);
                        out.problem(source, about, &http::Fault::Http2AtHttp1Port(line));
                    }
                    return out.piece(self.connection, from, at, end, PieceKind::Undecoded, 0);
                }
            }
        }
    }

    /// Names what one end begins to speak at `at`, if it isn't HTTP.
    fn recognise(&mut self, from: Direction, at: u64, bytes: &[u8], out: &mut Output<'_>) {
        let Some(doorway) = &mut self.doorway else { return };
        match doorway.look(from, bytes) {
            Opening::Undecided | Opening::Other => {}
            Opening::Tls => {
                let heads = doorway.take_heads();
                let mut tls = Box::<Tls>::default();
                for side in Direction::BOTH {
                    tls.bytes(side, &heads[side as usize]);
                }
                self.name.goes_on(", then ");
                self.become_opaque(Protocol::Tls, tls.describe(), (from, at), out);
                self.talk = Talk::Tls(tls);
            }
            Opening::Http2 => {
                let name = if self.name.is_inside() { "HTTP/2" } else { "HTTP/2 with prior knowledge" };
                if from == Direction::Client {
                    return self.become_opaque(Protocol::Http2, name.into(), (from, at), out);
                }
                // A server may send this to everybody; the client has yet to show that it speaks it too (RFC 9113 §3.4).
                if self.protocol == Protocol::Unknown {
                    self.protocol = Protocol::Http2;
                }
                self.name.is(name);
                doorway.miss(from);
            }
            Opening::Named(name) => {
                self.become_opaque(Protocol::Unknown, name.into(), (from, at), out);
                // STARTTLS, and its equivalents in other protocols.
                self.doorway = Some(Doorway::ajar());
            }
            opening @ (Opening::Proxy | Opening::Socks) => {
                let [said, _] = doorway.take_heads();
                self.doorway = Some(Doorway::open());
                self.prelude = Prelude::begin(opening, &[&said[..], bytes].concat());
                if let Some(prelude) = &mut self.prelude {
                    prelude.bytes(Direction::Client, &said);
                }
                self.leave_http((from, at), out);
            }
        }
    }

    /// From here on, everything belongs to a protocol that is named but not decoded.
    fn become_opaque(&mut self, protocol: Protocol, name: String, here: (Direction, u64), out: &mut Output<'_>) {
        self.leave_http(here, out);
        self.name.is(name);
        if self.protocol == Protocol::Unknown {
            self.protocol = protocol;
        }
        self.talk = Talk::Opaque;
        self.doorway = None;
    }

    /// Bytes kept as the possible beginning of an HTTP message, up to this place in one end's stream, turned out not to be one.
    fn leave_http(&mut self, (from, at): (Direction, u64), out: &mut Output<'_>) {
        let Talk::Http(talk) = &mut self.talk else { return };
        for side in Direction::BOTH {
            let end = if side == from { at } else { self.seen[side as usize] };
            out.piece(self.connection, side, talk.position(side), end, PieceKind::Undecoded, 0);
            talk.begin(side, end);
        }
    }

    /// Takes bytes of a prelude.
    fn in_prelude(&mut self, from: Direction, at: u64, input: &mut Input<'_>, out: &mut Output<'_>) {
        let Some(prelude) = &mut self.prelude else { return };
        let (taken, progress) = prelude.bytes(from, input.bytes);
        input.bytes = input.bytes.get(taken..).unwrap_or_default();
        let end = at + taken as u64;
        out.piece(self.connection, from, at, end, PieceKind::Undecoded, 0);
        if matches!(prelude, Prelude::Proxy(_))
            && let Talk::Http(talk) = &mut self.talk
        {
            talk.is_proxied();
        }
        let over = Direction::BOTH.iter().all(|side| prelude.is_over(*side));
        if self.doorway.is_some()
            && let Some(name) = prelude.name()
        {
            self.name.is(name);
        }
        if progress == Progress::Broken {
            self.break_prelude();
        }
        if progress != Progress::More
            && let Talk::Http(talk) = &mut self.talk
        {
            talk.begin(from, end);
        }
        if over && self.prelude.take().is_some() && self.doorway.is_some() {
            self.name.goes_on(", then ");
        }
    }

    /// What looked like the beginning of a prelude isn't one, or can't be followed.
    fn break_prelude(&mut self) {
        self.prelude = None;
        self.doorway = Some(Doorway::ajar());
        if let Talk::Http(talk) = &mut self.talk {
            talk.skipped();
            for side in Direction::BOTH {
                talk.begin(side, self.seen[side as usize]);
            }
        }
    }

    /// A message of HTTP/1.x was recognised: that is what is spoken.
    fn name_http(&mut self) {
        let Talk::Http(talk) = &self.talk else { return };
        if talk.is_recognised() && self.doorway.take().is_some() {
            if self.prelude.is_some() {
                // The client didn't wait for the server's part of the prelude.
                self.name.goes_on(", then ");
            }
            if self.name.is_inside() {
                self.name.is("HTTP/1");
            }
            let before = std::mem::replace(&mut self.protocol, Protocol::Http1);
            if before == Protocol::Http2 && !self.name.is_inside() {
                self.name = Name::default();
            }
        }
        if talk.is_simple() {
            self.name.is("HTTP/0.9");
        }
    }

    /// No more of one end's hello will come, so it's read as far as it is there.
    fn end_hello(&mut self, from: Direction) {
        if let Talk::Tls(tls) = &mut self.talk
            && tls.end(from)
        {
            self.name.is(tls.describe());
        }
    }

    fn switch(&mut self, switch: Switch, here: (Direction, u64), source: Source, out: &mut Output<'_>) {
        let Talk::Http(talk) = &mut self.talk else { return };
        talk.switched(source, out);
        match switch {
            Switch::Tunnel(target) => {
                self.name.is(format!("tunnel to {target}"));
                self.name.goes_on(": ");
                self.doorway = Some(Doorway::open());
                let (position, early) = (talk.position(Direction::Client), talk.take_partial());
                talk.enter_tunnel(target);
                self.speak(Direction::Client, position, &early, source, out);
            }
            Switch::Other(token) => {
                let protocol = if token.eq_ignore_ascii_case("h2c") { Protocol::Http2 } else { self.protocol };
                self.become_opaque(protocol, token, here, out);
                self.protocol = protocol;
                // RFC 2817 upgrades to TLS.
                self.doorway = Some(Doorway::ajar());
            }
            Switch::WebSocket(Some(draft), ..) if !draft.has_todays_frames() => {
                self.become_opaque(Protocol::WebSocket, draft.to_string(), here, out);
                self.protocol = Protocol::WebSocket;
            }
            Switch::WebSocket(draft, deflate, others) => {
                self.protocol = Protocol::WebSocket;
                match draft {
                    Some(draft) => self.name.is(draft.to_string()),
                    None if self.name.is_inside() => self.name.is("WebSocket"),
                    None => {}
                }
                let positions = [talk.position(Direction::Client), talk.position(Direction::Server)];
                let early = talk.take_partial();
                let mut talk = WebSocketTalk::new(self.connection, self.streams, positions, (deflate, others));
                talk.bytes(Direction::Client, &mut Input { bytes: &early, source }, out);
                self.talk = Talk::WebSocket(Box::new(talk));
            }
        }
    }
}

/// How many of a server's first bytes have to be text before they're taken for text.
const TELLING: usize = 9;

/// The first line of a server's first bytes, if they are plain text, as HTTP/1 begins, and as a server answers that took what it got
/// for HTTP/0.9.
fn plain_answer(bytes: &[u8]) -> Option<Quoted> {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let line = &line[..line.len().min(60)];
    let is_text = line.len() >= TELLING && line.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_text.then(|| Quoted::of(line))
}
