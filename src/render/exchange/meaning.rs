//! What fields and bodies say in a form of their own: cookies, credentials, forms, parts.

use crate::inspect::record::{Exchange, HttpMessage};
use crate::layers::application::http::FieldName;
use crate::layers::application::pairs;
use crate::layers::presentation::charset::MediaType;
use crate::render::numbers;

/// How many pairs are shown.
const MOST_PAIRS: usize = 12;

/// A label and a fact for everything that the exchange has; not escaped yet.
#[must_use]
pub fn facts(exchange: &Exchange) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(request) = &exchange.request {
        let target = &request.target;
        if let Some(at) = target.iter().position(|b| *b == b'?') {
            list(&mut facts, "Query", &pairs::form(&target[at + 1..]));
        }
        let headers = &request.message.headers;
        for value in headers.all(FieldName::Authorization).chain(headers.all(FieldName::ProxyAuthorization)) {
            if let Some((user, password)) = pairs::basic_credentials(value) {
                let clear = format!("user {user:?}, password {password:?}: Base64 hides nothing (RFC 7617 §4)");
                facts.push(("Credentials", clear));
            }
        }
        for value in headers.all(FieldName::Cookie) {
            list(&mut facts, "Cookies", &pairs::cookies(value));
        }
        body(&mut facts, &request.message);
    }
    if let Some(response) = &exchange.response {
        for value in response.message.headers.all(FieldName::SetCookie) {
            let sent = pairs::cookies(value);
            if let Some(((name, value), attributes)) = sent.split_first() {
                let attributes: Vec<String> = attributes.iter().map(of_pair).collect();
                let attributes =
                    if attributes.is_empty() { "for this session".to_owned() } else { attributes.join(", ") };
                facts.push(("Sets cookie", format!("{name}={value} · {attributes}")));
            }
        }
        body(&mut facts, &response.message);
    }
    facts
}

fn body(facts: &mut Vec<(&'static str, String)>, message: &HttpMessage) {
    let Some(media) = message.headers.get(FieldName::ContentType).and_then(MediaType::parse) else { return };
    if media.type_name == "application" && media.subtype == "x-www-form-urlencoded" {
        list(facts, "Form", &pairs::form(&message.body));
    }
    let Some(boundary) = media.parameter("boundary").filter(|_| media.type_name == "multipart") else { return };
    for (at, part) in pairs::parts(&message.body, boundary).iter().enumerate().take(MOST_PAIRS) {
        let name = part.name.as_ref().map_or_else(|| format!("part {}", at + 1), |name| format!("{name:?}"));
        let file = part.file_name.as_ref().map(|file| format!(" · file {file:?}")).unwrap_or_default();
        let kind = part.content_type.as_ref().map(|kind| format!(" · {kind}")).unwrap_or_default();
        let cut = if part.complete { "" } else { ", and more" };
        facts.push(("Part", format!("{name}{file}{kind} · {}{cut}", numbers::bytes(part.length as u64))));
    }
}

fn list(facts: &mut Vec<(&'static str, String)>, label: &'static str, pairs: &[pairs::Pair]) {
    if pairs.is_empty() {
        return;
    }
    let shown: Vec<String> = pairs.iter().take(MOST_PAIRS).map(of_pair).collect();
    let more = if pairs.len() > MOST_PAIRS { format!(" · {} more", pairs.len() - MOST_PAIRS) } else { String::new() };
    facts.push((label, format!("{}{more}", shown.join(" · "))));
}

fn of_pair((name, value): &pairs::Pair) -> String {
    if value.is_empty() { name.clone() } else { format!("{name} = {value}") }
}
