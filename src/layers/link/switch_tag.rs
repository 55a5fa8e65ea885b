//! Frames between a switch chip and the processor behind it (Linux's distributed switch architecture), whose tag tells the
//! switch's port (LINKTYPE 281 to 284).

use super::ethernet::{self, MacAddress};
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Step};
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

/// The two addresses, with the tag behind them.
const ADDRESSES: usize = 12;

pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = match protocol {
        Protocol::EtherTypeDsa => &fixed::<{ ADDRESSES + 8 + 2 }>(protocol, data)?[..],
        _ => fixed::<{ ADDRESSES + 4 + 2 }>(protocol, data)?,
    };
    let ether_type = header.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
    Ok(ethernet::typed(header.len(), ether_type))
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let destination = MacAddress(pen.array());
    pen.leaf(48, "Destination Address", destination.to_string(), destination.meaning());
    let source = MacAddress(pen.array());
    pen.leaf(48, "Source Address", source.to_string(), "The network card that put the frame on this cable.");
    let tag = pen.left().saturating_sub(2);
    write_tag(pen, tag);
    ethernet::type_or_length(pen);
    format!("{source} → {destination}")
}

/// Broadcom's switches may put their tag before the whole frame.
pub(crate) fn parse_prepended(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<4>(Protocol::BroadcomPrepended, data)?;
    Ok(Step::new(header.len(), Next::Header(Protocol::Ethernet)))
}

pub(crate) fn annotate_prepended(pen: &mut Pen<'_>) -> String {
    write_tag(pen, 4)
}

fn write_tag(pen: &mut Pen<'_>, bytes: usize) -> String {
    let tag = hex(pen.bytes(bytes));
    let meaning = "Between the switch chip and its processor: which port the frame came in by or goes out by.";
    pen.leaf(bytes as u64 * 8, "Switch tag", tag.clone(), meaning);
    tag
}
