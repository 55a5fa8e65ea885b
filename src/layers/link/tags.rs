//! Tags in front of an `EtherType`, or of a whole frame, that switches use among themselves: E-TAG (IEEE 802.1BR), VN-Tag,
//! `MACsec` (IEEE 802.1AE), provider backbone bridges (IEEE 802.1ah) and `FabricPath`.

use crate::layers::headers::prelude::*;

const MAY_BE_DROPPED: &str = "Whether the frame may be dropped first when the line is busy.";

#[rustfmt::skip]
pub(crate) const E_TAG: Header = Header::of(Length::Typed(8), "channel {E-CID_base}", &[
    number(3, "E-PCP", "Priority, 0 to 7."),
    number(1, "E-DEI", MAY_BE_DROPPED),
    number(12, "Ingress_E-CID_base", "The port extender's port that the frame came in by."),
    reserved(2, "Reserved"),
    number(2, "GRP", "Whether the channel leads to one port or to several."),
    number(12, "E-CID_base", "The port extender's port, or group of ports, that the frame is for."),
    number(8, "Ingress_E-CID_ext", "Extends the number of the port that the frame came in by."),
    number(8, "E-CID_ext", "Extends the number of the port that the frame is for."),
    TYPE_OR_LENGTH,
]);

#[rustfmt::skip]
pub(crate) const VN_TAG: Header = Header::of(Length::Typed(6), "virtual interface {svif_id} → {dvif_id}", &[
    number(1, "d", "Whether the frame goes to the machine (1) or comes from it (0)."),
    number(1, "p", "Whether the destination is a list of interfaces."),
    number(14, "dvif_id", "The virtual interface that the frame is for."),
    number(1, "l", "Whether the frame returns to the machine that it came from."),
    number(1, "r", "Reserved."),
    number(2, "ver", "The version of the tag: 0."),
    number(12, "svif_id", "The virtual interface that the frame is from."),
    TYPE_OR_LENGTH,
]);

/// In the TCI: another version; the channel identifier is there; the rest is encrypted, or changed in some way.
const MACSEC_VERSION: u8 = 0x80;
const MACSEC_CHANNEL: u8 = 0x20;
const MACSEC_HIDDEN: u8 = 0x0c;

pub(crate) const MACSEC: Header = Header::irregular(Length::Found(macsec), |pen| {
    let control = pen.peek(8) as u8;
    pen.rows(MACSEC_FIELDS);
    if control & MACSEC_CHANNEL != 0 {
        pen.rows(&[bytes(8, "SCI", "The sender's address and port: whose channel it is.")]);
    }
    if pen.left() > 0 {
        pen.rows(&[TYPE_OR_LENGTH]);
    }
    if control & MACSEC_HIDDEN != 0 { "encrypted" } else { "signed, not encrypted" }.to_owned()
});

#[rustfmt::skip]
const MACSEC_FIELDS: &[FieldRow] = &[
    number(1, "V", "The version of MACsec: 0."),
    number(1, "ES", "Whether the sender is an end station, named by the source address."),
    number(1, "SC", "Whether the channel identifier follows."),
    number(1, "SCB", "Whether the frame is on a broadcast channel."),
    number(1, "E", "Whether the frame is encrypted."),
    number(1, "C", "Whether what follows differs from what the sender was given."),
    number(2, "AN", "Which of the channel's keys."),
    shown(8, "SL", |short| if short == 0 { "0 (long)".to_owned() } else { count(short as usize) },
        "How many bytes of data follow, where that is less than 48."),
    number(32, "PN", "Counts frames, so that a recorded one cannot be sent again."),
];

fn macsec(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let control = fixed::<6>(protocol, data)?[0];
    let tag = whole(protocol, data, if control & MACSEC_CHANNEL != 0 { 14 } else { 6 })?.len();
    if control & (MACSEC_VERSION | MACSEC_HIDDEN) != 0 {
        return Ok(Step::new(tag, Next::Payload(Payload::Of(protocol))));
    }
    // Only signed: the frame goes on as if the tag weren't there, and the signature comes after it.
    let header = whole(protocol, data, tag + 2)?;
    let ether_type = header.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
    Ok(ether_types::typed(header.len(), ether_type))
}

#[rustfmt::skip]
pub(crate) const BACKBONE: Header = Header::of(Length::Then(4, Protocol::Ethernet), "service {I-SID}", &[
    number(3, "I-PCP", "Priority, 0 to 7."),
    number(1, "I-DEI", MAY_BE_DROPPED),
    number(1, "UCA", "Whether the customer's addresses are to be used."),
    reserved(3, "Reserved"),
    number(24, "I-SID", "The provider's number for the customer's network."),
]);

#[rustfmt::skip]
pub(crate) const FABRIC_PATH: Header = Header::of(Length::Then(2, Protocol::Ethernet), "tree {FTag}", &[
    number(10, "FTag", "Which of the switches' trees the frame follows."),
    number(6, "TTL", "Every switch takes one away, so that no frame circles for ever."),
]);
