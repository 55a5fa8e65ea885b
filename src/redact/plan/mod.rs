//! What becomes of every byte of the streams. Knows positions in streams, and no packet's headers.

mod planner;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

pub use self::planner::Planner;
use crate::inspect::record::Direction;
use crate::limits::MOST_PLANNED;

/// One side of a connection.
type Stream = (u64, Direction);

/// What becomes of a stretch of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    /// It is in the plan's text, from there on.
    Text(usize),
    /// Every byte becomes this one.
    Byte(u8),
    /// Every byte becomes this one, masked; the key begins at that position of the stream.
    Masked(u8, [u8; 4], u64),
}

/// From one position of a stream to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    start: u64,
    end: u64,
    fill: Fill,
}

/// A part of a packet that is a part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) stream: Stream,
    /// Position in the stream.
    pub(super) start: u64,
    /// Position in the packet.
    pub(super) offset: usize,
    pub(super) length: usize,
}

/// What the streams become. It has the bytes itself, so that a packet's own are never asked for: one that is sent again,
/// with the same bytes or with others, becomes the same as the first. What it doesn't have becomes zero.
#[derive(Debug, Default)]
pub struct Plan {
    /// In order of position.
    streams: HashMap<Stream, Vec<Stretch>, RandomState>,
    text: Vec<u8>,
    /// Who the client of a connection turned out to be.
    clients: HashMap<u64, SocketAddr, RandomState>,
    /// What fragments carry of a stream, which their own headers do not say.
    fragments: HashMap<u64, Vec<Carried>, RandomState>,
    /// Fragments that begin with the TCP header of a datagram that became whole.
    headed: BTreeSet<u64>,
    /// Packets that bring something else than was there before, and which of their bytes are new.
    differing: HashMap<u64, Vec<Range<u64>>, RandomState>,
    taken: usize,
    limited: bool,
}

impl Plan {
    /// Whether there was more than may be remembered, so that more is blanked than need be.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.limited
    }

    /// Who the client of a connection is.
    pub(super) fn client(&self, connection: u64) -> Option<SocketAddr> {
        self.clients.get(&connection).copied()
    }

    /// What a fragment carries.
    pub(super) fn fragment(&self, packet: u64) -> &[Carried] {
        self.fragments.get(&packet).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a fragment begins with a TCP header.
    pub(super) fn is_headed(&self, packet: u64) -> bool {
        self.headed.contains(&packet)
    }

    /// Which bytes are new of a packet that differs from what came before it.
    pub(super) fn differing(&self, packet: u64) -> Option<&[Range<u64>]> {
        self.differing.get(&packet).map(Vec::as_slice)
    }

    /// Writes what becomes of a stream's bytes from `start` on.
    pub(super) fn fill(&self, stream: Stream, start: u64, into: &mut [u8]) {
        let end = start.saturating_add(into.len() as u64);
        let all = self.streams.get(&stream).map(Vec::as_slice).unwrap_or_default();
        let first = all.partition_point(|stretch| stretch.end <= start);
        for stretch in all.iter().skip(first).take_while(|stretch| stretch.start < end) {
            let from = stretch.start.max(start);
            let Some(into) = into.get_mut((from - start) as usize..(stretch.end.min(end) - start) as usize) else {
                return;
            };
            match stretch.fill {
                Fill::Byte(byte) => into.fill(byte),
                Fill::Text(at) => {
                    let at = at + (from - stretch.start) as usize;
                    if let Some(text) = self.text.get(at..at + into.len()) {
                        into.copy_from_slice(text);
                    }
                }
                Fill::Masked(byte, key, key_at) => {
                    for (position, into) in (from..).zip(into) {
                        *into = byte ^ key[((position - key_at) % 4) as usize];
                    }
                }
            }
        }
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        self.limited |= self.taken + bytes > MOST_PLANNED;
        self.taken += if self.limited { 0 } else { bytes };
        !self.limited
    }

    fn add(&mut self, stream: Stream, Range { start, end }: Range<u64>, fill: Fill) {
        if start >= end {
            return;
        }
        if let Some(last) = self.streams.get_mut(&stream).and_then(|all| all.last_mut())
            && last.end == start
            && match (last.fill, fill) {
                (Fill::Text(at), Fill::Text(next)) => at as u64 + (last.end - last.start) == next as u64,
                (one, other) => one == other,
            }
        {
            last.end = end;
        } else if self.has_room(size_of::<Stretch>()) {
            self.streams.entry(stream).or_default().push(Stretch { start, end, fill });
        }
    }

    fn add_text(&mut self, stream: Stream, start: u64, text: &[u8]) {
        if self.has_room(text.len()) {
            let at = self.text.len();
            self.text.extend_from_slice(text);
            self.add(stream, start..start + text.len() as u64, Fill::Text(at));
        }
    }
}
