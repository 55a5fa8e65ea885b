//! VLAN tags (IEEE 802.1Q §9.6), which may be nested.

use crate::layers::headers::prelude::*;

pub(crate) const VLAN: Header = Header::irregular(Length::Typed(4), |pen| {
    let identifier = pen.peek(16) & 0xfff;
    pen.group(16, "Tag Control Information", "The tag itself.", |pen| {
        pen.rows(TAG);
        format!("VLAN {identifier}, priority {}", pen.sentence("{PCP}"))
    });
    pen.rows(&[TYPE_OR_LENGTH]);
    format!("VLAN {identifier}")
});

#[rustfmt::skip]
const TAG: &[FieldRow] = &[
    number(3, "PCP", "Priority, 0 to 7: which frames a switch sends first when the line is busy."),
    FieldRow::Bits(1, "DEI", Show::Number,
        Meaning::ZeroOr("No more droppable than others.", "May be dropped first when the line is busy.")),
    FieldRow::Bits(
        12,
        "VID",
        Show::Number,
        Meaning::ZeroOr(
            "No VLAN: the tag is there only for its priority.",
            "The number of the virtual network; machines on other numbers do not see the frame.",
        ),
    ),
];

/// The number of the virtual network, unless the tag is there only for its priority.
pub(crate) fn identifier(tag: &[u8]) -> Option<u32> {
    let number = u16::from_be_bytes(*tag.first_chunk()?) & 0xfff;
    (number != 0).then_some(number.into())
}

/// What [`VLAN`] says, for the walk: on a network with VLANs, every packet has a tag.
#[inline]
pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<4>(protocol, data)?;
    Ok(ether_types::typed(header.len(), u16::from_be_bytes([header[2], header[3]])))
}
