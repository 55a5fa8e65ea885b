//! `wire101 lesson`: list, show and run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Failure, save};
use crate::inspect::Options;
use crate::lesson::catalogue::{self, Unknown};
use crate::lesson::text::FillError;
use crate::lesson::{self, Lesson, RunError};
use crate::render::json::Json;
use crate::render::lesson as view;
use crate::render::lesson::wire;
use crate::render::model::Page;
use crate::render::style::Style;
use crate::wire::{Settings, Wire, WireError, asked};

/// How much of each body and payload JSON carries: 64 KiB.
const JSON_KEEP: usize = 64 << 10;

/// What `lesson run` was asked for, and its flags.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// The lesson's name or number
    pub name: String,
    /// What the lesson runs on: machines in memory (virtual), or the kernel's own TCP (loopback, Linux only)
    #[arg(long, value_name = "WIRE", default_value = "virtual", value_parser = wires())]
    pub wire: Wire,
    /// How long a packet and its answer take together: 200ms, 1.5s [default: the lesson's own, usually 80ms; on the
    /// loopback wire, nothing is added]
    #[arg(long, value_name = "TIME", value_parser = asked::duration)]
    pub rtt: Option<Duration>,
    /// How many of 100 frames get lost [default: the lesson's own, usually 0]
    #[arg(long, value_name = "PERCENT", value_parser = asked::percent)]
    pub loss: Option<f64>,
    /// The seed for everything random: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Write the capture of all sides to this file, as pcapng
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Show the OSI layers of every exchange
    #[arg(long)]
    pub layers: bool,
    /// Show the packets' bytes; with --ladder, those of every packet
    #[arg(long)]
    pub hex: bool,
    /// Show every packet in the ladders
    #[arg(long)]
    pub ladder: bool,
    /// Print JSON Lines instead
    #[arg(long)]
    pub json: bool,
}

/// The wires by their names.
fn wires() -> impl TypedValueParser<Value = Wire> {
    PossibleValuesParser::new(["virtual", "loopback"])
        .map(|name| if name == "loopback" { Wire::Loopback } else { Wire::Virtual })
}

impl Run {
    fn settings(&self, lesson: &Lesson) -> Settings {
        let usual = lesson.settings(self.wire);
        Settings { rtt: self.rtt.unwrap_or(usual.rtt), loss: self.loss.unwrap_or(usual.loss), seed: self.seed }
    }

    /// Whether the wire did what was asked of it. What it did otherwise has been shown by now.
    fn met_by(&self, run: &lesson::Run) -> Result<(), Failure> {
        let asked = self.rtt.is_some_and(|rtt| !rtt.is_zero()) || self.loss.is_some_and(|loss| loss > 0.0);
        match &run.unmet {
            Some(unmet) if asked => Err(Failure::Run(unmet.clone())),
            _ if run.missed > 0 => Err(Failure::Run(wire::missed(run.missed))),
            _ => Ok(()),
        }
    }

    fn depth(&self) -> view::Depth {
        view::Depth { layers: self.layers, hex: self.hex, ladder: self.ladder }
    }
}

/// Lists the lessons.
///
/// # Errors
///
/// If the output cannot be written.
pub fn list(out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    Ok(style.print(view::list(catalogue::all()), out)?)
}

/// Shows a lesson's text. What it says in figures is measured in a run with the usual settings.
///
/// # Errors
///
/// If there is no such lesson, it fails to run, or the output cannot be written.
pub fn show(name: &str, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let run = run_as_usual(name)?;
    Ok(style.print(view::narration(&run).map_err(|error| Failure::Run(error.to_string()))?, out)?)
}

/// Somebody who waits while a lesson runs.
pub trait Onlooker {
    /// What it is busy with now, in a line.
    fn sees(&self, busy_with: &str);

    /// It is over, and nothing is to be seen of it any more.
    fn over(&self);
}

/// How long a lesson may take before anything is said of it.
const UNREMARKED: Duration = Duration::from_secs(1);

/// Runs a lesson.
///
/// # Errors
///
/// If there is no such lesson, it fails to run, its capture cannot be saved, or the output cannot be written.
pub fn run(asked: &Run, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    run_before(asked, out, style, None)
}

/// Runs a lesson before somebody who is told, where it takes real time, what it is busy with.
///
/// # Errors
///
/// As [`run`].
pub fn run_before(
    asked: &Run,
    out: &mut dyn Write,
    style: Style,
    onlooker: Option<&dyn Onlooker>,
) -> Result<(), Failure> {
    let lesson = find(&asked.name)?;
    let settings = asked.settings(lesson);
    let run = match onlooker {
        Some(onlooker) if asked.wire == Wire::Loopback => run_and_tell(lesson, settings, onlooker)?,
        _ => run_lesson(lesson, asked.wire, settings)?,
    };
    if let Some(path) = &asked.save {
        write_capture(&run, path)?;
    }
    if asked.json {
        json_lines(&run, out)?;
        return asked.met_by(&run);
    }
    // What a text asks for may be in packets that were not captured: then that is the reason to give.
    let failed = |error: FillError| asked.met_by(&run).err().unwrap_or_else(|| Failure::Run(error.to_string()));
    let mut page = view::page(&run, asked.depth()).map_err(failed)?;
    if let Some(path) = &asked.save {
        page.append(view::saved(&run, &path.display().to_string()));
    }
    style.print_long(&page, Page::default(), out)?;
    asked.met_by(&run)
}

/// Prints what a run captured as JSON Lines.
pub(super) fn json_lines(run: &lesson::Run, out: &mut dyn Write) -> Result<(), Failure> {
    let mut json = Json::new(out, &format!("lesson:{}", run.lesson.name));
    let summary = run.inspect(Options { keep: JSON_KEEP, ..Options::default() }, &mut json);
    Ok(json.finish(&summary, None)?)
}

pub(super) fn find(name: &str) -> Result<&'static Lesson, Failure> {
    catalogue::find(name).map_err(|unknown| {
        let Unknown { nearest, .. } = &unknown;
        let then = match nearest.as_slice() {
            [] => "`wire101 lesson list` names them all".to_owned(),
            [one] => format!("did you mean `{one}`?"),
            [first, others @ ..] => format!("did you mean `{first}`, or `{}`?", others.join("`, or `")),
        };
        Failure::Usage(format!("{unknown}; {then}"))
    })
}

/// Runs a lesson with its usual settings.
pub(super) fn run_as_usual(name: &str) -> Result<lesson::Run, Failure> {
    let lesson = find(name)?;
    run_lesson(lesson, Wire::Virtual, lesson.settings(Wire::Virtual))
}

/// Runs a lesson in real time. How long that takes, the virtual wire knows: its clock goes by what is waited for.
fn run_and_tell(lesson: &'static Lesson, settings: Settings, onlooker: &dyn Onlooker) -> Result<lesson::Run, Failure> {
    // Where the virtual wire cannot tell, the run itself says what is wrong, or takes its time unremarked.
    let all = run_lesson(lesson, Wire::Virtual, settings).map_or(Duration::ZERO, |run| run.took());
    let tell = |place| {
        if all > UNREMARKED {
            onlooker.sees(&wire::under_way(lesson, place, all));
        }
    };
    let run = lesson::run_watched(lesson, Wire::Loopback, settings, &tell);
    onlooker.over();
    run.map_err(|error| match error {
        RunError::Wire { error: WireError::Refused(_), .. } => Failure::Refused(error.to_string()),
        error => Failure::Run(error.to_string()),
    })
}

fn run_lesson(lesson: &'static Lesson, wire: Wire, settings: Settings) -> Result<lesson::Run, Failure> {
    lesson::run(lesson, wire, settings).map_err(|error| Failure::Run(error.to_string()))
}

fn write_capture(run: &lesson::Run, path: &Path) -> Result<(), Failure> {
    save::save(path, |out| run.write(out).map(drop))
        .map_err(|error| Failure::Run(format!("cannot save the capture as {}: {error}", path.display())))
}
