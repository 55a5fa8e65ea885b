//! Lines of an HTTP message that somebody pasted, each taken apart.

use crate::layers::application::http::{annotate, sender};
use crate::layers::{Direction, Field};
use crate::render::model::{Page, Prose, Text};

/// How many lines are taken apart.
const LINES: usize = 32;

/// The parts of each line. The first may be a start line; an empty one ends the fields.
#[must_use]
pub fn lines(message: &str) -> Page {
    let mut page = Page::default();
    let mut rest = message.lines().map(str::trim_end);
    for (at, line) in rest.by_ref().take(LINES).enumerate().filter(|(_, line)| !line.is_empty()) {
        if !page.is_empty() {
            page.space();
        }
        page.add(vec![field(line, at == 0)]);
    }
    let left = rest.count();
    if left > 0 {
        page.add(Prose::new(Text::words(format!("⋮ {left} more lines")).dim()).cut());
    }
    page
}

/// A line as it's sent, including its line end, which nobody types.
fn field(line: &str, may_be_first: bool) -> Field {
    let sent = format!("{line}\r\n");
    let from = may_be_first.then(|| sender(sent.as_bytes(), sent.len())).flatten();
    match from {
        Some(Direction::Client) => annotate::request_line(sent.as_bytes()),
        Some(Direction::Server) => annotate::status_line(sent.as_bytes()),
        None => annotate::field_line(sent.as_bytes(), annotate::Asked::default()),
    }
}

/// Whether a text is to be read as a line of a message, rather than as the name of something.
#[must_use]
pub fn is_line(said: &str) -> bool {
    let first = said.lines().next().unwrap_or_default();
    let ended = format!("{first}\r\n");
    let name = first.split_once(':').map_or("", |(name, _)| name.trim_end());
    let is_field =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_field || first.contains("HTTP/") && sender(ended.as_bytes(), ended.len()).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    #[test]
    fn a_field_line_is_taken_apart() {
        insta::assert_snapshot!(Style::plain(80).lines(lines("Set-Cookie: id=7; HttpOnly")).join("\n"));
    }

    #[test]
    fn lines_are_told_from_names() {
        for line in ["Host: a", "GET / HTTP/1.1", "HTTP/1.1 200 OK", "Sec-WebSocket-Key:x", "Host : a"] {
            assert!(is_line(line), "{line}");
        }
        for name in ["host", "not found", "101 Switching Protocols", "HTTP", "tcp syn", ": a", ""] {
            assert!(!is_line(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_keeps_to_the_width(said: String, columns in 40_usize..130) {
            for line in Style::plain(columns).lines(lines(&format!("{said}\nHost: {said}\r\n\r\n"))) {
                prop_assert!(width(&line) <= columns, "{line}");
                prop_assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
    }
}
