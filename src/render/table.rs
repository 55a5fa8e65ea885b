//! Tables: aligned columns under a header and a thin rule, never wider than asked.
//!
//! comfy-table arranges the columns and cuts or wraps the cells, on text that has no colour yet. It separates cells and
//! rows with the two characters ASCII has for that, which escaped text cannot contain, and so each cell can be found
//! again and painted.

use std::borrow::Cow;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Row, TableStyle, Width,
};

use super::escape::beginning;
use super::style::{Look, Style};
use super::text;

const UNIT_SEPARATOR: char = '\x1f';
const RECORD_SEPARATOR: char = '\x1e';

/// A column: its title, and what it does with its room.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    title: &'static str,
    numbers: bool,
    wraps: bool,
    optional: bool,
}

impl Column {
    /// Text, aligned left, cut where it is too long.
    #[must_use]
    pub const fn text(title: &'static str) -> Self {
        Self { title, numbers: false, wraps: false, optional: false }
    }

    /// Numbers, aligned right.
    #[must_use]
    pub const fn number(title: &'static str) -> Self {
        Self { numbers: true, ..Self::text(title) }
    }

    /// The same, but cells go on over several lines instead of being cut.
    #[must_use]
    pub const fn wrapped(self) -> Self {
        Self { wraps: true, ..self }
    }

    /// The same, but left out where there is not enough room for all columns; of several, the last goes first.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// A cell. Its text may come from a capture: the table escapes it.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    text: Cow<'a, [u8]>,
    captured: bool,
    look: Look,
}

impl<'a> Cell<'a> {
    /// A cell of our own words, or of text that was captured.
    #[must_use]
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Self { text, captured: false, look: Look::Plain }
    }

    /// A cell of captured bytes.
    #[must_use]
    pub fn bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { text: bytes.into(), captured: true, look: Look::Plain }
    }

    /// The same, painted.
    #[must_use]
    pub fn look(self, look: impl Into<Look>) -> Self {
        Self { look: look.into(), ..self }
    }

    fn escaped(&self, style: Style, room: usize) -> String {
        // Of a payload only the beginning can be seen; a character takes at most four bytes.
        let seen = beginning(&self.text, room.saturating_mul(4).saturating_add(4));
        match std::str::from_utf8(seen) {
            Ok(text) if !self.captured => style.text(text),
            _ => style.bytes(seen),
        }
    }
}

/// A table that is being filled.
#[derive(Clone, Debug)]
pub struct Table {
    style: Style,
    columns: Vec<Column>,
    rows: Vec<Vec<(String, Look)>>,
}

impl Table {
    /// A table without rows yet.
    #[must_use]
    pub fn new(columns: &[Column], style: Style) -> Self {
        Self { style, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells that are missing stay empty, those beyond the last column are not shown.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        let mut row: Vec<(String, Look)> = (self.columns.iter().zip(cells))
            .map(|(column, cell)| {
                let room = if column.wraps { usize::MAX } else { self.style.width };
                (cell.escaped(self.style, room), cell.look)
            })
            .collect();
        row.resize_with(self.columns.len(), Default::default);
        self.rows.push(row);
    }

    /// The table's lines, each ended by a line feed; nothing if it has no rows.
    ///
    /// `left_out` more rows are mentioned below it.
    #[must_use]
    pub fn draw(&self, left_out: u64) -> String {
        let mut out = String::new();
        if !self.rows.is_empty() {
            for line in self.lines() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
        if left_out > 0 {
            let note = format!("{} {} more", self.style.glyphs().more_rows, super::numbers::count(left_out));
            out.push_str(&self.style.dim(&self.style.cut(&note, self.style.width)));
            out.push('\n');
        }
        out
    }

    fn lines(&self) -> Vec<String> {
        let shown = self.shown();
        let looks = std::iter::once(vec![Look::Bold; shown.len()])
            .chain(self.rows.iter().map(|row| shown.iter().map(|&at| row[at].1).collect()));
        let arranged = self.arranged(&shown);
        let rows = arranged.split(|line| line.starts_with(RECORD_SEPARATOR));
        let mut lines = Vec::with_capacity(arranged.len() / 2 + 2);
        for (number, (row, looks)) in rows.zip(looks).enumerate() {
            for line in row {
                lines.push(self.painted(line, &looks));
            }
            if number == 0 {
                let columns = arranged.iter().map(|line| columns_of(line)).max().unwrap_or(0);
                lines.push(self.style.rule(columns.min(self.style.width)));
            }
        }
        lines
    }

    /// Which columns are drawn: all, unless they have no room together.
    fn shown(&self) -> Vec<usize> {
        let widths: Vec<usize> = (self.columns.iter().enumerate())
            .map(|(at, column)| {
                let cells = self.rows.iter().map(|row| text::width(&row[at].0));
                // What can be cut or wrapped needs no more than this to make sense.
                let needed = cells.max().unwrap_or(0);
                let needed = if column.numbers { needed } else { needed.min(24) };
                needed.max(text::width(column.title))
            })
            .collect();
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        while shown.iter().map(|&at| widths[at] + 2).sum::<usize>() > self.style.width + 2 {
            let Some(dropped) = shown.iter().rposition(|&at| self.columns[at].optional) else { break };
            shown.remove(dropped);
        }
        shown
    }

    fn arranged(&self, shown: &[usize]) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table
            .load_style(
                TableStyle::new()
                    .header_lines(ContentLineStyle::none().junction(UNIT_SEPARATOR))
                    .header_separator(LineStyle::none().fill(RECORD_SEPARATOR))
                    .content_lines(ContentLineStyle::none().junction(UNIT_SEPARATOR))
                    .row_separator(LineStyle::none().fill(RECORD_SEPARATOR)),
            )
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_truncation_indicator(self.style.glyphs().more)
            // One column of padding stands after the last column, too; it is trimmed away.
            .set_width(u16::try_from(self.style.width + 1).unwrap_or(u16::MAX))
            .set_header(shown.iter().map(|&at| self.columns[at].title));
        let cut = !shown.iter().any(|&at| self.columns[at].wraps);
        for row in &self.rows {
            let mut cells = Row::from(shown.iter().map(|&at| row[at].0.as_str()));
            if cut {
                cells.max_height(1);
            }
            table.add_row(cells);
        }
        for (column, &at) in table.column_iter_mut().zip(shown) {
            column.set_padding((0, 1));
            if self.columns[at].numbers {
                column.set_cell_alignment(CellAlignment::Right);
                let needed = self.rows.iter().map(|row| text::width(&row[at].0)).max().unwrap_or(0);
                let needed = needed.max(text::width(self.columns[at].title)).min(self.style.width / 3);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(needed as u16 + 1)));
            }
            if cut {
                // With no delimiter in it, a cell is cut where its room ends, not at a space before.
                column.set_delimiter(UNIT_SEPARATOR);
            }
        }
        table.lines().collect()
    }

    fn painted(&self, line: &str, looks: &[Look]) -> String {
        let mut out = String::with_capacity(line.len() * 2);
        let mut room = self.style.width;
        for (cell, &look) in line.split(UNIT_SEPARATOR).zip(looks) {
            // The separator takes one column, as the padding before it does.
            if !out.is_empty() && room > 0 {
                out.push(' ');
                room -= 1;
            }
            // Too many columns for the width leave nothing to arrange: then the line itself is cut.
            let cell = text::split_at_column(cell, room).0;
            room -= text::width(cell);
            let (words, spaces) = cell.split_at(cell.trim_end().len());
            let start = words.len() - words.trim_start().len();
            out.push_str(&words[..start]);
            self.style.paint_into(&mut out, look, &words[start..]);
            out.push_str(spaces);
        }
        out
    }
}

fn columns_of(line: &str) -> usize {
    let line = line.trim_end_matches([' ', RECORD_SEPARATOR]);
    text::width(line) + line.matches(UNIT_SEPARATOR).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example(style: Style) -> String {
        let mut table =
            Table::new(&[Column::number("#"), Column::text("Target"), Column::number("Size").optional()], style);
        table.row([Cell::new("0"), Cell::new("/"), Cell::new("1 980 B")]);
        table.row([Cell::new("1"), Cell::bytes(b"/search?q=a+very+long+query+string\x1b[2J"), Cell::new("12 B")]);
        table.draw(3)
    }

    #[test]
    fn columns_are_aligned_and_long_cells_cut() {
        insta::assert_snapshot!(example(Style::plain(40)), @r"
        #  Target                           Size
        ────────────────────────────────────────
        0  /                             1 980 B
        1  /search?q=a+very+long+query…     12 B
        ⋮ 3 more
        ");
    }

    #[test]
    fn an_optional_column_makes_room() {
        insta::assert_snapshot!(example(Style { unicode: false, ..Style::plain(30) }), @r"
        #  Target
        ------------------------------
        0  /
        1  /search?q=a+very+long+qu...
        : 3 more
        ");
    }

    #[test]
    fn a_wrapped_column_takes_several_lines() {
        let mut table = Table::new(&[Column::text("Code"), Column::text("Text").wrapped()], Style::plain(30));
        table.row([Cell::new("one"), Cell::new("a sentence that is longer than the room it has")]);
        table.row([Cell::new("two"), Cell::new("short")]);
        insta::assert_snapshot!(table.draw(0), @r"
        Code  Text
        ─────────────────────────────
        one   a sentence that is
              longer than the room it
              has
        two   short
        ");
    }

    #[test]
    fn each_cell_has_its_look() {
        let mut table = Table::new(&[Column::text("A"), Column::text("B")], Style { colour: true, ..Style::plain(30) });
        table.row([Cell::new("x").look(Look::Good), Cell::new("y").look(Look::Bad)]);
        assert!(table.draw(0).contains("\x1b[32mx\x1b[0m  \x1b[1m\x1b[31my\x1b[0m"), "{:?}", table.draw(0));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(cells: Vec<[Vec<u8>; 3]>, width in 8_usize..130, wraps: bool) {
            let second = if wraps { Column::text("Text").wrapped() } else { Column::text("Text") };
            let mut table = Table::new(&[Column::number("Number"), second, Column::text("More").optional()], Style::plain(width));
            for row in &cells {
                table.row(row.iter().map(Cell::bytes));
            }
            let drawn = table.draw(1);
            prop_assert!(drawn.lines().all(|line| text::width(line) <= width), "{drawn}");
            prop_assert!(!drawn.contains([UNIT_SEPARATOR, RECORD_SEPARATOR]));
        }
    }
}
