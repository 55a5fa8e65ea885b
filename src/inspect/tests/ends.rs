//! Which end of a connection is the client.

use super::*;
use crate::inspect::output::{DecodeAs, Spoken};

/// The same with the ends exchanged.
fn turned(mut segments: Vec<Sent>) -> Vec<Sent> {
    for sent in &mut segments {
        sent.from_client = !sent.from_client;
    }
    segments
}

#[test]
fn whoever_sends_the_requests_is_the_client_even_if_it_took_the_connection() {
    let dialogue = Dialogue::default()
        .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let mut segments = dialogue.segments(&[]);
    // Who says nothing first opens the connection.
    for sent in &mut segments[..2] {
        sent.from_client = !sent.from_client;
        (sent.sequence, sent.acknowledgment) = if sent.from_client { (u32::MAX - 20, 7001) } else { (7000, 0) };
    }
    let (found, summary) = find(&segments);
    assert_eq!((summary.http_requests, summary.http_responses), (1, 1));
    assert_eq!((found.connections[0].client.port(), found.connections[0].server.port()), (40000, 80));
    assert_eq!(found.connections[0].closed_by, Some(Direction::Client));
    assert_eq!(found.problems, [""; 0]);
    let exchange = &found.exchanges[0];
    assert!(exchange.request.is_some() && exchange.response.as_ref().is_some_and(|it| it.message.complete));
    // A banner is no request.
    let dialogue = Dialogue::default().server("220 here\r\n").client("HELO a\r\n");
    let (found, _) = find(&dialogue.segments(&[]));
    assert_eq!(found.connections[0].client.port(), 40000);
}

#[test]
fn of_a_connection_in_its_middle_the_lower_port_is_the_servers() {
    let mut segments = Dialogue::default().server(b"\x01\x02\x03").client(b"\x04").segments(&[]);
    segments.drain(..2);
    for start in [0, 1] {
        let (found, _) = find(&segments[start..]);
        assert_eq!(found.connections[0].client.port(), 40000);
    }
}

#[test]
fn of_a_websocket_in_its_middle_the_client_is_who_masks_whatever_the_ports_say() {
    let mut segments = Dialogue::default()
        .server(frame(true, 1, None, b"to the client"))
        .client(frame(true, 1, Some([1, 2, 3, 4]), b"to the server"))
        .segments(&[]);
    segments.drain(..2);
    for (segments, client) in [(segments.clone(), 40000), (turned(segments), 80)] {
        let (found, summary) = find(&segments);
        assert_eq!((found.connections[0].client.port(), summary.websocket_frames), (client, 0));
        assert_eq!(found.problems, ["websocket-before-capture"]);
        for port in [80, 40000] {
            let mut found = Found::default();
            let decode_as = DecodeAs::ports(&[(port, Spoken::WebSocket)]);
            let packets: Vec<_> = segments.iter().map(packet).collect();
            inspect(&packets, Options { keep: 100, decode_as, ..Options::default() }, &mut found);
            let said: Vec<_> = found.messages.iter().map(|it| (it.direction, &it.payload[..])).collect();
            assert_eq!(said, [(Direction::Server, &b"to the client"[..]), (Direction::Client, b"to the server")]);
            assert_eq!(found.connections[0].client.port(), client);
        }
    }
}
