//! Problems by kind: how many there are of each, and then each of them.

use std::collections::BTreeMap;

use super::numbers::{count, counted};
use super::style::Style;
use super::text;
use crate::inspect::record::Problem;

/// How many problems of a kind are listed; more are counted.
const MOST: usize = 1000;

/// Gathers problems.
#[derive(Clone, Debug, Default)]
pub struct Kinds(BTreeMap<(&'static str, &'static str), Kind>);

#[derive(Clone, Debug, Default)]
struct Kind {
    listed: Vec<Problem>,
    count: u64,
}

impl Kinds {
    /// Takes a problem.
    pub fn add(&mut self, problem: &Problem) {
        let kind = self.0.entry((problem.code, problem.clause)).or_default();
        kind.count += 1;
        if kind.listed.len() < MOST {
            kind.listed.push(problem.clone());
        }
    }

    /// Draws them, those kinds first that came first; every line ends with a line feed.
    #[must_use]
    pub fn draw(&self, style: Style) -> String {
        let mut lines = Vec::new();
        let mut line = |text: &str| lines.extend(text::wrap(&style.text(text), style.width));
        if self.0.is_empty() {
            line("No problems: nothing that was read breaks a rule, and nothing is missing.");
            return joined(&lines);
        }
        let all: u64 = self.0.values().map(|kind| kind.count).sum();
        line(&format!("{} of {}", counted(all, "problem"), counted(self.0.len() as u64, "kind")));
        let mut kinds: Vec<_> = self.0.iter().collect();
        kinds.sort_by_key(|(_, kind)| kind.listed.first().map(|problem| problem.packet));
        for ((code, clause), kind) in kinds {
            lines.push(String::new());
            lines.extend(title(code, clause, kind.count, style));
            lines.extend(each(kind, style));
        }
        joined(&lines)
    }
}

fn title(code: &str, clause: &str, number: u64, style: Style) -> Vec<String> {
    let glyphs = style.glyphs();
    let times = if number == 1 { "once".to_owned() } else { format!("{} times", count(number)) };
    let place = match style.text(clause) {
        clause if clause.is_empty() => times,
        clause => format!("{clause} {} {times}", glyphs.dot),
    };
    let code = style.cut(&format!("{} {}", glyphs.wrong, style.text(code)), style.width);
    if text::width(&code) + 2 + text::width(&place) <= style.width {
        return vec![format!("{}  {}", style.bad(&code), style.dim(&place))];
    }
    let place = text::wrap(&place, style.width.saturating_sub(2)).into_iter();
    std::iter::once(style.bad(&code)).chain(place.map(|line| format!("  {}", style.dim(&line)))).collect()
}

/// Each sentence once, and below it where that is so.
fn each(kind: &Kind, style: Style) -> Vec<String> {
    let room = style.width.saturating_sub(4).max(2);
    let mut lines = Vec::new();
    for alike in kind.listed.chunk_by(|one, other| one.text == other.text) {
        let Some(first) = alike.first() else { continue };
        let sentence = text::wrap(&style.text(&first.text), room + 2).into_iter();
        lines.extend(sentence.map(|line| format!("  {line}")));
        let places: Vec<String> = alike.iter().filter_map(place).collect();
        let places = text::wrap(&style.text(&places.join("; ")), room).into_iter().filter(|line| !line.is_empty());
        lines.extend(places.map(|line| format!("    {}", style.dim(&line))));
    }
    let left_out = kind.count - kind.listed.len() as u64;
    if left_out > 0 {
        let note = format!("  {} {} more", style.glyphs().more_rows, count(left_out));
        lines.push(style.dim(&style.cut(&note, style.width)));
    }
    lines
}

fn place(it: &Problem) -> Option<String> {
    let packet = (it.packet > 0).then(|| format!("packet {}", count(it.packet)));
    let connection = it.connection.map(|number| format!("connection {number}"));
    let parts: Vec<String> = packet.into_iter().chain(connection).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        kinds.add(&problem("unmasked-client-frame", 12, "a frame from the client is not masked"));
        kinds.add(&problem("unmasked-client-frame", 1014, "a frame from the client is not masked"));
        kinds.add(&problem("body-too-short", 2, "2 bytes early"));
        kinds.add(&problem("body-too-short", 0, "7 bytes \x1b early"));
        insta::assert_snapshot!(kinds.draw(Style::plain(80)), @r"
        4 problems of 2 kinds

        ✗ body-too-short  RFC 6455 §5.1 · 2 times
          2 bytes early
            packet 2, connection 3
          7 bytes \x1b early

        ✗ unmasked-client-frame  RFC 6455 §5.1 · 2 times
          a frame from the client is not masked
            packet 12, connection 3; packet 1 014, connection 3
        ");
        assert!(Kinds::default().draw(Style::plain(80)).starts_with("No problems: "));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, width in 8_usize..130) {
            let mut kinds = Kinds::default();
            kinds.add(&problem("unmasked-client-frame", 12, &said));
            for line in kinds.draw(Style::plain(width)).lines() {
                prop_assert!(text::width(line) <= width, "{line}");
            }
        }
    }
}
