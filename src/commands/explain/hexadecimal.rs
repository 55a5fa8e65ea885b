//! Bytes as people write them: 81 05, 8105, 0x81 0x05, 81:05, \x81\x05.

use thiserror::Error;

/// Why some text is no bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HexError {
    /// There is none.
    #[error("write the frame's bytes in hexadecimal: wire101 explain frame 81 85 37 fa 21 3d 7f 9f 4d 51 58")]
    Empty,
    /// A character that is no digit of it.
    #[error("{character:?}, at character {at}, isn't a hexadecimal digit (0 to 9, a to f)")]
    NoDigit {
        /// The character.
        character: char,
        /// Where it stands, from 1.
        at: usize,
    },
    /// A digit without its second.
    #[error("a byte is two digits, but there are {digits}: one is missing, or there is one too many")]
    HalfByte {
        /// How many there are.
        digits: usize,
    },
}

/// Reads bytes. Spaces, colons, commas, hyphens, and 0x or \x before a byte, are passed over.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, HexError> {
    let mut digits: Vec<u8> = Vec::new();
    let mut characters = text.chars().enumerate().peekable();
    while let Some((at, character)) = characters.next() {
        let prefix = characters.peek().is_some_and(|(_, next)| matches!(next, 'x' | 'X'));
        match character.to_digit(16) {
            _ if prefix && matches!(character, '0' | '\\') => {
                characters.next();
            }
            Some(digit) => digits.push(digit as u8),
            None if character.is_whitespace() || matches!(character, ':' | ',' | '-') => {}
            None => return Err(HexError::NoDigit { character, at: at + 1 }),
        }
    }
    let (pairs, half) = digits.as_chunks::<2>();
    match (pairs, half) {
        ([], []) => Err(HexError::Empty),
        (_, [_, ..]) => Err(HexError::HalfByte { digits: digits.len() }),
        (pairs, []) => Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_however_they_are_written() {
        for text in
            ["81 05 0a", "81050A", "0x81 0x05 0x0a", "0x81050a", "81:05:0a", "\\x81\\x05\\x0a", "0x81, 0x05,\n0x0a"]
        {
            assert_eq!(bytes(text), Ok(vec![0x81, 5, 10]), "{text}");
        }
    }

    #[test]
    fn what_is_no_byte_is_told() {
        assert_eq!(bytes(" "), Err(HexError::Empty));
        assert_eq!(bytes("81 5"), Err(HexError::HalfByte { digits: 3 }));
        assert_eq!(bytes("81 g5"), Err(HexError::NoDigit { character: 'g', at: 4 }));
    }
}
