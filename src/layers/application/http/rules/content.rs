//! Content, its type and its coding (RFC 9110 §8): what is promised of it.

use super::super::content_type::{media_type, parameter};
use super::super::names::FieldName;
use super::super::section::{Head, begins_with, elements};
use super::RequestHead;
use super::negotiation::is_json;
use super::problems::Fault;
use crate::layers::presentation::coding::Coding;
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
    if status == 200
        && asked.method != b"HEAD"
        && head.get(FieldName::ContentLength) == Some(b"0")
        && head.get(FieldName::ContentType).is_some_and(|kind| is_json(media_type(kind)))
    {
        faults.push(Fault::EmptyJson);
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
