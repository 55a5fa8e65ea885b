//! The tutorial's keys: those that mean something now, and what each of them does.

use crate::lesson::question::{Asks, Check};
use crate::render::model::{Block, List, Page, Text};
use crate::tutorial::{Look, Session, Step};

/// A key, and what it does in a word or two.
type Key = (&'static str, &'static str);

/// What can be looked at, and the key for each. The line form takes the same letters.
pub const LOOKS: [(Look, Key); 7] = [
    (Look::Ladder, ("d", "every packet")),
    (Look::Layers, ("l", "layers")),
    (Look::Hex, ("x", "bytes")),
    (Look::Frame, ("f", "frame")),
    (Look::Text, ("t", "text")),
    (Look::Page, ("p", "page")),
    (Look::Before, ("b", "back")),
];

/// What the keys do, in a sentence each. A key is told of only where it works.
const KEYS: [(&str, &str); 11] = [
    ("n", "skip this question; it comes back at the end of the course"),
    ("b", "look back at what you've seen so far"),
    ("h", "a hint"),
    ("p", "the page: both sides, and how they compare"),
    ("t", "the lesson's whole text"),
    ("d", "the ladder with every packet"),
    ("l", "the OSI layers of every exchange"),
    ("x", "the packets' bytes"),
    ("f", "a frame, bit by bit"),
    ("e", "try something: the number of a suggestion, or rtt 200ms, loss 5, seed 3"),
    ("w", "look up a word: w round trip"),
];
const SCROLLING: [Key; 3] = [
    ("arrows", "scroll by a line, or move to another packet where you choose one"),
    ("space", "scroll by a screen, like PgDn; PgUp goes back; also Home and End"),
    ("Esc", "discard what you typed, or go back to the question"),
];

/// What can be typed now, in a line or two.
#[must_use]
pub fn now(session: &Session) -> Page {
    flow(here(session, false).into_iter())
}

/// The same on a screen, where you may have moved away from the question, and there may be more to see.
#[must_use]
pub fn pressed(session: &Session, away: bool, more: bool) -> Page {
    let keys = if away { vec![("Enter", "go on")] } else { here(session, true) };
    let ends = away.then_some([("?", "keys"), ("q", "quit")]);
    flow(more.then_some(("space", "more")).into_iter().chain(keys).chain(ends.into_iter().flatten()))
}

fn flow(keys: impl Iterator<Item = Key>) -> Page {
    Block::Flow(keys.map(|(key, what)| Text::words(key).bold().and(" ").and(Text::words(what).dim())).collect()).into()
}

/// The keys that work at this step.
fn here(session: &Session, on_screen: bool) -> Vec<Key> {
    let step = session.step();
    let mut keys = match step {
        Step::Guess => vec![("0-9", "your guess"), ("n", "skip")],
        Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => {
            let answer = session.check().map_or(&[][..], |check| answering(check, on_screen));
            [answer, &[("n", "skip")]].concat()
        }
        Step::After => vec![("Enter", "go on"), ("0-9", "try")],
        Step::Scene | Step::See(_) | Step::Packet | Step::Own => vec![("Enter", "go on")],
        Step::End => Vec::new(),
    };
    if session.has_hint() {
        keys.push(("h", "hint"));
    }
    keys.extend(LOOKS.iter().filter(|(look, _)| session.may(*look)).map(|(_, key)| *key));
    if session.may_try() {
        keys.push(("e", "try"));
    }
    if !matches!(step, Step::End | Step::Own) {
        keys.push(("w", "words"));
    }
    if step != Step::End {
        keys.push(("?", "keys"));
    }
    keys.push(("q", "quit"));
    keys
}

/// How a question is answered.
fn answering(check: &Check, on_screen: bool) -> &'static [Key] {
    match &check.asks {
        Asks::Number { .. } if check.is_hexadecimal() => &[("0-f", "answer")],
        Asks::Number { .. } => &[("0-9", "answer")],
        Asks::Packet { .. } if on_screen => &[("↑↓", "move"), ("Enter", "choose")],
        Asks::Packet { .. } => &[("0-9", "packet")],
        Asks::Order { .. } => &[("a-z", "order")],
        Asks::Choice(_) => &[("1-9", "choose")],
    }
}

/// What each key does that works here; on a screen, those that scroll as well.
#[must_use]
pub fn help(session: &Session, on_screen: bool) -> Page {
    let works = here(session, on_screen);
    let works = |key: &str| works.iter().any(|(known, _)| *known == key);
    let known = KEYS.iter().filter(|(key, _)| works(key)).copied();
    let mut page = Page::default();
    page.say(Text::words("What the keys do here").bold());
    page.space();
    let answer = answer_in_full(session).into_iter();
    let scrolling = on_screen.then_some(SCROLLING).into_iter().flatten();
    let quit = [("q", "quit; your progress is saved")];
    page.add(answer.chain(known).chain(quit).chain(scrolling).collect::<List>());
    page
}

/// What is to be typed, in a sentence.
fn answer_in_full(session: &Session) -> Option<Key> {
    Some(match session.step() {
        Step::Guess => ("0-9", "your guess: one of the numbers"),
        Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => match session.check()?.asks {
            Asks::Number { .. } if session.check().is_some_and(Check::is_hexadecimal) => {
                ("0-f", "answer: a hexadecimal number, then Enter")
            }
            Asks::Number { .. } => ("0-9", "answer: a number, with a unit if it has one (120 ms), then Enter"),
            Asks::Packet { .. } => ("0-9", "answer: a packet's number, then Enter; or move to it, and press Enter"),
            Asks::Order { .. } => ("a-z", "answer: the letters in order, then Enter"),
            Asks::Choice(_) => ("1-9", "answer: the number of a choice"),
        },
        _ => ("Enter", "go on"),
    })
}
