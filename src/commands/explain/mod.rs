//! `wire101 explain`: a card for whatever the words name, its meanings, a list, a lesson, or bytes and lines taken apart.

mod hexadecimal;

use std::io::Write;

use super::Failure;
use crate::explain::{self, Entry, Kind};
use crate::inspect::pasted;
use crate::inspect::record::Direction;
use crate::lesson::{Lesson, catalogue};
use crate::render::exchange::accept;
use crate::render::explain as view;
use crate::render::model::Page;
use crate::render::numbers;
use crate::render::style::Style;

/// How much of what was typed an error message repeats.
const REPEATED: usize = 60;

/// Explains what the words name.
///
/// # Errors
///
/// If nothing is called so, what is to be taken apart is not what it should be, or the output cannot be written.
pub fn explain(words: &[String], out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let (page, outcome) = page(words)?;
    style.print(page, out)?;
    outcome
}

/// What there is to say of the words, and what they lack.
pub(super) fn page(words: &[String]) -> Result<(Page, Result<(), Failure>), Failure> {
    let said = words.join(" ");
    let said = said.trim();
    let (first, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
    let rest = rest.trim_start();
    let page = match first.to_ascii_lowercase().as_str() {
        "" | "topics" => view::list::kinds(),
        "accept" if !rest.trim().is_empty() => accept(rest),
        _ if !rest.is_empty() && explain::is_name(said) => look_up(said)?,
        "frame" | "frames" if !rest.is_empty() => return frame(rest),
        "header" | "line" if view::lines::is_line(rest) => view::lines::lines(rest),
        "layers" if rest.is_empty() => view::list::layers(),
        _ if view::lines::is_line(said) => match scheme(said) {
            Some(scheme) => look_up(scheme)?,
            None => view::lines::lines(said),
        },
        _ => look_up(said)?,
    };
    Ok((page, Ok(())))
}

fn look_up(said: &str) -> Result<Page, Failure> {
    let kinds = explain::kinds(said);
    let found = explain::find(said);
    if let Some((entry, others)) = found.split_first() {
        // Who writes a name as the specification does, or says the kind, knows which meaning is meant: Connection, not connection.
        let is_exact =
            entry.name == said && said.chars().any(char::is_uppercase) || entry.asked().eq_ignore_ascii_case(said);
        let is_plain = others.is_empty() || is_exact || found.iter().all(|entry| entry.kind != Kind::Word);
        return Ok(if is_plain {
            view::card::card(&explain::card(entry), others, &kinds)
        } else {
            view::meanings::meanings(&found, &kinds)
        });
    }
    if !kinds.is_empty() {
        let mut page = Page::default();
        for kind in kinds {
            if !page.is_empty() {
                page.space();
            }
            page.append(match kind {
                Kind::Word => view::list::words(),
                kind => view::list::names(kind.plural(), kind.entries()),
            });
        }
        return Ok(page);
    }
    if let Some(class) = class(said) {
        let of_class = |entry: &&Entry| entry.number().is_some_and(|code| code / 100 == class);
        let entries = Kind::Status.entries().iter().filter(of_class);
        return Ok(view::list::names(format!("status codes {class}xx"), entries));
    }
    lesson(said).map(view::lesson::card).ok_or_else(|| unknown(said))
}

/// The lesson of that name.
fn lesson(said: &str) -> Option<&'static Lesson> {
    let name = said.strip_prefix("lesson ").unwrap_or(said);
    catalogue::find(&name.to_lowercase().replace(' ', "-")).ok()
}

/// The scheme that a URL begins with, up to its slashes: a field's value doesn't begin with two.
fn scheme(said: &str) -> Option<&str> {
    let end = said.find("://")?;
    said[..end].bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| &said[..end + 3])
}

/// Reads "4xx".
fn class(said: &str) -> Option<u16> {
    let digit = said.to_ascii_lowercase();
    let class = digit.strip_suffix("xx")?.trim_start_matches("status ").parse().ok()?;
    (1..=5).contains(&class).then_some(class)
}

/// What was said, as far as it is worth repeating.
fn brief(said: &str) -> String {
    if said.chars().count() <= REPEATED {
        return said.to_owned();
    }
    said.chars().take(REPEATED - 3).collect::<String>() + "..."
}

fn unknown(said: &str) -> Failure {
    let nearest: Vec<String> = explain::resembling(said).iter().map(|asked| format!("`{asked}`")).collect();
    let then = match nearest.as_slice() {
        [] => "`wire101 explain topics` lists what you can ask".to_owned(),
        [one] => format!("did you mean {one}?"),
        [first, others @ ..] => format!("did you mean {first}, or {}?", others.join(", or ")),
    };
    let said = brief(said);
    Failure::Usage(format!("there is nothing called `{said}` to explain; {then}"))
}

fn accept(rest: &str) -> Page {
    let mut words = rest.split_whitespace();
    let (key, sent) = (words.next().unwrap_or_default(), words.next());
    let key = if key.ends_with(':') { sent.unwrap_or_default() } else { key };
    let sent = sent.filter(|sent| *sent != key);
    accept::of_key(key.as_bytes(), sent.map(str::as_bytes))
}

fn frame(rest: &str) -> Result<(Page, Result<(), Failure>), Failure> {
    let (sender, hex) = match rest.split_once(' ') {
        Some(("client", hex)) => (Some(Direction::Client), hex),
        Some(("server", hex)) => (Some(Direction::Server), hex),
        _ => (None, rest),
    };
    let bytes = hexadecimal::bytes(hex).map_err(|error| Failure::Usage(error.to_string()))?;
    let pasted = pasted::read(&bytes, sender);
    let short = pasted.frames.last().map(|last| last.frame.payload_bytes - last.frame.payload_seen).filter(|n| *n > 0);
    let outcome = match (short, &pasted.cut) {
        (Some(missing), _) => {
            let missing = numbers::counted(missing, "byte");
            Err(Failure::Input(format!("the last frame is cut short: its payload is missing {missing}")))
        }
        (None, Some(_)) => Err(Failure::Input("the last frame is cut short: its header is incomplete".to_owned())),
        (None, None) => Ok(()),
    };
    Ok((view::frames::frames(&pasted), outcome))
}
