//! What measures come to, and which packets each part of them was counted from.

use std::collections::{BTreeMap, HashMap};

use super::Measure;

/// How many shares of a measure are remembered. What comes after them is only added up.
const MAX_SHARES: usize = 1 << 16;

/// A part of a measure, and where the capture has it. All shares of a measure add up to its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The number of the packet in which it begins.
    pub first: u64,
    /// The number of the packet with which it is complete; often the same.
    pub last: u64,
    /// How much it is, in the measure's unit.
    pub amount: u64,
}

/// Adds up a measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    sum: u64,
    shares: Vec<Share>,
}

impl Tally {
    /// What it comes to.
    pub(super) fn sum(&self) -> u64 {
        self.sum
    }

    /// What it was counted from, in the order of counting.
    pub(super) fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// Adds an amount that stretches from one packet to another. An amount of 0 isn't remembered.
    pub(super) fn add(&mut self, amount: u64, first: u64, last: u64) {
        self.sum = self.sum.saturating_add(amount);
        if amount > 0 && self.shares.len() < MAX_SHARES {
            self.shares.push(Share { first, last, amount });
        }
    }

    /// Shares of one packet each, less what others have of the same packets.
    pub(super) fn less(&self, others: &[&Self]) -> Vec<Share> {
        let mut of_others = HashMap::<u64, u64>::new();
        for share in others.iter().flat_map(|other| &other.shares) {
            let sum = of_others.entry(share.first).or_default();
            *sum = sum.saturating_add(share.amount);
        }
        let rest = |share: &Share| {
            let amount = share.amount.saturating_sub(of_others.get(&share.first).copied().unwrap_or(0));
            Share { amount, ..*share }
        };
        self.shares.iter().map(rest).filter(|share| share.amount > 0).collect()
    }
}

/// A tally for each measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tallies(BTreeMap<Measure, Tally>);

impl Tallies {
    /// What a measure was counted from.
    pub(super) fn of(&self, measure: Measure) -> &Tally {
        const NOTHING: &Tally = &Tally { sum: 0, shares: Vec::new() };
        self.0.get(&measure).unwrap_or(NOTHING)
    }

    /// Replaces what a measure was counted from.
    pub(super) fn set(&mut self, measure: Measure, tally: Tally) {
        self.0.insert(measure, tally);
    }

    /// Adds an amount that stretches from one packet to another.
    pub(super) fn add(&mut self, measure: Measure, amount: u64, first: u64, last: u64) {
        self.0.entry(measure).or_default().add(amount, first, last);
    }

    /// Counts something in a packet.
    pub(super) fn one(&mut self, measure: Measure, packet: u64) {
        self.add(measure, 1, packet, packet);
    }

    /// Counts something in a packet, if it's there.
    pub(super) fn one_if(&mut self, measure: Measure, is_there: bool, packet: u64) {
        self.add(measure, is_there.into(), packet, packet);
    }
}
