//! The tutorial's screens: where you are, what is asked, and what an answer is worth.

pub mod keys;
mod list;
mod tried;

pub use list::list;
pub use tried::tried;

use super::markdown::markdown;
use super::model::{Look, Page, Text};
use crate::lesson::text::FillError;
use crate::tutorial::{Reply, Session, Step, Verdict};

/// What is asked.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn question(session: &Session) -> Result<Page, FillError> {
    let lesson = session.lesson();
    let mut page = Page::default();
    match session.step() {
        Step::Guess => {
            page.append(markdown(&format!("**{}**", lesson.question)));
            let sides = ('A'..).zip(lesson.sides).map(|(letter, side)| format!("- {letter}: {side}\n"));
            page.space();
            page.append(markdown(&sides.collect::<String>()));
            page.space();
            page.append(markdown(&format!("Your guess first. {}", lesson.prediction.ask)));
            let choices: Vec<String> = lesson.prediction.choices.iter().map(ToString::to_string).collect();
            if let [others @ .., last] = choices.as_slice() {
                page.append(markdown(&format!("Choose: **{}** or **{last}**", others.join("**, **"))));
            }
        }
        Step::Check(_) => {
            let question = session.question().transpose()?.unwrap_or_default();
            page.append(markdown(&format!("**{question}**")));
        }
        Step::After => page.append(after(session)?),
        Step::End => page.append(end(session)),
    }
    Ok(page)
}

/// The question in short, after something long was shown.
///
/// # Errors
///
/// As [`question`].
pub fn again(session: &Session) -> Result<Page, FillError> {
    match session.step() {
        Step::Check(_) => question(session),
        Step::Guess => Ok(markdown(session.lesson().prediction.ask)),
        Step::After | Step::End => Ok(Page::default()),
    }
}

/// The outcome of a line, in words; nothing if something is to be shown instead.
#[must_use]
pub fn reply(reply: &Reply) -> Page {
    let good = |word: &'static str| Text::words(word).look(Look::Good);
    let mut page = Page::default();
    page.space();
    match reply {
        Reply::Guessed { guess, found, right, label, measured } => {
            page.say(match (guess, right) {
                (Some(_), true) => good("You guessed it."),
                (Some(guess), false) => Text::taught(format!("You guessed {guess}. The capture says otherwise.")),
                (None, _) => Text::words("No guess this time."),
            });
            page.append(markdown(&format!("{label}, side {}: **{found}**.", measured.side.letter())));
        }
        Reply::Answered(Verdict::Right { explain }) => {
            page.say(good("Right."));
            page.append(markdown(explain));
        }
        Reply::Answered(Verdict::Wrong { given, explain, .. }) => {
            page.append(markdown(&format!("Not {given}. Here's what the capture says:")));
            page.append(markdown(explain));
            page.append(markdown("Try again, or go on with `n`."));
        }
        Reply::Answered(Verdict::Skipped { explain }) => {
            page.append(markdown(&format!("The answer: {explain}")));
        }
        Reply::Hint(hint) => page.append(markdown(&format!("Hint: {hint}"))),
        Reply::Misunderstood(why) => page.say(why.clone()),
        Reply::GoOn | Reply::Again | Reply::Look(_) | Reply::Try(_) | Reply::Keys | Reply::Quit => {
            return Page::default();
        }
    }
    page
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
pub fn left(session: &Session, remembered: bool) -> Page {
    if session.step() == Step::End {
        return end(session);
    }
    let mut page = Page::default();
    page.say(place(session));
    page.append(markdown(&if remembered {
        "Your progress is saved: `wire101 tutorial` goes on here.".to_owned()
    } else {
        format!("Your progress is not saved: `wire101 tutorial --start {}`", session.lesson().name)
    }));
    page
}

/// "Lesson 4 of 18 · Keep-alive · question 1 of 3", under an empty line.
#[must_use]
pub fn heading(session: &Session) -> Page {
    let mut page = Page::default();
    page.space();
    page.say(Text::words(place(session)).bold());
    page
}

fn place(session: &Session) -> String {
    format!("{} · {}", lesson_place(session), step(session))
}

fn after(session: &Session) -> Result<Page, FillError> {
    let (lesson, run) = (session.lesson(), session.run());
    let mut page = Page::default();
    page.say("What to take away:");
    for sentence in lesson.take_away {
        page.append(markdown(&format!("- {}", run.fill(sentence)?)));
    }
    page.space();
    page.append(suggestions(session));
    page.space();
    let next = session.lessons().iter().find(|next| next.number > lesson.number);
    let next = next.map_or_else(
        || "Enter ends the course.".to_owned(),
        |next| format!("Enter goes on to lesson {}: {}", next.number, next.question),
    );
    page.append(markdown(&next));
    Ok(page)
}

/// What there is to try.
#[must_use]
pub fn suggestions(session: &Session) -> Page {
    let mut page = Page::default();
    page.say("Things to try now (type a number):");
    for (number, step) in (1..).zip(session.lesson().try_next) {
        page.append(markdown(&format!("{number}. `{}`", step.command)));
        page.append(markdown(step.look_for).under("   "));
    }
    page.append(markdown("Or anything else: `e --rtt 200ms --loss 5 --seed 3`"));
    page
}

fn end(session: &Session) -> Page {
    let lessons = session.lessons();
    let asked: usize = lessons.iter().map(|lesson| lesson.checks.len()).sum();
    let right = lessons.iter().filter_map(|lesson| session.progress().lessons.get(lesson.name));
    let right = right.fold(0_usize, |sum, done| sum.saturating_add(done.right));
    let complete = lessons.iter().filter(|lesson| session.progress().is_complete(lesson)).count();
    let words = format!(
        "That was the last lesson. {complete} of {} are done, and {right} of {asked} questions were answered rightly at \
         the first attempt.",
        lessons.len()
    );
    let mut page = markdown(&words);
    if let Some(undone) = lessons.iter().find(|lesson| !session.progress().is_complete(lesson)) {
        page.append(markdown(&format!("Not yet done: `wire101 tutorial --start {}`.", undone.name)));
    }
    page.append(markdown("Now try your own capture: `wire101 inspect FILE`"));
    page
}
