//! A lesson's Markdown in lines: looks for its marks, at the width there is.

use super::style::{Look, Style};
use crate::layers::Layer;
use crate::lesson::text::{Line, Style as Words, wrap};

/// Lays out Markdown.
pub(super) fn markdown(source: &str, style: Style) -> Vec<String> {
    let look = |words| match words {
        Words::Text => Look::Plain,
        Words::Bold => Look::Bold,
        Words::Code => Look::Layer(Layer::Application),
        Words::Dim => Look::Dim,
    };
    // A backslash in code that a lesson shows is what one types: it stands for no captured byte, and is not doubled.
    let text = |text: &str| text.split('\\').map(|part| style.text(part)).collect::<Vec<_>>().join("\\");
    let line = |line: &Line| line.spans.iter().map(|span| style.paint(look(span.style), &text(&span.text))).collect();
    wrap(source, style.width).iter().map(line).collect()
}

/// That much less room.
pub(super) fn narrower(style: Style, by: usize) -> Style {
    Style { width: style.width.saturating_sub(by), ..style }
}

/// Lines moved to the right.
pub(super) fn indented(lines: &[String], by: usize) -> Vec<String> {
    lines.iter().map(|line| format!("{}{line}", " ".repeat(by))).collect()
}
