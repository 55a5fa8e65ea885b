//! The lessons, and what somebody has done of each.

use crate::layers::Layer;
use crate::lesson::Lesson;
use crate::render::markdown::markdown;
use crate::render::style::{Look, Style};
use crate::render::table::{Cell, Column, Table};
use crate::tutorial::Progress;

/// The lessons, and what is done of each.
#[must_use]
pub fn list(lessons: &[Lesson], progress: &Progress, style: Style) -> Vec<String> {
    let columns = [
        Column::number("#"),
        Column::text("Name"),
        Column::text("Done"),
        Column::number("Right"),
        Column::text("Question").wrapped(),
    ];
    let mut table = Table::new(&columns, style);
    for lesson in lessons {
        let done = progress.lessons.get(&lesson.name).copied().unwrap_or_default();
        let (word, look) = match done {
            _ if done.complete => ("yes".to_owned(), Look::Good),
            _ if done.steps > 0 => (format!("{} of {}", done.steps, lesson.checks.len() + 1), Look::Bold),
            _ => ("-".to_owned(), Look::Dim),
        };
        let right = if done.steps > 1 { format!("{} of {}", done.right, lesson.checks.len()) } else { String::new() };
        table.row([
            Cell::new(lesson.number.to_string()).look(Look::Dim),
            Cell::new(lesson.name.as_str()).look(Layer::Application),
            Cell::new(word).look(look),
            Cell::new(right),
            Cell::new(lesson.question.as_str()),
        ]);
    }
    let mut lines: Vec<String> = table.draw(0).lines().map(str::to_owned).collect();
    lines.push(String::new());
    lines.extend(markdown(&sum(lessons, progress), style));
    lines
}

/// The lessons and what is done of each, a sentence each.
#[must_use]
pub fn list_aloud(lessons: &[Lesson], progress: &Progress, style: Style) -> Vec<String> {
    let sentence = |lesson: &Lesson| {
        let done = progress.lessons.get(&lesson.name).copied().unwrap_or_default();
        let word = match done {
            _ if done.complete => "done".to_owned(),
            _ if done.steps > 0 => format!("{} of {} questions done", done.steps, lesson.checks.len() + 1),
            _ => "not begun".to_owned(),
        };
        format!("{}. {}: {word}. {}", lesson.number, lesson.name, lesson.question)
    };
    let sentences = lessons.iter().map(sentence).chain([sum(lessons, progress)]);
    sentences.flat_map(|sentence| markdown(&sentence, style)).collect()
}

fn sum(lessons: &[Lesson], progress: &Progress) -> String {
    let complete = lessons.iter().filter(|lesson| progress.is_complete(lesson)).count();
    let next = progress.at.as_deref().filter(|at| lessons.iter().any(|lesson| lesson.name == *at));
    let next = next.map_or_else(String::new, |next| format!(" `wire101 tutorial` goes on with `{next}`."));
    format!("{complete} of {} lessons done.{next}", lessons.len())
}
