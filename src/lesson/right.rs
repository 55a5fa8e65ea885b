//! What is right: questions and places, looked up in a run.

use super::front_matter::Lesson;
use super::measure::Share;
use super::question::{Asks, Check, Claim, Compared, Event, Given};
use super::run::{Run, RunError, run};
use super::text::FillError;
use super::view::{End, Spot};
use crate::wire::{Settings, Wire};

impl Spot {
    /// The numbers of the packets in a run, in the order of counting.
    #[must_use]
    pub fn packets(&self, run: &Run) -> Vec<u64> {
        let shares = run.sides.get(self.side.index()).map(|side| side.measures.evidence(self.measure));
        let shares = shares.unwrap_or_default();
        let chosen = match self.nth {
            Some(nth) => shares.get(nth.saturating_sub(1)..nth.min(shares.len())).unwrap_or_default(),
            None => &shares,
        };
        let end = |share: &Share| match self.end {
            End::First => share.first,
            End::Last => share.last,
        };
        chosen.iter().map(end).collect()
    }

    /// The first of them.
    #[must_use]
    pub fn packet(&self, run: &Run) -> Option<u64> {
        self.packets(run).first().copied()
    }
}

impl Given {
    /// The lesson's wire, changed.
    #[must_use]
    pub fn settings(&self, lesson: &Lesson) -> Settings {
        let usual = lesson.settings(Wire::Virtual);
        let rtt = self.rtt_ms.map_or(usual.rtt, std::time::Duration::from_millis);
        Settings { rtt, loss: self.loss_percent.unwrap_or(usual.loss), seed: self.seed.unwrap_or(usual.seed) }
    }
}

impl Claim {
    /// Whether a run bears it out.
    ///
    /// # Errors
    ///
    /// Where it speaks of what the run doesn't have.
    pub fn holds(&self, run: &Run) -> Result<bool, FillError> {
        let sides = run.measures();
        let (left, right) = (self.left.amount(&sides)?, self.right.amount(&sides)?);
        Ok(match self.compared {
            Compared::Less => left < right,
            Compared::Equal => left == right,
            Compared::More => left > right,
        })
    }
}

impl Check {
    /// The run in which its answer is measured, if that's another one than the lesson's own.
    ///
    /// # Errors
    ///
    /// Where the lesson fails on that wire.
    pub fn other_run(&self, lesson: &'static Lesson) -> Result<Option<Run>, RunError> {
        self.given.map(|given| run(lesson, Wire::Virtual, given.settings(lesson))).transpose()
    }

    /// The right answer as it's typed; none where the run has none, or several choices hold.
    ///
    /// # Errors
    ///
    /// Where it asks for what the run doesn't have.
    pub fn right(&self, run: &Run) -> Result<Option<String>, FillError> {
        Ok(match &self.asks {
            Asks::Number { answer, .. } => Some(self.unit().typed(answer.value_of(&run.measures())?)),
            Asks::Packet { answer, .. } => answer.packet(run).map(|packet| packet.to_string()),
            Asks::Order { events, .. } => in_order(events, run),
            Asks::Choice(choices) => {
                let mut right = None;
                for (number, choice) in (1..).zip(*choices) {
                    if choice.claim.holds(run)? {
                        if right.is_some() {
                            return Ok(None);
                        }
                        right = Some(number.to_string());
                    }
                }
                right
            }
        })
    }
}

/// The letters of the events in the order in which they happened.
fn in_order(events: &[Event], run: &Run) -> Option<String> {
    let at = |(letter, event): (char, &Event)| Some((event.at.packet(run)?, letter));
    let mut order = ('a'..).zip(events).map(at).collect::<Option<Vec<_>>>()?;
    order.sort_unstable();
    Some(order.into_iter().map(|(_, letter)| letter.to_string()).collect::<Vec<_>>().join(" "))
}
