//! A lesson's card, for a word that isn't a name or number in a specification: what the lesson asks, and how to see the
//! answer.

use crate::lesson::{Lesson, catalogue};
use crate::render::model::prose::Place;
use crate::render::model::{Form, Heading, List, Page, Prose, Text};

/// The card.
#[must_use]
pub fn card(lesson: &Lesson) -> Page {
    let remark = format!("lesson {} of {}", lesson.number, catalogue::count());
    let mut page = Page::from(Heading::new(Text::words(lesson.title).bold(), remark, Place::Across));
    page.space();
    page.add(Prose::new(lesson.question).under(1));
    page.space();
    let mut sides = List::new(Form::Card);
    sides.several("Sides", ('A'..).zip(lesson.sides).map(|(letter, name)| format!("{letter}  {name}")));
    page.add(sides);
    page.space();
    let mut commands = List::new(Form::Card);
    for (label, command) in [("See it", "run"), ("Read it", "show")] {
        commands.add(label, Text::words(format!("wire101 lesson {command} {}", lesson.name)).bold());
    }
    page.add(commands);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    #[test]
    fn a_lesson_on_a_usual_screen() {
        insta::assert_snapshot!(Style::plain(80).lines(card(catalogue::find("masking").unwrap())).join("\n"));
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        for lesson in catalogue::all() {
            for columns in [40, 80, 120] {
                let lines = Style::plain(columns).lines(card(lesson));
                assert!(lines.iter().all(|line| width(line) <= columns), "{}", lines.join("\n"));
            }
        }
    }
}
