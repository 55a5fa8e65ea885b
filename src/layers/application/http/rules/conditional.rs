//! Conditional requests (RFC 9110 §13): what they may ask, and whether the answer fits.

use super::super::fault::{Fault, text};
use super::super::section::Head;
use super::RequestHead;
use super::fields::{entity_tags, is_entity_tag, match_weakly};

pub(super) fn of_request(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if let Some(value) = head.get("if-range") {
        if value.starts_with(b"W/") {
            faults.push(Fault::WeakIfRange);
        } else if head.whole && head.get("range").is_none() {
            faults.push(Fault::IfRangeWithoutRange);
        }
    }
    for (name, shown) in [("if-match", "If-Match"), ("if-none-match", "If-None-Match")] {
        let Some(value) = head.get(name).filter(|value| *value != b"*") else { continue };
        if let Some(tag) = entity_tags(value).into_iter().find(|tag| !is_entity_tag(tag)) {
            faults.push(Fault::MalformedEntityTag { name: shown, value: text(tag) });
        }
    }
}

pub(super) fn of_response(response: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let (Some(tag), Some(held)) = (response.get("etag"), asked.fields.get("if-none-match")) else { return };
    let is_read = asked.method == b"GET" || asked.method == b"HEAD";
    let matches = held == b"*" || entity_tags(held).into_iter().any(|held| match_weakly(held, tag));
    match status {
        304 if !matches => {
            faults.push(Fault::OtherEntityTag { held: text(held), tag: text(tag) });
        }
        200 if matches && is_read && held != b"*" && asked.fields.get("range").is_none() => {
            faults.push(Fault::NotModifiedUnsaid(text(tag)));
        }
        _ => {}
    }
}
