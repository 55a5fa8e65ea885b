//! Arguments that are wrong: what was probably meant, where the parser doesn't see it, and no escape sequence in what it quotes.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error};
use clap::{Command, CommandFactory};
use wire101::render::escape::escape_str;

use super::Cli;

/// The error that the parser found, with a tip where one helps, and safe to print.
pub fn explained(mut error: Error) -> Error {
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand).cloned() {
        capture_meant(&mut error, &word);
    }
    if let (Some(ContextValue::String(flag)), None) =
        (error.get(ContextKind::InvalidArg).cloned(), error.get(ContextKind::SuggestedArg))
    {
        flag_meant(&mut error, &flag);
        one_capture_meant(&mut error, &flag);
    }
    escaped(error)
}

/// A capture that stands where a command should: most likely it's to be inspected.
fn capture_meant(error: &mut Error, word: &str) {
    let path = Path::new(word);
    let is_named_so = path.extension().is_some_and(|it| it == "pcap" || it == "pcapng");
    if is_named_so || path.is_file() {
        error.remove(ContextKind::SuggestedSubcommand);
        let name = if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() };
        let tip = StyledStr::from(format!("to explain a capture, use 'wire101 inspect {name}'"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
}

/// A flag that's one letter from one that there is: the parser finds only those that are similar as a whole, and short ones aren't.
fn flag_meant(error: &mut Error, flag: &str) {
    let Some(name) = flag.strip_prefix("--") else { return };
    let name = name.split('=').next().unwrap_or(name);
    let mut program = Cli::command();
    program.build();
    let command = std::env::args_os().skip(1).fold(&program, |command, word| subcommand(command, &word));
    let known = command.get_arguments().filter_map(|argument| argument.get_long());
    if let Some(known) = known.filter(|known| strsim::osa_distance(known, name) == 1).min() {
        error.remove(ContextKind::Suggested);
        error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{known}")));
    }
}

/// Another capture where there's one already: several can be made one.
fn one_capture_meant(error: &mut Error, word: &str) {
    let is_draw = std::env::args_os().nth(1).is_some_and(|command| command == "draw");
    if is_draw && !word.starts_with('-') {
        let tip = "a picture is of one capture; 'wire101 inspect FILE FILE --out all.pcapng' makes one of several";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
}

/// The subcommand that a word names, or else the same command still.
fn subcommand<'a>(command: &'a Command, word: &OsString) -> &'a Command {
    let named = word.to_str().and_then(|word| command.find_subcommand(word));
    named.unwrap_or(command)
}

/// The same error, with the arguments that it quotes escaped.
fn escaped(mut error: Error) -> Error {
    let quoted = error.context().filter_map(|(kind, value)| Some((kind, escaped_value(value)?)));
    for (kind, value) in quoted.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    error
}

fn escaped_value(value: &ContextValue) -> Option<ContextValue> {
    // What clap has coloured loses its colours only where there is something to escape.
    let styled = |text: &StyledStr| {
        let (plain, escaped) = (text.to_string(), escape_str(&text.to_string()));
        if escaped == plain { text.clone() } else { escaped.into() }
    };
    Some(match value {
        ContextValue::String(text) => ContextValue::String(escape_str(text)),
        ContextValue::Strings(texts) => ContextValue::Strings(texts.iter().map(|it| escape_str(it)).collect()),
        ContextValue::StyledStrs(texts) => ContextValue::StyledStrs(texts.iter().map(styled).collect()),
        _ => return None,
    })
}
