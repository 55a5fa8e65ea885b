//! Two streams of bytes out of TCP segments that were captured in any order, repeated, overlapping or not at all.
//!
//! Owns sequence numbers and what waits for its turn; knows nothing of addresses, files or what the bytes mean.
//!
//! Bytes are handed on in *causal* order: a segment is read only after everything it acknowledges has been read from the
//! other side. So a response is never read before its request, however the capture shuffled them. What the capture lacks
//! is given up once its receiver acknowledged it and [`PATIENCE`] more packets came, when the buffer is full, or when the
//! connection ends.

use std::collections::VecDeque;

use super::delivered::{Conflict, Delivered};
use super::header::{ACK, FIN, SYN};

/// Packets of the connection to wait for a segment that its receiver has acknowledged but the capture has not shown.
/// Captures from several queues shuffle neighbours, rarely farther.
pub const PATIENCE: u32 = 32;

/// The most bytes that may wait out of order on one connection, both sides together.
pub const MAX_WAITING_BYTES: usize = 1 << 20;

/// The most segments that may wait on one side; bounds the work of keeping them sorted.
pub const MAX_WAITING_SEGMENTS: usize = 1024;

/// One of the two ends of a connection, as an index; which of them is the client is not this module's concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end that was seen first.
    First = 0,
    /// The other.
    Second = 1,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Where a segment's payload came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The packet's number.
    pub packet: u64,
    /// When it was captured, in nanoseconds.
    pub time: u64,
    /// Where in the packet the payload starts.
    pub offset: u32,
}

/// What reassembly needs of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The sequence number of the first byte, or of the SYN.
    pub sequence: u32,
    /// The acknowledgment number; meaningful with [`ACK`].
    pub acknowledgment: u32,
    /// The flags octet.
    pub flags: u8,
    /// The payload, as far as it was captured.
    pub payload: &'a [u8],
    /// Payload bytes that the headers promise and the capture cut off.
    pub cut: u32,
}

impl Segment<'_> {
    /// The sequence number of the first payload byte: a SYN occupies one before it.
    fn first(&self) -> u32 {
        self.sequence.wrapping_add(u32::from(self.flags & SYN != 0))
    }

    /// Payload bytes, as the headers say.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.payload.len() as u64 + u64::from(self.cut)
    }
}

/// Why the capture lacks bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The segment that carried them was not captured.
    NotCaptured,
    /// Their packet was captured only in part: the snap length cut it.
    CutOff,
}

/// Takes the two streams.
pub trait Receiver {
    /// The next bytes of a stream; `start` is the first one's position, from 0.
    fn bytes(&mut self, side: Side, start: u64, bytes: &[u8], source: Source);
    /// Bytes that the capture lacks: `start..start + length`.
    fn gap(&mut self, side: Side, start: u64, length: u64, hole: Hole, source: Source);
    /// A segment repeats bytes with other content. What is handed on is the copy that was in order first.
    fn conflict(&mut self, side: Side, conflict: Conflict, source: Source);
    /// The stream ended with a FIN.
    fn end(&mut self, side: Side, source: Source);
}

/// How a segment relates to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It occupies no sequence number.
    Empty,
    /// It continues its stream.
    InOrder,
    /// It lies ahead of bytes not yet seen.
    Ahead,
    /// Everything in it was seen before.
    Repeated,
    /// A keep-alive probe (RFC 9293 §3.8.4).
    KeepAlive,
}

/// Bytes that wait for their turn.
#[derive(Debug)]
struct Waiting {
    start: u64,
    /// How much of the other stream their sender had received.
    after: u64,
    payload: Box<[u8]>,
    cut: u32,
    fin: bool,
    source: Source,
}

impl Waiting {
    fn end(&self) -> u64 {
        self.start + self.payload.len() as u64 + u64::from(self.cut)
    }
}

#[derive(Debug, Default)]
struct Half {
    /// The sequence number of position 0; `None` until a segment was seen.
    base: Option<u32>,
    /// Whether `base` is from a SYN rather than from the first segment that happened to be captured.
    synchronised: bool,
    /// Everything before this position was handed on or given up. A FIN counts as one.
    next: u64,
    /// How far the other side says it has received.
    acknowledged: u64,
    finished: bool,
    /// Bytes handed on.
    received: u64,
    waiting: VecDeque<Waiting>,
    delivered: Delivered,
}

impl Half {
    /// The stream position of a sequence number, the one nearest to `next` (RFC 9293 §3.4: arithmetic modulo 2^32).
    /// Positions before the stream's first known byte are negative.
    fn position(&self, sequence: u32) -> Option<i64> {
        let expected = self.base?.wrapping_add(self.next as u32);
        Some(self.next.cast_signed() + i64::from(sequence.wrapping_sub(expected).cast_signed()))
    }

    /// Keeps a segment sorted by position; among equals, first come first.
    fn wait(&mut self, segment: Waiting) {
        let index = self.waiting.partition_point(|w| w.start <= segment.start);
        self.waiting.insert(index, segment);
    }

    fn holds(&self, start: u64, end: u64) -> bool {
        self.waiting.iter().any(|w| w.start <= start && end <= w.end())
    }

    /// Compares a segment's payload, which begins at `position`, with what came before of the same bytes.
    fn compare(&self, position: i64, payload: &[u8]) -> Option<Conflict> {
        // Bytes before the stream's first known one have no position.
        let payload = payload.get(position.min(0).unsigned_abs() as usize..)?;
        let start = position.max(0).cast_unsigned();
        let end = start + payload.len() as u64;
        if start < self.next
            && let Some(conflict) = self.delivered.compare(start, payload)
        {
            return Some(conflict);
        }
        self.waiting.iter().take_while(|w| w.start < end).find_map(|w| {
            let from = w.start.max(start);
            let to = end.min(w.start + w.payload.len() as u64);
            let length = usize::try_from(to.checked_sub(from)?).ok()?;
            let first = w.payload.get((from - w.start) as usize..)?.get(..length)?;
            let second = payload.get((from - start) as usize..)?.get(..length)?;
            let (packet, length) = (w.source.packet, length as u64);
            (first != second).then_some(Conflict { start: from, length, packet, received: false })
        })
    }
}

/// One connection's two streams.
#[derive(Debug, Default)]
pub struct Reassembly {
    halves: [Half; 2],
    waiting_bytes: usize,
    /// Packets since something acknowledged began to be missed.
    impatience: u32,
}

impl Reassembly {
    /// How a segment relates to those before it.
    #[must_use]
    pub fn judge(&self, side: Side, segment: &Segment<'_>) -> Verdict {
        let half = &self.halves[side as usize];
        let syn = segment.flags & SYN != 0;
        let fin = segment.flags & FIN != 0;
        let length = segment.length();
        let Some(position) = half.position(segment.first()) else {
            return if length > 0 || fin { Verdict::InOrder } else { Verdict::Empty };
        };
        if syn && !half.synchronised && length == 0 {
            return Verdict::Empty;
        }
        let end = position + length.cast_signed() + i64::from(fin);
        let next = half.next.cast_signed();
        if position == end {
            if syn && half.synchronised { Verdict::Repeated } else { Verdict::Empty }
        } else if !fin && length <= 1 && position == next - 1 {
            Verdict::KeepAlive
        } else if half.finished || end <= next || half.holds(position.max(0).cast_unsigned(), end.cast_unsigned()) {
            Verdict::Repeated
        } else if position > next {
            Verdict::Ahead
        } else {
            Verdict::InOrder
        }
    }

    /// Takes the next captured segment, and hands on whatever is now in order.
    pub fn segment(&mut self, side: Side, segment: &Segment<'_>, source: Source, to: &mut impl Receiver) -> Verdict {
        let verdict = self.judge(side, segment);
        let fin = segment.flags & FIN != 0;
        let half = &mut self.halves[side as usize];
        if half.base.is_none() {
            half.base = Some(segment.first());
        }
        if segment.flags & SYN != 0 && !std::mem::replace(&mut half.synchronised, true) && half.received == 0 {
            // What was taken for the stream's start, before its SYN came, was not.
            half.base = Some(segment.first());
            (half.next, half.finished) = (0, false);
        }
        let position = half.position(segment.first()).unwrap_or(0);
        let next = half.next.cast_signed();
        if (position < next || !half.waiting.is_empty())
            && !segment.payload.is_empty()
            && verdict != Verdict::KeepAlive
            && let Some(conflict) = half.compare(position, segment.payload)
        {
            to.conflict(side, conflict, source);
        }
        let after = self.acknowledge(side, segment);
        match verdict {
            Verdict::InOrder if self.caused(side, after) => {
                let skip = (next - position) as usize;
                let payload = segment.payload.get(skip..).unwrap_or_default();
                let cut = segment.cut - skip.saturating_sub(segment.payload.len()) as u32;
                let source = Source { offset: source.offset + skip.min(segment.payload.len()) as u32, ..source };
                self.hand_on(side, payload, cut, fin, source, to);
            }
            Verdict::InOrder | Verdict::Ahead => {
                // Bytes before the stream's first known one have no position; the rest of the segment has.
                let skip = position.min(0).unsigned_abs() as usize;
                let payload = segment.payload.get(skip..).unwrap_or_default();
                self.waiting_bytes += payload.len();
                self.halves[side as usize].wait(Waiting {
                    start: position.max(0).cast_unsigned(),
                    after,
                    payload: payload.into(),
                    cut: segment.cut - skip.saturating_sub(segment.payload.len()) as u32,
                    fin,
                    source: Source { offset: source.offset + skip as u32, ..source },
                });
            }
            Verdict::Empty | Verdict::Repeated | Verdict::KeepAlive => {}
        }
        if self.is_waiting() {
            self.settle(source, to);
        }
        verdict
    }

    /// Gives up what is still missing, and hands on all that waits: the connection ended, or the capture did.
    pub fn flush(&mut self, source: Source, to: &mut impl Receiver) {
        while self.is_waiting() {
            self.release(to);
            if self.is_waiting() {
                self.give_up(source, to);
            }
        }
    }

    /// Whether anything waits for bytes that were not seen yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.halves.iter().any(|half| !half.waiting.is_empty())
    }

    /// Bytes held back, out of order.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Bytes of memory held beside the value itself, roughly.
    #[must_use]
    pub fn held(&self) -> usize {
        self.waiting_bytes
            + (self.halves.iter())
                .map(|half| half.waiting.capacity() * size_of::<Waiting>() + half.delivered.held())
                .sum::<usize>()
    }

    /// Whether both streams ended with a FIN.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.halves.iter().all(|half| half.finished)
    }

    /// The sequence number of the first byte of a side's stream; of the first one captured, where its SYN was not seen.
    #[must_use]
    pub fn base(&self, side: Side) -> Option<u32> {
        self.halves[side as usize].base
    }

    /// How far the side's stream was handed on, a FIN counted as one.
    #[must_use]
    pub fn next(&self, side: Side) -> u64 {
        self.halves[side as usize].next
    }

    /// The stream position of a sequence number; 0 where the side is unknown or the position lies before its start.
    #[must_use]
    pub fn position(&self, side: Side, sequence: u32) -> u64 {
        self.halves[side as usize].position(sequence).unwrap_or(0).max(0).cast_unsigned()
    }

    /// Notes what the segment acknowledges; returns it as a position of the other stream.
    fn acknowledge(&mut self, side: Side, segment: &Segment<'_>) -> u64 {
        let other = &mut self.halves[side.other() as usize];
        if segment.flags & ACK == 0 {
            return 0;
        }
        if other.base.is_none() {
            // Nothing of it was seen yet: what this acknowledges is where it will go on.
            return 0;
        }
        let position = other.position(segment.acknowledgment).unwrap_or(0).max(0).cast_unsigned();
        // An acknowledgment of more than any window (RFC 7323 §2.3: 1 GiB) beyond what was seen is not one of this stream.
        if position > other.next + (1 << 30) {
            return 0;
        }
        other.acknowledged = other.acknowledged.max(position);
        position
    }

    fn caused(&self, side: Side, after: u64) -> bool {
        let other = &self.halves[side.other() as usize];
        after <= other.next || other.finished
    }

    fn hand_on(&mut self, side: Side, payload: &[u8], cut: u32, fin: bool, source: Source, to: &mut impl Receiver) {
        let half = &mut self.halves[side as usize];
        if !payload.is_empty() {
            half.delivered.remember(half.next, payload, source.packet);
            to.bytes(side, half.next, payload, source);
            half.next += payload.len() as u64;
            half.received += payload.len() as u64;
        }
        if cut > 0 {
            to.gap(side, half.next, u64::from(cut), Hole::CutOff, source);
            half.next += u64::from(cut);
        }
        if fin && !half.finished {
            half.next += 1;
            self.finish(side, source, to);
        }
    }

    /// Ends a stream. Text after its FIN is ignored (RFC 9293 §3.10.7.4).
    fn finish(&mut self, side: Side, source: Source, to: &mut impl Receiver) {
        let half = &mut self.halves[side as usize];
        half.finished = true;
        self.waiting_bytes -= half.waiting.drain(..).map(|w| w.payload.len()).sum::<usize>();
        to.end(side, source);
    }

    /// Hands on what waits and is in order; then gives up on what it has waited for long enough.
    fn settle(&mut self, source: Source, to: &mut impl Receiver) {
        self.release(to);
        while self.is_waiting() {
            if self.overdue() {
                self.impatience += 1;
            }
            let full = self.waiting_bytes > MAX_WAITING_BYTES
                || self.halves.iter().any(|half| half.waiting.len() > MAX_WAITING_SEGMENTS);
            if self.impatience <= PATIENCE && !full {
                return;
            }
            self.give_up(source, to);
            self.release(to);
        }
        self.impatience = 0;
    }

    /// Whether something that was not seen has been acknowledged by its receiver: the capture lacks it.
    fn overdue(&self) -> bool {
        self.halves.iter().any(|half| half.acknowledged > half.next && !half.finished)
    }

    fn release(&mut self, to: &mut impl Receiver) {
        let mut side = Side::First;
        let mut idle = 0;
        while idle < 2 {
            if self.release_one(side, to) {
                self.impatience = 0;
                idle = 0;
            } else {
                side = side.other();
                idle += 1;
            }
        }
    }

    fn release_one(&mut self, side: Side, to: &mut impl Receiver) -> bool {
        let half = &mut self.halves[side as usize];
        let Some(first) = half.waiting.front() else { return false };
        let (start, after, next) = (first.start, first.after, half.next);
        if start > next || !self.caused(side, after) {
            return false;
        }
        let Some(waiting) = self.halves[side as usize].waiting.pop_front() else { return false };
        self.waiting_bytes -= waiting.payload.len();
        if waiting.end() + u64::from(waiting.fin) > next {
            let skip = (next - start) as usize;
            let kept = waiting.payload.get(skip..).unwrap_or_default();
            let cut = waiting.cut - skip.saturating_sub(waiting.payload.len()) as u32;
            let offset = waiting.source.offset + skip.min(waiting.payload.len()) as u32;
            self.hand_on(side, kept, cut, waiting.fin, Source { offset, ..waiting.source }, to);
        }
        true
    }

    /// Gives up the one hole that holds everything else back.
    fn give_up(&mut self, source: Source, to: &mut impl Receiver) {
        // A side whose first waiting segment is only held back by the other stream is not the one with the hole.
        for side in [Side::First, Side::Second] {
            let half = &self.halves[side as usize];
            let Some(first) = half.waiting.front() else { continue };
            let (holed, target) =
                if first.start > half.next { (side, first.start) } else { (side.other(), first.after) };
            let other = &self.halves[holed as usize];
            // Where that side has something waiting itself, its own hole is the nearer one.
            let nearer = other.waiting.front().map(|w| w.start).filter(|start| *start > other.next);
            let target = nearer.unwrap_or(target).min(target);
            let start = other.next;
            if target <= start || other.finished {
                continue;
            }
            let length = target - start;
            let half = &mut self.halves[holed as usize];
            half.next = target;
            self.impatience = 0;
            if length == 1 && holed != side && half.waiting.is_empty() {
                // A lone position that is acknowledged and never followed is a FIN that was not captured.
                self.finish(holed, source, to);
            } else {
                to.gap(holed, start, length, Hole::NotCaptured, source);
            }
            return;
        }
        // Two segments that each acknowledge the other: no order satisfies both. Read the first as if it acknowledged nothing.
        for half in &mut self.halves {
            if let Some(first) = half.waiting.front_mut() {
                first.after = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Keeps what it is given; a gap is kept as that many zero bytes.
    #[derive(Default, Debug, PartialEq)]
    struct Kept {
        streams: [Vec<u8>; 2],
        missing: u64,
        ended: [bool; 2],
        /// The order of deliveries: (side, start).
        order: Vec<(usize, u64)>,
        conflicts: Vec<Conflict>,
    }

    impl Receiver for Kept {
        fn bytes(&mut self, side: Side, start: u64, bytes: &[u8], _: Source) {
            let stream = &mut self.streams[side as usize];
            assert_eq!(stream.len() as u64, start, "bytes come in order, each once");
            stream.extend_from_slice(bytes);
            self.order.push((side as usize, start));
        }
        fn gap(&mut self, side: Side, start: u64, length: u64, _: Hole, _: Source) {
            let stream = &mut self.streams[side as usize];
            assert_eq!(stream.len() as u64, start);
            stream.resize(stream.len() + length as usize, 0);
            self.missing += length;
        }
        fn conflict(&mut self, _: Side, conflict: Conflict, _: Source) {
            self.conflicts.push(conflict);
        }
        fn end(&mut self, side: Side, _: Source) {
            self.ended[side as usize] = true;
        }
    }

    fn segment(sequence: u32, acknowledgment: u32, flags: u8, payload: &[u8]) -> Segment<'_> {
        Segment { sequence, acknowledgment, flags: flags | ACK, payload, cut: 0 }
    }

    fn opened(client: u32, server: u32) -> (Reassembly, Kept) {
        let (mut r, mut kept) = (Reassembly::default(), Kept::default());
        let syn = Segment { flags: SYN, ..segment(client, 0, 0, b"") };
        r.segment(Side::First, &Segment { flags: SYN, ..syn }, Source::default(), &mut kept);
        r.segment(Side::Second, &segment(server, client.wrapping_add(1), SYN, b""), Source::default(), &mut kept);
        (r, kept)
    }

    #[test]
    fn a_stream_goes_on_over_the_end_of_the_sequence_space() {
        let (mut r, mut kept) = opened(u32::MAX - 2, 0);
        for (sequence, payload) in [(u32::MAX - 1, b"abc"), (1, b"def")] {
            r.segment(Side::First, &segment(sequence, 1, 0, payload), Source::default(), &mut kept);
        }
        assert_eq!(kept.streams[0], b"abcdef");
    }

    #[test]
    fn a_response_waits_for_the_request_it_acknowledges() {
        let (mut r, mut kept) = opened(0, 100);
        r.segment(Side::Second, &segment(101, 4, 0, b"response"), Source::default(), &mut kept);
        assert!(kept.order.is_empty());
        r.segment(Side::First, &segment(1, 101, 0, b"req"), Source::default(), &mut kept);
        assert_eq!(kept.order, [(0, 0), (1, 0)]);
    }

    #[test]
    fn an_acknowledged_hole_is_given_up_after_some_patience_and_counted() {
        let (mut r, mut kept) = opened(0, 100);
        r.segment(Side::First, &segment(4, 101, 0, b"late"), Source::default(), &mut kept);
        for _ in 0..=PATIENCE {
            r.segment(Side::Second, &segment(101, 8, 0, b""), Source::default(), &mut kept);
        }
        assert_eq!(kept.streams[0], b"\0\0\0late");
        assert_eq!(kept.missing, 3);
    }

    #[test]
    fn a_hole_nobody_acknowledged_is_waited_for() {
        let (mut r, mut kept) = opened(0, 100);
        r.segment(Side::First, &segment(4, 101, 0, b"late"), Source::default(), &mut kept);
        for _ in 0..1000 {
            r.segment(Side::Second, &segment(101, 1, 0, b""), Source::default(), &mut kept);
        }
        assert_eq!(kept.streams[0], b"");
        r.segment(Side::First, &segment(1, 101, 0, b"abc"), Source::default(), &mut kept);
        assert_eq!(kept.streams[0], b"abclate");
    }

    #[test]
    fn what_waits_is_bounded_in_bytes() {
        let (mut r, mut kept) = opened(0, 100);
        let payload = [1; 1460];
        for i in 0..2000u32 {
            r.segment(Side::First, &segment(10 + i * 1460, 101, 0, &payload), Source::default(), &mut kept);
            assert!(r.waiting_bytes() <= MAX_WAITING_BYTES + payload.len());
        }
        assert_eq!(kept.missing, 9);
    }

    #[test]
    fn bytes_cut_off_by_the_snap_length_are_missing() {
        let (mut r, mut kept) = opened(0, 100);
        let cut = Segment { cut: 5, ..segment(1, 101, 0, b"abc") };
        r.segment(Side::First, &cut, Source::default(), &mut kept);
        r.segment(Side::First, &segment(9, 101, 0, b"def"), Source::default(), &mut kept);
        assert_eq!((kept.streams[0].as_slice(), kept.missing), (&b"abc\0\0\0\0\0def"[..], 5));
    }

    #[test]
    fn probes_and_repeats_are_told_from_news() {
        let (mut r, mut kept) = opened(0, 100);
        let mut say = |sequence, payload: &[u8]| {
            r.segment(Side::First, &segment(sequence, 101, 0, payload), Source::default(), &mut kept)
        };
        assert_eq!(say(1, b"abc"), Verdict::InOrder);
        assert_eq!(say(3, b"c"), Verdict::KeepAlive);
        assert_eq!(say(1, b"abc"), Verdict::Repeated);
        assert_eq!(say(2, b"bcd"), Verdict::InOrder);
        assert_eq!(say(9, b"x"), Verdict::Ahead);
        assert_eq!(say(9, b"x"), Verdict::Repeated);
        assert_eq!(say(5, b""), Verdict::Empty);
    }

    #[test]
    fn what_comes_again_otherwise_is_told_and_the_first_copy_stays() {
        let (mut r, mut kept) = opened(0, 100);
        for (sequence, payload) in
            [(1, &b"abcd"[..]), (1, b"abcd"), (1, b"aXcd"), (9, b"ijkl"), (11, b"Klmn"), (5, b"efgh")]
        {
            let source = Source { packet: u64::from(sequence), ..Source::default() };
            r.segment(Side::First, &segment(sequence, 101, 0, payload), source, &mut kept);
        }
        assert_eq!(kept.streams[0], b"abcdefghijklmn");
        let received = Conflict { start: 0, length: 4, packet: 1, received: true };
        let waiting = Conflict { start: 10, length: 2, packet: 9, received: false };
        assert_eq!(kept.conflicts, [received, waiting]);
    }

    proptest! {
        /// A dialogue cut into any segments, in any order, with repeats, gives the same two streams.
        #[test]
        fn any_segments_in_any_order_give_the_same_streams(
            turns in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..100), 1..5),
            cuts in prop::collection::vec(16usize..64, 1..8),
            isn in any::<[u32; 2]>(),
            swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40),
            repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let (mut r, mut kept) = opened(isn[0], isn[1]);
            let mut sent = [0u32; 2];
            let mut expected = [Vec::new(), Vec::new()];
            let mut segments = Vec::new();
            let mut cut = cuts.iter().cycle();
            for (i, turn) in turns.iter().enumerate() {
                let (from, to) = (i % 2, 1 - i % 2);
                let mut rest = &turn[..];
                while !rest.is_empty() {
                    let (piece, left) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                    let sequence = isn[from].wrapping_add(1 + sent[from]);
                    segments.push((from, sequence, isn[to].wrapping_add(1 + sent[to]), piece.to_vec()));
                    sent[from] += piece.len() as u32;
                    rest = left;
                }
                expected[from].extend_from_slice(turn);
            }
            for repeat in repeats {
                let again = repeat.get(&segments).clone();
                segments.push(again);
            }
            for (a, b) in swaps {
                let (a, b) = (a.index(segments.len()), b.index(segments.len()));
                segments.swap(a, b);
            }
            // More segments than PATIENCE, and a shuffle this wild would rightly be taken for loss.
            prop_assert!(segments.len() <= PATIENCE as usize);
            for (from, sequence, acknowledgment, payload) in &segments {
                let side = if *from == 0 { Side::First } else { Side::Second };
                r.segment(side, &segment(*sequence, *acknowledgment, 0, payload), Source::default(), &mut kept);
            }
            prop_assert_eq!(kept.missing, 0);
            prop_assert_eq!(&kept.conflicts, &[]);
            prop_assert!(!r.is_waiting());
            prop_assert_eq!(kept.streams, expected);
        }

        /// Whatever comes, flushing ends, and leaves nothing waiting.
        #[test]
        fn flushing_always_ends(
            segments in prop::collection::vec((any::<bool>(), 0u32..300, 0u32..300, 0u8..32, 0usize..50, 0u32..9), 0..60)
        ) {
            let (mut r, mut kept) = opened(0, 0);
            let payload = [7u8; 50];
            for (first, sequence, acknowledgment, flags, length, cut) in segments {
                let side = if first { Side::First } else { Side::Second };
                let s = Segment { sequence, acknowledgment, flags, payload: &payload[..length], cut };
                r.segment(side, &s, Source::default(), &mut kept);
            }
            r.flush(Source::default(), &mut kept);
            prop_assert!(!r.is_waiting());
            prop_assert_eq!(r.waiting_bytes(), 0);
        }
    }
}
