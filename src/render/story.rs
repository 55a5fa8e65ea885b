//! A capture as a story: what was found, kept in order, and told as a ladder.
//!
//! One line a message or frame; who only wants to know what was said is not shown how TCP confirms it. The whole ladder
//! has every packet. Knows no packet's bytes: what only these tell (that a frame was lost, say) it must be told.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::ladder::{Ladder, Row};
use super::numbers;
use crate::capture::Timestamp;
use crate::explain;
use crate::inspect::event::{Event, Novelty, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Connection, Direction, Exchange, Extent, Frame, Problem, Request, Response};
use crate::layers::Layer;

/// How many records of a kind are kept; more are counted. A story longer than this nobody reads.
const MOST: usize = 1 << 16;
/// How many lifelines are drawn; of more hosts, all clients share one, and all servers.
const MOST_HOSTS: usize = 6;
/// How much of a target or payload a label quotes, in characters.
const QUOTED: usize = 60;
/// How far back the first sending of a repeated segment is looked for, in packets.
const LOOK_BACK: usize = 1 << 12;

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// What was found, in the order of its packets. A [`Sink`]: give it the events of a capture, or of a part of it.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// What the interfaces are called, by index.
    pub interfaces: Vec<Option<String>>,
    /// The packets.
    pub packets: Vec<PacketSeen>,
    /// The connections that ended, or were open when the capture ended.
    pub connections: Vec<Connection>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// The frames.
    pub frames: Vec<Frame>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// How many records were not kept.
    pub left_out: u64,
    hosts: Vec<(String, IpAddr)>,
    lost: BTreeSet<u64>,
}

impl Story {
    /// A story of hosts that have names, from left to right.
    #[must_use]
    pub fn of_hosts(hosts: Vec<(String, IpAddr)>) -> Self {
        Self { hosts, ..Self::default() }
    }

    /// Tells that a packet never arrived.
    pub fn lose(&mut self, packet: u64) {
        self.lost.insert(packet);
    }

    /// The packet of that number.
    #[must_use]
    pub fn packet(&self, number: u64) -> Option<&PacketSeen> {
        let index = self.packets.binary_search_by_key(&number, |packet| packet.moment.packet).ok()?;
        self.packets.get(index)
    }

    /// The connection of that number.
    #[must_use]
    pub fn connection(&self, number: u64) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.number == number)
    }

    /// The segments of one direction of a connection, from one packet to another.
    pub(super) fn segments(
        &self,
        connection: u64,
        direction: Direction,
        from: u64,
    ) -> impl Iterator<Item = (&PacketSeen, &SegmentSeen)> {
        let start = self.packets.partition_point(|packet| packet.moment.packet < from);
        let segments = self.packets.iter().skip(start).filter_map(|packet| match &packet.content {
            PacketContent::Tcp(segment) => Some((packet, segment)),
            _ => None,
        });
        segments.filter(move |(_, segment)| segment.connection == connection && segment.direction == direction)
    }

    /// How many of the shown packets only acknowledge, and how many carry no TCP: what a ladder that is not whole leaves
    /// out.
    #[must_use]
    pub fn unshown(&self) -> (u64, u64) {
        let (mut pure, mut other) = (0, 0);
        for packet in &self.packets {
            match &packet.content {
                PacketContent::Tcp(segment) => pure += u64::from(is_pure_acknowledgment(segment)),
                _ => other += 1,
            }
        }
        (pure, other)
    }

    /// Draws the story as a ladder: of one connection, or of all; every packet of it, or a line a message and frame;
    /// in so many rows at most.
    #[must_use]
    pub fn ladder(&self, connection: Option<u64>, whole: bool, max_rows: Option<usize>) -> Ladder {
        let mut teller = Teller::new(self, connection, whole);
        for (at, packet) in self.packets.iter().enumerate() {
            teller.packet(at, packet);
        }
        Ladder { hosts: teller.hosts.names(), rows: teller.rows, numbered: whole, max_rows }
    }

    fn keep<T: Clone>(list: &mut Vec<T>, left_out: &mut u64, record: &T) {
        if list.len() < MOST {
            list.push(record.clone());
        } else {
            *left_out += 1;
        }
    }
}

impl Sink for Story {
    fn event(&mut self, event: Event<'_>) {
        let left_out = &mut self.left_out;
        match event {
            Event::Interface(index, name) => {
                if index < MOST {
                    self.interfaces.resize(self.interfaces.len().max(index + 1), None);
                    self.interfaces[index] = name.map(str::to_owned);
                }
            }
            Event::Packet(packet) => Self::keep(&mut self.packets, left_out, packet),
            Event::Closed(connection) => Self::keep(&mut self.connections, left_out, connection),
            Event::Exchange(exchange) => Self::keep(&mut self.exchanges, left_out, exchange),
            Event::Frame(frame) => Self::keep(&mut self.frames, left_out, frame),
            Event::Problem(problem) => Self::keep(&mut self.problems, left_out, problem),
            Event::Opened(_)
            | Event::Request(_)
            | Event::Response(_)
            | Event::Upgraded(_)
            | Event::Message(_)
            | Event::Bytes(_)
            | Event::Piece(_) => {}
        }
    }
}

fn is_pure_acknowledgment(segment: &SegmentSeen) -> bool {
    segment.payload_length == 0 && segment.flags & (SYN | FIN | RST) == 0
}

/// Something that was said: a message or a frame.
struct Said {
    connection: u64,
    direction: Direction,
    extent: Extent,
    label: String,
    short: Option<String>,
}

impl Said {
    fn request(exchange: &Exchange, request: &Request) -> Self {
        let label = format!("{} {}", quote(&request.method), quote(&request.target));
        Self::new(exchange.connection, Direction::Client, request.message.extent, label, None)
    }

    fn response(exchange: &Exchange, response: &Response) -> Self {
        let reason = quote(&response.reason);
        let status = format!("{} {reason}", response.status).trim_end().to_owned();
        let (label, short) = match (&exchange.upgraded, response.message.body_bytes) {
            (Some(to), _) if response.status == 101 => (status, Some(format!("101 → {}", quote(to.as_bytes())))),
            (_, 0) => (status, None),
            (_, bytes) => (format!("{status} · {}", numbers::bytes(bytes)), Some(status)),
        };
        Self::new(exchange.connection, Direction::Server, response.message.extent, label, short)
    }

    fn frame(frame: &Frame) -> Self {
        let name = frame_name(frame);
        let plain = match (frame.opcode, frame.close_code) {
            (8, Some(code)) => match frame.close_reason.as_deref() {
                None | Some([]) => format!("{name} {code}"),
                Some(reason) => format!("{name} {code} \"{}\"", quote(reason)),
            },
            _ if frame.payload_bytes == 0 => name,
            // A compressed payload (RSV1) is no text, and a text's continuation may begin inside a character.
            (1 | 9 | 10, _) if frame.rsv & 4 == 0 => format!("{name} \"{}\"", quote(&frame.payload)),
            _ => format!("{name} {}", numbers::bytes(frame.payload_bytes)),
        };
        let masked = frame.mask_key.map(|_| format!("{plain} masked"));
        let (label, short) = match masked {
            Some(masked) => (masked, Some(plain)),
            None => (plain, None),
        };
        Self::new(frame.connection, frame.direction, frame.extent, label, short)
    }

    fn new(connection: u64, direction: Direction, extent: Extent, label: String, short: Option<String>) -> Self {
        Self { connection, direction, extent, label, short }
    }

    fn key(&self) -> (u64, Direction, u64) {
        (self.connection, self.direction, self.extent.last.packet)
    }
}

/// "text", "close", "opcode 11".
pub(super) fn frame_name(frame: &Frame) -> String {
    let known = explain::opcode(frame.opcode).filter(|opcode| opcode.opcodes.clone().count() == 1);
    known.map_or_else(|| format!("opcode {}", frame.opcode), |opcode| opcode.name.to_owned())
}

/// The beginning of something captured.
fn quote(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..QUOTED * 4).unwrap_or(bytes));
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Who stands where.
struct Hosts<'a> {
    named: &'a [(String, IpAddr)],
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
        Self { named: &story.hosts, found, crowded }
    }

    fn index(&self, connection: &Connection, direction: Direction) -> usize {
        let address = address(connection, direction);
        if let Some(index) = self.named.iter().position(|(_, named)| *named == address) {
            return index;
        }
        if self.crowded {
            return usize::from(direction == Direction::Server);
        }
        self.found.iter().position(|found| *found == (address, direction)).unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        if !self.named.is_empty() {
            return self.named.iter().map(|(name, _)| name.clone()).collect();
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
struct Teller<'a> {
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
    /// The connection of the latest row.
    latest: Option<u64>,
    rows: Vec<Row>,
}

impl<'a> Teller<'a> {
    fn new(story: &'a Story, only: Option<u64>, whole: bool) -> Self {
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
            latest: None,
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

    fn shows(&self, packet: &PacketSeen) -> bool {
        match (&packet.content, self.only) {
            (PacketContent::Tcp(segment), Some(only)) => segment.connection == only,
            (_, None) => true,
            (_, Some(_)) => false,
        }
    }

    fn packet(&mut self, at: usize, packet: &PacketSeen) {
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
        }
        self.end(first, packet, segment);
        if self.whole && self.rows.len() == first {
            self.tcp(packet, segment, if segment.novelty == Novelty::KeepAlive { "keep-alive probe" } else { "ACK" });
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
            let (label, short) = (said.label.clone(), said.short.clone());
            let parts = story.segments(segment.connection, segment.direction, first.packet);
            let parts = parts.take_while(|(packet, _)| packet.moment.packet <= last.packet);
            let parts =
                parts.filter(|(_, it)| it.payload_length > 0 && it.novelty != Novelty::Repeated).take(MOST).count();
            self.row(packet, segment, label, short);
            if parts > 1 {
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
            Some(said) if self.whole => {
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
        let original = before.filter_map(|packet| match &packet.content {
            PacketContent::Tcp(it) if it.connection == segment.connection && it.direction == segment.direction => {
                let covers = it.stream_offset <= segment.stream_offset
                    && segment.stream_offset < it.stream_offset.saturating_add(it.payload_length.into());
                covers.then_some(packet.moment.packet)
            }
            _ => None,
        });
        let said = original.last().and_then(|original| self.under_way(segment, original));
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
        let (from, to) = (segment.direction, segment.direction.reverse());
        let (from, to) = (self.hosts.index(connection, from), self.hosts.index(connection, to));
        // The first needs no caption: it is where one starts to read.
        if self.latest.is_some_and(|latest| latest != segment.connection) {
            self.rows.push(caption(format!("connection {}", segment.connection)));
        }
        self.latest = Some(segment.connection);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{HttpMessage, Moment, Protocol};
    use crate::render::connections::tests::connection;

    const CLIENT: Direction = Direction::Client;
    const SERVER: Direction = Direction::Server;
    const PSH: u8 = 8;

    /// A packet a millisecond, numbered from 1.
    struct Capture(Story, [u64; 2]);

    impl Capture {
        fn new() -> Self {
            let mut story = Story::default();
            story.event(Event::Closed(&Connection { protocol: Protocol::Http1, ..connection() }));
            Self(story, [0, 0])
        }

        fn moment(&self) -> Moment {
            let packet = self.0.packets.len() as u64;
            Moment { packet, time: Timestamp(packet * 1_000_000) }
        }

        fn add(&mut self, content: PacketContent) {
            let packet = self.0.packets.len() as u64 + 1;
            let moment = Moment { packet, time: Timestamp(packet * 1_000_000) };
            let lengths = (60, 60);
            let seen =
                PacketSeen { moment, interface: 0, original_length: lengths.0, captured_length: lengths.1, content };
            self.0.event(Event::Packet(&seen));
        }

        fn segment(&mut self, direction: Direction, flags: u8, payload_length: u32) -> Moment {
            let novelty = if payload_length > 0 { Novelty::InOrder } else { Novelty::Empty };
            let sent = &mut self.1[usize::from(direction == SERVER)];
            let stream_offset = *sent;
            *sent += u64::from(payload_length);
            let segment = SegmentSeen {
                connection: 0,
                direction,
                flags,
                stream_offset,
                acknowledged: 0,
                window: 0,
                payload_length,
                novelty,
            };
            self.add(PacketContent::Tcp(segment));
            self.moment()
        }

        fn again(&mut self) {
            let last = self.0.packets.iter().rev().find_map(|packet| match packet.content {
                PacketContent::Tcp(segment) => Some(segment),
                _ => None,
            });
            self.add(PacketContent::Tcp(SegmentSeen { novelty: Novelty::Repeated, ..last.unwrap() }));
        }

        fn exchange(&mut self, request: (Moment, Moment), response: (Moment, Moment)) {
            let message = |(first, last)| HttpMessage {
                version: (1, 1),
                extent: Extent { first, last },
                body_bytes: 2_000,
                complete: true,
                ..HttpMessage::default()
            };
            let request = Request { method: b"GET".into(), target: b"/".into(), message: message(request) };
            let response = Response { status: 200, reason: b"OK".into(), message: message(response) };
            let exchange = Exchange { request: Some(request), response: Some(response), ..Exchange::default() };
            self.0.event(Event::Exchange(&exchange));
        }

        fn told(&self, whole: bool) -> Vec<String> {
            let row = |row: &Row| {
                let arrow = match (row.from, row.to) {
                    (0, 1) => "→ ",
                    (1, 0) => "← ",
                    _ => "",
                };
                let note = row.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
                format!("{arrow}{}{note}", row.label)
            };
            self.0.ladder(None, whole, None).rows.iter().map(row).collect()
        }
    }

    fn conversation() -> Capture {
        let mut capture = Capture::new();
        capture.add(PacketContent::Arp);
        capture.segment(CLIENT, SYN, 0);
        capture.segment(SERVER, SYN | ACK, 0);
        capture.segment(CLIENT, ACK, 0);
        let request = capture.segment(CLIENT, ACK | PSH, 80);
        capture.again();
        let first = capture.segment(SERVER, ACK, 1_460);
        let last = capture.segment(SERVER, ACK | PSH | FIN, 700);
        capture.segment(CLIENT, RST, 0);
        capture.exchange((request, request), (first, last));
        capture.0.lose(request.packet);
        capture
    }

    #[test]
    fn a_message_is_one_row_at_its_last_packet() {
        assert_eq!(
            conversation().told(false),
            [
                "→ SYN",
                "← SYN, ACK",
                "→ GET / · 2 000 B (lost)",
                "→ GET / · 2 000 B (sent again)",
                "← 200 OK · 2 000 B, FIN (in 2 packets)",
                "→ RST"
            ]
            .map(|row| row.replace("GET / · 2 000 B", "GET /"))
        );
    }

    #[test]
    fn the_whole_story_has_every_packet() {
        let capture = conversation();
        let told = capture.told(true);
        assert_eq!(told.len(), capture.0.packets.len());
        assert_eq!(told[0], "ARP");
        assert_eq!(told[3], "→ ACK");
        assert_eq!(told[6], "← part of 200 OK");
    }

    #[test]
    fn the_clock_starts_with_the_first_syn() {
        let rows = conversation().0.ladder(None, false, None).rows;
        assert_eq!(rows.iter().map(|row| row.at / 1_000_000).take(3).collect::<Vec<_>>(), [0, 1, 3]);
    }

    #[test]
    fn another_connection_is_announced() {
        let mut capture = conversation();
        capture.0.event(Event::Closed(&Connection { number: 1, ..connection() }));
        let mut syn = capture.0.packets[1].clone();
        syn.moment = Moment { packet: 10, time: Timestamp(10_000_000) };
        if let PacketContent::Tcp(segment) = &mut syn.content {
            segment.connection = 1;
        }
        capture.0.event(Event::Packet(&syn));
        assert_eq!(capture.told(false)[6..], ["connection 1", "→ SYN"]);
        assert_eq!(capture.0.ladder(Some(1), false, None).rows.len(), 1);
    }

    #[test]
    fn on_a_loopback_interface_there_are_still_two_hosts() {
        let mut capture = conversation();
        capture.0.connections[0].client = ([127, 0, 0, 1], 40_000).into();
        capture.0.connections[0].server = ([127, 0, 0, 1], 80).into();
        assert_eq!(capture.0.ladder(None, false, None).hosts, ["client", "server"]);
        assert_eq!(capture.told(false)[0], "→ SYN");
    }

    #[test]
    fn what_nobody_decodes_is_told_in_bytes() {
        let mut capture = Capture::new();
        capture.segment(CLIENT, ACK | PSH, 517);
        assert_eq!(capture.told(false), ["→ 517 B"]);
    }
}
