//! Something to try after a lesson: the same on another wire, another lesson, or a word to look up.

use std::time::Duration;

use crate::lesson::catalogue::{self, Unknown};
use crate::lesson::{Lesson, Run, RunError, run};
use crate::wire::{Settings, Wire, asked};

/// How many seeds are tried to find one with which something is lost.
const SEEDS: u64 = 30;

/// What to try.
#[derive(Clone, Debug, PartialEq)]
pub enum Experiment {
    /// A lesson, run otherwise.
    Run(Trial),
    /// Words for `wire101 explain`.
    Explain(Vec<String>),
}

/// A lesson to run, and what is asked of its wire and its page.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Which.
    pub lesson: &'static Lesson,
    /// The round-trip time, if it is not to be the lesson's own.
    pub rtt: Option<Duration>,
    /// The loss in percent, if it is not to be the lesson's own.
    pub loss: Option<f64>,
    /// What chance starts from.
    pub seed: u64,
    /// The whole ladders are wanted.
    pub ladder: bool,
    /// The layers of every exchange are wanted.
    pub layers: bool,
    /// The packets' bytes are wanted; with the ladders, every packet's.
    pub hex: bool,
    /// JSON Lines are wanted.
    pub json: bool,
}

/// Why something cannot be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoExperiment {
    /// A flag that is none.
    #[error(
        "`{0}` can't be changed here. You can change --rtt 200ms, --loss 5, --seed 3; and add --ladder, --layers, \
         --hex."
    )]
    Flag(String),
    /// A flag with a value that it cannot have, or none.
    #[error("{flag}: {problem}")]
    Value {
        /// The flag.
        flag: String,
        /// What to write.
        problem: String,
    },
    /// A number without a suggestion.
    #[error("Suggestions are numbered 1 to {0}.")]
    Number(usize),
    /// A lesson that is none.
    #[error(transparent)]
    Lesson(#[from] Unknown),
}

impl Trial {
    /// The lesson as it is.
    #[must_use]
    pub fn of(lesson: &'static Lesson) -> Self {
        let (rtt, loss, seed) = (None, None, 1);
        Self { lesson, rtt, loss, seed, ladder: false, layers: false, hex: false, json: false }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// Where the wire or the demonstration fails.
    pub fn run(&self) -> Result<Run, RunError> {
        let usual = self.lesson.settings(Wire::Virtual);
        let (rtt, loss) = (self.rtt.unwrap_or(usual.rtt), self.loss.unwrap_or(usual.loss));
        run(self.lesson, Wire::Virtual, Settings { rtt, loss, seed: self.seed })
    }

    /// The first seed with which something is lost, if it's to be lost and chance spared every packet of this run.
    #[must_use]
    pub fn unlucky_seed(&self, run: &Run) -> Option<u64> {
        let loses = run.sides.iter().any(|side| side.settings.loss > 0.0);
        let unlucky = |seed: &u64| {
            let run = Self { seed: *seed, ..self.clone() }.run();
            run.is_ok_and(|run| run.lost().next().is_some())
        };
        (loses && run.lost().next().is_none()).then(|| (1..=SEEDS).find(unlucky)).flatten()
    }

    /// Takes flags as on the command line.
    fn with(mut self, words: &[&str]) -> Result<Self, NoExperiment> {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (flag, value) = word.split_once('=').map_or((*word, None), |(flag, value)| (flag, Some(value)));
            let flag = flag.trim_start_matches('-');
            let wrong = |problem: String| NoExperiment::Value { flag: format!("--{flag}"), problem };
            let mut value = || value.or_else(|| words.next().copied()).ok_or("write a value after it".to_owned());
            match flag {
                "rtt" => self.rtt = Some(value().and_then(asked::duration).map_err(wrong)?),
                "loss" => self.loss = Some(value().and_then(asked::percent).map_err(wrong)?),
                "seed" => {
                    let seed = value().and_then(|seed| seed.parse().map_err(|_| "write a whole number: 3".to_owned()));
                    self.seed = seed.map_err(wrong)?;
                }
                "ladder" => self.ladder = true,
                "layers" => self.layers = true,
                "hex" => self.hex = true,
                "json" => self.json = true,
                _ => return Err(NoExperiment::Flag((*word).to_owned())),
            }
        }
        Ok(self)
    }
}

/// Reads what to try after a lesson: nothing (the first suggestion), a suggestion's number, or flags.
///
/// # Errors
///
/// Where there is no such thing to try.
pub fn parse(words: &[&str], lesson: &'static Lesson) -> Result<Experiment, NoExperiment> {
    match words {
        [] => suggestion(lesson, 1),
        [number] if number.parse::<usize>().is_ok() => suggestion(lesson, number.parse().unwrap_or(0)),
        flags => Trial::of(lesson).with(flags).map(Experiment::Run),
    }
}

/// A lesson's suggestion of that number, from 1.
fn suggestion(lesson: &'static Lesson, number: usize) -> Result<Experiment, NoExperiment> {
    let step = number.checked_sub(1).and_then(|index| lesson.try_next.get(index));
    let step = step.ok_or(NoExperiment::Number(lesson.try_next.len()))?;
    let words: Vec<&str> = step.command.split_whitespace().collect();
    match words.as_slice() {
        ["wire101", "explain", words @ ..] => {
            Ok(Experiment::Explain(words.iter().map(|word| (*word).to_owned()).collect()))
        }
        ["wire101", "lesson", "run", name, flags @ ..] => {
            Trial::of(catalogue::find(name)?).with(flags).map(Experiment::Run)
        }
        _ => Err(NoExperiment::Flag(step.command.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson() -> &'static Lesson {
        catalogue::find("keep-alive").unwrap()
    }

    #[test]
    fn every_suggestion_of_every_lesson_can_be_tried() {
        for lesson in catalogue::all() {
            for number in 1..=lesson.try_next.len() {
                assert!(suggestion(lesson, number).is_ok(), "{} {number}", lesson.name);
            }
        }
        assert_eq!(parse(&["9"], lesson()), Err(NoExperiment::Number(3)));
        assert_eq!(parse(&["0"], lesson()), Err(NoExperiment::Number(3)));
    }

    #[test]
    fn where_nothing_is_lost_a_seed_is_offered_with_which_something_is() {
        let of_seed = |seed| Trial { loss: Some(1.0), seed, ..Trial::of(lesson()) };
        let is_spared = |trial: &Trial| trial.run().unwrap().lost().next().is_none();
        let trial = (1..50).map(of_seed).find(is_spared).unwrap();
        let run = trial.run().unwrap();
        let seed = trial.unlucky_seed(&run).unwrap();
        let other = Trial { seed, ..trial.clone() }.run().unwrap();
        assert!(other.lost().next().is_some() && trial.unlucky_seed(&other).is_none());
        assert_eq!(Trial::of(lesson()).unlucky_seed(&Trial::of(lesson()).run().unwrap()), None);
    }

    #[test]
    fn flags_are_those_of_the_command_line() {
        let Ok(Experiment::Run(trial)) = parse(&["--rtt", "200ms", "--loss=5", "seed", "3"], lesson()) else {
            panic!("these flags are known");
        };
        assert_eq!((trial.rtt, trial.loss, trial.seed), (Some(Duration::from_millis(200)), Some(5.0), 3));
        assert_eq!(parse(&["--wire", "x"], lesson()), Err(NoExperiment::Flag("--wire".into())));
        for wrong in [&["--rtt"][..], &["--rtt", "far"], &["--loss", "91"], &["--seed", "-1"]] {
            assert!(matches!(parse(wrong, lesson()), Err(NoExperiment::Value { .. })), "{wrong:?}");
        }
    }
}
