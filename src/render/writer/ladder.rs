//! Ladders: hosts are vertical lifelines, and what they send each other is arrows between them. Time runs down. If there's room,
//! several ladders are drawn side by side.

use std::borrow::Cow;
use std::ops::Range;

use super::Line;
use super::Style;
use super::line::{self, columns, pad_left};
use super::prose::STEP;
use crate::render::model::ladder::Row;
use crate::render::model::{Ladder, Look};
use crate::render::numbers::Times;

/// Columns before the first lifeline, so that a host's name stands over it.
const MARGIN: usize = 2;
/// Columns between two lifelines, at most and at least.
const GAP: std::ops::RangeInclusive<usize> = 8..=36;
/// The least columns for a ladder that stands beside another, and how many more it takes to number its packets and to
/// remark on them.
const LEAST_LADDER: usize = 38;
const NUMBERS: usize = 8;
const REMARKS: usize = 20;
/// A remark of at most this many columns can go on the arrow itself.
const BRIEF: usize = 14;

impl Style<'_> {
    pub(super) fn ladders(self, ladders: &[Ladder]) -> Vec<Line> {
        // Each pair of hosts has an opening and a closing of its own to show.
        let pairs = ladders.iter().map(|it| it.hosts.len().saturating_sub(1)).max().unwrap_or(1).max(1);
        let mut rest = ladders;
        let mut lines = Vec::new();
        while !rest.is_empty() {
            let (count, drawn) = self.abreast(rest, pairs);
            lines.extend((!lines.is_empty()).then(Line::default));
            lines.extend(drawn);
            rest = rest.get(count..).unwrap_or_default();
        }
        lines
    }

    /// The first ladders, as many as fit beside each other, and how many these are.
    fn abreast(self, ladders: &[Ladder], pairs: usize) -> (usize, Vec<Line>) {
        // Three and one would look as if the last were something else.
        let counts = (2..=ladders.len()).rev().filter(|count| (*count, ladders.len()) != (3, 4));
        for count in counts {
            let Some(some) = ladders.get(..count) else { continue };
            let mut notes = some.iter().flat_map(|it| &it.rows).filter_map(|row| row.note.as_ref());
            let is_remarked = notes.any(|note| line::width(note) > BRIEF);
            let numbers = if some.iter().any(|it| it.numbered) { NUMBERS } else { 0 };
            let least = LEAST_LADDER * pairs + numbers + if is_remarked { REMARKS } else { 0 };
            let column = (self.width + STEP) / count - STEP;
            if column < least {
                continue;
            }
            let within = column < LEAST_LADDER * pairs + numbers + REMARKS;
            let one = |it: &Ladder| self.ladder(&if within { remarked_within(it) } else { it.clone() }, column);
            return (count, columns(some.iter().map(one).collect(), column + STEP));
        }
        (1, ladders.first().map(|one| self.ladder(one, self.width)).unwrap_or_default())
    }

    /// A ladder in at most `width` columns.
    ///
    /// A row that names a host which is not there is drawn without an arrow.
    fn ladder(self, ladder: &Ladder, width: usize) -> Vec<Line> {
        let left_out = ladder.left_out();
        let times = Times::of(ladder.rows.iter().map(|row| row.at));
        let numbers = if ladder.numbered {
            let longest = ladder.rows.iter().map(|row| line::width(&self.packet(row.packet))).max().unwrap_or(0);
            longest.min((width / 3).max(NUMBERS))
        } else {
            0
        };
        let margin = if numbers > 0 { numbers + MARGIN } else { MARGIN };
        let gaps = ladder.hosts.len().saturating_sub(1).max(1);
        let notes = ladder.rows.iter().filter_map(|row| row.note.as_ref()).map(|note| line::width(note) + 2).max();
        // Notes may take a third of the room before the arrows get shorter for them.
        let beside = times.columns() + 4 + notes.unwrap_or(0).min(width / 3);
        let gap = (width.saturating_sub(margin + 1 + beside) / gaps).saturating_sub(1).clamp(*GAP.start(), *GAP.end());
        let (hosts, times_columns, pointer) = (ladder.hosts.len(), times.columns(), ladder.pointer);
        let rails = Rails { style: self, margin, gap, hosts, times: times_columns, numbers, width, pointer };

        let name = self.words(&ladder.name).look(Look::Bold);
        let mut lines = if name.is_empty() { Vec::new() } else { vec![self.cut_line(name, width)] };
        lines.push(rails.header(&ladder.hosts));
        let first_arrow = ladder.rows.iter().position(|row| row.from != row.to);
        for (at, row) in ladder.rows.iter().enumerate() {
            if left_out.start == at && !left_out.is_empty() {
                lines.push(rails.left_out(&ladder.more_packets(left_out.clone())));
            }
            if !left_out.contains(&at) {
                lines.push(rails.row(row, &times.text(row.at, Some(at) == first_arrow)));
            }
        }
        lines
    }
}

/// A packet's name in at most so many columns: its end says the most, as there the number is.
fn cut_left(name: &str, room: usize) -> Cow<'_, str> {
    if line::width(name) <= room {
        return name.into();
    }
    let ends = name.char_indices().map(|(at, _)| &name[at..]);
    let end = ends.skip(1).find(|end| line::width(end) < room).unwrap_or_default();
    format!("…{end}").into()
}

/// The same with its remarks on the arrows. That something was lost, an arrow shows without words.
fn remarked_within(ladder: &Ladder) -> Ladder {
    let mut told = ladder.clone();
    for row in &mut told.rows {
        if let Some(note) = row.note.take().filter(|_| !row.lost) {
            let note = note.strip_prefix("in ").unwrap_or(&note);
            row.label = format!("{note}: {}", row.label);
            row.short = row.short.take().map(|short| format!("{note}: {short}"));
        }
    }
    told
}

/// Where things stand.
struct Rails<'a> {
    style: Style<'a>,
    margin: usize,
    gap: usize,
    hosts: usize,
    /// Columns of the numbers of the times, and of those of the packets.
    times: usize,
    numbers: usize,
    width: usize,
    /// The packet that is pointed at.
    pointer: Option<u64>,
}

impl Rails<'_> {
    /// Columns from one lifeline to the next.
    fn step(&self) -> usize {
        self.gap + 1
    }

    fn lifeline(&self) -> Line {
        Line::of(Look::Dim, self.style.glyphs().vertical)
    }

    fn header(&self, hosts: &[String]) -> Line {
        let mut line = Line::default();
        for (at, host) in hosts.iter().enumerate() {
            let start = self.margin - MARGIN + at * self.step();
            let room = if at + 1 < hosts.len() { self.gap } else { self.width.saturating_sub(start) };
            line = line.padded(start).and(self.style.cut_line(self.style.words(host).look(Look::Bold), room));
        }
        line
    }

    fn left_out(&self, more: &str) -> Line {
        let glyph = self.style.glyphs().more_rows;
        let room = self.width.saturating_sub(self.margin + 2);
        let note = self.style.cut_line(Line::of(Look::Dim, more), room.min(self.gap - 2));
        let line = Line::spaces(self.margin).with(Look::Plain, glyph).with(Look::Plain, " ").and(note);
        let others = (1..self.hosts).map(|at| self.margin + at * self.step());
        others.fold(line, |line, column| line.padded(column).with(Look::Plain, glyph))
    }

    fn row(&self, row: &Row, time: &str) -> Line {
        let style = self.style;
        let mut line = Line::spaces(self.margin);
        if self.numbers > 0 {
            let number = if row.packet > 0 { style.packet(row.packet) } else { String::new() };
            line = Line::of(Look::Dim, pad_left(&cut_left(&number, self.numbers), self.numbers)).padded(self.margin);
        }
        if row.packet > 0 && self.pointer == Some(row.packet) {
            let number = pad_left(&style.packet(row.packet), self.numbers);
            let number = if self.numbers > 0 { number } else { String::new() };
            line = Line::of(Look::Bold, number).with(Look::Plain, " ").with(Look::Bold, style.glyphs().pointer);
            line = line.padded(self.margin);
        }
        if row.from == row.to {
            return line.and(self.caption(row));
        }
        let (first, last) = (row.from.min(row.to), row.from.max(row.to));
        let mut host = 0;
        while host < self.hosts {
            line = line.and(self.lifeline());
            if host == first && first < last && last < self.hosts {
                line = line.and(self.arrow(row, (last - first) * self.step() - 1));
                host = last;
            } else {
                host += 1;
                line = line.and(Line::spaces(if host < self.hosts { self.gap } else { 0 }));
            }
        }
        line = line.with(Look::Plain, " ").with(Look::Dim, time);
        if let Some(note) = &row.note {
            // Notes stand below each other, although only one time has a unit.
            let notes = self.margin + self.hosts.max(1) + self.gap * self.hosts.saturating_sub(1) + self.times + 6;
            line = line.padded(notes);
            let room = self.width.saturating_sub(line.width());
            line = line.and(style.cut_line(style.naming(note), room));
        }
        line
    }

    /// A row that isn't an arrow: its text goes between the first two lifelines.
    fn caption(&self, row: &Row) -> Line {
        let label = self.style.words(&row.label).look(Look::Dim);
        let label = self.style.cut_line(label, self.gap - 2);
        let left = (self.gap - label.width()) / 2;
        let label = Line::spaces(left).and(label).padded(self.gap);
        let between = (1..self.hosts).map(|host| if host == 1 { label.clone() } else { Line::spaces(self.gap) });
        between.fold(self.lifeline(), |line, between| line.and(between).and(self.lifeline()))
    }

    /// What stands between the sender's lifeline and the receiver's: `columns` wide.
    fn arrow(&self, row: &Row, columns: usize) -> Line {
        let (style, glyphs) = (self.style, self.style.glyphs());
        let shaft =
            |columns: Range<usize>| self.stretch(columns, Look::Layer(row.layer), glyphs.horizontal, glyphs.cross);
        let beyond = |columns: Range<usize>| self.stretch(columns, Look::Dim, " ", glyphs.vertical);
        let reach = if row.lost { columns - (columns / 6).max(2) } else { columns };
        // Two of shaft before the label, one after it, a space on each side of it, and the head. A label that would be cut
        // by that gets by with less shaft.
        let (room, least) = (reach.saturating_sub(6), reach.saturating_sub(4));
        let label = match (style.words(&row.label), &row.short) {
            (label, Some(short)) if label.width() > room => style.words(short),
            (label, _) => label,
        };
        let is_tight = label.width() > room;
        let room = if is_tight { least } else { room };
        let label = style.cut_line(label.look(Look::Strong(row.layer)), room);
        let label = if label.is_empty() { label } else { Line::spaces(1).and(label).with(Look::Plain, " ") };
        let taken = label.width();
        let head = |arrived| if row.lost { (Look::Bad, glyphs.lost) } else { (Look::Layer(row.layer), arrived) };
        if row.from < row.to {
            let shaft_before = if is_tight { 1 } else { 2 };
            let (start, (look, head)) = (shaft_before.min(reach - 1), head(glyphs.right));
            let rest = shaft(start + taken..reach - 1).with(look, head).and(beyond(reach..columns));
            shaft(0..start).and(label).and(rest)
        } else {
            let (end, (look, head)) = (columns - reach, head(glyphs.left));
            let start = beyond(0..end).with(look, head).and(shaft(end + 1..columns - 1 - taken));
            start.and(label).and(shaft(0..1))
        }
    }

    /// `line` again and again, with `crossing` where a lifeline passes.
    fn stretch(&self, columns: Range<usize>, look: Look, line: &str, crossing: &str) -> Line {
        let of_column = |column| if (column + 1) % self.step() == 0 { crossing } else { line };
        Line::of(look, columns.map(of_column).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layers::Layer;

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
        Style { width, ..style }.lines(it.clone()).join("\n")
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
        let both = |columns| Style::plain(columns).lines(vec![keep_alive(), keep_alive()]);
        assert_eq!(both(80).len(), 4);
        assert!(both(80).iter().all(|line| line::width(line) <= 80));
        assert_eq!(both(60).len(), 4 + 1 + 4);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            hosts in prop::collection::vec(".{0,20}", 0..6),
            rows in prop::collection::vec((0_u64..1 << 40, 0_usize..6, 0_usize..6, ".{0,60}", ".{0,60}", any::<bool>()), 0..12),
            columns in 20_usize..130,
            numbered: bool,
        ) {
            let rows = rows.into_iter().map(|(at, from, to, label, note, lost)| {
                let (short, note) = (Some(note.clone()), Some(note));
                Row { packet: at % 9999, at, from, to, label, short, layer: Layer::Session, note, lost }
            });
            let it = Ladder { hosts, rows: rows.collect(), numbered, max_rows: Some(8), ..Ladder::default() };
            for line in Style::plain(columns).lines(it) {
                prop_assert!(line::width(&line) <= columns, "{line}");
            }
        }
    }
}
