//! Lines up exchanges of several captures: what's the same, what differs, and what that means.
//!
//! A [`Specimen`] is what one capture says about its exchange, found by the same inspector as everything else. [`rows()`] puts
//! specimens side by side. Drawing them is a view's business.

mod frames;
mod marks;
mod rows;
mod specimen;
#[cfg(test)]
mod tests;

pub use self::rows::{Group, Row, Verdict, rows};
pub use self::specimen::{Collector, Specimen, Surroundings, Talk, options_of};

/// How many captures can be compared at once.
pub const MAX_SPECIMENS: usize = 8;
