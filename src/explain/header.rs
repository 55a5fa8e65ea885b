//! Field names people meet, registered (IANA, Hypertext Transfer Protocol (HTTP) Field Name Registry) or not.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::table;

pub(super) const DATA: &str = include_str!("data/headers.tsv");

static TABLE: LazyLock<Vec<Header>> = LazyLock::new(|| table::load(DATA, Header::parse));

/// A field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name, as its specification writes it.
    pub name: &'static str,
    /// Who sends it.
    pub sent_in: SentIn,
    /// What defines it; "no standard" where nothing does.
    pub clause: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

/// The kind of message that a field belongs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SentIn {
    /// Clients send it.
    Requests,
    /// Servers send it.
    Responses,
    /// Either side does.
    Both,
}

impl Header {
    fn parse([name, sent_in, clause, meaning]: [&'static str; 4]) -> Option<Self> {
        let sent_in = match sent_in {
            "request" => SentIn::Requests,
            "response" => SentIn::Responses,
            "both" => SentIn::Both,
            _ => return None,
        };
        Some(Self { name, sent_in, clause, meaning })
    }
}

/// The field of that name, case aside (RFC 9110 §5.1).
#[must_use]
pub fn header(name: &str) -> Option<&'static Header> {
    let at = TABLE.binary_search_by(|header| order(header.name, name)).ok()?;
    TABLE.get(at)
}

/// All fields, in alphabetical order.
#[must_use]
pub fn headers() -> &'static [Header] {
    &TABLE
}

pub(super) fn order(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}
