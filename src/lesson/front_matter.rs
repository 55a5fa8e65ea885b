//! A lesson's file: TOML between two `+++` lines, then the text. Says what is wrong with one, and where.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use super::measure::Measure;
use super::text::{Template, TemplateError};
use super::wires::WireSettings;
use crate::layers::Layer;
use crate::wire::{Settings, Wire};

/// A lesson, read from its file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// What it is called on the command line: its file's name without the extension.
    #[serde(skip)]
    pub name: String,
    /// Its place in the course, from 1.
    #[serde(deserialize_with = "lesson_number")]
    pub number: u8,
    /// A word or two.
    pub title: String,
    /// The one question it answers.
    pub question: String,
    /// The OSI layers it is about.
    #[serde(deserialize_with = "layers")]
    pub layers: Vec<Layer>,
    /// What each side is called, A first: two to four.
    #[serde(deserialize_with = "sides")]
    pub sides: Vec<String>,
    /// The one exchange that its page shows layer by layer, under its side.
    pub about: BTreeMap<Side, ExchangeId>,
    /// The exchanges that its page shows as they were said.
    #[serde(default)]
    pub said: BTreeMap<Side, Vec<ExchangeId>>,
    /// The sides whose every frame its page lists.
    #[serde(default)]
    pub frames: Vec<Side>,
    /// The side whose `Sec-WebSocket-Accept` its page derives.
    #[serde(default)]
    pub accept: Option<Side>,
    /// The frames to draw bit by bit, by their places among those of their side, from 0. Its page draws the first of each
    /// side.
    #[serde(default)]
    pub diagrams: BTreeMap<Side, Vec<usize>>,
    /// What its page draws to scale.
    #[serde(default)]
    pub chart: Option<Chart>,
    /// What its wires are like, unless something else is asked for.
    #[serde(default)]
    pub usual: WireSettings,
    /// What one side's wire is like, whatever is asked for.
    #[serde(default)]
    pub fixed: BTreeMap<Side, WireSettings>,
    /// What to ask before the run.
    pub prediction: Prediction,
    /// What to ask after it.
    pub checks: Vec<Check>,
    /// The rows of the comparison.
    pub compare: Vec<Row>,
    /// What to remember.
    pub take_away: Vec<Template>,
    /// What to do now.
    pub try_next: Vec<Step>,
    /// Remarks that Wireshark makes about the capture, and why it is right to.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// The narration, in Markdown.
    #[serde(skip)]
    pub text: Template,
}

/// One of the ways in which a lesson does its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "a letter is a letter")]
pub enum Side {
    A,
    B,
    C,
    D,
}

impl Side {
    /// Every side a lesson may have.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// Its place among the sides, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// "A".
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
            Self::D => 'D',
        }
    }

    /// The side that a placeholder means by "a".
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().zip(["a", "b", "c", "d"]).find_map(|(side, name)| (name == letter).then_some(side))
    }
}

/// What can be drawn to scale, to compare the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chart {
    /// What the bytes on the wire were for: the headers of the lower layers, HTTP and frame headers, content.
    Bytes,
    /// When each response or message was there.
    Arrivals,
    /// When each connection was open.
    Connections,
}

/// An exchange of a capture, as people name it: "0.2" is the third on the first connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ExchangeId {
    /// The connection's number, from 0.
    pub connection: u64,
    /// The exchange's index on it, from 0.
    pub index: u64,
}

/// Text that names no exchange.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no exchange: write \"0.2\" for the third exchange (2) of the first connection (0)")]
pub struct NoExchange(String);

impl TryFrom<String> for ExchangeId {
    type Error = NoExchange;

    fn try_from(text: String) -> Result<Self, NoExchange> {
        let parse = || {
            let (connection, index) = text.split_once('.')?;
            Some(Self { connection: connection.parse().ok()?, index: index.parse().ok()? })
        };
        parse().ok_or_else(|| NoExchange(text.clone()))
    }
}

/// Something measured on one side: where the right answer to a question comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What is measured.
    pub measure: Measure,
    /// On which side.
    pub side: Side,
}

/// The question before the run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// The question.
    pub ask: String,
    /// Answers to choose from, in the measure's unit; none where a number is to be typed.
    #[serde(default)]
    pub choices: Vec<u64>,
    /// Where the right answer comes from.
    pub answer: Answer,
}

/// A question after the run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What is measured.
    pub measure: Measure,
    /// What the row is called.
    pub label: String,
    /// What to say beside the figures.
    #[serde(default)]
    pub note: Option<Template>,
}

/// Something to do next.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The command, as typed.
    pub command: String,
    /// What to look for in its output.
    pub look_for: String,
}

/// A remark of Wireshark's that this lesson provokes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// What it says.
    pub tshark: String,
    /// Why it is right to.
    pub reason: String,
}

/// What is wrong with a lesson's file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {}{problem}", key.as_ref().map(|key| format!("`{key}`: ")).unwrap_or_default())]
pub struct LessonError {
    /// The file, from the project's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key of the front matter, where it is about one.
    pub key: Option<String>,
    /// What is wrong, and what is allowed.
    pub problem: String,
}

impl Lesson {
    /// Reads a lesson's file.
    ///
    /// # Errors
    ///
    /// The first thing wrong with it.
    pub fn parse(name: &str, source: &str) -> Result<Self, LessonError> {
        let file = File { name, source };
        let (front_matter, text) = file.divide()?;
        let mut lesson: Self = toml::from_str(front_matter).map_err(|error| file.toml_error(front_matter, error))?;
        name.clone_into(&mut lesson.name);
        lesson.text = Template::parse(text).map_err(|TemplateError { line, problem }| {
            // The front matter's lines, and the two around it.
            file.error(line + front_matter.lines().count() + 2, None, problem.to_string())
        })?;
        lesson.check(&file)?;
        Ok(lesson)
    }

    /// Whether it speaks only of sides it has, and of one at least.
    fn check(&self, file: &File<'_>) -> Result<(), LessonError> {
        let have = Side::ALL.into_iter().zip(&self.sides).map(|(side, _)| side);
        if self.about.len() != 1 {
            let problem = "names the one exchange, of one side, that the page shows layer by layer";
            return Err(file.error_at("about", problem.to_owned()));
        }
        for (key, side) in self.mentions() {
            if have.clone().all(|known| known != side) {
                let problem = format!("speaks of side {}, which `sides` does not name", side.letter());
                return Err(file.error_at(key, problem));
            }
        }
        Ok(())
    }

    /// Every side that something speaks of, with the key it stands under.
    fn mentions(&self) -> impl Iterator<Item = (&'static str, Side)> {
        let about = self.about.keys().map(|side| ("about", *side));
        let said = self.said.keys().map(|side| ("said", *side));
        let frames = self.frames.iter().map(|side| ("frames", *side));
        let accept = self.accept.iter().map(|side| ("accept", *side));
        let diagrams = self.diagrams.keys().map(|side| ("diagrams", *side));
        let fixed = self.fixed.keys().map(|side| ("fixed", *side));
        let prediction = std::iter::once(("prediction", self.prediction.answer.side));
        let checks = self.checks.iter().flat_map(|check| {
            let texts = [&check.question, &check.hint, &check.explain];
            texts.into_iter().flat_map(Template::sides).chain([check.side]).map(|side| ("checks", side))
        });
        let compare = self.compare.iter().flat_map(|row| &row.note).flat_map(Template::sides);
        let take_away = self.take_away.iter().flat_map(Template::sides);
        about
            .chain(said)
            .chain(frames)
            .chain(accept)
            .chain(diagrams)
            .chain(fixed)
            .chain(prediction)
            .chain(checks)
            .chain(compare.map(|side| ("compare", side)))
            .chain(take_away.map(|side| ("take_away", side)))
            .chain(self.text.sides().map(|side| ("text", side)))
    }

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
        !self.fixed.is_empty()
    }

    /// What a side's wire is like, if all are to be as in `settings`.
    #[must_use]
    pub fn settings_of(&self, side: Side, settings: Settings) -> Settings {
        self.fixed.get(&side).copied().unwrap_or_default().over(settings)
    }

    /// Every text with placeholders.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let checks = self.checks.iter().flat_map(|check| [&check.question, &check.hint, &check.explain]);
        let notes = self.compare.iter().filter_map(|row| row.note.as_ref());
        checks.chain(notes).chain(&self.take_away).chain([&self.text])
    }
}

/// A lesson's file while it is read.
struct File<'a> {
    name: &'a str,
    source: &'a str,
}

impl<'a> File<'a> {
    /// The front matter, and the text after it.
    fn divide(&self) -> Result<(&'a str, &'a str), LessonError> {
        let after = self.source.strip_prefix("+++\n").ok_or_else(|| {
            self.error(1, None, "a lesson begins with a line `+++`, its front matter in TOML and another `+++`".into())
        })?;
        let end = if after.starts_with("+++\n") { Some(0) } else { after.find("\n+++\n").map(|end| end + 1) };
        let end = end.ok_or_else(|| {
            self.error(self.source.lines().count(), None, "the front matter has no second line `+++`".into())
        })?;
        Ok((&after[..end], &after[end + "+++\n".len()..]))
    }

    fn error(&self, line: usize, key: Option<String>, problem: String) -> LessonError {
        LessonError { file: format!("lessons/{}.md", self.name), line, key, problem }
    }

    /// An error about a key whose value is sound by itself.
    fn error_at(&self, key: &str, problem: String) -> LessonError {
        let names_key = |line: &str| line.trim_start_matches(['[', ' ']).starts_with(key);
        let line = self.source.lines().position(names_key).map_or(1, |index| index + 1);
        self.error(line, Some(key.to_owned()), problem)
    }

    fn toml_error(&self, front_matter: &str, mut error: toml::de::Error) -> LessonError {
        let span = error.span().unwrap_or_default();
        // The opening `+++` is line 1.
        let line = front_matter.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 2;
        // Without its input, the error ends with the path to the value; an unknown key is not part of it.
        error.set_input(None);
        let shown = error.to_string();
        let path = shown.lines().find_map(|line| line.strip_prefix("in `")?.strip_suffix('`'));
        let is_key = front_matter.get(span.end..).is_some_and(|after| after.trim_start().starts_with('='));
        let unknown = front_matter.get(span).filter(|_| is_key);
        let key: Vec<&str> = path.into_iter().chain(unknown).collect();
        self.error(line, (!key.is_empty()).then(|| key.join(".")), error.message().to_owned())
    }
}

fn lesson_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let number = u8::deserialize(deserializer)?;
    if number == 0 {
        return Err(de::Error::custom("lessons are numbered from 1"));
    }
    Ok(number)
}

fn layers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Layer>, D::Error> {
    let layer = |number: u8| {
        let found = Layer::TOP_DOWN.into_iter().find(|layer| layer.number() == number);
        found.ok_or_else(|| de::Error::custom(format!("there is no OSI layer {number}: they are 1 to 7")))
    };
    Vec::<u8>::deserialize(deserializer)?.into_iter().map(layer).collect()
}

fn sides<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let named = BTreeMap::<Side, String>::deserialize(deserializer)?;
    let in_order = named.keys().zip(Side::ALL).all(|(given, expected)| *given == expected);
    if named.len() < 2 || !in_order {
        return Err(de::Error::custom("a lesson names sides a and b, then c and d if it has more"));
    }
    Ok(named.into_values().collect())
}

#[cfg(test)]
mod tests;
