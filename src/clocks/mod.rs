//! How far apart the clocks of the machines are that made several captures. Three things tell: packets that both captured,
//! packets in one that acknowledge packets in the other, and exchanges that a proxy passed on from one to the other.
//!
//! Each of them bounds the difference from both sides. A packet arrives after it was sent, in both directions. Whatever is
//! acknowledged came before its acknowledgment, in both directions. And a proxy asks after it was asked, and answers after it got
//! the answer. If the bounds allow for no difference, none is claimed.
//!
//! Headers are enough for the first two, so captures are read for their exchanges only if the headers tell nothing.

mod acknowledged;
mod passed;
mod sample;
mod shared;

use std::collections::BTreeMap;
use std::io::Read;

use foldhash::quality::RandomState;

use self::passed::Exchanges;
use self::sample::Headers;
use crate::capture::{CaptureError, Reader};
use crate::limits::MAX_COMPARED_PACKETS;
use crate::moment::Timestamp;

/// The longest that a packet is taken to travel between two places, in nanoseconds: 1 s.
const MAX_REACH: u64 = 1_000_000_000;

/// What tells the times of two captures' packets apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Packets that both have.
    Packets(u64),
    /// Packets of either that the other has acknowledged.
    Acknowledged(u64),
    /// Exchanges that were passed on from one to the other.
    Exchanges(u64),
}

/// How far a capture's clock is ahead of another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which of the captures.
    pub of: usize,
    /// Which other.
    pub beside: usize,
    /// By how many nanoseconds it's ahead of that; negative, if it's behind.
    pub ahead: i64,
    /// By how many nanoseconds it's ahead of the first of all that have something in common.
    pub in_all: i64,
    /// By how many nanoseconds that may be wrong, either way.
    pub uncertainty: u64,
    /// What told.
    pub by: Evidence,
}

/// Bounds of how far one clock is ahead of another, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    least: i64,
    most: i64,
}

impl Bounds {
    /// Between these two, whichever is the lower: where one clock is faster than the other, they cross.
    fn between(one: i64, other: i64) -> Self {
        Self { least: one.min(other), most: one.max(other) }
    }

    /// What both say, if they agree.
    fn and(self, other: Self) -> Option<Self> {
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        (least <= most).then_some(Self { least, most })
    }
}

/// What tells how far a clock is ahead of another.
#[derive(Clone, Copy, Debug)]
struct Told {
    bounds: Bounds,
    by: Evidence,
    /// By how much the times of one packet are apart in both captures, at least and at most; nothing where they have none in common.
    travels: Option<Bounds>,
}

/// What clocks came to.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// Those that differ.
    pub differences: Vec<Difference>,
    /// Captures that have one direction each of the same conversations, where nothing tells whether their clocks agree.
    pub unknown: Vec<[usize; 2]>,
    /// How many nanoseconds packets take from one place to another that has them, too, at most, once clocks are corrected.
    pub reach: u64,
}

/// Reads captures, and says which clocks differ, and by how much. `open` opens each anew.
///
/// # Errors
///
/// If the reading was stopped. What else keeps a capture from being read is for who reads it for more than its times.
pub fn differences<R: Read>(
    count: usize,
    mut open: impl FnMut(usize) -> Option<Reader<R>>,
) -> Result<Clocks, CaptureError> {
    let hasher = RandomState::default();
    let mut headers = Vec::new();
    for index in 0..count {
        let mut it = Headers::new(&hasher, MAX_COMPARED_PACKETS / count.max(1));
        if let Some(reader) = open(index) {
            it.read(reader)?;
        }
        headers.push(it);
    }
    let mut exchanges: Vec<Option<Exchanges>> = vec![None; count];
    let mut placed = Placed::default();
    while placed.ahead.len() < count {
        let by_headers = placed.next(count, |beside, of| {
            Ok(shared::bounds(&headers[beside], &headers[of])
                .or_else(|| acknowledged::bounds(&headers[beside], &headers[of])))
        })?;
        if by_headers {
            continue;
        }
        let by_exchanges = placed.next(count, |beside, of| {
            // Who saw the same hosts' packets, and yet not the same packets, captured at one place, one after the other.
            if headers[beside].meets(&headers[of]) {
                return Ok(None);
            }
            for index in [beside, of] {
                if exchanges[index].is_none() {
                    exchanges[index] = Some(Exchanges::of(&hasher, open(index))?);
                }
            }
            let both = exchanges[beside].as_ref().zip(exchanges[of].as_ref());
            Ok(both.and_then(|(beside, of)| passed::bounds(beside, of)))
        })?;
        if !by_exchanges {
            placed.begin(count, |other, first| headers[other].completes(&headers[first]));
        }
    }
    Ok(placed.clocks)
}

/// The captures that were compared.
#[derive(Debug, Default)]
struct Placed {
    /// By how much each is ahead of the first of those that it has something in common with, directly or through others.
    ahead: BTreeMap<usize, i64>,
    clocks: Clocks,
}

impl Placed {
    /// Looks among the captures that weren't compared yet for one that has something in common with one that was; says whether
    /// there is one.
    fn next(
        &mut self,
        count: usize,
        mut tell: impl FnMut(usize, usize) -> Result<Option<Told>, CaptureError>,
    ) -> Result<bool, CaptureError> {
        for of in (0..count).filter(|of| !self.ahead.contains_key(of)) {
            for (beside, base) in &self.ahead {
                if let Some(told) = tell(*beside, of)? {
                    self.place(of, (*beside, *base), told);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Begins another group of captures, whose first one's clock is taken as it is. If one that was compared completes it, that's to be
    /// known.
    fn begin(&mut self, count: usize, completes: impl Fn(usize, usize) -> bool) {
        let first = (0..count).find(|of| !self.ahead.contains_key(of)).unwrap_or_default();
        let other = self.ahead.keys().find(|other| completes(**other, first));
        self.clocks.unknown.extend(other.map(|other| [*other, first]));
        self.ahead.insert(first, 0);
    }

    fn place(&mut self, of: usize, (beside, base): (usize, i64), Told { bounds, by, travels }: Told) {
        let is_none = bounds.least <= 0 && bounds.most >= 0;
        let middle = if is_none { 0 } else { bounds.least.midpoint(bounds.most) };
        let in_all = base.saturating_add(middle);
        self.ahead.insert(of, in_all);
        let farthest = travels.map(|all| all.least.abs_diff(middle).max(all.most.abs_diff(middle)));
        self.clocks.reach = self.clocks.reach.max(farthest.unwrap_or_default()).min(MAX_REACH);
        if in_all != 0 {
            let uncertainty = bounds.most.abs_diff(bounds.least) / 2;
            self.clocks.differences.push(Difference { of, beside, ahead: middle, in_all, uncertainty, by });
        }
    }
}

/// How much later the second is, in nanoseconds.
fn apart(first: Timestamp, second: Timestamp) -> i64 {
    i64::try_from(i128::from(second.0) - i128::from(first.0)).unwrap_or(if second > first {
        i64::MAX
    } else {
        i64::MIN
    })
}
