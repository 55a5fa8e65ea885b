//! The notes that `/api/notes` keeps, in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How many notes there may be.
pub(super) const MOST_NOTES: usize = 1000;

/// How long a note may be, in bytes.
pub(super) const LONGEST_NOTE: usize = 16 << 10;

/// A note, as JSON has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Note {
    pub(super) id: u32,
    pub(super) text: String,
}

/// All notes. Numbers count from 1, and are not used again.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    texts: BTreeMap<u32, String>,
    last: u32,
}

impl Notes {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing that holds the lock can leave the notes half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, by number.
    pub(super) fn list(&self) -> Vec<Note> {
        self.kept().texts.iter().map(|(id, text)| Note { id: *id, text: text.clone() }).collect()
    }

    /// One of them.
    pub(super) fn get(&self, id: u32) -> Option<Note> {
        self.kept().texts.get(&id).map(|text| Note { id, text: text.clone() })
    }

    /// Adds one, unless there are as many as may be.
    pub(super) fn add(&self, text: String) -> Option<Note> {
        let mut kept = self.kept();
        let id = kept.last.checked_add(1).filter(|_| kept.texts.len() < MOST_NOTES)?;
        kept.last = id;
        kept.texts.insert(id, text.clone());
        Some(Note { id, text })
    }

    /// Puts a text in the place of another, if there is such a note.
    pub(super) fn replace(&self, id: u32, text: String) -> Option<Note> {
        self.kept().texts.get_mut(&id)?.clone_from(&text);
        Some(Note { id, text })
    }

    /// Removes one; whether there was such a note.
    pub(super) fn remove(&self, id: u32) -> bool {
        self.kept().texts.remove(&id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_never_given_twice() {
        let notes = Notes::default();
        assert_eq!(notes.add("one".into()).map(|note| note.id), Some(1));
        assert!(notes.remove(1) && !notes.remove(1));
        assert_eq!(notes.add("two".into()).map(|note| note.id), Some(2));
        assert_eq!(notes.replace(2, "three".into()), notes.get(2));
        assert_eq!(notes.replace(1, "four".into()), None);
        assert_eq!(notes.list().len(), 1);
    }

    #[test]
    fn there_is_an_end_of_notes() {
        let notes = Notes::default();
        assert!((0..MOST_NOTES).all(|_| notes.add(String::new()).is_some()));
        assert_eq!(notes.add(String::new()), None);
        assert!(notes.remove(7));
        assert!(notes.add(String::new()).is_some());
    }
}
