//! Status codes (IANA, Hypertext Transfer Protocol (HTTP) Status Code Registry).

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::table;

pub(super) const DATA: &str = include_str!("data/status.tsv");

static TABLE: LazyLock<Vec<Status>> = LazyLock::new(|| table::load(DATA, Status::parse));

/// A status code, or a range of codes that nobody has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code; more than one where the range is unassigned.
    pub codes: RangeInclusive<u16>,
    /// The reason phrase; in parentheses where it is not one but a note: "(Unused)", "(Unassigned)".
    pub reason: &'static str,
    /// What defines it.
    pub clause: &'static str,
    /// What it is, or when one sees it.
    pub meaning: &'static str,
}

impl Status {
    fn parse([codes, reason, clause, meaning]: [&'static str; 4]) -> Option<Self> {
        Some(Self { codes: table::range(codes)?, reason, clause, meaning })
    }

    /// Whether the code has been given a meaning.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        !self.reason.starts_with('(')
    }
}

/// What the registry says of a status code from 100 to 599; `None` outside (RFC 9110 §15: such codes are invalid).
#[must_use]
pub fn status(code: u16) -> Option<&'static Status> {
    table::find(&TABLE, code, |status| &status.codes)
}

/// All status codes, in ascending order, unassigned ranges between them.
#[must_use]
pub fn statuses() -> &'static [Status] {
    &TABLE
}
