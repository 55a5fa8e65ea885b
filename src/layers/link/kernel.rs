//! What BSD systems and macOS write before a packet that was captured inside the kernel: OpenBSD's encapsulating interface
//! (LINKTYPE 109), the packet filter's log (117) and Apple's PKTAP (258).

use super::monitor::text;
use super::{behind_link_type, loopback};
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count, hex};
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse_enc(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<12>(Protocol::Enc, data)?;
    let [f1, f2, f3, f4, ..] = *header;
    Ok(Step::new(header.len(), loopback::behind(loopback::family([f1, f2, f3, f4]))))
}

pub(crate) fn annotate_enc(pen: &mut Pen<'_>) -> String {
    let family = loopback::family_value(loopback::family(pen.array()));
    pen.leaf(32, "Address family", family, "The operating system's own number for the protocol that follows.");
    let index = format!("0x{:08x}", pen.peek(32));
    pen.leaf(32, "SPI", index.clone(), "The security association that the packet came in by or goes out by.");
    pen.leaf(32, "Flags", format!("0x{:08x}", pen.peek(32)), "Whether it was signed, encrypted, or both.");
    format!("security association {index}")
}

/// The shortest header of the packet filter's log: up to the rule's numbers.
const LEAST_LOG: u8 = 45;

pub(crate) fn parse_pflog(data: &[u8]) -> Result<Step, Fault> {
    let &[length, family, ..] = fixed::<4>(Protocol::Pflog, data)?;
    if length < LEAST_LOG {
        return Err(Fault::impossible(Protocol::Pflog, "Length", length, "it counts the whole header: at least 45"));
    }
    // It does not count the bytes that fill it up.
    let header = whole(Protocol::Pflog, data, usize::from(length).next_multiple_of(4))?;
    Ok(Step::new(header.len(), loopback::behind(family.into())))
}

pub(crate) fn annotate_pflog(pen: &mut Pen<'_>) -> String {
    pen.leaf(8, "Length", count(pen.peek(8) as usize), "Bytes in this header, without those that fill it up.");
    let family = loopback::family_value(pen.peek(8) as u32);
    pen.leaf(8, "Address family", family, "The operating system's own number for the protocol that follows.");
    let action = match pen.peek(8) {
        0 => "pass".to_owned(),
        1 => "block".to_owned(),
        other => other.to_string(),
    };
    pen.leaf(8, "Action", action.clone(), "What the packet filter did with the packet.");
    pen.number(8, "Reason", "Why; 0 is that a rule matched.");
    let interface = text(pen.bytes(16));
    pen.leaf(128, "Interface", interface.clone(), "The interface that the packet was on.");
    pen.leaf(128, "Ruleset", text(pen.bytes(16)), "The set of rules that matched.");
    pen.number(32, "Rule number", "The rule that matched.");
    let rest = pen.left();
    let meaning = "The rule within its set, whose packet it was, and its direction.";
    pen.leaf(rest as u64 * 8, "More", hex(pen.bytes(rest)), meaning);
    format!("{action} on {interface}")
}

pub(crate) fn parse_pktap(data: &[u8]) -> Result<Step, Fault> {
    let &[l1, l2, l3, l4, _, _, _, _, d1, d2, d3, d4] = fixed::<12>(Protocol::Pktap, data)?;
    let length = u32::from_le_bytes([l1, l2, l3, l4]);
    if length < 12 {
        return Err(Fault::impossible(Protocol::Pktap, "Header length", length, "it counts the whole header"));
    }
    let header = whole(Protocol::Pktap, data, length as usize)?;
    let behind = data.get(header.len()..).unwrap_or_default();
    let next = match u16::try_from(u32::from_le_bytes([d1, d2, d3, d4])) {
        Ok(link_type) => behind_link_type(link_type, behind),
        Err(_) => Next::Payload(Payload::Of(Protocol::Pktap)),
    };
    Ok(Step::new(header.len(), next))
}

pub(crate) fn annotate_pktap(pen: &mut Pen<'_>) -> String {
    pen.leaf(32, "Header length", count(pen.peek_little(4) as usize), "Bytes in this header.");
    little(pen, "Record type", "1 is a packet.");
    little(pen, "Link type", "The link type of what follows.");
    let interface = text(pen.bytes(24));
    pen.leaf(192, "Interface", interface.clone(), "The interface that the packet was on.");
    little(pen, "Flags", "Whether the packet came in or went out, and more.");
    little(pen, "Protocol family", "The operating system's own number for the protocol.");
    little(pen, "Link header length", "Bytes of link header before the packet.");
    little(pen, "Link trailer length", "Bytes behind the packet.");
    little(pen, "Process", "The number of the program whose packet it is.");
    let program = text(pen.bytes(20));
    pen.leaf(160, "Command", program.clone(), "The program whose packet it is.");
    let rest = pen.left();
    pen.leaf(rest as u64 * 8, "More", hex(pen.bytes(rest)), "More about the packet and its program.");
    format!("{interface}, {program}")
}

fn little(pen: &mut Pen<'_>, name: &'static str, meaning: &'static str) {
    let value = pen.peek_little(4).to_string();
    pen.leaf(32, name, value, meaning);
}
