//! A card: one screen about one thing. Every card fits 24 lines of 80 columns.

use crate::explain::{Card, Entry, Kind};
use crate::layers::Layer;
use crate::lesson::catalogue;
use crate::render::model::prose::Place;
use crate::render::model::{Form, Heading, List, Look, Page, Prose, Text};

/// A card. `others` are what else the same words may mean, `lists` the kinds that they name.
#[must_use]
pub fn card(card: &Card, others: &[&Entry], lists: &[Kind]) -> Page {
    let entry = card.entry;
    let look = Look::Strong(layer(entry));
    let mut page = Page::from(Heading::new(Text::words(entry.title()).look(look), remark(entry), Place::Across));
    page.space();
    page.add(Prose::new(entry.meaning).under(1).readable());
    page.space();
    let mut facts = List::new(Form::Card);
    for (label, fact) in &card.facts {
        let look = if matches!(*label, "On the wire" | "Example") { look } else { Look::Plain };
        facts.add(label.to_owned(), Text::words(fact.clone()).look(look));
    }
    let (label, named): (_, fn(&&Entry) -> String) = match entry.kind {
        // A title alone may have other meanings: Connection, ping.
        Kind::Word => ("See also", |entry| entry.asked().trim_start_matches("word ").to_owned()),
        _ => ("Alike", |entry| entry.label()),
    };
    facts.several(
        label,
        card.alike.iter().map(|(bond, entries)| {
            let labels: Vec<String> = entries.iter().map(named).collect();
            if bond.is_empty() { labels.join(", ") } else { format!("{bond}: {}", labels.join(", ")) }
        }),
    );
    page.add(facts);
    let lesson = card.lessons.iter().find(|name| catalogue::has(name));
    let lesson = lesson.map(|name| format!("wire101 lesson run {name}"));
    let commands: Vec<String> =
        lesson.into_iter().chain(card.command.iter().map(|command| format!("wire101 {command}"))).collect();
    let lists = lists.iter().map(|kind| kind.plural().to_owned());
    let others: Vec<String> = others.iter().map(|entry| entry.asked()).chain(lists).take(3).collect();
    if !commands.is_empty() || !others.is_empty() {
        page.space();
    }
    let mut more = List::new(Form::Card);
    more.several("See it", commands.into_iter().map(|command| Text::words(command).bold()));
    more.several("Or meant", others.into_iter().map(|other| format!("wire101 explain {other}")));
    page.add(more);
    page
}

/// What kind of thing an entry is, and what defines it, if anything does.
#[must_use]
pub(super) fn remark(entry: &Entry) -> String {
    match entry.clause {
        "" => entry.kind.name().to_owned(),
        clause => format!("{} · {clause}", entry.kind.name()),
    }
}

/// The layer that an entry belongs to, for its look.
#[must_use]
pub fn layer(entry: &Entry) -> Layer {
    Layer::TOP_DOWN.into_iter().find(|layer| u16::from(layer.number()) == entry.layer()).unwrap_or(Layer::Application)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn drawn(words: &str, style: Style) -> String {
        let found = explain::find(words);
        let (first, others) = found.split_first().unwrap();
        style.lines(card(&explain::card(first), others, &explain::kinds(words))).join("\n")
    }

    #[test]
    fn every_card_fits_a_screen_of_24_lines_and_keeps_to_any_width() {
        for entry in Entry::all() {
            let card_of = explain::card(entry);
            let everything: Vec<&Entry> = Entry::all().take(3).collect();
            for columns in [40, 80, 120] {
                let lines = Style::plain(columns).lines(card(&card_of, &everything, &[]));
                assert!(lines.iter().all(|line| width(line) <= columns), "{}", lines.join("\n"));
                assert!(columns < 80 || lines.len() <= 23, "{} lines:\n{}", lines.len(), lines.join("\n"));
            }
            let ascii = Style { unicode: false, ..Style::plain(80) }.lines(card(&card_of, &everything, &[]));
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
