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
mod payloads;
mod seen;
mod tally;
mod turns;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::Deserialize;

use self::content::Content;
use self::framing::Framing;
use self::tally::Tally;
use crate::explain::nearest;
use crate::inspect::record::Moment;
pub use headers::LowerHeaders;
pub use measurer::Measurer;
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

/// What one side's capture measures, and which of its packets each measure is counted from. Made by [`Measurer::finish`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    connections: Tally,
    packets: Tally,
    wire_bytes: Tally,
    arp_packets: Tally,
    data_packets: Tally,
    /// The streams' bytes, each where it was first sent.
    payload: Tally,
    protocol: Tally,
    /// What exchanges and frames have of content: `useful_bytes` less what nobody decodes.
    content_bytes: Tally,
    /// As [`protocol`](Self::protocol), but never more than there is payload.
    protocol_bytes: u64,
    useful_bytes: u64,
    round_trips: Tally,
    handshake_round_trips: Tally,
    first_syn: Option<Moment>,
    /// The first connection's SYN and the ACK that ends its handshake.
    first_handshake: Option<(Moment, Moment)>,
    /// The packets with which each final response or message was there, in order.
    completions: Vec<Moment>,
    /// When the last byte was sent of what waited longest, and when it was there.
    longest_wait: Option<(Moment, Moment)>,
    held_back: Tally,
    lost_packets: Tally,
    flights: Tally,
    first_flight_bytes: Tally,
    exchanges: Tally,
    reused_exchanges: Tally,
    responses: Tally,
    frames: Tally,
    messages: Tally,
    message_bytes: Tally,
    grown_messages: Tally,
    pings: Tally,
    lower_headers: LowerHeaders,
    content: Content,
    framing: Framing,
    first_byte: Option<Moment>,
    close_frames: Tally,
    first_pong: Option<Moment>,
    resets: Tally,
    zero_windows: Tally,
    retransmissions: Tally,
    problems: Tally,
}

/// Where a measure comes from.
enum Source<'a> {
    /// Things that were counted.
    Tally(&'a Tally),
    /// Others, by subtraction: the value, and the packets' shares of it.
    Rest(u64, Vec<Share>),
    /// Two moments.
    Time(Moment, Moment),
}

impl Measures {
    /// The value of a measure, in its unit; `None` for a moment that this capture does not have.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<u64> {
        self.source(measure).map(|source| match source {
            Source::Tally(tally) => tally.sum(),
            Source::Rest(value, _) => value,
            Source::Time(from, to) => to.time.since(from.time),
        })
    }

    /// What a measure is counted from: packets, and how much of it each has. For a time, the packets at its ends.
    #[must_use]
    pub fn evidence(&self, measure: Measure) -> Vec<Share> {
        match self.source(measure) {
            None => Vec::new(),
            Some(Source::Tally(tally)) => tally.shares().to_vec(),
            Some(Source::Rest(_, shares)) => shares,
            Some(Source::Time(from, to)) => {
                vec![Share { first: from.packet, last: to.packet, amount: to.time.since(from.time) }]
            }
        }
    }

    fn source(&self, measure: Measure) -> Option<Source<'_>> {
        let since_first_syn = |moment: Option<&Moment>| Some(Source::Time(self.first_syn?, *moment?));
        let tally = match measure {
            Measure::OverheadBytes => return Some(self.overhead(&[])),
            Measure::TransportBytes => {
                let LowerHeaders { link, network } = &self.lower_headers;
                return Some(self.overhead(&[link, network]));
            }
            Measure::HeaderLayers => return Some(self.header_layers()),
            Measure::ProtocolBytes => return Some(Source::Rest(self.protocol_bytes, self.protocol.shares().to_vec())),
            Measure::UsefulBytes => return Some(Source::Rest(self.useful_bytes, self.content_bytes.shares().to_vec())),
            Measure::RoundTripTime => return self.first_handshake.map(|(syn, ack)| Source::Time(syn, ack)),
            Measure::TimeToFirstByte => return since_first_syn(self.first_byte.as_ref()),
            Measure::TimeToFirst => return since_first_syn(self.completions.first()),
            Measure::TimeToNth(n) => return since_first_syn(self.completions.get(n.get() as usize - 1)),
            Measure::TimeToLast => return since_first_syn(self.completions.last()),
            Measure::TimeToPong => return since_first_syn(self.first_pong.as_ref()),
            Measure::LongestWait => {
                let none = Source::Rest(0, Vec::new());
                return Some(self.longest_wait.map_or(none, |(sent, there)| Source::Time(sent, there)));
            }
            Measure::Connections => &self.connections,
            Measure::Packets => &self.packets,
            Measure::WireBytes => &self.wire_bytes,
            Measure::ArpPackets => &self.arp_packets,
            Measure::DataPackets => &self.data_packets,
            Measure::LinkBytes => &self.lower_headers.link,
            Measure::NetworkBytes => &self.lower_headers.network,
            Measure::RoundTrips => &self.round_trips,
            Measure::HandshakeRoundTrips => &self.handshake_round_trips,
            Measure::HeldBack => &self.held_back,
            Measure::LostPackets => &self.lost_packets,
            Measure::Flights => &self.flights,
            Measure::FirstFlightBytes => &self.first_flight_bytes,
            Measure::Exchanges => &self.exchanges,
            Measure::ReusedExchanges => &self.reused_exchanges,
            Measure::Responses => &self.responses,
            Measure::Frames => &self.frames,
            Measure::Messages => &self.messages,
            Measure::MessageBytes => &self.message_bytes,
            Measure::GrownMessages => &self.grown_messages,
            Measure::Pings => &self.pings,
            Measure::Bodies => &self.content.bodies,
            Measure::Cookies => &self.content.cookies,
            Measure::ChunkingBytes => &self.content.chunking_bytes,
            Measure::MessageHeaderBytes => &self.framing.message_header_bytes,
            Measure::MaskedFrames => &self.framing.masked_frames,
            Measure::MaskingKeys => &self.framing.masking_keys,
            Measure::CloseFrames => &self.close_frames,
            Measure::Resets => &self.resets,
            Measure::ZeroWindows => &self.zero_windows,
            Measure::Retransmissions => &self.retransmissions,
            Measure::Problems => &self.problems,
        };
        Some(Source::Tally(tally))
    }

    /// The value of the measure of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownMeasure`], with the name that may have been meant.
    pub fn named(&self, name: &str) -> Result<Option<u64>, UnknownMeasure> {
        name.parse().map(|measure| self.get(measure))
    }

    /// What packets have beside payload, less what others have of them.
    fn overhead(&self, others: &[&Tally]) -> Source<'_> {
        let all = self.wire_bytes.sum() - self.protocol_bytes - self.useful_bytes;
        let rest = others.iter().fold(all, |rest, other| rest.saturating_sub(other.sum()));
        let others: Vec<&Tally> = others.iter().copied().chain([&self.payload]).collect();
        Source::Rest(rest, self.wire_bytes.less(&others))
    }

    /// The layers that have bytes of their own; the first packet with payload has all of them.
    fn header_layers(&self) -> Source<'_> {
        let LowerHeaders { link, network } = &self.lower_headers;
        let transport = self.get(Measure::TransportBytes).unwrap_or(0);
        let layers = [link.sum(), network.sum(), transport, self.protocol_bytes];
        let layers = layers.into_iter().filter(|bytes| *bytes > 0).count() as u64;
        let first = self.payload.shares().first().map(|share| Share { amount: layers, ..*share });
        Source::Rest(layers, first.into_iter().collect())
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
