//! What a measure comes to, and which packets each part of it was counted from.

/// How many shares are remembered of a measure; what comes after them is only added up.
const MOST: usize = 1 << 16;

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

    /// Counts one thing of a packet.
    pub(super) fn one(&mut self, packet: u64) {
        self.add(1, packet, packet);
    }

    /// Counts one thing of a packet, if it is there.
    pub(super) fn one_if(&mut self, is_there: bool, packet: u64) {
        self.add(is_there.into(), packet, packet);
    }

    /// Adds so much, from one packet to another. Of nothing, nothing is remembered.
    pub(super) fn add(&mut self, amount: u64, first: u64, last: u64) {
        self.sum = self.sum.saturating_add(amount);
        if amount > 0 && self.shares.len() < MOST {
            self.shares.push(Share { first, last, amount });
        }
    }

    /// Shares of a packet each, less what others have of the same packets.
    pub(super) fn less(&self, others: &[&Self]) -> Vec<Share> {
        let mut of_others = std::collections::HashMap::<u64, u64>::new();
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
