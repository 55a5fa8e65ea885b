//! Cross-origin requests (WHATWG Fetch §3.2): what a browser needs to hear before a page may have the answer. All of them
//! are rules that only browsers have.

use super::super::fault::{Fault, text};
use super::super::section::{Head, elements};
use super::RequestHead;
use super::target::authority;

pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    // What begins another protocol has rules of its own.
    if status == 101 || !head.whole {
        return;
    }
    let Some(origin) = asked.fields.get("origin") else { return };
    let wanted = asked.fields.get("access-control-request-method").filter(|_| asked.method == b"OPTIONS");
    if let Some(wanted) = wanted {
        return preflight(head, status, (origin, wanted), asked, faults);
    }
    match head.get("access-control-allow-origin") {
        Some(allowed) if allowed != b"*" && allowed != origin => faults.push(Fault::OtherOriginAllowed {
            origin: text(origin),
            allowed: text(allowed),
            age: head.get("age").map(text).filter(|_| !varies_by_origin(head)),
        }),
        Some(b"*") if head.get("access-control-allow-credentials") == Some(b"true") => {
            faults.push(Fault::CredentialsForAll);
        }
        None if asked.fields.get("sec-fetch-mode") == Some(b"cors") && is_foreign(origin, asked) => {
            faults.push(Fault::OriginNotAllowed(text(origin)));
        }
        _ => {}
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
            return faults.push(Fault::PreflightRedirected(head.get("location").map(text).unwrap_or_default()));
        }
        200..=299 => {}
        _ => return faults.push(Fault::PreflightRefused(status)),
    }
    let allowed = head.get("access-control-allow-origin");
    if allowed.is_none_or(|allowed| allowed != b"*" && allowed != origin) {
        return faults.push(match allowed {
            Some(allowed) => Fault::OtherOriginAllowed { origin: text(origin), allowed: text(allowed), age: None },
            None => Fault::PreflightLacks { field: "Access-Control-Allow-Origin", wanted: text(origin) },
        });
    }
    let any = |name| head.list(name).any(|it| it == b"*");
    let is_simple = matches!(method, b"GET" | b"HEAD" | b"POST");
    let methods = "access-control-allow-methods";
    if !is_simple && !any(methods) && !head.list(methods).any(|it| it == method) {
        faults.push(Fault::PreflightLacks { field: "Access-Control-Allow-Methods", wanted: text(method) });
    }
    let fields = "access-control-allow-headers";
    let asked_for = asked.fields.all("access-control-request-headers").flat_map(elements);
    for field in asked_for {
        // Authorization has to be named (Fetch §3.2.3).
        let by_star = any(fields) && !field.eq_ignore_ascii_case(b"authorization");
        if !by_star && !head.list(fields).any(|it| it.eq_ignore_ascii_case(field)) {
            faults.push(Fault::PreflightLacks { field: "Access-Control-Allow-Headers", wanted: text(field) });
        }
    }
}

fn varies_by_origin(head: &Head<'_>) -> bool {
    head.list("vary").any(|field| field == b"*" || field.eq_ignore_ascii_case(b"origin"))
}

/// Whether that origin is another host than the one asked.
fn is_foreign(origin: &[u8], asked: RequestHead<'_>) -> bool {
    match (authority(origin), asked.fields.get("host")) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}
