//! Pings of one side, and the pongs that answer them (RFC 6455 §5.5.2, §5.5.3).
//!
//! A pong answers the ping whose data it carries, and all pings before that. Pongs that nobody asked for are legal.

use std::collections::VecDeque;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::record::Answered;
use crate::layers::Source;
use crate::limits::MAX_WAITING_PINGS;

/// How much data a ping may carry, in bytes (RFC 6455 §5.5).
const LAWFUL: usize = 125;

/// How long a ping has to have waited for its pong to be what ended a connection, in nanoseconds.
const NOTICEABLE: u64 = 1_000_000_000;

/// The pings of one side that wait for their pongs. Most connections have none.
#[derive(Debug, Default)]
pub(super) struct Pings(Option<Box<Sent>>);

/// The pings of a side that has sent some.
#[derive(Debug, Default)]
struct Sent {
    waiting: VecDeque<Waiting>,
    /// Where the latest pong is from that carried the data of none of them.
    other: Option<Source>,
}

/// A ping that waits for its pong.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// Its data's hash.
    data: u64,
    /// The frame's index.
    index: u64,
    source: Source,
}

impl Pings {
    /// The side sent a ping with that payload, the frame of that index.
    pub(super) fn sent(&mut self, payload: &[u8], index: u64, source: Source) {
        let waiting = &mut self.0.get_or_insert_default().waiting;
        if waiting.len() == MAX_WAITING_PINGS {
            waiting.pop_front();
        }
        waiting.push_back(Waiting { data: hash(payload), index, source });
    }

    /// The other side sent a pong with that payload: returns the ping that it answers.
    pub(super) fn answered(&mut self, payload: &[u8], source: Source) -> Option<Answered> {
        let sent = self.0.as_mut().filter(|sent| !sent.waiting.is_empty())?;
        let data = hash(payload);
        let Some(at) = sent.waiting.iter().rposition(|waiting| waiting.data == data) else {
            sent.other = Some(source);
            return None;
        };
        let ping = sent.waiting.drain(..=at).next_back()?;
        Some(Answered { ping: ping.index, after: source.ready.time.since(ping.source.ready.time) })
    }

    /// What answers them may be missing: nothing is known of those that wait.
    pub(super) fn forget(&mut self) {
        if let Some(sent) = &mut self.0 {
            sent.waiting.clear();
        }
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |sent| size_of::<Sent>() + sent.waiting.capacity() * size_of::<Waiting>())
    }

    /// The side ends the connection. Returns its oldest ping, if that waited for long or got a pong that doesn't answer
    /// it: how long it waited, and that pong's packet. This is reported once.
    pub(super) fn give_up(&mut self, now: Source) -> Option<(Source, u64, Option<u64>)> {
        let sent = self.0.as_mut()?;
        let ping = sent.waiting.front()?.source;
        let waited = now.ready.time.since(ping.ready.time);
        sent.waiting.clear();
        let other = sent.other.filter(|other| other.ready.packet > ping.ready.packet).map(|other| other.ready.packet);
        (waited >= NOTICEABLE || other.is_some()).then_some((ping, waited, other))
    }
}

/// A number that stands for a control frame's data, whose legal length is limited.
fn hash(payload: &[u8]) -> u64 {
    FixedState::default().hash_one(payload.get(..LAWFUL).unwrap_or(payload))
}
