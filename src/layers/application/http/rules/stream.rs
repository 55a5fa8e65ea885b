//! Event streams (WHATWG HTML §9.2): what makes a browser's `EventSource` give up, or come back.

use super::super::content_type::{is_event_stream, media_type};
use super::super::names::FieldName;
use super::super::section::Head;
use super::RequestHead;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let accepted = asked.fields.get(FieldName::Accept);
    // A client that also accepts other types isn't an EventSource.
    if status != 200 || !accepted.is_some_and(|accepted| is_event_stream(accepted) && !accepted.contains(&b',')) {
        return;
    }
    let Some(kind) = head.get(FieldName::ContentType) else { return };
    if !is_event_stream(kind) {
        faults.push(Fault::NoEventStream(Quoted::of(media_type(kind))));
    } else if let Some(length) = head.get(FieldName::ContentLength) {
        faults.push(Fault::EventStreamEnds(Quoted::of(length)));
    }
}
