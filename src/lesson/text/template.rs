//! Text with placeholders for measures, so that no number in a lesson is written by hand.
//!
//! `{a.round_trips}` is a measure of side A; `{a.packets - b.packets}` a difference, `{a.packets / b.packets}` how many
//! times as much, `{a.useful_bytes % a.wire_bytes}` a share in percent. Either operand may be a whole number. Braces in
//! `code` and in fenced code are literal; elsewhere every brace belongs to a placeholder, so that no slip goes unseen.

use std::fmt;

use serde::Deserialize;

use crate::lesson::front_matter::Side;
use crate::lesson::measure::{Measure, Measures, Unit, UnknownMeasure};
use crate::numbers;

/// Text, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Value(Placeholder),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Placeholder {
    first: Operand,
    rest: Option<(Operator, Operand)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operand {
    Number(u64),
    Measured { side: Side, measure: Measure },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Minus,
    Times,
    Per,
    Percent,
}

/// A placeholder that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct TemplateError {
    /// The line it is on, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: TemplateProblem,
}

/// What can be wrong with a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// It names no measure.
    #[error("`{{{placeholder}}}`: {unknown}")]
    Unknown {
        /// What stands between the braces.
        placeholder: String,
        /// The name, and which was meant.
        unknown: UnknownMeasure,
    },
    /// It is not of the form.
    #[error(
        "`{{{placeholder}}}` is no placeholder: write {{a.packets}}, or two of these or a number with -, *, / or % between; sides are a to d"
    )]
    Malformed {
        /// What stands between the braces.
        placeholder: String,
    },
    /// It has operands that cannot be reckoned with each other.
    #[error("`{{{placeholder}}}` reckons with {first:?} and {second:?}, which do not go together")]
    Units {
        /// What stands between the braces.
        placeholder: String,
        /// What the first counts.
        first: Unit,
        /// What the second counts.
        second: Unit,
    },
    /// A brace without its other half.
    #[error("a brace stands alone in its line: outside `code`, braces are for placeholders")]
    LoneBrace,
}

/// A placeholder that these captures give no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// Its side was not run.
    #[error("there is no capture of side {}", side.letter())]
    NoSide {
        /// The side.
        side: Side,
    },
    /// Its moment did not come.
    #[error("side {} has no {measure}: its capture ends before", side.letter())]
    NoMoment {
        /// The side.
        side: Side,
        /// What was asked of it.
        measure: Measure,
    },
    /// It divides by nothing.
    #[error("`{{{placeholder}}}` divides by 0")]
    DivisionByZero {
        /// What stands between the braces.
        placeholder: String,
    },
}

impl Template {
    /// Parses text with placeholders.
    ///
    /// # Errors
    ///
    /// The first placeholder that is none, and its line.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut in_fence = false;
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let fences = line.trim_start().starts_with("```");
            in_fence ^= fences;
            if fences || in_fence {
                parts.push(Part::Literal(line.to_owned()));
            } else {
                parse_line(line, &mut parts).map_err(|problem| TemplateError { line: number, problem })?;
            }
        }
        Ok(Self { parts })
    }

    /// The text with every placeholder's value in its place. The spaces inside a number are no-break spaces (U+00A0).
    ///
    /// # Errors
    ///
    /// [`FillError`] where a placeholder has no value.
    pub fn fill(&self, sides: &[&Measures]) -> Result<String, FillError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Value(placeholder) => text.push_str(&placeholder.value(sides)?),
            }
        }
        Ok(text)
    }

    /// The sides it speaks of, in order of mention.
    pub fn sides(&self) -> impl Iterator<Item = Side> {
        let placeholders = self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Value(placeholder) => Some(placeholder),
        });
        let operands = placeholders.flat_map(|p| std::iter::once(p.first).chain(p.rest.map(|(_, operand)| operand)));
        operands.filter_map(|operand| match operand {
            Operand::Number(_) => None,
            Operand::Measured { side, .. } => Some(side),
        })
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        Self::parse(&text)
    }
}

/// A line outside fenced code. A code span does not outlast it.
fn parse_line(line: &str, parts: &mut Vec<Part>) -> Result<(), TemplateProblem> {
    let mut literal = String::new();
    let mut in_code = false;
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        in_code ^= character == '`';
        rest = match character {
            '{' if !in_code => {
                let (inside, beyond) = after.split_once('}').ok_or(TemplateProblem::LoneBrace)?;
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(Part::Value(parse_placeholder(inside)?));
                beyond
            }
            '}' if !in_code => return Err(TemplateProblem::LoneBrace),
            _ => {
                literal.push(character);
                after
            }
        };
    }
    parts.push(Part::Literal(literal));
    Ok(())
}

fn parse_placeholder(inside: &str) -> Result<Placeholder, TemplateProblem> {
    let malformed = || TemplateProblem::Malformed { placeholder: inside.to_owned() };
    let operand = |word: &str| -> Result<Operand, TemplateProblem> {
        if let Ok(number) = word.parse() {
            return Ok(Operand::Number(number));
        }
        let (side, measure) = word.split_once('.').ok_or_else(malformed)?;
        let side = Side::from_letter(side).ok_or_else(malformed)?;
        let measure =
            measure.parse().map_err(|unknown| TemplateProblem::Unknown { placeholder: inside.to_owned(), unknown })?;
        Ok(Operand::Measured { side, measure })
    };
    let words: Vec<&str> = inside.split_whitespace().collect();
    let placeholder = match words[..] {
        [word] => Placeholder { first: operand(word)?, rest: None },
        [first, operator, second] => {
            let operator = Operator::parse(operator).ok_or_else(malformed)?;
            Placeholder { first: operand(first)?, rest: Some((operator, operand(second)?)) }
        }
        _ => return Err(malformed()),
    };
    placeholder.check(inside)?;
    Ok(placeholder)
}

impl Operator {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "-" => Self::Minus,
            "*" => Self::Times,
            "/" => Self::Per,
            "%" => Self::Percent,
            _ => return None,
        })
    }

    fn symbol(self) -> char {
        match self {
            Self::Minus => '-',
            Self::Times => '*',
            Self::Per => '/',
            Self::Percent => '%',
        }
    }
}

impl Operand {
    /// What it counts; a bare number counts whatever the other operand does.
    fn unit(self) -> Option<Unit> {
        match self {
            Self::Number(_) => None,
            Self::Measured { measure, .. } => Some(measure.unit()),
        }
    }

    fn value(self, sides: &[&Measures]) -> Result<u64, FillError> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Measured { side, measure } => {
                let measures = sides.get(side.index()).ok_or(FillError::NoSide { side })?;
                measures.get(measure).ok_or(FillError::NoMoment { side, measure })
            }
        }
    }
}

impl Placeholder {
    /// A bare number teaches nothing, and bytes less packets mean nothing.
    fn check(&self, inside: &str) -> Result<(), TemplateProblem> {
        let placeholder = || inside.to_owned();
        let second = self.rest.and_then(|(_, operand)| operand.unit());
        match (self.first.unit(), second) {
            (None, None) => Err(TemplateProblem::Malformed { placeholder: placeholder() }),
            // Bytes per packet is a fair question, and so is how long so many round trips take.
            (Some(_), Some(_)) if matches!(self.rest, Some((Operator::Per, _))) => Ok(()),
            (Some(first), Some(second)) if matches!(self.rest, Some((Operator::Times, _))) => {
                if first == Unit::Count || second == Unit::Count {
                    return Ok(());
                }
                Err(TemplateProblem::Units { placeholder: placeholder(), first, second })
            }
            (Some(first), Some(second)) if first != second => {
                Err(TemplateProblem::Units { placeholder: placeholder(), first, second })
            }
            _ => Ok(()),
        }
    }

    fn value(&self, sides: &[&Measures]) -> Result<String, FillError> {
        let first = self.first.value(sides)?;
        let second_unit = self.rest.and_then(|(_, operand)| operand.unit());
        let unit = self.first.unit().or(second_unit).unwrap_or(Unit::Count);
        let Some((operator, operand)) = self.rest else { return Ok(unit.format(first)) };
        let second = operand.value(sides)?;
        let quotient = || {
            let divisor = (second != 0).then_some(second as f64);
            let divisor = divisor.ok_or_else(|| FillError::DivisionByZero { placeholder: self.to_string() })?;
            Ok(first as f64 / divisor)
        };
        Ok(match operator {
            Operator::Minus if second > first => format!("-{}", unit.format(second - first)),
            Operator::Minus => unit.format(first - second),
            Operator::Times => {
                let unit = if unit == Unit::Count { second_unit.unwrap_or(unit) } else { unit };
                unit.format(first.saturating_mul(second))
            }
            // A count of bytes shared out is still bytes; a ratio of like things has no unit.
            Operator::Per if operand.unit().is_none() || second_unit != self.first.unit() => {
                let each = quotient()?.round();
                unit.format(each as u64)
            }
            Operator::Per => decimal(quotient()?, 1),
            Operator::Percent => format!("{}\u{a0}%", decimal(quotient()? * 100.0, 0)),
        })
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Measured { side, measure } => write!(f, "{}.{measure}", side.letter().to_ascii_lowercase()),
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        match &self.rest {
            Some((operator, operand)) => write!(f, " {} {operand}", operator.symbol()),
            None => Ok(()),
        }
    }
}

impl Unit {
    /// The value as a sentence has it: "6", "1 980 bytes", "240 ms". Its spaces are no-break spaces (U+00A0).
    #[must_use]
    pub fn format(self, value: u64) -> String {
        let text = match self {
            Self::Count => numbers::count(value),
            Self::Bytes => numbers::counted(value, "byte"),
            Self::Nanoseconds => numbers::duration(value),
        };
        text.replace(' ', "\u{a0}")
    }
}

/// At most so many decimals, and none that say nothing.
fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
