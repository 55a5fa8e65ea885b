//! `--watch`: reads a capture file as it grows, until the watcher stops it.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use super::super::Failure;
use crate::capture::source;
use crate::capture::watched::Watcher;

/// How often it is looked whether there is more.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A file that has no end until it is said to.
pub(super) struct Growing {
    path: PathBuf,
    file: File,
    watcher: Rc<dyn Watcher>,
}

impl Growing {
    /// Follows a file from its beginning.
    pub(super) fn open(path: &Path, watcher: Rc<dyn Watcher>) -> Result<Self, Failure> {
        let opened = source::file(path).map_err(|error| Failure::capture(&path.display().to_string(), &error));
        Ok(Self { path: path.to_owned(), file: opened?, watcher })
    }

    /// Why there will be no more of what was begun: the file is another one now, or was begun anew.
    fn is_lost(&mut self) -> io::Result<Option<&'static str>> {
        let here = self.file.metadata()?;
        if here.len() < self.file.stream_position()? {
            return Ok(Some("the file got shorter while it was being watched: it was written anew"));
        }
        Ok(match fs::metadata(&self.path) {
            Ok(there) if is_same(&here, &there) => None,
            Ok(_) => Some("another file took its place while it was being watched"),
            Err(_) => Some("it was removed while it was being watched"),
        })
    }
}

impl Read for Growing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            // Asked first: what was written before it ended is still read.
            let ended = self.watcher.stops();
            let count = self.file.read(into)?;
            if count > 0 || ended {
                return Ok(count);
            }
            if let Some(why) = self.is_lost()? {
                return Err(io::Error::other(why));
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
