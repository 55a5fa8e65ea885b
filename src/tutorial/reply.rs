//! What becomes of a line: what an answer is worth, what is to be shown, what comes next.

use super::command::Look;
use super::experiment::Experiment;
use crate::lesson::front_matter::Answer;
use crate::lesson::question::Check;

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It isn't, and the question stays.
    Wrong {
        /// What was answered, in words.
        given: String,
        /// What one must have believed, and where the capture says otherwise.
        say: String,
        /// Where to look, if it wasn't the first wrong answer.
        hint: Option<String>,
    },
    /// It isn't, and now the answer is told.
    Told {
        /// What was answered, in words.
        given: String,
        /// What to say to it.
        say: String,
    },
    /// There was none.
    Skipped,
}

impl Verdict {
    /// Whether the question is still there.
    #[must_use]
    pub fn stays(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }
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
        /// What to say to a wrong guess.
        say: Option<String>,
        /// What was measured, in words.
        label: String,
        /// What was measured, and where: its packets show it.
        measured: Answer,
    },
    /// A question was answered.
    Answered {
        /// What the answer is worth.
        verdict: Verdict,
        /// Which question it was.
        check: &'static Check,
        /// Why the answer is what it is; nothing while the question stays.
        explain: String,
    },
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
