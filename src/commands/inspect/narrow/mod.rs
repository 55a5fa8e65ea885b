//! A closer look: at one connection, one exchange, one packet; or at all of them, with their layers, bytes or ladders.
//!
//! Each of them reads the capture once, which makes an [`Index`]. Whatever has to be read again after that is read from there.

mod connection;
mod deepen;
mod exchange;
mod packet;

use std::collections::BTreeSet;
use std::io::{Read, Write};

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, are_marked, keep, say_redacted, the_whole};
use crate::annotate::Selection;
use crate::capture::Reader;
use crate::index::{Index, Wanted};
use crate::inspect::{CountsOnly, Options, PacketContent, PacketSeen, Sink};
use crate::render::overview::KEEP;
use crate::render::story::Story;
use crate::render::style::Style;

/// How many rows of a table are shown of one connection.
const ROWS: usize = 200;

/// What every closer look needs.
struct View<'a> {
    asked: &'a Inspect,
    input: &'a Input<'a>,
    /// The same with what is secret blanked, if that was asked for: what shows bytes reads them here.
    bytes: &'a Input<'a>,
    style: Style<'a>,
}

impl View<'_> {
    /// Reads the capture for what is wanted of it; `sink` gets what matches, as in [`Inspect::through`], with so many
    /// bytes of each body and payload.
    fn index(&self, wanted: Wanted, keep: usize, sink: &mut dyn Sink) -> Result<Index, Failure> {
        let reader = self.input.open()?;
        let strays = matches!(wanted, Wanted::Connection(_));
        let options = Options { strays, ..self.asked.options(keep, wanted.connection()) };
        Ok(self.asked.through(keep, None, sink, |sink| Index::read(reader, wanted, options, sink)).0)
    }

    /// Reads the connection that the index is of again.
    fn replay(&self, index: &Index, keep: usize, sink: &mut dyn Sink) -> Result<(), Failure> {
        let (options, first) = (self.asked.options(keep, None), index.first());
        let open = |layout: &_, mark| self.input.resume(layout, mark);
        self.asked.through(keep, first, sink, |sink| index.replay(open, options, sink)).0
    }

    /// The capture from before a packet.
    fn before(&self, packet: u64, index: &Index) -> Result<Reader<Box<dyn Read>>, Failure> {
        index.before(packet, |layout, mark| self.input.resume(layout, mark))
    }
}

#[derive(Clone, Copy)]
enum Target {
    Connection(u64),
    Exchange((u64, u64)),
    Packet(u64),
}

/// Shows what was asked for, each thing in its turn; the error is that of the last thing which has one.
pub(super) fn look(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write, style: Style<'_>) -> Result<(), Failure> {
    let redacted = if asked.redact { Some(keep::redacted(asked, input)?) } else { None };
    let packet = asked.packet.as_ref().map(|name| input.packet(name)).transpose()?;
    let view = View { asked, input, bytes: redacted.as_ref().unwrap_or(input), style };
    let targets =
        [asked.connection.map(Target::Connection), asked.exchange.map(Target::Exchange), packet.map(Target::Packet)];
    let targets: Vec<Target> = targets.into_iter().flatten().collect();
    if targets.is_empty() {
        let outcome = the_whole(asked, input, out, style);
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
    say_redacted(asked.redact || is_marked(input), out, style)?;
    outcome
}

/// Whether a capture says that it was redacted.
fn is_marked(input: &Input<'_>) -> bool {
    input.open().is_ok_and(|mut reader| {
        // Interfaces are described before their packets; what is wrong with those was reported.
        let _ = reader.next_packet();
        are_marked(reader.interfaces())
    })
}

/// The layers of all exchanges, the ladders of all connections, the bytes of all packets: whichever were asked for, as far
/// as they match.
fn everything(view: &View<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let asked = view.asked;
    let is_filtered = !asked.filter.is_everything();
    let mut story = Story::default();
    let tells = asked.layers || asked.ladder || is_filtered;
    let sink: &mut dyn Sink = if tells { &mut story } else { &mut CountsOnly };
    let index = view.index(Wanted::Nothing, KEEP, sink)?;
    if asked.layers {
        deepen::layers_of(view, &index, &story, story.exchanges.iter(), out)?;
        deepen::diagrams(view, story.frames.iter(), out)?;
    }
    let numbers: BTreeSet<u64> = story.connections.iter().map(|it| it.number).collect();
    if asked.ladder {
        for number in &numbers {
            deepen::ladder_of(view, &story, *number, out)?;
        }
    }
    if asked.hex {
        let of_it =
            |it: &&PacketSeen| matches!(&it.content, PacketContent::Tcp(it) if numbers.contains(&it.connection));
        let packets = || story.packets.iter().filter(of_it).map(|it| it.moment.packet).collect();
        let selection = if is_filtered { Selection::Packets(packets()) } else { Selection::All };
        deepen::packets(view, &index, selection, (true, false), out)?;
    }
    Ok(())
}
