//! What an experiment came to, beside what was before.

use crate::lesson::Run;
use crate::render::style::{Look, Style};
use crate::render::table::{Cell, Column, Table};
use crate::render::{lesson, numbers, text};

/// What was tried: the lesson, the wire it ran on this time, and which figures are others than before.
#[must_use]
pub fn tried(before: &Run, now: &Run, style: Style) -> Vec<String> {
    let mut lines = lesson::title(now, style);
    if before.lesson.name != now.lesson.name {
        return lines;
    }
    lines.push(String::new());
    let columns = [
        Column::text("What is other than before").wrapped(),
        Column::text("Side"),
        Column::number("Before"),
        Column::number("Now"),
    ];
    let mut table = Table::new(&columns, style);
    let (mut changed, mut same) = (0, 0);
    for row in &now.lesson.compare {
        for (old, new) in before.sides.iter().zip(&now.sides) {
            let (was, is) = (lesson::value(row.measure, old), lesson::value(row.measure, new));
            if was == is {
                same += 1;
                continue;
            }
            changed += 1;
            table.row([
                Cell::new(row.label.as_str()),
                Cell::new(new.side.letter().to_string()),
                Cell::new(was),
                Cell::new(is).look(Look::Bold),
            ]);
        }
    }
    if changed > 0 {
        lines.extend(table.draw(0).lines().map(str::to_owned));
        let same = format!("What is the same as before: {} of the comparison.", numbers::counted(same, "figure"));
        lines.extend(text::wrap(&same, style.width).iter().map(|line| style.dim(line)));
    } else {
        lines.push("Every figure of the comparison is what it was.".to_owned());
    }
    lines
}

/// The same in sentences.
#[must_use]
pub fn tried_aloud(before: &Run, now: &Run, style: Style) -> Vec<String> {
    let mut lines = lesson::title(now, style);
    if before.lesson.name != now.lesson.name {
        return lines;
    }
    lines.push(String::new());
    let sides = || before.sides.iter().zip(&now.sides);
    let changes = now.lesson.compare.iter().flat_map(|row| {
        sides().filter_map(move |(old, new)| {
            let (was, is) = (lesson::value(row.measure, old), lesson::value(row.measure, new));
            (was != is).then(|| format!("{}, side {}: {was}, now {is}", row.label, new.side.letter()))
        })
    });
    let changes: Vec<String> = changes.flat_map(|change| text::wrap(&style.text(&change), style.width)).collect();
    let same = "Every figure of the comparison is what it was.";
    lines.push(if changes.is_empty() { same } else { "What is other than before:" }.to_owned());
    lines.extend(changes);
    lines
}
