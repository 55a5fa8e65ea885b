//! A conversation as a transcript: who said what, and when, in order.
//!
//! HTTP messages are shown as [`heads`] draws them; what a WebSocket carries as messages, whole and inflated, and as the
//! control frames between them. Frames that make up messages are not shown twice.

use super::escape::whole_characters;
use super::frames::is_text;
use super::model::quote::Fold;
use super::model::{Look, Page, Prose, Quote, Text};
use super::{heads, numbers, summary};
use crate::capture::Timestamp;
use crate::inspect::record::{Closed, Connection, Direction, Exchange, Extent, Frame, HttpMessage, Message, Protocol};
use crate::layers::Layer;

/// How many lines of a payload that is not text are shown, of [`HEX`] bytes each.
const HEX_LINES: usize = 16;
const HEX: usize = 16;

/// What is said on one connection, piece by piece, with an empty line between any two.
#[derive(Debug, Default)]
pub struct Transcript {
    start: Timestamp,
    /// Until when something was said.
    heard: Timestamp,
    begun: bool,
    /// How many lines of each body are shown, if not all.
    body_lines: Option<usize>,
    /// Frames of messages that are not whole yet, by who sent them.
    unfinished: [u64; 2],
    /// How many exchanges there were, and how many bytes of the client's stream and of the server's they are.
    told: (u64, [u64; 2]),
}

impl Transcript {
    /// An excerpt from the middle of a connection that began at `start`, with no more than so many lines of each body.
    #[must_use]
    pub fn excerpt(start: Timestamp, from: Timestamp, body_lines: usize) -> Self {
        Self { start, heard: from, body_lines: Some(body_lines), ..Self::default() }
    }

    /// The connection begins: times count from here.
    pub fn opened(&mut self, it: &Connection) {
        (self.start, self.heard) = (it.extent.first.time, it.extent.first.time);
    }

    /// A request with its responses.
    #[must_use]
    pub fn exchange(&mut self, it: &Exchange) -> Page {
        let name = format!("exchange {}.{}", it.connection, it.index);
        let mut page = Page::default();
        let lines = self.body_lines.unwrap_or(usize::MAX);
        self.count(it);
        if let Some(request) = &it.request {
            let quote = heads::request(request, lines);
            self.said(&mut page, &format!("request of {name}"), &request.message, quote);
        }
        for response in it.interim.iter().chain(&it.response) {
            let quote = heads::response(response, lines);
            self.said(&mut page, &format!("response of {name}"), &response.message, quote);
        }
        page
    }

    /// An exchange is told from its beginning; frames and messages stand where they became whole, between one another.
    fn said(&mut self, page: &mut Page, what: &str, it: &HttpMessage, mut quote: Quote) {
        self.title(page, quote.from, it.extent, it.extent.first.time, what);
        if it.body_truncated {
            quote.remark("the whole body: --body");
        }
        page.add(quote);
    }

    /// A frame, unless a message will tell what it carries.
    #[must_use]
    pub fn frame(&mut self, it: &Frame) -> Page {
        let mut page = Page::default();
        if it.opcode <= 2 && it.complete {
            self.unfinished[it.direction as usize] += 1;
            return page;
        }
        let name = summary::opcode_name(it.opcode);
        let cut = if it.complete { "" } else { ", the rest was not seen" };
        let code = it.close_code.map(|code| format!(" {code}")).unwrap_or_default();
        let after =
            it.answers.map(|it| format!(", {} after the ping", numbers::duration(it.after))).unwrap_or_default();
        let what = format!("{name}{code}, {}{after}{cut}", numbers::counted(it.payload_bytes, "byte"));
        self.title(&mut page, it.direction, it.extent, it.extent.last.time, &what);
        let said = it.close_reason.as_ref().unwrap_or(&it.payload);
        page.add(payload(it.direction, said, it.payload_truncated, is_text(it)));
        page
    }

    /// A message.
    #[must_use]
    pub fn message(&mut self, it: &Message) -> Page {
        self.unfinished[it.direction as usize] = 0;
        let mut page = Page::default();
        let frames = if it.frames == 1 { String::new() } else { format!(" in {} frames", numbers::count(it.frames)) };
        let compressed = if it.compressed { ", compressed" } else { "" };
        let bytes = numbers::counted(it.payload_bytes, "byte");
        let what = format!("{}, {bytes}{frames}{compressed}", summary::opcode_name(it.opcode));
        self.title(&mut page, it.direction, it.extent, it.extent.last.time, &what);
        let mut quote = payload(it.direction, &it.payload, it.payload_truncated, it.opcode == 1);
        if it.payload_truncated {
            quote.remark(more(it.payload_bytes.saturating_sub(it.payload.len() as u64)));
        }
        page.add(quote);
        page
    }

    /// The connection's end, and what was on it that could not be shown.
    #[must_use]
    pub fn closed(&mut self, it: &Connection) -> Page {
        let unfinished: u64 = self.unfinished.iter().sum();
        let mut notes = Vec::new();
        if unfinished > 0 {
            let frames = numbers::counted(unfinished, "frame");
            notes.push(format!("{frames} of messages that are not whole: --connection {} lists them", it.number));
        }
        let who = it.closed_by.map_or("nobody knows whom", Direction::name);
        let how = match it.closed {
            Closed::Fin => format!("closed by the {who}, with FIN"),
            Closed::Reset => format!("cut off by the {who}, with RST"),
            Closed::Open => "still open where the capture ends".to_owned(),
            Closed::Evicted => "forgotten here, to save memory".to_owned(),
        };
        if self.begun {
            notes.extend(self.rest(it));
        } else {
            notes.push(match it.protocol {
                Protocol::None => "nothing was said: no segment has a payload".to_owned(),
                Protocol::Http1 | Protocol::WebSocket => "nothing that was said is whole".to_owned(),
                _ => format!("what was said can not be read: {}", unread(it)),
            });
        }
        let mut page = Page::default();
        for note in notes {
            self.space(&mut page);
            page.remark(note);
        }
        self.silence(&mut page, it.extent.last.time);
        self.space(&mut page);
        let ends = format!("connection {}: {} → {}", it.number, it.client, it.server);
        page.remark(format!("{}  {how} · {ends}", self.clock(it.extent.last.time)));
        page
    }

    /// An empty line, unless nothing stands above it.
    fn space(&mut self, page: &mut Page) {
        if std::mem::replace(&mut self.begun, true) {
            page.space();
        }
    }

    fn count(&mut self, it: &Exchange) {
        let bytes = |message: &HttpMessage| message.header_bytes + message.wire_body_bytes;
        self.told.0 += 1;
        self.told.1[0] += it.request.as_ref().map_or(0, |request| bytes(&request.message));
        self.told.1[1] += it.interim.iter().chain(&it.response).map(|it| bytes(&it.message)).sum::<u64>();
    }

    /// What came after a 101, or in a tunnel, and is not decoded: how much of it, and what it is.
    fn rest(&self, it: &Connection) -> Option<String> {
        if it.protocol == Protocol::WebSocket || it.protocol == Protocol::Http1 && it.protocol_detail.is_none() {
            return None;
        }
        let (exchanges, [client, server]) = self.told;
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

    /// When, who, what, and in which packets.
    fn title(&mut self, page: &mut Page, from: Direction, extent: Extent, at: Timestamp, what: &str) {
        let packets = if extent.first.packet == extent.last.packet {
            format!("packet {}", numbers::count(extent.first.packet))
        } else {
            let (first, last) = (numbers::count(extent.first.packet), numbers::count(extent.last.packet));
            format!("packets {first} to {last}")
        };
        let who = Text::words(from.name()).look(look(from));
        let clock = Text::words(format!("{}  ", self.clock(at))).dim();
        self.silence(page, extent.first.time);
        self.heard = self.heard.max(extent.last.time);
        self.space(page);
        page.add(Prose::new(clock.and(who).and(Text::words(format!(" · {what} · {packets}")).dim())).cut());
    }

    /// A line on the silence that ends at `until`, if it was long.
    fn silence(&mut self, page: &mut Page, until: Timestamp) {
        if let Some(silence) = numbers::silence(until.since(self.heard)) {
            self.space(page);
            page.remark(silence);
        }
    }

    /// Seconds since the connection's first packet.
    fn clock(&self, time: Timestamp) -> String {
        format!("{} s", numbers::clock(time.since(self.start)))
    }
}

fn payload(from: Direction, bytes: &[u8], truncated: bool, is_text: bool) -> Quote {
    let mut quote = Quote::new(from);
    if is_text {
        let bytes = if truncated { whole_characters(bytes) } else { bytes };
        for said in bytes.split(|byte| *byte == b'\n').filter(|_| !bytes.is_empty()) {
            quote.add(Fold::All, Text::captured(said.strip_suffix(b"\r").unwrap_or(said)));
        }
        return quote;
    }
    for row in bytes.chunks(HEX).take(HEX_LINES) {
        let row: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        quote.add(Fold::Words, row.join(" "));
    }
    let left = bytes.len().saturating_sub(HEX * HEX_LINES);
    if left > 0 {
        quote.remark(more(left as u64));
    }
    quote
}

fn more(left: u64) -> String {
    format!("… {}", numbers::counted(left, "more byte"))
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
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn message(payload: &[u8], opcode: u8) -> Message {
        Message {
            extent: frame(1, b"", false).extent,
            frames: 2,
            compressed: true,
            ..samples::message(Direction::Server, opcode, payload)
        }
    }

    fn transcript(payload: &[u8], style: Style) -> Vec<String> {
        let mut transcript = Transcript::default();
        transcript.opened(&connection());
        let mut page = transcript.exchange(&exchange());
        page.append(transcript.frame(&frame(1, payload, true)));
        page.append(transcript.message(&message(payload, 1)));
        page.append(transcript.message(&message(payload, 2)));
        page.append(transcript.frame(&frame(9, payload, true)));
        page.append(transcript.closed(&connection()));
        style.lines(page)
    }

    #[test]
    fn who_said_what_and_when_is_told_in_order() {
        let mut lines = transcript(b"one\r\ntwo\x1b[2J", Style::plain(80));
        let messages = lines.split_off(lines.len() - 17);
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn a_connection_without_words_says_why() {
        let mut transcript = Transcript::default();
        transcript.opened(&connection());
        let it = Connection { protocol: Protocol::Tls, protocol_detail: Some("TLS 1.3".into()), ..connection() };
        let lines = Style::plain(80).lines(transcript.closed(&it));
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
            let mut transcript = Transcript::default();
            transcript.opened(it);
            let _ = transcript.exchange(&spoken);
            Style::plain(120).lines(transcript.closed(it))
        };
        let lines = told(&it);
        assert_eq!(lines[1], "517 bytes of the client can not be read: tunnel to example.com:443: TLS 1.3");
        it.client_bytes -= 517;
        assert_eq!(told(&it).len(), lines.len() - 2);
    }

    #[test]
    fn the_rest_of_a_binary_message_is_hex_as_its_beginning_is() {
        let it = Frame { complete: false, ..frame(0, &[0xca, 0xfe, 0], false) };
        let told = Transcript::excerpt(it.extent.first.time, it.extent.first.time, 1).frame(&it);
        assert_eq!(Style::plain(80).lines(told)[1], "< ca fe 00");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(payload: Vec<u8>, columns in 40_usize..130) {
            for line in transcript(&payload, Style::plain(columns)) {
                prop_assert!(width(&line) <= columns, "{line}");
                prop_assert!(!line.contains(|c: char| c.is_control()));
            }
        }
    }
}
