//! The capture that was named, to be read as often as needed.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use super::super::Failure;
use super::absent::Absent;
use crate::capture::watched::Watcher;
use crate::capture::{CaptureError, Reader, source};

/// The capture that was named.
pub(super) struct Input<'a> {
    path: &'a Path,
    watcher: &'a Rc<dyn Watcher>,
    /// Standard input, once it was put aside.
    spooled: Option<File>,
}

impl<'a> Input<'a> {
    pub(super) fn new(path: &'a Path, watcher: &'a Rc<dyn Watcher>) -> Self {
        Self { path, watcher, spooled: None }
    }

    /// The same input as it was rewritten: under its name, from that file.
    pub(super) fn rewritten(&self, file: File) -> Self {
        Self { spooled: Some(file), ..*self }
    }

    /// The file that it is read from, if it has a name.
    pub(super) fn path(&self) -> Option<&'a Path> {
        (!self.is_live()).then_some(self.path)
    }

    /// Whether it comes from standard input, and may still be growing.
    pub(super) fn is_live(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Its name as given.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The same input, which can be opened more than once: standard input is put aside in a temporary file first.
    pub(super) fn again(self) -> Result<Self, Failure> {
        if !self.is_live() || self.spooled.is_some() {
            return Ok(self);
        }
        let spool = || {
            let mut file = tempfile::tempfile()?;
            io::copy(&mut io::stdin().lock(), &mut file)?;
            Ok(file)
        };
        let file = spool().map_err(|error: io::Error| {
            Failure::Input(format!("standard input: cannot be put aside, to be read twice: {error}"))
        })?;
        Ok(Self { spooled: Some(file), ..self })
    }

    /// Reads it from its beginning.
    pub(super) fn open(&self) -> Result<Reader<Box<dyn Read>>, Failure> {
        let watcher = Rc::clone(self.watcher);
        let opened = match &self.spooled {
            Some(file) => {
                let rewound = || {
                    let mut file = file.try_clone()?;
                    file.rewind()?;
                    Ok(file)
                };
                rewound().map_err(CaptureError::Open).and_then(|file| source::from_file(file, watcher))
            }
            None if self.is_live() => source::from_stdin(watcher),
            None => source::open(self.path, watcher),
        };
        opened.map_err(|error| Failure::capture(&self.label(), &error))
    }

    /// What to call it in a message.
    pub(super) fn label(&self) -> String {
        if self.is_live() { "standard input".to_owned() } else { self.name() }
    }

    /// What a look at it came to: whether what was asked for is not there, and whether the input was damaged.
    pub(super) fn outcome(&self, absent: Option<Absent>, error: Option<CaptureError>) -> Result<(), Failure> {
        let name = self.label();
        match (absent, error) {
            (None, None) => Ok(()),
            // After a stop, what is missing may be in what was not read.
            (None, Some(error)) | (Some(_), Some(error @ CaptureError::Stopped { .. })) => {
                Err(Failure::capture(&name, &error))
            }
            (Some(absent), None) => Err(Failure::Input(format!("{name}: {absent}"))),
            (Some(absent), Some(error)) => {
                Err(Failure::Input(format!("{name}: {absent}, as far as it could be read: {error}")))
            }
        }
    }
}
