//! Text as a terminal counts it: in columns. Measuring, cutting, padding and wrapping.
//!
//! Only colour sequences (`ESC [ … m`) are understood among escapes, as nothing else is written by this crate. Cutting
//! and wrapping take text that is not yet coloured.

use unicode_width::UnicodeWidthChar;

/// How many columns a text takes, colour sequences aside.
#[must_use]
pub fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            characters.by_ref().find(|&c| c == 'm');
        } else {
            columns += columns_of(character);
        }
    }
    columns
}

fn columns_of(character: char) -> usize {
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

/// Text that may be coloured, cut to `columns`; the colours end where they did.
#[must_use]
pub fn clip(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut out, mut taken) = (String::with_capacity(text.len()), 0);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            out.push(character);
            for of_sequence in characters.by_ref() {
                out.push(of_sequence);
                if of_sequence == 'm' {
                    break;
                }
            }
            continue;
        }
        taken += columns_of(character);
        if taken <= columns {
            out.push(character);
        }
    }
    out
}

/// `text` cut to `columns`, with `marker` as its last character if something had to go.
#[must_use]
pub fn ellipsis(text: &str, columns: usize, marker: &str) -> String {
    let (fits, rest) = split_at_column(text, columns);
    if rest.is_empty() {
        return fits.to_owned();
    }
    let (marker, _) = split_at_column(marker, columns);
    let (kept, _) = split_at_column(text, columns - width(marker));
    format!("{kept}{marker}")
}

/// `text` with spaces after it until it takes `columns`.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` with spaces before it until it takes `columns`.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` with spaces on both sides until it takes `columns`; an odd one falls on the right.
#[must_use]
pub fn centre(text: &str, columns: usize) -> String {
    let left = columns.saturating_sub(width(text)) / 2;
    pad(&format!("{}{text}", " ".repeat(left)), columns)
}

/// `text` in lines of at most `columns` (at least 2), broken at spaces, and within a word only where it has no other way.
///
/// There is always a first line, which may be empty.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut taken = 0;
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && taken + 1 + width(word) <= columns {
            line.push(' ');
            taken += 1;
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        }
        while taken + width(word) > columns {
            let (start, rest) = split_at_column(word, columns);
            lines.push(start.to_owned());
            word = rest;
        }
        line.push_str(word);
        taken += width(word);
    }
    lines.push(line);
    lines
}

/// Pieces one after another, `gap` columns apart, in lines of at most `columns`. None is broken; they may be coloured.
///
/// There is always a first line, which may be empty.
#[must_use]
pub fn flow(pieces: impl IntoIterator<Item = String>, gap: usize, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for piece in pieces {
        let wide = width(&piece);
        match lines.last_mut() {
            Some(line) if line.is_empty() => {
                taken = wide;
                *line = piece;
            }
            Some(line) if taken + gap + wide <= columns => {
                taken += gap + wide;
                line.extend(std::iter::repeat_n(' ', gap));
                line.push_str(&piece);
            }
            _ => {
                taken = wide;
                lines.push(piece);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_marked() {
        assert_eq!(ellipsis("GET /index.html", 8, "…"), "GET /in…");
        assert_eq!(ellipsis("GET /index.html", 8, "..."), "GET /...");
        assert_eq!(ellipsis("世界", 3, "…"), "世…");
        assert_eq!(ellipsis("e\u{301}e\u{301}", 2, "…"), "e\u{301}e\u{301}");
        assert_eq!(ellipsis("abc", 0, "…"), "");
    }

    #[test]
    fn colour_takes_no_column() {
        assert_eq!(width("\x1b[1;36mabc\x1b[0m"), 3);
    }

    #[test]
    fn what_is_clipped_keeps_its_colours() {
        assert_eq!(clip("\x1b[1mabc\x1b[0m \x1b[2mdef\x1b[0m", 5), "\x1b[1mabc\x1b[0m \x1b[2md\x1b[0m");
        assert_eq!(clip("a世b", 2), "a");
    }

    #[test]
    fn lines_break_at_spaces_before_they_break_words() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("a abcdefghijkl b", 5), ["a", "abcde", "fghij", "kl b"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn pieces_flow_into_as_few_lines_as_they_fit_in() {
        let pieces = || ["one", "\x1b[1mtwo\x1b[0m", "three", "four"].map(str::to_owned);
        assert_eq!(flow(pieces(), 2, 8), ["one  \x1b[1mtwo\x1b[0m", "three", "four"]);
        assert_eq!(flow(pieces(), 3, 12), ["one   \x1b[1mtwo\x1b[0m", "three   four"]);
        assert_eq!(flow([], 2, 8), [""]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text: String, columns in 2_usize..40) {
            prop_assert!(width(&ellipsis(&text, columns, "…")) <= columns);
            prop_assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns));
        }

        #[test]
        fn wrapping_loses_nothing_but_spaces(text: String, columns in 2_usize..40) {
            let letters = |s: &str| s.replace(' ', "");
            prop_assert_eq!(letters(&wrap(&text, columns).concat()), letters(&text));
        }
    }
}
