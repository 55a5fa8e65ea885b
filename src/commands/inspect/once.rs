//! Input that can be read only once, from standard input or a named pipe, and is stored so that it can be read again.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;

use super::super::Failure;
use crate::capture::CaptureError;

/// Whether it can be opened again, or isn't there at all.
pub(super) fn is_file(path: &Path) -> bool {
    path.as_os_str() != "-" && fs::metadata(path).map_or(true, |it| it.is_file() || it.is_dir())
}

/// What to call it in a message.
pub(super) fn label_of(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

/// All of what can be read only once, in a temporary file.
pub(super) fn stored(path: &Path) -> io::Result<File> {
    let stream: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) };
    stored_of(stream)
}

/// The same of a stream.
pub(super) fn stored_of(mut stream: Box<dyn Read>) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    Ok(file)
}

/// That failed.
pub(super) fn no_room(label: &str, error: &io::Error) -> Failure {
    Failure::Input(format!("{label}: can't be stored in a temporary file, to be read twice: {error}"))
}

/// A file, at its beginning.
pub(super) fn rewound(file: &File) -> Result<File, CaptureError> {
    let rewound = || {
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(file)
    };
    rewound().map_err(CaptureError::Open)
}
