//! A closer look: at one connection, one exchange, one packet; or at all of them, with their layers, bytes or ladders.

mod absent;
mod connection;
mod deepen;
mod exchange;
mod packet;

use std::io::Write;

use super::super::Failure;
use super::input::Input;
use super::{Inspect, the_whole};
use crate::inspect::annotate::Selection;
use crate::inspect::{self, Options};
use crate::render::overview::KEEP;
use crate::render::story::Story;
use crate::render::style::Style;

pub(super) use self::absent::Absent;

/// How many rows of a table are shown of one connection.
const ROWS: usize = 200;

/// What every closer look needs.
struct View<'a> {
    asked: &'a Inspect,
    input: &'a Input<'a>,
    style: Style,
}

#[derive(Clone, Copy)]
enum Target {
    Connection(u64),
    Exchange((u64, u64)),
    Packet(u64),
}

/// Shows what was asked for, each thing in its turn; the error is that of the last thing which has one.
pub(super) fn look(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let view = View { asked, input, style };
    let targets = [
        asked.connection.map(Target::Connection),
        asked.exchange.map(Target::Exchange),
        asked.packet.map(Target::Packet),
    ];
    let targets: Vec<Target> = targets.into_iter().flatten().collect();
    if targets.is_empty() {
        let outcome = the_whole(input, out, style);
        if !matches!(outcome, Err(Failure::Output(_))) {
            everything(&view, out)?;
        }
        return outcome;
    }
    let mut outcome = Ok(());
    for (at, target) in targets.into_iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let shown = match target {
            Target::Connection(number) => connection::show(&view, number, out),
            Target::Exchange(name) => exchange::show(&view, name, out),
            Target::Packet(number) => packet::show(&view, number, out),
        };
        match shown {
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => outcome = Err(failure),
            Ok(()) => {}
        }
    }
    outcome
}

/// The layers of all exchanges, the ladders of all connections, the bytes of all packets: whichever were asked for.
fn everything(view: &View<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let asked = view.asked;
    if asked.layers || asked.ladder {
        let mut story = Story::default();
        inspect::inspect(&mut view.input.open()?, Options { keep: KEEP, pieces: false }, &mut story);
        if asked.layers {
            deepen::layers_of(view, &story, story.exchanges.iter(), out)?;
            deepen::diagrams(view, story.frames.iter(), out)?;
        }
        let mut numbers: Vec<u64> = story.connections.iter().map(|it| it.number).collect();
        numbers.sort_unstable();
        for number in numbers.into_iter().filter(|_| asked.ladder) {
            deepen::ladder_of(view, &story, number, out)?;
        }
    }
    if asked.hex {
        deepen::packets(view, Selection::All, (true, false), out)?;
    }
    Ok(())
}
