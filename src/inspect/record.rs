//! What the pipeline finds, a record for each: connections, exchanges, frames, messages, problems and the summary.
//!
//! These are what every view draws from. Captured text is kept as bytes: it needn't be UTF-8, and nothing is replaced.
//! Escaping it for a terminal or for JSON is the view's job.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::capture::Timestamp;
pub use crate::layers::Direction;
pub use crate::layers::application::http::{FieldLine, Fields};
use crate::layers::application::websocket;
pub use crate::layers::problem::Kind;
pub use crate::moment::Moment;

/// From the packet that carries something's first byte to the packet that completed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The packet with its first byte.
    pub first: Moment,
    /// The packet that completed it.
    pub last: Moment,
}

/// What a connection turned out to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP/1.x (RFC 9112), and HTTP/0.9.
    Http1,
    /// HTTP/1.1 that was upgraded to WebSocket (RFC 6455).
    WebSocket,
    /// TLS (RFC 8446): recognised, not decoded.
    Tls,
    /// HTTP/2 with prior knowledge (RFC 9113): recognised, not decoded.
    Http2,
    /// Bytes that are none of these.
    Unknown,
    /// No payload was seen.
    None,
}

impl Protocol {
    /// The name the JSON contract gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http1 => "http/1",
            Self::WebSocket => "websocket",
            Self::Tls => "tls",
            Self::Http2 => "http/2",
            Self::Unknown => "unknown",
            Self::None => "none",
        }
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// Both sides sent FIN, or one did and nothing more came.
    Fin,
    /// One side sent RST.
    Reset,
    /// It was still open when the capture ended.
    Open,
    /// It was forgotten to stay within the memory budget.
    Evicted,
}

impl Closed {
    /// The name the JSON contract gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::Open => "open",
            Self::Evicted => "evicted",
        }
    }
}

/// What a connection goes between: its client and its server.
pub type Ends = [SocketAddr; 2];

/// A TCP connection, from its SYN (or the first packet seen of it) to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Counts from 0, in order of first packet.
    pub number: u64,
    /// Index of the interface its first packet was captured on.
    pub interface: usize,
    /// Address and port of the side that opened it, unless the other one sends the requests.
    pub client: SocketAddr,
    /// Address and port of the other.
    pub server: SocketAddr,
    /// Its first and last packet.
    pub extent: Extent,
    /// How many packets it has.
    pub packets: u64,
    /// What it speaks.
    pub protocol: Protocol,
    /// More about the protocol where it is only named: "TLS 1.3, SNI example.com", "ssh".
    pub protocol_detail: Option<String>,
    /// How many exchanges it carried.
    pub exchanges: u64,
    /// Whether its SYN was captured; otherwise it was open before the capture began.
    pub handshake: bool,
    /// How it ended.
    pub closed: Closed,
    /// Who sent the first FIN, or the RST.
    pub closed_by: Option<Direction>,
    /// Stream bytes seen from the client.
    pub client_bytes: u64,
    /// Stream bytes seen from the server.
    pub server_bytes: u64,
    /// Segments whose bytes had all been seen before.
    pub retransmitted_segments: u64,
    /// Stream bytes that aren't in the capture, both directions.
    pub missing_bytes: u64,
}

impl Connection {
    /// Its client and its server.
    #[must_use]
    pub fn ends(&self) -> Ends {
        [self.client, self.server]
    }
}

/// What requests and responses have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpMessage {
    /// Major and minor version digit of the start line; (0, 9) where it has none.
    pub version: (u8, u8),
    /// The header section.
    pub headers: Fields,
    /// The trailer section after a chunked body.
    pub trailers: Fields,
    /// From its first byte to its last.
    pub extent: Extent,
    /// Bytes of the start line and the header section, the empty line included.
    pub header_bytes: u64,
    /// Bytes of the content, transfer coding removed.
    pub body_bytes: u64,
    /// Bytes of the body as sent: chunk framing and trailers included.
    pub wire_body_bytes: u64,
    /// The value of Content-Encoding, where it names a coding.
    pub content_coding: Option<String>,
    /// Bytes of the content with its coding undone; `None` if it could not be undone.
    pub decoded_body_bytes: Option<u64>,
    /// The content with its coding undone (as sent, if it could not be), as far as it is kept.
    pub body: Vec<u8>,
    /// Whether `body` is only the beginning.
    pub body_truncated: bool,
    /// Whether all of the message was seen.
    pub complete: bool,
}

/// A request (RFC 9110 §3.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, as sent.
    pub method: Vec<u8>,
    /// The request target, as sent.
    pub target: Vec<u8>,
    /// Fields, body and where they are.
    pub message: HttpMessage,
}

/// A response (RFC 9110 §3.4), interim or final.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase, which may be empty.
    pub reason: Vec<u8>,
    /// Fields, body and where they are.
    pub message: HttpMessage,
}

/// A request with its response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The connection's number.
    pub connection: u64,
    /// Counts from 0 on its connection.
    pub index: u64,
    /// The request; `None` if the capture has only the response.
    pub request: Option<Request>,
    /// The final response, or the 101.
    pub response: Option<Box<Response>>,
    /// Interim responses (100, 102, 103) that preceded it.
    pub interim: Vec<Response>,
    /// What a 101 switched to: "websocket", or another protocol's token as sent; `None` for a CONNECT that became a tunnel.
    pub upgraded: Option<String>,
}

impl Exchange {
    /// Its responses, in order: the interim ones, and the final one.
    pub fn responses(&self) -> impl Iterator<Item = &Response> {
        self.interim.iter().chain(self.response.as_deref())
    }

    /// Its response as far as it goes: the final one, or else the latest interim one.
    #[must_use]
    pub fn latest_response(&self) -> Option<&Response> {
        self.response.as_deref().or(self.interim.last())
    }

    /// What its request and its responses have in common, to be changed.
    pub fn messages_mut(&mut self) -> impl Iterator<Item = &mut HttpMessage> {
        let responses = self.interim.iter_mut().chain(self.response.as_deref_mut()).map(|it| &mut it.message);
        self.request.iter_mut().map(|it| &mut it.message).chain(responses)
    }

    /// Nanoseconds from the request's first byte to the response's last.
    #[must_use]
    pub fn duration(&self) -> Option<u64> {
        let (request, response) = (self.request.as_ref()?, self.response.as_ref()?);
        response.message.complete.then(|| response.message.extent.last.time.since(request.message.extent.first.time))
    }

    /// The exchange with at most `keep` bytes of each body.
    #[must_use]
    pub fn shortened(&self, keep: usize) -> Option<Self> {
        let is_long = |message: &HttpMessage| message.body.len() > keep;
        let mut responses = self.responses();
        if !self.request.as_ref().is_some_and(|it| is_long(&it.message)) && !responses.any(|it| is_long(&it.message)) {
            return None;
        }
        let mut short = self.clone();
        for message in short.messages_mut() {
            message.body_truncated |= message.body.len() > keep;
            message.body.truncate(keep);
        }
        Some(short)
    }

    /// The first packet of the exchange, and the last.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let mut extents =
            self.request.iter().map(|it| it.message.extent).chain(self.responses().map(|it| it.message.extent));
        let Some(mut all) = extents.next() else { return Extent::default() };
        for extent in extents {
            if extent.first.packet < all.first.packet {
                all.first = extent.first;
            }
            if extent.last.packet > all.last.packet {
                all.last = extent.last;
            }
        }
        all
    }
}

/// A WebSocket frame (RFC 6455 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The connection's number.
    pub connection: u64,
    /// Counts from 0 on its connection, both directions together.
    pub index: u64,
    /// Who sent it.
    pub direction: Direction,
    /// From its first byte to its last.
    pub extent: Extent,
    /// Bytes of its header: 2 to 14.
    pub header_bytes: u8,
    /// FIN: the last frame of its message.
    pub fin: bool,
    /// RSV1 (4), RSV2 (2), RSV3 (1).
    pub rsv: u8,
    /// The opcode, 0 to 15.
    pub opcode: u8,
    /// The masking key, if the payload is masked.
    pub mask_key: Option<[u8; 4]>,
    /// The payload length that the header declares.
    pub payload_bytes: u64,
    /// How much of the payload was captured.
    pub payload_seen: u64,
    /// The payload, unmasked, as far as it is kept.
    pub payload: Vec<u8>,
    /// Whether `payload` is only the beginning of what was captured.
    pub payload_truncated: bool,
    /// The status code in a close frame's body (§5.5.1).
    pub close_code: Option<u16>,
    /// The reason after it.
    pub close_reason: Option<Vec<u8>>,
    /// Whether all of the payload was captured.
    pub complete: bool,
    /// The ping that a pong answers, if it was seen.
    pub answers: Option<Answered>,
}

/// Bytes of a stream that belong to no message and no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The connection's number.
    pub connection: u64,
    /// Who sent them.
    pub direction: Direction,
    /// From their first byte to their last.
    pub extent: Extent,
    /// The first byte's position in its stream, from 0.
    pub start: u64,
    /// How many they are.
    pub length: u64,
    /// The first of them; of a frame its payload, unmasked.
    pub bytes: Vec<u8>,
    /// What they are, as far as that can be told, such as "SSH"; else empty.
    pub what: Cow<'static, str>,
    /// The exchange of their sender's message before them.
    pub exchange: Option<u64>,
    /// What they stand among.
    pub place: StrayPlace,
    /// The frame that they are: one that came before its handshake was answered.
    pub frame: Option<Box<Frame>>,
}

/// What strays stand among.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StrayPlace {
    /// HTTP messages, or what should be some.
    #[default]
    Messages,
    /// WebSocket frames.
    Frames,
    /// Another protocol's bytes, after a switch to it.
    Elsewhere,
}

/// A ping, and when it had its pong (RFC 6455 §5.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The ping's index on its connection.
    pub ping: u64,
    /// How long after its beginning the pong began, in nanoseconds.
    pub after: u64,
}

impl Frame {
    /// Whether it is a control frame: close, ping, pong, or reserved for one (§5.5).
    #[must_use]
    pub fn is_control(&self) -> bool {
        websocket::is_control(self.opcode)
    }

    /// Whether RSV1 is set: with permessage-deflate, that marks the first frame of a compressed message (RFC 7692 §6).
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.rsv & websocket::RSV1 != 0
    }
}

/// A whole WebSocket data message: one frame, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The connection's number.
    pub connection: u64,
    /// Counts from 0 on its connection, both directions together.
    pub index: u64,
    /// Who sent it.
    pub direction: Direction,
    /// From its first frame's first byte to its last frame's last.
    pub extent: Extent,
    /// 1 for text, 2 for binary.
    pub opcode: u8,
    /// How many frames it came in.
    pub frames: u64,
    /// Whether permessage-deflate compressed it (RFC 7692).
    pub compressed: bool,
    /// Bytes of its payload, after inflating.
    pub payload_bytes: u64,
    /// The payload, after inflating, as far as it is kept.
    pub payload: Vec<u8>,
    /// Whether `payload` is only the beginning.
    pub payload_truncated: bool,
}

/// Something that a specification forbids or that's missing from the capture; or a note, which explains what happened
/// and breaks no rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// Counts from 0, problems and notes together, in the order in which they were found. A cause comes before its effects.
    pub id: u64,
    /// Whether a rule is broken.
    pub kind: Kind,
    /// The id of its cause, without which it wouldn't have happened.
    pub because: Option<u64>,
    /// The packet that shows it; 0 where none does.
    pub packet: u64,
    /// The connection it is on, if it is on one.
    pub connection: Option<u64>,
    /// Who did it, if one side did.
    pub direction: Option<Direction>,
    /// The index of the exchange it is in, if it is in one.
    pub exchange: Option<u64>,
    /// The index of the frame it is in, if it is in one.
    pub frame: Option<u64>,
    /// A stable short name, in kebab case: "unmasked-client-frame".
    pub code: &'static str,
    /// The clause: "RFC 6455 §5.1". Empty for a note that rests on none.
    pub clause: &'static str,
    /// A sentence a beginner understands.
    pub text: Cow<'static, str>,
}

impl Problem {
    /// Whether it's common, and rarely what one looks for: a connection that ends without a close handshake.
    #[must_use]
    pub fn is_minor(&self) -> bool {
        self.code == "no-close-handshake"
    }
}

/// The counts of a whole capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Packets read.
    pub packets: u64,
    /// Their bytes on the medium (original lengths).
    pub bytes: u64,
    /// The earliest packet's time, wherever in the capture it stands.
    pub first_time: Option<Timestamp>,
    /// The latest packet's time.
    pub last_time: Option<Timestamp>,
    /// TCP connections.
    pub tcp_connections: u64,
    /// Requests whose start line was seen whole.
    pub http_requests: u64,
    /// Final responses and 101s.
    pub http_responses: u64,
    /// Interim responses other than 101.
    pub http_interim: u64,
    /// 101 responses.
    pub upgrades: u64,
    /// Those of them to WebSocket.
    pub websocket_upgrades: u64,
    /// Frames whose header was seen whole.
    pub websocket_frames: u64,
    /// Frames by opcode.
    pub websocket_opcodes: BTreeMap<u8, u64>,
    /// Whole data messages.
    pub websocket_messages: u64,
    /// Problems found.
    pub problems: u64,
    /// Notes made.
    pub notes: u64,
    /// Connections forgotten to stay within the memory budget.
    pub evicted: u64,
    /// Packets that carry no TCP, by what they are: "ARP", "UDP", "link type 147".
    pub other_packets: BTreeMap<String, u64>,
}
