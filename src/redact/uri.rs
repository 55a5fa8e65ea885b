//! How much of a URI may be shown: its shape, a host that reads like one, and the plain words and short numbers in its path.

use memchr::memmem;

use super::blank::blank;

/// Schemes that say no more than how the rest is reached.
const SCHEMES: [&str; 5] = ["http", "https", "ws", "wss", "ftp"];

/// Endings of file names.
const ENDINGS: [&str; 21] = [
    "css", "gif", "html", "htm", "ico", "jpeg", "jpg", "js", "json", "map", "mjs", "pdf", "php", "png", "svg", "txt",
    "wasm", "webp", "woff", "woff2", "xml",
];

/// Names of parameters that are in wide use and say no more than what kind of value follows; sorted.
const PARAMETERS: [&str; 96] = [
    "EIO",
    "access_token",
    "action",
    "after",
    "api_key",
    "before",
    "callback",
    "category",
    "client_id",
    "code",
    "count",
    "cursor",
    "date",
    "debug",
    "depth",
    "dir",
    "expires",
    "fields",
    "filter",
    "format",
    "from",
    "grant_type",
    "group",
    "height",
    "id",
    "include",
    "index",
    "key",
    "keyword",
    "lang",
    "language",
    "last_id",
    "level",
    "limit",
    "locale",
    "max",
    "max_results",
    "min",
    "mode",
    "name",
    "next",
    "nonce",
    "offset",
    "order",
    "order_by",
    "page",
    "page_size",
    "page_token",
    "password",
    "path",
    "per_page",
    "q",
    "query",
    "redirect",
    "redirect_uri",
    "ref",
    "refresh_token",
    "response_type",
    "role",
    "scope",
    "search",
    "session",
    "sid",
    "sig",
    "signature",
    "since",
    "size",
    "skip",
    "sort",
    "sort_by",
    "source",
    "start",
    "start_date",
    "state",
    "status",
    "tag",
    "timestamp",
    "to",
    "token",
    "transport",
    "ts",
    "type",
    "until",
    "url",
    "user",
    "user_id",
    "username",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "v",
    "version",
    "view",
    "width",
];

/// The longest word and the longest number that stay.
const LONGEST_WORD: usize = 16;
const LONGEST_NUMBER: usize = 4;

/// Blanks a URI, in any of the forms that a request target or a `Location` may have.
pub(super) fn blank_uri(uri: &mut [u8]) {
    if uri == b"*" || uri == b"null" {
        return;
    }
    let end = uri.iter().position(|byte| b"?#".contains(byte)).unwrap_or(uri.len());
    let (hierarchy, query) = uri.split_at_mut(end);
    let authority_at = match memmem::find(hierarchy, b"://") {
        Some(at) if !hierarchy[..at].contains(&b'/') => {
            let scheme = &mut hierarchy[..at];
            if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes())) {
                blank(scheme);
            }
            Some(at + 3)
        }
        _ if hierarchy.starts_with(b"//") => Some(2),
        _ => None,
    };
    let mut path_at = 0;
    if let Some(start) = authority_at {
        path_at =
            hierarchy[start..].iter().position(|byte| b"/\\".contains(byte)).map_or(hierarchy.len(), |at| start + at);
        authority(&mut hierarchy[start..path_at]);
    }
    path(&mut hierarchy[path_at..]);
    let end = query.iter().position(|byte| *byte == b'#').unwrap_or(query.len());
    let (query, fragment) = query.split_at_mut(end);
    blank_query(query);
    if let Some((_, fragment)) = fragment.split_first_mut() {
        blank(fragment);
    }
}

/// Blanks a host with a port: user information always, and names that don't read like names.
pub(super) fn authority(authority: &mut [u8]) {
    let host_at = authority.iter().rposition(|byte| *byte == b'@').map_or(0, |at| at + 1);
    blank(&mut authority[..host_at.saturating_sub(1)]);
    let host = &mut authority[host_at..];
    if host.starts_with(b"[") {
        // An IPv6 address, which says no more than the packet's own (RFC 3986 §3.2.2).
        let text = String::from_utf8_lossy(host);
        let (address, port) = text[1..].split_once(']').unwrap_or((&text[1..], "x"));
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| is_port(port.as_bytes()));
        if address.parse::<std::net::Ipv6Addr>().is_err() || !is_port {
            blank(host);
        }
        return;
    }
    let end = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
    let (name, port) = host.split_at_mut(end);
    for label in name.split_mut(|byte| *byte == b'.') {
        if !is_label(label) {
            blank(label);
        }
    }
    if let Some(port) = port.get_mut(1..)
        && !is_port(port)
    {
        blank(port);
    }
}

/// Blanks the segments of a path that are no plain words or short numbers, and all path parameters.
pub(super) fn path(path: &mut [u8]) {
    for segment in path.split_mut(|byte| *byte == b'/') {
        let parameters = segment.iter().position(|byte| *byte == b';').unwrap_or(segment.len());
        let (segment, parameters) = segment.split_at_mut(parameters);
        if !is_plain_segment(segment) {
            blank(segment);
        }
        for parameter in parameters.split_mut(|byte| b";=".contains(byte)) {
            blank(parameter);
        }
    }
}

/// `users`, `42`, `v2`, `index.html`, and nothing else.
fn is_plain_segment(segment: &[u8]) -> bool {
    let version = segment.strip_prefix(b"v").filter(|digits| (1..=2).contains(&digits.len()));
    let (name, ending) = match segment.iter().rposition(|byte| *byte == b'.') {
        Some(at) if at > 0 => (&segment[..at], Some(&segment[at + 1..])),
        _ => (segment, None),
    };
    segment.is_empty()
        || segment == b"."
        || segment == b".."
        || version.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        || ending.is_none_or(|ending| ENDINGS.iter().any(|known| known.as_bytes() == ending))
            && (is_word(name) || name.len() <= LONGEST_NUMBER && name.iter().all(u8::is_ascii_digit))
}

fn is_word(word: &[u8]) -> bool {
    (1..=LONGEST_WORD).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase)
}

/// A label of a host's name: words in one case with hyphens between them, a digit or three behind each.
fn is_label(label: &[u8]) -> bool {
    label.len() <= 40
        && label.split(|byte| *byte == b'-').all(|part| {
            let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let (letters, digits) = part.split_at(letters);
            let one_case = letters.iter().all(u8::is_ascii_lowercase) || letters.iter().all(u8::is_ascii_uppercase);
            one_case && letters.len() <= 20 && digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit)
        })
}

fn is_port(port: &[u8]) -> bool {
    port.len() <= 5 && port.iter().all(u8::is_ascii_digit)
}

/// Blanks a query. What separates parameters stays, and those of their names that are on the list.
fn blank_query(query: &mut [u8]) {
    let Some((_, query)) = query.split_first_mut() else { return };
    for parameter in query.split_mut(|byte| b"&;".contains(byte)) {
        let value = parameter.iter().position(|byte| *byte == b'=').unwrap_or(0);
        let (name, value) = parameter.split_at_mut(value);
        if PARAMETERS.binary_search_by(|known| known.as_bytes().cmp(name)).is_err() {
            blank(name);
        }
        let equals = usize::from(value.starts_with(b"="));
        blank(&mut value[equals..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_parameters_is_in_order_so_that_every_name_on_it_is_found() {
        assert!(PARAMETERS.is_sorted());
    }

    #[test]
    fn a_uri_keeps_its_host_its_path_and_the_names_in_its_query_that_everybody_has() {
        for (uri, blanked) in [
            ("/a?token=abc&x=&y#z", "/a?token=***&*=&*#*"),
            ("/a?hunter=2&page=2;limit=9&token", "/a?******=*&page=*;limit=*&*****"),
            ("https://me:pw@example.com/a@b?c", "https://*****@example.com/***?*"),
            ("https://a@b@example.com", "https://***@example.com"),
            ("/plain", "/plain"),
            ("*", "*"),
            ("/bot12345:TOKEN/send", "/**************/send"),
            ("/app;jsessionid=8F2A/x", "/app;**********=****/x"),
            ("/api/v2/users/42/index.html", "/api/v2/users/42/index.html"),
            ("/users/123456/Ada", "/users/******/***"),
            ("example.com:443", "***************"),
            ("//cdn.example.com:80x/x", "//cdn.example.com:***/x"),
            ("HTTPS://EXAMPLE.com:8443/", "HTTPS://EXAMPLE.com:8443/"),
            ("hunter://a/", "******://a/"),
            ("http://d111111abcdef8.cdn.example/", "http://**************.cdn.example/"),
            ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/"),
            ("http://[s3cret]/", "http://********/"),
            ("relative/path", "relative/path"),
        ] {
            let mut bytes = uri.as_bytes().to_vec();
            blank_uri(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), blanked);
        }
    }
}
