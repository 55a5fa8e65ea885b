//! One syntactic element of a stream, where it lies, and its fields.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use crate::inspect::event::PieceKind;
use crate::inspect::record::{Direction, Exchange, HttpMessage, Protocol};
use crate::layers::application::http::FieldName;
use crate::layers::application::http::annotate::{self as http, Asked, Content};
use crate::layers::application::websocket::Header;
use crate::layers::application::websocket::annotate::{self as websocket, Payload};
use crate::layers::headers::pen::{count, hex};
use crate::layers::{Field, Layer, Origin, Place, Run, Span};

/// How much of content and payload is kept to be shown as a field's value, in bytes. Lines and headers are kept whole.
pub(super) const SHOWN_OF_CONTENT: usize = 256;

/// An element, or one packet's part of content or payload.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) connection: u64,
    pub(super) direction: Direction,
    pub(super) index: u64,
    pub(super) what: What,
    /// All of it, or the first [`SHOWN_OF_CONTENT`] bytes of content.
    pub(super) bytes: Vec<u8>,
    pub(super) place: Place,
    /// Where its first byte is in the content; 0 for what is no content.
    pub(super) at: u64,
    /// The packet in which the content began, and the one in which it goes on.
    pub(super) began: u64,
    pub(super) goes_on: Option<u64>,
    pub(super) group: Option<Arc<Group>>,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Piece(PieceKind),
    /// It was read, but never became whole.
    Unfinished,
}

/// The message or frame that an element is of.
#[derive(Debug)]
pub(super) enum Group {
    Message(MessageContext),
    Frame { header: Header, compressed: bool },
}

/// What explaining an HTTP message's elements takes; known once its header section is whole.
#[derive(Debug)]
pub(super) struct MessageContext {
    /// Its start line.
    pub(super) title: String,
    about: OnceLock<About>,
}

#[derive(Debug, Default)]
struct About {
    content_type: Option<Vec<u8>>,
    coding: Option<String>,
    websocket_key: Option<Vec<u8>>,
}

impl MessageContext {
    pub(super) fn new(start_line: &[u8]) -> Self {
        let title = String::from_utf8_lossy(start_line).trim_end().to_owned();
        Self { title, about: OnceLock::new() }
    }

    /// Its `Content-Type`.
    pub(super) fn content_type(&self) -> Option<&[u8]> {
        self.about.get()?.content_type.as_deref()
    }

    /// The content coding it names.
    pub(super) fn coding(&self) -> Option<&str> {
        self.about.get()?.coding.as_deref()
    }

    /// Its header section is whole.
    pub(super) fn learn(&self, message: &HttpMessage, exchange: &Exchange) {
        let request = exchange.request.as_ref();
        let key = request.and_then(|request| request.message.headers.get(FieldName::SecWebSocketKey));
        let about = About {
            content_type: message.headers.get(FieldName::ContentType).map(<[u8]>::to_vec),
            coding: message.content_coding.clone(),
            websocket_key: key.map(<[u8]>::to_vec),
        };
        // Said once: a second time would be of another message.
        let _ = self.about.set(about);
    }
}

/// Whether the pieces of a kind are parts of something longer, which arrives as it arrives.
pub(super) fn is_content(kind: PieceKind) -> bool {
    matches!(kind, PieceKind::Body | PieceKind::ChunkData | PieceKind::FramePayload)
}

impl Element {
    pub(super) fn length(&self) -> u64 {
        self.place.runs().iter().map(|run| run.length).sum()
    }

    /// Bytes of memory it takes, roughly.
    pub(super) fn cost(&self) -> usize {
        let group = match self.group.as_deref() {
            // Shared by the message's elements, counted for each: an upper bound.
            Some(Group::Message(message)) => message.title.len(),
            _ => 0,
        };
        size_of::<Self>() + self.bytes.len() + group + self.place.runs().len() * (size_of::<Run>() + 48)
    }

    /// Whether it is a part of the same content as the element before it.
    pub(super) fn continues(&self, before: &Self) -> bool {
        let same_group = match (&self.group, &before.group) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        same_group && self.what == before.what && self.may_go_on()
    }

    /// Whether another element may continue it.
    pub(super) fn may_go_on(&self) -> bool {
        matches!(self.what, What::Piece(kind) if is_content(kind))
    }

    /// Takes in the part that follows.
    pub(super) fn extend(&mut self, next: &Self) {
        let room = SHOWN_OF_CONTENT.saturating_sub(self.bytes.len());
        if room > 0 && self.bytes.len() as u64 == self.length() {
            self.bytes.extend_from_slice(next.bytes.get(..room.min(next.bytes.len())).unwrap_or_default());
        }
        self.place.extend(&next.place);
        self.goes_on = next.goes_on;
    }

    /// Its part that lies in one run of its bytes, where it lies in so many that naming all that's in each costs too much.
    pub(super) fn part(&self, run: Run) -> Field {
        let spans = vec![Span { origin: run.origin, bits: run.offset * 8..(run.offset + run.length) * 8 }];
        let meaning = format!(
            "A part of something that lies in {} pieces: too many for each to say what is in it.",
            self.place.runs().len()
        );
        Field::new(Layer::Application, "TCP payload", count(run.length as usize), meaning, spans, "RFC 9293 §3.1")
    }

    /// Its fields, spans in the packets that carry it. `spoken` is what its connection turned out to speak.
    pub(super) fn fields(&self, spoken: Option<&(Protocol, Option<String>)>) -> Vec<Field> {
        let mut fields = match self.what {
            What::Unfinished => vec![self.unfinished()],
            What::Piece(kind) => self.piece(kind, spoken),
        };
        for field in &mut fields {
            moved(field, &self.place);
        }
        fields
    }

    fn piece(&self, kind: PieceKind, spoken: Option<&(Protocol, Option<String>)>) -> Vec<Field> {
        let line = &self.bytes[..];
        match kind {
            PieceKind::EmptyLine => vec![http::empty_line(line)],
            PieceKind::RequestLine => vec![http::request_line(line)],
            PieceKind::StatusLine => vec![http::status_line(line)],
            PieceKind::FieldLine => {
                let websocket_key = self.about().and_then(|about| about.websocket_key.as_deref());
                vec![http::field_line(line, Asked { websocket_key })]
            }
            PieceKind::TrailerLine => vec![http::trailer_line(line)],
            PieceKind::SectionEnd => vec![http::section_end(line)],
            PieceKind::ChunkSize => http::chunk_line(line),
            PieceKind::ChunkEnd => vec![http::chunk_end(line)],
            PieceKind::Body | PieceKind::ChunkData => vec![self.content(kind == PieceKind::ChunkData)],
            PieceKind::FrameHeader => {
                let compressed = matches!(self.group.as_deref(), Some(Group::Frame { compressed: true, .. }));
                websocket::header(line, compressed)
            }
            PieceKind::FramePayload => vec![self.payload()],
            PieceKind::Undecoded => vec![self.undecoded(spoken)],
        }
    }

    fn about(&self) -> Option<&About> {
        match self.group.as_deref() {
            Some(Group::Message(message)) => message.about.get(),
            _ => None,
        }
    }

    fn content(&self, chunk: bool) -> Field {
        let about = self.about();
        let mut field = http::content(&Content {
            sent: &self.bytes,
            length: self.length(),
            content_type: about.and_then(|about| about.content_type.as_deref()),
            coding: about.and_then(|about| about.coding.as_deref()),
            chunk,
        });
        self.say_which_part(&mut field);
        field
    }

    fn payload(&self) -> Field {
        let Some(Group::Frame { header, compressed }) = self.group.as_deref() else { return self.unfinished() };
        // Control frames are no part of the message, compressed or not (RFC 7692 §6.1).
        let compressed = *compressed && !header.is_control();
        let sent = Payload { header, compressed, sent: &self.bytes, length: self.length(), at: self.at };
        let mut field = websocket::payload(&sent);
        self.say_which_part(&mut field);
        field
    }

    /// Content that came in several packets: which of its bytes these are, and where the others are.
    fn say_which_part(&self, field: &mut Field) {
        let length = self.length();
        if self.at == 0 && self.goes_on.is_none() || length == 0 {
            return;
        }
        let meaning = field.meaning.to_mut();
        // Writing to a string cannot fail.
        let _ = write!(meaning, " Bytes {} to {} of it", self.at + 1, self.at.saturating_add(length));
        if self.at > 0 {
            let _ = write!(meaning, "; began in packet {}", self.began);
        }
        if let Some(packet) = self.goes_on {
            let _ = write!(meaning, "; goes on in packet {packet}");
        }
        meaning.push('.');
    }

    fn undecoded(&self, spoken: Option<&(Protocol, Option<String>)>) -> Field {
        let known = spoken.and_then(|(protocol, detail)| match (protocol, detail) {
            (Protocol::Tls, Some(detail)) => Some((Layer::Presentation, detail.clone())),
            (Protocol::Tls, None) => Some((Layer::Presentation, "TLS".to_owned())),
            (Protocol::Http2, _) => Some((Layer::Application, "HTTP/2".to_owned())),
            (_, Some(name)) => Some((Layer::Application, format!("Another protocol, \"{name}\""))),
            _ => None,
        });
        let (layer, meaning) = match known {
            Some((layer, name)) => (layer, format!("{name}: this tool does not look inside.")),
            None => (Layer::Application, "No HTTP or WebSocket that could be read from here.".to_owned()),
        };
        self.leaf(layer, "TCP payload", meaning)
    }

    fn unfinished(&self) -> Field {
        let meaning = "The beginning of something that the capture does not have the rest of, or that is too long.";
        self.leaf(Layer::Application, "TCP payload", meaning.to_owned())
    }

    fn leaf(&self, layer: Layer, name: &'static str, meaning: String) -> Field {
        let length = self.length();
        let value = match std::str::from_utf8(&self.bytes) {
            Ok(text) if !text.chars().any(|c| c.is_control() && !c.is_whitespace()) => text.to_owned(),
            _ => hex(&self.bytes),
        };
        let spans = vec![Span { origin: Origin::default(), bits: 0..length * 8 }];
        Field::new(layer, name, value, meaning, spans, "RFC 9293 §3.1")
    }
}

/// Moves spans that count from the first byte of something to where its bytes lie.
pub(super) fn moved(field: &mut Field, place: &Place) {
    field.spans = field.spans.iter().flat_map(|span| place.bits(span.bits.clone())).collect();
    for part in &mut field.parts {
        moved(part, place);
    }
}

/// The field of a whole message or frame, or of as much of it as `parts` are.
pub(super) fn grouped(element: &Element, group: &Group, parts: Vec<Field>) -> Field {
    let mut spans: Vec<Span> = Vec::new();
    for span in parts.iter().flat_map(|part| &part.spans) {
        match spans.last_mut() {
            Some(last) if last.origin == span.origin && last.bits.end == span.bits.start => {
                last.bits.end = span.bits.end;
            }
            _ => spans.push(span.clone()),
        }
    }
    let Element { connection, index, direction, .. } = element;
    let from = direction.name();
    let (name, value, meaning, clause) = match group {
        Group::Message(message) => {
            let name = if *direction == Direction::Client { "HTTP request" } else { "HTTP response" };
            (name, message.title.clone(), format!("Exchange {connection}.{index}, from the {from}."), "RFC 9112 §2.1")
        }
        Group::Frame { header, .. } => {
            let meaning = format!("Frame {index} of connection {connection}, from the {from}.");
            ("WebSocket frame", websocket::summary(header), meaning, "RFC 6455 §5.2")
        }
    };
    Field::new(Layer::Application, name, value, meaning, spans, clause).with_parts(parts)
}
