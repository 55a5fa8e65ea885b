//! `wire101 compare`: exchanges of several captures, side by side.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Failure;
use super::inspect::absent::Absent;
use super::inspect::input::Input;
use crate::capture::watched::Watcher;
use crate::compare::{self, Collector, MAX_SPECIMENS, Specimen, Surroundings, options_of};
use crate::index::{Index, Wanted};
use crate::inspect::{Options, inspect};
use crate::layers::stack;
use crate::render::compare as view;
use crate::render::numbers::counted;
use crate::render::style::Style;

/// How much of each body and payload is kept, in bytes: only the beginnings of messages are compared.
const KEEP_FOR_COMPARISON: usize = 256;

/// What `compare` was asked for.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    /// The captures; `-`, once, is standard input.
    pub files: Vec<PathBuf>,
    /// The exchange of each, by connection and index; where none is named, the first upgrade, or else the first exchange.
    pub exchanges: Vec<Option<(u64, u64)>>,
    /// JSON Lines.
    pub json: bool,
}

/// Compares captures, which are read under the watcher's eyes.
///
/// # Errors
///
/// If there are too few or too many; if one cannot be read, or lacks the exchange that was asked for; or if the output cannot
/// be written.
pub fn compare(asked: &Compare, out: &mut dyn Write, style: Style, watcher: &Rc<dyn Watcher>) -> Result<(), Failure> {
    let count = asked.files.len();
    if !(2..=MAX_SPECIMENS).contains(&count) {
        return Err(Failure::Usage(format!("compare takes 2 to {MAX_SPECIMENS} captures, not {count}")));
    }
    if asked.exchanges.len() > count {
        return Err(Failure::Usage(
            "there are more exchanges than captures: --exchange is for the first one, --other for the next".to_owned(),
        ));
    }
    if asked.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::Usage("standard input can be only one of the captures".to_owned()));
    }
    let mut specimens = Vec::new();
    let mut damaged = None;
    for (at, path) in asked.files.iter().enumerate() {
        let (specimen, outcome) = specimen(path, watcher, asked.exchanges.get(at).copied().flatten())?;
        specimens.push(specimen);
        damaged = damaged.or(outcome.err());
    }
    let rows = compare::rows(&specimens);
    if asked.json {
        view::json(&specimens, &rows, out)?;
    } else {
        style.print(view::page(&specimens, &rows), out)?;
    }
    match damaged {
        None => Ok(()),
        Some(failure) => {
            out.flush()?;
            Err(failure)
        }
    }
}

/// What is to be compared of a capture, and whether the capture could be read to its end.
fn specimen(
    path: &Path,
    watcher: &Rc<dyn Watcher>,
    wanted: Option<(u64, u64)>,
) -> Result<(Specimen, Result<(), Failure>), Failure> {
    let input = Input::new(path, Rc::clone(watcher)).again()?;
    let source = input.label();
    let options = Options { keep: KEEP_FOR_COMPARISON, ..Options::default() };
    let mut collector = Collector::new(wanted);
    let finding = inspect(&mut input.open()?, options, &mut collector);
    let outcome = finding.error.map_or(Ok(()), |error| Err(Failure::capture(&source, &error)));
    let there = collector.there();
    let Some((exchange, connection, talk)) = collector.found() else {
        // What cannot be read may have held it.
        outcome?;
        let absent = wanted.map(|wanted| Absent::exchange(wanted, there, &finding.summary).to_string());
        let connections = || counted(finding.summary.tcp_connections, "connection");
        let absent = absent.unwrap_or_else(|| format!("this capture has no HTTP exchange, only {}", connections()));
        return Err(Failure::Input(format!("{source}: {absent}")));
    };
    let mut around = Surroundings::of(connection.number);
    let (wanted, options) =
        (Wanted::Connection(connection.number), Options { only: Some(connection.number), ..options });
    let index = Index::read(input.open()?, wanted, options, &mut around);
    let mut options = [Vec::new(), Vec::new()];
    let (numbers, mut missing) = (around.packets(), around.numbers());
    let first = missing.first().copied().unwrap_or_default();
    let mut reader = index.before(first, |layout, mark| input.resume(layout, mark))?;
    while !missing.is_empty()
        && let Ok(Some(packet)) = reader.next_packet()
    {
        if missing.remove(&packet.number) {
            let fields = stack::annotate(packet.link.0, packet.number, packet.data).fields;
            for (side, _) in numbers.iter().enumerate().filter(|(_, number)| **number == Some(packet.number)) {
                options[side] = options_of(&fields);
            }
        }
    }
    let problems = around.problems();
    Ok((Specimen { source, exchange, connection, talk, problems, options }, outcome))
}
