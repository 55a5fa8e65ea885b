//! Chunk lines (RFC 9112 §7.1): `chunk-size [ chunk-ext ] CRLF`.

use super::fault::{Fault, text};
use super::start_line::trim_line_end;

/// The size in a chunk line; extensions (§7.1.1) are skipped.
pub(super) fn size(line: &[u8]) -> Result<u64, Fault> {
    let line = trim_line_end(line);
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let rest = line[digits..].trim_ascii_start();
    if digits == 0 || !(rest.is_empty() || rest[0] == b';') {
        return Err(Fault::MalformedChunkSize(text(line)));
    }
    let mut size: u64 = 0;
    for digit in &line[..digits] {
        let value = char::from(*digit).to_digit(16).unwrap_or(0);
        size = size
            .checked_mul(16)
            .and_then(|size| size.checked_add(u64::from(value)))
            .ok_or_else(|| Fault::ChunkSizeOverflow(text(line)))?;
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_sizes_are_hexadecimal_and_extensions_are_passed_over() {
        assert_eq!(size(b"0\r\n"), Ok(0));
        assert_eq!(size(b"1aF\r\n"), Ok(0x1af));
        assert_eq!(size(b"a;name=\"value\"\r\n"), Ok(10));
        assert_eq!(size(b"000000000000000000a ; x\n"), Ok(10));
        assert_eq!(size(b"ffffffffffffffff\r\n"), Ok(u64::MAX));
    }

    #[test]
    fn a_size_that_is_none_is_refused() {
        assert_eq!(size(b"10000000000000000\r\n").unwrap_err().code(), "chunk-size-overflow");
        for line in [&b"\r\n"[..], b"x\r\n", b"-1\r\n", b"0x10\r\n", b"1 2\r\n"] {
            assert_eq!(size(line).unwrap_err().code(), "malformed-chunk-size", "{line:?}");
        }
    }
}
