//! The part that all ICMP messages share (RFC 792, RFC 4443 §2.1); the rest of a message is left as payload.

use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::Pen;
use crate::layers::stack::protocol::Protocol;

use super::checksum::Checksum;

pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    Ok(Step::new(fixed::<4>(protocol, data)?.len(), Next::Payload(Payload::Of(protocol))))
}

pub(crate) fn annotate(pen: &mut Pen<'_>, version: u8, verdict: Checksum) -> String {
    let kind = pen.peek(8);
    let (name, meaning) = match (version, kind) {
        (4, 0) | (6, 129) => ("Echo Reply", "The answer to a ping."),
        (4, 8) | (6, 128) => ("Echo Request", "A ping: is anybody there?"),
        (4, 3) | (6, 1) => ("Destination Unreachable", "A packet could not be delivered; it is quoted below."),
        (4, 4) => ("Source Quench", "Asked a sender to slow down; no longer used."),
        (4, 5) | (6, 137) => ("Redirect", "Another router is the better way."),
        (4, 11) | (6, 3) => {
            ("Time Exceeded", "A packet passed too many routers and was dropped; traceroute lives on these.")
        }
        (4, 12) | (6, 4) => ("Parameter Problem", "A packet's header made no sense; it is quoted below."),
        (6, 2) => ("Packet Too Big", "A packet was too long for the next link: the sender must send shorter ones."),
        (6, 133) => ("Router Solicitation", "Asks for a router on this link."),
        (6, 134) => ("Router Advertisement", "A router says that it is there and which addresses the link has."),
        (6, 135) => ("Neighbor Solicitation", "Asks for the hardware address of a neighbour, as ARP does for IPv4."),
        (6, 136) => ("Neighbor Advertisement", "Answers with a hardware address, as ARP does for IPv4."),
        _ => ("other", "A message of another kind."),
    };
    pen.leaf(8, "Type", format!("{kind} ({name})"), meaning);
    pen.number(8, "Code", "A closer word on the type.");
    let value = format!("0x{:04x} ({verdict})", pen.peek(16));
    pen.leaf(16, "Checksum", value, verdict.meaning());
    name.to_owned()
}
