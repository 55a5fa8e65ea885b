//! Captured text made safe for a terminal. Knows nothing of styles or widths.
//!
//! What's in a capture may be meant to harm whoever reads it: escape sequences that rewrite the screen, bidirectional
//! controls that reorder it, characters that can't be seen. All of these become visible:
//!
//! | in the capture | shown |
//! |---|---|
//! | line feed, carriage return, tab | `\n` `\r` `\t` |
//! | other C0 controls, DEL, and bytes that are not UTF-8 | `\x1b` `\x7f` `\xff` |
//! | C1 controls, bidirectional controls, invisible characters, spaces other than U+0020 | `\u{9b}` `\u{202e}` `\u{200b}` `\u{a0}` |
//!
//! A backslash stays a backslash, so that paths and JSON read as they were sent, and is doubled only where it could be
//! taken for the start of one of these. That keeps the escaped form unambiguous: `\\n` was a backslash and an n.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

pub use crate::layers::presentation::charset::whole_characters;

/// How many marks may pile on one base character; more are shown as escapes, as they would cover the lines around.
const MARKS: u8 = 3;

/// Makes captured bytes safe for a terminal that shows Unicode.
///
/// The result has no control character, no bidirectional control and no invisible character.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    escape_as(bytes, true)
}

/// Makes captured text safe for a terminal that shows Unicode, as [`escape`] does.
#[must_use]
pub fn escape_str(text: &str) -> String {
    escape(text.as_bytes())
}

/// Makes captured bytes safe for any terminal: as [`escape`], and every character beyond ASCII is shown as `\u{e9}`.
#[must_use]
pub fn escape_ascii(bytes: &[u8]) -> String {
    escape_as(bytes, false)
}

/// At most that many of the bytes, without cutting a character in two. If there are no more than that, they stay as
/// they are.
#[must_use]
pub fn beginning(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).filter(|it| it.len() < bytes.len()).map_or(bytes, whole_characters)
}

fn escape_as(bytes: &[u8], unicode: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    // A backslash is held back until what follows it is known.
    let mut backslash = false;
    let mut marks = MARKS;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let is_mark = character.width() == Some(0) && !character.is_control();
            let visible = shown(character, unicode) && (!is_mark || marks < MARKS);
            if backslash {
                out.push_str(if !visible || matches!(character, '\\' | 'n' | 'r' | 't' | 'u' | 'x') {
                    r"\\"
                } else {
                    r"\"
                });
            }
            backslash = character == '\\';
            marks = match (visible, is_mark) {
                (true, true) => marks.saturating_add(1),
                (true, false) => 0,
                (false, _) => MARKS,
            };
            if visible && !backslash {
                out.push(character);
            } else if !visible {
                push_escape(&mut out, character);
            }
        }
        for byte in chunk.invalid() {
            if backslash {
                out.push_str(r"\\");
                backslash = false;
            }
            marks = MARKS;
            // Writing to a string cannot fail.
            let _ = write!(out, r"\x{byte:02x}");
        }
    }
    if backslash {
        out.push('\\');
    }
    out
}

fn push_escape(out: &mut String, character: char) {
    let _ = match character {
        '\n' => out.write_str(r"\n"),
        '\r' => out.write_str(r"\r"),
        '\t' => out.write_str(r"\t"),
        '\0'..='\x7f' => write!(out, r"\x{:02x}", character as u32),
        _ => write!(out, r"\u{{{:x}}}", character as u32),
    };
}

fn shown(character: char, unicode: bool) -> bool {
    match character {
        ' '..='~' => true,
        _ => unicode && !character.is_whitespace() && is_harmless(character),
    }
}

/// Whether a character isn't a control character, doesn't steer how others are drawn, and isn't invisible. Spaces of
/// any width are harmless, except the separators of lines and paragraphs.
pub(in crate::render) fn is_harmless(character: char) -> bool {
    !(character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || is_invisible(character))
}

/// Characters that draw nothing or steer the drawing of others: Unicode's `Default_Ignorable_Code_Point`s, among them
/// the zero-width characters and variation selectors; the bidirectional controls; interlinear annotations;
/// noncharacters; and the blank Braille pattern.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || character as u32 & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads an escaped text back, as a person would.
    fn unescape(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let (taken, value) = match (character, rest.as_bytes().get(1)) {
                ('\\', Some(b'\\')) => (2, b"\\".to_vec()),
                ('\\', Some(b'n')) => (2, b"\n".to_vec()),
                ('\\', Some(b'r')) => (2, b"\r".to_vec()),
                ('\\', Some(b't')) => (2, b"\t".to_vec()),
                ('\\', Some(b'x')) => (4, vec![u8::from_str_radix(&rest[2..4], 16).unwrap()]),
                ('\\', Some(b'u')) => {
                    let end = rest.find('}').unwrap();
                    let character = char::from_u32(u32::from_str_radix(&rest[3..end], 16).unwrap()).unwrap();
                    (end + 1, character.to_string().into_bytes())
                }
                _ => (character.len_utf8(), character.to_string().into_bytes()),
            };
            bytes.extend(value);
            rest = &rest[taken..];
        }
        bytes
    }

    #[test]
    fn what_could_harm_a_terminal_is_made_visible() {
        assert_eq!(escape(b"\x1b[2J\x07\x7f"), r"\x1b[2J\x07\x7f");
        assert_eq!(escape(b"a\r\nb\tc"), r"a\r\nb\tc");
        assert_eq!(
            escape_str("\u{9b}31m \u{202e}gpj.exe\u{2066} z\u{200b}w\u{2028}"),
            r"\u{9b}31m \u{202e}gpj.exe\u{2066} z\u{200b}w\u{2028}"
        );
        assert_eq!(escape(b"\xff\xc3("), r"\xff\xc3(");
    }

    #[test]
    fn text_that_is_harmless_stays_as_it_is() {
        for text in
            ["GET /wiki?q=1 HTTP/1.1", "Grüße, 世界", r#"{"path": "C:\dir", "quote": "\"", "re": "\d+"}"#, r"end\"]
        {
            assert_eq!(escape_str(text), text);
        }
    }

    #[test]
    fn a_backslash_that_could_start_an_escape_is_doubled() {
        assert_eq!(escape(br"\n \x1b"), r"\\n \\x1b");
        assert_eq!(escape(b"\\\n"), r"\\\n");
    }

    #[test]
    fn a_pile_of_combining_marks_is_taken_apart() {
        assert_eq!(escape_str("e\u{301}"), "e\u{301}");
        assert_eq!(escape_str("\u{301}"), r"\u{301}");
        assert!(escape_str(&format!("e{}", "\u{301}".repeat(9))).ends_with(&r"\u{301}".repeat(6)));
    }

    #[test]
    fn a_terminal_without_unicode_gets_ascii() {
        assert_eq!(escape_ascii("é世".as_bytes()), r"\u{e9}\u{4e16}");
    }

    #[test]
    fn only_what_is_more_than_asked_for_is_cut() {
        assert_eq!(beginning("aé".as_bytes(), 2), b"a");
        assert_eq!(beginning("aé".as_bytes(), 3), "aé".as_bytes());
        assert_eq!(beginning(b"a\xc3", 2), b"a\xc3");
        assert_eq!(beginning(b"a\xc3", 9), b"a\xc3");
    }

    proptest! {
        #[test]
        fn nothing_escaped_can_steer_a_terminal(bytes: Vec<u8>, text: String) {
            for out in [escape(&bytes), escape_str(&text), escape_ascii(&bytes)] {
                prop_assert!(!out.chars().any(|c| c.is_control() || is_invisible(c)));
                prop_assert!(!out.chars().any(|c| c.is_whitespace() && c != ' '));
            }
            prop_assert!(escape_ascii(&bytes).is_ascii());
        }

        #[test]
        fn an_escaped_text_can_be_read_back(bytes: Vec<u8>, text: String, nasty in r"[\\nrtxu{}0-9\n\x1b\u{e9}\u{202e}]{0,12}") {
            prop_assert_eq!(unescape(&escape(&bytes)), &bytes[..]);
            prop_assert_eq!(unescape(&escape_ascii(&bytes)), bytes);
            prop_assert_eq!(unescape(&escape_str(&text)), text.as_bytes());
            prop_assert_eq!(unescape(&escape_str(&nasty)), nasty.as_bytes());
        }
    }
}
