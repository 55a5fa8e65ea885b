//! Event streams (WHATWG HTML §9.2): what makes a browser's `EventSource` give up, or come back.

use super::super::fault::{Fault, text};
use super::super::names::FieldName;
use super::super::section::Head;
use super::{RequestHead, begins_with, is_media_type, media_type};

pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    const STREAM: &[u8] = b"text/event-stream";
    let accepted = asked.fields.get(FieldName::Accept).filter(|accepted| begins_with(accepted, STREAM));
    // A client that takes other things as well is no EventSource.
    if !accepted.is_some_and(|accepted| is_media_type(accepted, STREAM) && !accepted.contains(&b',')) {
        return;
    }
    let kind = head.get(FieldName::ContentType);
    match kind {
        Some(kind) if status == 200 && !is_media_type(kind, STREAM) => {
            faults.push(Fault::NoEventStream(text(media_type(kind))));
        }
        Some(_) if status == 200 => {
            if let Some(length) = head.get(FieldName::ContentLength) {
                faults.push(Fault::EventStreamEnds(text(length)));
            }
        }
        _ => {}
    }
}
