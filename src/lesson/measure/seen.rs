//! Which bytes of a segment its stream had not had before.

use std::collections::HashMap;

use crate::inspect::event::SegmentSeen;
use crate::inspect::record::Direction;

/// Remembers how far every stream was seen.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<(u64, Direction), u64>);

impl Seen {
    /// How many of a segment's bytes are new. One that begins with bytes that were there (a probe's, say) brings the rest;
    /// one that lies before others fills a hole.
    pub(super) fn new_bytes(&mut self, segment: &SegmentSeen) -> u64 {
        if !segment.is_new() {
            return 0;
        }
        let length = u64::from(segment.payload_length);
        let end = segment.stream_offset.saturating_add(length);
        let furthest = self.0.entry((segment.connection, segment.direction)).or_default();
        let new = if end > *furthest { length.min(end - *furthest) } else { length };
        *furthest = end.max(*furthest);
        new
    }
}
