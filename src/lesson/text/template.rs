//! Text with placeholders for measures, so that no number in a lesson is written by hand.
//!
//! `{a.round_trips}` is a measure of side A; `{a.packets - b.packets}` a difference, `{a.packets / b.packets}` how many
//! times as much, `{a.useful_bytes % a.wire_bytes}` a share in percent. Either operand may be a whole number. Braces in
//! `code` and in fenced code are literal; elsewhere every brace belongs to a placeholder, so that no slip goes unseen. The
//! build parses it, in `build/data/template.rs`; here it is filled in.

use std::fmt;

use crate::lesson::measure::{Measure, Measures, Unit};
use crate::lesson::side::Side;
use crate::numbers;

/// Text, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is made of, in order.
    pub parts: &'static [TextPart],
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    /// Words.
    Literal(&'static str),
    /// What a placeholder stands for.
    Value(Placeholder),
}

/// What stands between two braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// The only operand, or the one before the operator.
    pub first: Operand,
    /// The operator, and the operand after it.
    pub rest: Option<(Operator, Operand)>,
}

/// What a placeholder reckons with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A number, as written.
    Number(u64),
    /// What a side's capture measures.
    #[expect(missing_docs, reason = "what is measured on which side")]
    Measured { side: Side, measure: Measure },
}

/// How a placeholder reckons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `-`, the difference.
    Minus,
    /// `*`, the product.
    Times,
    /// `/`, how many times as much, or a share of each.
    Per,
    /// `%`, the share in percent.
    Percent,
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
    /// The text with every placeholder's value in its place. The spaces inside a number are no-break spaces (U+00A0).
    ///
    /// # Errors
    ///
    /// [`FillError`] where a placeholder has no value.
    pub fn fill(&self, sides: &[&Measures]) -> Result<String, FillError> {
        let mut text = String::new();
        for part in self.parts {
            match part {
                TextPart::Literal(literal) => text.push_str(literal),
                TextPart::Value(placeholder) => text.push_str(&placeholder.value(sides)?),
            }
        }
        Ok(text)
    }
}

impl Operator {
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
    /// What it comes to, rounded, in its unit; below zero where more is taken away than there is.
    ///
    /// # Errors
    ///
    /// Where it asks for what these captures don't have, or divides by nothing.
    pub fn amount(&self, sides: &[&Measures]) -> Result<i128, FillError> {
        let first = i128::from(self.first.value(sides)?);
        let Some((operator, operand)) = self.rest else { return Ok(first) };
        let second = i128::from(operand.value(sides)?);
        let divide = |by: i128, of: i128| {
            let divisor = (by != 0).then_some(by);
            let divisor = divisor.ok_or_else(|| FillError::DivisionByZero { placeholder: self.to_string() })?;
            Ok((of + divisor / 2) / divisor)
        };
        match operator {
            Operator::Minus => Ok(first - second),
            Operator::Times => Ok(first * second),
            Operator::Per => divide(second, first),
            Operator::Percent => divide(second, first * 100),
        }
    }

    /// The same; nothing where it's below zero.
    ///
    /// # Errors
    ///
    /// As [`Self::amount`].
    pub fn value_of(&self, sides: &[&Measures]) -> Result<u64, FillError> {
        self.amount(sides).map(|amount| u64::try_from(amount.max(0)).unwrap_or(u64::MAX))
    }

    /// What it counts.
    #[must_use]
    pub fn unit(&self) -> Unit {
        let second = self.rest.and_then(|(_, operand)| operand.unit());
        match self.rest {
            Some((Operator::Per, _)) if second == self.first.unit() => Unit::Count,
            Some((Operator::Percent, _)) => Unit::Count,
            Some((Operator::Times, _)) if self.first.unit() == Some(Unit::Count) => second.unwrap_or(Unit::Count),
            _ => self.first.unit().or(second).unwrap_or(Unit::Count),
        }
    }

    /// What it is measured from.
    pub fn measured(&self) -> impl Iterator<Item = (Side, Measure)> {
        let operands = [Some(self.first), self.rest.map(|(_, operand)| operand)];
        operands.into_iter().flatten().filter_map(|operand| match operand {
            Operand::Measured { side, measure } => Some((side, measure)),
            Operand::Number(_) => None,
        })
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

impl Template {
    /// The values that it says.
    pub fn values(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            TextPart::Value(placeholder) => Some(placeholder),
            TextPart::Literal(_) => None,
        })
    }
}

impl Unit {
    /// The value as people type it: "6", "1980", "240 ms".
    #[must_use]
    pub fn typed(self, value: u64) -> String {
        match self {
            Self::Count | Self::Bytes => value.to_string(),
            Self::Nanoseconds => numbers::duration(value),
            Self::Octet => format!("{value:02x}"),
        }
    }

    /// The value as a sentence has it: "6", "1 980 bytes", "240 ms". Its spaces are no-break spaces (U+00A0).
    #[must_use]
    pub fn format(self, value: u64) -> String {
        let text = match self {
            Self::Count => numbers::count(value),
            Self::Bytes => numbers::counted(value, "byte"),
            Self::Nanoseconds => numbers::duration(value),
            Self::Octet => format!("{value:02x}"),
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
