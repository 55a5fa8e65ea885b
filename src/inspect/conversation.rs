//! What a connection says above TCP: which protocol it speaks, from which side, and when it switches.

use super::event::{Delivered, Event, PieceKind};
use super::http_talk::HttpTalk;
use super::output::{Output, Spoken};
use super::pairing::Switch;
use super::record::{Direction, Protocol};
use super::websocket_talk::WebSocketTalk;
use crate::layers::application::http::Input;
use crate::layers::session::{self, Opening};
use crate::layers::transport::Source;

/// One connection above TCP.
#[derive(Debug)]
pub(super) struct Conversation {
    connection: u64,
    talk: Talk,
    protocol: Protocol,
    detail: Option<String>,
    exchanges: u64,
    /// How far each side's stream has come.
    seen: [u64; 2],
}

#[derive(Debug)]
enum Talk {
    Http(Box<HttpTalk>),
    WebSocket(Box<WebSocketTalk>),
    /// Joined in its middle, by nobody knows whom: a start line is waited for.
    Unjoined,
    /// Named, not decoded.
    Opaque,
}

impl Conversation {
    /// A conversation that the capture has from its start, or that it joins in its middle.
    pub(super) fn new(connection: u64, from_start: bool) -> Self {
        Self {
            connection,
            talk: if from_start { Talk::Http(Box::new(HttpTalk::new(connection))) } else { Talk::Unjoined },
            seen: [0; 2],
            protocol: Protocol::None,
            detail: None,
            exchanges: 0,
        }
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(super) fn detail(&self) -> Option<&String> {
        self.detail.as_ref()
    }

    pub(super) fn exchanges(&self) -> u64 {
        self.exchanges
    }

    /// Whether something is in progress: a message, a frame, a request without its response.
    pub(super) fn is_inside(&self) -> bool {
        match &self.talk {
            Talk::Http(talk) => talk.is_inside(),
            Talk::WebSocket(talk) => talk.is_inside(),
            Talk::Unjoined | Talk::Opaque => false,
        }
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&self) -> usize {
        size_of::<Self>()
            + match &self.talk {
                Talk::Http(talk) => size_of::<HttpTalk>() + talk.held(),
                Talk::WebSocket(talk) => size_of::<WebSocketTalk>() + talk.held(),
                Talk::Unjoined | Talk::Opaque => 0,
            }
    }

    /// The sides turned out to be the other way round; nothing was decoded yet.
    pub(super) fn swap_sides(&mut self) {
        self.seen.swap(0, 1);
    }

    /// Who is the client is known now: what comes next is decoded, from the first start line on.
    pub(super) fn join(&mut self) {
        if matches!(self.talk, Talk::Unjoined) {
            self.talk = Talk::Http(Box::new(HttpTalk::joined(self.connection, self.seen)));
        }
    }

    /// The same where it was told what is spoken, and the bytes do not say.
    pub(super) fn join_as(&mut self, spoken: Spoken) {
        match spoken {
            Spoken::Http => self.join(),
            Spoken::WebSocket => {
                self.protocol = Protocol::WebSocket;
                self.talk = Talk::WebSocket(Box::new(WebSocketTalk::joined(self.connection, self.seen)));
            }
        }
    }

    /// Takes the next bytes of one side.
    pub(super) fn bytes(&mut self, from: Direction, start: u64, bytes: &[u8], source: Source, out: &mut Output<'_>) {
        let connection = self.connection;
        if out.options.pieces {
            let (packet, offset) = (source.packet, source.offset);
            out.emit(Event::Bytes(Delivered { connection, direction: from, start, packet, offset, data: bytes }));
        }
        if matches!(self.protocol, Protocol::None | Protocol::Unknown) {
            self.recognise(from, start, bytes);
        }
        self.seen[from as usize] = start + bytes.len() as u64;
        let mut input = Input { bytes, source };
        while !input.bytes.is_empty() {
            match &mut self.talk {
                Talk::Http(talk) => {
                    let switch = talk.bytes(from, &mut input, out);
                    self.exchanges = talk.exchanges();
                    if talk.is_recognised() && matches!(self.protocol, Protocol::None | Protocol::Unknown) {
                        self.protocol = Protocol::Http1;
                    }
                    if let Some(switch) = switch {
                        self.switch(switch, source, out);
                    }
                }
                Talk::WebSocket(talk) => talk.bytes(from, &mut input, out),
                Talk::Unjoined | Talk::Opaque => {
                    let end = start + bytes.len() as u64;
                    let at = end - input.bytes.len() as u64;
                    out.piece(connection, from, at, end, PieceKind::Undecoded, 0);
                    return;
                }
            }
        }
        self.settle(from, source, out);
    }

    /// The capture lacks some of a side's bytes.
    pub(super) fn gap(&mut self, from: Direction, length: u64, source: Source, out: &mut Output<'_>) {
        self.seen[from as usize] += length;
        match &mut self.talk {
            Talk::Http(talk) => talk.gap(from, length, source, out),
            Talk::WebSocket(talk) => talk.gap(from, length, source, out),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// A side sent its FIN.
    pub(super) fn end(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        match &mut self.talk {
            Talk::Http(talk) => talk.end(from, source, out),
            Talk::WebSocket(talk) => talk.end(from, source, out),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// The connection is over, or the capture is.
    pub(super) fn give_up(&mut self, source: Source, out: &mut Output<'_>) {
        match &mut self.talk {
            Talk::Http(talk) => talk.give_up(source, out),
            Talk::WebSocket(talk) => talk.give_up(source, out),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// Lets go of all that was kept: nothing more will be made of what comes.
    pub(super) fn forget(&mut self) {
        self.talk = Talk::Opaque;
    }

    /// Items that need no further byte: the end of a message or frame that is complete.
    fn settle(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        let mut nothing = Input { bytes: &[], source };
        match &mut self.talk {
            Talk::Http(talk) => {
                talk.bytes(from, &mut nothing, out);
            }
            Talk::WebSocket(talk) => talk.bytes(from, &mut nothing, out),
            Talk::Unjoined | Talk::Opaque => {}
        }
    }

    /// Names the protocol by a side's first bytes, where they are not HTTP.
    fn recognise(&mut self, from: Direction, start: u64, bytes: &[u8]) {
        self.protocol = Protocol::Unknown;
        if start > 0 {
            return;
        }
        match session::opening(bytes, from == Direction::Client) {
            Opening::Tls => (self.protocol, self.talk) = (Protocol::Tls, Talk::Opaque),
            Opening::Http2 => (self.protocol, self.talk) = (Protocol::Http2, Talk::Opaque),
            Opening::Named(name) => self.detail = Some(name.into()),
            Opening::Other => {}
        }
    }

    fn switch(&mut self, switch: Switch, source: Source, out: &mut Output<'_>) {
        let Talk::Http(talk) = &mut self.talk else { return };
        talk.switched(source, out);
        match switch {
            Switch::Tunnel => talk.enter_tunnel(),
            Switch::Other(token) => {
                self.detail = Some(token);
                self.talk = Talk::Opaque;
            }
            Switch::WebSocket(deflate) => {
                self.protocol = Protocol::WebSocket;
                let positions = [talk.position(Direction::Client), talk.position(Direction::Server)];
                let early = talk.take_partial();
                let mut talk = WebSocketTalk::new(self.connection, positions, deflate);
                talk.bytes(Direction::Client, &mut Input { bytes: &early, source }, out);
                self.talk = Talk::WebSocket(Box::new(talk));
            }
        }
    }
}
