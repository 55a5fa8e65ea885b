//! Text with placeholders, made into the source of a `Template`; `src/lesson/text/template.rs` has the form of both.

use super::measure::{Measure, Unit};
use super::side::Side;

/// Text, parsed.
#[derive(Default)]
pub struct Template {
    parts: Vec<String>,
    literal: String,
    /// The sides that it speaks of, and the lines on which it does, from 0.
    pub sides: Vec<(usize, Side)>,
}

/// A placeholder that says nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The line it is on, from 0.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl Template {
    /// Parses text with placeholders.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Self::default();
        let mut in_fence = false;
        for (line, content) in text.split_inclusive('\n').enumerate() {
            let fences = content.trim_start().starts_with("```");
            in_fence ^= fences;
            if fences || in_fence {
                template.literal.push_str(content);
            } else {
                template.line(line, content).map_err(|problem| TemplateError { line, problem })?;
            }
        }
        template.end_literal();
        Ok(template)
    }

    /// The source of it.
    pub fn source(&self) -> String {
        format!("Template {{ parts: &[{}] }}", self.parts.join(", "))
    }

    /// A line outside fenced code. A code span does not outlast it.
    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        const LONE_BRACE: &str = "a brace stands alone in its line: outside `code`, braces are for placeholders";
        let mut in_code = false;
        let mut rest = line;
        while let Some(character) = rest.chars().next() {
            let after = &rest[character.len_utf8()..];
            in_code ^= character == '`';
            rest = match character {
                '{' if !in_code => {
                    let (inside, beyond) = after.split_once('}').ok_or(LONE_BRACE)?;
                    self.end_literal();
                    self.placeholder(number, inside)?;
                    beyond
                }
                '}' if !in_code => return Err(LONE_BRACE.to_owned()),
                _ => {
                    self.literal.push(character);
                    after
                }
            };
        }
        Ok(())
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(format!("TextPart::Literal({:?})", std::mem::take(&mut self.literal)));
        }
    }

    fn placeholder(&mut self, line: usize, inside: &str) -> Result<(), String> {
        let placeholder = Placeholder::parse(inside)?;
        self.parts.push(format!("TextPart::Value({})", placeholder.source()));
        self.sides.extend(placeholder.operands().filter_map(Operand::side).map(|side| (line, side)));
        Ok(())
    }
}

/// What stands between braces, or is to be measured elsewhere.
#[derive(Clone, Copy)]
pub struct Placeholder {
    first: Operand,
    rest: Option<(Operator, Operand)>,
}

/// What a placeholder reckons with.
#[derive(Clone, Copy)]
pub enum Operand {
    Number(u64),
    Measured(Side, Measure),
}

/// How a placeholder reckons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Minus,
    Times,
    Per,
    Percent,
}

impl Placeholder {
    /// Parses what teaches something: at least one of its operands is measured.
    pub fn parse(inside: &str) -> Result<Self, String> {
        let placeholder = Self::parse_any(inside)?;
        placeholder.check(inside)?;
        Ok(placeholder)
    }

    /// Parses what a claim compares with, too: a number by itself, which may be a time, such as 400ms.
    pub fn parse_any(inside: &str) -> Result<Self, String> {
        let words: Vec<&str> = inside.split_whitespace().collect();
        Ok(match words[..] {
            [word] => Self { first: Operand::parse(word, inside)?, rest: None },
            [first, operator, second] => {
                let operator = Operator::parse(operator).ok_or_else(|| malformed(inside))?;
                let second = Operand::parse(second, inside)?;
                Self { first: Operand::parse(first, inside)?, rest: Some((operator, second)) }
            }
            _ => return Err(malformed(inside)),
        })
    }

    /// A bare number teaches nothing, and bytes less packets mean nothing.
    fn check(self, inside: &str) -> Result<(), String> {
        let (operator, second) = self.rest.unzip();
        let (first, second) = match (self.first.unit(), second.and_then(Operand::unit)) {
            (None, None) => return Err(malformed(inside)),
            (Some(first), Some(second)) => (first, second),
            _ => return Ok(()),
        };
        let go_together = match operator {
            // Bytes per packet is a fair question, and so is how long so many round trips take.
            Some(Operator::Per) => true,
            Some(Operator::Times) => first == Unit::Count || second == Unit::Count,
            _ => first == second,
        };
        let problem = || format!("`{{{inside}}}` reckons with {first:?} and {second:?}, which do not go together");
        go_together.then_some(()).ok_or_else(problem)
    }

    fn operands(self) -> impl Iterator<Item = Operand> {
        std::iter::once(self.first).chain(self.rest.map(|(_, second)| second))
    }

    /// The sides that it speaks of.
    pub fn sides(self) -> impl Iterator<Item = Side> {
        self.operands().filter_map(Operand::side)
    }

    /// The source of it.
    pub fn source(self) -> String {
        let rest = self.rest.map_or("None".to_owned(), |(operator, second)| {
            format!("Some((Operator::{operator:?}, {}))", second.source())
        });
        format!("Placeholder {{ first: {}, rest: {rest} }}", self.first.source())
    }
}

impl Operand {
    fn parse(word: &str, inside: &str) -> Result<Self, String> {
        if let Ok(number) = word.parse() {
            return Ok(Self::Number(number));
        }
        let milliseconds = word.strip_suffix("ms").and_then(|number| number.parse::<u64>().ok());
        if let Some(nanoseconds) = milliseconds.and_then(|number| number.checked_mul(1_000_000)) {
            return Ok(Self::Number(nanoseconds));
        }
        let measured = word.split_once('.').and_then(|(side, name)| Some((Side::from_letter(side)?, name)));
        let (side, name) = measured.ok_or_else(|| malformed(inside))?;
        let measure = name.parse().map_err(|unknown| format!("`{{{inside}}}`: {unknown}"))?;
        Ok(Self::Measured(side, measure))
    }

    /// What it counts; a bare number counts whatever the other operand does.
    fn unit(self) -> Option<Unit> {
        match self {
            Self::Number(_) => None,
            Self::Measured(_, measure) => Some(measure.unit()),
        }
    }

    fn side(self) -> Option<Side> {
        match self {
            Self::Number(_) => None,
            Self::Measured(side, _) => Some(side),
        }
    }

    fn source(self) -> String {
        match self {
            Self::Number(number) => format!("Operand::Number({})", grouped(number)),
            Self::Measured(side, measure) => {
                format!("Operand::Measured {{ side: Side::{side:?}, measure: {} }}", measure_source(measure))
            }
        }
    }
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
}

/// A number as source has it: `1_425_000_000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// The source of a measure.
pub fn measure_source(measure: Measure) -> String {
    match measure {
        Measure::TimeToNth(n) => format!("Measure::TimeToNth(NonZeroU32::new({n}).unwrap())"),
        named => format!("Measure::{named:?}"),
    }
}

fn malformed(inside: &str) -> String {
    format!(
        "`{{{inside}}}` is no placeholder: write {{a.packets}}, or two of these or a number with -, *, / or % between; sides are a to d"
    )
}
