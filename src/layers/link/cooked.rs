//! Linux cooked capture: what the kernel writes where interfaces of several kinds are captured together (LINKTYPE 113
//! and 276). It keeps the sender's address and drops the receiver's.

use super::ethernet::MacAddress;
use super::{behind_ether_type, ether_type_value};
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

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
        _ => behind_ether_type(protocol),
    }
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let direction = packet_type(pen, 16);
    device_type(pen);
    let length = pen.number(16, "Link-layer address length", "How many of the next eight bytes count.");
    let source = address(pen, length as usize);
    protocol_type(pen);
    format!("{direction}, from {source}")
}

pub(crate) fn annotate_2(pen: &mut Pen<'_>) -> String {
    protocol_type(pen);
    pen.leaf(16, "Reserved", pen.peek(16).to_string(), "Zero; nothing uses it.");
    let interface = pen.number(32, "Interface index", "The kernel's number for the interface it was captured on.");
    device_type(pen);
    let direction = packet_type(pen, 8);
    let length = pen.number(8, "Link-layer address length", "How many of the next eight bytes count.");
    let source = address(pen, length as usize);
    format!("{direction}, interface {interface}, from {source}")
}

fn packet_type(pen: &mut Pen<'_>, bits: u64) -> &'static str {
    let number = pen.peek(bits);
    let name = match number {
        0 => "to this machine",
        1 => "broadcast",
        2 => "multicast",
        3 => "between others",
        4 => "sent by this machine",
        _ => "unknown direction",
    };
    pen.leaf(bits, "Packet type", format!("{number} ({name})"), "Whose packet it is, seen from where it was captured.");
    name
}

fn device_type(pen: &mut Pen<'_>) {
    let number = pen.peek(16);
    let name = match number {
        1 => " (Ethernet)",
        512 => " (PPP)",
        772 => " (loopback)",
        776 => " (IPv6 in IPv4 tunnel)",
        778 => " (GRE tunnel)",
        801..=803 => " (wireless)",
        824 => " (netlink)",
        65534 => " (no link header)",
        _ => "",
    };
    pen.leaf(16, "ARPHRD type", format!("{number}{name}"), "The kind of interface it was captured on.");
}

fn address(pen: &mut Pen<'_>, length: usize) -> String {
    let length = length.min(8);
    let value = match length {
        0 => "no address".to_owned(),
        6 => MacAddress(pen.array()).to_string(),
        _ => hex(pen.bytes(length)),
    };
    pen.leaf(
        length as u64 * 8,
        "Link-layer address",
        value.clone(),
        "The sender's address; the receiver's is not kept.",
    );
    pen.leaf((8 - length as u64) * 8, "Unused", hex(pen.bytes(8 - length)), "Fills the address up to eight bytes.");
    value
}

fn protocol_type(pen: &mut Pen<'_>) {
    let number = pen.peek(16) as u16;
    let value = match number {
        0x0004 => "0x0004 (LLC)".to_owned(),
        _ => ether_type_value(number),
    };
    pen.leaf(16, "Protocol type", value, "Which protocol the bytes behind this header are of.");
}
