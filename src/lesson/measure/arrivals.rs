//! When what was sent had arrived, for a capture that says which of its packets were lost.
//!
//! Such a capture records a packet before it can get lost, and TCP hands over bytes in order. So a message has arrived once
//! every byte of the stream up to its end has: if it waits behind a lost packet, it waits until that was sent again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::inspect::event::SegmentSeen;
use crate::inspect::record::{Direction, Moment};
use crate::layers::transport::header::FIN;

/// Follows every stream's way.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    lost: BTreeSet<u64>,
    streams: HashMap<(u64, Direction), Stream>,
}

/// What one side of a connection sent. FIN takes up a position, as it does in TCP's own numbering (RFC 9293 §3.4).
#[derive(Debug, Default)]
struct Stream {
    /// Where each packet's bytes end.
    ends: BTreeMap<u64, u64>,
    /// What arrived while bytes before it had not: start and end.
    ahead: BTreeMap<u64, u64>,
    /// How far all had arrived, and the packet that brought it so far.
    reached: Vec<(u64, Moment)>,
}

impl Arrivals {
    /// Nothing was seen yet, and of what will be, these packets are lost.
    pub(super) fn without(lost: impl IntoIterator<Item = u64>) -> Self {
        Self { lost: lost.into_iter().collect(), streams: HashMap::new() }
    }

    /// Whether a packet was lost.
    pub(super) fn is_lost(&self, packet: u64) -> bool {
        self.lost.contains(&packet)
    }

    /// The next segment.
    pub(super) fn segment(&mut self, moment: Moment, segment: &SegmentSeen) {
        let start = segment.stream_offset;
        let end = start.saturating_add(u64::from(segment.payload_length) + u64::from(segment.flags & FIN));
        // Where nothing is lost, everything is there when it is sent.
        if self.lost.is_empty() || start == end {
            return;
        }
        let is_lost = self.is_lost(moment.packet);
        let stream = self.streams.entry((segment.connection, segment.direction)).or_default();
        stream.ends.insert(moment.packet, end);
        if !is_lost {
            stream.arrive(start, end, moment);
        }
    }

    /// The packet with which all was there that a connection's side had sent up to the end of a packet; `None` where
    /// some of it never was.
    pub(super) fn complete(&self, connection: u64, direction: Direction, last: Moment) -> Option<Moment> {
        if self.lost.is_empty() {
            return Some(last);
        }
        let stream = self.streams.get(&(connection, direction))?;
        let end = *stream.ends.get(&last.packet)?;
        let first = stream.reached.partition_point(|(reached, _)| *reached < end);
        stream.reached.get(first).map(|(_, moment)| *moment)
    }
}

impl Stream {
    fn arrive(&mut self, start: u64, end: u64, moment: Moment) {
        let furthest = self.ahead.entry(start).or_default();
        *furthest = end.max(*furthest);
        let before = self.reached.last().map_or(0, |(reached, _)| *reached);
        let mut reached = before;
        while let Some(next) = self.ahead.first_entry().filter(|next| *next.key() <= reached) {
            reached = reached.max(next.remove());
        }
        if reached > before {
            self.reached.push((reached, moment));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::event::Novelty;

    fn moment(packet: u64) -> Moment {
        Moment { packet, time: Timestamp(packet * 10) }
    }

    /// Packets 1, 2, … with what they carry of one stream: start, end, and whether they are lost.
    fn arrivals(packets: &[(u64, u64, bool)]) -> Arrivals {
        let lost = (1..).zip(packets).filter(|(_, (_, _, lost))| *lost).map(|(number, _)| number);
        let mut arrivals = Arrivals::without(lost);
        for (number, (start, end, _)) in (1..).zip(packets) {
            let segment = SegmentSeen {
                connection: 0,
                direction: Direction::Server,
                flags: 16,
                stream_offset: *start,
                acknowledged: 0,
                window: 0,
                payload_length: (end - start) as u32,
                novelty: Novelty::InOrder,
            };
            arrivals.segment(moment(number), &segment);
        }
        arrivals
    }

    fn complete(arrivals: &Arrivals, packet: u64) -> Option<u64> {
        arrivals.complete(0, Direction::Server, moment(packet)).map(|there| there.time.0 / 10)
    }

    #[test]
    fn where_nothing_is_lost_what_is_sent_is_there() {
        let arrivals = arrivals(&[(0, 10, false), (10, 20, false)]);
        assert_eq!((complete(&arrivals, 1), complete(&arrivals, 2)), (Some(1), Some(2)));
    }

    #[test]
    fn the_copy_that_arrived_counts_and_what_came_meanwhile_waits_for_it() {
        let arrivals = arrivals(&[(0, 10, false), (10, 20, true), (20, 30, false), (10, 20, true), (10, 20, false)]);
        let complete = |packet| complete(&arrivals, packet);
        assert_eq!((complete(1), complete(2), complete(3)), (Some(1), Some(5), Some(5)));
    }

    #[test]
    fn a_copy_may_be_cut_in_other_places() {
        let arrivals = arrivals(&[(0, 10, true), (10, 30, true), (0, 15, false), (15, 30, false)]);
        assert_eq!((complete(&arrivals, 1), complete(&arrivals, 2)), (Some(3), Some(4)));
    }

    #[test]
    fn what_was_never_sent_again_never_arrived() {
        let arrivals = arrivals(&[(0, 10, false), (10, 20, true), (20, 30, false)]);
        assert_eq!((complete(&arrivals, 2), complete(&arrivals, 3)), (None, None));
    }

    proptest! {
        #[test]
        fn a_packet_is_complete_with_the_first_that_leaves_no_byte_before_its_end_missing(
            sent in prop::collection::vec((0_u64..50, 1_u64..20, any::<bool>()), 1..40)
        ) {
            let sent = sent.into_iter().map(|(start, length, lost)| (start, start + length, lost));
            // One at least is lost: otherwise the capture is taken at its word.
            let packets: Vec<_> = [(0, 1, true)].into_iter().chain(sent).collect();
            let arrivals = arrivals(&packets);
            let has_arrived = |byte: u64, by: usize| {
                packets.iter().take(by).any(|(start, end, lost)| !lost && (*start..*end).contains(&byte))
            };
            for (number, (_, end, _)) in (1..).zip(&packets) {
                let first = (1..=packets.len()).find(|by| (0..*end).all(|byte| has_arrived(byte, *by)));
                prop_assert_eq!(complete(&arrivals, number), first.map(|by| by as u64));
            }
        }
    }
}
