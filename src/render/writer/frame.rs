//! The frame diagram of RFC 6455 §5.2. It is 66 columns wide, whatever the style says: two for each of the 32 bits of its
//! ruler.

use super::Line;
use super::Style;
use crate::inspect::record::Frame;
use crate::render::model::Look;
use crate::render::model::frame::{Cell, not_drawn, rows};

impl Style<'_> {
    pub(super) fn frame(self, frame: &Frame) -> Vec<Line> {
        let mut lines: Vec<Line> = ruler().into();
        let mut above = Vec::new();
        for row in &rows(frame) {
            let edges = edges(row);
            lines.push(self.border(&above, &edges));
            lines.extend(self.frame_row(row));
            above = edges;
        }
        lines.push(self.border(&above, &[]));
        let rest = not_drawn(frame);
        lines.extend(rest.map(|rest| Line::of(Look::Dim, format!(" {} {rest}", self.glyphs().more))));
        lines
    }

    /// The line between two rows, given where each has its vertical lines.
    fn border(self, above: &[usize], below: &[usize]) -> Line {
        let end = above.last().max(below.last()).copied().unwrap_or(0);
        let line: String = (0..=end)
            .map(|column| {
                let (up, down) = (above.contains(&column), below.contains(&column));
                match (up, down, column == 0, column == end) {
                    _ if !self.unicode => {
                        if up || down {
                            "+"
                        } else {
                            "-"
                        }
                    }
                    (false, false, ..) => "─",
                    (true, true, true, _) => "├",
                    (true, true, _, true) => "┤",
                    (true, true, ..) => "┼",
                    (true, false, true, _) => "└",
                    (true, false, _, true) => "┘",
                    (true, false, ..) => "┴",
                    (false, true, true, _) => "┌",
                    (false, true, _, true) => "┐",
                    (false, true, ..) => "┬",
                }
            })
            .collect();
        Line::of(Look::Dim, format!(" {line}"))
    }

    /// Names, bits and meanings of a row's cells.
    fn frame_row(self, row: &[Cell]) -> Vec<Line> {
        let height = row.iter().map(|cell| cell.name.len()).max().unwrap_or(0);
        let names = (0..height).map(|line| {
            self.cells(row, |cell, columns| {
                let name = cell.name.get(line).map_or("", String::as_str);
                centred(self.cut_line(Line::of(Look::Layer(cell.layer), name), columns), columns)
            })
        });
        let bits = self.cells(row, |cell, _| {
            let spaced: Vec<String> = cell.bits.chars().map(String::from).collect();
            Line::of(Look::Strong(cell.layer), spaced.join(" "))
        });
        let meanings = self.cells(row, |cell, columns| {
            let share = (columns + 1) / cell.meanings.len().max(1);
            let meanings = cell.meanings.iter().map(|meaning| centred(self.words(meaning), share - 1).padded(share));
            meanings.fold(Line::default(), Line::and).trimmed()
        });
        names.chain([bits, meanings]).collect()
    }

    fn cells(self, row: &[Cell], content: impl Fn(&Cell, usize) -> Line) -> Line {
        let side = || Line::of(Look::Dim, self.glyphs().vertical);
        row.iter().fold(Line::spaces(1).and(side()), |line, cell| {
            let columns = cell.bits.len() * 2 - 1;
            line.and(content(cell, columns).padded(columns)).and(side())
        })
    }
}

/// A line with spaces on both sides until it's this many columns wide; an odd space goes on the right.
fn centred(line: Line, columns: usize) -> Line {
    Line::spaces(columns.saturating_sub(line.width()) / 2).and(line).padded(columns)
}

/// Tens and ones of the 32 bits, as in the specification.
fn ruler() -> [Line; 2] {
    let tens = (0..32).map(|bit| if bit % 10 == 0 { format!("{} ", bit / 10) } else { "  ".to_owned() });
    let ones = (0..32).map(|bit| format!("{} ", bit % 10));
    [tens.collect::<String>(), ones.collect()].map(|line| Line::of(Look::Dim, format!("  {}", line.trim_end())))
}

/// The columns at which a row has a vertical line.
fn edges(row: &[Cell]) -> Vec<usize> {
    let mut column = 0;
    let ends = row.iter().map(|cell| {
        column += cell.bits.len() * 2;
        column
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::frame::columns::tests::frame;
    use crate::render::model::Block;
    use crate::render::writer::line::width;

    fn diagram(frame: &Frame, style: Style) -> Vec<String> {
        style.lines(Block::Frame(Box::new(frame.clone())))
    }

    #[test]
    fn a_short_masked_frame_is_unmasked_byte_by_byte() {
        insta::assert_snapshot!(diagram(&frame(1, b"Hello", true), Style::plain(80)).join("\n"), @r"
         0                   1                   2                   3
         0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
        ┌─┬─┬─┬─┬───────┬─┬─────────────┬───────────────────────────────┐
        │F│R│R│R│opcode │M│ payload len │          masking key          │
        │I│S│S│S│       │A│             │                               │
        │N│V│V│V│       │S│             │                               │
        │ │1│2│3│       │K│             │                               │
        │1│0│0│0│0 0 0 1│1│0 0 0 0 1 0 1│0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0│
        │ │ │ │ │ text  │ │      5      │      37              fa       │
        ├─┴─┴─┴─┴───────┴─┴─────────────┼───────────────────────────────┤
        │      masking key (cont.)      │            payload            │
        │0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1│0 1 1 1 1 1 1 1 1 0 0 1 1 1 1 1│
        │      21              3d       │  7f^37=48 H      9f^fa=65 e   │
        ├───────────────────────────────┴───────────────┬───────────────┘
        │                payload (cont.)                │
        │0 1 0 0 1 1 0 1 0 1 0 1 0 0 0 1 0 1 0 1 1 0 0 0│
        │  4d^21=6c l      51^3d=6c l      58^37=6f o   │
        └───────────────────────────────────────────────┘
        ");
    }

    #[test]
    fn a_long_frame_has_its_length_in_two_more_bytes() {
        let frame = frame(2, &[0; 300], false);
        insta::assert_snapshot!(diagram(&frame, Style { unicode: false, ..Style::plain(80) }).join("\n"), @r"
         0                   1                   2                   3
         0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
        +-+-+-+-+-------+-+-------------+-------------------------------+
        |F|R|R|R|opcode |M| payload len |    extended payload length    |
        |I|S|S|S|       |A|             |                               |
        |N|V|V|V|       |S|             |                               |
        | |1|2|3|       |K|             |                               |
        |1|0|0|0|0 0 1 0|0|1 1 1 1 1 1 0|0 0 0 0 0 0 0 1 0 0 1 0 1 1 0 0|
        | | | | |binary | |126: 2 bytes |              300              |
        +-+-+-+-+-------+-+-------------+-------------------------------+
        |                            payload                            |
        |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0|
        |      00              00              00              00       |
        +---------------------------------------------------------------+
        |                        payload (cont.)                        |
        |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0|
        |      00              00              00              00       |
        +---------------------------------------------------------------+
        ... 292 more payload bytes
        ");
    }

    #[test]
    fn a_very_long_masked_frame_has_its_length_in_eight_more() {
        insta::assert_snapshot!(diagram(&frame(2, &vec![7; 70_000], true), Style::plain(80)).join("\n"), @r"
         0                   1                   2                   3
         0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
        ┌─┬─┬─┬─┬───────┬─┬─────────────┬───────────────────────────────┐
        │F│R│R│R│opcode │M│ payload len │    extended payload length    │
        │I│S│S│S│       │A│             │                               │
        │N│V│V│V│       │S│             │                               │
        │ │1│2│3│       │K│             │                               │
        │1│0│0│0│0 0 1 0│1│1 1 1 1 1 1 1│0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0│
        │ │ │ │ │binary │ │127: 8 bytes │                               │
        ├─┴─┴─┴─┴───────┴─┴─────────────┴───────────────────────────────┤
        │                extended payload length (cont.)                │
        │0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1│
        │                                                               │
        ├───────────────────────────────┬───────────────────────────────┤
        │extended payload length (cont.)│          masking key          │
        │0 0 0 1 0 0 0 1 0 1 1 1 0 0 0 0│0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0│
        │            70 000             │      37              fa       │
        ├───────────────────────────────┼───────────────────────────────┤
        │      masking key (cont.)      │            payload            │
        │0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1│0 0 1 1 0 0 0 0 1 1 1 1 1 1 0 1│
        │      21              3d       │   30^37=07        fd^fa=07    │
        ├───────────────────────────────┴───────────────────────────────┤
        │                        payload (cont.)                        │
        │0 0 1 0 0 1 1 0 0 0 1 1 1 0 1 0 0 0 1 1 0 0 0 0 1 1 1 1 1 1 0 1│
        │   26^21=07        3a^3d=07        30^37=07        fd^fa=07    │
        ├───────────────────────────────┬───────────────────────────────┘
        │        payload (cont.)        │
        │0 0 1 0 0 1 1 0 0 0 1 1 1 0 1 0│
        │   26^21=07        3a^3d=07    │
        └───────────────────────────────┘
        … 69 992 more payload bytes
        ");
    }

    proptest! {
        #[test]
        fn any_frame_can_be_drawn_in_76_columns(
            payload: Vec<u8>, declared: u64, opcode: u8, rsv: u8, header_bytes: u8, masked: bool
        ) {
            let mut frame = frame(opcode, &payload, masked);
            (frame.payload_bytes, frame.rsv, frame.header_bytes) = (declared, rsv, header_bytes);
            for line in diagram(&frame, Style::plain(80)) {
                prop_assert!(width(&line) <= 76, "{line}");
            }
        }
    }
}
