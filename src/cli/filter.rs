//! The conditions of `inspect`, as flags.

use std::ops::RangeInclusive;

use clap::Args;
use wire101::filter::{Filter, Host, Point};
use wire101::inspect::record::Direction;

use super::values;

/// The heading in `--help`.
const FILTER: &str = "Filter (all conditions must hold; a connection matches if something on it does)";

/// Which connections, by their ends. When packets are being captured, the kernel does this filtering.
#[derive(Debug, Args)]
#[command(next_help_heading = FILTER)]
pub struct Ends {
    /// To or from an address, or to a host by name: 10.0.0.2, example.com, '*.example.com'
    #[arg(long, value_name = "HOST", value_parser = values::host, conflicts_with_all = ["exchange", "packet", "body"])]
    host: Option<Host>,
    /// With this port at either end: 80, 8000-8999
    #[arg(long, value_name = "PORT", value_parser = values::port, conflicts_with_all = ["exchange", "packet", "body"])]
    port: Option<RangeInclusive<u16>>,
}

impl Ends {
    /// The filter, by these ends, too.
    pub fn within(self, filter: Filter) -> Filter {
        let Self { host, port } = self;
        Filter { host, port, ..filter }
    }
}

/// All of them must hold.
#[derive(Debug, Args)]
#[group(id = "conditions", multiple = true)]
#[command(next_help_heading = FILTER)]
pub struct Conditions {
    /// With this status: 404, 4xx, 400-499
    #[arg(long, value_name = "STATUS", value_parser = values::status)]
    status: Option<RangeInclusive<u16>>,
    /// With this request method
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// With this path, without the query: /chat, '/api/*' (* is any text, ? is one character)
    #[arg(long, value_name = "GLOB")]
    path: Option<String>,
    /// Frames and messages with this opcode: text, ping, 8
    #[arg(long, value_name = "OPCODE", value_parser = values::opcode)]
    opcode: Option<u8>,
    /// Only what this side said: client or server
    #[arg(long, value_name = "WHO", value_parser = values::direction)]
    direction: Option<Direction>,
    /// With exactly this text in the headers, or in the first 64 KiB of a body or payload
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    contains: Option<String>,
    /// From this packet or time on: '#120', 2.5s (after the start), 2023-11-14T22:13:20Z
    #[arg(long, value_name = "WHEN", value_parser = values::point)]
    from: Option<Point>,
    /// Up to this packet or time
    #[arg(long, value_name = "WHEN", value_parser = values::point)]
    until: Option<Point>,
}

impl From<Conditions> for Filter {
    fn from(conditions: Conditions) -> Self {
        let Conditions { status, method, path, opcode, direction, contains, from, until } = conditions;
        let contains = contains.map(String::into_bytes);
        Self { status, method, path, opcode, direction, contains, from, until, ..Self::default() }
    }
}
