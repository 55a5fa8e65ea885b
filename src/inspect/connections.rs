//! Connections: which packets belong to which, how they open, how they end.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::conversation::Conversation;
use super::event::{Arrived, Event, PacketContent, SegmentSeen};
use super::fault::Fault;
use super::output::{Output, Spoken};
use super::record::{Closed, Connection, Direction, Extent, Moment, Protocol};
use super::tcp_watch::TcpWatch;
use crate::layers::application::http::{self, Role};
use crate::layers::session::tls;
use crate::layers::stack::{self, Plain, TcpPacket};
use crate::layers::transport::header::{self, ACK, FIN, Header, RST, SYN};
use crate::layers::transport::{Conflict, Hole, Novelty, Reassembly, Receiver, Segment, Side, Source};
use crate::limits::{BUDGET, LINGER, MAX_ENDED};

/// How far a line is looked into for a start line, where it is not known yet who is the client.
const LINE_LIMIT: usize = 8 << 10;

/// Two endpoints, the lower first, as numbers: they are compared and hashed for every packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Pair {
    /// Of each endpoint the address, and behind it the port.
    Ipv4([u64; 2]),
    /// The addresses, and the ports.
    Ipv6([u128; 2], [u16; 2]),
}

impl Pair {
    /// The endpoints of a packet, and whether the lower of them sent it.
    fn of(tcp: &TcpPacket<'_>) -> (Self, bool) {
        if let (IpAddr::V4(from), IpAddr::V4(to)) = (tcp.source, tcp.destination) {
            return Self::of_ipv4((from, to), &tcp.header);
        }
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let from = (number(tcp.source), tcp.header.source_port);
        let to = (number(tcp.destination), tcp.header.destination_port);
        let (low, high) = if from <= to { (from, to) } else { (to, from) };
        (Self::Ipv6([low.0, high.0], [low.1, high.1]), from <= to)
    }

    #[inline]
    fn of_ipv4((from, to): (Ipv4Addr, Ipv4Addr), header: &Header<'_>) -> (Self, bool) {
        let number = |address: Ipv4Addr, port: u16| u64::from(address.to_bits()) << 16 | u64::from(port);
        let (from, to) = (number(from, header.source_port), number(to, header.destination_port));
        (Self::Ipv4([from.min(to), from.max(to)]), from <= to)
    }
}

/// All connections that are not forgotten yet.
#[derive(Debug, Default)]
pub(super) struct Connections {
    by_pair: HashMap<Pair, Box<Tracked>, RandomState>,
    next_number: u64,
    /// Connections that ended and were not told yet, oldest first, and when.
    lingering: VecDeque<Ended>,
    /// Connections that ended and were told.
    told: VecDeque<Ended>,
    /// Bytes of memory that the connections hold, roughly.
    held: usize,
    /// Every connection once, by the last packet it was known to have when it was put here: the least is idle for longest,
    /// unless it had another packet since.
    idle: BinaryHeap<Reverse<(u64, Pair)>>,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    at: u64,
    pair: Pair,
    number: u64,
}

#[derive(Debug)]
struct Tracked {
    record: Connection,
    /// Whether the lower endpoint sent the first packet: that one is [`Side::First`].
    first_is_low: bool,
    client: Side,
    /// Whether that is certain, by a SYN or by what was said.
    client_is_known: bool,
    reassembly: Reassembly,
    conversation: Conversation,
    watch: TcpWatch,
    /// The window scale each side offered in its SYN (RFC 7323 §2.2).
    scales: [Option<u8>; 2],
    ended: bool,
    /// Its end was told to the view: what still comes is only counted.
    told: bool,
    /// Bytes of memory it held when that was last looked at.
    held: usize,
    /// A packet of it was cut by the snap length, and that was said.
    cut_was_told: bool,
}

impl Connections {
    /// Takes a packet of the kind that nearly all are, where only counts are asked for: a segment of a known connection that
    /// goes on with its stream, and opens or ends nothing. What is done with it is what [`packet`](Self::packet) would do,
    /// which is to take the packet where this returns false.
    #[inline]
    pub(super) fn plain(&mut self, plain: &Plain<'_>, source: Source, out: &mut Output<'_>) -> bool {
        let header = &plain.header;
        if header.flags & (SYN | FIN | RST) != 0 || header.window == 0 {
            return false;
        }
        self.let_go(source.time, out);
        let (pair, up) = Pair::of_ipv4((plain.source, plain.destination), header);
        let Some(tracked) = self.by_pair.get_mut(&pair) else { return false };
        let segment = whole(header, 0);
        let side = tracked.side(up);
        if !tracked.reassembly.expects(side, &segment) {
            return false;
        }
        tracked.heard(side, source.into());
        tracked.watch.heard();
        if !header.payload.is_empty() {
            let source = Source { offset: (plain.offset + header.header_length) as u32, ..source };
            let (reassembly, mut receiver) = tracked.receiver(out);
            reassembly.expected(side, &segment, source, &mut receiver);
            tracked.weigh(&mut self.held);
            if self.held > BUDGET {
                self.evict(source, out);
            }
        }
        true
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
        self.let_go(source.time, out);
        let header = &tcp.header;
        let (pair, up) = Pair::of(tcp);
        let whole = whole(header, tcp.cut);
        if header.has(SYN)
            && tcp.damage().is_none()
            && let Some(tracked) = self.by_pair.get(&pair)
            && tracked.is_another(up, &whole)
            && let Some(mut old) = self.by_pair.remove(&pair)
        {
            self.held -= old.held;
            old.close(source, out);
        }
        let tracked = self.by_pair.entry(pair).or_insert_with(|| {
            let number = self.next_number;
            self.next_number += 1;
            out.summary.tcp_connections += 1;
            Box::new(Tracked::new(number, tcp, up, arrived))
        });
        let is_new = tracked.record.packets == 0;
        if is_new {
            self.idle.push(Reverse((source.packet, pair)));
        }
        tracked.packet(tcp, &whole, (up, arrived), pieces, is_new, source, out);
        if is_new || changes(&whole) {
            tracked.weigh(&mut self.held);
        }
        if !tracked.ended && (tracked.record.closed == Closed::Reset || tracked.reassembly.is_finished()) {
            tracked.ended = true;
            tracked.update();
            out.emit(Event::Ended(&tracked.record));
            self.lingering.push_back(Ended { at: source.time, pair, number: tracked.record.number });
        }
        if self.held > BUDGET {
            self.evict(source, out);
        }
        if self.idle.len() > 2 * self.by_pair.len() + 1024 {
            // Most of it is of connections that are forgotten already.
            let last = |tracked: &Tracked| tracked.record.extent.last.packet;
            self.idle = self.by_pair.iter().map(|(pair, tracked)| Reverse((last(tracked), *pair))).collect();
        }
    }

    /// Forgets the connections that have been idle for longest, until the budget is met.
    fn evict(&mut self, source: Source, out: &mut Output<'_>) {
        while self.held > BUDGET
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
            tracked.close(source, out);
        }
    }

    /// Tells of connections that ended and have lingered long enough; forgets those that ended longest ago.
    #[inline]
    fn let_go(&mut self, now: u64, out: &mut Output<'_>) {
        while let Some(ended) = self.lingering.front()
            && (now.saturating_sub(ended.at) >= LINGER || self.lingering.len() > MAX_ENDED)
        {
            self.tell_first(out);
        }
    }

    fn tell_first(&mut self, out: &mut Output<'_>) {
        let Some(ended) = self.lingering.pop_front() else { return };
        if let Some(tracked) = self.by_pair.get_mut(&ended.pair).filter(|t| t.record.number == ended.number) {
            let source = Source { packet: tracked.record.extent.last.packet, time: ended.at, offset: 0 };
            tracked.close(source, out);
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

impl Tracked {
    /// A connection whose first packet this is; `up` tells whether the lower endpoint sent it.
    fn new(number: u64, tcp: &TcpPacket<'_>, up: bool, arrived: Arrived) -> Self {
        let flags = if tcp.damage().is_some() { 0 } else { tcp.header.flags };
        let from = SocketAddr::new(tcp.source, tcp.header.source_port);
        let to = SocketAddr::new(tcp.destination, tcp.header.destination_port);
        // The answer to a SYN is sent by the server.
        let answers = flags & (SYN | ACK) == SYN | ACK;
        let (client, server) = if answers { (to, from) } else { (from, to) };
        let handshake = flags & SYN != 0;
        Self {
            record: Connection {
                number,
                interface: arrived.interface,
                client,
                server,
                extent: Extent { first: arrived.moment, last: arrived.moment },
                packets: 0,
                protocol: Protocol::None,
                protocol_detail: None,
                exchanges: 0,
                handshake,
                closed: Closed::Open,
                closed_by: None,
                client_bytes: 0,
                server_bytes: 0,
                retransmitted_segments: 0,
                missing_bytes: 0,
            },
            first_is_low: up,
            client: if answers { Side::Second } else { Side::First },
            client_is_known: handshake,
            reassembly: Reassembly::default(),
            conversation: Conversation::new(number, handshake),
            watch: TcpWatch::default(),
            scales: [None; 2],
            ended: false,
            told: false,
            held: 0,
            cut_was_told: false,
        }
    }

    /// Tells the view that the connection is over, once.
    fn close(&mut self, source: Source, out: &mut Output<'_>) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        self.flush(source, out);
        let reset = self.record.closed == Closed::Reset;
        let end = self.record.extent.last;
        let last = Source { packet: end.packet, time: end.time.0, offset: 0 };
        if let Some(fault) = self.watch.over(&self.record, source.time) {
            out.problem(last, Some(self.record.number), &fault);
        }
        if reset && self.conversation.is_inside() {
            out.problem(last, Some(self.record.number), &Fault::ResetInMessage);
        }
        self.conversation.give_up(reset, last, out);
        self.update();
        out.emit(Event::Closed(&self.record));
        self.conversation.forget();
    }

    /// Looks how much memory it holds, and corrects `all` by the difference.
    fn weigh(&mut self, all: &mut usize) {
        let held =
            size_of::<Self>() + size_of::<(u64, Pair)>() * 2 + self.reassembly.held() + self.conversation.held();
        *all = *all - std::mem::replace(&mut self.held, held) + held;
    }

    /// A packet of that side came.
    #[inline]
    fn heard(&mut self, side: Side, moment: Moment) {
        self.conversation.hear(self.direction(side));
        self.record.packets += 1;
        self.record.extent.last = moment;
    }

    /// The side that sent a packet from the lower endpoint, or from the higher.
    fn side(&self, up: bool) -> Side {
        if up == self.first_is_low { Side::First } else { Side::Second }
    }

    /// Whether a segment with SYN opens another connection between the same endpoints (RFC 9293 §3.10.7).
    fn is_another(&self, up: bool, segment: &Segment<'_>) -> bool {
        if segment.flags & ACK != 0 {
            return false;
        }
        match self.reassembly.base(self.side(up)) {
            // The same initial number is the same SYN, repeated.
            Some(base) => base != segment.sequence.wrapping_add(1),
            // The other side of one that is opening; or a new one, where the old has carried data or ended.
            None => self.ended || !self.record.handshake,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a packet is, once, on its only way in")]
    fn packet(
        &mut self,
        tcp: &TcpPacket<'_>,
        segment: &Segment<'_>,
        (up, arrived): (bool, Arrived),
        pieces: &[(usize, Source)],
        is_new: bool,
        source: Source,
        out: &mut Output<'_>,
    ) {
        if let Some(fault) = tcp.damage() {
            return self.damaged(fault, segment, (up, arrived), is_new, source, out);
        }
        let side = self.side(up);
        let header = &tcp.header;
        if segment.flags & SYN != 0 {
            self.scales[side as usize] = header::window_scale(header.options);
        }
        let novelty = self.reassembly.judge(side, segment);
        let from_direction = self.direction(side);
        self.heard(side, arrived.moment);
        let record = &mut self.record;
        record.retransmitted_segments += u64::from(novelty == Novelty::Repeated);
        if segment.flags & (FIN | RST) != 0 {
            record.closed_by = record.closed_by.or(Some(from_direction));
            let reset = segment.flags & RST != 0 && !self.reassembly.is_finished();
            // One FIN is half a close; "fin" is what it was once nothing more comes.
            if record.closed != Closed::Reset {
                record.closed = if reset { Closed::Reset } else { Closed::Fin };
            }
        }
        if !out.sink.counts_only() {
            if is_new {
                out.emit(Event::Opened(&self.record));
            }
            let segment = self.segment_seen(side, segment, header.window, novelty);
            out.emit(Event::Packet(&arrived.seen(PacketContent::Tcp(segment))));
        }
        if (segment.cut > 0 || tcp.fault.is_some()) && !std::mem::replace(&mut self.cut_was_told, true) {
            let fault = Fault::PacketCut { kept: arrived.captured_length, length: arrived.original_length };
            out.problem(source, Some(self.record.number), &fault);
        }
        let syn = self.reassembly.base(side.other());
        let window = tcp.fault.is_none().then_some(header.window);
        if let Some(fault) = self.watch.segment(from_direction, segment, window, syn, &self.record) {
            out.problem(source, Some(self.record.number), &fault);
        }
        self.take(side, (segment, novelty), pieces, source, out);
        if segment.flags & RST != 0 {
            self.flush(source, out);
        }
    }

    /// Counts a packet whose TCP header does not add up: it is of this connection, and does nothing to it.
    fn damaged(
        &mut self,
        fault: stack::Fault,
        segment: &Segment<'_>,
        (up, arrived): (bool, Arrived),
        is_new: bool,
        source: Source,
        out: &mut Output<'_>,
    ) {
        self.record.packets += 1;
        self.record.extent.last = arrived.moment;
        if is_new {
            out.emit(Event::Opened(&self.record));
        }
        let seen = self.segment_seen(self.side(up), segment, 0, Novelty::Empty);
        out.emit(Event::Packet(&arrived.seen(PacketContent::Tcp(seen))));
        out.problem(source, Some(self.record.number), &fault);
    }

    fn take(
        &mut self,
        side: Side,
        (segment, novelty): (&Segment<'_>, Novelty),
        pieces: &[(usize, Source)],
        source: Source,
        out: &mut Output<'_>,
    ) {
        let (reassembly, mut receiver) = self.receiver(out);
        if pieces.len() <= 1 {
            let source = pieces.first().map_or(source, |(_, source)| *source);
            reassembly.judged(side, segment, novelty, source, &mut receiver);
            return;
        }
        // A datagram that came in fragments: each fragment's share of the payload is from its own packet.
        let mut rest = *segment;
        for (length, source) in pieces {
            let (payload, left) = rest.payload.split_at((*length).min(rest.payload.len()));
            let last = left.is_empty();
            let flags = if last { rest.flags } else { rest.flags & !FIN };
            let cut = if last { rest.cut } else { 0 };
            reassembly.segment(side, &Segment { flags, payload, cut, ..rest }, *source, &mut receiver);
            let syn = u32::from(rest.flags & SYN != 0);
            rest.sequence = rest.sequence.wrapping_add(payload.len() as u32 + syn);
            rest.flags &= !SYN;
            rest.payload = left;
        }
    }

    fn flush(&mut self, source: Source, out: &mut Output<'_>) {
        let (reassembly, mut receiver) = self.receiver(out);
        reassembly.flush(source, &mut receiver);
    }

    fn receiver<'a, 'b>(&'a mut self, out: &'a mut Output<'b>) -> (&'a mut Reassembly, Streams<'a, 'b>) {
        let Self { reassembly, record, client, client_is_known, conversation, .. } = self;
        (reassembly, Streams { record, client, client_is_known, conversation, out })
    }

    fn update(&mut self) {
        let record = &mut self.record;
        record.protocol = self.conversation.protocol();
        record.exchanges = self.conversation.exchanges();
        if record.protocol_detail.as_ref() != self.conversation.detail() {
            record.protocol_detail = self.conversation.detail().cloned();
        }
    }

    fn direction(&self, side: Side) -> Direction {
        direction(side, self.client)
    }

    fn segment_seen(&self, side: Side, segment: &Segment<'_>, window: u16, novelty: Novelty) -> SegmentSeen {
        let syn = segment.flags & SYN != 0;
        // RFC 7323 §2.2: the window of a SYN is not scaled, and none is unless both sides offered to.
        let scale = match self.scales {
            [Some(_), Some(_)] if !syn => self.scales[side as usize].unwrap_or(0).min(14),
            _ => 0,
        };
        let acknowledged =
            if segment.flags & ACK == 0 { 0 } else { self.reassembly.position(side.other(), segment.acknowledgment) };
        SegmentSeen {
            connection: self.record.number,
            direction: self.direction(side),
            flags: segment.flags,
            stream_offset: self.reassembly.position(side, segment.sequence.wrapping_add(u32::from(syn))),
            acknowledged,
            window: u64::from(window) << scale,
            payload_length: segment.payload.len() as u32 + segment.cut,
            novelty,
        }
    }
}

/// What reassembly needs of a segment, of which `cut` bytes were not captured.
fn whole<'a>(header: &Header<'a>, cut: usize) -> Segment<'a> {
    let Header { sequence, acknowledgment, flags, payload, .. } = *header;
    Segment { sequence, acknowledgment, flags, payload, cut: cut as u32 }
}

/// Whether a segment can change what is known of its connection; one that only acknowledges can not.
fn changes(segment: &Segment<'_>) -> bool {
    segment.length() > 0 || segment.flags & (SYN | FIN | RST) != 0
}

fn direction(side: Side, client: Side) -> Direction {
    if side == client { Direction::Client } else { Direction::Server }
}

/// Carries a connection's two streams from TCP to what is said on them.
struct Streams<'a, 'b> {
    record: &'a mut Connection,
    client: &'a mut Side,
    client_is_known: &'a mut bool,
    conversation: &'a mut Conversation,
    out: &'a mut Output<'b>,
}

impl Streams<'_, '_> {
    /// Where no SYN told who is the client, the first request or response does.
    fn find_client(&mut self, side: Side, bytes: &[u8]) {
        let heard = http::role(bytes, LINE_LIMIT).map(|role| role == Role::Request);
        let heard =
            heard.or_else(|| tls::hello_of_client(bytes)).map(|is_client| if is_client { side } else { side.other() });
        let told = if heard.is_none() { self.told(side) } else { None };
        let Some(client) = heard.or(told.map(|(client, _)| client)) else { return };
        if client != *self.client {
            *self.client = client;
            let record = &mut *self.record;
            std::mem::swap(&mut record.client, &mut record.server);
            std::mem::swap(&mut record.client_bytes, &mut record.server_bytes);
            record.closed_by = record.closed_by.map(Direction::reverse);
            self.conversation.swap_sides();
        }
        *self.client_is_known = true;
        match told {
            Some((_, spoken)) => self.conversation.join_as(spoken),
            None => self.conversation.join(),
        }
    }

    /// Who is the client and what is spoken, if that was told for one of the ports; `side` only breaks a tie.
    fn told(&self, side: Side) -> Option<(Side, Spoken)> {
        let told = self.out.options.decode_as;
        let of = |address: SocketAddr| told.of(address.port());
        match (of(self.record.server), of(self.record.client)) {
            (Some(spoken), None) => Some((*self.client, spoken)),
            (None, Some(spoken)) => Some((self.client.other(), spoken)),
            (Some(spoken), Some(_)) => Some((side, spoken)),
            (None, None) => None,
        }
    }
}

impl Receiver for Streams<'_, '_> {
    fn bytes(&mut self, side: Side, start: u64, bytes: &[u8], source: Source) {
        if !*self.client_is_known {
            self.find_client(side, bytes);
        }
        let from = direction(side, *self.client);
        match from {
            Direction::Client => self.record.client_bytes += bytes.len() as u64,
            Direction::Server => self.record.server_bytes += bytes.len() as u64,
        }
        self.conversation.bytes(from, start, bytes, source, self.out);
    }

    fn conflict(&mut self, side: Side, conflict: Conflict, source: Source) {
        let Conflict { start, length, packet: first, received } = conflict;
        let sender = direction(side, *self.client).name();
        let bytes = start..=start.saturating_add(length.saturating_sub(1));
        let fault = if received {
            Fault::RetransmissionDiffers { sender, bytes, first }
        } else {
            Fault::OverlapDiffers { sender, bytes, first }
        };
        self.out.problem(source, Some(self.record.number), &fault);
    }

    fn gap(&mut self, side: Side, _start: u64, length: u64, hole: Hole, source: Source) {
        let from = direction(side, *self.client);
        self.record.missing_bytes += length;
        if hole == Hole::NotCaptured {
            let fault = Fault::MissingBytes { length, sender: from.name() };
            self.out.problem(source, Some(self.record.number), &fault);
        }
        self.conversation.gap(from, length, source, self.out);
    }

    fn end(&mut self, side: Side, source: Source) {
        self.conversation.end(direction(side, *self.client), source, self.out);
    }
}
