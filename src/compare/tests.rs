use super::*;
use crate::inspect::record::{Closed, Connection, Exchange, Extent, Fields, HttpMessage, Protocol, Request, Response};

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
        exchange: Exchange { request: Some(request), response: Some(response), ..Exchange::default() },
        connection,
        frames: Vec::new(),
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
