//! A full screen: text that scrolls, and below it your position and what you can do, always in view.
//!
//! It arranges lines that are already laid out, in a given number of rows and columns. It doesn't know where they're
//! written.

use super::Line;
use super::Style;
use crate::render::model::{Look, Page};

/// The least room: columns and rows.
pub const LEAST: (usize, usize) = (40, 12);

/// What is on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Screen<'a> {
    /// The text.
    pub body: &'a [Line],
    /// The first of its lines in view.
    pub top: usize,
    /// What stays in view below it: what is asked, say.
    pub beside: &'a [Line],
    /// Where you are; shown on the rule between text and foot.
    pub place: &'a str,
    /// What can be done, what is being typed, or a message.
    pub foot: &'a [Line],
}

impl Screen<'_> {
    /// How many lines of the text are in view.
    fn room(&self, rows: usize) -> usize {
        rows.saturating_sub(self.foot.len() + self.beside.len() + 1).max(1)
    }

    /// The furthest that one can scroll.
    fn furthest(&self, rows: usize) -> usize {
        self.body.len().saturating_sub(self.room(rows))
    }

    /// Draws this many rows, none wider than the style.
    #[must_use]
    pub fn draw(&self, rows: usize, style: Style) -> Vec<String> {
        let room = self.room(rows);
        let top = self.top.min(self.furthest(rows));
        let mut lines: Vec<Line> = self.body.iter().skip(top).take(room).cloned().collect();
        lines.resize(room, Line::default());
        lines.extend(self.beside.iter().cloned());
        lines.push(self.rule(top, room, style));
        lines.extend(self.foot.iter().cloned());
        lines.truncate(rows);
        lines.into_iter().map(|line| style.shown(&line.split(style.width).0)).collect()
    }

    /// "── Lesson 4 of 18 · Keep-alive · question 1 of 3 ──────── 21–40 of 84 ──"
    fn rule(&self, top: usize, room: usize, style: Style) -> Line {
        let (all, glyphs) = (self.body.len(), style.glyphs());
        let shown = (top + 1, (top + room).min(all));
        let scrolled = match all {
            _ if all <= room => String::new(),
            _ => format!(" {}{}{} of {all} ", shown.0, glyphs.range, shown.1),
        };
        // Of what does not fit, the place matters more.
        let columns = style.width;
        let place = Line::spaces(1).and(style.words(self.place)).with(Look::Plain, " ").look(Look::Bold);
        let place = style.cut_line(place, columns.saturating_sub(2));
        let left = columns.saturating_sub(place.width() + 2);
        let scrolled = Line::of(Look::Dim, scrolled);
        let scrolled = if scrolled.width() + 1 < left { scrolled } else { Line::default() };
        let rest = columns.saturating_sub(2 + place.width() + scrolled.width());
        let (before, after) = if scrolled.is_empty() { (rest, 0) } else { (rest.saturating_sub(2), 2) };
        let [start, before, after] = [2, before, after].map(|columns| style.rule_line(columns));
        start.and(place).and(before).and(scrolled).and(after)
    }
}

/// What to say where there is less room than it takes.
#[must_use]
pub fn too_small(columns: usize, rows: usize) -> Page {
    let (least_columns, least_rows) = LEAST;
    let words = format!(
        "This window has {columns} columns and {rows} rows. The tutorial needs {least_columns} and {least_rows}: make it \
         larger, or press q, and take wire101 tutorial --plain."
    );
    let mut page = Page::default();
    page.say(words);
    page
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::writer::line::width;

    /// Without colour sequences.
    fn plain(line: &str) -> String {
        line.split('\x1b')
            .enumerate()
            .map(|(at, it)| if at == 0 { it } else { it.split_once('m').unwrap().1 })
            .collect()
    }

    fn body(lines: usize) -> Vec<Line> {
        (1..=lines).map(|line| Line::of(Look::Plain, format!("line {line}"))).collect()
    }

    #[test]
    fn where_one_is_stays_in_view() {
        let (body, foot) = (body(30), [Line::of(Look::Plain, "n next  q quit")]);
        let screen =
            Screen {
                body: &body, top: 4, beside: &[], place: "Lesson 4 of 18 · Keep-alive · your guess", foot: &foot
            };
        insta::assert_snapshot!(screen.draw(6, Style::plain(80)).join("\n"), @"
        line 5
        line 6
        line 7
        line 8
        ── Lesson 4 of 18 · Keep-alive · your guess ─────────────────────── 5–8 of 30 ──
        n next  q quit
        ");
    }

    proptest! {
        #[test]
        fn every_screen_is_as_large_as_its_window(
            lines in prop::collection::vec(".{0,100}", 0..40),
            top in 0_usize..60, place in ".{0,90}", rows in 2_usize..40, columns in 20_usize..120, colour: bool,
        ) {
            let foot = [Line::of(Look::Plain, "n next")];
            let style = Style { colour, ..Style::plain(columns) };
            let body: Vec<Line> = lines.iter().map(|line| style.words(line).look(Look::Bold)).collect();
            let drawn = Screen { body: &body, top, beside: &[], place: &place, foot: &foot }.draw(rows, style);
            prop_assert_eq!(drawn.len(), rows);
            for line in drawn {
                prop_assert!(width(&plain(&line)) <= columns, "{}", line);
            }
        }
    }
}
