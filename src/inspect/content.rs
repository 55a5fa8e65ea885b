//! A message's content as it arrives: counts it, undoes its codings, and keeps its beginning.

use super::mark::Note;
use super::record::HttpMessage;
use crate::layers::application::http::{FieldName, Head, NameSet, is_part};
use crate::layers::presentation::coding::{self, Decoder, TransferCoding};
use crate::layers::quoted::OwnWords;

/// The content of one HTTP message in progress.
#[derive(Debug)]
pub(super) struct Content {
    coding: Coding,
    decoded: u64,
    /// The capture doesn't have all of it.
    lacks_bytes: bool,
    /// The first bytes of the content, its coding undone.
    beginning: [u8; 3],
}

#[derive(Debug)]
enum Coding {
    /// The content is sent as it is, except for chunks.
    None,
    Undoing(Box<Decoder>),
    /// It was blanked. Its length is noted, and that much of a view's blank is kept.
    Redacted(Note, usize),
    /// It could not be undone, or not here; what came is kept as sent.
    Failed,
}

/// Why coded content can't be decoded if it already couldn't be decoded before it was blanked.
const BROKEN: &str = "it could not be when the capture was redacted";

/// What stands for text that was blanked.
const BLANK: u8 = b'*';

impl Content {
    /// Starts on the content of `message`, which has that head, in a capture that was `redacted` or wasn't.
    #[inline]
    pub(super) fn start(head: &Head<'_>, message: &mut HttpMessage, redacted: bool) -> Self {
        const CODED: NameSet = NameSet::of(&[FieldName::ContentEncoding, FieldName::TransferEncoding]);
        let is_chunked = |transfer: &[u8]| TransferCoding::of(transfer) == Some(TransferCoding::Chunked);
        if !head.has(CODED)
            || head.get(FieldName::ContentEncoding).is_none() && head.all(FieldName::TransferEncoding).all(is_chunked)
        {
            return Self { coding: Coding::None, decoded: 0, beginning: [0; 3], lacks_bytes: false };
        }
        Self::coded(head, message, redacted)
    }

    /// The same for a message that names codings.
    fn coded(head: &Head<'_>, message: &mut HttpMessage, redacted: bool) -> Self {
        let named = |name| head.all(name).collect::<Vec<_>>().join(&b", "[..]);
        let (transfer, content) = (named(FieldName::TransferEncoding), named(FieldName::ContentEncoding));
        let is_coded = coding::codings(&content).map_or(true, |codings| !codings.is_empty());
        let coding = match Decoder::of_body(&transfer, &content) {
            Ok(None) => Coding::None,
            // Only the whole could be decoded.
            Ok(Some(_)) if is_coded && is_part(head) => Coding::Failed,
            Ok(Some(_)) if redacted && is_coded => Coding::Redacted(Note::default(), 0),
            // What was only compressed for the way is blanked without a note.
            Ok(Some(_)) if redacted => Coding::None,
            Ok(Some(decoder)) => Coding::Undoing(Box::new(decoder)),
            // A coding that isn't known here may well be known to its receiver.
            Err(_) => Coding::Failed,
        };
        if is_coded {
            message.content_coding = Some(String::from_utf8_lossy(&content).into_owned());
        }
        Self { coding, decoded: 0, beginning: [0; 3], lacks_bytes: false }
    }

    /// Takes the next bytes. What they give once their coding is undone goes to `undone`, which is first told about
    /// nothing, because they may give nothing yet. An error says why the coding can't be undone; it comes once.
    #[inline]
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        keep: usize,
        message: &mut HttpMessage,
        undone: &mut dyn FnMut(&[u8]),
    ) -> Option<OwnWords> {
        message.body_bytes += bytes.len() as u64;
        let Self { coding, decoded, beginning, .. } = self;
        let mut take = |bytes: &[u8]| {
            if let Some(rest) = beginning.get_mut(usize::try_from(*decoded).unwrap_or(usize::MAX)..) {
                let new = rest.len().min(bytes.len());
                rest[..new].copy_from_slice(&bytes[..new]);
            }
            *decoded += bytes.len() as u64;
            kept(&mut message.body, &mut message.body_truncated, bytes, keep);
        };
        let error = match coding {
            Coding::None => {
                take(bytes);
                None
            }
            Coding::Failed => {
                if message.body.len() < keep || !bytes.is_empty() {
                    kept(&mut message.body, &mut message.body_truncated, bytes, keep);
                }
                None
            }
            Coding::Redacted(note, kept) => {
                note.push(bytes);
                *kept = keep;
                note.is_broken().then(|| OwnWords::of(BROKEN))
            }
            Coding::Undoing(decoder) => {
                undone(&[]);
                let mut take = |bytes: &[u8]| {
                    take(bytes);
                    undone(bytes);
                };
                let undone = decoder.push(bytes, &mut take);
                message.body_bytes = decoder.transferred().unwrap_or(message.body_bytes);
                undone.err().map(|error| OwnWords::of(error.to_string()))
            }
        };
        if error.is_some() {
            *coding = Coding::Failed;
        }
        error
    }

    /// Whether undoing the coding leaves what begins as gzip does.
    pub(super) fn is_coded_again(&self) -> bool {
        matches!(self.coding, Coding::Undoing(_)) && self.beginning == [0x1f, 0x8b, 8]
    }

    /// Whether what came so far is whole in its coding, and decodes to that many bytes.
    pub(super) fn decodes_to(&mut self, length: u64) -> bool {
        match &mut self.coding {
            Coding::Undoing(decoder) => self.decoded == length && decoder.finish().is_ok(),
            _ => false,
        }
    }

    /// Bytes are missing: what a coding would make of the rest is not to be trusted.
    pub(super) fn gap(&mut self) {
        self.lacks_bytes = true;
        if matches!(self.coding, Coding::Undoing(_)) {
            self.coding = Coding::Failed;
        }
    }

    /// Whether the capture doesn't have all of it that came.
    pub(super) fn lacks_bytes(&self) -> bool {
        self.lacks_bytes
    }

    /// The message is over. An error says why its coding could not be undone.
    pub(super) fn finish(self, message: &mut HttpMessage) -> Option<OwnWords> {
        message.decoded_body_bytes = match self.coding {
            Coding::Redacted(note, _) if note.is_empty() => Some(0),
            Coding::Redacted(note, keep) => {
                let length = note.length().unwrap_or_default();
                message.body.resize(keep.min(usize::try_from(length).unwrap_or(usize::MAX)), BLANK);
                message.body_truncated = length > keep as u64;
                note.length()
            }
            Coding::Failed => None,
            Coding::None | Coding::Undoing(_) => Some(self.decoded),
        };
        if let Coding::Undoing(mut decoder) = self.coding
            && let Err(error) = decoder.finish()
        {
            message.decoded_body_bytes = None;
            return message.complete.then(|| OwnWords::of(error.to_string()));
        }
        None
    }
}

/// Appends to what is kept of a body or payload, as far as there is room.
pub(super) fn kept(into: &mut Vec<u8>, truncated: &mut bool, bytes: &[u8], keep: usize) {
    let room = keep.saturating_sub(into.len()).min(bytes.len());
    into.extend_from_slice(&bytes[..room]);
    *truncated |= room < bytes.len();
}
