//! A message or a frame as a whole, for whoever shows one: of a long one, its beginning and its end.

use std::collections::VecDeque;

use crate::layers::Field;
use crate::limits::MAX_NAMED;

/// The fields of an exchange or a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wholes {
    /// Of its messages the first [`MAX_NAMED`] and the last, in order; of a frame, that one.
    pub all: Vec<Whole>,
    /// How many messages were left out between them.
    pub left_out: u64,
}

/// A message or a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What it is; its parts are those of its first [`MAX_NAMED`] lines and pieces, and of the last.
    pub field: Field,
    /// How many lines and pieces were left out between them.
    pub left_out: u64,
}

/// The first [`MAX_NAMED`] of any number of things and the last, and how many came between them.
#[derive(Clone, Debug)]
pub(super) struct FirstAndLast<T> {
    first: Vec<T>,
    last: VecDeque<T>,
    left_out: u64,
}

impl<T> Default for FirstAndLast<T> {
    fn default() -> Self {
        Self { first: Vec::new(), last: VecDeque::new(), left_out: 0 }
    }
}

impl<T> FirstAndLast<T> {
    pub(super) fn push(&mut self, next: T) {
        if self.first.len() < MAX_NAMED {
            return self.first.push(next);
        }
        self.last.push_back(next);
        if self.last.len() > MAX_NAMED {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut T> {
        self.last.back_mut().or(self.first.last_mut())
    }

    /// All that are kept, in order, and how many aren't.
    pub(super) fn finish(mut self) -> (Vec<T>, u64) {
        self.first.extend(self.last);
        (self.first, self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_are_kept_and_those_between_them_are_counted() {
        let of = |all: u64| {
            let mut kept = FirstAndLast::default();
            (0..all).for_each(|it| kept.push(it));
            assert_eq!(kept.last_mut().copied(), all.checked_sub(1));
            kept.finish()
        };
        let most = 2 * MAX_NAMED as u64;
        assert_eq!(of(0), (vec![], 0));
        assert_eq!(of(most), ((0..most).collect(), 0));
        let (kept, left_out) = of(most + 5);
        assert_eq!((kept.len() as u64, left_out), (most, 5));
        assert_eq!((kept[MAX_NAMED - 1], kept[MAX_NAMED]), (MAX_NAMED as u64 - 1, MAX_NAMED as u64 + 5));
    }
}
