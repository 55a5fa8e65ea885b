//! Tags in front of an `EtherType`, or of a whole frame, that switches use among themselves: E-TAG (IEEE 802.1BR), VN-Tag,
//! `MACsec` (IEEE 802.1AE), provider backbone bridges (IEEE 802.1ah) and `FabricPath`.

use super::ethernet;
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count, hex};
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse_e_tag(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<8>(Protocol::ETag, data)?;
    Ok(ethernet::typed(header.len(), u16::from_be_bytes([header[6], header[7]])))
}

pub(crate) fn annotate_e_tag(pen: &mut Pen<'_>) -> String {
    pen.number(3, "E-PCP", "Priority, 0 to 7.");
    pen.number(1, "E-DEI", "Whether the frame may be dropped first when the line is busy.");
    pen.number(12, "Ingress_E-CID_base", "The port extender's port that the frame came in by.");
    pen.leaf(2, "Reserved", pen.peek(2).to_string(), "Zero; nothing uses it.");
    pen.number(2, "GRP", "Whether the channel leads to one port or to several.");
    let channel = pen.number(12, "E-CID_base", "The port extender's port, or group of ports, that the frame is for.");
    pen.number(8, "Ingress_E-CID_ext", "Extends the number of the port that the frame came in by.");
    pen.number(8, "E-CID_ext", "Extends the number of the port that the frame is for.");
    ethernet::type_or_length(pen);
    format!("channel {channel}")
}

pub(crate) fn parse_vn_tag(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<6>(Protocol::VnTag, data)?;
    Ok(ethernet::typed(header.len(), u16::from_be_bytes([header[4], header[5]])))
}

pub(crate) fn annotate_vn_tag(pen: &mut Pen<'_>) -> String {
    pen.number(1, "d", "Whether the frame goes to the machine (1) or comes from it (0).");
    pen.number(1, "p", "Whether the destination is a list of interfaces.");
    let destination = pen.number(14, "dvif_id", "The virtual interface that the frame is for.");
    pen.number(1, "l", "Whether the frame returns to the machine that it came from.");
    pen.number(1, "r", "Reserved.");
    pen.number(2, "ver", "The version of the tag: 0.");
    let source = pen.number(12, "svif_id", "The virtual interface that the frame is from.");
    ethernet::type_or_length(pen);
    format!("virtual interface {source} → {destination}")
}

/// In the TCI: another version; the channel identifier is there; the rest is encrypted, or changed in some way.
const MACSEC_VERSION: u8 = 0x80;
const MACSEC_CHANNEL: u8 = 0x20;
const MACSEC_HIDDEN: u8 = 0x0c;

pub(crate) fn parse_macsec(data: &[u8]) -> Result<Step, Fault> {
    let control = fixed::<6>(Protocol::Macsec, data)?[0];
    let tag = if control & MACSEC_CHANNEL != 0 { fixed::<14>(Protocol::Macsec, data)?.len() } else { 6 };
    if control & (MACSEC_VERSION | MACSEC_HIDDEN) != 0 {
        return Ok(Step::new(tag, Next::Payload(Payload::Of(Protocol::Macsec))));
    }
    // Only signed: the frame goes on as if the tag were not there, and the signature stands behind it.
    let header = if tag == 6 { &fixed::<8>(Protocol::Macsec, data)?[..] } else { fixed::<16>(Protocol::Macsec, data)? };
    let ether_type = header.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
    Ok(ethernet::typed(header.len(), ether_type))
}

pub(crate) fn annotate_macsec(pen: &mut Pen<'_>) -> String {
    let hidden = pen.peek(8) as u8 & MACSEC_HIDDEN != 0;
    let channel = pen.peek(8) as u8 & MACSEC_CHANNEL != 0;
    pen.number(1, "V", "The version of MACsec: 0.");
    pen.number(1, "ES", "Whether the sender is an end station, named by the source address.");
    pen.number(1, "SC", "Whether the channel identifier follows.");
    pen.number(1, "SCB", "Whether the frame is on a broadcast channel.");
    pen.number(1, "E", "Whether the frame is encrypted.");
    pen.number(1, "C", "Whether what follows differs from what the sender was given.");
    pen.number(2, "AN", "Which of the channel's keys.");
    let short = pen.peek(8);
    let value = if short == 0 { "0 (long)".to_owned() } else { count(short as usize) };
    pen.leaf(8, "SL", value, "How many bytes of data follow, where that is less than 48.");
    pen.number(32, "PN", "Counts frames, so that a recorded one cannot be sent again.");
    if channel {
        pen.leaf(64, "SCI", hex(pen.bytes(8)), "The sender's address and port: whose channel it is.");
    }
    if pen.left() > 0 {
        ethernet::type_or_length(pen);
    }
    if hidden { "encrypted" } else { "signed, not encrypted" }.to_owned()
}

pub(crate) fn parse_backbone(data: &[u8]) -> Result<Step, Fault> {
    Ok(Step::new(fixed::<4>(Protocol::Backbone, data)?.len(), Next::Header(Protocol::Ethernet)))
}

pub(crate) fn annotate_backbone(pen: &mut Pen<'_>) -> String {
    pen.number(3, "I-PCP", "Priority, 0 to 7.");
    pen.number(1, "I-DEI", "Whether the frame may be dropped first when the line is busy.");
    pen.number(1, "UCA", "Whether the customer's addresses are to be used.");
    pen.leaf(3, "Reserved", pen.peek(3).to_string(), "Zero; nothing uses it.");
    let service = pen.number(24, "I-SID", "The provider's number for the customer's network.");
    format!("service {service}")
}

pub(crate) fn parse_fabric_path(data: &[u8]) -> Result<Step, Fault> {
    Ok(Step::new(fixed::<2>(Protocol::FabricPath, data)?.len(), Next::Header(Protocol::Ethernet)))
}

pub(crate) fn annotate_fabric_path(pen: &mut Pen<'_>) -> String {
    let tree = pen.number(10, "FTag", "Which of the switches' trees the frame follows.");
    pen.number(6, "TTL", "Every switch takes one away, so that no frame circles for ever.");
    format!("tree {tree}")
}
