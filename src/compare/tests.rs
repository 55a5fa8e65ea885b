use super::*;
use crate::inspect::record::{
    Closed, Connection, Direction, Exchange, Extent, Fields, Frame, HttpMessage, Message, Problem, Protocol, Request,
    Response,
};
use crate::inspect::{Event, Sink, samples};

fn message(fields: &str) -> HttpMessage {
    HttpMessage { version: (1, 1), headers: Fields::parse(fields.as_bytes()), ..HttpMessage::default() }
}

fn specimen(request: &str, status: u16, response: &str) -> Specimen {
    let request = Request { method: b"GET".into(), target: b"/".into(), message: message(request) };
    let response = Response { status, reason: b"Fine".into(), message: message(response) };
    let connection = Connection {
        number: 0,
        interface: 0,
        client: "10.0.0.1:50000".parse().unwrap(),
        server: "10.0.0.2:80".parse().unwrap(),
        extent: Extent::default(),
        packets: 9,
        protocol: Protocol::Http1,
        protocol_detail: None,
        exchanges: 1,
        handshake: true,
        closed: Closed::Fin,
        closed_by: None,
        client_bytes: 1,
        server_bytes: 1,
        retransmitted_segments: 0,
        missing_bytes: 0,
    };
    Specimen {
        source: "a.pcapng".to_owned(),
        exchange: Exchange { request: Some(request), response: Some(response.into()), ..Exchange::default() },
        connection,
        talk: Talk::default(),
        problems: Vec::new(),
        options: [Vec::new(), Vec::new()],
    }
}

#[track_caller]
fn row(specimens: &[Specimen], name: &str) -> Row {
    let found = rows(specimens).into_iter().find(|row| row.name == name);
    found.unwrap_or_else(|| panic!("there is no row {name}"))
}

#[test]
fn what_is_compared_with_itself_is_the_same() {
    let one = specimen("Host: a\r\n\r\n", 200, "Server: nginx\r\nETag: \"66b1f2a0-267\"\r\nContent-Length: 0\r\n\r\n");
    for row in rows(&[one.clone(), one.clone(), one]) {
        assert_eq!((row.verdict, &row.meaning), (Verdict::Same, &None), "{}", row.name);
        assert_eq!(row.values.len(), 3);
    }
}

#[test]
fn fields_are_matched_by_name_in_any_case_and_order() {
    let both = [
        specimen("", 200, "Server: a\r\nX-One: 1\r\n\r\n"),
        specimen("", 200, "x-one: 1\r\nserver: b\r\nvary: x\r\n\r\n"),
    ];
    assert_eq!(row(&both, "X-One").verdict, Verdict::Same);
    let server = row(&both, "Server");
    assert_eq!((server.verdict, server.meaning.is_some()), (Verdict::Differs, true));
    assert_eq!(row(&both, "vary").values, [None, Some(b"x".to_vec())]);
    assert_eq!(row(&both, "order of the response").verdict, Verdict::Differs);
    assert_eq!(row(&both, "names in the response").verdict, Verdict::Differs);
}

#[test]
fn what_chance_or_time_decides_is_no_difference_unless_one_lacks_it() {
    let at = |date: &str| specimen("", 200, &format!("{date}\r\n"));
    let [one, two, none] = ["Date: Thu\r\n", "Date: Fri\r\n", ""].map(at);
    assert_eq!(row(&[one.clone(), two], "Date").verdict, Verdict::Varies);
    assert_eq!(row(&[one, none], "Date").verdict, Verdict::Differs);
}

#[test]
fn a_server_is_told_and_so_is_the_form_of_its_tags() {
    let both = [
        specimen("", 200, "Server: nginx/1.26\r\nETag: \"66b1f2a0-267\"\r\n\r\n"),
        specimen(
            "",
            404,
            "X-Powered-By: Express\r\nETag: W/\"c-Lve95gjOVATpfV8EL5X4nxwjKHE\"\r\nConnection: close\r\n\r\n",
        ),
    ];
    let values =
        |name| row(&both, name).values.into_iter().flatten().map(|it| String::from_utf8(it).unwrap()).collect();
    let values: [Vec<String>; 4] = ["likely server", "form of ETag", "connection", "status line"].map(values);
    assert_eq!(values[0], ["nginx", "Express on Node.js"]);
    assert_eq!(values[1], ["strong: hexadecimal-decimal", "weak: hexadecimal-text"]);
    assert_eq!(values[2], ["kept", "closed after it"]);
    assert_eq!(values[3], ["HTTP/1.1 200 Fine", "HTTP/1.1 404 Fine"]);
    assert!(
        row(&both, "status line").meaning.is_some_and(|meaning| meaning.contains("200: ") && meaning.contains("404: "))
    );
}

fn end_of_the_body(method: &str, status: u16, fields: &str) -> String {
    let mut it = specimen("", status, &format!("{fields}\r\n"));
    it.exchange.request.as_mut().unwrap().method = method.into();
    String::from_utf8(row(&[it], "end of the body").values.remove(0).unwrap()).unwrap()
}

#[test]
fn only_chunked_as_the_last_coding_ends_a_body() {
    let coded = |codings: &str| end_of_the_body("GET", 200, &format!("Transfer-Encoding: {codings}\r\n"));
    assert_eq!(coded("chunked"), "chunked");
    assert_eq!(coded("Chunked"), "Chunked");
    assert_eq!(coded("gzip, chunked"), "gzip, chunked");
    assert_eq!(coded("gzip\r\nTransfer-Encoding: chunked"), "gzip, chunked");
    for other in ["gzip", "chunked, gzip", "gzip\r\nContent-Length: 5"] {
        assert_eq!(coded(other), "until the connection closes", "{other}");
    }
}

#[test]
fn a_response_without_a_body_has_no_end_of_it_and_without_a_length_it_ends_with_the_connection() {
    assert_eq!(end_of_the_body("GET", 200, ""), "until the connection closes");
    assert_eq!(end_of_the_body("GET", 200, "Content-Length: 5\r\n"), "Content-Length");
    for (method, status) in [("HEAD", 200), ("GET", 101), ("GET", 204), ("GET", 304)] {
        assert_eq!(end_of_the_body(method, status, "Transfer-Encoding: chunked\r\n"), "no body", "{method} {status}");
    }
}

#[test]
fn what_accepts_a_connect_begins_a_tunnel_and_what_refuses_it_has_a_body() {
    for fields in ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
        assert_eq!(end_of_the_body("CONNECT", 200, fields), "no body: a tunnel begins", "{fields}");
    }
    assert_eq!(end_of_the_body("CONNECT", 403, "Content-Length: 5\r\n"), "Content-Length");
}

#[test]
fn close_is_heard_anywhere_in_the_lists_of_options() {
    for fields in ["Connection: close", "Connection: x,\tCLOSE", "Connection: x\r\nConnection: , close ,y"] {
        let it = specimen("", 200, &format!("{fields}\r\n\r\n"));
        assert_eq!(row(&[it], "connection").values, [Some(b"closed after it".to_vec())], "{fields}");
    }
}

#[test]
fn a_server_without_a_name_is_told_by_its_habits() {
    let mut tomcat = specimen("", 404, "Connection: close\r\n\r\n");
    tomcat.exchange.response.as_mut().unwrap().reason = b"".into();
    let row = row(&[tomcat, specimen("", 404, "Connection: close\r\n\r\n")], "likely server");
    assert_eq!(row.values, [Some(b"Apache Tomcat (no reason phrase, no Server)".to_vec()), None]);
}

#[test]
fn what_differs_in_case_only_is_said_to_mean_the_same() {
    let both = [specimen("Connection: Upgrade\r\n\r\n", 200, ""), specimen("Connection: upgrade\r\n\r\n", 200, "")];
    let row = row(&both, "Connection");
    assert!(row.verdict == Verdict::Differs && row.meaning.unwrap().contains("Upper and lower case"));
}

/// A frame of the server's with that first byte, and the message that it completes.
fn said(opcode: u8, compressed: bool, payload: &[u8], inflated: &[u8]) -> (Frame, Option<Message>) {
    let close = payload.split_at_checked(2).filter(|_| opcode == 8);
    let frame = Frame {
        rsv: if compressed { 4 } else { 0 },
        close_code: close.map(|(code, _)| u16::from_be_bytes([code[0], code[1]])),
        close_reason: close.map(|(_, reason)| reason.to_vec()),
        ..samples::frame(Direction::Server, opcode, payload)
    };
    let message = Message { compressed, ..samples::message(Direction::Server, opcode, inflated) };
    (frame, (opcode < 8).then_some(message))
}

#[test]
fn frames_are_told_with_what_they_say_and_what_their_difference_means() {
    let line = |said| String::from_utf8(frames::line(&said)).unwrap();
    let plain = || said(1, false, "Grüße".as_bytes(), "Grüße".as_bytes());
    let deflated = || said(1, true, b"\xca\x00\x11", "Grüße".as_bytes());
    assert_eq!(line(plain()), "server: text \"Grüße\", 7 bytes");
    assert_eq!(line(deflated()), "server: text \"Grüße\", 3 bytes, compressed");
    assert_eq!(line(said(2, false, b"\xde\xad", b"\xde\xad")), "server: binary de ad, 2 bytes");
    assert_eq!(line(said(8, false, b"\x03\xe8bye", b"")), "server: close 1000 \"bye\", 5 bytes");
    assert_eq!(line(said(8, false, b"", b"")), "server: close, 0 bytes");
    let meaning = |one, other| frames::meaning(&[Some(&one), Some(&other)]);
    assert!(meaning(plain(), deflated()).contains("RFC 7692 §6"));
    assert!(meaning(plain(), said(2, false, b"", b"")).contains("kind of frame"));
    let gone = meaning(said(8, false, b"\x03\xe8", b""), said(8, false, b"\x03\xe9", b""));
    assert!(gone.contains("1000: ") && gone.contains("1001: "), "{gone}");
    assert!(meaning(said(8, false, b"\x03\xe8", b""), said(8, false, b"\x03\xe8bye", b"")).contains("for people"));
    assert!(frames::meaning(&[Some(&plain()), None]).contains("this long"));
}

#[test]
fn what_is_wrong_on_the_connection_is_lined_up_too() {
    let problem = Problem {
        packet: 7,
        connection: Some(0),
        code: "wrong-accept",
        clause: "RFC 6455 §4.1",
        text: "".into(),
        ..Problem::default()
    };
    let mut wrong = specimen("", 101, "");
    wrong.problems.push((problem, 2));
    let row = row(&[specimen("", 101, ""), wrong], "wrong-accept");
    assert_eq!(row.values, [None, Some(b"2 times, first in packet 7 (RFC 6455 \xc2\xa74.1)".to_vec())]);
    assert_eq!((row.group, row.verdict, row.meaning.is_some()), (Group::Problems, Verdict::Differs, true));
}

/// What is found where two connections come one after the other, each with a frame: exchange, connection, frames kept.
fn found(wanted: Option<(u64, u64)>, upgraded: [bool; 2]) -> Option<(u64, u64, usize)> {
    let mut collector = Collector::new(wanted);
    for (number, upgraded) in (0..).zip(upgraded) {
        let upgraded = upgraded.then(|| "websocket".to_owned());
        collector.event(Event::Exchange(&Exchange { connection: number, upgraded, ..Exchange::default() }));
        let frame = Frame { connection: number, ..samples::frame(Direction::Server, 1, b"hi") };
        collector.event(Event::Frame(&frame));
        collector.event(Event::Closed(&Connection { number, ..specimen("", 200, "").connection }));
    }
    collector.found().map(|(exchange, connection, talk)| (exchange.connection, connection.number, talk.frames.len()))
}

#[test]
fn the_first_upgrade_is_found_else_the_first_exchange_unless_one_is_asked_for() {
    assert_eq!(found(None, [false, true]), Some((1, 1, 1)));
    assert_eq!(found(None, [true, true]), Some((0, 0, 1)));
    assert_eq!(found(None, [false, false]), Some((0, 0, 0)));
    assert_eq!(found(Some((0, 0)), [false, true]), Some((0, 0, 0)));
    assert_eq!(found(Some((1, 0)), [true, false]), Some((1, 1, 0)));
    assert_eq!(found(Some((2, 0)), [true, true]), None);
}
