//! The frame diagram of RFC 6455 §5.2, filled with one frame's own bits.
//!
//! The specification draws every field a frame could have; here stand those that this one has, where they are, each
//! with its name, its bits as sent, and what they mean. A masked payload is unmasked before the reader's eyes:
//! `7f^37=48 H`. The diagram is 66 columns wide, whatever the style says: two for each of the 32 bits of its ruler.

use super::numbers;
use super::style::{Look, Style};
use super::text;
use crate::inspect::record::Frame;
use crate::layers::Layer;

/// How many payload bytes are drawn.
const PAYLOAD: usize = 8;

/// Draws a frame's header and the first bytes of its payload.
#[must_use]
pub fn diagram(frame: &Frame, style: Style) -> Vec<String> {
    let rows = rows(frame);
    let pen = Pen { style };
    let mut lines = ruler(style);
    let mut above = Vec::new();
    for row in &rows {
        let edges = edges(row);
        lines.push(pen.rule(&above, &edges));
        lines.extend(pen.row(row));
        above = edges;
    }
    lines.push(pen.rule(&above, &[]));
    if let Some(rest) = not_drawn(frame) {
        lines.push(style.dim(&format!(" {} {rest}", style.glyphs().more)));
    }
    lines
}

/// How much of the payload is not drawn: "4 more payload bytes".
pub(super) fn not_drawn(frame: &Frame) -> Option<String> {
    let drawn = frame.payload.len().min(PAYLOAD) as u64;
    let rest = frame.payload_bytes.checked_sub(drawn).filter(|rest| *rest > 0)?;
    Some(numbers::counted(rest, "more payload byte"))
}

/// A field, or as much of it as stands in one row of 32 bits.
pub(super) struct Cell {
    pub(super) layer: Layer,
    /// Lines, for a cell too narrow for its name.
    pub(super) name: Vec<String>,
    pub(super) bits: String,
    /// What the bits mean; for bytes, one meaning each.
    pub(super) meanings: Vec<String>,
}

impl Cell {
    fn bit(name: &str, set: bool) -> Self {
        let name = name.chars().map(String::from).collect();
        Self { layer: Layer::Application, name, bits: u8::from(set).to_string(), meanings: Vec::new() }
    }

    fn number(name: &str, bits: String, meaning: String) -> Self {
        Self { layer: Layer::Application, name: vec![name.into()], bits, meanings: vec![meaning] }
    }
}

/// The fields of a frame, as they stand in rows of 32 bits.
pub(super) fn rows(frame: &Frame) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut column = 0;
    for cell in cells(frame) {
        if column % 32 == 0 {
            rows.push(Vec::new());
        }
        column += cell.bits.len();
        if let Some(row) = rows.last_mut() {
            row.push(cell);
        }
    }
    rows
}

fn cells(frame: &Frame) -> Vec<Cell> {
    let length = frame.payload_bytes;
    // The length form is the one that was sent, which need not be the shortest: the header's size tells.
    let extended = usize::from(frame.header_bytes).saturating_sub(2 + if frame.mask_key.is_some() { 4 } else { 0 });
    let (short, means) = match extended {
        0 => (length as u8 & 0x7f, length.to_string()),
        2 => (126, "126: 2 bytes".to_owned()),
        _ => (127, "127: 8 bytes".to_owned()),
    };
    let mut cells = vec![
        Cell::bit("FIN", frame.fin),
        Cell::bit("RSV1", frame.rsv & 4 != 0),
        Cell::bit("RSV2", frame.rsv & 2 != 0),
        Cell::bit("RSV3", frame.rsv & 1 != 0),
        Cell::number("opcode", format!("{:04b}", frame.opcode & 15), opcode_name(frame.opcode)),
        Cell::bit("MASK", frame.mask_key.is_some()),
        Cell::number("payload len", format!("{short:07b}"), means),
    ];
    let mut at = 16;
    match extended {
        0 => {}
        2 => push_bytes(
            &mut cells,
            &mut at,
            "extended payload length",
            Layer::Application,
            &(length as u16).to_be_bytes(),
            |_| String::new(),
        ),
        _ => push_bytes(
            &mut cells,
            &mut at,
            "extended payload length",
            Layer::Application,
            &length.to_be_bytes(),
            |_| String::new(),
        ),
    }
    if extended > 0
        && let Some(last) = cells.last_mut()
    {
        last.meanings = vec![numbers::count(length)];
    }
    if let Some(key) = frame.mask_key {
        push_bytes(&mut cells, &mut at, "masking key", Layer::Presentation, &key, |at| format!("{:02x}", key[at]));
    }
    let seen = &frame.payload[..frame.payload.len().min(PAYLOAD)];
    let sent: Vec<u8> = match frame.mask_key {
        Some(key) => seen.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect(),
        None => seen.to_vec(),
    };
    push_bytes(&mut cells, &mut at, "payload", Layer::Application, &sent, |at| {
        let character =
            if (b' '..=b'~').contains(&seen[at]) { format!(" {}", seen[at] as char) } else { String::new() };
        match frame.mask_key {
            Some(key) => format!("{:02x}^{:02x}={:02x}{character}", sent[at], key[at % 4], seen[at]),
            None => format!("{:02x}{character}", seen[at]),
        }
    });
    cells
}

/// Adds a field of whole bytes at bit `at`, divided where the rows of the diagram end.
fn push_bytes(
    cells: &mut Vec<Cell>,
    at: &mut usize,
    name: &str,
    layer: Layer,
    bytes: &[u8],
    meaning: impl Fn(usize) -> String,
) {
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + (32 - *at % 32) / 8);
        let name = if start == 0 { name.to_owned() } else { format!("{name} (cont.)") };
        let bits = bytes[start..end]
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }))
            .collect();
        cells.push(Cell { layer, name: vec![name], bits, meanings: (start..end).map(&meaning).collect() });
        *at += (end - start) * 8;
        start = end;
    }
}

fn opcode_name(opcode: u8) -> String {
    match opcode {
        0 => "contin.".to_owned(),
        1 => "text".to_owned(),
        2 => "binary".to_owned(),
        8 => "close".to_owned(),
        9 => "ping".to_owned(),
        10 => "pong".to_owned(),
        other => format!("{other}"),
    }
}

/// Tens and ones of the 32 bits, as in the specification.
fn ruler(style: Style) -> Vec<String> {
    let tens = (0..32).map(|bit| if bit % 10 == 0 { format!("{} ", bit / 10) } else { "  ".to_owned() });
    let ones = (0..32).map(|bit| format!("{} ", bit % 10));
    [tens.collect::<String>(), ones.collect::<String>()].map(|line| style.dim(&format!("  {}", line.trim_end()))).into()
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

struct Pen {
    style: Style,
}

impl Pen {
    /// The line between two rows, given where each has its vertical lines.
    fn rule(&self, above: &[usize], below: &[usize]) -> String {
        let end = above.last().max(below.last()).copied().unwrap_or(0);
        let line: String = (0..=end)
            .map(|column| {
                let (up, down) = (above.contains(&column), below.contains(&column));
                match (up, down, column == 0, column == end) {
                    _ if !self.style.unicode => {
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
        format!(" {}", self.style.dim(&line))
    }

    /// Names, bits and meanings of a row's cells.
    fn row(&self, row: &[Cell]) -> Vec<String> {
        let height = row.iter().map(|cell| cell.name.len()).max().unwrap_or(0);
        let names = (0..height).map(|line| {
            self.line(row, |cell, columns| {
                let name = cell.name.get(line).map_or("", String::as_str);
                self.style.paint(Look::Layer(cell.layer), &text::centre(&self.style.cut(name, columns), columns))
            })
        });
        let bits = self.line(row, |cell, columns| {
            let spaced: Vec<String> = cell.bits.chars().map(String::from).collect();
            text::pad(&self.style.paint(Look::Strong(cell.layer), &spaced.join(" ")), columns)
        });
        let meanings = self.line(row, |cell, columns| {
            let share = (columns + 1) / cell.meanings.len().max(1);
            let meanings = cell.meanings.iter().map(|meaning| text::centre(&self.style.text(meaning), share - 1));
            text::pad(&meanings.collect::<Vec<_>>().join(" "), columns)
        });
        names.chain([bits, meanings]).collect()
    }

    fn line(&self, row: &[Cell], content: impl Fn(&Cell, usize) -> String) -> String {
        let side = self.style.dim(self.style.glyphs().vertical);
        let mut line = format!(" {side}");
        for cell in row {
            line.push_str(&content(cell, cell.bits.len() * 2 - 1));
            line.push_str(&side);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frames::tests::frame;
    use super::*;

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
                prop_assert!(text::width(&line) <= 76, "{line}");
            }
        }
    }
}
