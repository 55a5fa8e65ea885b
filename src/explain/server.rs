//! Programs that answer HTTP, and what tells which of them does: the Server field (RFC 9110 §10.2.4), other fields, the
//! form of `ETag`. All of it can be hidden or faked.

use std::sync::LazyLock;

use super::table;

pub(super) const DATA: &str = include_str!("data/servers.tsv");

static TABLE: LazyLock<Vec<Server>> = LazyLock::new(|| table::load(DATA, Server::parse));

/// A program that answers HTTP, and its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A short name for it, in small letters: "nginx".
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What else it is called, in small letters.
    pub other_names: Vec<&'static str>,
    /// Its Server field, with a version as an example; or that it has none.
    pub field: &'static str,
    /// Other fields, cookies and bodies that give it away.
    pub marks: &'static str,
    /// The form of its `ETag`s.
    pub etag: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

impl Server {
    fn parse([key, name, others, field, marks, etag, meaning]: [&'static str; 7]) -> Option<Self> {
        let other_names = if others == "-" { Vec::new() } else { others.split(", ").collect() };
        (!key.is_empty()).then_some(Self { key, name, other_names, field, marks, etag, meaning })
    }
}

/// All servers, in no particular order.
#[must_use]
pub fn servers() -> &'static [Server] {
    &TABLE
}
