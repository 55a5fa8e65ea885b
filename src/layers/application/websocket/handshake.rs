//! The opening handshake (RFC 6455 §4): what a 101 must answer to its request.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::draft::Draft;
use super::fault::Fault;
pub use crate::layers::application::accept::{GUID, accept, digest};
use crate::layers::application::http::{Fields, elements};
use crate::layers::presentation::deflate::{Deflate, Negotiated};

/// Whether a `Sec-WebSocket-Key` is sixteen bytes in Base64 (§4.1).
#[must_use]
pub fn is_key(key: &[u8]) -> bool {
    BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}

/// Whether a request asks for an upgrade to WebSocket (§4.2.1).
#[must_use]
pub fn is_asked(request: &Fields) -> bool {
    request.all("upgrade").flat_map(elements).any(|token| token.eq_ignore_ascii_case(b"websocket"))
}

/// Checks a 101 to WebSocket against its request; what is wrong goes to `faults`.
pub fn check(method: &[u8], request: &Fields, response: &Fields, faults: &mut Vec<Fault>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if method != b"GET" {
        faults.push(Fault::NotGet(text(method)));
    }
    let draft = Draft::of(Some(request), response);
    faults.extend(draft.map(|draft| Fault::OldDraft { draft }));
    if draft.is_some_and(Draft::has_no_key) {
        return;
    }
    match request.get("sec-websocket-version") {
        Some(b"13") => {}
        _ if draft.is_some() => {}
        Some(version) => faults.push(Fault::OtherVersion(text(version))),
        None => faults.push(Fault::NoVersion),
    }
    match (request.get("sec-websocket-key"), response.get("sec-websocket-accept")) {
        (None, _) => faults.push(Fault::NoKey),
        (Some(key), found) => {
            if !is_key(key) {
                faults.push(Fault::MalformedKey(text(key)));
            }
            let expected = accept(key);
            match found {
                None => faults.push(Fault::NoAccept),
                Some(found) if found != expected.as_bytes() => {
                    faults.push(Fault::WrongAccept { found: text(found), expected });
                }
                Some(_) => {}
            }
        }
    }
    let once = [(request, "Sec-WebSocket-Key"), (request, "Sec-WebSocket-Version"), (response, "Sec-WebSocket-Accept")];
    for (fields, name) in once {
        let times = fields.all(&name.to_ascii_lowercase()).count();
        if times > 1 {
            faults.push(Fault::RepeatedField { name, times });
        }
    }
    let chosen: Vec<&[u8]> = response.all("sec-websocket-protocol").flat_map(elements).collect();
    if chosen.len() > 1 {
        faults.push(Fault::SeveralSubprotocols(text(&chosen.join(&b", "[..]))));
    }
    for chosen in chosen {
        // A name is compared as it is, case and all (RFC 6455 §4.1).
        if !request.all("sec-websocket-protocol").flat_map(elements).any(|offer| offer == chosen) {
            faults.push(Fault::SubprotocolNotOffered(text(chosen)));
        }
    }
    let offered = |name: &'static str, chosen: &[u8]| {
        let token = |element: &[u8]| element.split(|b| *b == b';').next().unwrap_or_default().trim_ascii().to_vec();
        request.all(name).flat_map(elements).any(|offer| token(offer).eq_ignore_ascii_case(&token(chosen)))
    };
    for chosen in response.all("sec-websocket-extensions").flat_map(elements) {
        if !offered("sec-websocket-extensions", chosen) {
            faults.push(Fault::ExtensionNotOffered(text(chosen)));
        }
    }
}

/// What the response to a handshake says of extensions: all its field lines are one list (RFC 6455 §9.1).
#[must_use]
pub fn extensions(response: &Fields) -> Negotiated {
    let values: Vec<&[u8]> = response.all("sec-websocket-extensions").collect();
    Deflate::negotiated(&values.join(&b", "[..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_of(request: &str, response: &str) -> Vec<&'static str> {
        let mut faults = Vec::new();
        check(b"GET", &Fields::parse(request.as_bytes()), &Fields::parse(response.as_bytes()), &mut faults);
        faults.iter().map(Fault::code).collect()
    }

    #[test]
    fn the_specifications_own_example_comes_out() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_handshake_is_checked_against_its_request() {
        let request = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            Sec-WebSocket-Protocol: chat, echo\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
        let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
        let with = |more: &str| check_of(request, &format!("{accept}{more}\r\n"));
        assert!(with("Sec-WebSocket-Protocol: echo\r\nSec-WebSocket-Extensions: permessage-deflate\r\n").is_empty());
        for other in ["other", "Echo"] {
            assert_eq!(with(&format!("Sec-WebSocket-Protocol: {other}\r\n")), ["subprotocol-not-offered"]);
        }
        for both in ["echo, chat", "echo\r\nSec-WebSocket-Protocol: chat"] {
            assert_eq!(with(&format!("Sec-WebSocket-Protocol: {both}\r\n")), ["several-subprotocols"]);
        }
        assert_eq!(with("Sec-WebSocket-Accept: x\r\n"), ["repeated-websocket-field"]);
        assert_eq!(with("Sec-WebSocket-Extensions: x-other\r\n"), ["extension-not-offered"]);
        assert_eq!(check_of(request, "\r\n"), ["missing-accept"]);
        assert_eq!(check_of(request, "Sec-WebSocket-Accept: x\r\n\r\n"), ["wrong-accept"]);
        assert_eq!(check_of("Sec-WebSocket-Version: 13\r\n\r\n", accept), ["missing-websocket-key"]);
        assert_eq!(check_of(&request.replace("13", "8"), &format!("{accept}\r\n")), ["old-websocket-draft"]);
        assert_eq!(check_of(&request.replace("13", "14"), &format!("{accept}\r\n")), ["other-websocket-version"]);
    }
}
