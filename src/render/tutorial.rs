//! The tutorial's screens: where one is, what is asked, what can be typed, and what an answer is worth.

use super::lesson;
use super::markdown::{indented, markdown, narrower};
use super::style::{Look, Style};
use super::table::{Cell, Column, Table};
use super::text;
use crate::layers::Layer;
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Run};
use crate::tutorial::{Progress, Reply, Session, Step, Verdict};

/// What can be typed before a lesson is shown, once it is, and after its last question.
const BEFORE: &str = "[t]ext [s]kip [q]uit";
const WHILE: &str = "[l]adder [y] layers [x] hex [p]age [t]ext [h]int [e]xperiment [s]kip [q]uit";
const AFTER: &str = "[Enter] go on [l]adder [y] layers [x] hex [p]age [t]ext [e]xperiment [q]uit";

/// Where one is, and what is asked.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn question(session: &Session, style: Style) -> Result<Vec<String>, FillError> {
    let lesson = session.lesson();
    let mut lines = place(session, style);
    match session.step() {
        Step::Guess => {
            lines.extend(markdown(&format!("**{}**", lesson.question), style));
            let sides = ('A'..).zip(&lesson.sides).map(|(letter, side)| format!("- {letter}: {side}\n"));
            lines.push(String::new());
            lines.extend(markdown(&sides.collect::<String>(), style));
            lines.push(String::new());
            lines.extend(markdown(&format!("Your guess first. {}", lesson.prediction.ask), style));
            let choices: Vec<String> = lesson.prediction.choices.iter().map(ToString::to_string).collect();
            if let [others @ .., last] = choices.as_slice() {
                lines.extend(markdown(&format!("Choose: **{}** or **{last}**", others.join("**, **")), style));
            }
        }
        Step::Check(_) => {
            let question = session.question().transpose()?.unwrap_or_default();
            lines.extend(markdown(&format!("**{question}**"), style));
        }
        Step::After => lines.extend(after(session, style)?),
        Step::End => lines.extend(end(session, style)),
    }
    Ok(lines)
}

/// Where one is, after something long was shown, and the question in short.
///
/// # Errors
///
/// As [`question`].
pub fn again(session: &Session, style: Style) -> Result<Vec<String>, FillError> {
    match session.step() {
        Step::Check(_) => question(session, style),
        Step::Guess => {
            let ask = markdown(&session.lesson().prediction.ask, style);
            Ok(place(session, style).into_iter().chain(ask).collect())
        }
        Step::After | Step::End => Ok(place(session, style)),
    }
}

/// What can be typed now, in one line or two.
#[must_use]
pub fn keys(session: &Session, style: Style) -> Vec<String> {
    let keys = match session.step() {
        Step::Guess => BEFORE,
        Step::Check(_) => WHILE,
        Step::After => AFTER,
        Step::End => return Vec::new(),
    };
    let lines = text::wrap(keys, style.width).into_iter();
    let start = [String::new()];
    start.into_iter().chain(lines.map(|line| style.dim(&line))).collect()
}

/// What became of a line, in words; nothing where something is to be shown instead.
#[must_use]
pub fn reply(reply: &Reply, style: Style) -> Vec<String> {
    let good = |word: &str| style.good(word);
    let mut lines = vec![String::new()];
    match reply {
        Reply::Guessed { guess, found, right, label, side } => {
            let word = match (guess, right) {
                (Some(_), true) => good("You guessed it."),
                (Some(guess), false) => {
                    style.text(&format!("You guessed {guess}. The capture says otherwise.").replace('\u{a0}', " "))
                }
                (None, _) => "No guess this time.".to_owned(),
            };
            lines.push(word);
            lines.extend(markdown(&format!("{label}, side {}: **{found}**.", side.letter()), style));
        }
        Reply::Answered(Verdict::Right { explain }) => {
            lines.push(good("Right."));
            lines.extend(markdown(explain, style));
        }
        Reply::Answered(Verdict::Wrong { given, explain }) => {
            lines.extend(markdown(&format!("Not {given}. This is what the capture says:"), style));
            lines.extend(markdown(explain, style));
            let advice = "Look at it with `l`, `y` or `x`. Then try again, or press Enter to go on.";
            lines.extend(markdown(advice, style));
        }
        Reply::Answered(Verdict::Skipped { explain }) => {
            lines.extend(markdown(&format!("What it would have been: {explain}"), style));
        }
        Reply::Hint(hint) => lines.extend(markdown(&format!("Hint: {hint}"), style)),
        Reply::Misunderstood(why) => lines.extend(text::wrap(&style.text(why), style.width)),
        Reply::GoOn | Reply::Look(_) | Reply::Try(_) | Reply::Keys | Reply::Quit => return Vec::new(),
    }
    lines
}

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

/// "Lesson 4 of 18 · Keep-alive · question 1 of 3", under a rule.
fn place(session: &Session, style: Style) -> Vec<String> {
    let lesson = session.lesson();
    let checks = lesson.checks.len();
    let step = match session.step() {
        Step::Guess => "your guess".to_owned(),
        Step::Check(index) => format!("question {} of {checks}", index + 1),
        Step::After => "something to try".to_owned(),
        Step::End => "the end".to_owned(),
    };
    let place = format!("Lesson {} of {} · {} · {step}", lesson.number, session.lessons().len(), lesson.title);
    let place = text::wrap(&style.text(&place), style.width);
    [String::new()].into_iter().chain(place.into_iter().map(|line| style.bold(&line))).collect()
}

fn after(session: &Session, style: Style) -> Result<Vec<String>, FillError> {
    let (lesson, run) = (session.lesson(), session.run());
    let mut lines = vec!["What to take away:".to_owned()];
    for sentence in &lesson.take_away {
        lines.extend(markdown(&format!("- {}", run.fill(sentence)?), style));
    }
    lines.push(String::new());
    lines.push("What to try, at once (type its number):".to_owned());
    for (number, step) in (1..).zip(&lesson.try_next) {
        lines.extend(markdown(&format!("{number}. `{}`", step.command), style));
        lines.extend(indented(&markdown(&step.look_for, narrower(style, 3)), 3));
    }
    lines.extend(markdown("Or anything else: `e --rtt 200ms --loss 5 --seed 3`", style));
    lines.push(String::new());
    let next = session.lessons().iter().find(|next| next.number > lesson.number);
    let next = next.map_or_else(
        || "Enter ends the course.".to_owned(),
        |next| format!("Enter goes on to lesson {}: {}", next.number, next.question),
    );
    lines.extend(markdown(&next, style));
    Ok(lines)
}

fn end(session: &Session, style: Style) -> Vec<String> {
    let lessons = session.lessons();
    let asked: usize = lessons.iter().map(|lesson| lesson.checks.len()).sum();
    let right = lessons.iter().filter_map(|lesson| session.progress().lessons.get(&lesson.name));
    let right = right.fold(0_usize, |sum, done| sum.saturating_add(done.right));
    let complete = lessons.iter().filter(|lesson| session.progress().is_complete(lesson)).count();
    let words = format!(
        "That was the last lesson. {complete} of {} are done, and {right} of {asked} questions were answered rightly at \
         the first attempt.",
        lessons.len()
    );
    let undone = lessons.iter().find(|lesson| !session.progress().is_complete(lesson));
    let undone = undone.map(|lesson| format!("Not yet done: `wire101 tutorial --start {}`.", lesson.name));
    let mut lines = markdown(&words, style);
    lines.extend(undone.iter().flat_map(|undone| markdown(undone, style)));
    lines.extend(markdown("Now a capture of your own: `wire101 inspect FILE`", style));
    lines
}

/// What was tried: the lesson, the wire it ran on this time, and which figures are others than before.
#[must_use]
pub fn tried(before: &Run, now: &Run, style: Style) -> Vec<String> {
    let mut lines = lesson::title(now, style);
    if before.lesson.name != now.lesson.name {
        return lines;
    }
    lines.push(String::new());
    let mut changes = Vec::new();
    for row in &now.lesson.compare {
        for (old, new) in before.sides.iter().zip(&now.sides) {
            let (was, is) = (lesson::value(row.measure, old), lesson::value(row.measure, new));
            if was != is {
                changes.push(format!("- {}, side {}: {was}, now **{is}**\n", row.label, new.side.letter()));
            }
        }
    }
    if changes.is_empty() {
        lines.push("Every figure of the comparison is what it was.".to_owned());
    } else {
        lines.push("What is other than before:".to_owned());
        lines.extend(markdown(&changes.concat(), style));
    }
    lines
}
