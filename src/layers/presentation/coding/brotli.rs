//! `br` (RFC 7932).

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Coding, CodingError, Out, Undo};

/// How much is decoded before it is handed on.
const STEP: usize = 16 * 1024;

pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    buffer: Box<[u8]>,
    ended: bool,
}

impl Brotli {
    pub(super) fn new() -> Self {
        // Strict: windows of up to 16 MiB, as the RFC has them, not the 1 GiB of the large-window variant.
        let state =
            BrotliState::new_strict(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
        Self { state, buffer: vec![0; STEP].into_boxed_slice(), ended: false }
    }

    /// What the decoder says is wrong, in its own words: "format distance".
    fn invalid(&self) -> CodingError {
        let code = format!("{:?}", self.state.error_code);
        let what = code.trim_start_matches("BROTLI_DECODER_ERROR_").replace('_', " ").to_ascii_lowercase();
        CodingError::Invalid { coding: Coding::Brotli, what: format!("the data is damaged ({what})").into() }
    }
}

impl Undo for Brotli {
    fn push(&mut self, input: &[u8], out: Out<'_>) -> Result<(), CodingError> {
        let (mut left, mut used, mut total) = (input.len(), 0, 0);
        while !self.ended {
            let (mut room, mut written) = (self.buffer.len(), 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut used,
                input,
                &mut room,
                &mut written,
                &mut self.buffer,
                &mut total,
                &mut self.state,
            );
            out(self.buffer.get(..written).unwrap_or_default())?;
            match result {
                BrotliResult::ResultSuccess => self.ended = true,
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultFailure => return Err(self.invalid()),
            }
        }
        if left > 0 {
            return Err(CodingError::TrailingData { coding: Coding::Brotli });
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), CodingError> {
        if self.ended { Ok(()) } else { Err(CodingError::Truncated { coding: Coding::Brotli }) }
    }
}
