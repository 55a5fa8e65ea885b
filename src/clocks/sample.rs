//! What the headers of a capture's packets tell, of as many packets as are kept.

use std::hash::BuildHasher;
use std::io::Read;
use std::net::IpAddr;

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::capture::{CaptureError, Reader};
use crate::layers::stack::{self, Outcome, TcpPacket};
use crate::layers::transport::header::{ACK, FIN, RST, SYN};
use crate::limits::MAX_COMPARED_EXCHANGES;
use crate::moment::Timestamp;

/// Where a TCP header has its checksum: a sender's own capture may lack it, because the network card fills it in.
const CHECKSUM: std::ops::Range<usize> = 16..18;

/// Things by their hashes. Of too many, those are kept whose hashes have none of certain bits: the same ones, whatever the capture.
#[derive(Debug)]
pub(super) struct Sample<T> {
    kept: HashMap<u64, T, RandomState>,
    mask: u64,
    most: usize,
}

impl<T> Sample<T> {
    fn new(most: usize) -> Self {
        Self { kept: HashMap::default(), mask: 0, most: most.max(1) }
    }

    /// Keeps a thing, or changes the one that's known by that hash.
    fn add(&mut self, hash: u64, new: T, change: impl FnOnce(&mut T)) {
        if hash & self.mask != 0 {
            return;
        }
        match self.kept.entry(hash) {
            Entry::Occupied(mut known) => return change(known.get_mut()),
            Entry::Vacant(free) => free.insert(new),
        };
        while self.kept.len() > self.most {
            self.mask = self.mask << 1 | 1;
            let mask = self.mask;
            self.kept.retain(|hash, _| hash & mask == 0);
        }
    }

    /// Whether it has something by that hash.
    pub(super) fn has(&self, hash: u64) -> bool {
        self.kept.contains_key(&hash)
    }

    /// What two have by the same hash.
    pub(super) fn shared<'a, U>(&'a self, other: &'a Sample<U>) -> impl Iterator<Item = (u64, &'a T, &'a U)> {
        self.kept.iter().filter_map(|(hash, one)| Some((*hash, one, other.kept.get(hash)?)))
    }

    /// All that another would have kept, too.
    pub(super) fn all<'a, U>(&'a self, other: &Sample<U>) -> impl Iterator<Item = &'a T> {
        let mask = other.mask;
        self.kept.iter().filter(move |(hash, _)| **hash & mask == 0).map(|(_, it)| it)
    }
}

/// A packet that may be in another capture, too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// When it came; nothing, if it came more than once.
    pub(super) time: Option<Timestamp>,
    /// Between which hosts.
    pub(super) hosts: u64,
    /// Whether the lower address sent it.
    pub(super) is_up: bool,
}

/// What the headers tell.
#[derive(Debug)]
pub(super) struct Headers {
    /// Packets by what identifies them.
    pub(super) packets: Sample<Seen>,
    /// When each number was first the one that follows what was sent.
    pub(super) sent: Sample<Timestamp>,
    /// When each was first acknowledged.
    pub(super) acknowledged: Sample<Timestamp>,
    /// Between whom packets went, the lower address first; and which way, down and up.
    pub(super) pairs: HashMap<[IpAddr; 2], [bool; 2], RandomState>,
    hasher: RandomState,
}

impl Headers {
    /// Those of a capture that is yet to be read. Captures are comparable if they have the same hasher.
    pub(super) fn new(hasher: &RandomState, most: usize) -> Self {
        Self {
            packets: Sample::new(most),
            sent: Sample::new(most),
            acknowledged: Sample::new(most),
            pairs: HashMap::default(),
            hasher: hasher.clone(),
        }
    }

    /// Whether both have packets of the same hosts.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.pairs.keys().any(|pair| other.pairs.contains_key(pair))
    }

    /// Whether one has only what some hosts sent, and the other only what was answered.
    pub(super) fn completes(&self, other: &Self) -> bool {
        let is_half = |ways: &[bool; 2]| ways[0] != ways[1];
        let halves = self.pairs.iter().filter_map(|(pair, ways)| Some((ways, other.pairs.get(pair)?)));
        halves.into_iter().any(|(one, other)| is_half(one) && is_half(other) && one != other)
    }

    /// Reads a capture to its end, or as far as it can be read.
    pub(super) fn read<R: Read>(&mut self, mut reader: Reader<R>) -> Result<(), CaptureError> {
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => {
                    if let Outcome::Tcp(tcp) = stack::walk(packet.link.0, packet.data) {
                        self.packet(&tcp, packet.time);
                    }
                }
                Err(stopped @ CaptureError::Stopped { .. }) => return Err(stopped),
                Ok(None) | Err(_) => return Ok(()),
            }
        }
    }

    fn packet(&mut self, tcp: &TcpPacket<'_>, time: Timestamp) {
        let header = &tcp.header;
        let bytes = tcp.segment.get(..header.header_length).unwrap_or_default();
        let (Some(before), Some(behind)) = (bytes.get(..CHECKSUM.start), bytes.get(CHECKSUM.end..)) else { return };
        let (from, to) = (tcp.source, tcp.destination);
        let pair = [from.min(to), from.max(to)];
        let is_up = from < to;
        if self.pairs.len() < MAX_COMPARED_EXCHANGES || self.pairs.contains_key(&pair) {
            self.pairs.entry(pair).or_default()[usize::from(is_up)] = true;
        }
        let length = header.payload.len() + tcp.cut;
        let hash = self.hasher.hash_one((from, to, before, behind, tcp.mark.identification, length));
        let seen = Seen { time: Some(time), hosts: self.hasher.hash_one(pair), is_up };
        self.packets.add(hash, seen, |it| it.time = None);
        let numbers = [SYN, FIN].iter().filter(|flag| header.flags & **flag != 0).count() + length;
        if numbers > 0 {
            let next = header.sequence.wrapping_add(numbers as u32);
            let hash = self.hasher.hash_one((from, to, header.source_port, header.destination_port, next));
            self.sent.add(hash, time, |first| *first = time.min(*first));
        }
        if header.flags & (ACK | RST) == ACK {
            let (there, here) = (header.destination_port, header.source_port);
            let hash = self.hasher.hash_one((to, from, there, here, header.acknowledgment));
            self.acknowledged.add(hash, time, |first| *first = time.min(*first));
        }
    }
}
