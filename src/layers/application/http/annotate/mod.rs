//! HTTP/1.x, field by field: lines, chunk framing and content (RFC 9112), with the names that the specifications give.
//!
//! Spans count from the first byte given, in packet 0: only the caller knows where the bytes lie, and moves the spans there.
//! Lines are layer 7, whatever they are about; the chunked coding's framing, and content that is still coded, are layer 6.

mod target;
#[cfg(test)]
mod tests;
mod value;

use super::lines::Section;
use super::start_line::{Parts, StartLine, trim_line_end};
use crate::explain;
use crate::layers::Direction;
use crate::layers::headers::pen::{Pen, count, hex};
use crate::layers::presentation::charset;
use crate::layers::{Field, Layer, Origin, Span};

/// Names the bytes of a request line, line end included (RFC 9112 §3).
#[must_use]
pub fn request_line(line: &[u8]) -> Field {
    let mut pen = pen(line, "RFC 9112 §3");
    let text = trim_line_end(line);
    let parts = StartLine::parse(Direction::Client, text).map(|start| start.parts);
    if let Some(Parts::Request { method, target }) = parts {
        let name = lossy(pen.bytes(method.len()));
        let known = explain::method(&name);
        let meaning = known.map_or("What is asked for; no method of this name is registered.", |method| method.meaning);
        with_clause(&mut pen, known.map_or("RFC 9110 §9", |method| method.clause), |pen| {
            take(pen, method.len(), "method", meaning);
        });
        spaces(&mut pen, target.start.saturating_sub(method.end) as usize);
        target::annotate(&mut pen, target.len(), &name);
        let space = text.get(target.end as usize..).map_or(0, |rest| rest.iter().take_while(|b| is_space(**b)).count());
        spaces(&mut pen, space);
        version(&mut pen, text.len().saturating_sub(target.end as usize + space));
    }
    line_end(&mut pen);
    pen.finish("request line", lossy(text), "What the client wants, of what, in which version of HTTP.", "RFC 9112 §3")
}

/// Names the bytes of a status line, line end included (RFC 9112 §4).
#[must_use]
pub fn status_line(line: &[u8]) -> Field {
    let mut pen = pen(line, "RFC 9112 §4");
    let text = trim_line_end(line);
    let parts = StartLine::parse(Direction::Server, text).map(|start| start.parts);
    if let Some(Parts::Status { status, reason }) = parts {
        let word = |at: usize| text.iter().skip(at).take_while(|byte| !is_space(**byte)).count();
        let gap = |at: usize| text.iter().skip(at).take_while(|byte| is_space(**byte)).count();
        let version_end = word(0);
        version(&mut pen, version_end);
        spaces(&mut pen, gap(version_end));
        let code = version_end + gap(version_end);
        let code_end = code + word(code);
        let known = explain::status(status);
        let meaning = known.map_or("How it went.", |known| known.meaning);
        with_clause(&mut pen, known.map_or("RFC 9110 §15", |known| known.clause), |pen| {
            take(pen, code_end - code, "status code", meaning);
        });
        spaces(&mut pen, (reason.start as usize).saturating_sub(code_end));
        take(&mut pen, reason.len(), "reason phrase", "The status code in words, for people: programs ignore it.");
    }
    line_end(&mut pen);
    pen.finish("status line", lossy(text), "How it went, in a number and in words.", "RFC 9112 §4")
}

fn version(pen: &mut Pen<'_>, length: usize) {
    let known = pen.bytes(length).trim_ascii();
    let meaning = match known {
        _ if known.eq_ignore_ascii_case(b"HTTP/1.0") => {
            "HTTP/1.0: the connection closes after this, unless both sides ask to keep it."
        }
        _ if known.eq_ignore_ascii_case(b"HTTP/1.1") => {
            "HTTP/1.1: the connection stays open for more, unless one side says close."
        }
        _ => "The version of HTTP that the sender speaks.",
    };
    let trimmed = known.len();
    with_clause(pen, "RFC 9112 §2.3", |pen| take(pen, trimmed, "HTTP version", meaning));
    spaces(pen, length.saturating_sub(trimmed));
}

/// What has to be known of the other side to explain a field's value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The request's `Sec-WebSocket-Key`: a response's `Sec-WebSocket-Accept` follows from it.
    pub websocket_key: Option<&'a [u8]>,
}

/// Names the bytes of a field line, line end and folded continuations included (RFC 9112 §5).
#[must_use]
pub fn field_line(line: &[u8], asked: Asked<'_>) -> Field {
    named_line(line, "field line", asked)
}

/// Names the bytes of a field line of the trailer section (RFC 9112 §7.1.2).
#[must_use]
pub fn trailer_line(line: &[u8]) -> Field {
    named_line(line, "trailer field line", Asked::default())
}

fn named_line(line: &[u8], what: &'static str, asked: Asked<'_>) -> Field {
    let mut pen = pen(line, "RFC 9112 §5");
    let (mut meaning, mut clause) = ("It is no field line as the grammar has it.", "RFC 9112 §5");
    if let Some(found) = Section::of(line).lines.first() {
        let name = lossy(pen.bytes(found.name.len()));
        let known = explain::header(&name);
        meaning = known.map_or("Not a field that this tool knows: applications may make up their own.", |h| h.meaning);
        clause = known.map_or(clause, |header| header.clause);
        take(&mut pen, found.name.len(), "field name", "Which field it is; upper or lower case is the same.");
        let between = found.value.start.saturating_sub(found.name.end) as usize;
        let before = pen.bytes(between).iter().position(|byte| *byte == b':').unwrap_or(between);
        take(&mut pen, before, "white space", "Between name and colon there must be none: servers reject it.");
        if before < between {
            take(&mut pen, 1, ":", "Ends the field name.");
            optional_space(&mut pen, between - before - 1);
        }
        with_clause(&mut pen, clause, |pen| value::annotate(pen, found.value.len(), &name, asked));
    }
    let end = line.len() - trim_line_end(line).len();
    let space = pen.left().saturating_sub(end);
    optional_space(&mut pen, space);
    line_end(&mut pen);
    pen.finish(what, lossy(trim_line_end(line)), meaning, clause)
}

/// Names the empty line that ends a header or trailer section; or, if the section breaks off, the beginning of the line
/// that's there instead.
#[must_use]
pub fn section_end(line: &[u8]) -> Field {
    if !trim_line_end(line).is_empty() {
        let meaning = "The beginning of a field line: the capture does not have the rest of it.";
        return leaf(Layer::Application, "field line", lossy(line), meaning, line.len() as u64, "RFC 9112 §5");
    }
    let meaning = "An empty line: the fields end here, and content follows if there is any.";
    leaf(Layer::Application, line_end_name(line), lossy(line), meaning, line.len() as u64, "RFC 9112 §2.1")
}

/// Names an empty line before a request line.
#[must_use]
pub fn empty_line(line: &[u8]) -> Field {
    let meaning = "An empty line between messages: it means nothing, and is passed over.";
    leaf(Layer::Application, line_end_name(line), lossy(line), meaning, line.len() as u64, "RFC 9112 §2.2")
}

/// Names the bytes of a chunk's first line (RFC 9112 §7.1).
#[must_use]
pub fn chunk_line(line: &[u8]) -> Vec<Field> {
    let mut pen = pen(line, "RFC 9112 §7.1");
    pen.layer(Layer::Presentation);
    let text = trim_line_end(line);
    let digits = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let number = lossy(pen.bytes(digits));
    let (value, meaning) = match u64::from_str_radix(&number, 16) {
        Ok(0) => (format!("{number} = 0"), "The last chunk: it has no data, and ends the content."),
        Ok(size) => (format!("{number} = {size}"), "Bytes of chunk data that follow, in hexadecimal."),
        Err(_) => (number, "Not a size."),
    };
    pen.leaf(digits as u64 * 8, "chunk size", value, meaning);
    with_clause(&mut pen, "RFC 9112 §7.1.1", |pen| {
        let extensions = text.len() - digits;
        let blank = pen.bytes(extensions).iter().all(|b| is_space(*b));
        let (name, meaning) = if blank {
            ("white space", "It should not be here.")
        } else {
            (
                "chunk extensions",
                "Something about this chunk; hardly anybody uses them, and what is unknown is ignored.",
            )
        };
        take(pen, extensions, name, meaning);
    });
    line_end(&mut pen);
    pen.finish("", "", "", "RFC 9112 §7.1").parts
}

/// Names the line end after a chunk's data.
#[must_use]
pub fn chunk_end(line: &[u8]) -> Field {
    let meaning = "Ends the chunk; it is no part of the data.";
    leaf(Layer::Presentation, line_end_name(line), lossy(line), meaning, line.len() as u64, "RFC 9112 §7.1")
}

/// A message's content, or a part of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Content<'a> {
    /// The bytes as they were sent, or the first of them.
    pub sent: &'a [u8],
    /// How many bytes there are.
    pub length: u64,
    /// The message's `Content-Type`.
    pub content_type: Option<&'a [u8]>,
    /// The content coding that is not undone here: "gzip".
    pub coding: Option<&'a str>,
    /// Whether it is (part of) a chunk's data.
    pub chunk: bool,
}

/// Names the bytes of a message's content (RFC 9110 §6.4).
#[must_use]
pub fn content(content: &Content<'_>) -> Field {
    let Content { sent, length, content_type, coding, chunk } = *content;
    let kind = content_type.map_or("of no declared type".to_owned(), lossy);
    let name = if chunk { "chunk data" } else { "content" };
    if let Some(coding) = coding {
        let meaning = format!("Content coded with {coding}; once that is undone: {kind}.");
        return leaf(Layer::Presentation, name, hex(sent), meaning, length, "RFC 9110 §8.4");
    }
    // What a cut left of a character, at either end, is taken off.
    let text = charset::text(sent, content_type).map(|text| text.text.trim_matches('\u{fffd}').to_owned());
    let value = text.unwrap_or_else(|| hex(sent));
    let clause = if chunk { "RFC 9112 §7.1" } else { "RFC 9110 §6.4" };
    leaf(Layer::Application, name, value, format!("Content, {kind}."), length, clause)
}

fn leaf(
    layer: Layer,
    name: &'static str,
    value: String,
    meaning: impl Into<std::borrow::Cow<'static, str>>,
    length: u64,
    clause: &'static str,
) -> Field {
    let spans = vec![Span { origin: Origin::default(), bits: 0..length.saturating_mul(8) }];
    Field::new(layer, name, value, meaning, spans, clause)
}

fn pen<'a>(bytes: &'a [u8], clause: &'static str) -> Pen<'a> {
    Pen::new(Origin::default(), 0, bytes, Layer::Application, clause)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Names the next `length` bytes, whose value is their text.
fn take(pen: &mut Pen<'_>, length: usize, name: &'static str, meaning: impl Into<std::borrow::Cow<'static, str>>) {
    let value = lossy(pen.bytes(length));
    pen.leaf(length as u64 * 8, name, value, meaning);
}

/// Writes under a different clause than the rest.
fn with_clause(pen: &mut Pen<'_>, clause: &'static str, write: impl FnOnce(&mut Pen<'_>)) {
    let whole = pen.replace_clause(clause.into());
    write(pen);
    pen.replace_clause(whole);
}

/// Names what separates the parts of a start line: one space, where it is right.
fn spaces(pen: &mut Pen<'_>, length: usize) {
    if pen.bytes(length) == b" " {
        take(pen, 1, "SP", "One space between the parts.");
    } else {
        take(pen, length, "white space", "It should be one space between the parts, and none elsewhere.");
    }
}

fn optional_space(pen: &mut Pen<'_>, length: usize) {
    take(pen, length, "OWS", "White space around the value that is no part of it.");
}

/// Names what is left of a line: its end.
fn line_end(pen: &mut Pen<'_>) {
    let rest = pen.bytes(pen.left());
    if matches!(rest, b"\r\n" | b"\n") {
        let meaning = if rest == b"\n" { "Ends the line; it should be CRLF." } else { "Ends the line." };
        take(pen, rest.len(), line_end_name(rest), meaning);
    }
}

fn line_end_name(bytes: &[u8]) -> &'static str {
    match bytes {
        b"\n" => "LF",
        b"\r\n" => "CRLF",
        _ => "empty lines",
    }
}

/// Content length in words, for a value that says it.
fn bytes_of_content(digits: &[u8]) -> String {
    match std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok()) {
        Some(0) => "No content follows.".to_owned(),
        Some(length) => format!("{} of content follow after the empty line.", count(length)),
        None => "Not a number of bytes.".to_owned(),
    }
}
