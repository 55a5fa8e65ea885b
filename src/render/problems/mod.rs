//! Problems and notes as a list: what each is, where, which clause says so, and a sentence that explains it. An effect
//! is marked as one, and comes after its cause.

pub mod happened;
pub mod kinds;
mod well;

use super::model::prose::Place;
use super::model::{Heading, Look, Page, Prose, Text};
use super::numbers;
use crate::inspect::record::{Kind, Problem};

/// Problems and notes. `left_out` says how many more to mention.
#[must_use]
pub fn list<'a>(problems: impl IntoIterator<Item = &'a Problem>, left_out: u64) -> Page {
    let mut page = Page::default();
    problems.into_iter().for_each(|problem| add(&mut page, problem));
    if left_out > 0 {
        page.add(more(left_out));
    }
    page
}

/// How many were left out.
pub(super) fn more(left_out: u64) -> Prose {
    Prose::new(Text::words(format!("⋮ {} more", numbers::count(left_out))).dim()).cut()
}

fn add(page: &mut Page, problem: &Problem) {
    let clause = Some(problem.clause).filter(|clause| !clause.is_empty());
    let place: Vec<String> = place(problem).into_iter().chain(clause.map(str::to_owned)).collect();
    let effect = problem.because.is_some();
    let mark = Text::words(if effect { "↳ " } else { "" }).dim().and(named(problem.kind, problem.code));
    page.add(Heading::new(mark, place.join(" · "), Place::Item));
    page.add(Prose::new(problem.text.clone()).under(if effect { 2 } else { 1 }));
}

/// Its code, marked so that you can tell a problem from a note without colour, too.
pub(super) fn named(kind: Kind, code: &str) -> Text {
    let (glyph, look) = mark(kind);
    Text::words(format!("{glyph} {code}")).look(look)
}

/// What a problem or a note is marked with.
pub(super) fn mark(kind: Kind) -> (&'static str, Look) {
    match kind {
        Kind::Problem => ("✗", Look::Bad),
        Kind::Note => ("○", Look::Note),
    }
}

/// What others number, behind the mark of what was found about it.
pub(super) fn numbered(number: String, found: Option<Kind>) -> Text {
    let number = Text::words(number).dim();
    match found.map(mark) {
        Some((glyph, look)) => Text::words(format!("{glyph} ")).look(look).and(number),
        None => number,
    }
}

/// What the marks mean that stand for these kinds.
pub(super) fn legend(kinds: impl IntoIterator<Item = Kind>) -> &'static str {
    let (mut is_wrong, mut is_noted) = (false, false);
    for kind in kinds {
        is_wrong |= kind == Kind::Problem;
        is_noted |= kind == Kind::Note;
    }
    match (is_wrong, is_noted) {
        (true, true) => "causes before effects · ✗ a broken rule · ○ worth knowing",
        (true, false) => "causes before effects · ✗ a broken rule",
        (false, true) => "causes before effects · ○ worth knowing",
        (false, false) => "causes before effects",
    }
}

/// What such a list is about: if it has only notes, it doesn't say that anything is wrong.
pub(super) fn about<'a>(found: impl IntoIterator<Item = &'a Problem>) -> &'static str {
    let is_wrong = found.into_iter().any(|it| it.kind == Kind::Problem);
    if is_wrong { "what is wrong" } else { "what is worth knowing" }
}

/// Where it is.
pub(super) fn place(problem: &Problem) -> Vec<String> {
    let packet = (problem.packet > 0).then(|| format!("packet {}", numbers::count(problem.packet)));
    let connection = problem.connection.map(|number| format!("connection {number}"));
    packet.into_iter().chain(connection).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn unmasked(text: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
        Problem {
            packet: 1_012,
            connection: Some(3),
            code: "unmasked-client-frame",
            clause: "RFC 6455 §5.1",
            text: text.into(),
            ..Problem::default()
        }
    }

    #[test]
    fn a_problem_says_what_where_and_why() {
        let problem = unmasked(
            "The client sent a frame without masking it. A server must close the connection when it receives one, so that no cache on the way can be fooled.",
        );
        let missing = Problem { packet: 0, connection: None, clause: "", ..unmasked("Short\x1b.") };
        insta::assert_snapshot!(Style::plain(80).lines(list(&[problem, missing], 2)).join("\n"), @r"
        ✗ unmasked-client-frame  packet 1 012 · connection 3 · RFC 6455 §5.1
          The client sent a frame without masking it. A server must close the connection
          when it receives one, so that no cache on the way can be fooled.
        ✗ unmasked-client-frame
          Short\x1b.
        ⋮ 2 more
        ");
    }

    #[test]
    fn a_note_and_an_effect_have_marks_of_their_own() {
        let note = Problem { kind: Kind::Note, code: "zero-window", ..unmasked("The reader has no room.") };
        let effect = Problem { because: Some(0), ..unmasked("Nothing is masked.") };
        let list = list(&[note, effect], 0);
        insta::assert_snapshot!(Style::plain(80).lines(list.clone()).join("\n"), @r"
        ○ zero-window  packet 1 012 · connection 3 · RFC 6455 §5.1
          The reader has no room.
        ↳ ✗ unmasked-client-frame  packet 1 012 · connection 3 · RFC 6455 §5.1
            Nothing is masked.
        ");
        let ascii = Style { unicode: false, ..Style::plain(80) }.lines(list);
        assert!(ascii.iter().all(|line| line.is_ascii()), "{ascii:?}");
        assert!(ascii[0].starts_with("o ") && ascii[2].starts_with("`- ! "), "{ascii:?}");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, columns in 4_usize..130) {
            for line in Style::plain(columns).lines(list(&[unmasked(said)], 1)) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
