//! What one side's capture measures: values, and the packets that they were counted from.

use std::borrow::Cow;

use super::tally::{Share, Tallies, Tally};
use super::{Measure, UnknownMeasure};
use crate::inspect::record::Moment;

/// What one side's capture measures, and which of its packets each measure is counted from. Made by [`Measurer::finish`](super::Measurer::finish).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    pub(super) tallies: Tallies,
    /// The streams' bytes, each where it was first sent.
    pub(super) payload: Tally,
    /// As its tally, but never more than there is payload.
    pub(super) protocol_bytes: u64,
    /// What its tally has, and bytes that nobody decodes.
    pub(super) useful_bytes: u64,
    pub(super) first_syn: Option<Moment>,
    /// The first connection's SYN and the ACK that ends its handshake.
    pub(super) first_handshake: Option<(Moment, Moment)>,
    /// The packets with which each final response or message was there, in order.
    pub(super) completions: Vec<Moment>,
    /// When the last byte was sent of what waited longest, and when it was there.
    pub(super) longest_wait: Option<(Moment, Moment)>,
    pub(super) first_byte: Option<Moment>,
    pub(super) first_pong: Option<Moment>,
}

/// A measure's value, and what it was counted from.
pub(super) type Amount<'a> = (u64, Cow<'a, [Share]>);

/// Where a measure's value comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// It is counted: its tally has it.
    Counted,
    /// It follows from what was counted.
    Derived(for<'a> fn(&'a Measures) -> Amount<'a>),
    /// The time between two moments, if the capture has them.
    Time(fn(&Measures) -> Option<(Moment, Moment)>),
}

impl Measures {
    /// The value of a measure, in its unit; `None` for a moment that this capture doesn't have.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<u64> {
        self.amount(measure).map(|(value, _)| value)
    }

    /// What a measure is counted from: packets, and how much of it each has. For a time, the packets at its ends.
    #[must_use]
    pub fn evidence(&self, measure: Measure) -> Vec<Share> {
        self.amount(measure).map_or_else(Vec::new, |(_, shares)| shares.into_owned())
    }

    fn amount(&self, measure: Measure) -> Option<Amount<'_>> {
        match measure.source() {
            None => self.nth_response(measure).map(between),
            Some(Source::Counted) => Some(self.counted(measure)),
            Some(Source::Derived(from)) => Some(from(self)),
            Some(Source::Time(from)) => from(self).map(between),
        }
    }

    /// The value of the measure of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownMeasure`], with the name that may have been meant.
    pub fn named(&self, name: &str) -> Result<Option<u64>, UnknownMeasure> {
        name.parse().map(|measure| self.get(measure))
    }

    fn counted(&self, measure: Measure) -> Amount<'_> {
        let tally = self.tallies.of(measure);
        (tally.sum(), tally.shares().into())
    }

    pub(super) fn protocol(&self) -> Amount<'_> {
        (self.protocol_bytes, self.counted(Measure::ProtocolBytes).1)
    }

    pub(super) fn useful(&self) -> Amount<'_> {
        (self.useful_bytes, self.counted(Measure::UsefulBytes).1)
    }

    /// What packets have besides payload.
    pub(super) fn overhead(&self) -> Amount<'_> {
        self.overhead_without(&[])
    }

    /// The same without the headers of layers 2 and 3.
    pub(super) fn transport(&self) -> Amount<'_> {
        self.overhead_without(&[Measure::LinkBytes, Measure::NetworkBytes].map(|lower| self.tallies.of(lower)))
    }

    fn overhead_without(&self, others: &[&Tally]) -> Amount<'_> {
        let wire = self.tallies.of(Measure::WireBytes);
        let all = wire.sum() - self.protocol_bytes - self.useful_bytes;
        let rest = others.iter().fold(all, |rest, other| rest.saturating_sub(other.sum()));
        let others: Vec<&Tally> = others.iter().copied().chain([&self.payload]).collect();
        (rest, Cow::Owned(wire.less(&others)))
    }

    /// The layers that have bytes of their own; the first packet with payload has all of them.
    pub(super) fn header_layers(&self) -> Amount<'_> {
        use Measure::{LinkBytes, NetworkBytes, ProtocolBytes, TransportBytes};
        let layers = [LinkBytes, NetworkBytes, TransportBytes, ProtocolBytes].into_iter();
        let amount = layers.filter(|bytes| self.get(*bytes).is_some_and(|bytes| bytes > 0)).count() as u64;
        let share = self.payload.shares().first().map(|share| Share { amount, ..*share });
        (amount, Cow::Owned(share.into_iter().collect()))
    }

    /// No time at all where nothing waited.
    pub(super) fn longest_wait(&self) -> Amount<'_> {
        self.longest_wait.map_or((0, Cow::Borrowed(&[])), between)
    }

    pub(super) fn since_first_syn(&self, moment: Option<Moment>) -> Option<(Moment, Moment)> {
        self.first_syn.zip(moment)
    }

    fn nth_response(&self, measure: Measure) -> Option<(Moment, Moment)> {
        let Measure::TimeToNth(n) = measure else { return None };
        self.since_first_syn(self.completions.get(n.get() as usize - 1).copied())
    }
}

fn between((from, to): (Moment, Moment)) -> Amount<'static> {
    let amount = to.time.since(from.time);
    (amount, Cow::Owned(vec![Share { first: from.packet, last: to.packet, amount }]))
}
