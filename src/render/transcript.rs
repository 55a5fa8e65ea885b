//! A conversation as a transcript: who said what, and when, in order.
//!
//! HTTP messages are shown as [`heads`] draws them; what a WebSocket carries as messages, whole and inflated, and as the
//! control frames between them. Frames that make up messages are not shown twice.

use super::escape::whole_characters;
use super::frames::is_text;
use super::style::{Look, Style};
use super::{heads, numbers, summary, text};
use crate::capture::Timestamp;
use crate::inspect::record::{
    Closed, Connection, Direction, Exchange, Extent, Frame, HttpMessage, Message, Moment, Protocol,
};
use crate::layers::Layer;

/// How many lines of a payload that is not text are shown, of [`HEX`] bytes each.
const HEX_LINES: usize = 16;
const HEX: usize = 16;

/// Draws what is said on one connection, piece by piece, with an empty line between any two.
#[derive(Debug)]
pub struct Transcript {
    style: Style,
    start: Timestamp,
    begun: bool,
    /// Frames of messages that are not whole yet, by who sent them.
    unfinished: [u64; 2],
    /// How many exchanges were drawn, and how many bytes of the client's stream and of the server's they are.
    drawn: (u64, [u64; 2]),
}

impl Transcript {
    /// An empty one.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { style, start: Timestamp(0), begun: false, unfinished: [0; 2], drawn: (0, [0; 2]) }
    }

    /// The connection begins: times count from here.
    pub fn opened(&mut self, it: &Connection) {
        self.start = it.extent.first.time;
    }

    /// Draws a request with its responses.
    #[must_use]
    pub fn exchange(&mut self, it: &Exchange) -> Vec<String> {
        let name = format!("exchange {}.{}", it.connection, it.index);
        let mut lines = Vec::new();
        self.count(it);
        if let Some(request) = &it.request {
            lines.extend(self.title(Direction::Client, began(&request.message), &format!("request of {name}")));
            lines.extend(heads::request(request, usize::MAX, self.style));
            lines.extend(self.truncated(&request.message, Direction::Client));
        }
        for response in it.interim.iter().chain(&it.response) {
            lines.extend(self.title(Direction::Server, began(&response.message), &format!("response of {name}")));
            lines.extend(heads::response(response, usize::MAX, self.style));
            lines.extend(self.truncated(&response.message, Direction::Server));
        }
        lines
    }

    /// Draws a frame, unless a message will tell what it carries.
    #[must_use]
    pub fn frame(&mut self, it: &Frame) -> Vec<String> {
        if it.opcode <= 2 && it.complete {
            self.unfinished[it.direction as usize] += 1;
            return Vec::new();
        }
        let name = summary::opcode_name(it.opcode);
        let cut = if it.complete { "" } else { ", the rest was not seen" };
        let code = it.close_code.map(|code| format!(" {code}")).unwrap_or_default();
        let what = format!("{name}{code}, {}{cut}", numbers::counted(it.payload_bytes, "byte"));
        let mut lines = self.title(it.direction, (it.extent, it.extent.last), &what);
        let payload = it.close_reason.as_ref().unwrap_or(&it.payload);
        lines.extend(self.payload(it.direction, payload, it.payload_truncated, is_text(it)));
        lines
    }

    /// Draws a message.
    #[must_use]
    pub fn message(&mut self, it: &Message) -> Vec<String> {
        self.unfinished[it.direction as usize] = 0;
        let frames = if it.frames == 1 { String::new() } else { format!(" in {} frames", numbers::count(it.frames)) };
        let compressed = if it.compressed { ", compressed" } else { "" };
        let bytes = numbers::counted(it.payload_bytes, "byte");
        let what = format!("{}, {bytes}{frames}{compressed}", summary::opcode_name(it.opcode));
        let mut lines = self.title(it.direction, (it.extent, it.extent.last), &what);
        lines.extend(self.payload(it.direction, &it.payload, it.payload_truncated, it.opcode == 1));
        if it.payload_truncated {
            lines.push(self.more(it.direction, it.payload_bytes.saturating_sub(it.payload.len() as u64)));
        }
        lines
    }

    /// Draws the connection's end, and what was on it that could not be shown.
    #[must_use]
    pub fn closed(&mut self, it: &Connection) -> Vec<String> {
        let unfinished: u64 = self.unfinished.iter().sum();
        let mut lines = Vec::new();
        if unfinished > 0 {
            let frames = numbers::counted(unfinished, "frame");
            lines.extend(
                self.note(&format!("{frames} of messages that are not whole: --connection {} lists them", it.number)),
            );
        }
        let who = it.closed_by.map_or("nobody knows whom", Direction::name);
        let how = match it.closed {
            Closed::Fin => format!("closed by the {who}, with FIN"),
            Closed::Reset => format!("cut off by the {who}, with RST"),
            Closed::Open => "still open where the capture ends".to_owned(),
            Closed::Evicted => "forgotten here, to save memory".to_owned(),
        };
        if !self.begun {
            let nothing = match it.protocol {
                Protocol::None => "nothing was said: no segment has a payload".to_owned(),
                Protocol::Http1 | Protocol::WebSocket => "nothing that was said is whole".to_owned(),
                _ => format!("what was said can not be read: {}", unread(it)),
            };
            lines.extend(self.note(&nothing));
        } else if let Some(rest) = self.rest(it) {
            lines.extend(self.note(&rest));
        }
        let ends = format!("connection {}: {} → {}", it.number, it.client, it.server);
        lines.extend(self.note(&format!("{}  {how} · {ends}", self.clock(it.extent.last.time))));
        if !self.begun {
            lines.remove(0);
        }
        lines
    }

    fn count(&mut self, it: &Exchange) {
        let bytes = |message: &HttpMessage| message.header_bytes + message.wire_body_bytes;
        self.drawn.0 += 1;
        self.drawn.1[0] += it.request.as_ref().map_or(0, |request| bytes(&request.message));
        self.drawn.1[1] += it.interim.iter().chain(&it.response).map(|it| bytes(&it.message)).sum::<u64>();
    }

    /// What came after a 101, or in a tunnel, and is not decoded: how much of it, and what it is.
    fn rest(&self, it: &Connection) -> Option<String> {
        if it.protocol == Protocol::WebSocket || it.protocol == Protocol::Http1 && it.protocol_detail.is_none() {
            return None;
        }
        let (exchanges, [client, server]) = self.drawn;
        if exchanges != it.exchanges {
            // A filter left some out: how many bytes are not theirs is not known.
            return Some(format!("some of what was said can not be read: {}", unread(it)));
        }
        let rest = [it.client_bytes.saturating_sub(client), it.server_bytes.saturating_sub(server)];
        let sides = [Direction::Client, Direction::Server].into_iter().zip(rest).filter(|(_, bytes)| *bytes > 0);
        let sides: Vec<String> =
            sides.map(|(who, bytes)| format!("{} of the {}", numbers::counted(bytes, "byte"), who.name())).collect();
        (!sides.is_empty()).then(|| format!("{} can not be read: {}", sides.join(" and "), unread(it)))
    }

    /// When, who, what, and in which packets; behind an empty line.
    fn title(&mut self, from: Direction, (extent, at): (Extent, Moment), what: &str) -> Vec<String> {
        let style = self.style;
        let packets = if extent.first.packet == extent.last.packet {
            format!("packet {}", numbers::count(extent.first.packet))
        } else {
            let (first, last) = (numbers::count(extent.first.packet), numbers::count(extent.last.packet));
            format!("packets {first} to {last}")
        };
        let clock = self.clock(at.time);
        let who = from.name();
        let rest = style.text(&format!(" · {what} · {packets}"));
        let room = style.width.saturating_sub(clock.len() + 2 + who.len());
        let title =
            format!("{}  {}{}", style.dim(&clock), style.paint(look(from), who), style.dim(&style.cut(&rest, room)));
        let begun = std::mem::replace(&mut self.begun, true);
        begun.then(String::new).into_iter().chain([title]).collect()
    }

    fn note(&self, note: &str) -> Vec<String> {
        let lines = text::wrap(&self.style.text(note), self.style.width);
        std::iter::once(String::new()).chain(lines.iter().map(|line| self.style.dim(line))).collect()
    }

    /// Seconds since the connection's first packet.
    fn clock(&self, time: Timestamp) -> String {
        let passed = time.since(self.start) / 1000;
        format!("{}.{:06} s", passed / 1_000_000, passed % 1_000_000)
    }

    fn payload(&self, from: Direction, bytes: &[u8], truncated: bool, is_text: bool) -> Vec<String> {
        let style = self.style;
        let room = style.width.saturating_sub(2).max(2);
        let mark = style.dim(mark(from));
        let line = |text: &str| format!("{mark} {text}").trim_end().to_owned();
        if !is_text {
            let mut lines: Vec<String> = Vec::new();
            for row in bytes.chunks(HEX).take(HEX_LINES) {
                let row: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
                lines.extend(text::wrap(&row.join(" "), room).iter().map(|row| line(row)));
            }
            let left = bytes.len().saturating_sub(HEX * HEX_LINES);
            lines.extend((left > 0).then(|| self.more(from, left as u64)));
            return lines;
        }
        let bytes = if truncated { whole_characters(bytes) } else { bytes };
        let mut lines = Vec::new();
        for said in bytes.split(|byte| *byte == b'\n').filter(|_| !bytes.is_empty()) {
            let safe = style.bytes(said.strip_suffix(b"\r").unwrap_or(said));
            let mut rest = safe.as_str();
            loop {
                let (taken, more) = text::split_at_column(rest, room);
                lines.push(line(taken));
                rest = more;
                if rest.is_empty() {
                    break;
                }
            }
        }
        lines
    }

    fn truncated(&self, it: &HttpMessage, from: Direction) -> Option<String> {
        let name = "the whole body: --body";
        let hint = format!("{} {name}", mark(from));
        it.body_truncated.then(|| self.style.dim(&self.style.cut(&hint, self.style.width)))
    }

    fn more(&self, from: Direction, left: u64) -> String {
        let note = format!("{} {} {}", mark(from), self.style.glyphs().more, numbers::counted(left, "more byte"));
        self.style.dim(&self.style.cut(&note, self.style.width))
    }
}

/// What a connection speaks that is not decoded.
fn unread(it: &Connection) -> String {
    match (it.protocol, &it.protocol_detail) {
        (_, Some(detail)) => detail.clone(),
        (Protocol::Tls, None) => "it is encrypted with TLS".to_owned(),
        (Protocol::Http2, None) => "HTTP/2".to_owned(),
        (_, None) => "it is neither HTTP/1 nor WebSocket".to_owned(),
    }
}

/// An exchange is told from its beginning; frames and messages stand where they became whole, between one another.
fn began(message: &HttpMessage) -> (Extent, Moment) {
    (message.extent, message.extent.first)
}

fn mark(from: Direction) -> &'static str {
    match from {
        Direction::Client => ">",
        Direction::Server => "<",
    }
}

fn look(from: Direction) -> Look {
    match from {
        Direction::Client => Look::Strong(Layer::Application),
        Direction::Server => Look::Strong(Layer::Presentation),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::connections::tests::connection;
    use super::super::exchanges::tests::exchange;
    use super::super::frames::tests::frame;
    use super::*;
    use crate::inspect::samples;

    fn message(payload: &[u8], opcode: u8) -> Message {
        Message {
            extent: frame(1, b"", false).extent,
            frames: 2,
            compressed: true,
            ..samples::message(Direction::Server, opcode, payload)
        }
    }

    fn transcript(payload: &[u8], style: Style) -> Vec<String> {
        let mut transcript = Transcript::new(style);
        transcript.opened(&connection());
        let mut lines = transcript.exchange(&exchange());
        lines.extend(transcript.frame(&frame(1, payload, true)));
        lines.extend(transcript.message(&message(payload, 1)));
        lines.extend(transcript.message(&message(payload, 2)));
        lines.extend(transcript.frame(&frame(9, payload, true)));
        lines.extend(transcript.closed(&connection()));
        lines
    }

    #[test]
    fn who_said_what_and_when_is_told_in_order() {
        let mut lines = transcript(b"one\r\ntwo\x1b[2J", Style::plain(80));
        let messages = lines.split_off(lines.len() - 17);
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn a_connection_without_words_says_why() {
        let mut transcript = Transcript::new(Style::plain(80));
        transcript.opened(&connection());
        let it = Connection { protocol: Protocol::Tls, protocol_detail: Some("TLS 1.3".into()), ..connection() };
        let lines = transcript.closed(&it);
        assert_eq!(lines[0], "what was said can not be read: TLS 1.3");
    }

    #[test]
    fn what_follows_a_switch_and_is_not_decoded_is_counted_and_named() {
        let bytes = |message: &HttpMessage| message.header_bytes + message.wire_body_bytes;
        let spoken = exchange();
        let mut it = Connection { protocol_detail: Some("tunnel to example.com:443: TLS 1.3".into()), ..connection() };
        (it.protocol, it.exchanges) = (Protocol::Http1, 1);
        it.client_bytes = bytes(&spoken.request.as_ref().unwrap().message) + 517;
        it.server_bytes = spoken.interim.iter().chain(&spoken.response).map(|it| bytes(&it.message)).sum();
        let told = |it: &Connection| {
            let mut transcript = Transcript::new(Style::plain(120));
            transcript.opened(it);
            let _ = transcript.exchange(&spoken);
            transcript.closed(it)
        };
        let lines = told(&it);
        assert_eq!(lines[1], "517 bytes of the client can not be read: tunnel to example.com:443: TLS 1.3");
        it.client_bytes -= 517;
        assert_eq!(told(&it).len(), lines.len() - 2);
    }

    #[test]
    fn the_rest_of_a_binary_message_is_hex_as_its_beginning_is() {
        let it = Frame { complete: false, ..frame(0, &[0xca, 0xfe, 0], false) };
        assert_eq!(Transcript::new(Style::plain(80)).frame(&it)[1], "< ca fe 00");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(payload: Vec<u8>, width in 40_usize..130) {
            for line in transcript(&payload, Style::plain(width)) {
                prop_assert!(text::width(&line) <= width, "{line}");
                prop_assert!(!line.contains(|c: char| c.is_control()));
            }
        }
    }
}
