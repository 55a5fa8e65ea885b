//! An exchange that isn't over: its record as far as it goes, and what else there is to know of it until then.

use super::content::Content;
use super::hops::Ticket;
use super::record::{Exchange, Extent, HttpMessage, Response};
use crate::layers::Source;
use crate::layers::application::http::Head;

/// An exchange that is not over.
#[derive(Debug, Default)]
pub(super) struct OpenExchange {
    pub(super) exchange: Exchange,
    /// The request's content; `None` once it is over.
    pub(super) content: Option<Content>,
    /// The first problem that the request has: what a refusal says is its effect.
    pub(super) cause: Option<u64>,
    /// Why the request makes the server close the connection after its response, if it does.
    pub(super) closes: Option<&'static str>,
    /// How many interim responses came, of which the exchange has at most [`MAX_INTERIM`](crate::limits::MAX_INTERIM).
    pub(super) interim: u64,
    /// The head of its response, or of an interim one, isn't in the capture.
    pub(super) lost: bool,
    /// What the client said next isn't in the capture.
    pub(super) unfollowed: bool,
    /// How long the request's body waited for a 100 that hadn't come, in nanoseconds, and where it began then.
    pub(super) waited: Option<(u64, Source)>,
    /// By which its copy on another connection is found.
    pub(super) ticket: Ticket,
    /// Bytes of memory it held when it was last measured.
    pub(super) weighed: usize,
}

impl OpenExchange {
    /// Bytes of memory that its messages hold, roughly.
    #[inline]
    pub(super) fn held(&self) -> usize {
        let of = |message: &HttpMessage| {
            message.body.capacity() + message.headers.block.capacity() + message.trailers.block.capacity()
        };
        let Exchange { request, interim, response, .. } = &self.exchange;
        request.iter().map(|it| of(&it.message)).sum::<usize>()
            + interim.iter().chain(response.as_deref()).map(|it| of(&it.message)).sum::<usize>()
    }

    /// Empties it for the next exchange, which uses its buffers; returns the response, whose own are used apart.
    #[inline]
    pub(super) fn clear(&mut self) -> Option<Box<Response>> {
        self.content = None;
        (self.cause, self.closes, self.interim, self.waited) = (None, None, 0, None);
        (self.lost, self.unfollowed, self.ticket, self.weighed) = (false, false, Ticket::default(), 0);
        self.exchange.interim.clear();
        self.exchange.upgraded = None;
        self.exchange.response.take()
    }
}

/// Reuses another message's buffers for the message that has that head.
#[inline]
pub(super) fn begin(message: &mut HttpMessage, head: &Head<'_>, head_version: (u8, u8)) {
    let HttpMessage {
        version,
        headers,
        trailers,
        extent,
        header_bytes,
        body_bytes,
        wire_body_bytes,
        content_coding,
        decoded_body_bytes,
        body,
        body_truncated,
        complete,
    } = message;
    head.copy_into(headers);
    body.clear();
    *version = head_version;
    *header_bytes = head.block.len() as u64;
    trailers.clear();
    *extent = Extent::default();
    (*body_bytes, *wire_body_bytes, *decoded_body_bytes) = (0, 0, None);
    *content_coding = None;
    (*body_truncated, *complete) = (false, false);
}
