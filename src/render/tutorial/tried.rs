//! The result of an experiment, beside the one before it.

use crate::lesson::Run;
use crate::render::model::{Block, Column, Page, Table, Text};
use crate::render::{lesson, numbers};

/// What was tried: the lesson, the wire it ran on this time, and which figures are others than before.
#[must_use]
pub fn tried(before: &Run, now: &Run) -> Page {
    let mut page = lesson::title(now);
    if before.lesson.name != now.lesson.name {
        return page;
    }
    page.space();
    let columns =
        [Column::text("What changed").wrapped(), Column::text("Side"), Column::number("Before"), Column::number("Now")];
    let (mut table, mut said) = (Table::new(&columns), Page::default());
    said.say("What changed:");
    let mut same = 0;
    for row in now.lesson.compare {
        for (old, new) in before.sides.iter().zip(&now.sides) {
            let (was, is) = (lesson::value(row.measure, old), lesson::value(row.measure, new));
            if was == is {
                same += 1;
                continue;
            }
            let side = new.side.letter();
            said.say(format!("{}, side {side}: {was}, now {is}", row.label));
            table.row([row.label.into(), side.to_string().into(), was.into(), Text::words(is).bold().into()]);
        }
    }
    if table.is_empty() {
        page.say("Every figure in the comparison is the same as before.");
    } else {
        let mut seen = Page::from(table);
        seen.remark(format!("Unchanged: {} in the comparison.", numbers::counted(same, "figure")));
        page.add(Block::Told { seen, said });
    }
    page
}
