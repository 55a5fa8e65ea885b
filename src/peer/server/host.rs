//! Which server a request is for (RFC 9112 §3.2).
//!
//! A page on the web can make its own name lead to 127.0.0.1 (DNS rebinding). To the browser, the page then asks its own server, so
//! it may read the answer. Origin doesn't give it away, but Host does. An address can't be made to lead elsewhere, and nobody else
//! can have localhost. So the server answers to these, and to the names that it's told.

use std::net::IpAddr;

use hyper::header::{HOST, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Request, Version};

/// Why a request isn't answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misdirected {
    /// It doesn't say whom it is for, or not clearly.
    Unsaid(&'static str),
    /// It is for this host.
    Elsewhere(String),
}

/// Whether a request is for the server that it reached at the address `local`, and that goes by `names`.
pub(super) fn check<B>(request: &Request<B>, local: IpAddr, names: &[String]) -> Result<(), Misdirected> {
    let mut fields = request.headers().get_all(HOST).iter();
    let host = match (fields.next(), fields.next()) {
        (Some(host), None) => {
            let host = HeaderValue::to_str(host).ok().and_then(|host| host.parse::<Authority>().ok());
            let host = host.filter(|host| !host.as_str().contains('@'));
            Some(host.ok_or(Misdirected::Unsaid("Host must be a name or an address, and a port if it isn't 80."))?)
        }
        (Some(_), Some(_)) => return Err(Misdirected::Unsaid("There must be one Host, not several.")),
        (None, _) if request.version() >= Version::HTTP_11 => {
            return Err(Misdirected::Unsaid("HTTP/1.1 requires Host, which says which server the request is for."));
        }
        (None, _) => None,
    };
    // A target that names a host overrides the field (RFC 9112 §3.2.2). Who speaks HTTP/1.0 without either is no browser.
    match request.uri().authority().or(host.as_ref()).map(Authority::host) {
        Some(host) if !is_own(host, local, names) => Err(Misdirected::Elsewhere(host.to_owned())),
        _ => Ok(()),
    }
}

fn is_own(host: &str, local: IpAddr, names: &[String]) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address.to_canonical() == local.to_canonical(),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || names.contains(&host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(version: Version, target: &str, hosts: &[&str]) -> Result<(), Misdirected> {
        let request = Request::builder().version(version).uri(target);
        let request = hosts.iter().fold(request, |request, host| request.header(HOST, *host)).body(()).unwrap();
        check(&request, "192.168.1.7".parse().unwrap(), &["lab.example".to_owned()])
    }

    #[test]
    fn its_addresses_and_names_are_its_own() {
        for host in [
            "localhost",
            "LOCALHOST:8101",
            "app.localhost:1",
            "127.0.0.1:8101",
            "[::1]:8101",
            "192.168.1.7",
            "[::ffff:192.168.1.7]",
            "lab.example:80",
        ] {
            assert_eq!(checked(Version::HTTP_11, "/", &[host]), Ok(()), "{host}");
        }
        assert_eq!(checked(Version::HTTP_10, "/", &[]), Ok(()));
    }

    #[test]
    fn another_name_is_not_even_where_the_target_hides_it() {
        for host in ["evil.example:8101", "192.168.1.8", "localhost.evil.example", "127.0.0.1.evil.example", "lab"] {
            assert!(matches!(checked(Version::HTTP_11, "/", &[host]), Err(Misdirected::Elsewhere(_))), "{host}");
            let target = format!("http://{host}/");
            assert!(matches!(checked(Version::HTTP_10, &target, &["localhost"]), Err(Misdirected::Elsewhere(_))));
        }
        assert_eq!(checked(Version::HTTP_11, "http://localhost/", &["evil.example"]), Ok(()));
    }

    #[test]
    fn who_does_not_say_whom_it_is_for_is_told_so() {
        for hosts in [&[][..], &["localhost", "localhost"], &["a b"], &[""], &["ada@localhost"], &["http://localhost"]]
        {
            assert!(matches!(checked(Version::HTTP_11, "/", hosts), Err(Misdirected::Unsaid(_))), "{hosts:?}");
        }
    }
}
