//! What a word with several meanings can mean: each with its definition, and what to type to see more about it.

use super::card::{layer, remark};
use crate::explain::{Entry, Kind};
use crate::render::model::prose::Place;
use crate::render::model::{Heading, Look, Page, Prose, Text};

/// How many meanings are told; no word of the glossary has more.
const MEANINGS: usize = 5;

/// The meanings of one word, the likeliest first. `lists` are the kinds that it names.
#[must_use]
pub fn meanings(entries: &[&Entry], lists: &[Kind]) -> Page {
    let mut page = Page::default();
    for entry in entries.iter().take(MEANINGS) {
        if !page.is_empty() {
            page.space();
        }
        let title = Text::words(entry.title()).look(Look::Strong(layer(entry)));
        page.add(Heading::new(title, remark(entry), Place::Across));
        page.add(Prose::new(entry.meaning).under(1).readable());
        page.add(Prose::new(Text::words(format!("wire101 explain {}", entry.asked())).bold()).under(1));
    }
    if !lists.is_empty() {
        page.space();
        for kind in lists {
            page.add(Prose::new(Text::words(format!("All of them: wire101 explain {}", kind.plural())).dim()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;
    use crate::render::Style;
    use crate::render::writer::line::width;

    #[test]
    fn a_word_of_several_meanings_says_each() {
        insta::assert_snapshot!(Style::plain(80).lines(meanings(&explain::find("frame"), &[])).join("\n"));
    }

    #[test]
    fn meanings_keep_to_any_width_and_fit_a_tall_screen() {
        let several = Kind::Word.entries().iter().flat_map(|entry| entry.other_names.iter().chain([&entry.name]));
        for words in several.map(|name| explain::find(name)).filter(|found| found.len() > 1) {
            assert!(words.len() <= MEANINGS, "{words:?}");
            for columns in [40, 80, 120] {
                let lines = Style::plain(columns).lines(meanings(&words, &[]));
                assert!(lines.iter().all(|line| width(line) <= columns), "{}", lines.join("\n"));
                assert!(columns < 80 || lines.len() <= 35, "{} lines:\n{}", lines.len(), lines.join("\n"));
            }
        }
    }
}
