//! `--layers`, `--hex`, `--ladder`: more about whichever packets are shown.

use std::collections::BTreeMap;
use std::io::Write;

use super::super::super::Failure;
use super::View;
use crate::annotate::Selection;
use crate::index::Index;
use crate::inspect::record::{Exchange, Frame};
use crate::inspect::{CountsOnly, Event, Options, Sink};
use crate::layers::{Origin, stack};
use crate::render::exchange::osi;
use crate::render::model::{Block, Hex, Layers, Page};
use crate::render::numbers;
use crate::render::overview::KEEP;
use crate::render::packet::derived;
use crate::render::story::Story;

/// How many rows a ladder has, unless all of it is asked for.
const LADDER_ROWS: usize = 20;

/// A story without long bodies and payloads: a ladder's rows quote their beginnings.
#[derive(Default)]
pub(super) struct Brief(pub(super) Story);

impl Sink for Brief {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(it) => match it.shortened(KEEP) {
                Some(short) => self.0.event(Event::Exchange(&short)),
                None => self.0.event(event),
            },
            Event::Frame(it) if it.payload.len() > KEEP => {
                let payload = it.payload.get(..KEEP).unwrap_or_default().to_vec();
                self.0.event(Event::Frame(&Frame { payload, payload_truncated: true, ..it.clone() }));
            }
            _ => self.0.event(event),
        }
    }
}

/// Draws the ladder of a connection: all of it if that was asked for, else what was said, shortened.
pub(super) fn ladder_of(view: &View<'_>, story: &Story, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let whole = view.asked.ladder;
    let ladder = story.ladder(Some(number), whole, (!whole).then_some(LADDER_ROWS));
    if ladder.rows.is_empty() {
        return Ok(());
    }
    let remark = if whole { "every packet" } else { "--ladder shows every packet" };
    let mut page = Page::default();
    page.heading(format!("Ladder of connection {number}"), remark);
    page.add(ladder);
    if whole && story.left_out > 0 {
        page.remark(format!("{} more packets and messages do not fit into memory", numbers::count(story.left_out)));
    }
    Ok(view.style.print(page, out)?)
}

/// Draws what each layer says of exchanges, in the order of their first packets.
pub(super) fn layers_of<'a>(
    view: &View<'_>,
    index: &Index,
    story: &Story,
    exchanges: impl Iterator<Item = &'a Exchange>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut by_packet: BTreeMap<u64, Vec<&Exchange>> = BTreeMap::new();
    for exchange in exchanges {
        by_packet.entry(exchange.extent().first.packet).or_default().push(exchange);
    }
    let Some((first, _)) = by_packet.first_key_value() else { return Ok(()) };
    let mut reader = view.before(*first, index)?;
    while let Ok(Some(packet)) = reader.next_packet() {
        for exchange in by_packet.remove(&packet.number).into_iter().flatten() {
            let fields = stack::annotate(packet.link.0, packet.number, packet.data).fields;
            let mut page = Page::default();
            let name = format!("Layers of exchange {}.{}", exchange.connection, exchange.index);
            page.heading(name, osi::title(exchange));
            page.add(Layers::new(osi::rows(story, exchange, &fields)));
            view.style.print(page, out)?;
        }
        if by_packet.is_empty() {
            break;
        }
    }
    let mut page = Page::default();
    page.remark(osi::READING);
    Ok(view.style.print(page, out)?)
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
        let mut page = Page::default();
        page.heading(title, remark);
        page.add(Block::Frame(Box::new(it.clone())));
        view.style.print(page, out)?;
    }
    Ok(())
}

/// Draws packets, one after the other: their bytes, their fields, or both. A damaged end ends it; the first pass reported
/// that.
pub(super) fn packets(
    view: &View<'_>,
    index: &Index,
    selection: Selection,
    (bytes, fields): (bool, bool),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let decode_as = view.asked.decode_as;
    let blanked;
    let index = if view.asked.redact {
        // The copy has the same packets in other places.
        let options = Options { decode_as, only: index.wanted.connection(), ..Options::default() };
        blanked = Index::read(view.bytes.open()?, index.wanted, options, &mut CountsOnly);
        &blanked
    } else {
        index
    };
    let mut packets = index.packets(|layout, mark| view.bytes.resume(layout, mark), selection, decode_as)?;
    for packet in packets.by_ref() {
        let number = numbers::count(packet.number);
        let mut page = Page::default();
        if bytes {
            page.heading(format!("Bytes of packet {number}"), "");
            let (origin, fields) = (Origin::Packet(packet.number), packet.fields.clone());
            page.add(Hex { bytes: packet.data, start: 0, origin, fields });
        }
        if fields {
            page.heading(format!("Fields of packet {number}"), "");
            page.add(packet.fields);
        }
        for it in packet.derived {
            page.append(derived::page(it, (bytes, fields)));
        }
        view.style.print(page, out)?;
    }
    let mut page = Page::default();
    if packets.annotator().is_limited() {
        page.remark("There is more in these packets than fits into memory: some payload stayed without names.");
    }
    Ok(view.style.print(page, out)?)
}
