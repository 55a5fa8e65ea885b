//! Parts of a representation (RFC 9110 §14): what Content-Range says, beside what was asked for.

use super::super::names::{FieldName, NameSet};
use super::super::section::{Fields, Head, begins_with};
use super::super::start_line::{Parts, named_method};
use super::RequestHead;
use super::obligations::has_parts;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

/// What a Content-Range says: the first and last byte, and the length of the whole, where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) whole: Option<u64>,
}

pub(super) fn of_response(head: &Head<'_>, status: u16, asked: Option<RequestHead<'_>>, faults: &mut Vec<Fault>) {
    if status != 206 {
        return ignored(head, status, asked, faults);
    }
    let wanted = asked.and_then(|asked| asked.fields.get(FieldName::Range));
    if let Some(asked) = asked.filter(|asked| wanted.is_some() && asked.method != b"GET") {
        faults.push(Fault::RangeForOtherMethod(named_method(asked.method)));
    }
    if has_parts(head) {
        if let Some(wanted) = wanted.filter(|wanted| single(wanted).is_some()) {
            faults.push(Fault::PartsForOneRange(Quoted::of(wanted)));
        }
        if head.get(FieldName::ContentRange).is_some() {
            faults.push(Fault::RangeBesideParts);
        }
        return;
    }
    let Some(value) = head.get(FieldName::ContentRange).filter(|value| is_of_bytes(value)) else { return };
    if value.contains(&b',') {
        return faults.push(Fault::SeveralContentRanges(Quoted::of(value)));
    }
    let Some(range) = ContentRange::parse(value) else {
        return faults.push(Fault::MalformedContentRange(Quoted::of(value)));
    };
    if let Some(length) = declared_length(head).filter(|length| *length != range.length()) {
        faults.push(Fault::ContentRangeLength { said: Quoted::of(value), length: range.length(), body: length });
    }
    let Some((first, last)) = wanted.and_then(single) else { return };
    let fits = match (first, last) {
        (Some(first), _) if first != range.first => false,
        (Some(_), Some(last)) => range.last <= last,
        // The last bytes of the whole, this many.
        (None, Some(last)) => range.whole.is_none_or(|whole| range.first == whole.saturating_sub(last)),
        (_, None) => true,
    };
    if !fits {
        let asked = wanted.map(Quoted::of).unwrap_or_default();
        faults.push(Fault::OtherRange { asked, got: Quoted::of(value) });
    }
}

/// Judges a 200 in answer to a Range. A server may ignore it, but players of media depend on it.
fn ignored(head: &Head<'_>, status: u16, asked: Option<RequestHead<'_>>, faults: &mut Vec<Fault>) {
    let Some(asked) = asked.filter(|asked| status == 200 && asked.method == b"GET") else { return };
    let Some(wanted) = asked.fields.get(FieldName::Range).filter(|wanted| single(wanted).is_some()) else { return };
    let is_media = |kind: &[u8]| begins_with(kind, b"video/") || begins_with(kind, b"audio/");
    let is_whole = asked.fields.get(FieldName::IfRange).is_none() && wanted != b"bytes=0-";
    if is_whole && head.get(FieldName::ContentType).is_some_and(is_media) {
        faults.push(Fault::RangeIgnored(Quoted::of(wanted)));
    }
}

/// Judges a part by how much of it came, where no length was declared.
#[must_use]
pub fn judge_part(fields: &Fields, body: u64) -> Option<Fault> {
    const KNOWN_BEFORE: NameSet = NameSet::of(&[FieldName::ContentEncoding, FieldName::ContentLength]);
    let value = fields.get(FieldName::ContentRange).filter(|value| is_of_bytes(value) && !fields.has(KNOWN_BEFORE))?;
    let length = ContentRange::parse(value)?.length();
    (length != body).then(|| Fault::ContentRangeLength { said: Quoted::of(value), length, body })
}

/// Whether the content of a message with that head is a part of a representation. Codings were applied to the whole (RFC 9110
/// §8.4, §14.1.2), so a part can neither be decoded nor judged on its own.
#[must_use]
pub fn is_part(head: &Head<'_>) -> bool {
    let status = match head.start.map(|start| &start.parts) {
        Some(Parts::Status { status, .. }) => Some(*status),
        _ => None,
    };
    is_part_of(status, || head.get(FieldName::ContentRange))
}

/// The same for a response with that status, or a request, with that Content-Range: a client may send a part, too (§14.5).
#[must_use]
pub fn is_part_of<'a>(status: Option<u16>, range: impl FnOnce() -> Option<&'a [u8]>) -> bool {
    let range = match status {
        Some(206) => range(),
        Some(_) => return false,
        None => match range() {
            None => return false,
            range => range,
        },
    };
    let range = range.filter(|value| is_of_bytes(value)).and_then(ContentRange::parse);
    !range.is_some_and(|range| range.first == 0 && range.whole == Some(range.length()))
}

/// Other units are somebody else's.
fn is_of_bytes(value: &[u8]) -> bool {
    begins_with(value, b"bytes ")
}

fn declared_length(head: &Head<'_>) -> Option<u64> {
    if head.get(FieldName::TransferEncoding).is_some() || head.get(FieldName::ContentEncoding).is_some() {
        return None;
    }
    std::str::from_utf8(head.get(FieldName::ContentLength)?).ok()?.parse().ok()
}

impl ContentRange {
    /// `bytes first-last/whole` or `bytes first-last/*` (RFC 9110 §14.4); `None` where it is neither, or cannot be.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let value = std::str::from_utf8(value.get(6..)?).ok()?.trim();
        let (range, whole) = value.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let whole = if whole == "*" { None } else { Some(number(whole)?) };
        (first <= last && whole.is_none_or(|whole| last < whole)).then_some(Self { first, last, whole })
    }

    /// How many bytes that are.
    pub(super) fn length(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// The one range that a Range field asks for: `first-last`, `first-` or `-last`.
fn single(value: &[u8]) -> Option<(Option<u64>, Option<u64>)> {
    let value = std::str::from_utf8(value).ok()?;
    let (unit, range) = value.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.eq_ignore_ascii_case("bytes") || range.contains(',') {
        return None;
    }
    let bound = |digits: &str| if digits.is_empty() { Some(None) } else { number(digits).map(Some) };
    Some((bound(first)?, bound(last)?))
}

fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        let range = |first, last, whole| Some(ContentRange { first, last, whole });
        assert_eq!(ContentRange::parse(b"bytes 0-1023/2048"), range(0, 1023, Some(2048)));
        assert_eq!(ContentRange::parse(b"bytes 5-5/*"), range(5, 5, None));
        for bad in [&b"bytes 5-4/9"[..], b"bytes 0-9/9", b"bytes */9", b"bytes 0-9", b"bytes a-b/c", b"bytes +1-2/3"] {
            assert_eq!(ContentRange::parse(bad), None, "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(single(b"bytes=100-"), Some((Some(100), None)));
        assert_eq!(single(b"bytes=-5"), Some((None, Some(5))));
        assert_eq!(single(b"bytes=0-1,5-6"), None);
        assert_eq!(single(b"lines=0-1"), None);
    }
}
