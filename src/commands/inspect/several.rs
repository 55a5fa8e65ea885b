//! Several captures that are read as one: which ones, what each is called, and how to open them as often as needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::super::{Failure, bundled, save};
use super::once::{is_file, label_of, no_room, rewound, stored};
use crate::capture::merge::{Merge, Opened, Part};
use crate::capture::watched::Watcher;
use crate::capture::{Names, source};
use crate::clocks::{self, Clocks, Evidence};
use crate::limits::MAX_CAPTURES;
use crate::numbers;

/// The captures.
pub(super) struct Several {
    names: Arc<Names>,
    /// What is no file, and was put aside, or came with the program.
    aside: Vec<Option<Rc<File>>>,
}

impl Several {
    /// These captures, by the names they are called by.
    pub(super) fn new(names: Arc<Names>) -> Self {
        let bundled = |path: &PathBuf| bundled::capture(path).ok().flatten().map(Rc::new);
        let aside = names.paths().iter().map(bundled).collect();
        Self { names, aside }
    }

    /// Which packet is whose.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// What to call them in a message, or above a page.
    pub(super) fn label(&self) -> String {
        numbers::listed_in_short(self.names.labels(), "captures")
    }

    /// How they are written, as far as they were opened; where not all are alike, which of them in which way.
    pub(super) fn format(&self) -> String {
        let labels = self.names.labels();
        let mut of_each: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (label, format) in labels.iter().zip(self.names.formats()) {
            of_each.entry(format.unwrap_or_default()).or_default().push(label.clone());
        }
        of_each.remove("");
        let is_one = of_each.len() == 1;
        let said = of_each.into_iter().map(|(format, labels)| {
            if is_one {
                return format.to_owned();
            }
            format!("{format} ({})", numbers::listed_in_short(&labels, "captures"))
        });
        said.collect::<Vec<_>>().join(", ")
    }

    /// Whether one of them is no file, so that there may be more to come.
    pub(super) fn is_live(&self) -> bool {
        self.names.paths().iter().any(|path| path.as_os_str() == "-")
    }

    /// Puts aside what can be read only once.
    pub(super) fn put_aside(&mut self) -> Result<(), Failure> {
        for (path, aside) in self.names.paths().iter().zip(&mut self.aside) {
            if aside.is_some() || is_file(path) {
                continue;
            }
            *aside = Some(Rc::new(stored(path).map_err(|error| no_room(&label_of(path), &error))?));
        }
        Ok(())
    }

    /// Opens them all, as one.
    pub(super) fn open(&self, watcher: &Rc<dyn Watcher>) -> Result<Box<dyn Read>, Failure> {
        let paths = self.names.paths();
        let size = |path: &PathBuf| fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|it| it.len());
        watcher.begin(paths.iter().map(size).sum());
        let parts = paths.iter().zip(&self.aside).zip(self.names.shifts()).map(|((path, aside), shift)| {
            let (watcher, path, aside) = (Rc::new(Share(Rc::clone(watcher))), path.clone(), aside.clone());
            let is_file = aside.is_some() || is_file(&path);
            let open = Box::new(move || open(&path, aside.as_deref(), Rc::clone(&watcher) as Rc<dyn Watcher>));
            Part { open, is_file, shift: *shift }
        });
        let merge = Merge::open(parts.collect(), Arc::clone(&self.names));
        let merge = merge.map_err(|(index, error)| Failure::capture(&label_of(&paths[index]), &error))?;
        Ok(Box::new(Ending { merge, watcher: Rc::clone(watcher) }))
    }
}

/// Sets the clocks of captures as somebody says, or else by what they have in common. Says what was done, and how many nanoseconds packets
/// take between places where both were captured, as far as that was measured.
///
/// # Errors
///
/// If a clock is of none of the captures, or the reading was stopped.
pub(super) fn set_clocks(
    names: &mut Names,
    told: &[(String, i64)],
    watcher: &Rc<dyn Watcher>,
) -> Result<(Vec<String>, u64), Failure> {
    let mut set = BTreeSet::new();
    for (name, shift) in told {
        let Some(file) = names.file(name) else {
            return Err(Failure::Usage(format!("--clock: {name} is none of the captures that are read")));
        };
        if !set.insert(file) {
            let label = &names.labels()[file];
            return Err(Failure::Usage(format!("--clock: the clock of {label} is set twice")));
        }
        names.shift(file, *shift);
    }
    if !told.is_empty() {
        return Ok((Vec::new(), 0));
    }
    if !names.paths().iter().all(|path| is_file(path)) {
        let said = "What comes from a pipe can't be read twice, so clocks were not compared.";
        return Ok((vec![said.to_owned()], 0));
    }
    let paths = names.paths().to_vec();
    let open = |index: usize| source::open(&paths[index], Rc::new(Share(Rc::clone(watcher)))).ok();
    let Clocks { differences, unknown, reach } =
        clocks::differences(paths.len(), open).map_err(|error| Failure::Stopped(error.to_string()))?;
    let said = differences.iter().map(|it| {
        names.shift(it.of, it.in_all.saturating_neg());
        let [of, beside] = [it.of, it.beside].map(|file| names.labels()[file].clone());
        if it.ahead == 0 {
            return format!("The clock of {of} agrees with {beside}'s: its times are corrected in the same way.");
        }
        let side = if it.ahead > 0 { "ahead of" } else { "behind" };
        let (ahead, uncertainty) = (numbers::duration(it.ahead.unsigned_abs()), numbers::duration(it.uncertainty));
        let by = match it.by {
            Evidence::Packets(count) => format!("{} that both have", numbers::counted(count, "packet")),
            Evidence::Acknowledged(count) => {
                format!("{} that the other acknowledges", numbers::counted(count, "packet"))
            }
            Evidence::Exchanges(count) => format!("{} that a proxy passed on", numbers::counted(count, "exchange")),
        };
        format!("The clock of {of} seems {ahead} {side} {beside}'s, by {by}, give or take {uncertainty}: its times are corrected.")
    });
    let mut said: Vec<String> = said.collect();
    said.extend(unknown.iter().map(|captures| {
        let [one, other] = captures.map(|file| names.labels()[file].clone());
        format!(
            "{one} and {other} have one direction each of the same conversation, and nothing in them tells whether their \
             clocks agree: what's said of order and time across them may be wrong. --clock sets them."
        )
    }));
    Ok((said, reach))
}

/// Checks which captures are to be read as one.
///
/// # Errors
///
/// If there are too many, or one is named twice.
pub(super) fn check(paths: &[&Path]) -> Result<(), Failure> {
    if paths.len() > MAX_CAPTURES {
        let count = numbers::count(paths.len() as u64);
        return Err(Failure::Usage(format!(
            "{count} captures are too many to read as one; the limit is {MAX_CAPTURES}"
        )));
    }
    for (at, path) in paths.iter().enumerate() {
        let is_stdin = path.as_os_str() == "-";
        if is_stdin && paths[..at].contains(path) {
            return Err(Failure::Usage("standard input can be only one of the captures".to_owned()));
        }
        if let Some(before) = paths[..at].iter().find(|before| !is_stdin && save::is_same(path, before)) {
            let (path, before) = (path.display(), before.display());
            let what = if path.to_string() == before.to_string() {
                format!("{path} is named twice: each of its packets would be there twice")
            } else {
                format!("{before} and {path} are one file: each of its packets would be there twice")
            };
            return Err(Failure::Usage(what));
        }
    }
    Ok(())
}

fn open(path: &Path, aside: Option<&File>, watcher: Rc<dyn Watcher>) -> Opened {
    if let Some(file) = aside {
        return source::from_file(rewound(file)?, watcher);
    }
    if path.as_os_str() == "-" { source::from_stdin(watcher) } else { source::open(path, watcher) }
}

/// Somebody who watches one of several captures: how many there are to read, and when all are read, is said elsewhere.
struct Share(Rc<dyn Watcher>);

impl Watcher for Share {
    fn begin(&self, _: Option<u64>) {}

    fn read(&self, bytes: usize) {
        self.0.read(bytes);
    }

    fn end(&self) {}

    fn stops(&self) -> bool {
        self.0.stops()
    }
}

/// Captures whose watcher is told when nothing more is read of them.
struct Ending {
    merge: Merge,
    watcher: Rc<dyn Watcher>,
}

impl Read for Ending {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.merge.read(into)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.watcher.end();
    }
}
