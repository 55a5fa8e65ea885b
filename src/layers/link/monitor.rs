//! What drivers write before a frame that was captured from the air: radiotap, Prism, AVS and PPI. Each says how long it
//! is; what the radio noted is shown, not interpreted.

use super::behind_link_type;
use crate::layers::stack::fault::{Fault, fixed, whole};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::{Pen, count, hex};
use crate::layers::stack::protocol::Protocol;

/// The part of each header that says how long it is.
const FIXED: usize = 8;
/// How an AVS header begins; it may stand where Prism is announced.
const AVS: [u8; 3] = [0x80, 0x21, 0x10];

/// What a capture begins with that says Prism (LINKTYPE 119).
pub(crate) fn prism_or_avs(data: &[u8]) -> Protocol {
    if data.starts_with(&AVS) { Protocol::Avs } else { Protocol::Prism }
}

pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = *fixed::<FIXED>(protocol, data)?;
    let length = length(protocol, header);
    if length < FIXED as u32 {
        return Err(Fault::impossible(protocol, "length", length, "it counts the whole header"));
    }
    let header = whole(protocol, data, length as usize)?;
    let next = match header {
        [_, _, _, _, d1, d2, d3, d4, ..] if protocol == Protocol::Ppi => {
            let link_type = u32::from_le_bytes([*d1, *d2, *d3, *d4]);
            let behind = data.get(header.len()..).unwrap_or_default();
            u16::try_from(link_type)
                .map_or(Next::Payload(Payload::Of(protocol)), |number| behind_link_type(number, behind))
        }
        _ => Next::Header(Protocol::Wifi),
    };
    Ok(Step::new(header.len(), next))
}

fn length(protocol: Protocol, header: [u8; FIXED]) -> u32 {
    let [c1, c2, c3, c4, l1, l2, l3, l4] = header;
    match protocol {
        Protocol::Radiotap | Protocol::Ppi => u16::from_le_bytes([c3, c4]).into(),
        Protocol::Avs => u32::from_be_bytes([l1, l2, l3, l4]),
        // In the byte order of the machine that captured; the message code before it is a small number.
        _ if prism_is_little([c1, c2, c3, c4]) => u32::from_le_bytes([l1, l2, l3, l4]),
        _ => u32::from_be_bytes([l1, l2, l3, l4]),
    }
}

fn prism_is_little(code: [u8; 4]) -> bool {
    u32::from_le_bytes(code) < u32::from_be_bytes(code)
}

pub(crate) fn annotate(pen: &mut Pen<'_>, protocol: Protocol) -> String {
    let length = length(protocol, pen.array());
    let size = count(length as usize);
    let meaning = "Bytes in this header; the frame from the air follows it.";
    match protocol {
        Protocol::Radiotap => {
            pen.number(8, "it_version", "The version of radiotap: 0.");
            pen.leaf(8, "it_pad", pen.peek(8).to_string(), "Unused.");
            pen.leaf(16, "it_len", size.clone(), meaning);
            // The last bit says whether another word of them follows.
            while pen.left() >= 4 {
                let present = pen.peek_little(4);
                pen.leaf(32, "it_present", format!("0x{present:08x}"), "One bit for each thing that is noted below.");
                if present >> 31 == 0 {
                    break;
                }
            }
        }
        Protocol::Ppi => {
            pen.number(8, "pph_version", "The version of PPI: 0.");
            pen.leaf(8, "pph_flags", format!("0x{:02x}", pen.peek(8)), "Whether the fields below are aligned.");
            pen.leaf(16, "pph_len", size.clone(), meaning);
            pen.leaf(32, "pph_dlt", pen.peek_little(4).to_string(), "The link type of what follows.");
        }
        Protocol::Avs => {
            pen.leaf(32, "version", format!("0x{:08x}", pen.peek(32)), "The version of this header.");
            pen.leaf(32, "length", size.clone(), meaning);
        }
        _ => {
            let code = pen.peek(32);
            pen.leaf(32, "msgcode", format!("0x{code:08x}"), "The kind of message, in the machine's own byte order.");
            pen.leaf(32, "msglen", size.clone(), meaning);
            let name = text(pen.bytes(16));
            pen.leaf(128, "devname", name, "The interface it was captured on.");
        }
    }
    let rest = pen.left();
    let meaning = "What the radio noted: channel, signal strength, speed and the like.";
    pen.leaf(rest as u64 * 8, "Radio information", hex(pen.bytes(rest)), meaning);
    size
}

/// Text that a zero byte ends.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}
