//! Blanks out what others shouldn't read. Only what's known to carry no secret stays. Lengths don't change.
//!
//! `safe/fields.rs` is the list of what stays. [`Redacted`] passes on records so that a view sees nothing else; a [`Plan`] says what
//! becomes of every byte of the streams, and a [`Redactor`] makes packets from that. Both blank in the same way: text becomes
//! `*`, and everything else zero. [`mark`](crate::inspect::mark) is how a file says that it was redacted, and what it still tells.

mod blank;
mod headers;
mod lines;
mod packet;
mod plan;
mod safe;
mod uri;

use std::borrow::Cow;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use self::blank::{BLANK, blank};
use self::lines::{head, section};
pub use self::packet::Redactor;
pub use self::plan::{Plan, Planner};
use crate::capture::Interface;
use crate::inspect::event::{Event, Sink};
use crate::inspect::hops::{Hop, Leg};
use crate::inspect::record::{
    Connection, Direction, Exchange, Fields, Frame, HttpMessage, Message, Problem, Request, Stray,
};
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::handshake::{accept, is_key};
use crate::layers::application::websocket::{BINARY, CLOSE, CONTINUATION, RSV1, TEXT, is_control};
use crate::layers::session;

/// Takes the place of every key of a WebSocket handshake: sixteen asterisks in Base64.
const KEY: &[u8] = b"KioqKioqKioqKioqKioqKg==";

/// Stands in for a name that was chosen without having been offered, so that it still wasn't.
const NOT_OFFERED: u8 = b'!';

/// How many bytes a close frame's status code has.
const CLOSE_CODE: usize = 2;

/// Passes on events with only what is known to be safe in them.
#[derive(Debug)]
pub struct Redacted<S> {
    sink: S,
    payloads: Payloads,
}

impl<S> Redacted<S> {
    /// What reaches `sink` is redacted.
    pub fn new(sink: S) -> Self {
        Self { sink, payloads: Payloads::default() }
    }

    /// The sink.
    pub fn into_inner(self) -> S {
        self.sink
    }
}

impl<S: Sink> Sink for Redacted<S> {
    fn event(&mut self, event: Event<'_>) {
        let Self { sink, payloads } = self;
        match event {
            Event::Interface(index, name) => {
                sink.event(Event::Interface(index, name.map(interface_name).as_deref()));
            }
            Event::Opened(it) => sink.event(Event::Opened(&connection(it))),
            Event::Ended(it) => sink.event(Event::Ended(&connection(it))),
            Event::Closed(it) => {
                payloads.forget(it.number);
                sink.event(Event::Closed(&connection(it)));
            }
            Event::Request(it) => sink.event(Event::Request(&exchange(it))),
            Event::Response(it) => sink.event(Event::Response(&exchange(it))),
            Event::Upgraded(it) => sink.event(Event::Upgraded(&exchange(it))),
            Event::Exchange(it) => sink.event(Event::Exchange(&exchange(it))),
            Event::Frame(it) => sink.event(Event::Frame(&frame(it, payloads.filler(it)))),
            Event::Message(it) => sink.event(Event::Message(&message(it))),
            Event::Stray(it) => sink.event(Event::Stray(&stray(it))),
            Event::Problem(it) => sink.event(Event::Problem(&problem(it))),
            Event::Hop(it) => {
                let leg = |leg: &Leg| Leg { exchange: exchange(&leg.exchange), ends: leg.ends };
                sink.event(Event::Hop(&Hop { from: leg(&it.from), to: leg(&it.to), ..it.clone() }));
            }
            // The bytes themselves: only a plan says which of them may be seen.
            Event::Bytes(_) | Event::Derived(_) => {}
            Event::Packet(_) | Event::Turned(_) | Event::Piece(_) => sink.event(event),
        }
    }

    fn done(&self) -> bool {
        self.sink.done()
    }

    fn counts_only(&self) -> bool {
        self.sink.counts_only()
    }
}

/// What the payloads of frames are, which a continuation does not say itself.
#[derive(Debug, Default)]
struct Payloads(HashMap<(u64, Direction), u8, RandomState>);

impl Payloads {
    /// What stands in for the payload of the next frame.
    fn filler(&mut self, it: &Frame) -> u8 {
        let stream = (it.connection, it.direction);
        let filler = match it.opcode {
            CONTINUATION => self.0.get(&stream).copied().unwrap_or(0),
            BINARY => 0,
            _ if it.rsv & RSV1 != 0 => 0,
            _ => BLANK,
        };
        if matches!(it.opcode, TEXT | BINARY) && !it.fin {
            self.0.insert(stream, filler);
        } else if !is_control(it.opcode) {
            self.0.remove(&stream);
            if it.opcode == CONTINUATION && !it.fin {
                self.0.insert(stream, filler);
            }
        }
        filler
    }

    fn forget(&mut self, connection: u64) {
        for direction in Direction::BOTH {
            self.0.remove(&(connection, direction));
        }
    }
}

/// An interface without what may be secret in its description.
#[must_use]
pub fn interface(it: &Interface) -> Interface {
    Interface { name: it.name.as_deref().map(interface_name), comment: None, ..it.clone() }
}

/// The name of an interface, if it is one that systems give; else as many asterisks.
fn interface_name(name: &str) -> String {
    const KINDS: [&str; 19] = [
        "any", "br", "bond", "docker", "en", "eno", "ens", "eth", "lo", "ppp", "tap", "tun", "usb", "utun", "veth",
        "wg", "wl", "wlan", "wlp",
    ];
    let kind = name.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_known = KINDS.contains(&kind) && name.len() - kind.len() <= 3;
    if is_known { name.to_owned() } else { "*".repeat(name.chars().count()) }
}

/// A connection without what its bytes told of names.
fn connection(it: &Connection) -> Connection {
    Connection { protocol_detail: it.protocol_detail.as_deref().map(detail), ..it.clone() }
}

/// What a conversation speaks, as far as it is this program's own word for it.
fn detail(detail: &str) -> String {
    const NAMES: [&str; 7] =
        ["HTTP/0.9", "HTTP/2", "HTTP/2 with prior knowledge", "PROXY protocol", "SOCKS 4", "SOCKS 5", "TLS"];
    let name = detail.split([',', ':']).next().unwrap_or_default();
    let version = name.strip_prefix("TLS ").or(name.strip_prefix("SSL "));
    let is_version = version.is_some_and(|version| matches!(version.as_bytes(), [b'1'..=b'3', b'.', b'0'..=b'9']));
    let is_draft = name.starts_with("WebSocket draft h") && name.len() <= 40;
    if NAMES.contains(&name) || is_version || is_draft || session::is_named(name) {
        name.to_owned()
    } else {
        "*".to_owned()
    }
}

/// An exchange with only what is known to be safe.
#[must_use]
pub fn exchange(it: &Exchange) -> Exchange {
    let original = it;
    let mut it = it.clone();
    if let Some(Request { method, target, message }) = &mut it.request {
        head(Direction::Client, &mut message.headers);
        lines::request_target(target, method == b"CONNECT");
        if !safe::is_method(method) {
            blank(method);
        }
        rest(message);
    }
    for response in it.interim.iter_mut().chain(it.response.as_deref_mut()) {
        head(Direction::Server, &mut response.message.headers);
        lines::reason(response.status, &mut response.reason);
        rest(&mut response.message);
    }
    if let Some(upgraded) = it.upgraded.take() {
        let mut token = upgraded.into_bytes();
        safe::value(b"upgrade", &mut token);
        it.upgraded = Some(String::from_utf8_lossy(&token).into_owned());
    }
    handshake(original, &mut it);
    it
}

fn rest(message: &mut HttpMessage) {
    section(&mut message.trailers, 0);
    message.body.fill(BLANK);
    if let Some(coding) = message.content_coding.take() {
        let mut coding = coding.into_bytes();
        safe::value(b"content-encoding", &mut coding);
        message.content_coding = Some(String::from_utf8_lossy(&coding).into_owned());
    }
}

/// What a handshake answers still answers it: the key is replaced by another, and what accepts it by what accepts that.
fn handshake(original: &Exchange, it: &mut Exchange) {
    let (Some(asked), Some(answered)) = (&original.request, &original.response) else {
        if let Some(request) = &mut it.request {
            original.request.iter().for_each(|asked| key(&asked.message.headers, &mut request.message.headers));
        }
        return;
    };
    let (asked, answered) = (&asked.message.headers, &answered.message.headers);
    let (Some(request), Some(response)) = (&mut it.request, &mut it.response) else { return };
    key(asked, &mut request.message.headers);
    let accepted = asked.get(FieldName::SecWebSocketKey).map(accept);
    let accepts = request.message.headers.get(FieldName::SecWebSocketKey).map(accept);
    let (Some(accepted), Some(accepts)) = (accepted, accepts) else { return };
    each_value(answered, &mut response.message.headers, FieldName::SecWebSocketAccept, |was, value| {
        if was == accepted.as_bytes() {
            value.copy_from_slice(accepts.as_bytes());
        }
    });
    for name in [FieldName::Upgrade, FieldName::SecWebSocketProtocol, FieldName::SecWebSocketExtensions] {
        let offered: Vec<&[u8]> = asked.list(name).map(token).collect();
        each_value(answered, &mut response.message.headers, name, |was, value| {
            not_offered(was, value, |chosen| offered.iter().any(|offer| offer.eq_ignore_ascii_case(chosen)));
        });
    }
}

fn key(original: &Fields, fields: &mut Fields) {
    each_value(original, fields, FieldName::SecWebSocketKey, |was, value| {
        if is_key(was) {
            value.copy_from_slice(KEY);
        }
    });
}

/// What an element of a list is called, its parameters left out.
fn token(element: &[u8]) -> &[u8] {
    element.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

/// Marks what was blanked of a list and had not been offered.
fn not_offered(was: &[u8], value: &mut [u8], is_offered: impl Fn(&[u8]) -> bool) {
    let mut at = 0;
    for part in was.split(|byte| *byte == b',') {
        let chosen = token(part);
        let start = at + part.len() - part.trim_ascii_start().len();
        let blanked = &mut value[start..start + chosen.len()];
        if !chosen.is_empty() && blanked.contains(&BLANK) && !is_offered(chosen) {
            blanked.iter_mut().filter(|byte| **byte == BLANK).for_each(|byte| *byte = NOT_OFFERED);
        }
        at += part.len() + 1;
    }
}

/// Calls `change` for each value of that name, as it was and as it is.
fn each_value(original: &Fields, fields: &mut Fields, name: FieldName, mut change: impl FnMut(&[u8], &mut [u8])) {
    for line in &original.lines {
        if line.known == Some(name) {
            let value = line.value.start as usize..line.value.end as usize;
            change(&original.block[value.clone()], &mut fields.block[value]);
        }
    }
}

/// A frame without what it says.
fn frame(it: &Frame, filler: u8) -> Frame {
    let mut it = it.clone();
    let open = close_code(&it).map_or(0, <[u8]>::len);
    it.payload[open..].fill(filler);
    if let Some(reason) = &mut it.close_reason {
        reason.fill(BLANK);
    }
    it
}

/// Bytes of no message without what they say: only what they are.
fn stray(it: &Stray) -> Stray {
    let mut it = it.clone();
    it.bytes.fill(BLANK);
    if let Some(of) = &mut it.frame {
        **of = frame(of, BLANK);
    }
    it
}

/// What stays of a frame's payload: a close frame's status code, a number.
fn close_code(it: &Frame) -> Option<&[u8]> {
    it.payload.get(..CLOSE_CODE).filter(|_| it.opcode == CLOSE)
}

fn message(it: &Message) -> Message {
    let mut it = it.clone();
    it.payload.fill(if it.opcode == BINARY { 0 } else { BLANK });
    it
}

/// A problem's sentence may quote what was captured, with quotation marks in it or without: nothing between the first
/// and the last of them stays, nor any number that is too long to be one of ours.
fn problem(it: &Problem) -> Problem {
    const LONGEST_NUMBER: usize = 20;
    let text = match (it.text.find('"'), it.text.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}\"*{}", &it.text[..first], &it.text[last..]),
        (Some(first), _) => format!("{}\"*\"", &it.text[..first]),
        _ => it.text.to_string(),
    };
    let is_long = |word: &&str| word.bytes().filter(u8::is_ascii_digit).count() > LONGEST_NUMBER;
    let words: Vec<&str> = text.split(' ').map(|word| if is_long(&word) { "*" } else { word }).collect();
    Problem { text: Cow::Owned(words.join(" ")), ..it.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::Response;
    use crate::layers::Source;
    use crate::layers::application::http::{Decoder, Input, Item};

    #[test]
    fn a_head_is_blanked_in_its_start_line_too() {
        let text = b"GET /a?key=7 HTTP/1.1\r\nCookie: c\r\n\r\n";
        let mut decoder = Decoder::at(Direction::Client, 0);
        let mut headers = Fields::default();
        let Some(Item::Head(head, _)) = decoder.next(&mut Input { bytes: text, source: Source::default() }) else {
            panic!("no head");
        };
        head.copy_into(&mut headers);
        let message = HttpMessage { headers, body: b"body".to_vec(), ..HttpMessage::default() };
        let request = Request { target: b"/a?key=7".to_vec(), message, ..Request::default() };
        let response =
            Response { message: HttpMessage { body: vec![1], ..HttpMessage::default() }, ..Response::default() };
        let it = exchange(&Exchange { request: Some(request), response: Some(response.into()), ..Exchange::default() });
        let request = it.request.unwrap();
        assert_eq!(request.message.headers.block, b"GET /a?key=* HTTP/1.1\r\nCookie: *\r\n\r\n");
        assert_eq!((&request.target[..], &request.message.body[..]), (&b"/a?key=*"[..], &b"****"[..]));
        assert_eq!(it.response.unwrap().message.body, b"*");
    }

    #[test]
    fn a_handshake_that_was_right_is_right_afterwards_and_a_wrong_one_wrong() {
        let of = |key: &str, accept: &str| {
            let fields = |lines: String| Fields::parse(lines.as_bytes());
            let message = |headers| HttpMessage { headers, ..HttpMessage::default() };
            let asked = fields(format!("Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: secret1, mqtt\r\n\r\n"));
            let answered =
                fields(format!("Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: secret1, secret2\r\n\r\n"));
            let request = Request { method: b"GET".to_vec(), message: message(asked), ..Request::default() };
            let response = Response { status: 101, message: message(answered), ..Response::default() };
            let it =
                exchange(&Exchange { request: Some(request), response: Some(response.into()), ..Exchange::default() });
            let (asked, answered) = (it.request.unwrap().message.headers, it.response.unwrap().message.headers);
            let is_right = answered.get(FieldName::SecWebSocketAccept).unwrap() == accept_of(&asked).as_bytes();
            assert_eq!(answered.get(FieldName::SecWebSocketProtocol), Some(&b"*******, !!!!!!!"[..]));
            (asked.get(FieldName::SecWebSocketKey).unwrap().to_vec(), is_right)
        };
        let accept_of = |key: &str| accept(key.as_bytes());
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        assert_eq!(of(key, &accept_of(key)), (KEY.to_vec(), true));
        assert_eq!(of(key, &accept_of("x")), (KEY.to_vec(), false));
        assert_eq!(of("hunter2", &accept_of("hunter2")), (b"*******".to_vec(), true));
    }

    fn accept_of(asked: &Fields) -> String {
        accept(asked.get(FieldName::SecWebSocketKey).unwrap())
    }

    #[test]
    fn a_problem_says_what_is_wrong_and_quotes_nothing() {
        let of = |text: &'static str| {
            let it = Problem { packet: 1, text: text.into(), ..Problem::default() };
            problem(&it).text.into_owned()
        };
        assert_eq!(of(r#"the value "a\"b\\" is wrong, so is "c""#), r#"the value "*""#);
        assert_eq!(of(r#"the line is "a"hunter2"b": no"#), r#"the line is "*": no"#);
        assert_eq!(of("nothing quoted, but 3 bytes"), "nothing quoted, but 3 bytes");
        assert_eq!(of(r#"not ended "secret"#), r#"not ended "*""#);
        assert_eq!(of("here it is 184467440737095516161234"), "here it is *");
    }

    #[test]
    fn what_a_connection_speaks_is_said_and_with_whom_is_not() {
        for (was, becomes) in [
            ("TLS 1.3, secret.example, speaks h2", "TLS 1.3"),
            ("tunnel to secret:443: TLS 1.2", "*"),
            ("SSH", "SSH"),
            ("hunter2", "*"),
            ("SOCKS 5 to secret:80", "*"),
        ] {
            assert_eq!(detail(was), becomes);
        }
    }

    #[test]
    fn an_interface_has_a_name_that_systems_give_or_none() {
        for (name, becomes) in [("lo", "lo"), ("eth0", "eth0"), ("secret", "******"), ("eth1234", "*******")] {
            assert_eq!(interface_name(name), becomes);
        }
    }
}
