//! A card: one screen about one thing. 24 lines of 80 columns are enough for any.

use crate::explain::{Card, Entry, Kind};
use crate::layers::Layer;
use crate::lesson::catalogue;
use crate::render::style::{Look, Style};
use crate::render::text;

/// Columns of the labels, indent included.
const LABELS: usize = 15;

/// Prose is not set wider than this: long lines are hard to read.
const PROSE: usize = 96;

/// Draws a card. `others` are what else the same words may mean, `lists` the kinds that they name.
#[must_use]
pub fn card(card: &Card, others: &[&Entry], lists: &[Kind], style: Style) -> Vec<String> {
    let entry = card.entry;
    let look = Look::Strong(layer(entry));
    let mut lines = head(entry, look, style);
    lines.push(String::new());
    let prose = text::wrap(&style.text(entry.meaning), style.width.min(PROSE).saturating_sub(2));
    lines.extend(prose.into_iter().map(|line| format!("  {line}")));
    lines.push(String::new());
    let mut rows = Rows { style, lines };
    for (label, fact) in &card.facts {
        let look = if matches!(*label, "On the wire" | "Example") { look } else { Look::Plain };
        rows.add(label, fact, look);
    }
    for (at, (bond, entries)) in card.alike.iter().enumerate() {
        let labels: Vec<String> = entries.iter().map(|entry| entry.label()).collect();
        rows.add(if at == 0 { "Alike" } else { "" }, &format!("{bond}: {}", labels.join(", ")), Look::Plain);
    }
    rows.lines.push(String::new());
    let lesson = card.lessons.iter().find(|name| catalogue::has(name));
    let lesson = lesson.map(|name| format!("wire101 lesson run {name}"));
    for (at, command) in lesson.into_iter().chain([format!("wire101 {}", card.command)]).enumerate() {
        rows.add(if at == 0 { "See it" } else { "" }, &command, Look::Bold);
    }
    let lists = lists.iter().map(|kind| kind.plural().to_owned());
    let others: Vec<String> = others.iter().map(|entry| entry.asked()).chain(lists).collect();
    for (at, other) in others.iter().take(3).enumerate() {
        rows.add(if at == 0 { "Or meant" } else { "" }, &format!("wire101 explain {other}"), Look::Plain);
    }
    rows.lines
}

/// Title on the left; kind and clause on the right, or below where there is no room.
fn head(entry: &Entry, look: Look, style: Style) -> Vec<String> {
    let title = style.text(&entry.title());
    let remark = style.text(&format!("{} · {}", entry.kind.name(), entry.clause));
    let room = style.width.saturating_sub(text::width(&title) + text::width(&remark));
    if room >= 2 {
        return vec![format!("{}{}{}", style.paint(look, &title), " ".repeat(room), style.dim(&remark))];
    }
    let titles = text::wrap(&title, style.width).into_iter().map(|line| style.paint(look, &line));
    titles.chain(text::wrap(&remark, style.width).into_iter().map(|line| style.dim(&line))).collect()
}

/// The layer that an entry belongs to, for its colour.
#[must_use]
pub fn layer(entry: &Entry) -> Layer {
    Layer::TOP_DOWN.into_iter().find(|layer| u16::from(layer.number()) == entry.layer()).unwrap_or(Layer::Application)
}

/// Rows of label and text that are being written.
pub(super) struct Rows {
    pub style: Style,
    pub lines: Vec<String>,
}

impl Rows {
    pub(super) fn add(&mut self, label: &str, fact: &str, look: Look) {
        let style = self.style;
        let labels = LABELS.min(style.width / 3);
        let room = style.width.min(PROSE).saturating_sub(labels);
        for (at, line) in text::wrap(&style.text(fact), room).iter().enumerate() {
            let label = if at == 0 { style.cut(label, labels.saturating_sub(3)) } else { String::new() };
            let label = text::pad(&format!("  {}", style.dim(&label)), labels);
            self.lines.push(format!("{label}{}", style.paint(look, line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;

    fn drawn(words: &str, style: Style) -> String {
        let found = explain::find(words);
        let (first, others) = found.split_first().unwrap();
        card(&explain::card(first), others, &explain::kinds(words), style).join("\n")
    }

    #[test]
    fn every_card_fits_a_screen_of_24_lines_and_keeps_to_any_width() {
        for entry in Entry::all() {
            let card_of = explain::card(entry);
            let everything: Vec<&Entry> = Entry::all().take(3).collect();
            for width in [40, 80, 120] {
                let lines = card(&card_of, &everything, &[], Style::plain(width));
                assert!(lines.iter().all(|line| text::width(line) <= width), "{}", lines.join("\n"));
                assert!(width < 80 || lines.len() <= 23, "{} lines:\n{}", lines.len(), lines.join("\n"));
            }
            let ascii = card(&card_of, &everything, &[], Style { unicode: false, ..Style::plain(80) });
            assert!(ascii.iter().all(|line| line.is_ascii()), "{}", ascii.join("\n"));
        }
    }

    #[test]
    fn a_status_code_on_a_usual_screen() {
        insta::assert_snapshot!(drawn("101", Style::plain(80)));
    }

    #[test]
    fn a_word_of_several_meanings_says_the_others() {
        insta::assert_snapshot!(drawn("forbidden", Style::plain(120)));
    }
}
