//! The ladders of a lesson's sides.

use super::{Course, wire};
use crate::render::model::Ladder;
use crate::render::numbers;
use crate::render::story::Story;

/// How many rows a ladder has, unless all of it is requested.
const ROWS: usize = 20;

impl Course<'_> {
    pub(super) fn ladders(&mut self) {
        // Each pair of hosts has an opening and a closing of its own to show.
        let pairs = self.run.sides.iter().map(|side| side.hosts.len().saturating_sub(1)).max().unwrap_or(1).max(1);
        let max_rows = if self.depth.ladder { None } else { Some(ROWS * pairs) };
        let sides = self.run.sides.iter().zip(&self.stories);
        let ladders: Vec<Ladder> = sides
            .map(|(side, story)| {
                let letter = side.side.letter();
                let ladder = story.ladder(None, self.depth.ladder, max_rows);
                Ladder { side: Some(letter), name: format!("{letter}  {}", side.name), ..ladder }
            })
            .collect();
        self.page.space();
        self.page.add(ladders);
        self.page.space();
        let then = if self.depth.ladder {
            format!("The TCP is that of {}.", self.run.stack)
        } else {
            self.left_out(self.deeper_by("--ladder", "d"))
        };
        self.page.remark(format!("{} {then}", wire::times(self.run)));
        wire::shortcomings(self.run).for_each(|shortcoming| self.page.remark(shortcoming));
    }

    /// What neither the ladders nor the bytes show, unless `by` shows it.
    pub(super) fn left_out(&self, by: &str) -> String {
        let counts = self.stories.iter().map(Story::unshown);
        let (pure, other) = counts.fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
        let packets = self.run.packets.len() as u64;
        let other = if other > 0 { format!(" and {other} of ARP") } else { String::new() };
        let packets = numbers::counted(packets, "packet");
        format!("Left out of {packets}: {pure} that only acknowledge{other} ({by}).")
    }
}
