//! ARP (RFC 826): which Ethernet address has the neighbour with this IP address?

use std::net::Ipv4Addr;

use super::ether_type_value;
use super::ethernet::MacAddress;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let &[_, _, _, _, hardware, protocol, _, _] = fixed::<8>(Protocol::Arp, data)?;
    let length = whole(Protocol::Arp, data, 8 + 2 * (usize::from(hardware) + usize::from(protocol)))?.len();
    Ok(Step { length, payload: Some(0), next: Next::Payload(Payload::Of(Protocol::Arp)) })
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let hardware_type = pen.peek(16);
    let name = if hardware_type == 1 { " (Ethernet)" } else { "" };
    pen.leaf(16, "ar$hrd", format!("{hardware_type}{name}"), "Hardware type: the kind of network.");
    let protocol = pen.peek(16) as u16;
    pen.leaf(16, "ar$pro", ether_type_value(protocol), "Protocol type: the kind of address that is asked for.");
    let hardware_length = pen.number(8, "ar$hln", "Bytes in a hardware address.") as usize;
    let protocol_length = pen.number(8, "ar$pln", "Bytes in a protocol address.") as usize;
    let operation = pen.peek(16);
    let (name, meaning) = match operation {
        1 => ("request", "Asks everybody: who has this address?"),
        2 => ("reply", "Answers: I have it, here is my hardware address."),
        _ => ("other", "Neither a request (1) nor a reply (2)."),
    };
    pen.leaf(16, "ar$op", format!("{operation} ({name})"), meaning);
    let sender_hardware = hardware_address(pen, hardware_length, "ar$sha", "The sender's hardware address.");
    let sender = protocol_address(pen, protocol_length, "ar$spa", "The sender's protocol address.");
    let meaning = match operation {
        1 => "The hardware address asked for: not known yet.",
        _ => "The hardware address of the machine this is sent to.",
    };
    hardware_address(pen, hardware_length, "ar$tha", meaning);
    let target = protocol_address(pen, protocol_length, "ar$tpa", "The protocol address it is about.");
    match operation {
        1 => format!("who has {target}? tell {sender}"),
        2 => format!("{sender} is at {sender_hardware}"),
        _ => format!("operation {operation}"),
    }
}

fn hardware_address(pen: &mut Pen<'_>, length: usize, name: &'static str, meaning: &'static str) -> String {
    let value = if length == 6 { MacAddress(pen.array()).to_string() } else { hex(pen.bytes(length)) };
    pen.leaf(length as u64 * 8, name, value.clone(), meaning);
    value
}

fn protocol_address(pen: &mut Pen<'_>, length: usize, name: &'static str, meaning: &'static str) -> String {
    let value = if length == 4 { Ipv4Addr::from(pen.array::<4>()).to_string() } else { hex(pen.bytes(length)) };
    pen.leaf(length as u64 * 8, name, value.clone(), meaning);
    value
}
