//! Event streams (WHATWG HTML §9.2): what makes a browser's `EventSource` give up, or come back.

use super::super::fault::{Fault, text};
use super::super::section::{Head, elements};
use super::{RequestHead, is_media_type, media_type};

pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let mut accepted = asked.fields.all("accept").flat_map(elements);
    // A client that takes other things as well is no EventSource.
    if !accepted.next().is_some_and(|kind| is_media_type(kind, b"text/event-stream")) || accepted.next().is_some() {
        return;
    }
    let kind = head.get("content-type");
    match kind {
        Some(kind) if status == 200 && !is_media_type(kind, b"text/event-stream") => {
            faults.push(Fault::NoEventStream(text(media_type(kind))));
        }
        Some(_) if status == 200 => {
            if let Some(length) = head.get("content-length") {
                faults.push(Fault::EventStreamEnds(text(length)));
            }
        }
        _ => {}
    }
}
