//! Cross-origin requests (WHATWG Fetch §3.3): what a browser needs to hear before a page may have the answer. All of them
//! are rules that only browsers have.

use super::super::names::FieldName;
use super::super::section::{Fields, Head};
use super::RequestHead;
use super::problems::Fault;
use super::target::authority;
use crate::layers::quoted::Quoted;

#[inline]
pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    // What begins another protocol has rules of its own.
    if status == 101 || !head.whole {
        return;
    }
    let Some(origin) = asked.fields.get(FieldName::Origin) else { return };
    if is_unchecked(origin, asked.fields) {
        return;
    }
    let wanted = asked.fields.get(FieldName::AccessControlRequestMethod).filter(|_| asked.method == b"OPTIONS");
    if let Some(wanted) = wanted {
        return preflight(head, status, (origin, wanted), asked, faults);
    }
    match head.get(FieldName::AccessControlAllowOrigin) {
        Some(allowed) if allowed != b"*" && allowed != origin => faults.push(Fault::OtherOriginAllowed {
            origin: Quoted::of(origin),
            allowed: Quoted::of(allowed),
            age: head.get(FieldName::Age).map(Quoted::of).filter(|_| !varies_by_origin(head)),
        }),
        Some(b"*") if head.get(FieldName::AccessControlAllowCredentials) == Some(b"true") => {
            faults.push(Fault::CredentialsForAll);
        }
        None if asked.fields.get(FieldName::SecFetchMode) == Some(b"cors") && is_foreign(origin, asked) => {
            faults.push(Fault::OriginNotAllowed(Quoted::of(origin)));
        }
        _ => {}
    }
}

/// Judges the value of Access-Control-Allow-Credentials.
pub(super) fn credentials(value: &[u8], faults: &mut Vec<Fault>) {
    if value != b"true" && value.eq_ignore_ascii_case(b"true") {
        faults.push(Fault::CredentialsNotTrue(Quoted::of(value)));
    }
}

fn preflight(
    head: &Head<'_>,
    status: u16,
    (origin, method): (&[u8], &[u8]),
    asked: RequestHead<'_>,
    faults: &mut Vec<Fault>,
) {
    match status {
        300..=399 => {
            return faults
                .push(Fault::PreflightRedirected(head.get(FieldName::Location).map(Quoted::of).unwrap_or_default()));
        }
        200..=299 => {}
        _ => return faults.push(Fault::PreflightRefused(status)),
    }
    let allowed = head.get(FieldName::AccessControlAllowOrigin);
    if allowed.is_none_or(|allowed| allowed != b"*" && allowed != origin) {
        return faults.push(match allowed {
            Some(allowed) => {
                Fault::OtherOriginAllowed { origin: Quoted::of(origin), allowed: Quoted::of(allowed), age: None }
            }
            None => Fault::PreflightLacks {
                field: FieldName::AccessControlAllowOrigin.as_str(),
                wanted: Quoted::of(origin),
            },
        });
    }
    let any = |name| head.list(name).any(|it| it == b"*");
    let is_simple = matches!(method, b"GET" | b"HEAD" | b"POST");
    let methods = FieldName::AccessControlAllowMethods;
    if !is_simple && !any(methods) && !head.list(methods).any(|it| it == method) {
        faults.push(Fault::PreflightLacks { field: methods.as_str(), wanted: Quoted::of(method) });
    }
    let fields = FieldName::AccessControlAllowHeaders;
    let asked_for = asked.fields.list(FieldName::AccessControlRequestHeaders);
    for field in asked_for {
        // Authorization has to be named (Fetch §4.8).
        let by_star = any(fields) && !field.eq_ignore_ascii_case(b"authorization");
        if !by_star && !head.lists(fields, field) {
            faults.push(Fault::PreflightLacks { field: fields.as_str(), wanted: Quoted::of(field) });
        }
    }
}

fn varies_by_origin(head: &Head<'_>) -> bool {
    head.list(FieldName::Vary).any(|field| field == b"*" || field.eq_ignore_ascii_case(b"origin"))
}

/// Whether the browser says, or a proxy does, that no CORS check follows: the page has the origin that it asks (a proxy may have
/// rewritten Host), or nobody reads the response but the browser itself (Fetch §3.3.1: only the mode "cors" is checked).
fn is_unchecked(origin: &[u8], asked: &Fields) -> bool {
    let says = |name, values: &[&[u8]]| asked.get(name).is_some_and(|said| values.contains(&said));
    says(FieldName::SecFetchSite, &[b"same-origin", b"none"])
        || asked.get(FieldName::SecFetchMode).is_some_and(|mode| mode != b"cors")
        || [FieldName::Host, FieldName::XForwardedHost]
            .into_iter()
            .any(|name| authority(origin).is_some_and(|origin| asked.lists(name, origin)))
}

/// Whether that origin is another host than the one asked.
fn is_foreign(origin: &[u8], asked: RequestHead<'_>) -> bool {
    match (authority(origin), asked.fields.get(FieldName::Host)) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}
