//! Layer 5: the conversation. How it opens tells which protocol is spoken.
//!
//! The internet's protocols have no session header. A connection's life (opened, reused, upgraded, and who closed it)
//! is derived from TCP's flags and HTTP's fields. This module knows what a stream's first bytes say, and what may come
//! before the actual protocol. It knows nothing about packets and exchanges.

mod cursor;
mod greeting;
mod prelude;
mod proxy;
mod socks;
pub mod tls;

use crate::layers::Direction;
pub use crate::limits::MAX_OPENING;
pub use prelude::Prelude;
pub use socks::{Progress, Socks};

/// HTTP/2's connection preface begins so (RFC 9113 §3.4); no request does, since PRI is reserved for it.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// What a stream's first bytes say it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Too few bytes to tell.
    Undecided,
    /// A TLS record (RFC 8446 §5.1), or a hello as SSL 2.0 framed it.
    Tls,
    /// HTTP/2's connection preface (RFC 9113 §3.4).
    Http2,
    /// A PROXY protocol header; what it introduces follows it.
    Proxy,
    /// What may be a SOCKS handshake.
    Socks,
    /// Another protocol that names itself.
    Named(&'static str),
    /// HTTP/1.x, or nothing known.
    Other,
}

/// How some bytes fit a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    /// As far as they go.
    SoFar,
    No,
}

impl Fit {
    /// How `bytes` fit, where they must begin with `text`.
    fn prefix(bytes: &[u8], text: &[u8]) -> Self {
        let length = bytes.len().min(text.len());
        match bytes[..length] == text[..length] {
            true if length == text.len() => Self::Yes,
            true => Self::SoFar,
            false => Self::No,
        }
    }

    /// What a check says that returns `None` where the bytes end too early.
    fn of(checked: Option<bool>) -> Self {
        match checked {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::SoFar,
        }
    }
}

/// Looks at all the bytes of a stream so far. `first` says whether their sender spoke before the other end did. After
/// [`MAX_OPENING`] bytes nothing is undecided.
#[must_use]
pub fn opening(bytes: &[u8], from: Direction, first: bool) -> Opening {
    let client = from == Direction::Client;
    let only = |condition: bool, fit: Fit| if condition { fit } else { Fit::No };
    let mut undecided = bytes.is_empty();
    let framed = [
        (Opening::Tls, tls::record(bytes)),
        (Opening::Tls, only(client, tls::ssl2_hello(bytes))),
        (Opening::Http2, only(client, Fit::prefix(bytes, HTTP2_PREFACE))),
        (Opening::Http2, only(!client, Fit::of(http2_settings(bytes)))),
        (Opening::Proxy, only(client, proxy::begins(bytes))),
        (Opening::Socks, only(client, socks::begins(bytes))),
    ];
    for (opening, fit) in framed {
        match fit {
            Fit::Yes => return opening,
            Fit::SoFar => undecided = true,
            Fit::No => {}
        }
    }
    match greeting::name(bytes, from, first) {
        (Some(name), _) => Opening::Named(name),
        (None, Fit::SoFar) => Opening::Undecided,
        (None, _) if undecided && bytes.len() < MAX_OPENING => Opening::Undecided,
        (None, _) => Opening::Other,
    }
}

/// Whether that is what [`opening`] calls a protocol that names itself.
#[must_use]
pub fn is_named(name: &str) -> bool {
    greeting::is_known(name)
}

/// Whether a server begins as HTTP/2 has it: with a SETTINGS frame on stream 0 (RFC 9113 §3.4, §6.5).
fn http2_settings(bytes: &[u8]) -> Option<bool> {
    let mut cursor = cursor::Cursor::new(bytes);
    let length = cursor.u24()?;
    // Each setting has 6 bytes; no server sends more than a handful of kinds.
    if length % 6 != 0 || length > 6 * 32 {
        return Some(false);
    }
    Some(cursor.take(6)? == [4, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn protocols_are_told_by_their_first_bytes() {
        assert_eq!(opening(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", Direction::Client, true), Opening::Tls);
        assert_eq!(opening(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Direction::Client, true), Opening::Http2);
        assert_eq!(opening(b"PRI * HTTP/2.0\r\n", Direction::Server, true), Opening::Other);
        assert_eq!(opening(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", Direction::Server, true), Opening::Http2);
        assert_eq!(opening(b"PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n", Direction::Client, true), Opening::Proxy);
        assert_eq!(opening(b"\x05\x01\x00", Direction::Client, true), Opening::Socks);
        assert_eq!(opening(b"SSH-2.0-OpenSSH", Direction::Server, true), Opening::Named("SSH"));
        assert_eq!(opening(b"GET / HTTP/1.1\r\n", Direction::Client, true), Opening::Other);
        assert_eq!(opening(b"HTTP/1.1 200 OK\r\n", Direction::Server, false), Opening::Other);
        assert_eq!(opening(b"", Direction::Client, true), Opening::Undecided);
    }

    #[test]
    fn a_preface_that_is_cut_is_waited_for() {
        for length in 0..HTTP2_PREFACE.len() {
            assert_eq!(opening(&HTTP2_PREFACE[..length], Direction::Client, true), Opening::Undecided, "{length}");
        }
    }

    proptest! {
        #[test]
        fn enough_bytes_always_decide(bytes in prop::collection::vec(any::<u8>(), MAX_OPENING..MAX_OPENING + 9)) {
            for (from, first) in [(Direction::Client, true), (Direction::Server, true), (Direction::Server, false)] {
                prop_assert_ne!(opening(&bytes, from, first), Opening::Undecided);
            }
        }
    }
}
