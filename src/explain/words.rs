//! How words are compared.

/// Words as they're compared: in lower case, with one space for whatever stands between them.
pub(super) fn normal(words: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '_' | ',' | '(' | ')' | '–');
    let parts = words.split(between).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The same for people who wrote it in one word or in two, in the singular or in the plural: "proxy" and "proxies".
/// Empty if only digits are left.
pub(super) fn loose(words: &str) -> String {
    let all: String = words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if all.bytes().all(|byte| byte.is_ascii_digit()) {
        return String::new();
    }
    let one = if all.ends_with("ss") { &all } else { all.strip_suffix('s').unwrap_or(&all) };
    let stem = one.strip_suffix('e').unwrap_or(one);
    stem.strip_suffix('y').map_or_else(|| stem.to_owned(), |stem| format!("{stem}i"))
}

/// What a question asks about, if it is one: "what is a proxy?".
pub(super) fn asked_about(words: &str) -> &str {
    const BEFORE: [&str; 8] = ["what is ", "what are ", "what's ", "whats ", "what does ", "a ", "an ", "the "];
    let mut rest = words.trim_end_matches(['?', ' ']).trim_end_matches(" mean");
    while let Some(less) = BEFORE.iter().find_map(|before| rest.strip_prefix(before)) {
        rest = less;
    }
    rest
}

/// The same without a word that only says what kind of thing is meant: "404 error", "http 404", "syn packet".
pub(super) fn in_company(words: &str) -> impl Iterator<Item = &str> {
    const BEFORE: [&str; 7] = ["http", "https", "websocket", "ws", "tcp", "ip", "error"];
    const AFTER: [&str; 14] = [
        "error",
        "packet",
        "frame",
        "message",
        "request",
        "response",
        "protocol",
        "server",
        "address",
        "header",
        "api",
        "connection",
        "compression",
        "notation",
    ];
    let before = BEFORE.iter().filter_map(|word| words.strip_prefix(word)?.strip_prefix(' '));
    let after = AFTER.iter().filter_map(|word| words.strip_suffix(word)?.strip_suffix(' '));
    before.chain(after)
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

    #[test]
    fn one_word_or_two_one_thing_or_many_are_the_same() {
        for (one, other) in [
            ("websocket", "web sockets"),
            ("proxy", "proxies"),
            ("cookie", "cookies"),
            ("cache", "caches"),
            ("switch", "switches"),
            ("ip address", "ip addresses"),
            ("tcp/ip", "tcp ip"),
        ] {
            assert_eq!(loose(one), loose(other));
        }
        assert_ne!(loose("pass"), loose("pa"));
        assert_eq!(loose("1 0"), "");
    }

    #[test]
    fn a_question_is_about_what_stands_after_its_first_words() {
        assert_eq!(asked_about("what is a proxy?"), "proxy");
        assert_eq!(asked_about("what does rtt mean?"), "rtt");
        assert_eq!(asked_about("an origin"), "origin");
        assert_eq!(asked_about("a"), "a");
    }
}
