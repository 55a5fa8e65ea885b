//! What to show of a capture, as flags: what `inspect` takes, and everything else that ends in a capture.

use std::path::PathBuf;

use clap::Args;
use wire101::capture::PacketName;
use wire101::commands::inspect;
use wire101::filter::Filter;
use wire101::inspect::record::Direction;
use wire101::inspect::{DecodeAs, Spoken};

use super::{filter, values};

/// Headings of `--help`.
const NARROW: &str = "Narrow";
const DEEPEN: &str = "Deepen";
pub const OUTPUT: &str = "Output";

/// What is shown, and how much of it.
#[derive(Debug, Args)]
pub struct Views {
    /// Only this connection, counting from 0
    #[arg(long, value_name = "N", help_heading = NARROW)]
    connection: Option<u64>,
    /// Only this exchange: connection and index, both counting from 0
    #[arg(long, value_name = "C.I", value_parser = values::exchange, conflicts_with = "conditions", help_heading = NARROW)]
    exchange: Option<(u64, u64)>,
    /// Only this packet, counting from 1; of several captures, with its capture's name: b.pcap:12
    #[arg(long, value_name = "N", value_parser = values::packet, allow_hyphen_values = true, conflicts_with = "conditions", help_heading = NARROW)]
    packet: Option<PacketName>,
    #[command(flatten)]
    filter: filter::Conditions,
    /// Show what each OSI layer says
    #[arg(long, help_heading = DEEPEN)]
    layers: bool,
    /// Show the bytes, coloured by layer
    #[arg(long, help_heading = DEEPEN)]
    hex: bool,
    /// Show the packets as a ladder
    #[arg(long, help_heading = DEEPEN)]
    ladder: bool,
    /// Show a connection as a transcript: who said what, and when
    #[arg(long, value_name = "C", conflicts_with_all = ["connection", "exchange", "packet", "layers", "hex", "ladder", "why", "problems", "hops", "summary", "json"], help_heading = DEEPEN)]
    follow: Option<u64>,
    /// Show what went wrong: causes before effects, the packets that show it, and what to do
    #[arg(long, conflicts_with_all = ["exchange", "packet", "layers", "hex", "ladder", "problems", "summary", "json"], help_heading = DEEPEN)]
    why: bool,
    /// Show all problems and notes, by kind
    #[arg(long, conflicts_with_all = ["exchange", "packet", "layers", "hex", "ladder", "summary"], help_heading = DEEPEN)]
    problems: bool,
    /// If the capture has both sides of a proxy, show what the proxy changed
    #[arg(long, conflicts_with_all = ["exchange", "packet", "layers", "hex", "ladder", "why", "problems", "summary"], help_heading = DEEPEN)]
    hops: bool,
    /// The protocol of connections whose beginning wasn't captured: 8080=websocket, 8000=http
    #[arg(long, value_name = "PORT=PROTOCOL", value_parser = values::decode_as, help_heading = DEEPEN)]
    decode_as: Vec<(u16, Spoken)>,
    /// Print only the counts
    #[arg(long, help_heading = OUTPUT)]
    summary: bool,
    /// Print only the decoded body of a response; C.I:request prints the request's body
    #[arg(long, value_name = "C.I", value_parser = values::body, conflicts_with_all = ["conditions", "connection", "exchange", "packet", "layers", "hex", "ladder", "follow", "why", "problems", "hops", "summary", "json", "out", "redact"], help_heading = OUTPUT)]
    body: Option<((u64, u64), Direction)>,
    /// Write the packets of the connections that match, as pcapng
    #[arg(long, value_name = "FILE", conflicts_with = "packet", help_heading = OUTPUT)]
    out: Option<PathBuf>,
    /// Blank out everything that isn't known to be free of secrets, also in --out and --save
    #[arg(long, help_heading = OUTPUT)]
    redact: bool,
}

impl Views {
    /// Whether any of it appears while the capture is still being read.
    pub fn streams(&self) -> bool {
        self.body.is_some()
    }

    /// What they become, on connections with these ends.
    pub fn within(self, ends: Option<filter::Ends>) -> inspect::Inspect {
        let Self { connection, exchange, packet, filter, decode_as, layers, hex, ladder, .. } = self;
        let Self { follow, body, why, problems, hops, summary, out, redact, .. } = self;
        let filter = Filter::from(filter);
        inspect::Inspect {
            connection,
            exchange,
            packet,
            filter: ends.map_or(filter.clone(), |ends| ends.within(filter)),
            decode_as: DecodeAs::ports(&decode_as),
            layers,
            hex,
            ladder,
            follow,
            body,
            why,
            problems,
            hops,
            summary,
            out,
            redact,
            ..inspect::Inspect::default()
        }
    }
}
