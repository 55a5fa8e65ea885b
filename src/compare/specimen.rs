//! What one capture says about the exchange that's compared: the exchange, its connection, and the frames that follow.

use std::collections::BTreeSet;

use crate::inspect::event::PacketContent;
use crate::inspect::record::{Connection, Exchange, Frame, Message, Problem};
use crate::inspect::{Event, Sink};
use crate::layers::Field;
use crate::layers::transport::header::SYN;

/// How many frames are lined up.
pub(super) const FRAMES: usize = 12;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The capture's name, as given.
    pub source: String,
    /// The exchange.
    pub exchange: Exchange,
    /// Its connection.
    pub connection: Connection,
    /// What followed, if it was an upgrade to WebSocket.
    pub talk: Talk,
    /// What is wrong on its connection: each kind once, with a count, in the order found.
    pub problems: Vec<(Problem, u64)>,
    /// The TCP options of the client's SYN, and of the server's: name and value.
    pub options: [Vec<(String, String)>; 2],
}

/// What was said after an upgrade.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// The first frames, each with the message that it completes.
    pub frames: Vec<(Frame, Option<Message>)>,
    /// How many frames there are in all, of the client and of the server.
    pub counts: [u64; 2],
}

/// Finds the exchange in a capture: the one that was asked for, or else the first upgrade, or else the first exchange.
#[derive(Debug, Default)]
pub struct Collector {
    wanted: Option<(u64, u64)>,
    found: Option<Candidate>,
    /// How many exchanges there are on the connection that was asked for.
    there: Option<u64>,
}

#[derive(Debug)]
struct Candidate {
    exchange: Exchange,
    connection: Option<Connection>,
    talk: Talk,
}

impl Candidate {
    fn of(exchange: &Exchange) -> Self {
        Self { exchange: exchange.clone(), connection: None, talk: Talk::default() }
    }

    fn is_on(&self, connection: u64) -> bool {
        self.exchange.connection == connection
    }

    /// Whether what's said on that connection follows from this exchange.
    fn leads_to(&self, connection: u64) -> bool {
        self.is_on(connection) && self.exchange.upgraded.is_some()
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Frame(it) if self.leads_to(it.connection) => {
                self.talk.counts[it.direction as usize] += 1;
                if self.talk.frames.len() < FRAMES {
                    self.talk.frames.push((it.clone(), None));
                }
            }
            // A message comes right after its last frame.
            Event::Message(it) if self.leads_to(it.connection) => {
                let last = self.talk.frames.last_mut();
                if let Some((_, message)) = last.filter(|(frame, _)| frame.extent.last == it.extent.last) {
                    message.get_or_insert_with(|| it.clone());
                }
            }
            Event::Closed(it) if self.is_on(it.number) => self.connection = Some(it.clone()),
            _ => {}
        }
    }
}

impl Collector {
    /// Looks for that exchange, by connection and index, or for the likeliest.
    #[must_use]
    pub fn new(wanted: Option<(u64, u64)>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// How many exchanges there are on the connection that was asked for, if it's there.
    #[must_use]
    pub fn there(&self) -> Option<u64> {
        self.there
    }

    /// What was found: the exchange, its connection, what followed it.
    #[must_use]
    pub fn found(self) -> Option<(Exchange, Connection, Talk)> {
        let found = self.found?;
        Some((found.exchange, found.connection?, found.talk))
    }

    /// Whether it's a better choice than what was found before: an upgrade where that was none, or one that began earlier, no
    /// matter which one ended first.
    fn is_likelier(&self, exchange: &Exchange) -> bool {
        let fits = self.wanted.is_none_or(|wanted| wanted == (exchange.connection, exchange.index));
        let order = |it: &Exchange| (it.upgraded.is_none(), it.extent().first.packet);
        fits && self.found.as_ref().is_none_or(|found| order(exchange) < order(&found.exchange))
    }
}

impl Sink for Collector {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Exchange(it) = event
            && self.is_likelier(it)
        {
            self.found = Some(Candidate::of(it));
        }
        if let (Event::Closed(it), Some((connection, _))) = (event, self.wanted)
            && it.number == connection
        {
            self.there = Some(it.exchanges);
        }
        if let Some(found) = &mut self.found {
            found.event(event);
        }
    }
}

/// Finds what else there is to know about a connection: the packets that opened it, the client's SYN and the server's, and what's
/// wrong on it.
#[derive(Debug)]
pub struct Surroundings {
    connection: u64,
    packets: [Option<u64>; 2],
    problems: Vec<(Problem, u64)>,
}

impl Surroundings {
    /// Of that connection.
    #[must_use]
    pub fn of(connection: u64) -> Self {
        Self { connection, packets: [None; 2], problems: Vec::new() }
    }

    /// What is wrong: each kind once, with a count.
    #[must_use]
    pub fn problems(self) -> Vec<(Problem, u64)> {
        self.problems
    }

    /// The numbers of the packets that opened it, as far as they were captured.
    #[must_use]
    pub fn packets(&self) -> [Option<u64>; 2] {
        self.packets
    }

    /// The same, as a selection has them.
    #[must_use]
    pub fn numbers(&self) -> BTreeSet<u64> {
        self.packets.iter().flatten().copied().collect()
    }
}

impl Sink for Surroundings {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(packet) => {
                if let PacketContent::Tcp(segment) = &packet.content
                    && segment.connection == self.connection
                    && segment.flags & SYN != 0
                {
                    let side = segment.direction as usize;
                    self.packets[side].get_or_insert(packet.moment.packet);
                }
            }
            Event::Problem(it) if it.connection == Some(self.connection) => {
                match self.problems.iter_mut().find(|(known, _)| known.code == it.code) {
                    Some((_, count)) => *count += 1,
                    None => self.problems.push((it.clone(), 1)),
                }
            }
            _ => {}
        }
    }
}

/// The TCP options among a packet's fields, without fillers: name and value.
#[must_use]
pub fn options_of(fields: &[Field]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in fields {
        let is_option = field.parts.first().is_some_and(|part| part.name == "Kind");
        if is_option {
            found.push((field.name.to_string(), field.value.clone()));
        } else {
            found.extend(options_of(&field.parts));
        }
    }
    found
}
