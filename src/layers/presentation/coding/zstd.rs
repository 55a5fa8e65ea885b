//! `zstd` (RFC 8878): frames of blocks, and frames to skip.
//!
//! The decoder underneath wants whole blocks, so this module collects one at a time: at most 128 KiB and a header.
//! Its content checksums are not verified (the decoder is built without the hash).

use std::io::Read;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{Coding, CodingError, Out, Undo};
use crate::limits::MAX_ZSTD_WINDOW;

/// `Block_Maximum_Size` (RFC 8878 §3.1.1.2.4).
const BLOCK_LIMIT: usize = 128 * 1024;
/// `Magic_Number` of a frame, as sent (RFC 8878 §3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The end of a skippable frame's `Magic_Number`, whose first byte is 50 to 5f (RFC 8878 §3.1.2).
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
/// How much is decoded before it is handed on.
const STEP: usize = 16 * 1024;

/// What the held bytes are the beginning of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FramePart {
    FrameHeader,
    /// A skippable frame, with this many bytes still to come.
    Skipped(u32),
    Block,
}

pub(super) struct Zstd {
    part: FramePart,
    held: Vec<u8>,
    frame: FrameDecoder,
    /// Whether the frame ends with four bytes of checksum.
    checksum: bool,
    /// Whole frames before this one.
    frames: u64,
    buffer: Box<[u8]>,
}

impl Zstd {
    pub(super) fn new() -> Self {
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(MAX_ZSTD_WINDOW);
        Self {
            part: FramePart::FrameHeader,
            held: Vec::new(),
            frame,
            checksum: false,
            frames: 0,
            buffer: vec![0; STEP].into_boxed_slice(),
        }
    }

    /// Holds bytes until there are `wanted`; whether there are.
    fn hold(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let missing = wanted.saturating_sub(self.held.len());
        let (taken, rest) = input.split_at(input.len().min(missing));
        self.held.extend_from_slice(taken);
        *input = rest;
        self.held.len() >= wanted
    }

    /// Reads a frame's header; whether it was whole.
    fn frame_header(&mut self, input: &mut &[u8]) -> Result<bool, CodingError> {
        let magic_is_whole = self.hold(input, MAGIC.len());
        let skippable = match self.held.as_slice() {
            [0x50..=0x5f, rest @ ..] if SKIPPABLE.starts_with(&rest[..rest.len().min(3)]) => true,
            held if MAGIC.starts_with(&held[..held.len().min(4)]) => false,
            _ if self.frames > 0 => return Err(CodingError::TrailingData { coding: Coding::Zstd }),
            _ => return Err(invalid("does not begin with 28 b5 2f fd")),
        };
        if !magic_is_whole {
            return Ok(false);
        }
        if skippable {
            if !self.hold(input, 8) {
                return Ok(false);
            }
            let size = self.held.last_chunk().copied().unwrap_or_default();
            self.held.clear();
            self.part = FramePart::Skipped(u32::from_le_bytes(size));
            return Ok(true);
        }
        if !self.hold(input, 5) {
            return Ok(false);
        }
        let descriptor = self.held.get(4).copied().unwrap_or_default();
        if !self.hold(input, 5 + header_rest(descriptor)) {
            return Ok(false);
        }
        if descriptor & 1 << 3 != 0 {
            return Err(invalid("a reserved bit of the frame header is set"));
        }
        self.frame.reset(self.held.as_slice()).map_err(|error| damaged(&error))?;
        self.held.clear();
        self.checksum = descriptor & 1 << 2 != 0;
        self.part = FramePart::Block;
        Ok(true)
    }

    /// Reads and decodes a block; whether it was whole.
    fn block(&mut self, input: &mut &[u8], out: Out<'_>) -> Result<bool, CodingError> {
        if !self.hold(input, 3) {
            return Ok(false);
        }
        let Some(&[a, b, c]) = self.held.first_chunk() else { return Ok(false) };
        let header = u32::from_le_bytes([a, b, c, 0]);
        let (last, size) = (header & 1 == 1, (header >> 3) as usize);
        if size > BLOCK_LIMIT {
            return Err(invalid("a block is larger than 128 KiB"));
        }
        // Block_Type 1 (RLE) is one byte, repeated.
        let content = if (header >> 1) & 3 == 1 { 1 } else { size };
        let checksum = if last && self.checksum { 4 } else { 0 };
        if !self.hold(input, 3 + content + checksum) {
            return Ok(false);
        }
        self.frame
            .decode_blocks(self.held.as_slice(), BlockDecodingStrategy::UptoBlocks(1))
            .map_err(|error| damaged(&error))?;
        self.held.clear();
        loop {
            let read = self.frame.read(&mut self.buffer).map_err(|error| invalid(error.to_string()))?;
            if read == 0 {
                break;
            }
            out(self.buffer.get(..read).unwrap_or_default())?;
        }
        if last {
            self.frames += 1;
            self.part = FramePart::FrameHeader;
        }
        Ok(true)
    }
}

impl Undo for Zstd {
    fn push(&mut self, mut input: &[u8], out: Out<'_>) -> Result<(), CodingError> {
        while !input.is_empty() {
            match self.part {
                FramePart::FrameHeader => {
                    self.frame_header(&mut input)?;
                }
                FramePart::Skipped(0) => {
                    self.frames += 1;
                    self.part = FramePart::FrameHeader;
                }
                FramePart::Skipped(left) => {
                    let skipped = input.len().min(left as usize);
                    input = &input[skipped..];
                    self.part = FramePart::Skipped(left - skipped as u32);
                }
                FramePart::Block => {
                    self.block(&mut input, out)?;
                }
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), CodingError> {
        match self.part {
            FramePart::FrameHeader if self.held.is_empty() => Ok(()),
            FramePart::Skipped(0) => Ok(()),
            _ => Err(CodingError::Truncated { coding: Coding::Zstd }),
        }
    }
}

/// How many bytes of frame header follow a descriptor (RFC 8878 §3.1.1.1).
fn header_rest(descriptor: u8) -> usize {
    let single_segment = descriptor & 1 << 5 != 0;
    let window = usize::from(!single_segment);
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content_size = match descriptor >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    window + dictionary + content_size
}

fn invalid(what: impl Into<std::borrow::Cow<'static, str>>) -> CodingError {
    CodingError::Invalid { coding: Coding::Zstd, what: what.into() }
}

fn damaged(error: &FrameDecoderError) -> CodingError {
    match *error {
        FrameDecoderError::WindowSizeTooBig { requested, max } => {
            CodingError::WindowTooLarge { coding: Coding::Zstd, window: requested, limit: max }
        }
        FrameDecoderError::DictNotProvided { dict_id } => invalid(format!("needs dictionary {dict_id}")),
        ref other => invalid(format!("the data is damaged ({other})")),
    }
}
