//! Segments that Nagle's algorithm holds back until a delayed acknowledgment comes.
//!
//! A program that sends a message in two small writes has the second one held back by its own TCP until the first is acknowledged
//! (RFC 9293 §3.7.4). The receiver delays that acknowledgment, because it hopes to send it with its answer (§3.8.6.3), which it
//! can't give before it has the second one. Both wait for each other, for 40 ms on Linux and for 200 ms on others.

use std::ops::RangeInclusive;

use super::super::record::Direction;
use super::Watched;
use crate::layers::transport::Novelty;
use crate::layers::transport::header::{FIN, RST, SYN};
use crate::moment::{Moment, Timestamp};

/// How long after a segment a delayed acknowledgment comes, in nanoseconds, as the systems' timers and a network's time make it.
const DELAYS: [RangeInclusive<u64>; 2] = [36_000_000..=60_000_000, 190_000_000..=230_000_000];

/// How long after the acknowledgment that let it go a segment comes at the most, in nanoseconds: "at once".
const AT_ONCE: u64 = 1_000_000;

/// The payload below which a segment may be held back, in bytes: a full-sized one never is.
const SMALL: u64 = 1_400;

/// How often it has to happen, or how long all of it has to take, in nanoseconds, before that's worth a story. Once it may be chance.
const OFTEN: u32 = 3;
const LONG: u64 = 400_000_000;

/// How often it happened on a connection. Most connections need nothing of it.
#[derive(Debug, Default)]
pub(super) struct HeldBack(Option<Box<State>>);

#[derive(Debug)]
struct State {
    sender: Direction,
    stage: Stage,
    times: u32,
    total: u64,
    /// The first segment that was held back.
    first: Option<Moment>,
}

/// How far it has come this time.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Idle,
    /// A delayed acknowledgment came then, after so long.
    Acknowledged(Timestamp, u64),
    /// The segment that waited for it came: it's what the other side waited for, if that answers now.
    Sent(u64, Moment),
}

/// What happened on a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stalls {
    pub(super) sender: Direction,
    pub(super) times: u32,
    /// How long all of them took, in nanoseconds.
    pub(super) total: u64,
    pub(super) first: Moment,
}

/// Whether an acknowledgment that comes after such a silence may have been delayed.
#[inline]
pub(in crate::inspect) fn is_delay(silence: u64) -> bool {
    DELAYS.iter().any(|delay| delay.contains(&silence))
}

impl HeldBack {
    /// Whether the next segment is of interest.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.0.as_ref().is_some_and(|state| !matches!(state.stage, Stage::Idle))
    }

    /// Bytes of memory held beside the value itself.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |_| size_of::<State>())
    }

    pub(super) fn swap_sides(&mut self) {
        self.0.iter_mut().for_each(|state| state.sender = state.sender.reverse());
    }

    /// Takes a segment.
    pub(super) fn segment(&mut self, seen: &Watched<'_>) {
        let Watched { from, segment, moment, silence, outstanding, .. } = *seen;
        let (length, plain) = (segment.length(), segment.flags & (SYN | FIN | RST) == 0);
        if let Some(state) = &mut self.0 {
            let is_sender = from == state.sender;
            state.stage = match state.stage {
                Stage::Acknowledged(at, delay)
                    if is_sender
                        && plain
                        && seen.novelty == Novelty::InOrder
                        && (1..SMALL).contains(&length)
                        && moment.time.since(at) <= AT_ONCE =>
                {
                    Stage::Sent(delay, moment)
                }
                // Whatever acknowledges it says nothing yet.
                Stage::Sent(..) if !is_sender && length == 0 && plain => state.stage,
                Stage::Sent(delay, held) if !is_sender && length > 0 => {
                    state.times += 1;
                    state.total += delay;
                    state.first.get_or_insert(held);
                    Stage::Idle
                }
                _ => Stage::Idle,
            };
            if !matches!(state.stage, Stage::Idle) {
                return;
            }
        }
        let acknowledges = plain && length == 0 && seen.novelty == Novelty::Empty && seen.acknowledges_all;
        if acknowledges && (1..SMALL).contains(&outstanding) && is_delay(silence) {
            self.acknowledged(from.reverse(), moment.time, silence);
        }
    }

    /// A delayed acknowledgment of what that side sent.
    #[cold]
    fn acknowledged(&mut self, sender: Direction, at: Timestamp, delay: u64) {
        let new = || Box::new(State { sender, stage: Stage::Idle, times: 0, total: 0, first: None });
        let state = self.0.get_or_insert_with(new);
        if state.sender != sender && state.times == 0 {
            **state = *new();
        }
        if state.sender == sender {
            state.stage = Stage::Acknowledged(at, delay);
        }
    }

    /// What happened, if it's worth a story.
    pub(super) fn stalls(&self) -> Option<Stalls> {
        let State { sender, times, total, first, .. } = **self.0.as_ref()?;
        let is_much = times >= OFTEN || times > 1 && total >= LONG;
        Some(Stalls { sender, times, total, first: first? }).filter(|_| is_much)
    }
}
