//! How far somebody has come in the course, and the file that remembers it.
//!
//! The file is replaced as a whole each time: whoever reads it, and whenever the program is stopped, there is a whole one.
//! Several tutorials may run at once. Each writes what it changed, and leaves what the others did.

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
    /// Behind the last lesson: how many of all the course's questions were looked through for those that were missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<usize>,
    /// What is done of each lesson, by its name.
    #[serde(default)]
    pub lessons: BTreeMap<String, Done>,
}

/// What is done of a lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Done {
    /// Steps left behind, this time.
    pub place: usize,
    /// Wrong answers to the question at hand.
    #[serde(skip_serializing_if = "is_zero")]
    pub tries: u8,
    /// What became of each question, in order, as far as they were left behind; at first or this time.
    pub answers: Vec<Outcome>,
    /// Whether it was taken to its end, this time or before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was left without an answer.
    Skipped,
    /// It was answered wrongly until the answer was told.
    Told,
    /// It was answered rightly, but not at once.
    Later,
    /// It was answered rightly at once.
    First,
}

impl Outcome {
    /// Whether the question is to come back at the end.
    #[must_use]
    pub fn is_missed(self) -> bool {
        self <= Self::Told
    }
}

impl Done {
    /// How many questions have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.answers.iter().filter(|answer| **answer == outcome).count()
    }

    /// How many questions were answered, however often it took.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.iter().filter(|answer| **answer != Outcome::Skipped).count()
    }
}

/// What a file says of a lesson. One of the former version says how many questions were left behind, the guess among them,
/// and how many were answered rightly at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    place: Option<usize>,
    #[serde(default)]
    tries: u8,
    #[serde(default)]
    answers: Vec<Outcome>,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    steps: usize,
    #[serde(default)]
    right: usize,
    #[serde(default, rename = "tried")]
    _tried: bool,
}

/// A former version's lessons had fewer questions than that.
const MOST_FORMER_QUESTIONS: usize = 8;

impl From<Kept> for Done {
    fn from(kept: Kept) -> Self {
        let Kept { place, tries, answers, complete, steps, right, .. } = kept;
        if let Some(place) = place {
            return Self { place, tries, answers, complete };
        }
        // A lesson that was begun goes on behind its guess, where there is something to see; one that was done is over.
        let place = match steps {
            0 => 0,
            _ if complete => usize::MAX,
            _ => BEHIND_THE_GUESS,
        };
        let answered = if complete { steps.saturating_sub(1).min(MOST_FORMER_QUESTIONS) } else { 0 };
        let rank = |at: usize| if at < right { Outcome::First } else { Outcome::Later };
        Self { place, tries: 0, answers: (0..answered).map(rank).collect(), complete }
    }
}

/// How many steps a lesson has up to its guess.
const BEHIND_THE_GUESS: usize = 2;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(number: &u8) -> bool {
    *number == 0
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
        match text.and_then(|text| serde_json::from_str(text).ok()) {
            Some(progress) => Ok(Loaded { progress, damaged: None }),
            None => Ok(Loaded { progress: Self::default(), damaged: put_aside(path, "damaged")? }),
        }
    }

    /// Writes what changed since `before` into the file: a new file, which takes the old one's place. What another program
    /// wrote there meanwhile stays.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written; the old one stays as it was.
    pub fn save(&self, before: &Self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let _alone = lock(folder);
        let there = match Self::load(path)? {
            Loaded { damaged: Some(_), .. } => before.clone(),
            Loaded { progress, .. } => progress,
        };
        let text = serde_json::to_string_pretty(&self.over(before, there))?;
        let mut file = tempfile::Builder::new().prefix(".progress-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|refused| refused.error)?;
        Ok(())
    }

    /// What `there` becomes with what changed here since `before`.
    fn over(&self, before: &Self, mut there: Self) -> Self {
        if self.at != before.at {
            there.at.clone_from(&self.at);
        }
        if self.ending != before.ending {
            there.ending = self.ending;
        }
        for (name, done) in &self.lessons {
            let was = before.lessons.get(name);
            if was == Some(done) {
                continue;
            }
            let done = match there.lessons.remove(name) {
                // Both went on with it: whoever got further stays.
                Some(theirs) if Some(&theirs) != was => {
                    let complete = theirs.complete || done.complete;
                    let further = if theirs.place > done.place { theirs } else { done.clone() };
                    Done { complete, ..further }
                }
                _ => done.clone(),
            };
            there.lessons.insert(name.clone(), done);
        }
        there
    }
}

/// Keeps other programs from saving at the same time, as long as the file is open. Where a folder can't be locked, two that
/// save within the same few milliseconds may still lose one of the two steps.
fn lock(folder: &Path) -> Option<fs::File> {
    fs::File::open(folder).ok().filter(|folder| folder.lock().is_ok())
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
        let done = Done { place: 5, tries: 1, answers: vec![Outcome::Told], complete: false };
        Progress { at: Some("frames".into()), ending: Some(3), lessons: [("frames".to_owned(), done)].into() }
    }

    #[test]
    fn what_was_saved_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/progress.json");
        assert_eq!(Progress::load(&path).unwrap().progress, Progress::default());
        progress().save(&Progress::default(), &path).unwrap();
        progress().save(&progress(), &path).unwrap();
        let loaded = Progress::load(&path).unwrap();
        assert_eq!((loaded.progress, loaded.damaged), (progress(), None));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn tutorials_that_run_at_once_leave_each_other_what_they_did() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.json");
        let done = |place, complete| Done { place, complete, ..Done::default() };
        let saved = |lessons: &[(&str, Done)], before: &Progress| {
            let lessons = lessons.iter().map(|(name, done)| ((*name).to_owned(), done.clone())).collect();
            let progress = Progress { lessons, ..Progress::default() };
            progress.save(before, &path).unwrap();
            progress
        };
        let start = saved(&[("frames", done(1, false))], &Progress::default());
        // Two begin with what is there now; each goes on with lessons of its own, and both with one.
        let one = saved(&[("frames", done(1, false)), ("chat", done(3, false)), ("loss", done(2, true))], &start);
        saved(&[("frames", done(2, false)), ("chat", done(1, true))], &start);
        saved(&[("frames", done(1, false)), ("chat", done(4, false)), ("loss", done(2, true))], &one);
        let lessons = Progress::load(&path).unwrap().progress.lessons;
        let expected = [("chat", done(4, true)), ("frames", done(2, false)), ("loss", done(2, true))];
        assert_eq!(lessons, expected.map(|(name, done)| (name.to_owned(), done)).into());
    }

    #[test]
    fn of_many_that_save_at_once_each_leaves_its_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.json");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let done = Done { place: number, ..Done::default() };
                    let lessons = [(format!("lesson-{number}"), done)].into();
                    let progress = Progress { lessons, ..Progress::default() };
                    progress.save(&Progress::default(), path).unwrap();
                });
            }
        });
        assert_eq!(Progress::load(&path).unwrap().progress.lessons.len(), 8);
    }

    #[test]
    fn a_file_of_the_former_version_is_read() {
        let former = r#"{"at": "frames", "lessons": {
            "upgrade": {"steps": 5, "right": 2, "complete": true},
            "frames": {"steps": 2, "right": 1, "tried": true},
            "chat": {"steps": 0, "right": 0, "complete": true}
        }}"#;
        let progress: Progress = serde_json::from_str(former).unwrap();
        let done = |name: &str| progress.lessons[name].clone();
        let (upgrade, frames, chat) = (done("upgrade"), done("frames"), done("chat"));
        assert!(upgrade.complete && (upgrade.count(Outcome::First), upgrade.answered()) == (2, 4));
        assert_eq!(frames, Done { place: BEHIND_THE_GUESS, ..Done::default() });
        assert_eq!(chat, Done { complete: true, ..Done::default() });
        // What is written now is read as it is.
        let again: Progress = serde_json::from_str(&serde_json::to_string(&progress).unwrap()).unwrap();
        assert_eq!(again, progress);
    }

    #[test]
    fn damaged_files_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.json");
        for (content, aside) in [(&b"\xff\0"[..], "progress.damaged"), (br#"{"at": 3}"#, "progress.damaged.2")] {
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
            let path = folder.path().join("progress.json");
            fs::write(&path, &content).unwrap();
            let loaded = Progress::load(&path).unwrap();
            prop_assert_eq!(loaded.damaged.is_some(), !path.exists());
        }
    }
}
