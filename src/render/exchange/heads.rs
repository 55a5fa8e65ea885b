//! Requests and responses as people read them: start line, field lines, an empty line, the first lines of the body.
//!
//! What the client sent comes after `>`, what the server sent after `<`.

use crate::inspect::record::{Direction, Exchange, Fields, HttpMessage, Request, Response};
use crate::layers::Layer;
use crate::render::escape::whole_characters;
use crate::render::model::quote::Fold;
use crate::render::model::{Block, Look, Page, Quote, Text};
use crate::render::numbers;

/// An exchange: its request, the interim responses, its response, each with at most `body_lines` lines of its body.
#[must_use]
pub fn exchange(exchange: &Exchange, body_lines: usize) -> Page {
    let requests = exchange.request.iter().map(|it| request(it, body_lines));
    let responses = exchange.responses().map(|it| response(it, body_lines));
    let quotes = requests.chain(responses).flat_map(|quote| [Block::Space, quote.into()]);
    quotes.skip(1).collect()
}

/// A request.
#[must_use]
pub fn request(request: &Request, body_lines: usize) -> Quote {
    let mut quote = Quote::new(Direction::Client);
    let start = [&request.method[..], b" ", &request.target];
    start_line(
        &mut quote,
        match request.message.version {
            // Such a request line ends after the target.
            (0, _) => start.concat(),
            version => [&start.concat()[..], b" HTTP/", version_text(version).as_bytes()].concat(),
        },
    );
    message(&mut quote, &request.message, body_lines);
    quote
}

/// A response.
#[must_use]
pub fn response(response: &Response, body_lines: usize) -> Quote {
    let mut quote = Quote::new(Direction::Server);
    match response.message.version {
        (0, _) => quote.remark("HTTP/0.9: a response is its body, without status line or header section"),
        version => {
            let start = format!("HTTP/{} {}", version_text(version), response.status);
            let reason: &[u8] = if response.reason.is_empty() { b"" } else { b" " };
            start_line(&mut quote, [start.as_bytes(), reason, &response.reason].concat());
        }
    }
    message(&mut quote, &response.message, body_lines);
    quote
}

/// The heads of messages as that side sent them: start lines, field lines, empty lines.
#[must_use]
pub fn said(by: Direction, heads: &[u8]) -> Quote {
    let mut quote = Quote::new(by);
    let mut begins = true;
    for line in heads.split_inclusive(|byte| *byte == b'\n') {
        let line = without_end(line);
        if begins {
            start_line(&mut quote, line.to_vec());
        } else {
            let (name, rest) = line.split_at(line.iter().position(|byte| *byte == b':').unwrap_or_default());
            quote.add(Fold::Few, Text::captured(name).look(Layer::Application).and(Text::captured(rest)));
        }
        begins = line.is_empty();
    }
    quote
}

fn version_text((major, minor): (u8, u8)) -> String {
    format!("{major}.{minor}")
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn start_line(quote: &mut Quote, line: Vec<u8>) {
    quote.add(Fold::Few, Text::captured(line).look(Look::Strong(Layer::Application)));
}

fn fields(quote: &mut Quote, fields: &Fields) {
    for (name, value) in fields.iter() {
        let name = Text::captured(name).look(Layer::Application);
        quote.add(Fold::Few, name.and(": ").and(Text::captured(value)));
    }
}

fn message(quote: &mut Quote, message: &HttpMessage, body_lines: usize) {
    fields(quote, &message.headers);
    if message.version.0 > 0 {
        quote.add(Fold::Few, "");
    }
    body(quote, message, body_lines);
    if !message.trailers.lines.is_empty() {
        quote.remark("trailers:");
        fields(quote, &message.trailers);
    }
    if !message.complete {
        quote.remark("the rest of this message was not captured");
    }
}

fn body(quote: &mut Quote, message: &HttpMessage, body_lines: usize) {
    if message.body.is_empty() || body_lines == 0 {
        if message.body_bytes > 0 {
            quote.remark(format!("a body of {}", numbers::bytes(message.body_bytes)));
        }
        return;
    }
    let undone = message.decoded_body_bytes;
    if let (Some(coding), Some(decoded)) = (&message.content_coding, undone) {
        let (sent, decoded) = (numbers::bytes(message.body_bytes), numbers::bytes(decoded));
        quote.remark(format!("{sent} of {coding}, decoded to {decoded}:"));
    }
    let total = undone.unwrap_or(message.body_bytes);
    let body = if message.body_truncated { whole_characters(&message.body) } else { &message.body };
    if std::str::from_utf8(body).is_err() || body.contains(&0) {
        quote.remark(format!("{} that are not text", numbers::counted(total, "byte")));
        return;
    }
    let mut shown = 0;
    for line in body.split_inclusive(|&byte| byte == b'\n').take(body_lines) {
        shown += line.len() as u64;
        quote.add(Fold::Few, Text::captured(without_end(line)));
    }
    if shown < total {
        quote.remark(format!("… {}", numbers::counted(total - shown, "more byte")));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::exchange::columns::tests::exchange as example;
    use crate::render::writer::line::width;

    #[test]
    fn an_exchange_reads_as_it_was_said() {
        insta::assert_snapshot!(Style::plain(80).lines(exchange(&example(), 1)).join("\n"), @r"
        > GET /two?name=\x1b[31m HTTP/1.1
        > Host: example.com
        > X-Bytes: \xff\xfe
        >

        < HTTP/1.1 200 OK
        < Content-Type: text/plain; charset=utf-8
        <
        < first line
        < … 13 more bytes
        ");
    }

    #[test]
    fn a_long_line_is_folded_and_a_very_long_one_cut() {
        let mut it = example().request.unwrap();
        it.target = b"/0123456789".repeat(20);
        insta::assert_snapshot!(Style::plain(40).lines(request(&it, 0)).join("\n"), @r"
        > GET /0123456789/0123456789/0123456789/
              0123456789/0123456789/0123456789/0
              123456789/0123456789/0123456789/01
              23456789/0123456789/0123456789/01…
        > Host: example.com
        > X-Bytes: \xff\xfe
        >
        ");
    }

    #[test]
    fn a_body_that_is_not_text_is_counted() {
        let mut it = example().response.unwrap();
        (it.message.body, it.message.body_bytes, it.message.decoded_body_bytes) = (vec![0x89, b'P', 0], 3, None);
        assert_eq!(Style::plain(80).lines(response(&it, 5)).last().unwrap(), "< 3 bytes that are not text");
    }

    #[test]
    fn heads_are_shown_as_they_were_received() {
        let heads = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\nx-a:1\r\n folded\x1b[2J\r\n\r\n";
        insta::assert_snapshot!(Style::plain(40).lines(said(Direction::Server, heads)).join("\n"), @r"
        < HTTP/1.1 103 Early Hints
        <
        < HTTP/1.1 200 OK
        < x-a:1
        <  folded\x1b[2J
        <
        ");
    }

    proptest! {
        #[test]
        fn no_line_of_a_received_head_is_wider_than_asked(heads: Vec<u8>, columns in 10_usize..130) {
            for line in Style::plain(columns).lines(said(Direction::Server, &heads)) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }

        #[test]
        fn no_line_is_wider_than_asked(target: Vec<u8>, body: Vec<u8>, text: String, columns in 10_usize..130) {
            let mut it = example();
            it.request.as_mut().unwrap().target = target;
            it.response.as_mut().unwrap().message.body = body;
            it.response.as_mut().unwrap().reason = text.into_bytes();
            for line in Style::plain(columns).lines(exchange(&it, 9)) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
