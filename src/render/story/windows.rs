//! Receivers that have no room left, and have some again: the only acknowledgments that tell a story.

use std::collections::HashSet;

use crate::inspect::event::SegmentSeen;
use crate::inspect::record::Direction;

use super::{RST, SYN};

/// The sides that currently have no room.
#[derive(Debug, Default)]
pub(super) struct Windows {
    closed: HashSet<(u64, Direction)>,
}

impl Windows {
    /// Takes the next segment; whether its sender has just run out of room, or has room again.
    pub(super) fn change(&mut self, segment: &SegmentSeen) -> bool {
        // A SYN's window is not scaled, a reset's says nothing (RFC 7323 §2.2, RFC 9293 §3.10.7).
        if segment.flags & (SYN | RST) != 0 {
            return false;
        }
        let end = (segment.connection, segment.direction);
        if segment.window == 0 { self.closed.insert(end) } else { self.closed.remove(&end) }
    }
}
