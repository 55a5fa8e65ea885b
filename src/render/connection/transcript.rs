//! A conversation as a transcript: who said what, and when, in order.
//!
//! [`heads`] draws the HTTP messages. What a WebSocket carries is shown as messages, complete and inflated, with the
//! control frames between them. Frames that make up messages aren't shown twice. Frames that don't, and bytes that
//! belong to no message at all, are shown where they came. Nothing that was said is missing: what isn't shown is
//! counted.

use crate::capture::Timestamp;
use crate::inspect::record::{
    Closed, Connection, Direction, Exchange, Extent, Frame, HttpMessage, Message, Protocol, Stray, StrayPlace,
};
use crate::layers::Layer;
use crate::render::escape::whole_characters;
use crate::render::exchange::heads;
use crate::render::frame::{is_text, looks_like_text, opcode_name};
use crate::render::model::quote::Fold;
use crate::render::model::{Look, Page, Prose, Quote, Text};
use crate::render::numbers;

/// How many lines of a payload that is not text are shown, of [`HEX`] bytes each.
const HEX_LINES: usize = 16;
const HEX: usize = 16;

/// How many lines are shown of bytes that belong to no message, as text and in hexadecimal.
const STRAY_LINES: usize = 16;
const STRAY_HEX_LINES: usize = 4;

/// How many frames are kept of a message that may never be completed, and how many strays until an exchange is
/// reported.
const KEPT: usize = 64;

/// What is said on one connection, piece by piece, with an empty line between any two.
#[derive(Debug, Default)]
pub struct Transcript {
    start: Timestamp,
    /// Until when something was said.
    heard: Timestamp,
    begun: bool,
    /// How many lines of each body are shown, if not all.
    body_lines: Option<usize>,
    /// Frames of messages that are not whole yet, by who sent them: the first of them, and how many.
    unfinished: [(Vec<Frame>, u64); 2],
    /// How many exchanges have begun and are not told yet, and the strays among them.
    under_way: u64,
    held: Vec<Stray>,
    /// How many bytes of the client's and of the server's stream were shown, and how many of those nothing could be
    /// made of.
    told: [u64; 2],
    unread: [u64; 2],
}

impl Transcript {
    /// An excerpt from the middle of a connection that began at `start`, with no more than so many lines of each body.
    #[must_use]
    pub fn excerpt(start: Timestamp, from: Timestamp, body_lines: usize) -> Self {
        Self { start, heard: from, body_lines: Some(body_lines), ..Self::default() }
    }

    /// The same with what was said meanwhile and belongs to no message.
    #[must_use]
    pub fn with(self, strays: &[Stray]) -> Self {
        Self { held: strays.to_vec(), ..self }
    }

    /// The connection begins: times count from here.
    pub fn opened(&mut self, it: &Connection) {
        (self.start, self.heard) = (it.extent.first.time, it.extent.first.time);
    }

    /// A request has come: whatever is said until its exchange is over is shown together with it.
    pub fn request(&mut self) {
        self.under_way += 1;
    }

    /// A request with its responses, and what was said meanwhile.
    #[must_use]
    pub fn exchange(&mut self, it: &Exchange) -> Page {
        let name = format!("exchange {}.{}", it.connection, it.index);
        let mut page = Page::default();
        let lines = self.body_lines.unwrap_or(usize::MAX);
        self.under_way = self.under_way.saturating_sub(u64::from(it.request.is_some()));
        let mut held = std::mem::take(&mut self.held).into_iter().peekable();
        if let Some(request) = &it.request {
            let quote = heads::request(request, lines);
            while let Some(stray) = held.next_if(|stray| is_before(stray, &request.message)) {
                self.shown(&mut page, &stray);
            }
            self.said(&mut page, &format!("request of {name}"), &request.message, quote);
        }
        for response in it.responses() {
            let quote = heads::response(response, lines);
            while let Some(stray) = held.next_if(|stray| is_before(stray, &response.message)) {
                self.shown(&mut page, &stray);
            }
            self.said(&mut page, &format!("response of {name}"), &response.message, quote);
        }
        for stray in held {
            self.shown(&mut page, &stray);
        }
        page
    }

    /// What belongs to no message and no frame.
    #[must_use]
    pub fn stray(&mut self, it: &Stray) -> Page {
        let mut page = Page::default();
        if self.under_way > 0 && it.place == StrayPlace::Messages && self.held.len() < KEPT {
            self.held.push(it.clone());
        } else {
            self.shown(&mut page, it);
        }
        page
    }

    fn shown(&mut self, page: &mut Page, it: &Stray) {
        self.told[it.direction as usize] += it.length;
        if let Some(frame) = &it.frame {
            return self.title_of_frame(page, frame, &format!(", before the 101 (RFC 6455 §4.1){}", unfinished(frame)));
        }
        if it.place == StrayPlace::Elsewhere {
            self.unread[it.direction as usize] += it.length;
        }
        let bytes = numbers::counted(it.length, "byte");
        let what = if it.what.is_empty() { format!("{bytes} in no message") } else { format!("{}, {bytes}", it.what) };
        self.title(page, it.direction, it.extent, it.extent.first.time, &what);
        let mut quote = Quote::new(it.direction);
        let shown = if looks_like_text(&it.bytes) {
            text_lines(&mut quote, &it.bytes, STRAY_LINES)
        } else {
            hex_lines(&mut quote, &it.bytes, STRAY_HEX_LINES)
        };
        let left = it.length - shown as u64;
        if left > 0 {
            quote.remark(more(left));
        }
        page.add(quote);
    }

    /// An exchange is placed where it began; frames and messages are placed where they became complete, between one
    /// another.
    fn said(&mut self, page: &mut Page, what: &str, it: &HttpMessage, mut quote: Quote) {
        self.told[quote.from as usize] += it.header_bytes + it.wire_body_bytes;
        self.title(page, quote.from, it.extent, it.extent.first.time, what);
        if it.body_truncated {
            quote.remark("the whole body: --body");
        }
        page.add(quote);
    }

    /// A frame, unless a message may tell what it carries.
    #[must_use]
    pub fn frame(&mut self, it: &Frame) -> Page {
        let mut page = Page::default();
        self.told[it.direction as usize] += u64::from(it.header_bytes) + it.payload_seen;
        if it.opcode <= 2 && it.complete {
            let (frames, count) = &mut self.unfinished[it.direction as usize];
            *count += 1;
            if frames.len() < KEPT {
                frames.push(it.clone());
            }
        } else {
            let after = it.answers.map(|it| format!(", {} after the ping", numbers::duration(it.after)));
            self.title_of_frame(&mut page, it, &(after.unwrap_or_default() + unfinished(it)));
        }
        page
    }

    fn title_of_frame(&mut self, page: &mut Page, it: &Frame, remark: &str) {
        let name = opcode_name(it.opcode);
        let code = it.close_code.map(|code| format!(" {code}")).unwrap_or_default();
        let what = format!("{name}{code}, {}{remark}", numbers::counted(it.payload_bytes, "byte"));
        self.title(page, it.direction, it.extent, it.extent.last.time, &what);
        let said = it.close_reason.as_ref().unwrap_or(&it.payload);
        page.add(payload(it.direction, said, it.payload_truncated, is_text(it)));
    }

    /// A message.
    #[must_use]
    pub fn message(&mut self, it: &Message) -> Page {
        let mut page = Page::default();
        let (kept, count) = std::mem::take(&mut self.unfinished[it.direction as usize]);
        // Its own frames are the last; those before them are of none.
        self.orphans(&mut page, &kept, count.saturating_sub(it.frames));
        let frames = if it.frames == 1 { String::new() } else { format!(" in {} frames", numbers::count(it.frames)) };
        let compressed = if it.compressed { ", compressed" } else { "" };
        let bytes = numbers::counted(it.payload_bytes, "byte");
        let what = format!("{}, {bytes}{frames}{compressed}", opcode_name(it.opcode));
        self.title(&mut page, it.direction, it.extent, it.extent.last.time, &what);
        let mut quote = payload(it.direction, &it.payload, it.payload_truncated, it.opcode == 1);
        if it.payload_truncated {
            quote.remark(more(it.payload_bytes.saturating_sub(it.payload.len() as u64)));
        }
        page.add(quote);
        page
    }

    /// This many frames that belong to no complete message; the first of them were kept.
    fn orphans(&mut self, page: &mut Page, kept: &[Frame], count: u64) {
        let shown = usize::try_from(count).unwrap_or(usize::MAX).min(kept.len());
        for frame in kept.iter().take(shown) {
            self.title_of_frame(page, frame, ", not part of a complete message");
        }
        let left = count - shown as u64;
        if left > 0 {
            self.space(page);
            page.remark(format!("{} not part of a complete message", numbers::counted(left, "more frame")));
        }
    }

    /// The connection's end, and what was on it that couldn't be shown. `whole` says whether everything found on it was
    /// reported.
    #[must_use]
    pub fn closed(&mut self, it: &Connection, whole: bool) -> Page {
        let mut page = Page::default();
        for stray in std::mem::take(&mut self.held) {
            self.shown(&mut page, &stray);
        }
        for (kept, count) in std::mem::take(&mut self.unfinished) {
            self.orphans(&mut page, &kept, count);
        }
        let mut notes = Vec::new();
        if !self.begun {
            notes.push(match it.protocol {
                Protocol::None => "nothing was said: no segment has a payload".to_owned(),
                _ => "the capture has nothing of what was said".to_owned(),
            });
        }
        notes.extend(sides(self.unread, "byte").map(|bytes| format!("{bytes} can't be read: {}", unread(it))));
        let seen = [it.client_bytes, it.server_bytes];
        let untold = [0, 1].map(|side| seen[side].saturating_sub(self.told[side]));
        notes.extend(sides(untold, "more byte").filter(|_| whole).map(|bytes| format!("{bytes} are not shown")));
        for note in notes {
            self.space(&mut page);
            page.remark(note);
        }
        let who = it.closed_by.map_or_else(|| "an unknown sender".to_owned(), |who| format!("the {}", who.name()));
        let how = match it.closed {
            Closed::Fin => format!("closed by {who}, with FIN"),
            Closed::Reset => format!("cut off by {who}, with RST"),
            Closed::Open => "still open where the capture ends".to_owned(),
            Closed::Evicted => "forgotten here, to save memory".to_owned(),
        };
        self.silence(&mut page, it.extent.last.time);
        self.space(&mut page);
        let ends = format!("connection {}: {} → {}", it.number, it.client, it.server);
        page.remark(format!("{}  {how} · {ends}", self.clock(it.extent.last.time)));
        page
    }

    /// How many bytes of the client's stream and of the server's were shown so far, or counted.
    #[must_use]
    pub fn told(&self) -> [u64; 2] {
        self.told
    }

    /// An empty line, unless nothing stands above it.
    fn space(&mut self, page: &mut Page) {
        if std::mem::replace(&mut self.begun, true) {
            page.space();
        }
    }

    /// When, who, what, and in which packets.
    fn title(&mut self, page: &mut Page, from: Direction, extent: Extent, at: Timestamp, what: &str) {
        let packets = numbers::packets(extent.first.packet, extent.last.packet);
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
        text_lines(&mut quote, bytes, usize::MAX);
        return quote;
    }
    let left = bytes.len() - hex_lines(&mut quote, bytes, HEX_LINES);
    if left > 0 {
        quote.remark(more(left as u64));
    }
    quote
}

/// Adds the first lines of a text; returns how many bytes they are.
fn text_lines(quote: &mut Quote, text: &[u8], lines: usize) -> usize {
    let mut shown = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n').take(lines) {
        shown += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        quote.add(Fold::All, Text::captured(line.strip_suffix(b"\r").unwrap_or(line)));
    }
    shown
}

/// The same in hexadecimal.
fn hex_lines(quote: &mut Quote, bytes: &[u8], lines: usize) -> usize {
    for row in bytes.chunks(HEX).take(lines) {
        let row: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        quote.add(Fold::Words, row.join(" "));
    }
    bytes.len().min(HEX * lines)
}

/// How many bytes belong to which side, if there are any.
fn sides(bytes: [u64; 2], unit: &'static str) -> impl Iterator<Item = String> {
    let sides = Direction::BOTH.into_iter().zip(bytes).filter(|(_, bytes)| *bytes > 0);
    let sides: Vec<String> =
        sides.map(|(who, bytes)| format!("{} of the {}", numbers::counted(bytes, unit), who.name())).collect();
    (!sides.is_empty()).then(|| sides.join(" and ")).into_iter()
}

/// Whether a stray came before a message began.
fn is_before(stray: &Stray, message: &HttpMessage) -> bool {
    stray.extent.first.packet < message.extent.first.packet
}

/// What to remark about a frame that isn't complete.
fn unfinished(it: &Frame) -> &'static str {
    if it.complete { "" } else { ", the rest was not captured" }
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

    use super::*;
    use crate::inspect::samples;
    use crate::render::Style;
    use crate::render::connection::columns::tests::connection;
    use crate::render::exchange::columns::tests::exchange;
    use crate::render::frame::columns::tests::frame;
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
        page.append(transcript.closed(&connection(), false));
        style.lines(page)
    }

    #[test]
    fn who_said_what_and_when_is_told_in_order() {
        let mut lines = transcript(b"one\r\ntwo\x1b[2J", Style::plain(80));
        let messages = lines.split_off(lines.len() - 17);
        insta::assert_snapshot!(messages.join("\n"));
    }

    fn stray(length: u64, what: &'static str, bytes: &[u8]) -> Stray {
        Stray {
            connection: 0,
            direction: Direction::Client,
            extent: connection().extent,
            start: 0,
            length,
            bytes: bytes.to_vec(),
            what: what.into(),
            exchange: None,
            place: StrayPlace::Elsewhere,
            frame: None,
        }
    }

    #[test]
    fn a_connection_without_words_says_so() {
        let mut transcript = Transcript::default();
        transcript.opened(&connection());
        let it = Connection { protocol: Protocol::None, client_bytes: 0, server_bytes: 0, ..connection() };
        let lines = Style::plain(80).lines(transcript.closed(&it, true));
        assert_eq!(lines[0], "nothing was said: no segment has a payload");
    }

    #[test]
    fn what_can_not_be_read_is_shown_counted_and_named() {
        let mut transcript = Transcript::default();
        transcript.opened(&connection());
        let mut page = transcript.stray(&stray(517, "TLS ClientHello", &[22, 3, 1, 2]));
        let detail = Some("tunnel to example.com:443: TLS 1.3".into());
        let it = Connection { protocol_detail: detail, client_bytes: 520, server_bytes: 0, ..connection() };
        page.append(transcript.closed(&it, true));
        insta::assert_snapshot!(Style::plain(90).lines(page).join("\n"), @r"
        0.000000 s  client · TLS ClientHello, 517 bytes · packets 1 to 33
        > 16 03 01 02
        > … 513 more bytes

        517 bytes of the client can't be read: tunnel to example.com:443: TLS 1.3

        3 more bytes of the client are not shown

        0.240000 s  closed by the client, with FIN · connection 0: 10.0.0.1:49152 → 10.0.0.2:80
        ");
    }

    #[test]
    fn frames_of_no_whole_message_are_shown_before_the_next_or_at_the_end() {
        let mut transcript = Transcript::default();
        transcript.opened(&connection());
        let part = |payload: &[u8]| Frame { fin: false, ..frame(1, payload, false) };
        let told = |page: Page| Style::plain(90).lines(page).join("\n");
        assert!(transcript.frame(&part(b"never")).is_empty());
        assert!(transcript.frame(&part(b"whole")).is_empty() && transcript.frame(&part(b"!")).is_empty());
        let page = told(transcript.message(&message(b"whole!", 1)));
        assert!(page.contains("text, 5 bytes, not part of a complete message") && page.contains("< never"), "{page}");
        assert!(!page.contains("< whole\n") && page.contains("< whole!"), "{page}");
        assert!(transcript.frame(&part(b"at the end")).is_empty());
        assert!(told(transcript.closed(&connection(), false)).contains("< at the end"));
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
