//! A window on an input: the bytes ahead, contiguous in memory, and where in the file they begin. Knows no format.
//!
//! It reads only when it doesn't have what was asked for, so a packet that has arrived on a pipe isn't held back until the
//! buffer is full. It grows by doubling as bytes arrive, so a length in a file can't make it allocate anything by itself.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// How much is asked of the input at a time.
const READ_SIZE: usize = 256 << 10;

pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    ahead: Range<usize>,
    offset: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self::at(input, 0)
    }

    /// A window on what follows the first `offset` bytes of a file.
    pub(super) fn at(input: R, offset: u64) -> Self {
        Self { input, buffer: vec![0; READ_SIZE], ahead: 0..0, offset, ended: false }
    }

    /// Where in the file the bytes ahead begin.
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// All bytes ahead: at least `wanted`, fewer only if the input ends before.
    #[inline]
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.ahead.len() < wanted {
            self.refill(wanted)?;
        }
        Ok(self.ahead())
    }

    /// All bytes ahead that are there without reading.
    #[inline]
    pub(super) fn ahead(&self) -> &[u8] {
        self.slice(self.ahead.clone())
    }

    /// Moves past `count` bytes ahead, and says where the part `within` them lies until the next call of `fill` or `skip`.
    #[inline]
    pub(super) fn consume(&mut self, count: usize, within: Range<usize>) -> Range<usize> {
        let part = self.ahead.start + within.start..self.ahead.start + within.end;
        let count = count.min(self.ahead.len());
        self.ahead.start += count;
        self.offset += count as u64;
        part
    }

    /// The bytes at a place that `consume` returned.
    #[inline]
    pub(super) fn slice(&self, place: Range<usize>) -> &[u8] {
        self.buffer.get(place).unwrap_or_default()
    }

    /// Moves past `count` bytes without keeping them; returns how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 && !self.fill(1)?.is_empty() {
            let step = left.min(self.ahead.len() as u64);
            self.consume(step as usize, 0..0);
            left -= step;
        }
        Ok(count - left)
    }

    #[cold]
    fn refill(&mut self, wanted: usize) -> io::Result<()> {
        self.buffer.copy_within(self.ahead.clone(), 0);
        self.ahead = 0..self.ahead.len();
        while self.ahead.len() < wanted && !self.ended {
            if self.ahead.end == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            match self.input.read(&mut self.buffer[self.ahead.end..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.ahead.end = self.buffer.len().min(self.ahead.end + count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Gives one byte a read, as a slow pipe may.
    pub(in crate::capture) struct Trickle<'a>(pub(in crate::capture) &'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = into.len().min(1);
            self.0.read(&mut into[..count])
        }
    }

    #[test]
    fn no_more_is_read_than_was_wanted() {
        let mut window = Window::new(Trickle(b"abcdef"));
        assert_eq!(window.fill(3).unwrap(), b"abc");
        assert_eq!(window.fill(2).unwrap(), b"abc");
        assert_eq!(window.fill(9).unwrap(), b"abcdef");
    }

    #[test]
    fn consumed_bytes_stay_in_place_until_the_next_fill() {
        let mut window = Window::new(&b"abcdef"[..]);
        window.fill(6).unwrap();
        let part = window.consume(4, 1..3);
        assert_eq!(window.slice(part), b"bc");
        assert_eq!(window.offset(), 4);
        assert_eq!(window.fill(1).unwrap(), b"ef");
    }

    #[test]
    fn a_skip_goes_further_than_the_buffer_and_says_where_the_input_ended() {
        let mut window = Window::new(io::repeat(7).take(3 * READ_SIZE as u64));
        assert_eq!(window.skip(2 * READ_SIZE as u64 + 1).unwrap(), 2 * READ_SIZE as u64 + 1);
        assert_eq!(window.skip(u64::MAX).unwrap(), READ_SIZE as u64 - 1);
        assert_eq!(window.buffer.len(), READ_SIZE);
    }

    #[test]
    fn the_buffer_grows_with_what_arrives_not_with_what_was_wanted() {
        let mut window = Window::new(&[0; 100][..]);
        assert_eq!(window.fill(1 << 24).unwrap().len(), 100);
        assert_eq!(window.buffer.len(), READ_SIZE);
    }
}
