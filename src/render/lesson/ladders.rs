//! The ladders of a lesson's sides: as many beside each other as the width has room for.

use super::Page;
use crate::lesson::run::SideRun;
use crate::render::ladder::{Ladder, ladder};
use crate::render::story::Story;
use crate::render::{numbers, text, wire};

/// How many rows a ladder has, unless all of it is asked for.
const ROWS: usize = 20;
/// The least columns for a ladder that stands beside another, and how many more it takes to number its packets and to
/// remark on them.
const COLUMNS: usize = 38;
const NUMBERS: usize = 8;
const REMARKS: usize = 20;
/// A remark of so many columns at most can stand on the arrow itself.
const BRIEF: usize = 14;
/// Columns between two ladders.
const GAP: usize = 2;

impl Page<'_> {
    pub(super) fn ladders(&mut self) {
        // Each pair of hosts has an opening and a closing of its own to show.
        let pairs = self.run.sides.iter().map(|side| side.hosts.len().saturating_sub(1)).max().unwrap_or(1).max(1);
        let max_rows = if self.depth.ladder { None } else { Some(ROWS * pairs) };
        let stories = self.stories.iter();
        let told = stories.map(|story| story.ladder(None, self.depth.ladder, max_rows));
        let told: Vec<(&SideRun, Ladder)> = self.run.sides.iter().zip(told).collect();
        let mut rest = told.as_slice();
        while !rest.is_empty() {
            let (drawn, lines) = self.abreast(rest, pairs);
            self.lines.push(String::new());
            self.lines.extend(lines);
            rest = rest.get(drawn..).unwrap_or_default();
        }
        self.lines.push(String::new());
        let then = if self.depth.ladder {
            format!("The TCP is that of {}.", self.run.stack)
        } else {
            self.left_out(self.deeper_by("--ladder", "d"))
        };
        self.remark(&format!("{} {then}", wire::times(self.run)));
        for shortcoming in wire::shortcomings(self.run) {
            self.remark(&shortcoming);
        }
    }

    /// The first ladders, as many as fit beside each other, and how many these are.
    fn abreast(&self, ladders: &[(&SideRun, Ladder)], pairs: usize) -> (usize, Vec<String>) {
        let width = self.style.width;
        // Three and one would look as if the last were something else.
        let counts = (2..=ladders.len()).rev().filter(|count| (*count, ladders.len()) != (3, 4));
        for count in counts {
            let Some(some) = ladders.get(..count) else { continue };
            let notes = some.iter().flat_map(|(_, told)| &told.rows).filter_map(|row| row.note.as_ref());
            let is_remarked = notes.map(|note| text::width(note)).any(|columns| columns > BRIEF);
            let numbers = if self.depth.ladder { NUMBERS } else { 0 };
            let least = COLUMNS * pairs + numbers + if is_remarked { REMARKS } else { 0 };
            let column = (width + GAP) / count - GAP;
            if column < least {
                continue;
            }
            let within = column < COLUMNS * pairs + numbers + REMARKS;
            let drawn: Vec<Vec<String>> = some.iter().map(|one| self.ladder(one, column, within)).collect();
            return (count, in_columns(&drawn, column));
        }
        (1, ladders.first().map(|one| self.ladder(one, width, false)).unwrap_or_default())
    }

    /// A side's ladder, its remarks `within` the arrows or beside them.
    fn ladder(&self, (side, told): &(&SideRun, Ladder), width: usize, within: bool) -> Vec<String> {
        let style = self.style;
        let told = &if within { remarked_within(told.clone()) } else { told.clone() };
        let name = format!("{}  {}", side.side.letter(), side.name);
        let mut lines = vec![style.bold(&style.cut(&style.text(&name), width))];
        lines.extend(ladder(told, style, width));
        lines
    }

    /// What neither the ladders nor the bytes show, unless `by` that.
    pub(super) fn left_out(&self, by: &str) -> String {
        let counts = self.stories.iter().map(Story::unshown);
        let (pure, other) = counts.fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
        let packets = self.run.packets.len() as u64;
        let other = if other > 0 { format!(" and {other} of ARP") } else { String::new() };
        let packets = numbers::counted(packets, "packet");
        format!("Left out of {packets}: {pure} that only acknowledge{other} ({by}).")
    }
}

/// The same with its remarks on the arrows. That something was lost, an arrow shows without words.
fn remarked_within(mut told: Ladder) -> Ladder {
    for row in &mut told.rows {
        if let Some(note) = row.note.take().filter(|_| !row.lost) {
            let note = note.strip_prefix("in ").unwrap_or(&note);
            row.label = format!("{note}: {}", row.label);
            row.short = row.short.take().map(|short| format!("{note}: {short}"));
        }
    }
    told
}

/// Blocks of lines beside each other, each in so many columns.
fn in_columns(blocks: &[Vec<String>], column: usize) -> Vec<String> {
    let rows = blocks.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let lines = blocks.iter().enumerate().filter_map(|(place, block)| Some((place, block.get(at)?)));
        lines.fold(String::new(), |line, (place, text)| text::pad(&line, place * (column + GAP)) + text)
    };
    (0..rows).map(line).collect()
}
