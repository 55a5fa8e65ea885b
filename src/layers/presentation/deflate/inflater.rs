//! Inflating one direction's messages (RFC 7692 §7.2.2), frame payload by frame payload.

use crate::layers::presentation::inflate::{Inflate, Stop};
use crate::layers::presentation::plainly;
pub use crate::limits::MAX_INFLATED_BYTES;

/// What every sender leaves off the end of a message, an empty stored block's lengths (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// Why a message could not be inflated. What was inflated before has been handed out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeflateError {
    /// The payload is not DEFLATE data, or refers to bytes that never were.
    #[error("it is not DEFLATE data, or refers back to bytes that never were")]
    Damaged,
    /// More comes out than anyone should inflate.
    #[error("the message inflates to more than {}, where inflating stops: a bomb, most likely", plainly(*limit))]
    TooLarge {
        /// How many bytes were handed out.
        limit: u64,
    },
    /// An earlier part of this message, or an earlier message whose context this one builds on, could not be inflated.
    #[error("what this builds on could not be inflated")]
    ContextLost,
}

/// Inflates the compressed messages of one direction of a connection.
///
/// It allocates its window (32 KiB, and some 10 KiB more to work in) when the first compressed message comes.
#[derive(Default)]
pub struct Inflater {
    context_takeover: bool,
    limit: u64,
    inflate: Option<Box<Inflate>>,
    /// The current message ended in a final block (BFINAL), after which a new stream begins.
    final_block: bool,
    /// Bytes that the current message has inflated to.
    produced: u64,
    lost: bool,
    /// An inflater with the window that was agreed on, if that is smaller than the largest: what it cannot follow reaches
    /// beyond.
    agreed: Option<Box<Inflate>>,
    /// Data reached beyond the agreed window, and that hasn't been reported yet.
    exceeded: bool,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("context_takeover", &self.context_takeover).finish_non_exhaustive()
    }
}

impl Inflater {
    /// An inflater for a direction whose sender keeps its window from message to message, or does not.
    #[must_use]
    pub fn new(context_takeover: bool) -> Self {
        Self::with_limit(context_takeover, MAX_INFLATED_BYTES)
    }

    /// The same, where a window of `1 << bits` bytes was agreed on.
    #[must_use]
    pub fn within(self, bits: u8) -> Self {
        let agreed = (bits < 15).then(|| Box::new(Inflate::with_window(false, 1 << bits)));
        Self { agreed, ..self }
    }

    /// Whether data reached beyond the agreed window since this was last asked. From the first time on, nobody looks.
    pub fn take_exceeded(&mut self) -> bool {
        std::mem::take(&mut self.exceeded)
    }

    /// The same, with another limit than [`MAX_INFLATED_BYTES`] on the bytes that a message may inflate to.
    #[must_use]
    pub fn with_limit(context_takeover: bool, limit: u64) -> Self {
        Self { context_takeover, limit, ..Self::default() }
    }

    /// Inflates the next bytes of a compressed message, unmasked. `out` is given what they inflate to, in pieces.
    ///
    /// # Errors
    /// If they cannot be inflated. The rest of the message cannot be either, nor can, with context takeover, any later one.
    pub fn message_chunk(&mut self, chunk: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), DeflateError> {
        if self.lost {
            return Err(DeflateError::ContextLost);
        }
        self.inflate(chunk, out).inspect_err(|_| self.lost = true)?;
        if let Some(agreed) = &mut self.agreed {
            let mut rest = chunk;
            // A final block is rare, and what follows it is not followed here.
            if agreed.push(&mut rest, &mut |_| Ok::<(), ()>(())).is_err() || !rest.is_empty() {
                self.exceeded = rest.is_empty() || !self.final_block;
                self.agreed = None;
            }
        }
        Ok(())
    }

    /// Tells that the message is over, and inflates what its end still gives.
    ///
    /// # Errors
    /// As [`Inflater::message_chunk`].
    pub fn end_of_message(&mut self, out: &mut dyn FnMut(&[u8])) -> Result<(), DeflateError> {
        // A final block is an end in itself: nothing was left off after it (RFC 7692 §7.2.3.4).
        let result = if self.final_block { Ok(()) } else { self.message_chunk(&TAIL, out) };
        self.produced = 0;
        if self.context_takeover {
            return result;
        }
        for inflate in self.inflate.iter_mut().chain(&mut self.agreed) {
            inflate.reset_raw();
        }
        self.final_block = false;
        self.lost = false;
        result
    }

    /// Tells that bytes of a compressed message are missing: what builds on them is not inflated, rather than wrongly.
    pub fn bytes_missing(&mut self) {
        self.lost = true;
        self.final_block = false;
    }

    /// Whether the rest of this message, and with context takeover all that follow, cannot be inflated.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Bytes of memory it holds, roughly: none before the first compressed message.
    #[must_use]
    pub fn held(&self) -> usize {
        self.inflate.iter().chain(&self.agreed).map(|_| Inflate::HELD).sum()
    }

    fn inflate(&mut self, mut input: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), DeflateError> {
        let Self { limit, inflate, final_block, produced, .. } = self;
        let inflate = inflate.get_or_insert_with(|| Box::new(Inflate::new(false)));
        while !input.is_empty() {
            if *final_block {
                inflate.reset_raw();
            }
            let ended = inflate.push(&mut input, &mut |inflated| {
                let room = usize::try_from(*limit - *produced).unwrap_or(usize::MAX);
                let allowed = &inflated[..inflated.len().min(room)];
                *produced += allowed.len() as u64;
                out(allowed);
                if allowed.len() < inflated.len() { Err(DeflateError::TooLarge { limit: *limit }) } else { Ok(()) }
            });
            *final_block = ended.map_err(|stop| match stop {
                Stop::Refused(error) => error,
                Stop::Corrupt => DeflateError::Damaged,
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    use super::*;

    /// The sender's half (RFC 7692 §7.2.1): deflate, flush, and leave the tail off.
    struct Deflater(Compress);

    impl Deflater {
        fn new() -> Self {
            Self(Compress::new(Compression::default(), false))
        }

        fn message(&mut self, payload: &[u8]) -> Vec<u8> {
            let mut compressed = Vec::with_capacity(payload.len() * 2 + 64);
            self.0.compress_vec(payload, &mut compressed, FlushCompress::Sync).expect("room is reserved");
            assert!(compressed.ends_with(&TAIL));
            compressed.truncate(compressed.len() - TAIL.len());
            compressed
        }
    }

    fn inflate(inflater: &mut Inflater, chunks: &[&[u8]]) -> Result<Vec<u8>, DeflateError> {
        let mut payload = Vec::new();
        for chunk in chunks {
            inflater.message_chunk(chunk, &mut |bytes| payload.extend_from_slice(bytes))?;
        }
        inflater.end_of_message(&mut |bytes| payload.extend_from_slice(bytes))?;
        Ok(payload)
    }

    #[test]
    fn the_examples_of_rfc_7692_7_2_3_all_say_hello() {
        let shared_window: [&[u8]; 2] = [&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], &[0xf2, 0x00, 0x11, 0x00, 0x00]];
        let mut inflater = Inflater::new(true);
        for message in shared_window {
            assert_eq!(inflate(&mut inflater, &[message]).as_deref(), Ok(&b"Hello"[..]));
        }
        let not_compressed = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
        let final_block = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
        let two_blocks = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
        for message in [&not_compressed[..], &final_block, &two_blocks] {
            assert_eq!(inflate(&mut Inflater::new(true), &[message]).as_deref(), Ok(&b"Hello"[..]));
        }
    }

    #[test]
    fn a_message_that_ends_with_a_final_block_ends_there_and_the_next_begins_afresh() {
        let final_block = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        for context_takeover in [true, false] {
            let mut inflater = Inflater::new(context_takeover);
            for _ in 0..3 {
                assert_eq!(inflate(&mut inflater, &[&final_block]).as_deref(), Ok(&b"Hello"[..]));
            }
        }
    }

    #[test]
    fn the_window_is_allocated_with_the_first_compressed_message() {
        let mut inflater = Inflater::new(true);
        assert!(inflater.inflate.is_none());
        inflate(&mut inflater, &[&Deflater::new().message(b"first")]).unwrap();
        assert!(inflater.inflate.is_some());
    }

    #[test]
    fn with_context_takeover_a_damaged_message_takes_the_later_ones_with_it() {
        let mut deflater = Deflater::new();
        let (first, second) = (deflater.message(b"one and one"), deflater.message(b"one and one"));
        let mut inflater = Inflater::new(true);
        assert_eq!(inflate(&mut inflater, &[&[0x07]]), Err(DeflateError::Damaged));
        assert!(inflater.is_lost());
        assert_eq!(inflate(&mut inflater, &[&first]), Err(DeflateError::ContextLost));
        assert_eq!(inflate(&mut inflater, &[&second]), Err(DeflateError::ContextLost));
    }

    #[test]
    fn without_context_takeover_a_damaged_message_is_the_only_one_lost() {
        let mut inflater = Inflater::new(false);
        assert_eq!(inflater.message_chunk(&[0x07], &mut |_| {}), Err(DeflateError::Damaged));
        assert_eq!(inflater.message_chunk(b"more", &mut |_| {}), Err(DeflateError::ContextLost));
        assert_eq!(inflater.end_of_message(&mut |_| {}), Err(DeflateError::ContextLost));
        assert_eq!(inflate(&mut inflater, &[&Deflater::new().message(b"well")]).as_deref(), Ok(&b"well"[..]));
    }

    /// What a sender does that keeps its context where both agreed on none.
    #[test]
    fn without_context_takeover_a_message_cannot_refer_to_the_one_before() {
        let text: Vec<u8> = (0..=255).collect();
        let mut deflater = Deflater::new();
        let (first, second) = (deflater.message(&text), deflater.message(&text));
        let mut inflater = Inflater::new(false);
        assert_eq!(inflate(&mut inflater, &[&first]).as_deref(), Ok(&text[..]));
        assert_eq!(inflater.message_chunk(&second, &mut |_| {}), Err(DeflateError::Damaged));
        assert_eq!(inflater.end_of_message(&mut |_| {}), Err(DeflateError::ContextLost));
        assert_eq!(inflate(&mut inflater, &[&first]).as_deref(), Ok(&text[..]));
    }

    #[test]
    fn bytes_that_were_not_captured_count_as_lost() {
        let mut inflater = Inflater::new(true);
        inflater.bytes_missing();
        assert_eq!(inflater.message_chunk(b"anything", &mut |_| {}), Err(DeflateError::ContextLost));
    }

    #[test]
    fn a_bomb_stops_at_the_limit_exactly() {
        let bomb = Deflater::new().message(&vec![0; 4 << 20]);
        let mut inflater = Inflater::with_limit(false, 1 << 20);
        let mut given = 0;
        let result = inflater.message_chunk(&bomb, &mut |bytes| given += bytes.len());
        assert_eq!(result, Err(DeflateError::TooLarge { limit: 1 << 20 }));
        assert_eq!(given, 1 << 20);
        assert!(inflater.is_lost());
    }

    proptest! {
        #[test]
        fn messages_come_out_as_they_went_in_however_their_frames_are_cut(
            messages in prop::collection::vec(prop::collection::vec(0_u8..8, 0..3000), 1..6),
            context_takeover: bool,
            frame in 1_usize..700,
        ) {
            let mut deflater = Deflater::new();
            let mut inflater = Inflater::new(context_takeover);
            for message in messages {
                if !context_takeover {
                    deflater = Deflater::new();
                }
                let compressed = deflater.message(&message);
                let frames: Vec<&[u8]> = compressed.chunks(frame).collect();
                prop_assert_eq!(inflate(&mut inflater, &frames), Ok(message));
            }
        }

        #[test]
        fn any_bytes_are_inflated_or_refused_without_panic(
            messages in prop::collection::vec(any::<Vec<u8>>(), 0..8),
            context_takeover: bool,
        ) {
            let mut inflater = Inflater::with_limit(context_takeover, 10_000);
            for message in messages {
                if let Ok(inflated) = inflate(&mut inflater, &[&message]) {
                    prop_assert!(inflated.len() <= 10_000);
                }
            }
        }
    }
}
