//! MPLS label stacks (RFC 3032), and the control word of Ethernet pseudowires inside them (RFC 4448).

use super::ethernet;
use crate::layers::headers::prelude::*;

pub(crate) const MPLS: Header = Header::irregular(
    Length::Found(|protocol, data| {
        let header = fixed::<4>(protocol, data)?;
        let bottom = header[2] & 1 != 0;
        let next = if bottom { behind(data.get(4..).unwrap_or_default()) } else { Next::Header(protocol) };
        Ok(Step::new(header.len(), next))
    }),
    |pen| {
        let label = pen.peek(20);
        pen.rows(LABEL);
        format!("label {label}")
    },
);

#[rustfmt::skip]
const LABEL: &[FieldRow] = &[
    named(20, "Label", &[(0, "IPv4, explicit null"), (2, "IPv6, explicit null")],
        "What routers forward the packet by; each may swap it for another."),
    number(3, "TC", "Traffic class: how routers should treat the packet when they are busy."),
    bit("S", "Bottom of the stack: the packet itself follows.", "Another label follows below this one."),
    number(8, "TTL", "Every router takes one away, so that no packet circles for ever."),
];

/// MPLS doesn't say what it carries; routers go by the first four bits, and control words exist so as not to mislead
/// them (RFC 4928).
fn behind(payload: &[u8]) -> Next {
    match payload.first().map(|first| first >> 4) {
        // An Ethernet address may begin with any of these if there's no control word. Then the type after the addresses
        // decides, if nothing speaks for the other reading.
        Some(4 | 6 | 0) if !is_packet(payload) && ethernet::leads_on(payload) => Next::Header(Protocol::Ethernet),
        Some(4) => Next::Header(Protocol::Ipv4),
        Some(6) => Next::Header(Protocol::Ipv6),
        Some(0) => Next::Header(Protocol::ControlWord),
        // An associated channel (RFC 4385 §5) is for the routers themselves.
        Some(1) | None => Next::Payload(Payload::Of(Protocol::Mpls)),
        Some(_) => Next::Header(Protocol::Ethernet),
    }
}

/// Whether an IP packet, or a control word with an Ethernet frame, is plainly there.
fn is_packet(payload: &[u8]) -> bool {
    match *payload {
        [first, _, l1, l2, ..] if first >> 4 == 4 => {
            let header = payload.get(..usize::from(first & 0xf) * 4).unwrap_or_default();
            let length = usize::from(u16::from_be_bytes([l1, l2]));
            header.len() >= 20 && (length >= header.len() && checksum::fold(checksum::add(0, header)) == 0xffff)
        }
        [first, _, _, _, _, _, next, ..] if first >> 4 == 6 => matches!(ip_protocols::behind(next), Next::Header(_)),
        [_, _, _, _, ref frame @ ..] => ethernet::leads_on(frame),
        _ => false,
    }
}

#[rustfmt::skip]
pub(crate) const CONTROL_WORD: Header = Header::of(Length::Then(4, Protocol::Ethernet),
    "sequence number {Sequence Number}", &[
    number(4, "0000", "Zero, where an IP packet would have its version."),
    reserved(12, "Reserved"),
    number(16, "Sequence Number", "Counts frames, so that they can be kept in order; 0 where nobody does."),
]);
