//! `wire101 tutorial`: reads a line, shows what comes of it, and saves how far that is, until there are no more lines.

use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use super::{Failure, explain, lesson};
use crate::inspect::Options;
use crate::lesson::text::FillError;
use crate::lesson::{Run, catalogue};
use crate::render::aloud::aloud;
use crate::render::json::Json;
use crate::render::style::Style;
use crate::render::{lesson as page, tutorial as view};
use crate::tutorial::experiment::Trial;
use crate::tutorial::progress::{Loaded, Progress, put_aside};
use crate::tutorial::{Experiment, Look, Reply, Session, Step, Stuck};

/// The most of a line that is read: no answer is longer.
const LONGEST_LINE: u64 = 4 << 10;
/// How much of each body and payload JSON carries: 64 KiB.
const JSON_KEEP: usize = 64 << 10;

/// What `tutorial` was asked for.
#[derive(Clone, Debug, Default)]
pub struct Tutorial {
    /// Sentences in place of drawings.
    pub plain: bool,
    /// Only list the lessons.
    pub list: bool,
    /// The lesson to begin with: its name or number.
    pub start: Option<String>,
    /// Forget what is done.
    pub reset: bool,
    /// The file that remembers what is done; none where there is no place for it.
    pub progress: Option<PathBuf>,
    /// Whether somebody types, and wants to be prompted.
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
}

/// Leads through the lessons. What the output can show is asked anew for each screen: a window may be resized meanwhile.
///
/// # Errors
///
/// If there is no such lesson to begin with, one fails to run, the progress cannot be read, or the output not be written.
pub fn tutorial(asked: &Tutorial, streams: Streams<'_>, style: &dyn Fn() -> Style) -> Result<(), Failure> {
    let Streams { input, out, notes } = streams;
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
    let progress = load(asked.progress.as_deref(), notes)?;
    if asked.list {
        let lessons = catalogue::all();
        let draw = if asked.plain { view::list_aloud } else { view::list };
        return lesson::print(&draw(lessons, &progress, style()), out);
    }
    let saved = progress.clone();
    let session = Session::new(catalogue::all(), progress, start).map_err(|error| Failure::Run(error.to_string()))?;
    let mut guide = Guide { asked, session, saved, can_save: true, out, notes, style: &style };
    guide.lead(input)
}

fn reset(path: Option<&Path>, out: &mut dyn Write) -> Result<(), Failure> {
    let aside = path.map(|path| put_aside(path, "old").map_err(|error| cannot("reset", path, &error))).transpose()?;
    match aside.flatten() {
        Some(aside) => writeln!(out, "The course begins anew. What was done is kept as {}.", aside.display())?,
        None => writeln!(out, "Nothing was done yet: the course begins at its beginning.")?,
    }
    Ok(())
}

fn load(path: Option<&Path>, notes: &mut dyn Write) -> Result<Progress, Failure> {
    let Some(path) = path else {
        note(notes, "there is neither XDG_STATE_HOME nor HOME, so that what you do is not remembered");
        return Ok(Progress::default());
    };
    let Loaded { progress, damaged } = Progress::load(path).map_err(|error| cannot("read", path, &error))?;
    if let Some(aside) = damaged {
        let aside = aside.display();
        note(notes, &format!("the progress file was damaged and is kept as {aside}; the course begins anew"));
    }
    Ok(progress)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Run(format!("cannot {what} the progress in {}: {error}", path.display()))
}

/// Says something beside the course; if nobody hears it, the course goes on.
fn note(notes: &mut dyn Write, what: &str) {
    let _ = writeln!(notes, "wire101: {what}");
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

struct Guide<'a> {
    asked: &'a Tutorial,
    session: Session,
    /// What is in the file.
    saved: Progress,
    can_save: bool,
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    style: &'a dyn Fn() -> Style,
}

impl Guide<'_> {
    fn lead(&mut self, input: &mut dyn BufRead) -> Result<(), Failure> {
        self.save();
        self.ask()?;
        while self.session.step() != Step::End {
            self.print(&view::keys(&self.session, (self.style)()))?;
            if self.asked.prompt {
                write!(self.out, "> ")?;
            }
            self.out.flush()?;
            let Some(line) = read_line(input) else {
                // What comes next in the terminal begins a line of its own.
                writeln!(self.out)?;
                break;
            };
            let before = (self.session.lesson().number, self.session.step());
            let reply = self.session.take(&line)?;
            // First remembered, then shown: whoever stops in the middle of what is shown has answered.
            self.save();
            if reply == Reply::Quit {
                break;
            }
            self.answer(&reply)?;
            if (self.session.lesson().number, self.session.step()) != before || reply == Reply::Keys {
                self.ask()?;
            } else if matches!(reply, Reply::Look(_) | Reply::Try(_)) {
                self.print(&view::again(&self.session, (self.style)())?)?;
            }
        }
        self.out.flush()?;
        Ok(())
    }

    fn ask(&mut self) -> Result<(), Failure> {
        let lines = view::question(&self.session, (self.style)())?;
        self.print(&lines)
    }

    fn answer(&mut self, reply: &Reply) -> Result<(), Failure> {
        self.print(&view::reply(reply, (self.style)()))?;
        match reply {
            Reply::Guessed { .. } => self.look(Look::Page),
            Reply::Look(look) => self.look(*look),
            Reply::Try(Experiment::Run(trial)) => self.try_out(trial),
            Reply::Try(Experiment::Explain(words)) => {
                writeln!(self.out)?;
                explain::explain(words, self.out, (self.style)())
            }
            _ => Ok(()),
        }
    }

    fn look(&mut self, look: Look) -> Result<(), Failure> {
        let lines = self.view(self.session.run(), look)?;
        writeln!(self.out)?;
        self.print(&lines)
    }

    fn view(&self, run: &Run, look: Look) -> Result<Vec<String>, FillError> {
        let deeper = |depth| Ok(page::deeper(run, depth, (self.style)()));
        match look {
            look if self.asked.plain => aloud(run, look, (self.style)()),
            Look::Page => page::shown(run, (self.style)()),
            Look::Text => page::narration(run, (self.style)()),
            Look::Ladder => deeper(page::Depth { ladder: true, ..page::Depth::default() }),
            Look::Layers => deeper(page::Depth { layers: true, ..page::Depth::default() }),
            Look::Hex => deeper(page::Depth { hex: true, ..page::Depth::default() }),
        }
    }

    fn try_out(&mut self, trial: &Trial) -> Result<(), Failure> {
        let run = match trial.run() {
            Ok(run) => run,
            // A wire may be too bad for a lesson. That is a result, and no end of the course.
            Err(error) => return self.print(&view::reply(&Reply::Misunderstood(error.to_string()), (self.style)())),
        };
        writeln!(self.out)?;
        if trial.json {
            let mut json = Json::new(&mut *self.out, &format!("lesson:{}", run.lesson.name));
            let options = Options { keep: JSON_KEEP, pieces: false, ..Options::default() };
            let summary = run.inspect(options, &mut json);
            json.finish(&summary, None)?;
            return Ok(());
        }
        let lines = view::tried(self.session.run(), &run, (self.style)());
        self.print(&lines)?;
        let deeper = [(trial.ladder, Look::Ladder), (trial.layers, Look::Layers), (trial.hex, Look::Hex)];
        let mut looks: Vec<Look> = deeper.into_iter().filter(|(wanted, _)| *wanted).map(|(_, look)| look).collect();
        if looks.is_empty() {
            looks.push(Look::Page);
        }
        for look in looks {
            let lines = self.view(&run, look)?;
            self.print(&lines)?;
        }
        Ok(())
    }

    /// Writes what is done, if it is more than the file has. A disk that is full ends no lesson.
    fn save(&mut self) {
        let Some(path) = self.asked.progress.as_deref().filter(|_| self.can_save) else { return };
        if self.saved == *self.session.progress() {
            return;
        }
        match self.session.progress().save(path) {
            Ok(()) => self.saved = self.session.progress().clone(),
            Err(error) => {
                self.can_save = false;
                let path = path.display();
                note(self.notes, &format!("cannot write {path}: {error}; what you do from here is not remembered"));
            }
        }
    }

    fn print(&mut self, lines: &[String]) -> Result<(), Failure> {
        lesson::print(lines, self.out)
    }
}

/// The next line; of one that is longer than any answer, its beginning. None at the end, or where nothing can be read.
fn read_line(mut input: &mut dyn BufRead) -> Option<String> {
    let mut line = Vec::new();
    let length = (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
    if length == 0 {
        return None;
    }
    if length as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
        input.skip_until(b'\n').ok()?;
    }
    Some(String::from_utf8_lossy(&line).trim().to_owned())
}
