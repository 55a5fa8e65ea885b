//! Layer 5: the conversation. How it opens tells which protocol is spoken.
//!
//! The internet's protocols have no session header: a connection's life (opened, reused, upgraded, closed by whom) is read
//! out of TCP's flags and HTTP's fields. This module knows what a stream's first bytes say.

/// What a stream's first bytes say it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A TLS record (RFC 8446 §5.1).
    Tls,
    /// HTTP/2's connection preface (RFC 9113 §3.4).
    Http2,
    /// Another protocol that names itself.
    Named(&'static str),
    /// HTTP/1.x, or nothing known.
    Other,
}

/// The first bytes by which a protocol names itself; where it is the server that speaks first, or either.
const GREETINGS: [(&[u8], &str); 6] = [
    (b"SSH-", "SSH"),
    (b"220 ", "SMTP or FTP"),
    (b"+OK", "POP3"),
    (b"* OK", "IMAP"),
    (b"\x13BitTorrent protocol", "BitTorrent"),
    (b"*1\r\n$4\r\nPING", "Redis"),
];

/// Looks at the first bytes of a stream.
#[must_use]
pub fn opening(bytes: &[u8], from_client: bool) -> Opening {
    match bytes {
        // Handshake, alert, application data or change of cipher, of a version from SSL 3.0 to TLS 1.3.
        [0x14..=0x17, 3, 0..=4, ..] => Opening::Tls,
        _ if from_client && bytes.starts_with(b"PRI * HTTP/2.0\r\n") => Opening::Http2,
        _ => match GREETINGS.iter().find(|(greeting, _)| bytes.starts_with(greeting)) {
            Some((_, name)) => Opening::Named(name),
            None => Opening::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_named_by_their_first_bytes() {
        assert_eq!(opening(b"\x16\x03\x01\x02\x00\x01", true), Opening::Tls);
        assert_eq!(opening(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", true), Opening::Http2);
        assert_eq!(opening(b"SSH-2.0-OpenSSH", false), Opening::Named("SSH"));
        assert_eq!(opening(b"GET / HTTP/1.1\r\n", true), Opening::Other);
        assert_eq!(opening(b"", true), Opening::Other);
    }
}
