//! What the output can show, and how the tool looks: one colour per OSI layer, and the few drawing characters.
//!
//! Whether there is colour, Unicode and how much room is decided by the caller, once; nothing here asks.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::escape::{escape, escape_ascii};
use super::text;
use crate::layers::Layer;

/// What the output can show. Passed to everything that draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colour sequences are written. Without it, the output holds no escape at all.
    pub colour: bool,
    /// Whether characters beyond ASCII are written.
    pub unicode: bool,
    /// How many columns a line may take. Views are made for 80 and more; below 40, pictures may need more than this.
    pub width: usize,
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As everything else.
    #[default]
    Plain,
    /// To be seen first.
    Bold,
    /// To be seen last: rules, units, explanations.
    Dim,
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Of that layer.
    Layer(Layer),
    /// Of that layer, and to be told apart from a neighbour of the same layer, or to be seen first.
    Strong(Layer),
}

impl From<Layer> for Look {
    fn from(layer: Layer) -> Self {
        Self::Layer(layer)
    }
}

impl Look {
    /// The colours are of the sixteen that a terminal's theme defines, so that they suit its background; white, black
    /// and red (kept for what is wrong) are none of the layers'.
    fn ansi(self) -> Ansi {
        let plain = Ansi::new();
        let colour = |colour: AnsiColor| plain.fg_color(Some(colour.into()));
        match self {
            Self::Plain => plain,
            Self::Bold => plain.bold(),
            Self::Dim => plain.dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Strong(layer) => Self::Layer(layer).ansi().bold(),
            Self::Layer(layer) => match layer {
                Layer::Physical => plain.dimmed(),
                Layer::DataLink => colour(AnsiColor::Yellow),
                Layer::Network => colour(AnsiColor::Green),
                Layer::Transport => colour(AnsiColor::Cyan),
                Layer::Session => colour(AnsiColor::BrightMagenta),
                Layer::Presentation => colour(AnsiColor::Magenta),
                Layer::Application => colour(AnsiColor::BrightBlue),
            },
        }
    }
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
};

/// How the tool's own typography is written in ASCII.
const ASCII_FOR: [(char, &str); 14] = [
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
];

impl Style {
    /// Unicode, no colour, `width` columns.
    #[must_use]
    pub const fn plain(width: usize) -> Self {
        Self { colour: false, unicode: true, width }
    }

    /// The characters to draw with.
    #[must_use]
    pub fn glyphs(self) -> &'static Glyphs {
        if self.unicode { &UNICODE } else { &ASCII }
    }

    /// `text` in a layer's colour, or any other look. The text must be safe already: see [`text`](Self::text).
    #[must_use]
    pub fn paint(self, look: impl Into<Look>, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 12);
        self.paint_into(&mut out, look, text);
        out
    }

    /// As [`paint`](Self::paint), at the end of `out`.
    pub fn paint_into(self, out: &mut String, look: impl Into<Look>, text: &str) {
        let ansi = look.into().ansi();
        if !self.colour || ansi.is_plain() || text.trim().is_empty() {
            out.push_str(text);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}{text}{}", ansi.render(), ansi.render_reset());
        }
    }

    /// `text`, to be seen first.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.paint(Look::Bold, text)
    }

    /// `text`, to be seen last.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint(Look::Dim, text)
    }

    /// `text` that says all is well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.paint(Look::Good, text)
    }

    /// `text` that says something is wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.paint(Look::Bad, text)
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
    pub fn bytes(self, bytes: &[u8]) -> String {
        if self.unicode { escape(bytes) } else { escape_ascii(bytes) }
    }

    /// `text` cut to `columns`, with a mark where something had to go.
    #[must_use]
    pub fn cut(self, text: &str, columns: usize) -> String {
        text::ellipsis(text, columns, self.glyphs().more)
    }

    /// A rule of `columns`, dim.
    #[must_use]
    pub fn rule(self, columns: usize) -> String {
        self.dim(&self.glyphs().horizontal.repeat(columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_no_escape() {
        let style = Style::plain(80);
        for layer in Layer::TOP_DOWN {
            assert_eq!(style.paint(layer, "text"), "text");
        }
        assert_eq!(style.bad("text"), "text");
    }

    #[test]
    fn every_layer_has_its_own_colour() {
        let style = Style { colour: true, ..Style::plain(80) };
        let painted: std::collections::HashSet<_> = Layer::TOP_DOWN.map(|layer| style.paint(layer, "x")).into();
        assert_eq!(painted.len(), 7);
        assert_eq!(style.paint(Layer::Transport, "x"), "\x1b[36mx\x1b[0m");
    }

    #[test]
    fn own_typography_has_an_ascii_form_and_captured_text_an_escape() {
        let style = Style { unicode: false, ..Style::plain(80) };
        assert_eq!(style.text("RFC 9293 §3.1 · 350 µs"), "RFC 9293 section 3.1 - 350 us");
        assert_eq!(style.text("café\x1b"), r"caf\u{e9}\x1b");
    }
}
