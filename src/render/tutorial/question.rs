//! A question, and how it's answered.

use crate::lesson::question::{Asks, Check};
use crate::lesson::text::FillError;
use crate::render::markdown::markdown;
use crate::render::model::Page;
use crate::tutorial::{Session, Step};

/// The question at hand; nothing if none is asked.
///
/// # Errors
///
/// Where it asks for a value that the run does not have.
pub fn question(session: &Session) -> Result<Page, FillError> {
    session.check().map_or_else(|| Ok(Page::default()), |check| asked(session, check))
}

fn asked(session: &Session, check: &Check) -> Result<Page, FillError> {
    let run = session.run();
    let mut page = Page::default();
    if let Some(given) = check.given {
        let name = session.lesson().name;
        page.append(markdown(&format!("Suppose you run `wire101 lesson run {name} {}`.", given.flags())));
    }
    if let (Step::Diagnose, Some(diagnosis)) = (session.step(), &session.lesson().diagnosis) {
        page.append(markdown(&run.fill(&diagnosis.report)?));
    }
    page.append(markdown(&format!("**{}**", run.fill(&check.question)?)));
    match &check.asks {
        Asks::Number { .. } if check.is_hexadecimal() => page.remark("Type it in hexadecimal, such as 1f."),
        Asks::Number { .. } => {}
        Asks::Packet { .. } => page.remark("Choose a packet by its number."),
        Asks::Order { events, .. } => {
            for (letter, event) in ('a'..).zip(*events) {
                page.append(markdown(&format!("**{letter}:** {}", event.text)));
            }
            page.remark("Type the letters in order, such as b a c.");
        }
        Asks::Choice(choices) => {
            for (number, choice) in (1..).zip(*choices) {
                page.append(markdown(&format!("{number}. {}", run.fill(&choice.text)?)));
            }
        }
    }
    Ok(page)
}
