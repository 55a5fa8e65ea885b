//! The lessons' traffic: one file for each, the same job done in several ways.
//!
//! A demonstration steps by what it receives, never by a clock alone, and names hosts, never addresses: it runs on any
//! wire.

// The module of each lesson, `ALL` of them by name, and `demo(name)`: written by the build from the files that are here.
include!(concat!(env!("OUT_DIR"), "/demos.rs"));

use std::pin::Pin;

use super::stage::{Outcome, Stage};
use crate::wire::{Recording, Settings, Wire, WireError};

/// A demonstration under way.
pub type Performance = Pin<Box<dyn Future<Output = Outcome>>>;

/// The traffic of one lesson.
pub struct Demo {
    /// The hosts it needs, the one that starts first.
    pub hosts: &'static [&'static str],
    /// Its sides: A, B, and at times more.
    pub sides: &'static [fn(Stage) -> Performance],
}

impl Demo {
    /// Runs every side on a virtual wire of its own, all of them alike.
    ///
    /// # Errors
    ///
    /// Those of the wire, and of the demonstration itself.
    pub fn record(&self, settings: &Settings) -> Result<Vec<Recording>, WireError> {
        self.record_watched(Wire::Virtual, &vec![*settings; self.sides.len()], &|_| {})
    }

    /// Runs every side on a wire of its own, set as that side's is to be, and tells of each side, by its place from 0,
    /// before it runs.
    ///
    /// # Errors
    ///
    /// Those of the wire, and of the demonstration itself.
    pub fn record_watched(
        &self,
        wire: Wire,
        settings: &[Settings],
        begins: &dyn Fn(u8),
    ) -> Result<Vec<Recording>, WireError> {
        let sides = (0..).zip(self.sides).zip(settings);
        sides
            .map(|((side, perform), settings)| {
                begins(side);
                let perform = |network| perform(Stage::new(network, settings.seed, side));
                wire.run(settings, self.hosts, side, perform)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
