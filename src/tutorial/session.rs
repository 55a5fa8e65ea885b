//! The way through the course: where one is, what is asked there, and what becomes of a line that is typed.

use super::answer::{self, NoAnswer};
use super::command::{Command, Look};
use super::experiment::{self, Trial};
use super::progress::{Done, Progress};
use super::reply::{Reply, Verdict};
use crate::lesson::front_matter::{Answer, Check};
use crate::lesson::measure::{Measure, Unit};
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Run, RunError, Side};

/// What is asked at a place of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A guess, before the lesson is shown.
    Guess,
    /// The check of that index.
    Check(usize),
    /// Nothing: the lesson is over, and there is something to try.
    After,
    /// Nothing: the course is over.
    End,
}

/// Somebody's way through the course.
#[derive(Debug)]
pub struct Session {
    lessons: &'static [Lesson],
    at: usize,
    run: Run,
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
        let at = match start {
            Some(start) => named(start.name).unwrap_or(0),
            None => progress.at.as_deref().and_then(named).unwrap_or_else(undone),
        };
        let lesson = lessons.get(at).ok_or_else(|| RunError::NoDemo("1"))?;
        if start.is_some() {
            progress.begin(lesson);
        }
        Ok(Self { lessons, at, run: Trial::of(lesson).run()?, progress })
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
    pub fn run(&self) -> &Run {
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
        self.progress.lessons.get(self.lesson().name).copied().unwrap_or_default()
    }

    /// What is asked now.
    #[must_use]
    pub fn step(&self) -> Step {
        let (steps, checks) = (self.done().steps, self.lesson().checks.len());
        match steps {
            0 => Step::Guess,
            _ if steps <= checks => Step::Check(steps - 1),
            _ if steps == checks + 1 => Step::After,
            // Left behind, and no lesson after it; or a file that says more than there is.
            _ if self.at + 1 == self.lessons.len() => Step::End,
            _ => Step::After,
        }
    }

    /// The check at hand, and its text.
    ///
    /// # Errors
    ///
    /// Where it asks for a value that the run does not have.
    #[must_use]
    pub fn question(&self) -> Option<Result<String, FillError>> {
        self.check().map(|check| self.run.fill(&check.question))
    }

    fn check(&self) -> Option<&'static Check> {
        match self.step() {
            Step::Check(index) => self.lesson().checks.get(index),
            _ => None,
        }
    }

    /// Takes a line.
    ///
    /// # Errors
    ///
    /// Where the lesson fails to run, or its text asks for what its run does not have.
    pub fn take(&mut self, line: &str) -> Result<Reply, Stuck> {
        let line = line.trim();
        let step = self.step();
        match Command::read(line) {
            Command::Quit => return Ok(Reply::Quit),
            Command::Keys => return Ok(Reply::Keys),
            Command::Again => return Ok(Reply::Again),
            Command::Next => return self.skip(),
            Command::Hint => return self.hint(),
            Command::Look(Look::Text) => return Ok(Reply::Look(Look::Text)),
            Command::Look(_) | Command::Try(_) if step == Step::Guess => {
                let first = "Guess first. Then the lesson runs, and there's something to see.";
                return Ok(Reply::Misunderstood(first.to_owned()));
            }
            Command::Look(look) => return Ok(Reply::Look(look)),
            Command::Try(what) => {
                let tried = experiment::parse(&what, self.lesson());
                return Ok(tried.map_or_else(|wrong| Reply::Misunderstood(wrong.to_string()), Reply::Try));
            }
            Command::Answer => {}
        }
        match step {
            Step::Guess => self.guess(line),
            Step::Check(_) if line.is_empty() && self.done().tried => self.skip(),
            Step::Check(_) => self.answer(line),
            Step::After | Step::End if line.is_empty() => self.skip(),
            Step::After | Step::End => {
                let words: Vec<&str> = line.split_whitespace().collect();
                let tried = experiment::parse(&words, self.lesson());
                Ok(tried.map_or_else(
                    |_| Reply::Misunderstood("Press Enter to go on, or type the number of something to try.".into()),
                    Reply::Try,
                ))
            }
        }
    }

    fn guess(&mut self, line: &str) -> Result<Reply, Stuck> {
        let prediction = &self.lesson().prediction;
        let given = match answer::parse(line, prediction.answer.measure.unit()) {
            Ok(given) => given,
            Err(wrong) => return Ok(Reply::Misunderstood(misread(line, wrong))),
        };
        if !prediction.choices.is_empty() && !prediction.choices.contains(&given) {
            let choices: Vec<String> = prediction.choices.iter().map(ToString::to_string).collect();
            return Ok(Reply::Misunderstood(format!("Choose one of these: {}.", choices.join(", "))));
        }
        self.guessed(Some(given))
    }

    fn guessed(&mut self, given: Option<u64>) -> Result<Reply, Stuck> {
        let answer = self.lesson().prediction.answer;
        let found = self.measured(answer.measure, answer.side)?;
        let unit = answer.measure.unit();
        let row = self.lesson().compare.iter().find(|row| row.measure == answer.measure);
        let reply = Reply::Guessed {
            guess: given.map(|given| unit.format(given)),
            found: unit.format(found),
            right: given.is_some_and(|given| answer::same(given, found, unit)),
            label: row.map_or_else(|| answer.measure.to_string().replace('_', " "), |row| row.label.to_owned()),
            measured: answer,
        };
        self.advance(false)?;
        Ok(reply)
    }

    fn answer(&mut self, line: &str) -> Result<Reply, Stuck> {
        let Some(check) = self.check() else { return Ok(Reply::Keys) };
        let unit: Unit = check.measure.unit();
        let given = match answer::parse(line, unit) {
            Ok(given) => given,
            Err(wrong) => return Ok(Reply::Misunderstood(misread(line, wrong))),
        };
        let found = self.measured(check.measure, check.side)?;
        let explain = self.run.fill(&check.explain)?;
        if answer::same(given, found, unit) {
            self.advance(!self.done().tried)?;
            return Ok(Reply::Answered(Verdict::Right { explain }));
        }
        let measured = Answer { measure: check.measure, side: check.side };
        self.entry().tried = true;
        Ok(Reply::Answered(Verdict::Wrong { given: unit.format(given), explain, measured }))
    }

    fn skip(&mut self) -> Result<Reply, Stuck> {
        match self.step() {
            Step::Guess => self.guessed(None),
            Step::Check(_) => {
                // Whoever answered wrongly has read the explanation.
                let explain = self.check().filter(|_| !self.done().tried).map(|check| self.run.fill(&check.explain));
                let explain = explain.transpose()?;
                self.advance(false)?;
                Ok(explain.map_or(Reply::GoOn, |explain| Reply::Answered(Verdict::Skipped { explain })))
            }
            Step::After => {
                self.advance(false)?;
                Ok(Reply::GoOn)
            }
            Step::End => Ok(Reply::Quit),
        }
    }

    fn hint(&self) -> Result<Reply, Stuck> {
        match self.check() {
            Some(check) => Ok(Reply::Hint(self.run.fill(&check.hint)?)),
            None if self.step() == Step::Guess => {
                Ok(Reply::Hint("Any guess will do: it makes what you find out easier to remember.".to_owned()))
            }
            None => Ok(Reply::Hint("Type the number of something to try, or press Enter to go on.".to_owned())),
        }
    }

    /// Leaves the step at hand behind; with the last, the lesson.
    fn advance(&mut self, right: bool) -> Result<(), Stuck> {
        let checks = self.lesson().checks.len();
        let at_end = self.step() == Step::After;
        let next = self.lessons.get(self.at + 1).filter(|_| at_end);
        if let Some(next) = next {
            // Nothing is left behind before what comes next is there.
            self.run = Trial::of(next).run()?;
        }
        let name = self.lessons.get(self.at).map(|lesson| lesson.name.to_owned()).unwrap_or_default();
        let done = self.progress.lessons.entry(name.clone()).or_default();
        done.steps = done.steps.saturating_add(1).min(checks + 2);
        done.right = done.right.saturating_add(usize::from(right));
        done.tried = false;
        done.complete |= done.steps > checks;
        self.progress.at = Some(name);
        if let Some(next) = next {
            self.at += 1;
            // A lesson that was taken before is taken anew.
            if self.progress.is_complete(next) {
                self.progress.begin(next);
            }
            self.progress.at = Some(next.name.to_owned());
        }
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

impl Progress {
    /// Whether a lesson was taken to its end.
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

fn misread(line: &str, wrong: NoAnswer) -> String {
    if line.is_empty() {
        "Type a number, or one of the keys.".to_owned()
    } else {
        format!("{wrong} Type one, or one of the keys.")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lesson::catalogue;

    fn session(progress: Progress) -> Session {
        Session::new(catalogue::all(), progress, None).unwrap()
    }

    fn place(session: &Session) -> (u8, Step) {
        (session.lesson().number, session.step())
    }

    #[test]
    fn nothing_but_text_is_shown_before_the_guess() {
        let mut session = session(Progress::default());
        for line in ["l", "d", "f", "hex", "e --rtt 1ms", "p"] {
            assert!(matches!(session.take(line).unwrap(), Reply::Misunderstood(_)), "{line}");
        }
        assert_eq!(session.take("t").unwrap(), Reply::Look(Look::Text));
        assert_eq!(place(&session), (1, Step::Guess));
        assert_eq!(*session.progress(), Progress::default());
    }

    #[test]
    fn a_second_attempt_is_right_and_does_not_count_as_the_first() {
        let mut session = session(Progress::default());
        session.take("skip").unwrap();
        assert!(matches!(session.take("99").unwrap(), Reply::Answered(Verdict::Wrong { .. })));
        assert_eq!(session.step(), Step::Check(0));
        assert!(matches!(session.take("2").unwrap(), Reply::Answered(Verdict::Right { .. })));
        assert_eq!((session.step(), session.done().right), (Step::Check(1), 0));
    }

    #[test]
    fn an_empty_line_skips_no_question_that_was_not_answered() {
        let mut session = session(Progress::default());
        for _ in 0..2 {
            let before = place(&session);
            assert!(matches!(session.take("").unwrap(), Reply::Misunderstood(_)));
            assert_eq!(place(&session), before);
            session.take("s").unwrap();
        }
    }

    fn line() -> impl Strategy<Value = String> {
        const KNOWN: [&str; 13] = ["n", "b", "", "2", "987", "h", "l", "d", "e", "e --rtt 1ms", "t", "?", "two"];
        prop_oneof![8 => prop::sample::select(&KNOWN[..]).prop_map(str::to_owned), 1 => any::<String>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn whatever_is_typed_leads_on_and_never_back(lines in prop::collection::vec(line(), 0..30), stop in 0_usize..30) {
            let mut through = session(Progress::default());
            let mut stopped = session(Progress::default());
            let mut before = (1, 0);
            for (at, line) in lines.iter().enumerate() {
                if at == stop {
                    stopped = session(stopped.progress().clone());
                }
                let reply = through.take(line).unwrap();
                prop_assert_eq!(stopped.take(line).unwrap(), reply);
                let now = (through.lesson().number, through.done().steps);
                prop_assert!(now >= before);
                before = now;
            }
            prop_assert_eq!(stopped.progress(), through.progress());
        }
    }
}
