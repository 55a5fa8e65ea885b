//! What the output can show, and how the tool looks: one colour per OSI layer, and the few drawing characters.
//!
//! Whether there is colour, Unicode and how much room is decided by the caller, once; nothing here asks.

use super::escape::{escape, escape_ascii};
use crate::capture::Names;
use crate::render::numbers;

/// What the output can show. Passed to everything that draws.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    /// Whether colour sequences are written. Without it, the output holds no escape at all.
    pub colour: bool,
    /// Whether characters beyond ASCII are written.
    pub unicode: bool,
    /// How many columns a line may take. Views are made for 80 and more; below 40, pictures may need more than this.
    pub width: usize,
    /// How many lines the screen has, where a page that's longer leaves only its end to be seen.
    pub height: Option<usize>,
    /// What packets are called that several captures have; without it, by their numbers.
    pub names: Option<&'a Names>,
}

/// The characters that pictures are drawn with.
#[derive(Debug)]
pub struct Glyphs {
    /// A vertical line: a lifeline, a box's side.
    pub vertical: &'static str,
    /// A horizontal line: an arrow's shaft, a rule.
    pub horizontal: &'static str,
    /// Where two lines cross.
    pub cross: &'static str,
    /// The head of an arrow to the right.
    pub right: &'static str,
    /// The head of an arrow to the left.
    pub left: &'static str,
    /// Where something lost ends.
    pub lost: &'static str,
    /// Rows left out.
    pub more_rows: &'static str,
    /// Text left out.
    pub more: &'static str,
    /// Between things of one line.
    pub dot: &'static str,
    /// No value.
    pub none: &'static str,
    /// From one to another.
    pub to: &'static str,
    /// From a number up to another.
    pub range: &'static str,
    /// Leads to a part that is not the last.
    pub branch: &'static str,
    /// Leads to the last part.
    pub last_branch: &'static str,
    /// Leads past a part to the next.
    pub trunk: &'static str,
    /// Marks what is wrong.
    pub wrong: &'static str,
    /// Points at something.
    pub pointer: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    vertical: "│",
    horizontal: "─",
    cross: "┼",
    right: "▶",
    left: "◀",
    lost: "╳",
    more_rows: "⋮",
    more: "…",
    dot: "·",
    none: "—",
    to: "→",
    range: "–",
    branch: "├ ",
    last_branch: "└ ",
    trunk: "│ ",
    wrong: "✗",
    pointer: "▸",
};

const ASCII: Glyphs = Glyphs {
    vertical: "|",
    horizontal: "-",
    cross: "+",
    right: ">",
    left: "<",
    lost: "x",
    more_rows: ":",
    more: "...",
    dot: "-",
    none: "-",
    to: "->",
    range: "-",
    branch: "|-",
    last_branch: "`-",
    trunk: "| ",
    wrong: "!",
    pointer: "*",
};

/// How the tool's own typography is written in ASCII.
const ASCII_FOR: [(char, &str); 21] = [
    ('…', "..."),
    ('·', "-"),
    ('→', "->"),
    ('←', "<-"),
    ('—', "-"),
    ('–', "-"),
    ('§', "section "),
    ('×', "x"),
    ('µ', "u"),
    ('≤', "<="),
    ('≥', ">="),
    ('’', "'"),
    ('“', "\""),
    ('”', "\""),
    ('✗', "!"),
    ('≠', "!"),
    ('✓', "="),
    ('⋮', ":"),
    ('●', "o"),
    ('○', "o"),
    ('↳', "`-"),
];

impl Style<'_> {
    /// Unicode, no colour, `width` columns.
    #[must_use]
    pub const fn plain(width: usize) -> Self {
        Self { colour: false, unicode: true, width, height: None, names: None }
    }

    /// The same, with names for packets.
    #[must_use]
    pub const fn with_names(self, names: &Names) -> Style<'_> {
        let Self { colour, unicode, width, height, .. } = self;
        Style { colour, unicode, width, height, names: Some(names) }
    }

    /// What a packet is called beside others: "#12", or "b.pcap:12" where it's one of several captures'.
    #[must_use]
    pub(super) fn packet(self, number: u64) -> String {
        match self.names {
            Some(names) => self.text(&names.name(number)),
            None => format!("#{}", numbers::count(number)),
        }
    }

    /// The characters to draw with.
    #[must_use]
    pub fn glyphs(self) -> &'static Glyphs {
        if self.unicode { &UNICODE } else { &ASCII }
    }

    /// Text of any origin made safe for this output: what a capture may have put into it is escaped.
    #[must_use]
    pub fn text(self, text: &str) -> String {
        if self.unicode || text.is_ascii() {
            return escape(text.as_bytes());
        }
        let mut out = String::with_capacity(text.len());
        for character in text.chars() {
            match ASCII_FOR.iter().find(|(c, _)| *c == character) {
                Some((_, ascii)) => out.push_str(ascii),
                None => out.push(character),
            }
        }
        escape_ascii(out.as_bytes())
    }

    /// Captured bytes made safe for this output.
    #[must_use]
    pub(super) fn bytes(self, bytes: &[u8]) -> String {
        if self.unicode { escape(bytes) } else { escape_ascii(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_typography_has_an_ascii_form_and_captured_text_an_escape() {
        let style = Style { unicode: false, ..Style::plain(80) };
        assert_eq!(style.text("RFC 9293 §3.1 · 350 µs"), "RFC 9293 section 3.1 - 350 us");
        assert_eq!(style.text("café\x1b"), r"caf\u{e9}\x1b");
    }
}
