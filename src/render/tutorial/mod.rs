//! The tutorial's screens: where you are, what is told and asked, and what an answer is worth.

pub mod ending;
pub mod keys;
mod list;
mod question;
mod tried;

pub use list::list;
pub use question::question;
pub use tried::{spared, tried};

use super::markdown::markdown;
use super::model::{Form, List, Look, Page, Text};
use crate::lesson::text::FillError;
use crate::tutorial::{Reply, Session, Step, Verdict};

/// What the lesson is about.
///
/// # Errors
///
/// Where its text asks for a value: nothing has been measured yet.
pub fn scene(session: &Session) -> Result<Page, FillError> {
    let (lesson, run) = (session.lesson(), session.run());
    let mut page = Page::default();
    page.append(markdown(&format!("**{}**", lesson.question)));
    page.space();
    page.append(markdown(&run.fill(&lesson.scene)?));
    Ok(page)
}

/// What is to be guessed.
#[must_use]
pub fn guess(session: &Session) -> Page {
    let lesson = session.lesson();
    let mut page = Page::default();
    for (letter, side) in ('A'..).zip(lesson.sides) {
        page.append(markdown(&format!("- Side {letter}: {side}")));
    }
    page.space();
    page.append(markdown(&format!("**{}**", lesson.prediction.ask)));
    page.space();
    let unit = lesson.prediction.answer.measure.unit();
    let mut choices = List::new(Form::Keys);
    for choice in lesson.prediction.choices {
        choices.add(unit.format(choice.value).replace('\u{a0}', " "), choice.because);
    }
    page.add(choices);
    page
}

/// What is told beside the piece of that index.
///
/// # Errors
///
/// Where the text asks for a value that the run does not have.
pub fn told(session: &Session, index: usize) -> Result<Page, FillError> {
    let piece = session.lesson().see.get(index);
    piece.map_or_else(|| Ok(Page::default()), |piece| Ok(markdown(session.run().fill(&piece.text)?.trim())))
}

/// What is told beside the packet that is opened.
///
/// # Errors
///
/// As [`told`].
pub fn opened(session: &Session) -> Result<Page, FillError> {
    let packet = session.lesson().packet.as_ref();
    packet.map_or_else(|| Ok(Page::default()), |packet| Ok(markdown(&session.run().fill(&packet.text)?)))
}

/// The outcome of a line, in words; nothing if something is to be shown instead.
#[must_use]
pub fn reply(reply: &Reply) -> Page {
    let good = |word: &'static str| Text::words(word).look(Look::Good);
    let mut page = Page::default();
    match reply {
        Reply::Guessed { guess, found, right, say, label, measured } => {
            page.say(match (guess, right) {
                (Some(_), true) => good("You guessed it."),
                (Some(guess), false) => Text::taught(format!("You guessed {guess}. The capture says otherwise.")),
                (None, _) => Text::words("No guess this time."),
            });
            page.append(markdown(&format!("{label}, side {}: **{found}**.", measured.side.letter())));
            page.append(markdown(say.as_deref().unwrap_or_default()));
        }
        Reply::Answered { verdict, explain, .. } => {
            match verdict {
                Verdict::Right => page.say(good("Right.")),
                Verdict::Wrong { given, say, hint } => {
                    page.append(markdown(&format!("Not {given}. {say}")));
                    if let Some(hint) = hint {
                        page.append(markdown(&format!("Hint: {hint}")));
                    }
                }
                Verdict::Told { given, say } => {
                    page.append(markdown(&format!("Not {given}. {say}")));
                    page.say("Here's the answer.");
                }
                Verdict::Skipped => page.say("Skipped. Here's the answer."),
            }
            page.append(markdown(explain));
        }
        Reply::Hint(hint) => page.append(markdown(&format!("Hint: {hint}"))),
        Reply::Misunderstood(why) => page.append(markdown(why)),
        Reply::GoOn | Reply::Again | Reply::Look(_) | Reply::Try(_) | Reply::Keys | Reply::Quit => {}
    }
    page
}

/// "Lesson 4 of 18 · Keep-alive".
#[must_use]
pub fn lesson_place(session: &Session) -> String {
    let lesson = session.lesson();
    match session.step() {
        Step::Diagnose | Step::Own | Step::End => "The end of the course".to_owned(),
        _ => format!("Lesson {} of {} · {}", lesson.number, session.lessons().len(), lesson.title),
    }
}

/// "question 1 of 3".
#[must_use]
pub fn step(session: &Session) -> String {
    let lesson = session.lesson();
    match session.step() {
        Step::Scene => "the scene".to_owned(),
        Step::Guess => "your guess".to_owned(),
        Step::See(index) => format!("see {} of {}", index + 1, lesson.see.len()),
        Step::Check(index) => format!("question {} of {}", index + 1, lesson.checks.len()),
        Step::Packet => "one packet, opened".to_owned(),
        Step::Change => "do it".to_owned(),
        Step::After => "what to take away".to_owned(),
        Step::Review(_) => "once more".to_owned(),
        Step::Diagnose => "what went wrong?".to_owned(),
        Step::Own => "your own traffic".to_owned(),
        Step::End => "the end".to_owned(),
    }
}

/// Where somebody left, and how to go on there.
#[must_use]
pub fn left(session: &Session, remembered: bool) -> Page {
    if session.step() == Step::End {
        return ending::end(session);
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

/// What to take away from a lesson, what to try, and what comes next.
///
/// # Errors
///
/// As [`told`].
pub fn after(session: &Session) -> Result<Page, FillError> {
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
        || "Enter goes on to the end of the course: what you missed comes back there.".to_owned(),
        |next| format!("Enter goes on to lesson {}: {}", next.number, next.question),
    );
    page.append(markdown(&next));
    Ok(page)
}

/// What there is to try.
#[must_use]
fn suggestions(session: &Session) -> Page {
    let mut page = Page::default();
    page.say("Things to try now (type a number):");
    for (number, step) in (1..).zip(session.lesson().try_next) {
        page.append(markdown(&format!("{number}. `{}`", step.command)));
        page.append(markdown(step.look_for).under("   "));
    }
    page.append(markdown("Or anything else: `e --rtt 200ms --loss 5 --seed 3`"));
    page
}
