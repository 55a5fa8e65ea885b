//! The layers of the OSI reference model (ISO/IEC 7498-1).

use std::sync::LazyLock;

use super::table;

pub(super) const DATA: &str = include_str!("data/osi_layers.tsv");

static TABLE: LazyLock<Vec<OsiLayer>> = LazyLock::new(|| table::load(DATA, OsiLayer::parse));

/// A layer of the reference model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OsiLayer {
    /// Its number, 1 to 7.
    pub number: u8,
    /// Its name: "Data link".
    pub name: &'static str,
    /// The layer of TCP/IP that does its job (RFC 1122 §1.1.3).
    pub tcp_ip: &'static str,
    /// What one piece of data is called there: "frame", "segment".
    pub unit: &'static str,
    /// What defines it.
    pub clause: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

impl OsiLayer {
    fn parse([number, name, tcp_ip, unit, clause, meaning]: [&'static str; 6]) -> Option<Self> {
        Some(Self { number: number.parse().ok()?, name, tcp_ip, unit, clause, meaning })
    }
}

/// All seven, from the bottom up.
#[must_use]
pub fn osi_layers() -> &'static [OsiLayer] {
    &TABLE
}
