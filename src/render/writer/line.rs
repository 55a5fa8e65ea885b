//! Lines of a terminal, in columns: measured, cut, padded and wrapped.
//!
//! Whatever is in a line is already safe. This module doesn't know how a look is shown.

use unicode_width::UnicodeWidthChar;

use crate::render::model::Look;

/// A line: pieces of text, each with its look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces, from the left; neighbours look different.
    pub spans: Vec<(Look, String)>,
}

impl Line {
    /// A line of one piece.
    #[must_use]
    pub fn of(look: impl Into<Look>, text: impl AsRef<str>) -> Self {
        Self::default().with(look, text)
    }

    /// A line of spaces.
    #[must_use]
    pub fn spaces(columns: usize) -> Self {
        Self::of(Look::Plain, " ".repeat(columns))
    }

    /// The same, and a piece after it.
    #[must_use]
    pub fn with(mut self, look: impl Into<Look>, text: impl AsRef<str>) -> Self {
        self.push(look, text);
        self
    }

    /// The same, and another line after it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        other.spans.into_iter().for_each(|(look, text)| self.push(look, text));
        self
    }

    /// Adds a piece.
    pub fn push(&mut self, look: impl Into<Look>, text: impl AsRef<str>) {
        let (look, text) = (look.into(), text.as_ref());
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.0 == look => last.1.push_str(text),
            _ => self.spans.push((look, text.to_owned())),
        }
    }

    /// The same, all of it with this look.
    #[must_use]
    pub fn look(self, look: impl Into<Look>) -> Self {
        Self::of(look, self.text())
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.1.as_str()).collect()
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| width(&span.1)).sum()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The longest beginning that takes at most this many columns, and the rest.
    #[must_use]
    pub fn split(self, columns: usize) -> (Self, Self) {
        let (mut start, mut rest) = (Self::default(), Self::default());
        let mut room = columns;
        for (look, text) in self.spans {
            let (fits, beyond) = if rest.is_empty() { split_at_column(&text, room) } else { ("", text.as_str()) };
            room -= width(fits);
            start.push(look, fits);
            rest.push(look, beyond);
        }
        (start, rest)
    }

    /// The same, cut to this many columns, with a mark at its end if something had to go.
    #[must_use]
    pub fn cut(self, columns: usize, mark: &str) -> Self {
        if self.width() <= columns {
            return self;
        }
        let (mark, _) = split_at_column(mark, columns);
        let (mut kept, rest) = self.split(columns - width(mark));
        let look = rest.spans.first().map_or(Look::Plain, |span| span.0);
        kept.push(look, mark);
        kept
    }

    /// The same, with spaces after it until it takes this many columns.
    #[must_use]
    pub fn padded(mut self, columns: usize) -> Self {
        self.push(Look::Plain, " ".repeat(columns.saturating_sub(self.width())));
        self
    }

    /// The same without spaces at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        while let Some((_, last)) = self.spans.last_mut() {
            last.truncate(last.trim_end_matches([' ', '\u{a0}']).len());
            if !last.is_empty() {
                break;
            }
            self.spans.pop();
        }
        self
    }

    /// The same in lines of at most this many columns (at least 2), broken at spaces, and within a word only if there's
    /// no other way.
    ///
    /// There is always a first line, which may be empty.
    #[must_use]
    pub fn wrapped(self, columns: usize) -> Vec<Self> {
        let columns = columns.max(2);
        let (mut lines, mut line, mut taken) = (Vec::new(), Self::default(), 0);
        for (space, mut word) in self.words() {
            let mut left = word.width();
            if !line.is_empty() && taken + 1 + left <= columns {
                line.push(space, " ");
                taken += 1;
            } else if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            if left > columns {
                lines.extend(word.folded(columns));
                word = lines.pop().unwrap_or_default();
                left = word.width();
            }
            line = line.and(word);
            taken += left;
        }
        lines.push(line);
        lines
    }

    /// What stands between spaces, and the look of the space before it.
    fn words(self) -> Vec<(Look, Self)> {
        let mut words = vec![(Look::Plain, Self::default())];
        for (look, text) in self.spans {
            for (at, part) in text.split(' ').enumerate() {
                if at > 0 {
                    words.push((look, Self::default()));
                }
                if let Some((_, word)) = words.last_mut() {
                    word.push(look, part);
                }
            }
        }
        words
    }

    /// The same in lines of at most this many columns (at least 2), broken wherever a line is full.
    #[must_use]
    pub fn folded(self, columns: usize) -> Vec<Self> {
        let (mut lines, mut line, mut room) = (Vec::new(), Self::default(), columns.max(2));
        for (look, text) in self.spans {
            let (mut fits, mut beyond) = split_at_column(&text, room);
            while !beyond.is_empty() {
                line.push(look, fits);
                lines.push(std::mem::take(&mut line));
                room = columns.max(2);
                (fits, beyond) = split_at_column(beyond, room);
            }
            line.push(look, fits);
            room -= width(fits);
        }
        lines.push(line);
        lines
    }
}

/// How many columns a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(columns_of).sum() }
}

/// How many columns a character takes.
#[must_use]
pub fn columns_of(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// The longest beginning of `text` that takes at most `columns`, and the rest.
///
/// A mark stays with the character it stands on: it takes no column, so it falls on the left.
#[must_use]
pub fn split_at_column(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, character) in text.char_indices() {
        taken += columns_of(character);
        if taken > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// `text` with spaces before it until it takes `columns`.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Pieces one after another, `gap` columns apart, in lines of at most `columns`. None is broken.
///
/// There is always a first line, which may be empty.
#[must_use]
pub fn flow(pieces: impl IntoIterator<Item = Line>, gap: usize, columns: usize) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = piece,
            Some(line) if line.width() + gap + piece.width() <= columns => {
                *line = std::mem::take(line).and(Line::spaces(gap)).and(piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

/// Blocks of lines beside each other, each `column` columns from the one before.
#[must_use]
pub fn columns(blocks: Vec<Vec<Line>>, column: usize) -> Vec<Line> {
    let mut lines = vec![Line::default(); blocks.iter().map(Vec::len).max().unwrap_or(0)];
    for (place, block) in blocks.into_iter().enumerate() {
        for (line, of_block) in lines.iter_mut().zip(block).filter(|(_, it)| !it.is_empty()) {
            *line = std::mem::take(line).padded(place * column).and(of_block);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Line {
        Line::of(Look::Plain, text)
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn a_text_is_cut_between_characters_and_marked() {
        let cut = |text: &str, columns, mark: &str| plain(text).cut(columns, mark).text();
        assert_eq!(cut("GET /index.html", 8, "…"), "GET /in…");
        assert_eq!(cut("GET /index.html", 8, "..."), "GET /...");
        assert_eq!(cut("世界", 3, "…"), "世…");
        assert_eq!(cut("e\u{301}e\u{301}", 2, "…"), "e\u{301}e\u{301}");
        assert_eq!(cut("abc", 0, "…"), "");
    }

    #[test]
    fn what_is_cut_keeps_its_looks() {
        let line = plain("").with(Look::Bold, "abc").with(Look::Plain, " ").with(Look::Dim, "def");
        assert_eq!(line.width(), 7);
        let (start, rest) = line.split(5);
        assert_eq!(start, Line::of(Look::Bold, "abc").with(Look::Plain, " ").with(Look::Dim, "d"));
        assert_eq!(rest, Line::of(Look::Dim, "ef"));
        assert_eq!(plain("a世b").split(2).0.text(), "a");
    }

    #[test]
    fn lines_break_at_spaces_before_they_break_words() {
        let wrap = |text: &str, columns| texts(&plain(text).wrapped(columns));
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("a abcdefghijkl b", 5), ["a", "abcde", "fghij", "kl b"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(texts(&plain("let  a = 1").folded(6)), ["let  a", " = 1"]);
    }

    #[test]
    fn pieces_flow_into_as_few_lines_as_they_fit_in() {
        let flow = |gap, columns| texts(&flow(["one", "two", "three", "four"].map(plain), gap, columns));
        assert_eq!(flow(2, 8), ["one  two", "three", "four"]);
        assert_eq!(flow(3, 12), ["one   two", "three   four"]);
        assert_eq!(super::flow([], 2, 8), [Line::default()]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in "\\PC*", columns in 2_usize..40) {
            prop_assert!(plain(&text).cut(columns, "…").width() <= columns);
            prop_assert!(plain(&text).wrapped(columns).iter().all(|line| line.width() <= columns));
            prop_assert!(plain(&text).folded(columns).iter().all(|line| line.width() <= columns));
        }

        #[test]
        fn wrapping_loses_nothing_but_spaces(text in "\\PC*", columns in 2_usize..40) {
            let letters = |s: &str| s.replace(' ', "");
            prop_assert_eq!(letters(&texts(&plain(&text).wrapped(columns)).concat()), letters(&text));
            prop_assert_eq!(texts(&plain(&text).folded(columns)).concat(), text);
        }
    }
}
