//! The IP authentication header (RFC 4302 §2): it signs a packet and leaves it readable.

use super::ipv6::NEXT_HEADER;
use crate::layers::headers::prelude::*;

#[rustfmt::skip]
pub(crate) const AUTHENTICATION: Header = Header::of(Length::Found(|protocol, data| {
    let &[next, words, ..] = fixed::<12>(protocol, data)?;
    if words == 0 {
        let rule = "a header of two words has no room for its own fields";
        return Err(Fault::impossible(protocol, "Payload Len", words, rule));
    }
    let length = whole(protocol, data, (usize::from(words) + 2) * 4)?.len();
    Ok(Step::new(length, ip_protocols::behind(next)))
}), "security association {Security Parameters Index}", &[
    NEXT_HEADER,
    shown(8, "Payload Len", |words| format!("{words} ({} bytes)", (words + 2) * 4),
        "Length of this header in words of four bytes, two of them not counted."),
    reserved(16, "Reserved"),
    hex(32, "Security Parameters Index", "Which key the receiver is to check it with."),
    number(32, "Sequence Number", "Counts packets, so that a recorded one cannot be sent again."),
    FieldRow::Rest("Integrity Check Value", "The signature over the packet."),
]);
