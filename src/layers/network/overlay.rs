//! Tunnels over UDP: VXLAN (RFC 7348), Geneve (RFC 8926) and GTP-U (3GPP TS 29.281).

use super::{ayiya, gre, l2tp};
use crate::layers::headers::prelude::*;
use crate::layers::link;

/// The tunnel that UDP carries to one of these ports; a port alone proves nothing, so the payload must look like it.
pub(crate) fn behind_udp(ports: [u16; 2], payload: &[u8]) -> Option<Protocol> {
    let (&[first, second, third, fourth, ..], inner) = payload.split_first_chunk::<8>()?;
    let on = |port| ports.contains(&port);
    // The identifier flag counts; receivers must ignore the others (RFC 7348 §5), so the frame inside has to decide.
    if (on(4789) || on(8472)) && first & 0x08 != 0 && link::ethernet::looks_like(inner) {
        Some(Protocol::Vxlan)
    } else if on(1701) && l2tp::looks_like(payload) {
        Some(Protocol::L2tp)
    } else if on(4754) && gre::looks_like(payload) {
        // RFC 8086.
        Some(Protocol::Gre)
    } else if on(6081)
        && first >> 6 == 0
        && matches!(ether_types::behind(u16::from_be_bytes([third, fourth])), Next::Header(_))
    {
        Some(Protocol::Geneve)
    } else if on(2152) && first >> 4 == 0b0011 && second != 0 {
        Some(Protocol::GtpU)
    } else if on(3544) && first >> 4 == 6 && payload.len() >= 40 {
        // Teredo without its own header (RFC 4380 §5.1.1).
        Some(Protocol::Ipv6)
    } else if on(5072) && ayiya::looks_like(payload) {
        Some(Protocol::Ayiya)
    } else {
        None
    }
}

/// The number of the virtual network in a VXLAN or Geneve header.
pub(crate) fn network(header: &[u8]) -> u32 {
    header.get(4..7).map_or(0, |number| number.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
}

const NETWORK: FieldRow =
    number(24, "VNI", "The number of the virtual network; machines on other numbers do not see the frame.");

#[rustfmt::skip]
pub(crate) const VXLAN: Header = Header::of(Length::Then(8, Protocol::Ethernet), "virtual network {VNI}", &[
    hex(8, "Flags", "0x08: the network identifier counts."),
    bytes(3, "Reserved", "Ignored on receipt; some extensions use it."),
    NETWORK,
    reserved(8, "Reserved"),
]);

#[rustfmt::skip]
pub(crate) const GENEVE: Header = Header::of(Length::Found(|protocol, data| {
    let &[lengths, _, p1, p2, ..] = fixed::<8>(protocol, data)?;
    let length = whole(protocol, data, 8 + usize::from(lengths & 0x3f) * 4)?.len();
    Ok(Step::new(length, ether_types::behind(u16::from_be_bytes([p1, p2]))))
}), "virtual network {VNI}", &[
    number(2, "Ver", "The version of Geneve: 0."),
    shown(6, "Opt Len", |words| format!("{words} ({} bytes)", words * 4),
        "Length of the options in words of four bytes."),
    number(1, "O", "Whether this is a message for the tunnel's ends themselves."),
    number(1, "C", "Whether an option must be understood."),
    reserved(6, "Rsvd."),
    ether_type("Protocol Type", "Which protocol the frame inside is of."),
    NETWORK,
    reserved(8, "Reserved"),
    FieldRow::Clause("RFC 8926 §3.5"),
    FieldRow::Code(geneve_options),
]);

fn geneve_options(pen: &mut Pen<'_>) {
    while pen.left() > 0 {
        let data = (pen.peek(32) & 0x1f) * 4;
        pen.group((4 + data) * 8, "Option", "One thing more that one end tells the other.", |pen| {
            pen.rows(&[
                hex(16, "Option Class", "Whose option it is."),
                hex(8, "Type", "Which of their options it is."),
                reserved(3, "R"),
                shown(5, "Length", |words| count(words as usize * 4), "How much data it has."),
                FieldRow::Rest("Option Data", "What the option says."),
            ]);
            pen.sentence("class {Option Class}, type {Type}")
        });
    }
}

pub(crate) const GTP_U: Header = Header::irregular(Length::Found(parse_gtp_u), write_gtp_u);

/// E, S and PN: with any of them, four bytes more follow the first eight (3GPP TS 29.281 §5.1).
const GTP_OPTIONAL: u8 = 0b111;
/// E: extension headers follow.
const GTP_EXTENDED: u8 = 0b100;
/// A user's packet; other messages are between the tunnel's ends.
const GTP_PACKET: u8 = 255;

fn parse_gtp_u(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let &[flags, message, l1, l2, ..] = fixed::<8>(protocol, data)?;
    let mut length = 8;
    if flags & GTP_OPTIONAL != 0 {
        let mut extension = fixed::<12>(protocol, data)?[11];
        length = 12;
        while flags & GTP_EXTENDED != 0 && extension != 0 {
            let words = usize::from(*whole(protocol, data, length + 1)?.last().unwrap_or(&0));
            if words == 0 {
                let rule = "it counts words of four bytes, at least 1";
                return Err(Fault::impossible(protocol, "length of an extension header", 0_u32, rule));
            }
            length += words * 4;
            extension = *whole(protocol, data, length)?.last().unwrap_or(&0);
        }
    }
    // The length counts what follows the first eight bytes.
    let stated = u16::from_be_bytes([l1, l2]);
    let Some(payload) = (usize::from(stated) + 8).checked_sub(length) else {
        let rule = "it counts all that follows the first 8 bytes";
        return Err(Fault::impossible(protocol, "Length", stated, rule));
    };
    let next = match (message, data.get(length).map(|first| first >> 4)) {
        (GTP_PACKET, Some(4 | 6)) => Next::Header(ip_protocols::by_version(data.get(length..).unwrap_or_default())),
        _ => Next::Payload(Payload::Of(protocol)),
    };
    Ok(Step { length, payload: Some(payload), next })
}

const GTP_FIELDS: &[FieldRow] = &[
    number(3, "Version", "The version of GTP: 1."),
    number(1, "PT", "1: GTP itself, not the charging protocol of the same name."),
    reserved(1, "Spare"),
    number(1, "E", "Whether extension headers follow."),
    number(1, "S", "Whether the sequence number counts."),
    number(1, "PN", "Whether the N-PDU number counts."),
    named(
        8,
        "Message Type",
        &[(1, "echo request"), (2, "echo response"), (26, "error indication"), (254, "end marker"), (255, "packet")],
        "255 carries a phone's packet.",
    ),
    size(16, "Length", "Bytes behind the first eight."),
    hex(32, "TEID", "Which phone's tunnel it is."),
];

fn write_gtp_u(pen: &mut Pen<'_>) -> String {
    let flags = pen.peek(8) as u8;
    pen.rows(GTP_FIELDS);
    if flags & GTP_OPTIONAL != 0 {
        pen.rows(&[
            number(16, "Sequence Number", "Counts packets, where it is used."),
            number(8, "N-PDU Number", "Used when a phone moves from cell to cell."),
            NEXT_EXTENSION,
        ]);
    }
    pen.clause("3GPP TS 29.281 §5.2");
    while pen.left() > 0 {
        let bytes = pen.peek(8).max(1) * 4;
        pen.group(bytes * 8, "Extension Header", "More about the packet, for the network's own use.", |pen| {
            let length = count(bytes as usize);
            pen.leaf(8, "Extension Header Length", length, "Bytes in it, counted in words of four.");
            let content = pen.bytes(pen.left().saturating_sub(1));
            pen.leaf(content.len() as u64 * 8, "Extension Header Content", hex_of(content), "What it says.");
            pen.rows(&[NEXT_EXTENSION]);
            hex_of(content)
        });
    }
    pen.sentence("tunnel {TEID}")
}

const NEXT_EXTENSION: FieldRow = hex(8, "Next Extension Header Type", "What follows; 0 is the packet itself.");
