//! What can be asked: all kinds with examples, all things of one kind, the seven layers.

use super::card::layer;
use crate::explain::{Entry, Kind};
use crate::render::model::{Block, Form, List, Look, Page, Prose, Text};
use crate::render::numbers;

/// What can be asked besides the names of things: what to type after `wire101 explain`, and what it does.
const TOOLS: [(&str, &str); 5] = [
    ("frame 81 05 48 65 6c 6c 6f", "WebSocket frames, bit by bit"),
    ("accept dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Accept, derived from a key"),
    ("\"Cookie: id=7; theme=dark\"", "a line of HTTP, taken apart"),
    ("lesson masking", "what a lesson is about, and how to run it"),
    ("layers", "OSI's seven layers, TCP/IP's beside them"),
];

/// All kinds, and the other things that can be asked.
#[must_use]
pub fn kinds() -> Page {
    let mut page = Page::default();
    page.say(Text::words("wire101 explain WHAT").bold());
    page.space();
    let mut list = List::new(Form::Hints);
    for kind in Kind::ALL {
        let count = kind.entries().iter().filter(|entry| entry.is_assigned()).count() as u64;
        let count = format!("{:>4}  ", numbers::count(count));
        list.add(Text::words(kind.plural()).look(look(kind)), Text::words(count).dim().and(kind.examples()));
    }
    page.add(list);
    page.space();
    let mut list = List::new(Form::Commands);
    for (command, what) in TOOLS {
        list.add(Text::words(command).bold(), Text::words(what).dim());
    }
    page.add(list);
    page.space();
    page.remark("Type a name or number, with its kind before it if several have that name: close 1000, tcp syn.");
    page
}

fn look(kind: Kind) -> Look {
    kind.entries().first().map_or(Look::Plain, |entry| Look::Strong(layer(entry)))
}

/// The words of the glossary by subject: all in one list would be too long to be read.
#[must_use]
pub fn words() -> Page {
    let words = Kind::Word.entries();
    let mut subjects: Vec<&str> = Vec::new();
    for subject in words.iter().filter_map(|word| word.detail("group")) {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    subjects.sort_unstable();
    let mut page = Page::default();
    for subject in subjects {
        if !page.is_empty() {
            page.space();
        }
        page.add(Prose::new(Text::words(subject).bold()).cut());
        let of_subject = words.iter().filter(|word| word.detail("group") == Some(subject));
        page.add(Block::Names(of_subject.map(|word| Text::words(word.name).look(Look::Layer(layer(word)))).collect()));
    }
    page.space();
    page.add(Prose::new(Text::words("wire101 explain packet").dim()).under(1).cut());
    page
}

/// The names of some entries, and how to ask for one.
#[must_use]
pub fn names<'a>(title: impl Into<Text>, entries: impl IntoIterator<Item = &'a Entry>) -> Page {
    let entries: Vec<&Entry> = entries.into_iter().collect();
    let mut page = Page::from(Prose::new(title.into().bold()).cut());
    page.space();
    let name = |entry: &&Entry| {
        let look = if entry.is_assigned() { Look::Layer(layer(entry)) } else { Look::Dim };
        Text::words(title_of(entry)).look(look)
    };
    page.add(Block::Names(entries.iter().map(name).collect()));
    if let Some(first) = entries.iter().find(|entry| entry.is_assigned()) {
        page.space();
        page.add(Prose::new(Text::words(format!("wire101 explain {}", first.asked())).dim()).under(1).cut());
    }
    page
}

fn title_of(entry: &Entry) -> String {
    match (entry.kind, entry.detail("Stands for")) {
        (Kind::Server, _) => entry.key.to_owned(),
        (_, Some(full_name)) => format!("{} {full_name}", entry.name),
        _ => entry.title(),
    }
}

/// The seven layers from the top down, with TCP/IP's beside them.
#[must_use]
pub fn layers() -> Page {
    let mut list = List::new(Form::Layers);
    let names = |tcp_ip: &str, unit: &str| Text::words(format!("{tcp_ip:<14}{unit}"));
    list.add(Text::words("OSI").dim(), names("TCP/IP", "unit").dim());
    for entry in Kind::Layer.entries().iter().rev() {
        let detail = |label| entry.detail(label).unwrap_or_default();
        let name = Text::words(entry.title()).look(Look::Strong(layer(entry)));
        list.remarked(name, names(detail("TCP/IP"), detail("Unit")), Text::words(entry.meaning).dim());
    }
    let mut page = Page::from(list);
    page.space();
    let note = "On its way down, each layer puts its header around what the one above hands it (encapsulation); on the way \
        up, each takes its own off. OSI's model is of the early 1980s; the internet was built on TCP/IP, but the seven \
        numbers are what people still say.";
    page.add(Prose::new(note).readable());
    page.space();
    for command in ["wire101 explain layer 4", "wire101 inspect FILE --layers"] {
        page.add(Prose::new(Text::words(command).bold()).under(1));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    #[test]
    fn what_can_be_asked_on_a_usual_screen() {
        insta::assert_snapshot!(Style::plain(80).lines(kinds()).join("\n"));
    }

    #[test]
    fn the_layers_on_a_usual_and_on_a_wide_screen() {
        insta::assert_snapshot!(Style::plain(80).lines(layers()).join("\n"));
        insta::assert_snapshot!(Style::plain(120).lines(layers()).join("\n"));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for columns in 40..130 {
            let style = Style::plain(columns);
            let mut lines = [style.lines(kinds()), style.lines(layers()), style.lines(words())].concat();
            for kind in Kind::ALL {
                lines.extend(style.lines(names(kind.plural(), kind.entries())));
            }
            for line in lines {
                assert!(width(&line) <= columns, "{columns}: {line}");
            }
        }
    }
}
