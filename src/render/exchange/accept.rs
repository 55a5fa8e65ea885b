//! `Sec-WebSocket-Accept`, derived before the reader's eyes (RFC 6455 §4.2.2).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::inspect::record::Exchange;
use crate::layers::Layer;
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::handshake;
use crate::render::model::prose::Place;
use crate::render::model::{Form, Heading, List, Look, Page, Prose, Text};

/// How much of a key or value is shown: twice what the longest valid one has.
const LONGEST_KEY: usize = 56;

/// The derivation, step by step, from the captured key and value. `None` if there's no key.
#[must_use]
pub fn derivation(exchange: &Exchange) -> Option<List> {
    let request = exchange.request.as_ref();
    let key = request.and_then(|request| request.message.headers.get(FieldName::SecWebSocketKey))?;
    let response = exchange.response.as_ref();
    let sent = response.and_then(|response| response.message.headers.get(FieldName::SecWebSocketAccept));
    let packet = |of: Option<u64>| of.map_or_else(String::new, |packet| format!("packet {packet}"));
    let mut steps = derive(key, packet(request.map(|request| request.message.extent.first.packet)));
    match sent {
        None => step(&mut steps, "the server sent", "—", "nothing to compare", Look::Bad),
        Some(sent) => {
            let place = packet(response.map(|response| response.message.extent.first.packet));
            compare(&mut steps, key, sent, &format!("{place} "));
        }
    }
    Some(steps)
}

/// The derivation for a key that somebody typed, and for the value to compare with, if there is one.
#[must_use]
pub fn of_key(key: &[u8], sent: Option<&[u8]>) -> Page {
    let mut page = Page::default();
    page.add(Heading::new(Text::words("Sec-WebSocket-Accept, step by step").bold(), "RFC 6455 §4.2.2", Place::After));
    page.space();
    let mut steps = derive(key, String::new());
    if let Some(sent) = sent {
        compare(&mut steps, key, sent, "");
    }
    page.add(steps);
    page.space();
    let remark = match BASE64_STANDARD.decode(key).map(|bytes| bytes.len()) {
        Ok(16) => {
            let said =
                "It proves that the server speaks WebSocket and read this request; it doesn't keep anything secret.";
            Text::words(said).dim()
        }
        Ok(bytes) => {
            let said = format!("A key is 16 bytes in Base64; this one is {bytes}. A server should answer it with 400.");
            Text::words(said).look(Look::Bad)
        }
        Err(_) => {
            let said = "A key is 16 bytes in Base64; this isn't Base64. A server should answer it with 400.";
            Text::words(said).look(Look::Bad)
        }
    };
    page.add(Prose::new(remark).under(1));
    page
}

/// From the key to the value that it asks for.
fn derive(key: &[u8], remark: String) -> List {
    let shown = Text::captured(key.get(..LONGEST_KEY).unwrap_or(key));
    let hex: Vec<String> = handshake::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut steps = List::new(Form::Steps);
    step(&mut steps, "the client's key", shown.clone(), remark, Look::Layer(Layer::Application));
    step(&mut steps, "the RFC's GUID", handshake::GUID, "the same for everybody", Look::Dim);
    step(&mut steps, "both together", shown.and(handshake::GUID), "", Look::Plain);
    step(&mut steps, "SHA-1 of that", hex.join(" "), "", Look::Plain);
    step(&mut steps, "in Base64", handshake::accept(key), "", Look::Bold);
    steps
}

/// Whether what was sent is that value.
fn compare(steps: &mut List, key: &[u8], sent: &[u8], place: &str) {
    let same = sent == handshake::accept(key).as_bytes();
    let (mark, look) = if same { ("✓ the same", Look::Good) } else { ("not the same", Look::Bad) };
    let sent = Text::captured(sent.get(..LONGEST_KEY).unwrap_or(sent));
    step(steps, "the server sent", sent, format!("{place}{mark}"), look);
}

fn step(steps: &mut List, name: &'static str, value: impl Into<Text>, remark: impl Into<Text>, look: Look) {
    let quiet = if matches!(look, Look::Good | Look::Bad) { look } else { Look::Dim };
    steps.remarked(name, value.into().look(look), remark.into().look(quiet));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{Fields, HttpMessage, Request, Response};
    use crate::render::Style;
    use crate::render::writer::line::width;

    /// The example of RFC 6455 §1.3, answered with `accept`.
    fn handshake_of(accept: &str) -> Exchange {
        let message = |line: String| HttpMessage { headers: Fields::parse(line.as_bytes()), ..HttpMessage::default() };
        let key = message("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".to_owned());
        let accept = message(format!("Sec-WebSocket-Accept: {accept}\r\n\r\n"));
        Exchange {
            request: Some(Request { message: key, ..Request::default() }),
            response: Some(Response { message: accept, status: 101, ..Response::default() }.into()),
            ..Exchange::default()
        }
    }

    fn steps(exchange: &Exchange) -> List {
        derivation(exchange).unwrap()
    }

    #[test]
    fn the_specifications_own_example_is_derived() {
        let lines = Style::plain(80).lines(steps(&handshake_of("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
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
        let lines = Style::plain(80).lines(steps(&handshake_of("AAAA")));
        assert!(lines.last().is_some_and(|line| line.ends_with("not the same")), "{lines:?}");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for columns in 40..130 {
            let lines = Style::plain(columns).lines(steps(&handshake_of(&"A".repeat(900))));
            assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
        }
    }

    #[test]
    fn without_a_key_there_is_nothing_to_derive() {
        assert!(derivation(&Exchange::default()).is_none());
    }
}
