//! A connection's life: how it was opened, what it carried, and who closed it. Also many connections as a table, and what was said
//! on one as a transcript.

pub mod columns;
pub mod transcript;

use super::model::{Form, List, Page};
use super::numbers;
use crate::inspect::record::{Closed, Connection, Direction, Protocol};

/// Its facts; `frames` and `messages` are how many it carried once it was upgraded to WebSocket.
#[must_use]
pub fn life(it: &Connection, frames: u64, messages: u64) -> Page {
    let mut facts = List::new(Form::Facts);
    facts.add("Opened", opened(it));
    facts.add("Speaks", speaks(it, frames, messages));
    let lasted = numbers::duration(it.extent.last.time.since(it.extent.first.time));
    let sent = format!(
        "{} in {lasted} · the client sent {}, the server {}",
        numbers::counted(it.packets, "packet"),
        numbers::bytes(it.client_bytes),
        numbers::bytes(it.server_bytes)
    );
    facts.add("Carried", sent);
    if it.retransmitted_segments > 0 {
        let segments = numbers::counted(it.retransmitted_segments, "segment");
        facts.add("Sent again", format!("{segments}: TCP repeats what isn't acknowledged in time"));
    }
    if it.missing_bytes > 0 {
        let bytes = numbers::counted(it.missing_bytes, "byte");
        facts.add("Missing", format!("{bytes} of what was sent are not in the capture"));
    }
    facts.add("Closed", closed(it));
    Page::about(format!("Connection {}", it.number), format!("{} → {}", it.client, it.server), facts)
}

fn opened(it: &Connection) -> String {
    let first = it.extent.first;
    let (packet, time) = (numbers::count(first.packet), numbers::time(first.time));
    if it.handshake {
        format!("by the client's SYN, packet {packet} · {time}")
    } else {
        format!("before the capture began; first seen in packet {packet} · {time}")
    }
}

fn speaks(it: &Connection, frames: u64, messages: u64) -> String {
    let exchanges = numbers::counted(it.exchanges, "exchange");
    match (it.protocol, &it.protocol_detail) {
        (Protocol::WebSocket, _) => format!(
            "HTTP/1, then WebSocket · {exchanges}, {}, {}",
            numbers::counted(frames, "frame"),
            numbers::counted(messages, "message")
        ),
        (Protocol::Http1, Some(detail)) => format!("HTTP/1, then {detail} · {exchanges}"),
        (Protocol::Http1, None) => format!("HTTP/1 · {exchanges}"),
        (Protocol::Tls, detail) => {
            format!("{}: encrypted, only its two ends can read it", detail.as_deref().unwrap_or("TLS"))
        }
        (Protocol::Http2, _) => "HTTP/2: recognised, not decoded yet".into(),
        (Protocol::Unknown, Some(detail)) => detail.clone(),
        (Protocol::Unknown, None) => "something other than HTTP/1 or WebSocket".into(),
        (Protocol::None, _) => "nothing: no segment has a payload".into(),
    }
}

fn closed(it: &Connection) -> String {
    let last = format!("last packet {}", numbers::count(it.extent.last.packet));
    let who = match it.closed_by {
        Some(Direction::Client) => "the client",
        Some(Direction::Server) => "the server",
        None => "an unknown sender",
    };
    match it.closed {
        Closed::Fin => format!("by {who}, with FIN · {last}"),
        Closed::Reset => format!("by {who}, with RST: cut off, not ended · {last}"),
        Closed::Open => format!("not within the capture · {last}"),
        Closed::Evicted => format!("unknown: it was forgotten to save memory · {last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;
    use crate::render::connection::columns::tests::connection;

    #[test]
    fn a_life_has_a_beginning_a_middle_and_an_end() {
        insta::assert_snapshot!(Style::plain(80).lines(life(&connection(), 0, 0)).join("\n"), @r"
        Connection 0  10.0.0.1:49152 → 10.0.0.2:80

        Opened     by the client's SYN, packet 1 · 2023-11-14 22:13:20.000123456 UTC
        Speaks     HTTP/1 · 3 exchanges
        Carried    33 packets in 240 ms · the client sent 1 980 B, the server 64 KiB
        Closed     by the client, with FIN · last packet 33
        ");
    }

    #[test]
    fn what_the_capture_lacks_is_said() {
        let it = Connection {
            handshake: false,
            protocol: Protocol::WebSocket,
            retransmitted_segments: 1,
            missing_bytes: 1_448,
            closed: Closed::Reset,
            closed_by: Some(Direction::Server),
            ..connection()
        };
        insta::assert_snapshot!(Style::plain(80).lines(life(&it, 7, 2)).join("\n"), @r"
        Connection 0  10.0.0.1:49152 → 10.0.0.2:80

        Opened     before the capture began; first seen in packet 1 · 2023-11-14
                   22:13:20.000123456 UTC
        Speaks     HTTP/1, then WebSocket · 3 exchanges, 7 frames, 2 messages
        Carried    33 packets in 240 ms · the client sent 1 980 B, the server 64 KiB
        Sent again 1 segment: TCP repeats what isn't acknowledged in time
        Missing    1 448 bytes of what was sent are not in the capture
        Closed     by the server, with RST: cut off, not ended · last packet 33
        ");
    }
}
