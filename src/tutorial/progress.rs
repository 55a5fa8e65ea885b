//! How far somebody has come in the course, and the file that remembers it.
//!
//! The file is replaced as a whole each time: whoever reads it, and whenever the program is stopped, there is a whole one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The most that is read of a file: 64 KiB, some hundred times what the course needs.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// What is done of the course.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The lesson at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What is done of each lesson, by its name.
    #[serde(default)]
    pub lessons: BTreeMap<String, Done>,
}

/// What is done of a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Questions left behind, the guess among them.
    pub steps: usize,
    /// Questions after the run that were answered rightly at once.
    pub right: usize,
    /// Whether an answer to the question at hand was wrong.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tried: bool,
    /// Whether it was taken to its end, this time or before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
}

/// What was found where the progress should be.
#[derive(Debug)]
pub struct Loaded {
    /// The progress; none yet where there was no file or a damaged one.
    pub progress: Progress,
    /// Where a damaged file was put.
    pub damaged: Option<PathBuf>,
}

impl Progress {
    /// Reads the file. A damaged one is put aside.
    ///
    /// # Errors
    ///
    /// If it is there and cannot be read, or is damaged and cannot be put aside.
    pub fn load(path: &Path) -> io::Result<Loaded> {
        let mut bytes = Vec::new();
        match fs::File::open(path) {
            Ok(file) => file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Loaded { progress: Self::default(), damaged: None });
            }
            Err(error) => return Err(error),
        };
        let whole = bytes.len() as u64 <= MAX_FILE_BYTES;
        let text = std::str::from_utf8(&bytes).ok().filter(|_| whole);
        match text.and_then(|text| toml::from_str(text).ok()) {
            Some(progress) => Ok(Loaded { progress, damaged: None }),
            None => Ok(Loaded { progress: Self::default(), damaged: put_aside(path, "damaged")? }),
        }
    }

    /// Writes the file: a new one, which takes the old one's place.
    ///
    /// # Errors
    ///
    /// If it cannot be written; the old one stays as it was.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let mut file = tempfile::Builder::new().prefix(".progress-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|refused| refused.error)?;
        Ok(())
    }
}

/// Gives a file another ending, one that no file beside it has; says which, if there was a file.
///
/// # Errors
///
/// If it cannot be renamed.
pub fn put_aside(path: &Path, ending: &str) -> io::Result<Option<PathBuf>> {
    let free = |aside: &PathBuf| !aside.exists();
    let first = path.with_extension(ending);
    let aside = Some(first.clone()).filter(free);
    let aside = aside.or_else(|| (2..1000).map(|n| path.with_extension(format!("{ending}.{n}"))).find(free));
    // After a thousand, the first one has lived long enough.
    let aside = aside.unwrap_or(first);
    match fs::rename(path, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn progress() -> Progress {
        let done = Done { steps: 2, right: 1, tried: true, complete: false };
        Progress { at: Some("frames".into()), lessons: [("frames".to_owned(), done)].into() }
    }

    #[test]
    fn what_was_saved_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/progress.toml");
        assert_eq!(Progress::load(&path).unwrap().progress, Progress::default());
        progress().save(&path).unwrap();
        progress().save(&path).unwrap();
        let loaded = Progress::load(&path).unwrap();
        assert_eq!((loaded.progress, loaded.damaged), (progress(), None));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn damaged_files_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.toml");
        for (content, aside) in [(&b"\xff\0"[..], "progress.damaged"), (b"at = 3", "progress.damaged.2")] {
            fs::write(&path, content).unwrap();
            let loaded = Progress::load(&path).unwrap();
            assert_eq!((loaded.progress, loaded.damaged), (Progress::default(), Some(folder.path().join(aside))));
            assert_eq!(fs::read(folder.path().join(aside)).unwrap(), content);
            assert!(!path.exists());
        }
    }

    proptest! {
        #[test]
        fn a_file_of_any_content_loads_or_is_put_aside(content: Vec<u8>) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("progress.toml");
            fs::write(&path, &content).unwrap();
            let loaded = Progress::load(&path).unwrap();
            prop_assert_eq!(loaded.damaged.is_some(), !path.exists());
        }
    }
}
