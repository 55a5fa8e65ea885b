//! What a terminal shows for a look: the colours, all of them here.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::Line;
use super::Style;
use crate::inspect::record::Direction;
use crate::layers::Layer;
use crate::render::model::Look;

impl Style<'_> {
    /// A line as this output takes it: with colour sequences, or as plain text that holds no escape at all.
    #[must_use]
    pub fn shown(self, line: &Line) -> String {
        let mut out = String::new();
        for (look, text) in &line.spans {
            // No-break spaces held a number together while lines were broken; not every terminal has them.
            let text = text.replace('\u{a0}', " ");
            let ansi = look.ansi();
            let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
            if self.colour && !ansi.is_plain() && start < end {
                let (spaces, words, after) = (&text[..start], &text[start..end], &text[end..]);
                // Writing to a string cannot fail.
                let _ = write!(out, "{spaces}{}{words}{}{after}", ansi.render(), ansi.render_reset());
            } else {
                out += &text;
            }
        }
        out
    }
}

impl Look {
    /// The colours are among the sixteen that a terminal's theme defines, so they suit its background. The layers don't
    /// use white, black or red (which is kept for what's wrong).
    fn ansi(self) -> Ansi {
        let plain = Ansi::new();
        let colour = |colour: AnsiColor| plain.fg_color(Some(colour.into()));
        match self {
            Self::Plain => plain,
            Self::Bold => plain.bold(),
            Self::Dim => plain.dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Note => colour(AnsiColor::Yellow).bold(),
            Self::From(Direction::Client) => Self::Layer(Layer::Application).ansi(),
            Self::From(Direction::Server) => Self::Layer(Layer::Presentation).ansi(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_no_escape() {
        let style = Style::plain(80);
        for layer in Layer::TOP_DOWN {
            assert_eq!(style.shown(&Line::of(layer, "text")), "text");
        }
        assert_eq!(style.shown(&Line::of(Look::Bad, "text")), "text");
    }

    #[test]
    fn every_layer_has_its_own_colour() {
        let style = Style { colour: true, ..Style::plain(80) };
        let painted: std::collections::HashSet<_> =
            Layer::TOP_DOWN.map(|layer| style.shown(&Line::of(layer, "x"))).into();
        assert_eq!(painted.len(), 7);
        assert_eq!(style.shown(&Line::of(Layer::Transport, "x")), "\x1b[36mx\x1b[0m");
    }
}
