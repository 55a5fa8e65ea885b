//! Blanking what others should not read: credentials, cookies, query values, bodies and payloads. Lengths stay.
//!
//! Owns what counts as secret. [`Redacted`] passes on records so that a view never sees it; a [`Plan`] says of every
//! byte of the streams what becomes of it, and a [`Redactor`] makes packets of that. Both blank the same bytes: with `*`
//! what is text, with zero what is not. What is not understood is taken for secret.

mod packet;
mod plan;

use std::borrow::Cow;

use memchr::memmem;

pub use self::packet::Redactor;
pub use self::plan::{Plan, Planner};
use super::event::{Event, Sink};
use super::record::{Exchange, FieldLine, Fields, Frame, HttpMessage, Message, Problem, Request};
use crate::layers::application::websocket::{BINARY, CLOSE, RSV1};

/// Fields whose values are credentials or cookies (RFC 9110 §11, RFC 6265), and those that are in wide use as such.
const CREDENTIALS: [&str; 16] = [
    "authorization",
    "proxy-authorization",
    "authentication-info",
    "proxy-authentication-info",
    "cookie",
    "cookie2",
    "set-cookie",
    "set-cookie2",
    "api-key",
    "x-api-key",
    "x-auth-token",
    "x-access-token",
    "x-amz-security-token",
    "x-csrf-token",
    "x-goog-api-key",
    "x-xsrf-token",
];

/// Fields whose values are URIs, which carry credentials before an `@` and behind a `?`.
const URIS: [&str; 5] = ["referer", "location", "content-location", "link", "refresh"];

/// What stands in for text.
const BLANK: u8 = b'*';

/// How many bytes a close frame's status code has: they are no secret.
const CLOSE_CODE: usize = 2;

/// Passes on events with what is secret blanked.
#[derive(Debug)]
pub struct Redacted<S>(pub S);

impl<S: Sink> Sink for Redacted<S> {
    fn event(&mut self, event: Event<'_>) {
        let sink = &mut self.0;
        match event {
            Event::Request(it) => sink.event(Event::Request(&exchange(it))),
            Event::Response(it) => sink.event(Event::Response(&exchange(it))),
            Event::Upgraded(it) => sink.event(Event::Upgraded(&exchange(it))),
            Event::Exchange(it) => sink.event(Event::Exchange(&exchange(it))),
            Event::Frame(it) => sink.event(Event::Frame(&frame(it))),
            Event::Message(it) => sink.event(Event::Message(&message(it))),
            Event::Problem(it) => sink.event(Event::Problem(&problem(it))),
            // The bytes themselves: only a plan says which of them may be seen.
            Event::Bytes(_) => {}
            Event::Interface(..)
            | Event::Packet(_)
            | Event::Opened(_)
            | Event::Ended(_)
            | Event::Closed(_)
            | Event::Piece(_) => sink.event(event),
        }
    }

    fn done(&self) -> bool {
        self.0.done()
    }
}

/// An exchange without its secrets.
#[must_use]
pub fn exchange(it: &Exchange) -> Exchange {
    let mut it = it.clone();
    if let Some(Request { target, message, .. }) = &mut it.request {
        head(&mut message.headers, Some(target));
        blank_uri(target);
        rest(message);
    }
    for response in it.interim.iter_mut().chain(&mut it.response) {
        head(&mut response.message.headers, None);
        rest(&mut response.message);
    }
    it
}

fn rest(message: &mut HttpMessage) {
    section(&mut message.trailers, 0);
    message.body.fill(BLANK);
}

/// A frame without what it says.
#[must_use]
pub fn frame(it: &Frame) -> Frame {
    let mut it = it.clone();
    let open = open_bytes(it.opcode).min(it.payload.len());
    it.payload[open..].fill(filler(it.opcode, it.rsv));
    if let Some(reason) = &mut it.close_reason {
        reason.fill(BLANK);
    }
    it
}

/// How many bytes at the beginning of a frame's payload are no secret.
fn open_bytes(opcode: u8) -> usize {
    if opcode == CLOSE { CLOSE_CODE } else { 0 }
}

/// What stands in for a frame's payload.
fn filler(opcode: u8, rsv: u8) -> u8 {
    if opcode == BINARY || rsv & RSV1 != 0 { 0 } else { BLANK }
}

fn message(it: &Message) -> Message {
    let mut it = it.clone();
    it.payload.fill(filler(it.opcode, 0));
    it
}

/// A problem's sentence may quote what was captured.
fn problem(it: &Problem) -> Problem {
    let mut text = String::with_capacity(it.text.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in it.text.chars() {
        let ends = character == '"' && !escaped;
        if ends && !quoted {
            text.push_str("\"*");
        } else if !quoted || ends {
            text.push(character);
        }
        quoted ^= ends;
        escaped = quoted && character == '\\' && !escaped;
    }
    Problem { text: Cow::Owned(text), ..it.clone() }
}

/// Blanks a start line with its header section. `target` is a request's, as the line has it.
fn head(fields: &mut Fields, target: Option<&[u8]>) {
    let line = fields.block.iter().position(|byte| *byte == b'\n').map_or(fields.block.len(), |end| end + 1);
    // Where the start line is no part of the bytes, the first field line begins with them.
    let line = fields.lines.first().map_or(line, |first| line.min(first.whole.start as usize));
    let start = &mut fields.block[..line];
    match target.map(|target| (memmem::find(start, target), target.len())) {
        Some((Some(at), length)) => blank_uri(&mut start[at..at + length]),
        Some((None, _)) => blank(start),
        None => {}
    }
    section(fields, line);
}

/// Blanks a section's field lines, which begin at `at`.
fn section(fields: &mut Fields, mut at: usize) {
    let Fields { block, lines } = fields;
    for line in lines.iter() {
        let whole = line.whole.start as usize..line.whole.end as usize;
        // What lies between field lines is none.
        blank(&mut block[at.min(whole.start)..whole.start]);
        field_line(block, line);
        at = whole.end;
    }
    blank(&mut block[at..]);
}

fn field_line(block: &mut [u8], line: &FieldLine) {
    let (name, value) =
        (line.name.start as usize..line.name.end as usize, line.value.start as usize..line.value.end as usize);
    let is = |names: &[&str]| names.iter().any(|known| block[name.clone()].eq_ignore_ascii_case(known.as_bytes()));
    let (is_credential, is_uri) = (is(&CREDENTIALS), is(&URIS));
    let has_name = !name.is_empty() && name.end < value.start;
    if !has_name || !block[name.clone()].iter().all(|byte| is_token(*byte)) {
        // No field that anybody knows: it may be anything.
        blank(&mut block[name]);
        blank(&mut block[value]);
    } else if is_credential {
        blank(&mut block[value]);
    } else if is_uri {
        blank_uri(&mut block[value]);
    }
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Blanks bytes; white space stays, so that lines do.
fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| !b" \t\r\n".contains(byte)) {
        *byte = BLANK;
    }
}

/// Blanks what may be secret in a URI: what stands before an `@`, the values of its query, and its fragment.
fn blank_uri(uri: &mut [u8]) {
    let query = uri.iter().position(|byte| b"?#".contains(byte)).unwrap_or(uri.len());
    let (path, query) = uri.split_at_mut(query);
    if let Some(scheme) = memmem::find(path, b"//") {
        let authority = path.get_mut(scheme + 2..).unwrap_or_default();
        let end = authority.iter().position(|byte| *byte == b'/').unwrap_or(authority.len());
        let at = authority[..end].iter().rposition(|byte| *byte == b'@').unwrap_or(0);
        blank(&mut authority[..at]);
    }
    let Some((_, query)) = query.split_first_mut() else { return };
    for parameter in query.split_mut(|byte| b"&;".contains(byte)) {
        let value = parameter.iter().position(|byte| *byte == b'=').map_or(0, |equals| equals + 1);
        blank(&mut parameter[value..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::Response;

    fn block_of(text: &str) -> String {
        let mut fields = Fields::parse(text.as_bytes());
        section(&mut fields, 0);
        String::from_utf8(fields.block).unwrap()
    }

    #[test]
    fn credentials_are_blanked_and_other_fields_stay() {
        assert_eq!(
            block_of("Host: a\r\nauthorization: Basic dXNlcg==\r\nSet-Cookie:id=7; Path=/\r\n\r\n"),
            "Host: a\r\nauthorization: ***** ********\r\nSet-Cookie:***** ******\r\n\r\n"
        );
        assert_eq!(block_of("Cookie: a=1,\r\n  b=2\r\nX: y\r\n\r\n"), "Cookie: ****\r\n  ***\r\nX: y\r\n\r\n");
    }

    #[test]
    fn a_line_that_is_no_field_line_may_be_a_secret() {
        assert_eq!(block_of("hunter2\r\nX: y\r\n\r\n"), "*******\r\nX: y\r\n\r\n");
        assert_eq!(block_of(" folded\r\nX: y\r\n\r\n"), " ******\r\nX: y\r\n\r\n");
        assert_eq!(block_of("my secret: y\r\n\r\n"), "** ******: *\r\n\r\n");
        assert_eq!(block_of("Cookie : y\r\n\r\n"), "Cookie : *\r\n\r\n");
    }

    #[test]
    fn a_uri_keeps_its_host_its_path_and_the_names_in_its_query() {
        for (uri, blanked) in [
            ("/a?token=abc&x=&y#z", "/a?token=***&x=&***"),
            ("https://me:pw@example.com/a@b?c", "https://*****@example.com/a@b?*"),
            ("https://a@b@example.com", "https://***@example.com"),
            ("/plain", "/plain"),
            ("*", "*"),
        ] {
            let mut bytes = uri.as_bytes().to_vec();
            blank_uri(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), blanked);
        }
    }

    #[test]
    fn a_head_is_blanked_in_its_start_line_too() {
        let text = b"GET /a?key=7 HTTP/1.1\r\nCookie: c\r\n\r\n";
        let mut headers = Fields { block: text.to_vec(), lines: Vec::new() };
        headers.lines.push(FieldLine { name: 23..29, value: 31..32, whole: 23..34 });
        let message = HttpMessage { headers, body: b"body".to_vec(), ..HttpMessage::default() };
        let request = Request { target: b"/a?key=7".to_vec(), message, ..Request::default() };
        let response =
            Response { message: HttpMessage { body: vec![1], ..HttpMessage::default() }, ..Response::default() };
        let it = exchange(&Exchange { request: Some(request), response: Some(response), ..Exchange::default() });
        let request = it.request.unwrap();
        assert_eq!(request.message.headers.block, b"GET /a?key=* HTTP/1.1\r\nCookie: *\r\n\r\n");
        assert_eq!((&request.target[..], &request.message.body[..]), (&b"/a?key=*"[..], &b"****"[..]));
        assert_eq!(it.response.unwrap().message.body, b"*");
    }

    #[test]
    fn a_problem_says_what_is_wrong_and_quotes_nothing() {
        let of = |text: &'static str| {
            let it = Problem { packet: 1, text: text.into(), ..Problem::default() };
            problem(&it).text.into_owned()
        };
        assert_eq!(of(r#"the value "a\"b\\" is wrong, so is "c""#), r#"the value "*" is wrong, so is "*""#);
        assert_eq!(of("nothing quoted"), "nothing quoted");
        assert_eq!(of(r#"not ended "secret"#), r#"not ended "*"#);
    }
}
