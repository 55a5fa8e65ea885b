//! Places in a capture from which it can be read again. Their number is bounded, however long the capture is.

use crate::capture::Mark;
use crate::limits::MAX_CHECKPOINTS;

/// Marks at least so many bytes apart, in their order. Each is a place where no datagram waits for its fragments, so that who
/// begins to read there misses nothing.
#[derive(Debug)]
pub(super) struct Checkpoints {
    first: Mark,
    marks: Vec<Mark>,
    apart: u64,
    /// From where in the file on the next is to be added.
    pub(super) due: u64,
}

impl Checkpoints {
    /// None yet but the capture's beginning; those to come are at least so many bytes apart.
    pub(super) fn new(first: Mark, apart: u64) -> Self {
        Self { first, marks: Vec::new(), apart, due: first.offset.saturating_add(apart) }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// Adds one behind all others. Before there are too many, every second goes, and those to come are twice as far apart.
    pub(super) fn add(&mut self, mark: Mark) {
        if self.marks.len() == MAX_CHECKPOINTS {
            let mut stays = false;
            self.marks.retain(|_| {
                stays = !stays;
                stays
            });
            self.apart = self.apart.saturating_mul(2);
        }
        self.marks.push(mark);
        self.due = mark.offset.saturating_add(self.apart);
    }

    /// The last one before a packet; the capture's beginning, if there is none.
    pub(super) fn before(&self, packet: u64) -> Mark {
        let behind = self.marks.partition_point(|mark| mark.packets < packet);
        behind.checked_sub(1).and_then(|last| self.marks.get(last)).copied().unwrap_or(self.first)
    }
}
