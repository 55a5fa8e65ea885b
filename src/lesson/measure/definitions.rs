//! All measures, a row each. A row has a name and a unit; its comment is the definition. A measure that is counted needs nothing
//! else but a file of this folder that counts it in its tally; one that follows from others is worked out in `values.rs`.
//! The build reads measures' names in lessons by this file, too: it names nothing else of the crate.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// What a measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Things: connections, packets, round trips.
    Count,
    /// Bytes.
    Bytes,
    /// Nanoseconds.
    Nanoseconds,
    /// A byte's value, written in hexadecimal.
    Octet,
}

/// What is known about a measure.
struct Row {
    name: &'static str,
    measure: Measure,
    unit: Unit,
}

macro_rules! measures {
    ($($(#[doc = $definition:literal])+ $measure:ident, $name:literal, $unit:ident;)+) => {
        /// What can be asked about a capture. Parsed from its name: `round_trips`, `time_to_nth(3)`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[doc = $definition])+ $measure,)+
            /// From the first SYN to the last byte of the response or message of that number.
            TimeToNth(NonZeroU32),
        }

        /// A row for each measure but [`Measure::TimeToNth`].
        const TABLE: &[Row] =
            &[$(Row { name: $name, measure: Measure::$measure, unit: Unit::$unit }),+];
    };
}

measures! {
    /// TCP connections opened: distinct SYNs, not counting retransmissions.
    Connections, "connections", Count;
    /// Packets on the wire, ARP aside.
    Packets, "packets", Count;
    /// The bytes of those packets, link header included.
    WireBytes, "wire_bytes", Bytes;
    /// ARP packets.
    ArpPackets, "arp_packets", Count;
    /// Packets that carry TCP payload.
    DataPackets, "data_packets", Count;
    /// `wire_bytes` less the TCP payload: headers of layers 2 to 4, packets without payload.
    OverheadBytes, "overhead_bytes", Bytes;
    /// Of the payload: start lines, field lines, chunk framing, WebSocket frame headers.
    ProtocolBytes, "protocol_bytes", Bytes;
    /// The rest of it: bodies, message payloads (those of control frames too), bytes that nobody decodes.
    UsefulBytes, "useful_bytes", Bytes;
    /// Turns: the client sends a SYN or application bytes, the server answers with a SYN-ACK or such bytes.
    RoundTrips, "round_trips", Count;
    /// Turns that carry no application bytes.
    HandshakeRoundTrips, "handshake_round_trips", Count;
    /// On the first connection, from the SYN (the last, if it was sent again) to the client's ACK.
    RoundTripTime, "round_trip_time", Nanoseconds;
    /// From the first SYN to the last byte of the first response or message.
    TimeToFirst, "time_to_first", Nanoseconds;
    /// From the first SYN to the last byte of the last response or message.
    TimeToLast, "time_to_last", Nanoseconds;
    /// From sending the last byte of a response or message to when it was there: the longest of all.
    LongestWait, "longest_wait", Nanoseconds;
    /// Responses and messages whose end arrived while bytes before it were still missing.
    HeldBack, "held_back", Count;
    /// Packets that the recording says were lost on the way.
    LostPackets, "lost_packets", Count;
    /// The most flights that one response or message took: what is sent before its first byte is acknowledged.
    Flights, "flights", Count;
    /// Bytes in the first of those flights, if there were more.
    FirstFlightBytes, "first_flight_bytes", Bytes;
    /// HTTP exchanges.
    Exchanges, "exchanges", Count;
    /// HTTP exchanges that weren't the first on their connection.
    ReusedExchanges, "reused_exchanges", Count;
    /// Final responses that came to their end.
    Responses, "responses", Count;
    /// WebSocket frames.
    Frames, "frames", Count;
    /// Whole data messages.
    Messages, "messages", Count;
    /// What those messages say, compression undone.
    MessageBytes, "message_bytes", Bytes;
    /// Those of them that compression made longer.
    GrownMessages, "grown_messages", Count;
    /// Ping frames.
    Pings, "pings", Count;
    /// Of `overhead_bytes`: layer 2.
    LinkBytes, "link_bytes", Bytes;
    /// Of `overhead_bytes`: layer 3.
    NetworkBytes, "network_bytes", Bytes;
    /// Of `overhead_bytes`: TCP, and what it sends again.
    TransportBytes, "transport_bytes", Bytes;
    /// How many OSI layers put bytes before the useful ones: 2, 3, 4 and 7, where they do.
    HeaderLayers, "header_layers", Count;
    /// Requests and responses with a body of a byte or more.
    Bodies, "bodies", Count;
    /// Requests with a Cookie field.
    Cookies, "cookies", Count;
    /// Of `protocol_bytes`: chunk sizes, the line ends around chunks, trailers (RFC 9112 §7.1).
    ChunkingBytes, "chunking_bytes", Bytes;
    /// From the first SYN to the first byte of the first final response.
    TimeToFirstByte, "time_to_first_byte", Nanoseconds;
    /// Of `protocol_bytes`: the headers of frames that carry messages; not those of control frames.
    MessageHeaderBytes, "message_header_bytes", Bytes;
    /// Frames with a masked payload.
    MaskedFrames, "masked_frames", Count;
    /// How many different masking keys they have.
    MaskingKeys, "masking_keys", Count;
    /// WebSocket close frames.
    CloseFrames, "close_frames", Count;
    /// From the first SYN to the last byte of the first pong frame.
    TimeToPong, "time_to_pong", Nanoseconds;
    /// Segments with RST.
    Resets, "resets", Count;
    /// Other segments that leave the peer no room to send: window 0.
    ZeroWindows, "zero_windows", Count;
    /// Segments whose bytes had all been seen.
    Retransmissions, "retransmissions", Count;
    /// What the inspector found wrong.
    Problems, "problems", Count;
    /// Segments with FIN, not counting those that are sent again.
    Fins, "fins", Count;
    /// Those of them that the server sent.
    ServerFins, "server_fins", Count;
    /// Final responses with a status of 400 or more.
    Refusals, "refusals", Count;
    /// Responses 201.
    Creations, "creations", Count;
    /// Responses 304.
    Unmodified, "unmodified", Count;
    /// Responses with a Set-Cookie field.
    SetCookies, "set_cookies", Count;
    /// Pong frames.
    Pongs, "pongs", Count;
    /// Of `messages`: those that a server sent.
    ServerMessages, "server_messages", Count;
    /// Packets in which a frame ends and another begins.
    SharedPackets, "shared_packets", Count;
    /// The second byte of the first frame whose length needs more room than seven bits (RFC 6455 §5.2).
    LengthOctet, "length_octet", Octet;
    /// The last byte of the first masked text frame's payload, as it was sent.
    MaskedOctet, "masked_octet", Octet;
    /// What the first Sec-WebSocket-Accept is the hash of: the key as it was sent, and the RFC's constant.
    AcceptInputBytes, "accept_input_bytes", Bytes;
    /// Header fields that a proxy removed from a request that it passed on.
    DroppedFields, "dropped_fields", Count;
    /// Those that it put in.
    AddedFields, "added_fields", Count;
    /// Those that it wrote another value into.
    ChangedFields, "changed_fields", Count;
    /// Requests that a proxy passed on with their Sec-WebSocket-Key.
    PassedKeys, "passed_keys", Count;
    /// Of `problems`: those that aren't effects of others. A missing close handshake is one only if there's no other.
    Causes, "causes", Count;
    /// Those of them in requests.
    RequestCauses, "request_causes", Count;
    /// Those of them in responses.
    ResponseCauses, "response_causes", Count;
    /// Those of them in frames.
    FrameCauses, "frame_causes", Count;
    /// All others: in how a connection ends, for example.
    OtherCauses, "other_causes", Count;
}

/// A name that no measure has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMeasure {
    /// What was asked for.
    pub name: String,
}

impl Measure {
    /// Every measure but `time_to_nth`, with its name.
    pub fn named() -> impl Iterator<Item = (&'static str, Self)> {
        TABLE.iter().map(|row| (row.name, row.measure))
    }

    /// What it counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.row().map_or(Unit::Nanoseconds, |row| row.unit)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.measure == self)
    }
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, UnknownMeasure> {
        if let Some((_, measure)) = Self::named().find(|(known, _)| *known == name) {
            return Ok(measure);
        }
        let nth = name.strip_prefix("time_to_nth(").and_then(|rest| rest.strip_suffix(')'));
        let nth = nth.and_then(|n| n.trim().parse().ok());
        nth.map(Self::TimeToNth).ok_or_else(|| UnknownMeasure { name: name.to_owned() })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.row()) {
            (Self::TimeToNth(n), _) => write!(f, "time_to_nth({n})"),
            (_, row) => f.write_str(row.map_or("", |row| row.name)),
        }
    }
}

impl fmt::Display for UnknownMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no measure `{}`; there are ", self.name)?;
        for (name, _) in Measure::named() {
            write!(f, "{name}, ")?;
        }
        f.write_str("and time_to_nth(N) with N from 1")
    }
}

impl std::error::Error for UnknownMeasure {}
