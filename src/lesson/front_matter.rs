//! What a lesson's file says. The build reads the files and checks them: `build/data/lesson.rs` has the keys of the front
//! matter, which are the names of the fields here.

use super::measure::Measure;
use super::question::{Asks, Check};
use super::side::Side;
use super::text::Template;
pub use super::view::ExchangeId;
use super::view::{See, Spot};
use super::wires::WireSettings;
use crate::layers::Layer;
use crate::wire::{Settings, Wire};

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// What it is called on the command line: its file's name without the extension.
    pub name: &'static str,
    /// Its place in the course, from 1.
    pub number: u8,
    /// A word or two.
    pub title: &'static str,
    /// The one question it answers.
    pub question: &'static str,
    /// The OSI layers it is about.
    pub layers: &'static [Layer],
    /// What each side is called, A first: two to four.
    pub sides: &'static [&'static str],
    /// The one exchange that its page shows layer by layer, under its side.
    pub about: (Side, ExchangeId),
    /// The exchanges of each side that its page shows as they were said.
    pub said: [&'static [ExchangeId]; Side::ALL.len()],
    /// The sides whose every frame its page lists.
    pub frames: &'static [Side],
    /// The side whose `Sec-WebSocket-Accept` its page derives.
    pub accept: Option<Side>,
    /// The frames to draw bit by bit, by their places among those of their side, from 0. Its page draws the first of each
    /// side.
    pub diagrams: [&'static [usize]; Side::ALL.len()],
    /// What its page draws to scale.
    pub chart: Option<Chart>,
    /// What its wires are like, unless something else is asked for.
    pub usual: WireSettings,
    /// What each side's wire is like, whatever is asked for.
    pub fixed: [WireSettings; Side::ALL.len()],
    /// What to ask before the run.
    pub prediction: Prediction,
    /// What to ask after it.
    pub checks: &'static [Check],
    /// The packet to open.
    pub packet: Option<Opened>,
    /// What to change, and to predict.
    pub change: Option<Check>,
    /// What to find out at the end of the course, of a capture that isn't the lesson's.
    pub diagnosis: Option<Diagnosis>,
    /// The rows of the comparison.
    pub compare: &'static [Row],
    /// What to remember.
    pub take_away: &'static [Template],
    /// What to do now.
    pub try_next: &'static [Step],
    /// Remarks that Wireshark makes about the capture, and why it is right to.
    pub warnings: &'static [Warning],
    /// The narration, in Markdown.
    pub text: Template,
    /// The part of it that sets the scene before the guess: nothing has been measured yet.
    pub scene: Template,
    /// The parts of it that are told piece by piece, each beside what it speaks of.
    pub see: &'static [See],
}

/// What can be drawn to scale, to compare the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// What the bytes on the wire were for: the headers of the lower layers, HTTP and frame headers, content.
    Bytes,
    /// When each response or message was there.
    Arrivals,
    /// When each connection was open.
    Connections,
}

/// Something measured on one side: where the right answer to a question comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is measured.
    pub measure: Measure,
    /// On which side.
    pub side: Side,
}

/// The question before the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// The question.
    pub ask: &'static str,
    /// Answers to choose from, in the measure's unit.
    pub choices: &'static [Guess],
    /// Where the right answer comes from.
    pub answer: Answer,
}

/// A guess that somebody may make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// How much, in the measure's unit.
    pub value: u64,
    /// Why it may be so.
    pub because: &'static str,
    /// What to say to it if it isn't.
    pub say: Option<Template>,
}

/// A packet to open, and what to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub at: Spot,
    /// What to look at in it.
    pub text: Template,
}

/// A capture of something that went wrong, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What somebody reports.
    pub report: Template,
    /// What to find out.
    pub check: Check,
}

/// A row of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is measured.
    pub measure: Measure,
    /// What the row is called.
    pub label: &'static str,
    /// What to say beside the figures.
    pub note: Option<Template>,
}

/// Something to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The command, as typed.
    pub command: &'static str,
    /// What to look for in its output.
    pub look_for: &'static str,
}

/// A remark of Wireshark's that this lesson provokes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it says.
    pub tshark: &'static str,
    /// Why it is right to.
    pub reason: &'static str,
}

impl Lesson {
    /// What its wires are like if nothing else is asked for. A loopback is near and loses nothing, unless distance or
    /// loss is what the lesson is about.
    #[must_use]
    pub fn settings(&self, wire: Wire) -> Settings {
        match wire {
            Wire::Loopback if !self.compares_wires() => wire.settings(),
            _ => self.usual.over(wire.settings()),
        }
    }

    /// Whether its sides differ in their wires: one stays as it is, whatever is asked for.
    #[must_use]
    pub fn compares_wires(&self) -> bool {
        self.fixed.iter().any(WireSettings::is_set)
    }

    /// What a side's wire is like, if all are to be as in `settings`.
    #[must_use]
    pub fn settings_of(&self, side: Side, settings: Settings) -> Settings {
        self.fixed[side.index()].over(settings)
    }

    /// Whether it asks which packet has a fault. Then what the inspector found isn't shown before somebody wants to know.
    #[must_use]
    pub fn asks_for_causes(&self) -> bool {
        let mut asked = self.checks.iter().map(|check| &check.asks);
        asked.any(|asks| matches!(asks, Asks::Packet { answer, .. } if answer.measure == Measure::Causes))
    }

    /// Every text with placeholders.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let checks = self.checks.iter().chain(&self.change).flat_map(Check::templates);
        let guesses = self.prediction.choices.iter().filter_map(|guess| guess.say.as_ref());
        let notes = self.compare.iter().filter_map(|row| row.note.as_ref());
        let packet = self.packet.iter().map(|packet| &packet.text);
        checks.chain(guesses).chain(notes).chain(packet).chain(self.take_away).chain([&self.text])
    }
}

#[cfg(test)]
mod tests;
