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

/// The server that a field tells of: `Server`, or `X-Powered-By`. Of several that fit, the one that fits best.
#[must_use]
pub fn server_telling(name: &str, value: &str) -> Option<&'static Server> {
    if name.eq_ignore_ascii_case("X-Powered-By") {
        let product = products(value).next()?;
        return TABLE.iter().find(|server| {
            let powered = server.marks.split("X-Powered-By: ").nth(1);
            powered
                .and_then(|powered| products(powered).next())
                .is_some_and(|powered| powered.eq_ignore_ascii_case(product))
        });
    }
    let said: Vec<&str> = products(value).collect();
    let fits = |server: &&Server| {
        let Some((_, example)) = server.field.split_once(": ") else { return false };
        let mut named = products(example).peekable();
        named.peek().is_some() && named.all(|product| said.iter().any(|said| said.eq_ignore_ascii_case(product)))
    };
    let count = |server: &&Server| server.field.split_once(": ").map_or(0, |(_, example)| products(example).count());
    TABLE.iter().filter(fits).max_by_key(count)
}

/// The products that a field names (RFC 9110 §10.1.5): the first word, and each word with a version.
fn products(value: &str) -> impl Iterator<Item = &str> {
    let words = value.split([' ', ',', ';']).enumerate();
    words
        .filter(|(at, word)| *at == 0 || word.contains('/'))
        .map(|(_, word)| word.split(['/', '(']).next().unwrap_or_default())
        .filter(|product| !product.is_empty())
}
