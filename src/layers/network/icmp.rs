//! The part that all ICMP messages share (RFC 792, RFC 4443 §2.1); the rest of a message is left as payload.

use crate::layers::headers::prelude::*;

pub(crate) const ICMP: Header = Header::irregular(Length::Last(4), |pen| {
    let (name, meaning) = match pen.peek(8) {
        0 => ECHO_REPLY,
        3 => UNREACHABLE,
        4 => ("Source Quench", "Asked a sender to slow down; no longer used."),
        5 => REDIRECT,
        8 => ECHO_REQUEST,
        11 => TIME_EXCEEDED,
        12 => PARAMETER_PROBLEM,
        _ => OTHER,
    };
    write(pen, name, meaning)
});

pub(crate) const ICMPV6: Header = Header::irregular(Length::Last(4), |pen| {
    let (name, meaning) = match pen.peek(8) {
        1 => UNREACHABLE,
        2 => ("Packet Too Big", "A packet was too long for the next link: the sender must send shorter ones."),
        3 => TIME_EXCEEDED,
        4 => PARAMETER_PROBLEM,
        128 => ECHO_REQUEST,
        129 => ECHO_REPLY,
        133 => ("Router Solicitation", "Asks for a router on this link."),
        134 => ("Router Advertisement", "A router says that it is there and which addresses the link has."),
        135 => ("Neighbor Solicitation", "Asks for the hardware address of a neighbour, as ARP does for IPv4."),
        136 => ("Neighbor Advertisement", "Answers with a hardware address, as ARP does for IPv4."),
        137 => REDIRECT,
        _ => OTHER,
    };
    write(pen, name, meaning)
});

/// A type's name, and what such a message says.
type Kind = (&'static str, &'static str);

const ECHO_REPLY: Kind = ("Echo Reply", "The answer to a ping.");
const ECHO_REQUEST: Kind = ("Echo Request", "A ping: is anybody there?");
const UNREACHABLE: Kind = ("Destination Unreachable", "A packet could not be delivered; it is quoted below.");
const REDIRECT: Kind = ("Redirect", "Another router is the better way.");
const TIME_EXCEEDED: Kind =
    ("Time Exceeded", "A packet passed too many routers and was dropped; traceroute lives on these.");
const PARAMETER_PROBLEM: Kind = ("Parameter Problem", "A packet's header made no sense; it is quoted below.");
const OTHER: Kind = ("other", "A message of another kind.");

fn write(pen: &mut Pen<'_>, name: &'static str, meaning: &'static str) -> String {
    pen.leaf(8, "Type", format!("{} ({name})", pen.peek(8)), meaning);
    pen.rows(&[number(8, "Code", "A closer word on the type."), CHECKSUM]);
    name.to_owned()
}
