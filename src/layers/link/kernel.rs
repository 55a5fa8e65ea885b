//! What BSD systems and macOS write before a packet that was captured inside the kernel: OpenBSD's encapsulating interface
//! (LINKTYPE 109), the packet filter's log (117) and Apple's PKTAP (258).

use super::loopback;
use crate::layers::headers::prelude::*;

const FAMILY: &str = "The operating system's own number for the protocol that follows.";
const INTERFACE: &str = "The interface that the packet was on.";

#[rustfmt::skip]
pub(crate) const ENC: Header = Header::of(Length::Found(|protocol, data| {
    let header = fixed::<12>(protocol, data)?;
    let [f1, f2, f3, f4, ..] = *header;
    Ok(Step::new(header.len(), loopback::behind(loopback::family([f1, f2, f3, f4]))))
}), "security association {SPI}", &[
    loopback::family_in("Address family", FAMILY),
    hex(32, "SPI", "The security association that the packet came in by or goes out by."),
    hex(32, "Flags", "Whether it was signed, encrypted, or both."),
]);

/// The shortest header of the packet filter's log: up to the rule's numbers.
const LEAST_LOG: u8 = 45;

#[rustfmt::skip]
pub(crate) const PFLOG: Header = Header::of(Length::Found(|protocol, data| {
    let &[length, family, ..] = fixed::<4>(protocol, data)?;
    if length < LEAST_LOG {
        return Err(Fault::impossible(protocol, "Length", length, "it counts the whole header: at least 45"));
    }
    // It doesn't count the padding at its end.
    let header = whole(protocol, data, usize::from(length).next_multiple_of(4))?;
    Ok(Step::new(header.len(), loopback::behind(family.into())))
}), "{Action} on {Interface}", &[
    size(8, "Length", "Bytes in this header, without those that fill it up."),
    shown(8, "Address family", loopback::family_value, FAMILY),
    shown(8, "Action", filter_action, "What the packet filter did with the packet."),
    number(8, "Reason", "Why; 0 is that a rule matched."),
    text_of(16, "Interface", INTERFACE),
    text_of(16, "Ruleset", "The set of rules that matched."),
    number(32, "Rule number", "The rule that matched."),
    FieldRow::Rest("More", "The rule within its set, whose packet it was, and its direction."),
]);

fn filter_action(action: u64) -> String {
    match action {
        0 => "pass".to_owned(),
        1 => "block".to_owned(),
        other => other.to_string(),
    }
}

#[rustfmt::skip]
pub(crate) const PKTAP: Header = Header::of(Length::Found(|protocol, data| {
    let &[l1, l2, l3, l4, _, _, _, _, d1, d2, d3, d4] = fixed::<12>(protocol, data)?;
    let length = u32::from_le_bytes([l1, l2, l3, l4]);
    if length < 12 {
        return Err(Fault::impossible(protocol, "Header length", length, "it counts the whole header"));
    }
    let header = whole(protocol, data, length as usize)?;
    Ok(Step::new(header.len(), behind_little(protocol, [d1, d2, d3, d4], &data[header.len()..])))
}), "{Interface}, {Command}", &[
    FieldRow::Bits(32, "Header length", Show::Of(|pen| count(pen.peek_little(4) as usize)),
        Meaning::Is("Bytes in this header.")),
    little("Record type", "1 is a packet."),
    little("Link type", "The link type of what follows."),
    text_of(24, "Interface", INTERFACE),
    little("Flags", "Whether the packet came in or went out, and more."),
    little("Protocol family", "The operating system's own number for the protocol."),
    little("Link header length", "Bytes of link header before the packet."),
    little("Link trailer length", "Bytes behind the packet."),
    little("Process", "The number of the program whose packet it is."),
    text_of(20, "Command", "The program whose packet it is."),
    FieldRow::Rest("More", "More about the packet and its program."),
]);

/// What follows a header that gives its link type, last byte first.
pub(super) fn behind_little(protocol: Protocol, link_type: [u8; 4], behind: &[u8]) -> Next {
    match u16::try_from(u32::from_le_bytes(link_type)) {
        Ok(link_type) => link_types::behind(link_type, behind),
        Err(_) => Next::Payload(Payload::Of(protocol)),
    }
}
