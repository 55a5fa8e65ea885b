//! Raw DEFLATE (RFC 1951) in steps: what gzip, zlib and permessage-deflate have in common.

use miniz_oxide::inflate::TINFLStatus as Status;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};

/// How far back a match can reach (RFC 1951 §2).
const WINDOW: usize = 32 << 10;

/// The most that is handed on at once, small enough to stay in the processor's cache.
const STEP: usize = 16 << 10;

/// An inflater and the window it inflates into, both allocated here. Output is handed on from the window itself.
///
/// Until the window is full once, it is the whole of the output so far, and a match that reaches before it is refused
/// (RFC 1951 §3.2.3). From then on, every possible distance lies within it.
pub(super) struct Inflate {
    state: Box<DecompressorOxide>,
    window: Box<[u8]>,
    /// Where in the window the next byte goes.
    at: usize,
    /// The window was full, and is written from its beginning again.
    wraps: bool,
    format: u32,
}

/// Why inflating stopped: the data, or whoever takes the output.
pub(super) enum Stop<E> {
    /// The bytes are not what the format allows.
    Corrupt,
    /// The output was refused.
    Refused(E),
}

impl Inflate {
    /// Bytes of memory that one holds, roughly.
    pub(super) const HELD: usize = WINDOW + size_of::<DecompressorOxide>();

    /// An inflater for raw DEFLATE, or for DEFLATE inside a zlib header and checksum (RFC 1950).
    pub(super) fn new(zlib: bool) -> Self {
        Self::with_window(zlib, WINDOW)
    }

    /// The same with a window of that many bytes, a power of two: what reaches further back is corrupt.
    pub(super) fn with_window(zlib: bool, window: usize) -> Self {
        let zlib_flags = flags::TINFL_FLAG_PARSE_ZLIB_HEADER | flags::TINFL_FLAG_COMPUTE_ADLER32;
        Self {
            state: Box::default(),
            window: vec![0; window].into_boxed_slice(),
            at: 0,
            wraps: false,
            format: if zlib { zlib_flags } else { 0 },
        }
    }

    /// Forgets the window: what follows is a new raw stream.
    pub(super) fn reset_raw(&mut self) {
        self.state.init();
        (self.at, self.wraps, self.format) = (0, false, 0);
    }

    /// Inflates from `input`, which is advanced past what was used, until it is used up or the stream ends.
    /// Returns whether the stream ended.
    ///
    /// What was inflated before a fault is handed on first.
    pub(super) fn push<E>(
        &mut self,
        input: &mut &[u8],
        out: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<bool, Stop<E>> {
        loop {
            if self.at == self.window.len() {
                (self.at, self.wraps) = (0, true);
            }
            let bounds = if self.wraps { 0 } else { flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF };
            let how = self.format | bounds | flags::TINFL_FLAG_HAS_MORE_INPUT;
            let (status, read, written) = decompress(&mut self.state, input, &mut self.window, self.at, how);
            *input = input.get(read..).unwrap_or_default();
            let inflated = self.at..self.at + written;
            self.at = inflated.end;
            for piece in self.window.get(inflated).unwrap_or_default().chunks(STEP) {
                out(piece).map_err(Stop::Refused)?;
            }
            match status {
                Status::Done => return Ok(true),
                Status::HasMoreOutput => {}
                Status::NeedsMoreInput => return Ok(false),
                _ => return Err(Stop::Corrupt),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
    use proptest::prelude::*;

    use super::*;

    /// What comes out of `data` in pieces of that size, and whether it came to its end; `None` where it is refused.
    fn inflated(zlib: bool, data: &[u8], piece: usize) -> Option<(Vec<u8>, bool)> {
        let mut inflate = Inflate::new(zlib);
        let (mut all, mut ended) = (Vec::new(), false);
        for mut input in data.chunks(piece) {
            if ended {
                break;
            }
            let mut take = |bytes: &[u8]| {
                all.extend_from_slice(bytes);
                Ok::<_, ()>(())
            };
            ended = inflate.push(&mut input, &mut take).ok()?;
        }
        Some((all, ended))
    }

    /// The same from an inflater that has all of the input and room for all of the output.
    fn inflated_at_once(zlib: bool, data: &[u8]) -> Option<(Vec<u8>, bool)> {
        let mut all = Vec::with_capacity(1 << 18);
        let mut state = Decompress::new(zlib);
        let status = state.decompress_vec(data, &mut all, FlushDecompress::Finish).ok()?;
        Some((all, status == flate2::Status::StreamEnd))
    }

    fn deflated(zlib: bool, data: &[u8]) -> Vec<u8> {
        let mut compressed = Vec::with_capacity(data.len() * 2 + 64);
        let status =
            Compress::new(Compression::default(), zlib).compress_vec(data, &mut compressed, FlushCompress::Finish);
        assert_eq!(status.unwrap(), flate2::Status::StreamEnd);
        compressed
    }

    #[test]
    fn a_match_that_reaches_before_the_beginning_is_refused() {
        let back_to_nothing = [0x4a, 0x44, 0xe6, 0x00, 0x00];
        assert!(inflated(false, &back_to_nothing, 5).is_none());
        assert!(inflated(false, &back_to_nothing, 1).is_none());
    }

    #[test]
    fn a_stream_that_was_reset_does_not_reach_back_before_that() {
        let mut inflate = Inflate::new(false);
        let mut nowhere = |_: &[u8]| Ok::<_, ()>(());
        let first = deflated(false, &vec![7; 100_000]);
        assert!(matches!(inflate.push(&mut first.as_slice(), &mut nowhere), Ok(true)));
        inflate.reset_raw();
        assert!(inflate.push(&mut [0x4a, 0x44, 0xe6, 0x00, 0x00].as_slice(), &mut nowhere).is_err());
    }

    proptest! {
        #[test]
        fn what_was_deflated_comes_out_across_windows_and_in_any_pieces(
            words in prop::collection::vec((any::<u8>(), 1_usize..9000), 0..30),
            zlib: bool,
            piece in 1_usize..3000,
        ) {
            let data: Vec<u8> = words.iter().flat_map(|(byte, times)| (0..*times).map(move |n| byte ^ (n % 251) as u8)).collect();
            prop_assert_eq!(inflated(zlib, &deflated(zlib, &data), piece), Some((data, true)));
        }

        #[test]
        fn whatever_one_that_sees_all_at_once_refuses_is_refused_in_any_pieces(
            words in prop::collection::vec((0_u8..4, 1_usize..60), 0..30),
            flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 0..3),
            from in 0_usize..40,
            zlib: bool,
            piece in 1_usize..40,
        ) {
            let data: Vec<u8> = words.iter().flat_map(|(byte, times)| (0..*times).map(move |n| byte ^ n as u8)).collect();
            let mut compressed = deflated(zlib, &data);
            for (at, bit) in flips {
                let at = at.index(compressed.len());
                compressed[at] ^= 1 << bit;
            }
            // Beginning later makes matches of what were other things.
            let compressed = &compressed[from.min(compressed.len())..];
            prop_assert_eq!(inflated(zlib, compressed, piece), inflated_at_once(zlib, compressed));
        }
    }
}
