//! What drivers write before a frame that was captured from the air: radiotap, Prism, AVS and PPI. Each says how long
//! it is. What the radio noted is shown, but not interpreted.

use super::kernel::behind_little;
use crate::layers::headers::prelude::*;

/// The part of each header that says how long it is.
const FIXED: usize = 8;

#[rustfmt::skip]
pub(crate) const RADIOTAP: Header = Header::of(Length::Found(|protocol, data| {
    sized(protocol, data, |[_, _, l1, l2, ..]| u16::from_le_bytes([l1, l2]).into())
}), "{it_len}", &[
    number(8, "it_version", "The version of radiotap: 0."),
    number(8, "it_pad", "Unused."),
    length(16, "it_len", |pen| count(pen.peek_little(2) as usize)),
    FieldRow::Code(|pen| {
        // The last bit says whether another word of them follows.
        while pen.left() >= 4 {
            let present = pen.peek_little(4);
            let meaning = "One bit for each thing that is noted below.";
            pen.leaf(32, "it_present", format!("0x{present:08x}"), meaning);
            if present >> 31 == 0 {
                break;
            }
        }
    }),
    RADIO,
]);

#[rustfmt::skip]
pub(crate) const PPI: Header = Header::of(Length::Found(|protocol, data| {
    let step = sized(protocol, data, |[_, _, l1, l2, ..]| u16::from_le_bytes([l1, l2]).into())?;
    let [_, _, _, _, link_type @ ..] = *fixed::<FIXED>(protocol, data)?;
    Ok(Step::new(step.length, behind_little(protocol, link_type, &data[step.length..])))
}), "{pph_len}", &[
    number(8, "pph_version", "The version of PPI: 0."),
    hex(8, "pph_flags", "Whether the fields below are aligned."),
    length(16, "pph_len", |pen| count(pen.peek_little(2) as usize)),
    little("pph_dlt", "The link type of what follows."),
    RADIO,
]);

#[rustfmt::skip]
pub(crate) const AVS: Header = Header::of(Length::Found(|protocol, data| {
    sized(protocol, data, |[_, _, _, _, l1, l2, l3, l4]| u32::from_be_bytes([l1, l2, l3, l4]))
}), "{length}", &[
    hex(32, "version", "The version of this header."),
    length(32, "length", |pen| count(pen.peek(32) as usize)),
    RADIO,
]);

#[rustfmt::skip]
pub(crate) const PRISM: Header = Header::of(Length::Found(|protocol, data| sized(protocol, data, prism_length)),
    "{msglen}", &[
    hex(32, "msgcode", "The kind of message, in the machine's own byte order."),
    length(32, "msglen", |pen| {
        pen.header().first_chunk().map_or_else(String::new, |start| count(prism_length(*start) as usize))
    }),
    text_of(16, "devname", "The interface it was captured on."),
    RADIO,
]);

/// The length is in the byte order of the machine that captured; the message code before it is a small number.
fn prism_length([c1, c2, c3, c4, l1, l2, l3, l4]: [u8; FIXED]) -> u32 {
    let (code, length) = ([c1, c2, c3, c4], [l1, l2, l3, l4]);
    if u32::from_le_bytes(code) < u32::from_be_bytes(code) {
        u32::from_le_bytes(length)
    } else {
        u32::from_be_bytes(length)
    }
}

/// A header that says how long it is, with a frame from the air behind it.
fn sized(protocol: Protocol, data: &[u8], length: fn([u8; FIXED]) -> u32) -> Result<Step, Fault> {
    let length = length(*fixed::<FIXED>(protocol, data)?);
    if length < FIXED as u32 {
        return Err(Fault::impossible(protocol, "length", length, "it counts the whole header"));
    }
    Ok(Step::new(whole(protocol, data, length as usize)?.len(), Next::Header(Protocol::Wifi)))
}

const fn length(bits: u16, name: &'static str, show: fn(&Pen<'_>) -> String) -> FieldRow {
    FieldRow::Bits(bits, name, Show::Of(show), Meaning::Is("Bytes in this header; the frame from the air follows it."))
}

const RADIO: FieldRow =
    FieldRow::Rest("Radio information", "What the radio noted: channel, signal strength, speed and the like.");
