//! Field values, taken apart where it teaches something: cookies, media types, lists, credentials, WebSocket's key.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Asked, bytes_of_content, is_space, lossy, take};
use crate::layers::Layer;
use crate::layers::application::accept::{GUID, accept};
use crate::layers::headers::pen::Pen;
use crate::layers::presentation::deflate::{self, Extension};

/// How much of decoded credentials is told.
const MOST_CREDENTIALS: usize = 120;

/// Names the next `length` bytes, the value of the field of that name.
pub(super) fn annotate(pen: &mut Pen<'_>, length: usize, name: &str, asked: Asked<'_>) {
    let value = pen.bytes(length);
    let meaning: Cow<'static, str> = match &name.to_ascii_lowercase()[..] {
        "content-length" => bytes_of_content(value).into(),
        "sec-websocket-key" => key_meaning(value).into(),
        "sec-websocket-accept" => accept_meaning(value, asked.websocket_key).into(),
        "host" => return parts(pen, length, "The site that is meant.", host),
        "cookie" => return list(pen, length, b';', "Cookies set earlier.", |pen, length, _| cookie(pen, length)),
        "set-cookie" => return list(pen, length, b';', "A cookie to keep.", set_cookie),
        "content-type" => return list(pen, length, b';', "What the content is.", media_type),
        "authorization" | "proxy-authorization" => return parts(pen, length, "Who asks.", credentials),
        "connection" => return list(pen, length, b',', "About this connection only.", connection_option),
        "upgrade" => return list(pen, length, b',', "Protocols to go on with.", upgrade),
        "transfer-encoding" => return list(pen, length, b',', "How the content is framed.", transfer_coding),
        "content-encoding" => return list(pen, length, b',', "How the content is coded.", content_coding),
        "accept-encoding" => {
            let element = named("content coding", "A coding that the client can undo.");
            return list(pen, length, b',', "Codings that the client can undo.", element);
        }
        "sec-websocket-protocol" => {
            let element = named("subprotocol", "What may be spoken inside the messages.");
            return list(pen, length, b',', "Subprotocols.", element);
        }
        "sec-websocket-extensions" => return list(pen, length, b',', "Extensions.", extension),
        _ if value.contains(&b'\n') => "Folded over several lines, as was allowed once (RFC 9112 §5.2).".into(),
        _ => "".into(),
    };
    take(pen, length, "field value", meaning);
}

fn key_meaning(key: &[u8]) -> String {
    format!(
        "Sixteen random bytes in Base64. The server must answer Base64(SHA-1(this + \"{}\")) = {}.",
        GUID,
        accept(key)
    )
}

fn accept_meaning(found: &[u8], key: Option<&[u8]>) -> String {
    let Some(key) = key else {
        return format!("Base64(SHA-1(the request's key + \"{GUID}\")); the request was not captured.");
    };
    let verdict = if accept(key).as_bytes() == found { "right" } else { "wrong" };
    format!("Base64(SHA-1(\"{}\" + \"{}\")): {verdict}.", lossy(key), GUID)
}

/// Names the value, which `write` divides.
fn parts(pen: &mut Pen<'_>, length: usize, meaning: &'static str, write: impl FnOnce(&mut Pen<'_>)) {
    let value = lossy(pen.bytes(length));
    pen.group(length as u64 * 8, "field value", meaning, |pen| {
        write(pen);
        let rest = pen.left();
        take(pen, rest, "rest", "Behind what the grammar has.");
        value
    });
}

/// Names the value as a list: its elements, and what's between them. `element` gets an element's length, and whether
/// it's the first.
fn list(
    pen: &mut Pen<'_>,
    length: usize,
    separator: u8,
    meaning: &'static str,
    element: impl Fn(&mut Pen<'_>, usize, bool),
) {
    parts(pen, length, meaning, |pen| {
        let mut first = true;
        while pen.left() > 0 {
            let rest = pen.bytes(pen.left());
            let between = rest.iter().take_while(|b| **b == separator || b.is_ascii_whitespace()).count();
            let name = if separator == b';' { ";" } else { "," };
            take(pen, between, name, "Separates the elements.");
            let rest = pen.bytes(pen.left());
            let length = end_of(rest, separator);
            if length > 0 {
                element(pen, length, std::mem::take(&mut first));
            }
        }
    });
}

/// Where an element of a list ends: before the separator, quoted strings aside (RFC 9110 §5.6.4), and white space.
fn end_of(rest: &[u8], separator: u8) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    let end = rest.iter().position(|&byte| {
        let ends = byte == separator && !quoted;
        quoted ^= byte == b'"' && !escaped;
        escaped = quoted && byte == b'\\' && !escaped;
        ends
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest).trim_ascii_end().len()
}

fn named(name: &'static str, meaning: &'static str) -> impl Fn(&mut Pen<'_>, usize, bool) {
    move |pen, length, _| take(pen, length, name, meaning)
}

/// Names `name=value`, or a name alone.
fn pair(pen: &mut Pen<'_>, length: usize, [whole, name, value]: [&'static str; 3], meaning: &'static str) {
    let text = lossy(pen.bytes(length));
    pen.group(length as u64 * 8, whole, meaning, |pen| {
        let before = pen.bytes(length).iter().position(|byte| *byte == b'=').unwrap_or(length);
        take(pen, before, name, "");
        take(pen, 1, "=", "");
        let rest = pen.left();
        take(pen, rest, value, "");
        text
    });
}

fn host(pen: &mut Pen<'_>) {
    let value = pen.bytes(pen.left());
    // The colons of an IPv6 address are inside brackets.
    let colon = value.iter().rposition(|byte| *byte == b':').filter(|at| value.iter().skip(*at).all(|b| *b != b']'));
    take(pen, colon.unwrap_or(value.len()), "host", "Many sites share one address: this tells which is meant.");
    if colon.is_some() {
        take(pen, 1, ":", "");
        let rest = pen.left();
        take(pen, rest, "port", "Only where it is not the scheme's usual one.");
    }
}

fn cookie(pen: &mut Pen<'_>, length: usize) {
    pair(pen, length, ["cookie-pair", "cookie-name", "cookie-value"], "One cookie, as the server once set it.");
}

fn set_cookie(pen: &mut Pen<'_>, length: usize, first: bool) {
    if first {
        let meaning = "The browser sends it back with every request that the attributes allow.";
        return pair(pen, length, ["cookie-pair", "cookie-name", "cookie-value"], meaning);
    }
    let attribute = pen.bytes(length);
    let end = attribute.iter().position(|byte| *byte == b'=').unwrap_or(length);
    let name = attribute.get(..end).unwrap_or(attribute).trim_ascii_end().to_ascii_lowercase();
    let meaning = match &name[..] {
        b"expires" => "Until when to keep it.",
        b"max-age" => "For how many seconds to keep it.",
        b"domain" => "Send it to this domain and those below it.",
        b"path" => "Send it only for paths that begin like this.",
        b"secure" => "Send it over https only.",
        b"httponly" => "Scripts in the page cannot read it.",
        b"samesite" => "Whether requests that other sites cause carry it.",
        b"partitioned" => "Keep one for each site that embeds this one.",
        _ => "An attribute that browsers ignore if they do not know it.",
    };
    pair(pen, length, ["cookie-av", "attribute-name", "attribute-value"], meaning);
}

fn media_type(pen: &mut Pen<'_>, length: usize, first: bool) {
    if !first {
        let charset = pen.bytes(length).get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"charset="));
        pen.layer(if charset { Layer::Presentation } else { Layer::Application });
        let meaning = if charset { "How the bytes become characters." } else { "More about the type." };
        pair(pen, length, ["parameter", "parameter-name", "parameter-value"], meaning);
        pen.layer(Layer::Application);
        return;
    }
    let text = lossy(pen.bytes(length));
    pen.group(length as u64 * 8, "media type", "What the content is, and so which program can read it.", |pen| {
        let slash = pen.bytes(length).iter().position(|byte| *byte == b'/').unwrap_or(length);
        take(pen, slash, "type", "");
        take(pen, 1, "/", "");
        let rest = pen.left();
        take(pen, rest, "subtype", "");
        text
    });
}

fn credentials(pen: &mut Pen<'_>) {
    let value = pen.bytes(pen.left());
    let scheme = value.iter().position(|byte| is_space(*byte)).unwrap_or(value.len());
    let basic = pen.bytes(scheme).eq_ignore_ascii_case(b"basic");
    take(pen, scheme, "auth-scheme", "How the client proves who it is.");
    let space = pen.bytes(pen.left()).iter().take_while(|byte| is_space(**byte)).count();
    take(pen, space, "SP", "");
    let rest = pen.left();
    let meaning = match BASE64_STANDARD.decode(pen.bytes(rest)) {
        Ok(decoded) if basic => {
            let shown: String = lossy(&decoded).chars().take(MOST_CREDENTIALS).collect();
            format!("Base64 of \"{shown}\", user and password: coded, not encrypted.")
        }
        _ => "The proof, in the scheme's own form.".to_owned(),
    };
    take(pen, rest, "credentials", meaning);
}

fn connection_option(pen: &mut Pen<'_>, length: usize, _: bool) {
    let meaning = match &pen.bytes(length).to_ascii_lowercase()[..] {
        b"close" => "The connection closes after this exchange.",
        b"keep-alive" => "The connection stays open for more: the rule since HTTP/1.1.",
        b"upgrade" => "The Upgrade field is meant for the next machine on the way.",
        _ => "This field is for the next machine only: proxies take it off.",
    };
    take(pen, length, "connection option", meaning);
}

fn upgrade(pen: &mut Pen<'_>, length: usize, _: bool) {
    let websocket = pen.bytes(length).eq_ignore_ascii_case(b"websocket");
    let meaning = if websocket {
        "Go on with WebSocket on this connection (RFC 6455 §4.1)."
    } else {
        "A protocol to go on with on this connection."
    };
    take(pen, length, "protocol", meaning);
}

fn transfer_coding(pen: &mut Pen<'_>, length: usize, _: bool) {
    let chunked = pen.bytes(length).eq_ignore_ascii_case(b"chunked");
    let meaning = if chunked {
        "The content comes in chunks, each with its size before it: the whole length need not be known."
    } else {
        "Applied for the transfer, and undone by the receiver."
    };
    pen.layer(Layer::Presentation);
    take(pen, length, "transfer coding", meaning);
    pen.layer(Layer::Application);
}

fn content_coding(pen: &mut Pen<'_>, length: usize, _: bool) {
    pen.layer(Layer::Presentation);
    take(pen, length, "content coding", "Applied to the content; undo it, and there is what Content-Type says.");
    pen.layer(Layer::Application);
}

fn extension(pen: &mut Pen<'_>, length: usize, _: bool) {
    let deflate = deflate::extensions(pen.bytes(length)).0.iter().any(Extension::is_deflate);
    let meaning = if deflate {
        "Messages may be compressed, each marked by RSV1 (RFC 7692 §7)."
    } else {
        "An extension and its parameters."
    };
    take(pen, length, "extension", meaning);
}
