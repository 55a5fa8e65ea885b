//! What RFC 9110 and its neighbours ask of a message's fields, one subject a file. Framing is not theirs.
//!
//! A request is judged when its head is there, and a response against its request, if that was captured. Something that
//! a hole in the capture may have swallowed is never reported as missing.

mod conditional;
mod content;
mod cookies;
mod cors;
mod date;
mod fields;
mod negotiation;
mod obligations;
mod problems;
mod range;
mod redirect;
mod refusal;
mod sniffer;
mod stream;
mod target;

pub use problems::Fault;
pub use range::{is_part, is_part_of, judge_part};
pub use sniffer::{Sniffer, coded_twice};

use super::names::{FieldName, NameSet};
use super::section::{Fields, Head};
use super::start_line::{Parts, StartLine};

/// What a response answers.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method, as sent.
    pub method: &'a [u8],
    /// The request target, as sent.
    pub target: &'a [u8],
    /// The version of the request line; (0, 9) where it has none.
    pub version: (u8, u8),
    /// Its header section.
    pub fields: &'a Fields,
}

/// Judges a request by its head; what there is to say goes to `faults`.
pub fn judge_request(head: &Head<'_>, faults: &mut Vec<Fault>) {
    let Some(StartLine { parts: Parts::Request { method, target }, .. }) = head.start else { return };
    target::judge(head, head.slice(method), head.slice(target), faults);
    each_field(head, faults);
    cookies::of_request(head, faults);
    content::of_request(head, head.slice(method), faults);
}

/// Judges a response by its head, and by what it answers.
pub fn judge_response(head: &Head<'_>, asked: Option<RequestHead<'_>>, faults: &mut Vec<Fault>) {
    let Some(StartLine { parts: Parts::Status { status, .. }, .. }) = head.start else { return };
    let status = *status;
    obligations::of_response(head, status, asked, faults);
    each_field(head, faults);
    date::in_order(head, faults);
    range::of_response(head, status, asked, faults);
    let Some(asked) = asked else { return };
    conditional::of_response(head, status, asked, faults);
    content::of_response(head, status, asked, faults);
    cors::judge(head, status, asked, faults);
    stream::judge(head, status, asked, faults);
    redirect::judge(head, status, asked, faults);
    negotiation::of_response(head, status, asked, faults);
    cookies::of_response(head, asked, faults);
    refusal::judge(head, status, asked, faults);
}

/// Judges a trailer section.
pub fn judge_trailers(head: &Head<'_>, faults: &mut Vec<Fault>) {
    fields::trailers(head, faults);
}

/// Fields that are judged by what else their head has, too.
const BESIDE_OTHERS: NameSet = NameSet::of(&[FieldName::IfRange, FieldName::Te, FieldName::Expect, FieldName::Upgrade]);

/// Judges the fields of a head one by one, each by its value and by what else the head has.
#[inline]
fn each_field(head: &Head<'_>, faults: &mut Vec<Fault>) {
    fields::judge(head, faults);
    if head.has(BESIDE_OTHERS) || !head.fresh.is_empty() {
        each_new_field(head, faults);
    }
}

fn each_new_field(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.has(BESIDE_OTHERS) {
        for line in head.lines {
            let value = head.slice(&line.value);
            match line.known {
                Some(FieldName::IfRange) => conditional::if_range(head, value, faults),
                Some(FieldName::Te) => fields::te(head, value, faults),
                Some(FieldName::Expect) => content::expected(head, value, faults),
                Some(FieldName::Upgrade) => obligations::upgrade_is_named(head, faults),
                _ => {}
            }
        }
    }
    for place in head.fresh.places(head.lines.len()) {
        let line = &head.lines[place];
        if let Some(name) = line.known {
            by_value(name, head.slice(&line.value), faults);
        }
    }
}

/// Judges a field whose value alone says whether something is wrong.
fn by_value(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    match name {
        // Expires is often no date at all, and means "already" then.
        FieldName::Date
        | FieldName::Expires
        | FieldName::IfModifiedSince
        | FieldName::IfUnmodifiedSince
        | FieldName::LastModified => date::judge(name, value, faults),
        FieldName::ETag => fields::entity_tag(value, faults),
        FieldName::ContentLocation | FieldName::Location | FieldName::Referer => target::uri(name, value, faults),
        FieldName::Host => target::host(value, faults),
        FieldName::ContentType => content::boundary(value, faults),
        FieldName::IfMatch | FieldName::IfNoneMatch => conditional::if_match(name, value, faults),
        FieldName::SetCookie => cookies::set_cookie(value, faults),
        FieldName::Connection => fields::connection(value, faults),
        FieldName::ProxyAuthenticate | FieldName::WwwAuthenticate => fields::realm(name, value, faults),
        FieldName::AccessControlAllowCredentials => cors::credentials(value, faults),
        _ => {}
    }
}
