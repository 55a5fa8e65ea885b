//! What a lesson puts on the screen while it tells or asks something: evidence from its run.

use super::measure::Measure;
use super::side::Side;
use super::text::Template;

/// A part of a run that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The ladders of these sides; of all, if none is named.
    Ladders(&'static [Side]),
    /// Every packet of a side, ARP and acknowledgments among them.
    Packets(Side),
    /// The comparison.
    Compare,
    /// What the lesson draws to scale.
    Chart,
    /// An exchange of a side, as it was said.
    Said(Side, ExchangeId),
    /// All frames of a side.
    Frames(Side),
    /// How `Sec-WebSocket-Accept` is made.
    Accept,
    /// A frame of a side, by its place from 0, bit by bit.
    Diagram(Side, usize),
    /// The exchange that the lesson is about, layer by layer.
    Layers,
    /// A packet's bytes, each explained.
    Bytes(Spot),
    /// The first masked text of a side: its text and its key, and what was sent but for the last byte.
    Mask(Side),
    /// What the inspector found wrong.
    Problems,
}

/// An exchange of a capture, as people name it: "0.2" is the third on the first connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeId {
    /// The connection's number, from 0.
    pub connection: u64,
    /// The exchange's index on it, from 0.
    pub index: u64,
}

/// A piece of the way through a lesson: something to see, and the text that speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct See {
    /// What is seen.
    pub show: View,
    /// What is told of it.
    pub text: Template,
}

/// Which end of a share of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The packet in which it begins.
    First,
    /// The packet with which it's complete.
    Last,
}

/// Packets that a measure was counted from: `b.round_trips[2].first` is the packet in which B's second round trip begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// On which side.
    pub side: Side,
    /// What was counted.
    pub measure: Measure,
    /// Which of them, from 1; all, if none is named.
    pub nth: Option<usize>,
    /// Which end of each.
    pub end: End,
}
