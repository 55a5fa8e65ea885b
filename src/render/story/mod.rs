//! A capture as a story: what was found, kept in order, and told as a ladder.
//!
//! Each message or frame is one line. If you only want to know what was said, you don't see how TCP confirms it; the whole
//! ladder has every packet. It doesn't know packets' bytes: what only they show (such as that a frame was lost), it has to be
//! told.

mod said;
mod teller;
mod windows;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use self::teller::Teller;
use self::windows::Windows;
use super::model::Ladder;
use super::model::ladder::Row;
use crate::inspect::event::{Event, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Connection, Direction, Exchange, Frame, HttpMessage, Problem};
use crate::layers::transport::header::{ACK, FIN, RST, SYN};

/// How many records of a kind are kept; more are counted. A story longer than this nobody reads.
const MOST_OF_A_STORY: usize = 1 << 16;

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
    /// Where each connection's entries are in these lists, so that reporting on every connection costs no more than one
    /// pass over all.
    own: HashMap<u64, Own>,
    hosts: Vec<(String, IpAddr)>,
    lost: BTreeSet<u64>,
    /// The packet that completed each head.
    heads: HashMap<HeadOf, u64>,
}

/// Places in a story's lists.
#[derive(Clone, Debug, Default)]
struct Own {
    packets: Vec<usize>,
    /// The client's and the server's packets.
    sides: [Vec<Sent>; 2],
    exchanges: Vec<usize>,
    frames: Vec<usize>,
    record: Option<usize>,
}

/// A packet of one side, and what all of that side's come to up to it: so that nothing is added up or looked for twice.
#[derive(Clone, Copy, Debug)]
struct Sent {
    at: usize,
    number: u64,
    /// Bytes on the medium, of this one and those before it.
    bytes: u64,
    /// The most of the other side's stream that was acknowledged by then, in bytes; nothing if none was.
    acknowledged: Option<u64>,
}

/// A message: its connection, its exchange, and which of the exchange it is: 0 the request, from 1 on the responses.
type HeadOf = (u64, u64, usize);

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
        self.connections.get(self.own.get(&number)?.record?)
    }

    /// The packets of a connection, or all.
    fn packets_of(&self, connection: Option<u64>) -> impl DoubleEndedIterator<Item = &PacketSeen> {
        self.of(connection, |own| &own.packets, &self.packets)
    }

    /// The exchanges of a connection, or all.
    fn exchanges_of(&self, connection: Option<u64>) -> impl Iterator<Item = &Exchange> {
        self.of(connection, |own| &own.exchanges, &self.exchanges)
    }

    /// The frames of a connection, or all.
    pub(super) fn frames_of(&self, connection: Option<u64>) -> impl Iterator<Item = &Frame> {
        self.of(connection, |own| &own.frames, &self.frames)
    }

    fn of<'a, T>(
        &'a self,
        connection: Option<u64>,
        places: fn(&Own) -> &Vec<usize>,
        all: &'a [T],
    ) -> Box<dyn DoubleEndedIterator<Item = &'a T> + 'a> {
        let Some(connection) = connection else { return Box::new(all.iter()) };
        let own = self.own.get(&connection).map(places).map(Vec::as_slice);
        Box::new(own.unwrap_or_default().iter().filter_map(|at| all.get(*at)))
    }

    /// The name of the host with that address, if it has one.
    #[must_use]
    pub fn name_of(&self, address: IpAddr) -> Option<&str> {
        self.hosts.iter().find(|host| host.1 == address).map(|host| host.0.as_str())
    }

    /// The segments of one direction of a connection, from one packet on.
    pub(super) fn segments(
        &self,
        connection: u64,
        direction: Direction,
        from: u64,
    ) -> impl Iterator<Item = (&PacketSeen, &SegmentSeen)> {
        let sent = self.sent(connection, direction);
        let packets = sent[before(sent, from)..].iter().filter_map(|sent| self.packets.get(sent.at));
        packets.filter_map(|packet| match &packet.content {
            PacketContent::Tcp(segment) => Some((packet, segment)),
            _ => None,
        })
    }

    /// How many bytes a side's packets from one number to another took on the medium.
    pub(super) fn bytes_sent(&self, connection: u64, direction: Direction, first: u64, last: u64) -> u64 {
        let sent = self.sent(connection, direction);
        let until = |packet| before(sent, packet).checked_sub(1).map_or(0, |at| sent[at].bytes);
        until(last.saturating_add(1)).saturating_sub(until(first))
    }

    /// The first packet of a side from one number on by which so much of the other side's stream was acknowledged.
    pub(super) fn acknowledged(&self, connection: u64, direction: Direction, from: u64, end: u64) -> Option<u64> {
        let sent = self.sent(connection, direction);
        let enough = sent.partition_point(|it| it.acknowledged.is_none_or(|all| all < end));
        sent.get(enough.max(before(sent, from))).map(|it| it.number)
    }

    fn sent(&self, connection: u64, direction: Direction) -> &[Sent] {
        self.own.get(&connection).map(|own| own.sides[direction as usize].as_slice()).unwrap_or_default()
    }

    /// How many of the shown packets only acknowledge, and how many carry no TCP: what a ladder that is not whole leaves
    /// out.
    #[must_use]
    pub fn unshown(&self) -> (u64, u64) {
        self.unshown_packets().fold(
            (0, 0),
            |(pure, other), (_, acknowledges)| {
                if acknowledges { (pure + 1, other) } else { (pure, other + 1) }
            },
        )
    }

    /// Those packets' numbers, and whether each acknowledges.
    pub(super) fn unshown_packets(&self) -> impl Iterator<Item = (u64, bool)> {
        let mut windows = Windows::default();
        self.packets.iter().filter_map(move |packet| {
            let number = packet.moment.packet;
            match &packet.content {
                PacketContent::Tcp(segment) => {
                    let room = windows.change(segment);
                    (is_pure_acknowledgment(segment) && !room).then_some((number, true))
                }
                _ => Some((number, false)),
            }
        })
    }

    /// Draws the story as a ladder: of one connection or of all; with every packet, or with one line for each message
    /// and frame; in at most `max_rows` rows.
    #[must_use]
    pub fn ladder(&self, connection: Option<u64>, whole: bool, max_rows: Option<usize>) -> Ladder {
        let mut teller = Teller::new(self, connection, whole);
        for packet in self.packets_of(connection) {
            teller.packet(packet);
        }
        let (hosts, rows) = teller.finish();
        Ladder { hosts, rows, numbered: whole, max_rows, ..Ladder::default() }
    }

    /// Both sides of a proxy as one ladder of every packet: the client's connection on the left, the server's on the right.
    #[must_use]
    pub fn across(&self, outer: u64, inner: u64) -> Ladder {
        let sides = [outer, inner].map(|it| self.ladder(Some(it), true, None));
        // Each counts its times from its own beginning.
        let started = |row: &Row| Some(self.packet(row.packet)?.moment.time.0.saturating_sub(row.at));
        let starts = sides.each_ref().map(|it| it.rows.iter().find_map(started));
        let first = starts.into_iter().flatten().min().unwrap_or_default();
        let mut rows = Vec::new();
        for ((side, start), place) in sides.into_iter().zip(starts).zip(0..) {
            let later = start.unwrap_or(first) - first;
            rows.extend(side.rows.into_iter().map(|row| Row {
                at: row.at + later,
                from: row.from + place,
                to: row.to + place,
                ..row
            }));
        }
        rows.sort_by_key(|row| row.packet);
        let hosts = ["client", "proxy", "server"].map(str::to_owned).into();
        Ladder { hosts, rows, numbered: true, ..Ladder::default() }
    }

    /// Whether a packet is of that connection.
    #[must_use]
    pub fn is_of(&self, packet: u64, connection: u64) -> bool {
        self.packet(packet).is_some_and(|it| match &it.content {
            PacketContent::Tcp(segment) => segment.connection == connection,
            _ => false,
        })
    }

    /// The packets that completed the heads of an exchange: its request's, its response's.
    pub fn heads_of(&self, connection: u64, exchange: u64) -> impl Iterator<Item = u64> {
        (0..2).filter_map(move |which| self.heads.get(&(connection, exchange, which)).copied())
    }

    /// Notes which packet completed the latest head of an exchange.
    fn head(&mut self, exchange: &Exchange, which: usize, message: Option<&HttpMessage>) {
        if let Some(message) = message.filter(|_| self.heads.len() < MOST_OF_A_STORY) {
            self.heads.insert((exchange.connection, exchange.index, which), message.extent.last.packet);
        }
    }

    fn own(&mut self, connection: u64) -> &mut Own {
        self.own.entry(connection).or_default()
    }

    /// Keeps a record, if there is room; where it stands then.
    fn keep<T: Clone>(list: &mut Vec<T>, left_out: &mut u64, record: &T) -> Option<usize> {
        let at = list.len();
        if at >= MOST_OF_A_STORY {
            *left_out += 1;
            return None;
        }
        list.push(record.clone());
        Some(at)
    }
}

impl Sink for Story {
    fn event(&mut self, event: Event<'_>) {
        let left_out = &mut self.left_out;
        match event {
            Event::Interface(index, name) => {
                if index < MOST_OF_A_STORY {
                    self.interfaces.resize(self.interfaces.len().max(index + 1), None);
                    self.interfaces[index] = name.map(str::to_owned);
                }
            }
            Event::Packet(it) => {
                let at = Self::keep(&mut self.packets, left_out, it);
                if let (PacketContent::Tcp(segment), Some(at)) = (&it.content, at) {
                    self.own(segment.connection).packet(at, it, segment);
                }
            }
            Event::Closed(it) => {
                let at = Self::keep(&mut self.connections, left_out, it);
                self.own(it.number).record = at;
            }
            Event::Exchange(it) => {
                let at = Self::keep(&mut self.exchanges, left_out, it);
                self.own(it.connection).exchanges.extend(at);
            }
            Event::Frame(it) => {
                let at = Self::keep(&mut self.frames, left_out, it);
                self.own(it.connection).frames.extend(at);
            }
            Event::Turned(connection) => {
                let own = self.own.entry(connection).or_default();
                own.sides.swap(0, 1);
                for at in &own.packets {
                    if let Some(PacketSeen { content: PacketContent::Tcp(segment), .. }) = self.packets.get_mut(*at) {
                        segment.direction = segment.direction.reverse();
                    }
                }
            }
            Event::Problem(it) => {
                Self::keep(&mut self.problems, left_out, it);
            }
            Event::Request(it) => self.head(it, 0, it.request.as_ref().map(|request| &request.message)),
            Event::Response(it) => {
                let responses = it.responses();
                let latest = responses.map(|response| &response.message).enumerate().last();
                self.head(it, latest.map_or(0, |(before, _)| before + 1), latest.map(|(_, message)| message));
            }
            Event::Opened(_)
            | Event::Ended(_)
            | Event::Upgraded(_)
            | Event::Hop(_)
            | Event::Message(_)
            | Event::Bytes(_)
            | Event::Derived(_)
            | Event::Piece(_)
            | Event::Stray(_) => {}
        }
    }
}

impl Own {
    fn packet(&mut self, at: usize, packet: &PacketSeen, segment: &SegmentSeen) {
        self.packets.push(at);
        let side = &mut self.sides[segment.direction as usize];
        let (bytes, before) = side.last().map_or((0, None), |last| (last.bytes, last.acknowledged));
        let acknowledged = (segment.flags & ACK != 0).then_some(segment.acknowledged).max(before);
        let bytes = bytes.saturating_add(packet.original_length.into());
        side.push(Sent { at, number: packet.moment.packet, bytes, acknowledged });
    }
}

/// How many packets stand before that number.
fn before(sent: &[Sent], packet: u64) -> usize {
    sent.partition_point(|it| it.number < packet)
}

fn is_pure_acknowledgment(segment: &SegmentSeen) -> bool {
    segment.payload_length == 0 && segment.flags & (SYN | FIN | RST) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::event::Novelty;
    use crate::inspect::record::{Extent, Fields, Moment, Protocol, Request, Response};
    use crate::render::connection::columns::tests::connection;
    use crate::render::frame::columns::tests::frame;

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
            let sent = &mut self.1[direction as usize];
            let stream_offset = *sent;
            *sent += u64::from(payload_length);
            let segment = SegmentSeen {
                connection: 0,
                direction,
                flags,
                stream_offset,
                acknowledged: 0,
                window: 65_535,
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
            let whole = Exchange { request: Some(request), response: Some(response.into()), ..Exchange::default() };
            // Each head is whole with its message's first packet.
            let mut begun = whole.clone();
            for message in
                [begun.request.as_mut().map(|it| &mut it.message), begun.response.as_mut().map(|it| &mut it.message)]
            {
                let extent = message.map(|message| &mut message.extent).unwrap();
                extent.last = extent.first;
            }
            self.0.event(Event::Request(&begun));
            self.0.event(Event::Response(&begun));
            self.0.event(Event::Exchange(&whole));
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
    fn a_message_is_one_row_where_it_is_whole() {
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
    fn a_response_that_lasts_until_the_connection_closes_is_told_with_the_fin() {
        let mut capture = Capture::new();
        let request = capture.segment(CLIENT, ACK | PSH, 80);
        let first = capture.segment(SERVER, ACK, 1_460);
        let last = capture.segment(SERVER, ACK | FIN, 0);
        capture.exchange((request, request), (first, last));
        assert_eq!(capture.told(false), ["→ GET /", "← 200 OK · 2 000 B, FIN"]);
        assert_eq!(capture.told(true), ["→ GET /", "← 200 OK · 2 000 B", "← FIN"]);
    }

    #[test]
    fn a_message_that_is_never_whole_has_a_row_and_a_packet_without_payload_none_of_its() {
        let mut capture = Capture::new();
        let head = capture.segment(CLIENT, ACK | PSH, 80);
        let response = capture.segment(SERVER, ACK | PSH, 100);
        let end = capture.segment(CLIENT, ACK | FIN, 0);
        // A head that is cut short is over with the FIN.
        for (head, end) in [(head, end), (end, end)] {
            capture.0.exchanges.clear();
            capture.exchange((head, end), (response, response));
            if let Some(request) = &mut capture.0.exchanges[0].request {
                request.message.extent.first = capture.0.packets[0].moment;
                request.message.complete = false;
            }
            for every_packet in [false, true] {
                assert_eq!(capture.told(every_packet), ["→ GET /", "← 200 OK · 2 000 B", "→ FIN"]);
            }
        }
    }

    #[test]
    fn what_one_packet_carries_is_told_in_its_order() {
        let mut capture = Capture::new();
        let request = capture.segment(CLIENT, ACK | PSH, 80);
        let both = capture.segment(SERVER, ACK | PSH, 109);
        let said = Frame { extent: Extent { first: both, last: both }, ..frame(1, b"welcome", false) };
        capture.0.event(Event::Frame(&said));
        capture.exchange((request, request), (both, both));
        assert_eq!(capture.told(true), ["→ GET /", "← 200 OK · 2 000 B", "← text \"welcome\""]);
    }

    #[test]
    fn an_answer_before_the_request_is_whole_stands_below_the_request() {
        let mut capture = Capture::new();
        let head = capture.segment(CLIENT, ACK | PSH, 80);
        let response = capture.segment(SERVER, ACK | PSH, 100);
        let body = capture.segment(CLIENT, ACK | PSH, 2_000);
        capture.exchange((head, body), (response, response));
        assert_eq!(capture.told(false), ["→ GET / (in 2 packets)", "← 200 OK · 2 000 B"]);
        assert_eq!(capture.told(true)[2], "→ part of GET /");
    }

    #[test]
    fn the_whole_story_has_every_packet() {
        let capture = conversation();
        let told = capture.told(true);
        assert_eq!(told.len(), capture.0.packets.len());
        assert_eq!(told[0], "ARP");
        assert_eq!(told[3], "→ ACK");
        assert_eq!(told[7], "← part of 200 OK, FIN");
    }

    #[test]
    fn who_has_no_room_says_so_and_says_when_there_is_some_again() {
        let mut capture = conversation();
        let before = capture.0.unshown();
        for window in [0, 0, 4_096, 4_096] {
            let last = capture.0.packets[3].content.clone();
            let PacketContent::Tcp(segment) = last else { panic!("an acknowledgment") };
            capture.add(PacketContent::Tcp(SegmentSeen { window, ..segment }));
        }
        let told = capture.told(false);
        assert_eq!(told[told.len() - 2..], ["→ ACK, window 0 B", "→ ACK, window 4 096 B"]);
        assert_eq!(capture.0.unshown(), (before.0 + 2, before.1));
    }

    #[test]
    fn an_event_stream_is_told_bit_by_bit() {
        let mut capture = Capture::new();
        let request = capture.segment(CLIENT, ACK | PSH, 80);
        let first = capture.segment(SERVER, ACK | PSH, 100);
        capture.segment(SERVER, ACK | PSH, 30);
        let last = capture.segment(SERVER, ACK | PSH, 30);
        capture.exchange((request, request), (first, last));
        assert_eq!(capture.told(false), ["→ GET /", "← 200 OK · 2 000 B (in 3 packets)"]);
        if let Some(response) = &mut capture.0.exchanges[0].response {
            response.message.headers = Fields::parse(b"Content-Type: text/event-stream\r\n\r\n");
        }
        assert_eq!(capture.told(false), ["→ GET /", "← 200 OK", "← part of 200 OK", "← end of 200 OK · 2 000 B"]);
        // What was cut short has no end.
        if let Some(response) = &mut capture.0.exchanges[0].response {
            response.message.complete = false;
        }
        assert_eq!(capture.told(false), ["→ GET /", "← 200 OK", "← part of 200 OK", "← part of 200 OK"]);
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
        assert_eq!(capture.told(false)[0], "connection 0");
        assert_eq!(capture.told(false)[7..], ["connection 1", "→ SYN"]);
        assert_eq!(capture.0.ladder(Some(1), false, None).rows.len(), 1);
        // To tell of each connection, every record is looked at once.
        let own = |of: fn(&Story, Option<u64>) -> usize| [Some(0), Some(1), Some(2)].map(|it| of(&capture.0, it));
        assert_eq!(own(|story, it| story.packets_of(it).count()), [8, 1, 0]);
        assert_eq!(own(|story, it| story.exchanges_of(it).count()), [1, 0, 0]);
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
