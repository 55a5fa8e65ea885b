//! Markdown, as much of it as lessons use, as paragraphs.
//!
//! Headings, paragraphs, lists (`-`, `1.`, nested by indentation), quotes (`>`), `code`, **bold** and fenced code.
//! Everything else is text.

use super::model::{Block, Look, Page, Prose, Text};
use crate::layers::Layer;

/// How code looks.
const CODE: Look = Look::Layer(Layer::Application);

/// A lesson's Markdown in paragraphs.
pub(super) fn markdown(source: &str) -> Page {
    let mut reader = Reader::default();
    let mut in_fence = false;
    for line in source.lines() {
        if line.trim_start().starts_with("```") {
            reader.end();
            in_fence = !in_fence;
            reader.separate = true;
        } else if in_fence {
            reader.block(Prose::code(Text::taught(line).look(CODE)));
        } else {
            reader.line(line);
        }
    }
    reader.end();
    reader.page
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' ')).flatten()
}

/// A list item's mark, with the space after it, and its text.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let is_number = mark.strip_suffix('.').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (mark == "-" || mark == "*" || is_number).then(|| (&line[..=mark.len()], text.trim_start()))
}

/// A paragraph or list item while its lines are read.
#[derive(Default)]
struct Paragraph {
    text: String,
    mark: String,
    look: Look,
}

impl Paragraph {
    fn add(&mut self, line: &str) {
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
    }
}

#[derive(Default)]
struct Reader {
    page: Page,
    paragraph: Paragraph,
    /// Whether an empty line comes before what comes next.
    separate: bool,
}

impl Reader {
    /// A line outside fenced code: it continues the paragraph at hand or begins another.
    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        if trimmed.is_empty() {
            self.end();
            self.separate = true;
        } else if let Some(heading) = heading(trimmed) {
            self.begin("", Look::Bold, heading);
            self.separate = true;
            self.end();
            self.separate = true;
        } else if let Some((mark, text)) = list_item(trimmed) {
            self.begin(&format!("{}{mark}", " ".repeat(indent)), Look::Plain, text);
        } else if let Some(quoted) = trimmed.strip_prefix('>') {
            if self.paragraph.mark == "> " {
                self.paragraph.add(quoted);
            } else {
                self.begin("> ", Look::Dim, quoted);
            }
        } else {
            self.paragraph.add(trimmed);
        }
    }

    fn begin(&mut self, mark: &str, look: Look, text: &str) {
        self.end();
        self.paragraph = Paragraph { text: String::new(), mark: mark.to_owned(), look };
        self.paragraph.add(text);
    }

    /// Ends the paragraph at hand.
    fn end(&mut self) {
        let Paragraph { text, mark, look } = std::mem::take(&mut self.paragraph);
        if !text.is_empty() {
            self.block(Prose::new(inline(&text, look)).marked(Text::words(mark).dim()));
        }
    }

    fn block(&mut self, prose: Prose) {
        if std::mem::take(&mut self.separate) && !self.page.is_empty() {
            self.page.add(Block::Space);
        }
        self.page.add(prose);
    }
}

/// The looks inside a paragraph. A mark without its pair is text.
fn inline(text: &str, look: Look) -> Text {
    let (mut done, mut plain, mut rest) = (Text::default(), String::new(), text);
    while let Some(character) = rest.chars().next() {
        let marked = |mark: &str| rest.strip_prefix(mark)?.split_once(mark).filter(|(inside, _)| !inside.is_empty());
        let found = match marked("`") {
            Some((code, beyond)) => Some((Text::taught(code).look(CODE), beyond)),
            None => marked("**").map(|(bold, beyond)| (inline(bold, Look::Bold), beyond)),
        };
        if let Some((inside, beyond)) = found {
            done = done.and(Text::taught(std::mem::take(&mut plain)).look(look)).and(inside);
            rest = beyond;
        } else {
            plain.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    done.and(Text::taught(plain).look(look))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::writer::Line;

    fn lines(source: &str, width: usize) -> Vec<Line> {
        Style::plain(width).lay_out(&markdown(source))
    }

    fn plain(markdown: &str, width: usize) -> Vec<String> {
        Style::plain(width).lines(super::markdown(markdown))
    }

    fn styled(markdown: &str) -> Vec<(Look, String)> {
        lines(markdown, 80).into_iter().flat_map(|line| line.spans).collect()
    }

    #[test]
    fn lines_of_a_paragraph_are_joined_and_broken_at_the_width() {
        assert_eq!(plain("one two\nthree four five", 9), ["one two", "three", "four five"]);
    }

    #[test]
    fn blocks_are_set_apart_by_one_empty_line() {
        let text = "# A\ntext\n\n\n\nmore\n```\ncode {}\n\n  more\n```\nend";
        assert_eq!(plain(text, 80), ["A", "", "text", "", "more", "", "    code {}", "", "      more", "", "end"]);
    }

    #[test]
    fn list_items_hang_from_their_marks() {
        let text = "- one two three\n  four\n  - five six seven\n10. ten eleven twelve";
        assert_eq!(
            plain(text, 13),
            ["- one two", "  three four", "  - five six", "    seven", "10. ten", "    eleven", "    twelve"]
        );
    }

    #[test]
    fn code_and_bold_are_spans_of_their_own() {
        let spans = styled("A `GET /one`, **bold `code` too**.");
        let expected = [
            ("A ", Look::Plain),
            ("GET /one", CODE),
            (", ", Look::Plain),
            ("bold ", Look::Bold),
            ("code", CODE),
            (" too", Look::Bold),
            (".", Look::Plain),
        ];
        assert_eq!(spans, expected.map(|(text, look)| (look, text.to_owned())));
    }

    #[test]
    fn marks_without_a_pair_are_text() {
        assert_eq!(plain("2 ** 3 and ` alone, a*b, {}", 80), ["2 ** 3 and ` alone, a*b, {}"]);
    }

    #[test]
    fn a_number_is_not_broken_at_its_no_break_space() {
        assert_eq!(plain("of 12\u{a0}345 bytes", 8), ["of", "12 345", "bytes"]);
    }

    #[test]
    fn quotes_are_dim_and_fenced_code_keeps_its_shape() {
        assert!(styled("> quoted\n> on").iter().all(|(look, _)| *look == Look::Dim));
        assert_eq!(plain("> quoted\n> on", 80), ["> quoted on"]);
        assert_eq!(plain("```js\nlet  a = 1\n```", 20), ["    let  a = 1"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_no_word_is_lost(words in "[a-z `*#>\\-.0-9\n]{0,200}", width in 2_usize..40) {
            prop_assume!(!words.contains("```"));
            let lines = lines(&words, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{:?}", line.text());
            }
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            prop_assert_eq!(letters(&lines.iter().map(Line::text).collect::<String>()), letters(&words));
        }
    }
}
