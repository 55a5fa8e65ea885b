//! What can be wrong below the application layer: with packets, with TCP, with the capture.

use std::ops::RangeInclusive;

use crate::layers::application::{http, websocket};
use crate::layers::fault::{Breach, Rule, faults, rule};
use crate::layers::stack;

faults! {
    /// Something that a packet or a connection shows to be wrong, with the facts.
    pub enum Fault {
        /// A packet that the capture holds only in part.
        #[error(
            "the capture kept only the first {kept} of this packet's {length} bytes (its snap length), and so \
             of others: what was cut off is unknown"
        )]
        PacketCut {
            /// How many bytes were kept.
            kept: u32,
            /// How many there were.
            length: u32,
        } => "packet-cut", "IETF draft-ietf-opsawg-pcap §4";
        /// A fragment of an IP datagram that does not fit the others, or was not captured whole.
        #[error("{0}")]
        IrregularFragment(String) => "irregular-fragment", "RFC 791 §3.2";
        /// A SYN that was answered with a reset.
        #[error(
            "the server refuses the connection: it answers the SYN with a reset, as hosts do where no program \
             listens on the port ({port})"
        )]
        ConnectionRefused {
            /// The port that was asked for.
            port: u16,
        } => "connection-refused", "RFC 9293 §3.5.2";
        /// A SYN that nothing answered.
        #[error(
            "{}, and nothing came back: the host is not there, or something on the way drops the packets",
            sent(*syns)
        )]
        NoAnswer {
            /// How often it was sent.
            syns: u32,
        } => "no-answer", "RFC 9293 §3.8.3";
        /// A receive window of 0.
        #[error(
            "the {receiver} has no room left: its window is 0, so the other side must wait until the program \
             takes in what has arrived"
        )]
        ZeroWindow {
            /// "client" or "server".
            receiver: &'static str,
        } => "zero-window", "RFC 9293 §3.8.6.1";
        /// Bytes sent again with other content, after the first copy had arrived.
        #[error(
            "bytes {} to {} of what the {sender} sent come again with other content than in packet {first}: the \
             receiver had the first copy and throws this one away",
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
        /// Bytes sent again with other content, while the first copy waited for bytes before it.
        #[error(
            "bytes {} to {} of what the {sender} sent come again with other content than in packet {first}, \
             while bytes before them are missing: which copy counts depends on the receiver; shown here is the \
             one that begins first",
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
        /// Bytes of a stream that the capture lacks.
        #[error(
            "{length} bytes that the {sender} sent were never captured, though their receiver has them: what \
             they said is unknown"
        )]
        MissingBytes {
            /// How many.
            length: u64,
            /// "client" or "server".
            sender: &'static str,
        } => "missing-bytes", "RFC 9293 §3.4";
        /// A reset while a message was on its way.
        #[error("the connection was reset in the middle of a message: what was on its way is lost")]
        ResetInMessage => "reset-in-message", "RFC 9293 §3.10.7.4";
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
    let all = [&[DAMAGED], Fault::RULES, http::Fault::RULES, websocket::Fault::RULES];
    all.into_iter().flatten().copied()
}
