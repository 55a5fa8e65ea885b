//! What gives a program away: the form of its entity tags, how it writes names, how it ends bodies.

use crate::explain;
use crate::inspect::record::{Exchange, Fields, Response};
use crate::layers::application::http::{FieldName, Framing, Parts, StartLine, of_response};

/// The likely server, by what `explain` knows: by its name, or else by its habits, which are then named too.
pub(super) fn server(response: &Response) -> Option<String> {
    let fields = &response.message.headers;
    let mut names: Vec<&str> = Vec::new();
    for field in ["Server", "X-Powered-By"] {
        for value in fields.named(field) {
            let server = explain::server_telling(field, &String::from_utf8_lossy(value));
            names.extend(server.map(|server| server.name).filter(|name| !names.contains(name)));
        }
    }
    if !names.is_empty() {
        return Some(names.join(", "));
    }
    let said: Vec<(&[u8], &[u8])> = fields.iter().collect();
    let likely = explain::servers_with_such_habits(response.status, !response.reason.is_empty(), &said);
    let (_, habits) = likely.first()?;
    let names: Vec<&str> = likely.iter().map(|(server, _)| server.name).collect();
    Some(format!("{} ({habits})", names.join(" or ")))
}

/// The form of an entity tag: weak or strong, and what its parts are made of.
pub(super) fn tag_form(tag: &[u8]) -> String {
    let (strength, rest) = tag.strip_prefix(b"W/").map_or(("strong", tag), |rest| ("weak", rest));
    let rest = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(rest);
    let mut form = format!("{strength}: ");
    for (at, part) in rest.split(|byte| b"-:.".contains(byte)).enumerate() {
        if at > 0 {
            form.push('-');
        }
        form.push_str(match part {
            [] => "nothing",
            part if part.iter().all(u8::is_ascii_digit) => "decimal",
            part if part.iter().all(u8::is_ascii_hexdigit) => "hexadecimal",
            _ => "text",
        });
        if at == 4 {
            break;
        }
    }
    form
}

/// How the names of the fields are written.
pub(super) fn casing(fields: &Fields) -> Option<&'static str> {
    let names = || fields.iter().map(|(name, _)| name);
    names().next()?;
    let is_title = |name: &[u8]| {
        name.split(|byte| *byte == b'-').all(|word| {
            word.first().is_none_or(|byte| !byte.is_ascii_lowercase())
                && word.iter().skip(1).all(|byte| !byte.is_ascii_uppercase())
        })
    };
    Some(if names().all(|name| !name.iter().any(u8::is_ascii_uppercase)) {
        "in lower case"
    } else if names().all(is_title) {
        "each word capitalized, as in Etag"
    } else {
        "as the specifications write them, or in a mix"
    })
}

/// How the receiver knows where the body of the response ends (RFC 9112 §6.3).
pub(super) fn framing(exchange: &Exchange, response: &Response) -> String {
    let fields = &response.message.headers;
    match decided(exchange, response) {
        Framing::None => "no body".to_owned(),
        Framing::Tunnel if response.status == 101 => "no body".to_owned(),
        Framing::Tunnel => "no body: a tunnel begins".to_owned(),
        Framing::Length(_) => "Content-Length".to_owned(),
        Framing::Chunked => {
            let codings: Vec<&[u8]> = fields.all(FieldName::TransferEncoding).collect();
            String::from_utf8_lossy(&codings.join(&b", "[..])).into_owned()
        }
        Framing::UntilClose => "until the connection closes".to_owned(),
    }
}

/// What HTTP's decoder makes of the head: the rules are there.
fn decided(exchange: &Exchange, response: &Response) -> Framing {
    let Response { status, message, .. } = response;
    let parts = Parts::Status { status: *status, reason: 0..0 };
    let start = StartLine { version: message.version, parts, fault: None };
    let method = exchange.request.as_ref().map(|request| &request.method[..]);
    of_response(&message.headers.head(&start), method, &mut Vec::new())
}

/// Whether the connection is kept (RFC 9112 §9.3).
pub(super) fn persistence(response: &Response) -> &'static str {
    let message = &response.message;
    let has = |option: &[u8]| message.headers.lists(FieldName::Connection, option);
    match message.version {
        _ if has(b"close") => "closed after it",
        _ if response.status == 101 => "kept, for another protocol",
        (1, 1..) => "kept",
        _ if has(b"keep-alive") => "kept, as it says",
        _ => "closed after it",
    }
}
