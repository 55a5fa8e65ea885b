//! Lines with two ends: PPP (RFC 1661, RFC 1662), PPP over Ethernet (RFC 2516) and Cisco HDLC.

use super::{behind_ether_type, ether_type_value};
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count};
use crate::layers::stack::protocol::Protocol;

/// All stations, and unnumbered information: the only address and control there are (RFC 1662 §3.1).
const ADDRESS_AND_CONTROL: [u8; 2] = [0xff, 0x03];
/// Cisco's two addresses, unicast and broadcast.
const CISCO: [u8; 2] = [0x0f, 0x8f];

/// What a serial line that carries either of them begins with (LINKTYPE 50).
pub(crate) fn ppp_or_cisco(data: &[u8]) -> Protocol {
    match data.first() {
        Some(first) if CISCO.contains(first) => Protocol::CiscoHdlc,
        _ => Protocol::Ppp,
    }
}

pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let before = address_and_control(data);
    let (protocol, length) = match data.get(before..) {
        // Protocol numbers are odd in their last byte and even in the first, which may be left out (RFC 1661 §6.5).
        Some(&[short, ..]) if short & 1 == 1 => (u16::from(short), before + 1),
        Some(&[high, low, ..]) => (u16::from_be_bytes([high, low]), before + 2),
        _ => return Err(Fault::Short { protocol: Protocol::Ppp, offset: 0, needed: before + 2, found: data.len() }),
    };
    let next = match protocol {
        0x0021 => Next::Header(Protocol::Ipv4),
        0x0057 => Next::Header(Protocol::Ipv6),
        0x0281 | 0x0283 => Next::Header(Protocol::Mpls),
        _ => Next::Payload(Payload::PppProtocol(protocol)),
    };
    Ok(Step::new(whole(Protocol::Ppp, data, length)?.len(), next))
}

/// How many bytes of address and control there are: the two sides may agree to leave them out.
fn address_and_control(data: &[u8]) -> usize {
    if data.starts_with(&ADDRESS_AND_CONTROL) { ADDRESS_AND_CONTROL.len() } else { 0 }
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    if address_and_control(pen.bytes(2)) > 0 {
        pen.clause("RFC 1662 §3.1");
        pen.leaf(8, "Address", "0xff", "All stations: a line with two ends needs no other.");
        pen.leaf(8, "Control", "0x03", "A plain message, with no number and no reply.");
        pen.clause("RFC 1661 §2");
    }
    let bits = pen.left() as u64 * 8;
    let number = pen.peek(bits);
    let name = match number {
        0x0021 => " (IPv4)",
        0x0057 => " (IPv6)",
        0x002d => " (TCP with compressed headers)",
        0x0281 => " (MPLS)",
        0x8021 => " (IPv4 control)",
        0x8057 => " (IPv6 control)",
        0xc021 => " (link control)",
        0xc023 => " (password authentication)",
        0xc223 => " (challenge authentication)",
        _ => "",
    };
    let value = format!("0x{number:04x}{name}");
    pen.leaf(bits, "Protocol", value.clone(), "Which protocol the bytes behind this header are of.");
    value
}

pub(crate) fn parse_pppoe(data: &[u8]) -> Result<Step, Fault> {
    let &[version_and_type, code, _, _, l1, l2] = fixed::<6>(Protocol::Pppoe, data)?;
    if version_and_type != 0x11 {
        let rule = "version and type are both 1";
        return Err(Fault::impossible(Protocol::Pppoe, "VER and TYPE", version_and_type, rule));
    }
    let payload = Some(u16::from_be_bytes([l1, l2]).into());
    // Any other code is discovery: how the session came to be.
    let next = if code == 0 { Next::Header(Protocol::Ppp) } else { Next::Payload(Payload::Of(Protocol::Pppoe)) };
    Ok(Step { length: 6, payload, next })
}

pub(crate) fn annotate_pppoe(pen: &mut Pen<'_>) -> String {
    pen.number(4, "VER", "The version of PPPoE: 1.");
    pen.number(4, "TYPE", "Always 1.");
    let code = pen.peek(8);
    let (name, meaning) = match code {
        0x00 => ("session data", "A packet of an open session."),
        0x09 => ("PADI", "Asks who offers sessions here."),
        0x07 => ("PADO", "Offers a session."),
        0x19 => ("PADR", "Asks one of those who offered for a session."),
        0x65 => ("PADS", "Grants the session."),
        0xa7 => ("PADT", "Ends the session."),
        _ => ("unknown", "A code this tool does not know."),
    };
    pen.leaf(8, "CODE", format!("0x{code:02x} ({name})"), meaning);
    let session = pen.peek(16);
    pen.leaf(16, "SESSION_ID", format!("0x{session:04x}"), "Which customer's session it is.");
    pen.leaf(
        16,
        "LENGTH",
        count(pen.peek(16) as usize),
        "How many bytes of PPP follow; what stands behind them is padding.",
    );
    format!("{name}, session 0x{session:04x}")
}

pub(crate) fn parse_cisco(data: &[u8]) -> Result<Step, Fault> {
    let &[_, _, p1, p2] = fixed::<4>(Protocol::CiscoHdlc, data)?;
    Ok(Step::new(4, behind_ether_type(u16::from_be_bytes([p1, p2]))))
}

pub(crate) fn annotate_cisco(pen: &mut Pen<'_>) -> String {
    let address = pen.peek(8);
    let meaning = match address {
        0x8f => "Broadcast.",
        _ => "For the other end of the line.",
    };
    pen.leaf(8, "Address", format!("0x{address:02x}"), meaning);
    pen.leaf(8, "Control", format!("0x{:02x}", pen.peek(8)), "Always zero.");
    let protocol = ether_type_value(pen.peek(16) as u16);
    pen.leaf(16, "Protocol", protocol.clone(), "Which protocol the bytes behind this header are of.");
    protocol
}
