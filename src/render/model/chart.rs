//! Amounts on one scale, moments on one clock. Doesn't know what they stand for.

use super::Look;

/// What a part of each bar means.
#[derive(Clone, Copy, Debug)]
pub struct BarPart {
    /// What it is called.
    pub name: &'static str,
    /// How it looks.
    pub look: Look,
}

/// An amount made of parts.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// How much each part is, in one unit for all bars.
    pub parts: Vec<u64>,
    /// The figures beside it.
    pub figures: String,
}

/// What happened over some time.
#[derive(Clone, Debug)]
pub struct Track {
    /// What it is called; where that is nothing, it belongs to the one above.
    pub name: String,
    /// From when to when it lasted, if it is something that lasts.
    pub lasted: Option<(u64, u64)>,
    /// What happened, in order: when, and the mark it gets.
    pub marks: Vec<(u64, char)>,
    /// The figures beside it.
    pub figures: String,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub enum Chart {
    /// Bars of at most three parts.
    Bars(Vec<BarPart>, Vec<Bar>),
    /// Tracks, from 0 to the last thing that happened.
    Tracks(Vec<Track>),
}
