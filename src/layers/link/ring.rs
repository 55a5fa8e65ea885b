//! Rings: FDDI and Token Ring. Both have LLC after two Ethernet-like addresses.

use crate::layers::headers::prelude::*;

const MAC_SOURCE: FieldRow = mac("Source Address", "The network card that put the frame on this ring.");

#[rustfmt::skip]
pub(crate) const FDDI: Header = Header::of(Length::Found(|protocol, data| {
    let header = fixed::<13>(protocol, data)?;
    // Two bits say what kind of frame it is, whatever its class and the length of its addresses.
    let is_data = header[0] & 0x30 == 0x10;
    let next = if is_data { Next::Header(Protocol::Llc) } else { Next::Payload(Payload::Of(protocol)) };
    Ok(Step::new(header.len(), next))
}), "{Source Address} → {Destination Address}", &[
    hex(8, "FC", "Class of the frame, length of its addresses, and whether it carries data (LLC)."),
    MAC_DESTINATION,
    MAC_SOURCE,
]);

#[rustfmt::skip]
pub(crate) const TOKEN_RING: Header = Header::of(Length::Found(token_ring),
    "{Source Address} → {Destination Address}", &[
    hex(8, "AC", "Access control: who may send next."),
    hex(8, "FC", "Whether the frame carries data (LLC) or runs the ring."),
    MAC_DESTINATION,
    MAC_SOURCE,
    FieldRow::Rest("Routing Information", "The bridges that the frame passes, chosen by its sender."),
]);

/// The source address's first bit says that a route through bridges follows.
const ROUTED: u8 = 0x80;

fn token_ring(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<14>(protocol, data)?;
    let length = if header[8] & ROUTED == 0 {
        header.len()
    } else {
        let route = fixed::<15>(protocol, data)?[14] & 0x1f;
        if route < 2 {
            return Err(Fault::impossible(protocol, "length of the route", route, "it counts its own 2 bytes"));
        }
        whole(protocol, data, header.len() + usize::from(route))?.len()
    };
    let next = match header[1] >> 6 {
        1 => Next::Header(Protocol::Llc),
        _ => Next::Payload(Payload::Of(protocol)),
    };
    Ok(Step::new(length, next))
}
