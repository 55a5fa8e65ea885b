//! A connection that's being followed: how it opens, what each packet does to it, and how it ends.

use std::net::SocketAddr;

use super::conversation::Conversation;
use super::doubt::DoubtfulReset;
use super::event::{Arrived, Event, PacketContent, SegmentSeen};
use super::output::{About, Output};
use super::pair::Pair;
use super::problems::Fault;
use super::record::{Closed, Connection, Direction, Extent, Moment, Protocol};
use super::streams::{Streams, direction};
use super::tcp_watch::{LONG_SILENCE, TcpWatch, Watched};
use crate::layers::network::{Mark, Path};
use crate::layers::problem::Breach;
use crate::layers::quoted::OwnWords;
use crate::layers::stack::{Complaint, Reason, TcpPacket};
use crate::layers::transport::header::{self, ACK, FIN, Header, RST, SYN};
use crate::layers::transport::{End, Novelty, Reassembly, Segment, Stamp};
use crate::layers::{DerivedId, Source};

/// One connection: its record, its two streams, and what is said on them.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) record: Connection,
    /// The networks in which it was seen first, and others in which it was seen.
    pub(super) path: Path,
    also_on: Option<Path>,
    /// Whether the lower endpoint sent the first packet: that one is [`End::First`].
    first_is_low: bool,
    client: End,
    /// Whether that is certain, by what was said.
    client_is_known: bool,
    /// Whose frames each side's bytes are like, where no handshake was captured.
    framed: [Option<Direction>; 2],
    reassembly: Reassembly,
    conversation: Conversation,
    watch: TcpWatch,
    /// The window scale each side offered in its SYN (RFC 7323 §2.2).
    scales: [Option<u8>; 2],
    /// It ended, and that was reported; stragglers may still come.
    pub(super) ended: bool,
    /// Its end was reported to the view: what still comes is only counted.
    told: bool,
    /// Bytes of memory it held when last measured.
    pub(super) held: usize,
    /// The snap length cut one of its packets, and that was reported.
    cut_was_told: bool,
    /// What ICMP said about it, by its id.
    complained: Option<u64>,
    /// That one side had forgotten it, by its id.
    forgotten: Option<u64>,
    /// What says that nobody acknowledged what a side sent, until the end, by its id.
    unheard: Option<u64>,
    /// How long it had been silent before a reset, in nanoseconds.
    silent: u64,
    /// A reset after which it may have gone on.
    doubtful: Option<Box<DoubtfulReset>>,
}

impl Tracked {
    /// A connection whose first packet this is; `up` tells whether the lower endpoint sent it.
    pub(super) fn new(number: u64, streams: [DerivedId; 2], tcp: &TcpPacket<'_>, up: bool, arrived: Arrived) -> Self {
        let flags = if tcp.damage().is_some() { 0 } else { tcp.header.flags };
        let from = SocketAddr::new(tcp.source, tcp.header.source_port);
        let to = SocketAddr::new(tcp.destination, tcp.header.destination_port);
        let handshake = flags & SYN != 0;
        // The server answers a SYN. Without one, a client's port is most likely the higher: the system chooses it.
        let is_server = if handshake { flags & ACK != 0 } else { from.port() < to.port() };
        let (client, server) = if is_server { (to, from) } else { (from, to) };
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
            path: tcp.path,
            also_on: None,
            first_is_low: up,
            client: if is_server { End::Second } else { End::First },
            client_is_known: false,
            framed: [None; 2],
            reassembly: Reassembly::default(),
            conversation: Conversation::new(number, streams, handshake),
            watch: TcpWatch::default(),
            scales: [None; 2],
            ended: false,
            told: false,
            held: 0,
            cut_was_told: false,
            complained: None,
            forgotten: None,
            unheard: None,
            silent: 0,
            doubtful: None,
        }
    }

    /// Reports to the view that the connection is over, once.
    pub(super) fn close(&mut self, source: Source, out: &mut Output<'_>) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        out.ends = Some(self.record.ends());
        if let Some(reset) = self.doubtful.take().filter(|_| !self.ended) {
            // Nothing shows that it went on. What was on its way by then isn't known: the capture may lack what came before it.
            self.closes(self.direction(reset.side), true);
            self.flush(reset.source, out);
            self.update();
            out.emit(Event::Ended(&self.record));
        }
        self.flush(source, out);
        let reset = self.record.closed == Closed::Reset;
        let last = Source::of(self.record.extent.last);
        match self.conversation.heard_alone() {
            Some(only) if self.record.client_bytes + self.record.server_bytes > 0 => {
                let about = About::connection(self.record.number);
                out.problem(last, about, &Fault::OneDirection { sender: only.name() });
            }
            _ => {
                self.tell_silence(source, out);
                if let Some((sender, place, fault)) = self.watch.stalls() {
                    out.problem(place, About::connection(self.record.number).by(sender), &fault);
                }
            }
        }
        self.conversation.give_up(reset, last, out);
        self.update();
        out.emit(Event::Closed(&self.record));
        self.conversation.forget();
    }

    /// Says what TCP alone shows at the end, once: above all that a side heard nothing more from the other.
    fn tell_silence(&mut self, source: Source, out: &mut Output<'_>) {
        let last = Source::of(self.record.extent.last);
        if let Some((sender, place, fault)) =
            self.watch.over(&self.record, source, last).filter(|_| self.unheard.is_none())
        {
            let id = out.problem(place, About::connection(self.record.number).because(self.complained), &fault);
            self.unheard = Some(id);
            self.conversation.unheard(sender, id);
        }
    }

    /// A router or host says why a segment of this connection didn't arrive. This is reported once.
    pub(super) fn complaint(&mut self, complaint: &Complaint, source: Source, out: &mut Output<'_>) {
        if self.complained.is_some() {
            return;
        }
        out.ends = Some(self.record.ends());
        let what = match complaint.reason {
            Reason::TooBig(0) => "the packet is too big for the next link".to_owned(),
            Reason::TooBig(most) => format!("the packet is too big for the next link, which takes {most} bytes"),
            Reason::Prohibited => "administratively prohibited, as a firewall says".to_owned(),
            Reason::Unreachable => "the host or its network can't be reached".to_owned(),
            Reason::PortUnreachable => "nobody listens there".to_owned(),
            Reason::TimeExceeded => "the packet passed too many routers".to_owned(),
        };
        let what = OwnWords::of(what);
        let fault = if complaint.reporter.is_ipv4() {
            Fault::IcmpSays { reporter: complaint.reporter, what }
        } else {
            Fault::Icmpv6Says { reporter: complaint.reporter, what }
        };
        self.complained = Some(out.problem(source, About::connection(self.record.number), &fault));
    }

    /// Measures how much memory it holds, and corrects `all` by the difference.
    pub(super) fn weigh(&mut self, all: &mut usize) {
        let held = size_of::<Self>()
            + size_of::<(u64, Pair)>() * 2
            + self.reassembly.held()
            + self.conversation.held()
            + self.watch.held()
            + self.doubtful.as_ref().map_or(0, |_| size_of::<DoubtfulReset>());
        *all = *all - std::mem::replace(&mut self.held, held) + held;
    }

    /// Takes a segment of the usual kind, which continues its stream and opens or ends nothing. Returns false, having done
    /// nothing, if the segment isn't of that kind.
    #[inline]
    pub(super) fn plain(
        &mut self,
        (header, mark): (&Header<'_>, Mark),
        up: bool,
        source: Source,
        out: &mut Output<'_>,
    ) -> bool {
        let segment = whole(header, 0, Stamp::new(source.ready.time, mark, out.tap).of(header));
        let side = self.side(up);
        // A closed window, and the beginning or end of a connection, need a closer look.
        if segment.flags & (SYN | FIN | RST) != 0 || header.window == 0 || !self.reassembly.expects(side, &segment) {
            return false;
        }
        let silence = source.ready.time.since(self.record.extent.last.time);
        let may_be_delayed = segment.payload.is_empty() && super::tcp_watch::is_delay(silence);
        if self.doubtful.is_some() || self.watch.is_waiting() || silence >= LONG_SILENCE || may_be_delayed {
            return false;
        }
        if !segment.payload.is_empty() {
            out.ends = Some(self.record.ends());
        }
        self.heard(side, source.ready);
        self.watch.heard();
        let (reassembly, mut receiver) = self.receiver(out);
        reassembly.expected(side, &segment, source, &mut receiver);
        true
    }

    /// Ends the connection if the packet from `source` did; returns whether it has just ended.
    pub(super) fn ends(&mut self, source: Source, out: &mut Output<'_>) -> bool {
        let reset = self.record.closed == Closed::Reset;
        if self.ended || !reset && !self.reassembly.is_finished() {
            return false;
        }
        self.ended = true;
        if self.conversation.heard_alone().is_none() {
            self.tell_silence(source, out);
        }
        // After a reset, what was on its way is still read. After both FINs, nothing is.
        if reset {
            if let Some(by) = self.record.closed_by.filter(|_| self.conversation.is_inside()) {
                let cause = self.forgotten.or(self.unheard);
                self.conversation.reset((by, self.silent), cause, source, out);
            }
            self.conversation.cut_off(self.record.closed_by, self.forgotten.or(self.complained), source, out);
        } else {
            self.conversation.give_up(false, source, out);
        }
        self.update();
        out.emit(Event::Ended(&self.record));
        true
    }

    /// A packet of that side came.
    #[inline]
    fn heard(&mut self, side: End, moment: Moment) {
        self.conversation.hear(self.direction(side));
        self.record.packets += 1;
        self.record.extent.last = moment;
    }

    /// The side that a packet comes from; `up` tells whether the lower endpoint sent it.
    fn side(&self, up: bool) -> End {
        if up == self.first_is_low { End::First } else { End::Second }
    }

    /// Whether a segment from other networks is of this connection, by its numbers.
    pub(super) fn is_also_on(&mut self, tcp: &TcpPacket<'_>, up: bool, segment: &Segment<'_>) -> bool {
        if self.also_on == Some(tcp.path) || tcp.damage().is_some() {
            return true;
        }
        let fits = self.reassembly.fits(self.side(up), segment);
        self.also_on = self.also_on.or(Some(tcp.path).filter(|_| fits));
        fits
    }

    /// Whether a segment with SYN opens another connection between the same endpoints (RFC 9293 §3.10.7).
    pub(super) fn is_another(&self, up: bool, segment: &Segment<'_>) -> bool {
        if segment.flags & ACK != 0 {
            return false;
        }
        match self.reassembly.base(self.side(up)) {
            // The same initial number means the same SYN, sent again.
            Some(base) => base != segment.sequence.wrapping_add(1),
            // Either the other end of a connection that is opening, or a new one if the old has carried data or ended.
            None => self.ended || !self.record.handshake,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a packet is, once, on its only way in")]
    pub(super) fn packet(
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
            return self.without_effect(&fault, segment, (up, arrived), is_new, source, out);
        }
        out.ends = Some(self.record.ends());
        let side = self.side(up);
        // Whoever forges a reset without seeing the connection has to guess its sequence number.
        if segment.flags & RST != 0 && self.reassembly.is_far(side, segment.sequence, self.largest_window(side.other()))
        {
            let fault = Fault::ResetOutsideWindow { sender: self.direction(side).name() };
            return self.without_effect(&fault, segment, (up, arrived), is_new, source, out);
        }
        let header = &tcp.header;
        if segment.flags & SYN != 0 {
            self.scales[side as usize] = header::window_scale(header.options);
        }
        let doubtful = DoubtfulReset::of(side, segment, source, &self.reassembly);
        let novelty = self.reassembly.judge(side, segment);
        let from_direction = self.direction(side);
        let silence = arrived.moment.time.since(self.record.extent.last.time);
        self.heard(side, arrived.moment);
        if segment.flags & (FIN | ACK) == FIN | ACK && from_direction == Direction::Server {
            let client = side.other();
            let acknowledged = self.reassembly.position(client, segment.acknowledgment);
            if acknowledged < self.reassembly.next(client) {
                self.conversation.crosses();
            }
        }
        self.record.retransmitted_segments += u64::from(novelty == Novelty::Repeated);
        if segment.flags & (FIN | RST) != 0 && doubtful.is_none() {
            self.closes(from_direction, segment.flags & RST != 0 && !self.reassembly.is_finished());
        }
        if !out.counts_only() {
            if is_new {
                out.emit(Event::Opened(&self.record));
            }
            let segment = self.segment_seen(side, segment, header.window, novelty);
            out.emit(Event::Packet(&arrived.seen(PacketContent::Tcp(segment))));
        }
        if (segment.cut > 0 || tcp.fault.is_some()) && !std::mem::replace(&mut self.cut_was_told, true) {
            let fault = Fault::PacketCut { kept: arrived.captured_length, length: arrived.original_length };
            out.problem(source, About::connection(self.record.number), &fault);
        }
        let syn = self.reassembly.base(side.other());
        let sent = self.reassembly.sent(side.other());
        let window = tcp.fault.is_none().then_some(header.window);
        let watched = Watched {
            from: from_direction,
            segment,
            novelty,
            position: self.reassembly.position(side, segment.sequence),
            window,
            syn,
            moment: arrived.moment,
            silence,
            outstanding: sent.saturating_sub(self.reassembly.acknowledged(side.other())),
            acknowledges_all: segment.flags & ACK != 0
                && self.reassembly.position(side.other(), segment.acknowledgment) == sent,
        };
        if let Some(fault) = self.watch.segment(watched, &self.record) {
            let forgotten = matches!(fault, Fault::ConnectionForgotten { .. });
            let id = out.problem(source, About::connection(self.record.number), &fault);
            self.forgotten = self.forgotten.or(Some(id).filter(|_| forgotten));
        }
        self.take(side, (tcp, segment, novelty), pieces, source, out);
        if doubtful.is_some() {
            self.doubtful = doubtful.map(Box::new);
        } else if segment.flags & RST != 0 {
            self.silent = silence;
            self.flush(source, out);
        } else if let Some(reset) = self.doubtful.take_if(|reset| reset.is_refuted(side, segment, &self.reassembly)) {
            let fault = Fault::ResetChallenged { sender: self.direction(reset.side).name() };
            out.problem(reset.source, About::connection(self.record.number), &fault);
        }
    }

    /// A side closes its half, or the whole connection with a reset.
    fn closes(&mut self, from: Direction, reset: bool) {
        let record = &mut self.record;
        // A side that resets a connection ends it, whichever side had closed its half before.
        record.closed_by =
            if reset && record.closed != Closed::Reset { Some(from) } else { record.closed_by.or(Some(from)) };
        // One FIN is half a close; "fin" is what it was once nothing more comes.
        if record.closed != Closed::Reset {
            record.closed = if reset { Closed::Reset } else { Closed::Fin };
        }
    }

    /// Counts a packet that its receiver drops: it belongs to this connection, and has no effect on it.
    fn without_effect(
        &mut self,
        fault: &impl Breach,
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
        out.problem(source, About::connection(self.record.number), fault);
    }

    fn take(
        &mut self,
        side: End,
        (tcp, segment, novelty): (&TcpPacket<'_>, &Segment<'_>, Novelty),
        pieces: &[(usize, Source)],
        source: Source,
        out: &mut Output<'_>,
    ) {
        let (reassembly, mut receiver) = self.receiver(out);
        receiver.packet = Some(tcp);
        if pieces.len() <= 1 {
            let source = pieces.first().map_or(source, |(_, source)| *source);
            reassembly.judged(side, segment, novelty, source, &mut receiver);
            return;
        }
        // A datagram that came in fragments: each fragment's share of the payload comes from its own packet.
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

    #[inline]
    fn receiver<'a, 'b>(&'a mut self, out: &'a mut Output<'b>) -> (&'a mut Reassembly, Streams<'a, 'b>) {
        let Self { reassembly, record, client, client_is_known, framed, watch, conversation, .. } = self;
        (reassembly, Streams { record, client, client_is_known, framed, watch, conversation, packet: None, out })
    }

    fn update(&mut self) {
        let record = &mut self.record;
        record.protocol = self.conversation.protocol();
        record.exchanges = self.conversation.exchanges();
        if record.protocol_detail.as_ref() != self.conversation.detail() {
            record.protocol_detail = self.conversation.detail().cloned();
        }
    }

    fn direction(&self, side: End) -> Direction {
        direction(side, self.client)
    }

    /// By how many bits the windows of a side are shifted: none, unless both ends offered to (RFC 7323 §2.2).
    fn scale(&self, side: End) -> u8 {
        match self.scales {
            [Some(_), Some(_)] => self.scales[side as usize].unwrap_or(0).min(14),
            _ => 0,
        }
    }

    /// The largest window that a side can offer.
    fn largest_window(&self, side: End) -> u64 {
        u64::from(u16::MAX) << self.scale(side)
    }

    fn segment_seen(&self, side: End, segment: &Segment<'_>, window: u16, novelty: Novelty) -> SegmentSeen {
        let syn = segment.flags & SYN != 0;
        // RFC 7323 §2.2: a SYN's window isn't scaled.
        let scale = if syn { 0 } else { self.scale(side) };
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

/// What reassembly needs to know about a segment, `cut` bytes of whose payload weren't captured.
pub(super) fn whole<'a>(header: &Header<'a>, cut: usize, stamp: Stamp) -> Segment<'a> {
    let Header { sequence, acknowledgment, flags, payload, .. } = *header;
    Segment { sequence, acknowledgment, flags, payload, cut: cut as u32, stamp }
}

/// Whether a segment can change what is known about its connection; a bare acknowledgment can't.
pub(super) fn changes(segment: &Segment<'_>) -> bool {
    segment.length() > 0 || segment.flags & (SYN | FIN | RST) != 0
}
