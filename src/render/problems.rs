//! Problems as a list: what is wrong, where, which clause says so, and a sentence that explains it.

use super::model::prose::Place;
use super::model::{Heading, Look, Page, Prose, Text};
use super::numbers;
use crate::inspect::record::Problem;

/// Problems, of which `left_out` more are mentioned.
#[must_use]
pub fn list<'a>(problems: impl IntoIterator<Item = &'a Problem>, left_out: u64) -> Page {
    let mut page = Page::default();
    problems.into_iter().for_each(|problem| add(&mut page, problem));
    if left_out > 0 {
        page.add(more(left_out));
    }
    page
}

/// The first problem of each kind, and how many there are of the kind.
#[must_use]
pub fn by_code(problems: &[(&Problem, u64)]) -> Page {
    let mut page = Page::default();
    for (problem, count) in problems {
        add(&mut page, problem);
        if *count > 1 {
            page.add(
                Prose::new(Text::words(format!("⋮ {} more like it", numbers::count(count - 1))).dim()).under(1).cut(),
            );
        }
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
    page.add(title(problem.code, place.join(" · ")));
    page.add(Prose::new(problem.text.clone()).under(1));
}

/// What is wrong in a word, and a remark on it.
pub(super) fn title(code: &'static str, remark: String) -> Heading {
    Heading::new(Text::words(format!("✗ {code}")).look(Look::Bad), remark, Place::Item)
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
    fn problems_of_one_kind_are_told_once() {
        let first = unmasked("The client sent a frame without masking it.");
        let other = Problem { code: "body-too-short", connection: None, ..unmasked("It ends too early.") };
        insta::assert_snapshot!(Style::plain(80).lines(by_code(&[(&first, 1_001), (&other, 1)])).join("\n"), @r"
        ✗ unmasked-client-frame  packet 1 012 · connection 3 · RFC 6455 §5.1
          The client sent a frame without masking it.
          ⋮ 1 000 more like it
        ✗ body-too-short  packet 1 012 · RFC 6455 §5.1
          It ends too early.
        ");
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
