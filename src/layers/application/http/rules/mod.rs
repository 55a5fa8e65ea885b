//! What RFC 9110 and its neighbours ask of a message's fields, one subject a file. Framing is not theirs.
//!
//! A request is judged when its head is there, a response against its request, as far as that was captured. What a hole in
//! the capture may have swallowed is never called missing.

mod conditional;
mod content;
mod cookies;
mod cors;
mod fields;
mod obligations;
mod range;
mod redirect;
mod refusal;
mod stream;
mod target;

pub use content::Sniffer;

use super::fault::Fault;
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
    let (method, target) = (head.slice(method), head.slice(target));
    obligations::of_request(head, faults);
    target::judge(head, method, target, faults);
    fields::judge(head, faults);
    conditional::of_request(head, faults);
    cookies::of_request(head, faults);
    content::of_request(head, method, faults);
}

/// Judges a response by its head, and by what it answers.
pub fn judge_response(head: &Head<'_>, asked: Option<RequestHead<'_>>, faults: &mut Vec<Fault>) {
    let Some(StartLine { parts: Parts::Status { status, .. }, .. }) = head.start else { return };
    let status = *status;
    obligations::of_response(head, status, asked.map(|asked| asked.fields), faults);
    fields::judge(head, faults);
    range::of_response(head, status, asked, faults);
    cookies::of_response(head, faults);
    let Some(asked) = asked else { return };
    conditional::of_response(head, status, asked, faults);
    content::of_response(head, status, asked, faults);
    cors::judge(head, status, asked, faults);
    stream::judge(head, status, asked, faults);
    redirect::judge(head, status, asked, faults);
    refusal::judge(status, asked, faults);
}

/// Whether the media type of a Content-Type or the like is `wanted`, parameters and case aside.
fn is_media_type(value: &[u8], wanted: &[u8]) -> bool {
    media_type(value).eq_ignore_ascii_case(wanted)
}

/// The media type without its parameters.
fn media_type(value: &[u8]) -> &[u8] {
    value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

/// The value of a parameter: `name=value` or `name="value"`, after a semicolon.
fn parameter<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    value.split(|byte| *byte == b';').skip(1).find_map(|parameter| {
        let at = parameter.iter().position(|byte| *byte == b'=')?;
        let (of_it, rest) = (parameter[..at].trim_ascii(), parameter[at + 1..].trim_ascii());
        of_it
            .eq_ignore_ascii_case(name)
            .then(|| rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(rest))
    })
}
