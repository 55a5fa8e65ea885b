//! Which program answers HTTP, by what it says about itself: the Server field (RFC 9110 §10.2.4), or X-Powered-By. Either can
//! be hidden or faked.

use super::entry::Entry;
use super::kind::Kind;

/// The server that a field names: `Server`, or `X-Powered-By`. If several fit, the one that fits best.
#[must_use]
pub fn server_telling(name: &str, value: &str) -> Option<&'static Entry> {
    let servers = Kind::Server.entries().iter();
    if name.eq_ignore_ascii_case("X-Powered-By") {
        let product = products(value).next()?;
        return { servers }.find(|server| {
            let powered = server.detail("Also").and_then(|marks| marks.split("X-Powered-By: ").nth(1));
            powered
                .and_then(|powered| products(powered).next())
                .is_some_and(|powered| powered.eq_ignore_ascii_case(product))
        });
    }
    let said: Vec<&str> = products(value).collect();
    let example = |server: &&'static Entry| {
        let (_, example) = server.detail("Server")?.split_once(": ")?;
        Some(products(example).collect::<Vec<_>>())
    };
    let fits = |(products, _): &(Vec<&str>, _)| {
        !products.is_empty()
            && products.iter().all(|product| said.iter().any(|said| said.eq_ignore_ascii_case(product)))
    };
    let named = servers.filter_map(|server| Some((example(&server)?, server)));
    named.filter(fits).max_by_key(|(products, _)| products.len()).map(|(_, server)| server)
}

/// The products that a field names (RFC 9110 §10.1.5): the first word, and each word with a version.
fn products(value: &str) -> impl Iterator<Item = &str> {
    let words = value.split([' ', ',', ';']).enumerate();
    words
        .filter(|(at, word)| *at == 0 || word.contains('/'))
        .map(|(_, word)| word.split(['/', '(']).next().unwrap_or_default())
        .filter(|product| !product.is_empty())
}
