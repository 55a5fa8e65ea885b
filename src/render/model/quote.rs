//! What one end of a connection said, as it was said.

use super::Text;
use crate::inspect::record::Direction;

/// How a line looks that is longer than the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// It goes on for a few lines, indented, and is cut then.
    Few,
    /// It goes on until its end.
    All,
    /// It goes on until its end, broken at spaces.
    Words,
    /// It is cut.
    Cut,
}

/// Lines of one end.
#[derive(Clone, Debug)]
pub struct Quote {
    pub(in crate::render) from: Direction,
    pub(in crate::render) lines: Vec<(Fold, Text)>,
}

impl Quote {
    /// None yet.
    #[must_use]
    pub fn new(from: Direction) -> Self {
        Self { from, lines: Vec::new() }
    }

    /// Adds a line.
    pub fn add(&mut self, fold: Fold, line: impl Into<Text>) {
        self.lines.push((fold, line.into()));
    }

    /// Adds a remark of ours.
    pub fn remark(&mut self, remark: impl Into<Text>) {
        self.add(Fold::Cut, remark.into().dim());
    }
}
