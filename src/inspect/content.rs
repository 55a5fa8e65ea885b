//! A message's content as it comes: counted, its codings undone, its beginning kept.

use super::event::{How, Made, Map};
use super::output::{Making, Output};
use super::record::{Direction, HttpMessage};
use super::redact::mark::Note;
use crate::layers::Run;
use crate::layers::application::http::Head;
use crate::layers::presentation::coding::{self, Decoder, TransferCoding, UnknownCoding};

/// The content of one HTTP message in progress.
#[derive(Debug)]
pub(super) struct Content {
    coding: Coding,
    decoded: u64,
    /// What is made from the body, where that is told: the chunked coding undone, and the content coding.
    dechunking: Option<Making>,
    decoding: Option<Making>,
}

/// What bytes of a body are, for what is made from them.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyBytes {
    /// Where they stand in their stream.
    pub(super) run: Run,
    /// Whether they are chunk data.
    pub(super) is_chunked: bool,
    /// Whose they are, and of which exchange.
    pub(super) side: (u64, Direction),
    pub(super) index: u64,
}

impl BodyBytes {
    fn made(&self, how: How) -> Made {
        Made { how, side: Some(self.side), index: Some(self.index) }
    }
}

#[derive(Debug)]
enum Coding {
    /// The content is sent as it is, but for chunks.
    None,
    Undoing(Box<Decoder>),
    /// It was blanked; how long it was is noted, and that much of a view's blank is kept.
    Redacted(Note, usize),
    /// It could not be undone; what came is kept as sent.
    Failed,
}

/// Why coded content can't be undone that was blanked after it could not be.
const BROKEN: &str = "it could not be when the capture was redacted";

/// What stands for text that was blanked.
const BLANK: u8 = b'*';

impl Content {
    /// Starts on the content of `message`, which has that head, in a capture that was `redacted` or wasn't. An error says
    /// why its codings cannot be undone.
    pub(super) fn start(head: &Head<'_>, message: &mut HttpMessage, redacted: bool) -> (Self, Option<String>) {
        let is_plain = |transfer: &[u8]| TransferCoding::of(transfer) == Some(TransferCoding::Chunked);
        if head.get("content-encoding").is_none() && head.all("transfer-encoding").all(is_plain) {
            return (Self::new(Coding::None), None);
        }
        let named = |name| head.all(name).collect::<Vec<_>>().join(&b", "[..]);
        let (transfer, content) = (named("transfer-encoding"), named("content-encoding"));
        let is_coded = coding::codings(&content).map_or(true, |codings| !codings.is_empty());
        let (coding, error) = match Decoder::of_body(&transfer, &content) {
            Ok(None) => (Coding::None, None),
            Ok(Some(_)) if redacted && is_coded => (Coding::Redacted(Note::default(), 0), None),
            // What was only compressed for the way is blanked without a note.
            Ok(Some(_)) if redacted => (Coding::None, None),
            Ok(Some(decoder)) => (Coding::Undoing(Box::new(decoder)), None),
            // That is a fault of the framing.
            Err(UnknownCoding::Transfer { .. }) => (Coding::Failed, None),
            Err(unknown) => (Coding::Failed, Some(unknown.to_string())),
        };
        if is_coded {
            message.content_coding = Some(String::from_utf8_lossy(&content).into_owned());
        }
        (Self::new(coding), error)
    }

    fn new(coding: Coding) -> Self {
        Self { coding, decoded: 0, dechunking: None, decoding: None }
    }

    /// Takes the next bytes, and tells what is made from them where it is given `of` what they are. An error says why the coding
    /// cannot be undone; it comes once.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut of: Option<BodyBytes>,
        message: &mut HttpMessage,
        out: &mut Output<'_>,
    ) -> Option<String> {
        message.body_bytes += bytes.len() as u64;
        let keep = out.options.keep;
        let Self { coding, decoded, dechunking, decoding } = self;
        if let Some(part) = of.as_mut().filter(|part| part.is_chunked) {
            part.run = out.derived(dechunking, part.made(How::Dechunked), bytes, part.run, Map::Bytewise);
        }
        let mut take = |bytes: &[u8]| {
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
                note.is_broken().then(|| BROKEN.to_owned())
            }
            Coding::Undoing(decoder) => {
                let mut tell = |bytes: &[u8]| {
                    if let Some(part) = &of {
                        out.derived(decoding, part.made(How::Decoded), bytes, part.run, Map::Whole);
                    }
                };
                // Bytes that give nothing yet are part of what the rest is made from.
                tell(&[]);
                let mut take = |bytes: &[u8]| {
                    take(bytes);
                    tell(bytes);
                };
                let undone = decoder.push(bytes, &mut take);
                message.body_bytes = decoder.transferred().unwrap_or(message.body_bytes);
                undone.err().map(|error| error.to_string())
            }
        };
        if error.is_some() {
            *coding = Coding::Failed;
        }
        error
    }

    /// Bytes are missing: what a coding would make of the rest is not to be trusted.
    pub(super) fn gap(&mut self) {
        if matches!(self.coding, Coding::Undoing(_)) {
            self.coding = Coding::Failed;
        }
    }

    /// The message is over. An error says why its coding could not be undone.
    pub(super) fn finish(self, message: &mut HttpMessage) -> Option<String> {
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
            return message.complete.then(|| error.to_string());
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
