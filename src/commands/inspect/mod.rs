//! `wire101 inspect`: explain a capture.
//!
//! The overview, the counts and JSON Lines are one pass over the input, as it streams. What narrows or deepens may read it
//! a second time.

mod input;
mod json;
mod narrow;

use std::io::Write;
use std::path::PathBuf;

use self::input::Input;
use super::Failure;
use crate::inspect::{self, Event, Options, Sink};
use crate::render::overview::{self, About, Overview};
use crate::render::style::Style;
use crate::render::summary;

/// What `inspect` was asked for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
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
    /// Whether more than an overview was asked for.
    fn is_closer_look(&self) -> bool {
        let narrows = self.connection.is_some() || self.exchange.is_some() || self.packet.is_some();
        narrows || self.layers || self.hex || self.ladder
    }
}

/// Inspects a capture.
///
/// # Errors
///
/// If the capture cannot be read, or not to its end; if it has not what was asked for; or if the output cannot be
/// written. What could be read is in the output by then.
pub fn inspect(asked: &Inspect, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let input = Input::new(&asked.file);
    let result = if asked.json {
        json::print(asked, &input, out)
    } else if asked.summary {
        counts(&input, out, style)
    } else if asked.is_closer_look() {
        narrow::look(asked, &input.again()?, out, style)
    } else {
        the_whole(&input, out, style)
    };
    // An error goes to standard error, where it should not overtake what was shown before it.
    if result.is_err() {
        out.flush()?;
    }
    result
}

fn the_whole(input: &Input, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let mut reader = input.open()?;
    let mut overview = Overview::default();
    let options = Options { keep: overview::KEEP, pieces: false };
    let finding = inspect::inspect(&mut reader, options, &mut overview);
    let source = input.name();
    let about = About {
        source: &source,
        format: reader.format(),
        interfaces: reader.interfaces(),
        complete: finding.error.is_none(),
    };
    out.write_all(overview.draw(about, &finding.summary, style).as_bytes())?;
    input.outcome(None, finding.error)
}

fn counts(input: &Input, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let finding = inspect::inspect(&mut input.open()?, Options::default(), &mut Nothing);
    for line in summary::lines(&finding.summary, style) {
        writeln!(out, "{line}")?;
    }
    input.outcome(None, finding.error)
}

/// A view of the counts alone.
struct Nothing;

impl Sink for Nothing {
    fn event(&mut self, _: Event<'_>) {}
}
