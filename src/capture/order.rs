//! Byte order: how the integers of a capture file are laid out, which its first bytes tell.

/// The order of an integer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    /// Least significant first.
    Little,
    /// Most significant first.
    Big,
}

impl ByteOrder {
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(super) fn i64(self, bytes: [u8; 8]) -> i64 {
        match self {
            Self::Little => i64::from_le_bytes(bytes),
            Self::Big => i64::from_be_bytes(bytes),
        }
    }

    /// The 16-bit field at a fixed place in a header; `at` is a constant within it.
    #[inline]
    pub(super) fn u16_at<const N: usize>(self, header: &[u8; N], at: usize) -> u16 {
        self.u16([header[at], header[at + 1]])
    }

    /// The 32-bit field at a fixed place in a header; `at` is a constant within it.
    #[inline]
    pub(super) fn u32_at<const N: usize>(self, header: &[u8; N], at: usize) -> u32 {
        self.u32([header[at], header[at + 1], header[at + 2], header[at + 3]])
    }
}
