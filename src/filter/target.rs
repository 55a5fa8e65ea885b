//! What a request target says about where the request goes (RFC 9112 §3.2).

use crate::inspect::record::Request;
use crate::layers::application::http::FieldName;

/// The host that a request is for, as named in its target, else in its Host field; without the port.
pub(super) fn host(request: &Request) -> Option<&[u8]> {
    let named = authority(request).or_else(|| request.message.headers.get(FieldName::Host))?;
    // Behind an at sign, which belongs in no Host, browsers find the host, too.
    let named = named.rsplit(|byte| *byte == b'@').next().unwrap_or(named);
    Some(match (named.first(), named.iter().position(|byte| *byte == b']')) {
        (Some(b'['), Some(end)) => named.get(1..end).unwrap_or_default(),
        _ => named.split(|byte| *byte == b':').next().unwrap_or(named),
    })
}

/// The path of a target, without its query; the whole target in its authority and asterisk forms.
pub(super) fn path(request: &Request) -> &[u8] {
    let target = &request.target[..];
    let path = match behind_scheme(target) {
        Some(rest) => rest.iter().position(|byte| b"/?#".contains(byte)).map_or(&b"/"[..], |at| &rest[at..]),
        None => target,
    };
    path.split(|byte| b"?#".contains(byte)).next().unwrap_or(path)
}

fn authority(request: &Request) -> Option<&[u8]> {
    if request.method == b"CONNECT" {
        return Some(&request.target);
    }
    behind_scheme(&request.target)?.split(|byte| b"/?#".contains(byte)).next()
}

/// What follows `://` in a target in absolute form.
fn behind_scheme(target: &[u8]) -> Option<&[u8]> {
    let scheme = target.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(byte))?;
    target.get(scheme..)?.strip_prefix(b"://").filter(|_| scheme > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{Fields, HttpMessage};

    fn request(method: &str, target: &str, host: &str) -> Request {
        let headers = Fields::parse(format!("Host: {host}\r\n\r\n").as_bytes());
        let message = HttpMessage { headers, ..HttpMessage::default() };
        Request { method: method.into(), target: target.into(), message }
    }

    #[test]
    fn host_and_path_are_found_in_every_form_of_target() {
        for (method, target, field, named, at) in [
            ("GET", "/a/b?c=/d", "example.com:8080", "example.com", "/a/b"),
            ("GET", "http://u:p@other.example:80/a?b", "example.com", "other.example", "/a"),
            ("GET", "http://other.example", "", "other.example", "/"),
            ("GET", "http://other.example?q=1", "", "other.example", ""),
            ("OPTIONS", "*", "[2001:db8::1]:80", "2001:db8::1", "*"),
            ("CONNECT", "proxy.example:443", "x", "proxy.example", "proxy.example:443"),
            ("GET", "/://x", "a", "a", "/://x"),
            ("GET", "", "[", "[", ""),
        ] {
            let request = request(method, target, field);
            assert_eq!(host(&request), Some(named.as_bytes()), "{target}");
            assert_eq!(path(&request), at.as_bytes(), "{target}");
        }
    }
}
