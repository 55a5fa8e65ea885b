//! Captures whose contents are exactly known, and shuffled as real ones are: every count must be exact.

use super::common::{Capture, frame};
use wire101::capture::{LinkType, Packet, Timestamp};
use wire101::inspect::record::{Closed, Summary};
use wire101::inspect::{Event, Inspector, Options, Sink};
use wire101::layers::application::websocket::handshake;

/// A little chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Counts what no summary says.
#[derive(Default)]
struct Counted {
    bodies: u64,
    complete: u64,
    payloads: u64,
    open: u64,
    missing: u64,
}

impl Sink for Counted {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(exchange) => {
                let response = exchange.response.as_ref();
                self.bodies += response.map_or(0, |response| response.message.body_bytes);
                self.complete += u64::from(response.is_some_and(|response| response.message.complete));
            }
            Event::Message(message) => self.payloads += message.payload_bytes,
            Event::Closed(connection) => {
                self.open += u64::from(connection.closed == Closed::Open);
                self.missing += connection.missing_bytes;
            }
            Event::Problem(problem) => panic!("{problem:?}"),
            _ => {}
        }
    }
}

/// Swaps 2 % of the segments with their neighbours, and sends 1 % again a little later. Each connection's handshake stays
/// as it is: without it nobody could know that nothing is missing before what was captured.
fn shuffled(packets: Vec<Vec<u8>>, chance: &mut Chance) -> Vec<Vec<u8>> {
    let has_payload = |packet: &[u8]| packet.len() > 54;
    let mut packets = packets;
    for at in 0..packets.len() - 1 {
        if chance.below(100) < 2 && has_payload(&packets[at]) && has_payload(&packets[at + 1]) {
            packets.swap(at, at + 1);
        }
    }
    let mut repeated = Vec::new();
    let mut late: Option<Vec<u8>> = None;
    for packet in packets {
        let again = (chance.below(100) == 0 && has_payload(&packet)).then(|| packet.clone());
        repeated.push(packet);
        repeated.extend(late.take());
        late = again;
    }
    repeated
}

fn inspect(capture: &Capture, chance: &mut Chance) -> (Summary, Counted) {
    let mut inspector = Inspector::new(Options::default());
    let mut counted = Counted::default();
    for (number, data) in (1..).zip(shuffled(capture.only(|_| true), chance)) {
        let (time, original_length) = (Timestamp(number * 1_000_000), data.len() as u32);
        let link = LinkType::ETHERNET;
        inspector.packet(&Packet { number, time, interface: 0, link, original_length, data: &data }, &mut counted);
    }
    (inspector.finish(&mut counted).clone(), counted)
}

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

fn upgrade() -> [String; 2] {
    let request = format!(
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    let accept = handshake::accept(KEY.as_bytes());
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    [request, response]
}

#[test]
fn websocket_chatter_is_counted_exactly() {
    let mut chance = Chance(1);
    let mut capture = Capture::new();
    let [request, response] = upgrade();
    let (connections, messages) = (20, 60);
    let mut payloads = 0;
    for port in 0..connections {
        let mut talk = capture.connect(10_000 + port);
        talk.client(request.as_bytes()).server(response.as_bytes());
        for _ in 0..messages {
            let said = vec![b'x'; chance.below(120) as usize];
            talk.client(&frame(0x81, &said, true)).server(&frame(0x82, &said, false));
            payloads += 2 * said.len() as u64;
        }
        talk.client(&frame(0x89, b"", true)).server(&frame(0x8a, b"", false));
        talk.client(&frame(0x88, b"\x03\xe8", true)).server(&frame(0x88, b"\x03\xe8", false)).close();
    }
    let (summary, counted) = inspect(&capture, &mut chance);
    let connections = u64::from(connections);
    assert_eq!((summary.tcp_connections, summary.websocket_upgrades), (connections, connections));
    let opcodes: Vec<_> = summary.websocket_opcodes.into_iter().collect();
    let data = connections * messages;
    assert_eq!(opcodes, [(1, data), (2, data), (8, 2 * connections), (9, connections), (10, connections)]);
    assert_eq!((summary.websocket_messages, counted.payloads, counted.missing), (2 * data, payloads, 0));
}

#[test]
fn keep_alive_with_chunked_and_plain_bodies_is_counted_exactly() {
    let mut chance = Chance(2);
    let mut capture = Capture::new();
    let (connections, exchanges) = (20, 40);
    let mut bodies = 0;
    for port in 0..connections {
        let mut talk = capture.connect(20_000 + port);
        for i in 0..exchanges {
            talk.client(format!("GET /item/{i} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
            let body = vec![b'y'; chance.below(900) as usize + 1];
            bodies += body.len() as u64;
            if i % 2 == 0 {
                talk.server(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes());
                body.chunks(300).for_each(|piece| {
                    talk.server(piece);
                });
            } else {
                talk.server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                for piece in body.chunks(250) {
                    talk.server(&[format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
                }
                talk.server(b"0\r\n\r\n");
            }
        }
        talk.close();
    }
    let (summary, counted) = inspect(&capture, &mut chance);
    let all = u64::from(connections) * exchanges;
    assert_eq!(summary.tcp_connections, u64::from(connections));
    assert_eq!((summary.http_requests, summary.http_responses, counted.complete), (all, all, all));
    assert_eq!((counted.bodies, counted.missing), (bodies, 0));
}

#[test]
fn connections_that_never_close_are_counted_exactly_and_fit() {
    let mut chance = Chance(3);
    let mut capture = Capture::new();
    let [request, response] = upgrade();
    let connections = 10_000;
    for port in 0..connections {
        let mut talk = capture.connect(port + 1024);
        talk.client(request.as_bytes()).server(response.as_bytes());
        talk.client(&frame(0x81, b"hello", true)).server(&frame(0x81, b"hello", false));
        talk.server(&frame(0x01, b"half a mess", false));
    }
    let (summary, counted) = inspect(&capture, &mut chance);
    let connections = u64::from(connections);
    assert_eq!((summary.tcp_connections, summary.evicted, counted.open), (connections, 0, connections));
    assert_eq!((summary.websocket_frames, summary.websocket_messages), (3 * connections, 2 * connections));
}
