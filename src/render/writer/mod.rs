//! Writers: what a view found, drawn in lines, coloured or plain, or said in sentences.
//!
//! They alone know how wide the output is, what it can show, and how a look is shown. What was captured becomes safe in one
//! place, `Style::safe`.

mod chart;
mod colours;
pub mod escape;
mod fields;
mod frame;
mod happening;
mod hex;
mod ladder;
mod layers;
pub mod line;
mod list;
mod prose;
pub mod screen;
pub mod spoken;
pub mod style;
mod table;

use std::io::{self, Write};

pub use line::Line;
pub use style::Style;

use self::escape::beginning;
use self::prose::STEP;
use super::model::text::Said;
use super::model::{Block, Look, Page, Text};
use super::numbers;

impl Style<'_> {
    /// Lays a page out in lines. None is wider than the style, except a frame's diagram.
    #[must_use]
    pub fn lay_out(self, page: &Page) -> Vec<Line> {
        page.0.iter().flat_map(|block| self.block(block)).map(Line::trimmed).collect()
    }

    /// Writes lines that are laid out.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn print_lines(self, lines: &[Line], out: &mut dyn Write) -> io::Result<()> {
        lines.iter().try_for_each(|line| writeln!(out, "{}", self.shown(line)))
    }

    /// A page's lines, as this output takes them.
    #[must_use]
    pub fn lines(self, page: impl Into<Page>) -> Vec<String> {
        self.lay_out(&page.into()).iter().map(|line| self.shown(line)).collect()
    }

    /// Writes a page.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn print(self, page: impl Into<Page>, out: &mut dyn Write) -> io::Result<()> {
        self.print_lines(&self.lay_out(&page.into()), out)
    }

    /// Writes a page. If its beginning is off the screen by then, `at_end` follows, and how to read it from the top.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn print_long(self, page: &Page, at_end: Page, out: &mut dyn Write) -> io::Result<()> {
        let lines = self.lay_out(page);
        self.print_lines(&lines, out)?;
        if self.height.is_none_or(|height| lines.len() < height) {
            return Ok(());
        }
        let mut end = Page::default();
        end.space();
        end.append(at_end);
        end.remark(format!(
            "This page has {}, more than the screen. To read it from the top, add to the command: --color always | less -R",
            numbers::counted(lines.len() as u64, "line")
        ));
        self.print(end, out)
    }

    fn block(self, block: &Block) -> Vec<Line> {
        let lines = match block {
            Block::Space => vec![Line::default()],
            Block::Heading(heading) => self.heading(heading),
            Block::Prose(prose) => self.prose(prose),
            Block::List(list) => self.list(list),
            Block::Quote(quote) => self.quote(quote),
            Block::Table(table) => self.table(table),
            Block::Ladders(ladders) => self.ladders(ladders),
            Block::Layers(layers) => self.layers(layers),
            Block::Fields(fields) => self.fields(fields),
            Block::Hex(hex) => self.hex(hex),
            Block::Chart(chart) => self.chart(chart),
            Block::Happening(happening) => self.happening(happening),
            Block::Flow(pieces) => line::flow(pieces.iter().map(|piece| self.line(piece)), STEP, self.width),
            Block::Names(names) => self.names(names),
            Block::Frame(frame) => return self.frame(frame),
            Block::Beside(left, right) => return self.beside(left, right),
            Block::Told { seen, .. } => return self.lay_out(seen),
            Block::Either { abreast, wide, narrow } => {
                return self.lay_out(if self.has_room_for(*abreast) { wide } else { narrow });
            }
        };
        // Some things need more room than there is: two lifelines, or a label and its value.
        lines.into_iter().map(|line| self.cut_line(line, self.width)).collect()
    }

    /// A text as a line of any length, with what may have been captured made harmless: nothing else makes a line of it.
    pub(in crate::render) fn line(self, text: &Text) -> Line {
        self.line_of(text, usize::MAX)
    }

    /// Words of ours, which may quote what was captured, as a line of any length.
    fn words(self, words: &str) -> Line {
        Line::of(Look::Plain, self.text(words))
    }

    /// The same, with each packet that they name called what it's called.
    fn naming(self, words: &str) -> Line {
        Line::of(Look::Plain, self.naming_words(words))
    }

    fn naming_words(self, words: &str) -> String {
        self.names.map_or_else(|| self.text(words), |names| self.text(&names.in_words(words)))
    }

    /// A rule.
    fn rule_line(self, columns: usize) -> Line {
        Line::of(Look::Dim, self.glyphs().horizontal.repeat(columns))
    }

    /// The same; of what was captured no more than that many columns can show.
    fn line_of(self, text: &Text, columns: usize) -> Line {
        // A character takes at most four bytes.
        let most = columns.saturating_mul(4).saturating_add(4);
        text.pieces().fold(Line::default(), |line, (look, said)| line.with(look, self.safe(said, most)))
    }

    fn safe(self, said: &Said, most: usize) -> String {
        match said {
            Said::Words(words) => self.naming_words(words.get(..words.floor_char_boundary(most)).unwrap_or(words)),
            // It doesn't stand for a captured byte, so it isn't doubled.
            Said::Taught(words) => words.split('\\').map(|part| self.taught(part)).collect::<Vec<_>>().join("\\"),
            Said::Captured(bytes) => self.bytes(beginning(bytes, most)),
            Said::Count(number) => numbers::count(*number),
            Said::Bytes(number) => numbers::bytes(*number),
            Said::Duration(nanoseconds) => self.text(&numbers::duration(*nanoseconds)),
            Said::Time(time) => numbers::time(*time),
        }
    }

    fn taught(self, part: &str) -> String {
        part.split('\u{a0}').map(|part| self.text(part)).collect::<Vec<_>>().join("\u{a0}")
    }
}

#[cfg(test)]
mod tests;
