//! A full screen: text that scrolls, and below it where one is and what can be done, always in view.
//!
//! It arranges lines that other views drew, in so many rows and columns. Where they are put, it does not know.

use super::style::Style;
use super::text;

/// The least room: columns and rows.
pub const LEAST: (usize, usize) = (40, 12);

/// What is on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Screen<'a> {
    /// The text.
    pub body: &'a [String],
    /// The first of its lines in view.
    pub top: usize,
    /// Where one is: stands on the rule between text and foot.
    pub place: &'a str,
    /// What can be done, what is being typed, or a message.
    pub foot: &'a [String],
}

impl Screen<'_> {
    /// How many lines of the text are in view.
    #[must_use]
    pub fn room(&self, rows: usize) -> usize {
        rows.saturating_sub(self.foot.len() + 1).max(1)
    }

    /// The furthest that one can scroll.
    #[must_use]
    pub fn furthest(&self, rows: usize) -> usize {
        self.body.len().saturating_sub(self.room(rows))
    }

    /// Draws so many rows, none wider than the style.
    #[must_use]
    pub fn draw(&self, rows: usize, style: Style) -> Vec<String> {
        let (room, columns) = (self.room(rows), style.width);
        let top = self.top.min(self.furthest(rows));
        let in_view = self.body.iter().skip(top).take(room);
        let mut lines: Vec<String> = in_view.map(|line| text::clip(line, columns)).collect();
        lines.resize(room, String::new());
        lines.push(self.rule(top, room, style));
        lines.extend(self.foot.iter().map(|line| text::clip(line, columns)));
        lines.truncate(rows);
        lines
    }

    /// "── Lesson 4 of 18 · Keep-alive · question 1 of 3 ──────── 21–40 of 84 ──"
    fn rule(&self, top: usize, room: usize, style: Style) -> String {
        let (all, glyphs) = (self.body.len(), style.glyphs());
        let shown = (top + 1, (top + room).min(all));
        let scrolled = match all {
            _ if all <= room => String::new(),
            _ => format!(" {}{}{} of {all} ", shown.0, glyphs.range, shown.1),
        };
        // Of what does not fit, the place matters more.
        let columns = style.width;
        let place = style.cut(&format!(" {} ", style.text(self.place)), columns.saturating_sub(2));
        let left = columns.saturating_sub(text::width(&place) + 2);
        let scrolled = if text::width(&scrolled) + 1 < left { scrolled } else { String::new() };
        let rest = columns.saturating_sub(2 + text::width(&place) + text::width(&scrolled));
        let (before, after) = if scrolled.is_empty() { (rest, 0) } else { (rest.saturating_sub(2), 2) };
        let [start, before, after] = [2, before, after].map(|columns| style.rule(columns));
        format!("{start}{}{before}{}{after}", style.bold(&place), style.dim(&scrolled))
    }
}

/// What to say where there is less room than it takes.
#[must_use]
pub fn too_small(columns: usize, rows: usize) -> Vec<String> {
    let (least_columns, least_rows) = LEAST;
    let words = format!(
        "This window has {columns} columns and {rows} rows. The tutorial needs {least_columns} and {least_rows}: make it \
         larger, or press q, and take wire101 tutorial --plain."
    );
    text::wrap(&words, columns).into_iter().take(rows).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(lines: usize) -> Vec<String> {
        (1..=lines).map(|line| format!("line {line}")).collect()
    }

    #[test]
    fn where_one_is_stays_in_view() {
        let (body, foot) = (body(30), ["n next  q quit".to_owned()]);
        let screen = Screen { body: &body, top: 4, place: "Lesson 4 of 18 · Keep-alive · your guess", foot: &foot };
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
            let foot = ["n next".to_owned()];
            let style = Style { colour, ..Style::plain(columns) };
            let body: Vec<String> = lines.iter().map(|line| style.bold(&style.text(line))).collect();
            let drawn = Screen { body: &body, top, place: &place, foot: &foot }.draw(rows, style);
            prop_assert_eq!(drawn.len(), rows);
            for line in drawn {
                prop_assert!(text::width(&line) <= columns, "{}", line);
            }
        }
    }
}
