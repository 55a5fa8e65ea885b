//! Packets that two captures have: the same bytes and the same identification, so that it's one packet, seen at two places.

use std::collections::BTreeMap;

use super::sample::{Headers, Sample, Seen};
use super::{Bounds, Evidence, Told, apart};
use crate::moment::Timestamp;

/// The least packets that two captures must share before anything follows from them.
const LEAST: u64 = 3;

/// The packets that two captures share of the same hosts.
#[derive(Clone, Copy, Debug, Default)]
struct Ways {
    /// By how much those of each direction are apart, at least and at most.
    apart: [Option<Bounds>; 2],
    /// From when to when each capture has some.
    spans: Option<[[Timestamp; 2]; 2]>,
}

/// How far the second clock is ahead of the first, if packets tell.
pub(super) fn bounds(first: &Headers, second: &Headers) -> Option<Told> {
    let mut hosts: BTreeMap<u64, Ways> = BTreeMap::new();
    let mut shared = 0;
    for (_, one, other) in first.packets.shared(&second.packets) {
        let (Some(sent), Some(came)) = (one.time, other.time) else { continue };
        let ways = hosts.entry(one.hosts).or_default();
        let apart = apart(sent, came);
        let range = ways.apart[usize::from(one.is_up)].get_or_insert(Bounds { least: apart, most: apart });
        *range = Bounds { least: range.least.min(apart), most: range.most.max(apart) };
        let spans = ways.spans.get_or_insert([[sent; 2], [came; 2]]);
        *spans = [widened(spans[0], sent), widened(spans[1], came)];
        shared += 1;
    }
    // A few that are alike may have been sent again. While both captured, each has most of what the other has.
    let within =
        [within(&first.packets, &second.packets, 0, &hosts), within(&second.packets, &first.packets, 1, &hosts)];
    if shared < LEAST || shared * 2 < within[0].min(within[1]) {
        return None;
    }
    let of_hosts = hosts.values().filter_map(|ways| match ways.apart {
        // Packets of one direction are late in one capture, those of the other in the other.
        [Some(down), Some(up)] if up.least >= down.most => Some(Bounds { least: down.most, most: up.least }),
        [Some(down), Some(up)] if down.least >= up.most => Some(Bounds { least: up.most, most: down.least }),
        [Some(one), Some(other)] => Some(Bounds { least: one.least.min(other.least), most: one.most.max(other.most) }),
        // What one side alone said twice may have been sent again; and one direction doesn't bound the difference from both sides.
        _ => None,
    });
    let bounds = of_hosts.reduce(|one, other| one.and(other).unwrap_or(one))?;
    let all = hosts.values().flat_map(|ways| ways.apart.into_iter().flatten());
    let travels = all.reduce(|one, other| Bounds { least: one.least.min(other.least), most: one.most.max(other.most) });
    Some(Told { bounds, by: Evidence::Packets(shared), travels })
}

/// How many packets a capture has of those hosts, between the first and the last that it shares.
fn within(of: &Sample<Seen>, other: &Sample<Seen>, capture: usize, hosts: &BTreeMap<u64, Ways>) -> u64 {
    let is_within = |it: &&Seen| {
        let span = hosts.get(&it.hosts).and_then(|ways| ways.spans).map(|spans| spans[capture]);
        span.zip(it.time).is_some_and(|([from, until], time)| (from..=until).contains(&time))
    };
    of.all(other).filter(is_within).count() as u64
}

fn widened([from, until]: [Timestamp; 2], time: Timestamp) -> [Timestamp; 2] {
    [from.min(time), until.max(time)]
}
