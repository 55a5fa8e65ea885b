//! Two streams of bytes from TCP segments that were captured in any order, repeated, overlapping or not at all.
//!
//! Owns sequence numbers and what waits for its turn. Knows nothing about addresses, files or what the bytes mean.
//!
//! Bytes are handed on in *causal* order: a segment is read only after everything it acknowledges has been read from
//! the other side. So a response is never read before its request, however the capture shuffled them. Bytes that aren't
//! in the capture are given up once their receiver has acknowledged them and [`HOLE_PATIENCE`] more packets have come,
//! when the buffer is full, or when the connection ends.

use std::collections::VecDeque;

use super::Stamp;
use super::delivered::{Conflict, Delivered};
use super::header::{ACK, FIN, RST, SYN};
use crate::layers::Source;
pub use crate::limits::{HOLE_PATIENCE, MAX_WAITING_BYTES, MAX_WAITING_SEGMENTS};
use crate::limits::{MAX_LOOK_BACK, MAX_SEQUENCE_DISTANCE};

/// One of the two ends of a connection, as an index; which of them is the client is not this module's concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The end that was seen first.
    First = 0,
    /// The other.
    Second = 1,
}

impl End {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
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
    /// What tells a copy of its packet.
    pub stamp: Stamp,
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

/// Why bytes are missing from the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The segment that carried them was not captured; its receiver acknowledged it.
    NotCaptured,
    /// The segment that carried them is not in the capture, and nobody acknowledged it there.
    NotAcknowledged,
    /// Their packet was captured only in part: the snap length cut it.
    CutOff,
}

/// Takes the two streams.
pub trait Receiver {
    /// The next bytes of a stream; `start` is the first one's position, from 0.
    fn bytes(&mut self, side: End, start: u64, bytes: &[u8], source: Source);
    /// Bytes that are missing from the capture: `start..start + length`.
    fn gap(&mut self, side: End, start: u64, length: u64, hole: Hole, source: Source);
    /// A segment repeats bytes with other content. What is handed on is the copy that was in order first, unless this one is to
    /// take the place of one that still waits.
    fn conflict(&mut self, side: End, conflict: Conflict, source: Source) -> bool;
    /// The stream ended with a FIN.
    fn end(&mut self, side: End, source: Source);
}

/// How a segment relates to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// It occupies no sequence number.
    Empty,
    /// It continues its stream.
    InOrder,
    /// It lies ahead of bytes not yet seen.
    Ahead,
    /// Everything in it was seen before: it was sent again.
    Repeated,
    /// Its packet was captured before: it was sent once.
    Copy,
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
    stamp: Stamp,
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
    /// How far the other side says it has received, as far as that was looked at.
    acknowledged: u64,
    /// The number that the latest segment acknowledged that wasn't looked at.
    latest: Option<u32>,
    finished: bool,
    /// Bytes handed on, or told to be missing.
    told: u64,
    waiting: VecDeque<Waiting>,
    delivered: Delivered,
    /// When its SYN and its FIN came.
    ends: [Stamp; 2],
}

impl Half {
    /// The stream position of a sequence number, the one nearest to `next` (RFC 9293 §3.4: arithmetic modulo 2^32).
    /// Positions before the stream's first known byte are negative.
    fn position(&self, sequence: u32) -> Option<i64> {
        let expected = self.base?.wrapping_add(self.next as u32);
        Some(self.next.cast_signed() + i64::from(sequence.wrapping_sub(expected).cast_signed()))
    }

    /// Whether that is the sequence number of the next byte.
    #[inline]
    fn is_next(&self, sequence: u32) -> bool {
        self.base.is_some_and(|base| base.wrapping_add(self.next as u32) == sequence)
    }

    /// Whether an acknowledgment covers only what was seen of this stream.
    #[inline]
    fn has_come_to(&self, acknowledgment: u32) -> bool {
        let ahead = |base: u32| acknowledgment.wrapping_sub(base.wrapping_add(self.next as u32)).cast_signed() > 0;
        !self.base.is_some_and(ahead)
    }

    /// How a segment relates to those before it.
    fn judge(&self, segment: &Segment<'_>) -> Novelty {
        let syn = segment.flags & SYN != 0;
        let fin = segment.flags & FIN != 0;
        let length = segment.length();
        let Some(position) = self.position(segment.first()) else {
            return if length > 0 || fin { Novelty::InOrder } else { Novelty::Empty };
        };
        if syn && !self.synchronised && length == 0 {
            return Novelty::Empty;
        }
        let end = position + length.cast_signed() + i64::from(fin);
        let next = self.next.cast_signed();
        if position == end {
            if syn && self.synchronised { Novelty::Repeated } else { Novelty::Empty }
        } else if !fin && length <= 1 && position == next - 1 {
            Novelty::KeepAlive
        } else if self.finished || end <= next || self.holds(position.max(0).cast_unsigned(), end.cast_unsigned()) {
            Novelty::Repeated
        } else if position > next {
            Novelty::Ahead
        } else {
            Novelty::InOrder
        }
    }

    /// Whether the packet of a segment that brings nothing new was captured before.
    fn has_copy(&self, segment: &Segment<'_>) -> bool {
        let (payload, stamp) = (segment.payload, segment.stamp);
        if segment.length() == 0 {
            let [syn, fin] = self.ends;
            return stamp.is_copy_of(if segment.flags & SYN != 0 { syn } else { fin });
        }
        let Some(start) = self.position(segment.first()).and_then(|start| u64::try_from(start).ok()) else {
            return false;
        };
        let waits = |w: &Waiting| w.start == start && stamp.is_copy_of(w.stamp) && *w.payload == *payload;
        self.delivered.has_copy(start, payload, stamp)
            || self.waiting_from(start).take_while(|w| w.start <= start).any(waits)
    }

    /// Keeps a segment sorted by position; among equals, first come first.
    fn wait(&mut self, segment: Waiting) {
        let index = self.waiting.partition_point(|w| w.start <= segment.start);
        self.waiting.insert(index, segment);
    }

    /// What waits and may reach past `start` or lie after it, in order. A segment that reaches over more than
    /// [`MAX_LOOK_BACK`] others goes unnoticed, so that any number of holes costs no more than a few.
    fn waiting_from(&self, start: u64) -> impl Iterator<Item = &Waiting> {
        let behind = self.waiting.partition_point(|w| w.start <= start);
        self.waiting.range(behind.saturating_sub(MAX_LOOK_BACK)..)
    }

    fn holds(&self, start: u64, end: u64) -> bool {
        self.waiting_from(start).take_while(|w| w.start <= start).any(|w| end <= w.end())
    }

    /// Compares a segment's payload, which begins at `position`, with what came before of the same bytes.
    fn compare(&self, position: i64, segment: &Segment<'_>) -> Option<Conflict> {
        let stamp = segment.stamp;
        // Bytes before the stream's first known one have no position.
        let payload = segment.payload.get(position.min(0).unsigned_abs() as usize..)?;
        let start = position.max(0).cast_unsigned();
        let end = start + payload.len() as u64;
        if start < self.next
            && let Some(conflict) = self.delivered.compare(start, payload, stamp)
        {
            return Some(conflict);
        }
        self.waiting_from(start).take_while(|w| w.start < end).find_map(|w| {
            let from = w.start.max(start);
            let to = end.min(w.start + w.payload.len() as u64);
            let length = usize::try_from(to.checked_sub(from)?).ok()?;
            let first = w.payload.get((from - w.start) as usize..)?.get(..length)?;
            let second = payload.get((from - start) as usize..)?.get(..length)?;
            let (packet, length) = (w.source.ready.packet, length as u64);
            let is_promised = (w.start, w.payload.len()) == (start, payload.len()) && stamp.promises_what(w.stamp);
            (first != second).then_some(Conflict { start: from, length, packet, received: false, is_promised })
        })
    }

    /// What waits at a position becomes another copy of itself.
    #[cold]
    fn exchange(&mut self, start: u64, payload: &[u8], source: Source) {
        let is_it = |w: &&mut Waiting| w.start == start && w.payload.len() == payload.len();
        if let Some(waiting) = self.waiting.iter_mut().find(is_it) {
            waiting.payload.copy_from_slice(payload);
            waiting.source = source;
        }
    }
}

/// One connection's two streams.
#[derive(Debug, Default)]
pub struct Reassembly {
    halves: [Half; 2],
    waiting_bytes: usize,
    /// Packets since it was noticed that acknowledged bytes are missing.
    impatience: u32,
}

impl Reassembly {
    /// How a segment relates to those before it.
    #[must_use]
    #[inline]
    pub fn judge(&self, side: End, segment: &Segment<'_>) -> Novelty {
        if self.expects(side, segment) {
            return if segment.length() > 0 { Novelty::InOrder } else { Novelty::Empty };
        }
        let half = &self.halves[side as usize];
        match half.judge(segment) {
            Novelty::Repeated | Novelty::KeepAlive if half.has_copy(segment) => Novelty::Copy,
            novelty => novelty,
        }
    }

    /// Whether the segment continues its stream, nothing waits, and it acknowledges nothing that wasn't seen. Nearly every
    /// segment is like that, and all there is to do is hand on its payload.
    #[must_use]
    #[inline]
    pub fn expects(&self, side: End, segment: &Segment<'_>) -> bool {
        let (half, other) = (&self.halves[side as usize], &self.halves[side.other() as usize]);
        segment.flags & (SYN | FIN) == 0
            && half.is_next(segment.sequence)
            && !half.finished
            && half.waiting.is_empty()
            && other.waiting.is_empty()
            && (segment.flags & ACK == 0 || other.has_come_to(segment.acknowledgment))
    }

    /// Takes a segment that is [expected](Self::expects).
    #[inline]
    pub fn expected(&mut self, side: End, segment: &Segment<'_>, source: Source, to: &mut impl Receiver) {
        if segment.flags & ACK != 0 {
            self.halves[side.other() as usize].latest = Some(segment.acknowledgment);
        }
        if segment.length() > 0 {
            self.hand_on(side, segment.payload, segment.cut, false, (source, segment.stamp), to);
        }
    }

    /// Takes the next captured segment, and hands on whatever is now in order.
    pub fn segment(&mut self, side: End, segment: &Segment<'_>, source: Source, to: &mut impl Receiver) -> Novelty {
        let novelty = self.judge(side, segment);
        self.judged(side, segment, novelty, source, to);
        novelty
    }

    /// The same for a segment that [`Reassembly::judge`] has just judged.
    pub fn judged(
        &mut self,
        side: End,
        segment: &Segment<'_>,
        novelty: Novelty,
        source: Source,
        to: &mut impl Receiver,
    ) {
        if self.expects(side, segment) {
            return self.expected(side, segment, source, to);
        }
        let fin = segment.flags & FIN != 0;
        let half = &mut self.halves[side as usize];
        if half.base.is_none() {
            half.base = Some(segment.first());
        }
        if segment.flags & SYN != 0 && novelty != Novelty::Copy {
            half.ends[0] = segment.stamp;
        }
        if segment.flags & SYN != 0 && !std::mem::replace(&mut half.synchronised, true) && half.told == 0 {
            self.restart(side, segment.first());
        }
        let half = &mut self.halves[side as usize];
        let position = half.position(segment.first()).unwrap_or(0);
        let next = half.next.cast_signed();
        if (position < next || !half.waiting.is_empty())
            && !segment.payload.is_empty()
            && !matches!(novelty, Novelty::KeepAlive | Novelty::Copy)
            && let Some(conflict) = half.compare(position, segment)
            && to.conflict(side, conflict, source)
            && !conflict.received
        {
            half.exchange(conflict.start, segment.payload, source);
        }
        let after = self.acknowledge(side, segment);
        match novelty {
            Novelty::InOrder if self.caused(side, after) => {
                let skip = (next - position) as usize;
                let payload = segment.payload.get(skip..).unwrap_or_default();
                let cut = segment.cut - skip.saturating_sub(segment.payload.len()) as u32;
                let source = Source { offset: source.offset + skip.min(segment.payload.len()) as u64, ..source };
                self.hand_on(side, payload, cut, fin, (source, segment.stamp), to);
            }
            Novelty::InOrder | Novelty::Ahead => {
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
                    source: Source { offset: source.offset + skip as u64, ..source },
                    stamp: segment.stamp,
                });
            }
            Novelty::Empty | Novelty::Repeated | Novelty::Copy | Novelty::KeepAlive => {}
        }
        if self.is_waiting() {
            self.settle(source, to);
        }
    }

    /// Gives up what is still missing, and hands on all that waits: the connection ended, or the capture did.
    pub fn flush(&mut self, source: Source, to: &mut impl Receiver) {
        while self.is_waiting() {
            self.release(to);
            if self.is_waiting() {
                self.give_up(source, to);
            }
        }
        for end in [End::First, End::Second] {
            let half = &self.halves[end as usize];
            let length = half.acknowledged.saturating_sub(half.next);
            // One position may be a FIN's.
            if length > 1 && !half.finished {
                self.skip(end, length, Hole::NotCaptured, source, to);
            }
        }
    }

    /// Goes on behind bytes of one end's stream that the capture doesn't have.
    fn skip(&mut self, end: End, length: u64, hole: Hole, source: Source, to: &mut impl Receiver) {
        let half = &mut self.halves[end as usize];
        let start = half.next;
        half.next += length;
        half.told += length;
        to.gap(end, start, length, hole, source);
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

    /// Whether the receiver of a side's stream may be waiting for that sequence number: it lies between what the receiver said it
    /// has and all that was sent. Of a stream none of which was seen, nobody knows.
    #[must_use]
    pub fn may_be_due(&self, side: End, sequence: u32) -> bool {
        let sent = self.sent(side).cast_signed();
        let from = self.acknowledged(side).cast_signed().min(sent);
        self.halves[side as usize].position(sequence).is_none_or(|position| (from..=sent).contains(&position))
    }

    /// How far the side's stream has come, a FIN counted as one: all that was seen of it or acknowledged.
    #[must_use]
    pub fn sent(&self, side: End) -> u64 {
        let half = &self.halves[side as usize];
        let waiting = half.waiting.back().map_or(0, |last| last.end() + u64::from(last.fin));
        half.next.max(half.acknowledged).max(waiting)
    }

    /// How far the other side says that it has received the side's stream.
    #[must_use]
    pub fn acknowledged(&self, side: End) -> u64 {
        let half = &self.halves[side as usize];
        let latest = half.latest.and_then(|number| half.position(number)).unwrap_or(0);
        half.acknowledged.max(latest.max(0).cast_unsigned())
    }

    /// The sequence number of the first byte of a side's stream; of the first one captured, where its SYN was not seen.
    #[must_use]
    pub fn base(&self, side: End) -> Option<u32> {
        self.halves[side as usize].base
    }

    /// Whether a sequence number lies more than a window of `most` bytes off from all that is known of a side's stream. Of a stream
    /// whose SYN wasn't seen, nobody knows.
    #[must_use]
    pub fn is_far(&self, side: End, sequence: u32, most: u64) -> bool {
        let half = &self.halves[side as usize];
        let last = self.sent(side);
        let (first, last, most) = (half.next.cast_signed(), last.cast_signed(), most.cast_signed());
        let is_near = |position: i64| (first - most..=last + most).contains(&position);
        half.synchronised && !half.position(sequence).is_none_or(is_near)
    }

    /// Whether a segment's numbers may be of these streams: none is farther than [`MAX_SEQUENCE_DISTANCE`] from what is known of
    /// them.
    #[must_use]
    pub fn fits(&self, side: End, segment: &Segment<'_>) -> bool {
        let near = |side: End, number: u32| {
            let half = &self.halves[side as usize];
            let last = half.next.max(half.acknowledged);
            half.position(number).is_none_or(|position| {
                (half.next.cast_signed() - MAX_SEQUENCE_DISTANCE..=last.cast_signed() + MAX_SEQUENCE_DISTANCE)
                    .contains(&position)
            })
        };
        // A refusal has the sequence number 0, whatever its stream would have begun with (RFC 9293 §3.10.7.1).
        let numbered = segment.flags & (RST | ACK) != RST | ACK;
        (!numbered || near(side, segment.sequence))
            && (segment.flags & ACK == 0 || near(side.other(), segment.acknowledgment))
    }

    /// How far the side's stream was handed on, a FIN counted as one.
    #[must_use]
    pub fn next(&self, side: End) -> u64 {
        self.halves[side as usize].next
    }

    /// The stream position of a sequence number; 0 where the side is unknown or the position lies before its start.
    #[must_use]
    pub fn position(&self, side: End, sequence: u32) -> u64 {
        self.halves[side as usize].position(sequence).unwrap_or(0).max(0).cast_unsigned()
    }

    /// What was taken for a stream's start, before its SYN came, wasn't it: what waits gets other positions.
    fn restart(&mut self, side: End, first: u32) {
        let [one, two] = &mut self.halves;
        let (half, other) = if side == End::First { (one, two) } else { (two, one) };
        let moved = i64::from(half.base.map_or(0, |base| base.wrapping_sub(first)).cast_signed());
        let shift = |position: &mut u64| *position = position.saturating_add_signed(moved);
        half.waiting.iter_mut().for_each(|waiting| shift(&mut waiting.start));
        other.waiting.iter_mut().filter(|waiting| waiting.after > 0).for_each(|waiting| shift(&mut waiting.after));
        if half.acknowledged > 0 {
            shift(&mut half.acknowledged);
        }
        half.base = Some(first);
        (half.next, half.finished) = (0, false);
    }

    /// Notes what the segment acknowledges; returns it as a position of the other stream.
    fn acknowledge(&mut self, side: End, segment: &Segment<'_>) -> u64 {
        let other = &mut self.halves[side.other() as usize];
        if segment.flags & ACK == 0 {
            return 0;
        }
        if other.base.is_none() {
            // None of it was seen yet: it will continue where this acknowledgment points.
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

    fn caused(&self, side: End, after: u64) -> bool {
        let other = &self.halves[side.other() as usize];
        after <= other.next || other.finished
    }

    fn hand_on(
        &mut self,
        side: End,
        payload: &[u8],
        cut: u32,
        fin: bool,
        (source, stamp): (Source, Stamp),
        to: &mut impl Receiver,
    ) {
        let half = &mut self.halves[side as usize];
        if !payload.is_empty() {
            half.delivered.remember(half.next, payload, (source.ready.packet, stamp));
            to.bytes(side, half.next, payload, source);
            half.next += payload.len() as u64;
            half.told += payload.len() as u64;
        }
        if cut > 0 {
            self.skip(side, u64::from(cut), Hole::CutOff, source, to);
        }
        let half = &mut self.halves[side as usize];
        if fin && !half.finished {
            half.next += 1;
            half.ends[1] = stamp;
            self.finish(side, source, to);
        }
    }

    /// Ends a stream. Text after its FIN is ignored (RFC 9293 §3.10.7.4).
    fn finish(&mut self, side: End, source: Source, to: &mut impl Receiver) {
        let half = &mut self.halves[side as usize];
        half.finished = true;
        self.waiting_bytes -= half.waiting.drain(..).map(|w| w.payload.len()).sum::<usize>();
        to.end(side, source);
    }

    /// Hands on what waits and is now in order; then gives up on what it has waited for long enough.
    fn settle(&mut self, source: Source, to: &mut impl Receiver) {
        self.release(to);
        while self.is_waiting() {
            if self.overdue() {
                self.impatience += 1;
            }
            let full = self.waiting_bytes > MAX_WAITING_BYTES
                || self.halves.iter().any(|half| half.waiting.len() > MAX_WAITING_SEGMENTS);
            if self.impatience <= HOLE_PATIENCE && !full {
                return;
            }
            self.give_up(source, to);
            self.release(to);
        }
        self.impatience = 0;
    }

    /// Whether the receiver has acknowledged something that wasn't seen, so it's missing from the capture.
    fn overdue(&self) -> bool {
        self.halves.iter().any(|half| half.acknowledged > half.next && !half.finished)
    }

    fn release(&mut self, to: &mut impl Receiver) {
        let mut side = End::First;
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

    fn release_one(&mut self, side: End, to: &mut impl Receiver) -> bool {
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
            let offset = waiting.source.offset + skip.min(waiting.payload.len()) as u64;
            let source = Source { offset, ..waiting.source };
            self.hand_on(side, kept, cut, waiting.fin, (source, waiting.stamp), to);
        }
        true
    }

    /// Gives up the one hole that holds everything else back.
    fn give_up(&mut self, source: Source, to: &mut impl Receiver) {
        // A side whose first waiting segment is only held back by the other stream is not the one with the hole.
        for side in [End::First, End::Second] {
            let half = &self.halves[side as usize];
            let Some(first) = half.waiting.front() else { continue };
            let (holed, target) =
                if first.start > half.next { (side, first.start) } else { (side.other(), first.after) };
            // Where one finds the hole: before this.
            let behind = first.source;
            let other = &self.halves[holed as usize];
            // If that side itself has something waiting, its own hole is the nearer one.
            let nearer = other.waiting.front().map(|w| w.start).filter(|start| *start > other.next);
            let target = nearer.unwrap_or(target).min(target);
            let start = other.next;
            if target <= start || other.finished {
                continue;
            }
            let length = target - start;
            let hole = if other.acknowledged < target { Hole::NotAcknowledged } else { Hole::NotCaptured };
            self.impatience = 0;
            let half = &mut self.halves[holed as usize];
            if length == 1 && holed != side && half.waiting.is_empty() {
                // A lone position that is acknowledged and never followed is a FIN that was not captured.
                half.next = target;
                self.finish(holed, source, to);
            } else {
                self.skip(holed, length, hole, behind, to);
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
mod tests;
