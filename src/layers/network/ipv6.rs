//! The IPv6 header (RFC 8200 §3).

use std::net::Ipv6Addr;

use super::{behind_ip, ipv4, protocol_value};
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::Step;
use crate::layers::stack::pen::Pen;
use crate::layers::stack::protocol::Protocol;

/// The next header number that says that nothing follows (RFC 8200 §4.7).
const NO_NEXT_HEADER: u8 = 59;

/// What the rest of the stack needs to know of the header.
pub(crate) struct Header {
    pub(crate) source: Ipv6Addr,
    pub(crate) destination: Ipv6Addr,
    pub(crate) step: Step,
}

#[inline]
pub(crate) fn parse(data: &[u8]) -> Result<Header, Fault> {
    let header = fixed::<40>(Protocol::Ipv6, data)?;
    let [first, _, _, _, l1, l2, next, _, addresses @ ..] = header;
    if first >> 4 != 6 {
        return Err(Fault::impossible(Protocol::Ipv6, "Version", first >> 4, "it is 6 in every IPv6 header"));
    }
    let [source, destination] = *addresses.as_chunks::<16>().0 else {
        return Err(Fault::Short { protocol: Protocol::Ipv6, offset: 0, needed: 40, found: data.len() });
    };
    let payload = match usize::from(u16::from_be_bytes([*l1, *l2])) {
        // A jumbogram (RFC 2675), or a segment that the card is to cut: all there is belongs to it.
        0 if *next != NO_NEXT_HEADER => None,
        length => Some(length),
    };
    let step = Step { length: header.len(), payload, next: behind_ip(*next) };
    Ok(Header { source: source.into(), destination: destination.into(), step })
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    pen.number(4, "Version", "6: this is IPv6.");
    ipv4::type_of_service(pen, "Traffic Class");
    let label = pen.peek(20);
    let meaning =
        "A number the sender gives to all packets of one conversation, so that routers keep them on one path.";
    pen.leaf(20, "Flow Label", format!("0x{label:05x}"), meaning);
    let meaning = match pen.peek(16) {
        0 => "Zero: too long for the field, or the network card is to cut this into packets and fill it in.",
        _ => "Bytes behind this header; what follows them is not part of the packet.",
    };
    pen.number(16, "Payload Length", meaning);
    next_header(pen);
    ipv4::hops(pen, "Hop Limit");
    let source = Ipv6Addr::from(pen.array::<16>());
    pen.leaf(128, "Source Address", source.to_string(), ipv4::address_meaning(source.into()));
    let destination = Ipv6Addr::from(pen.array::<16>());
    pen.leaf(128, "Destination Address", destination.to_string(), ipv4::address_meaning(destination.into()));
    format!("{source} → {destination}")
}

/// The octet that names what follows, in this header and in its extensions.
pub(crate) fn next_header(pen: &mut Pen<'_>) -> String {
    let next = protocol_value(pen.peek(8) as u8);
    pen.leaf(8, "Next Header", next.clone(), "Which protocol the bytes behind this header are of.");
    next
}
