//! Rings: FDDI and Token Ring. Both have LLC behind two Ethernet-like addresses.

use super::ethernet::MacAddress;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse_fddi(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<13>(Protocol::Fddi, data)?;
    // Two bits say what kind of frame it is, whatever its class and the length of its addresses.
    let next =
        if header[0] & 0x30 == 0x10 { Next::Header(Protocol::Llc) } else { Next::Payload(Payload::Of(Protocol::Fddi)) };
    Ok(Step::new(header.len(), next))
}

pub(crate) fn annotate_fddi(pen: &mut Pen<'_>) -> String {
    let meaning = "Class of the frame, length of its addresses, and whether it carries data (LLC).";
    pen.leaf(8, "FC", format!("0x{:02x}", pen.peek(8)), meaning);
    addresses(pen)
}

/// The source address's first bit says that a route through bridges follows.
const ROUTED: u8 = 0x80;

pub(crate) fn parse_token_ring(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<14>(Protocol::TokenRing, data)?;
    let length = if header[8] & ROUTED == 0 {
        header.len()
    } else {
        let route = usize::from(fixed::<15>(Protocol::TokenRing, data)?[14] & 0x1f);
        if route < 2 {
            let rule = "it counts its own 2 bytes";
            return Err(Fault::impossible(Protocol::TokenRing, "length of the route", route as u32, rule));
        }
        whole(Protocol::TokenRing, data, header.len() + route)?.len()
    };
    let next = match header[1] >> 6 {
        1 => Next::Header(Protocol::Llc),
        _ => Next::Payload(Payload::Of(Protocol::TokenRing)),
    };
    Ok(Step::new(length, next))
}

pub(crate) fn annotate_token_ring(pen: &mut Pen<'_>) -> String {
    pen.leaf(8, "AC", format!("0x{:02x}", pen.peek(8)), "Access control: who may send next.");
    pen.leaf(8, "FC", format!("0x{:02x}", pen.peek(8)), "Whether the frame carries data (LLC) or runs the ring.");
    let value = addresses(pen);
    if pen.left() > 0 {
        let rest = pen.left();
        let meaning = "The bridges that the frame passes, chosen by its sender.";
        pen.leaf(rest as u64 * 8, "Routing Information", hex(pen.bytes(rest)), meaning);
    }
    value
}

fn addresses(pen: &mut Pen<'_>) -> String {
    let destination = MacAddress(pen.array());
    pen.leaf(48, "Destination Address", destination.to_string(), destination.meaning());
    let source = MacAddress(pen.array());
    pen.leaf(48, "Source Address", source.to_string(), "The network card that put the frame on this ring.");
    format!("{source} → {destination}")
}
