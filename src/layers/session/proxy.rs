//! The PROXY protocol: a header by which a proxy tells the server, before anything else, who its client is.
//!
//! Owns where the header ends; what follows it isn't its subject.

use memchr::memchr;

use super::Fit;

const VERSION_1: &[u8] = b"PROXY ";
const VERSION_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// The longest header of version 1, its line end included (PROXY protocol §2.1).
const MAX_LINE: usize = 107;

/// Whether a client's first bytes begin such a header. `Yes` once its length is known.
pub(super) fn begins(bytes: &[u8]) -> Fit {
    match (Fit::prefix(bytes, VERSION_1), Fit::prefix(bytes, VERSION_2)) {
        (Fit::No, Fit::No) => Fit::No,
        (Fit::SoFar, _) | (_, Fit::SoFar) => Fit::SoFar,
        _ => match length(bytes) {
            Some(0) => Fit::No,
            Some(_) => Fit::Yes,
            None => Fit::SoFar,
        },
    }
}

/// How many bytes the header has that `bytes` begin with; 0 if they begin with none, `None` if they end too early to tell.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(VERSION_2) {
        let [command, _, high, low] = *bytes.get(VERSION_2.len()..VERSION_2.len() + 4)? else { return Some(0) };
        let rest = usize::from(u16::from_be_bytes([high, low]));
        // The upper half of the command's byte is the version.
        return Some(if command >> 4 == 2 { VERSION_2.len() + 4 + rest } else { 0 });
    }
    if !bytes.starts_with(VERSION_1) {
        return Some(0);
    }
    let Some(end) = memchr(b'\n', &bytes[..bytes.len().min(MAX_LINE)]) else {
        return (bytes.len() >= MAX_LINE).then_some(0);
    };
    let family = &bytes[VERSION_1.len()..end];
    let known = [&b"TCP4 "[..], b"TCP6 ", b"UNKNOWN"].iter().any(|name| family.starts_with(name));
    Some(if known && family.ends_with(b"\r") { end + 1 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_where_its_line_or_its_length_says() {
        let line = b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 80\r\n";
        assert_eq!(length(&[line, &b"GET /"[..]].concat()), Some(line.len()));
        assert_eq!(length(b"PROXY UNKNOWN\r\n"), Some(15));
        let binary = [VERSION_2, &[0x21, 0x11, 0, 12], &[7; 12]].concat();
        assert_eq!(length(&[&binary[..], b"GET /"].concat()), Some(28));
        assert_eq!(length(&binary[..20]), Some(28));
    }

    #[test]
    fn a_cut_header_is_waited_for_and_another_line_is_none() {
        let line = b"PROXY TCP6 ::1 ::1 1 2\r\n";
        assert!((1..line.len()).all(|cut| begins(&line[..cut]) == Fit::SoFar));
        assert_eq!(begins(line), Fit::Yes);
        for other in [&b"PROXY / HTTP/1.1\r\n"[..], b"PROXY TCP4 1 2\n", b"POST / HTTP/1.1\r\n"] {
            assert_eq!(begins(other), Fit::No);
        }
        assert_eq!(begins(&[VERSION_1, &[b'x'; 120]].concat()), Fit::No);
        assert_eq!(begins(&[VERSION_2, &[0x11, 0x11, 0, 12]].concat()), Fit::No);
    }
}
