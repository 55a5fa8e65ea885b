//! The tutorial's keys: those that mean something now, and what each of them does.

use crate::render::model::{Block, List, Page, Text};
use crate::tutorial::{Session, Step};

type Keys = &'static [(&'static str, &'static str)];

/// What can be typed: the key, and what it does. The line form takes the same letters.
const GUESS: Keys = &[("0-9", "your guess"), ("t", "text"), ("n", "next"), ("?", "keys"), ("q", "quit")];
const ANSWER: Keys = &[("0-9", "answer"), ("n", "next")];
const TRY: Keys = &[("0-9", "try"), ("n", "next lesson")];
const BACK: Keys = &[("n", "next"), ("b", "back")];
const MORE: Keys = &[("space", "more")];
const LOOK: Keys = &[
    ("d", "ladder"),
    ("l", "layers"),
    ("x", "hex"),
    ("f", "frame"),
    ("h", "hint"),
    ("e", "try"),
    ("?", "keys"),
    ("q", "quit"),
];
const END: Keys = &[("q", "quit")];

/// What the keys do, in a sentence each.
const KEYS: &[(&str, &str)] = &[
    ("1 2 3 ...", "answer: a number, with a unit if it has one (120 ms), then Enter"),
    ("n", "next: leave the question, or go on to the next lesson"),
    ("b", "back to the question, which is repeated"),
    ("h", "a hint"),
    ("p", "the page: both sides, and how they compare"),
    ("t", "the lesson's text"),
    ("d", "the ladder with every packet"),
    ("l", "the OSI layers of every exchange"),
    ("x", "the packets' bytes"),
    ("f", "a frame, bit by bit"),
    ("e", "try something: the number of a suggestion, or rtt 200ms, loss 5, seed 3"),
    ("q", "quit; your progress is saved"),
];
const SCROLLING: &[(&str, &str)] = &[
    ("arrows", "scroll by a line"),
    ("space", "scroll by a screen, like PgDn and Enter; PgUp goes back; also Home and End"),
    ("Esc", "discard what you typed, or go back to the question"),
];

/// What can be typed now, in a line or two.
#[must_use]
pub fn now(session: &Session) -> Page {
    pressed(session, false, false)
}

/// The same on a screen, where you may have moved away from the question, and there may be more text below.
#[must_use]
pub fn pressed(session: &Session, away: bool, more: bool) -> Page {
    let (first, then) = match session.step() {
        Step::Guess if away => (BACK, END),
        Step::Guess => (GUESS, &[][..]),
        Step::Check(_) | Step::After if away => (BACK, LOOK),
        Step::Check(_) => (ANSWER, LOOK),
        Step::After => (TRY, LOOK),
        Step::End => (END, &[][..]),
    };
    let keys = if more { MORE } else { &[] }.iter().chain(first).chain(then);
    Block::Flow(keys.map(|(key, what)| Text::words(*key).bold().and(" ").and(Text::words(*what).dim())).collect())
        .into()
}

/// What each key does; on a screen, those that scroll as well.
#[must_use]
pub fn help(on_screen: bool) -> Page {
    let keys = KEYS.iter().chain(if on_screen { SCROLLING } else { &[] });
    let mut page = Page::default();
    page.say(Text::words("What the keys do").bold());
    page.space();
    page.add(keys.map(|(key, what)| (*key, *what)).collect::<List>());
    page
}
