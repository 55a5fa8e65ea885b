//! Turns packets into the rows of a ladder.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use super::said::Said;
use super::windows::Windows;
use super::{ACK, FIN, MOST_OF_A_STORY, RST, SYN, Story};
use crate::capture::Timestamp;
use crate::inspect::event::{Novelty, PacketContent, PacketSeen, SegmentSeen};
use crate::inspect::record::{Connection, Direction, Extent, HttpMessage};
use crate::layers::Layer;
use crate::render::model::ladder::Row;
use crate::render::numbers;

/// How many lifelines are drawn; of more hosts, all clients share one, and all servers.
const MOST_LIFELINES: usize = 6;

/// Which host is where.
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
                if found.len() <= MOST_LIFELINES && !found.contains(&it) {
                    found.push(it);
                }
            }
        }
        let crowded = found.len() > MOST_LIFELINES;
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
            return direction as usize;
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
    whole: bool,
    hosts: Hosts<'a>,
    /// Sorted by connection, direction, and the packet at which each one's row is placed.
    said: Vec<Said>,
    /// By number.
    connections: Vec<&'a Connection>,
    /// When the clock of the ladder starts: the first SYN, else the first packet.
    start: Timestamp,
    /// The connection of the latest row between two hosts: client's and server's place.
    latest: HashMap<(usize, usize), u64>,
    /// The places of clients and servers that have more than one connection.
    several: HashSet<(usize, usize)>,
    windows: Windows,
    /// What each side sent first, by where it stands in the stream: its end and its packet. Of those sides that repeat something.
    sent: HashMap<(u64, Direction), BTreeMap<u64, (u64, u64)>>,
    rows: Vec<Row>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(story: &'a Story, only: Option<u64>, whole: bool) -> Self {
        let mut connections: Vec<&Connection> = match only {
            Some(only) => story.connection(only).into_iter().collect(),
            None => story.connections.iter().collect(),
        };
        connections.sort_unstable_by_key(|connection| connection.number);
        let mut said: Vec<Said> = Vec::new();
        for exchange in story.exchanges_of(only) {
            let at = |which: usize, message: &HttpMessage| {
                let head = story.heads.get(&(exchange.connection, exchange.index, which));
                head.copied().unwrap_or(message.extent.last.packet)
            };
            let request = exchange.request.iter();
            said.extend(request.map(|request| Said::request(exchange, request, at(0, &request.message))));
            let responses = exchange.responses().zip(1..);
            said.extend(responses.map(|(it, which)| Said::response(exchange, it, at(which, &it.message))));
        }
        // Frames come after the exchange that made the connection a WebSocket, even within one packet.
        said.extend(story.frames_of(only).map(Said::frame));
        for said in &mut said {
            said.at = row_of(story, said, whole);
        }
        // A stable sort: what one packet carries stays in its order.
        said.sort_by_key(|said| (said.connection, said.direction == Direction::Server, said.at));
        let opens = |packet: &&PacketSeen| match &packet.content {
            PacketContent::Tcp(segment) => segment.flags & (SYN | ACK) == SYN,
            _ => false,
        };
        let start = story.packets_of(only).find(opens).or(story.packets_of(only).next());
        let hosts = Hosts::of(story, &connections);
        let (mut met, mut several) = (HashSet::new(), HashSet::new());
        for connection in &connections {
            let pair = (hosts.index(connection, Direction::Client), hosts.index(connection, Direction::Server));
            if !met.insert(pair) {
                several.insert(pair);
            }
        }
        Self {
            story,
            whole,
            hosts,
            several,
            said,
            connections,
            start: start.map_or(Timestamp::default(), |packet| packet.moment.time),
            latest: HashMap::new(),
            windows: Windows::default(),
            sent: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// The hosts, from left to right, and what they sent each other.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Row>) {
        (self.hosts.names(), self.rows)
    }

    pub(super) fn packet(&mut self, packet: &PacketSeen) {
        match &packet.content {
            PacketContent::Tcp(segment) => self.segment(packet, segment),
            PacketContent::Arp => self.other(packet, "ARP"),
            PacketContent::Fragment => self.other(packet, "IP fragment"),
            PacketContent::Other(name) => self.other(packet, name),
            PacketContent::Damaged(_) => self.other(packet, "damaged packet"),
        }
    }

    fn segment(&mut self, packet: &PacketSeen, segment: &SegmentSeen) {
        let first = self.rows.len();
        let again = match segment.novelty {
            Novelty::Repeated => Some("sent again"),
            Novelty::Copy => Some("captured twice"),
            _ => None,
        };
        if segment.flags & SYN != 0 {
            self.tcp(packet, segment, if segment.flags & ACK == 0 { "SYN" } else { "SYN, ACK" });
        }
        if segment.payload_length > 0 {
            if again.is_some() {
                self.repetition(packet, segment);
            } else {
                self.data(packet, segment);
            }
        } else if self.stands_at(packet, segment) {
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
        if let Some(again) = again {
            self.note(first, again);
        }
        if self.story.lost.contains(&packet.moment.packet) {
            self.note(first, "lost");
        }
    }

    /// FIN and RST: added to the row of what they're sent with, or on their own row.
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

    /// A segment that brings something new: whatever is placed at it, or if that's nothing, whatever it continues.
    fn data(&mut self, packet: &PacketSeen, segment: &SegmentSeen) {
        let number = packet.moment.packet;
        let story = self.story;
        let start = self.first_said(segment, number);
        let mut at = start;
        while let Some(said) = self.said.get(at).filter(|said| said.key() == key(segment, number)) {
            let (label, short, in_parts) = (said.label.clone(), said.short.clone(), said.in_parts);
            let parts = carriers(story, said, said.extent.last.packet).take(MOST_OF_A_STORY).count();
            match short {
                // Its size is shown with its end.
                Some(short) if parts > 1 && in_parts => self.row(packet, segment, short, None),
                short => self.row(packet, segment, label, short),
            }
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
            Some(said) if said.in_parts && said.complete && said.extent.last.packet == number => {
                let short = said.short.as_ref().map(|short| format!("end of {short}"));
                self.row(packet, segment, format!("end of {}", said.label), short);
            }
            Some(said) if self.whole || said.in_parts => self.row(packet, segment, part_of(said), Some(bytes)),
            Some(_) => {}
            None => self.row(packet, segment, bytes, None),
        }
    }

    /// A segment whose bytes were all sent before: what they were.
    fn repetition(&mut self, packet: &PacketSeen, segment: &SegmentSeen) {
        let number = packet.moment.packet;
        let (story, offset) = (self.story, segment.stream_offset);
        let side = self.sent.entry((segment.connection, segment.direction)).or_insert_with(|| {
            let sent = story.segments(segment.connection, segment.direction, 0);
            let sent = sent.filter(|(_, it)| is_new(it)).map(|(packet, it)| {
                (it.stream_offset, (it.stream_offset.saturating_add(it.payload_length.into()), packet.moment.packet))
            });
            // Of several that begin alike, the first.
            let mut by_offset = BTreeMap::new();
            sent.for_each(|(start, what)| {
                by_offset.entry(start).or_insert(what);
            });
            by_offset
        });
        let original = side.range(..=offset).next_back().map(|(_, original)| *original);
        let original = original.filter(|(end, packet)| offset < *end && *packet < number).map(|(_, packet)| packet);
        let bytes = numbers::bytes(segment.payload_length.into());
        let said = original.and_then(|original| self.under_way(segment, original));
        let (label, short) = match said {
            Some(said) => (said.label.clone(), said.short.clone()),
            None => (bytes, None),
        };
        self.row(packet, segment, label, short);
    }

    /// Where, in `said`, the things placed at `packet` or later begin.
    fn first_said(&self, segment: &SegmentSeen, packet: u64) -> usize {
        let order = |(connection, direction, packet)| (connection, direction == Direction::Server, packet);
        self.said.partition_point(|said| order(said.key()) < order(key(segment, packet)))
    }

    /// Whether anything is shown at that packet.
    fn stands_at(&self, packet: &PacketSeen, segment: &SegmentSeen) -> bool {
        let number = packet.moment.packet;
        let said = self.said.get(self.first_said(segment, number));
        said.is_some_and(|said| said.key() == key(segment, number))
    }

    /// What a packet carries, or a part of it.
    fn under_way(&self, segment: &SegmentSeen, packet: u64) -> Option<&Said> {
        let next = self.first_said(segment, packet);
        let around = [Some(next), next.checked_sub(1)].into_iter().flatten().filter_map(|at| self.said.get(at));
        let mut same = around.filter(|said| {
            let Extent { first, last } = said.extent;
            (said.connection, said.direction) == (segment.connection, segment.direction)
                && (first.packet..=last.packet.max(said.at)).contains(&packet)
        });
        same.next()
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
        // The only one between two hosts needs no caption: its arrows say enough.
        let latest = self.latest.insert((client, server), segment.connection);
        if latest != Some(segment.connection) && self.is_one_of_several(client, server) {
            self.rows.push(caption(format!("connection {}", segment.connection)));
        }
        let lost = self.story.lost.contains(&packet.moment.packet);
        let at = packet.moment.time.since(self.start);
        self.rows.push(Row { packet: packet.moment.packet, at, from, to, label, short, layer, note: None, lost });
    }

    /// Whether these two hosts have more than one connection that's shown.
    fn is_one_of_several(&self, client: usize, server: usize) -> bool {
        self.several.contains(&(client, server))
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

/// The packets up to `last` that carry something new of this message or frame.
fn carriers<'a>(story: &'a Story, said: &Said, last: u64) -> impl Iterator<Item = u64> + use<'a> {
    let segments = story.segments(said.connection, said.direction, said.extent.first.packet);
    let until = segments.take_while(move |(packet, _)| packet.moment.packet <= last);
    let new = until.filter(|(_, it)| is_new(it));
    new.map(|(packet, _)| packet.moment.packet)
}

/// The packet at which something is shown. In a ladder of every packet, that's where its head is complete. If one line
/// shows all of it, that's where all of it has arrived, unless the other side spoke before that, or it was never
/// completed.
fn row_of(story: &Story, said: &Said, every_packet: bool) -> u64 {
    let (head, last) = (said.at, said.extent.last.packet);
    let answer = || {
        let other_side = story.segments(said.connection, said.direction.reverse(), head);
        let mut before = other_side.take_while(|(packet, _)| packet.moment.packet < last);
        before.any(|(_, it)| is_new(it))
    };
    if !every_packet && said.complete && !said.in_parts && !answer() {
        return last;
    }
    // Something that ends incomplete ends with a FIN or RST, which may carry nothing of it.
    let carries = story.packet(head).is_some_and(|packet| match &packet.content {
        PacketContent::Tcp(it) => (it.connection, it.direction) == (said.connection, said.direction) && is_new(it),
        _ => false,
    });
    if carries { head } else { carriers(story, said, head).last().unwrap_or(head) }
}

/// Whether a segment carries something that was not there before.
fn is_new(segment: &SegmentSeen) -> bool {
    segment.payload_length > 0 && !is_again(segment)
}

/// Whether all of a segment was there before.
fn is_again(segment: &SegmentSeen) -> bool {
    matches!(segment.novelty, Novelty::Repeated | Novelty::Copy)
}

fn part_of(said: &Said) -> String {
    format!("part of {}", said.short.as_ref().unwrap_or(&said.label))
}

fn key(segment: &SegmentSeen, packet: u64) -> (u64, Direction, u64) {
    (segment.connection, segment.direction, packet)
}

fn caption(label: String) -> Row {
    Row { packet: 0, at: 0, from: 0, to: 0, label, short: None, layer: Layer::Session, note: None, lost: false }
}
