//! What a body brings: its bytes, what is made of them, chunk lines and trailers.

use super::super::event::{How, Made, Map};
use super::super::output::{About, Output, report};
use super::super::record::{Direction, Request};
use super::{Pairing, undecodable};
use crate::layers::application::http::{Fault, FieldName, Head};
use crate::layers::quoted::OwnWords;
use crate::layers::{Run, Source};

/// How long a client waits for 100 Continue, in nanoseconds, before that is worth telling.
const SLOW_TO_CONTINUE: u64 = 300_000_000;

/// A whole content that couldn't be decoded to its end.
#[derive(Debug)]
pub(super) struct Undecoded {
    pub(super) length: u64,
    pub(super) error: OwnWords,
    pub(super) about: About,
    pub(super) source: Source,
}

impl Pairing {
    /// Takes content.
    pub(in crate::inspect) fn data(
        &mut self,
        from: Direction,
        data: &[u8],
        run: Run,
        source: Source,
        out: &mut Output<'_>,
    ) {
        if from == Direction::Client {
            self.continues(source);
        }
        if let Some(sniffer) = &mut self.sniffers[from as usize] {
            sniffer.push(data);
        }
        if from == Direction::Server {
            self.endings.server_sends(source);
        }
        let error = if out.depth.pieces {
            self.told_data(from, data, run, source, out)
        } else if let Some((content, message)) = self.content(from) {
            message.extent.last = source.ready;
            message.wire_body_bytes += data.len() as u64;
            content.push(data, out.depth.keep, message, &mut |_| {})
        } else {
            None
        };
        if error.is_some() {
            undecodable(error, self.about(from), source, out);
        }
    }

    /// The same, and tells what is made from it.
    #[cold]
    fn told_data(
        &mut self,
        from: Direction,
        data: &[u8],
        mut run: Run,
        source: Source,
        out: &mut Output<'_>,
    ) -> Option<OwnWords> {
        let (side, index) = (Some((self.connection, from)), Some(self.index(from)));
        let is_chunked = self.is_chunked(from);
        let [mut dechunking, mut decoding] = self.making[from as usize];
        let (content, message) = self.content(from)?;
        message.extent.last = source.ready;
        message.wire_body_bytes += data.len() as u64;
        if is_chunked {
            run = out.derived(&mut dechunking, Made { how: How::Dechunked, side, index }, data, run, Map::Bytewise);
        }
        let error = content.push(data, out.depth.keep, message, &mut |bytes| {
            out.derived(&mut decoding, Made { how: How::Decoded, side, index }, bytes, run, Map::Whole);
        });
        self.making[from as usize] = [dechunking, decoding];
        error
    }

    /// A request's body begins, or goes on: it may have waited for a 100 that hasn't come. Whether one comes later, or came and
    /// wasn't captured, is known when the exchange is over.
    fn continues(&mut self, source: Source) {
        let lacks_response = self.lacks_response();
        let Some(open) = self.open.back_mut() else { return };
        let Some(request) = open.exchange.request.as_ref().filter(|request| request.message.wire_body_bytes == 0)
        else {
            return;
        };
        let waited = source.ready.time.since(request.message.extent.last.time);
        let without = open.exchange.interim.is_empty() && open.exchange.response.is_none() && !lacks_response;
        if waited >= SLOW_TO_CONTINUE && expects_continue(request) && without {
            open.waited = Some((waited, source));
        }
    }

    /// Bytes follow the server's last content that begin no message. If its coding hadn't ended, they're the rest of it.
    pub(in crate::inspect) fn is_cut(&mut self, source: Source, out: &mut Output<'_>) -> bool {
        let Some(&Undecoded { length, about, .. }) = self.undecoded.as_ref() else { return false };
        let cause = report(&[Fault::LengthBeforeCoding(length)], about, source, out);
        self.tell_undecoded(cause, out);
        true
    }

    /// Tells of the last content that couldn't be decoded, if that's still untold, and of what made it so.
    pub(in crate::inspect) fn tell_undecoded(&mut self, cause: Option<u64>, out: &mut Output<'_>) {
        if let Some(Undecoded { error, about, source, .. }) = self.undecoded.take() {
            undecodable(Some(error), about.because(cause), source, out);
        }
    }

    /// Takes note of bytes that frame a body: chunk lines and ends.
    pub(in crate::inspect) fn framing(&mut self, from: Direction, length: usize) {
        if let Some((_, message)) = self.content(from) {
            message.wire_body_bytes += length as u64;
        }
    }

    /// Takes a trailer section.
    pub(in crate::inspect) fn trailers(&mut self, from: Direction, head: &Head<'_>) {
        if let Some((_, message)) = self.content(from) {
            message.wire_body_bytes += head.block.len() as u64;
            head.copy_into(&mut message.trailers);
        }
    }
}

/// Whether a request waits with its body for 100 Continue (RFC 9110 §10.1.1).
pub(super) fn expects_continue(request: &Request) -> bool {
    request.message.headers.lists(FieldName::Expect, b"100-continue")
}
