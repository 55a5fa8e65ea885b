//! Flights: what a sender may have on its way before it has to hear that some of it arrived.
//!
//! A flight is what is sent before its first byte is acknowledged. As the receiver's acknowledgments arrive, TCP lets the
//! sender have more and more in flight: slow start (RFC 5681 §3.1).

use std::collections::HashMap;

use super::Measure;
use super::tally::{Tallies, Tally};
use crate::inspect::event::SegmentSeen;
use crate::inspect::record::{Direction, Extent};

/// How many flights of one stream are told apart.
const MAX_FLIGHTS: usize = 1 << 20;

/// Divides streams into flights, and finds out what took the most.
#[derive(Debug, Default)]
pub(super) struct Flights {
    streams: HashMap<(u64, Direction), Stream>,
}

#[derive(Debug, Default)]
struct Stream {
    acknowledged: u64,
    /// The packet with which each flight begins, and where it does in the stream.
    begins: Vec<(u64, u64)>,
}

impl Flights {
    /// The next segment, of that packet.
    pub(super) fn segment(&mut self, packet: u64, segment: &SegmentSeen) {
        let other = self.streams.entry((segment.connection, segment.direction.reverse())).or_default();
        other.acknowledged = other.acknowledged.max(segment.acknowledged);
        if segment.payload_length == 0 || !segment.is_new() {
            return;
        }
        let stream = self.streams.entry((segment.connection, segment.direction)).or_default();
        let goes_on = stream.begins.last().is_some_and(|(_, begin)| stream.acknowledged <= *begin);
        if !goes_on && stream.begins.len() < MAX_FLIGHTS {
            stream.begins.push((packet, segment.stream_offset));
        }
    }

    /// A response or message was sent from one packet to another.
    pub(super) fn sent(&self, connection: u64, direction: Direction, extent: Extent, tallies: &mut Tallies) {
        let Some(stream) = self.streams.get(&(connection, direction)) else { return };
        let after = |packet: u64| stream.begins.partition_point(|(begin, _)| *begin <= packet);
        let (first, last) = (after(extent.first.packet), after(extent.last.packet));
        let flights = (last - first) as u64 + 1;
        if flights <= tallies.of(Measure::Flights).sum() {
            return;
        }
        // What it begins with is in a flight that may have begun before it.
        let starts = stream.begins.get(first..last).unwrap_or_default().iter().map(|(packet, _)| *packet);
        let mut most = Tally::default();
        [extent.first.packet].into_iter().chain(starts).for_each(|packet| most.add(1, packet, packet));
        tallies.set(Measure::Flights, most);
        let begin = |flight: usize| stream.begins.get(flight).map(|(_, begin)| *begin);
        let bytes = first.checked_sub(1).and_then(begin).zip(begin(first)).map(|(from, to)| to.saturating_sub(from));
        let mut first_bytes = Tally::default();
        first_bytes.add(bytes.unwrap_or(0), extent.first.packet, extent.first.packet);
        tallies.set(Measure::FirstFlightBytes, first_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::event::Novelty;
    use crate::inspect::record::Moment;

    /// Data of the server's as `(offset, length)`, acknowledgments of the client's as `(acknowledged, 0)`: packet by
    /// packet.
    fn flights(packets: &[(u64, u32)]) -> Flights {
        let mut flights = Flights::default();
        for (number, (position, length)) in (1..).zip(packets) {
            let is_data = *length > 0;
            let segment = SegmentSeen {
                connection: 0,
                direction: if is_data { Direction::Server } else { Direction::Client },
                flags: 16,
                stream_offset: if is_data { *position } else { 0 },
                acknowledged: if is_data { 0 } else { *position },
                window: 0,
                payload_length: *length,
                novelty: if is_data { Novelty::InOrder } else { Novelty::Empty },
            };
            flights.segment(number, &segment);
        }
        flights
    }

    /// The most flights of what was sent from one packet to another, and the bytes in the first of them.
    fn sent(flights: &Flights, extents: &[(u64, u64)]) -> (u64, u64) {
        let moment = |packet| Moment { packet, ..Moment::default() };
        let mut tallies = Tallies::default();
        for (first, last) in extents {
            let extent = Extent { first: moment(*first), last: moment(*last) };
            flights.sent(0, Direction::Server, extent, &mut tallies);
        }
        (tallies.of(Measure::Flights).sum(), tallies.of(Measure::FirstFlightBytes).sum())
    }

    #[test]
    fn what_is_sent_at_once_is_one_flight() {
        assert_eq!(sent(&flights(&[(0, 100), (100, 100), (200, 50)]), &[(1, 3)]), (1, 0));
    }

    #[test]
    fn a_flight_ends_when_its_first_byte_is_acknowledged() {
        let packets = [(0, 100), (100, 100), (200, 0), (200, 100), (300, 100), (400, 100), (300, 0), (500, 100)];
        assert_eq!(sent(&flights(&packets), &[(1, 8)]), (3, 200));
    }

    #[test]
    fn an_acknowledgment_of_what_was_before_the_flight_ends_nothing() {
        assert_eq!(sent(&flights(&[(0, 100), (100, 0), (100, 100), (100, 0), (200, 100)]), &[(3, 5)]), (1, 0));
    }

    #[test]
    fn what_took_the_most_flights_is_remembered() {
        let flights = flights(&[(0, 100), (100, 0), (100, 70), (170, 0), (170, 30)]);
        assert_eq!(sent(&flights, &[(3, 5)]), (2, 70));
        assert_eq!(sent(&flights, &[(3, 5), (1, 1)]), (2, 70));
    }
}
