//! What happens on the wire while it happens: a line when a connection opens or ends, when an exchange, a frame or a
//! message is complete, when something is wrong.

use std::collections::BTreeMap;

use super::escape::beginning;
use super::exchanges::{essence, status_look};
use super::frames::{is_text, sender_look};
use super::style::{Look, Style};
use super::summary::opcode_name;
use super::{numbers, text};
use crate::capture::Timestamp;
use crate::inspect::record::{Closed, Connection, Direction, Exchange, Frame, Message, Problem, Protocol};
use crate::layers::Layer;

/// How many columns what a line is about may take: "connection 12", "exchange 12.3".
const SUBJECT: usize = 13;

/// How many columns a method may take; the registered ones take 17 at most.
const METHOD: usize = 20;

/// How many problems of a kind have a line each.
const PROBLEMS: u64 = 10;

/// How many bytes of a payload are looked at for what fits a line.
const GLANCE: usize = 512;

/// Draws lines with the seconds that have passed, and what each is about.
#[derive(Debug)]
pub struct Live {
    style: Style,
    /// What times count from; the first packet, if nothing is set.
    start: Option<Timestamp>,
    now: Timestamp,
    /// How many problems of each kind there have been.
    problems: BTreeMap<&'static str, u64>,
}

/// A piece of a line, and how it looks.
type Piece = (Look, String);

impl Live {
    /// Draws for this style, with times that count from `start`, or from the first packet.
    #[must_use]
    pub fn new(start: Option<Timestamp>, style: Style) -> Self {
        Self { style, start, now: start.unwrap_or_default(), problems: BTreeMap::new() }
    }

    /// A packet came: it is this late.
    pub fn packet(&mut self, time: Timestamp) {
        self.start.get_or_insert(time);
        self.now = time;
    }

    /// A connection's first packet.
    #[must_use]
    pub fn opened(&mut self, it: &Connection) -> Vec<String> {
        self.packet(it.extent.first.time);
        let joined = if it.handshake { "" } else { "open before this began" };
        self.lines(
            &format!("connection {}", it.number),
            Look::Layer(Layer::Transport),
            (Look::Plain, self.ends(it)),
            joined,
        )
    }

    /// A connection's end, or what became of one that has none.
    #[must_use]
    pub fn closed(&self, it: &Connection) -> Vec<String> {
        let by = it.closed_by.map(|who| format!(" by the {}", who.name())).unwrap_or_default();
        let (how, look) = match it.closed {
            Closed::Fin => (format!("closed{by} (FIN)"), Look::Plain),
            Closed::Reset => (format!("cut off{by} (RST)"), Look::Bad),
            Closed::Open => ("still open at the end".to_owned(), Look::Plain),
            Closed::Evicted => ("forgotten here, to save memory".to_owned(), Look::Bad),
        };
        let spoken = match (it.protocol, &it.protocol_detail) {
            (Protocol::None, _) => "no payload".to_owned(),
            (Protocol::Http1 | Protocol::WebSocket, _) => numbers::counted(it.exchanges, "exchange"),
            (_, Some(detail)) => self.style.text(detail),
            (protocol, None) => protocol.name().to_owned(),
        };
        let packets = numbers::counted(it.packets, "packet");
        let more = format!("{spoken}, {packets}");
        self.lines(&format!("connection {}", it.number), Look::Layer(Layer::Transport), (look, how), &more)
    }

    /// An exchange, once its response is there, or can no longer come.
    #[must_use]
    pub fn exchange(&self, it: &Exchange) -> String {
        self.exchange_with(it, &self.details(it))
    }

    /// An exchange whose response has begun, and has no end yet.
    #[must_use]
    pub fn going_on(&self, it: &Exchange) -> String {
        self.exchange_with(it, &[vec![(Look::Dim, ", and its body goes on".to_owned())]])
    }

    /// What is asked for may be longer than any line. It is worth more than the reason phrase and the details, of which
    /// there are several choices, each shorter than the one before.
    fn exchange_with(&self, it: &Exchange, details: &[Vec<Piece>]) -> String {
        let style = self.style;
        let taken = |pieces: &[Piece]| pieces.iter().map(|(_, text)| text::width(text)).sum::<usize>();
        let (mut pieces, target) = match &it.request {
            Some(request) => {
                let method = style.cut(&style.bytes(&request.method), METHOD);
                (vec![(Look::Layer(Layer::Application), method)], format!(" {}", style.bytes(&request.target)))
            }
            None => (vec![(Look::Bad, "no request seen".to_owned())], String::new()),
        };
        let ends = details.first().map(|whole| (true, whole)).into_iter().chain(details.iter().map(|it| (false, it)));
        let mut ends = ends.map(|(with_reason, details)| [self.status(it, with_reason), details.clone()].concat());
        let room = self.room().saturating_sub(taken(&pieces));
        let mut end = ends.next().unwrap_or_default();
        while text::width(&target) + taken(&end) > room {
            let Some(shorter) = ends.next() else { break };
            end = shorter;
        }
        pieces.push((Look::Plain, style.cut(&target, room.saturating_sub(taken(&end)))));
        pieces.extend(end);
        self.line(&format!("exchange {}.{}", it.connection, it.index), Look::Layer(Layer::Application), &pieces)
    }

    /// What became of a request: an arrow, and the status, with its reason phrase or without.
    fn status(&self, it: &Exchange, with_reason: bool) -> Vec<Piece> {
        let style = self.style;
        let mut pieces = vec![(Look::Dim, format!(" {} ", style.glyphs().to))];
        let Some(response) = &it.response else {
            pieces.push((Look::Bad, "no response".to_owned()));
            return pieces;
        };
        let reason = if with_reason { style.cut(&style.bytes(&response.reason), 24) } else { String::new() };
        let status = format!("{} {reason}", response.status).trim_end().to_owned();
        pieces.push((status_look(response.status), status));
        pieces
    }

    /// What the body is, and how long all took; then less and less of it.
    fn details(&self, it: &Exchange) -> Vec<Vec<Piece>> {
        let style = self.style;
        let Some(response) = &it.response else { return vec![Vec::new()] };
        let media = response.message.headers.get("Content-Type").map(essence);
        let time = it.duration().map(|time| style.text(&numbers::duration(time)));
        let parts: Vec<String> = match (&it.upgraded, media) {
            (Some(protocol), _) => [Some(style.text(protocol)), time].into_iter().flatten().collect(),
            (None, media) => {
                let media = media.map(|media| style.cut(&style.bytes(media), 24));
                let size = numbers::bytes(response.message.body_bytes);
                [media, Some(size), time].into_iter().flatten().collect()
            }
        };
        let cut = (!response.message.complete).then(|| (Look::Bad, ", not whole".to_owned()));
        let choice = |from: usize| {
            let said = parts.get(from..).filter(|parts| !parts.is_empty());
            cut.iter().cloned().chain(said.map(|parts| (Look::Dim, format!("  {}", parts.join(", "))))).collect()
        };
        (0..=parts.len()).map(choice).collect()
    }

    /// A WebSocket frame.
    #[must_use]
    pub fn frame(&self, it: &Frame) -> String {
        let style = self.style;
        let fin = if it.fin { "" } else { ", more follow" };
        let rsv = if it.rsv & 4 == 0 { "" } else { " RSV1" };
        let what = format!("{}{rsv}{fin}  {}", opcode_name(it.opcode), numbers::bytes(it.payload_bytes));
        let said = match (&it.close_reason, it.close_code) {
            (reason, Some(code)) => {
                format!("{code} {}", style.bytes(reason.as_deref().unwrap_or_default())).trim_end().to_owned()
            }
            _ if is_text(it) => style.bytes(beginning(&it.payload, GLANCE)),
            _ => String::new(),
        };
        let mut pieces = self.sender(it.direction);
        pieces.push((if it.opcode >= 8 { Look::Dim } else { Look::Plain }, what));
        if !it.complete {
            pieces.push((Look::Bad, ", not whole".to_owned()));
        }
        pieces.push((Look::Plain, format!("  {said}").trim_end().to_owned()));
        self.line(&format!("frame {}.{}", it.connection, it.index), Look::Layer(Layer::Presentation), &pieces)
    }

    /// A WebSocket message, where it is more than its one frame has shown.
    #[must_use]
    pub fn message(&self, it: &Message) -> Option<String> {
        if it.frames == 1 && !it.compressed {
            return None;
        }
        let compressed = if it.compressed { ", was compressed" } else { "" };
        let frames = if it.frames == 1 { String::new() } else { format!(" in {} frames", numbers::count(it.frames)) };
        let what = format!("{}{frames}{compressed}  {}", opcode_name(it.opcode), numbers::bytes(it.payload_bytes));
        let said = beginning(&it.payload, GLANCE);
        let said = if it.opcode == 1 { format!("  {}", self.style.bytes(said)) } else { String::new() };
        let mut pieces = self.sender(it.direction);
        pieces.extend([(Look::Plain, what), (Look::Plain, said)]);
        let subject = format!("message {}.{}", it.connection, it.index);
        Some(self.line(&subject, Look::Layer(Layer::Presentation), &pieces))
    }

    /// A problem; the first of its kind with an explanation, and after ten of a kind none any more.
    #[must_use]
    pub fn problem(&mut self, it: &Problem) -> Vec<String> {
        let count = self.problems.entry(it.code).or_default();
        *count += 1;
        let count = *count;
        if count > PROBLEMS {
            return Vec::new();
        }
        let style = self.style;
        let (dot, wrong) = (style.glyphs().dot, style.glyphs().wrong);
        let mut place: Vec<String> = it.connection.map(|number| format!("connection {number}")).into_iter().collect();
        place.extend((it.packet > 0).then(|| format!("packet {}", numbers::count(it.packet))));
        place.extend((!it.clause.is_empty()).then(|| style.text(it.clause)));
        let place = place.join(&format!(" {dot} "));
        let mut lines =
            self.lines("problem", Look::Bad, (Look::Bad, format!("{wrong} {}", style.text(it.code))), &place);
        let more = match count {
            1 => &it.text,
            PROBLEMS => "from here on, problems of this kind are only counted; --problems lists what there is",
            _ => return lines,
        };
        lines.extend(self.below(Look::Plain, &style.text(more)));
        lines
    }

    /// Anything else that is to be told in order, with its time.
    #[must_use]
    pub fn note(&self, time: Timestamp, subject: &str, said: &str) -> Vec<String> {
        let later = Self { style: self.style, start: self.start, now: time, problems: BTreeMap::new() };
        later.lines(subject, Look::Bad, (Look::Plain, self.style.text(said)), "")
    }

    fn ends(&self, it: &Connection) -> String {
        format!("{} {} {}", it.client, self.style.glyphs().to, it.server)
    }

    fn sender(&self, from: Direction) -> Vec<Piece> {
        vec![(sender_look(from), from.name().to_owned()), (Look::Dim, format!(" {} ", self.style.glyphs().to))]
    }

    fn clock(&self) -> String {
        let passed = self.now.since(self.start.unwrap_or(self.now)) / 1000;
        format!("{:>3}.{:06}", passed / 1_000_000, passed % 1_000_000)
    }

    /// Where what a line says begins.
    fn indent(&self) -> usize {
        (self.clock().len() + 2 + SUBJECT + 2).min(self.style.width / 2)
    }

    fn room(&self) -> usize {
        self.style.width.saturating_sub(self.indent())
    }

    /// The time, what it is about, and what there is to say: in one line if there is room, else the rest below it.
    fn lines(&self, subject: &str, look: Look, (how, said): Piece, rest: &str) -> Vec<String> {
        let room = self.room();
        let gap = if rest.is_empty() { "" } else { "  " };
        if text::width(&said) + gap.len() + text::width(rest) <= room {
            return vec![self.line(subject, look, &[(how, said), (Look::Dim, format!("{gap}{rest}"))])];
        }
        let said = text::wrap(&said, room);
        let (first, more) = said.split_first().map_or((String::new(), &[][..]), |(first, more)| (first.clone(), more));
        let mut lines = vec![self.line(subject, look, &[(how, first)])];
        lines.extend(more.iter().flat_map(|line| self.below(how, line)));
        if !rest.is_empty() {
            lines.extend(self.below(Look::Dim, rest));
        }
        lines
    }

    /// Lines under what another line says.
    fn below(&self, look: Look, text: &str) -> Vec<String> {
        let indent = " ".repeat(self.indent());
        let wrapped = text::wrap(text, self.room()).into_iter();
        wrapped.map(|line| format!("{indent}{}", self.style.paint(look, &line))).collect()
    }

    /// The time, what it is about, and what there is to say, as far as there is room.
    fn line(&self, subject: &str, look: Look, pieces: &[Piece]) -> String {
        let style = self.style;
        let clock = style.cut(&self.clock(), style.width);
        let mut left = style.width.saturating_sub(text::width(&clock));
        let mut line = style.dim(&clock);
        let subject = (look, format!("  {}", text::pad(subject, SUBJECT)));
        for (look, piece) in [subject, (Look::Plain, "  ".to_owned())].iter().chain(pieces) {
            let piece = style.cut(piece, left);
            left -= text::width(&piece);
            style.paint_into(&mut line, *look, &piece);
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::connections::tests::connection;
    use super::super::exchanges::tests::exchange;
    use super::super::frames::tests::frame;
    use super::*;

    fn lines(payload: &[u8], style: Style) -> Vec<String> {
        let mut live = Live::new(None, style);
        let mut lines = live.opened(&connection());
        lines.push(live.exchange(&exchange()));
        lines.push(live.going_on(&exchange()));
        lines.push(live.exchange(&Exchange { response: None, ..exchange() }));
        lines.push(live.exchange(&Exchange { request: None, upgraded: Some("websocket".into()), ..exchange() }));
        lines.push(live.frame(&frame(1, payload, true)));
        lines.push(live.frame(&Frame { close_code: Some(1000), ..frame(8, payload, false) }));
        let problem = Problem {
            packet: 1_012,
            connection: Some(3),
            code: "unmasked-client-frame",
            clause: "RFC 6455 §5.1",
            text: "The client sent a frame without masking it, which it must.".into(),
            ..Problem::default()
        };
        lines.extend(live.problem(&problem));
        lines.extend(live.problem(&problem));
        lines.extend(live.note(Timestamp(0), "outside", &String::from_utf8_lossy(payload)));
        lines.extend(live.closed(&connection()));
        lines
    }

    #[test]
    fn each_line_says_when_what_and_how_it_came_out() {
        insta::assert_snapshot!(lines(b"one\r\ntwo\x1b[2J", Style::plain(80)).join("\n"));
    }

    #[test]
    fn where_there_is_little_room_what_is_asked_for_stays_longest() {
        let line = |width| Live::new(None, Style::plain(width)).exchange(&exchange());
        let (request, response) = (exchange().request.unwrap(), exchange().response.unwrap());
        let asked = format!("{} {} ", request.method.escape_ascii(), request.target.escape_ascii());
        let reason = response.reason.escape_ascii().to_string();
        let (wide, narrow, narrower) = (line(120), line(80), line(68));
        assert!([&wide, &narrow, &narrower].iter().all(|line| line.contains(&asked)), "{narrower}");
        assert!(wide.contains(&reason) && !narrow.contains(&reason), "{wide}");
        assert!(narrow.contains("text/plain") && !narrower.contains("text/plain"), "{narrower}");
        assert!(line(48).contains("GET /two"), "{}", line(48));
    }

    #[test]
    fn what_finds_no_room_behind_stands_below() {
        let live = Live::new(None, Style::plain(80));
        let detail = "HTTP/2 with prior knowledge, which is recognised and not decoded";
        let it = Connection { protocol: Protocol::Http2, protocol_detail: Some(detail.into()), ..connection() };
        let all = |lines: Vec<String>| lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all(live.closed(&it)).contains(detail));
        let note = "example.invalid was asked of 192.0.2.53:53 (DNS): unless that is a name server, nobody answers";
        assert!(all(live.note(Timestamp(0), "outside", note)).ends_with(note));
    }

    #[test]
    fn the_rest_of_a_binary_message_is_no_text_as_its_beginning_is_none() {
        let it = frame(0, &[0xca, 0xfe, 0], false);
        assert!(Live::new(None, Style::plain(80)).frame(&it).ends_with("3 B"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(payload: Vec<u8>, width in 40_usize..130) {
            for line in lines(&payload, Style::plain(width)) {
                prop_assert!(text::width(&line) <= width, "{line}");
                prop_assert!(!line.contains(|c: char| c.is_control()));
            }
        }
    }
}
