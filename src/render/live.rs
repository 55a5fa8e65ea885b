//! What happens on the wire while it happens: a line when a connection opens or ends, when an exchange, a frame or a
//! message is complete, when something is wrong.

use std::collections::BTreeMap;

use super::escape::beginning;
use super::exchange::columns::status_look;
use super::frame::{is_text, opcode_name};
use super::model::{Happening, Look, Text};
use super::{numbers, problems};
use crate::capture::Timestamp;
use crate::inspect::record::{Closed, Connection, Direction, Exchange, Frame, Message, Problem, Protocol};
use crate::layers::Layer;
use crate::layers::application::http::{FieldName, media_type};

/// How many bytes of a method are shown; the registered ones have 17 at most.
const METHOD: usize = 20;

/// How many of a reason phrase, and of a media type.
const BRIEF: usize = 24;

/// How many problems of a kind have a line each.
const PROBLEMS: u64 = 10;

/// How many bytes of a payload are looked at for what fits a line.
const GLANCE: usize = 512;

/// What happens, with the time that has passed, and what each is about.
#[derive(Debug, Default)]
pub struct Live {
    /// The time that times count from; the first packet if nothing is set.
    start: Option<Timestamp>,
    now: Timestamp,
    /// When something was said or told last, and the longest silence since something was told.
    heard: Option<Timestamp>,
    silent: u64,
    /// How many problems of each kind there have been.
    problems: BTreeMap<&'static str, u64>,
}

impl Live {
    /// Times that count from `start`, or from the first packet.
    #[must_use]
    pub fn new(start: Option<Timestamp>) -> Self {
        Self { start, now: start.unwrap_or_default(), ..Self::default() }
    }

    /// A packet came: it is this late.
    pub fn packet(&mut self, time: Timestamp) {
        self.start.get_or_insert(time);
        self.now = time;
    }

    /// Now something is said or told.
    pub fn hear(&mut self) {
        let silent = self.heard.map_or(0, |heard| self.now.since(heard));
        self.silent = self.silent.max(silent);
        self.heard = Some(self.now);
    }

    /// The silence before the next line, if it was long.
    #[must_use]
    pub fn silence(&mut self) -> Option<Happening> {
        self.hear();
        let silence = numbers::silence(std::mem::take(&mut self.silent))?;
        Some(self.whole(Text::default(), Text::words(silence).dim(), Text::default()))
    }

    /// A connection's first packet.
    #[must_use]
    pub fn opened(&mut self, it: &Connection) -> Happening {
        self.packet(it.extent.first.time);
        let joined = if it.handshake { "" } else { "open before this began" };
        self.connection(it, Text::words(format!("{} → {}", it.client, it.server)), joined)
    }

    /// A connection's end, or what happened to one that didn't end.
    #[must_use]
    pub fn closed(&self, it: &Connection) -> Happening {
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
            (_, Some(detail)) => detail.clone(),
            (protocol, None) => protocol.name().to_owned(),
        };
        let packets = numbers::counted(it.packets, "packet");
        self.connection(it, Text::words(how).look(look), format!("{spoken}, {packets}"))
    }

    fn connection(&self, it: &Connection, said: Text, rest: impl Into<Text>) -> Happening {
        let subject = Text::words(format!("connection {}", it.number)).look(Layer::Transport);
        self.whole(subject, said, rest.into().dim())
    }

    /// An exchange, once its response is there or can no longer arrive.
    #[must_use]
    pub fn exchange(&self, it: &Exchange) -> Happening {
        self.exchange_with(it, &details(it))
    }

    /// An exchange whose response has begun but not ended.
    #[must_use]
    pub fn going_on(&self, it: &Exchange) -> Happening {
        self.exchange_with(it, &[Text::words(", and its body goes on").dim()])
    }

    /// What is asked for is worth more than the reason phrase and the details.
    fn exchange_with(&self, it: &Exchange, details: &[Text]) -> Happening {
        let (said, asked) = match &it.request {
            Some(request) => (
                brief(&request.method, METHOD).look(Layer::Application),
                Text::words(" ").and(Text::captured(request.target.as_slice())),
            ),
            None => (Text::words("no request seen").look(Look::Bad), Text::default()),
        };
        let whole = details.first().map(|details| status(it, true).and(details.clone()));
        let rest = whole.into_iter().chain(details.iter().map(|details| status(it, false).and(details.clone())));
        let subject = Text::words(format!("exchange {}.{}", it.connection, it.index)).look(Layer::Application);
        Happening { asked, rest: rest.collect(), whole: false, ..self.whole(subject, said, Text::default()) }
    }

    /// A WebSocket frame.
    #[must_use]
    pub fn frame(&self, it: &Frame) -> Happening {
        let fin = if it.fin { "" } else { ", more follow" };
        let rsv = if it.rsv & 4 == 0 { "" } else { " RSV1" };
        let what = format!("{}{rsv}{fin}  {}", opcode_name(it.opcode), numbers::bytes(it.payload_bytes));
        let what = Text::words(what).look(if it.opcode >= 8 { Look::Dim } else { Look::Plain });
        let what = match it.answers {
            Some(it) => what.and(Text::words(format!(", {} after the ping", numbers::duration(it.after))).dim()),
            None => what,
        };
        let what = if it.complete { what } else { what.and(Text::words(", not whole").look(Look::Bad)) };
        let said = match (&it.close_reason, it.close_code) {
            (reason, Some(code)) => {
                let reason = reason.as_deref().unwrap_or_default();
                Text::words(format!("  {code} ")).and(Text::captured(reason))
            }
            _ if is_text(it) => Text::words("  ").and(Text::captured(beginning(&it.payload, GLANCE))),
            _ => Text::default(),
        };
        self.carried("frame", (it.connection, it.index), it.direction, what.and(said))
    }

    /// A WebSocket message, where it is more than its one frame has shown.
    #[must_use]
    pub fn message(&self, it: &Message) -> Option<Happening> {
        if it.frames == 1 && !it.compressed {
            return None;
        }
        let compressed = if it.compressed { ", was compressed" } else { "" };
        let frames = if it.frames == 1 { String::new() } else { format!(" in {} frames", numbers::count(it.frames)) };
        let what = format!("{}{frames}{compressed}  {}", opcode_name(it.opcode), numbers::bytes(it.payload_bytes));
        let what = Text::words(what);
        let said = beginning(&it.payload, GLANCE);
        let what = if it.opcode == 1 { what.and("  ").and(Text::captured(said)) } else { what };
        Some(self.carried("message", (it.connection, it.index), it.direction, what))
    }

    fn carried(&self, kind: &str, (connection, index): (u64, u64), from: Direction, what: Text) -> Happening {
        let subject = Text::words(format!("{kind} {connection}.{index}")).look(Layer::Presentation);
        let sender = Text::words(from.name()).look(Look::From(from)).and(Text::words(" → ").dim());
        Happening { whole: false, ..self.whole(subject, sender.and(what), Text::default()) }
    }

    /// A problem or a note; the first of its kind with an explanation, and after ten of a kind none any more.
    #[must_use]
    pub fn problem(&mut self, it: &Problem) -> Option<Happening> {
        let count = self.problems.entry(it.code).or_default();
        *count += 1;
        let count = *count;
        if count > PROBLEMS {
            return None;
        }
        let mut place: Vec<String> = it.connection.map(|number| format!("connection {number}")).into_iter().collect();
        place.extend((it.packet > 0).then(|| format!("packet {}", numbers::count(it.packet))));
        place.extend((!it.clause.is_empty()).then(|| it.clause.to_owned()));
        let arrow = Text::words(if it.because.is_some() { "↳ " } else { "" }).dim();
        let code = arrow.and(problems::named(it.kind, it.code));
        let explained = match count {
            1 => Some(Text::words(it.text.clone())),
            PROBLEMS => {
                let name = it.kind.name();
                Some(
                    format!("from here on, {name}s of this kind are only counted; --problems lists what there is")
                        .into(),
                )
            }
            _ => None,
        };
        let subject = Text::words(it.kind.name()).look(problems::mark(it.kind).1);
        Some(Happening { explained, ..self.whole(subject, code, Text::words(place.join(" · ")).dim()) })
    }

    /// Anything else that is to be told in order, with its time.
    #[must_use]
    pub fn note(&self, time: Timestamp, subject: &'static str, said: impl Into<Text>) -> Happening {
        let later = Self { now: time, start: self.start, ..Self::default() };
        later.whole(Text::words(subject).look(Look::Bad), said.into(), Text::default())
    }

    /// Something that is said whole, now.
    fn whole(&self, subject: Text, said: Text, rest: Text) -> Happening {
        let at = self.now.since(self.start.unwrap_or(self.now));
        Happening { at, subject, said, asked: Text::default(), rest: vec![rest], whole: true, explained: None }
    }
}

/// What became of a request: an arrow, and the status, with its reason phrase or without.
fn status(it: &Exchange, with_reason: bool) -> Text {
    let arrow = Text::words(" → ").dim();
    let Some(response) = &it.response else { return arrow.and(Text::words("no response").look(Look::Bad)) };
    let code = Text::words(response.status.to_string());
    let has_reason = with_reason && !response.reason.is_empty();
    let said = if has_reason { code.and(" ").and(brief(&response.reason, BRIEF)) } else { code };
    arrow.and(said.look(status_look(response.status)))
}

/// What the body is, and how long all took; then less and less of it.
fn details(it: &Exchange) -> Vec<Text> {
    let Some(response) = &it.response else { return vec![Text::default()] };
    let media = response.message.headers.get(FieldName::ContentType).map(media_type);
    let time = it.duration().map(Text::duration);
    let parts: Vec<Text> = match (&it.upgraded, media) {
        (Some(protocol), _) => [Some(Text::words(protocol.clone())), time].into_iter().flatten().collect(),
        (None, media) => {
            let size = Text::bytes(response.message.body_bytes);
            [media.map(|media| brief(media, BRIEF)), Some(size), time].into_iter().flatten().collect()
        }
    };
    let cut = if response.message.complete { Text::default() } else { Text::words(", not whole").look(Look::Bad) };
    let choice = |from: usize| {
        let said = parts.iter().skip(from).enumerate();
        said.fold(cut.clone(), |text, (at, part)| {
            text.and(Text::words(if at == 0 { "  " } else { ", " }).dim()).and(part.clone().dim())
        })
    };
    (0..=parts.len()).map(choice).collect()
}

/// The beginning of something captured that should be short, with a mark where it is not.
fn brief(bytes: &[u8], most: usize) -> Text {
    if bytes.len() <= most { Text::captured(bytes) } else { Text::captured(beginning(bytes, most - 1)).and("…") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inspect::record::Kind;
    use crate::render::Style;
    use crate::render::connection::columns::tests::connection;
    use crate::render::exchange::columns::tests::exchange;
    use crate::render::frame::columns::tests::frame;
    use crate::render::model::Page;
    use crate::render::writer::line::width;

    fn lines(payload: &[u8], style: Style) -> Vec<String> {
        let mut live = Live::new(None);
        let mut page = Page::from(live.opened(&connection()));
        page.add(live.exchange(&exchange()));
        page.add(live.going_on(&exchange()));
        page.add(live.exchange(&Exchange { response: None, ..exchange() }));
        page.add(live.exchange(&Exchange { request: None, upgraded: Some("websocket".into()), ..exchange() }));
        page.add(live.frame(&frame(1, payload, true)));
        page.add(live.frame(&Frame { close_code: Some(1000), ..frame(8, payload, false) }));
        let problem = Problem {
            packet: 1_012,
            connection: Some(3),
            code: "unmasked-client-frame",
            clause: "RFC 6455 §5.1",
            text: "The client sent a frame without masking it, which it must.".into(),
            ..Problem::default()
        };
        page.append(live.problem(&problem).into_iter().collect::<Page>());
        page.append(live.problem(&problem).into_iter().collect::<Page>());
        let note = Problem { kind: Kind::Note, because: Some(0), code: "zero-window", ..problem.clone() };
        page.append(live.problem(&note).into_iter().collect::<Page>());
        page.add(live.note(Timestamp(0), "outside", String::from_utf8_lossy(payload).into_owned()));
        page.add(live.closed(&connection()));
        style.lines(page)
    }

    #[test]
    fn each_line_says_when_what_and_how_it_came_out() {
        insta::assert_snapshot!(lines(b"one\r\ntwo\x1b[2J", Style::plain(80)).join("\n"));
    }

    #[test]
    fn where_there_is_little_room_what_is_asked_for_stays_longest() {
        let line = |width| Style::plain(width).lines(Live::new(None).exchange(&exchange())).concat();
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
        let live = Live::new(None);
        let detail = "HTTP/2 with prior knowledge, which is recognised and not decoded";
        let it = Connection { protocol: Protocol::Http2, protocol_detail: Some(detail.into()), ..connection() };
        let all = |told: Happening| {
            let lines = Style::plain(80).lines(told);
            lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert!(all(live.closed(&it)).contains(detail));
        let note = "example.invalid was asked of 192.0.2.53:53 (DNS): unless that is a name server, nobody answers";
        assert!(all(live.note(Timestamp(0), "outside", note)).ends_with(note));
    }

    #[test]
    fn the_rest_of_a_binary_message_is_no_text_as_its_beginning_is_none() {
        let it = frame(0, &[0xca, 0xfe, 0], false);
        assert!(Style::plain(80).lines(Live::new(None).frame(&it)).concat().ends_with("3 B"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(payload: Vec<u8>, columns in 40_usize..130) {
            for line in lines(&payload, Style::plain(columns)) {
                prop_assert!(width(&line) <= columns, "{line}");
                prop_assert!(!line.contains(|c: char| c.is_control()));
            }
        }
    }
}
