//! Tunnels over UDP: VXLAN (RFC 7348), Geneve (RFC 8926) and GTP-U (3GPP TS 29.281).

use super::{by_version, gre, l2tp};
use crate::layers::link;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count, hex};
use crate::layers::stack::protocol::Protocol;

/// The tunnel that UDP carries to one of these ports; a port alone proves nothing, so the payload must look like it.
pub(crate) fn behind_udp(ports: [u16; 2], payload: &[u8]) -> Option<Protocol> {
    let (&[first, second, third, fourth, ..], inner) = payload.split_first_chunk::<8>()?;
    let on = |port| ports.contains(&port);
    // The identifier counts; whatever else is set, receivers must ignore (RFC 7348 §5), so the frame inside has to tell.
    if (on(4789) || on(8472)) && first & 0x08 != 0 && link::ethernet::looks_like(inner) {
        Some(Protocol::Vxlan)
    } else if on(1701) && l2tp::looks_like(payload) {
        Some(Protocol::L2tp)
    } else if on(4754) && gre::looks_like(payload) {
        // RFC 8086.
        Some(Protocol::Gre)
    } else if on(6081)
        && first >> 6 == 0
        && matches!(link::behind_ether_type(u16::from_be_bytes([third, fourth])), Next::Header(_))
    {
        Some(Protocol::Geneve)
    } else if on(2152) && first >> 4 == 0b0011 && second != 0 {
        Some(Protocol::GtpU)
    } else if on(3544) && first >> 4 == 6 && payload.len() >= 40 {
        // Teredo without its own header (RFC 4380 §5.1.1).
        Some(Protocol::Ipv6)
    } else {
        None
    }
}

pub(crate) fn parse_vxlan(data: &[u8]) -> Result<Step, Fault> {
    Ok(Step::new(fixed::<8>(Protocol::Vxlan, data)?.len(), Next::Header(Protocol::Ethernet)))
}

pub(crate) fn annotate_vxlan(pen: &mut Pen<'_>) -> String {
    let flags = pen.peek(8);
    pen.leaf(8, "Flags", format!("0x{flags:02x}"), "0x08: the network identifier counts.");
    pen.leaf(24, "Reserved", hex(pen.bytes(3)), "Ignored on receipt; some extensions use it.");
    virtual_network(pen)
}

fn virtual_network(pen: &mut Pen<'_>) -> String {
    let network =
        pen.number(24, "VNI", "The number of the virtual network; machines on other numbers do not see the frame.");
    pen.leaf(8, "Reserved", pen.peek(8).to_string(), "Zero; nothing uses it.");
    format!("virtual network {network}")
}

pub(crate) fn parse_geneve(data: &[u8]) -> Result<Step, Fault> {
    let &[lengths, _, p1, p2, ..] = fixed::<8>(Protocol::Geneve, data)?;
    let length = whole(Protocol::Geneve, data, 8 + usize::from(lengths & 0x3f) * 4)?.len();
    Ok(Step::new(length, link::behind_ether_type(u16::from_be_bytes([p1, p2]))))
}

pub(crate) fn annotate_geneve(pen: &mut Pen<'_>) -> String {
    pen.number(2, "Ver", "The version of Geneve: 0.");
    let words = pen.peek(6);
    pen.leaf(6, "Opt Len", format!("{words} ({} bytes)", words * 4), "Length of the options in words of four bytes.");
    pen.number(1, "O", "Whether this is a message for the tunnel's ends themselves.");
    pen.number(1, "C", "Whether an option must be understood.");
    pen.leaf(6, "Rsvd.", pen.peek(6).to_string(), "Zero; nothing uses it.");
    let protocol = link::ether_type_value(pen.peek(16) as u16);
    pen.leaf(16, "Protocol Type", protocol, "Which protocol the frame inside is of.");
    let network = virtual_network(pen);
    pen.clause("RFC 8926 §3.5");
    while pen.left() > 0 {
        let data = (pen.peek(32) & 0x1f) * 4;
        pen.group((4 + data) * 8, "Option", "One thing more that one end tells the other.", |pen| {
            let class = pen.peek(16);
            pen.leaf(16, "Option Class", format!("0x{class:04x}"), "Whose option it is.");
            let kind = pen.peek(8);
            pen.leaf(8, "Type", format!("0x{kind:02x}"), "Which of their options it is.");
            pen.leaf(3, "R", pen.peek(3).to_string(), "Zero; nothing uses it.");
            pen.leaf(5, "Length", count(data as usize), "How much data it has.");
            let rest = pen.left();
            pen.leaf(rest as u64 * 8, "Option Data", hex(pen.bytes(rest)), "What the option says.");
            format!("class 0x{class:04x}, type 0x{kind:02x}")
        });
    }
    network
}

/// E, S and PN: with any of them, four bytes more follow the first eight (3GPP TS 29.281 §5.1).
const GTP_OPTIONAL: u8 = 0b111;
/// E: extension headers follow.
const GTP_EXTENDED: u8 = 0b100;
/// A user's packet; other messages are between the tunnel's ends.
const GTP_PACKET: u8 = 255;

pub(crate) fn parse_gtp_u(data: &[u8]) -> Result<Step, Fault> {
    let &[flags, message, l1, l2, ..] = fixed::<8>(Protocol::GtpU, data)?;
    let mut length = 8;
    if flags & GTP_OPTIONAL != 0 {
        let mut extension = fixed::<12>(Protocol::GtpU, data)?[11];
        length = 12;
        while flags & GTP_EXTENDED != 0 && extension != 0 {
            let words = usize::from(*whole(Protocol::GtpU, data, length + 1)?.last().unwrap_or(&0));
            if words == 0 {
                let rule = "it counts words of four bytes, at least 1";
                return Err(Fault::impossible(Protocol::GtpU, "length of an extension header", 0_u32, rule));
            }
            length += words * 4;
            extension = *whole(Protocol::GtpU, data, length)?.last().unwrap_or(&0);
        }
    }
    // The length counts what follows the first eight bytes.
    let stated = u16::from_be_bytes([l1, l2]);
    let Some(payload) = (usize::from(stated) + 8).checked_sub(length) else {
        let rule = "it counts all that follows the first 8 bytes";
        return Err(Fault::impossible(Protocol::GtpU, "Length", stated, rule));
    };
    let next = match (message, data.get(length).map(|first| first >> 4)) {
        (GTP_PACKET, Some(4 | 6)) => Next::Header(by_version(data.get(length..).unwrap_or_default())),
        _ => Next::Payload(Payload::Of(Protocol::GtpU)),
    };
    Ok(Step { length, payload: Some(payload), next })
}

pub(crate) fn annotate_gtp_u(pen: &mut Pen<'_>) -> String {
    pen.number(3, "Version", "The version of GTP: 1.");
    pen.number(1, "PT", "1: GTP itself, not the charging protocol of the same name.");
    pen.leaf(1, "Spare", pen.peek(1).to_string(), "Zero; nothing uses it.");
    let flags = pen.peek(3) as u8;
    pen.number(1, "E", "Whether extension headers follow.");
    pen.number(1, "S", "Whether the sequence number counts.");
    pen.number(1, "PN", "Whether the N-PDU number counts.");
    let message = pen.peek(8);
    let name = match message {
        1 => " (echo request)",
        2 => " (echo response)",
        26 => " (error indication)",
        254 => " (end marker)",
        255 => " (packet)",
        _ => "",
    };
    pen.leaf(8, "Message Type", format!("{message}{name}"), "255 carries a phone's packet.");
    pen.leaf(16, "Length", count(pen.peek(16) as usize), "Bytes behind the first eight.");
    let tunnel = format!("0x{:08x}", pen.peek(32));
    pen.leaf(32, "TEID", tunnel.clone(), "Which phone's tunnel it is.");
    if flags & GTP_OPTIONAL != 0 {
        pen.number(16, "Sequence Number", "Counts packets, where it is used.");
        pen.number(8, "N-PDU Number", "Used when a phone moves from cell to cell.");
        next_extension(pen);
    }
    pen.clause("3GPP TS 29.281 §5.2");
    while pen.left() > 0 {
        let bytes = pen.peek(8).max(1) * 4;
        pen.group(bytes * 8, "Extension Header", "More about the packet, for the network's own use.", |pen| {
            pen.leaf(8, "Extension Header Length", count(bytes as usize), "Bytes in it, counted in words of four.");
            let rest = pen.left().saturating_sub(1);
            let value = hex(pen.bytes(rest));
            pen.leaf(rest as u64 * 8, "Extension Header Content", value.clone(), "What it says.");
            next_extension(pen);
            value
        });
    }
    format!("tunnel {tunnel}")
}

fn next_extension(pen: &mut Pen<'_>) {
    let kind = pen.peek(8);
    pen.leaf(8, "Next Extension Header Type", format!("0x{kind:02x}"), "What follows; 0 is the packet itself.");
}
