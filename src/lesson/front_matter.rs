//! What a lesson's file says. The build reads the files and checks them: `build/data/lesson.rs` has the keys of the front
//! matter, which are the names of the fields here.

use super::measure::Measure;
use super::side::Side;
use super::text::Template;
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

/// An exchange of a capture, as people name it: "0.2" is the third on the first connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeId {
    /// The connection's number, from 0.
    pub connection: u64,
    /// The exchange's index on it, from 0.
    pub index: u64,
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
    /// Answers to choose from, in the measure's unit; none where a number is to be typed.
    pub choices: &'static [u64],
    /// Where the right answer comes from.
    pub answer: Answer,
}

/// A question after the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The question.
    pub question: Template,
    /// What is measured to answer it.
    pub measure: Measure,
    /// On which side.
    pub side: Side,
    /// What to look at, for somebody who does not know.
    pub hint: Template,
    /// Why the answer is what it is.
    pub explain: Template,
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

    /// Every text with placeholders.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let checks = self.checks.iter().flat_map(|check| [&check.question, &check.hint, &check.explain]);
        let notes = self.compare.iter().filter_map(|row| row.note.as_ref());
        checks.chain(notes).chain(self.take_away).chain([&self.text])
    }
}

#[cfg(test)]
mod tests;
