//! What exchanges carry: bodies, cookies, and the framing that chunking adds.

use super::tally::Tally;
use crate::inspect::record::{Exchange, HttpMessage};

/// Counts of messages and fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Requests and responses with a body of at least one byte.
    pub bodies: Tally,
    /// Requests with a Cookie field.
    pub cookies: Tally,
    /// Chunk sizes, the line ends around chunks, and trailers (RFC 9112 §7.1).
    pub chunking_bytes: Tally,
}

impl Content {
    /// Counts an exchange.
    pub(super) fn exchange(&mut self, exchange: &Exchange) {
        let request = exchange.request.iter().map(|request| &request.message);
        let responses = exchange.interim.iter().chain(&exchange.response).map(|response| &response.message);
        for message in request.clone().chain(responses) {
            let (first, last) = (message.extent.first.packet, message.extent.last.packet);
            self.bodies.add(u64::from(message.body_bytes > 0), first, last);
            self.chunking_bytes.add(chunking(message), first, last);
        }
        for message in request {
            self.cookies.one_if(message.headers.get("cookie").is_some(), message.extent.last.packet);
        }
    }
}

/// The bytes of a body that are not its content.
pub(super) fn chunking(message: &HttpMessage) -> u64 {
    message.wire_body_bytes.saturating_sub(message.body_bytes)
}
