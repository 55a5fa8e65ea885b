//! What one side's capture measures: the values, and the packets that they were counted from.

use super::content::Content;
use super::framing::Framing;
use super::tally::{Share, Tally};
use super::{LowerHeaders, Measure, UnknownMeasure};
use crate::inspect::record::Moment;

/// What one side's capture measures, and which of its packets each measure is counted from. Made by [`Measurer::finish`](super::Measurer::finish).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    pub(super) connections: Tally,
    pub(super) packets: Tally,
    pub(super) wire_bytes: Tally,
    pub(super) arp_packets: Tally,
    pub(super) data_packets: Tally,
    /// The streams' bytes, each where it was first sent.
    pub(super) payload: Tally,
    pub(super) protocol: Tally,
    /// What exchanges and frames have of content: `useful_bytes` less what nobody decodes.
    pub(super) content_bytes: Tally,
    /// As [`protocol`](Self::protocol), but never more than there is payload.
    pub(super) protocol_bytes: u64,
    pub(super) useful_bytes: u64,
    pub(super) round_trips: Tally,
    pub(super) handshake_round_trips: Tally,
    pub(super) first_syn: Option<Moment>,
    /// The first connection's SYN and the ACK that ends its handshake.
    pub(super) first_handshake: Option<(Moment, Moment)>,
    /// The packets with which each final response or message was there, in order.
    pub(super) completions: Vec<Moment>,
    /// When the last byte was sent of what waited longest, and when it was there.
    pub(super) longest_wait: Option<(Moment, Moment)>,
    pub(super) held_back: Tally,
    pub(super) lost_packets: Tally,
    pub(super) flights: Tally,
    pub(super) first_flight_bytes: Tally,
    pub(super) exchanges: Tally,
    pub(super) reused_exchanges: Tally,
    pub(super) responses: Tally,
    pub(super) frames: Tally,
    pub(super) messages: Tally,
    pub(super) message_bytes: Tally,
    pub(super) grown_messages: Tally,
    pub(super) pings: Tally,
    pub(super) lower_headers: LowerHeaders,
    pub(super) content: Content,
    pub(super) framing: Framing,
    pub(super) first_byte: Option<Moment>,
    pub(super) close_frames: Tally,
    pub(super) first_pong: Option<Moment>,
    pub(super) resets: Tally,
    pub(super) zero_windows: Tally,
    pub(super) retransmissions: Tally,
    pub(super) problems: Tally,
}

/// Where a measure comes from.
enum Source<'a> {
    /// Things that were counted, and how many they are.
    Counted(u64, &'a Tally),
    /// What is left of the first of these without the others.
    Less(u64, &'a Tally, Vec<&'a Tally>),
    /// What one packet shows, if there is one.
    Shown(u64, Option<Share>),
    /// Two moments.
    Time(Moment, Moment),
}

impl Measures {
    /// The value of a measure, in its unit; `None` for a moment that this capture does not have.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<u64> {
        self.source(measure).map(|source| match source {
            Source::Counted(value, _) | Source::Less(value, ..) | Source::Shown(value, _) => value,
            Source::Time(from, to) => to.time.since(from.time),
        })
    }

    /// What a measure is counted from: packets, and how much of it each has. For a time, the packets at its ends.
    #[must_use]
    pub fn evidence(&self, measure: Measure) -> Vec<Share> {
        match self.source(measure) {
            None => Vec::new(),
            Some(Source::Counted(_, tally)) => tally.shares().to_vec(),
            Some(Source::Less(_, all, others)) => all.less(&others),
            Some(Source::Shown(_, share)) => share.into_iter().collect(),
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
            Measure::ProtocolBytes => return Some(Source::Counted(self.protocol_bytes, &self.protocol)),
            Measure::UsefulBytes => return Some(Source::Counted(self.useful_bytes, &self.content_bytes)),
            Measure::RoundTripTime => return self.first_handshake.map(|(syn, ack)| Source::Time(syn, ack)),
            Measure::TimeToFirstByte => return since_first_syn(self.first_byte.as_ref()),
            Measure::TimeToFirst => return since_first_syn(self.completions.first()),
            Measure::TimeToNth(n) => return since_first_syn(self.completions.get(n.get() as usize - 1)),
            Measure::TimeToLast => return since_first_syn(self.completions.last()),
            Measure::TimeToPong => return since_first_syn(self.first_pong.as_ref()),
            Measure::LongestWait => {
                let none = Source::Shown(0, None);
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
        Some(Source::Counted(tally.sum(), tally))
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
    fn overhead<'a>(&'a self, others: &[&'a Tally]) -> Source<'a> {
        let all = self.wire_bytes.sum() - self.protocol_bytes - self.useful_bytes;
        let rest = others.iter().fold(all, |rest, other| rest.saturating_sub(other.sum()));
        Source::Less(rest, &self.wire_bytes, others.iter().copied().chain([&self.payload]).collect())
    }

    /// The layers that have bytes of their own; the first packet with payload has all of them.
    fn header_layers(&self) -> Source<'_> {
        let LowerHeaders { link, network } = &self.lower_headers;
        let transport = self.get(Measure::TransportBytes).unwrap_or(0);
        let layers = [link.sum(), network.sum(), transport, self.protocol_bytes];
        let layers = layers.into_iter().filter(|bytes| *bytes > 0).count() as u64;
        Source::Shown(layers, self.payload.shares().first().map(|share| Share { amount: layers, ..*share }))
    }
}
