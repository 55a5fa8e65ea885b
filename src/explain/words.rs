//! How words are compared.

/// Words as they're compared: in lower case, with one space for whatever stands between them.
pub(super) fn normal(words: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '_' | ',' | '(' | ')' | '–');
    let parts = words.split(between).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A number, in decimal or, after 0x, in hexadecimal.
pub(super) fn number(text: &str) -> Option<u16> {
    match text.strip_prefix("0x") {
        Some(digits) if !digits.starts_with('+') => u16::from_str_radix(digits, 16).ok(),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_and_whatever_stands_between_them() {
        assert_eq!(normal(" Not-Found "), "not found");
        assert_eq!(normal("(Private use)"), "private use");
    }
}
