//! Turns packets into the rows of a ladder.

use std::collections::HashMap;
use std::net::IpAddr;

use super::said::Said;
use super::windows::Windows;
use super::{ACK, FIN, MOST, RST, SYN, Story};
use crate::capture::Timestamp;
use crate::inspect::event::{Novelty, PacketContent, PacketSeen, SegmentSeen};
use crate::inspect::record::{Connection, Direction, Extent};
use crate::layers::Layer;
use crate::render::ladder::Row;
use crate::render::numbers;

/// How many lifelines are drawn; of more hosts, all clients share one, and all servers.
const MOST_HOSTS: usize = 6;
/// How far back the first sending of a repeated segment is looked for, in packets.
const LOOK_BACK: usize = 1 << 12;

/// Who stands where.
struct Hosts<'a> {
    /// Those with a name that have something to say or to hear.
    named: Vec<&'a (String, IpAddr)>,
    /// Addresses without a name, and whether they open connections or take them: on a loopback interface they do both.
    found: Vec<(IpAddr, Direction)>,
    crowded: bool,
}

impl<'a> Hosts<'a> {
    fn of(story: &'a Story, connections: &[&Connection]) -> Self {
        let mut found = Vec::new();
        for direction in [Direction::Client, Direction::Server] {
            for connection in connections {
                let it = (address(connection, direction), direction);
                if found.len() <= MOST_HOSTS && !found.contains(&it) {
                    found.push(it);
                }
            }
        }
        let crowded = found.len() > MOST_HOSTS;
        let is_end = |host: &&(String, IpAddr), of: &Connection| [of.client.ip(), of.server.ip()].contains(&host.1);
        let talks = |host: &&(String, IpAddr)| connections.iter().any(|connection| is_end(host, connection));
        let named = story.hosts.iter().filter(talks).collect();
        Self { named, found, crowded }
    }

    fn index(&self, connection: &Connection, direction: Direction) -> usize {
        let address = address(connection, direction);
        if let Some(index) = self.named.iter().position(|host| host.1 == address) {
            return index;
        }
        if self.crowded {
            return usize::from(direction == Direction::Server);
        }
        self.found.iter().position(|found| *found == (address, direction)).unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        if !self.named.is_empty() {
            return self.named.iter().map(|host| host.0.clone()).collect();
        }
        match self.found.as_slice() {
            _ if self.crowded => ["clients", "servers"].map(str::to_owned).into(),
            [] | [_, _] => ["client", "server"].map(str::to_owned).into(),
            found => found.iter().map(|(address, _)| address.to_string()).collect(),
        }
    }
}

fn address(connection: &Connection, direction: Direction) -> IpAddr {
    match direction {
        Direction::Client => connection.client.ip(),
        Direction::Server => connection.server.ip(),
    }
}

/// Turns packets into rows.
pub(super) struct Teller<'a> {
    story: &'a Story,
    only: Option<u64>,
    whole: bool,
    hosts: Hosts<'a>,
    /// By connection, direction and last packet.
    said: Vec<Said>,
    /// By number.
    connections: Vec<&'a Connection>,
    /// When the clock of the ladder starts: the first SYN, else the first packet.
    start: Timestamp,
    /// The connection of the latest row between two hosts: client's and server's place.
    latest: HashMap<(usize, usize), u64>,
    windows: Windows,
    rows: Vec<Row>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(story: &'a Story, only: Option<u64>, whole: bool) -> Self {
        let mut connections: Vec<&Connection> =
            story.connections.iter().filter(|connection| only.is_none_or(|only| only == connection.number)).collect();
        connections.sort_unstable_by_key(|connection| connection.number);
        let mut said: Vec<Said> = story.frames.iter().map(Said::frame).collect();
        for exchange in &story.exchanges {
            said.extend(exchange.request.iter().map(|request| Said::request(exchange, request)));
            let responses = exchange.interim.iter().chain(&exchange.response);
            said.extend(responses.map(|response| Said::response(exchange, response)));
        }
        // A stable sort: several frames of one packet stay in their order.
        said.sort_by_key(|said| (said.connection, said.direction == Direction::Server, said.extent.last.packet));
        let mut teller = Self {
            story,
            only,
            whole,
            hosts: Hosts::of(story, &connections),
            said,
            connections,
            start: Timestamp::default(),
            latest: HashMap::new(),
            windows: Windows::default(),
            rows: Vec::new(),
        };
        let shown = || story.packets.iter().filter(|packet| teller.shows(packet));
        let opens = |packet: &&PacketSeen| match &packet.content {
            PacketContent::Tcp(segment) => segment.flags & (SYN | ACK) == SYN,
            _ => false,
        };
        teller.start = shown().find(opens).or(shown().next()).map_or(teller.start, |packet| packet.moment.time);
        teller
    }

    /// The hosts, from left to right, and what they sent each other.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Row>) {
        (self.hosts.names(), self.rows)
    }

    fn shows(&self, packet: &PacketSeen) -> bool {
        match (&packet.content, self.only) {
            (PacketContent::Tcp(segment), Some(only)) => segment.connection == only,
            (_, None) => true,
            (_, Some(_)) => false,
        }
    }

    pub(super) fn packet(&mut self, at: usize, packet: &PacketSeen) {
        if !self.shows(packet) {
            return;
        }
        match &packet.content {
            PacketContent::Tcp(segment) => self.segment(at, packet, segment),
            PacketContent::Arp => self.other(packet, "ARP"),
            PacketContent::Fragment => self.other(packet, "IP fragment"),
            PacketContent::Other(name) => self.other(packet, name),
            PacketContent::Damaged(_) => self.other(packet, "damaged packet"),
        }
    }

    fn segment(&mut self, at: usize, packet: &PacketSeen, segment: &SegmentSeen) {
        let first = self.rows.len();
        let repeated = segment.novelty == Novelty::Repeated;
        if segment.flags & SYN != 0 {
            self.tcp(packet, segment, if segment.flags & ACK == 0 { "SYN" } else { "SYN, ACK" });
        }
        if segment.payload_length > 0 {
            if repeated {
                self.repetition(at, packet, segment);
            } else {
                self.data(packet, segment);
            }
        } else if self.completes(packet, segment) {
            // The end of the connection is the end of a response that says no length (RFC 9112 §6.3).
            self.data(packet, segment);
        }
        self.end(first, packet, segment);
        let room = self.windows.change(segment);
        if self.rows.len() == first && (self.whole || room) {
            let label = match segment.novelty {
                Novelty::KeepAlive => "keep-alive probe".to_owned(),
                _ if room => format!("ACK, window {}", numbers::bytes(segment.window)),
                _ => "ACK".to_owned(),
            };
            self.tcp(packet, segment, &label);
        }
        if repeated {
            self.note(first, "sent again");
        }
        if self.story.lost.contains(&packet.moment.packet) {
            self.note(first, "lost");
        }
    }

    /// FIN and RST, on the row of what they are sent with or on their own.
    fn end(&mut self, first: usize, packet: &PacketSeen, segment: &SegmentSeen) {
        let flag = match segment.flags {
            flags if flags & RST != 0 => "RST",
            flags if flags & FIN != 0 => "FIN",
            _ => return,
        };
        match self.rows.get_mut(first..).and_then(<[Row]>::last_mut) {
            Some(row) => {
                row.label = format!("{}, {flag}", row.label);
                row.short = row.short.as_ref().map(|short| format!("{short}, {flag}"));
            }
            None => self.tcp(packet, segment, flag),
        }
    }

    /// A segment that brings something new: what it completes, and if that is nothing, how it goes on.
    fn data(&mut self, packet: &PacketSeen, segment: &SegmentSeen) {
        let number = packet.moment.packet;
        let story = self.story;
        let start = self.first_said(segment, number);
        let mut at = start;
        while let Some(said) = self.said.get(at).filter(|said| said.key() == key(segment, number)) {
            let Extent { first, last } = said.extent;
            let (mut label, mut short) = (said.label.clone(), said.short.clone());
            let in_parts = said.in_parts;
            let parts = story.segments(segment.connection, segment.direction, first.packet);
            let parts = parts.take_while(|(packet, _)| packet.moment.packet <= last.packet);
            let parts =
                parts.filter(|(_, it)| it.payload_length > 0 && it.novelty != Novelty::Repeated).take(MOST).count();
            if in_parts && parts > 1 {
                label = format!("end of {label}");
                short = short.map(|short| format!("end of {short}"));
            }
            self.row(packet, segment, label, short);
            if parts > 1 && !in_parts {
                let note = format!("in {}", numbers::counted(parts as u64, "packet"));
                self.note(self.rows.len() - 1, &note);
            }
            at += 1;
        }
        if at > start {
            return;
        }
        let bytes = numbers::bytes(segment.payload_length.into());
        match self.under_way(segment, number) {
            Some(said) if self.whole || said.in_parts => {
                let label = format!("part of {}", said.short.as_ref().unwrap_or(&said.label));
                self.row(packet, segment, label, Some(bytes));
            }
            Some(_) => {}
            None => self.row(packet, segment, bytes, None),
        }
    }

    /// A segment all of which was sent before: what that was.
    fn repetition(&mut self, at: usize, packet: &PacketSeen, segment: &SegmentSeen) {
        let before = self.story.packets.get(..at).unwrap_or_default().iter().rev().take(LOOK_BACK);
        let mut originals = before.filter_map(|packet| match &packet.content {
            PacketContent::Tcp(it) if it.connection == segment.connection && it.direction == segment.direction => {
                let covers = it.novelty != Novelty::Repeated
                    && it.stream_offset <= segment.stream_offset
                    && segment.stream_offset < it.stream_offset.saturating_add(it.payload_length.into());
                covers.then_some(packet.moment.packet)
            }
            _ => None,
        });
        let said = originals.next().and_then(|original| self.under_way(segment, original));
        let (label, short) = match said {
            Some(said) => (said.label.clone(), said.short.clone()),
            None => (numbers::bytes(segment.payload_length.into()), None),
        };
        self.row(packet, segment, label, short);
    }

    /// Where what `packet` completes, or goes on with, begins in `said`.
    fn first_said(&self, segment: &SegmentSeen, packet: u64) -> usize {
        let order = |(connection, direction, packet)| (connection, direction == Direction::Server, packet);
        self.said.partition_point(|said| order(said.key()) < order(key(segment, packet)))
    }

    fn completes(&self, packet: &PacketSeen, segment: &SegmentSeen) -> bool {
        let number = packet.moment.packet;
        let said = self.said.get(self.first_said(segment, number));
        said.is_some_and(|said| said.key() == key(segment, number))
    }

    /// What a packet carries a part of.
    fn under_way(&self, segment: &SegmentSeen, packet: u64) -> Option<&Said> {
        let said = self.said.get(self.first_said(segment, packet))?;
        let same = (said.connection, said.direction) == (segment.connection, segment.direction);
        (same && said.extent.first.packet <= packet).then_some(said)
    }

    fn other(&mut self, packet: &PacketSeen, name: &str) {
        if self.whole {
            self.rows.push(Row { packet: packet.moment.packet, ..caption(name.to_owned()) });
        }
    }

    /// A row that TCP alone has a use for.
    fn tcp(&mut self, packet: &PacketSeen, segment: &SegmentSeen, label: &str) {
        self.arrow(packet, segment, Layer::Transport, label.to_owned(), None);
    }

    fn row(&mut self, packet: &PacketSeen, segment: &SegmentSeen, label: String, short: Option<String>) {
        self.arrow(packet, segment, Layer::Application, label, short);
    }

    fn arrow(
        &mut self,
        packet: &PacketSeen,
        segment: &SegmentSeen,
        layer: Layer,
        label: String,
        short: Option<String>,
    ) {
        let Ok(index) = self.connections.binary_search_by_key(&segment.connection, |it| it.number) else { return };
        let Some(connection) = self.connections.get(index) else { return };
        let hosts = [Direction::Client, Direction::Server].map(|end| self.hosts.index(connection, end));
        let [client, server] = hosts;
        let (from, to) = match segment.direction {
            Direction::Client => (client, server),
            Direction::Server => (server, client),
        };
        // The first between two hosts needs no caption: its arrows say enough.
        let latest = self.latest.insert((client, server), segment.connection);
        if latest.is_some_and(|latest| latest != segment.connection) {
            self.rows.push(caption(format!("connection {}", segment.connection)));
        }
        let lost = self.story.lost.contains(&packet.moment.packet);
        let at = packet.moment.time.since(self.start);
        self.rows.push(Row { packet: packet.moment.packet, at, from, to, label, short, layer, note: None, lost });
    }

    /// Adds a remark to the rows from `first` on.
    fn note(&mut self, first: usize, note: &str) {
        for row in self.rows.iter_mut().skip(first).filter(|row| row.from != row.to) {
            row.note = Some(match row.note.take() {
                Some(before) => format!("{before}, {note}"),
                None => note.to_owned(),
            });
        }
    }
}

fn key(segment: &SegmentSeen, packet: u64) -> (u64, Direction, u64) {
    (segment.connection, segment.direction, packet)
}

fn caption(label: String) -> Row {
    Row { packet: 0, at: 0, from: 0, to: 0, label, short: None, layer: Layer::Session, note: None, lost: false }
}
