//! A connection's two endpoints, which are the key for looking it up.

use std::net::SocketAddr;

use crate::layers::network::Path;
use crate::layers::stack::Number;
use crate::layers::transport::header::Header;

/// Two endpoints, the lower first, as numbers: they are compared and hashed for every packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pair {
    low: Number,
    high: Number,
    /// The ports, and what tells endpoints in other networks that have the same addresses.
    ports: u64,
}

impl Pair {
    /// The endpoints that a segment goes from and to, and whether the lower of them sent it.
    #[inline]
    pub(super) fn of([from, to]: [Number; 2], header: &Header<'_>) -> (Self, bool) {
        let (from, to) = ((from, header.source_port), (to, header.destination_port));
        let up = from <= to;
        (if up { Self::ordered(from, to) } else { Self::ordered(to, from) }, up)
    }

    /// Two endpoints by their addresses.
    pub(super) fn between(ends: [SocketAddr; 2]) -> Self {
        let mut ends = ends.map(|end| (Number::from(end.ip()), end.port()));
        ends.sort_unstable();
        Self::ordered(ends[0], ends[1])
    }

    #[inline]
    fn ordered((low, low_port): (Number, u16), (high, high_port): (Number, u16)) -> Self {
        Self { low, high, ports: u64::from(low_port) << 16 | u64::from(high_port) }
    }

    /// The endpoints that have these addresses in other networks than those that were seen first.
    pub(super) fn within(self, path: Path) -> Self {
        Self { ports: self.ports | u64::from(path.number().max(1)) << 32, ..self }
    }
}
