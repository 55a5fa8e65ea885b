//! One module per OSI layer: what its bytes mean, and the state that layer keeps.
//!
//! Every module is sans-IO: bytes in, meaning out, nothing read or printed. None knows of capture files, records or views.

pub mod application;
pub(crate) mod headers;
mod link;
pub mod network;
pub mod presentation;
pub mod problem;
pub mod quoted;
pub mod session;
pub mod stack;
pub mod transport;

use std::borrow::Cow;
use std::ops::Range;

use crate::moment::Moment;

/// The OSI reference model's layers (ISO/IEC 7498-1), by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// 1: signals on a medium; never in a capture.
    Physical = 1,
    /// 2: frames between neighbours.
    DataLink = 2,
    /// 3: packets between hosts.
    Network = 3,
    /// 4: byte streams between programs.
    Transport = 4,
    /// 5: the conversation: opened, reused, upgraded, closed.
    Session = 5,
    /// 6: how what is said is represented.
    Presentation = 6,
    /// 7: what is said: HTTP and WebSocket.
    Application = 7,
}

impl Layer {
    /// All seven, from the top down, as they are usually drawn.
    pub const TOP_DOWN: [Self; 7] = [
        Self::Application,
        Self::Presentation,
        Self::Session,
        Self::Transport,
        Self::Network,
        Self::DataLink,
        Self::Physical,
    ];

    /// The layer's number, 1 to 7.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The OSI name: "Data link".
    #[must_use]
    pub fn osi(self) -> &'static str {
        match self {
            Self::Physical => "Physical",
            Self::DataLink => "Data link",
            Self::Network => "Network",
            Self::Transport => "Transport",
            Self::Session => "Session",
            Self::Presentation => "Presentation",
            Self::Application => "Application",
        }
    }

    /// The layer of the internet's own model that does this job (RFC 1122 §1.1.3).
    #[must_use]
    pub fn tcp_ip(self) -> &'static str {
        match self {
            Self::Physical | Self::DataLink => "Link",
            Self::Network => "Internet",
            Self::Transport => "Transport",
            Self::Session | Self::Presentation | Self::Application => "Application",
        }
    }
}

/// Which end of a connection sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The end that opened the connection: the sender of its SYN, else of the first request, else of the first packet.
    Client,
    /// The other end.
    Server,
}

impl Direction {
    /// Both, the client's first.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// The other direction.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// "client" or "server".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// A stream of bytes that were made from other bytes: put together, unmasked, inflated. The number depends on the order
/// in which streams were made and on what was asked for, so it's never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivedId(pub u64);

/// What bytes are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A packet, by its number, from 1. Number 0 means no packet.
    Packet(u64),
    /// A stream that was made from other bytes.
    Derived(DerivedId),
}

impl Default for Origin {
    fn default() -> Self {
        Self::Packet(0)
    }
}

impl Origin {
    /// The packet's number, if it is a packet.
    #[must_use]
    pub fn packet(self) -> Option<u64> {
        match self {
            Self::Packet(number) => Some(number),
            Self::Derived(_) => None,
        }
    }
}

/// Where the bytes that a decoder reads next stand, and when they could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// What they're part of.
    pub origin: Origin,
    /// Where in it the first of them is, in bytes.
    pub offset: u64,
    /// The packet that brought them, and the time at which all that it takes to read them was there.
    pub ready: Moment,
}

impl Source {
    /// A packet, from its first byte on.
    #[must_use]
    pub fn of(packet: Moment) -> Self {
        Self { origin: Origin::Packet(packet.packet), offset: 0, ready: packet }
    }
}

/// Bits of a packet or a derived stream. Whole bytes for nearly everything; a WebSocket frame's FIN and opcode share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What they're part of.
    pub origin: Origin,
    /// Bits from its first; bit 0 is the first byte's most significant.
    pub bits: Range<u64>,
}

/// Contiguous bytes of a packet or a derived stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// What they're part of.
    pub origin: Origin,
    /// Where in it the run starts, in bytes.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

impl Run {
    /// The part of a run that lies within `bytes` of a stream, where its own first byte is at position `at`.
    #[must_use]
    pub fn part(self, at: u64, bytes: &Range<u64>) -> Option<Self> {
        let (start, end) = (bytes.start.max(at), bytes.end.min(at.saturating_add(self.length)));
        (start < end).then(|| Self { offset: self.offset + (start - at), length: end - start, ..self })
    }
}

/// Where a piece of bytes came from: one run for a header, several for a line that straddles packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    runs: Vec<Run>,
}

impl Place {
    /// Bytes that all lie in one packet.
    #[must_use]
    pub fn in_packet(packet: u64, offset: usize, length: usize) -> Self {
        Self { runs: vec![Run { origin: Origin::Packet(packet), offset: offset as u64, length: length as u64 }] }
    }

    /// Bytes collected from several places, in stream order.
    #[must_use]
    pub fn of_runs(runs: Vec<Run>) -> Self {
        Self { runs }
    }

    /// Takes in the place of the bytes that follow.
    pub fn extend(&mut self, next: &Self) {
        self.runs.extend_from_slice(&next.runs);
    }

    /// The runs, in stream order.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The packets that its bytes lie in, in stream order, each as often as it has a run.
    pub fn packets(&self) -> impl Iterator<Item = u64> {
        self.runs.iter().filter_map(|run| run.origin.packet())
    }

    /// Where the given bytes of this piece lie.
    #[must_use]
    pub fn bytes(&self, bytes: Range<usize>) -> Vec<Span> {
        self.bits(bytes.start as u64 * 8..bytes.end as u64 * 8)
    }

    /// Where the given bits of this piece lie; bits beyond its end are left out.
    #[must_use]
    pub fn bits(&self, bits: Range<u64>) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut run_start = 0;
        for run in &self.runs {
            let run_end = run_start + run.length * 8;
            let (from, to) = (bits.start.max(run_start), bits.end.min(run_end));
            if from < to {
                let base = run.offset * 8;
                spans.push(Span { origin: run.origin, bits: base + from - run_start..base + to - run_start });
            }
            run_start = run_end;
        }
        spans
    }
}

/// What some bits say: the specification's name for them, their value, and why they are there.
///
/// A field with parts is divided by them: the leaves of a packet's fields tile it, every captured bit in exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The OSI layer whose field it is.
    pub layer: Layer,
    /// The specification's own name.
    pub name: Cow<'static, str>,
    /// The value as text, not yet escaped for a terminal.
    pub value: String,
    /// One line for a beginner: what it means here.
    pub meaning: Cow<'static, str>,
    /// The bits that say so.
    pub spans: Vec<Span>,
    /// What defines it: "RFC 9293 §3.1".
    pub clause: Cow<'static, str>,
    /// What it consists of, in order; empty for a leaf.
    pub parts: Vec<Field>,
}

impl Field {
    /// A leaf field.
    #[must_use]
    pub fn new(
        layer: Layer,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        meaning: impl Into<Cow<'static, str>>,
        spans: Vec<Span>,
        clause: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            layer,
            name: name.into(),
            value: value.into(),
            meaning: meaning.into(),
            spans,
            clause: clause.into(),
            parts: Vec::new(),
        }
    }

    /// The same field, divided into `parts`.
    #[must_use]
    pub fn with_parts(mut self, parts: Vec<Field>) -> Self {
        self.parts = parts;
        self
    }

    /// Calls `visit` for every leaf, in order.
    pub fn leaves<'a>(&'a self, visit: &mut dyn FnMut(&'a Field)) {
        if self.parts.is_empty() {
            visit(self);
        }
        for part in &self.parts {
            part.leaves(visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;

    #[test]
    fn the_layers_are_those_that_are_explained() {
        for layer in Layer::TOP_DOWN {
            let entry = &explain::Kind::Layer.entries()[usize::from(layer.number()) - 1];
            let number = Some(u16::from(layer.number()));
            assert_eq!((entry.number(), entry.name), (number, layer.osi()));
            assert_eq!(entry.detail("TCP/IP"), Some(layer.tcp_ip()));
        }
    }
}
