//! Content codings (RFC 9110 §8.4) and transfer codings (RFC 9112 §7): undoes gzip, deflate, br and zstd as the bytes
//! come, and stacks of them.
//!
//! Input is pushed in pieces of any size and output leaves as it is decoded, so a decoder's memory is its window (32 KiB
//! for gzip and deflate, up to 16 MiB for br and 8 MiB for zstd, and what their decoders keep around it) however long the
//! content is. The output of each coding is limited too: a bomb costs bounded work, and is reported.

mod brotli;
mod gzip;
#[cfg(test)]
mod tests;
mod transfer;
mod zlib;
mod zstd;

use std::borrow::Cow;
use std::fmt;

use self::brotli::Brotli;
use self::gzip::Gzip;
pub use self::transfer::TransferCoding;
use self::zlib::Zlib;
use self::zstd::Zstd;
use super::plainly;
pub use crate::limits::{MAX_CODINGS, MAX_DECODED_BYTES};

/// A content coding that can be undone (IANA's HTTP Content Coding Registry).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// `gzip`, or its old name `x-gzip` (RFC 9110 §8.4.1.3).
    Gzip,
    /// `deflate` (RFC 9110 §8.4.1.2): zlib by definition, raw DEFLATE from servers that took the name literally.
    Deflate,
    /// `br` (RFC 7932).
    Brotli,
    /// `zstd` (RFC 8878).
    Zstd,
}

impl Coding {
    /// The coding of that name, case aside (RFC 9110 §8.4.1).
    #[must_use]
    pub fn by_name(name: &[u8]) -> Option<Self> {
        const NAMES: [(&str, Coding); 5] = [
            ("gzip", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("deflate", Coding::Deflate),
            ("br", Coding::Brotli),
            ("zstd", Coding::Zstd),
        ];
        NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|(_, coding)| *coding)
    }

    /// The name that the registry gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// What defines its format.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Gzip => "RFC 9110 §8.4.1.3",
            Self::Deflate => "RFC 9110 §8.4.1.2",
            Self::Brotli => "RFC 7932 §9",
            Self::Zstd => "RFC 8878 §3",
        }
    }

    fn undoing(self) -> Box<dyn Undo> {
        match self {
            Self::Gzip => Box::new(Gzip::new()),
            Self::Deflate => Box::new(Zlib::new()),
            Self::Brotli => Box::new(Brotli::new()),
            Self::Zstd => Box::new(Zstd::new()),
        }
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A field names a coding that this tool cannot undo, or that nobody can. Names are as sent; bytes that are not UTF-8 are
/// replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownCoding {
    /// `Content-Encoding` names it.
    #[error("{name:?} is not a content coding that can be undone here")]
    Content {
        /// The coding's name.
        name: String,
    },
    /// `Transfer-Encoding` names it, and no such transfer coding is registered.
    #[error("{name:?} is not a transfer coding")]
    Transfer {
        /// The coding's name.
        name: String,
    },
    /// `Transfer-Encoding` names `compress` (RFC 9112 §7.2).
    #[error("the transfer coding {name} can not be undone here")]
    Compress {
        /// The coding's name.
        name: String,
    },
}

/// Why a content could not be decoded, or not to its end. What was decoded before has been handed out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodingError {
    /// The bytes are not what the coding's format allows.
    #[error("{coding}: {what}")]
    Invalid {
        /// Whose format.
        coding: Coding,
        /// What is wrong with them.
        what: Cow<'static, str>,
    },
    /// The content ended before its coding did.
    #[error("{coding}: the content ends before the coded data does")]
    Truncated {
        /// Which coding was not at its end.
        coding: Coding,
    },
    /// The coded data is complete, and then more bytes follow.
    #[error("{coding}: bytes follow the end of the coded data")]
    TrailingData {
        /// Which coding was at its end.
        coding: Coding,
    },
    /// More comes out than anyone should decode.
    #[error("{coding}: it decodes to more than {}, where decoding stops: a bomb, most likely", plainly(*limit))]
    TooLarge {
        /// Which coding's output.
        coding: Coding,
        /// How many bytes were handed out.
        limit: u64,
    },
    /// Decoding needs more memory than the coding's registration allows (zstd: RFC 9659 §3).
    #[error("{coding}: needs a window of {window} bytes, more than the {limit} allowed")]
    WindowTooLarge {
        /// Which coding.
        coding: Coding,
        /// The window that is asked for, in bytes.
        window: u64,
        /// The largest allowed, in bytes.
        limit: u64,
    },
    /// More codings are stacked than [`MAX_CODINGS`].
    #[error("{count} codings are stacked, more than the {MAX_CODINGS} that are undone")]
    TooManyCodings {
        /// How many are listed.
        count: usize,
    },
}

/// Takes what a coding decodes to, and may refuse it.
type Out<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), CodingError>;

/// One coding being undone.
trait Undo: Send {
    /// Decodes what it can; all of `input` is used.
    fn push(&mut self, input: &[u8], out: Out<'_>) -> Result<(), CodingError>;

    /// Whether everything that was pushed, at least a byte, is complete.
    fn finish(&self) -> Result<(), CodingError>;
}

/// A coding of the stack, and what came out of it so far.
struct Stage {
    coding: Coding,
    undo: Box<dyn Undo>,
    started: bool,
    produced: u64,
}

/// Undoes the codings of one body, as its bytes come.
///
/// After an error, the same error is returned for ever.
pub struct Decoder {
    /// In the order in which they are undone: the last applied first.
    stages: Vec<Stage>,
    /// How many of them, the first ones, are transfer codings.
    transfer: usize,
    limit: u64,
    failed: Option<CodingError>,
}

impl Decoder {
    /// A decoder for the value of `Content-Encoding`, where several field lines are joined by commas. `None` if nothing
    /// needs to be undone: an empty list, or only `identity`.
    ///
    /// # Errors
    /// If a coding is not one of [`Coding`]. Nothing can be undone then, whatever the others are.
    pub fn new(content_encoding: &[u8]) -> Result<Option<Self>, UnknownCoding> {
        Self::with_limit(content_encoding, MAX_DECODED_BYTES)
    }

    /// The same, with another limit than [`MAX_DECODED_BYTES`] on the bytes that each coding may decode to.
    ///
    /// # Errors
    /// As [`Decoder::new`].
    pub fn with_limit(content_encoding: &[u8], limit: u64) -> Result<Option<Self>, UnknownCoding> {
        Ok(Self::undoing(codings(content_encoding)?, 0, limit))
    }

    /// A decoder for the body of a message as it is sent, its chunks put together: undoes its transfer codings, then its
    /// content codings. Both values are as for [`Decoder::new`].
    ///
    /// # Errors
    /// As [`Decoder::new`].
    pub fn of_body(transfer_encoding: &[u8], content_encoding: &[u8]) -> Result<Option<Self>, UnknownCoding> {
        let for_the_way = transfer::compressions(transfer_encoding)?;
        let transfer = for_the_way.len();
        Ok(Self::undoing([codings(content_encoding)?, for_the_way].concat(), transfer, MAX_DECODED_BYTES))
    }

    /// Undoes codings in the order in which they were applied, the last `transfer` of them for the way.
    fn undoing(mut codings: Vec<Coding>, transfer: usize, limit: u64) -> Option<Self> {
        codings.reverse();
        let failed = (codings.len() > MAX_CODINGS).then_some(CodingError::TooManyCodings { count: codings.len() });
        codings.truncate(MAX_CODINGS);
        let stage = |coding: Coding| Stage { coding, undo: coding.undoing(), started: false, produced: 0 };
        let stages: Vec<_> = codings.into_iter().map(stage).collect();
        (!stages.is_empty()).then_some(Self { stages, transfer, limit, failed })
    }

    /// How many bytes of content came out of the transfer codings; `None` where there are none.
    #[must_use]
    pub fn transferred(&self) -> Option<u64> {
        self.stages[..self.transfer.min(self.stages.len())].last().map(|stage| stage.produced)
    }

    /// Decodes the next bytes of the content. `out` is given what they decode to, in pieces.
    ///
    /// # Errors
    /// If they are not what they should be, or decode to too much. What could be decoded has been given to `out`.
    pub fn push(&mut self, input: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), CodingError> {
        self.unless_failed(|decoder| push_through(&mut decoder.stages, input, decoder.limit, out))
    }

    /// Tells that the content ended. Nothing is decoded by that: `push` gives out everything at once.
    ///
    /// No content at all is not an error: many servers name a coding on an empty body.
    ///
    /// # Errors
    /// If the coded data is not at its end.
    pub fn finish(&mut self) -> Result<(), CodingError> {
        self.unless_failed(|decoder| {
            decoder.stages.iter().filter(|stage| stage.started).try_for_each(|stage| stage.undo.finish())
        })
    }

    fn unless_failed(&mut self, step: impl FnOnce(&mut Self) -> Result<(), CodingError>) -> Result<(), CodingError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        step(self).inspect_err(|error| self.failed = Some(error.clone()))
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.stages.iter().map(|stage| stage.coding)).finish()
    }
}

/// Whether data in the coding `deflate` has no zlib header, judging by its beginning: then it's raw DEFLATE, if
/// anything.
#[must_use]
pub fn is_raw_deflate(data: &[u8]) -> bool {
    data.first_chunk().is_some_and(|start| !zlib::is_zlib_header(*start))
}

/// The codings in a `Content-Encoding` value, in the order in which they were applied, `identity` left out.
///
/// # Errors
/// If one of them is unknown.
pub fn codings(content_encoding: &[u8]) -> Result<Vec<Coding>, UnknownCoding> {
    content_encoding
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"))
        .map(|name| {
            let unknown = || UnknownCoding::Content { name: String::from_utf8_lossy(name).into_owned() };
            Coding::by_name(name).ok_or_else(unknown)
        })
        .collect()
}

/// Pushes `input` into the first stage, what that gives into the next, and what the last gives out.
fn push_through(stages: &mut [Stage], input: &[u8], limit: u64, out: &mut dyn FnMut(&[u8])) -> Result<(), CodingError> {
    if input.is_empty() {
        return Ok(());
    }
    let Some((stage, following)) = stages.split_first_mut() else {
        out(input);
        return Ok(());
    };
    stage.started = true;
    let Stage { coding, undo, produced, .. } = stage;
    undo.push(input, &mut |decoded| {
        let room = usize::try_from(limit - *produced).unwrap_or(usize::MAX);
        let allowed = &decoded[..decoded.len().min(room)];
        *produced += allowed.len() as u64;
        push_through(following, allowed, limit, out)?;
        if allowed.len() < decoded.len() {
            return Err(CodingError::TooLarge { coding: *coding, limit });
        }
        Ok(())
    })
}
