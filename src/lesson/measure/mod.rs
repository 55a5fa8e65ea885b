//! The measures: what can be asked of one side's capture, each with a name, a definition and a unit.
//!
//! Lessons, questions and tests name them; [`Measurer`] computes them. Nothing here knows what a lesson makes of them.
//!
//! | measure | definition |
//! |---|---|
//! | `connections` | TCP connections opened: distinct SYNs, retransmissions aside |
//! | `packets`, `wire_bytes` | packets on the wire and their bytes, link header included, ARP apart |
//! | `arp_packets` | ARP packets |
//! | `data_packets` | packets that carry TCP payload |
//! | `overhead_bytes` | `wire_bytes` less the TCP payload: headers of layers 2 to 4, packets without payload |
//! | `protocol_bytes` | of the payload: start lines, field lines, chunk framing, WebSocket frame headers |
//! | `useful_bytes` | the rest of it: bodies, message payloads (those of control frames too), bytes nobody decodes |
//! | `round_trips` | turns: the client sends a SYN or application bytes, the server answers with a SYN-ACK or such bytes |
//! | `handshake_round_trips` | those of them that carry no application bytes |
//! | `round_trip_time` | on the first connection, from the SYN (the last, if it was sent again) to the client's ACK |
//! | `time_to_first`, `time_to_nth(N)`, `time_to_last` | from the first SYN to the last byte of that response or message |
//! | `longest_wait` | from sending a response's or message's last byte to when it was there; the longest of all |
//! | `held_back` | responses and messages whose end arrived while bytes before it were still missing |
//! | `lost_packets` | packets that the recording says were lost on the way |
//! | `flights` | the most flights one response or message took: what is sent before its first byte is acknowledged |
//! | `first_flight_bytes` | bytes in the first of those flights, if there were more |
//! | `exchanges`, `reused_exchanges` | HTTP exchanges, and those that were not the first on their connection |
//! | `responses` | final responses that came to their end |
//! | `frames`, `messages`, `pings` | WebSocket frames, whole data messages, ping frames |
//! | `message_bytes`, `grown_messages` | what those messages say, compression undone; those that compression made longer |
//! | `link_bytes`, `network_bytes`, `transport_bytes` | parts of `overhead_bytes`: layer 2, layer 3, TCP and what it repeats |
//! | `header_layers` | how many OSI layers put bytes before the useful ones: 2, 3, 4 and 7, where they do |
//! | `bodies`, `cookies` | requests and responses with a body of a byte or more; requests with a Cookie field |
//! | `chunking_bytes` | of `protocol_bytes`: chunk sizes, the line ends around chunks, trailers |
//! | `time_to_first_byte` | from the first SYN to the first byte of the first final response |
//! | `message_header_bytes` | of `protocol_bytes`: the headers of frames with messages in them |
//! | `masked_frames`, `masking_keys` | frames with a masked payload, and how many different keys they have |
//! | `close_frames` | WebSocket close frames |
//! | `time_to_pong` | from the first SYN to the last byte of the first pong frame |
//! | `resets`, `zero_windows` | segments with RST; other segments that leave the peer no room to send: window 0 |
//! | `retransmissions`, `problems` | segments whose bytes had all been seen; what the inspector found wrong |
//!
//! `overhead_bytes`, `protocol_bytes` and `useful_bytes` add up to `wire_bytes`, whatever was captured. The payload is the
//! stream: a byte that TCP sends again counts once, and its repetition is overhead, because no program asked for it.
//! Responses are final ones (RFC 9110 §15): a 101 brings nothing yet, it opens the way for messages. Moments are those of
//! the capture: on a virtual wire that is when a packet was sent, half a round trip before it arrives.
//!
//! A recording has lost packets in it, marked as lost, for it is made before loss strikes. They are on the wire, and count
//! there. But nothing is there because of them: a response or message is there with the packet, of those that arrived,
//! that completes the stream up to its end. So it may be the second copy that counts, and what was sent while a copy
//! was missing waits with it, as TCP has it wait. A capture that says nothing of losses is taken at its word.

mod arrivals;
mod content;
mod flights;
mod framing;
mod headers;
mod measurer;
mod measures;
mod payloads;
mod seen;
mod tally;
mod turns;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::Deserialize;

use crate::explain::nearest;
pub use headers::LowerHeaders;
pub use measurer::Measurer;
pub use measures::Measures;
pub use tally::Share;

/// What can be asked of a capture. Parsed from its name: `round_trips`, `time_to_nth(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
#[expect(missing_docs, reason = "the module's table defines them")]
pub enum Measure {
    Connections,
    Packets,
    WireBytes,
    ArpPackets,
    DataPackets,
    OverheadBytes,
    ProtocolBytes,
    UsefulBytes,
    RoundTrips,
    HandshakeRoundTrips,
    RoundTripTime,
    TimeToFirst,
    TimeToNth(NonZeroU32),
    TimeToLast,
    LongestWait,
    HeldBack,
    LostPackets,
    Flights,
    FirstFlightBytes,
    Exchanges,
    ReusedExchanges,
    Responses,
    Frames,
    Messages,
    MessageBytes,
    GrownMessages,
    Pings,
    LinkBytes,
    NetworkBytes,
    TransportBytes,
    HeaderLayers,
    Bodies,
    Cookies,
    ChunkingBytes,
    TimeToFirstByte,
    MessageHeaderBytes,
    MaskedFrames,
    MaskingKeys,
    CloseFrames,
    TimeToPong,
    Resets,
    ZeroWindows,
    Retransmissions,
    Problems,
}

/// What a measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Things: connections, packets, round trips.
    Count,
    /// Bytes.
    Bytes,
    /// Nanoseconds.
    Nanoseconds,
}

/// A name that no measure has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct UnknownMeasure {
    /// What was asked for.
    pub name: String,
    /// The measure that may have been meant.
    pub nearest: Option<&'static str>,
}

impl Measure {
    /// Every measure but `time_to_nth`, by name.
    pub const NAMED: [(&'static str, Self); 43] = [
        ("connections", Self::Connections),
        ("packets", Self::Packets),
        ("wire_bytes", Self::WireBytes),
        ("arp_packets", Self::ArpPackets),
        ("data_packets", Self::DataPackets),
        ("overhead_bytes", Self::OverheadBytes),
        ("protocol_bytes", Self::ProtocolBytes),
        ("useful_bytes", Self::UsefulBytes),
        ("round_trips", Self::RoundTrips),
        ("handshake_round_trips", Self::HandshakeRoundTrips),
        ("round_trip_time", Self::RoundTripTime),
        ("time_to_first", Self::TimeToFirst),
        ("time_to_last", Self::TimeToLast),
        ("longest_wait", Self::LongestWait),
        ("held_back", Self::HeldBack),
        ("lost_packets", Self::LostPackets),
        ("flights", Self::Flights),
        ("first_flight_bytes", Self::FirstFlightBytes),
        ("exchanges", Self::Exchanges),
        ("reused_exchanges", Self::ReusedExchanges),
        ("responses", Self::Responses),
        ("frames", Self::Frames),
        ("messages", Self::Messages),
        ("message_bytes", Self::MessageBytes),
        ("grown_messages", Self::GrownMessages),
        ("pings", Self::Pings),
        ("link_bytes", Self::LinkBytes),
        ("network_bytes", Self::NetworkBytes),
        ("transport_bytes", Self::TransportBytes),
        ("header_layers", Self::HeaderLayers),
        ("bodies", Self::Bodies),
        ("cookies", Self::Cookies),
        ("chunking_bytes", Self::ChunkingBytes),
        ("time_to_first_byte", Self::TimeToFirstByte),
        ("message_header_bytes", Self::MessageHeaderBytes),
        ("masked_frames", Self::MaskedFrames),
        ("masking_keys", Self::MaskingKeys),
        ("close_frames", Self::CloseFrames),
        ("time_to_pong", Self::TimeToPong),
        ("resets", Self::Resets),
        ("zero_windows", Self::ZeroWindows),
        ("retransmissions", Self::Retransmissions),
        ("problems", Self::Problems),
    ];

    /// What it counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::WireBytes
            | Self::OverheadBytes
            | Self::LinkBytes
            | Self::NetworkBytes
            | Self::TransportBytes
            | Self::ProtocolBytes
            | Self::ChunkingBytes
            | Self::MessageHeaderBytes
            | Self::UsefulBytes
            | Self::FirstFlightBytes
            | Self::MessageBytes => Unit::Bytes,
            Self::RoundTripTime
            | Self::TimeToFirstByte
            | Self::TimeToFirst
            | Self::TimeToNth(_)
            | Self::TimeToLast
            | Self::LongestWait
            | Self::TimeToPong => Unit::Nanoseconds,
            _ => Unit::Count,
        }
    }
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, UnknownMeasure> {
        if let Some((_, measure)) = Self::NAMED.iter().find(|(known, _)| *known == name) {
            return Ok(*measure);
        }
        let nth = name.strip_prefix("time_to_nth(").and_then(|rest| rest.strip_suffix(')'));
        if let Some(n) = nth.and_then(|n| n.trim().parse().ok()) {
            return Ok(Self::TimeToNth(n));
        }
        let names = Self::NAMED.iter().map(|(known, _)| *known).chain(["time_to_nth(N)"]);
        Err(UnknownMeasure { name: name.to_owned(), nearest: nearest(name, names).first().copied() })
    }
}

impl TryFrom<String> for Measure {
    type Error = UnknownMeasure;

    fn try_from(name: String) -> Result<Self, UnknownMeasure> {
        name.parse()
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMED.iter().find(|(_, measure)| measure == self) {
            Some((name, _)) => f.write_str(name),
            None => match self {
                Self::TimeToNth(n) => write!(f, "time_to_nth({n})"),
                other => write!(f, "{other:?}"),
            },
        }
    }
}

impl fmt::Display for UnknownMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no measure `{}`", self.name)?;
        if let Some(nearest) = self.nearest {
            write!(f, ", did you mean `{nearest}`?")?;
        }
        f.write_str(" Measures are ")?;
        for (name, _) in Measure::NAMED {
            write!(f, "{name}, ")?;
        }
        f.write_str("time_to_nth(N) with N from 1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_parsed_from_the_name_it_displays() {
        let nth = NonZeroU32::new(3).map(Measure::TimeToNth);
        for measure in Measure::NAMED.iter().map(|(_, measure)| *measure).chain(nth) {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let nearest = |name: &str| name.parse::<Measure>().unwrap_err().nearest;
        assert_eq!(nearest("roundtrips"), Some("round_trips"));
        assert_eq!(nearest("wire_byte"), Some("wire_bytes"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn the_nth_counts_from_one() {
        for name in ["time_to_nth(0)", "time_to_nth()", "time_to_nth(-1)", "time_to_nth(99999999999)", "time_to_nth(1"]
        {
            let error = name.parse::<Measure>().unwrap_err();
            assert_eq!(error.nearest, Some("time_to_nth(N)"), "{name}");
        }
        assert_eq!("time_to_nth(1)".parse(), Ok(Measure::TimeToNth(NonZeroU32::MIN)));
    }

    #[test]
    fn an_empty_capture_has_no_moments() {
        let measures = Measures::default();
        assert_eq!(measures.named("packets"), Ok(Some(0)));
        assert_eq!(measures.evidence(Measure::Packets), []);
        for name in ["round_trip_time", "time_to_first", "time_to_nth(2)", "time_to_last", "time_to_pong"] {
            assert_eq!(measures.named(name), Ok(None));
        }
    }
}
