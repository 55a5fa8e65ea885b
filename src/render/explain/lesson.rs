//! A lesson's card, for a word that is no name or number of a specification: what it asks, and how to see the answer.

use super::card::Rows;
use crate::lesson::{Lesson, catalogue};
use crate::render::style::{Look, Style};
use crate::render::text;

/// Draws it.
#[must_use]
pub fn card(lesson: &Lesson, style: Style) -> Vec<String> {
    let title = style.text(&lesson.title);
    let remark = format!("lesson {} of {}", lesson.number, catalogue::count());
    let room = style.width.saturating_sub(text::width(&title) + text::width(&remark)).max(1);
    let mut rows = Rows { style, lines: vec![style.bold(&title) + &" ".repeat(room) + &style.dim(&remark)] };
    rows.lines.push(String::new());
    let question = text::wrap(&style.text(&lesson.question), style.width.saturating_sub(2));
    rows.lines.extend(question.into_iter().map(|line| format!("  {line}")));
    rows.lines.push(String::new());
    for (at, (letter, name)) in ('A'..).zip(&lesson.sides).enumerate() {
        rows.add(if at == 0 { "Sides" } else { "" }, &format!("{letter}  {name}"), Look::Plain);
    }
    rows.lines.push(String::new());
    let commands = [("See it", "run"), ("Read it", "show")];
    for (label, command) in commands {
        rows.add(label, &format!("wire101 lesson {command} {}", lesson.name), Look::Bold);
    }
    rows.lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_on_a_usual_screen() {
        insta::assert_snapshot!(card(catalogue::find("masking").unwrap(), Style::plain(80)).join("\n"));
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        for lesson in catalogue::all() {
            for width in [40, 80, 120] {
                let lines = card(lesson, Style::plain(width));
                assert!(lines.iter().all(|line| text::width(line) <= width), "{}", lines.join("\n"));
            }
        }
    }
}
