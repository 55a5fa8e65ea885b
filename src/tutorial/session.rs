//! The way through the course: where one is, what is asked there, and what becomes of a line that is typed.

use std::rc::Rc;

use super::answer;
use super::command::{Command, Look};
use super::experiment::{self, Experiment, Trial};
use super::judge::{Judged, judge, misread};
use super::plan::{self, Step};
use super::progress::{Done, Outcome, Progress};
use super::reply::{Reply, Verdict};
use crate::lesson::front_matter::Guess;
use crate::lesson::measure::Measure;
use crate::lesson::question::{Asks, Check, Kind};
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Run, RunError, Side};

/// How many wrong answers there are before the answer is told: the first gets a nudge, the second a hint as well.
const TRIES: u8 = 3;

/// Somebody's way through the course.
#[derive(Debug)]
pub struct Session {
    lessons: &'static [Lesson],
    at: usize,
    run: Rc<Run>,
    progress: Progress,
}

impl Session {
    /// Goes on where somebody was, or begins; with `start`, at that lesson's beginning.
    ///
    /// # Errors
    ///
    /// If there is no lesson at all, or the lesson fails to run.
    pub fn new(lessons: &'static [Lesson], mut progress: Progress, start: Option<&Lesson>) -> Result<Self, RunError> {
        let named = |name: &str| lessons.iter().position(|lesson| lesson.name == name);
        let undone = || lessons.iter().position(|lesson| !progress.is_complete(lesson)).unwrap_or(0);
        let mut at = match start {
            Some(start) => named(start.name).unwrap_or(0),
            None => progress.at.as_deref().and_then(named).unwrap_or_else(undone),
        };
        if start.is_some() {
            progress.ending = None;
        }
        let (from, ends) = (progress.ending.unwrap_or(0), progress.ending.is_some());
        let next = missed(lessons, &progress, from).filter(|_| ends);
        if let Some((lesson, _)) = next {
            at = lesson;
        }
        let diagnosed = diagnosed(lessons).filter(|_| ends && next.is_none() && from <= asked(lessons));
        at = diagnosed.unwrap_or(at);
        let lesson = lessons.get(at).ok_or_else(|| RunError::NoDemo("1"))?;
        if start.is_some() {
            progress.begin(lesson);
        }
        let run = if diagnosed.is_some() { Run::to_diagnose(lesson) } else { Trial::of(lesson).run()? };
        Ok(Self { lessons, at, run: Rc::new(run), progress })
    }

    /// The lesson at hand.
    #[must_use]
    pub fn lesson(&self) -> &'static Lesson {
        self.run.lesson
    }

    /// How many lessons there are.
    #[must_use]
    pub fn lessons(&self) -> &'static [Lesson] {
        self.lessons
    }

    /// What was captured and measured of the lesson at hand.
    #[must_use]
    pub fn run(&self) -> &Rc<Run> {
        &self.run
    }

    /// What is done.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What is done of the lesson at hand.
    #[must_use]
    pub fn done(&self) -> Done {
        self.progress.lessons.get(self.lesson().name).cloned().unwrap_or_default()
    }

    /// Where one is.
    #[must_use]
    pub fn step(&self) -> Step {
        let Some(from) = self.progress.ending else { return plan::step(self.lesson(), self.done().place) };
        match missed(self.lessons, &self.progress, from) {
            Some((_, check)) => Step::Review(check),
            None if from <= asked(self.lessons) && diagnosed(self.lessons).is_some() => Step::Diagnose,
            None if from <= asked(self.lessons) + 1 => Step::Own,
            None => Step::End,
        }
    }

    /// The question at hand, be it about the run, about a change, or one that was missed.
    #[must_use]
    pub fn check(&self) -> Option<&'static Check> {
        match self.step() {
            Step::Check(index) | Step::Review(index) => self.lesson().checks.get(index),
            Step::Change => self.lesson().change.as_ref(),
            Step::Diagnose => self.lesson().diagnosis.as_ref().map(|diagnosis| &diagnosis.check),
            _ => None,
        }
    }

    /// Whether something can be looked at now. What would give away an answer can't, nor can what isn't there.
    #[must_use]
    pub fn may(&self, look: Look) -> bool {
        let step = self.step();
        let question = self.check().filter(|_| matches!(step, Step::Check(_) | Step::Review(_)));
        // Letters are part of what is typed there.
        let letters = question.is_some_and(types_letters);
        let closed = question.is_some_and(|check| check.kind == Kind::WorkOut);
        let has_run = !matches!(step, Step::Scene | Step::Guess | Step::Own | Step::End);
        match look {
            Look::Before => {
                let behind = match step {
                    Step::See(index) => index > 0,
                    Step::Guess | Step::Check(_) => true,
                    _ => false,
                };
                behind && !letters
            }
            Look::Page | Look::Text => matches!(step, Step::Packet | Step::Change | Step::After),
            Look::Frame => has_run && !closed && !letters && self.has_frames(),
            Look::Ladder => has_run && !letters,
            Look::Layers | Look::Hex => has_run && !closed,
        }
    }

    /// Whether the lesson has any WebSocket frame.
    fn has_frames(&self) -> bool {
        self.run.sides.iter().any(|side| side.measures.get(Measure::Frames).is_some_and(|frames| frames > 0))
    }

    /// Whether something can be tried now.
    #[must_use]
    pub fn may_try(&self) -> bool {
        self.step() == Step::After
    }

    /// Whether there is a hint now.
    #[must_use]
    pub fn has_hint(&self) -> bool {
        matches!(self.step(), Step::Check(_) | Step::Review(_) | Step::Diagnose)
    }

    /// The figures that the comparison mustn't show yet, because a question asks for them.
    #[must_use]
    pub fn secrets(&self) -> Vec<(Side, Measure)> {
        let open = match self.step() {
            Step::See(_) => 0,
            Step::Check(index) => index,
            _ => return Vec::new(),
        };
        let asked = self.lesson().checks.iter().skip(open).filter_map(|check| match &check.asks {
            Asks::Number { answer, .. } => Some(answer.measured()),
            _ => None,
        });
        asked.flatten().collect()
    }

    /// Takes a line.
    ///
    /// # Errors
    ///
    /// Where the lesson fails to run, or its text asks for what its run does not have.
    pub fn take(&mut self, line: &str) -> Result<Reply, Stuck> {
        let line = line.trim();
        let step = self.step();
        let misunderstood = |why: &str| Ok(Reply::Misunderstood(why.to_owned()));
        match Command::read(line) {
            Command::Quit => return Ok(Reply::Quit),
            Command::Keys => return Ok(Reply::Keys),
            Command::Again => return Ok(Reply::Again),
            Command::Next => return self.skip(),
            Command::Hint if self.has_hint() => return self.hint(),
            Command::Explain(words) => {
                let words = words.iter().map(|word| (*word).to_owned()).collect();
                return Ok(Reply::Try(Experiment::Explain(words)));
            }
            Command::Look(look) if self.may(look) => return Ok(Reply::Look(look)),
            Command::Try(what) if self.may_try() => {
                let tried = experiment::parse(&what, self.lesson());
                return Ok(tried.map_or_else(|wrong| Reply::Misunderstood(wrong.to_string()), Reply::Try));
            }
            Command::Look(_) | Command::Try(_) | Command::Hint if matches!(step, Step::Scene | Step::Guess) => {
                return misunderstood("Guess first. Then the lesson runs, and there's something to see.");
            }
            Command::Look(_) | Command::Try(_) | Command::Hint if !self.check().is_some_and(types_letters) => {
                return misunderstood("Not here: `?` says what you can do.");
            }
            _ => {}
        }
        match step {
            Step::Guess => self.guess(line),
            Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => self.answer(line),
            _ if line.is_empty() => self.skip(),
            Step::After => {
                let words: Vec<&str> = line.split_whitespace().collect();
                let tried = experiment::parse(&words, self.lesson());
                Ok(tried.map_or_else(
                    |_| Reply::Misunderstood("Press Enter to go on, or type the number of something to try.".into()),
                    Reply::Try,
                ))
            }
            _ => misunderstood("Press Enter to go on."),
        }
    }

    fn guess(&mut self, line: &str) -> Result<Reply, Stuck> {
        let prediction = &self.lesson().prediction;
        let given = match answer::parse(line, prediction.answer.measure.unit()) {
            Ok(given) => given,
            Err(wrong) => return Ok(Reply::Misunderstood(misread(line, wrong))),
        };
        let Some(guess) = prediction.choices.iter().find(|choice| choice.value == given) else {
            let choices: Vec<String> = prediction.choices.iter().map(|choice| choice.value.to_string()).collect();
            return Ok(Reply::Misunderstood(format!("Choose one of these: {}.", choices.join(", "))));
        };
        self.guessed(Some(guess))
    }

    fn guessed(&mut self, guess: Option<&Guess>) -> Result<Reply, Stuck> {
        let answer = self.lesson().prediction.answer;
        let found = self.measured(answer.measure, answer.side)?;
        let unit = answer.measure.unit();
        let row = self.lesson().compare.iter().find(|row| row.measure == answer.measure);
        let right = guess.is_some_and(|guess| answer::same(guess.value, found, unit));
        let say = guess.filter(|_| !right).and_then(|guess| guess.say.as_ref());
        let reply = Reply::Guessed {
            guess: guess.map(|guess| unit.format(guess.value)),
            found: unit.format(found),
            right,
            say: say.map(|say| self.run.fill(say)).transpose()?,
            label: row.map_or_else(|| answer.measure.to_string().replace('_', " "), |row| row.label.to_owned()),
            measured: answer,
        };
        self.advance()?;
        Ok(reply)
    }

    fn answer(&mut self, line: &str) -> Result<Reply, Stuck> {
        let Some(check) = self.check() else { return Ok(Reply::Keys) };
        if line.is_empty() {
            return Ok(Reply::Misunderstood("Type an answer, or press one of the keys.".to_owned()));
        }
        let other = check.other_run(self.lesson())?;
        let run = other.as_ref().unwrap_or(&self.run);
        let (given, say) = match judge(check, run, line)? {
            Judged::Misread(why) => return Ok(Reply::Misunderstood(why)),
            Judged::Right => {
                let outcome = if self.done().tries == 0 { Outcome::First } else { Outcome::Later };
                return self.leave(check, Verdict::Right, outcome);
            }
            Judged::Wrong { given, say } => (given, say),
        };
        let tries = self.done().tries.saturating_add(1);
        // A prediction is made once: then one sees.
        if tries >= TRIES || self.step() == Step::Change {
            return self.leave(check, Verdict::Told { given, say }, Outcome::Told);
        }
        let hint = (tries > 1).then(|| run.fill(&check.hint)).transpose()?;
        self.entry().tries = tries;
        Ok(Reply::Answered { verdict: Verdict::Wrong { given, say, hint }, check, explain: String::new() })
    }

    /// Leaves a question behind.
    fn leave(&mut self, check: &'static Check, verdict: Verdict, outcome: Outcome) -> Result<Reply, Stuck> {
        let other = check.other_run(self.lesson())?;
        let explain = other.as_ref().unwrap_or(&self.run).fill(&check.explain)?;
        // What is noted may change what is missed, and so the step.
        let step = self.step();
        match step {
            Step::Check(index) => self.note(index, outcome),
            // What was missed and is known now was learnt later.
            Step::Review(index) if !outcome.is_missed() => self.note(index, Outcome::Later),
            _ => {}
        }
        self.advance_from(step)?;
        Ok(Reply::Answered { verdict, check, explain })
    }

    /// Remembers what became of a question.
    fn note(&mut self, index: usize, outcome: Outcome) {
        let answers = &mut self.entry().answers;
        if index >= answers.len() {
            answers.resize(index + 1, Outcome::Skipped);
        }
        if let Some(answer) = answers.get_mut(index) {
            *answer = outcome;
        }
    }

    fn skip(&mut self) -> Result<Reply, Stuck> {
        match self.step() {
            Step::Guess => self.guessed(None),
            Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => match self.check() {
                Some(check) => self.leave(check, Verdict::Skipped, Outcome::Skipped),
                None => Ok(Reply::Keys),
            },
            Step::End => Ok(Reply::Quit),
            _ => {
                self.advance()?;
                Ok(Reply::GoOn)
            }
        }
    }

    fn hint(&self) -> Result<Reply, Stuck> {
        let Some(check) = self.check() else { return Ok(Reply::Keys) };
        let other = check.other_run(self.lesson())?;
        Ok(Reply::Hint(other.as_ref().unwrap_or(&self.run).fill(&check.hint)?))
    }

    /// Leaves the step at hand behind; with the last, the lesson.
    fn advance(&mut self) -> Result<(), Stuck> {
        self.advance_from(self.step())
    }

    fn advance_from(&mut self, step: Step) -> Result<(), Stuck> {
        match step {
            Step::Review(index) => {
                let before = self.lessons.iter().take(self.at).map(|lesson| lesson.checks.len()).sum::<usize>();
                self.progress.ending = Some(before + index + 1);
                self.entry().tries = 0;
                self.turn_to_missed()
            }
            Step::Diagnose => {
                self.progress.ending = Some(asked(self.lessons) + 1);
                self.entry().tries = 0;
                Ok(())
            }
            Step::Own => {
                self.progress.ending = Some(asked(self.lessons) + 2);
                Ok(())
            }
            Step::End => Ok(()),
            Step::After => self.leave_lesson(),
            step => {
                let (place, lesson) = (plan::place(self.lesson(), step), self.lesson());
                let checks = lesson.checks.len();
                let done = self.entry();
                (done.place, done.tries) = (place + 1, 0);
                // Whoever skipped a question has not answered it.
                let answered = done.answers.len() >= checks && !done.answers.contains(&Outcome::Skipped);
                done.complete |= answered && plan::step(lesson, place + 1) == Step::After;
                Ok(())
            }
        }
    }

    fn leave_lesson(&mut self) -> Result<(), Stuck> {
        let Some(next) = self.lessons.get(self.at + 1) else {
            self.progress.ending = Some(0);
            return self.turn_to_missed();
        };
        // Nothing is left behind before what comes next is there.
        let run = Trial::of(next).run()?;
        self.run = Rc::new(run);
        self.at += 1;
        // A lesson that was taken before is taken anew.
        let taken =
            self.progress.lessons.get(next.name).is_some_and(|done| plan::step(next, done.place) == Step::After);
        if taken || self.progress.is_complete(next) {
            self.progress.begin(next);
        }
        self.progress.at = Some(next.name.to_owned());
        Ok(())
    }

    /// Gets the run of the next question that was missed; or of the capture to diagnose, if none was.
    fn turn_to_missed(&mut self) -> Result<(), Stuck> {
        let from = self.progress.ending.unwrap_or(0);
        let next = missed(self.lessons, &self.progress, from).map(|(at, _)| at);
        let at = next.or_else(|| diagnosed(self.lessons));
        let Some((at, lesson)) = at.and_then(|at| Some((at, self.lessons.get(at)?))) else { return Ok(()) };
        if next.is_none() {
            self.run = Rc::new(Run::to_diagnose(lesson));
        } else if at != self.at {
            self.run = Rc::new(Trial::of(lesson).run()?);
        }
        self.at = at;
        Ok(())
    }

    fn entry(&mut self) -> &mut Done {
        let name = self.run.lesson.name;
        self.progress.at = Some(name.to_owned());
        self.progress.lessons.entry(name.to_owned()).or_default()
    }

    fn measured(&self, measure: Measure, side: Side) -> Result<u64, Stuck> {
        let of_side = self.run.sides.get(side.index());
        of_side.and_then(|side| side.measures.get(measure)).ok_or_else(|| Stuck::NoAnswer(self.lesson().name))
    }
}

/// Whether an answer is typed in letters, which are no keys then.
#[must_use]
pub fn types_letters(check: &Check) -> bool {
    matches!(check.asks, Asks::Order { .. }) || check.is_hexadecimal()
}

/// The lesson behind which there's a capture to diagnose.
fn diagnosed(lessons: &[Lesson]) -> Option<usize> {
    lessons.iter().position(|lesson| lesson.diagnosis.is_some())
}

/// How many questions the course has.
fn asked(lessons: &[Lesson]) -> usize {
    lessons.iter().map(|lesson| lesson.checks.len()).sum()
}

/// The first question that was missed, from one on, counted through the course: its lesson's place and its own.
fn missed(lessons: &[Lesson], progress: &Progress, from: usize) -> Option<(usize, usize)> {
    let all =
        lessons.iter().enumerate().flat_map(|(at, lesson)| (0..lesson.checks.len()).map(move |index| (at, index)));
    let is_missed = |(at, index): &(usize, usize)| {
        let done = lessons.get(*at).and_then(|lesson| progress.lessons.get(lesson.name));
        done.and_then(|done| done.answers.get(*index)).is_some_and(|outcome| outcome.is_missed())
    };
    all.skip(from).find(is_missed)
}

impl Progress {
    /// Whether every question of a lesson was answered, and it was taken to its end.
    #[must_use]
    pub fn is_complete(&self, lesson: &Lesson) -> bool {
        self.lessons.get(lesson.name).is_some_and(|done| done.complete)
    }

    /// Takes a lesson from its beginning; that it was complete stays.
    fn begin(&mut self, lesson: &Lesson) {
        let done = self.lessons.entry(lesson.name.to_owned()).or_default();
        *done = Done { complete: done.complete, ..Done::default() };
        self.at = Some(lesson.name.to_owned());
    }
}

/// Why the course cannot go on: a fault of the lesson's.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    /// It cannot be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Its text asks for what was not measured.
    #[error(transparent)]
    Fill(#[from] FillError),
    /// So does its question.
    #[error("lesson {0}: what its question asks for was not measured")]
    NoAnswer(&'static str),
}

#[cfg(test)]
mod tests;
