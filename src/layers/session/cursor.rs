//! Reading big-endian numbers and counted bytes from a slice that may end anywhere.

/// What is left of some bytes. Every read returns `None` where they end too early, and consumes nothing then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next `length` bytes, or as many as there are.
    pub(super) fn up_to(&mut self, length: usize) -> Cursor<'a> {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        Cursor::new(taken)
    }

    fn number<const LENGTH: usize>(&mut self) -> Option<u32> {
        Some(self.take(LENGTH)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.number::<1>().map(|number| number as u8)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.number::<2>().map(|number| number as u16)
    }

    pub(super) fn u24(&mut self) -> Option<u32> {
        self.number::<3>()
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.number::<4>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_order_and_never_past_the_end() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!((cursor.u8(), cursor.u16(), cursor.u24()), (Some(1), Some(0x0203), Some(0x0004_0506)));
        assert_eq!(cursor.u32(), Some(0x0708_090a));
        assert_eq!((cursor.u16(), cursor.rest()), (None, &[11][..]));
        assert_eq!(cursor.up_to(9).rest(), [11]);
        assert_eq!(cursor.take(0), Some(&[][..]));
    }
}
