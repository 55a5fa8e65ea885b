//! Content, its type and its coding (RFC 9110 §8): what is promised of it, and what its first and last bytes look like.

use super::super::content_type::{is_media_type, media_type, parameter};
use super::super::names::FieldName;
use super::super::section::{Fields, Head, begins_with, elements};
use super::RequestHead;
use super::problems::Fault;
use crate::layers::presentation::coding::{Coding, TransferCoding, is_raw_deflate};
use crate::layers::quoted::{Named, Quoted};

#[inline]
pub(super) fn of_request(head: &Head<'_>, method: &[u8], faults: &mut Vec<Fault>) {
    match method {
        b"TRACE" => {
            if has_content(head) {
                faults.push(Fault::ContentInTrace);
            }
            let secrets = [FieldName::Authorization, FieldName::Cookie, FieldName::ProxyAuthorization];
            let secret = secrets.into_iter().find(|name| head.get(*name).is_some());
            faults.extend(secret.map(|name| Fault::SecretInTrace(name.as_str())));
        }
        b"OPTIONS" if head.whole && has_content(head) && head.get(FieldName::ContentType).is_none() => {
            faults.push(Fault::OptionsWithoutType);
        }
        _ => {}
    }
}

/// Judges the value of Expect: a 100 is for content (RFC 9110 §10.1.1).
pub(super) fn expected(head: &Head<'_>, value: &[u8], faults: &mut Vec<Fault>) {
    if head.whole && !has_content(head) && elements(value).any(|it| it.eq_ignore_ascii_case(b"100-continue")) {
        faults.push(Fault::ExpectWithoutContent);
    }
}

/// Whether a request says that it has content.
fn has_content(head: &Head<'_>) -> bool {
    head.get(FieldName::TransferEncoding).is_some() || head.get(FieldName::ContentLength).is_some_and(|it| it != b"0")
}

#[inline]
pub(super) fn of_response(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if head.get(FieldName::TransferEncoding).is_some() {
        if asked.version == (1, 0) && head.start.is_some_and(|start| start.version >= (1, 1)) {
            faults.push(Fault::TransferCodingToOldVersion);
        }
        if asked.method == b"HEAD" && head.get(FieldName::ContentLength).is_some() {
            faults.push(Fault::BothLengthsForHead);
        }
    }
    if status == 205 && head.get(FieldName::ContentLength).is_some_and(|length| length != b"0") {
        faults.push(Fault::ContentIn205);
    }
    let Some(coding) = head.get(FieldName::ContentEncoding).filter(|_| (200..=299).contains(&status)) else { return };
    let Some(accepted) = asked.fields.get(FieldName::AcceptEncoding) else { return };
    for coding in elements(coding).filter(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        if !is_accepted(coding, asked) {
            let by_cache = head.get(FieldName::Age).is_some();
            let coding = Named::of(coding, Coding::by_name(coding).map(Coding::name));
            faults.push(Fault::CodingNotAccepted { coding, accepted: Quoted::of(accepted), by_cache });
        }
    }
}

/// Whether Accept-Encoding takes a coding (RFC 9110 §12.5.3).
fn is_accepted(coding: &[u8], asked: RequestHead<'_>) -> bool {
    let plain = coding.strip_prefix(b"x-").unwrap_or(coding);
    let mut star = false;
    for offer in asked.fields.list(FieldName::AcceptEncoding) {
        let refused = parameter(offer, b"q").is_some_and(|q| q.iter().all(|byte| matches!(byte, b'0' | b'.')));
        let name = media_type(offer);
        if name.strip_prefix(b"x-").unwrap_or(name).eq_ignore_ascii_case(plain) {
            return !refused;
        }
        star |= name == b"*" && !refused;
    }
    star
}

/// Judges the value of a Content-Type field: a multipart one names what parts its parts.
pub(super) fn boundary(kind: &[u8], faults: &mut Vec<Fault>) {
    if begins_with(kind, b"multipart/") && parameter(kind, b"boundary").is_none_or(<[u8]>::is_empty) {
        faults.push(Fault::NoBoundary(Quoted::of(media_type(kind))));
    }
}

/// How many of the first bytes of a content are looked at.
const BEGINNING: usize = 16;

/// Watches the first and last bytes of a content for what they give away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sniffer {
    beginning: [u8; BEGINNING],
    length: usize,
    ending: [u8; 5],
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
    /// Takes the next bytes of the content, its transfer coding removed.
    pub fn push(&mut self, bytes: &[u8]) {
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
            beginning if &self.ending == b"0\r\n\r\n" && fields.get(FieldName::TransferEncoding).is_some() => {
                let digits = beginning.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                let is_chunk = (1..=8).contains(&digits) && beginning[digits..].starts_with(b"\r\n");
                is_chunk.then_some(Fault::ChunkedTwice)
            }
            _ => None,
        }
    }
}

fn kind(fields: &Fields) -> ContentKind {
    match fields.get(FieldName::ContentType).map(media_type) {
        Some(kind) if is_media_type(kind, b"application/json") || ends_with(kind, b"+json") => ContentKind::Json,
        Some(kind) if is_text(kind) => ContentKind::Text,
        _ => ContentKind::Other,
    }
}

fn ends_with(kind: &[u8], end: &[u8]) -> bool {
    kind.len() >= end.len() && kind[kind.len() - end.len()..].eq_ignore_ascii_case(end)
}

fn is_text(kind: &[u8]) -> bool {
    const TEXTS: [&[u8]; 4] =
        [b"application/javascript", b"application/xml", b"application/xhtml+xml", b"image/svg+xml"];
    begins_with(kind, b"text/") || TEXTS.iter().any(|text| kind.eq_ignore_ascii_case(text))
}
