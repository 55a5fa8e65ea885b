//! The tutorial's screens: where one is, what is asked, and what an answer is worth.

use super::lesson;
use super::markdown::{indented, markdown, narrower};
use super::numbers;
use super::style::{Look, Style};
use super::table::{Cell, Column, Table};
use super::text;
use crate::layers::Layer;
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Run};
use crate::tutorial::{Progress, Reply, Session, Step, Verdict};

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
