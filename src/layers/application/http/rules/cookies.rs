//! Cookies (RFC 6265): what browsers send, and what they drop without a word.

use super::super::names::{FieldName, NameSet};
use super::super::section::{Head, begins_with};
use super::super::start_line::is_token;
use super::RequestHead;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

pub(super) fn of_request(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.repeats(NameSet::of(&[FieldName::Cookie])) {
        faults.push(Fault::SeveralCookies(head.all(FieldName::Cookie).count()));
    }
}

/// Judges the cookies of a response by the host that was asked for them. Behind a proxy that isn't the one that the browser knows.
#[inline]
pub(super) fn of_response(head: &Head<'_>, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    const BY_PROXY: NameSet = NameSet::of(&[
        FieldName::Forwarded,
        FieldName::Via,
        FieldName::XForwardedFor,
        FieldName::XForwardedHost,
        FieldName::XForwardedProto,
    ]);
    if !head.has(const { NameSet::of(&[FieldName::SetCookie]) }) || asked.fields.has(BY_PROXY) {
        return;
    }
    let Some(host) = asked.fields.get(FieldName::Host) else { return };
    let name = host.rsplitn(2, |byte| *byte == b':').last().unwrap_or(host);
    for cookie in head.all(FieldName::SetCookie) {
        // The last one counts (RFC 6265 §5.3).
        let attributes = cookie.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
        let domain = attributes.filter(|attribute| begins_with(attribute, b"domain=")).last();
        let Some(domain) = domain.map(|domain| &domain[b"domain=".len()..]) else { continue };
        let domain = domain.strip_prefix(b".").unwrap_or(domain);
        // No domain has an asterisk, but one that was redacted.
        let is_known = !domain.is_empty() && !domain.contains(&b'*');
        if is_known && !is_within(name, domain) {
            faults.push(Fault::CookieForOtherDomain {
                name: cookie_name(cookie),
                domain: Quoted::of(domain),
                host: Quoted::of(name),
            });
        }
    }
}

/// Whether a host is a domain, or lies in it (RFC 6265 §5.1.3). Nothing lies in an address.
fn is_within(host: &[u8], domain: &[u8]) -> bool {
    let (Some(at), false) = (host.len().checked_sub(domain.len()), host.is_empty()) else { return false };
    let is_name = host.iter().any(u8::is_ascii_alphabetic) && !host.contains(&b':');
    host[at..].eq_ignore_ascii_case(domain) && (at == 0 || is_name && host[at - 1] == b'.')
}

fn cookie_name(cookie: &[u8]) -> Quoted {
    Quoted::of(cookie.split(|byte| matches!(byte, b'=' | b';')).next().unwrap_or_default())
}

/// Judges the value of a Set-Cookie field.
pub(super) fn set_cookie(cookie: &[u8], faults: &mut Vec<Fault>) {
    let name = || cookie_name(cookie);
    let attributes = || cookie.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
    let secure = attributes().any(|attribute| attribute.eq_ignore_ascii_case(b"secure"));
    if attributes().any(|attribute| attribute.eq_ignore_ascii_case(b"samesite=none")) && !secure {
        faults.push(Fault::SameSiteWithoutSecure(name()));
    }
    let is_hosts = cookie.starts_with(b"__Host-");
    if !secure && (is_hosts || cookie.starts_with(b"__Secure-")) {
        faults.push(Fault::PrefixWithoutSecure(name()));
    } else if is_hosts
        && (attributes().any(|attribute| begins_with(attribute, b"domain="))
            || !attributes().any(|attribute| attribute.eq_ignore_ascii_case(b"path=/")))
    {
        faults.push(Fault::HostCookieElsewhere(name()));
    }
    let pair = cookie.split(|byte| *byte == b';').next().unwrap_or_default();
    if pair.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii().is_empty() || !pair.contains(&b'=') {
        faults.push(Fault::CookieWithoutName(Quoted::of(pair)));
    }
    faults.extend(attributes().find_map(second_cookie).map(|name| Fault::FoldedSetCookie(Quoted::of(name))));
}

/// The name of the cookie that follows an attribute after a comma, as where several fields were joined. A date has a comma, too,
/// and no equals sign after it.
fn second_cookie(attribute: &[u8]) -> Option<&[u8]> {
    let after = attribute.split(|byte| *byte == b',').skip(1).map(<[u8]>::trim_ascii);
    let mut names =
        after.filter_map(|after| after.split(|byte| *byte == b'=').next().filter(|name| name.len() < after.len()));
    names.find(|name| !name.is_empty() && name.iter().all(|byte| is_token(*byte)))
}
