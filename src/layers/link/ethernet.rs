//! Ethernet (IEEE 802.3 §3), and LLC and SNAP (IEEE 802.2, RFC 1042), which follow it where it has a length in place of
//! a type.

use std::fmt;

use super::{behind_ether_type, ether_type_name, ether_type_value};
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

/// From here on the two bytes behind the addresses are a type; below, a length (IEEE 802.3 §3.2.6).
const LEAST_TYPE: u16 = 0x0600;
/// Lengths of what LLC carries (IEEE 802.3 §3.2.7).
const LEAST_LENGTH: u16 = 3;
const GREATEST_LENGTH: u16 = 1500;
/// The SAP that says that SNAP follows (RFC 1042).
const SNAP: u8 = 0xaa;

/// A MAC address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MacAddress(pub(crate) [u8; 6]);

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02x}")?;
        rest.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

impl MacAddress {
    /// One line for a beginner: whose address it is.
    pub(crate) fn meaning(self) -> &'static str {
        let first = self.0[0];
        if self.0 == [0xff; 6] {
            "Broadcast: every machine on this network takes the frame."
        } else if first & 1 != 0 {
            "A group address: every machine that joined the group takes the frame."
        } else if self.0 == [0; 6] {
            "All zeros: no real network card; a loopback interface looks like this."
        } else if first & 2 != 0 {
            "A network card on this network; the address was set by software, as for virtual machines."
        } else {
            "A network card on this network; its first three bytes are the maker's."
        }
    }
}

#[inline]
pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<14>(Protocol::Ethernet, data)?;
    Ok(typed(header.len(), u16::from_be_bytes([header[12], header[13]])))
}

/// A header that ends in a type or length field.
#[inline]
pub(crate) fn typed(length: usize, type_or_length: u16) -> Step {
    if type_or_length >= LEAST_TYPE {
        Step::new(length, behind_ether_type(type_or_length))
    } else {
        Step { length, payload: Some(type_or_length.into()), next: Next::Header(Protocol::Llc) }
    }
}

/// Whether an Ethernet header that leads on to a known protocol could start here.
pub(crate) fn leads_on(data: &[u8]) -> bool {
    matches!(data, [_, _, _, _, _, _, _, _, _, _, _, _, t1, t2, ..]
        if matches!(behind_ether_type(u16::from_be_bytes([*t1, *t2])), Next::Header(_)))
}

/// Whether an Ethernet header of any kind could start here: one with a type that is known by name, or with a length.
pub(crate) fn looks_like(data: &[u8]) -> bool {
    let [_, _, _, _, _, _, _, _, _, _, _, _, t1, t2, ..] = *data else { return false };
    let type_or_length = u16::from_be_bytes([t1, t2]);
    (LEAST_LENGTH..=GREATEST_LENGTH).contains(&type_or_length) || ether_type_name(type_or_length).is_some()
}

/// A frame behind its preamble, of which the last byte says whether all of it follows (IEEE 802.3br).
pub(crate) fn parse_mpacket(data: &[u8]) -> Result<Step, Fault> {
    let preamble = fixed::<8>(Protocol::Mpacket, data)?;
    // A preempted frame's first piece is read as far as it goes; the others have no header.
    let next = match preamble[7] {
        0xd5 | 0xe6 | 0x4c | 0x7f | 0xb3 => Next::Header(Protocol::Ethernet),
        _ => Next::Payload(Payload::Of(Protocol::Mpacket)),
    };
    Ok(Step::new(preamble.len(), next))
}

pub(crate) fn annotate_mpacket(pen: &mut Pen<'_>) -> String {
    pen.leaf(56, "Preamble", hex(pen.bytes(7)), "Lets the receiver find the beat of the bits.");
    let delimiter = pen.peek(8);
    let name = match delimiter {
        0xd5 => " (whole frame)",
        0xe6 | 0x4c | 0x7f | 0xb3 => " (first piece of a frame)",
        0x61 | 0x52 | 0x9e | 0x2a => " (further piece of a frame)",
        _ => "",
    };
    let value = format!("0x{delimiter:02x}{name}");
    pen.leaf(8, "SMD", value.clone(), "Ends the preamble and says what follows.");
    value
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let destination = MacAddress(pen.array());
    pen.leaf(48, "Destination Address", destination.to_string(), destination.meaning());
    let source = MacAddress(pen.array());
    pen.leaf(48, "Source Address", source.to_string(), "The network card that put the frame on this cable.");
    type_or_length(pen);
    format!("{source} → {destination}")
}

/// Names the two bytes that are a type or a length.
pub(crate) fn type_or_length(pen: &mut Pen<'_>) {
    pen.clause("IEEE 802.3 §3.2.6");
    let number = pen.peek(16) as u16;
    if number >= LEAST_TYPE {
        pen.leaf(16, "EtherType", ether_type_value(number), "Which protocol the bytes behind this header are of.");
    } else {
        pen.number(16, "Length", "How many bytes of data follow; a number below 1536 here is a length, not a type.");
    }
}

pub(crate) fn parse_llc(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<3>(Protocol::Llc, data)?;
    let [destination, source, control] = *header;
    // Unnumbered frames have one control byte, all others two (IEEE 802.2 §5.2).
    let length = if control & 0b11 == 0b11 { 3 } else { fixed::<4>(Protocol::Llc, data)?.len() };
    let next = match (destination, source) {
        (SNAP, SNAP) if length == 3 => Next::Header(Protocol::Snap),
        (0x06, 0x06) => Next::Header(Protocol::Ipv4),
        _ => Next::Payload(Payload::ServiceAccessPoint(destination)),
    };
    Ok(Step::new(length, next))
}

pub(crate) fn annotate_llc(pen: &mut Pen<'_>) -> String {
    let point = |point: u64| match point {
        0x06 => "0x06 (IPv4)".to_owned(),
        0x42 => "0x42 (spanning tree)".to_owned(),
        0xaa => "0xaa (SNAP)".to_owned(),
        0xe0 => "0xe0 (IPX)".to_owned(),
        0xfe => "0xfe (OSI)".to_owned(),
        0xff => "0xff (IPX, raw)".to_owned(),
        other => format!("0x{other:02x}"),
    };
    let destination = point(pen.peek(8));
    pen.leaf(8, "DSAP", destination.clone(), "The protocol at the receiver.");
    let source = point(pen.peek(8));
    pen.leaf(8, "SSAP", source, "The protocol at the sender.");
    let bits = pen.left() as u64 * 8;
    let control = pen.peek(bits);
    pen.leaf(bits, "Control", format!("0x{control:02x}"), "0x03 is a plain message, with no connection and no reply.");
    destination
}

pub(crate) fn parse_snap(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<5>(Protocol::Snap, data)?;
    let ether_type = u16::from_be_bytes([header[3], header[4]]);
    // Organisation 0 has EtherTypes as its protocols, and so has 0x0000f8 (IEEE 802.1H).
    let next = match header {
        [0, 0, 0 | 0xf8, _, _] => behind_ether_type(ether_type),
        _ => Next::Payload(Payload::Of(Protocol::Snap)),
    };
    Ok(Step::new(header.len(), next))
}

pub(crate) fn annotate_snap(pen: &mut Pen<'_>) -> String {
    let organisation = pen.peek(24);
    pen.leaf(24, "OUI", format!("0x{organisation:06x}"), "Whose protocol numbers these are; 0 means EtherTypes.");
    let protocol = ether_type_value(pen.peek(16) as u16);
    pen.leaf(16, "PID", protocol.clone(), "Which protocol the bytes behind this header are of.");
    protocol
}
