//! The pipeline as a whole: what it finds does not depend on how TCP cut, repeated or reordered the bytes.

mod again;
mod damaged;
mod early;
mod ends;
mod missing;
mod protocols;

use etherparse::PacketBuilder;
use proptest::prelude::*;

use super::record::{Closed, Connection, Direction, Exchange, Extent, Frame, Message, Summary};
use super::{CountsOnly, Event, Inspector, Options, Sink};
use crate::capture::{LinkType, Packet, Timestamp};
use crate::layers::application::websocket::handshake;
use crate::layers::transport::header::{ACK, FIN, RST, SYN};

/// Everything found, with the packets and times it was found in left out.
#[derive(Debug, Default, PartialEq)]
struct Found {
    exchanges: Vec<Exchange>,
    frames: Vec<Frame>,
    messages: Vec<Message>,
    connections: Vec<Connection>,
    problems: Vec<&'static str>,
}

impl Sink for Found {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(exchange) => {
                let mut exchange = exchange.clone();
                let messages = (exchange.request.iter_mut().map(|r| &mut r.message))
                    .chain(exchange.interim.iter_mut().map(|r| &mut r.message))
                    .chain(exchange.response.iter_mut().map(|r| &mut r.message));
                messages.for_each(|message| message.extent = Extent::default());
                self.exchanges.push(exchange);
            }
            Event::Frame(frame) => {
                self.frames.push(Frame { extent: Extent::default(), answers: None, ..frame.clone() });
            }
            Event::Message(message) => self.messages.push(Message { extent: Extent::default(), ..message.clone() }),
            Event::Closed(connection) => self.connections.push(Connection {
                extent: Extent::default(),
                packets: 0,
                retransmitted_segments: 0,
                ..connection.clone()
            }),
            Event::Problem(problem) => self.problems.push(problem.code),
            _ => {}
        }
    }
}

/// A segment to be sent.
#[derive(Clone, Debug)]
struct Sent {
    from_client: bool,
    sequence: u32,
    acknowledgment: u32,
    flags: u8,
    payload: Vec<u8>,
}

/// What two programs say to each other, turn by turn.
#[derive(Clone, Debug, Default)]
struct Dialogue {
    turns: Vec<(bool, Vec<u8>)>,
}

impl Dialogue {
    fn client(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.turns.push((true, bytes.as_ref().to_vec()));
        self
    }

    fn server(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.turns.push((false, bytes.as_ref().to_vec()));
        self
    }

    /// The segments, cut as `cuts` say, with handshake and FINs around them.
    fn segments(&self, cuts: &[usize]) -> Vec<Sent> {
        let (mut client, mut server) = (u32::MAX - 20, 7000);
        let mut segments = vec![
            Sent { from_client: true, sequence: client, acknowledgment: 0, flags: SYN, payload: vec![] },
            Sent {
                from_client: false,
                sequence: server,
                acknowledgment: client.wrapping_add(1),
                flags: SYN | ACK,
                payload: vec![],
            },
        ];
        (client, server) = (client.wrapping_add(1), server + 1);
        let mut cuts = cuts.iter().copied().chain(std::iter::once(usize::MAX)).cycle();
        for (from_client, turn) in &self.turns {
            let mut rest = &turn[..];
            while !rest.is_empty() {
                let (payload, left) = rest.split_at(cuts.next().unwrap_or(1).clamp(1, rest.len()));
                let (own, other) = if *from_client { (&mut client, server) } else { (&mut server, client) };
                let (from_client, payload) = (*from_client, payload.to_vec());
                segments.push(Sent { from_client, sequence: *own, acknowledgment: other, flags: ACK, payload });
                *own = own.wrapping_add((rest.len() - left.len()) as u32);
                rest = left;
            }
        }
        let fin =
            Sent { from_client: true, sequence: client, acknowledgment: server, flags: FIN | ACK, payload: vec![] };
        segments.push(fin);
        client = client.wrapping_add(1);
        let fin =
            Sent { from_client: false, sequence: server, acknowledgment: client, flags: FIN | ACK, payload: vec![] };
        segments.push(fin);
        segments
    }
}

fn packet(sent: &Sent) -> Vec<u8> {
    let (source, destination, ports) = if sent.from_client {
        ([10, 0, 0, 1], [10, 0, 0, 2], (40000, 80))
    } else {
        ([10, 0, 0, 2], [10, 0, 0, 1], (80, 40000))
    };
    let mut builder = PacketBuilder::ethernet2([2; 6], [4; 6])
        .ipv4(source, destination, 64)
        .tcp(ports.0, ports.1, sent.sequence, 9000)
        .ack(sent.acknowledgment);
    if sent.flags & ACK == 0 {
        builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4(source, destination, 64).tcp(
            ports.0,
            ports.1,
            sent.sequence,
            9000,
        );
    }
    if sent.flags & SYN != 0 {
        builder = builder.syn();
    }
    if sent.flags & FIN != 0 {
        builder = builder.fin();
    }
    if sent.flags & RST != 0 {
        builder = builder.rst();
    }
    let mut bytes = Vec::new();
    builder.write(&mut bytes, &sent.payload).unwrap();
    bytes
}

fn find(segments: &[Sent]) -> (Found, Summary) {
    find_in(&segments.iter().map(packet).collect::<Vec<_>>())
}

/// What is in the packets; and that who only counts, and so looks less closely, comes to the same counts.
fn find_in(packets: &[Vec<u8>]) -> (Found, Summary) {
    let mut found = Found::default();
    let summary = inspect(packets, Options { keep: 1 << 16, ..Options::default() }, &mut found);
    assert_eq!(inspect(packets, Options::default(), &mut CountsOnly), summary);
    (found, summary)
}

fn inspect(packets: &[Vec<u8>], options: Options, sink: &mut dyn Sink) -> Summary {
    let mut inspector = Inspector::new(options);
    (1..).zip(packets).for_each(|(number, data)| feed(&mut inspector, number, data, sink));
    inspector.finish(sink).clone()
}

fn feed(inspector: &mut Inspector, number: u64, data: &[u8], sink: &mut dyn Sink) {
    let original_length = data.len() as u32;
    let (time, link) = (Timestamp(number * 1000), LinkType::ETHERNET);
    inspector.packet(&Packet { number, time, interface: 0, link, original_length, data }, sink);
}

fn frame(fin: bool, opcode: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![u8::from(fin) << 7 | opcode, u8::from(mask.is_some()) << 7 | payload.len() as u8];
    bytes.extend(mask.iter().flatten());
    bytes.extend(payload.iter().enumerate().map(|(i, b)| b ^ mask.map_or(0, |mask| mask[i % 4])));
    bytes
}

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

fn upgrade() -> Dialogue {
    let request = format!(
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        handshake::accept(KEY.as_bytes())
    );
    Dialogue::default().client(request).server(response)
}

fn web() -> Dialogue {
    let mask = Some([1, 2, 3, 4]);
    Dialogue::default()
        .client("GET /a HTTP/1.1\r\nHost: a\r\n\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 100 Continue\r\n\r\n")
        .server("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n")
        .client(&upgrade().turns[0].1)
        .server([&upgrade().turns[1].1[..], &frame(true, 1, None, b"early")].concat())
        .client([frame(false, 1, mask, b"h\xc3"), frame(true, 9, mask, b"!"), frame(true, 0, mask, b"\xa9")].concat())
        .server(frame(true, 10, None, b"!"))
        .client(frame(true, 8, mask, b"\x03\xe8bye"))
        .server(frame(true, 8, None, b"\x03\xe8"))
}

#[test]
fn a_dialogue_is_found_whole() {
    let (found, summary) = find(&web().segments(&[]));
    let exchanges: Vec<_> = (found.exchanges.iter())
        .map(|e| {
            let (request, response) = (e.request.as_ref().unwrap(), e.response.as_ref().unwrap());
            (request.target.as_slice(), response.status, request.message.complete && response.message.complete)
        })
        .collect();
    assert_eq!(exchanges, [(&b"/a"[..], 200, true), (b"/b", 201, true), (b"/chat", 101, true)]);
    assert_eq!(found.exchanges[1].interim.len(), 1);
    assert_eq!(found.exchanges[1].response.as_ref().unwrap().message.body, b"abc");
    let frames: Vec<_> = found.frames.iter().map(|f| (f.direction, f.opcode, f.payload.as_slice())).collect();
    let (client, server) = (Direction::Client, Direction::Server);
    assert_eq!(
        frames,
        [
            (server, 1, &b"early"[..]),
            (client, 1, b"h\xc3"),
            (client, 9, b"!"),
            (client, 0, b"\xa9"),
            (server, 10, b"!"),
            (client, 8, b"\x03\xe8bye"),
            (server, 8, b"\x03\xe8")
        ]
    );
    let messages: Vec<_> = found.messages.iter().map(|m| (m.frames, m.payload.as_slice())).collect();
    assert_eq!(messages, [(1, &b"early"[..]), (2, "hé".as_bytes())]);
    assert_eq!(found.problems, [""; 0]);
    assert_eq!((summary.http_requests, summary.http_responses, summary.http_interim), (3, 3, 1));
    assert_eq!(found.connections[0].closed, Closed::Fin);
    assert_eq!(found.connections[0].closed_by, Some(client));
}

#[test]
fn a_segment_whose_header_does_not_add_up_is_counted_and_does_nothing() {
    let segments = web().segments(&[]);
    let mut packets: Vec<_> = segments.iter().map(packet).collect();
    for (at, flags) in [(0, SYN), (5, FIN | ACK), (8, RST), (10, SYN)] {
        let mut damaged = packet(&Sent { sequence: 99, ..segments[3].clone() });
        damaged[46] = 0x40;
        damaged[47] = flags;
        packets.insert(at, damaged);
    }
    let (mut found, summary) = find_in(&packets);
    // What comes before a SYN is not of the connection that the SYN opens.
    assert_eq!(found.connections.remove(0).packets, 0);
    assert_eq!(std::mem::take(&mut found.problems), ["damaged-packet"; 4]);
    assert_eq!((summary.tcp_connections, summary.other_packets.len()), (2, 0));
    let (mut expected, _) = find(&segments);
    expected.connections.iter_mut().for_each(|connection| connection.number = 1);
    assert_eq!(found.connections, expected.connections);
    assert_eq!(found.messages.len(), expected.messages.len());
}

#[test]
fn headers_that_the_capture_cut_off_still_open_and_close_a_connection() {
    let packets: Vec<_> = web().segments(&[]).iter().map(|sent| packet(sent)[..34 + 16].to_vec()).collect();
    let (found, summary) = find_in(&packets);
    assert_eq!((summary.tcp_connections, summary.other_packets.len()), (1, 0));
    let connection = &found.connections[0];
    assert_eq!((connection.handshake, connection.closed), (true, Closed::Fin));
    assert!(found.problems.contains(&"packet-cut") && !found.problems.contains(&"damaged-packet"));
}

#[test]
fn a_port_pair_used_again_is_another_connection() {
    let once = Dialogue::default().client("GET / HTTP/1.1\r\nHost: a\r\n\r\n").server("HTTP/1.1 204 No\r\n\r\n");
    let first = once.segments(&[]);
    let mut second = first.clone();
    for sent in &mut second {
        let shift = if sent.from_client { 5_000_000 } else { 9_000_000 };
        let other = 14_000_000 - shift;
        sent.sequence = sent.sequence.wrapping_add(shift);
        sent.acknowledgment = sent.acknowledgment.wrapping_add(other);
    }
    let (found, summary) = find(&[first, second].concat());
    assert_eq!(summary.tcp_connections, 2);
    assert_eq!(found.exchanges.iter().map(|e| (e.connection, e.index)).collect::<Vec<_>>(), [(0, 0), (1, 0)]);
}

#[test]
fn a_connection_joined_in_its_middle_is_read_from_either_side() {
    let dialogue = Dialogue::default()
        .client("rest of a body\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        .client("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        .server("HTTP/1.1 204 No\r\n\r\n");
    let mut segments = dialogue.segments(&[]);
    segments.drain(..2);
    let (found, summary) = find(&segments);
    assert_eq!((summary.http_requests, summary.http_responses), (1, 2));
    assert_eq!(found.connections[0].client.port(), 40000);
    assert_eq!(found.problems, [""; 0]);
    // The server's packet first: who is the client is found out from what is said.
    let (found, _) = find(&segments[1..]);
    assert_eq!(found.connections[0].client.port(), 40000);
    assert_eq!(found.exchanges.len(), 2);
}

#[test]
fn a_reset_in_mid_message_is_told() {
    let dialogue = Dialogue::default()
        .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    let mut segments = dialogue.segments(&[]);
    segments.truncate(segments.len() - 2);
    let last = segments.last().unwrap().clone();
    let sequence = last.sequence.wrapping_add(last.payload.len() as u32);
    segments.push(Sent { sequence, flags: RST | ACK, payload: vec![], ..last });
    let (found, _) = find(&segments);
    assert_eq!(found.problems, ["reset-in-message"]);
    assert_eq!((found.connections[0].closed, found.connections[0].closed_by), (Closed::Reset, Some(Direction::Server)));
    assert!(!found.exchanges[0].response.as_ref().unwrap().message.complete);
}

#[test]
fn what_is_wrong_with_an_end_is_told_when_it_comes() {
    let half = Dialogue::default()
        .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    let mut reset = half.segments(&[]);
    reset.truncate(reset.len() - 1);
    reset.last_mut().unwrap().flags = RST | ACK;
    for (segments, expected) in [(reset, "reset-in-message"), (upgrade().segments(&[]), "no-close-handshake")] {
        let mut inspector = Inspector::new(Options::default());
        let mut found = Found::default();
        for (number, data) in (1..).zip(segments.iter().map(packet)) {
            assert_eq!(found.problems, [""; 0]);
            feed(&mut inspector, number, &data, &mut found);
        }
        assert_eq!(found.problems, [expected]);
        inspector.finish(&mut found);
        assert_eq!(found.problems, [expected]);
    }
}

#[test]
fn what_follows_a_lost_segment_is_found_again() {
    let exchange = ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
    let mut dialogue = Dialogue::default();
    for _ in 0..40 {
        dialogue = dialogue.client(exchange.0).server(exchange.1);
    }
    let mut segments = dialogue.segments(&[]);
    // The third response and the fifth request are lost.
    segments.remove(2 + 8);
    segments.remove(2 + 5);
    let (found, summary) = find(&segments);
    assert_eq!((summary.http_requests, summary.http_responses), (39, 39));
    let missing = (exchange.0.len() + exchange.1.len()) as u64;
    assert_eq!(found.connections[0].missing_bytes, missing);
    assert_eq!(found.problems.iter().filter(|code| **code == "missing-bytes").count(), 2);
}

#[test]
fn an_exchange_has_nothing_of_the_one_that_was_before_it() {
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\nServer: a\r\n\r\n{}", "a".repeat(40_000));
    let exchanges = [
        ("GET /long?target HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n", large.as_str()),
        (
            "PUT /b HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n\
             2\r\nde\r\n0\r\nU: 2\r\nV: 3\r\n\r\n",
        ),
        ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.0 204 \r\n\r\n"),
        (
            "POST /c HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 200 OK\r\nContent-Encoding: unheard-of\r\nContent-Length: 2\r\n\r\nno",
        ),
        ("", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
    ];
    let alone = exchanges.map(|(request, response)| {
        find(&Dialogue::default().client(request).server(response).segments(&[])).0.exchanges.swap_remove(0)
    });
    for (first, one) in exchanges.iter().enumerate() {
        for (second, other) in exchanges.iter().enumerate() {
            let both = Dialogue::default().client(one.0).server(one.1).client(other.0).server(other.1);
            let mut found = find(&both.segments(&[])).0.exchanges;
            assert_eq!(found.len(), 2, "{first}, {second}");
            found[1].index = 0;
            assert_eq!(found[0], alone[first], "{first}, {second}");
            assert_eq!(found[1], alone[second], "{first}, {second}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cutting_reordering_and_repeating_changes_nothing(
        cuts in prop::collection::vec(30usize..400, 1..6),
        moves in prop::collection::vec((any::<prop::sample::Index>(), 1usize..6), 0..12),
        repeats in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6), 0..6),
    ) {
        let (expected, counts) = find(&web().segments(&[]));
        let mut segments = web().segments(&cuts);
        // The handshake stays in front, or it would not be seen who opened the connection.
        let body = segments.len() - 2;
        for (which, by) in moves {
            let from = 2 + which.index(body);
            let to = (from + by).min(segments.len() - 1);
            segments.swap(from, to);
        }
        for (which, later) in repeats {
            let from = 2 + which.index(body);
            let again = segments[from].clone();
            segments.insert((from + 1 + later).min(segments.len()), again);
        }
        let (found, summary) = find(&segments);
        prop_assert_eq!(&found.exchanges, &expected.exchanges);
        prop_assert_eq!(&found.messages, &expected.messages);
        prop_assert_eq!(&found.frames, &expected.frames);
        prop_assert_eq!(&found.problems, &expected.problems);
        prop_assert_eq!(summary.websocket_opcodes, counts.websocket_opcodes);
        prop_assert_eq!(found.connections[0].missing_bytes, 0);
    }

    #[test]
    fn mutated_packets_never_break_it(
        cuts in prop::collection::vec(1usize..60, 1..6),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0usize..200, any::<u8>()), 0..60),
    ) {
        let mut packets: Vec<_> = web().segments(&cuts).iter().map(packet).collect();
        for (which, at, value) in flips {
            let packet = which.index(packets.len());
            let length = packets[packet].len();
            packets[packet][at % length] ^= value;
        }
        let summary = inspect(&packets, Options { keep: 64, pieces: true, ..Options::default() }, &mut Found::default());
        prop_assert_eq!(summary.packets, packets.len() as u64);
        prop_assert_eq!(inspect(&packets, Options::default(), &mut CountsOnly), summary);
    }
}
