//! The previous head. Most field lines of a sender's head are the same as in the one before, to the byte, and needn't be taken
//! apart again.

use super::field_line::FieldLine;
use crate::limits::MAX_REPEATED_HEAD;

/// The last of a sender's heads that had more than one new field line. All of its lines are ASCII, and nothing was found wrong with
/// them.
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

    /// Forgets the head that was kept, which turned out to be less than faultless.
    pub(super) fn forget(&mut self) {
        self.lines.clear();
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
    /// No line was there yet, or the last wasn't the likely one.
    is_between: bool,
    /// How many lines so far weren't there.
    pub(super) news: usize,
}

impl<'a> Beside<'a> {
    pub(super) fn new(previous: &'a Previous) -> Self {
        Self { previous, next: 0, is_between: true, news: 0 }
    }

    /// The field lines that `bytes` begin with, if they are those that are likely to come: all that are left, or the next.
    #[inline]
    pub(super) fn lines(&mut self, bytes: &[u8]) -> &'a [FieldLine] {
        let Previous { block, lines, .. } = self.previous;
        let left = lines.get(self.next..).unwrap_or_default();
        let ([first, ..], [.., last]) = (left, left) else { return &[] };
        let begin_with = |last: &FieldLine| {
            let same = block.get(first.whole.start as usize..last.whole.end as usize);
            same.is_some_and(|same| bytes.starts_with(same))
        };
        let is_between = std::mem::take(&mut self.is_between);
        let same = if is_between && begin_with(last) { left.len() } else { usize::from(begin_with(first)) };
        self.next += same;
        &left[..same]
    }

    /// Another line came: one with another value, or one that is new, or the next was left out.
    pub(super) fn passes(&mut self, line: &FieldLine) {
        self.news += 1;
        self.is_between = true;
        let mut likely = self.previous.lines.iter().skip(self.next).take(2);
        self.next += likely.position(|it| it.known == line.known).map_or(0, |passed| passed + 1);
    }
}
