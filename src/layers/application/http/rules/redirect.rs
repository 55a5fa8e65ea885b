//! Redirections (RFC 9110 §15.4): one without a destination, and one to where the client is already.

use super::super::names::FieldName;
use super::super::section::{Head, begins_with};
use super::RequestHead;
use super::problems::Fault;
use super::target::authority;
use crate::layers::quoted::Quoted;

pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return;
    }
    match head.get(FieldName::Location) {
        None if head.whole => faults.push(Fault::NoLocation(status)),
        // A 303 to another method's own URL is how a form is answered, and a cookie that comes with it can change what the URL
        // answers next.
        Some(location)
            if is_here(location, asked)
                && matches!(asked.method, b"GET" | b"HEAD")
                && head.get(FieldName::SetCookie).is_none() =>
        {
            faults.push(Fault::RedirectToItself(Quoted::of(location)));
        }
        Some(location) if came_by_https(asked) && is_same_by_https(location, asked) => {
            faults.push(Fault::RedirectToHttpsAgain(Quoted::of(location)));
        }
        _ => {}
    }
}

/// Whether a proxy says that its client speaks TLS to it.
fn came_by_https(asked: RequestHead<'_>) -> bool {
    asked.fields.get(FieldName::XForwardedProto).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https"))
}

/// Whether a Location is the URL that was asked for, with the scheme https.
fn is_same_by_https(location: &[u8], asked: RequestHead<'_>) -> bool {
    let Some(rest) = location.get(8..).filter(|_| begins_with(location, b"https://")) else { return false };
    is_here(&[b"http://", rest].concat(), asked)
}

/// Whether a Location is the very URL that was asked for, as far as that can be said without knowing the scheme: a
/// redirection to https is to somewhere else.
fn is_here(location: &[u8], asked: RequestHead<'_>) -> bool {
    let location = location.split(|byte| *byte == b'#').next().unwrap_or_default();
    let is_absolute = authority(location).is_some();
    let (host, path) = match (location.get(..7), authority(location)) {
        (Some(scheme), Some(host)) if scheme.eq_ignore_ascii_case(b"http://") => {
            (Some(host), location.get(7 + host.len()..).unwrap_or_default())
        }
        _ if is_absolute => return false,
        _ if location.starts_with(b"//") || !location.starts_with(b"/") => return false,
        _ => (None, location),
    };
    let asked_host = asked.fields.get(FieldName::Host);
    let bare = |host: &[u8]| host.strip_suffix(b":80").unwrap_or(host).to_ascii_lowercase();
    if let (Some(host), Some(asked_host)) = (host, asked_host)
        && bare(host) != bare(asked_host)
    {
        return false;
    }
    let path = if path.is_empty() { b"/" } else { path };
    let target = match authority(asked.target) {
        Some(authority) => asked.target.get(7 + authority.len()..).unwrap_or_default(),
        None => asked.target,
    };
    target == path
}
