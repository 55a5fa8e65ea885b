//! The measures: what can be asked about one side's capture. `definitions.rs` has a row for each: name, unit, definition.
//!
//! Lessons, questions and tests name them; [`Measurer`] computes them. Nothing here knows what a lesson makes of them.
//!
//! `overhead_bytes`, `protocol_bytes` and `useful_bytes` add up to `wire_bytes`, whatever was captured. The payload is the
//! stream: a byte that TCP sends again counts once, and its repetition is overhead, because no program asked for it.
//! Responses are final ones (RFC 9110 §15): a 101 brings nothing yet, it opens the way for messages. Moments are those of
//! the capture: on a virtual wire that is when a packet was sent, half a round trip before it arrives.
//!
//! A recording is made before loss strikes, so it contains lost packets, marked as lost. They are on the wire, and count
//! there. But they bring nothing: a response or message is there with the packet that completes the stream up to its end, among
//! those that arrived. So the second copy may be the one that counts, and what was sent while a copy was missing waits for it,
//! as TCP makes it wait. A capture that says nothing about losses is taken at its word.

mod arrivals;
mod definitions;
mod exchanges;
mod findings;
mod flights;
mod frames;
mod headers;
mod hops;
mod measurer;
mod seen;
mod tally;
mod turns;
mod values;

pub use definitions::{Measure, Unit, UnknownMeasure};
pub use headers::LowerHeaders;
pub use measurer::Measurer;
pub use tally::Share;
pub use values::Measures;

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn every_measure_is_parsed_from_the_name_it_displays() {
        let nth = NonZeroU32::new(3).map(Measure::TimeToNth);
        for measure in Measure::named().map(|(_, measure)| measure).chain(nth) {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_all_that_are_known() {
        let error = "roundtrips".parse::<Measure>().unwrap_err().to_string();
        assert!(error.contains("`roundtrips`") && error.contains(" round_trips,"), "{error}");
    }

    #[test]
    fn the_nth_counts_from_one() {
        for name in ["time_to_nth(0)", "time_to_nth()", "time_to_nth(-1)", "time_to_nth(99999999999)", "time_to_nth(1"]
        {
            assert_eq!(name.parse::<Measure>(), Err(UnknownMeasure { name: name.to_owned() }));
        }
        assert_eq!("time_to_nth(1)".parse(), Ok(Measure::TimeToNth(NonZeroU32::MIN)));
    }

    #[test]
    fn an_empty_capture_has_no_moments() {
        let measures = Measures::default();
        assert_eq!(measures.named("packets"), Ok(Some(0)));
        assert_eq!(measures.evidence(Measure::Packets), []);
        for name in ["round_trip_time", "time_to_first", "time_to_nth(2)", "time_to_last", "time_to_pong"] {
            assert_eq!(measures.named(name), Ok(None));
        }
    }
}
