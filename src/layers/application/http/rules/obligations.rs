//! What a message must have because of its status code or one of its fields (RFC 9110); framing isn't its subject.

use super::super::content_type::is_media_type;
use super::super::names::FieldName;
use super::super::section::{Fields, Head};
use super::RequestHead;
use super::fields::names_connection;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

/// What a response must have, and what it may only have, or be, if the request, where that was captured, asked for it.
#[inline]
pub(super) fn of_response(head: &Head<'_>, status: u16, asked: Option<RequestHead<'_>>, faults: &mut Vec<Fault>) {
    if status < 200 && asked.is_some_and(|asked| asked.version == (1, 0)) {
        faults.push(Fault::InterimToOldVersion(status));
    }
    let lacks = |name| head.whole && head.get(name).is_none();
    match status {
        101 | 426 if lacks(FieldName::Upgrade) => faults.push(Fault::NoUpgrade(status)),
        101 => upgrade_was_asked(head, asked.map(|asked| asked.fields), faults),
        206 if lacks(FieldName::ContentRange) && !has_parts(head) => faults.push(Fault::NoContentRange),
        401 if lacks(FieldName::WwwAuthenticate) => faults.push(Fault::NoChallenge),
        405 if lacks(FieldName::Allow) => faults.push(Fault::NoAllow),
        407 if lacks(FieldName::ProxyAuthenticate) => faults.push(Fault::NoProxyChallenge),
        _ => {}
    }
}

/// Upgrade applies to the next hop only, and Connection must say so (RFC 9110 §7.8).
pub(super) fn upgrade_is_named(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.whole && !names_connection(head, b"upgrade") {
        faults.push(Fault::UpgradeWithoutConnection);
    }
}

/// Whether each part of the content itself says which part it is (RFC 9110 §14.6).
pub(super) fn has_parts(head: &Head<'_>) -> bool {
    head.get(FieldName::ContentType).is_some_and(|kind| is_media_type(kind, b"multipart/byteranges"))
}

fn upgrade_was_asked(head: &Head<'_>, request: Option<&Fields>, faults: &mut Vec<Fault>) {
    let Some(request) = request else { return };
    let offered = || request.list(FieldName::Upgrade);
    for chosen in head.list(FieldName::Upgrade) {
        if !request.lists(FieldName::Upgrade, chosen) {
            let all: Vec<&[u8]> = offered().collect();
            let offered = (!all.is_empty()).then(|| Quoted::of(&all.join(&b", "[..])));
            faults.push(Fault::UpgradeNotAsked { chosen: Quoted::of(chosen), offered });
        }
    }
}
