//! What kind of representation a client asked for, and what came (RFC 9110 §12): a page where a program expects data, and
//! types that a browser refuses.

use memchr::{memchr, memmem};

use super::super::content_type::{is_event_stream, is_media_type, media_type, parameter};
use super::super::names::{FieldName, NameSet};
use super::super::section::{Head, begins_with};
use super::RequestHead;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

/// What a request says of the kind that it wants.
const WISHES: NameSet = NameSet::of(&[FieldName::Accept, FieldName::SecFetchDest]);

/// The only Accept that browsers send for a style sheet (WHATWG Fetch §4.1), and for nothing else.
const FOR_STYLE: &[u8] = b"text/css,*/*;q=0.1";

#[inline]
pub(super) fn of_response(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if matches!(status, 200 | 203) && asked.fields.has(WISHES) {
        judge(head, asked, faults);
    }
}

#[inline]
fn judge(head: &Head<'_>, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let Some(kind) = head.get(FieldName::ContentType) else { return };
    let is_html = is_media_type(kind, b"text/html");
    let anything = asked.fields.get(FieldName::Accept).is_none_or(|accepted| {
        takes_anything(accepted) && accepted != FOR_STYLE && !(is_html && memmem::find(accepted, b"json").is_some())
    });
    // Nearly all requests take anything, which is quickly seen.
    if !anything || asked.fields.has(const { NameSet::of(&[FieldName::SecFetchDest]) }) {
        judge_kind(head, media_type(kind), asked, faults);
    }
}

/// Whether a list of media ranges has the one for all.
fn takes_anything(mut accepted: &[u8]) -> bool {
    while let Some(at) = memchr(b'*', accepted) {
        if accepted[at..].starts_with(b"*/*") {
            return true;
        }
        accepted = &accepted[at + 1..];
    }
    false
}

fn judge_kind(head: &Head<'_>, kind: &[u8], asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if !kind.contains(&b'/') {
        return;
    }
    let is_html = kind.eq_ignore_ascii_case(b"text/html");
    let purpose = Purpose::of(asked);
    if let Some(purpose) = purpose {
        if is_html {
            return faults.push(Fault::HtmlInstead(purpose.words()));
        }
        if says_nosniff(head) && !purpose.takes(kind) {
            return faults.push(Fault::BlockedByType { kind: Quoted::of(kind), purpose: purpose.words() });
        }
    }
    // What an EventSource gets has rules of its own.
    let accepted = asked.fields.get(FieldName::Accept).filter(|accepted| !is_event_stream(accepted));
    let Some(accepted) = accepted else { return };
    let names_json = asked.fields.list(FieldName::Accept).any(|range| is_json(media_type(range)));
    let names_html = asked.fields.list(FieldName::Accept).any(|range| {
        let range = media_type(range);
        [&b"text/html"[..], b"text/*", b"application/xhtml+xml"].iter().any(|it| range.eq_ignore_ascii_case(it))
    });
    if is_html && names_json && !names_html {
        faults.push(Fault::HtmlInstead("JSON"));
    } else if !is_accepted(kind, asked) {
        faults.push(Fault::TypeNotAccepted { kind: Quoted::of(kind), accepted: Quoted::of(accepted) });
    }
}

/// What a browser wants a response for, where that decides which types will do (WHATWG Fetch §2.2.5, §3.6).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Script,
    Style,
}

impl Purpose {
    fn of(asked: RequestHead<'_>) -> Option<Self> {
        match asked.fields.get(FieldName::SecFetchDest) {
            Some(b"script" | b"worker" | b"sharedworker" | b"serviceworker" | b"audioworklet" | b"paintworklet") => {
                Some(Self::Script)
            }
            Some(b"style") => Some(Self::Style),
            None if asked.fields.get(FieldName::Accept) == Some(FOR_STYLE) => Some(Self::Style),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Script => "a script",
            Self::Style => "a style sheet",
        }
    }

    /// Whether a response of that type will do where nobody may guess.
    fn takes(self, kind: &[u8]) -> bool {
        match self {
            Self::Script => is_javascript(kind),
            Self::Style => kind.eq_ignore_ascii_case(b"text/css"),
        }
    }
}

/// Whether X-Content-Type-Options says so (WHATWG Fetch §3.6): its first value counts.
fn says_nosniff(head: &Head<'_>) -> bool {
    head.list(FieldName::XContentTypeOptions).next().is_some_and(|it| it.eq_ignore_ascii_case(b"nosniff"))
}

/// Whether it's one of the JavaScript MIME types (WHATWG MIME Sniffing §4.6).
fn is_javascript(kind: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"javascript", b"ecmascript", b"x-javascript", b"x-ecmascript", b"jscript"];
    const OLD: [&[u8]; 8] = [
        b"text/livescript",
        b"text/javascript1.0",
        b"text/javascript1.1",
        b"text/javascript1.2",
        b"text/javascript1.3",
        b"text/javascript1.4",
        b"text/javascript1.5",
        b"text/x-javascript",
    ];
    let name = kind.iter().position(|byte| *byte == b'/').map_or(kind, |at| &kind[at + 1..]);
    (begins_with(kind, b"text/") || begins_with(kind, b"application/"))
        && NAMES.iter().any(|it| name.eq_ignore_ascii_case(it))
        || OLD.iter().any(|it| kind.eq_ignore_ascii_case(it))
}

/// Whether a type is JSON, or a kind of it.
pub(super) fn is_json(kind: &[u8]) -> bool {
    let suffix = kind.len().checked_sub(b"+json".len()).map(|at| &kind[at..]);
    is_media_type(kind, b"application/json") || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+json"))
}

/// Whether Accept takes a type (RFC 9110 §12.5.1). A list with something in it that's no media range takes everything.
fn is_accepted(kind: &[u8], asked: RequestHead<'_>) -> bool {
    let group = &kind[..=kind.iter().position(|byte| *byte == b'/').unwrap_or_default()];
    let (mut best, mut ranges) = (None, 0);
    for range in asked.fields.list(FieldName::Accept) {
        let name = media_type(range);
        let Some(at) = name.iter().position(|byte| *byte == b'/') else { return true };
        ranges += 1;
        let precision = if name.eq_ignore_ascii_case(kind) {
            2
        } else if name.ends_with(b"/*") && (at == 1 && name[0] == b'*') {
            0
        } else if name.ends_with(b"/*") && name[..=at].eq_ignore_ascii_case(group) {
            1
        } else {
            continue;
        };
        let is_refused = parameter(range, b"q").is_some_and(|q| q.iter().all(|byte| matches!(byte, b'0' | b'.')));
        if best.is_none_or(|(before, _)| precision >= before) {
            best = Some((precision, !is_refused));
        }
    }
    ranges == 0 || best.is_some_and(|(_, takes)| takes)
}
