//! `--layers`, `--hex`, `--ladder`: what deepens a look at whichever packets.

use std::io::Write;
use std::ops::RangeInclusive;

use super::super::super::Failure;
use super::View;
use crate::capture::Packet;
use crate::inspect::{Event, Inspector, Options, PacketContent, Sink};
use crate::layers::stack;
use crate::render::facts::heading;
use crate::render::{hex, tree};

/// Which packets a look is at.
pub(super) enum Which {
    All,
    Connection(u64),
    /// Those of the exchange's connection in that range.
    Exchange((u64, u64), RangeInclusive<u64>),
    Packet(u64),
}

impl Which {
    fn includes(&self, packet: u64, connection: Option<u64>) -> bool {
        match self {
            Self::All => true,
            Self::Connection(number) => connection == Some(*number),
            Self::Exchange((number, _), packets) => connection == Some(*number) && packets.contains(&packet),
            Self::Packet(number) => packet == *number,
        }
    }
}

pub(super) fn everything(view: &View<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    show(view, Which::All, out)
}

pub(super) fn show(view: &View<'_>, which: Which, out: &mut dyn Write) -> Result<(), Failure> {
    if view.asked.ladder {
        ladder(view, &which, out)?;
    }
    if view.asked.layers || view.asked.hex {
        packets(view, &which, view.asked.hex, view.asked.layers, out)?;
    }
    Ok(())
}

pub(super) fn packet(view: &View<'_>, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    packets(view, &Which::Packet(number), view.asked.hex, true, out)
}

pub(super) fn ladder(_view: &View<'_>, _which: &Which, _out: &mut dyn Write) -> Result<(), Failure> {
    Ok(())
}

/// Draws packets: their bytes, their fields. A damaged end ends it; the first pass reported that.
fn packets(view: &View<'_>, which: &Which, bytes: bool, fields: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let mut reader = view.input.open()?;
    let mut inspector = Inspector::new(Options::default());
    while let Ok(Some(packet)) = reader.next_packet() {
        let mut place = Place::default();
        inspector.packet(&packet, &mut place);
        if which.includes(packet.number, place.connection) {
            draw(view, &packet, bytes, fields, out)?;
        }
        if matches!(which, Which::Packet(number) if *number == packet.number) {
            break;
        }
    }
    Ok(())
}

fn draw(view: &View<'_>, packet: &Packet<'_>, bytes: bool, fields: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let style = view.style;
    let annotated = stack::annotate(packet.link.0, packet.number, packet.data);
    if bytes {
        write!(out, "{}", heading(&format!("Bytes of packet {}", packet.number), "", style))?;
        for line in hex::hex(packet.data, packet.number, &annotated.fields, style) {
            writeln!(out, "{line}")?;
        }
    }
    if fields {
        write!(out, "{}", heading(&format!("Fields of packet {}", packet.number), "", style))?;
        for line in tree::field_tree(&annotated.fields, style) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Notes which connection a packet is of.
#[derive(Default)]
struct Place {
    connection: Option<u64>,
}

impl Sink for Place {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Packet(it) = event
            && let PacketContent::Tcp(segment) = &it.content
        {
            self.connection = Some(segment.connection);
        }
    }
}
