//! Finds an entry by whatever people call it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::entry::Entry;
use super::kind::Kind;
use super::nearest::nearest;
use super::table;
use super::words::{asked_about, in_company, loose, normal, number};

pub(super) const ALIASES: &str = include_str!("data/aliases.tsv");

/// Other words for a thing, each with the entry to ask for.
static OTHER_WORDS: LazyLock<Vec<(String, &'static str)>> =
    LazyLock::new(|| table::rows(ALIASES).map(|[word, asked]| (normal(word), asked)).collect());

/// Every entry with its names, written out once: there are many to compare with.
static NAMES: LazyLock<Vec<(&'static Entry, Vec<String>)>> =
    LazyLock::new(|| Entry::all().map(|entry| (entry, entry.names())).collect());

/// The same by name: one screen names about a hundred entries, and each has to be found.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Entry>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for (entry, names) in NAMES.iter() {
        for name in names {
            let entries = by_name.entry(name).or_default();
            if entries.last() != Some(entry) {
                entries.push(entry);
            }
        }
    }
    by_name
});

/// The same by name as [`loose`] writes it.
static BY_LOOSE_NAME: LazyLock<HashMap<String, Vec<&'static Entry>>> = LazyLock::new(|| {
    let mut by_name: HashMap<String, Vec<&Entry>> = HashMap::new();
    for (entry, names) in NAMES.iter() {
        for name in names {
            let entries = by_name.entry(loose(name)).or_default();
            if entries.last() != Some(entry) {
                entries.push(entry);
            }
        }
    }
    by_name.remove("");
    by_name
});

/// The kinds that some words ask for: "status codes"; several for "tcp", none for most words.
#[must_use]
pub fn kinds(words: &str) -> Vec<Kind> {
    let words = normal(words);
    Kind::ALL.into_iter().filter(|kind| kind.words().contains(&words.as_str())).collect()
}

/// The entries with that name, as [`normal`] writes it, or that number.
fn called(name: &str) -> Vec<&'static Entry> {
    let Some(number) = number(name) else { return BY_NAME.get(name).cloned().unwrap_or_default() };
    let is_called = |(entry, names): &&(&Entry, Vec<String>)| match &entry.numbers {
        Some(numbers) => numbers.contains(&number),
        None => names.iter().any(|one| one == name),
    };
    NAMES.iter().filter(is_called).map(|(entry, _)| *entry).collect()
}

/// What people also call by that name, as [`normal`] writes it.
fn also_called(name: &str) -> Vec<&'static Entry> {
    let meant = OTHER_WORDS.iter().filter(|(word, _)| word == name);
    meant.filter_map(|(_, asked)| find(asked).first().copied()).collect()
}

/// What some words may mean, the likeliest first: a name or number, perhaps with the kind before it.
#[must_use]
pub fn find(words: &str) -> Vec<&'static Entry> {
    let name = normal(words);
    let mut found = called(&name);
    // A name that's typed as the specification writes it comes first: LINK is the method, Link the field. Then comes what is
    // called so, before what is also called so; of these, what a lesson shows. What has no meaning yet only matters if nothing
    // else can be meant.
    found.sort_by_key(|entry| {
        let is_shown = entry.kind != Kind::Word || entry.detail("lesson").is_some();
        // A server may be called after what it serves: websockets.
        let is_server = entry.kind == Kind::Server;
        (!entry.is_assigned(), is_server, entry.name != words.trim(), normal(entry.name) != name, !is_shown)
    });
    let mut at = 0;
    found.retain(|entry| {
        at += 1;
        at == 1 || entry.is_assigned()
    });
    let mut more = also_called(&name);
    for kind in Kind::ALL {
        let before = kind.words().iter().filter_map(|word| name.strip_prefix(word)?.strip_prefix(' '));
        let after = kind.words().iter().filter_map(|word| name.strip_suffix(word)?.strip_suffix(' '));
        for name in before.chain(after) {
            more.extend([called(name), also_called(name)].concat().into_iter().filter(|entry| entry.kind == kind));
        }
    }
    if found.is_empty() && more.is_empty() && kinds(words).is_empty() {
        let about = asked_about(&name);
        more = if about == name { BY_LOOSE_NAME.get(&loose(&name)).cloned().unwrap_or_default() } else { find(about) };
        if more.is_empty() {
            let by_any_name = |name: &str| [called(name), also_called(name)].concat();
            more = in_company(about).map(by_any_name).find(|found| !found.is_empty()).unwrap_or_default();
        }
    }
    for entry in more {
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}

/// Whether something is called exactly so.
#[must_use]
pub fn is_name(words: &str) -> bool {
    BY_NAME.contains_key(normal(words).as_str())
}

/// What somebody may have meant whose words aren't the name of anything: what to type instead, the likeliest first, at most
/// three.
#[must_use]
pub fn resembling(words: &str) -> Vec<String> {
    let name = normal(words);
    // After a kind's word, only the name may be misspelt.
    let (of, alone) = match name.split_once(' ').map(|(kind, rest)| (kinds(kind), rest)) {
        Some((of, rest)) if !of.is_empty() => (of, rest),
        _ => (Kind::ALL.to_vec(), name.as_str()),
    };
    // Numbers that look alike have nothing to do with each other.
    if alone.bytes().all(|byte| byte.is_ascii_digit()) {
        let of = if of.len() < Kind::ALL.len() { of } else { Vec::new() };
        return of.iter().map(|kind| kind.plural().to_owned()).collect();
    }
    let entries = of.iter().flat_map(|kind| kind.entries()).filter(|entry| entry.is_assigned());
    let mut names: Vec<(String, String)> =
        entries.flat_map(|entry| entry.names().into_iter().map(|name| (name, entry.asked()))).collect();
    names.extend(OTHER_WORDS.iter().map(|(word, _)| (word.clone(), word.clone())));
    names.extend(Kind::ALL.map(|kind| (kind.plural().to_owned(), kind.plural().to_owned())));
    let mut meant: Vec<String> = Vec::new();
    for found in nearest(alone, names.iter().map(|(name, _)| name.as_str())) {
        if let Some((_, asked)) = names.iter().find(|(name, _)| name == found)
            && !meant.contains(asked)
        {
            meant.push(asked.clone());
        }
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_answered_with_what_was_meant() {
        assert_eq!(resembling("upgarde").first().map(String::as_str), Some("header Upgrade"));
        assert_eq!(resembling("header contnet-type").first().map(String::as_str), Some("header Content-Type"));
        assert_eq!(resembling("ngnix").first().map(String::as_str), Some("server nginx"));
        assert_eq!(resembling("status 999"), ["statuses"]);
        assert_eq!(resembling("maskin key").first().map(String::as_str), Some("word masking key"));
        assert!(resembling("99999").is_empty() && resembling("").is_empty());
    }
}
