//! Which pages may use the server (RFC 6454, RFC 6455 §10.2).
//!
//! A browser lets any page on the web open a WebSocket to 127.0.0.1 and send it many kinds of requests. `Origin` says whose page it
//! is. Pages from this machine may use the server, whatever port they come from, because a learner's own do: those of localhost, or
//! of a loopback address. So may pages of the host that the request is for, which is this server (`host` makes sure of that). Others
//! can be allowed by name. That includes "null", which is what a file says, but also any frame that another page has locked up.
//! Programs that aren't browsers send no Origin, and may use the server.

use std::net::IpAddr;

use hyper::Uri;
use hyper::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

/// Whose page a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// No page of another origin: a program, a page that navigates, a page of this very server.
    Nobody,
    /// A page that may, of this origin.
    Allowed(HeaderValue),
    /// A page that may not.
    Foreign,
}

impl Asker {
    pub(super) fn of(request: &HeaderMap, allowed: &[String]) -> Self {
        let Some(origin) = request.get(ORIGIN) else { return Self::Nobody };
        let text = origin.to_str().unwrap_or_default();
        if !allowed.iter().any(|one| one == text) && !is_near(text, request) {
            Self::Foreign
        } else if text.strip_prefix("http://").is_some_and(|own| is_asked(request, own)) {
            Self::Nobody
        } else {
            Self::Allowed(origin.clone())
        }
    }
}

fn is_asked(request: &HeaderMap, authority: &str) -> bool {
    request.get(HOST).is_some_and(|host| host == authority)
}

fn is_near(origin: &str, request: &HeaderMap) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    let (Some(_), Some(host)) = (origin.scheme(), origin.host()) else { return false };
    let is_here = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    is_here || origin.authority().is_some_and(|own| is_asked(request, own.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(origin: &str, host: &str) -> Asker {
        let field = |value| HeaderValue::from_str(value).unwrap();
        let request = HeaderMap::from_iter([(ORIGIN, field(origin)), (HOST, field(host))]);
        Asker::of(&request, &["http://lab.example:3000".to_owned()])
    }

    #[test]
    fn pages_of_this_machine_and_those_that_were_named_may() {
        for origin in [
            "http://localhost:5173",
            "https://app.localhost",
            "http://127.0.0.1:8101",
            "http://[::1]:80",
            "https://192.168.1.7:8101",
            "http://lab.example:3000",
        ] {
            assert_eq!(asker(origin, "192.168.1.7:8101"), Asker::Allowed(HeaderValue::from_str(origin).unwrap()));
        }
        for own in ["192.168.1.7:8101", "lab.example:8101"] {
            assert_eq!(asker(&format!("http://{own}"), own), Asker::Nobody);
        }
        assert_eq!(Asker::of(&HeaderMap::new(), &[]), Asker::Nobody);
    }

    #[test]
    fn pages_of_elsewhere_may_not() {
        for origin in ["https://evil.example", "http://192.168.1.8:8101", "localhost", "null", "", "é"] {
            let asked = "localhost:8101";
            let origin = HeaderValue::from_bytes(origin.as_bytes()).unwrap();
            let request = HeaderMap::from_iter([(ORIGIN, origin), (HOST, HeaderValue::from_static(asked))]);
            assert_eq!(Asker::of(&request, &[]), Asker::Foreign);
        }
        assert_eq!(asker("http://localhost.evil.example", "x"), Asker::Foreign);
    }
}
