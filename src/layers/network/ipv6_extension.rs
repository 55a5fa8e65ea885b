//! IPv6 extension headers (RFC 8200 §4): options, routing and fragments.

use std::net::Ipv6Addr;

use super::fragments::Piece;
use super::ipv6::NEXT_HEADER;
use crate::layers::headers::prelude::*;

/// Hop-by-hop and destination options.
#[rustfmt::skip]
pub(crate) const OPTIONS: Header = Header::of(Length::Found(parse), "then {Next Header}", &[
    NEXT_HEADER,
    EXTENSION_LENGTH,
    FieldRow::Clause("RFC 8200 §4.2"),
    FieldRow::Code(|pen| {
        while pen.left() > 0 {
            option(pen);
        }
    }),
]);

pub(crate) const ROUTING: Header = Header::irregular(Length::Found(parse), |pen| {
    let [_, _, kind, left] = pen.array();
    pen.rows(ROUTING_FIELDS);
    // Types 0, 2 and 4 have addresses next; what follows them in type 4 is left as data.
    while matches!(kind, 0 | 2 | 4) && pen.left() >= 16 {
        pen.leaf(128, "Address", Ipv6Addr::from(pen.array::<16>()).to_string(), "A hop on the way.");
    }
    pen.rest("type-specific data", "Belongs to the routing type.");
    format!("type {kind}, {left} segments left")
});

#[rustfmt::skip]
const ROUTING_FIELDS: &[FieldRow] = &[
    NEXT_HEADER,
    EXTENSION_LENGTH,
    named(8, "Routing Type", &[(0, "source route, deprecated"), (2, "mobile IPv6"), (3, "RPL"), (4, "segment routing")],
        "How the data below is to be read."),
    number(8, "Segments Left", "How many of the hops below are still to be visited."),
    bytes(4, "type-specific data", "Belongs to the routing type."),
];

const EXTENSION_LENGTH: FieldRow = shown(
    8,
    "Hdr Ext Len",
    |units| format!("{units} ({} bytes)", (units + 1) * 8),
    "Length of this header in units of eight bytes, the first eight not counted.",
);

#[rustfmt::skip]
pub(crate) const FRAGMENT: Header = Header::of(Length::Found(|_, data| Ok(parse_fragment(data)?.1)),
    "packet {Identification}, from byte {Fragment Offset}", &[
    NEXT_HEADER,
    reserved(8, "Reserved"),
    shown(13, "Fragment Offset", |units| (units * 8).to_string(),
        "Where in the original packet this piece belongs, in units of eight bytes."),
    reserved(2, "Res"),
    bit("M", "This is not the last piece of the packet.", "This is the last piece of the packet."),
    hex(32, "Identification", "Tells the fragments of one packet from those of another."),
]);

/// The destination option with a mobile host's own address.
const HOME_ADDRESS: u8 = 0xc9;

/// A header that starts with what follows it and its length in units of eight bytes, the first eight not counted.
fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let &[next, length, ..] = fixed::<8>(protocol, data)?;
    let length = whole(protocol, data, (usize::from(length) + 1) * 8)?.len();
    Ok(Step::new(length, ip_protocols::behind(next)))
}

/// Whether a routing header has hops yet to visit: then the packet's destination address is only the next of them.
pub(crate) fn has_segments_left(header: &[u8]) -> bool {
    header.get(3).is_some_and(|left| *left != 0)
}

/// The final destination of a packet with such a routing header; `None` if its type doesn't reveal it.
pub(crate) fn final_destination(header: &[u8]) -> Option<Ipv6Addr> {
    let (addresses, _) = header.get(8..)?.as_chunks::<16>();
    let last = match header.get(2)? {
        0 | 2 => addresses.last()?,
        // The route is written from its end (RFC 8754 §2).
        4 => addresses.first()?,
        _ => return None,
    };
    Some((*last).into())
}

/// The address that a mobile sender is known by wherever it is: connections and checksums go by it (RFC 6275 §6.3).
pub(crate) fn home_address(header: &[u8]) -> Option<Ipv6Addr> {
    let mut options = header.get(2..)?;
    loop {
        options = match *options {
            [0, ref rest @ ..] => rest,
            [HOME_ADDRESS, 16, ref rest @ ..] => return rest.first_chunk::<16>().map(|address| (*address).into()),
            [_, length, ref rest @ ..] => rest.get(length.into()..)?,
            _ => return None,
        };
    }
}

/// The fragment header, and which piece it says this is; `None` where it is the only one (RFC 6946).
pub(crate) fn parse_fragment(data: &[u8]) -> Result<(Option<Piece>, Step), Fault> {
    let &[protocol, _, o1, o2, i1, i2, i3, i4] = fixed::<8>(Protocol::Ipv6Fragment, data)?;
    let offset_and_more = u16::from_be_bytes([o1, o2]);
    let piece = Piece {
        identification: u32::from_be_bytes([i1, i2, i3, i4]),
        protocol,
        offset: u32::from(offset_and_more & !0b111),
        more: offset_and_more & 1 != 0,
    };
    if piece.offset == 0 && !piece.more {
        return Ok((None, Step::new(8, ip_protocols::behind(protocol))));
    }
    Ok((Some(piece), Step::new(8, Next::Payload(Payload::Fragment))))
}

fn option(pen: &mut Pen<'_>) {
    let [kind, length] = pen.array();
    if kind == 0 {
        return pen.rows(&[number(8, "Pad1", "One byte of filling.")]);
    }
    let name = match kind {
        1 => "PadN",
        5 => "Router Alert",
        0xc2 => "Jumbo Payload",
        HOME_ADDRESS => "Home Address",
        _ => "Option",
    };
    pen.group((u64::from(length) + 2) * 8, name, "One option: its kind, its length and its data.", |pen| {
        pen.rows(&[
            number(8, "Option Type", "Which option this is."),
            number(8, "Opt Data Len", "Bytes of data in it."),
            FieldRow::Rest("Option Data", "What the option says."),
        ]);
        format!("type {kind}")
    });
}
