//! `Sec-WebSocket-Accept`, derived before the reader's eyes (RFC 6455 §4.2.2).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::style::{Look, Style};
use super::text;
use crate::inspect::record::Exchange;
use crate::layers::Layer;
use crate::layers::application::websocket::handshake;

/// How much of a key or value is shown: twice what the longest valid one has.
const LONGEST: usize = 56;

/// Draws the derivation, step by step, from the key and the value that were captured; nothing where there is no key.
#[must_use]
pub fn derivation(exchange: &Exchange, style: Style) -> Vec<String> {
    let request = exchange.request.as_ref();
    let Some(key) = request.and_then(|request| request.message.headers.get("sec-websocket-key")) else {
        return Vec::new();
    };
    let response = exchange.response.as_ref();
    let sent = response.and_then(|response| response.message.headers.get("sec-websocket-accept"));
    let packet = |of: Option<u64>| of.map_or_else(String::new, |packet| format!("packet {packet}"));
    let key_packet = packet(request.map(|request| request.message.extent.first.packet));
    let accept_packet = packet(response.map(|response| response.message.extent.first.packet));
    let mut steps = Steps { style, lines: Vec::new() };
    steps.derive(key, &key_packet);
    match sent {
        None => steps.step("the server sent", style.glyphs().none, "nothing to compare", Look::Bad),
        Some(sent) => steps.compare(key, sent, &accept_packet),
    }
    steps.lines
}

/// Draws the derivation for a key that somebody typed, and for the value to compare with, if there is one.
#[must_use]
pub fn of_key(key: &[u8], sent: Option<&[u8]>, style: Style) -> Vec<String> {
    let mut steps = Steps { style, lines: vec![style.bold("Sec-WebSocket-Accept, step by step")] };
    if style.width >= 60 {
        steps.lines = vec![format!("{}  {}", steps.lines.concat(), style.dim(&style.text("RFC 6455 §4.2.2")))];
    }
    steps.lines.push(String::new());
    steps.derive(key, "");
    if let Some(sent) = sent {
        steps.compare(key, sent, "");
    }
    let bytes = BASE64_STANDARD.decode(key).map(|bytes| bytes.len());
    let remark = match bytes {
        Ok(16) => {
            "It proves that the server speaks WebSocket and read this very request; it keeps nothing secret.".to_owned()
        }
        Ok(bytes) => format!("A key is 16 bytes in Base64; this one is {bytes}. A server should answer it with 400."),
        Err(_) => "A key is 16 bytes in Base64; this is no Base64. A server should answer it with 400.".to_owned(),
    };
    let look = if bytes == Ok(16) { Look::Dim } else { Look::Bad };
    steps.lines.push(String::new());
    let remark = text::wrap(&remark, style.width.saturating_sub(2));
    steps.lines.extend(remark.iter().map(|line| format!("  {}", style.paint(look, line))));
    steps.lines
}

/// Columns of the steps' names.
const NAMES: usize = 20;

struct Steps {
    style: Style,
    lines: Vec<String>,
}

impl Steps {
    /// From the key to the value that it asks for.
    fn derive(&mut self, key: &[u8], remark: &str) {
        let shown = self.style.bytes(key.get(..LONGEST).unwrap_or(key));
        let hex: Vec<String> = handshake::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
        self.step("the client's key", &shown, remark, Look::Layer(Layer::Application));
        self.step("the RFC's GUID", handshake::GUID, "the same for everybody", Look::Dim);
        self.step("both together", &format!("{shown}{}", handshake::GUID), "", Look::Plain);
        self.step("SHA-1 of that", &hex.join(" "), "", Look::Plain);
        self.step("in Base64", &handshake::accept(key), "", Look::Bold);
    }

    /// Whether what was sent is that value.
    fn compare(&mut self, key: &[u8], sent: &[u8], place: &str) {
        let style = self.style;
        let same = sent == handshake::accept(key).as_bytes();
        let mark = match (same, style.unicode) {
            (true, true) => "✓ the same",
            (true, false) => "= the same",
            (false, _) => "not the same",
        };
        let look = if same { Look::Good } else { Look::Bad };
        let sent = style.bytes(sent.get(..LONGEST).unwrap_or(sent));
        self.step("the server sent", &sent, format!("{place} {mark}").trim_start(), look);
    }

    fn step(&mut self, name: &str, value: &str, remark: &str, look: Look) {
        let style = self.style;
        let room = style.width.saturating_sub(NAMES).max(8);
        let mut start = format!("  {}", text::pad(name, NAMES - 2));
        let values = text::wrap(value, room);
        let last = values.len().saturating_sub(1);
        for (at, value) in values.iter().enumerate() {
            let line = std::mem::replace(&mut start, " ".repeat(NAMES)) + &style.paint(look, value);
            if at < last || remark.is_empty() {
                self.lines.push(line);
                continue;
            }
            let quiet = if matches!(look, Look::Good | Look::Bad) { look } else { Look::Dim };
            if text::width(&line) + 2 + text::width(remark) <= style.width {
                self.lines.push(format!("{line}  {}", style.paint(quiet, remark)));
            } else {
                self.lines.push(line);
                let below = text::wrap(remark, room).into_iter();
                self.lines.extend(below.map(|line| " ".repeat(NAMES) + &style.paint(quiet, &line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{Fields, HttpMessage, Request, Response};

    /// The example of RFC 6455 §1.3, answered with `accept`.
    fn handshake_of(accept: &str) -> Exchange {
        let message = |line: String| HttpMessage { headers: Fields::parse(line.as_bytes()), ..HttpMessage::default() };
        let key = message("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".to_owned());
        let accept = message(format!("Sec-WebSocket-Accept: {accept}\r\n\r\n"));
        Exchange {
            request: Some(Request { message: key, ..Request::default() }),
            response: Some(Response { message: accept, status: 101, ..Response::default() }),
            ..Exchange::default()
        }
    }

    #[test]
    fn the_specifications_own_example_is_derived() {
        let lines = derivation(&handshake_of("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), Style::plain(80));
        insta::assert_snapshot!(lines.join("\n"), @r"
          the client's key  dGhlIHNhbXBsZSBub25jZQ==  packet 0
          the RFC's GUID    258EAFA5-E914-47DA-95CA-C5AB0DC85B11  the same for everybody
          both together     dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11
          SHA-1 of that     b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea
          in Base64         s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
          the server sent   s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  packet 0 ✓ the same
        ");
    }

    #[test]
    fn a_wrong_answer_is_seen() {
        let lines = derivation(&handshake_of("AAAA"), Style::plain(80));
        assert!(lines.last().is_some_and(|line| line.ends_with("not the same")), "{lines:?}");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in 40..130 {
            let lines = derivation(&handshake_of(&"A".repeat(900)), Style::plain(width));
            assert!(lines.iter().all(|line| text::width(line) <= width), "{lines:?}");
        }
    }

    #[test]
    fn without_a_key_there_is_nothing_to_derive() {
        assert!(derivation(&Exchange::default(), Style::plain(80)).is_empty());
    }
}
