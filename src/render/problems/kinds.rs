//! Problems and notes by kind: how many there are of each, and then each of them.

use std::collections::BTreeMap;

use super::well::Well;
use super::{more, named, place};
use crate::inspect::record::{self, Problem};
use crate::inspect::{Event, Sink};
use crate::render::model::prose::Place;
use crate::render::model::{Heading, Page, Prose, Text};
use crate::render::numbers::{count, counted};
use crate::render::rest::Rest;

/// How many of a kind are listed; more are counted.
const MOST_OF_A_KIND: usize = 1000;

/// Problems and notes. A [`Sink`].
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    kinds: BTreeMap<(&'static str, &'static str), Kind>,
    well: Well,
}

#[derive(Clone, Debug, Default)]
struct Kind {
    listed: Vec<Problem>,
    count: u64,
}

impl Kind {
    fn is(&self) -> record::Kind {
        self.listed.first().map(|it| it.kind).unwrap_or_default()
    }
}

impl Sink for Kinds {
    fn event(&mut self, event: Event<'_>) {
        self.well.event(event);
        let Event::Problem(problem) = event else { return };
        let kind = self.kinds.entry((problem.code, problem.clause)).or_default();
        kind.count += 1;
        if kind.listed.len() < MOST_OF_A_KIND {
            kind.listed.push(problem.clone());
        }
    }
}

impl Kinds {
    /// All of them, those kinds first that came first. `rest`: what of the capture was not read.
    #[must_use]
    pub fn page(&self, rest: Rest<'_>) -> Page {
        let mut page = Page::default();
        if self.kinds.is_empty() {
            page.say(self.well.no_problems(rest));
            return page;
        }
        let all =
            |of: record::Kind| self.kinds.values().filter(|kind| kind.is() == of).map(|kind| kind.count).sum::<u64>();
        let (problems, notes) = (all(record::Kind::Problem), all(record::Kind::Note));
        let kinds = counted(self.kinds.len() as u64, "kind");
        page.say(match (problems, notes) {
            (_, 0) => format!("{} of {kinds}", counted(problems, "problem")),
            (0, _) => format!("No problems: no rule is broken. {} of {kinds}", counted(notes, "note")),
            _ => format!("{} and {}, of {kinds}", counted(problems, "problem"), counted(notes, "note")),
        });
        let listed = self.kinds.values().flat_map(|kind| &kind.listed);
        let causes: BTreeMap<u64, &str> = listed.map(|it| (it.id, it.code)).collect();
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, kind)| kind.listed.first().map(|problem| problem.packet));
        for ((code, clause), kind) in kinds {
            let times = if kind.count == 1 { "once".to_owned() } else { format!("{} times", count(kind.count)) };
            page.space();
            let remark = if clause.is_empty() { times } else { format!("{clause} · {times}") };
            page.add(Heading::new(named(kind.is(), code), remark, Place::Item));
            each(kind, &causes, &mut page);
        }
        page
    }
}

/// Each sentence once, and below it where that is so.
fn each(kind: &Kind, causes: &BTreeMap<u64, &str>, page: &mut Page) {
    for alike in kind.listed.chunk_by(|one, other| one.text == other.text) {
        let Some(first) = alike.first() else { continue };
        page.add(Prose::new(first.text.clone()).under(1));
        let cause = |it: &Problem| Some(format!("an effect of {}", causes.get(&it.because?)?));
        let places = alike.iter().map(|it| place(it).into_iter().chain(cause(it)).collect::<Vec<_>>());
        let places = places.map(|place| place.join(", ")).filter(|place| !place.is_empty());
        let places: Vec<String> = places.collect();
        if !places.is_empty() {
            page.add(Prose::new(Text::words(places.join("; ")).dim()).under(2));
        }
    }
    let left_out = kind.count - kind.listed.len() as u64;
    if left_out > 0 {
        page.add(more(left_out).under(1));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn problem(code: &'static str, packet: u64, text: &str) -> Problem {
        Problem {
            packet,
            connection: (packet > 0).then_some(3),
            code,
            clause: "RFC 6455 §5.1",
            text: text.to_owned().into(),
            ..Problem::default()
        }
    }

    #[test]
    fn each_kind_is_counted_and_each_sentence_told_once() {
        let mut kinds = Kinds::default();
        kinds.event(Event::Problem(&problem("unmasked-client-frame", 12, "a frame from the client is not masked")));
        kinds.event(Event::Problem(&problem("unmasked-client-frame", 1014, "a frame from the client is not masked")));
        kinds.event(Event::Problem(&problem("body-too-short", 2, "2 bytes early")));
        kinds.event(Event::Problem(&problem("body-too-short", 0, "7 bytes \x1b early")));
        insta::assert_snapshot!(Style::plain(80).lines(kinds.page(Rest(None))).join("\n"), @r"
        4 problems of 2 kinds

        ✗ body-too-short  RFC 6455 §5.1 · 2 times
          2 bytes early
            packet 2, connection 3
          7 bytes \x1b early

        ✗ unmasked-client-frame  RFC 6455 §5.1 · 2 times
          a frame from the client is not masked
            packet 12, connection 3; packet 1 014, connection 3
        ");
        assert!(Style::plain(80).lines(Kinds::default().page(Rest(None))).join("\n").starts_with("No problems: "));
    }

    #[test]
    fn notes_are_counted_apart_and_effects_name_their_cause() {
        let mut kinds = Kinds::default();
        let note = Problem { kind: record::Kind::Note, ..problem("zero-window", 7, "the reader has no room") };
        kinds.event(Event::Problem(&note));
        assert!(
            Style::plain(80).lines(kinds.page(Rest(None)))[0]
                .starts_with("No problems: no rule is broken. 1 note of 1 kind")
        );
        kinds.event(Event::Problem(&Problem {
            id: 1,
            because: Some(0),
            ..problem("body-too-short", 9, "2 bytes early")
        }));
        insta::assert_snapshot!(Style::plain(80).lines(kinds.page(Rest(None))).join("\n"), @r"
        1 problem and 1 note, of 2 kinds

        ○ zero-window  RFC 6455 §5.1 · once
          the reader has no room
            packet 7, connection 3

        ✗ body-too-short  RFC 6455 §5.1 · once
          2 bytes early
            packet 9, connection 3, an effect of zero-window
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, columns in 8_usize..130) {
            let mut kinds = Kinds::default();
            kinds.event(Event::Problem(&problem("unmasked-client-frame", 12, &said)));
            for line in Style::plain(columns).lines(kinds.page(Rest(None))) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
