//! Runs a lesson: its demonstration on a wire, what crossed it as one capture, and what that measures.
//!
//! Every side runs on a wire of its own. Here they become one capture, as a file holds it: an interface for each side,
//! one side after the other, packets and connections numbered through. What a view shows of it, it folds out of the
//! inspector's events, as it would a stranger's file; nothing here knows how anything is drawn.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use super::demos::{self, Demo};
use super::front_matter::{ExchangeId, Lesson};
use super::measure::{LowerHeaders, Measurer, Measures};
use super::side::Side;
use super::text::{FillError, Template};
use crate::capture::{Interface, LinkType, OwnedPacket, Packet, Writer};
use crate::inspect::comments::Comments;
use crate::inspect::record::Summary;
use crate::inspect::{Event, Inspector, Options, PacketSeen, Sink};
use crate::wire::{Recording, Settings, Wire, WireError};

/// Every side begins on a whole minute after the first, so that its times are easy to tell in any tool: nanoseconds.
const MINUTE: u64 = 60 * 1_000_000_000;

/// Why a lesson could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It has no demonstration.
    #[error("lesson {0} has no demonstration")]
    NoDemo(&'static str),
    /// Its demonstration has not as many sides as its text.
    #[error("lesson {lesson} names {named} sides, and its demonstration has {shown}")]
    Sides {
        /// The lesson's name.
        lesson: &'static str,
        /// How many its text names.
        named: usize,
        /// How many its demonstration has.
        shown: usize,
    },
    /// The wire failed, or the demonstration on it.
    #[error("lesson {lesson}: {error}")]
    Wire {
        /// The lesson's name.
        lesson: &'static str,
        /// What happened.
        error: WireError,
    },
}

/// A lesson that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// On which wire.
    pub wire: Wire,
    /// How it was set; a side whose wire was set otherwise says so.
    pub settings: Settings,
    /// Whose TCP it was: "smoltcp 0.14".
    pub stack: String,
    /// What was set that the wire could not do, and why.
    pub unmet: Option<String>,
    /// How many packets crossed the wire and were not captured.
    pub missed: u64,
    /// The packets of all sides, as a file holds them: the first is number 1. Their interface is their side's index.
    pub packets: Vec<OwnedPacket>,
    /// The sides, A first.
    pub sides: Vec<SideRun>,
}

/// One side of a lesson that was run.
#[derive(Clone, Debug)]
pub struct SideRun {
    /// Which.
    pub side: Side,
    /// What it is called.
    pub name: &'static str,
    /// On which wire.
    pub settings: Settings,
    /// The numbers of its packets.
    pub packets: Range<u64>,
    /// Its hosts and their addresses.
    pub hosts: Vec<(String, IpAddr)>,
    /// The number of its first connection: the lesson's text counts from it.
    pub first_connection: u64,
    /// What its capture measures.
    pub measures: Measures,
}

impl SideRun {
    /// "A Connection: close": what its interface is called.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.side.letter(), self.name)
    }
}

/// Runs a lesson.
///
/// # Errors
///
/// Where the wire or the demonstration fails.
pub fn run(lesson: &'static Lesson, wire: Wire, settings: Settings) -> Result<Run, RunError> {
    run_watched(lesson, wire, settings, &|_| {})
}

/// Runs a lesson, and tells of each side, by its place from 0, before it runs.
///
/// # Errors
///
/// As [`run`].
pub fn run_watched(
    lesson: &'static Lesson,
    wire: Wire,
    settings: Settings,
    begins: &dyn Fn(u8),
) -> Result<Run, RunError> {
    let demo = demos::demo(lesson.name).ok_or(RunError::NoDemo(lesson.name))?;
    perform(lesson, demo, wire, settings, begins)
}

/// Runs a lesson with another demonstration than its own. What the lesson says follows from what it captures.
///
/// # Errors
///
/// As [`run`].
pub fn run_with(lesson: &'static Lesson, demo: &Demo, wire: Wire, settings: Settings) -> Result<Run, RunError> {
    perform(lesson, demo, wire, settings, &|_| {})
}

/// What measures look at: a masked byte is one of the first.
fn measured() -> Options {
    Options { keep: 64, ..Options::default() }
}

fn perform(
    lesson: &'static Lesson,
    demo: &Demo,
    wire: Wire,
    settings: Settings,
    begins: &dyn Fn(u8),
) -> Result<Run, RunError> {
    let (named, shown) = (lesson.sides.len(), demo.sides.len());
    if named != shown {
        return Err(RunError::Sides { lesson: lesson.name, named, shown });
    }
    let sides = Side::ALL.into_iter().take(named);
    let each: Vec<Settings> = sides.map(|side| lesson.settings_of(side, settings)).collect();
    let failed = |error| RunError::Wire { lesson: lesson.name, error };
    let recordings = demo.record_watched(wire, &each, begins).map_err(failed)?;
    Ok(Run::of(lesson, wire, settings, recordings))
}

impl Run {
    pub(super) fn of(lesson: &'static Lesson, wire: Wire, settings: Settings, recordings: Vec<Recording>) -> Self {
        let stack = recordings.first().map_or_else(String::new, |recording| recording.stack.clone());
        let unmet = recordings.iter().find_map(|recording| recording.unmet.clone());
        let missed = recordings.iter().map(|recording| recording.missed).sum();
        let mut run = Self { lesson, wire, settings, stack, unmet, missed, packets: Vec::new(), sides: Vec::new() };
        let names = Side::ALL.into_iter().zip(lesson.sides);
        for (index, ((side, name), recording)) in names.zip(recordings).enumerate() {
            let first = run.packets.len() as u64 + 1;
            run.add(index, recording.packets);
            let packets = first..run.packets.len() as u64 + 1;
            let (hosts, measures) = (recording.hosts, Measures::default());
            let settings = lesson.settings_of(side, settings);
            run.sides.push(SideRun { side, name, settings, packets, hosts, first_connection: 0, measures });
        }
        let Apart { sides: measured, connections, .. } =
            run.tell_apart(measured(), |side| Measurer::without(run.lost_of(side)));
        let headers: Vec<LowerHeaders> = run.sides.iter().map(|side| run.lower_headers(side)).collect();
        for ((index, side), (measurer, headers)) in
            run.sides.iter_mut().enumerate().zip(measured.into_iter().zip(headers))
        {
            side.first_connection = connections.iter().filter(|of| **of < index).count() as u64;
            side.measures = measurer.with_lower_headers(headers).finish();
        }
        run
    }

    fn lower_headers(&self, side: &SideRun) -> LowerHeaders {
        let mut headers = LowerHeaders::default();
        side.packets.clone().filter_map(|number| self.packet(number)).for_each(|packet| headers.add(&packet));
        headers
    }

    /// Adds a side's packets, later than those before by whole minutes: the wire starts its clock anew for each side.
    fn add(&mut self, interface: usize, packets: Vec<OwnedPacket>) {
        let last = self.packets.last().map(|packet| packet.time);
        let first = packets.first().map(|packet| packet.time);
        let behind = last.zip(first).map_or(0, |(last, first)| last.since(first));
        let later = behind.div_ceil(MINUTE) * MINUTE;
        for mut packet in packets {
            packet.interface = interface;
            packet.time.0 += later;
            self.packets.push(packet);
        }
    }

    /// The numbers of the packets that were lost on the way.
    pub fn lost(&self) -> impl Iterator<Item = u64> {
        (1..).zip(&self.packets).filter(|(_, packet)| packet.comment.is_some()).map(|(number, _)| number)
    }

    fn lost_of(&self, side: &SideRun) -> impl Iterator<Item = u64> {
        self.lost().filter(|number| side.packets.contains(number))
    }

    /// How long its sides took together, from the first packet of each to its last.
    #[must_use]
    pub fn took(&self) -> Duration {
        let time = |number| self.packet(number).map(|packet| packet.time);
        let side = |side: &SideRun| {
            let ends = time(side.packets.start).zip(time(side.packets.end.saturating_sub(1)));
            ends.map_or(0, |(first, last)| last.since(first))
        };
        Duration::from_nanos(self.sides.iter().map(side).sum())
    }

    /// The packet of that number.
    #[must_use]
    pub fn packet(&self, number: u64) -> Option<Packet<'_>> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        let packet = self.packets.get(index)?;
        Some(Packet {
            number,
            time: packet.time,
            interface: packet.interface,
            link: LinkType::ETHERNET,
            original_length: packet.data.len() as u32,
            data: &packet.data,
        })
    }

    /// Hands what the inspector finds in the whole capture to `sink`.
    pub fn inspect(&self, options: Options, sink: &mut dyn Sink) -> Summary {
        for (index, side) in self.sides.iter().enumerate() {
            sink.event(Event::Interface(index, Some(&side.label())));
        }
        let mut inspector = Inspector::new(options);
        for packet in (1..).map_while(|number| self.packet(number)) {
            if sink.done() {
                break;
            }
            inspector.packet(&packet, sink);
        }
        inspector.finish(sink).clone()
    }

    /// Folds each side's part of the whole into what `start` makes for it.
    pub fn fold<S: Sink>(&self, options: Options, start: impl FnMut(&SideRun) -> S) -> Vec<S> {
        self.tell_apart(options, start).sides
    }

    fn tell_apart<S: Sink>(&self, options: Options, start: impl FnMut(&SideRun) -> S) -> Apart<S> {
        let sides = self.sides.iter().map(start).collect();
        let mut apart = Apart { sides, connections: Vec::new(), latest: 0 };
        self.inspect(options, &mut apart);
        apart
    }

    /// Every side's measures, in order: what a template is filled from.
    #[must_use]
    pub fn measures(&self) -> Vec<&Measures> {
        self.sides.iter().map(|side| &side.measures).collect()
    }

    /// A text of the lesson with this run's values in it.
    ///
    /// # Errors
    ///
    /// Where a value is asked for that this run does not have.
    pub fn fill(&self, template: &Template) -> Result<String, FillError> {
        template.fill(&self.measures())
    }

    /// The exchange a side's table of layers is of; the lesson counts connections from each side's first.
    #[must_use]
    pub fn about(&self, side: &SideRun) -> Option<ExchangeId> {
        let (of, about) = self.lesson.about;
        let connection = side.first_connection + about.connection;
        (of == side.side).then_some(ExchangeId { connection, index: about.index })
    }

    /// The wire of a side in a few words, for whoever has nothing but the capture.
    fn wire_of(&self, side: &SideRun) -> String {
        let Settings { rtt, loss, seed } = side.settings;
        let (stack, set) = (&self.stack, format!("rtt {rtt:?}, loss {loss} %"));
        match self.wire {
            Wire::Virtual => format!("virtual wire, {set}, seed {seed}, TCP of {stack}"),
            Wire::Loopback if self.unmet.is_none() => format!("loopback wire, {set}, TCP of {stack}"),
            Wire::Loopback => format!("loopback wire, no delay, TCP of {stack}"),
        }
    }

    /// Writes the capture as pcapng: an interface for each side, and a comment on each packet that needs one.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let interface = |side: &SideRun| {
            let comment = Some(self.wire_of(side));
            Interface { name: Some(side.label()), link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment }
        };
        let interfaces: Vec<_> = self.sides.iter().map(interface).collect();
        let application = concat!("wire101 ", env!("CARGO_PKG_VERSION"));
        let mut writer = Writer::new(out, &interfaces, application)?;
        let comments = self.comments();
        for (number, packet) in (1..).zip(&self.packets) {
            let length = packet.data.len() as u32;
            let comment = comments.get(&number).map(String::as_str);
            writer.packet(packet.interface, packet.time, length, &packet.data, comment)?;
        }
        writer.finish()
    }

    /// What to know of single packets, by their numbers: what the wire says of them, and what the inspector finds.
    #[must_use]
    pub fn comments(&self) -> BTreeMap<u64, String> {
        let mut found = Comments::default();
        self.inspect(Options::default(), &mut found);
        let mut comments = found.finish();
        for (number, packet) in (1..).zip(&self.packets) {
            if let Some(comment) = &packet.comment {
                let known = comments.remove(&number).map_or_else(String::new, |known| format!(" {known}"));
                comments.insert(number, format!("{comment}{known}"));
            }
        }
        comments
    }
}

/// Tells the sides of one capture apart.
struct Apart<S> {
    sides: Vec<S>,
    /// The side of each connection, by its number.
    connections: Vec<usize>,
    /// The side of the latest packet.
    latest: usize,
}

impl<S: Sink> Sink for Apart<S> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            // Every side knows what every interface is called.
            Event::Interface(..) => return self.sides.iter_mut().for_each(|side| side.event(event)),
            Event::Packet(PacketSeen { interface, .. }) => self.latest = *interface,
            Event::Opened(connection) => {
                self.connections.resize(connection.number as usize + 1, connection.interface);
            }
            _ => {}
        }
        let side = event.connection().and_then(|number| self.connections.get(number as usize)).unwrap_or(&self.latest);
        if let Some(side) = self.sides.get_mut(*side) {
            side.event(event);
        }
    }
}
