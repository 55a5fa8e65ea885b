//! Problems as a list: what is wrong, where, which clause says so, and a sentence that explains it.

use super::numbers;
use super::style::Style;
use super::text;
use crate::inspect::record::Problem;

/// Draws problems, and mentions `left_out` more.
#[must_use]
pub fn list(problems: &[Problem], left_out: u64, style: Style) -> String {
    let mut lines: Vec<String> = problems.iter().flat_map(|problem| one(problem, style)).collect();
    if left_out > 0 {
        let note = format!("{} {} more", style.glyphs().more_rows, numbers::count(left_out));
        lines.push(style.dim(&style.cut(&note, style.width)));
    }
    joined(&lines)
}

/// Draws the first problem of each kind, and how many there are of the kind.
#[must_use]
pub fn by_code(problems: &[(&Problem, u64)], style: Style) -> String {
    let mut lines = Vec::new();
    for (problem, count) in problems {
        lines.extend(one(problem, style));
        if *count > 1 {
            let note = format!("  {} {} more like it", style.glyphs().more_rows, numbers::count(count - 1));
            lines.push(style.dim(&style.cut(&note, style.width)));
        }
    }
    joined(&lines)
}

fn one(problem: &Problem, style: Style) -> Vec<String> {
    let glyphs = style.glyphs();
    let title = style.cut(&format!("{} {}", glyphs.wrong, style.text(problem.code)), style.width);
    let packet = (problem.packet > 0).then(|| format!("packet {}", numbers::count(problem.packet)));
    let connection = problem.connection.map(|number| format!("connection {number}"));
    let clause = Some(style.text(problem.clause)).filter(|clause| !clause.is_empty());
    let place: Vec<String> = [packet, connection, clause].into_iter().flatten().collect();
    let place = place.join(&format!(" {} ", glyphs.dot));
    let mut lines = Vec::new();
    if text::width(&title) + 2 + text::width(&place) <= style.width {
        lines.push(format!("{}  {}", style.bad(&title), style.dim(&place)).trim_end().to_owned());
    } else {
        lines.push(style.bad(&title));
        lines.extend(indented(&place, style).map(|line| style.dim(&line)));
    }
    lines.extend(indented(&style.text(&problem.text), style));
    lines
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn indented(text: &str, style: Style) -> impl Iterator<Item = String> {
    text::wrap(text, style.width.saturating_sub(2)).into_iter().map(|line| format!("  {line}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        insta::assert_snapshot!(list(&[problem, missing], 2, Style::plain(80)), @r"
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
        insta::assert_snapshot!(by_code(&[(&first, 1_001), (&other, 1)], Style::plain(80)), @r"
        ✗ unmasked-client-frame  packet 1 012 · connection 3 · RFC 6455 §5.1
          The client sent a frame without masking it.
          ⋮ 1 000 more like it
        ✗ body-too-short  packet 1 012 · RFC 6455 §5.1
          It ends too early.
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, width in 4_usize..130) {
            for line in list(&[unmasked(said)], 1, Style::plain(width)).lines() {
                prop_assert!(text::width(line) <= width, "{line}");
            }
        }
    }
}
