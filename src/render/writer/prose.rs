//! Headings, paragraphs, and what one side of a connection said.

use super::Style;
use super::{Line, line};
use crate::inspect::record::Direction;
use crate::render::model::prose::{Fit, Place};
use crate::render::model::quote::Fold;
use crate::render::model::{Heading, Look, Page, Prose, Quote, Text};

/// How far a step is from the edge.
pub(super) const STEP: usize = 2;
/// Prose is not set wider than this: long lines are hard to read.
pub(super) const READABLE: usize = 96;
/// Less of a remark would only puzzle.
const LEAST_REMARK: usize = 16;
/// How many lines one line of a message may take before it's cut, and how far the continuation lines are from the mark.
const FOLDS: usize = 4;
const FOLDED: usize = 4;
/// What names of rows take, and what each of several things side by side needs beside them.
const NAMES: usize = 20;
const ENOUGH_BESIDE: usize = 26;

impl Style<'_> {
    pub(super) fn wrapped(self, line: Line) -> Vec<Line> {
        line.wrapped(self.width)
    }

    pub(super) fn cut_line(self, line: Line, columns: usize) -> Line {
        line.cut(columns, self.glyphs().more)
    }

    pub(super) fn heading(self, heading: &Heading) -> Vec<Line> {
        let (title, aside) = (self.line(&heading.title), self.line(&heading.aside));
        let left = self.width.checked_sub(title.width() + aside.width());
        match (heading.place, left) {
            (Place::Section, _) => {
                let title = self.cut_line(title, self.width);
                let room = self.width.saturating_sub(title.width() + STEP);
                let aside = if room < LEAST_REMARK { Line::default() } else { self.cut_line(aside, room) };
                vec![Line::default(), beside(title, STEP, aside)]
            }
            (Place::Across, Some(gap @ STEP..)) => vec![beside(title, gap, aside)],
            (Place::After | Place::Item, Some(STEP..)) => vec![beside(title, STEP, aside)],
            (Place::Item, _) => {
                let aside = indented(STEP, aside.wrapped(self.width.saturating_sub(STEP)));
                [self.cut_line(title, self.width)].into_iter().chain(aside).collect()
            }
            (Place::After | Place::Across, _) => {
                let aside = self.wrapped(aside).into_iter().filter(|line| !line.is_empty());
                self.wrapped(title).into_iter().chain(aside).collect()
            }
        }
    }

    pub(super) fn prose(self, prose: &Prose) -> Vec<Line> {
        let (mark, text) = (self.line(&prose.mark), self.line(&prose.text));
        let edge = prose.depth * STEP + mark.width();
        let width = if prose.fit == Fit::Read { self.width.min(READABLE) } else { self.width };
        // A mark that leaves no room for text is no help.
        let edge = if edge + 2 <= width { edge } else { 0 };
        let (hang, mark) = (edge + prose.hang * STEP, if edge > 0 { mark } else { Line::default() });
        let lines = match prose.fit {
            Fit::Cut => vec![self.cut_line(text, width.saturating_sub(hang))],
            Fit::Fold => text.folded(width.saturating_sub(hang)),
            Fit::Wrap | Fit::Read => text.wrapped(width.saturating_sub(hang)),
        };
        let first = Line::spaces(edge - mark.width()).and(mark);
        lead(first, hang, lines)
    }

    pub(super) fn quote(self, quote: &Quote) -> Vec<Line> {
        let mark = match quote.from {
            Direction::Client => ">",
            Direction::Server => "<",
        };
        let room = self.width.saturating_sub(STEP).max(2);
        let mut lines = Vec::new();
        for (fold, said) in &quote.lines {
            // No more of a line than can be shown.
            let said = match fold {
                Fold::Few => self.line_of(said, room * FOLDS),
                _ => self.line(said),
            };
            let marked = |line: Line| Line::of(Look::Dim, mark).with(Look::Plain, " ").and(line).trimmed();
            match fold {
                Fold::Cut => lines.push(marked(self.cut_line(said, room))),
                Fold::All => lines.extend(said.folded(room).into_iter().map(marked)),
                Fold::Words => lines.extend(said.wrapped(room).into_iter().map(marked)),
                Fold::Few => {
                    let (first, mut rest) = said.split(room);
                    lines.push(marked(first));
                    let room = room.saturating_sub(FOLDED).max(2);
                    for fold in 1..FOLDS {
                        if rest.is_empty() {
                            break;
                        }
                        let is_last = fold + 1 == FOLDS;
                        let (taken, more) =
                            if is_last { (self.cut_line(rest, room), Line::default()) } else { rest.split(room) };
                        lines.push(Line::spaces(STEP + FOLDED).and(taken).trimmed());
                        rest = more;
                    }
                }
            }
        }
        lines
    }

    /// Names in columns, as many as there is room for.
    pub(super) fn names(self, names: &[Text]) -> Vec<Line> {
        let names: Vec<Line> = names.iter().map(|name| self.line(name)).collect();
        let widest = names.iter().map(Line::width).max().unwrap_or_default();
        let columns = ((self.width + 1) / (widest + STEP + 1)).clamp(1, 4);
        let height = names.len().div_ceil(columns).max(1);
        let row = |row: usize| {
            let cells = names.iter().skip(row).step_by(height).cloned();
            let line = cells.fold(Line::default(), |line, name| {
                let name = self.cut_line(name, self.width.saturating_sub(STEP).min(widest));
                line.and(Line::spaces(STEP)).and(name.padded(widest + 1))
            });
            line.trimmed()
        };
        (0..height).map(row).collect()
    }

    /// Two pages beside each other if they have room, else one below the other.
    pub(super) fn beside(self, left: &Page, right: &Page) -> Vec<Line> {
        let (left, right) = (self.lay_out(left), self.lay_out(right));
        let widest = |lines: &[Line]| lines.iter().map(Line::width).max().unwrap_or(0);
        let column = widest(&left) + STEP + 1;
        if column + widest(&right) > self.width {
            return [left, right].concat();
        }
        line::columns(vec![left, right], column)
    }

    pub(super) fn has_room_for(self, abreast: usize) -> bool {
        self.width.saturating_sub(NAMES) / abreast.max(1) >= ENOUGH_BESIDE
    }
}

/// One line after another, at this distance; nothing after the first if there's no second.
fn beside(first: Line, gap: usize, second: Line) -> Line {
    if second.is_empty() { first } else { first.and(Line::spaces(gap)).and(second) }
}

/// Lines so far from the edge.
pub(super) fn indented(edge: usize, lines: Vec<Line>) -> impl Iterator<Item = Line> {
    lines.into_iter().map(move |line| Line::spaces(edge).and(line))
}

/// Lines, the first of them after `first`, the others so far from the edge.
pub(super) fn lead(first: Line, edge: usize, lines: Vec<Line>) -> Vec<Line> {
    let mut start = first;
    lines.into_iter().map(|line| std::mem::replace(&mut start, Line::spaces(edge)).and(line)).collect()
}
