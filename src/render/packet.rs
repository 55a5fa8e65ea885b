//! One packet's place: when and where it was captured, which connection it is of, and what it carries.

use super::facts::Facts;
use super::numbers;
use super::style::Style;
use crate::explain;
use crate::inspect::event::{Novelty, PacketContent, PacketSeen, SegmentSeen};
use crate::inspect::record::Connection;

/// Draws it. `interface` is the name of the one it was captured on; `carried` says, thing by thing, what its payload is.
#[must_use]
pub fn place(
    it: &PacketSeen,
    interface: Option<&str>,
    connection: Option<&Connection>,
    carried: &[String],
    style: Style,
) -> String {
    let title = format!("Packet {}", numbers::count(it.moment.packet));
    let mut facts = Facts::about(&title, &numbers::time(it.moment.time), style);
    let on = interface.map(|name| format!(" · on {name}")).unwrap_or_default();
    let length = numbers::counted(it.original_length.into(), "byte");
    let cut = if it.captured_length < it.original_length {
        format!(", of which {} were captured", numbers::count(it.captured_length.into()))
    } else {
        String::new()
    };
    facts.add("Length", &format!("{length}{cut}{on}"));
    match &it.content {
        PacketContent::Tcp(segment) => {
            facts.add("Connection", &direction(segment, connection));
            facts.add("Segment", &said(segment));
            if segment.payload_length == 0 {
                facts.add("Carries", "no payload");
            } else if carried.is_empty() {
                facts.add("Carries", "bytes that no exchange or frame is made of");
            }
            for (at, what) in carried.iter().enumerate() {
                facts.add(if at == 0 { "Carries" } else { "" }, what);
            }
        }
        PacketContent::Arp => facts.add("Carries", "ARP: asks, or tells, which Ethernet address an IP address has"),
        PacketContent::Fragment => facts.add("Carries", "a fragment of an IP packet, which waits for the rest"),
        PacketContent::Other(name) => facts.add("Carries", &format!("{name}, which is not looked into: it is no TCP")),
        PacketContent::Damaged(why) => facts.add("Damaged", why),
    }
    facts.draw()
}

fn direction(segment: &SegmentSeen, connection: Option<&Connection>) -> String {
    let (from, to) = (segment.direction.name(), segment.direction.reverse().name());
    let ends = connection.map(|it| format!(" ({} → {})", it.client, it.server)).unwrap_or_default();
    format!("{}{ends} · from the {from} to the {to}", segment.connection)
}

/// Its flags, and which bytes of the stream it brings and acknowledges.
fn said(segment: &SegmentSeen) -> String {
    let set = explain::tcp_flags().iter().filter(|flag| segment.flags & flag.bit != 0);
    let flags: Vec<&str> = set.map(|flag| flag.name).collect();
    let mut parts = vec![if flags.is_empty() { "no flags".to_owned() } else { flags.join(", ") }];
    if segment.payload_length > 0 {
        let (first, length) = (segment.stream_offset, u64::from(segment.payload_length));
        let last = first.saturating_add(length).saturating_sub(1);
        let bytes = numbers::counted(length, "byte");
        parts.push(format!("{bytes}: {}–{} of its stream", numbers::count(first), numbers::count(last)));
    }
    if segment.acknowledged > 0 {
        parts.push(format!("acknowledges {}", numbers::counted(segment.acknowledged, "byte")));
    }
    parts.extend(match segment.novelty {
        Novelty::Empty | Novelty::InOrder => None,
        Novelty::Ahead => Some("ahead of bytes that were not there yet".to_owned()),
        Novelty::Repeated => Some("sent before: a retransmission".to_owned()),
        Novelty::KeepAlive => Some("a keep-alive probe".to_owned()),
    });
    parts.join(" · ")
}
