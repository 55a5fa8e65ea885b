//! What HTTP exchanges measure.

use super::Measure;
use super::tally::Tallies;
use crate::inspect::record::{Exchange, HttpMessage, Response};
use crate::layers::application::http::FieldName;

/// How long the constant is that a server appends to the key (RFC 6455 §1.3).
const ACCEPT_CONSTANT_BYTES: u64 = 36;

/// Counts an exchange.
pub(super) fn exchange(exchange: &Exchange, tallies: &mut Tallies) {
    // One row of a ladder is a request's, another its response's: where each is complete.
    let asked = exchange.request.as_ref().map_or(exchange.extent().first, |request| request.message.extent.last);
    let (asked, answered) = (asked.packet, exchange.extent().last.packet);
    tallies.add(Measure::Exchanges, 1, asked, answered);
    tallies.add(Measure::ReusedExchanges, u64::from(exchange.index > 0), asked, answered);
    let request = exchange.request.iter().map(|request| &request.message);
    let responses = exchange.responses().map(|response| &response.message);
    for message in request.clone().chain(responses) {
        let (first, last) = (message.extent.first.packet, message.extent.last.packet);
        let framing = message.header_bytes.saturating_add(chunking(message));
        tallies.add(Measure::ProtocolBytes, framing, first, last);
        tallies.add(Measure::UsefulBytes, message.body_bytes, first, last);
        tallies.add(Measure::Bodies, u64::from(message.body_bytes > 0), first, last);
        tallies.add(Measure::ChunkingBytes, chunking(message), first, last);
    }
    for message in request {
        tallies.one_if(Measure::Cookies, message.headers.get(FieldName::Cookie).is_some(), message.extent.last.packet);
    }
    if let Some(response) = final_response(exchange) {
        let last = response.message.extent.last.packet;
        tallies.one(Measure::Responses, last);
        tallies.one_if(Measure::Refusals, response.status >= 400, last);
        tallies.one_if(Measure::Creations, response.status == 201, last);
        tallies.one_if(Measure::Unmodified, response.status == 304, last);
        tallies.one_if(Measure::SetCookies, response.message.headers.get(FieldName::SetCookie).is_some(), last);
    }
    let key = exchange.request.as_ref().and_then(|it| it.message.headers.get(FieldName::SecWebSocketKey));
    if let Some(key) = key.filter(|_| tallies.of(Measure::AcceptInputBytes).sum() == 0) {
        let bytes = key.len() as u64 + ACCEPT_CONSTANT_BYTES;
        tallies.add(Measure::AcceptInputBytes, bytes, asked, asked);
    }
}

/// The final response, if it came to its end.
pub(super) fn final_response(exchange: &Exchange) -> Option<&Response> {
    exchange.response.as_deref().filter(|response| response.message.complete && response.status >= 200)
}

/// The bytes of a body that aren't its content.
fn chunking(message: &HttpMessage) -> u64 {
    message.wire_body_bytes.saturating_sub(message.body_bytes)
}
