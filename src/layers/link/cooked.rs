//! Linux cooked capture: what the kernel writes where interfaces of several kinds are captured together (LINKTYPE 113
//! and 276). It keeps the sender's address and drops the receiver's.

use crate::layers::headers::prelude::*;

pub(crate) const COOKED: Header = Header::irregular(Length::Found(|_, data| parse(data)), |pen| {
    let direction = direction(pen.peek(16));
    pen.rows(&[packet_type(16), DEVICE_TYPE, number(16, "Link-layer address length", ADDRESS_LENGTH)]);
    let source = address(pen);
    pen.rows(&[PROTOCOL_TYPE]);
    format!("{direction}, from {source}")
});

pub(crate) const COOKED_2: Header = Header::irregular(Length::Found(|_, data| parse_2(data)), |pen| {
    pen.rows(&[
        PROTOCOL_TYPE,
        reserved(16, "Reserved"),
        number(32, "Interface index", "The kernel's number for the interface it was captured on."),
        DEVICE_TYPE,
    ]);
    let direction = direction(pen.peek(8));
    pen.rows(&[packet_type(8), number(8, "Link-layer address length", ADDRESS_LENGTH)]);
    let source = address(pen);
    format!("{direction}, interface {}, from {source}", pen.sentence("{Interface index}"))
});

#[inline]
pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<16>(Protocol::Cooked, data)?;
    let device = u16::from_be_bytes([header[2], header[3]]);
    Ok(Step::new(header.len(), behind(device, u16::from_be_bytes([header[14], header[15]]))))
}

#[inline]
pub(crate) fn parse_2(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<20>(Protocol::Cooked2, data)?;
    let device = u16::from_be_bytes([header[8], header[9]]);
    Ok(Step::new(header.len(), behind(device, u16::from_be_bytes([header[0], header[1]]))))
}

fn behind(device: u16, protocol: u16) -> Next {
    match (device, protocol) {
        // A wireless monitor's protocol field says nothing: radiotap follows.
        (803, _) => Next::Header(Protocol::Radiotap),
        // Netlink and other wireless devices put numbers of their own into it.
        (801 | 802 | 824, _) => Next::Payload(Payload::EtherType(protocol)),
        (_, 0x0004) => Next::Header(Protocol::Llc),
        _ => ether_types::behind(protocol),
    }
}

fn direction(packet_type: u64) -> &'static str {
    match packet_type {
        0 => "to this machine",
        1 => "broadcast",
        2 => "multicast",
        3 => "between others",
        4 => "sent by this machine",
        _ => "unknown direction",
    }
}

const fn packet_type(bits: u16) -> FieldRow {
    let meaning = "Whose packet it is, seen from where it was captured.";
    shown(bits, "Packet type", |number| format!("{number} ({})", direction(number)), meaning)
}

const DEVICE_TYPE: FieldRow = named(
    16,
    "ARPHRD type",
    &[
        (1, "Ethernet"),
        (512, "PPP"),
        (772, "loopback"),
        (776, "IPv6 in IPv4 tunnel"),
        (778, "GRE tunnel"),
        (801, "wireless"),
        (802, "wireless"),
        (803, "wireless"),
        (824, "netlink"),
        (65534, "no link header"),
    ],
    "The kind of interface it was captured on.",
);

const ADDRESS_LENGTH: &str = "How many of the next eight bytes count.";

/// The sender's address, whose length was just named, in its eight bytes.
fn address(pen: &mut Pen<'_>) -> String {
    let length = pen.sentence("{Link-layer address length}").parse().map_or(8, |length: usize| length.min(8));
    let value = match length {
        0 => "no address".to_owned(),
        6 => mac_address(pen.peek(48)),
        _ => hex_of(pen.bytes(length)),
    };
    let meaning = "The sender's address; the receiver's is not kept.";
    pen.leaf(length as u64 * 8, "Link-layer address", value.clone(), meaning);
    let unused = 8 - length;
    pen.leaf(unused as u64 * 8, "Unused", hex_of(pen.bytes(unused)), "Fills the address up to eight bytes.");
    value
}

const PROTOCOL_TYPE: FieldRow = shown(
    16,
    "Protocol type",
    |number| if number == 4 { "0x0004 (LLC)".to_owned() } else { ether_type_value(number) },
    NAMES_THE_NEXT,
);
