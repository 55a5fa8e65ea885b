//! `--packet N`: where a packet belongs, what it carries, and its fields.

use std::fmt::Write as _;
use std::io::Write;

use super::super::super::Failure;
use super::deepen::{self, Brief};
use super::{Absent, View};
use crate::annotate::Selection;
use crate::index::{OfConnection, Wanted};
use crate::inspect::event::{PacketContent, SegmentSeen};
use crate::inspect::record::{Connection, Direction, Exchange, Extent, Frame};
use crate::inspect::{CountsOnly, Event, PacketSeen, Sink};
use crate::render::frame::opcode_name;
use crate::render::overview::KEEP;
use crate::render::packet;

/// How many things that a packet carries are told.
const CARRIED: usize = 20;

pub(super) fn show(view: &View<'_>, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let index = view.index(Wanted::Packet(number), 0, &mut CountsOnly)?;
    let mut found = FoundInPacket { number, ..FoundInPacket::default() };
    let mut story = Brief::default();
    if let Some(connection) = index.connection() {
        let ladder: &mut dyn Sink = if view.asked.ladder { &mut story } else { &mut CountsOnly };
        view.replay(&index, KEEP, &mut OfConnection { connection, view: (&mut found, ladder) })?;
    }
    if found.seen.is_none() {
        // A segment was told of, if it matches.
        let is_told = index.connection().is_some();
        found.seen = index.packet.clone().filter(|it| !is_told || !matches!(it.content, PacketContent::Tcp(_)));
    }
    let Some(seen) = &found.seen else {
        let absent = Absent::Packet { asked: number, there: index.summary.packets };
        return view.input.outcome(Some(absent), index.error);
    };
    let interfaces = view.asked.interfaces(index.interfaces());
    let interface = interfaces.get(seen.interface).and_then(|it| it.name.as_deref());
    view.style.print(packet::place(seen, interface, found.connection.as_ref(), found.carried()), out)?;
    deepen::packets(view, &index, Selection::packet(number), (view.asked.hex, true), out)?;
    if view.asked.layers {
        deepen::diagrams(view, found.frames.iter(), out)?;
    }
    if let (Some(segment), true) = (found.segment(), view.asked.ladder) {
        deepen::ladder_of(view, &story.0, segment.connection, out)?;
    }
    view.input.outcome(None, index.error)
}

/// A packet, and what lies in it.
#[derive(Default)]
struct FoundInPacket {
    number: u64,
    seen: Option<PacketSeen>,
    connection: Option<Connection>,
    /// What HTTP it carries, in words.
    messages: Vec<String>,
    frames: Vec<Frame>,
    more: u64,
}

impl FoundInPacket {
    fn segment(&self) -> Option<&SegmentSeen> {
        match &self.seen.as_ref()?.content {
            PacketContent::Tcp(segment) => Some(segment),
            _ => None,
        }
    }

    /// Whether something that `direction` sent has bytes in this packet, as far as its extent tells.
    fn holds(&self, connection: u64, direction: Direction, extent: Extent) -> bool {
        (extent.first.packet..=extent.last.packet).contains(&self.number)
            && self.segment().is_some_and(|segment| {
                (segment.connection, segment.direction) == (connection, direction) && segment.payload_length > 0
            })
    }

    fn exchange(&mut self, it: &Exchange) {
        let name = format!("exchange {}.{}", it.connection, it.index);
        if let Some(request) = &it.request
            && self.holds(it.connection, Direction::Client, request.message.extent)
        {
            let part = part(self.number, request.message.extent);
            let (method, target) = (lossy(&request.method), lossy(&request.target));
            self.add(format!("{part}the request of {name}: {method} {target}"));
        }
        for response in it.responses() {
            if self.holds(it.connection, Direction::Server, response.message.extent) {
                let part = part(self.number, response.message.extent);
                self.add(format!("{part}the response of {name}: {} {}", response.status, lossy(&response.reason)));
            }
        }
    }

    fn add(&mut self, what: String) {
        if self.messages.len() < CARRIED {
            self.messages.push(what);
        } else {
            self.more += 1;
        }
    }

    fn carried(&self) -> Vec<String> {
        let mut carried = self.messages.clone();
        for it in &self.frames {
            let part = part(self.number, it.extent);
            let opcode = opcode_name(it.opcode);
            carried.push(format!(
                "{part}frame {}.{}: {opcode}, {} bytes of payload",
                it.connection, it.index, it.payload_bytes
            ));
        }
        if self.more > 0 {
            carried.push(format!("and {} more", self.more));
        }
        carried
    }
}

/// Which part of a thing a packet has, where it has not all of it.
fn part(packet: u64, extent: Extent) -> &'static str {
    match (packet == extent.first.packet, packet == extent.last.packet) {
        (true, true) => "",
        (true, false) => "the beginning of ",
        (false, true) => "the end of ",
        (false, false) => "more of ",
    }
}

/// Text to be shown: what is not UTF-8 is escaped, and the view escapes the rest.
fn lossy(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::new(), |mut text, chunk| {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
        text
    })
}

impl Sink for FoundInPacket {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) if it.moment.packet == self.number => self.seen = Some(it.clone()),
            Event::Closed(it) if self.segment().is_some() => self.connection = Some(it.clone()),
            Event::Exchange(it) => self.exchange(it),
            Event::Frame(it) if self.holds(it.connection, it.direction, it.extent) => {
                if self.frames.len() < CARRIED {
                    self.frames.push(it.clone());
                } else {
                    self.more += 1;
                }
            }
            _ => {}
        }
    }
}
