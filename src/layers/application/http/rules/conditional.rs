//! Conditional requests (RFC 9110 §13): what they may ask, and whether the answer fits.

use super::super::fault::{Fault, text};
use super::super::names::FieldName;
use super::super::section::Head;
use super::RequestHead;
use super::fields::{entity_tags, is_entity_tag, match_weakly};

/// Judges the value of If-Range.
pub(super) fn if_range(head: &Head<'_>, value: &[u8], faults: &mut Vec<Fault>) {
    if value.starts_with(b"W/") {
        faults.push(Fault::WeakIfRange);
    } else if head.whole && head.get(FieldName::Range).is_none() {
        faults.push(Fault::IfRangeWithoutRange);
    }
}

/// Judges the value of If-Match or If-None-Match.
pub(super) fn if_match(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    if value == b"*" {
        return;
    }
    if let Some(tag) = entity_tags(value).into_iter().find(|tag| !is_entity_tag(tag)) {
        faults.push(Fault::MalformedEntityTag { name: name.as_str(), value: text(tag) });
    }
}

pub(super) fn of_response(response: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let (Some(held), Some(tag)) = (asked.fields.get(FieldName::IfNoneMatch), response.get(FieldName::ETag)) else {
        return;
    };
    let is_read = asked.method == b"GET" || asked.method == b"HEAD";
    let matches = held == b"*" || entity_tags(held).into_iter().any(|held| match_weakly(held, tag));
    match status {
        304 if !matches => {
            faults.push(Fault::OtherEntityTag { held: text(held), tag: text(tag) });
        }
        200 if matches && is_read && held != b"*" && asked.fields.get(FieldName::Range).is_none() => {
            faults.push(Fault::NotModifiedUnsaid(text(tag)));
        }
        _ => {}
    }
}
