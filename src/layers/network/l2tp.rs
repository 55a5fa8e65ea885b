//! L2TP over UDP (RFC 2661 §3.1): PPP through a tunnel.

use crate::layers::headers::prelude::*;

const CONTROL: u16 = 0x8000;
const LENGTH: u16 = 0x4000;
const SEQUENCE: u16 = 0x0800;
const OFFSET: u16 = 0x0200;
/// The bits that are zero, and the version.
const SHAPE: u16 = 0x34ff;

pub(crate) const L2TP: Header = Header::irregular(Length::Found(parse), |pen| {
    let flags = pen.peek(16) as u16;
    pen.rows(FLAGS);
    pen.rows_if(flags & LENGTH != 0, &[size(16, "Length", "Bytes in the message, this header included.")]);
    pen.rows(&[
        number(16, "Tunnel ID", "Which tunnel between the two machines it is."),
        number(16, "Session ID", "Which session in the tunnel: one user's connection."),
    ]);
    pen.rows_if(
        flags & SEQUENCE != 0,
        &[
            number(16, "Ns", "Counts messages, so that they can be kept in order."),
            number(16, "Nr", "The next message that is expected from the other side."),
        ],
    );
    pen.rows_if(
        flags & OFFSET != 0,
        &[number(16, "Offset Size", "Bytes of padding that follow."), FieldRow::Rest("Offset Pad", "Padding.")],
    );
    pen.sentence("tunnel {Tunnel ID}, session {Session ID}")
});

const FLAGS: &[FieldRow] = &[
    number(1, "T", "Whether this is a message between the tunnel's ends (1) or a packet (0)."),
    number(1, "L", "Whether the length is there."),
    reserved(2, "x"),
    number(1, "S", "Whether sequence numbers are there."),
    reserved(1, "x"),
    number(1, "O", "Whether there is padding before the packet."),
    number(1, "P", "Whether the packet is to be preferred."),
    reserved(4, "x"),
    number(4, "Ver", "The version of L2TP: 2."),
];

/// Whether a UDP payload begins like L2TP version 2.
pub(crate) fn looks_like(payload: &[u8]) -> bool {
    payload.first_chunk().is_some_and(|flags| u16::from_be_bytes(*flags) & SHAPE == 2)
}

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let flags = u16::from_be_bytes(*fixed::<2>(protocol, data)?);
    let mut length = 6 + if flags & LENGTH != 0 { 2 } else { 0 } + if flags & SEQUENCE != 0 { 4 } else { 0 };
    if flags & OFFSET != 0 {
        length += 2;
        let padding = whole(protocol, data, length)?.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
        length += usize::from(padding);
    }
    let payload = match whole(protocol, data, length)? {
        [_, _, l1, l2, ..] if flags & LENGTH != 0 => {
            let stated = u16::from_be_bytes([*l1, *l2]);
            let rule = "it counts the header too, which is longer";
            let payload = usize::from(stated).checked_sub(length);
            Some(payload.ok_or_else(|| Fault::impossible(protocol, "Length", stated, rule))?)
        }
        _ => None,
    };
    let next = if flags & CONTROL == 0 { Next::Header(Protocol::Ppp) } else { Next::Payload(Payload::Of(protocol)) };
    Ok(Step { length, payload, next })
}
