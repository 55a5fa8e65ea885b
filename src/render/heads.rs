//! Requests and responses as one would read them: start line, field lines, an empty line, the first lines of the body.
//!
//! What the client sent stands behind `>`, what the server sent behind `<`.

use super::escape::{beginning, whole_characters};
use super::numbers;
use super::style::{Look, Style};
use super::text;
use crate::inspect::record::{Exchange, Fields, HttpMessage, Request, Response};
use crate::layers::Layer;

/// How many lines one line of the message may take before it is cut.
const FOLDS: usize = 4;

/// Draws an exchange: its request, the interim responses, its response, each with at most `body_lines` lines of its body.
#[must_use]
pub fn exchange(exchange: &Exchange, body_lines: usize, style: Style) -> Vec<String> {
    let mut blocks = Vec::new();
    blocks.extend(exchange.request.iter().map(|it| request(it, body_lines, style)));
    blocks.extend(exchange.interim.iter().map(|it| response(it, body_lines, style)));
    blocks.extend(exchange.response.iter().map(|it| response(it, body_lines, style)));
    blocks.join(&String::new())
}

/// Draws a request.
#[must_use]
pub fn request(request: &Request, body_lines: usize, style: Style) -> Vec<String> {
    let mut head = Head::new(">", style);
    let start = [&request.method[..], b" ", &request.target];
    head.start_line(&match request.message.version {
        // Such a request line ends after the target.
        (0, _) => start.concat(),
        version => [&start.concat()[..], b" HTTP/", version_text(version).as_bytes()].concat(),
    });
    head.message(&request.message, body_lines);
    head.lines
}

/// Draws a response.
#[must_use]
pub fn response(response: &Response, body_lines: usize, style: Style) -> Vec<String> {
    let mut head = Head::new("<", style);
    match response.message.version {
        (0, _) => head.remark("HTTP/0.9: a response is its body, without status line or header section"),
        version => {
            let start = format!("HTTP/{} {}", version_text(version), response.status);
            let reason: &[u8] = if response.reason.is_empty() { b"" } else { b" " };
            head.start_line(&[start.as_bytes(), reason, &response.reason].concat());
        }
    }
    head.message(&response.message, body_lines);
    head.lines
}

/// Draws the heads of responses as they were received: status lines, field lines, empty lines.
#[must_use]
pub fn received(heads: &[u8], style: Style) -> Vec<String> {
    let mut head = Head::new("<", style);
    let mut begins = true;
    for line in heads.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if begins {
            head.start_line(line);
        } else {
            let name = line.iter().position(|byte| *byte == b':').unwrap_or_default();
            let named = style.bytes(&line[..name]).len();
            head.line(&style.bytes(line), named, Look::Layer(Layer::Application));
        }
        begins = line.is_empty();
    }
    head.lines
}

fn version_text((major, minor): (u8, u8)) -> String {
    format!("{major}.{minor}")
}

struct Head {
    style: Style,
    mark: &'static str,
    lines: Vec<String>,
}

impl Head {
    fn new(mark: &'static str, style: Style) -> Self {
        Self { style, mark, lines: Vec::new() }
    }

    fn room(&self) -> usize {
        self.style.width.saturating_sub(2)
    }

    /// Adds a line of the message, of which the first `named` bytes are painted; a long one is folded, a very long one
    /// cut.
    fn line(&mut self, safe: &str, named: usize, look: Look) {
        let style = self.style;
        let mut rest = safe;
        let mut named = named;
        for fold in 0..FOLDS {
            let last = fold + 1 == FOLDS;
            let indent = if fold == 0 { "" } else { "    " };
            let room = self.room().saturating_sub(indent.len()).max(2);
            let (taken, more) = text::split_at_column(rest, room);
            let shown = if last { style.cut(rest, room) } else { taken.to_owned() };
            let (name, value) = shown.split_at(shown.floor_char_boundary(named));
            let mark = if fold == 0 { self.mark } else { " " };
            let line = format!("{} {indent}{}{value}", style.dim(mark), style.paint(look, name));
            self.lines.push(line.trim_end().to_owned());
            named = named.saturating_sub(taken.len());
            rest = more;
            if rest.is_empty() || last {
                break;
            }
        }
    }

    fn remark(&mut self, remark: &str) {
        let remark = self.style.cut(&self.style.text(remark), self.room());
        self.lines.push(format!("{} {}", self.style.dim(self.mark), self.style.dim(&remark)));
    }

    fn start_line(&mut self, line: &[u8]) {
        let safe = self.style.bytes(line);
        self.line(&safe, safe.len(), Look::Strong(Layer::Application));
    }

    fn fields(&mut self, fields: &Fields) {
        for (name, value) in fields.iter() {
            let name = self.style.bytes(name);
            let safe = format!("{name}: {}", self.style.bytes(value));
            self.line(&safe, name.len(), Look::Layer(Layer::Application));
        }
    }

    fn message(&mut self, message: &HttpMessage, body_lines: usize) {
        self.fields(&message.headers);
        if message.version.0 > 0 {
            self.line("", 0, Look::Plain);
        }
        self.body(message, body_lines);
        if !message.trailers.lines.is_empty() {
            self.remark("trailers:");
            self.fields(&message.trailers);
        }
        if !message.complete {
            self.remark("the rest of this message was not seen");
        }
    }

    fn body(&mut self, message: &HttpMessage, body_lines: usize) {
        if message.body.is_empty() || body_lines == 0 {
            if message.body_bytes > 0 {
                self.remark(&format!("a body of {}", numbers::bytes(message.body_bytes)));
            }
            return;
        }
        let undone = message.decoded_body_bytes;
        if let (Some(coding), Some(decoded)) = (&message.content_coding, undone) {
            let (sent, decoded) = (numbers::bytes(message.body_bytes), numbers::bytes(decoded));
            self.remark(&format!("{sent} of {coding}, undone to {decoded}:"));
        }
        let total = undone.unwrap_or(message.body_bytes);
        let body = if message.body_truncated { whole_characters(&message.body) } else { &message.body };
        if std::str::from_utf8(body).is_err() || body.contains(&0) {
            self.remark(&format!("{} that are not text", numbers::counted(total, "byte")));
            return;
        }
        let mut shown = 0;
        for line in body.split_inclusive(|&byte| byte == b'\n').take(body_lines) {
            shown += line.len() as u64;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // No more of a line than its folds can show.
            let safe = self.style.bytes(beginning(line, self.room() * 4 * FOLDS + 4));
            self.line(&safe, 0, Look::Plain);
        }
        if shown < total {
            let more = self.style.glyphs().more;
            self.remark(&format!("{more} {}", numbers::counted(total - shown, "more byte")));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::exchanges::tests::exchange as example;
    use super::*;

    #[test]
    fn an_exchange_reads_as_it_was_said() {
        insta::assert_snapshot!(exchange(&example(), 1, Style::plain(80)).join("\n"), @r"
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
        insta::assert_snapshot!(request(&it, 0, Style::plain(40)).join("\n"), @r"
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
        assert_eq!(response(&it, 5, Style::plain(80)).last().unwrap(), "< 3 bytes that are not text");
    }

    #[test]
    fn heads_are_shown_as_they_were_received() {
        let heads = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\nx-a:1\r\n folded\x1b[2J\r\n\r\n";
        insta::assert_snapshot!(received(heads, Style::plain(40)).join("\n"), @r"
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
        fn no_line_of_a_received_head_is_wider_than_asked(heads: Vec<u8>, width in 10_usize..130) {
            for line in received(&heads, Style::plain(width)) {
                prop_assert!(text::width(&line) <= width, "{line}");
            }
        }

        #[test]
        fn no_line_is_wider_than_asked(target: Vec<u8>, body: Vec<u8>, text: String, width in 10_usize..130) {
            let mut it = example();
            it.request.as_mut().unwrap().target = target;
            it.response.as_mut().unwrap().message.body = body;
            it.response.as_mut().unwrap().reason = text.into_bytes();
            for line in exchange(&it, 9, Style::plain(width)) {
                prop_assert!(text::width(&line) <= width, "{line}");
            }
        }
    }
}
