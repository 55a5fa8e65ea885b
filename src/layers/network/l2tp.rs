//! L2TP over UDP (RFC 2661 §3.1): PPP through a tunnel.

use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count, hex};
use crate::layers::stack::protocol::Protocol;

const CONTROL: u16 = 0x8000;
const LENGTH: u16 = 0x4000;
const SEQUENCE: u16 = 0x0800;
const OFFSET: u16 = 0x0200;
/// The bits that are zero, and the version.
const SHAPE: u16 = 0x34ff;

/// Whether a UDP payload begins like L2TP version 2.
pub(crate) fn looks_like(payload: &[u8]) -> bool {
    payload.first_chunk().is_some_and(|flags| u16::from_be_bytes(*flags) & SHAPE == 2)
}

pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let flags = u16::from_be_bytes(*fixed::<2>(Protocol::L2tp, data)?);
    let before_offset = length_before_offset(flags);
    let mut length = before_offset;
    if flags & OFFSET != 0 {
        let header = whole(Protocol::L2tp, data, before_offset + 2)?;
        let padding = header.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
        length += 2 + usize::from(padding);
    }
    let header = whole(Protocol::L2tp, data, length)?;
    let payload = match header {
        [_, _, l1, l2, ..] if flags & LENGTH != 0 => {
            let stated = u16::from_be_bytes([*l1, *l2]);
            let rule = "it counts the header too, which is longer";
            let payload = usize::from(stated).checked_sub(length);
            Some(payload.ok_or_else(|| Fault::impossible(Protocol::L2tp, "Length", stated, rule))?)
        }
        _ => None,
    };
    let next =
        if flags & CONTROL == 0 { Next::Header(Protocol::Ppp) } else { Next::Payload(Payload::Of(Protocol::L2tp)) };
    Ok(Step { length, payload, next })
}

/// The bytes before the offset size: flags, length, tunnel and session, sequence numbers.
fn length_before_offset(flags: u16) -> usize {
    6 + if flags & LENGTH != 0 { 2 } else { 0 } + if flags & SEQUENCE != 0 { 4 } else { 0 }
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let flags = pen.peek(16) as u16;
    pen.number(1, "T", "Whether this is a message between the tunnel's ends (1) or a packet (0).");
    pen.number(1, "L", "Whether the length is there.");
    pen.leaf(2, "x", pen.peek(2).to_string(), "Zero; nothing uses it.");
    pen.number(1, "S", "Whether sequence numbers are there.");
    pen.leaf(1, "x", pen.peek(1).to_string(), "Zero; nothing uses it.");
    pen.number(1, "O", "Whether there is padding before the packet.");
    pen.number(1, "P", "Whether the packet is to be preferred.");
    pen.leaf(4, "x", pen.peek(4).to_string(), "Zero; nothing uses it.");
    pen.number(4, "Ver", "The version of L2TP: 2.");
    if flags & LENGTH != 0 {
        pen.leaf(16, "Length", count(pen.peek(16) as usize), "Bytes in the message, this header included.");
    }
    let tunnel = pen.number(16, "Tunnel ID", "Which tunnel between the two machines it is.");
    let session = pen.number(16, "Session ID", "Which session in the tunnel: one user's connection.");
    if flags & SEQUENCE != 0 {
        pen.number(16, "Ns", "Counts messages, so that they can be kept in order.");
        pen.number(16, "Nr", "The next message that is expected from the other side.");
    }
    if flags & OFFSET != 0 {
        pen.number(16, "Offset Size", "Bytes of padding that follow.");
        let rest = pen.left();
        pen.leaf(rest as u64 * 8, "Offset Pad", hex(pen.bytes(rest)), "Padding.");
    }
    format!("tunnel {tunnel}, session {session}")
}
