//! Where to connect to, as people write it: `http://HOST[:PORT][/PATH][?QUERY]`, or `ws://` (RFC 9110 §4.2, RFC 6455 §3).

use std::fmt;

use hyper::Uri;
use thiserror::Error;

/// What is to be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP/1.1.
    Http,
    /// WebSocket, version 13.
    WebSocket,
}

/// A URL that can be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// What to speak.
    pub scheme: Scheme,
    /// A name or an address, without brackets.
    pub host: String,
    /// The port; 80, if the URL names none.
    pub port: u16,
    /// Path and query: what stands in the request line.
    pub target: String,
    /// Host and port as the URL writes them: what the Host field says.
    pub authority: String,
}

/// Why a URL is none to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// It asks for TLS.
    #[error(
        "{scheme}: wire101 speaks only plain HTTP and WebSocket, and doesn't speak TLS; if the server also answers without \
         it, write {plain}:"
    )]
    Tls {
        /// Its scheme.
        scheme: String,
        /// The same without TLS.
        plain: &'static str,
    },
    /// It has no scheme.
    #[error("{text:?} has no scheme; write http://{0} or ws://{0}", .text.escape_debug())]
    NoScheme {
        /// What there is.
        text: String,
    },
    /// It has another scheme.
    #[error("wire101 doesn't speak {}:, only http: and ws:", .scheme.escape_debug())]
    Scheme {
        /// Its scheme.
        scheme: String,
    },
    /// It has a user name.
    #[error("a user name doesn't belong in a URL (RFC 9110 §4.2.4); write --header 'Authorization: Basic …' instead")]
    User,
    /// It is no URL.
    #[error("{text:?} is not a URL: {why}")]
    Wrong {
        /// What there is.
        text: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Url {
    /// Reads a URL. A fragment is left out: it is never sent.
    ///
    /// # Errors
    ///
    /// If it is none to connect to.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let wrong = |why: &str| UrlError::Wrong { text: text.to_owned(), why: why.to_owned() };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(UrlError::NoScheme { text: text.to_owned() });
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "ws" => Scheme::WebSocket,
            "https" => return Err(UrlError::Tls { scheme: scheme.to_owned(), plain: "http" }),
            "wss" => return Err(UrlError::Tls { scheme: scheme.to_owned(), plain: "ws" }),
            _ => return Err(UrlError::Scheme { scheme: scheme.to_owned() }),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let uri: Uri = format!("http://{rest}").parse().map_err(|error| wrong(&format!("{error}")))?;
        let authority = uri.authority().ok_or_else(|| wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(UrlError::User);
        }
        let host = authority.host().trim_matches(['[', ']']);
        let after_host = &authority.as_str()[authority.host().len()..];
        let port = match (after_host, authority.port_u16()) {
            ("" | ":", _) => 80,
            (_, Some(port)) if port > 0 => port,
            _ => return Err(wrong("a port is a number from 1 to 65535")),
        };
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        // "?a=b" without a path is of the path "/" (RFC 9112 §3.2.1).
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let authority = authority.as_str().trim_end_matches(':').to_owned();
        Ok(Self { scheme, host: host.to_owned(), port, target, authority })
    }
}

/// As it can be written.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.scheme == Scheme::Http { "http" } else { "ws" };
        write!(f, "{scheme}://{}{}", self.authority, self.target)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_says_what_to_speak_with_whom_about_what() {
        let parts = |text| {
            let Url { scheme, host, port, target, authority } = Url::parse(text).unwrap();
            (scheme, host, port, target, authority)
        };
        let of = |scheme, host: &str, port, target: &str, authority: &str| {
            (scheme, host.to_owned(), port, target.to_owned(), authority.to_owned())
        };
        assert_eq!(parts("http://localhost"), of(Scheme::Http, "localhost", 80, "/", "localhost"));
        assert_eq!(parts("WS://[::1]:8101/echo#x"), of(Scheme::WebSocket, "::1", 8101, "/echo", "[::1]:8101"));
        assert_eq!(parts("http://a.example?b=c"), of(Scheme::Http, "a.example", 80, "/?b=c", "a.example"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text| Url::parse(text).unwrap_err().to_string();
        assert!(wrong("localhost:8101/echo").contains("write http://localhost:8101/echo or ws://localhost:8101/echo"));
        assert!(
            wrong("wss://a.example").contains("doesn't speak TLS") && wrong("wss://a.example").ends_with("write ws:")
        );
        assert!(wrong("https://a.example").ends_with("write http:"));
        assert!(wrong("ftp://a.example").contains("only http: and ws:"));
        assert!(wrong("http://ada:secret@a.example").contains("Authorization"));
        assert!(wrong("http://a.example:99999").contains("65535") || wrong("http://a.example:99999").contains("port"));
        for none in ["http://", "http:///path", "http://:80/", "http://a b/", "http://a.example:0/"] {
            assert!(matches!(Url::parse(none), Err(UrlError::Wrong { .. })), "{none}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_refused(text: String, host in "[a-z.:\\[\\]@0-9]{0,12}") {
            let _ = Url::parse(&text);
            if let Ok(url) = Url::parse(&format!("http://{host}/{text}")) {
                prop_assert!(!url.host.is_empty() && url.port > 0 && url.target.starts_with('/'));
                prop_assert_eq!(Url::parse(&url.to_string()), Ok(url));
            }
        }

        #[test]
        fn what_is_a_url_is_read_and_written_the_same(host in "[a-z][a-z0-9-]{0,9}", port in 1_u16.., path in "[a-z0-9/?&=.%-]{0,20}") {
            let url = Url::parse(&format!("ws://{host}:{port}/{path}")).unwrap();
            prop_assert_eq!((&url.host, url.port, &url.target), (&host, port, &format!("/{path}")));
            prop_assert_eq!(Url::parse(&url.to_string()), Ok(url));
        }
    }
}
