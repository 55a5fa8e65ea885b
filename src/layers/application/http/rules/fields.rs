//! Fields in general: which may appear only once, which bytes their values may have, which are for the next hop, and
//! entity tags.

use memchr::memmem;

use super::super::content_type::media_type;
use super::super::names::{FieldName, NameSet};
use super::super::section::{Head, elements};
use super::problems::Fault;
use crate::layers::quoted::Quoted;

/// Fields whose value isn't a list, so a message can have them only once (RFC 9110 §5.3). Fields that frame a body or
/// belong to a WebSocket handshake are judged where they're read; Cookie and Set-Cookie have their own rules.
const SINGLE: [FieldName; 24] = [
    FieldName::Age,
    FieldName::Authorization,
    FieldName::ContentLocation,
    FieldName::ContentRange,
    FieldName::ContentType,
    FieldName::Date,
    FieldName::ETag,
    FieldName::Expires,
    FieldName::From,
    FieldName::IfModifiedSince,
    FieldName::IfRange,
    FieldName::IfUnmodifiedSince,
    FieldName::LastModified,
    FieldName::Location,
    FieldName::MaxForwards,
    FieldName::Origin,
    FieldName::ProxyAuthorization,
    FieldName::Range,
    FieldName::Referer,
    FieldName::RetryAfter,
    FieldName::Server,
    FieldName::UserAgent,
    FieldName::AccessControlAllowOrigin,
    FieldName::AccessControlAllowCredentials,
];

pub(super) fn judge(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.repeats(const { NameSet::of(&SINGLE) }) {
        repeated(head, faults);
    }
    if !head.is_ascii {
        not_ascii(head, faults);
    }
}

/// Judges an entity tag (RFC 9110 §8.8.3).
#[inline]
pub(super) fn entity_tag(value: &[u8], faults: &mut Vec<Fault>) {
    if !is_entity_tag(value) {
        faults.push(Fault::MalformedEntityTag { name: FieldName::ETag.as_str(), value: Quoted::of(value) });
    }
}

/// Judges the value of TE. It's for the next hop only, and Connection must say so (RFC 9110 §10.1.4). It must not list
/// chunked, which every client accepts (RFC 9112 §7.4).
pub(super) fn te(head: &Head<'_>, value: &[u8], faults: &mut Vec<Fault>) {
    if head.whole && !names_connection(head, b"te") {
        faults.push(Fault::TeWithoutConnection);
    }
    if elements(value).any(|coding| media_type(coding).eq_ignore_ascii_case(b"chunked")) {
        faults.push(Fault::ChunkedInTe);
    }
}

/// Fields that are meant for everybody, and never for the next hop alone.
const END_TO_END: NameSet = NameSet::of(&[
    FieldName::Accept,
    FieldName::AcceptEncoding,
    FieldName::Authorization,
    FieldName::CacheControl,
    FieldName::ContentEncoding,
    FieldName::ContentLength,
    FieldName::ContentLocation,
    FieldName::ContentRange,
    FieldName::ContentType,
    FieldName::Cookie,
    FieldName::Date,
    FieldName::ETag,
    FieldName::Expires,
    FieldName::Host,
    FieldName::IfMatch,
    FieldName::IfModifiedSince,
    FieldName::IfNoneMatch,
    FieldName::IfRange,
    FieldName::IfUnmodifiedSince,
    FieldName::LastModified,
    FieldName::Location,
    FieldName::Origin,
    FieldName::Range,
    FieldName::Referer,
    FieldName::SetCookie,
    FieldName::UserAgent,
    FieldName::Vary,
]);

/// Judges the value of Connection (RFC 9110 §7.6.1).
pub(super) fn connection(value: &[u8], faults: &mut Vec<Fault>) {
    if matches!(value, b"keep-alive" | b"Keep-Alive" | b"close" | b"Upgrade" | b"upgrade") {
        return; // As nearly all are.
    }
    let end_to_end =
        |option| FieldName::of(option).filter(|name| END_TO_END.meets(NameSet::of(&[*name]))).map(FieldName::as_str);
    faults.extend(elements(value).find_map(end_to_end).map(Fault::EndToEndOption));
}

/// Judges a challenge: its realm is a quoted string (RFC 9110 §11.5).
pub(super) fn realm(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    // What stands between quotes is every other part.
    let bare = |part: &[u8]| {
        let at = memmem::find(&part.to_ascii_lowercase(), b"realm=").filter(|at| {
            // "realm" is the end of another word, or the quote follows it.
            at + 6 < part.len() && (*at == 0 || matches!(part[at - 1], b' ' | b'\t' | b','))
        });
        at.is_some()
    };
    if value.split(|byte| *byte == b'"').step_by(2).any(bare) {
        faults.push(Fault::RealmNotQuoted(name.as_str()));
    }
}

/// Judges a trailer section: what has to be known before the content doesn't count in it (RFC 9110 §6.5.1).
pub(super) fn trailers(head: &Head<'_>, faults: &mut Vec<Fault>) {
    const HEADERS_ONLY: NameSet = NameSet::of(&[
        FieldName::Authorization,
        FieldName::Connection,
        FieldName::ContentEncoding,
        FieldName::ContentLength,
        FieldName::ContentRange,
        FieldName::ContentType,
        FieldName::Cookie,
        FieldName::Expect,
        FieldName::Host,
        FieldName::IfMatch,
        FieldName::IfModifiedSince,
        FieldName::IfNoneMatch,
        FieldName::IfRange,
        FieldName::IfUnmodifiedSince,
        FieldName::Location,
        FieldName::MaxForwards,
        FieldName::ProxyAuthenticate,
        FieldName::ProxyAuthorization,
        FieldName::Range,
        FieldName::RetryAfter,
        FieldName::SetCookie,
        FieldName::Te,
        FieldName::Trailer,
        FieldName::TransferEncoding,
        FieldName::Upgrade,
        FieldName::Vary,
        FieldName::WwwAuthenticate,
    ]);
    for line in head.lines {
        if let Some(name) = line.known.filter(|name| HEADERS_ONLY.meets(NameSet::of(&[*name]))) {
            faults.push(Fault::NotForTrailers(name.as_str()));
        }
    }
}

/// Whether Connection names that option.
pub(super) fn names_connection(head: &Head<'_>, option: &[u8]) -> bool {
    head.lists(FieldName::Connection, option)
}

#[cold]
fn repeated(head: &Head<'_>, faults: &mut Vec<Fault>) {
    for name in SINGLE {
        let mut values = head.all(name);
        let Some(first) = values.next() else { continue };
        if let Some(other) = values.next() {
            let differing = (first != other).then(|| Quoted::of(other));
            faults.push(Fault::RepeatedField { name: name.as_str(), first: Quoted::of(first), differing });
        }
    }
}

#[cold]
fn not_ascii(head: &Head<'_>, faults: &mut Vec<Fault>) {
    let line = head.lines.iter().find(|line| !head.slice(&line.value).is_ascii());
    if let Some(line) = line {
        faults.push(Fault::ValueNotAscii(Quoted::of(head.slice(&line.name))));
    }
}

/// `[ W/ ] DQUOTE *etagc DQUOTE` (RFC 9110 §8.8.3).
pub(super) fn is_entity_tag(value: &[u8]) -> bool {
    let opaque = value.strip_prefix(b"W/").unwrap_or(value);
    match opaque {
        [b'"', inner @ .., b'"'] => inner.iter().all(|byte| *byte > b' ' && !matches!(byte, b'"' | 0x7f)),
        _ => false,
    }
}

/// Whether two entity tags are the same, apart from being weak or strong (RFC 9110 §8.8.3.2).
pub(super) fn match_weakly(one: &[u8], other: &[u8]) -> bool {
    let opaque = |tag| <[u8]>::strip_prefix(tag, b"W/").unwrap_or(tag).to_vec();
    opaque(one) == opaque(other)
}

/// The entity tags of If-Match or If-None-Match, split at commas outside of quotes.
pub(super) fn entity_tags(value: &[u8]) -> Vec<&[u8]> {
    let (mut tags, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in value.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                tags.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    tags.push(&value[start..]);
    tags.into_iter()
        .flat_map(|tag| if tag.contains(&b'"') { vec![tag.trim_ascii()] } else { elements(tag).collect() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_tag_has_its_quotes() {
        assert!(["\"a\"", "W/\"a\"", "\"\""].iter().all(|tag| is_entity_tag(tag.as_bytes())));
        assert!(["a", "w/\"a\"", "\"a", "W/a", "\"a b\""].iter().all(|tag| !is_entity_tag(tag.as_bytes())));
        assert_eq!(entity_tags(b"\"a,b\", W/\"c\" ,\"d\""), [&b"\"a,b\""[..], b"W/\"c\"", b"\"d\""]);
        assert!(match_weakly(b"W/\"a\"", b"\"a\"") && !match_weakly(b"\"a\"", b"\"b\""));
    }
}
