//! The ladder: hosts as vertical lifelines, what they send each other as arrows between, time running down.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::layers::Layer;
use crate::render::numbers;

/// What is drawn.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// Whose it is, of several.
    pub side: Option<char>,
    /// What stands above it, if anything does.
    pub name: String,
    /// The hosts' names, from left to right: two or more.
    pub hosts: Vec<String>,
    /// What they sent, in order.
    pub rows: Vec<Row>,
    /// Whether each row begins with its packet's number.
    pub numbered: bool,
    /// The packet that is pointed at.
    pub pointer: Option<u64>,
    /// How many rows to draw at most; the first and the last stay, and what is left out between is counted.
    pub max_rows: Option<usize>,
}

impl Ladder {
    /// A ladder of two hosts, without rows yet.
    #[must_use]
    pub fn between(left: impl Into<String>, right: impl Into<String>) -> Self {
        Self { hosts: vec![left.into(), right.into()], ..Self::default() }
    }

    /// The rows for which there is no room, between the first and the last.
    pub(in crate::render) fn left_out(&self) -> Range<usize> {
        let rows = self.rows.len();
        // Leaving out one row would save nothing.
        match self.max_rows.map(|max| max.max(3)) {
            Some(max) if rows > max => {
                let last = (max - 1) / 2;
                max - 1 - last..rows - last
            }
            _ => 0..0,
        }
    }

    /// Which packets these rows belong to: "14 more packets". A packet may have several rows, and a caption isn't a
    /// packet.
    pub(in crate::render) fn more_packets(&self, rows: Range<usize>) -> String {
        let rows = self.rows.get(rows).unwrap_or_default();
        let packets: BTreeSet<u64> = rows.iter().map(|row| row.packet).filter(|packet| *packet > 0).collect();
        numbers::counted(packets.len() as u64, "more packet")
    }
}

/// One arrow; or, from a host to itself, a caption: its label between the lifelines, without a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The packet's number; 0 if it isn't a packet.
    pub packet: u64,
    /// When it was sent, in nanoseconds since the ladder's start.
    pub at: u64,
    /// Index of the host that sent it.
    pub from: usize,
    /// Index of the host it was sent to.
    pub to: usize,
    /// The text on the arrow.
    pub label: String,
    /// The text to use if there's no room for the label.
    pub short: Option<String>,
    /// The highest layer it is about.
    pub layer: Layer,
    /// A remark beside it.
    pub note: Option<String>,
    /// Whether it never arrived.
    pub lost: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_in_packets() {
        let row = |packet| Row {
            packet,
            at: 0,
            from: 0,
            to: 1,
            label: "data".into(),
            short: None,
            layer: Layer::Application,
            note: None,
            lost: false,
        };
        let mut ladder = Ladder::between("client", "server");
        ladder.rows = [1, 1, 1, 1, 1, 2, 2, 2, 3, 3].map(row).into();
        ladder.rows[5] = Row { packet: 0, to: 0, ..row(0) };
        ladder.max_rows = Some(3);
        assert_eq!(ladder.left_out(), 1..9);
        assert_eq!(ladder.more_packets(1..9), "3 more packets");
        assert_eq!(ladder.more_packets(2..4), "1 more packet");
    }
}
