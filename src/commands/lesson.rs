//! `wire101 lesson`: list, show and run.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use super::Failure;
use crate::render::style::Style;

/// What `lesson run` was asked for.
#[derive(Clone, Debug)]
pub struct Run {
    /// The lesson's name or number.
    pub name: String,
    /// The round-trip time.
    pub rtt: Duration,
    /// The loss, in percent.
    pub loss: f64,
    /// The seed of all chance.
    pub seed: u64,
    /// Where to write the capture.
    pub save: Option<PathBuf>,
    /// The OSI layers of every exchange.
    pub layers: bool,
    /// Every packet's bytes.
    pub hex: bool,
    /// The whole ladders.
    pub ladder: bool,
    /// JSON Lines instead.
    pub json: bool,
}

/// Lists the lessons.
///
/// # Errors
///
/// If the output cannot be written.
pub fn list(_out: &mut dyn Write, _style: Style) -> Result<(), Failure> {
    Ok(())
}

/// Shows a lesson's text.
///
/// # Errors
///
/// If there is no such lesson, or the output cannot be written.
pub fn show(_name: &str, _out: &mut dyn Write, _style: Style) -> Result<(), Failure> {
    Ok(())
}

/// Runs a lesson.
///
/// # Errors
///
/// If there is no such lesson, it fails to run, or the output cannot be written.
pub fn run(_run: &Run, _out: &mut dyn Write, _style: Style) -> Result<(), Failure> {
    Ok(())
}
