//! The result of an experiment, beside the one before it.

use crate::lesson::{Measure, Run};
use crate::render::markdown::markdown;
use crate::render::model::{Block, Column, Page, Table, Text};
use crate::render::{lesson, numbers};

/// What a change may change though the lesson doesn't compare it: said where it's another than before.
const ELSE: [(&str, Measure); 4] = [
    ("Packets lost on the way", Measure::LostPackets),
    ("Packets sent again", Measure::Retransmissions),
    ("Packets", Measure::Packets),
    ("Last response or message at", Measure::TimeToLast),
];

/// Says that chance spared every packet, and with which seed it doesn't.
#[must_use]
pub fn spared(seed: u64) -> Page {
    markdown(&format!(
        "Nothing was lost this time, so nothing changed: chance spared these packets. With `--seed {seed}` it doesn't."
    ))
}

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
    let mut same = 0_u64;
    let compared: Vec<(&str, Measure)> = now.lesson.compare.iter().map(|row| (row.label, row.measure)).collect();
    let others = ELSE.iter().filter(|(_, measure)| compared.iter().all(|(_, known)| known != measure));
    for (at, (label, measure)) in compared.iter().chain(others).enumerate() {
        for (old, new) in before.sides.iter().zip(&now.sides) {
            let (was, is) = (lesson::value(*measure, old), lesson::value(*measure, new));
            if was == is {
                same += u64::from(at < compared.len());
                continue;
            }
            let side = new.side.letter();
            said.say(format!("{label}, side {side}: {was}, now {is}"));
            table.row([(*label).into(), side.to_string().into(), was.into(), Text::words(is).bold().into()]);
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
