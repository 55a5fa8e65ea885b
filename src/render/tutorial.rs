//! The tutorial's screens: where one is, what is asked, and what an answer is worth.

mod list;
mod tried;

pub use list::{list, list_aloud};
pub use tried::{tried, tried_aloud};

use super::markdown::{indented, markdown, narrower};
use super::style::Style;
use super::text;
use crate::lesson::text::FillError;
use crate::tutorial::{Reply, Session, Step, Verdict};

/// What is asked.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn question(session: &Session, style: Style) -> Result<Vec<String>, FillError> {
    let lesson = session.lesson();
    let mut lines = Vec::new();
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

/// The question in short, after something long was shown.
///
/// # Errors
///
/// As [`question`].
pub fn again(session: &Session, style: Style) -> Result<Vec<String>, FillError> {
    match session.step() {
        Step::Check(_) => question(session, style),
        Step::Guess => Ok(markdown(&session.lesson().prediction.ask, style)),
        Step::After | Step::End => Ok(Vec::new()),
    }
}

/// What became of a line, in words; nothing where something is to be shown instead.
#[must_use]
pub fn reply(reply: &Reply, style: Style) -> Vec<String> {
    let good = |word: &str| style.good(word);
    let mut lines = vec![String::new()];
    match reply {
        Reply::Guessed { guess, found, right, label, measured } => {
            let word = match (guess, right) {
                (Some(_), true) => good("You guessed it."),
                (Some(guess), false) => {
                    style.text(&format!("You guessed {guess}. The capture says otherwise.").replace('\u{a0}', " "))
                }
                (None, _) => "No guess this time.".to_owned(),
            };
            lines.push(word);
            lines.extend(markdown(&format!("{label}, side {}: **{found}**.", measured.side.letter()), style));
        }
        Reply::Answered(Verdict::Right { explain }) => {
            lines.push(good("Right."));
            lines.extend(markdown(explain, style));
        }
        Reply::Answered(Verdict::Wrong { given, explain, .. }) => {
            lines.extend(markdown(&format!("Not {given}. This is what the capture says:"), style));
            lines.extend(markdown(explain, style));
            lines.extend(markdown("Try again, or go on with `n`.", style));
        }
        Reply::Answered(Verdict::Skipped { explain }) => {
            lines.extend(markdown(&format!("What it would have been: {explain}"), style));
        }
        Reply::Hint(hint) => lines.extend(markdown(&format!("Hint: {hint}"), style)),
        Reply::Misunderstood(why) => lines.extend(text::wrap(&style.text(why), style.width)),
        Reply::GoOn | Reply::Again | Reply::Look(_) | Reply::Try(_) | Reply::Keys | Reply::Quit => return Vec::new(),
    }
    lines
}

/// "Lesson 4 of 18 · Keep-alive".
#[must_use]
pub fn lesson_place(session: &Session) -> String {
    let lesson = session.lesson();
    format!("Lesson {} of {} · {}", lesson.number, session.lessons().len(), lesson.title)
}

/// "question 1 of 3".
#[must_use]
pub fn step(session: &Session) -> String {
    match session.step() {
        Step::Guess => "your guess".to_owned(),
        Step::Check(index) => format!("question {} of {}", index + 1, session.lesson().checks.len()),
        Step::After => "something to try".to_owned(),
        Step::End => "the end".to_owned(),
    }
}

/// Where somebody left, and how to go on there.
#[must_use]
pub fn left(session: &Session, remembered: bool, style: Style) -> Vec<String> {
    if session.step() == Step::End {
        return end(session, style);
    }
    let place = format!("{} · {}", lesson_place(session), step(session));
    let mut lines: Vec<String> = text::wrap(&style.text(&place), style.width);
    let go_on = if remembered {
        "What you did is remembered: `wire101 tutorial` goes on here.".to_owned()
    } else {
        format!("What you did is not remembered: `wire101 tutorial --start {}`", session.lesson().name)
    };
    lines.extend(markdown(&go_on, style));
    lines
}

/// "Lesson 4 of 18 · Keep-alive · question 1 of 3", under an empty line.
#[must_use]
pub fn heading(session: &Session, style: Style) -> Vec<String> {
    let place = format!("{} · {}", lesson_place(session), step(session));
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
    lines.extend(suggestions(session, style));
    lines.push(String::new());
    let next = session.lessons().iter().find(|next| next.number > lesson.number);
    let next = next.map_or_else(
        || "Enter ends the course.".to_owned(),
        |next| format!("Enter goes on to lesson {}: {}", next.number, next.question),
    );
    lines.extend(markdown(&next, style));
    Ok(lines)
}

/// What there is to try.
#[must_use]
pub fn suggestions(session: &Session, style: Style) -> Vec<String> {
    let mut lines = vec!["What to try, at once (type its number):".to_owned()];
    for (number, step) in (1..).zip(&session.lesson().try_next) {
        lines.extend(markdown(&format!("{number}. `{}`", step.command), style));
        lines.extend(indented(&markdown(&step.look_for, narrower(style, 3)), 3));
    }
    lines.extend(markdown("Or anything else: `e --rtt 200ms --loss 5 --seed 3`", style));
    lines
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
