//! What an answer is worth, whatever a question asks for.

use super::answer::{self, NoAnswer};
use crate::lesson::Run;
use crate::lesson::question::{Asks, Check};
use crate::lesson::text::{FillError, Template};

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// It is right.
    Right,
    /// It isn't.
    Wrong {
        /// What was answered, in words.
        given: String,
        /// What to say to it.
        say: String,
    },
    /// It is no answer to such a question.
    Misread(String),
}

/// Judges a line by a run.
///
/// # Errors
///
/// Where the question asks for what the run doesn't have.
pub(super) fn judge(check: &Check, run: &Run, line: &str) -> Result<Judged, FillError> {
    let fill = |say: &Template| run.fill(say);
    let nudge = || check.nudge.as_ref().map_or(Ok(String::new()), fill);
    Ok(match &check.asks {
        Asks::Number { answer, replies } => {
            let unit = check.unit();
            let given = match answer::parse(line, unit) {
                Ok(given) => given,
                Err(wrong) => return Ok(Judged::Misread(misread(line, wrong))),
            };
            let sides = run.measures();
            if answer::same(given, answer.value_of(&sides)?, unit) {
                return Ok(Judged::Right);
            }
            let mut say = None;
            for reply in *replies {
                if say.is_none() && answer::same(given, reply.given.value_of(&sides)?, unit) {
                    say = Some(fill(&reply.say)?);
                }
            }
            Judged::Wrong { given: unit.format(given), say: say.map_or_else(nudge, Ok)? }
        }
        Asks::Packet { answer, replies } => {
            let digits = line.trim().trim_start_matches("packet").trim().trim_start_matches('#').trim();
            let Ok(given) = digits.parse::<u64>() else {
                return Ok(Judged::Misread("Choose a packet: its number, such as 7.".to_owned()));
            };
            if answer.packets(run).contains(&given) {
                return Ok(Judged::Right);
            }
            let reply = replies.iter().find(|reply| reply.given.packets(run).contains(&given));
            let say = reply.map_or_else(nudge, |reply| fill(&reply.say))?;
            Judged::Wrong { given: format!("packet {given}"), say }
        }
        Asks::Order { events, replies } => {
            let given = match letters(line, events.len()) {
                Ok(given) => given,
                Err(wrong) => return Ok(Judged::Misread(wrong)),
            };
            if check.right(run)?.as_deref() == Some(&given) {
                return Ok(Judged::Right);
            }
            let reply = replies.iter().find(|reply| reply.given == given);
            let say = reply.map_or_else(nudge, |reply| fill(&reply.say))?;
            Judged::Wrong { given, say }
        }
        Asks::Choice(choices) => {
            let given = line.trim().trim_end_matches(['.', ')']).parse::<usize>().ok();
            let chosen = given.and_then(|given| choices.get(given.checked_sub(1)?));
            let (Some(given), Some(chosen)) = (given, chosen) else {
                return Ok(Judged::Misread(format!("Choose one: a number from 1 to {}.", choices.len())));
            };
            if chosen.claim.holds(run)? {
                return Ok(Judged::Right);
            }
            let say = chosen.say.as_ref().map_or(Ok(String::new()), fill)?;
            Judged::Wrong { given: given.to_string(), say }
        }
    })
}

/// An order as people type it, "b a c", "bac" or "b, a, c", with every letter once.
fn letters(line: &str, count: usize) -> Result<String, String> {
    let known: Vec<char> = ('a'..).take(count).collect();
    let given: Vec<char> = line.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let mut sorted = given.clone();
    sorted.sort_unstable();
    if sorted != known {
        let example: Vec<String> = known.iter().rev().map(char::to_string).collect();
        return Err(format!("Type every letter once, in order: {}, for example.", example.join(" ")));
    }
    Ok(given.iter().map(char::to_string).collect::<Vec<_>>().join(" "))
}

/// What to say to a line that answers nothing.
pub(super) fn misread(line: &str, wrong: NoAnswer) -> String {
    if line.is_empty() { "Type an answer, or press one of the keys.".to_owned() } else { wrong.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_however_it_is_typed() {
        for line in ["b a c", "bac", "B, A, C", " b>a>c "] {
            assert_eq!(letters(line, 3), Ok("b a c".to_owned()), "{line}");
        }
        for line in ["", "b a", "a a b", "a b d", "1 2 3"] {
            assert!(letters(line, 3).is_err(), "{line}");
        }
    }
}
