//! What one capture says of the exchange that is compared: the exchange, its connection, and the frames that follow.

use std::collections::BTreeSet;

use crate::inspect::event::PacketContent;
use crate::inspect::record::{Connection, Direction, Exchange, Frame};
use crate::inspect::{Event, Sink};
use crate::layers::Field;
use crate::layers::transport::header::SYN;

/// How many frames are lined up.
pub(super) const FRAMES: usize = 6;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The capture, as it was named.
    pub source: String,
    /// The exchange.
    pub exchange: Exchange,
    /// Its connection.
    pub connection: Connection,
    /// The first frames after it, if it was an upgrade to WebSocket.
    pub frames: Vec<Frame>,
    /// The TCP options of the client's SYN, and of the server's: name and value.
    pub options: [Vec<(String, String)>; 2],
}

/// Finds the exchange in a capture: the one that was asked for; else the first upgrade, else the first exchange.
#[derive(Debug, Default)]
pub struct Collector {
    wanted: Option<(u64, u64)>,
    first: Found,
    upgrade: Found,
    /// How many exchanges the connection has that an exchange was asked of.
    there: Option<u64>,
}

#[derive(Debug, Default)]
struct Found {
    exchange: Option<Exchange>,
    connection: Option<Connection>,
    frames: Vec<Frame>,
}

impl Found {
    fn is_on(&self, connection: u64) -> bool {
        self.exchange.as_ref().is_some_and(|it| it.connection == connection)
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Frame(it) if self.frames.len() < FRAMES && self.is_on(it.connection) => self.frames.push(it.clone()),
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

    /// How many exchanges the connection has that an exchange was asked of, if it is there.
    #[must_use]
    pub fn there(&self) -> Option<u64> {
        self.there
    }

    /// What was found: the exchange, its connection, the frames after it.
    #[must_use]
    pub fn found(self) -> Option<(Exchange, Connection, Vec<Frame>)> {
        let found = if self.upgrade.exchange.is_some() { self.upgrade } else { self.first };
        let frames = if found.exchange.as_ref()?.upgraded.is_some() { found.frames } else { Vec::new() };
        Some((found.exchange?, found.connection?, frames))
    }
}

impl Sink for Collector {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Exchange(it) = event {
            let fits = self.wanted.is_none_or(|wanted| wanted == (it.connection, it.index));
            if fits && self.first.exchange.is_none() {
                self.first.exchange = Some(it.clone());
            }
            if fits && it.upgraded.is_some() && self.upgrade.exchange.is_none() {
                self.upgrade.exchange = Some(it.clone());
            }
        }
        if let (Event::Closed(it), Some((connection, _))) = (event, self.wanted)
            && it.number == connection
        {
            self.there = Some(it.exchanges);
        }
        self.first.event(event);
        self.upgrade.event(event);
    }
}

/// Finds the packets that opened a connection: the client's SYN, and the server's.
#[derive(Debug)]
pub struct Handshake {
    connection: u64,
    packets: [Option<u64>; 2],
}

impl Handshake {
    /// Of that connection.
    #[must_use]
    pub fn of(connection: u64) -> Self {
        Self { connection, packets: [None; 2] }
    }

    /// Their numbers, as far as they were captured.
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

impl Sink for Handshake {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Packet(packet) = event
            && let PacketContent::Tcp(segment) = &packet.content
            && segment.connection == self.connection
            && segment.flags & SYN != 0
        {
            let side = usize::from(segment.direction == Direction::Server);
            self.packets[side].get_or_insert(packet.moment.packet);
        }
    }

    fn done(&self) -> bool {
        self.packets.iter().all(Option::is_some)
    }
}

/// The TCP options among a packet's fields: name and value, fillers left out.
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
