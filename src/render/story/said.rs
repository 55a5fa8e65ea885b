//! What was said, in a few words: the label of a message or a frame.

use crate::explain;
use crate::inspect::record::{Direction, Exchange, Extent, Frame, Request, Response};
use crate::layers::application::http::{FieldName, is_event_stream};
use crate::layers::application::websocket::{BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT};
use crate::render::numbers;

/// How much of a target or payload a label quotes, in characters.
const QUOTED_IN_LABEL: usize = 60;

/// Something that was said: a message or a frame.
pub(super) struct Said {
    pub connection: u64,
    pub direction: Direction,
    pub extent: Extent,
    /// The packet at which its row is placed. At first that's the one that completes the head of an HTTP message, or
    /// the frame.
    pub at: u64,
    /// Whether all of it was seen.
    pub complete: bool,
    pub label: String,
    pub short: Option<String>,
    /// It is worth something before it is complete, and told bit by bit: server-sent events.
    pub in_parts: bool,
}

impl Said {
    pub(super) fn request(exchange: &Exchange, request: &Request, at: u64) -> Self {
        let label = format!("{} {}", quote(&request.method), quote(&request.target));
        let said = Self::new(exchange.connection, Direction::Client, request.message.extent, label, None);
        Self { at, complete: request.message.complete, ..said }
    }

    pub(super) fn response(exchange: &Exchange, response: &Response, at: u64) -> Self {
        let reason = quote(&response.reason);
        let status = format!("{} {reason}", response.status).trim_end().to_owned();
        let (label, short) = match (&exchange.upgraded, response.message.body_bytes) {
            (Some(_), _) if response.status == 101 => (status, Some("101".to_owned())),
            (_, 0) => (status, None),
            (_, bytes) => (format!("{status} · {}", numbers::bytes(bytes)), Some(status)),
        };
        let content_type = response.message.headers.get(FieldName::ContentType).unwrap_or_default();
        let in_parts = is_event_stream(content_type);
        let said = Self::new(exchange.connection, Direction::Server, response.message.extent, label, short);
        Self { at, complete: response.message.complete, in_parts, ..said }
    }

    pub(super) fn frame(frame: &Frame) -> Self {
        let name = frame_name(frame);
        let plain = match (frame.opcode, frame.close_code) {
            (CLOSE, Some(code)) => match frame.close_reason.as_deref() {
                None | Some([]) => format!("{name} {code}"),
                Some(reason) => format!("{name} {code} \"{}\"", quote(reason)),
            },
            _ if frame.payload_bytes == 0 => name,
            // A compressed payload (RSV1) isn't text, and a text's continuation may begin in the middle of a character.
            (TEXT | PING | PONG, _) if !frame.is_compressed() => format!("{name} \"{}\"", quote(&frame.payload)),
            _ => format!("{name} {}", numbers::bytes(frame.payload_bytes)),
        };
        // What keeps the rule goes without saying (RFC 6455 §5.1), and what breaks it comes first: it has to be seen.
        let is_masked = frame.mask_key.is_some();
        let odd = match frame.direction {
            Direction::Client if !is_masked => Some("UNMASKED"),
            Direction::Server if is_masked => Some("MASKED"),
            _ => None,
        };
        let short = match frame.opcode {
            CONTINUATION | BINARY => Some(frame_name(frame)),
            // Of a text, the words matter most, where all of them are there.
            TEXT if !frame.is_compressed() && frame.payload.len() <= QUOTED_IN_LABEL => {
                plain.strip_prefix("text ").map(str::to_owned)
            }
            TEXT => Some(format!("{} {}", frame_name(frame), numbers::bytes(frame.payload_bytes))),
            CLOSE => frame.close_code.map(|code| format!("{} {code}", frame_name(frame))),
            _ => None,
        };
        let said = |words: String| odd.map_or(words.clone(), |odd| format!("{odd} {words}"));
        let (label, short) = (said(plain), short.map(said).or(odd.map(|odd| format!("{odd} {}", frame_name(frame)))));
        Self::new(frame.connection, frame.direction, frame.extent, label, short)
    }

    fn new(connection: u64, direction: Direction, extent: Extent, label: String, short: Option<String>) -> Self {
        Self { connection, direction, extent, at: extent.last.packet, complete: true, label, short, in_parts: false }
    }

    pub(super) fn key(&self) -> (u64, Direction, u64) {
        (self.connection, self.direction, self.at)
    }
}

/// "text", "close", "opcode 11".
fn frame_name(frame: &Frame) -> String {
    let known = explain::opcode(frame.opcode).filter(|opcode| opcode.number().is_some());
    known.map_or_else(|| format!("opcode {}", frame.opcode), |opcode| opcode.name.to_owned())
}

/// The beginning of something captured.
fn quote(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..QUOTED_IN_LABEL * 4).unwrap_or(bytes));
    match text.char_indices().nth(QUOTED_IN_LABEL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
