//! Frames between a switch chip and the processor behind it (Linux's distributed switch architecture), whose tag tells the
//! switch's port (LINKTYPE 281, 282, 284 and 285).

use super::ethernet::MAC_SOURCE;
use crate::layers::headers::{Fields, Header, Length, MAC_DESTINATION, Protocol, Row, TYPE_OR_LENGTH, bytes};

const fn tag(length: u16) -> Row {
    let meaning = "Between the switch chip and its processor: which port the frame came in by or goes out by.";
    bytes(length, "Switch tag", meaning)
}

const ENDS: &str = "{Source Address} → {Destination Address}";

/// A tag of four bytes behind the addresses.
pub(crate) const SWITCH_TAG: Header = Header {
    step: Length::TypeOrLength(12 + 4 + 2),
    fields: Fields::Are(&[MAC_DESTINATION, MAC_SOURCE, tag(4), TYPE_OR_LENGTH], ENDS),
};

/// The same with an `EtherType` of its own.
pub(crate) const TYPED_SWITCH_TAG: Header = Header {
    step: Length::TypeOrLength(12 + 8 + 2),
    fields: Fields::Are(&[MAC_DESTINATION, MAC_SOURCE, tag(8), TYPE_OR_LENGTH], ENDS),
};

/// Broadcom's switches may put their tag before the whole frame.
pub(crate) const PREPENDED: Header =
    Header { step: Length::Then(4, Protocol::Ethernet), fields: Fields::Are(&[tag(4)], "{Switch tag}") };
