//! The ladder: hosts as vertical lifelines, what they send each other as arrows between, time running down.

use std::collections::BTreeSet;
use std::ops::Range;

use super::numbers;
use super::style::{Look, Style};
use super::text;
use crate::layers::Layer;

/// Columns before the first lifeline, so that a host's name stands over it.
const MARGIN: usize = 2;
/// Columns between two lifelines, at most and at least.
const GAP: std::ops::RangeInclusive<usize> = 8..=36;

/// What is drawn.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// The hosts' names, from left to right: two or more.
    pub hosts: Vec<String>,
    /// What they sent, in order.
    pub rows: Vec<Row>,
    /// Whether each row begins with its packet's number.
    pub numbered: bool,
    /// How many rows to draw at most; the first and the last stay, and what is left out between is counted.
    pub max_rows: Option<usize>,
}

impl Ladder {
    /// A ladder of two hosts, without rows yet.
    #[must_use]
    pub fn between(left: impl Into<String>, right: impl Into<String>) -> Self {
        Self { hosts: vec![left.into(), right.into()], ..Self::default() }
    }

    /// The rows for which there is no room, between the first and the last.
    pub(super) fn left_out(&self) -> Range<usize> {
        let rows = self.rows.len();
        // Leaving out one row would save nothing.
        match self.max_rows.map(|max| max.max(3)) {
            Some(max) if rows > max => {
                let last = (max - 1) / 2;
                max - 1 - last..rows - last
            }
            _ => 0..0,
        }
    }

    /// What packets these rows are of: "14 more packets". A packet may have several rows, and a caption is no packet.
    pub(super) fn more_packets(&self, rows: Range<usize>) -> String {
        let rows = self.rows.get(rows).unwrap_or_default();
        let packets: BTreeSet<u64> = rows.iter().map(|row| row.packet).filter(|packet| *packet > 0).collect();
        numbers::counted(packets.len() as u64, "more packet")
    }
}

/// One arrow; or, from a host to itself, a caption: its label between the lifelines, without a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The packet's number; 0 for what is no packet.
    pub packet: u64,
    /// When it was sent, in nanoseconds since the ladder's start.
    pub at: u64,
    /// Index of the host that sent it.
    pub from: usize,
    /// Index of the host it was sent to.
    pub to: usize,
    /// What stands on the arrow.
    pub label: String,
    /// What stands there if there is no room for the label.
    pub short: Option<String>,
    /// The highest layer it is about.
    pub layer: Layer,
    /// A remark beside it.
    pub note: Option<String>,
    /// Whether it never arrived.
    pub lost: bool,
}

/// Draws a ladder in at most `width` columns.
///
/// A row that names a host which is not there is drawn without an arrow.
#[must_use]
pub fn ladder(ladder: &Ladder, style: Style, width: usize) -> Vec<String> {
    let left_out = ladder.left_out();
    let times = Times::of(&ladder.rows);
    let numbers = if ladder.numbered {
        ladder.rows.iter().map(|row| numbers::count(row.packet).len() + 1).max().unwrap_or(0)
    } else {
        0
    };
    let margin = if numbers > 0 { numbers + MARGIN } else { MARGIN };
    let gaps = ladder.hosts.len().saturating_sub(1).max(1);
    let notes = ladder.rows.iter().filter_map(|row| row.note.as_ref()).map(|note| text::width(note) + 2).max();
    // Notes may take a third of the room before the arrows get shorter for them.
    let beside = times.width + 4 + notes.unwrap_or(0).min(width / 3);
    let gap = (width.saturating_sub(margin + 1 + beside) / gaps).saturating_sub(1).clamp(*GAP.start(), *GAP.end());
    let frame = Frame { style, margin, gap, hosts: ladder.hosts.len(), times: times.width, width };

    let first_arrow = ladder.rows.iter().position(|row| row.from != row.to);
    let mut lines = vec![frame.header(&ladder.hosts)];
    for (at, row) in ladder.rows.iter().enumerate() {
        if left_out.start == at && !left_out.is_empty() {
            lines.push(frame.left_out(&ladder.more_packets(left_out.clone())));
        }
        if !left_out.contains(&at) {
            lines.push(frame.row(row, &times.text(row.at, Some(at) == first_arrow), numbers));
        }
    }
    lines
}

/// Puts two blocks of lines side by side, `gap` columns apart; `None` if they do not fit into `width` columns.
#[must_use]
pub fn beside(left: &[String], right: &[String], gap: usize, width: usize) -> Option<Vec<String>> {
    let widest = |block: &[String]| block.iter().map(|line| text::width(line)).max().unwrap_or(0);
    let column = widest(left) + gap;
    if column + widest(right) > width {
        return None;
    }
    let line = |at: usize| {
        let left = left.get(at).map_or("", String::as_str);
        match right.get(at).filter(|line| !line.is_empty()) {
            Some(right) => text::pad(left, column) + right,
            None => left.to_owned(),
        }
    };
    Some((0..left.len().max(right.len())).map(line).collect())
}

/// How times are written: milliseconds, with as many decimals as tell the rows apart, the unit on the first row only.
pub(super) struct Times {
    decimals: u32,
    width: usize,
}

impl Times {
    pub(super) fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let rows: Vec<&Row> = rows.into_iter().collect();
        let last = rows.iter().map(|row| row.at).max().unwrap_or(0);
        let whole = rows.iter().all(|row| row.at % 1_000_000 == 0);
        let decimals = match last {
            _ if whole => 0,
            0..10_000_000 => 3,
            10_000_000..1_000_000_000 => 1,
            _ => 0,
        };
        let mut times = Self { decimals, width: 0 };
        times.width = rows.iter().map(|row| times.number(row.at).len()).max().unwrap_or(0).max(3);
        times
    }

    pub(super) fn number(&self, at: u64) -> String {
        let step = 10_u64.pow(6 - self.decimals);
        let steps = at / step + u64::from(at % step >= step / 2);
        let one = 10_u64.pow(self.decimals);
        let whole = numbers::count(steps / one);
        if self.decimals == 0 { whole } else { format!("{whole}.{:0d$}", steps % one, d = self.decimals as usize) }
    }

    fn text(&self, at: u64, first: bool) -> String {
        let unit = if first { " ms" } else { "" };
        format!("{:>width$}{unit}", self.number(at), width = self.width)
    }
}

/// Where things stand.
struct Frame {
    style: Style,
    margin: usize,
    gap: usize,
    hosts: usize,
    /// Columns of the numbers of the times.
    times: usize,
    width: usize,
}

impl Frame {
    /// Columns from one lifeline to the next.
    fn step(&self) -> usize {
        self.gap + 1
    }

    fn header(&self, hosts: &[String]) -> String {
        let mut line = " ".repeat(self.margin - MARGIN);
        let mut taken = self.margin - MARGIN;
        for (at, host) in hosts.iter().enumerate() {
            let room = if at + 1 < hosts.len() { self.gap } else { self.width.saturating_sub(taken) };
            let name = self.style.cut(&self.style.text(host), room);
            line.push_str(&self.style.bold(&name));
            if at + 1 < hosts.len() {
                line.push_str(&" ".repeat(self.step() - text::width(&name)));
            }
            taken += self.step();
        }
        line
    }

    fn left_out(&self, more: &str) -> String {
        let glyph = self.style.glyphs().more_rows;
        let room = self.width.saturating_sub(self.margin + 2);
        let note = self.style.cut(more, room.min(self.gap - 2));
        let mut line = " ".repeat(self.margin) + glyph + " " + &self.style.dim(&note);
        let second = self.margin + self.step();
        for at in 0..self.hosts.saturating_sub(1) {
            line = text::pad(&line, second + at * self.step()) + glyph;
        }
        line
    }

    fn row(&self, row: &Row, time: &str, numbers: usize) -> String {
        let style = self.style;
        let mut line = " ".repeat(self.margin);
        if numbers > 0 {
            let number = if row.packet > 0 { format!("#{}", numbers::count(row.packet)) } else { String::new() };
            line = style.dim(&text::pad_left(&number, numbers)) + &" ".repeat(MARGIN);
        }
        if row.from == row.to {
            return line + &self.caption(row);
        }
        let (first, last) = (row.from.min(row.to), row.from.max(row.to));
        let lifeline = style.dim(style.glyphs().vertical);
        let mut host = 0;
        while host < self.hosts {
            line.push_str(&lifeline);
            if host == first && first < last && last < self.hosts {
                line.push_str(&self.arrow(row, (last - first) * self.step() - 1));
                host = last;
            } else {
                host += 1;
                line.push_str(&" ".repeat(if host < self.hosts { self.gap } else { 0 }));
            }
        }
        line.push(' ');
        line.push_str(&style.dim(time));
        if let Some(note) = &row.note {
            // Notes stand below each other, although only one time has a unit.
            line = text::pad(
                &line,
                self.margin + self.hosts.max(1) + self.gap * self.hosts.saturating_sub(1) + self.times + 6,
            );
            let room = self.width.saturating_sub(text::width(&line));
            line.push_str(&style.cut(&style.text(note), room));
        }
        line
    }

    /// A row that is no arrow: what it says stands between the first two lifelines.
    fn caption(&self, row: &Row) -> String {
        let lifeline = self.style.dim(self.style.glyphs().vertical);
        let label = self.style.cut(&self.style.text(&row.label), self.gap - 2);
        let label = self.style.dim(&text::centre(&label, self.gap));
        let between = (1..self.hosts).map(|host| if host == 1 { label.clone() } else { " ".repeat(self.gap) });
        between.fold(lifeline.clone(), |line, between| line + &between + &lifeline)
    }

    /// What stands between the sender's lifeline and the receiver's: `columns` wide.
    fn arrow(&self, row: &Row, columns: usize) -> String {
        let (style, glyphs) = (self.style, self.style.glyphs());
        let shaft = |columns: Range<usize>| self.stretch(columns, glyphs.horizontal, glyphs.cross);
        let reach = if row.lost { columns - (columns / 6).max(2) } else { columns };
        // Two of shaft before the label, one after it, a space on each side of it, and the head.
        let room = reach.saturating_sub(6);
        let label = style.text(&row.label);
        let label = match &row.short {
            Some(short) if text::width(&label) > room => style.cut(&style.text(short), room),
            _ => style.cut(&label, room),
        };
        let (taken, label) = match text::width(&label) {
            0 => (0, shaft(0..0)),
            width => (width + 2, format!(" {} ", style.paint(Look::Strong(row.layer), &label))),
        };
        let paint = |text: &str| style.paint(row.layer, text);
        let head = |arrived| if row.lost { style.bad(glyphs.lost) } else { paint(arrived) };
        if row.from < row.to {
            let beyond = self.stretch(reach..columns, " ", glyphs.vertical);
            let start = 2.min(reach - 1);
            paint(&shaft(0..start))
                + &label
                + &paint(&shaft(start + taken..reach - 1))
                + &head(glyphs.right)
                + &style.dim(&beyond)
        } else {
            let end = columns - reach;
            let beyond = self.stretch(0..end, " ", glyphs.vertical);
            style.dim(&beyond)
                + &head(glyphs.left)
                + &paint(&shaft(end + 1..columns - 1 - taken))
                + &label
                + &paint(&shaft(0..1))
        }
    }

    /// `line` again and again, with `crossing` where a lifeline passes.
    fn stretch(&self, columns: Range<usize>, line: &str, crossing: &str) -> String {
        columns.map(|column| if (column + 1) % self.step() == 0 { crossing } else { line }).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(at: u64, from: usize, to: usize, label: &str, layer: Layer) -> Row {
        let (label, at_ns) = (label.into(), at * 1_000_000);
        Row { packet: at.max(1), at: at_ns, from, to, label, short: None, layer, note: None, lost: false }
    }

    fn keep_alive() -> Ladder {
        let mut ladder = Ladder::between("client", "server");
        ladder.rows = vec![
            row(0, 0, 1, "SYN", Layer::Transport),
            row(40, 1, 0, "SYN, ACK", Layer::Transport),
            row(80, 0, 1, "GET /one", Layer::Application),
        ];
        ladder
    }

    fn drawn(it: &Ladder, style: Style, width: usize) -> String {
        ladder(it, style, width).join("\n")
    }

    #[test]
    fn arrows_point_from_sender_to_receiver() {
        insta::assert_snapshot!(drawn(&keep_alive(), Style::plain(80), 42), @r"
        client                          server
          │── SYN ───────────────────────▶│   0 ms
          │◀─────────────────── SYN, ACK ─│  40
          │── GET /one ──────────────────▶│  80
        ");
    }

    #[test]
    fn it_can_be_drawn_in_ascii() {
        insta::assert_snapshot!(drawn(&keep_alive(), Style { unicode: false, ..Style::plain(80) }, 42), @r"
        client                          server
          |-- SYN ----------------------->|   0 ms
          |<------------------- SYN, ACK -|  40
          |-- GET /one ------------------>|  80
        ");
    }

    #[test]
    fn what_is_lost_does_not_arrive() {
        let mut ladder = keep_alive();
        ladder.numbered = true;
        for (row, note) in ladder.rows.iter_mut().zip(["lost", "", "sent again, as nothing came back for a second"]) {
            row.note = Some(note.into()).filter(|note: &String| !note.is_empty());
        }
        ladder.rows[0].lost = true;
        ladder.rows[1].lost = true;
        insta::assert_snapshot!(drawn(&ladder, Style::plain(80), 80), @r"
           client                               server
         #1  │── SYN ──────────────────────╳      │   0 ms  lost
        #40  │      ╳────────────────── SYN, ACK ─│  40
        #80  │── GET /one ───────────────────────▶│  80     sent again, as nothing came…
        ");
    }

    #[test]
    fn rows_left_out_are_counted() {
        let mut ladder = Ladder::between("client", "server");
        ladder.rows = (0..20)
            .map(|at| row(at * 35, at as usize % 2, (at as usize + 1) % 2, "data", Layer::Application))
            .collect();
        ladder.max_rows = Some(7);
        insta::assert_snapshot!(drawn(&ladder, Style::plain(80), 48), @r"
        client                               server
          │── data ───────────────────────────▶│   0 ms
          │◀──────────────────────────── data ─│  35
          │── data ───────────────────────────▶│  70
          ⋮ 14 more packets                    ⋮
          │◀──────────────────────────── data ─│ 595
          │── data ───────────────────────────▶│ 630
          │◀──────────────────────────── data ─│ 665
        ");
    }

    #[test]
    fn what_is_left_out_is_counted_in_packets() {
        let mut ladder = keep_alive();
        ladder.rows = (1..=10).map(|at| row(at / 3, 0, 1, "data", Layer::Application)).collect();
        ladder.rows[5] = Row { packet: 0, ..row(0, 0, 0, "connection 1", Layer::Session) };
        ladder.max_rows = Some(3);
        assert_eq!(ladder.left_out(), 1..9);
        assert_eq!(ladder.more_packets(1..9), "3 more packets");
        assert_eq!(ladder.more_packets(2..4), "1 more packet");
    }

    #[test]
    fn a_caption_stands_between_the_lifelines() {
        let mut ladder = keep_alive();
        ladder.rows.insert(0, row(0, 0, 0, "connection 1", Layer::Session));
        ladder.rows[1].label = "a label of more words than there is room for".into();
        ladder.rows[1].short = Some("few words".into());
        insta::assert_snapshot!(drawn(&ladder, Style::plain(80), 42), @r"
        client                          server
          │         connection 1          │
          │── few words ─────────────────▶│   0 ms
          │◀─────────────────── SYN, ACK ─│  40
          │── GET /one ──────────────────▶│  80
        ");
    }

    #[test]
    fn an_arrow_passes_the_lifelines_between() {
        let mut ladder = Ladder { hosts: ["anna", "ben", "server"].map(String::from).into(), ..Ladder::default() };
        ladder.rows = vec![
            row(0, 0, 2, "GET /chat", Layer::Application),
            row(5, 2, 1, "text", Layer::Application),
            row(5, 2, 0, "text", Layer::Application),
        ];
        insta::assert_snapshot!(drawn(&ladder, Style::plain(80), 80), @r"
        anna                               ben                                server
          │── GET /chat ─────────────────────┼─────────────────────────────────▶│   0 ms
          │                                  │◀────────────────────────── text ─│   5
          │◀─────────────────────────────────┼─────────────────────────── text ─│   5
        ");
    }

    #[test]
    fn two_blocks_stand_side_by_side_if_there_is_room() {
        let block = ladder(&keep_alive(), Style { colour: true, ..Style::plain(80) }, 38);
        let both = beside(&block, &block, 3, 80).unwrap();
        assert_eq!(both.len(), block.len());
        assert!(both.iter().all(|line| text::width(line) <= 80));
        assert_eq!(beside(&block, &block, 3, 60), None);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            hosts in prop::collection::vec(".{0,20}", 0..6),
            rows in prop::collection::vec((0_u64..1 << 40, 0_usize..6, 0_usize..6, ".{0,60}", ".{0,60}", any::<bool>()), 0..12),
            width in 70_usize..130,
            numbered: bool,
        ) {
            let rows = rows.into_iter().map(|(at, from, to, label, note, lost)| {
                let (short, note) = (Some(note.clone()), Some(note));
                Row { packet: at % 9999, at, from, to, label, short, layer: Layer::Session, note, lost }
            });
            let it = Ladder { hosts, rows: rows.collect(), numbered, max_rows: Some(8) };
            for line in ladder(&it, Style::plain(width), width) {
                prop_assert!(text::width(&line) <= width, "{line}");
            }
        }
    }
}
