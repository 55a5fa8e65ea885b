//! Tables: aligned columns under a header and a thin rule, never wider than asked.
//!
//! comfy-table arranges the columns and cuts or wraps the cells, on text that has no colour yet. It separates cells and
//! rows with the two characters that ASCII has for that. Escaped text can't contain them, so each cell can be found again and
//! painted.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Row, TableStyle, Width,
};

use super::Line;
use super::Style;
use super::line::{split_at_column, width};
use crate::render::model::{Look, Table, Text};
use crate::render::numbers;

const UNIT_SEPARATOR: char = '\x1f';
const RECORD_SEPARATOR: char = '\x1e';

/// From this width on there is room for luxuries.
const PLENTY: usize = 100;

impl Style<'_> {
    pub(super) fn table(self, table: &Table) -> Vec<Line> {
        let mut lines = Vec::new();
        if !table.rows.is_empty() {
            lines.extend(Arranged::of(table, self).lines().into_iter().map(Line::trimmed));
        }
        if table.left_out > 0 {
            let note = format!("{} {} more", self.glyphs().more_rows, numbers::count(table.left_out));
            lines.push(self.cut_line(Line::of(Look::Dim, note), self.width));
        }
        lines
    }
}

/// A table's columns that are shown, and what their cells say.
struct Arranged<'a> {
    style: Style<'a>,
    table: &'a Table,
    shown: Vec<usize>,
    rows: Vec<Vec<(Look, String)>>,
}

impl<'a> Arranged<'a> {
    fn of(table: &'a Table, style: Style<'a>) -> Self {
        let plenty = style.width >= PLENTY;
        let shown = (0..table.columns.len()).filter(|&at| plenty || !table.columns[at].luxury).collect();
        let mut arranged = Self { style, table, shown, rows: Vec::new() };
        let nothing = Text::default();
        for row in &table.rows {
            let cells = table.columns.iter().enumerate().map(|(at, column)| {
                let cell = row.get(at);
                let text = cell.map_or(&nothing, |cell| cell.short.as_ref().filter(|_| !plenty).unwrap_or(&cell.text));
                let line = style.line_of(text, if column.wraps { usize::MAX } else { style.width });
                (line.spans.first().map_or(Look::Plain, |span| span.0), line.text())
            });
            arranged.rows.push(cells.collect());
        }
        arranged.drop_columns();
        arranged
    }

    /// Leaves columns out until the others have room together.
    fn drop_columns(&mut self) {
        let widths: Vec<usize> = (self.table.columns.iter().enumerate())
            .map(|(at, column)| {
                // Columns that can be cut or wrapped need no more than this to make sense.
                let needed = if column.numbers { self.widest(at) } else { self.widest(at).min(24) };
                needed.max(width(column.title))
            })
            .collect();
        while self.shown.iter().map(|&at| widths[at] + 2).sum::<usize>() > self.style.width + 2 {
            let Some(dropped) = self.shown.iter().rposition(|&at| self.table.columns[at].optional) else { break };
            self.shown.remove(dropped);
        }
    }

    fn widest(&self, column: usize) -> usize {
        self.rows.iter().map(|row| width(&row[column].1)).max().unwrap_or(0)
    }

    fn lines(&self) -> Vec<Line> {
        let looks = std::iter::once(vec![Look::Bold; self.shown.len()])
            .chain(self.rows.iter().map(|row| self.shown.iter().map(|&at| row[at].0).collect()));
        let arranged = self.arranged();
        let rows = arranged.split(|line| line.starts_with(RECORD_SEPARATOR));
        let mut lines = Vec::with_capacity(arranged.len() / 2 + 2);
        let mut asides = self.table.asides.iter().peekable();
        for (number, (row, looks)) in rows.zip(looks).enumerate() {
            // The header is the first.
            while let Some((_, said)) = asides.next_if(|(before, _)| before + 1 == number) {
                lines.push(self.style.cut_line(self.style.line(said), self.style.width));
            }
            lines.extend(row.iter().map(|line| self.painted(line, &looks)));
            if number == 0 {
                let columns = arranged.iter().map(|line| columns_of(line)).max().unwrap_or(0);
                lines.push(self.style.rule_line(columns.min(self.style.width)));
            }
        }
        lines
    }

    fn arranged(&self) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        let columns = || self.shown.iter().map(|&at| &self.table.columns[at]);
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
            .set_header(columns().map(|column| column.title));
        let cut = !columns().any(|column| column.wraps);
        for row in &self.rows {
            let mut cells = Row::from(self.shown.iter().map(|&at| row[at].1.as_str()));
            if cut {
                cells.max_height(1);
            }
            table.add_row(cells);
        }
        for (column, &at) in table.column_iter_mut().zip(&self.shown) {
            column.set_padding((0, 1));
            if self.table.columns[at].numbers {
                column.set_cell_alignment(CellAlignment::Right);
                let needed = self.widest(at).max(width(self.table.columns[at].title)).min(self.style.width / 3);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(needed as u16 + 1)));
            }
            if cut {
                // With no delimiter in it, a cell is cut where its room ends, not at a space before.
                column.set_delimiter(UNIT_SEPARATOR);
            }
        }
        table.lines().collect()
    }

    fn painted(&self, line: &str, looks: &[Look]) -> Line {
        let mut out = Line::default();
        let mut room = self.style.width;
        for (at, (cell, &look)) in line.split(UNIT_SEPARATOR).zip(looks).enumerate() {
            // The separator takes one column, as the padding before it does.
            if at > 0 && room > 0 {
                out.push(Look::Plain, " ");
                room -= 1;
            }
            // Too many columns for the width leave nothing to arrange: then the line itself is cut.
            let cell = split_at_column(cell, room).0;
            room -= width(cell);
            out.push(look, cell);
        }
        out
    }
}

fn columns_of(line: &str) -> usize {
    let line = line.trim_end_matches([' ', RECORD_SEPARATOR]);
    width(&line.replace(UNIT_SEPARATOR, " "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::model::{Cell, Column};

    fn example(style: Style) -> String {
        let mut table = Table::new(&[Column::number("#"), Column::text("Target"), Column::number("Size").optional()]);
        table.row(["0", "/", "1 980 B"].map(Cell::from));
        let target = Text::captured(b"/search?q=a+very+long+query+string\x1b[2J");
        table.row(["1".into(), target.into(), "12 B".into()]);
        style.lines(table.but(3)).join("\n")
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
        let mut table = Table::new(&[Column::text("Code"), Column::text("Text").wrapped()]);
        table.row(["one", "a sentence that is longer than the room it has"].map(Cell::from));
        table.row(["two", "short"].map(Cell::from));
        insta::assert_snapshot!(Style::plain(30).lines(table).join("\n"), @r"
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
        let mut table = Table::new(&[Column::text("A"), Column::text("B")]);
        let cell = |text, look| Cell::from(Text::words(text).look(look));
        table.row([cell("x", Look::Good), cell("y", Look::Bad)]);
        let drawn = Style { colour: true, ..Style::plain(30) }.lines(table);
        assert_eq!(drawn[2], "\x1b[32mx\x1b[0m  \x1b[1m\x1b[31my\x1b[0m");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(cells: Vec<[Vec<u8>; 3]>, width in 8_usize..130, wraps: bool) {
            let second = if wraps { Column::text("Text").wrapped() } else { Column::text("Text") };
            let mut table = Table::new(&[Column::number("Number"), second, Column::text("More").optional()]);
            for row in cells {
                table.row(row.map(|bytes| Text::captured(bytes).into()));
            }
            let drawn = Style::plain(width).lines(table.but(1));
            prop_assert!(drawn.iter().all(|line| super::width(line) <= width), "{drawn:?}");
            prop_assert!(!drawn.concat().contains([UNIT_SEPARATOR, RECORD_SEPARATOR]));
        }
    }
}
