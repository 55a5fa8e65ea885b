//! `wire101 inspect`: explain a capture.

use std::io::{Read, Write};
use std::path::PathBuf;

use super::Failure;
use crate::capture::{Reader, source};
use crate::inspect::{self, Options, Sink};
use crate::render::json::Json;
use crate::render::style::Style;
use crate::render::summary;

/// How much of each body and payload JSON carries: 64 KiB.
const JSON_KEEP: usize = 64 << 10;

/// What `inspect` was asked for.
#[derive(Clone, Debug)]
pub struct Inspect {
    /// The capture; `-` is standard input.
    pub file: PathBuf,
    /// Only this connection.
    pub connection: Option<u64>,
    /// Only this exchange, by connection and index.
    pub exchange: Option<(u64, u64)>,
    /// Only this packet.
    pub packet: Option<u64>,
    /// What each OSI layer says.
    pub layers: bool,
    /// The bytes.
    pub hex: bool,
    /// The packets as a ladder.
    pub ladder: bool,
    /// Only the counts.
    pub summary: bool,
    /// JSON Lines.
    pub json: bool,
}

impl Inspect {
    /// The file's name as given.
    fn source(&self) -> String {
        self.file.display().to_string()
    }

    fn open(&self) -> Result<Reader<Box<dyn Read>>, Failure> {
        let opened = if self.file.as_os_str() == "-" { source::from_stdin() } else { source::open(&self.file) };
        opened.map_err(|error| Failure::capture(&self.source(), &error))
    }
}

/// Inspects a capture.
///
/// # Errors
///
/// If the capture cannot be read, or not to its end; if it has not what was asked for; or if the output cannot be written.
pub fn inspect(asked: &Inspect, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    if asked.json {
        return json(asked, out);
    }
    let mut reader = asked.open()?;
    let finding = inspect::inspect(&mut reader, Options::default(), &mut Nothing);
    for line in summary::lines(&finding.summary, style) {
        writeln!(out, "{line}")?;
    }
    match finding.error {
        Some(error) => Err(Failure::capture(&asked.source(), &error)),
        None => Ok(()),
    }
}

/// A view of the counts alone.
struct Nothing;

impl Sink for Nothing {
    fn event(&mut self, _: inspect::Event<'_>) {}
}

/// Prints JSON Lines; the summary comes last, whatever happened.
fn json(asked: &Inspect, out: &mut dyn Write) -> Result<(), Failure> {
    let source = asked.source();
    let mut json = Json::new(out, &source);
    let mut reader = match asked.open() {
        Ok(reader) => reader,
        Err(failure) => {
            json.finish(&inspect::record::Summary::default(), Some(&failure.to_string()))?;
            return Err(failure);
        }
    };
    let options = Options { keep: JSON_KEEP, pieces: false };
    let finding = inspect::inspect(&mut reader, options, &mut json);
    let failure = finding.error.map(|error| Failure::capture(&source, &error));
    json.finish(&finding.summary, failure.as_ref().map(ToString::to_string).as_deref())?;
    failure.map_or(Ok(()), Err)
}
