//! How words are compared, the other words that people use for things, and the nearest to one that nothing is called.

use std::sync::LazyLock;

use super::nearest::nearest;
use super::topic::{Kind, Topic, find};
use super::{kinds, table};

pub(super) const DATA: &str = include_str!("data/aliases.tsv");

static OTHER_WORDS: LazyLock<Vec<(String, &'static str)>> =
    LazyLock::new(|| table::load(DATA, |[word, topic]| Some((normal(word), topic))));

/// Words as they are compared: in small letters, with one space for whatever stands between them.
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

/// What people also call by that name, as [`normal`] writes it.
pub(super) fn other_word(name: &str) -> Vec<Topic> {
    let meant = OTHER_WORDS.iter().filter(|(word, _)| word == name);
    meant.filter_map(|(_, topic)| find(topic).first().copied()).collect()
}

/// The lesson about what people call by that name, if it has one of its own: of a topic there is a card.
#[must_use]
pub fn lesson_about(words: &str) -> Option<&'static str> {
    let name = normal(words);
    let mut meant = OTHER_WORDS.iter().filter(|(word, _)| *word == name);
    meant.find_map(|(_, asked)| asked.strip_prefix("lesson "))
}

/// What somebody may have meant whose words nothing is called by: what to type for it, the likeliest first, at most three.
#[must_use]
pub fn resembling(words: &str) -> Vec<String> {
    let name = normal(words);
    // After a kind's word, the name alone is what may be misspelt.
    let (of, alone) = match name.split_once(' ').map(|(kind, rest)| (kinds(kind), rest)) {
        Some((of, rest)) if !of.is_empty() => (of, rest),
        _ => (Kind::ALL.to_vec(), name.as_str()),
    };
    // Digits that look alike say nothing.
    if alone.bytes().all(|byte| byte.is_ascii_digit()) {
        return if of.len() < Kind::ALL.len() {
            of.iter().map(|kind| kind.plural().to_owned()).collect()
        } else {
            Vec::new()
        };
    }
    let topics = of.iter().flat_map(|kind| kind.topics()).filter(|topic| topic.is_assigned());
    let mut names: Vec<(String, String)> =
        topics.flat_map(|topic| topic.names().into_iter().map(move |name| (name, topic.asked()))).collect();
    names.extend(OTHER_WORDS.iter().map(|(word, _)| (word.clone(), word.clone())));
    names.extend(Kind::ALL.map(|kind| (kind.plural().to_owned(), kind.plural().to_owned())));
    let mut meant: Vec<String> = Vec::new();
    for found in nearest(alone, names.iter().map(|(name, _)| name.as_str())) {
        let asked = names.iter().filter(|(name, _)| name == found).map(|(_, asked)| asked);
        for asked in asked.take(1) {
            if !meant.contains(asked) {
                meant.push(asked.clone());
            }
        }
    }
    meant
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
    fn a_slip_of_the_finger_is_answered_with_what_was_meant() {
        assert_eq!(resembling("upgarde").first().map(String::as_str), Some("header Upgrade"));
        assert_eq!(resembling("header contnet-type").first().map(String::as_str), Some("header Content-Type"));
        assert_eq!(resembling("ngnix").first().map(String::as_str), Some("server nginx"));
        assert_eq!(resembling("status 999"), ["statuses"]);
        assert_eq!(resembling("maskin key").first().map(String::as_str), Some("masking key"));
        assert!(resembling("99999").is_empty() && resembling("").is_empty());
    }
}
