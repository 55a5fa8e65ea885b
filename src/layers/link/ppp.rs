//! Lines with two ends: PPP (RFC 1661, RFC 1662), PPP over Ethernet (RFC 2516) and Cisco HDLC.

use crate::layers::headers::prelude::*;

/// All stations, and unnumbered information: the only address and control there are (RFC 1662 §3.1).
const ADDRESS_AND_CONTROL: [u8; 2] = [0xff, 0x03];

#[rustfmt::skip]
pub(crate) const PPP: Header = Header::of(Length::Found(ppp), "{Protocol}", &[
    FieldRow::Code(|pen| {
        if pen.header().starts_with(&ADDRESS_AND_CONTROL) {
            pen.clause("RFC 1662 §3.1");
            pen.rows(&[
                hex(8, "Address", "All stations: a line with two ends needs no other."),
                hex(8, "Control", "A plain message, with no number and no reply."),
            ]);
            pen.clause("RFC 1661 §2");
        }
    }),
    FieldRow::Code(|pen| {
        let bits = pen.left() as u64 * 8;
        let number = pen.peek(bits);
        let name = PROTOCOLS.iter().find(|protocol| protocol.0 == number);
        let name = name.map_or_else(String::new, |protocol| format!(" ({})", protocol.1));
        pen.leaf(bits, "Protocol", format!("0x{number:04x}{name}"), NAMES_THE_NEXT);
    }),
]);

const PROTOCOLS: &[(u64, &str)] = &[
    (0x0021, "IPv4"),
    (0x0057, "IPv6"),
    (0x002d, "TCP with compressed headers"),
    (0x0281, "MPLS"),
    (0x8021, "IPv4 control"),
    (0x8057, "IPv6 control"),
    (0xc021, "link control"),
    (0xc023, "password authentication"),
    (0xc223, "challenge authentication"),
];

fn ppp(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    // The two sides may agree to leave address and control out.
    let before = if data.starts_with(&ADDRESS_AND_CONTROL) { ADDRESS_AND_CONTROL.len() } else { 0 };
    let (number, length) = match data.get(before..) {
        // Protocol numbers are odd in their last byte and even in the first, which may be left out (RFC 1661 §6.5).
        Some(&[short, ..]) if short & 1 == 1 => (u16::from(short), before + 1),
        Some(&[high, low, ..]) => (u16::from_be_bytes([high, low]), before + 2),
        _ => return Err(Fault::Short { protocol, offset: 0, needed: before + 2, found: data.len() }),
    };
    let next = match number {
        0x0021 => Next::Header(Protocol::Ipv4),
        0x0057 => Next::Header(Protocol::Ipv6),
        0x0281 | 0x0283 => Next::Header(Protocol::Mpls),
        _ => Next::Payload(Payload::PppProtocol(number)),
    };
    Ok(Step::new(whole(protocol, data, length)?.len(), next))
}

pub(crate) const PPPOE: Header = Header::irregular(
    Length::Found(|protocol, data| {
        let &[version_and_type, code, _, _, l1, l2] = fixed::<6>(protocol, data)?;
        if version_and_type != 0x11 {
            let rule = "version and type are both 1";
            return Err(Fault::impossible(protocol, "VER and TYPE", version_and_type, rule));
        }
        let payload = Some(u16::from_be_bytes([l1, l2]).into());
        // Any other code is discovery: how the session came to be.
        let next = if code == 0 { Next::Header(Protocol::Ppp) } else { Next::Payload(Payload::Of(protocol)) };
        Ok(Step { length: 6, payload, next })
    }),
    |pen| {
        let (name, _) = pppoe_code(pen.peek(16) & 0xff);
        pen.rows(PPPOE_FIELDS);
        format!("{name}, session {}", pen.sentence("{SESSION_ID}"))
    },
);

#[rustfmt::skip]
const PPPOE_FIELDS: &[FieldRow] = &[
    number(4, "VER", "The version of PPPoE: 1."),
    number(4, "TYPE", "Always 1."),
    FieldRow::Bits(8, "CODE", Show::By(|code| format!("0x{code:02x} ({})", pppoe_code(code).0)),
        Meaning::By(|code| pppoe_code(code).1)),
    hex(16, "SESSION_ID", "Which customer's session it is."),
    size(16, "LENGTH", "How many bytes of PPP follow; what stands behind them is padding."),
];

fn pppoe_code(code: u64) -> (&'static str, &'static str) {
    match code {
        0x00 => ("session data", "A packet of an open session."),
        0x09 => ("PADI", "Asks who offers sessions here."),
        0x07 => ("PADO", "Offers a session."),
        0x19 => ("PADR", "Asks one of those who offered for a session."),
        0x65 => ("PADS", "Grants the session."),
        0xa7 => ("PADT", "Ends the session."),
        _ => ("unknown", "A code this tool does not know."),
    }
}

#[rustfmt::skip]
pub(crate) const CISCO_HDLC: Header = Header::of(Length::EtherType(4), "{Protocol}", &[
    FieldRow::Bits(8, "Address", Show::Hex,
        Meaning::By(|address| if address == 0x8f { "Broadcast." } else { "For the other end of the line." })),
    hex(8, "Control", "Always zero."),
    ether_type("Protocol", NAMES_THE_NEXT),
]);
