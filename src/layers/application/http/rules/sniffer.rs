//! What a content's first and last bytes give away: that it isn't what its fields say.

use super::super::content_type::{is_event_stream, media_type, parameter};
use super::super::framing::Framing;
use super::super::names::FieldName;
use super::super::section::{Fields, Head, begins_with};
use super::negotiation::is_json;
use super::problems::Fault;
use crate::layers::presentation::charset::{Utf8Check, whole_characters};
use crate::layers::presentation::coding::{TransferCoding, is_raw_deflate};
use crate::layers::quoted::Quoted;

/// How many of the first bytes of a content are looked at.
const BEGINNING: usize = 16;

/// How much of a content is looked at for bytes that aren't UTF-8: where there are any, one is mostly in the title.
const WATCHED: usize = 512;
/// How much of an event stream is looked at for its first event.
const WATCHED_EVENTS: usize = 64 << 10;

/// Watches the first and last bytes of a content for what they give away.
#[derive(Clone, Debug, Default)]
pub struct Sniffer {
    beginning: [u8; BEGINNING],
    length: usize,
    ending: [u8; 5],
    /// How many bytes were looked at, at most [`WATCHED`].
    watched: usize,
    utf8: Utf8Check,
    /// Where the first byte is that no UTF-8 has.
    not_utf8_from: Option<usize>,
    /// Its lines, if it's an event stream.
    events: Option<Lines>,
}

/// The lines of an event stream, until the first that is empty.
#[derive(Clone, Copy, Debug, Default)]
struct Lines {
    seen: usize,
    /// How many there were that begin with `data`.
    data: u32,
    /// The first bytes of the line in progress, and how many it has.
    line: [u8; 4],
    length: usize,
    /// There was an empty line, or more than is looked at.
    is_dispatched: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContentKind {
    /// Text that a reader would see as it is.
    Text,
    Json,
    /// Anything may be in it.
    Other,
}

impl Sniffer {
    /// Watches the content after that head.
    #[must_use]
    pub fn after(head: &Head<'_>, framing: Framing) -> Self {
        let may_go_on = matches!(framing, Framing::Chunked | Framing::UntilClose);
        let is_stream = may_go_on && head.get(FieldName::ContentType).is_some_and(is_event_stream);
        let is_coded = is_stream && head.get(FieldName::ContentEncoding).is_some();
        Self { events: (is_stream && !is_coded).then(Lines::default), ..Self::default() }
    }

    /// Takes the next bytes of the content, its transfer coding removed.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.watched < WATCHED {
            let bytes = &bytes[..bytes.len().min(WATCHED - self.watched)];
            self.watched += bytes.len();
            // Whether it has to be UTF-8 is asked in the end, if it isn't.
            self.not_utf8_from = self.utf8.push(bytes).err();
        }
        if let Some(events) = &mut self.events {
            events.push(bytes);
        }
        if self.length < BEGINNING {
            let taken = bytes.len().min(BEGINNING - self.length);
            self.beginning[self.length..self.length + taken].copy_from_slice(&bytes[..taken]);
            self.length += taken;
        }
        if let Some(last) = bytes.last_chunk() {
            self.ending = *last;
        } else {
            self.ending.rotate_left(bytes.len());
            self.ending[5 - bytes.len()..].copy_from_slice(bytes);
        }
    }

    /// What there is to say once the content is over, and all of it was seen, of a message with those fields; `undone` says
    /// whether its codings could be undone.
    #[must_use]
    pub fn finish(&self, fields: &Fields, undone: bool) -> Option<Fault> {
        // What was compressed for the way isn't the content yet.
        let is_for_the_way = |coding| TransferCoding::of(coding) != Some(TransferCoding::Chunked);
        self.look(fields, undone).filter(|_| !fields.list(FieldName::TransferEncoding).any(is_for_the_way))
    }

    fn look(&self, fields: &Fields, undone: bool) -> Option<Fault> {
        let coding = fields.get(FieldName::ContentEncoding);
        match &self.beginning[..self.length] {
            beginning if coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"deflate")) => {
                (undone && is_raw_deflate(beginning)).then_some(Fault::RawDeflate)
            }
            [0x1f, 0x8b, 8, ..] if kind(fields) != ContentKind::Other && coding.is_none() => {
                Some(Fault::GzipUndeclared)
            }
            [0xef, 0xbb, 0xbf, ..] if kind(fields) == ContentKind::Json && coding.is_none() => {
                Some(Fault::JsonWithMark)
            }
            beginning
                if coding.is_none()
                    && no_json(beginning)
                    && fields.get(FieldName::ContentType).is_some_and(|kind| is_json(media_type(kind))) =>
            {
                Some(Fault::NotJson(Quoted::of(whole_characters(beginning))))
            }
            beginning if &self.ending == b"0\r\n\r\n" && fields.get(FieldName::TransferEncoding).is_some() => {
                let digits = beginning.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                let is_chunk = (1..=8).contains(&digits) && beginning[digits..].starts_with(b"\r\n");
                is_chunk.then_some(Fault::ChunkedTwice)
            }
            _ if coding.is_none() => self.not_utf8(fields),
            _ => None,
        }
    }

    /// If it isn't the UTF-8 that its type says it is: from which byte on.
    fn not_utf8(&self, fields: &Fields) -> Option<Fault> {
        let cut = || self.utf8.finish().err().filter(|_| self.watched < WATCHED);
        let at = self.not_utf8_from.or_else(cut)?;
        let value = fields.get(FieldName::ContentType)?;
        if kind(fields) == ContentKind::Json {
            return Some(Fault::JsonNotUtf8(at));
        }
        let is_declared = parameter(value, b"charset").is_some_and(|it| it.eq_ignore_ascii_case(b"utf-8"));
        (is_declared && kind(fields) == ContentKind::Text).then_some(Fault::TextNotUtf8(at))
    }

    /// If it's an event stream that dispatched nothing, although all of it was seen so far: how many lines of data it had.
    #[must_use]
    pub fn undispatched(&self) -> Option<Fault> {
        let lines = self.events.filter(|lines| !lines.is_dispatched)?;
        (lines.data > 1).then_some(Fault::NeverDispatched(lines.data))
    }
}

impl Lines {
    /// A line ends with CR, LF, or both (WHATWG HTML §9.2.5).
    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.seen += 1;
            if self.is_dispatched || self.seen > WATCHED_EVENTS {
                self.is_dispatched = true;
                return;
            }
            match byte {
                b'\n' | b'\r' if self.length > 0 => {
                    self.data += u32::from(&self.line == b"data");
                    (self.length, self.line) = (0, if *byte == b'\r' { *b"\r   " } else { [0; 4] });
                }
                // The second half of a line's end.
                b'\n' if self.line[0] == b'\r' => self.line = [0; 4],
                b'\n' | b'\r' => self.is_dispatched = self.data > 0,
                _ => {
                    if let Some(place) = self.line.get_mut(self.length) {
                        *place = *byte;
                    }
                    self.length += 1;
                }
            }
        }
    }
}

/// Whether no JSON begins like that: after blanks comes an object, an array, a string, a number, `true`, `false` or `null`
/// (RFC 8259 §2).
fn no_json(beginning: &[u8]) -> bool {
    let first = beginning.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    first.is_some_and(|byte| !matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
}

/// What there is to say of text whose content coding, undone, left what begins as gzip does. A file that is compressed may well be
/// compressed again for the way.
#[must_use]
pub fn coded_twice(fields: &Fields) -> Option<Fault> {
    let coding = fields.get(FieldName::ContentEncoding).filter(|_| kind(fields) != ContentKind::Other)?;
    Some(Fault::CodedTwice(Quoted::of(coding)))
}

fn kind(fields: &Fields) -> ContentKind {
    match fields.get(FieldName::ContentType).map(media_type) {
        Some(kind) if is_json(kind) => ContentKind::Json,
        Some(kind) if is_text(kind) => ContentKind::Text,
        _ => ContentKind::Other,
    }
}

fn is_text(kind: &[u8]) -> bool {
    const TEXTS: [&[u8]; 4] =
        [b"application/javascript", b"application/xml", b"application/xhtml+xml", b"image/svg+xml"];
    begins_with(kind, b"text/") || TEXTS.iter().any(|text| kind.eq_ignore_ascii_case(text))
}
