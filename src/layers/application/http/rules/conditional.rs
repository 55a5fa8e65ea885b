//! Conditional requests (RFC 9110 §13): what they may ask, and whether the answer fits.

use super::super::names::FieldName;
use super::super::section::Head;
use super::fields::{entity_tags, is_entity_tag, match_weakly};
use super::problems::Fault;
use super::{RequestHead, date};
use crate::layers::quoted::Quoted;

/// Judges the value of If-Range.
pub(super) fn if_range(head: &Head<'_>, value: &[u8], faults: &mut Vec<Fault>) {
    if value.starts_with(b"W/") {
        faults.push(Fault::WeakIfRange);
    } else if head.whole && head.get(FieldName::Range).is_none() {
        faults.push(Fault::IfRangeWithoutRange);
    } else if !is_entity_tag(value) && !date::begins_with_day(value) {
        faults.push(Fault::MalformedEntityTag { name: FieldName::IfRange.as_str(), value: Quoted::of(value) });
    }
}

/// Judges the value of If-Match or If-None-Match.
pub(super) fn if_match(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    if value == b"*" {
        return;
    }
    if let Some(tag) = entity_tags(value).into_iter().find(|tag| !is_entity_tag(tag)) {
        faults.push(Fault::MalformedEntityTag { name: name.as_str(), value: Quoted::of(tag) });
    }
}

/// If-Range asks for the whole representation if it has changed by now (RFC 9110 §13.1.5).
fn part_is_of_that_version(response: &Head<'_>, held: &[u8], faults: &mut Vec<Fault>) {
    let name = if date::begins_with_day(held) { FieldName::LastModified } else { FieldName::ETag };
    if let Some(got) = response.get(name).filter(|got| *got != held) {
        faults.push(Fault::IfRangeIgnored { held: Quoted::of(held), got: Quoted::of(got) });
    }
}

pub(super) fn of_response(response: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if status == 206
        && let Some(held) = asked.fields.get(FieldName::IfRange)
    {
        part_is_of_that_version(response, held, faults);
    }
    let Some(held) = asked.fields.get(FieldName::IfNoneMatch) else { return };
    let Some(tag) = response.get(FieldName::ETag) else { return };
    let is_read = asked.method == b"GET" || asked.method == b"HEAD";
    let matches = held == b"*" || entity_tags(held).into_iter().any(|held| match_weakly(held, tag));
    match status {
        304 if !matches => {
            faults.push(Fault::OtherEntityTag { held: Quoted::of(held), tag: Quoted::of(tag) });
        }
        200 if matches && is_read && held != b"*" && asked.fields.get(FieldName::Range).is_none() => {
            faults.push(Fault::NotModifiedUnsaid(Quoted::of(tag)));
        }
        _ => {}
    }
}
