//! What a request says about itself that a proxy passes on, by which it's recognised, together with its ends.

use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use memchr::memchr;

use crate::inspect::record::{Ends, Fields, Request};
use crate::layers::application::http::{FieldName, NameSet};

/// The key in RFC 6455's example, which half of all hand-made clients send.
const SAMPLE_KEY: &[u8] = b"dGhlIHNhbXBsZSBub25jZQ==";

/// What few requests have.
const RARE: NameSet = NameSet::of(&[FieldName::SecWebSocketKey, FieldName::XRequestId, FieldName::Traceparent]);

/// The weakest evidence: many requests have the same.
pub(super) const BY_AGENT: &str = "method, target and User-Agent";

/// Numbers that stand for what a request says; 0 if it doesn't say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// What a copy at least has in common with it: a key that nobody else has, or the method and the end of the target.
    pub(super) clue: u64,
    /// Whether that is such a key.
    by_key: bool,
    /// The method and the target.
    pub(super) call: u64,
    key: u64,
    host: u64,
    agent: u64,
    /// X-Request-ID.
    id: u64,
    /// The trace that Traceparent says it is part of.
    trace: u64,
}

impl Telling {
    pub(super) fn of(request: &Request, seed: &impl BuildHasher) -> Self {
        let Request { method, target, message } = request;
        let fields = &message.headers;
        let hash = |parts: &[&[u8]]| {
            let mut hasher = seed.build_hasher();
            for part in parts {
                hasher.write(part);
            }
            hasher.finish() | 1
        };
        let of_field = |name, of: fn(&[u8]) -> &[u8]| fields.get(name).map_or(0, |value| hash(&[of(value)]));
        let whole = |name| of_field(name, |value| value);
        let path = path(target);
        let call = hash(&[method, path]);
        let segment = last_segment(path);
        let clue = if segment.len() == path.len() { call } else { hash(&[method, segment]) };
        let (host, agent) = (whole(FieldName::Host), whole(FieldName::UserAgent));
        let common = Self { clue, by_key: false, call, key: 0, host, agent, id: 0, trace: 0 };
        if !fields.has(RARE) {
            return common;
        }
        let key = whole(FieldName::SecWebSocketKey);
        let by_key = fields.get(FieldName::SecWebSocketKey).is_some_and(is_unique);
        Self {
            clue: if by_key { key } else { clue },
            by_key,
            key,
            id: whole(FieldName::XRequestId),
            trace: of_field(FieldName::Traceparent, trace_id),
            ..common
        }
    }
}

/// Whether a request is a copy of another with the same clue: how strong the evidence is, and what it is.
pub(super) fn same(
    (of_outer, outer): (Ends, &Telling),
    (of_inner, inner): (Ends, &Telling),
    request: &Request,
) -> Option<(u8, &'static str)> {
    let [[client, proxy], [again, server]] = [of_outer, of_inner];
    // A host that talks to the same server, or from the same port, isn't a proxy.
    if proxy == server || client == again {
        return None;
    }
    let fits = proxy.ip() == again.ip();
    if inner.by_key {
        return (outer.key == inner.key).then_some((2 + u8::from(fits), FieldName::SecWebSocketKey.as_str()));
    }
    let differ = |one: u64, other: u64| one != 0 && other != 0 && one != other;
    let agree = |one: u64, other: u64| one != 0 && one == other;
    if differ(outer.key, inner.key) {
        return None;
    }
    let is_rewritten = outer.call != inner.call;
    let handed_down = if agree(outer.id, inner.id) {
        Some(FieldName::XRequestId)
    } else if agree(outer.trace, inner.trace) {
        Some(FieldName::Traceparent)
    } else {
        None
    };
    let named = || if client.ip() == again.ip() { None } else { names(&request.message.headers, client.ip()) };
    let vouched = handed_down.filter(|_| !is_rewritten).or_else(named).or(handed_down);
    if let Some(field) = vouched.filter(|_| fits || !is_rewritten) {
        return Some((2 + u8::from(fits), field.as_str()));
    }
    if !fits || is_rewritten || differ(outer.agent, inner.agent) {
        return None;
    }
    // If everything runs on one machine, addresses say nothing.
    let is_apart = client.ip() != server.ip();
    if agree(outer.host, inner.host) {
        Some((1, "method, target and Host"))
    } else if is_apart && agree(outer.agent, inner.agent) {
        Some((1, BY_AGENT))
    } else {
        None
    }
}

/// Whether that evidence is a field that a service also hands down to other requests.
pub(super) fn is_handed_down(by: &str) -> bool {
    [FieldName::XRequestId, FieldName::Traceparent].into_iter().any(|field| by == field.as_str())
}

/// Whether one of two targets is the other without what a proxy put before it or took off.
pub(super) fn is_mapped(one: &[u8], other: &[u8]) -> bool {
    let [one, other] = [path(one), path(other)];
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    long == short || (short.first() == Some(&b'/') && long.ends_with(short))
}

/// Whether a key can be assumed to be unique. Redacted captures have a nonce of sixteen equal bytes.
fn is_unique(key: &[u8]) -> bool {
    let is_monotonous = key.len() > 20 && key[4..20] == key[..16];
    key != SAMPLE_KEY && !is_monotonous && !key.is_empty()
}

/// A target without scheme and authority, which it has on the way to a proxy (RFC 9112 §3.2.2).
fn path(target: &[u8]) -> &[u8] {
    if target.first() == Some(&b'/') {
        return target;
    }
    let Some(authority) = memchr(b'/', target).and_then(|at| target[at..].strip_prefix(b"//")) else { return target };
    memchr(b'/', authority).map_or(b"/", |at| &authority[at..])
}

/// What's left of a target after a proxy that maps one folder to another.
fn last_segment(path: &[u8]) -> &[u8] {
    let mut start = 0;
    for (at, byte) in path.iter().enumerate() {
        match byte {
            b'/' => start = at,
            b'?' => break,
            _ => {}
        }
    }
    &path[start..]
}

/// The trace-id of a Traceparent (W3C Trace Context §3.2).
fn trace_id(traceparent: &[u8]) -> &[u8] {
    traceparent.split(|byte| *byte == b'-').nth(1).unwrap_or(traceparent)
}

/// The field by which a proxy says on whose behalf it asks, if it names that client.
fn names(fields: &Fields, client: IpAddr) -> Option<FieldName> {
    let is_client = |node: &[u8]| address(node).is_some_and(|it| it.to_canonical() == client.to_canonical());
    if fields.list(FieldName::XForwardedFor).any(is_client) {
        return Some(FieldName::XForwardedFor);
    }
    // RFC 7239 §4.
    let pairs = fields.list(FieldName::Forwarded).flat_map(|element| element.split(|byte| *byte == b';'));
    let mut nodes =
        pairs.map(<[u8]>::trim_ascii).filter(|pair| pair.len() > 4 && pair[..4].eq_ignore_ascii_case(b"for="));
    nodes.any(|pair| is_client(&pair[4..])).then_some(FieldName::Forwarded)
}

/// The address in `192.0.2.1`, `192.0.2.1:4711`, `"[2001:db8::1]:4711"` and the like.
fn address(node: &[u8]) -> Option<IpAddr> {
    let node = std::str::from_utf8(node).ok()?.trim_matches('"');
    let bare = node.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let host = bare
        .unwrap_or_else(|| if node.matches(':').count() == 1 { node.split(':').next().unwrap_or(node) } else { node });
    host.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_compared_without_what_a_proxy_takes_off() {
        assert_eq!(path(b"http://a.example/b?c"), b"/b?c");
        assert_eq!(path(b"http://a.example"), b"/");
        assert_eq!(path(b"/b//c"), b"/b//c");
        assert_eq!(path(b"//b/c"), b"//b/c");
        assert_eq!(path(b"*"), b"*");
        assert_eq!(last_segment(b"/api/v1/users?of=/x"), b"/users?of=/x");
        assert_eq!(last_segment(b"/"), b"/");
        assert_eq!(last_segment(b"*"), b"*");
    }

    #[test]
    fn a_client_is_found_in_what_proxies_say_of_it() {
        let named = |text: &str, client: &str| {
            names(&Fields::parse(format!("{text}\r\n\r\n").as_bytes()), client.parse().unwrap()).map(FieldName::as_str)
        };
        assert_eq!(named("X-Forwarded-For: 192.0.2.7, 10.0.0.1", "10.0.0.1"), Some("X-Forwarded-For"));
        assert_eq!(named("X-Forwarded-For: 192.0.2.7:4711", "192.0.2.7"), Some("X-Forwarded-For"));
        assert_eq!(named("X-Forwarded-For: 2001:db8::7", "2001:db8::7"), Some("X-Forwarded-For"));
        assert_eq!(named("X-Forwarded-For: 192.0.2.77", "192.0.2.7"), None);
        assert_eq!(named("Forwarded: proto=http; For=\"[2001:db8::7]:4711\"", "2001:db8::7"), Some("Forwarded"));
        assert_eq!(named("Forwarded: for=_hidden;by=192.0.2.7", "192.0.2.7"), None);
    }

    #[test]
    fn keys_that_many_send_tell_nothing() {
        assert!(is_unique(b"HbpBpo9g67L6Nn+TW0HfwA=="));
        assert!(!is_unique(SAMPLE_KEY));
        assert!(!is_unique(b"KioqKioqKioqKioqKioqKg=="));
    }
}
