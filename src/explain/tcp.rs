//! TCP's control bits and options (IANA, TCP Header Flags and TCP Option Kind Numbers).

use std::sync::LazyLock;

use super::table;

pub(super) const FLAG_DATA: &str = include_str!("data/tcp_flags.tsv");
pub(super) const OPTION_DATA: &str = include_str!("data/tcp_options.tsv");

static FLAGS: LazyLock<Vec<TcpFlag>> = LazyLock::new(|| table::load(FLAG_DATA, TcpFlag::parse));
static OPTIONS: LazyLock<Vec<TcpOption>> = LazyLock::new(|| table::load(OPTION_DATA, TcpOption::parse));

/// A control bit of the TCP header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpFlag {
    /// Its bit in the flags octet: FIN is 1, CWR 128.
    pub bit: u8,
    /// The three letters: "SYN".
    pub name: &'static str,
    /// What they stand for.
    pub full_name: &'static str,
    /// What defines it.
    pub clause: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

impl TcpFlag {
    fn parse([bit, name, full_name, clause, meaning]: [&'static str; 5]) -> Option<Self> {
        Some(Self { bit: bit.parse().ok()?, name, full_name, clause, meaning })
    }
}

/// All eight, from FIN up.
#[must_use]
pub fn tcp_flags() -> &'static [TcpFlag] {
    &FLAGS
}

/// A TCP option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpOption {
    /// Its kind.
    pub kind: u8,
    /// Its name.
    pub name: &'static str,
    /// How many bytes it has, kind and length included; `None` if that varies.
    pub length: Option<u8>,
    /// What defines it.
    pub clause: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

impl TcpOption {
    fn parse([kind, name, length, clause, meaning]: [&'static str; 5]) -> Option<Self> {
        let length = match length {
            "variable" => None,
            bytes => Some(bytes.parse().ok()?),
        };
        Some(Self { kind: kind.parse().ok()?, name, length, clause, meaning })
    }
}

/// The option of that kind, unless it is obsolete or unknown.
#[must_use]
pub fn tcp_option(kind: u8) -> Option<&'static TcpOption> {
    let at = OPTIONS.binary_search_by_key(&kind, |option| option.kind).ok()?;
    OPTIONS.get(at)
}

/// All options, by kind.
#[must_use]
pub fn tcp_options() -> &'static [TcpOption] {
    &OPTIONS
}
