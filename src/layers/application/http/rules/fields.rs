//! Fields as such: those that may stand there once, what their values may be written in, dates and entity tags.

use super::super::fault::{Fault, text};
use super::super::names::{FieldName, NameSet};
use super::super::section::{Head, elements};
use super::super::words;

/// Fields whose value is no list, so that a message has them once (RFC 9110 §5.3). Those that frame a body, or that belong
/// to a WebSocket handshake, are judged where they are read; Cookie and Set-Cookie have rules of their own.
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
    if !words::are_ascii(head.block) {
        not_ascii(head, faults);
    }
}

/// Judges a date (RFC 9110 §5.6.7).
pub(super) fn date(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    if is_elsewhere(value) {
        faults.push(Fault::DateNotGmt { name: name.as_str(), value: text(value) });
    }
}

/// Judges an entity tag (RFC 9110 §8.8.3).
pub(super) fn entity_tag(value: &[u8], faults: &mut Vec<Fault>) {
    if !is_entity_tag(value) {
        faults.push(Fault::MalformedEntityTag { name: FieldName::ETag.as_str(), value: text(value) });
    }
}

/// TE is for the next hop only, and Connection must say so (RFC 9110 §10.1.4).
pub(super) fn te_is_named(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.whole && !names_connection(head, b"te") {
        faults.push(Fault::TeWithoutConnection);
    }
}

/// Whether Connection names that option.
pub(super) fn names_connection(head: &Head<'_>, option: &[u8]) -> bool {
    head.list(FieldName::Connection).any(|named| named.eq_ignore_ascii_case(option))
}

#[cold]
fn repeated(head: &Head<'_>, faults: &mut Vec<Fault>) {
    for name in SINGLE {
        let mut values = head.all(name);
        let Some(first) = values.next() else { continue };
        if let Some(other) = values.next() {
            faults.push(Fault::RepeatedField { name: name.as_str(), same: first == other });
        }
    }
}

#[cold]
fn not_ascii(head: &Head<'_>, faults: &mut Vec<Fault>) {
    let line = head.lines.iter().find(|line| !head.slice(&line.value).is_ascii());
    if let Some(line) = line {
        faults.push(Fault::ValueNotAscii(text(head.slice(&line.name))));
    }
}

/// Whether it is a date, and not in GMT: it begins with the day's name and ends with another zone, or with none.
fn is_elsewhere(value: &[u8]) -> bool {
    const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    if value.ends_with(b" GMT") {
        return false;
    }
    let begins = value.first_chunk::<3>().is_some_and(|day| DAYS.contains(&day));
    // asctime's form has no zone, and means GMT (RFC 9110 §5.6.7).
    let is_asctime = value.get(3) == Some(&b' ') && value.get(4).is_some_and(u8::is_ascii_alphabetic);
    begins && !is_asctime
}

/// `[ W/ ] DQUOTE *etagc DQUOTE` (RFC 9110 §8.8.3).
pub(super) fn is_entity_tag(value: &[u8]) -> bool {
    let opaque = value.strip_prefix(b"W/").unwrap_or(value);
    match opaque {
        [b'"', inner @ .., b'"'] => inner.iter().all(|byte| *byte > b' ' && !matches!(byte, b'"' | 0x7f)),
        _ => false,
    }
}

/// Whether two entity tags are the same but for their strength (RFC 9110 §8.8.3.2).
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
    fn a_date_in_another_zone_is_told() {
        for good in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "0", "-1"]
        {
            assert!(!is_elsewhere(good.as_bytes()), "{good}");
        }
        for bad in ["Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 09:49:37 +0100", "Sun, 06 Nov 1994 08:49:37"] {
            assert!(is_elsewhere(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn an_entity_tag_has_its_quotes() {
        assert!(["\"a\"", "W/\"a\"", "\"\""].iter().all(|tag| is_entity_tag(tag.as_bytes())));
        assert!(["a", "w/\"a\"", "\"a", "W/a", "\"a b\""].iter().all(|tag| !is_entity_tag(tag.as_bytes())));
        assert_eq!(entity_tags(b"\"a,b\", W/\"c\" ,\"d\""), [&b"\"a,b\""[..], b"W/\"c\"", b"\"d\""]);
        assert!(match_weakly(b"W/\"a\"", b"\"a\"") && !match_weakly(b"\"a\"", b"\"b\""));
    }
}
