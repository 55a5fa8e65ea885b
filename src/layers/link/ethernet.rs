//! Ethernet (IEEE 802.3 §3), and LLC and SNAP (IEEE 802.2, RFC 1042), which follow it if it has a length instead of a
//! type.

use crate::layers::headers::prelude::*;

/// Lengths of what LLC carries (IEEE 802.3 §3.2.7).
const LEAST_LENGTH: u16 = 3;
const GREATEST_LENGTH: u16 = 1500;
/// The SAP that says that SNAP follows (RFC 1042).
const SNAP_FOLLOWS: u8 = 0xaa;

pub(super) const MAC_SOURCE: FieldRow = mac("Source Address", "The network card that put the frame on this cable.");

#[rustfmt::skip]
pub(crate) const ETHERNET: Header = Header::of(Length::Typed(14), "{Source Address} → {Destination Address}", &[
    MAC_DESTINATION,
    MAC_SOURCE,
    TYPE_OR_LENGTH,
]);

/// What [`ETHERNET`] says, for the walk, which needs it for nearly every packet.
#[inline]
pub(crate) fn parse(data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<14>(Protocol::Ethernet, data)?;
    Ok(ether_types::typed(header.len(), u16::from_be_bytes([header[12], header[13]])))
}

/// Whether an Ethernet header that leads on to a known protocol could start here.
pub(crate) fn leads_on(data: &[u8]) -> bool {
    matches!(data, [_, _, _, _, _, _, _, _, _, _, _, _, t1, t2, ..]
        if matches!(ether_types::behind(u16::from_be_bytes([*t1, *t2])), Next::Header(_)))
}

/// Whether an Ethernet header of any kind could start here: one with a type that is known by name, or with a length.
pub(crate) fn looks_like(data: &[u8]) -> bool {
    let [_, _, _, _, _, _, _, _, _, _, _, _, t1, t2, ..] = *data else { return false };
    let type_or_length = u16::from_be_bytes([t1, t2]);
    (LEAST_LENGTH..=GREATEST_LENGTH).contains(&type_or_length) || ether_types::name(type_or_length).is_some()
}

/// A frame after its preamble, whose last byte says whether all of it follows (IEEE 802.3br).
#[rustfmt::skip]
pub(crate) const MPACKET: Header = Header::of(Length::Found(|_, data| {
    let preamble = fixed::<8>(Protocol::Mpacket, data)?;
    // A preempted frame's first piece is read as far as it goes; the others have no header.
    let next = match preamble[7] {
        0xd5 | 0xe6 | 0x4c | 0x7f | 0xb3 => Next::Header(Protocol::Ethernet),
        _ => Next::Payload(Payload::Of(Protocol::Mpacket)),
    };
    Ok(Step::new(preamble.len(), next))
}), "{SMD}", &[
    bytes(7, "Preamble", "Lets the receiver find the beat of the bits."),
    FieldRow::Bits(8, "SMD", Show::NamedHex(DELIMITERS), Meaning::Is("Ends the preamble and says what follows.")),
]);

const DELIMITERS: &[(u64, &str)] = &[
    (0xd5, "whole frame"),
    (0xe6, "first piece of a frame"),
    (0x4c, "first piece of a frame"),
    (0x7f, "first piece of a frame"),
    (0xb3, "first piece of a frame"),
    (0x61, "further piece of a frame"),
    (0x52, "further piece of a frame"),
    (0x9e, "further piece of a frame"),
    (0x2a, "further piece of a frame"),
];

#[rustfmt::skip]
pub(crate) const LLC: Header = Header::of(Length::Found(|_, data| {
    let [destination, source, control] = *fixed::<3>(Protocol::Llc, data)?;
    // Unnumbered frames have one control byte, all others two (IEEE 802.2 §5.2).
    let length = if control & 0b11 == 0b11 { 3 } else { fixed::<4>(Protocol::Llc, data)?.len() };
    let next = match (destination, source) {
        (SNAP_FOLLOWS, SNAP_FOLLOWS) if length == 3 => Next::Header(Protocol::Snap),
        (0x06, 0x06) => Next::Header(Protocol::Ipv4),
        _ => Next::Payload(Payload::ServiceAccessPoint(destination)),
    };
    Ok(Step::new(length, next))
}), "{DSAP}", &[
    FieldRow::Bits(8, "DSAP", Show::NamedHex(ACCESS_POINTS), Meaning::Is("The protocol at the receiver.")),
    FieldRow::Bits(8, "SSAP", Show::NamedHex(ACCESS_POINTS), Meaning::Is("The protocol at the sender.")),
    FieldRow::Code(|pen| {
        let bits = pen.left() as u16 * 8;
        let meaning = "0x03 is a plain message, with no connection and no reply.";
        pen.rows(&[shown(bits, "Control", |control| format!("0x{control:02x}"), meaning)]);
    }),
]);

const ACCESS_POINTS: &[(u64, &str)] =
    &[(0x06, "IPv4"), (0x42, "spanning tree"), (0xaa, "SNAP"), (0xe0, "IPX"), (0xfe, "OSI"), (0xff, "IPX, raw")];

#[rustfmt::skip]
pub(crate) const SNAP: Header = Header::of(Length::Found(|_, data| {
    let header = fixed::<5>(Protocol::Snap, data)?;
    let ether_type = u16::from_be_bytes([header[3], header[4]]);
    // Organisation 0 has EtherTypes as its protocols, and so has 0x0000f8 (IEEE 802.1H).
    let next = match header {
        [0, 0, 0 | 0xf8, _, _] => ether_types::behind(ether_type),
        _ => Next::Payload(Payload::Of(Protocol::Snap)),
    };
    Ok(Step::new(header.len(), next))
}), "{PID}", &[
    hex(24, "OUI", "Whose protocol numbers these are; 0 means EtherTypes."),
    ether_type("PID", NAMES_THE_NEXT),
]);
