//! A WebSocket message's payload as it arrives: inflates it, checks it, keeps its beginning and reports it.

use super::content::kept;
use super::event::{How, Made, Map};
use super::open_message::OpenMessage;
use super::output::{About, Output};
use super::record::Message;
use crate::layers::application::websocket::{Fault, TEXT};
use crate::layers::presentation::deflate::Inflater;
use crate::layers::quoted::OwnWords;
use crate::layers::{Run, Source};

impl OpenMessage {
    /// What is wrong with the message is about this: its frames may be several.
    fn about(&self) -> About {
        About::connection(self.message.connection).by(self.message.direction)
    }

    fn wrong(&mut self, found: &Fault, source: Source, out: &mut Output<'_>) {
        let id = out.problem(source, self.about(), found);
        self.cause.get_or_insert(id);
    }

    /// Takes payload as it was sent, but unmasked; it begins at `from`.
    #[inline]
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        from: Run,
        inflater: Option<&mut Inflater>,
        source: Source,
        out: &mut Output<'_>,
    ) {
        match inflater {
            Some(_) if self.message.compressed && out.redacted => self.note.push(bytes),
            Some(inflater) if self.message.compressed => {
                if !inflater.is_lost() {
                    self.from = from;
                    self.tell(&[], out);
                    let result = inflater.message_chunk(bytes, &mut |clear| self.take(clear, source, out));
                    self.inflated(result.map_err(|error| error.to_string()), source, out);
                    if inflater.take_exceeded() {
                        let from = self.message.direction;
                        self.wrong(&Fault::WindowExceeded { from }, source, out);
                    }
                }
                self.broken |= inflater.is_lost();
            }
            _ => self.take(bytes, source, out),
        }
    }

    #[inline]
    pub(super) fn finish(&mut self, inflater: Option<&mut Inflater>, source: Source, out: &mut Output<'_>) {
        if self.message.compressed && !self.note.is_empty() {
            self.noted(source, out);
        } else if let Some(inflater) = inflater.filter(|_| self.message.compressed) {
            let lost = inflater.is_lost();
            let result = inflater.end_of_message(&mut |clear| self.take(clear, source, out));
            self.broken |= lost || result.is_err();
            if !lost {
                self.inflated(result.map_err(|error| error.to_string()), source, out);
            }
        }
        if let Some(check) = self.check.take().filter(|_| !self.broken)
            && let Err(at) = check.finish()
        {
            self.wrong(&Fault::NotUtf8(at as u64), source, out);
        }
    }

    /// Makes of a message that was redacted what can be known of it.
    fn noted(&mut self, source: Source, out: &mut Output<'_>) {
        const BLANK: u8 = b'*';
        if self.note.is_broken() && !self.broken {
            let error = "it could not be when the capture was redacted".to_owned();
            return self.inflated(Err(error), source, out);
        }
        let Some(length) = self.note.length() else { return self.broken = true };
        if self.note.is_invalid() && !self.broken {
            self.wrong(&Fault::NotUtf8(0), source, out);
        }
        let message = &mut self.message;
        let room = out.depth.keep.min(usize::try_from(length).unwrap_or(usize::MAX));
        message.payload.resize(room, if message.opcode == TEXT { BLANK } else { 0 });
        (message.payload_bytes, message.payload_truncated) = (length, length > room as u64);
        self.check = None;
    }

    fn inflated(&mut self, result: Result<(), String>, source: Source, out: &mut Output<'_>) {
        if let Err(error) = result {
            self.broken = true;
            self.wrong(&Fault::DoesNotInflate(OwnWords::of(error)), source, out);
        }
    }

    /// Tells what is inflated, if it is.
    #[inline]
    fn tell(&mut self, bytes: &[u8], out: &mut Output<'_>) {
        let Message { connection, direction, compressed, .. } = self.message;
        if out.depth.pieces && compressed && !out.redacted {
            let made = Made { how: How::Inflated, side: Some((connection, direction)), index: None };
            out.derived(&mut self.inflating, made, bytes, self.from, Map::Whole);
        }
    }

    /// Takes payload in its final form: unmasked and inflated.
    #[inline]
    fn take(&mut self, bytes: &[u8], source: Source, out: &mut Output<'_>) {
        self.tell(bytes, out);
        let message = &mut self.message;
        message.payload_bytes += bytes.len() as u64;
        kept(&mut message.payload, &mut message.payload_truncated, bytes, out.depth.keep);
        if let Some(check) = self.check.as_mut().filter(|_| !self.broken)
            && let Err(at) = check.push(bytes)
        {
            // Reported once; the message is still shown.
            self.check = None;
            self.wrong(&Fault::NotUtf8(at as u64), source, out);
        }
    }
}
