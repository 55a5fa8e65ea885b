//! `wire101 explain`: a card for whatever the words name, a list, the lesson about it, or bytes and lines taken apart.

mod hexadecimal;

use std::io::Write;

use super::Failure;
use crate::explain::{self, Entry, Kind};
use crate::inspect::pasted;
use crate::inspect::record::Direction;
use crate::lesson::{Lesson, catalogue};
use crate::render::accept;
use crate::render::escape::escape_str;
use crate::render::explain as view;
use crate::render::numbers;
use crate::render::style::Style;
use crate::render::text;

/// How much of what was typed an error message repeats.
const REPEATED: usize = 60;

/// Explains what the words name.
///
/// # Errors
///
/// If nothing is called so, what is to be taken apart is not what it should be, or the output cannot be written.
pub fn explain(words: &[String], out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let said = words.join(" ");
    let said = said.trim();
    let (first, rest) =
        words.split_first().map_or(("", String::new()), |(first, rest)| (first.as_str(), rest.join(" ")));
    match first.to_ascii_lowercase().as_str() {
        "" | "topics" => print(&view::list::kinds(style), out),
        "accept" if !rest.trim().is_empty() => accept(&rest, out, style),
        "frame" | "frames" => frame(&rest, out, style),
        "header" | "line" if view::lines::is_line(&rest) => print(&view::lines::lines(&rest, style), out),
        "layers" if rest.is_empty() => print(&view::list::layers(style), out),
        _ if view::lines::is_line(said) => print(&view::lines::lines(said, style), out),
        _ => look_up(said, out, style),
    }
}

fn look_up(said: &str, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let kinds = explain::kinds(said);
    match explain::find(said).split_first() {
        Some((entry, others)) => print(&view::card::card(&explain::card(entry), others, &kinds, style), out),
        None if !kinds.is_empty() => {
            for (at, kind) in kinds.iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                print(&view::list::names(kind.plural(), &kind.entries().iter().collect::<Vec<_>>(), style), out)?;
            }
            Ok(())
        }
        None => match class(said) {
            Some(class) => {
                let of_class = |entry: &&Entry| entry.number().is_some_and(|code| code / 100 == class);
                let entries: Vec<&Entry> = Kind::Status.entries().iter().filter(of_class).collect();
                print(&view::list::names(&format!("status codes {class}xx"), &entries, style), out)
            }
            None => match about(said) {
                Some(lesson) => print(&view::lesson::card(lesson, style), out),
                None => Err(unknown(said)),
            },
        },
    }
}

/// The lesson of that name, or the one about it.
fn about(said: &str) -> Option<&'static Lesson> {
    let said = said.strip_prefix("lesson ").unwrap_or(said);
    let name = explain::lesson_about(said).map_or_else(|| said.to_lowercase().replace(' ', "-"), str::to_owned);
    catalogue::find(&name).ok()
}

/// Reads "4xx".
fn class(said: &str) -> Option<u16> {
    let digit = said.to_ascii_lowercase();
    let class = digit.strip_suffix("xx")?.trim_start_matches("status ").parse().ok()?;
    (1..=5).contains(&class).then_some(class)
}

fn unknown(said: &str) -> Failure {
    let nearest: Vec<String> = explain::resembling(said).iter().map(|asked| format!("`{asked}`")).collect();
    let then = match nearest.as_slice() {
        [] => "`wire101 explain topics` lists what can be asked".to_owned(),
        [one] => format!("did you mean {one}?"),
        [first, others @ ..] => format!("did you mean {first}, or {}?", others.join(", or ")),
    };
    let said = text::ellipsis(&escape_str(said), REPEATED, "...");
    Failure::Usage(format!("nothing to explain is called `{said}`; {then}"))
}

fn accept(rest: &str, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let mut words = rest.split_whitespace();
    let (key, sent) = (words.next().unwrap_or_default(), words.next());
    let key = if key.ends_with(':') { sent.unwrap_or_default() } else { key };
    let sent = sent.filter(|sent| *sent != key);
    print(&accept::of_key(key.as_bytes(), sent.map(str::as_bytes), style), out)
}

fn frame(rest: &str, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let (sender, hex) = match rest.split_once(' ') {
        Some(("client", hex)) => (Some(Direction::Client), hex),
        Some(("server", hex)) => (Some(Direction::Server), hex),
        _ => (None, rest),
    };
    let bytes = hexadecimal::bytes(hex).map_err(|error| Failure::Usage(error.to_string()))?;
    let pasted = pasted::read(&bytes, sender);
    print(&view::frames::frames(&pasted, style), out)?;
    let short = pasted.frames.last().map(|last| last.frame.payload_bytes - last.frame.payload_seen).filter(|n| *n > 0);
    match (short, pasted.cut) {
        (Some(missing), _) => {
            let missing = numbers::counted(missing, "byte");
            Err(Failure::Input(format!("the last frame is cut short: its payload lacks {missing}")))
        }
        (None, Some(_)) => Err(Failure::Input("the last frame is cut short: its header is not whole".to_owned())),
        (None, None) => Ok(()),
    }
}

fn print(lines: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
