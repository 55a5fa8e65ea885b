//! By how much the clocks of machines differ that captured the same, as far as it shows: packets that both saw, or exchanges that
//! a proxy passed on from one to the other.
//!
//! Either bounds the difference from both sides: a packet comes after it was sent, both ways; and a proxy asks after it was asked,
//! and answers after it was answered. Where the bounds leave room for no difference, none is claimed.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::io::Read;
use std::net::IpAddr;

use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::capture::{CaptureError, Reader};
use crate::inspect::record::{Connection, Exchange};
use crate::inspect::{Event, Inspector, Options, Sink};
use crate::layers::application::http::FieldName;
use crate::layers::stack::{self, Outcome, TcpPacket};
use crate::limits::{MAX_COMPARED_EXCHANGES, MAX_COMPARED_PACKETS};
use crate::moment::Timestamp;

/// The least packets that two captures must share before anything follows from them.
const LEAST: u64 = 3;

/// Where a TCP header has its checksum: a sender's own capture may lack it, because the network card fills it in.
const CHECKSUM: std::ops::Range<usize> = 16..18;

/// What tells the times of two captures' packets apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Packets that both have.
    Packets(u64),
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

/// What a capture has that another may have, too.
#[derive(Debug)]
pub struct Seen {
    packets: HashMap<u64, Packet, RandomState>,
    /// Of what packets hash to, those are kept that have none of these bits: the same packets, whatever the capture.
    mask: u64,
    most: usize,
    exchanges: HashMap<u64, Option<Passed>, RandomState>,
    /// Who had connections with whom, the lower address first.
    pairs: HashSet<[IpAddr; 2], RandomState>,
}

#[derive(Clone, Copy, Debug)]
struct Packet {
    /// When it came; nothing, if it came more than once.
    time: Option<Timestamp>,
    /// Between which hosts.
    hosts: u64,
    /// Whether the lower address sent it.
    up: bool,
}

/// An exchange: when it was asked and answered, and between whom.
#[derive(Clone, Copy, Debug)]
struct Passed {
    asked: Timestamp,
    answered: Timestamp,
    client: IpAddr,
    server: IpAddr,
}

/// Bounds of how far one clock is ahead of another, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    least: i64,
    most: i64,
}

impl Bounds {
    /// What both say, if they agree.
    fn and(self, other: Self) -> Option<Self> {
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        (least <= most).then_some(Self { least, most })
    }
}

/// Reads captures, and says which clocks differ, and by how much. `open` opens each anew.
///
/// # Errors
///
/// If the reading was stopped. What else keeps a capture from being read is for who reads it for more than its times.
pub fn differences<R: Read>(
    count: usize,
    mut open: impl FnMut(usize) -> Option<Reader<R>>,
) -> Result<Vec<Difference>, CaptureError> {
    let hasher = RandomState::default();
    let mut seen = Vec::new();
    for index in 0..count {
        let mut it = Seen::new(&hasher, MAX_COMPARED_PACKETS / count.max(1));
        if let Some(reader) = open(index) {
            it.read(reader)?;
        }
        seen.push(it);
    }
    Ok(placed(&seen))
}

/// Which clocks differ. Captures that have nothing to do with each other are not compared.
fn placed(seen: &[Seen]) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    let mut ahead: BTreeMap<usize, i64> = BTreeMap::new();
    while ahead.len() < seen.len() {
        let open = || (0..seen.len()).filter(|of| !ahead.contains_key(of));
        let next = open().find_map(|of| {
            let beside = ahead.iter().find_map(|(beside, base)| {
                difference(&seen[*beside], &seen[of]).map(|(bounds, by)| (*beside, *base, bounds, by))
            });
            beside.map(|(beside, base, bounds, by)| (of, beside, base, bounds, by))
        });
        let Some((of, beside, base, bounds, by)) = next else {
            // Another group of captures, whose first one's clock is taken as it is.
            let first = open().next().unwrap_or_default();
            ahead.insert(first, 0);
            continue;
        };
        let is_none = bounds.least <= 0 && bounds.most >= 0;
        let middle = if is_none { 0 } else { bounds.least.midpoint(bounds.most) };
        let in_all = base.saturating_add(middle);
        ahead.insert(of, in_all);
        if in_all != 0 {
            let uncertainty = bounds.most.abs_diff(bounds.least) / 2;
            found.push(Difference { of, beside, ahead: middle, in_all, uncertainty, by });
        }
    }
    found
}

/// How far the second clock is ahead of the first, and what tells; nothing, if they have nothing in common.
fn difference(first: &Seen, second: &Seen) -> Option<(Bounds, Evidence)> {
    by_packets(first, second).or_else(|| by_exchanges(first, second))
}

fn by_packets(first: &Seen, second: &Seen) -> Option<(Bounds, Evidence)> {
    let mask = first.mask | second.mask;
    let mut hosts: BTreeMap<u64, [Option<Bounds>; 2]> = BTreeMap::new();
    let mut shared = 0;
    for (hash, one) in first.packets.iter().filter(|(hash, _)| **hash & mask == 0) {
        let Some(other) = second.packets.get(hash) else { continue };
        let (Some(sent), Some(came)) = (one.time, other.time) else { continue };
        let apart = apart(sent, came);
        let bounds = &mut hosts.entry(one.hosts).or_default()[usize::from(one.up)];
        let range = bounds.get_or_insert(Bounds { least: apart, most: apart });
        *range = Bounds { least: range.least.min(apart), most: range.most.max(apart) };
        shared += 1;
    }
    // A few that are alike may have been sent again; who captured at the same time has most of what the other has.
    let of = |seen: &Seen| {
        let is_shared = |(hash, it): &(&u64, &Packet)| **hash & mask == 0 && hosts.contains_key(&it.hosts);
        seen.packets.iter().filter(is_shared).count() as u64
    };
    if shared < LEAST || shared * 2 < of(first).min(of(second)) {
        return None;
    }
    let of_hosts = hosts.values().filter_map(|ways| match *ways {
        // Packets of one direction are late in one capture, those of the other in the other.
        [Some(down), Some(up)] if up.least >= down.most => Some(Bounds { least: down.most, most: up.least }),
        [Some(down), Some(up)] if down.least >= up.most => Some(Bounds { least: up.most, most: down.least }),
        [Some(one), Some(other)] => Some(Bounds { least: one.least.min(other.least), most: one.most.max(other.most) }),
        // What one side alone said twice may have been sent again; and one direction doesn't bound the difference from both sides.
        _ => None,
    });
    let bounds = of_hosts.reduce(|one, other| one.and(other).unwrap_or(one))?;
    Some((bounds, Evidence::Packets(shared)))
}

fn by_exchanges(first: &Seen, second: &Seen) -> Option<(Bounds, Evidence)> {
    // Who saw the same hosts' packets, and yet not the same packets, captured at one place, one after the other.
    if !first.pairs.is_disjoint(&second.pairs) {
        return None;
    }
    let (mut all, mut count) = (None::<Bounds>, 0);
    for (hash, one) in &first.exchanges {
        let (Some(one), Some(Some(other))) = (one, second.exchanges.get(hash)) else { continue };
        let bounds = if one.server == other.client && one.client != other.client && one.server != other.server {
            Bounds { least: apart(one.answered, other.answered), most: apart(one.asked, other.asked) }
        } else if other.server == one.client && other.client != one.client && other.server != one.server {
            Bounds { least: apart(one.asked, other.asked), most: apart(one.answered, other.answered) }
        } else {
            continue;
        };
        // Where they contradict each other, they are not what they seem.
        all = Some(all.map_or(Some(bounds), |all| all.and(bounds))?);
        count += 1;
    }
    all.filter(|it| it.least <= it.most).map(|bounds| (bounds, Evidence::Exchanges(count)))
}

/// How much later the second is, in nanoseconds.
fn apart(first: Timestamp, second: Timestamp) -> i64 {
    i64::try_from(i128::from(second.0) - i128::from(first.0)).unwrap_or(if second > first {
        i64::MAX
    } else {
        i64::MIN
    })
}

impl Seen {
    fn new(hasher: &RandomState, most: usize) -> Self {
        let (packets, exchanges) = (HashMap::with_hasher(hasher.clone()), HashMap::with_hasher(hasher.clone()));
        Self { packets, mask: 0, most: most.max(1), exchanges, pairs: HashSet::default() }
    }

    /// Reads a capture to its end, or as far as it can be read.
    fn read<R: Read>(&mut self, mut reader: Reader<R>) -> Result<(), CaptureError> {
        let mut inspector = Inspector::new(Options::default());
        let mut exchanges = Exchanges { open: HashMap::default(), seen: self };
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => {
                    if let Outcome::Tcp(tcp) = stack::walk(packet.link.0, packet.data) {
                        exchanges.seen.packet(&tcp, packet.time);
                    }
                    inspector.packet(&packet, &mut exchanges);
                }
                Err(stopped @ CaptureError::Stopped { .. }) => return Err(stopped),
                Ok(None) | Err(_) => break,
            }
        }
        inspector.finish(&mut exchanges);
        Ok(())
    }

    fn packet(&mut self, tcp: &TcpPacket<'_>, time: Timestamp) {
        let header = tcp.segment.get(..tcp.header.header_length).unwrap_or_default();
        let (Some(before), Some(behind)) = (header.get(..CHECKSUM.start), header.get(CHECKSUM.end..)) else { return };
        let ends = (tcp.source, tcp.destination);
        let length = tcp.header.payload.len() + tcp.cut;
        let hasher = self.packets.hasher();
        let hash = hasher.hash_one((ends, before, behind, tcp.mark.identification, length));
        if hash & self.mask != 0 {
            return;
        }
        let hosts = hasher.hash_one((ends.0.min(ends.1), ends.0.max(ends.1)));
        let up = ends.0 < ends.1;
        self.packets.entry(hash).and_modify(|it| it.time = None).or_insert(Packet { time: Some(time), hosts, up });
        while self.packets.len() > self.most {
            self.mask = self.mask << 1 | 1;
            let mask = self.mask;
            self.packets.retain(|hash, _| hash & mask == 0);
        }
    }

    fn exchange(&mut self, it: &Exchange, [client, server]: [IpAddr; 2]) {
        let (Some(request), Some(response)) = (&it.request, &it.response) else { return };
        let fields = &request.message.headers;
        let hasher = self.exchanges.hasher();
        let unique = [FieldName::SecWebSocketKey, FieldName::XRequestId].into_iter().find_map(|name| fields.get(name));
        let hash = match unique {
            Some(value) => hasher.hash_one(value),
            None => hasher.hash_one((&request.method, &request.target, fields.get(FieldName::Host))),
        };
        let (asked, answered) = (request.message.extent.first.time, response.message.extent.first.time);
        let asked = Passed { asked, answered, client, server };
        if let Some(other) = self.exchanges.get_mut(&hash) {
            // Which of them was passed on can't be told.
            *other = None;
        } else if self.exchanges.len() < MAX_COMPARED_EXCHANGES {
            self.exchanges.insert(hash, Some(asked));
        }
    }
}

/// Takes exchanges, and who had them.
struct Exchanges<'a> {
    open: HashMap<u64, [IpAddr; 2], RandomState>,
    seen: &'a mut Seen,
}

impl Sink for Exchanges<'_> {
    fn event(&mut self, event: Event<'_>) {
        let ends = |it: &Connection| [it.client.ip(), it.server.ip()];
        match event {
            Event::Opened(it) => {
                let [client, server] = ends(it);
                if self.seen.pairs.len() < MAX_COMPARED_EXCHANGES {
                    self.seen.pairs.insert([client.min(server), client.max(server)]);
                }
                self.open.insert(it.number, [client, server]);
            }
            Event::Turned(number) => {
                if let Some(ends) = self.open.get_mut(&number) {
                    ends.reverse();
                }
            }
            Event::Exchange(it) => {
                if let Some(ends) = self.open.get(&it.connection) {
                    self.seen.exchange(it, *ends);
                }
            }
            Event::Closed(it) => {
                self.open.remove(&it.number);
            }
            _ => {}
        }
    }
}
