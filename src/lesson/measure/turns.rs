//! Turns: how often a client had to wait for its server.
//!
//! A client is a host: what it sends on several connections at once is waited for once.

use std::collections::HashMap;
use std::mem::{replace, take};
use std::net::IpAddr;

use super::Measure;
use super::tally::Tallies;
use crate::inspect::event::SegmentSeen;
use crate::inspect::record::{Connection, Direction};
use crate::layers::transport::header::{ACK, SYN};

/// Whether a segment asks for a connection: SYN without ACK (RFC 9293 §3.5).
pub(super) fn is_open(flags: u8) -> bool {
    flags & (SYN | ACK) == SYN
}

/// Whether a segment grants one: SYN with ACK.
fn is_grant(flags: u8) -> bool {
    flags & (SYN | ACK) == SYN | ACK
}

/// Counts turns, segment by segment.
#[derive(Debug, Default)]
pub(super) struct Turns {
    open: HashMap<u64, Link>,
    clients: HashMap<IpAddr, Client>,
}

#[derive(Debug)]
struct Link {
    client: IpAddr,
    asked: bool,
    granted: bool,
    /// The client sent something here since the server last answered here.
    unanswered: bool,
}

#[derive(Debug, Default)]
struct Client {
    /// How many of its connections are open; without any, it waits for nothing and is forgotten.
    links: usize,
    /// The packet since which it waits.
    waits: Option<u64>,
    /// Whether what it waits for is the answer to application bytes.
    sent_bytes: bool,
}

impl Turns {
    /// A connection opened; its first segment hasn't been taken yet.
    pub(super) fn opened(&mut self, connection: &Connection) {
        let client = connection.client.ip();
        let link = Link { client, asked: false, granted: false, unanswered: false };
        if self.open.insert(connection.number, link).is_none() {
            self.clients.entry(client).or_default().links += 1;
        }
    }

    /// A connection is over.
    pub(super) fn closed(&mut self, connection: &Connection) {
        let Some(link) = self.open.remove(&connection.number) else { return };
        if let Some(client) = self.clients.get_mut(&link.client) {
            client.links -= 1;
            if client.links == 0 {
                self.clients.remove(&link.client);
            }
        }
    }

    /// The next segment of a connection that was opened, and its packet.
    pub(super) fn segment(&mut self, packet: u64, segment: &SegmentSeen, tallies: &mut Tallies) {
        let Some(link) = self.open.get_mut(&segment.connection) else { return };
        let Some(client) = self.clients.get_mut(&link.client) else { return };
        let has_new_bytes = segment.payload_length > 0 && segment.is_new();
        match segment.direction {
            Direction::Client => {
                let asks = is_open(segment.flags) && !replace(&mut link.asked, true);
                tallies.one_if(Measure::Connections, asks, packet);
                if asks || has_new_bytes {
                    link.unanswered = true;
                    client.waits.get_or_insert(packet);
                    client.sent_bytes |= has_new_bytes;
                }
            }
            Direction::Server => {
                let grants = is_grant(segment.flags) && !replace(&mut link.granted, true);
                let answers = (grants || has_new_bytes) && take(&mut link.unanswered);
                if let Some(asked) = client.waits.take_if(|_| answers) {
                    let carries_bytes = take(&mut client.sent_bytes) || has_new_bytes;
                    tallies.add(Measure::RoundTrips, 1, asked, packet);
                    tallies.add(Measure::HandshakeRoundTrips, u64::from(!carries_bytes), asked, packet);
                }
            }
        }
    }
}

#[cfg(test)]
impl Turns {
    /// Whether it remembers no connection and no host.
    pub(super) fn is_at_rest(&self) -> bool {
        self.open.is_empty() && self.clients.is_empty()
    }
}
