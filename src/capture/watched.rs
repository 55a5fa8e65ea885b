//! Lets somebody watch a capture being read: they hear how far it has come, and can stop it. Knows nothing about who that is.

use std::io::{self, ErrorKind, Read};
use std::rc::Rc;

use thiserror::Error;

/// Somebody who watches a capture being read.
pub trait Watcher {
    /// It is read from its beginning, and has that many bytes, as far as that can be known.
    fn begin(&self, bytes: Option<u64>);

    /// That many more bytes were read.
    fn read(&self, bytes: usize);

    /// Nothing more is read.
    fn end(&self);

    /// Whether to stop here.
    fn stops(&self) -> bool;
}

/// Somebody who does not care.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Watcher for Nobody {
    fn begin(&self, _: Option<u64>) {}

    fn read(&self, _: usize) {}

    fn end(&self) {}

    fn stops(&self) -> bool {
        false
    }
}

/// What a read fails with once the watcher stops it.
#[derive(Clone, Copy, Debug, Error)]
#[error("it was stopped")]
pub(super) struct Stopped;

/// An input under somebody's eyes: what is read of it is as it is stored, before any decompression.
pub(super) struct Watched<R> {
    input: R,
    watcher: Rc<dyn Watcher>,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(input: R, bytes: Option<u64>, watcher: Rc<dyn Watcher>) -> Self {
        watcher.begin(bytes);
        Self { input, watcher }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = if self.watcher.stops() {
            // Not `Interrupted`: whoever gets that tries again.
            Err(io::Error::other(Stopped))
        } else {
            self.input.read(into)
        };
        match &read {
            Ok(0) if !into.is_empty() => self.watcher.end(),
            Ok(bytes) => self.watcher.read(*bytes),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => self.watcher.end(),
        }
        read
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        self.watcher.end();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::error::Error;

    use super::*;

    /// Notes what it is told, and stops after so many bytes.
    struct Notes {
        told: RefCell<Vec<String>>,
        enough: usize,
    }

    impl Watcher for Notes {
        fn begin(&self, bytes: Option<u64>) {
            self.told.borrow_mut().push(format!("begin {bytes:?}"));
        }

        fn read(&self, bytes: usize) {
            self.told.borrow_mut().push(bytes.to_string());
        }

        fn end(&self) {
            self.told.borrow_mut().push("end".to_owned());
        }

        fn stops(&self) -> bool {
            let read: usize = self.told.borrow().iter().filter_map(|told| told.parse::<usize>().ok()).sum();
            read >= self.enough
        }
    }

    #[test]
    fn a_watcher_is_told_of_every_byte_and_may_stop() {
        let notes = Rc::new(Notes { told: RefCell::default(), enough: 8 });
        let mut watched = Watched::new(&[0; 12][..], Some(12), Rc::clone(&notes) as Rc<dyn Watcher>);
        let mut buffer = [0; 4];
        assert_eq!(watched.read(&mut buffer).unwrap(), 4);
        assert_eq!(watched.read(&mut buffer).unwrap(), 4);
        let error = watched.read(&mut buffer).unwrap_err();
        assert!(error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<Stopped>), "{error}");
        assert_eq!(*notes.told.borrow(), ["begin Some(12)", "4", "4", "end"]);
    }

    #[test]
    fn an_input_that_ends_and_one_that_is_let_go_are_at_their_end() {
        let notes = Rc::new(Notes { told: RefCell::default(), enough: 8 });
        let mut watched = Watched::new(&[0; 3][..], None, Rc::clone(&notes) as Rc<dyn Watcher>);
        let mut buffer = [0; 4];
        assert_eq!((watched.read(&mut buffer).unwrap(), watched.read(&mut buffer).unwrap()), (3, 0));
        drop(watched);
        assert_eq!(*notes.told.borrow(), ["begin None", "3", "end", "end"]);
    }
}
