//! Small charts. Every bar ends with its figures, so you don't have to read anything off its length.

use super::Line;
use super::Style;
use super::line::{flow, width};
use crate::render::model::chart::{Bar, BarPart, Track};
use crate::render::model::{Chart, Look};

/// Columns after a bar's name, and before its figures.
const GAP: usize = 2;
/// The least columns for bars: below this they would say nothing.
const LEAST_BAR: usize = 8;

impl Style<'_> {
    pub(super) fn chart(self, chart: &Chart) -> Vec<Line> {
        match chart {
            Chart::Bars(parts, bars) => self.bars(parts, bars),
            Chart::Tracks(tracks) => self.tracks(tracks),
        }
    }

    /// Bars to one scale, below what their parts mean.
    fn bars(self, parts: &[BarPart], bars: &[Bar]) -> Vec<Line> {
        let fills = if self.unicode { ["░", "▒", "█"] } else { [".", "=", "#"] };
        let meaning =
            |(part, fill): (&BarPart, &str)| Line::of(part.look, fill).with(Look::Plain, format!(" {}", part.name));
        let mut lines = flow(parts.iter().zip(fills).map(meaning), 3, self.width);
        let room = Room::of(bars.iter().map(|bar| (bar.name.as_str(), bar.figures.as_str())), self);
        let sum = |bar: &Bar| bar.parts.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
        let most = bars.iter().map(sum).max().unwrap_or(0).max(1);
        for bar in bars {
            let mut drawn = Line::default();
            let (mut sum, mut end) = (0_u64, 0);
            for ((part, amount), fill) in parts.iter().zip(&bar.parts).zip(fills) {
                sum = sum.saturating_add(*amount);
                // Anything above zero is visible.
                let to = room.place(sum, most).max(end + usize::from(*amount > 0)).min(room.columns);
                drawn.push(part.look, fill.repeat(to - end));
                end = to;
            }
            lines.push(room.line(&bar.name, drawn, &bar.figures));
        }
        lines
    }

    /// Tracks on one clock, from 0 to the last thing that happened.
    fn tracks(self, tracks: &[Track]) -> Vec<Line> {
        let room = Room::of(tracks.iter().map(|track| (track.name.as_str(), track.figures.as_str())), self);
        let moments = |track: &Track| track.marks.iter().map(|mark| mark.0).chain(track.lasted.map(|it| it.1)).max();
        let last = tracks.iter().filter_map(moments).max().unwrap_or(0).max(1);
        tracks.iter().map(|track| room.line(&track.name, room.track(track, last), &track.figures)).collect()
    }
}

/// Where names end, bars stand, and figures begin.
struct Room<'a> {
    style: Style<'a>,
    names: usize,
    columns: usize,
}

impl<'s> Room<'s> {
    /// Room for lines of these names and figures.
    fn of<'a>(lines: impl Iterator<Item = (&'a str, &'a str)>, style: Style<'s>) -> Self {
        let (names, figures) =
            lines.fold((0, 0), |(names, figures), (name, figure)| (width(name).max(names), width(figure).max(figures)));
        let (names, figures) = (names + GAP, figures + GAP);
        let columns = style.width.saturating_sub(names + figures).max(LEAST_BAR);
        Self { style, names, columns }
    }

    /// The column of an amount or moment.
    fn place(&self, value: u64, most: u64) -> usize {
        let columns = self.columns as u128;
        let place = (u128::from(value) * columns + u128::from(most) / 2) / u128::from(most.max(1));
        usize::try_from(place).unwrap_or(self.columns).min(self.columns)
    }

    fn line(&self, name: &str, drawn: Line, figures: &str) -> Line {
        let name = self.style.words(name).look(Look::Bold).padded(self.names);
        let line = name.and(drawn).padded(self.names + self.columns + GAP);
        let figures = self.style.words(figures).look(Look::Dim);
        let left = self.style.width.saturating_sub(self.names + self.columns + GAP);
        line.and(self.style.cut_line(figures, left)).trimmed()
    }

    fn track(&self, track: &Track, last: u64) -> Line {
        let glyphs = self.style.glyphs();
        let cell = |moment| self.place(moment, last).min(self.columns - 1);
        let mut cells = vec![(" ".to_owned(), Look::Dim); self.columns];
        let (from, to) = track.lasted.map_or((0, self.columns - 1), |(from, to)| (cell(from), cell(to)));
        for (fill, look) in cells.iter_mut().take(to + 1).skip(from) {
            (*fill, *look) =
                (if track.lasted.is_some() { glyphs.horizontal } else { glyphs.dot }.to_owned(), Look::Dim);
        }
        let mut places: Vec<usize> = track.marks.iter().map(|mark| cell(mark.0)).collect();
        // Marks that would overlap are put side by side, and the last one still fits.
        let mut free = from;
        for place in &mut places {
            *place = (*place).max(free);
            free = *place + 1;
        }
        let mut end = self.columns;
        for place in places.iter_mut().rev() {
            *place = (*place).min(end.saturating_sub(1));
            end = *place;
        }
        for (place, (_, mark)) in places.iter().zip(&track.marks) {
            if let Some(cell) = cells.get_mut(*place) {
                *cell = (self.style.words(&mark.to_string()).text(), Look::Bold);
            }
        }
        cells.iter().fold(Line::default(), |line, (fill, look)| line.with(*look, fill)).trimmed()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARTS: [BarPart; 3] = [
        BarPart { name: "headers", look: Look::Dim },
        BarPart { name: "lines", look: Look::Plain },
        BarPart { name: "content", look: Look::Bold },
    ];

    fn bars(parts: &[BarPart], bars: &[Bar], style: Style) -> Vec<String> {
        style.lines(Chart::Bars(parts.to_vec(), bars.to_vec()))
    }

    fn tracks(tracks: &[Track], style: Style) -> Vec<String> {
        style.lines(Chart::Tracks(tracks.to_vec()))
    }

    fn bar(name: &str, parts: [u64; 3]) -> Bar {
        let figures = format!("{} B", parts.iter().sum::<u64>());
        Bar { name: name.into(), parts: parts.into(), figures }
    }

    fn track(name: &str, lasted: Option<(u64, u64)>, marks: &[(u64, char)]) -> Track {
        Track { name: name.into(), lasted, marks: marks.into(), figures: format!("{} marks", marks.len()) }
    }

    #[test]
    fn bars_have_one_scale_and_what_is_little_is_still_seen() {
        let bars = bars(&PARTS, &[bar("A", [510, 221, 131]), bar("B", [200, 1, 0])], Style::plain(50));
        insta::assert_snapshot!(bars.join("\n"), @r"
        ░ headers   ▒ lines   █ content
        A  ░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒██████  862 B
        B  ░░░░░░░░░▒                                201 B
        ");
    }

    #[test]
    fn a_legend_takes_no_more_lines_than_it_must() {
        let parts = ["what is below HTTP", "what HTTP adds", "content"].map(|name| BarPart { name, look: Look::Plain });
        // The second line is full: 2 + 14, 3, and 2 + 7 columns.
        insta::assert_snapshot!(bars(&parts, &[], Style::plain(28)).join("\n"), @r"
        ░ what is below HTTP
        ▒ what HTTP adds   █ content
        ");
    }

    #[test]
    fn tracks_have_one_clock_and_no_mark_hides_another() {
        let tracks = tracks(
            &[
                track("A", None, &[(0, '1'), (500, '2'), (501, '3'), (1000, '4'), (1000, '5')]),
                track("B", Some((0, 300)), &[(150, 'o')]),
                track("", Some((300, 1000)), &[]),
            ],
            Style::plain(50),
        );
        insta::assert_snapshot!(tracks.join("\n"), @r"
        A  1··················23···············45  5 marks
        B  ──────o─────                            1 marks
                      ───────────────────────────  0 marks
        ");
    }

    #[test]
    fn charts_can_be_drawn_in_ascii() {
        let style = Style { unicode: false, ..Style::plain(50) };
        let lines = [bars(&PARTS, &[bar("A", [3, 2, 1])], style), tracks(&[track("A", None, &[(1, '1')])], style)];
        insta::assert_snapshot!(lines.concat().join("\n"), @r"
        . headers   = lines   # content
        A  .....................==============#######  6 B
        A  -------------------------------------1  1 marks
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            amounts in prop::collection::vec(any::<[u32; 3]>(), 0..5),
            moments in prop::collection::vec(any::<u64>(), 0..90),
            columns in 40_usize..130,
        ) {
            let style = Style::plain(columns);
            let amounts: Vec<Bar> = amounts.iter().map(|parts| bar("A", parts.map(u64::from))).collect();
            let marks: Vec<_> = moments.iter().map(|at| (*at, '+')).collect();
            for line in [bars(&PARTS, &amounts, style), tracks(&[track("B", None, &marks)], style)].concat() {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
