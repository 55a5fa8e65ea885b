//! The tutorial: the lessons in order, with a guess before each and questions after it.
//!
//! A [`Session`] says what to ask and takes the lines that are typed. It knows lessons, what was measured in their runs, and
//! how far somebody has come; how any of that is drawn, and where lines come from, it does not.

pub mod answer;
mod command;
pub mod experiment;
pub mod progress;
mod reply;
mod session;

pub use command::Look;
pub use experiment::Experiment;
pub use progress::Progress;
pub use reply::{Reply, Verdict};
pub use session::{Session, Step, Stuck};
