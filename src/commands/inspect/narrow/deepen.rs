//! `--layers`, `--hex`, `--ladder`: what deepens a look at whichever packets.

use std::collections::BTreeMap;
use std::io::Write;

use super::super::super::Failure;
use super::View;
use crate::inspect::annotate::{self, Selection};
use crate::inspect::record::{Exchange, Frame};
use crate::inspect::{Event, PacketContent, Sink};
use crate::layers::{Field, Origin, stack};
use crate::render::facts::heading;
use crate::render::ladder::ladder;
use crate::render::layers::layers;
use crate::render::story::Story;
use crate::render::{frame, hex, numbers, osi, text, tree};

/// How many rows a ladder has, unless all of it is asked for.
const LADDER_ROWS: usize = 20;

/// A story of one connection: events of others do not reach it.
pub(super) struct Scoped {
    pub(super) story: Story,
    connection: u64,
}

impl Scoped {
    pub(super) fn new(connection: u64) -> Self {
        Self { story: Story::default(), connection }
    }
}

impl Sink for Scoped {
    fn event(&mut self, event: Event<'_>) {
        let of = match event {
            Event::Packet(it) => match &it.content {
                PacketContent::Tcp(segment) => Some(segment.connection),
                _ => None,
            },
            Event::Closed(it) => Some(it.number),
            Event::Exchange(it) => Some(it.connection),
            Event::Frame(it) => Some(it.connection),
            Event::Problem(it) => it.connection,
            // Interfaces are named for all.
            _ => Some(self.connection),
        };
        if of == Some(self.connection) {
            self.story.event(event);
        }
    }
}

/// Draws the ladder of a connection: all of it if that was asked for, else what was said, shortened.
pub(super) fn ladder_of(view: &View<'_>, story: &Story, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let style = view.style;
    let whole = view.asked.ladder;
    let rows = story.ladder(Some(number), whole, (!whole).then_some(LADDER_ROWS));
    if rows.rows.is_empty() {
        return Ok(());
    }
    let remark = if whole { "every packet" } else { "--ladder shows every packet" };
    write!(out, "{}", heading(&format!("Ladder of connection {number}"), remark, style))?;
    for line in ladder(&rows, style, style.width) {
        writeln!(out, "{line}")?;
    }
    if whole && story.left_out > 0 {
        let note = format!("{} more packets and messages do not fit into memory", numbers::count(story.left_out));
        writeln!(out, "{}", style.dim(&style.cut(&note, style.width)))?;
    }
    Ok(())
}

/// Draws what each layer says of exchanges, in the order of their first packets.
pub(super) fn layers_of<'a>(
    view: &View<'_>,
    story: &Story,
    exchanges: impl Iterator<Item = &'a Exchange>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut by_packet: BTreeMap<u64, Vec<&Exchange>> = BTreeMap::new();
    for exchange in exchanges {
        by_packet.entry(exchange.extent().first.packet).or_default().push(exchange);
    }
    if by_packet.is_empty() {
        return Ok(());
    }
    let mut reader = view.input.open()?;
    while let Ok(Some(packet)) = reader.next_packet() {
        for exchange in by_packet.remove(&packet.number).into_iter().flatten() {
            let fields = stack::annotate(packet.link.0, packet.number, packet.data).fields;
            osi_table(view, story, exchange, &fields, out)?;
        }
        if by_packet.is_empty() {
            break;
        }
    }
    for line in text::wrap(&view.style.text(osi::READING), view.style.width) {
        writeln!(out, "{}", view.style.dim(&line))?;
    }
    Ok(())
}

fn osi_table(
    view: &View<'_>,
    story: &Story,
    exchange: &Exchange,
    carrier: &[Field],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let name = format!("Layers of exchange {}.{}", exchange.connection, exchange.index);
    write!(out, "{}", heading(&name, &osi::title(exchange), view.style))?;
    for line in layers(&osi::rows(story, exchange, carrier), view.style) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Draws frames as the specification does.
pub(super) fn diagrams<'a>(
    view: &View<'_>,
    frames: impl Iterator<Item = &'a Frame>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for it in frames {
        let title = format!("Frame {}.{}", it.connection, it.index);
        let remark = format!("from the {}, packet {}", it.direction.name(), numbers::count(it.extent.first.packet));
        write!(out, "{}", heading(&title, &remark, view.style))?;
        for line in frame::diagram(it, view.style) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Draws packets, one after the other: their bytes, their fields, or both. A damaged end ends it; the first pass reported
/// that.
pub(super) fn packets(
    view: &View<'_>,
    selection: Selection,
    (bytes, fields): (bool, bool),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let style = view.style;
    let mut packets = annotate::packets(|| view.bytes.open(), selection, view.asked.decode_as)?;
    for packet in packets.by_ref() {
        let number = numbers::count(packet.number);
        if bytes {
            write!(out, "{}", heading(&format!("Bytes of packet {number}"), "", style))?;
            for line in hex::hex(&packet.data, Origin::Packet(packet.number), &packet.fields, style) {
                writeln!(out, "{line}")?;
            }
        }
        if fields {
            write!(out, "{}", heading(&format!("Fields of packet {number}"), "", style))?;
            for line in tree::field_tree(&packet.fields, style) {
                writeln!(out, "{line}")?;
            }
        }
    }
    if packets.annotator().is_limited() {
        let note = "There is more in these packets than fits into memory: some payload stayed without names.";
        for line in text::wrap(note, style.width) {
            writeln!(out, "{}", style.dim(&line))?;
        }
    }
    Ok(())
}
