//! The head before: of one sender's heads, most field lines are the same as in the last one, to the byte, and needn't be taken
//! apart again.

use std::ops::Range;

use super::field_line::FieldLine;
use crate::limits::MAX_REPEATED_HEAD;

/// The last of a sender's heads that had more than one new field line. All of its lines are ASCII, and nothing is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Previous {
    block: Vec<u8>,
    lines: Vec<FieldLine>,
    /// There was a head. The first isn't kept, as many connections have only one.
    is_second: bool,
}

impl Previous {
    /// Keeps a head for the next to be compared with.
    pub(super) fn keep(&mut self, block: &[u8], lines: &[FieldLine]) {
        if !std::mem::replace(&mut self.is_second, true) {
            return;
        }
        if block.len() <= MAX_REPEATED_HEAD {
            block.clone_into(&mut self.block);
            lines.clone_into(&mut self.lines);
        }
    }

    /// Bytes of memory held beside the value itself.
    pub(super) fn held(&self) -> usize {
        self.block.capacity() + self.lines.capacity() * size_of::<FieldLine>()
    }
}

/// A head that is taken apart, beside the one before.
pub(super) struct Beside<'a> {
    previous: &'a Previous,
    /// Which of its lines is likely to come next.
    next: usize,
    /// How many lines so far weren't there.
    pub(super) news: usize,
}

impl<'a> Beside<'a> {
    pub(super) fn new(previous: &'a Previous) -> Self {
        Self { previous, next: 0, news: 0 }
    }

    /// The field line that `bytes` begin with, which stand at `at`, if it is the one that is likely to come.
    #[inline]
    pub(super) fn line(&mut self, bytes: &[u8], at: usize) -> Option<FieldLine> {
        let Previous { block, lines, .. } = self.previous;
        let FieldLine { name, value, whole, known } = lines.get(self.next)?;
        if !bytes.starts_with(&block[whole.start as usize..whole.end as usize]) {
            return None;
        }
        self.next += 1;
        let by = (at as u32).wrapping_sub(whole.start);
        let moved = |range: &Range<u32>| range.start.wrapping_add(by)..range.end.wrapping_add(by);
        Some(FieldLine { name: moved(name), value: moved(value), whole: moved(whole), known: *known })
    }

    /// Another line came: one with another value, or one that is new, or the next was left out.
    pub(super) fn passes(&mut self, line: &FieldLine) {
        self.news += 1;
        let mut likely = self.previous.lines.iter().skip(self.next).take(2);
        self.next += likely.position(|it| it.known == line.known).map_or(0, |passed| passed + 1);
    }
}
