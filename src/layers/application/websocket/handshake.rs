//! The opening handshake (RFC 6455 §4): what a request must have, and what a 101 must answer to it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;

use super::draft::Draft;
use super::problems::Fault;
pub use crate::layers::application::accept::{GUID, accept, digest};
use crate::layers::application::http::{FieldName, Fields, NameSet, RequestHead, elements, is_token, named_method};
use crate::layers::presentation::deflate::{self, Deflate, ExtensionFault, Negotiated};
use crate::layers::quoted::{OwnWords, Quoted};

/// The field that offers and chooses extensions (§11.3.2).
const EXTENSIONS: FieldName = FieldName::SecWebSocketExtensions;

/// The field that offers and chooses a subprotocol (§11.3.4).
const PROTOCOL: FieldName = FieldName::SecWebSocketProtocol;

/// Whether a `Sec-WebSocket-Key` is sixteen bytes in Base64 (§4.1).
#[must_use]
pub fn is_key(key: &[u8]) -> bool {
    BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}

/// Whether a request asks for an upgrade to WebSocket (§4.2.1).
#[must_use]
pub fn is_asked(request: &Fields) -> bool {
    request.lists(FieldName::Upgrade, b"websocket")
}

/// Whether a request means a handshake: it asks for one, or has what only a handshake has.
#[must_use]
pub fn is_meant(request: &Fields) -> bool {
    const TELLING: NameSet = NameSet::of(&[FieldName::SecWebSocketKey, FieldName::SecWebSocketVersion]);
    request.has(TELLING) || is_asked(request)
}

/// Judges a request that means a handshake, whatever becomes of it (§4.1, §4.2.1). `whole` says whether all its fields are
/// there; what is wrong goes to `faults`.
pub fn judge_request(asked: RequestHead<'_>, whole: bool, faults: &mut Vec<Fault>) {
    let fields = asked.fields;
    if asked.method != b"GET" {
        faults.push(Fault::NotGet(named_method(asked.method)));
    }
    let draft = Draft::of(Some(fields), &Fields::default());
    faults.extend(draft.map(|draft| Fault::OldDraft { draft }));
    if draft.is_some_and(Draft::has_no_key) || !whole {
        return;
    }
    if asked.version < (1, 1) {
        faults.push(Fault::RequestInOldHttp);
    }
    match fields.get(FieldName::Upgrade) {
        None => faults.push(Fault::NoUpgradeField { connection: fields.lists(FieldName::Connection, b"upgrade") }),
        Some(other) if !is_asked(fields) => faults.push(Fault::UpgradeNamesOther(Quoted::of(other))),
        Some(_) => {}
    }
    let (key, version) = (fields.get(FieldName::SecWebSocketKey), fields.get(FieldName::SecWebSocketVersion));
    match version {
        Some(b"13") => {}
        _ if draft.is_some() => {}
        Some(version) => faults.push(Fault::OtherVersion(Quoted::of(version))),
        // Before there were versions, there were no keys either.
        None if key.is_none() => {}
        None => faults.push(Fault::NoVersion),
    }
    let repeated = repeated(fields, &[FieldName::SecWebSocketKey, FieldName::SecWebSocketVersion], faults);
    match key {
        None => faults.push(Fault::NoKey),
        Some(key) if !repeated && !BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16) => {
            faults.push(Fault::MalformedKey(Quoted::of(key)));
        }
        Some(_) => {}
    }
    let offered: Vec<&[u8]> = fields.all(EXTENSIONS).collect();
    if !offered.is_empty() {
        let first = deflate::offer_faults(&offered.join(&b", "[..])).into_iter().next();
        faults.extend(first.map(|fault| match fault {
            ExtensionFault::Unnamed | ExtensionFault::Unquoted => Fault::MalformedOffer(fault),
            _ => Fault::OfferOutOfRange(fault),
        }));
    }
    let mut offered = BTreeSet::new();
    for name in fields.all(PROTOCOL).flat_map(elements) {
        let is_first = offered.insert(name);
        if !name.iter().all(|byte| is_token(*byte)) {
            faults.push(Fault::SubprotocolNotToken(Quoted::of(name)));
        } else if !is_first {
            faults.push(Fault::SubprotocolRepeated(Quoted::of(name)));
        }
    }
}

/// Judges a 101 to WebSocket, of that version of HTTP, against its request (§4.1, §4.2.2); what is wrong goes to `faults`.
pub fn judge_answer(asked: RequestHead<'_>, version: (u8, u8), response: &Fields, faults: &mut Vec<Fault>) {
    let request = asked.fields;
    let draft = Draft::of(Some(request), response);
    if draft != Draft::of(Some(request), &Fields::default()) {
        faults.extend(draft.map(|draft| Fault::OldDraft { draft }));
    }
    if draft.is_some_and(Draft::has_no_key) {
        return;
    }
    if version < (1, 1) {
        faults.push(Fault::AnswerInOldHttp);
    }
    if let Some(key) = request.get(FieldName::SecWebSocketKey) {
        let expected = accept(key);
        match response.get(FieldName::SecWebSocketAccept) {
            None => faults.push(Fault::NoAccept),
            Some(found) if found != expected.as_bytes() => {
                faults.push(Fault::WrongAccept { found: Quoted::of(found), expected: Quoted::of(expected.as_bytes()) });
            }
            Some(_) => {}
        }
    }
    repeated(response, &[FieldName::SecWebSocketAccept, FieldName::SecWebSocketExtensions], faults);
    subprotocols(request, response, faults);
    let token =
        |element: &[u8]| element.split(|b| *b == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    let offered: BTreeSet<Vec<u8>> = request.list(EXTENSIONS).map(token).collect();
    for chosen in response.list(EXTENSIONS) {
        if !offered.contains(&token(chosen)) {
            faults.push(Fault::ExtensionNotOffered(Quoted::of(chosen)));
        }
    }
    let lists = |fields: &Fields| fields.all(EXTENSIONS).collect::<Vec<_>>().join(&b", "[..]);
    let beyond = deflate::beyond_the_offer(&lists(request), &lists(response));
    faults.extend(beyond.into_iter().map(|words| Fault::BeyondTheOffer(OwnWords::of(words))));
}

/// What a response other than a 101 says, if the request is meant as a handshake and has nothing wrong.
pub fn judge_refusal(asked: RequestHead<'_>, status: u16, reason: &[u8], response: &Fields, faults: &mut Vec<Fault>) {
    let request = asked.fields;
    let other_version = request.get(FieldName::SecWebSocketVersion).is_some_and(|version| version != b"13");
    match status {
        400 | 426 if other_version && response.get(FieldName::SecWebSocketVersion).is_none() => {
            faults.push(Fault::NoVersionsNamed(status));
        }
        400..=499 if request.get(PROTOCOL).is_none() && mentions_subprotocol(reason) => {
            faults.push(Fault::SubprotocolWanted { status, reason: Quoted::of(reason) });
        }
        200..=299 => faults.push(Fault::UpgradeIgnored(status)),
        300..=399 => {
            let location = response.get(FieldName::Location).map(Quoted::of);
            faults.push(Fault::HandshakeRedirected { status, location });
        }
        _ => {}
    }
}

fn mentions_subprotocol(reason: &[u8]) -> bool {
    memmem::find(&reason.to_ascii_lowercase(), b"protocol").is_some()
}

fn subprotocols(request: &Fields, response: &Fields, faults: &mut Vec<Fault>) {
    let offered: Vec<&[u8]> = request.list(PROTOCOL).collect();
    let chosen: Vec<&[u8]> = response.list(PROTOCOL).collect();
    if chosen.len() > 1 {
        faults.push(Fault::SeveralSubprotocols(Quoted::of(&chosen.join(&b", "[..]))));
    }
    let is_offered: BTreeSet<&[u8]> = offered.iter().copied().collect();
    for chosen in &chosen {
        // Names are compared exactly, including case (RFC 6455 §4.1).
        if !is_offered.contains(chosen) {
            faults.push(Fault::SubprotocolNotOffered(Quoted::of(chosen)));
        }
    }
    if chosen.is_empty() && !offered.is_empty() {
        faults.push(Fault::SubprotocolUnanswered(Quoted::of(&offered.join(&b", "[..]))));
    }
}

fn repeated(fields: &Fields, names: &[FieldName], faults: &mut Vec<Fault>) -> bool {
    let before = faults.len();
    for name in names {
        let times = fields.all(*name).count();
        if times > 1 {
            faults.push(Fault::RepeatedField { name: name.as_str(), times });
        }
    }
    faults.len() > before
}

/// What the response to a handshake says about extensions: all its field lines are one list (RFC 6455 §9.1).
#[must_use]
pub fn extensions(response: &Fields) -> Negotiated {
    let values: Vec<&[u8]> = response.all(EXTENSIONS).collect();
    Deflate::negotiated(&values.join(&b", "[..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_of(request: &str, response: &str) -> Vec<&'static str> {
        let (mut faults, fields) = (Vec::new(), Fields::parse(request.as_bytes()));
        let asked = RequestHead { method: b"GET", target: b"/", version: (1, 1), fields: &fields };
        judge_request(asked, true, &mut faults);
        judge_answer(asked, (1, 1), &Fields::parse(response.as_bytes()), &mut faults);
        faults.iter().map(Fault::code).collect()
    }

    #[test]
    fn the_specifications_own_example_comes_out() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_handshake_is_checked_against_its_request() {
        let request = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
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
        assert_eq!(with(""), ["subprotocol-unanswered"]);
        let request = &request.replace("Sec-WebSocket-Protocol: chat, echo\r\n", "");
        let with = |more: &str| check_of(request, &format!("{accept}{more}\r\n"));
        assert_eq!(with("Sec-WebSocket-Accept: x\r\n"), ["repeated-websocket-field"]);
        assert_eq!(with("Sec-WebSocket-Extensions: x-other\r\n"), ["extension-not-offered"]);
        assert_eq!(check_of(request, "\r\n"), ["missing-accept"]);
        assert_eq!(check_of(request, "Sec-WebSocket-Accept: x\r\n\r\n"), ["wrong-accept"]);
        assert_eq!(
            check_of("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", &format!("{accept}\r\n")),
            ["missing-websocket-key"]
        );
        assert_eq!(check_of(&request.replace("13", "8"), &format!("{accept}\r\n")), ["old-websocket-draft"]);
        assert_eq!(check_of(&request.replace("13", "14"), &format!("{accept}\r\n")), ["other-websocket-version"]);
    }
}
