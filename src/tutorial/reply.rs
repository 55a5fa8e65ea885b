//! What becomes of a line: what an answer is worth, what is to be shown, what comes next.

use super::command::Look;
use super::experiment::Experiment;
use crate::lesson::front_matter::Answer;

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what was measured.
    Right {
        /// Why it is so.
        explain: String,
    },
    /// It is not.
    Wrong {
        /// What was answered, in the question's unit.
        given: String,
        /// What is so, and why.
        explain: String,
        /// What was measured: its packets show it.
        measured: Answer,
    },
    /// There was none.
    Skipped {
        /// What would have been right, and what shows it.
        explain: String,
    },
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// A guess was made, or not; now the lesson is to be shown.
    Guessed {
        /// What was guessed, in the measure's unit.
        guess: Option<String>,
        /// What was measured.
        found: String,
        /// Whether they are the same.
        right: bool,
        /// What was measured, in words.
        label: String,
        /// What was measured, and where: its packets show it.
        measured: Answer,
    },
    /// A question was answered. Where the verdict is `Wrong`, it stays: one may try again, or go on.
    Answered(Verdict),
    /// On to what comes next.
    GoOn,
    /// Something is to be shown, and the question stays.
    Look(Look),
    /// What to look at for an answer.
    Hint(String),
    /// Something is to be tried, and the question stays.
    Try(Experiment),
    /// What is asked is to be said again.
    Again,
    /// What can be typed is to be told.
    Keys,
    /// The line made no sense here.
    Misunderstood(String),
    /// That is all for now.
    Quit,
}
