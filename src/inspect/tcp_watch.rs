//! What TCP's headers and times show by themselves: nobody answers, a window is closed, a peer fell silent or forgot the
//! connection.

mod held_back;

pub(super) use self::held_back::is_delay;
use self::held_back::{HeldBack, Stalls};
use super::problems::Fault;
use super::record::{Connection, Direction};
use crate::layers::Source;
use crate::layers::transport::header::{ACK, FIN, RST, SYN};
use crate::layers::transport::{Novelty, Segment};
use crate::moment::Moment;

/// How long a sender waits for an acknowledgment before it sends again, to begin with (RFC 6298 §2), in nanoseconds: until then
/// no answer is missed.
const RETRY_TIMEOUT: u64 = 1_000_000_000;

/// How often a segment is sent again before that's worth a story.
const MANY_TIMES: u32 = 3;

/// The payload from which on a segment may be too large for a path, in bytes: every path takes 1,232 with IPv6 (RFC 8200 §5),
/// and tunnels take some of it.
const LARGE: u32 = 1_000;

/// A silence that is long enough for a box on the way to forget a connection, in nanoseconds.
pub(super) const LONG_SILENCE: u64 = 10_000_000_000;

/// What was seen of one connection's headers.
#[derive(Debug, Default)]
pub(super) struct TcpWatch {
    /// How many times the SYN was sent, if nothing else has been seen.
    unanswered: u32,
    /// Whether anything else has been seen.
    spoken: bool,
    /// Which sides sent a FIN.
    finished: [bool; 2],
    stalled: bool,
    /// What each side sends again, and nobody acknowledges; of most connections nothing.
    again: [Option<Box<Again>>; 2],
    /// A silence, and who broke it, while the other side hasn't reacted yet.
    broken: Option<Broken>,
    held_back: HeldBack,
}

/// A silence that was broken: how long it was, in nanoseconds, by whom, and what the first segment after it acknowledged.
#[derive(Clone, Copy, Debug)]
struct Broken {
    silent: u64,
    by: Direction,
    acknowledged: u32,
}

/// A segment that is sent again and again.
#[derive(Clone, Copy, Debug, Default)]
struct Again {
    times: u32,
    sequence: u32,
    length: u32,
    /// Its place in the stream.
    position: u64,
    first: Moment,
    last: Moment,
    /// Whether the other side sent anything meanwhile.
    other_spoke: bool,
}

/// A segment, and what is known of it beyond its header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched<'a> {
    pub(super) from: Direction,
    pub(super) segment: &'a Segment<'a>,
    pub(super) novelty: Novelty,
    /// Its first byte's position in its stream.
    pub(super) position: u64,
    /// The window as sent, where it was captured.
    pub(super) window: Option<u16>,
    /// The number that acknowledges the SYN, where that was seen.
    pub(super) syn: Option<u32>,
    pub(super) moment: Moment,
    /// How long the connection had been silent, in nanoseconds.
    pub(super) silence: u64,
    /// How many bytes of the other side's weren't acknowledged before.
    pub(super) outstanding: u64,
    /// Whether it acknowledges all that the other side has sent.
    pub(super) acknowledges_all: bool,
}

impl TcpWatch {
    /// A packet came that isn't a SYN and doesn't end the connection.
    #[inline]
    pub(super) fn heard(&mut self) {
        self.spoken = true;
    }

    /// Whether the next segment, however plain, is of interest.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.broken.is_some() || self.held_back.is_waiting() || self.again.iter().any(Option::is_some)
    }

    /// Bytes of memory held beside the value itself.
    pub(super) fn held(&self) -> usize {
        self.held_back.held()
    }

    /// The ends turned out to be the other way round.
    pub(super) fn swap_sides(&mut self) {
        self.finished.swap(0, 1);
        self.held_back.swap_sides();
        self.again.swap(0, 1);
        self.broken = self.broken.map(|broken| Broken { by: broken.by.reverse(), ..broken });
    }

    /// Takes a segment's header.
    pub(super) fn segment(&mut self, seen: Watched<'_>, record: &Connection) -> Option<Fault> {
        let Watched { from, segment, window, syn, .. } = seen;
        let flags = segment.flags;
        // A copy says nothing that its first one didn't.
        if seen.novelty == Novelty::Copy {
            return None;
        }
        if !self.spoken && flags & (SYN | ACK | RST) == SYN && from == Direction::Client {
            self.unanswered += 1;
            return None;
        }
        let opening = !std::mem::replace(&mut self.spoken, true) && self.unanswered > 0;
        if opening
            && from == Direction::Server
            && flags & (RST | ACK) == RST | ACK
            && syn == Some(segment.acknowledgment)
        {
            return Some(Fault::ConnectionRefused { port: record.server.port() });
        }
        self.held_back.segment(&seen);
        self.repeats(seen);
        if let Some(forgot) = self.reacts(seen) {
            return Some(forgot);
        }
        self.finished[from as usize] |= flags & FIN != 0;
        let closes = window == Some(0) && flags & (ACK | SYN | RST) == ACK;
        if closes && !self.finished[0] && !self.finished[1] && !std::mem::replace(&mut self.stalled, true) {
            return Some(Fault::ZeroWindow { receiver: from.name() });
        }
        None
    }

    /// Counts what is sent again, and forgets what is acknowledged.
    fn repeats(&mut self, seen: Watched<'_>) {
        let Watched { from, segment, novelty, position, moment, .. } = seen;
        let other = &mut self.again[from.reverse() as usize];
        if let Some(again) = other {
            again.other_spoke = true;
            if segment.flags & ACK != 0 && segment.acknowledgment.wrapping_sub(again.sequence).cast_signed() > 0 {
                *other = None;
            }
        }
        let length = segment.payload.len() as u32 + segment.cut;
        let own = &mut self.again[from as usize];
        if novelty != Novelty::Repeated || length == 0 {
            return;
        }
        // Of what is sent again together, the first segment is counted.
        let begun = Again { sequence: segment.sequence, length, position, first: moment, ..Again::default() };
        let again = own.get_or_insert_with(|| Box::new(begun));
        match segment.sequence.wrapping_sub(again.sequence).cast_signed() {
            1.. => return,
            0 => {}
            ..0 => **again = begun,
        }
        again.times += 1;
        again.last = moment;
    }

    /// Notes who breaks a silence, and what the other side makes of it.
    fn reacts(&mut self, seen: Watched<'_>) -> Option<Fault> {
        let Watched { from, segment, silence, .. } = seen;
        let Some(Broken { silent, by, acknowledged }) = self.broken else {
            let speaks = !segment.payload.is_empty() && segment.flags & (SYN | FIN | RST) == 0;
            let broken = Broken { silent: silence, by: from, acknowledged: segment.acknowledgment };
            self.broken = (speaks && silence >= LONG_SILENCE).then_some(broken);
            return None;
        };
        if from == by {
            return None;
        }
        self.broken = None;
        // Who doesn't know a connection takes the reset's number from what it answers, and has nothing to acknowledge (RFC 9293
        // §3.5.2); an RST, ACK is an abort. Who has sent a FIN knows the connection well enough.
        let unknown = segment.flags & (RST | ACK) == RST && segment.sequence == acknowledged;
        let forgot = unknown && !self.finished[from as usize];
        forgot.then_some(Fault::ConnectionForgotten { forgetter: from.name(), silent })
    }

    /// How often one side's segments waited for the other's delayed acknowledgments, and where first, if that's worth telling.
    pub(super) fn stalls(&self) -> Option<(Direction, Source, Fault)> {
        let Stalls { sender, times, total, first } = self.held_back.stalls()?;
        let fault = Fault::HeldBack { sender: sender.name(), times, each: total / u64::from(times), total };
        Some((sender, Source::of(first), fault))
    }

    /// The connection is over at `now`, or the capture is: what there is to say, of which side's packets, and where.
    pub(super) fn over(&self, record: &Connection, now: Source, end: Source) -> Option<(Direction, Source, Fault)> {
        let waited = now.ready.time.since(record.extent.first.time);
        // In a capture that has each packet twice, this doesn't mean that the side waited.
        if self.unanswered > 0 && !self.spoken && waited >= RETRY_TIMEOUT {
            return Some((Direction::Client, end, Fault::NoAnswer { syns: self.unanswered }));
        }
        Direction::BOTH.into_iter().find_map(|sender| {
            let Again { times, length, position, first, last, other_spoke, .. } =
                **self.again[sender as usize].as_ref()?;
            if times < MANY_TIMES || !self.spoken {
                return None;
            }
            let waited = last.time.since(first.time);
            // Copies that come at once were made on the way, or by the capture.
            if waited < RETRY_TIMEOUT {
                return None;
            }
            let (from, sender) = (sender, sender.name());
            let fault = if other_spoke && length >= LARGE && position < u64::from(length) {
                Fault::LargeSegmentsLost { sender, length, times }
            } else {
                Fault::NeverAcknowledged { sender, times, waited }
            };
            Some((from, Source::of(first), fault))
        })
    }
}
