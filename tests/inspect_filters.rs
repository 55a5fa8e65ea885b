//! The filters of `wire101 inspect`, and what goes with them: keeping and following.

mod common;

use common::{ACK, Capture, Folder, RST, frame, lessons, udp};
use serde_json::Value;
use wire101::capture::Reader;
use wire101::filter::{Filter, Filtered, Point};
use wire101::inspect::{Event, Options, Sink, inspect};

const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn upgrade(target: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: chat.example:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// Four connections: one of three exchanges, one that fails, a chat with a fragmented message, and one that says nothing.
fn site() -> Capture {
    let mut capture = Capture::new();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: api.example\r\n\r\n");
    let answer =
        |status: &str, body: &str| format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    capture
        .connect(40_000)
        .client(get("/api/users?page=2").as_bytes())
        .server(answer("200 OK", "[\"ada\", \"grace\"]").as_bytes())
        .client(get("/api/none").as_bytes())
        .server(answer("404 Not Found", "no such thing").as_bytes())
        .client(b"POST /form HTTP/1.1\r\nHost: www.example\r\nContent-Length: 4\r\n\r\na=42")
        .server(b"HTTP/1.1 303 See Other\r\nLocation: /api/users\r\nContent-Length: 0\r\n\r\n")
        .close();
    capture
        .connect(40_001)
        .client(b"DELETE /api/users/7 HTTP/1.1\r\nHost: api.example\r\n\r\n")
        .server(answer("503 Service Unavailable", "later").as_bytes())
        .close();
    capture
        .connect(40_002)
        .client(upgrade("/chat/room").as_bytes())
        .server(SWITCHED.as_bytes())
        .client(&frame(0x81, b"hello, all", true))
        .server(&frame(0x01, b"welcome, ", false))
        .server(&frame(0x89, b"still there?", false))
        .server(&frame(0x80, b"stranger", false))
        .client(&frame(0x8a, b"still there?", true))
        .server(&frame(0x82, &[0xca, 0xfe], false))
        .client(&frame(0x88, &[3, 232], true))
        .server(&frame(0x88, &[3, 232], false))
        .close();
    capture.connect(40_003).segment(1, RST | ACK, b"");
    // No filter shows what is on no connection.
    capture.packet(udp(b"hello, all"));
    capture
}

/// The records of JSON Lines, by what they are: "exchange 0.1", "connection 2", "message 2.0".
fn records(out: &str) -> Vec<String> {
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let name = |line: &Value| {
        let (kind, data) = (line["type"].as_str().unwrap(), &line["data"]);
        match data["index"].as_u64() {
            Some(index) => format!("{kind} {}.{index}", data["connection"]),
            None => format!("{kind} {}", data["connection"]),
        }
    };
    lines[1..lines.len() - 1].iter().map(name).collect()
}

#[test]
fn each_filter_passes_what_it_is_about() {
    let folder = Folder::new();
    folder.file("site.pcapng", &site().bytes());
    let chat = ["exchange 2.0"];
    let said = [
        "frame 2.0",
        "message 2.0",
        "frame 2.1",
        "frame 2.2",
        "frame 2.3",
        "message 2.1",
        "frame 2.4",
        "frame 2.5",
        "message 2.2",
        "frame 2.6",
        "frame 2.7",
    ];
    let all_chat = [&chat[..], &said, &["connection 2"]].concat();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--host", "www.example"], &["exchange 0.2", "connection 0"]),
        (&["--host", "CHAT.*"], &all_chat),
        (&["--port", "40001"], &["exchange 1.0", "connection 1"]),
        (&["--port", "40003-40009"], &["connection 3"]),
        (&["--status", "4xx"], &["exchange 0.1", "connection 0"]),
        (&["--status", "500-599"], &["exchange 1.0", "connection 1"]),
        (&["--method", "post"], &["exchange 0.2", "connection 0"]),
        (&["--path", "/api/users"], &["exchange 0.0", "connection 0"]),
        (&["--path", "/api/*", "--method", "DELETE"], &["exchange 1.0", "connection 1"]),
        (&["--path", "/chat/*"], &all_chat),
        (&["--opcode", "ping"], &["frame 2.2", "connection 2"]),
        (&["--opcode", "0"], &["frame 2.3", "connection 2"]),
        (&["--opcode", "binary"], &["frame 2.5", "message 2.2", "connection 2"]),
        (&["--opcode", "close", "--direction", "server"], &["frame 2.7", "connection 2"]),
        (&["--opcode", "text", "--path", "/api/*"], &[]),
        (&["--contains", "grace"], &["exchange 0.0", "connection 0"]),
        (&["--contains", "api/none", "--direction", "client"], &["exchange 0.1", "connection 0"]),
        (&["--contains", "no such", "--direction", "client"], &[]),
        // Only the message has it, whose frames go with it.
        (&["--contains", "come, stranger"], &["frame 2.1", "frame 2.3", "message 2.1", "connection 2"]),
        (&["--until", "#5"], &["exchange 0.0", "connection 0"]),
        (&["--from", "2023-11-14T22:13:20.015Z", "--until", "19ms"], &["exchange 1.0", "connection 1"]),
        (&["--from", "0.031s", "--port", "40000-40002", "--opcode", "8"], &["frame 2.6", "frame 2.7", "connection 2"]),
        (&["--connection", "2", "--opcode", "pong"], &["frame 2.4", "connection 2"]),
    ];
    for (flags, expected) in cases {
        let ran = folder.run(&[&["inspect", "site.pcapng", "--json"], *flags].concat());
        assert_eq!(records(&ran.out), *expected, "{flags:?}");
        assert_eq!(ran.status, Some(i32::from(expected.is_empty())), "{flags:?}: {}", ran.err);
    }
}

#[test]
fn the_overview_shows_what_matches_and_counts_the_whole() {
    let folder = Folder::new();
    folder.file("site.pcapng", &site().bytes());
    let out = folder.run(&["inspect", "site.pcapng", "--status", "404", "--width", "80"]).ok();
    assert!(out.contains("0.1  GET     /api/none  404"), "{out}");
    assert!(!out.contains("/form"), "{out}");
    assert!(out.contains("TCP        4 connections: "), "{out}");
    assert!(out.ends_with("filtered: 1 of 4 connections; the counts are for the whole capture\n"), "{out}");
    let out = folder.run(&["inspect", "site.pcapng", "--connection", "2", "--opcode", "ping"]).ok();
    assert!(out.contains("Frames  those that match\n") && out.contains("still there?"), "{out}");
    assert!(out.contains("1 exchange, 8 frames, 3 messages") && !out.contains("welcome,  "), "{out}");
    let out = folder.run(&["inspect", "site.pcapng", "--status", "503", "--hex", "--layers"]).ok();
    assert!(out.contains("Bytes of packet 16\n") && !out.contains("Bytes of packet 4\n"), "{out}");
    assert!(out.contains("Layers of exchange 1.0") && !out.contains("Layers of exchange 0.0"), "{out}");
}

#[test]
fn nothing_that_matches_is_said_kindly() {
    let folder = Folder::new();
    folder.file("site.pcapng", &site().bytes());
    let nothing = "wire101: site.pcapng: nothing in this capture matches; it has 4 connections\n";
    for flags in [&["--status", "418"][..], &["--path", "/x", "--summary"], &["--method", "PUT", "--problems"]] {
        let ran = folder.run(&[&["inspect", "site.pcapng"], flags].concat());
        assert_eq!((ran.status, ran.err.as_str()), (Some(1), nothing));
    }
    for view in [&["--connection", "0"][..], &["--connection", "0", "--json"], &["--follow", "0"]] {
        let (_, err) = folder.run(&[&["inspect", "site.pcapng", "--opcode", "1"], view].concat()).failed();
        assert_eq!(err, "wire101: site.pcapng: nothing on connection 0 matches\n");
    }
    let (_, err) = folder.run(&["inspect", "site.pcapng", "--status", "418", "--out", "none.pcapng"]).failed();
    assert_eq!(err, nothing);
    assert!(!folder.path().join("none.pcapng").exists());
}

#[test]
fn wrong_values_are_answered_with_an_example() {
    let folder = Folder::new();
    for (flags, example) in [
        (["--status", "4x"], "404, 4xx, 400-499"),
        (["--port", "http"], "80, 8000-8999"),
        (["--host", "http://a"], "example.com"),
        (["--opcode", "hello"], "text, binary"),
        (["--direction", "up"], "client or server"),
        (["--from", "yesterday"], "'#120'"),
        (["--decode-as", "websocket"], "8080=websocket"),
        (["--body", "0"], "0.0"),
        (["--contains", ""], "write some text"),
    ] {
        let ran = folder.run(&["inspect", "a", flags[0], flags[1]]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains(example), "{}", ran.err);
    }
    for flags in
        [&["--exchange", "0.0", "--status", "200"][..], &["--follow", "0", "--json"], &["--body", "0.0", "--redact"]]
    {
        assert_eq!(folder.run(&[&["inspect", "a"], flags].concat()).status, Some(2), "{flags:?}");
    }
}

#[test]
fn what_is_kept_holds_the_connections_that_match_whole() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    let out = folder.run(&["inspect", "lessons.pcapng", "--opcode", "ping", "--out", "kept.pcapng"]).ok();
    assert!(out.starts_with("kept.pcapng: ") && out.ends_with(" of 1 of 2 connections\n"), "{out}");
    let kept = folder.run(&["inspect", "kept.pcapng", "--json"]).ok();
    assert!(kept.contains("\"interface\":\"upgrade\"") && kept.contains("\"tcp_connections\":1"), "{kept}");
    let file = std::fs::read(folder.path().join("kept.pcapng")).unwrap();
    assert!(String::from_utf8_lossy(&file).contains("kept by wire101 inspect --out"));
    // The same from standard input.
    folder.run_with(&["inspect", "-", "--opcode", "ping", "--out", "piped.pcapng"], &lessons()).ok();
    assert!(std::fs::read(folder.path().join("piped.pcapng")).unwrap() == file);
    let ran = folder.run(&["inspect", "lessons.pcapng", "--out", "./lessons.pcapng"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("would overwrite the capture that it reads"), "{}", ran.err);
    assert!(std::fs::read(folder.path().join("lessons.pcapng")).unwrap() == lessons());
    let (_, err) = folder.run(&["inspect", "lessons.pcapng", "--out", "no/such/folder"]).failed();
    assert!(err.starts_with("wire101: cannot write no/such/folder: "), "{err}");
}

#[test]
fn a_damaged_capture_is_kept_as_far_as_it_goes() {
    let folder = Folder::new();
    let whole = site().bytes();
    folder.file("cut.pcapng", &whole[..whole.len() - 7]);
    let (out, err) = folder.run(&["inspect", "cut.pcapng", "--port", "40002", "--out", "kept.pcapng"]).failed();
    assert!(out.starts_with("kept.pcapng: "), "{out}");
    assert!(err.starts_with("wire101: cut.pcapng: packet "), "{err}");
    folder.run(&["inspect", "kept.pcapng", "--path", "/chat/*"]).ok();
}

fn records_of(out: &str) -> Vec<Value> {
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..lines.len() - 1].to_vec()
}

#[test]
fn a_body_is_written_as_the_application_gets_it() {
    use std::io::Write;
    let folder = Folder::new();
    let text = "every line of it\n".repeat(20_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(text.as_bytes()).unwrap();
    let coded = gzip.finish().unwrap();
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    talk.server(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in coded.chunks(1_000) {
        talk.server(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    talk.server(b"0\r\n\r\n").client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").close();
    talk.segment(0, ACK, b"");
    folder.file("body.pcapng", &capture.bytes());
    let body = |name: &str| folder.run(&["inspect", "body.pcapng", "--body", name]);
    assert!(body("0.0").ok() == text);
    assert_eq!(body("0.0:request").ok(), "body");
    assert_eq!(body("0.1:request").ok(), "");
    let (out, err) = body("0.1").failed();
    assert_eq!(out, "half");
    assert!(
        err.ends_with("the response of exchange 0.1 is incomplete: the rest of its body wasn't captured\n"),
        "{err}"
    );
    let (_, err) = body("0.7").failed();
    assert!(err.contains("exchange 0.7 is not in this capture: connection 0 has 2 exchanges"), "{err}");
}

#[test]
fn a_conversation_reads_like_a_transcript() {
    let folder = Folder::new();
    folder.file("site.pcapng", &site().bytes());
    insta::assert_snapshot!(folder.run(&["inspect", "site.pcapng", "--follow", "2", "--width", "80"]).ok());
    let out = folder.run_with(&["inspect", "-", "--follow", "3"], &site().bytes()).ok();
    assert!(out.starts_with("nothing was said: no segment has a payload\n"), "{out}");
    let (_, err) = folder.run(&["inspect", "site.pcapng", "--follow", "9"]).failed();
    assert!(err.ends_with("connection 9 is not in this capture: it has connections 0 to 3\n"), "{err}");
}

#[test]
fn problems_are_listed_by_kind() {
    let mut capture = site();
    capture
        .connect(40_004)
        .client(upgrade("/").as_bytes())
        .server(SWITCHED.as_bytes())
        .client(&frame(0x81, b"one", false))
        .client(&frame(0x81, b"two", false))
        .close();
    let folder = Folder::new();
    folder.file("bad.pcapng", &capture.bytes());
    let out = folder.run(&["inspect", "bad.pcapng", "--problems"]).ok();
    assert!(out.contains("✗ unmasked-client-frame  RFC 6455 §5.1 · 2 times\n"), "{out}");
    let records = records_of(&folder.run(&["inspect", "bad.pcapng", "--problems", "--json"]).ok());
    assert!(records.len() >= 2 && records.iter().all(|record| record["type"] == "problem"), "{records:?}");
    let out = folder.run(&["inspect", "bad.pcapng", "--problems", "--port", "40000"]).ok();
    assert!(out.starts_with("No problems: "), "{out}");
}

/// What a connection says after its beginning was missed.
fn joined() -> Vec<u8> {
    let mut capture = Capture::new();
    capture
        .connect(40_000)
        .client(upgrade("/").as_bytes())
        .server(SWITCHED.as_bytes())
        .server(&frame(0x81, b"first", false))
        .client(&frame(0x81, b"second", true))
        .close();
    let packets = capture.only(|_| true).split_off(5);
    let mut joined = Capture::new();
    for packet in packets {
        joined.packet(packet);
    }
    joined.bytes()
}

#[test]
fn a_connection_without_its_handshake_is_decoded_as_it_is_told() {
    let folder = Folder::new();
    folder.file("joined.pcapng", &joined());
    let names = |flags: &[&str]| records(&folder.run(&[&["inspect", "joined.pcapng", "--json"], flags].concat()).ok());
    // A note says what to try.
    assert_eq!(names(&[]), ["note 0", "connection 0"]);
    assert_eq!(names(&["--decode-as", "81=websocket"]), ["note 0", "connection 0"]);
    assert_eq!(names(&["--decode-as", "80=http"]), ["connection 0"]);
    // The problem is that it ends without a closing handshake.
    let all = ["frame 0.0", "message 0.0", "frame 0.1", "message 0.1", "problem 0", "connection 0"];
    assert_eq!(names(&["--decode-as", "80=websocket"]), all);
    let out = folder.run(&["inspect", "joined.pcapng", "--decode-as", "80=websocket", "--packet", "2", "--hex"]).ok();
    assert!(out.contains("frame 0.1: text, 6 bytes of payload"), "{out}");
    let out = folder.run(&["inspect", "joined.pcapng", "--decode-as", "80=websocket", "--follow", "0"]).ok();
    assert!(out.contains("server · text, 5 bytes") && out.contains("< first"), "{out}");
    // What has its handshake needs no telling, and is not told otherwise.
    folder.file("site.pcapng", &site().bytes());
    let plain = folder.run(&["inspect", "site.pcapng", "--json"]).ok();
    assert_eq!(folder.run(&["inspect", "site.pcapng", "--json", "--decode-as", "80=websocket"]).ok(), plain);
}

/// Which connections have ended, and which are closed for good.
#[derive(Default)]
struct Ends {
    ended: Vec<u64>,
    closed: Vec<u64>,
}

impl Sink for Ends {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Ended(it) => self.ended.push(it.number),
            Event::Closed(it) => self.closed.push(it.number),
            _ => {}
        }
    }
}

#[test]
fn nobody_is_told_of_the_end_of_a_connection_that_is_outside_of_the_span() {
    let capture = lessons();
    let ends = |filter: &Filter| {
        let mut ends = Ends::default();
        let mut filtered = Filtered::new(filter, 0, &mut ends);
        let finding = inspect(&mut Reader::new(&capture[..]).unwrap(), Options::default(), &mut filtered);
        assert!(finding.error.is_none());
        (ends.ended, ends.closed)
    };
    assert_eq!(ends(&Filter::default()), (vec![0, 1], vec![0, 1]));
    assert_eq!(ends(&Filter { until: Some(Point::Packet(5)), ..Filter::default() }), (vec![0], vec![0]));
}
