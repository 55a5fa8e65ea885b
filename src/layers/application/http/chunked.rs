//! Chunk lines (RFC 9112 §7.1): `chunk-size [ chunk-ext ] CRLF`.

use super::problems::Fault;
use super::start_line::trim_line_end;
use crate::layers::quoted::Quoted;

/// The size in a chunk line, and what is odd about it; extensions (§7.1.1) are skipped.
pub(super) fn size(line: &[u8]) -> Result<(u64, Option<Fault>), Fault> {
    let line = trim_line_end(line);
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let blank = line[digits..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let rest = &line[digits + blank..];
    if digits == 0 || !(rest.is_empty() || rest[0] == b';') {
        return Err(Fault::MalformedChunkSize(Quoted::of(line)));
    }
    let mut size: u64 = 0;
    for digit in &line[..digits] {
        let value = char::from(*digit).to_digit(16).unwrap_or(0);
        size = size
            .checked_mul(16)
            .and_then(|size| size.checked_add(u64::from(value)))
            .ok_or_else(|| Fault::ChunkSizeOverflow(Quoted::of(line)))?;
    }
    // White space is allowed before an extension's semicolon and nowhere else, and a CR isn't allowed even there.
    let odd = blank > 0 && (rest.is_empty() || line[digits..digits + blank].contains(&b'\r'));
    Ok((size, odd.then(|| Fault::BlankAfterChunkSize(Quoted::of(line)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_sizes_are_hexadecimal_and_extensions_are_passed_over() {
        assert_eq!(size(b"0\r\n"), Ok((0, None)));
        assert_eq!(size(b"1aF\r\n"), Ok((0x1af, None)));
        assert_eq!(size(b"a;name=\"value\"\r\n"), Ok((10, None)));
        assert_eq!(size(b"000000000000000000a ; x\n"), Ok((10, None)));
        assert_eq!(size(b"ffffffffffffffff\r\n"), Ok((u64::MAX, None)));
    }

    #[test]
    fn white_space_after_a_size_is_told() {
        for line in [&b"5 \r\n"[..], b"5\t\r\n", b"5\r\r\n", b"5\r;x\r\n"] {
            let (size, odd) = size(line).unwrap();
            assert_eq!((size, odd.unwrap().code()), (5, "malformed-chunk-size"), "{line:?}");
        }
        assert!(size(b"5\x0c\r\n").is_err());
    }

    #[test]
    fn a_size_that_is_none_is_refused() {
        assert_eq!(size(b"10000000000000000\r\n").unwrap_err().code(), "chunk-size-overflow");
        for line in [&b"\r\n"[..], b"x\r\n", b"-1\r\n", b"0x10\r\n", b"1 2\r\n"] {
            assert_eq!(size(line).unwrap_err().code(), "malformed-chunk-size", "{line:?}");
        }
    }
}
