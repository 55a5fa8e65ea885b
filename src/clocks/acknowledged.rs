//! Packets of one capture that acknowledge packets of another, as where each captured one direction: whatever the clocks say, nobody
//! acknowledges what hasn't come yet.

use super::sample::Headers;
use super::{Bounds, Evidence, Told, apart};

/// How far the second clock is ahead of the first, if acknowledgments bound it from both sides.
pub(super) fn bounds(first: &Headers, second: &Headers) -> Option<Told> {
    // What both captured, the second may have been sent again after it was acknowledged.
    let later = first.sent.shared(&second.acknowledged).filter(|(number, ..)| !second.sent.has(*number));
    let at_most: Vec<i64> = later.map(|(_, sent, acknowledged)| apart(*sent, *acknowledged)).collect();
    let earlier = second.sent.shared(&first.acknowledged).filter(|(number, ..)| !first.sent.has(*number));
    let at_least: Vec<i64> = earlier.map(|(_, sent, acknowledged)| apart(*acknowledged, *sent)).collect();
    let (most, least) = (*at_most.iter().min()?, *at_least.iter().max()?);
    // One machine may have noted a few packets in the wrong order. Where clocks differ, half of them contradict each other or more.
    let half = |all: &[i64], is_wrong: fn(&i64) -> bool| all.iter().filter(|it| is_wrong(it)).count() * 2 >= all.len();
    let bounds = if half(&at_most, |most| *most < 0) || half(&at_least, |least| *least > 0) {
        Bounds::between(least, most)
    } else {
        Bounds { least: least.min(0), most: most.max(0) }
    };
    let by = Evidence::Acknowledged((at_most.len() + at_least.len()) as u64);
    Some(Told { bounds, by, travels: None })
}
