//! All lessons, embedded in the program, and finding one by its name.

use std::num::NonZeroU32;

use super::front_matter::{
    Answer, Chart, Diagnosis, ExchangeId, Guess, Lesson, Opened, Prediction, Row, Step, Warning,
};
use super::measure::Measure;
use super::question::Kind as QuestionKind;
use super::question::{Asks, Check, Choice, Claim, Compared, Event, Given, Likely};
use super::side::Side;
use super::text::Template;
use super::text::template::{Operand, Operator, Placeholder, TextPart};
use super::view::{End, See, Spot, View};
use super::wires::WireSettings;
use crate::explain::nearest;
use crate::layers::Layer;

// `LESSONS`: written by the build from the files in `lessons/`.
include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// A name that no lesson has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no lesson `{name}`")]
pub struct Unknown {
    /// What was asked for.
    pub name: String,
    /// The lessons that may have been meant, the likeliest first.
    pub nearest: Vec<&'static str>,
}

/// Every lesson, in the order of the course.
#[must_use]
pub fn all() -> &'static [Lesson] {
    LESSONS
}

/// Whether there is a lesson of that name.
#[must_use]
pub fn has(name: &str) -> bool {
    LESSONS.iter().any(|lesson| lesson.name == name)
}

/// How many lessons there are; they are numbered from 1 on.
#[must_use]
pub fn count() -> usize {
    LESSONS.len()
}

/// The lesson of that name, or of that number.
///
/// # Errors
///
/// [`Unknown`], with the names that may have been meant.
pub fn find(name: &str) -> Result<&'static Lesson, Unknown> {
    let number = name.parse::<u8>().ok();
    let found = LESSONS.iter().find(|lesson| lesson.name == name || Some(lesson.number) == number);
    found.ok_or_else(|| {
        let names = LESSONS.iter().map(|lesson| lesson.name);
        Unknown { name: name.to_owned(), nearest: nearest(name, names) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_is_found_by_its_name_and_by_its_number() {
        for lesson in all() {
            assert!(has(lesson.name));
            assert_eq!(find(lesson.name).map(|found| found.number), Ok(lesson.number));
            assert_eq!(find(&lesson.number.to_string()).map(|found| found.name), Ok(lesson.name));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let nearest = |name: &str| find(name).unwrap_err().nearest;
        assert_eq!(nearest("keepalive").first(), Some(&"keep-alive"));
        assert_eq!(nearest("updgrade").first(), Some(&"upgrade"));
        assert!(nearest("250").is_empty());
    }

    #[test]
    fn lessons_are_numbered_from_one_on() {
        assert!(all().iter().map(|lesson| usize::from(lesson.number)).eq(1..=count()));
    }

    #[test]
    fn every_lesson_asks_compares_concludes_and_leads_on() {
        for lesson in all() {
            let name = &lesson.name;
            assert!(lesson.question.ends_with('?'), "{name}");
            assert!(lesson.prediction.ask.ends_with('?'), "{name}");
            assert!(!lesson.layers.is_empty() && !lesson.compare.is_empty(), "{name}");
            assert!(!lesson.checks.is_empty() && !lesson.take_away.is_empty(), "{name}");
            assert!(lesson.try_next.iter().all(|step| step.command.starts_with("wire101 ")), "{name}");
            assert!(!lesson.try_next.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_text_fits_a_terminal_of_eighty_columns() {
        for lesson in all() {
            let words = lesson.text.parts.iter().filter_map(|part| match part {
                TextPart::Literal(words) => Some(*words),
                // There are none in code.
                TextPart::Value(_) => None,
            });
            let text: String = words.collect();
            let code = text.split("```").skip(1).step_by(2).flat_map(str::lines);
            for line in code {
                // Code is four columns from the edge, and all else is wrapped.
                assert!(line.chars().count() <= 76, "{}: {line}", lesson.name);
            }
        }
    }
}
