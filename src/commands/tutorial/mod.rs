//! `wire101 tutorial`: what is asked is taken to a session, what comes of it is shown, and saved as it happens.
//!
//! A `Guide` does that. It has two front ends: lines that are typed, and single keys on a screen.

mod guide;
mod keys;
mod lines;

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use self::guide::Guide;
pub use self::keys::{Key, Terminal};
use super::{Failure, lesson};
use crate::lesson::catalogue;
use crate::lesson::text::FillError;
use crate::render::escape::escape_str;
use crate::render::style::Style;
use crate::render::tutorial as view;
use crate::tutorial::progress::{Loaded, Progress, put_aside};
use crate::tutorial::{Session, Stuck};

/// What `tutorial` was asked for, and its flags.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Tutorial {
    /// Use sentences in place of drawings and colours, as for a screen reader; a pipe gets them anyway
    #[arg(long)]
    pub plain: bool,
    /// List the lessons, and what is done of them
    #[arg(long)]
    pub list: bool,
    /// Begin with this lesson: its name or number
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    pub start: Option<String>,
    /// Forget what is done (a copy is kept beside the file)
    #[arg(long, conflicts_with = "list")]
    pub reset: bool,
    /// The file that remembers what is done; none where there is no place for it.
    #[arg(skip)]
    pub progress: Option<PathBuf>,
    /// Whether somebody types, and wants to be prompted.
    #[arg(skip)]
    pub prompt: bool,
}

/// Where the tutorial reads and writes.
pub struct Streams<'a> {
    /// What is typed.
    pub input: &'a mut dyn BufRead,
    /// What is shown.
    pub out: &'a mut dyn Write,
    /// What is said of the progress file, should something be wrong with it.
    pub notes: &'a mut dyn Write,
    /// The screen and the keys, where there are any.
    pub terminal: Option<&'a mut dyn Terminal>,
}

/// Leads through the lessons. What the output can show is asked anew for each screen: a window may be resized meanwhile.
///
/// # Errors
///
/// If there is no such lesson to begin with, one fails to run, the progress cannot be read, or the output not be written.
pub fn tutorial(asked: &Tutorial, streams: Streams<'_>, style: &dyn Fn() -> Style<'static>) -> Result<(), Failure> {
    let Streams { input, out, notes, terminal } = streams;
    let start = asked.start.as_deref().map(lesson::find).transpose()?;
    let style = || {
        let style = style();
        Style { colour: style.colour && !asked.plain, ..style }
    };
    if asked.reset {
        reset(asked.progress.as_deref(), out)?;
        if start.is_none() && !asked.list {
            return Ok(());
        }
    }
    let Remembered { progress, path, said } = load(asked.progress.as_deref());
    if asked.list {
        for said in &said {
            note(notes, said);
        }
        let lessons = catalogue::all();
        let (style, page) = (style(), view::list(lessons, &progress));
        let lines = if asked.plain { style.say(&page) } else { style.lay_out(&page) };
        return Ok(style.print_lines(&lines, out)?);
    }
    let saved = progress.clone();
    let session = Session::new(catalogue::all(), progress, start).map_err(|error| Failure::Run(error.to_string()))?;
    let guide = Guide { session, plain: asked.plain, path, saved, notes: said };
    match terminal.filter(|_| !asked.plain) {
        Some(terminal) => keys::lead(guide, terminal, out, notes, &style),
        None => lines::lead(guide, lines::LineSession { input, out, notes, prompt: asked.prompt }, &style),
    }
}

/// What is known of what somebody did before.
struct Remembered<'a> {
    progress: Progress,
    /// Where to write what is done; none where that is not possible.
    path: Option<&'a Path>,
    /// What is to be said of it.
    said: Vec<String>,
}

fn reset(path: Option<&Path>, out: &mut dyn Write) -> Result<(), Failure> {
    let aside = path.map(|path| put_aside(path, "old").map_err(|error| cannot("reset", path, &error))).transpose()?;
    match aside.flatten() {
        Some(aside) => writeln!(
            out,
            "The course starts over. Your progress is kept as {}.",
            escape_str(&aside.display().to_string())
        )?,
        None => writeln!(out, "You haven't done anything yet: the course starts at the beginning.")?,
    }
    Ok(())
}

/// Whatever is wrong with the file, the course can be taken: it is said, and nothing is overwritten.
fn load(path: Option<&Path>) -> Remembered<'_> {
    let none = |said: &str| Remembered { progress: Progress::default(), path: None, said: vec![said.to_owned()] };
    let Some(path) = path else {
        return none("neither XDG_STATE_HOME nor HOME is set, so your progress is not saved");
    };
    match Progress::load(path) {
        Ok(Loaded { progress, damaged }) => {
            let say = |aside: PathBuf| {
                let aside = aside.display();
                format!("the progress file was damaged and is kept as {aside}; the course starts over")
            };
            Remembered { progress, path: Some(path), said: damaged.map(say).into_iter().collect() }
        }
        Err(error) => none(&format!("{}; your progress is not saved", cannot("read", path, &error))),
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Run(format!("cannot {what} the progress in {}: {error}", path.display()))
}

/// Says something beside the course; if nobody hears it, the course goes on.
fn note(notes: &mut dyn Write, what: &str) {
    let _ = writeln!(notes, "wire101: {}", escape_str(what));
}

impl From<Stuck> for Failure {
    fn from(stuck: Stuck) -> Self {
        Self::Run(stuck.to_string())
    }
}

impl From<FillError> for Failure {
    fn from(error: FillError) -> Self {
        Self::Run(error.to_string())
    }
}

#[cfg(test)]
mod tests;
