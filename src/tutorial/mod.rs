//! The tutorial: the lessons in order. Each sets a scene, asks for a guess, tells what is to be seen, asks questions, opens a
//! packet, has something changed, and says what to take away.
//!
//! A [`Session`] says what to ask and takes the lines that are typed. It knows lessons, what was measured in their runs, and
//! how far somebody has come; how any of that is drawn, and where lines come from, it does not.

pub mod answer;
mod command;
pub mod experiment;
mod judge;
pub mod plan;
pub mod progress;
mod reply;
mod session;

pub use command::Look;
pub use experiment::Experiment;
pub use plan::Step;
pub use progress::{Outcome, Progress};
pub use reply::{Reply, Verdict};
pub use session::{Session, Stuck, types_letters};
