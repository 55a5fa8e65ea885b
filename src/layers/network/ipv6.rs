//! The IPv6 header (RFC 8200 §3).

use std::net::Ipv6Addr;

use super::Mark;
use super::ipv4::{address_meaning, hops, type_of_service};
use crate::layers::headers::prelude::*;

#[rustfmt::skip]
pub(crate) const IPV6: Header = Header::of(Length::Found(|_, data| Ok(parse(data)?.step)),
    "{Source Address} → {Destination Address}", &[
    number(4, "Version", "6: this is IPv6."),
    FieldRow::Code(|pen| type_of_service(pen, "Traffic Class")),
    hex(20, "Flow Label",
        "A number the sender gives to all packets of one conversation, so that routers keep them on one path."),
    FieldRow::Bits(
        16,
        "Payload Length",
        Show::Number,
        Meaning::ZeroOr(
            "Zero: too long for the field, or the network card is to cut this into packets and fill it in.",
            "Bytes behind this header; what follows them is not part of the packet.",
        ),
    ),
    NEXT_HEADER,
    FieldRow::Code(|pen| hops(pen, "Hop Limit")),
    FieldRow::Code(|pen| address(pen, "Source Address")),
    FieldRow::Code(|pen| address(pen, "Destination Address")),
]);

/// The octet that names what follows, in this header and in its extensions.
pub(super) const NEXT_HEADER: FieldRow = shown(8, "Next Header", ip_protocol_value, NAMES_THE_NEXT);

fn address(pen: &mut Pen<'_>, name: &'static str) {
    let address = Ipv6Addr::from(pen.array::<16>());
    pen.leaf(128, name, address.to_string(), address_meaning(address.into()));
}

/// The next header number that says that nothing follows (RFC 8200 §4.7).
const NO_NEXT_HEADER: u8 = 59;

/// What the rest of the stack needs to know of the header.
pub(crate) struct Ipv6 {
    pub(crate) source: Ipv6Addr,
    pub(crate) destination: Ipv6Addr,
    pub(crate) mark: Mark,
    pub(crate) step: Step,
}

#[inline]
pub(crate) fn parse(data: &[u8]) -> Result<Ipv6, Fault> {
    let header = fixed::<40>(Protocol::Ipv6, data)?;
    let [first, _, _, _, l1, l2, next, hops, addresses @ ..] = header;
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
    let step = Step { length: header.len(), payload, next: ip_protocols::behind(*next) };
    let mark = Mark { hops: *hops, identification: 0 };
    Ok(Ipv6 { source: source.into(), destination: destination.into(), mark, step })
}
