//! Request methods (IANA, Hypertext Transfer Protocol (HTTP) Method Registry).

use std::sync::LazyLock;

use super::table;

pub(super) const DATA: &str = include_str!("data/methods.tsv");

static TABLE: LazyLock<Vec<Method>> = LazyLock::new(|| table::load(DATA, Method::parse));

/// A registered request method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name, case and all.
    pub name: &'static str,
    /// Whether it asks for nothing to be changed (RFC 9110 §9.2.1).
    pub safe: bool,
    /// Whether doing it twice has the effect of doing it once (RFC 9110 §9.2.2).
    pub idempotent: bool,
    /// What defines it.
    pub clause: &'static str,
    /// What it asks for.
    pub meaning: &'static str,
}

impl Method {
    fn parse([name, safe, idempotent, clause, meaning]: [&'static str; 5]) -> Option<Self> {
        Some(Self { name, safe: yes_or_no(safe)?, idempotent: yes_or_no(idempotent)?, clause, meaning })
    }
}

pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The registered method of exactly that name: methods are case-sensitive (RFC 9110 §9.1).
#[must_use]
pub fn method(name: &str) -> Option<&'static Method> {
    let at = TABLE.binary_search_by(|method| method.name.cmp(name)).ok()?;
    TABLE.get(at)
}

/// All registered methods, in the order of their bytes.
#[must_use]
pub fn methods() -> &'static [Method] {
    &TABLE
}
