//! Validating UTF-8 (RFC 3629 §4) that comes in pieces, as a WebSocket text message does (RFC 6455 §8.1), and leaving off
//! the character that a cut divides.

use std::str;

/// Checks that a text, pushed in pieces cut anywhere, is UTF-8.
#[derive(Clone, Debug, Default)]
pub struct Utf8Check {
    /// Bytes before `pending`; all of them are whole characters.
    valid: usize,
    /// The beginning of a character whose rest is still to come: at most three bytes.
    pending: [u8; 4],
    pending_length: usize,
    failed: bool,
}

impl Utf8Check {
    /// Checks the next bytes.
    ///
    /// # Errors
    /// The position in the text, from 0, of the first byte that begins no character. After that, it is always the same.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), usize> {
        while self.pending_length > 0 && !self.failed {
            let Some((&byte, rest)) = bytes.split_first() else { return Ok(()) };
            bytes = rest;
            self.complete(byte);
        }
        if self.failed {
            return Err(self.valid);
        }
        // The basic check is the faster one; the other tells where it fails.
        let Err(error) = simdutf8::basic::from_utf8(bytes).or_else(|_| simdutf8::compat::from_utf8(bytes)) else {
            self.valid += bytes.len();
            return Ok(());
        };
        self.valid += error.valid_up_to();
        let rest = bytes.get(error.valid_up_to()..).unwrap_or_default();
        if error.error_len().is_none()
            && let Some(pending) = self.pending.get_mut(..rest.len())
        {
            // All that is wrong is that the last character is not whole.
            pending.copy_from_slice(rest);
            self.pending_length = rest.len();
            return Ok(());
        }
        self.failed = true;
        Err(self.valid)
    }

    /// Tells that the text is over.
    ///
    /// # Errors
    /// As [`Utf8Check::push`]; a last character that is cut short is one, at its first byte.
    pub fn finish(&self) -> Result<(), usize> {
        if self.failed || self.pending_length > 0 { Err(self.valid) } else { Ok(()) }
    }

    /// Adds a byte to the pending character: it is whole then, or still pending, or none at all.
    fn complete(&mut self, byte: u8) {
        let length = self.pending_length + 1;
        let Some(last) = self.pending.get_mut(self.pending_length) else {
            self.failed = true;
            return;
        };
        *last = byte;
        match str::from_utf8(self.pending.get(..length).unwrap_or_default()) {
            Ok(_) => {
                self.valid += length;
                self.pending_length = 0;
            }
            Err(error) if error.error_len().is_none() => self.pending_length = length,
            Err(_) => self.failed = true,
        }
    }
}

/// The same bytes without the character that their end cuts apart, if there is one: for text that is only a beginning.
#[must_use]
pub fn whole_characters(bytes: &[u8]) -> &[u8] {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => ragged_end(bytes),
    }
}

/// `from_utf8` stops at the first fault; where that is not the end, the end is looked at alone.
fn ragged_end(bytes: &[u8]) -> &[u8] {
    for back in 1..=bytes.len().min(3) {
        let start = bytes.len() - back;
        if bytes[start] >= 0xc0 {
            let cut = str::from_utf8(&bytes[start..]).is_err_and(|error| error.error_len().is_none());
            return if cut { &bytes[..start] } else { bytes };
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], cuts: usize) -> Result<(), usize> {
        let mut check = Utf8Check::default();
        for chunk in bytes.chunks(cuts) {
            check.push(chunk)?;
        }
        check.finish()
    }

    #[test]
    fn a_character_cut_in_four_is_still_one() {
        assert_eq!(check("a🦀b".as_bytes(), 1), Ok(()));
    }

    #[test]
    fn the_first_byte_of_what_is_no_character_is_named() {
        for cuts in 1..8 {
            assert_eq!(check(b"abc\xf0\x9f\xa6x", cuts), Err(3), "cut every {cuts}");
            assert_eq!(check(b"abc\xed\xa0\x80", cuts), Err(3), "a surrogate, cut every {cuts}");
            assert_eq!(check(b"abc\xc3", cuts), Err(3), "unfinished, cut every {cuts}");
        }
    }

    #[test]
    fn a_failure_is_final() {
        let mut check = Utf8Check::default();
        assert_eq!(check.push(b"ok\xff"), Err(2));
        assert_eq!(check.push(b"fine"), Err(2));
        assert_eq!(check.finish(), Err(2));
    }

    #[test]
    fn a_character_cut_by_the_end_is_left_off() {
        assert_eq!(whole_characters("aé".as_bytes()), "aé".as_bytes());
        assert_eq!(whole_characters(&"aé".as_bytes()[..2]), b"a");
        assert_eq!(whole_characters(b"\xff\xe4\xb8"), b"\xff");
        assert_eq!(whole_characters(b"\x80\x80\x80\x80"), b"\x80\x80\x80\x80");
    }

    proptest! {
        #[test]
        fn any_cut_gives_what_the_standard_library_says_of_the_whole(
            text in "\\PC{0,60}", damage in prop::option::of((any::<prop::sample::Index>(), any::<u8>())), cuts in 1_usize..9,
        ) {
            let mut bytes = text.into_bytes();
            if let (Some((at, byte)), false) = (damage, bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let expected = str::from_utf8(&bytes).map(|_| ()).map_err(|error| error.valid_up_to());
            prop_assert_eq!(check(&bytes, cuts), expected);
        }
    }
}
