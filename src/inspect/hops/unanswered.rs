//! The exchanges that wait for their answers, by the clue that identifies them. Every exchange is put in and taken out again, so
//! it has to be cheap: a fixed number of buckets, each with a chain.

use crate::limits::MAX_WAITING_REQUESTS;

/// Slots, by their clue.
#[derive(Debug, Default)]
pub(super) struct Unanswered {
    /// Where each bucket's chain begins.
    first: Vec<Option<u32>>,
    /// By slot.
    links: Vec<Link>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Link {
    clue: u64,
    next: Option<u32>,
}

fn bucket(clue: u64) -> usize {
    // The lowest bit is the same in all clues.
    (clue >> 1) as usize % MAX_WAITING_REQUESTS
}

impl Unanswered {
    /// The slots that have that clue.
    pub(super) fn of(&self, clue: u64) -> impl Iterator<Item = u32> {
        let first = self.first.get(bucket(clue)).copied().flatten();
        let chain = std::iter::successors(first, |slot| self.links[*slot as usize].next);
        chain.filter(move |slot| self.links[*slot as usize].clue == clue)
    }

    /// Adds a slot, of which there are at most [`MAX_WAITING_REQUESTS`].
    pub(super) fn add(&mut self, clue: u64, slot: u32) {
        if self.first.is_empty() {
            self.first.resize(MAX_WAITING_REQUESTS, None);
        }
        if self.links.len() <= slot as usize {
            self.links.resize_with(slot as usize + 1, Link::default);
        }
        let next = self.first[bucket(clue)].replace(slot);
        self.links[slot as usize] = Link { clue, next };
    }

    /// Takes a slot out that is in it.
    pub(super) fn remove(&mut self, slot: u32) {
        let Link { clue, next } = self.links[slot as usize];
        let mut at = &mut self.first[bucket(clue)];
        while let Some(other) = at.filter(|other| *other != slot) {
            at = &mut self.links[other as usize].next;
        }
        *at = next;
    }

    /// How many slots are in it.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let chain = |first: &Option<u32>| std::iter::successors(*first, |slot| self.links[*slot as usize].next).count();
        self.first.iter().map(chain).sum()
    }
}
