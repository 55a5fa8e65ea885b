//! What can be wrong below the application layer: with packets, with TCP, with the capture.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::hops;
use crate::layers::application::{http, websocket};
use crate::layers::problem::{Breach, Rule, faults, rule};
use crate::layers::quoted::OwnWords;
use crate::layers::stack;
use crate::numbers;

faults! {
    /// Something that a packet or a connection shows to be wrong, with the facts.
    pub enum Fault {
        /// A packet that the capture holds only in part.
        #[error(
            "the capture kept only the first {kept} of this packet's {length} bytes (its snap length), and likewise \
             for other packets: nobody can tell what was cut off"
        )]
        PacketCut {
            /// How many bytes were kept.
            kept: u32,
            /// How many there were.
            length: u32,
        } => "packet-cut", "IETF draft-ietf-opsawg-pcap §4";
        /// A fragment of an IP datagram that does not fit the others, or was not captured whole.
        #[error("{0}")]
        IrregularFragment(OwnWords) => "irregular-fragment", "RFC 791 §3.2";
        /// A SYN that was answered with a reset.
        #[error(
            "the server refuses the connection: it answers the SYN with a reset, as a host does when no program \
             listens on the port ({port})"
        )]
        ConnectionRefused {
            /// The port that was asked for.
            port: u16,
        } => "connection-refused", "RFC 9293 §3.5.2";
        /// A SYN that nothing answered.
        #[error(
            "{}, and nothing came back: the host is not there, or something on the path drops the packets",
            sent(*syns)
        )]
        NoAnswer {
            /// How often it was sent.
            syns: u32,
        } => "no-answer", "RFC 9293 §3.8.3";
        /// A receive window of 0.
        #[error(
            "the {receiver} has no room left: its window is 0, so the other side must wait until the program reads \
             what has arrived"
        )]
        ZeroWindow {
            /// "client" or "server".
            receiver: &'static str,
        } => note "zero-window", "RFC 9293 §3.8.6.1";
        /// Bytes sent again with other content, after the first copy had arrived.
        #[error(
            "bytes {} to {} of what the {sender} sent come again with different content than in packet {first}: the \
             receiver already had the first copy and throws this one away",
            bytes.start(), bytes.end()
        )]
        RetransmissionDiffers {
            /// "client" or "server".
            sender: &'static str,
            /// Their positions in the stream, from 0.
            bytes: RangeInclusive<u64>,
            /// The packet with the first copy.
            first: u64,
        } => "retransmission-differs", "RFC 9293 §3.10.7.4";
        /// Bytes sent again with other content, where the first copy's checksum is that of the second.
        #[error(
            "bytes {} to {} of what the {sender} sent come again with different content than in packet {first}, which was \
             damaged on the way: its checksum fits this copy. So the receiver threw packet {first} away and took this one; \
             wire101 {}",
            bytes.start(), bytes.end(),
            if *received { "had read the other by then, and shows that" } else { "shows it, too" }
        )]
        FirstCopyDamaged {
            /// "client" or "server".
            sender: &'static str,
            /// Their positions in the stream, from 0.
            bytes: RangeInclusive<u64>,
            /// The packet with the first copy.
            first: u64,
            /// Whether the first copy was in order.
            received: bool,
        } => "retransmission-differs", "RFC 9293 §3.10.7.4";
        /// Bytes sent again with other content, while the first copy waited for bytes before it.
        #[error(
            "bytes {} to {} of what the {sender} sent come again with different content than in packet {first}, while \
             bytes before them are missing: which copy counts depends on the receiver; wire101 shows the one that \
             begins first",
            bytes.start(), bytes.end()
        )]
        OverlapDiffers {
            /// "client" or "server".
            sender: &'static str,
            /// Their positions in the stream, from 0.
            bytes: RangeInclusive<u64>,
            /// The packet with the first copy.
            first: u64,
        } => "retransmission-differs", "RFC 9293 §3.10.7.4";
        /// Bytes of a stream that aren't in the capture.
        #[error(
            "{length} bytes that the {sender} sent {}: nobody can tell what they said",
            if *acknowledged {
                "were never captured, although the receiver has them"
            } else {
                "are not in the capture, and nobody acknowledged them there"
            }
        )]
        MissingBytes {
            /// How many.
            length: u64,
            /// "client" or "server".
            sender: &'static str,
            /// Whether the receiver said that it has them.
            acknowledged: bool,
        } => "missing-bytes", "RFC 9293 §3.4";
        /// Segments that nobody acknowledges, until the end.
        #[error(
            "what the {sender} sent was never acknowledged, although it was sent again {times} times within {}: the \
             peer is gone, or nothing reaches it any more", numbers::duration(*waited)
        )]
        NeverAcknowledged {
            /// "client" or "server".
            sender: &'static str,
            /// How often it was sent again.
            times: u32,
            /// How long that took, in nanoseconds.
            waited: u64,
        } => note "never-acknowledged", "RFC 9293 §3.8.3";
        /// Small segments that wait for the acknowledgment of the one before.
        #[error(
            "{times} times the {sender} held the rest of a small message back until the other side acknowledged its beginning, \
             about {} later each time ({} in all): the sender's TCP waits for the acknowledgment (Nagle's algorithm), and the \
             receiver's delays it",
            numbers::duration(*each), numbers::duration(*total)
        )]
        HeldBack {
            /// "client" or "server".
            sender: &'static str,
            /// How often.
            times: u32,
            /// How long each time, on average, in nanoseconds.
            each: u64,
            /// How long all of them took, in nanoseconds.
            total: u64,
        } => note "nagle-and-delayed-ack", "RFC 9293 §3.7.4";
        /// Large segments that are lost where small ones pass.
        #[error(
            "the {sender}'s full-sized segments ({length} bytes) were sent again {times} times and never \
             acknowledged, while small ones get through: a link on the path takes only smaller packets (its MTU), and \
             the ICMP message that would say so does not arrive"
        )]
        LargeSegmentsLost {
            /// "client" or "server".
            sender: &'static str,
            /// The payload of the largest.
            length: u32,
            /// How often it was sent again.
            times: u32,
        } => note "mtu-black-hole", "RFC 8899 §1.1";
        /// A reset after a long silence.
        #[error(
            "after {} of silence the {forgetter} answers with a reset: it no longer knew the connection. Either it \
             was restarted, or a box on the path had forgotten the connection", numbers::duration(*silent)
        )]
        ConnectionForgotten {
            /// "client" or "server": who sent the reset.
            forgetter: &'static str,
            /// How long it was silent before, in nanoseconds.
            silent: u64,
        } => note "connection-forgotten", "RFC 9293 §3.5.1";
        /// A reset that its receiver drops.
        #[error(
            "this reset from the {sender} lies outside any window: its sequence number is far from the expected one, \
             so its receiver drops it and the connection goes on. Either somebody who couldn't see the connection \
             forged it, or it belongs to an earlier connection"
        )]
        ResetOutsideWindow {
            /// "client" or "server": whose address it has.
            sender: &'static str,
        } => note "reset-outside-window", "RFC 9293 §3.10.7.4";
        /// A reset inside the window that its receiver only challenges.
        #[error(
            "this reset from the {sender} ended nothing, for the connection goes on: its sequence number isn't the next one, \
             so its receiver answers it with an acknowledgment (a challenge) or drops it. Either somebody on the path made it \
             up, or it's late"
        )]
        ResetChallenged {
            /// "client" or "server": whose address it has.
            sender: &'static str,
        } => note "reset-challenged", "RFC 9293 §3.10.7.4";
        /// A WebSocket whose handshake was not captured.
        #[error(
            "both sides send complete frames, and one of them masks its frames, as a WebSocket client does: it was \
             open before the capture began. To read it, use --decode-as {port}=websocket"
        )]
        WebSocketInItsMiddle {
            /// The server's port.
            port: u16,
        } => note "websocket-before-capture", "RFC 6455 §5.1";
        /// An ICMP message about a segment of the connection.
        #[error("{reporter} reports by ICMP that a packet of this connection did not arrive: {what}")]
        IcmpSays {
            /// Who says so.
            reporter: IpAddr,
            /// Why, in words.
            what: OwnWords,
        } => note "icmp-complaint", "RFC 1122 §3.2.2.1";
        /// The same for IPv6.
        #[error("{reporter} reports by ICMPv6 that a packet of this connection did not arrive: {what}")]
        Icmpv6Says {
            /// Who says so.
            reporter: IpAddr,
            /// Why, in words.
            what: OwnWords,
        } => note "icmpv6-complaint", "RFC 4443 §3";
        /// A connection of which the capture has only one direction.
        #[error("only what the {sender} sent is in this capture: the other direction is missing, so much can't be told")]
        OneDirection {
            /// "client" or "server".
            sender: &'static str,
        } => note "one-direction", "";
        /// A reset while a message was on its way.
        #[error(
            "the {by} reset the connection in the middle of a message{}: what was on its way is lost",
            silent.map_or_else(String::new, |silent| format!(", after {} of silence", numbers::duration(silent)))
        )]
        ResetInMessage {
            /// "client" or "server".
            by: &'static str,
            /// How long it was silent before, in nanoseconds, if that was long.
            silent: Option<u64>,
        } => "reset-in-message", "RFC 9293 §3.10.7.4";
    }
}

fn sent(syns: u32) -> String {
    match syns {
        1 => "the SYN was sent once".to_owned(),
        _ => format!("the SYN was sent {syns} times"),
    }
}

/// A malformed header breaks its own specification.
impl Breach for stack::Fault {
    fn rule(&self) -> Rule {
        Rule { clause: self.protocol().about().clause, ..DAMAGED }
    }
}

const DAMAGED: Rule = rule!("damaged-packet", "the header's own");

/// The rule of every kind of problem; only one for all [`stack::Fault`]s, which have as many clauses as there are headers.
pub fn rules() -> impl Iterator<Item = Rule> {
    let all = [
        &[DAMAGED],
        Fault::RULES,
        http::Fault::RULES,
        http::rules::Fault::RULES,
        websocket::Fault::RULES,
        hops::problems::Fault::RULES,
    ];
    all.into_iter().flatten().copied()
}
