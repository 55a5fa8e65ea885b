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
type Amount<'a> = (u64, Cow<'a, [Share]>);

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

    /// What follows from other measures, or from moments; all others are counted.
    fn amount(&self, measure: Measure) -> Option<Amount<'_>> {
        let since_first_syn = |moment: Option<Moment>| self.first_syn.zip(moment).map(between);
        match measure {
            Measure::OverheadBytes => Some(self.overhead(&[])),
            Measure::TransportBytes => Some(self.overhead(&[Measure::LinkBytes, Measure::NetworkBytes])),
            Measure::HeaderLayers => Some(self.header_layers()),
            Measure::ProtocolBytes => Some((self.protocol_bytes, self.counted(measure).1)),
            Measure::UsefulBytes => Some((self.useful_bytes, self.counted(measure).1)),
            Measure::RoundTripTime => self.first_handshake.map(between),
            Measure::TimeToFirstByte => since_first_syn(self.first_byte),
            Measure::TimeToFirst => since_first_syn(self.completions.first().copied()),
            Measure::TimeToNth(n) => since_first_syn(self.completions.get(n.get() as usize - 1).copied()),
            Measure::TimeToLast => since_first_syn(self.completions.last().copied()),
            Measure::TimeToPong => since_first_syn(self.first_pong),
            // No time at all where nothing waited.
            Measure::LongestWait => Some(self.longest_wait.map_or((0, Cow::Borrowed(&[])), between)),
            counted => Some(self.counted(counted)),
        }
    }

    /// The value of the measure of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownMeasure`], if there is none of that name.
    pub fn named(&self, name: &str) -> Result<Option<u64>, UnknownMeasure> {
        name.parse().map(|measure| self.get(measure))
    }

    fn counted(&self, measure: Measure) -> Amount<'_> {
        let tally = self.tallies.of(measure);
        (tally.sum(), tally.shares().into())
    }

    /// What packets have besides payload, less what others have of them.
    fn overhead(&self, others: &[Measure]) -> Amount<'_> {
        let wire = self.tallies.of(Measure::WireBytes);
        let others = others.iter().map(|other| self.tallies.of(*other));
        let all = wire.sum() - self.protocol_bytes - self.useful_bytes;
        let rest = others.clone().fold(all, |rest, other| rest.saturating_sub(other.sum()));
        let others: Vec<&Tally> = others.chain([&self.payload]).collect();
        (rest, Cow::Owned(wire.less(&others)))
    }

    /// The layers that have bytes of their own; the first packet with payload has all of them.
    fn header_layers(&self) -> Amount<'_> {
        use Measure::{LinkBytes, NetworkBytes, ProtocolBytes, TransportBytes};
        let layers = [LinkBytes, NetworkBytes, TransportBytes, ProtocolBytes].into_iter();
        let amount = layers.filter(|bytes| self.get(*bytes).is_some_and(|bytes| bytes > 0)).count() as u64;
        let share = self.payload.shares().first().map(|share| Share { amount, ..*share });
        (amount, Cow::Owned(share.into_iter().collect()))
    }
}

fn between((from, to): (Moment, Moment)) -> Amount<'static> {
    let amount = to.time.since(from.time);
    (amount, Cow::Owned(vec![Share { first: from.packet, last: to.packet, amount }]))
}
