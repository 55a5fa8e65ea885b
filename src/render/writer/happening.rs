//! A line about what has just happened: when, what it's about, and as much about it as there's room for.

use super::Line;
use super::Style;
use super::prose::lead;
use crate::render::model::{Happening, Look};
use crate::render::numbers;

/// How many columns what a line is about may take: "connection 12", "exchange 12.3".
const SUBJECT: usize = 13;
/// And when it was: "123.456789".
const CLOCK: usize = 10;
/// Columns between when, what and the rest.
const GAP: usize = 2;

impl Style<'_> {
    pub(super) fn happening(self, it: &Happening) -> Vec<Line> {
        let clock = Line::of(Look::Dim, format!("{:>CLOCK$}", numbers::clock(it.at)));
        let indent = (clock.width() + GAP + SUBJECT + GAP).min(self.width / 2);
        let room = self.width.saturating_sub(indent);
        let subject = self.line(&it.subject).padded(SUBJECT);
        let head = clock.and(Line::spaces(GAP)).and(subject).and(Line::spaces(GAP));
        let said = self.line(&it.said);
        let mut lines = if it.whole {
            let rest = it.rest.first().map(|rest| self.line(rest)).unwrap_or_default();
            let gap = if rest.is_empty() { 0 } else { GAP };
            if said.width() + gap + rest.width() <= room {
                lead(head, indent, vec![said.and(Line::spaces(gap)).and(rest)])
            } else {
                let rest = if rest.is_empty() { Vec::new() } else { rest.wrapped(room) };
                lead(head, indent, [said.wrapped(room), rest].concat())
            }
        } else {
            // What is asked for may be longer than any line. It is worth more than the rest.
            let (asked, room) = (self.line(&it.asked), room.saturating_sub(said.width()));
            let rest: Vec<Line> = it.rest.iter().map(|rest| self.line(rest)).collect();
            let fits = rest.iter().position(|rest| asked.width() + rest.width() <= room);
            let rest = fits.or(rest.len().checked_sub(1)).and_then(|at| rest.get(at)).cloned().unwrap_or_default();
            let asked = self.cut_line(asked, room.saturating_sub(rest.width()));
            vec![head.and(said).and(asked).and(rest)]
        };
        if let Some(explained) = &it.explained {
            lines.extend(lead(Line::spaces(indent), indent, self.line(explained).wrapped(room)));
        }
        lines
    }
}
