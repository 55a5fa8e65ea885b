//! GRE (RFC 2784, RFC 2890; version 1: RFC 2637), and ERSPAN, which mirrors Ethernet frames through it.

use crate::layers::link;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count};
use crate::layers::stack::protocol::Protocol;

const CHECKSUM: u16 = 0x8000;
/// Source routing, of which RFC 2784 left only the bit.
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
/// Version 1 only.
const ACKNOWLEDGMENT: u16 = 0x0080;
const VERSION: u16 = 0x0007;
/// Aruba's protocol types, for each of its queues.
const ARUBA_FIRST: u16 = 0x8200;
const ARUBA_LAST: u16 = 0x83f0;

pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let &[f1, f2, p1, p2] = fixed::<4>(Protocol::Gre, data)?;
    let (flags, protocol) = (u16::from_be_bytes([f1, f2]), u16::from_be_bytes([p1, p2]));
    let version = flags & VERSION;
    if version > 1 {
        return Err(Fault::impossible(Protocol::Gre, "Version Number", version, "it is 0, or 1 for PPTP"));
    }
    let words = optional_words(flags);
    let length = whole(Protocol::Gre, data, 4 + words * 4)?.len();
    if version == 1 {
        // The key's upper half is the payload length.
        let payload = data.get(4..).and_then(<[u8]>::first_chunk).map(|length| u16::from_be_bytes(*length).into());
        let payload = payload.filter(|_| flags & KEY != 0);
        let next = match protocol {
            0x880b => Next::Header(Protocol::Ppp),
            _ => Next::Payload(Payload::GreProtocol(protocol)),
        };
        return Ok(Step { length, payload, next });
    }
    let next = match protocol {
        _ if flags & ROUTING != 0 => Next::Payload(Payload::GreProtocol(protocol)),
        // Type I has neither a sequence number nor a header of its own.
        0x88be if flags & SEQUENCE == 0 => Next::Header(Protocol::Ethernet),
        0x88be => Next::Header(Protocol::Erspan2),
        0x880b => Next::Header(Protocol::Ppp),
        // An access point hands on its stations' frames as they were in the air.
        ARUBA_FIRST..=ARUBA_LAST if protocol.is_multiple_of(16) => Next::Header(Protocol::Wifi),
        0x22eb => Next::Header(Protocol::Erspan3),
        _ => match link::behind_ether_type(protocol) {
            Next::Payload(_) => Next::Payload(Payload::GreProtocol(protocol)),
            next @ Next::Header(_) => next,
        },
    };
    Ok(Step::new(length, next))
}

/// Whether a UDP payload begins like GRE that leads on to a known protocol.
pub(crate) fn looks_like(payload: &[u8]) -> bool {
    matches!(parse(payload), Ok(Step { next: Next::Header(_), .. }))
}

/// How many words of four bytes the flags say are there.
fn optional_words(flags: u16) -> usize {
    let acknowledgment = if flags & VERSION == 1 { ACKNOWLEDGMENT } else { 0 };
    // Checksum and source routing share a word.
    usize::from(flags & (CHECKSUM | ROUTING) != 0) + (flags & (KEY | SEQUENCE | acknowledgment)).count_ones() as usize
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let flags = pen.peek(16) as u16;
    let version = flags & VERSION;
    let bit = |pen: &mut Pen<'_>, name, set, unset| {
        let meaning: &'static str = if pen.peek(1) == 1 { set } else { unset };
        pen.number(1, name, meaning);
    };
    bit(pen, "C", "A checksum follows.", "No checksum follows.");
    bit(pen, "R", "A source route follows.", "No source route follows.");
    bit(pen, "K", "A key follows.", "No key follows.");
    bit(pen, "S", "A sequence number follows.", "No sequence number follows.");
    if version == 1 {
        pen.leaf(4, "Flags", pen.peek(4).to_string(), "Zero; nothing uses them.");
        bit(pen, "A", "An acknowledgment number follows.", "No acknowledgment number follows.");
        pen.leaf(4, "Flags", pen.peek(4).to_string(), "Zero; nothing uses them.");
    } else {
        pen.leaf(9, "Reserved0", pen.peek(9).to_string(), "Zero; nothing uses it.");
    }
    pen.number(3, "Ver", "0, or 1 for PPTP.");
    let protocol = link::ether_type_value(pen.peek(16) as u16);
    pen.leaf(16, "Protocol Type", protocol.clone(), "Which protocol the packet inside is of.");
    if flags & (CHECKSUM | ROUTING) != 0 {
        pen.leaf(16, "Checksum", format!("0x{:04x}", pen.peek(16)), "Over this header and the packet inside.");
        pen.leaf(16, "Reserved1", pen.peek(16).to_string(), "Zero; nothing uses it.");
    }
    if flags & KEY != 0 && version == 1 {
        pen.leaf(16, "Payload Length", count(pen.peek(16) as usize), "Bytes behind this header.");
        pen.number(16, "Call ID", "Which call of the two machines it is.");
    } else if flags & KEY != 0 {
        pen.clause("RFC 2890 §2.1");
        pen.leaf(
            32,
            "Key",
            format!("0x{:08x}", pen.peek(32)),
            "Tells this tunnel from others between the same two machines.",
        );
    }
    if flags & SEQUENCE != 0 {
        pen.number(32, "Sequence Number", "Counts packets, so that they can be kept in order.");
    }
    if version == 1 && flags & ACKNOWLEDGMENT != 0 {
        pen.number(32, "Acknowledgment Number", "The last packet that arrived from the other side.");
    }
    format!("carries {protocol}")
}

pub(crate) fn parse_erspan(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let length = if protocol == Protocol::Erspan2 {
        fixed::<8>(protocol, data)?.len()
    } else {
        let header = fixed::<12>(protocol, data)?;
        // The last bit says whether eight more bytes, about the switch, follow.
        if header[11] & 1 == 1 { fixed::<20>(protocol, data)?.len() } else { header.len() }
    };
    Ok(Step::new(length, Next::Header(Protocol::Ethernet)))
}

pub(crate) fn annotate_erspan(pen: &mut Pen<'_>, protocol: Protocol) -> String {
    pen.number(4, "Ver", "1 in type II, 2 in type III.");
    let vlan = pen.number(12, "VLAN", "The VLAN on which the switch saw the frame.");
    pen.number(3, "COS", "The frame's priority.");
    pen.number(2, "En", "How the frame was tagged when the switch saw it.");
    pen.number(1, "T", "Whether the copy is shorter than the frame.");
    let session = pen.number(10, "Session ID", "Which of the switch's mirrors sent it.");
    if protocol == Protocol::Erspan2 {
        pen.leaf(12, "Reserved", pen.peek(12).to_string(), "Zero; nothing uses it.");
        pen.number(20, "Index", "The switch's port and direction, in numbers of its own.");
    } else {
        pen.number(32, "Timestamp", "When the switch saw the frame, by its own clock.");
        pen.number(16, "SGT", "The security group that the frame was tagged with.");
        pen.number(1, "P", "Whether this is an Ethernet frame.");
        pen.number(5, "FT", "What kind of frame it is: 0 is Ethernet.");
        pen.number(6, "Hw ID", "Which part of the switch saw it.");
        pen.number(1, "D", "Whether the frame was coming in (0) or going out (1).");
        pen.number(2, "Gra", "The unit of the timestamp.");
        pen.number(1, "O", "Whether eight bytes about the switch follow.");
        let rest = pen.left() as u64 * 8;
        pen.leaf(rest, "Platform Specific", format!("0x{:016x}", pen.peek(rest)), "For the switch's maker.");
    }
    format!("session {session}, VLAN {vlan}")
}
