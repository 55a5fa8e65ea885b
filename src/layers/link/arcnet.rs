//! `ARCnet`, as BSD systems and Linux capture it: addresses of one byte, a protocol, and for most protocols which piece of a
//! packet the frame has (RFC 1201; before it, RFC 1051).

use crate::layers::headers::prelude::*;

pub(crate) const ARCNET: Header = Header::irregular(Length::Found(parse), |pen| {
    pen.rows(ADDRESSES);
    fields(pen, Protocol::Arcnet)
});

pub(crate) const ARCNET_LINUX: Header = Header::irregular(Length::Found(parse), |pen| {
    pen.rows(ADDRESSES);
    pen.rows(&[hex(16, "Offset", "Where the kernel put the packet in the card's memory; it isn't sent.")]);
    fields(pen, Protocol::ArcnetLinux)
});

#[rustfmt::skip]
const ADDRESSES: &[FieldRow] = &[
    hex(8, "Source Address", "The station that sent the frame; its number is set at the card."),
    FieldRow::Bits(8, "Destination Address", Show::Hex,
        Meaning::ZeroOr("Broadcast: every station on this network takes the frame.", "The station that the frame is for.")),
];

/// The protocols (ATA 878.1's system codes).
const IPV6: u8 = 0xc4;
const IPV4: u8 = 0xd4;
const ARP: u8 = 0xd5;
/// The same two as RFC 1051 has them, without a word about pieces; so are diagnostics.
const OLD_IPV4: u8 = 0xf0;
const OLD_ARP: u8 = 0xf1;
const DIAGNOSTICS: u8 = 0x80;

#[rustfmt::skip]
const PROTOCOL: FieldRow = FieldRow::Bits(8, "Protocol ID", Show::NamedHex(&[
    (DIAGNOSTICS as u64, "diagnostics"), (IPV6 as u64, "IPv6"), (IPV4 as u64, "IPv4"), (ARP as u64, "ARP"), (0xd6, "RARP"),
    (0xdd, "AppleTalk"), (OLD_IPV4 as u64, "IPv4, RFC 1051"), (OLD_ARP as u64, "ARP, RFC 1051"), (0xf7, "Banyan VINES"),
    (0xfa, "IPX"),
]), Meaning::Is(NAMES_THE_NEXT));

/// In place of the split flag: the frame's length is one that the card can't send, so it was padded, and the true header follows.
const EXCEPTION: u8 = 0xff;

#[rustfmt::skip]
const SPLIT: &[FieldRow] = &[
    FieldRow::Bits(8, "Split Flag", Show::Hex, Meaning::By(|flag| match flag {
        0 => "The frame has the whole packet.",
        _ if flag & 1 == 1 => "The packet is in several frames, and this is the first; half of this, rounded up, and one is how many.",
        _ => "The packet is in several frames; half of this says which one, from 0.",
    })),
    number(16, "Sequence Number", "The same in all frames of a packet."),
];

/// How many bytes stand before the protocol.
fn before(protocol: Protocol) -> usize {
    if protocol == Protocol::ArcnetLinux { 4 } else { 2 }
}

/// Whether a frame of this protocol says which piece of the packet it has.
fn is_split(kind: u8) -> bool {
    !matches!(kind, DIAGNOSTICS | OLD_IPV4 | OLD_ARP)
}

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let short = before(protocol) + 1;
    let kind = whole(protocol, data, short)?.last().copied().unwrap_or_default();
    let mut length = short;
    let mut piece = 0;
    if is_split(kind) {
        length += 3;
        piece = whole(protocol, data, length)?[short];
        // Linux hands on whole packets, and takes exceptions off.
        if protocol == Protocol::ArcnetLinux {
            piece = 0;
        } else if piece == EXCEPTION {
            length += 4;
            piece = whole(protocol, data, length)?[short + 4];
        }
    }
    let next = match kind {
        _ if piece != 0 => Next::Payload(Payload::Fragment),
        IPV4 | OLD_IPV4 => Next::Header(Protocol::Ipv4),
        IPV6 => Next::Header(Protocol::Ipv6),
        ARP | OLD_ARP => Next::Header(Protocol::Arp),
        _ => Next::Payload(Payload::Of(protocol)),
    };
    Ok(Step::new(length, next))
}

/// Names what follows the addresses.
fn fields(pen: &mut Pen<'_>, protocol: Protocol) -> String {
    let kind = pen.peek(8) as u8;
    pen.rows(&[PROTOCOL]);
    if is_split(kind) {
        pen.clause("RFC 1201");
        if protocol == Protocol::Arcnet && pen.peek(8) == u64::from(EXCEPTION) {
            pen.rows(&[
                hex(
                    8,
                    "Exception Flag",
                    "The frame was padded, as no card can send one of its length; the true fields follow.",
                ),
                hex(16, "Exception Padding", "Fills the place of the sequence number."),
                PROTOCOL,
            ]);
        }
        pen.rows(SPLIT);
    }
    pen.sentence("{Source Address} → {Destination Address}")
}
