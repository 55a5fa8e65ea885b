//! VLAN tags (IEEE 802.1Q §9.6), which may stand one inside another.

use super::ethernet;
use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::Step;
use crate::layers::stack::pen::Pen;
use crate::layers::stack::protocol::Protocol;

pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<4>(protocol, data)?;
    Ok(ethernet::typed(header.len(), u16::from_be_bytes([header[2], header[3]])))
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let identifier = pen.peek(16) & 0xfff;
    pen.group(16, "Tag Control Information", "The tag itself.", |pen| {
        let priority =
            pen.number(3, "PCP", "Priority, 0 to 7: which frames a switch sends first when the line is busy.");
        let drop = pen.peek(1);
        let meaning =
            if drop == 1 { "May be dropped first when the line is busy." } else { "No more droppable than others." };
        pen.leaf(1, "DEI", drop.to_string(), meaning);
        let meaning = match identifier {
            0 => "No VLAN: the tag is there only for its priority.",
            _ => "The number of the virtual network; machines on other numbers do not see the frame.",
        };
        pen.number(12, "VID", meaning);
        format!("VLAN {identifier}, priority {priority}")
    });
    ethernet::type_or_length(pen);
    format!("VLAN {identifier}")
}
