//! What is asked for, and from which host: the request target (RFC 9112 §3.2) and Host (RFC 9110 §7.2).

use super::super::names::FieldName;
use super::super::section::{Head, begins_with};
use super::super::start_line::named_method;
use super::super::words;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

#[inline]
pub(super) fn judge(head: &Head<'_>, method: &[u8], target: &[u8], faults: &mut Vec<Fault>) {
    if !words::are_ascii(target) {
        faults.push(Fault::TargetNotAscii(Quoted::of(target)));
    } else if words::contain(target, b'#') {
        faults.push(Fault::FragmentInTarget(Quoted::of(target)));
    } else if !has_form(method, target) && head.start.is_some_and(|start| start.fault.is_none()) {
        faults.push(Fault::MalformedTarget(Quoted::of(target)));
    }
    match target.first() {
        Some(b'*') if target == b"*" && method != b"OPTIONS" && method != b"PRI" => {
            faults.push(Fault::AsteriskNotOptions(named_method(method)));
        }
        // The authority of an absolute-form target: RFC 9110 §4.2.4.
        Some(byte) if byte.is_ascii_alphabetic() && has_user(target) => {
            faults.push(Fault::UserInfo("the request target"));
        }
        _ => {}
    }
    if target.first() != Some(&b'/') {
        host_is_the_targets(head, target, faults);
    }
}

/// Whether a target has one of the four forms (RFC 9112 §3.2). A missing target is reported elsewhere.
fn has_form(method: &[u8], target: &[u8]) -> bool {
    match target {
        [] | [b'*'] => true,
        [b'/', ..] => method != b"CONNECT",
        _ if method == b"CONNECT" => {
            is_host(target) && target.last().is_some_and(u8::is_ascii_digit) && target.contains(&b':')
        }
        [first, ..] => {
            let scheme = target.split(|byte| *byte == b':').next().unwrap_or_default();
            let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
            first.is_ascii_alphabetic() && scheme.len() < target.len() && scheme.iter().all(in_scheme)
        }
    }
}

/// In a target that is a whole URI, the host is the one that Host names (RFC 9112 §3.2); its port may be left out where it is the
/// scheme's.
fn host_is_the_targets(head: &Head<'_>, target: &[u8], faults: &mut Vec<Fault>) {
    let (Some(of_target), Some(host)) = (authority(target), head.get(FieldName::Host)) else { return };
    let of_target = of_target.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let bare = |host: &[u8]| {
        let port = if begins_with(target, b"https:") { &b":443"[..] } else { b":80" };
        host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase()
    };
    if is_host(host) && bare(of_target) != bare(host) {
        faults.push(Fault::HostUnlikeTarget { target: Quoted::of(of_target), host: Quoted::of(host) });
    }
}

/// Judges a URI in a field (RFC 9110 §4.2).
#[inline]
pub(super) fn uri(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    if has_user(value) {
        faults.push(Fault::UserInfo(name.as_str()));
    } else if lacks_host(value) {
        faults.push(Fault::UriWithoutHost(name.as_str()));
    }
    if name == FieldName::Referer && words::contain(value, b'#') {
        faults.push(Fault::FragmentInReferer(Quoted::of(value)));
    }
}

/// Whether it's an http or https URI with an empty host (RFC 9110 §4.2.1).
fn lacks_host(uri: &[u8]) -> bool {
    let rest = uri.strip_prefix(b"http").map(|rest| rest.strip_prefix(b"s").unwrap_or(rest));
    rest.and_then(|rest| rest.strip_prefix(b"://")).is_some_and(|rest| matches!(rest, [] | [b'/' | b'?' | b'#', ..]))
}

/// Judges the value of Host.
pub(super) fn host(value: &[u8], faults: &mut Vec<Fault>) {
    if !is_host(value) {
        faults.push(Fault::MalformedHost(Quoted::of(value)));
    }
}

/// Whether a URI's authority names a user.
fn has_user(uri: &[u8]) -> bool {
    words::contain(uri, b'@') && authority(uri).is_some_and(|authority| authority.contains(&b'@'))
}

/// The authority of a URI: what stands between `://` and the next `/`, `?` or `#`.
pub(super) fn authority(uri: &[u8]) -> Option<&[u8]> {
    let scheme = uri.iter().position(|byte| *byte == b':')?;
    let rest = uri[scheme..].strip_prefix(b"://")?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Which bytes a host's name may have: `unreserved`, `pct-encoded` and `sub-delims` (RFC 3986 §3.2.2), and non-ASCII
/// bytes, which are reported elsewhere.
static IN_HOSTS: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0);
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(
                byte as u8,
                b'-' | b'.' | b'_' | b'~' | b'%' | b'!' | b'$' | b'&' | b'\'' | b'('..=b',' | b';' | b'='
            )
            || byte >= 0x80;
        byte += 1;
    }
    table
};

/// `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2). An empty value says that there is no authority.
fn is_host(value: &[u8]) -> bool {
    let (host, port) = if let Some(rest) = value.strip_prefix(b"[") {
        let Some(end) = rest.iter().position(|byte| *byte == b']') else { return false };
        let address = rest[..end].split(|byte| *byte == b'%').next().unwrap_or_default();
        if address.is_empty() || !address.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.')) {
            return false;
        }
        (&b"a"[..], &rest[end + 1..])
    } else {
        value.split_at(value.iter().position(|byte| !IN_HOSTS[usize::from(*byte)]).unwrap_or(value.len()))
    };
    let is_port = match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_port && (!host.is_empty() || value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_and_a_port() {
        for good in ["a", "a.example:80", "[::1]:80", "[fe80::1%25en0]", "127.0.0.1", "", "a:", "xn--bcher-kva.example"]
        {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in ["https://a", "a/b", "a b", "a:b", "u@a", "[::1", "[x]", ":80", "a:80:90", "a?x"] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
