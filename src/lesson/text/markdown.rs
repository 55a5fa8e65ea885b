//! Markdown, as much of it as lessons use, laid out in lines of a given width. Knows styles, not colours.
//!
//! Headings, paragraphs, lists (`-`, `1.`, nested by indentation), quotes (`>`), `code`, **bold** and fenced code.
//! Everything else is text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Plain text.
    Text,
    /// A heading, or **bold**.
    Bold,
    /// `code`, or a line of fenced code.
    Code,
    /// List marks and quotes: there, but not in the way.
    Dim,
}

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its style.
    pub style: Style,
}

/// A line, ready to be printed; empty between blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its spans, from the left.
    pub spans: Vec<Span>,
}

impl Line {
    /// Its text without styles.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    fn push(&mut self, text: &str, style: Style) {
        // No-break spaces held a number together while lines were broken; not every terminal has them.
        let text = text.replace('\u{a0}', " ");
        match self.spans.last_mut() {
            Some(last) if last.style == style => last.text.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span { text, style }),
        }
    }
}

/// Lays Markdown out in lines of at most `width` columns. Only lines of fenced code may be longer: code is not broken.
#[must_use]
pub fn wrap(markdown: &str, width: usize) -> Vec<Line> {
    let mut page = Page { lines: Vec::new(), width, separate: false };
    let mut paragraph = Paragraph::default();
    let mut in_fence = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            page.paragraph(&mut paragraph);
            in_fence = !in_fence;
            page.separate = true;
        } else if in_fence {
            page.code(line);
        } else {
            read_line(line, &mut page, &mut paragraph);
        }
    }
    page.paragraph(&mut paragraph);
    page.lines
}

/// A line outside fenced code: it continues the paragraph at hand or begins another.
fn read_line(line: &str, page: &mut Page, paragraph: &mut Paragraph) {
    let trimmed = line.trim();
    let indent = line.len() - line.trim_start().len();
    if trimmed.is_empty() {
        page.paragraph(paragraph);
        page.separate = true;
    } else if let Some(heading) = heading(trimmed) {
        page.paragraph(paragraph);
        page.separate = true;
        page.paragraph(&mut Paragraph { text: heading.to_owned(), base: Style::Bold, ..Paragraph::default() });
        page.separate = true;
    } else if let Some((mark, text)) = list_item(trimmed) {
        page.paragraph(paragraph);
        *paragraph = Paragraph { text: text.to_owned(), mark: mark.to_owned(), indent, base: Style::Text };
    } else if let Some(quoted) = trimmed.strip_prefix('>') {
        if paragraph.mark != "> " {
            page.paragraph(paragraph);
            *paragraph = Paragraph { mark: "> ".to_owned(), base: Style::Dim, ..Paragraph::default() };
        }
        paragraph.add(quoted.trim());
    } else {
        paragraph.add(trimmed);
    }
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
struct Paragraph {
    text: String,
    mark: String,
    indent: usize,
    base: Style,
}

impl Default for Paragraph {
    fn default() -> Self {
        Self { text: String::new(), mark: String::new(), indent: 0, base: Style::Text }
    }
}

impl Paragraph {
    fn add(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(line);
    }
}

struct Page {
    lines: Vec<Line>,
    width: usize,
    /// Whether an empty line comes before what comes next.
    separate: bool,
}

impl Page {
    fn line(&mut self, line: Line) {
        if std::mem::take(&mut self.separate) && !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.push(line);
    }

    fn code(&mut self, text: &str) {
        let mut line = Line::default();
        if !text.is_empty() {
            line.push("    ", Style::Text);
            line.push(text, Style::Code);
        }
        self.line(line);
    }

    /// Lays a paragraph out and leaves an empty one.
    fn paragraph(&mut self, paragraph: &mut Paragraph) {
        let Paragraph { text, mark, indent, base } = std::mem::take(paragraph);
        if text.is_empty() {
            return;
        }
        // An indentation that leaves no room for text is no help.
        let indent = indent.min(self.width / 4);
        let hang = if indent + mark.width() < self.width { indent + mark.width() } else { 0 };
        let room = (self.width - hang).max(1);
        for (index, mut words) in break_lines(&inline(&text, base), room).into_iter().enumerate() {
            let mut line = Line::default();
            if hang > 0 && index == 0 {
                line.push(&" ".repeat(indent), Style::Text);
                line.push(&mark, Style::Dim);
            } else {
                line.push(&" ".repeat(hang), Style::Text);
            }
            line.spans.append(&mut words.spans);
            self.line(line);
        }
    }
}

/// The styles inside a paragraph. A mark without its pair is text.
fn inline(text: &str, base: Style) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let marked = |mark: &str| rest.strip_prefix(mark)?.split_once(mark).filter(|(inside, _)| !inside.is_empty());
        let (found, style) = match marked("`") {
            Some(code) => (Some(code), Style::Code),
            None => (marked("**"), Style::Bold),
        };
        if let Some((inside, beyond)) = found {
            spans.push(Span { text: std::mem::take(&mut plain), style: base });
            if style == Style::Bold {
                spans.extend(inline(inside, Style::Bold));
            } else {
                spans.push(Span { text: inside.to_owned(), style });
            }
            rest = beyond;
        } else {
            plain.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    spans.push(Span { text: plain, style: base });
    spans
}

/// Fills lines of at most `room` columns, breaking at spaces, and inside a word only if it is wider than a line.
fn break_lines(spans: &[Span], room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    let mut used = 0;
    for Word { pieces, space } in words(spans) {
        let width: usize = pieces.iter().map(|piece| piece.text.width()).sum();
        if used > 0 && used + 1 + width > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(" ", space);
            used += 1;
        }
        for piece in pieces {
            for character in piece.text.chars() {
                let columns = character.width().unwrap_or(0);
                if used > 0 && used + columns > room {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(character.encode_utf8(&mut [0; 4]), piece.style);
                used += columns;
            }
        }
    }
    if !line.spans.is_empty() {
        lines.push(line);
    }
    lines
}

/// What stands between two spaces, which may change style inside: "**bold**," has two pieces.
struct Word {
    pieces: Vec<Span>,
    /// The style of the space before it.
    space: Style,
}

fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut joined = false;
    let mut space = Style::Text;
    for span in spans {
        for (index, text) in span.text.split(' ').enumerate() {
            if index > 0 {
                joined = false;
                space = span.style;
            }
            if text.is_empty() {
                continue;
            }
            let piece = Span { text: text.to_owned(), style: span.style };
            match words.last_mut() {
                Some(word) if joined => word.pieces.push(piece),
                _ => words.push(Word { pieces: vec![piece], space }),
            }
            joined = true;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(markdown: &str, width: usize) -> Vec<String> {
        wrap(markdown, width).iter().map(Line::text).collect()
    }

    fn styled(markdown: &str) -> Vec<(String, Style)> {
        wrap(markdown, 80).into_iter().flat_map(|line| line.spans).map(|span| (span.text, span.style)).collect()
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
            ("A ", Style::Text),
            ("GET /one", Style::Code),
            (", ", Style::Text),
            ("bold ", Style::Bold),
            ("code", Style::Code),
            (" too", Style::Bold),
            (".", Style::Text),
        ];
        assert_eq!(spans, expected.map(|(text, style)| (text.to_owned(), style)));
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
        assert!(styled("> quoted\n> on").iter().all(|(_, style)| *style == Style::Dim));
        assert_eq!(plain("> quoted\n> on", 80), ["> quoted on"]);
        assert_eq!(plain("```js\nlet  a = 1\n```", 5), ["    let  a = 1"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_no_word_is_lost(words in "[a-z `*#>\\-.0-9\n]{0,200}", width in 1_usize..40) {
            prop_assume!(!words.contains("```"));
            let lines = wrap(&words, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{:?}", line.text());
            }
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            prop_assert_eq!(letters(&lines.iter().map(Line::text).collect::<String>()), letters(&words));
        }
    }
}
