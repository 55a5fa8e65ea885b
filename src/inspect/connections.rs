//! Connections: which packets belong to which, and which of them are remembered.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::net::SocketAddr;

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::event::Arrived;
use super::output::Output;
use super::pair::Pair;
use super::record::{Closed, Connection, Moment};
use super::tracked::{Tracked, changes, whole};
use crate::capture::Timestamp;
use crate::layers::Source;
use crate::layers::stack::{Complaint, Plain, TcpPacket};
use crate::layers::transport::header::SYN;
use crate::layers::transport::{Segment, Stamp};
use crate::limits::{ENDED_TIMEOUT, MAX_ENDED, MAX_STATE_BYTES};

/// All connections that haven't been forgotten.
#[derive(Debug, Default)]
pub(super) struct Connections {
    by_pair: HashMap<Pair, Box<Tracked>, RandomState>,
    next_number: u64,
    /// Connections that ended and haven't been reported yet, oldest first, and when they ended.
    lingering: VecDeque<Ended>,
    /// When to report the first of them, in nanoseconds since 1970.
    due: u64,
    /// Connections that ended and were reported.
    told: VecDeque<Ended>,
    /// Bytes of memory that the connections hold, roughly.
    held: usize,
    /// The one to be followed, if it's only one.
    lane: Option<(Pair, Lane)>,
    /// Every connection once, by its last packet at the time it was put here: the lowest has been idle for longest, unless
    /// it has had another packet since.
    idle: BinaryHeap<Reverse<(u64, Pair)>>,
}

/// Where one connection is in a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its number.
    pub connection: u64,
    /// Its ends.
    pub ends: [SocketAddr; 2],
    /// Its first packet.
    pub first: u64,
    /// Its last.
    pub last: u64,
}

impl Lane {
    /// The lane of a connection, as far as it was read.
    #[must_use]
    pub fn of(record: &Connection) -> Self {
        let Connection { number, client, server, extent, .. } = record;
        Self { connection: *number, ends: [*client, *server], first: extent.first.packet, last: extent.last.packet }
    }
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    at: u64,
    pair: Pair,
    number: u64,
}

impl Connections {
    /// That connection alone.
    pub(super) fn of(lane: &Lane) -> Self {
        Self { lane: Some((Pair::between(lane.ends), *lane)), next_number: lane.connection, ..Self::default() }
    }

    /// What is known of a connection that is not forgotten.
    pub(super) fn record(&self, number: u64) -> Option<&Connection> {
        self.by_pair.values().map(|tracked| &tracked.record).find(|record| record.number == number)
    }

    /// Whether a packet between two endpoints is one to be taken.
    fn takes(&self, packet: u64, pair: Pair) -> bool {
        self.lane.is_none_or(|(of_it, Lane { first, last, .. })| of_it == pair && (first..=last).contains(&packet))
    }

    /// Takes a packet of the usual kind, if only counts are asked for: a segment of a known connection that continues its
    /// stream and opens or ends nothing. Does with it what [`packet`](Self::packet) would do, which has to take the packet
    /// if this returns false.
    #[inline]
    pub(super) fn plain(&mut self, plain: &Plain<'_>, source: Source, out: &mut Output<'_>) -> bool {
        let (header, at) = (&plain.header, plain.offset + plain.header.header_length);
        self.let_go(source.ready.time.0, out);
        let (pair, up) = Pair::of(plain.hosts, header);
        let source = Source { offset: at as u64, ..source };
        let Some(tracked) = self.by_pair.get_mut(&pair) else { return false };
        if !tracked.path.is_plain() {
            return false;
        }
        if out.asked.only == Some(tracked.record.number) {
            return false;
        }
        out.look_at(tracked.record.number);
        if !tracked.plain((header, plain.mark), up, source, out) {
            return false;
        }
        if !header.payload.is_empty() {
            tracked.weigh(&mut self.held);
            if self.held > MAX_STATE_BYTES {
                self.evict(source, out);
            }
        }
        true
    }

    /// Takes an ICMP message about a segment. Does nothing if its connection isn't known.
    pub(super) fn complaint(&mut self, complaint: &Complaint, source: Source, out: &mut Output<'_>) {
        if let Some(tracked) = self.by_pair.get_mut(&Pair::between(complaint.ends)) {
            tracked.complaint(complaint, source, out);
        }
    }

    /// Takes a packet with a TCP segment. `pieces` divides the segment's payload where it came in several packets.
    pub(super) fn packet(
        &mut self,
        tcp: &TcpPacket<'_>,
        arrived: Arrived,
        pieces: &[(usize, Source)],
        source: Source,
        out: &mut Output<'_>,
    ) {
        self.let_go(source.ready.time.0, out);
        let header = &tcp.header;
        let (mut pair, up) = Pair::of([tcp.source.into(), tcp.destination.into()], header);
        if !self.takes(source.ready.packet, pair) {
            return;
        }
        let whole = whole(header, tcp.cut, Stamp::new(source.ready.time, tcp.mark, out.tap).of(header));
        let tracked = match self.by_pair.get_mut(&pair) {
            Some(tracked) if tracked.path == tcp.path && !header.has(SYN) => tracked,
            _ => {
                let Some(found) = self.place(pair, tcp, up, &whole) else { return };
                pair = found;
                self.replace(pair, tcp, up, &whole, source, out);
                self.by_pair.entry(pair).or_insert_with(|| {
                    let number = self.next_number;
                    self.next_number += 1;
                    out.summary.tcp_connections += 1;
                    let streams = [out.next_stream(), out.next_stream()];
                    Box::new(Tracked::new(number, streams, tcp, up, arrived))
                })
            }
        };
        out.look_at(tracked.record.number);
        let is_new = tracked.record.packets == 0;
        if is_new {
            self.idle.push(Reverse((source.ready.packet, pair)));
        }
        tracked.packet(tcp, &whole, (up, arrived), pieces, is_new, source, out);
        if is_new || changes(&whole) {
            tracked.weigh(&mut self.held);
        }
        if tracked.ends(source, out) {
            self.lingering.push_back(Ended { at: source.ready.time.0, pair, number: tracked.record.number });
            // Whether it's the first of them, or one too many, is checked with the next packet.
            self.due = 0;
        }
        if self.held > MAX_STATE_BYTES {
            self.evict(source, out);
        }
        if self.idle.len() > 2 * self.by_pair.len() + 1024 {
            // Most of it belongs to connections that are forgotten already.
            let last = |tracked: &Tracked| tracked.record.extent.last.packet;
            self.idle = self.by_pair.iter().map(|(pair, tracked)| Reverse((last(tracked), *pair))).collect();
        }
    }

    /// Where the connection of a packet between two endpoints is, or is to be; `None` if it isn't to be followed. Hosts in other
    /// networks may have the same addresses. But one connection may also be seen in several, as at both sides of a router: its
    /// sequence numbers tell that.
    fn place(&mut self, pair: Pair, tcp: &TcpPacket<'_>, up: bool, segment: &Segment<'_>) -> Option<Pair> {
        let own = pair.within(tcp.path);
        match self.by_pair.get(&pair) {
            Some(first) if first.path == tcp.path => return Some(pair),
            _ if self.by_pair.contains_key(&own) => return Some(own),
            _ => {}
        }
        let fits = self.by_pair.get_mut(&pair).is_none_or(|first| first.is_also_on(tcp, up, segment));
        if fits { Some(pair) } else { self.lane.is_none().then_some(own) }
    }

    /// A SYN that opens another connection between the same endpoints ends the one before it.
    fn replace(
        &mut self,
        pair: Pair,
        tcp: &TcpPacket<'_>,
        up: bool,
        segment: &Segment<'_>,
        source: Source,
        out: &mut Output<'_>,
    ) {
        if tcp.header.has(SYN)
            && tcp.damage().is_none()
            && let Some(tracked) = self.by_pair.get(&pair)
            && tracked.is_another(up, segment)
            && let Some(mut old) = self.by_pair.remove(&pair)
        {
            self.held -= old.held;
            out.look_at(old.record.number);
            old.close(source, out);
        }
    }

    /// Forgets the connections that have been idle for longest, until the budget is met.
    fn evict(&mut self, source: Source, out: &mut Output<'_>) {
        while self.held > MAX_STATE_BYTES
            && let Some(Reverse((packet, pair))) = self.idle.pop()
        {
            let Some(tracked) = self.by_pair.get_mut(&pair) else { continue };
            let last = tracked.record.extent.last.packet;
            if last > packet {
                self.idle.push(Reverse((last, pair)));
                continue;
            }
            self.held -= tracked.held;
            if !tracked.ended {
                tracked.record.closed = Closed::Evicted;
                out.summary.evicted += 1;
            }
            out.look_at(tracked.record.number);
            tracked.close(source, out);
            self.by_pair.remove(&pair);
        }
    }

    /// The capture is over: every connection that is left ends with it.
    pub(super) fn finish(&mut self, source: Source, out: &mut Output<'_>) {
        let mut left: Vec<_> = self.by_pair.drain().map(|(_, tracked)| tracked).collect();
        left.sort_unstable_by_key(|tracked| tracked.record.number);
        (self.held, self.idle) = (0, BinaryHeap::new());
        for mut tracked in left {
            out.look_at(tracked.record.number);
            tracked.close(source, out);
        }
    }

    /// Reports connections that ended long enough ago; forgets those that ended longest ago.
    #[inline]
    fn let_go(&mut self, now: u64, out: &mut Output<'_>) {
        if now >= self.due {
            self.let_go_first(now, out);
        }
    }

    fn let_go_first(&mut self, now: u64, out: &mut Output<'_>) {
        while let Some(ended) = self.lingering.front()
            && (now.saturating_sub(ended.at) >= ENDED_TIMEOUT || self.lingering.len() > MAX_ENDED)
        {
            self.tell_first(out);
        }
        self.due = self.lingering.front().map_or(u64::MAX, |ended| ended.at.saturating_add(ENDED_TIMEOUT));
    }

    fn tell_first(&mut self, out: &mut Output<'_>) {
        let Some(ended) = self.lingering.pop_front() else { return };
        if let Some(tracked) = self.by_pair.get_mut(&ended.pair).filter(|t| t.record.number == ended.number) {
            let last = Moment { time: Timestamp(ended.at), ..tracked.record.extent.last };
            out.look_at(tracked.record.number);
            tracked.close(Source::of(last), out);
            self.told.push_back(ended);
        }
        while self.told.len() > MAX_ENDED
            && let Some(ended) = self.told.pop_front()
        {
            if self.by_pair.get(&ended.pair).is_some_and(|t| t.record.number == ended.number)
                && let Some(tracked) = self.by_pair.remove(&ended.pair)
            {
                self.held -= tracked.held;
            }
        }
    }
}
