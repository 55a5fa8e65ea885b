//! Decompresses zstd streams (RFC 8878): several frames one after the other, skippable ones among them.
//!
//! The decoder keeps back as much as the frame's window until the frame ends: what a pipe carries arrives that much
//! later, and of a frame that is cut, that much is lost.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How much is asked of the compressed input at a time: about a block.
const READ_SIZE: usize = 128 << 10;

pub(super) struct ZstdReader<R> {
    input: BufReader<R>,
    decoder: FrameDecoder,
}

impl<R: Read> ZstdReader<R> {
    pub(super) fn new(input: R) -> Self {
        // A frame that declares a window above the decoder's own limit (128 MiB) is refused before it is allocated.
        Self { input: BufReader::with_capacity(READ_SIZE, input), decoder: FrameDecoder::new() }
    }

    /// Begins the next frame; `false` if there is none.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink())?;
                    if skipped < length.into() {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::new(ErrorKind::InvalidData, error)),
            }
        }
        Ok(false)
    }
}

impl<R: Read> Read for ZstdReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        while self.decoder.can_collect() == 0 {
            if !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            } else if !self.next_frame()? {
                return Ok(0);
            }
        }
        self.decoder.read(into)
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn frame(contents: &[u8]) -> Vec<u8> {
        compress_to_vec(contents, CompressionLevel::Fastest)
    }

    fn read(compressed: &[u8]) -> io::Result<Vec<u8>> {
        let mut contents = Vec::new();
        ZstdReader::new(compressed).read_to_end(&mut contents).map(|_| contents)
    }

    #[test]
    fn frames_follow_one_another_and_skippable_ones_are_skipped() {
        let skippable = *b"\x50\x2a\x4d\x18\x03\0\0\0abc";
        let all = [&skippable[..], &frame(b"first "), &frame(b""), &skippable, &frame(b"second")].concat();
        assert_eq!(read(&all).unwrap(), b"first second");
        assert_eq!(read(b"").unwrap(), b"");
    }

    #[test]
    fn a_frame_that_is_cut_or_followed_by_something_else_is_an_error() {
        let whole = frame(&[7; 1000]);
        assert!((1..whole.len()).all(|length| read(&whole[..length]).is_err()));
        assert!(read(&[&whole[..], b"tail"].concat()).is_err());
        assert!(read(b"\x50\x2a\x4d\x18\x03\0\0\0ab").is_err());
    }
}
