//! What the Linux packet filter logs (LINKTYPE 239): a short header, then attributes, one of which is the packet.

use crate::layers::headers::prelude::*;
use crate::limits::MAX_NFLOG_ATTRIBUTES;

/// Family, version and resource.
const FIXED: usize = 4;
/// Length and type of an attribute.
const ATTRIBUTE: usize = 4;
/// The attribute that is the packet (`NFULA_PAYLOAD`).
const PAYLOAD: u16 = 9;

/// An attribute's length, its own four bytes included, and its type.
///
/// Both are in the byte order of the machine that logged, which isn't recorded. Types are small numbers (some with a flag
/// in the top bits), so of the two readings the one with the smaller type is meant.
fn attribute(bytes: [u8; ATTRIBUTE]) -> (usize, u16) {
    let [l1, l2, t1, t2] = bytes;
    let kind = |kind: u16| kind & 0x3fff;
    let little = (u16::from_le_bytes([l1, l2]), kind(u16::from_le_bytes([t1, t2])));
    let big = (u16::from_be_bytes([l1, l2]), kind(u16::from_be_bytes([t1, t2])));
    let (length, kind) = if big.1 < little.1 { big } else { little };
    (length.into(), kind)
}

/// The header reaches up to the packet, and includes that attribute's own header.
fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let family = fixed::<FIXED>(protocol, data)?[0];
    let next = match family {
        2 => Next::Header(Protocol::Ipv4),
        10 => Next::Header(Protocol::Ipv6),
        family => Next::Payload(Payload::AddressFamily(family.into())),
    };
    let mut at = FIXED;
    for _ in 0..MAX_NFLOG_ATTRIBUTES {
        let Some(rest) = data.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let Some(header) = rest.first_chunk() else {
            whole(protocol, data, at + ATTRIBUTE)?;
            break;
        };
        let (length, kind) = attribute(*header);
        let Some(value) = length.checked_sub(ATTRIBUTE) else {
            let rule = "it counts its own 4 bytes";
            return Err(Fault::impossible(protocol, "length of an attribute", length as u32, rule));
        };
        if kind == PAYLOAD {
            return Ok(Step { length: at + ATTRIBUTE, payload: Some(value), next });
        }
        at = whole(protocol, data, at + length)?.len().next_multiple_of(4);
    }
    // The packet itself wasn't logged, only that there was one.
    Ok(Step::new(at.min(data.len()), Next::Payload(Payload::Of(protocol))))
}

pub(crate) const NFLOG: Header = Header::irregular(Length::Found(parse), write);

fn write(pen: &mut Pen<'_>) -> String {
    pen.rows(&[
        named(8, "Family", &[(2, "IPv4"), (10, "IPv6")], "Linux's own number for the protocol that was logged."),
        number(8, "Version", "The version of this format: 0."),
        number(16, "Resource ID", "The log group that the filter rule names."),
    ]);
    while pen.left() > 0 {
        let (length, kind) = attribute(pen.array());
        let name = match kind {
            1 => "Packet header",
            2 => "Mark",
            3 => "Timestamp",
            4 => "Input interface",
            5 => "Output interface",
            8 => "Hardware address",
            PAYLOAD => "Payload",
            10 => "Prefix",
            11 => "User",
            12 => "Sequence number",
            14 => "Group",
            15 => "Hardware type",
            16 => "Hardware header",
            17 => "Hardware header length",
            _ => "Attribute",
        };
        let bytes = if kind == PAYLOAD { ATTRIBUTE } else { length.max(ATTRIBUTE) };
        pen.group(bytes as u64 * 8, name, "One thing the kernel noted about the packet.", |pen| {
            pen.leaf(16, "Length", length.to_string(), "Bytes in this attribute, its length and type included.");
            pen.leaf(16, "Type", kind.to_string(), "Which attribute this is.");
            let value = pen.rest("Value", "What the kernel noted.");
            if kind == PAYLOAD { "the packet follows".to_owned() } else { value }
        });
        let padding = (bytes.next_multiple_of(4) - bytes).min(pen.left());
        pen.leaf(padding as u64 * 8, "Padding", hex_of(pen.bytes(padding)), "Fills the attribute up to whole words.");
    }
    pen.sentence("log group {Resource ID}")
}
