//! The capture that was named, to be read as often as needed.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::super::Failure;
use super::absent::Absent;
use crate::capture::{CaptureError, Reader, source};

/// The capture that was named.
pub(in crate::commands) struct Input<'a> {
    path: &'a Path,
    /// Standard input, once it was put aside.
    spooled: Option<File>,
}

impl<'a> Input<'a> {
    pub(in crate::commands) fn new(path: &'a Path) -> Self {
        Self { path, spooled: None }
    }

    /// The same input as it was rewritten: under its name, from that file.
    pub(in crate::commands) fn rewritten(&self, file: File) -> Self {
        Self { path: self.path, spooled: Some(file) }
    }

    /// The file that it is read from, if it has a name.
    pub(in crate::commands) fn path(&self) -> Option<&'a Path> {
        (!self.is_live()).then_some(self.path)
    }

    /// Whether it comes from standard input, and may still be growing.
    pub(in crate::commands) fn is_live(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Its name as given.
    pub(in crate::commands) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The same input, which can be opened more than once: standard input is put aside in a temporary file first.
    pub(in crate::commands) fn again(self) -> Result<Self, Failure> {
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
    pub(in crate::commands) fn open(&self) -> Result<Reader<Box<dyn Read>>, Failure> {
        let opened = match &self.spooled {
            Some(file) => {
                let rewound = || {
                    let mut file = file.try_clone()?;
                    file.rewind()?;
                    Ok(file)
                };
                rewound().map_err(CaptureError::Open).and_then(source::from_reader)
            }
            None if self.is_live() => source::from_stdin(),
            None => source::open(self.path),
        };
        opened.map_err(|error| Failure::capture(&self.label(), &error))
    }

    /// What to call it in a message.
    pub(in crate::commands) fn label(&self) -> String {
        if self.is_live() { "standard input".to_owned() } else { self.name() }
    }

    /// What a look at it came to: whether what was asked for is not there, and whether the input was damaged.
    pub(in crate::commands) fn outcome(
        &self,
        absent: Option<Absent>,
        error: Option<CaptureError>,
    ) -> Result<(), Failure> {
        let name = self.label();
        match (absent, error) {
            (None, None) => Ok(()),
            (None, Some(error)) => Err(Failure::capture(&name, &error)),
            (Some(absent), None) => Err(Failure::Input(format!("{name}: {absent}"))),
            (Some(absent), Some(error)) => {
                Err(Failure::Input(format!("{name}: {absent}, as far as it could be read: {error}")))
            }
        }
    }
}
