//! The first few of many things, in whatever order they come, using memory only for those few.

use std::collections::BTreeMap;

/// Keeps the things with the lowest keys, and counts the rest.
#[derive(Clone, Debug)]
pub struct First<K, T> {
    room: usize,
    kept: BTreeMap<K, T>,
    offered: u64,
}

impl<K: Ord, T> First<K, T> {
    /// Keeps at most `room` things.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { room, kept: BTreeMap::new(), offered: 0 }
    }

    /// Takes a thing, and makes it only if it's kept. A key that's already there is replaced.
    pub fn offer(&mut self, key: K, make: impl FnOnce() -> T) {
        self.offered += 1;
        let is_full = self.kept.len() >= self.room;
        if is_full && self.kept.last_key_value().is_none_or(|(last, _)| *last < key) {
            return;
        }
        self.kept.insert(key, make());
        if self.kept.len() > self.room {
            self.kept.pop_last();
        }
    }

    /// Those kept, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.values()
    }

    /// How many were offered.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.offered
    }

    /// How many were offered and are not kept.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.offered.saturating_sub(self.kept.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_keys_stay_and_the_rest_is_counted() {
        let mut first = First::new(3);
        for key in [5, 1, 9, 4, 7, 2] {
            first.offer(key, || key * 10);
        }
        assert_eq!(first.iter().copied().collect::<Vec<_>>(), [10, 20, 40]);
        assert_eq!((first.offered(), first.left_out()), (6, 3));
    }

    #[test]
    fn nothing_is_made_that_is_not_kept() {
        let mut first = First::new(1);
        first.offer(1, || "kept");
        first.offer(2, || unreachable!("there is no room for it"));
        let mut none = First::new(0);
        none.offer(1, || unreachable!("there is no room at all"));
        assert_eq!((first.left_out(), none.left_out()), (1, 1));
    }
}
