//! What the site has, by path.

use hyper::Method;
use hyper::header::HeaderValue;

/// Something that the site has.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Its path; what stands in braces can be chosen.
    pub path: &'static str,
    /// What can be done with it, besides HEAD and OPTIONS.
    pub methods: &'static [Method],
    /// What it is.
    pub what: &'static str,
    pub(super) is: Resource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Page,
    Notes,
    Note,
    Login,
    Me,
    Chunked,
    Events,
    Slow,
    Status,
    Echo,
    Chat,
}

/// All that the site has.
#[rustfmt::skip]
pub const OFFERS: [Offer; 11] = [
    Offer { is: Resource::Page, path: "/", methods: &[Method::GET], what: "a page that uses all of this" },
    Offer { is: Resource::Notes, path: "/api/notes", methods: &[Method::GET, Method::POST], what: "notes, as JSON: {\"text\": \"Buy milk\"}" },
    Offer { is: Resource::Note, path: "/api/notes/{id}", methods: &[Method::GET, Method::PUT, Method::DELETE], what: "one of them" },
    Offer { is: Resource::Login, path: "/login", methods: &[Method::POST, Method::DELETE], what: "sets a cookie: {\"name\": \"Ada\"}; forgets it" },
    Offer { is: Resource::Me, path: "/me", methods: &[Method::GET], what: "who you are, by that cookie" },
    Offer { is: Resource::Chunked, path: "/chunked", methods: &[Method::GET], what: "a body in chunks, with a trailer for whoever asks" },
    Offer { is: Resource::Events, path: "/events", methods: &[Method::GET], what: "server-sent events, one a second; ?count=3" },
    Offer { is: Resource::Slow, path: "/slow", methods: &[Method::GET], what: "an answer after 2 s; ?ms=500" },
    Offer { is: Resource::Status, path: "/status/{code}", methods: &[Method::GET, Method::POST, Method::PUT, Method::DELETE], what: "any status from 200 to 599" },
    Offer { is: Resource::Echo, path: "/echo", methods: &[Method::GET], what: "WebSocket: every message comes back" },
    Offer { is: Resource::Chat, path: "/chat", methods: &[Method::GET], what: "WebSocket: everybody hears everybody; ?name=Ada, subprotocol chat" },
];

impl Offer {
    /// Whether it is spoken to by WebSocket.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        matches!(self.is, Resource::Echo | Resource::Chat)
    }

    /// What is at a path, and what was chosen.
    pub(super) fn at(path: &str) -> Option<(&'static Self, &str)> {
        let exact = OFFERS.iter().find(|offer| offer.path == path).map(|offer| (offer, ""));
        exact.or_else(|| {
            OFFERS.iter().find_map(|offer| {
                let (start, _) = offer.path.split_once('{')?;
                Some((offer, path.strip_prefix(start).filter(|rest| !rest.contains('/'))?))
            })
        })
    }

    pub(super) fn allow(&self) -> HeaderValue {
        let mut names: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        if self.methods.contains(&Method::GET) {
            names.insert(1, "HEAD");
        }
        names.push("OPTIONS");
        HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("GET"))
    }

    pub(super) fn takes(&self, method: &Method) -> bool {
        self.methods.contains(method) || *method == Method::HEAD && self.methods.contains(&Method::GET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_what_it_names() {
        let at = |path| Offer::at(path).map(|(offer, chosen)| (offer.path, chosen));
        assert_eq!(at("/"), Some(("/", "")));
        assert_eq!(at("/api/notes"), Some(("/api/notes", "")));
        assert_eq!(at("/api/notes/7"), Some(("/api/notes/{id}", "7")));
        assert_eq!(at("/status/404"), Some(("/status/{code}", "404")));
        for nothing in ["", "*", "/api", "/api/notes/7/8", "/echo/", "//", "/status"] {
            assert_eq!(at(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_can_be_read_can_be_asked_for_its_head() {
        for offer in &OFFERS {
            assert_eq!(offer.takes(&Method::HEAD), offer.takes(&Method::GET), "{}", offer.path);
            assert!(offer.allow().to_str().is_ok_and(|allow| allow.ends_with(", OPTIONS")));
        }
        let (notes, _) = Offer::at("/api/notes").unwrap();
        assert_eq!(notes.allow(), "GET, HEAD, POST, OPTIONS");
    }
}
