//! ARP (RFC 826): which Ethernet address does the neighbour with this IP address have?

use std::net::Ipv4Addr;

use crate::layers::headers::prelude::*;

pub(crate) const ARP: Header = Header::irregular(
    Length::Found(|protocol, data| {
        let &[_, _, _, _, hardware, network, _, _] = fixed::<8>(protocol, data)?;
        let length = whole(protocol, data, 8 + 2 * (usize::from(hardware) + usize::from(network)))?.len();
        Ok(Step { length, payload: Some(0), next: Next::Payload(Payload::Of(protocol)) })
    }),
    write,
);

const FIXED: &[FieldRow] = &[
    named(16, "ar$hrd", &[(1, "Ethernet")], "Hardware type: the kind of network."),
    ether_type("ar$pro", "Protocol type: the kind of address that is asked for."),
    number(8, "ar$hln", "Bytes in a hardware address."),
    number(8, "ar$pln", "Bytes in a protocol address."),
];

fn write(pen: &mut Pen<'_>) -> String {
    let [_, _, _, _, hardware, network] = pen.array().map(usize::from);
    pen.rows(FIXED);
    let operation = pen.peek(16);
    let (name, meaning) = match operation {
        1 => ("request", "Asks everybody: who has this address?"),
        2 => ("reply", "Answers: I have it, here is my hardware address."),
        _ => ("other", "Neither a request (1) nor a reply (2)."),
    };
    pen.leaf(16, "ar$op", format!("{operation} ({name})"), meaning);
    let sender_hardware = hardware_address(pen, hardware, "ar$sha", "The sender's hardware address.");
    let sender = protocol_address(pen, network, "ar$spa", "The sender's protocol address.");
    let meaning = match operation {
        1 => "The hardware address asked for: not known yet.",
        _ => "The hardware address of the machine this is sent to.",
    };
    hardware_address(pen, hardware, "ar$tha", meaning);
    let target = protocol_address(pen, network, "ar$tpa", "The protocol address it is about.");
    match operation {
        1 => format!("who has {target}? tell {sender}"),
        2 => format!("{sender} is at {sender_hardware}"),
        _ => format!("operation {operation}"),
    }
}

fn hardware_address(pen: &mut Pen<'_>, length: usize, name: &'static str, meaning: &'static str) -> String {
    let value = if length == 6 { mac_address(pen.peek(48)) } else { hex_of(pen.bytes(length)) };
    pen.leaf(length as u64 * 8, name, value.clone(), meaning);
    value
}

fn protocol_address(pen: &mut Pen<'_>, length: usize, name: &'static str, meaning: &'static str) -> String {
    let value = if length == 4 { Ipv4Addr::from(pen.array::<4>()).to_string() } else { hex_of(pen.bytes(length)) };
    pen.leaf(length as u64 * 8, name, value.clone(), meaning);
    value
}
