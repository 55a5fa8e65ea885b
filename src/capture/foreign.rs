//! Files that are often taken for captures: what they are, and what to do with them.

use super::error::CaptureError;

/// How many bytes from a file's beginning are enough to recognise it.
pub(super) const ENOUGH: usize = 256;

const EDITCAP: &str = "convert it with `editcap -F pcapng IN OUT`, which comes with Wireshark";
const DECOMPRESS: &str = "decompress it first";

/// What files begin with, what they are, what to do about it.
const KNOWN: [(&[u8], &str, &str); 14] = [
    (b"snoop\0\0\0", "a snoop capture (RFC 1761)", EDITCAP),
    (b"btsnoop\0", "a Bluetooth snoop log", EDITCAP),
    (b"GMBU", "a Microsoft Network Monitor capture", EDITCAP),
    (b"RTSS", "a Microsoft Network Monitor capture", EDITCAP),
    (b"TRSNIFF data    \x1a", "a Sniffer capture", EDITCAP),
    (b"XCP\0", "a NetXRay capture", EDITCAP),
    (b"PK\x03\x04", "a zip archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip file", DECOMPRESS),
    (b"\x28\xb5\x2f\xfd", "a zstd file", DECOMPRESS),
    (b"\xfd7zXZ\0", "an xz file", DECOMPRESS),
    (b"BZh", "a bzip2 file", DECOMPRESS),
    (b"\x04\x22\x4d\x18", "an lz4 file", DECOMPRESS),
    (b"\x7fELF", "a program (ELF)", "name the capture, not the program that wrote it"),
    (b"%PDF-", "a PDF document", "name the capture itself"),
];

/// The error for a file that begins with `start` and is no capture.
pub(super) fn recognize(start: &[u8]) -> CaptureError {
    if start.is_empty() {
        return CaptureError::Empty;
    }
    let known = KNOWN.iter().find(|(magic, ..)| start.starts_with(magic)).map(|&(_, what, advice)| (what, advice));
    match known.or_else(|| text(start)).or_else(|| erf(start)) {
        Some((what, advice)) => CaptureError::Foreign { what, advice },
        None => CaptureError::Unrecognized { start: start[..start.len().min(4)].to_vec() },
    }
}

/// Kinds of text.
fn text(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..);
    if !start.iter().all(is_text) || start.iter().all(|byte| *byte >= 0x80) {
        return None;
    }
    let trimmed = start.trim_ascii_start();
    // A bracket alone may as well begin a line of a log, or a section of a configuration.
    let in_array = trimmed.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    if trimmed.starts_with(b"{") || in_array.is_some_and(|first| first.starts_with(b"{")) {
        return Some((
            "a JSON file (a HAR archive, perhaps)",
            "it has no packets in it, and none can be made from it: capture them with `tcpdump -w OUT.pcap` or Wireshark",
        ));
    }
    let line = trimmed.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let is_offset = |word: &[u8]| {
        let digits = word.strip_suffix(b":").unwrap_or(word);
        digits.len() >= 4 && digits.iter().all(|digit| *digit == b'0')
    };
    if words.next().is_some_and(is_offset) && words.next().is_some_and(|word| word.iter().all(u8::is_ascii_hexdigit)) {
        return Some(("a hex dump", "convert it with `text2pcap IN OUT`, which comes with Wireshark"));
    }
    Some(("a text file", "if it is what tcpdump printed, have it write the packets with `tcpdump -w OUT.pcap` instead"))
}

/// Endace's extensible record format has no magic number: a record whose fields are all plausible has to do.
fn erf(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let header = start.first_chunk::<16>()?;
    let seconds = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    let kind = header[8] & 0x7f;
    let record_length = u16::from_be_bytes([header[10], header[11]]);
    let wire_length = u16::from_be_bytes([header[14], header[15]]);
    // 2000 to 2050; record types 1 to 31; a record has its header and rarely much more than was on the wire.
    let plausible = (946_684_800..2_524_608_000).contains(&seconds)
        && (1..=31).contains(&kind)
        && record_length >= 16
        && (1..=u32::from(record_length) + 65_535).contains(&u32::from(wire_length))
        && u32::from(record_length) <= u32::from(wire_length) + 64;
    plausible.then_some(("probably an ERF capture (Endace)", EDITCAP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(start: &[u8]) -> String {
        recognize(start).to_string()
    }

    #[test]
    fn every_known_file_is_named_and_advised_upon() {
        for (magic, name, advice) in KNOWN {
            let text = what(&[magic, b"\0\0and more"].concat());
            assert!(text.contains(name) && text.contains(advice) && !text.contains('\n'), "{text}");
        }
    }

    #[test]
    fn texts_are_told_apart() {
        assert!(what(b"{\"log\": {\"version\": \"1.2\"").contains("JSON"));
        assert!(what(b"\xef\xbb\xbf\r\n  [ {}]").contains("JSON"));
        assert!(what(b"0000  45 00 00 3c 1c 46").contains("text2pcap"));
        assert!(what(b"00000000: 4500 003c 1c46 4000  E..<.F@.\n").contains("text2pcap"));
        assert!(what(b"12:00:00.000000 IP 10.0.0.1.80 > ").contains("tcpdump -w"));
        assert!(what(b"GET / HTTP/1.1\r\n").contains("a text file"));
        assert!(what(b"[package]\n").contains("a text file"));
    }

    #[test]
    fn an_erf_record_is_recognised_by_its_fields() {
        let record = [0, 0, 0, 0x80, 0x10, 0x5e, 0x5f, 0x60, 2, 4, 0, 0x54, 0, 0, 0, 0x40];
        assert!(what(&record).contains("ERF"));
    }

    #[test]
    fn anything_else_is_shown_by_its_first_bytes() {
        assert!(what(b"").contains("empty"));
        assert!(what(&[0]).ends_with("bytes 00"));
        assert!(what(&[0xff; 300]).ends_with("bytes ff ff ff ff"));
        assert!(what(&[0; 300]).ends_with("bytes 00 00 00 00"));
    }
}
