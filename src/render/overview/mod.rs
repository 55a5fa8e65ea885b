//! The overview of a capture: what happened, what it is, its connections, exchanges and frames, each with how many were left
//! out, and where to look next.
//!
//! It is gathered in one pass, in memory that does not grow with the capture: the first rows of each table are kept, the
//! rest is counted.

mod facts;
mod first;
pub mod summary;
mod unreadable;

use std::collections::BTreeMap;

pub use first::First;

use super::exchange::hops::Hops;
use super::frame::columns::Framed;
use super::model::{Form, List, Page, Text};
use super::problems::happened::Happened;
use super::rest::Rest;
use super::{connection, exchange, frame};
use crate::capture::Interface;
use crate::inspect::event::{Event, PacketContent, Sink};
use crate::inspect::record::{Connection, Exchange, Kind, Problem, Protocol, Summary};

/// How many rows of each table are shown.
pub const ROWS: usize = 20;

/// How many exchanges and how many connections are remembered that something was found about.
const MARKS: usize = 1 << 14;

/// How many bytes of each payload a table can show some of.
pub const KEEP: usize = 512;

/// What the capture is, as only its reader knows.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its name as given; "-" for standard input.
    pub source: &'a str,
    /// The format: "pcap".
    pub format: &'a str,
    /// Where its packets were captured.
    pub interfaces: &'a [Interface],
    /// What was not read of it.
    pub rest: Rest<'a>,
}

/// Gathers what the overview shows.
#[derive(Debug)]
pub struct Overview {
    /// Those that say what can be read come first.
    connections: First<(u8, u64), Connection>,
    exchanges: First<(u64, u64, u64), Exchange>,
    /// Frames, and what isn't one.
    frames: First<(u64, u64, bool, u64), Framed>,
    happened: Happened,
    hops: Hops,
    census: Census,
    marks: Marks,
}

impl Default for Overview {
    fn default() -> Self {
        Self {
            connections: First::new(ROWS),
            exchanges: First::new(ROWS),
            frames: First::new(ROWS),
            happened: Happened::default(),
            hops: Hops::default(),
            census: Census::default(),
            marks: Marks::default(),
        }
    }
}

/// What was found about exchanges, and about connections where it's about none of their exchanges: of each the worst.
#[derive(Debug, Default)]
struct Marks {
    exchanges: BTreeMap<(u64, u64), Kind>,
    connections: BTreeMap<u64, Kind>,
}

impl Marks {
    fn add(&mut self, it: &Problem) {
        fn mark<T: Ord>(marks: &mut BTreeMap<T, Kind>, of: T, kind: Kind) {
            if marks.len() < MARKS || marks.contains_key(&of) {
                let worst = marks.entry(of).or_insert(kind);
                *worst = kind.min(*worst);
            }
        }
        match (it.connection, it.exchange) {
            (Some(connection), Some(index)) => mark(&mut self.exchanges, (connection, index), it.kind),
            (Some(connection), None) => mark(&mut self.connections, connection, it.kind),
            (None, _) => {}
        }
    }
}

/// What is counted beyond the summary.
#[derive(Clone, Debug, Default)]
struct Census {
    /// Connections by what they speak, by the JSON contract's names.
    protocols: BTreeMap<&'static str, u64>,
    /// TCP segments by who sent them: the clients, the servers.
    segments: [u64; 2],
}

impl Sink for Overview {
    fn event(&mut self, event: Event<'_>) {
        self.happened.event(event);
        match event {
            Event::Packet(packet) => {
                if let PacketContent::Tcp(segment) = &packet.content {
                    self.census.segments[segment.direction as usize] += 1;
                }
            }
            Event::Closed(it) => {
                *self.census.protocols.entry(it.protocol.name()).or_default() += 1;
                let rank = match it.protocol {
                    Protocol::Http1 | Protocol::WebSocket => 0,
                    Protocol::Tls | Protocol::Http2 | Protocol::Unknown => 1,
                    Protocol::None => 2,
                };
                self.connections.offer((rank, it.number), || it.clone());
            }
            Event::Exchange(it) => {
                self.exchanges.offer((it.extent().first.packet, it.connection, it.index), || it.clone());
            }
            Event::Frame(it) => {
                let key = (it.extent.first.packet, it.connection, false, it.index);
                self.frames.offer(key, || Framed::Frame(it.clone()));
            }
            Event::Stray(it) if frame::columns::is_listed(it) => {
                let key = (it.extent.first.packet, it.connection, true, it.start);
                self.frames.offer(key, || Framed::Stray(it.clone()));
            }
            Event::Hop(_) => self.hops.event(event),
            Event::Problem(it) => self.marks.add(it),
            Event::Stray(_)
            | Event::Interface(..)
            | Event::Opened(_)
            | Event::Ended(_)
            | Event::Request(_)
            | Event::Response(_)
            | Event::Turned(_)
            | Event::Upgraded(_)
            | Event::Message(_)
            | Event::Bytes(_)
            | Event::Derived(_)
            | Event::Piece(_) => {}
        }
    }
}

impl Overview {
    /// Takes the counts that go beyond the summary from another overview, one of the whole capture of which this shows
    /// a part.
    pub fn count_like(&mut self, whole: &Self) {
        self.census.clone_from(&whole.census);
    }

    /// What was gathered.
    #[must_use]
    pub fn page(&self, about: About<'_>, summary: &Summary) -> Page {
        let mut page = facts::title(about);
        let explained = self.happened.explains_silence();
        let unreadable = unreadable::why(about, summary, &self.census).filter(|_| !explained);
        // What can't be read is not well: then there is a reason to tell instead.
        if !self.happened.is_empty() || unreadable.is_none() {
            page.section("What happened", self.happened.legend(), self.happened.page(about.rest));
        }
        page.append(unreadable.map(|unreadable| unreadable.page()).unwrap_or_default());
        page.append(facts::page(about, summary, &self.census));
        let mut connections: Vec<_> = self.connections.iter().collect();
        connections.sort_by_key(|it| it.number);
        let found = |it: &Connection| self.marks.connections.get(&it.number).copied();
        let table = connection::columns::table(connections.iter().copied(), self.connections.left_out(), found);
        page.section("Connections", "two programs, one stream of bytes each way", table);
        let found = |it: &Exchange| self.marks.exchanges.get(&(it.connection, it.index)).copied();
        let exchanges = exchange::columns::table(self.exchanges.iter(), self.exchanges.left_out(), found);
        page.section("Exchanges", "a request and its response", exchanges);
        page.section("Hops", "one exchange, both sides of a proxy", self.hops.table());
        let timed = self.frames.iter().map(|it| (it, summary.first_time));
        let frames = frame::columns::table(timed, self.frames.left_out());
        page.section("Frames", "what a WebSocket carries", frames);
        page.append(self.hints(&connections, summary));
        page
    }

    /// The first thing that happened, for whoever doesn't see the beginning of the page any more.
    #[must_use]
    pub fn in_short(&self, about: About<'_>) -> Page {
        self.happened.in_short(about.rest)
    }

    /// What to add to the command for a closer look, as far as there is something to look at.
    fn hints(&self, connections: &[&Connection], summary: &Summary) -> Page {
        let upgrade = self.exchanges.iter().find(|it| it.upgraded.is_some());
        let usual = upgrade.or_else(|| self.exchanges.iter().next());
        // What happened is what one wants to see first.
        let story = self.happened.stories().first().map(|story| &story.first);
        let in_story = story.and_then(|it| Some((it.connection?, it.exchange?)));
        let exchange = in_story.or_else(|| usual.map(|it| (it.connection, it.index)));
        let connection = story.and_then(|it| it.connection).or(exchange.map(|(connection, _)| connection));
        let connection = connection.or_else(|| connections.first().map(|it| it.number));
        let packet = story.map(|it| it.packet).or_else(|| usual.map(|it| it.extent().first.packet));
        let packet = packet.filter(|packet| *packet > 0);
        let mut hints = Vec::new();
        if !self.happened.is_empty() {
            hints.push(("--why".to_owned(), "the packets that show what happened, and what to do"));
        }
        if !self.hops.is_empty() {
            hints.push(("--hops".to_owned(), "everything that a proxy changed"));
        }
        if let Some((connection, index)) = exchange {
            hints.push((format!("--exchange {connection}.{index}"), "what was asked and answered"));
        }
        if let Some(number) = connection {
            hints.push((format!("--connection {number} --ladder"), "a conversation, packet by packet"));
        }
        if summary.packets > 0 {
            hints.push((format!("--packet {} --hex", packet.unwrap_or(1)), "every byte of a packet, and its name"));
        }
        if self.connections.left_out() + self.exchanges.left_out() + self.frames.left_out() > 0 {
            hints.push(("--json".to_owned(), "all there is, for scripts"));
        }
        let mut page = Page::default();
        if !hints.is_empty() {
            page.heading("Look closer", "by adding to the command");
            let mut list = List::new(Form::Hints);
            for (flags, remark) in hints {
                list.add(Text::words(flags).dim(), Text::words(remark).dim());
            }
            page.add(list);
        }
        page
    }
}
