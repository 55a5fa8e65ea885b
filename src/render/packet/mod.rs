//! One packet's place: when and where it was captured, which connection it is of, and what it carries.

pub mod derived;

use super::model::{Form, List, Page, Text};
use super::numbers;
use crate::explain;
use crate::inspect::event::{Novelty, PacketContent, PacketSeen, SegmentSeen};
use crate::inspect::record::Connection;

/// Its facts. `interface` is the name of the one it was captured on; `carried` says, thing by thing, what its payload is.
#[must_use]
pub fn place(it: &PacketSeen, interface: Option<&str>, connection: Option<&Connection>, carried: Vec<String>) -> Page {
    let mut facts = List::new(Form::Facts);
    let on = interface.map(|name| format!(" · on {name}")).unwrap_or_default();
    let length = numbers::counted(it.original_length.into(), "byte");
    let cut = if it.captured_length < it.original_length {
        format!(", of which {} were captured", numbers::count(it.captured_length.into()))
    } else {
        String::new()
    };
    facts.add("Length", format!("{length}{cut}{on}"));
    match &it.content {
        PacketContent::Tcp(segment) => {
            facts.add("Connection", direction(segment, connection));
            facts.add("Segment", said(segment));
            if segment.payload_length == 0 {
                facts.add("Carries", "no payload");
            } else if carried.is_empty() {
                facts.add("Carries", "bytes that belong to no exchange or frame");
            }
            facts.several("Carries", carried);
        }
        PacketContent::Arp => facts.add("Carries", "ARP: asks or says which Ethernet address an IP address has"),
        PacketContent::Fragment => facts.add("Carries", "a fragment of an IP packet, which waits for the rest"),
        PacketContent::Other(name) => facts.add("Carries", format!("{name}, not decoded, because it isn't TCP")),
        PacketContent::Damaged(why) => facts.add("Damaged", why.clone()),
    }
    Page::about(format!("Packet {}", numbers::count(it.moment.packet)), Text::time(it.moment.time), facts)
}

fn direction(segment: &SegmentSeen, connection: Option<&Connection>) -> String {
    let (from, to) = (segment.direction.name(), segment.direction.reverse().name());
    let ends = connection.map(|it| format!(" ({} → {})", it.client, it.server)).unwrap_or_default();
    format!("{}{ends} · from the {from} to the {to}", segment.connection)
}

/// Its flags, and which bytes of the stream it brings and acknowledges.
fn said(segment: &SegmentSeen) -> String {
    let flags = explain::Kind::TcpFlag.entries().iter().zip(0..u8::BITS);
    let set = flags.filter(|(_, bit)| segment.flags >> bit & 1 != 0);
    let flags: Vec<&str> = set.map(|(flag, _)| flag.name).collect();
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
        Novelty::Copy => Some("captured before: the same packet again".to_owned()),
        Novelty::KeepAlive => Some("a keep-alive probe".to_owned()),
    });
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::{Direction, Moment};
    use crate::render::Style;
    use crate::render::connection::columns::tests::connection;

    fn seen(content: PacketContent) -> PacketSeen {
        PacketSeen {
            moment: Moment { packet: 1_004, time: Timestamp(1_700_000_000_000_123_000) },
            interface: 0,
            original_length: 1_514,
            captured_length: 96,
            content,
        }
    }

    #[test]
    fn a_segment_is_placed_in_its_connection_and_its_stream() {
        let segment = SegmentSeen {
            connection: 0,
            direction: Direction::Server,
            flags: 0x18,
            stream_offset: 100,
            acknowledged: 80,
            window: 65_535,
            payload_length: 1_460,
            novelty: Novelty::Repeated,
        };
        let carried = ["the end of the response of exchange 0.0: 200 \u{202e}".to_owned(), "frame 0.0".to_owned()];
        let place = Style::plain(80)
            .lines(place(&seen(PacketContent::Tcp(segment)), Some("eth0"), Some(&connection()), carried.into()))
            .join("\n");
        insta::assert_snapshot!(place, @r"
        Packet 1 004  2023-11-14 22:13:20.000123 UTC

        Length     1 514 bytes, of which 96 were captured · on eth0
        Connection 0 (10.0.0.1:49152 → 10.0.0.2:80) · from the server to the client
        Segment    PSH, ACK · 1 460 bytes: 100–1 559 of its stream · acknowledges 80
                   bytes · sent before: a retransmission
        Carries    the end of the response of exchange 0.0: 200 \u{202e}
                   frame 0.0
        ");
    }

    #[test]
    fn what_is_no_tcp_is_named() {
        insta::assert_snapshot!(Style::plain(80).lines(place(&seen(PacketContent::Other("UDP".into())), None, None, Vec::new())).join("\n"), @r"
        Packet 1 004  2023-11-14 22:13:20.000123 UTC

        Length     1 514 bytes, of which 96 were captured
        Carries    UDP, not decoded, because it isn't TCP
        ");
    }
}
