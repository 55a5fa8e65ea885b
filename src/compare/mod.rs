//! Exchanges of several captures, lined up: what is the same, what differs, and what that means.
//!
//! A [`Specimen`] is what a capture says of its exchange, found by the inspector as anything is. [`rows()`] puts specimens side by
//! side. How that is drawn is a view's business.

mod frames;
mod marks;
mod rows;
mod specimen;
#[cfg(test)]
mod tests;

pub use self::rows::{Group, Row, Verdict, rows};
pub use self::specimen::{Collector, Specimen, Surroundings, Talk, options_of};

/// How many captures can be compared at a time.
pub const MOST: usize = 8;
