//! What takes the place of text that may be secret.

/// What stands in for text.
pub(super) const BLANK: u8 = b'*';

/// Stands in for what no token may contain, so that a name that was none is none afterwards.
pub(super) const NOT_A_TOKEN: u8 = b'?';

/// Stands in for control characters.
const CONTROL: u8 = 1;

/// Blanks bytes. White space stays, and NUL, so that lines stay lines and what was malformed stays malformed.
pub(super) fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = match *byte {
            kept @ (b' ' | b'\t' | b'\r' | b'\n' | 0) => kept,
            ..32 | 127 => CONTROL,
            _ => BLANK,
        };
    }
}
