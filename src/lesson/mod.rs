//! Lessons: what the course says, and what is measured in a capture to say it.
//!
//! A lesson is a Markdown file with front matter under `lessons/`; the [`catalogue`] has them all. Its numbers are
//! placeholders for [`measure`]s, folded from what the inspector finds. Nothing here draws, prints or knows a packet's bytes.

pub mod catalogue;
pub mod demos;
mod diagnosis;
pub mod front_matter;
pub mod measure;
pub mod question;
mod right;
pub mod run;
pub mod side;
pub mod stage;
pub mod text;
pub mod view;
pub mod wires;

pub use front_matter::Lesson;
pub use measure::{Measure, Measurer, Measures};
pub use run::{Run, RunError, run, run_watched, run_with};
pub use side::Side;
