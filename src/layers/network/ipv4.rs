//! The IPv4 header (RFC 791 §3.1).

use std::net::{IpAddr, Ipv4Addr};

use super::Mark;
use super::fragments::Piece;
use crate::layers::headers::prelude::*;

pub(crate) const IPV4: Header =
    Header::of(Length::Found(|_, data| Ok(parse(data)?.step)), "{Source Address} → {Destination Address}", FIELDS);

const MORE_FRAGMENTS: u16 = 0x2000;
const FRAGMENT_OFFSET: u16 = 0x1fff;

/// What the rest of the stack needs to know of the header.
pub(crate) struct Ipv4 {
    pub(crate) source: Ipv4Addr,
    /// The last hop of a source route, where there is one that was not followed to its end.
    pub(crate) destination: Ipv4Addr,
    pub(crate) mark: Mark,
    /// What the datagram's payload is a piece of, if it is only a piece.
    pub(crate) piece: Option<Piece>,
    pub(crate) step: Step,
}

#[expect(clippy::inline_always, reason = "called twice, which is once too often for the compiler's liking")]
#[inline(always)]
pub(crate) fn parse(data: &[u8]) -> Result<Ipv4, Fault> {
    let header = fixed::<20>(Protocol::Ipv4, data)?;
    let [first, _, l1, l2, i1, i2, f1, f2, hops, protocol, _, _, s1, s2, s3, s4, d1, d2, d3, d4] = *header;
    if first >> 4 != 4 {
        return Err(Fault::impossible(Protocol::Ipv4, "Version", first >> 4, "it is 4 in every IPv4 header"));
    }
    let words = first & 0xf;
    if words < 5 {
        return Err(Fault::impossible(Protocol::Ipv4, "IHL", words, "the header has at least 5 words of 32 bits"));
    }
    let length = whole(Protocol::Ipv4, data, usize::from(words) * 4)?.len();
    let total = u16::from_be_bytes([l1, l2]);
    let payload = match usize::from(total).checked_sub(length) {
        Some(payload) => Some(payload),
        // A network card that does segmentation gets a packet too long for the field: Linux leaves zero there.
        None if total == 0 => None,
        None => {
            let rule = "it counts the header too, which is longer";
            return Err(Fault::impossible(Protocol::Ipv4, "Total Length", total, rule));
        }
    };
    let (source, next_hop) = (Ipv4Addr::new(s1, s2, s3, s4), Ipv4Addr::new(d1, d2, d3, d4));
    let destination = data.get(header.len()..length).and_then(final_destination).unwrap_or(next_hop);
    let (flags, identification) = (u16::from_be_bytes([f1, f2]), u16::from_be_bytes([i1, i2]));
    let mark = Mark { hops, identification };
    if flags & (MORE_FRAGMENTS | FRAGMENT_OFFSET) == 0 {
        let step = Step { length, payload, next: ip_protocols::behind(protocol) };
        return Ok(Ipv4 { source, destination, mark, piece: None, step });
    }
    let piece = Piece {
        identification: identification.into(),
        protocol,
        offset: u32::from(flags & FRAGMENT_OFFSET) * 8,
        more: flags & MORE_FRAGMENTS != 0,
    };
    let step = Step { length, payload, next: Next::Payload(Payload::Fragment) };
    Ok(Ipv4 { source, destination, mark, piece: Some(piece), step })
}

const LOOSE_SOURCE_ROUTE: u8 = 131;
const STRICT_SOURCE_ROUTE: u8 = 137;

/// The final destination of a packet with a source route, while there are hops left. The header's destination is only
/// the next hop, but connections and checksums go by the last one (RFC 1122 §3.2.1.8, RFC 9293 §3.1).
#[inline]
fn final_destination(mut options: &[u8]) -> Option<Ipv4Addr> {
    loop {
        options = match *options {
            [1, ref rest @ ..] => rest,
            [kind, length, ref rest @ ..] if kind != 0 => {
                let (data, rest) = rest.split_at_checked(usize::from(length).checked_sub(2)?)?;
                if let (LOOSE_SOURCE_ROUTE | STRICT_SOURCE_ROUTE, [pointer, addresses @ ..]) = (kind, data) {
                    // Past the last address, the route has been followed to its end.
                    let last = addresses.as_chunks::<4>().0.last().filter(|_| *pointer < length)?;
                    return Some((*last).into());
                }
                rest
            }
            _ => return None,
        };
    }
}

#[rustfmt::skip]
const FIELDS: &[FieldRow] = &[
    number(4, "Version", "4: this is IPv4."),
    shown(4, "IHL", |words| format!("{words} ({} bytes)", words * 4),
        "Header length in words of four bytes; 5 means no options."),
    FieldRow::Code(|pen| type_of_service(pen, "Type of Service")),
    FieldRow::Bits(
        16,
        "Total Length",
        Show::Number,
        Meaning::ZeroOr(
            "Zero: the network card is to cut this into packets and fill in the length of each.",
            "Bytes in the whole packet, this header included; what follows them is not part of it.",
        ),
    ),
    hex(16, "Identification", "Tells the fragments of one packet from those of another."),
    FieldRow::Code(|pen| {
        let meaning = "Whether routers may cut the packet into fragments, and whether they did.";
        pen.group(3, "Flags", meaning, |pen| {
            let flags = ["none", "MF", "DF", "DF, MF"][pen.peek(3) as usize & 0b11];
            pen.rows(FLAGS);
            flags.to_owned()
        });
    }),
    FieldRow::Bits(
        13,
        "Fragment Offset",
        Show::By(|units| (units * 8).to_string()),
        Meaning::ZeroOr(
            "This packet starts at the beginning: whole, or the first fragment.",
            "Where in the original packet this fragment belongs, in units of eight bytes.",
        ),
    ),
    FieldRow::Code(|pen| hops(pen, "Time to Live")),
    shown(8, "Protocol", ip_protocol_value, NAMES_THE_NEXT),
    FieldRow::Code(|pen| {
        let verdict = checksum::judge(0, pen.header(), 10);
        pen.leaf(16, "Header Checksum", format!("0x{:04x} ({verdict})", pen.peek(16)), verdict.meaning());
    }),
    address("Source Address"),
    address("Destination Address"),
    FieldRow::Code(options),
];

#[rustfmt::skip]
const FLAGS: &[FieldRow] = &[
    number(1, "Reserved", "Always zero."),
    bit("DF", "Don't Fragment: a router that finds the packet too long reports that instead of cutting it.",
        "Routers may cut the packet into fragments."),
    bit("MF", "More Fragments: this is not the last piece of the packet.", "No fragment comes after this one."),
];

const fn address(name: &'static str) -> FieldRow {
    FieldRow::Bits(
        32,
        name,
        Show::By(|number| Ipv4Addr::from(number as u32).to_string()),
        Meaning::By(|number| address_meaning(Ipv4Addr::from(number as u32).into())),
    )
}

/// The octet that IPv4 calls Type of Service and IPv6 Traffic Class.
pub(super) fn type_of_service(pen: &mut Pen<'_>, name: &'static str) {
    let octet = pen.peek(8);
    let (congestion, meaning) = match octet & 0b11 {
        0 => ("Not-ECT", "A busy router can only drop the packet: the sender does not understand marks."),
        3 => ("CE", "A router on the way was busy and marked the packet instead of dropping it."),
        1 => ("ECT(1)", "A busy router may mark the packet instead of dropping it."),
        _ => ("ECT(0)", "A busy router may mark the packet instead of dropping it."),
    };
    pen.group(8, name, "How routers should treat the packet when they are busy.", |pen| {
        pen.rows(&[
            FieldRow::Clause("RFC 2474 §3"),
            number(6, "DSCP", "The class of service asked for; 0 is best effort, like nearly everything."),
            FieldRow::Clause("RFC 3168 §5"),
        ]);
        pen.leaf(2, "ECN", format!("{} ({congestion})", octet & 0b11), meaning);
        format!("DSCP {}, {congestion}", octet >> 2)
    });
}

/// The octet that IPv4 calls Time to Live and IPv6 Hop Limit.
pub(super) fn hops(pen: &mut Pen<'_>, name: &'static str) {
    let hops = pen.peek(8);
    let meaning = match hops {
        0 => "No router may pass it on.".to_owned(),
        64 | 128 | 255 => format!(
            "Every router takes one away, so that no packet circles for ever; {hops} is a usual start: no router yet."
        ),
        _ => {
            let start = [64, 128].into_iter().find(|start| hops < *start).unwrap_or(255);
            let passed = start - hops;
            format!("Every router takes one away; if it started at {start}, as is usual, it passed {passed} of them.")
        }
    };
    pen.leaf(8, name, hops.to_string(), meaning);
}

/// One line for a beginner: what kind of address it is.
pub(super) fn address_meaning(address: IpAddr) -> &'static str {
    let private = match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    };
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    if address.is_loopback() {
        "The machine itself: packets to it never reach a cable."
    } else if address.is_multicast() {
        "A group address: every host that joined the group receives it."
    } else if address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        "Broadcast: every host on this network."
    } else if address.is_unspecified() {
        "No address: the host does not have one yet."
    } else if private {
        "A host on a private network; the internet does not know this address."
    } else if link_local {
        "A host on this very link; no router passes this address on."
    } else {
        "A host's address, as routers know it."
    }
}

/// The options between the fixed part and the payload (RFC 791 §3.1).
fn options(pen: &mut Pen<'_>) {
    while pen.left() > 0 {
        let [kind, length] = pen.array();
        match kind {
            0 => pen.rows(&[
                number(8, "End of Option List", "No options follow."),
                FieldRow::Rest("Padding", "Fills the header up to whole words of four bytes."),
            ]),
            1 => pen.rows(&[number(8, "No Operation", "A filler between options.")]),
            _ => {
                let name = match kind {
                    7 => "Record Route",
                    68 => "Internet Timestamp",
                    130 => "Security",
                    LOOSE_SOURCE_ROUTE => "Loose Source Route",
                    136 => "Stream Identifier",
                    STRICT_SOURCE_ROUTE => "Strict Source Route",
                    148 => "Router Alert",
                    _ => "Option",
                };
                // After an impossible length nothing can be found: the option takes the rest of the header.
                let bytes = if length < 2 { pen.left() } else { usize::from(length) };
                pen.group(bytes as u64 * 8, name, "An instruction to the routers on the way; most ignore it.", |pen| {
                    pen.rows(&[
                        number(8, "Option Type", "Which option this is."),
                        number(8, "Option Length", "Bytes in this option, these two included."),
                        FieldRow::Rest("Option Data", "What the option says."),
                    ]);
                    format!("type {kind}")
                });
            }
        }
    }
}
