//! The IP authentication header (RFC 4302 §2): it signs a packet and leaves it readable.

use super::behind_ip;
use super::ipv6::next_header;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::Step;
use crate::layers::stack::pen::{Pen, hex};
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let &[next, words, ..] = fixed::<12>(Protocol::Authentication, data)?;
    if words == 0 {
        let rule = "a header of two words has no room for its own fields";
        return Err(Fault::impossible(Protocol::Authentication, "Payload Len", words, rule));
    }
    let length = whole(Protocol::Authentication, data, (usize::from(words) + 2) * 4)?.len();
    Ok(Step::new(length, behind_ip(next)))
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    next_header(pen);
    let words = pen.peek(8);
    let value = format!("{words} ({} bytes)", (words + 2) * 4);
    pen.leaf(8, "Payload Len", value, "Length of this header in words of four bytes, two of them not counted.");
    pen.leaf(16, "Reserved", pen.peek(16).to_string(), "Zero; nothing uses it.");
    let index = pen.peek(32);
    pen.leaf(32, "Security Parameters Index", format!("0x{index:08x}"), "Which key the receiver is to check it with.");
    pen.number(32, "Sequence Number", "Counts packets, so that a recorded one cannot be sent again.");
    let rest = pen.left();
    pen.leaf(rest as u64 * 8, "Integrity Check Value", hex(pen.bytes(rest)), "The signature over the packet.");
    format!("security association 0x{index:08x}")
}
