//! Frames between a switch chip and the processor behind it (Linux's distributed switch architecture), with a tag that
//! says which port of the switch (LINKTYPE 281, 282, 284 and 285).

use super::ethernet::MAC_SOURCE;
use crate::layers::headers::prelude::*;

const fn tag(length: u16) -> FieldRow {
    let meaning = "Between the switch chip and its processor: which port the frame came in by or goes out by.";
    bytes(length, "Switch tag", meaning)
}

const ENDS: &str = "{Source Address} → {Destination Address}";

/// A tag of four bytes after the addresses.
#[rustfmt::skip]
pub(crate) const SWITCH_TAG: Header = Header::of(Length::Typed(12 + 4 + 2), ENDS, &[
    MAC_DESTINATION,
    MAC_SOURCE,
    tag(4),
    TYPE_OR_LENGTH,
]);

/// The same with its own `EtherType`.
#[rustfmt::skip]
pub(crate) const TYPED_SWITCH_TAG: Header = Header::of(Length::Typed(12 + 8 + 2), ENDS, &[
    MAC_DESTINATION,
    MAC_SOURCE,
    tag(8),
    TYPE_OR_LENGTH,
]);

/// Broadcom's switches may put their tag before the whole frame.
#[rustfmt::skip]
pub(crate) const PREPENDED: Header =
Header::of(Length::Then(4, Protocol::Ethernet), "{Switch tag}", &[
    tag(4),
]);
