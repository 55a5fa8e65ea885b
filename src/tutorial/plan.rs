//! The steps of a lesson, in order, and what comes after the last lesson.

use crate::lesson::Lesson;

/// Where somebody is in the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What the lesson is about, before anything has run.
    Scene,
    /// A guess.
    Guess,
    /// The piece of that index: something to see, and what is told of it.
    See(usize),
    /// The question of that index.
    Check(usize),
    /// A packet, opened.
    Packet,
    /// Something to change, and to predict.
    Change,
    /// What to take away, and what to try.
    After,
    /// Behind the last lesson: a question of that index, of the lesson at hand, that was missed.
    Review(usize),
    /// A capture to diagnose.
    Diagnose,
    /// What to do with one's own traffic.
    Own,
    /// Nothing: the course is over.
    End,
}

/// A lesson's steps.
pub fn steps(lesson: &Lesson) -> impl Iterator<Item = Step> {
    [Step::Scene, Step::Guess]
        .into_iter()
        .chain((0..lesson.see.len()).map(Step::See))
        .chain((0..lesson.checks.len()).map(Step::Check))
        .chain(lesson.packet.iter().map(|_| Step::Packet))
        .chain(lesson.change.iter().map(|_| Step::Change))
        .chain([Step::After])
}

/// The step of that place, from 0; beyond the last, the last.
#[must_use]
pub fn step(lesson: &Lesson, place: usize) -> Step {
    steps(lesson).nth(place).unwrap_or(Step::After)
}

/// How many steps come before one.
#[must_use]
pub fn place(lesson: &Lesson, step: Step) -> usize {
    steps(lesson).position(|other| other == step).unwrap_or(0)
}
