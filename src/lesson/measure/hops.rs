//! What proxies measure: what becomes of a request's fields on the way from one connection to the next.

use super::Measure;
use super::tally::Tallies;
use crate::inspect::hops::{ChangeKind, Hop, MessagePart};
use crate::inspect::record::{Direction, Exchange};
use crate::layers::application::http::FieldName;

/// Counts what a proxy did to a request.
pub(super) fn hop(hop: &Hop, tallies: &mut Tallies) {
    let of_request = |part, direction| (part, direction) == (MessagePart::Header, Direction::Client);
    for change in hop.changes().into_iter().filter(|change| of_request(change.part, change.direction)) {
        let measure = match change.kind {
            ChangeKind::Dropped => Measure::DroppedFields,
            ChangeKind::Added => Measure::AddedFields,
            ChangeKind::Changed => Measure::ChangedFields,
            ChangeKind::Delayed => continue,
        };
        tallies.one(measure, change.packet);
    }
    let passed = key(&hop.to.exchange).is_some_and(|passed| key(&hop.from.exchange) == Some(passed));
    tallies.one_if(Measure::PassedKeys, passed, hop.to.exchange.extent().first.packet);
}

fn key(exchange: &Exchange) -> Option<&[u8]> {
    exchange.request.as_ref()?.message.headers.get(FieldName::SecWebSocketKey)
}
