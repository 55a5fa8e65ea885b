//! The lessons, and what somebody has done of each.

use crate::layers::Layer;
use crate::lesson::Lesson;
use crate::render::markdown::markdown;
use crate::render::model::{Block, Column, Look, Page, Table, Text};
use crate::tutorial::{Outcome, Progress};

/// The lessons, and what is done of each.
#[must_use]
pub fn list(lessons: &[Lesson], progress: &Progress) -> Page {
    let columns = [
        Column::number("#"),
        Column::text("Name"),
        Column::text("Done"),
        Column::number("Right"),
        Column::text("Question").wrapped(),
    ];
    let (mut table, mut said) = (Table::new(&columns), Page::default());
    for lesson in lessons {
        let done = progress.lessons.get(lesson.name).cloned().unwrap_or_default();
        let all = lesson.checks.len();
        let answered = format!("{} of {all}", done.answered().min(all));
        let skipped = match done.count(Outcome::Skipped) {
            0 => String::new(),
            skipped => format!(", {skipped} skipped"),
        };
        let (word, look, spoken) = match done {
            _ if done.complete => ("yes".to_owned(), Look::Good, "done".to_owned()),
            _ if done.place > 0 => {
                (format!("{answered}{skipped}"), Look::Bold, format!("{answered} questions answered{skipped}"))
            }
            _ => ("-".to_owned(), Look::Dim, "not begun".to_owned()),
        };
        let right = done.count(Outcome::First);
        let right = if done.answers.is_empty() { String::new() } else { format!("{right} of {all}") };
        table.row([
            Text::words(lesson.number.to_string()).dim().into(),
            Text::words(lesson.name).look(Layer::Application).into(),
            Text::words(word).look(look).into(),
            right.into(),
            lesson.question.into(),
        ]);
        said.append(markdown(&format!("{}. {}: {spoken}. {}", lesson.number, lesson.name, lesson.question)));
    }
    let mut seen = Page::from(table);
    seen.space();
    let mut page = Page::from(Block::Told { seen, said });
    page.append(markdown(&sum(lessons, progress)));
    page
}

fn sum(lessons: &[Lesson], progress: &Progress) -> String {
    let complete = lessons.iter().filter(|lesson| progress.is_complete(lesson)).count();
    let next = progress.at.as_deref().filter(|at| lessons.iter().any(|lesson| lesson.name == *at));
    let next = next.map_or_else(String::new, |next| format!(" `wire101 tutorial` continues with `{next}`."));
    format!("{complete} of {} lessons done.{next}", lessons.len())
}
