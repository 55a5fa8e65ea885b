//! Patterns with `*` and `?`, as in a shell.

/// Whether all of `text` is as `pattern` says: `*` stands for any bytes, none included, `?` for one.
///
/// The work grows with the product of the two lengths at the most: only the last `*` is ever tried again.
#[must_use]
pub fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut in_pattern, mut in_text) = (0, 0);
    // Behind the last star, and how far into the text what it stands for may have to reach.
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(in_text) {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                in_pattern += 1;
                star = Some((in_pattern, in_text));
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                in_pattern += 1;
                in_text += 1;
            }
            _ => {
                let Some((behind, reach)) = &mut star else { return false };
                *reach += 1;
                (in_pattern, in_text) = (*behind, *reach);
            }
        }
    }
    pattern.iter().skip(in_pattern).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_any_bytes_and_a_question_mark_for_one() {
        for (pattern, text) in [
            ("/api/*", "/api/users/7"),
            ("/api/*", "/api/"),
            ("*.png", "/a.png.png"),
            ("/?", "/x"),
            ("*a*b", "/aab"),
            ("", ""),
            ("**", "x"),
        ] {
            assert!(fits(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        for (pattern, text) in [("/api/*", "/api"), ("/?", "/"), ("*.png", "/a.pngx"), ("", "/"), ("/a", "/A")] {
            assert!(!fits(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
    }

    /// As the definition has it, and far too slow for long texts.
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=text.len()).any(|taken| by_definition(rest, &text[taken..])),
            (Some((wanted, pattern)), Some((byte, text))) => {
                (*wanted == b'?' || wanted == byte) && by_definition(pattern, text)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_fits_where_the_definition_says_so(pattern in "[ab*?]{0,7}", text in "[ab]{0,9}") {
            prop_assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), by_definition(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
