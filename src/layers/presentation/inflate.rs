//! Raw DEFLATE (RFC 1951) in steps: what gzip, zlib and permessage-deflate have in common.

use flate2::{Decompress, FlushDecompress, Status};

/// How much is inflated before it is handed on.
const STEP: usize = 16 * 1024;

/// An inflater and the buffer it inflates into. Both are allocated here: 32 KiB of window, and a step of output.
pub(super) struct Inflate {
    state: Decompress,
    buffer: Box<[u8]>,
}

/// Why inflating stopped: the data, or whoever takes the output.
pub(super) enum Stop<E> {
    /// The bytes are not what the format allows.
    Corrupt,
    /// The output was refused.
    Refused(E),
}

impl Inflate {
    /// An inflater for raw DEFLATE, or for DEFLATE inside a zlib header and checksum (RFC 1950).
    pub(super) fn new(zlib: bool) -> Self {
        Self { state: Decompress::new(zlib), buffer: vec![0; STEP].into_boxed_slice() }
    }

    /// Forgets the window: what follows is a new raw stream.
    pub(super) fn reset_raw(&mut self) {
        self.state.reset(false);
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
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, &mut self.buffer, FlushDecompress::None);
            let read = (self.state.total_in() - read) as usize;
            let written = (self.state.total_out() - written) as usize;
            *input = input.get(read..).unwrap_or_default();
            if written > 0 {
                out(self.buffer.get(..written).unwrap_or_default()).map_err(Stop::Refused)?;
            }
            match status {
                Err(_) => return Err(Stop::Corrupt),
                Ok(Status::StreamEnd) => return Ok(true),
                // A buffer that was not filled means that nothing more can be had from the input there is.
                Ok(_) if input.is_empty() && written < self.buffer.len() => return Ok(false),
                Ok(_) if read == 0 && written == 0 => return Err(Stop::Corrupt),
                Ok(_) => {}
            }
        }
    }
}
