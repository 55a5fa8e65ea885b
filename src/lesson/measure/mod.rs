//! The measures: what can be asked about one side's capture. `table.rs` has a row for each: name, unit, definition.
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
mod exchanges;
mod flights;
mod frames;
mod headers;
mod measurer;
mod measures;
mod seen;
mod table;
mod tally;
mod turns;

use std::fmt;
use std::str::FromStr;

use self::table::TABLE;
use crate::explain::nearest;
pub use headers::LowerHeaders;
pub use measurer::Measurer;
pub use measures::Measures;
pub use table::{Measure, Unit};
pub use tally::Share;

/// A name that no measure has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct UnknownMeasure {
    /// What was asked for.
    pub name: String,
    /// The measure that may have been meant.
    pub nearest: Option<&'static str>,
}

impl Measure {
    /// Every measure but `time_to_nth`, with its name.
    pub fn named() -> impl Iterator<Item = (&'static str, Self)> {
        TABLE.iter().map(|row| (row.name, row.measure))
    }

    /// What it counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.row().map_or(Unit::Nanoseconds, |row| row.unit)
    }

    fn row(self) -> Option<&'static table::Row> {
        TABLE.iter().find(|row| row.measure == self)
    }
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, UnknownMeasure> {
        if let Some((_, measure)) = Self::named().find(|(known, _)| *known == name) {
            return Ok(measure);
        }
        let nth = name.strip_prefix("time_to_nth(").and_then(|rest| rest.strip_suffix(')'));
        if let Some(n) = nth.and_then(|n| n.trim().parse().ok()) {
            return Ok(Self::TimeToNth(n));
        }
        let names = Self::named().map(|(known, _)| known).chain(["time_to_nth(N)"]);
        Err(UnknownMeasure { name: name.to_owned(), nearest: nearest(name, names).first().copied() })
    }
}

impl TryFrom<String> for Measure {
    type Error = UnknownMeasure;

    fn try_from(name: String) -> Result<Self, UnknownMeasure> {
        name.parse()
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.row()) {
            (Self::TimeToNth(n), _) => write!(f, "time_to_nth({n})"),
            (_, row) => f.write_str(row.map_or("", |row| row.name)),
        }
    }
}

impl fmt::Display for UnknownMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no measure `{}`", self.name)?;
        if let Some(nearest) = self.nearest {
            write!(f, ", did you mean `{nearest}`?")?;
        }
        f.write_str(" Measures are ")?;
        for (name, _) in Measure::named() {
            write!(f, "{name}, ")?;
        }
        f.write_str("time_to_nth(N) with N from 1")
    }
}

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
    fn an_unknown_name_is_answered_with_the_nearest() {
        let nearest = |name: &str| name.parse::<Measure>().unwrap_err().nearest;
        assert_eq!(nearest("roundtrips"), Some("round_trips"));
        assert_eq!(nearest("wire_byte"), Some("wire_bytes"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn the_nth_counts_from_one() {
        for name in ["time_to_nth(0)", "time_to_nth()", "time_to_nth(-1)", "time_to_nth(99999999999)", "time_to_nth(1"]
        {
            let error = name.parse::<Measure>().unwrap_err();
            assert_eq!(error.nearest, Some("time_to_nth(N)"), "{name}");
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
