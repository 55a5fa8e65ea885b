//! All lessons, embedded in the program, and finding one by its name.

use std::sync::{LazyLock, OnceLock};

use super::front_matter::{Lesson, LessonError};
use crate::explain::nearest;

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
///
/// # Panics
///
/// If a file under `lessons/` is not a lesson, saying what is wrong where. A test reads them all, and what it read is what
/// the program contains.
#[must_use]
pub fn all() -> &'static [Lesson] {
    static ALL: LazyLock<Vec<Lesson>> = LazyLock::new(|| parse(LESSONS).unwrap_or_else(|error| panic!("{error}")));
    &ALL
}

/// Whether there is a lesson of that name; none is read for that.
#[must_use]
pub fn has(name: &str) -> bool {
    LESSONS.iter().any(|(known, _)| *known == name)
}

/// How many lessons there are; they are numbered from 1 on, which a test sees to.
#[must_use]
pub fn count() -> usize {
    LESSONS.len()
}

/// The lesson of that name, or of that number. By its name it is found without reading the others.
///
/// # Errors
///
/// [`Unknown`], with the names that may have been meant.
///
/// # Panics
///
/// As [`all`].
pub fn find(name: &str) -> Result<&'static Lesson, Unknown> {
    static BY_NAME: [OnceLock<Lesson>; LESSONS.len()] = [const { OnceLock::new() }; LESSONS.len()];
    let found = LESSONS.iter().zip(&BY_NAME).find(|((known, _), _)| *known == name);
    if let Some(((name, source), lesson)) = found {
        return Ok(lesson.get_or_init(|| Lesson::parse(name, source).unwrap_or_else(|error| panic!("{error}"))));
    }
    let number = name.parse::<u8>().ok();
    let found = all().iter().find(|lesson| Some(lesson.number) == number);
    found.ok_or_else(|| {
        let names = all().iter().map(|lesson| lesson.name.as_str());
        Unknown { name: name.to_owned(), nearest: nearest(name, names) }
    })
}

fn parse(files: &[(&str, &str)]) -> Result<Vec<Lesson>, LessonError> {
    let mut lessons = Vec::with_capacity(files.len());
    for (name, source) in files {
        lessons.push(Lesson::parse(name, source)?);
    }
    lessons.sort_by_key(|lesson| lesson.number);
    for pair in lessons.windows(2) {
        let [first, second] = pair else { continue };
        if first.number == second.number {
            return Err(LessonError {
                file: format!("lessons/{}.md", second.name),
                line: 1,
                key: Some("number".to_owned()),
                problem: format!("lessons/{}.md has number {} already", first.name, first.number),
            });
        }
    }
    Ok(lessons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_lesson_can_be_read() {
        match parse(LESSONS) {
            Ok(lessons) => assert_eq!(lessons.len(), LESSONS.len()),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_lesson_is_found_by_its_name_and_by_its_number() {
        for lesson in all() {
            assert!(has(&lesson.name));
            assert_eq!(find(&lesson.name).map(|found| found.number), Ok(lesson.number));
            assert_eq!(find(&lesson.number.to_string()).map(|found| &found.name), Ok(&lesson.name));
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
    fn two_lessons_cannot_have_one_number() {
        let (_, source) = LESSONS[0];
        let error = parse(&[("first", source), ("second", source)]).unwrap_err();
        assert_eq!((error.file.as_str(), error.key.as_deref()), ("lessons/second.md", Some("number")));
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
        for (name, source) in LESSONS {
            let (_, text) = source.rsplit_once("\n+++\n").unwrap_or_default();
            let code = text.split("```").skip(1).step_by(2).flat_map(str::lines);
            for line in code {
                // Code is four columns from the edge, and all else is wrapped.
                assert!(line.chars().count() <= 76, "{name}: {line}");
            }
        }
    }
}
