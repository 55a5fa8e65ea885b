//! Decompresses zstd streams (RFC 8878): several frames one after the other, skippable ones among them.
//!
//! The decoder holds back up to a window's worth of output until the frame ends, so what comes through a pipe arrives that much
//! later. If a frame is cut off, this module ends it for the decoder, so nothing before the cut is lost.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How much is asked of the compressed input at a time: about a block.
const READ_SIZE: usize = 128 << 10;

/// An empty last block, and room for the checksum that may have to follow.
const FRAME_END: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

pub(super) struct ZstdReader<R> {
    input: BufReader<R>,
    decoder: FrameDecoder,
    block: Vec<u8>,
    /// What to report once all that was decoded before has been handed out.
    error: Option<io::Error>,
}

impl<R: Read> ZstdReader<R> {
    pub(super) fn new(input: R) -> Self {
        // A frame that declares a window above the decoder's own limit (128 MiB) is refused before it is allocated.
        let input = BufReader::with_capacity(READ_SIZE, input);
        Self { input, decoder: FrameDecoder::new(), block: Vec::new(), error: None }
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

    /// Decodes the next block of the frame; if it cannot be, ends the frame there.
    fn advance(&mut self) -> io::Result<()> {
        let Err(error) = self.next_block() else { return Ok(()) };
        match self.decoder.decode_blocks(&FRAME_END[..], BlockDecodingStrategy::UptoBlocks(1)) {
            Ok(_) => self.error = Some(error),
            Err(_) => return Err(error),
        }
        Ok(())
    }

    /// Decodes the next block, once all of it is there: the decoder cannot end a frame inside one.
    fn next_block(&mut self) -> io::Result<()> {
        let mut header = [0; 4];
        self.input.read_exact(&mut header[..3])?;
        let fields = u32::from_le_bytes(header);
        // Last block, one bit; block type, two; then a size of 21, which for a repeated byte (1) is not what follows.
        let length = if (fields >> 1) & 3 == 1 { 1 } else { fields >> 3 };
        self.block.clear();
        self.block.extend_from_slice(&header[..3]);
        let found = self.input.by_ref().take(length.into()).read_to_end(&mut self.block)?;
        if found < length as usize {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        // A checksum may follow the last block.
        let source = self.block.chain(&mut self.input);
        match self.decoder.decode_blocks(source, BlockDecodingStrategy::UptoBlocks(1)) {
            Ok(_) => Ok(()),
            Err(error) => Err(io::Error::new(ErrorKind::InvalidData, error)),
        }
    }
}

impl<R: Read> Read for ZstdReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        while self.decoder.can_collect() == 0 {
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            if !self.decoder.is_finished() {
                self.advance()?;
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

    #[test]
    fn what_precedes_a_cut_is_not_lost() {
        // The blocks of a frame have at most 128 KiB each.
        let contents: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let whole = frame(&contents);
        let mut found = Vec::new();
        assert!(ZstdReader::new(&whole[..whole.len() - 5]).read_to_end(&mut found).is_err());
        assert!(found.len() >= contents.len() - (128 << 10) && contents.starts_with(&found), "{}", found.len());
    }
}
