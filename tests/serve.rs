//! `serve` and `connect`, from outside: each is the other's counterpart, and what neither says is said over bare TCP.

#[path = "common/program.rs"]
mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use program::{Folder, Ran};

/// A server that was started for one test, on a port of its own.
struct Server {
    folder: Folder,
    child: Child,
    address: String,
    /// What it says after the first line.
    said: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(flags: &[&str]) -> Self {
        let folder = Folder::new();
        let mut child = folder.command(&[&["serve", "--port", "0"], flags].concat()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("listening on http://").and_then(|rest| rest.strip_suffix('/'));
        let address = address.unwrap_or_else(|| panic!("the first line is not where it listens: {first}")).to_owned();
        Self { folder, child, address, said }
    }

    fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn ws(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// An exchange by `connect`: status line and fields as they were received, and the body.
    fn exchange(&self, path: &str, flags: &[&str]) -> (String, String) {
        let ran = self.folder.run(&[&["connect", "-v", &self.http(path)], flags].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        (ran.err, ran.out)
    }

    fn connect(&self, url: &str, flags: &[&str], input: &str) -> Ran {
        self.folder.run_with(&[&["connect", url], flags].concat(), input.as_bytes())
    }

    fn tcp(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// What it answers to these bytes, until it closes the connection.
    fn answer(&self, said: &[u8]) -> String {
        let mut stream = self.tcp();
        // It may answer, and close, before it has heard all.
        let _ = stream.write_all(said);
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        String::from_utf8_lossy(&heard).into_owned()
    }

    fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Stops it as Ctrl-C does, and returns its exit status and what it said to standard error.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let status = self.child.wait().unwrap().code();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (status, err)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves it running; one that has stopped it, not.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that says the same to everybody, once.
fn saying(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer);
    });
    address
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

#[test]
fn the_page_is_sent_once_and_not_again() {
    let server = Server::start(&[]);
    let (head, page) = server.exchange("/", &[]);
    has(&head, &["< HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", "Vary: Accept-Encoding"]);
    has(&page, &["<!doctype html>", "new WebSocket(", "fetch("]);
    assert!(!page.contains("https://") && !page.contains("http://"), "it needs nothing from elsewhere");
    let tag = head.lines().find_map(|line| line.strip_prefix("< Etag: ")).unwrap();
    let (head, page) = server.exchange("/", &["-H", &format!("If-None-Match: \"other\", {tag}")]);
    has(&head, &["304 Not Modified", tag]);
    assert_eq!(page, "");
}

#[test]
fn head_says_what_get_would_send() {
    let server = Server::start(&[]);
    let (get, _) = server.exchange("/", &[]);
    let (head, body) = server.exchange("/", &["-X", "HEAD"]);
    let length = |head: &str| head.lines().find(|line| line.starts_with("< Content-Length")).unwrap().to_owned();
    assert_eq!((length(&head), body.as_str()), (length(&get), ""));
}

#[test]
fn what_is_worth_it_is_compressed_for_those_who_ask() {
    let server = Server::start(&[]);
    let answer =
        server.answer(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    has(&answer, &["Content-Encoding: gzip", "-gzip\""]);
    let answer = server
        .answer(b"GET /api/notes HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    assert!(!answer.contains("Content-Encoding"), "{answer}");
}

#[test]
fn notes_are_made_read_changed_and_removed() {
    let server = Server::start(&[]);
    assert_eq!(server.exchange("/api/notes", &[]).1, "[]\n");
    let (head, note) = server.exchange("/api/notes", &["--data", r#"{"text": "Buy milk"}"#]);
    has(&head, &["201 Created", "Location: /api/notes/1"]);
    assert_eq!(note, "{\"id\":1,\"text\":\"Buy milk\"}\n");
    let (_, note) = server.exchange("/api/notes/1", &["-X", "PUT", "--data", r#"{"text": "Buy tea"}"#]);
    assert_eq!(note, "{\"id\":1,\"text\":\"Buy tea\"}\n");
    assert_eq!(server.exchange("/api/notes", &[]).1, "[{\"id\":1,\"text\":\"Buy tea\"}]\n");
    has(&server.exchange("/api/notes/1", &["-X", "DELETE"]).0, &["204 No Content"]);
    for (method, path) in [("GET", "/api/notes/1"), ("DELETE", "/api/notes/1"), ("GET", "/api/notes/x")] {
        has(&server.exchange(path, &["-X", method]).0, &["404 Not Found"]);
    }
}

#[test]
fn a_body_that_is_not_what_is_wanted_is_refused_with_a_reason() {
    let server = Server::start(&[]);
    for (data, header, status, why) in [
        ("{\"text\": 7}", "A: b", "400 Bad Request", "invalid type"),
        ("{\"text\"", "Content-Type: application/json", "400 Bad Request", "EOF while parsing"),
        (
            "text=milk",
            "Content-Type: application/x-www-form-urlencoded",
            "415 Unsupported Media Type",
            "application/json",
        ),
    ] {
        let (head, said) = server.exchange("/api/notes", &["--data", data, "-H", header]);
        has(&head, &[status]);
        has(&said, &[why]);
    }
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(20_000));
    has(&server.exchange("/api/notes", &["--data", &long]).0, &["413"]);
    let longer = server.folder.file("longer", &vec![b' '; 3 << 20]);
    let data = format!("@{}", longer.display());
    let (head, said) = server.exchange("/api/notes", &["--data", &data, "-H", "Content-Type: application/json"]);
    has(&head, &["413", "Connection: close"]);
    has(&said, &["1048576 bytes"]);
    // Whoever asks first is told before a byte is sent.
    let asked =
        "POST /api/notes HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n";
    has(&server.answer(asked.as_bytes()), &["HTTP/1.1 413"]);
}

#[test]
fn a_method_that_a_path_does_not_take_is_told_which_it_takes() {
    let server = Server::start(&[]);
    has(&server.exchange("/api/notes", &["-X", "DELETE"]).0, &["405", "Allow: GET, HEAD, POST, OPTIONS"]);
    has(&server.exchange("/me", &["-X", "POST"]).0, &["405", "Allow: GET, HEAD, OPTIONS"]);
    has(&server.exchange("/api/notes", &["-X", "OPTIONS"]).0, &["204", "Allow: GET, HEAD, POST, OPTIONS"]);
    has(&server.exchange("/", &["-X", "BREW"]).0, &["501 Not Implemented"]);
    has(&server.exchange("/nothing", &[]).0, &["404 Not Found"]);
}

#[test]
fn a_cookie_says_who_one_is_until_it_is_forgotten() {
    let server = Server::start(&[]);
    has(&server.exchange("/me", &[]).0, &["403 Forbidden"]);
    let (head, _) = server.exchange("/login", &["--data", r#"{"name": "Ada"}"#]);
    let set = head.lines().find_map(|line| line.strip_prefix("< Set-Cookie: ")).unwrap();
    has(set, &["; Path=/; HttpOnly; SameSite=Lax"]);
    let cookie = format!("Cookie: {}", set.split(';').next().unwrap());
    assert_eq!(server.exchange("/me", &["-H", &cookie]).1, "{\"name\":\"Ada\"}\n");
    has(&server.exchange("/login", &["-X", "DELETE", "-H", &cookie]).0, &["204", "Max-Age=0"]);
    has(&server.exchange("/me", &["-H", &cookie]).0, &["403 Forbidden"]);
}

#[test]
fn bodies_flow_in_chunks_with_a_trailer_for_whoever_asks() {
    let server = Server::start(&[]);
    let (head, body) = server.exchange("/chunked", &[]);
    has(&head, &["Transfer-Encoding: chunked", "Trailer: Server-Timing"]);
    assert_eq!(body, "one\ntwo\nthree\nfour\nfive\n");
    let asked = b"GET /chunked HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n";
    has(&server.answer(asked), &["4\r\none\n\r\n", "0\r\nServer-Timing: chunks;dur=1000\r\n\r\n"]);
    // HTTP/1.0 knows no chunks.
    let answer = server.answer(b"GET /chunked HTTP/1.0\r\n\r\n");
    has(&answer, &["\r\n\r\none\ntwo\n"]);
    assert!(!answer.contains("chunked"), "{answer}");
}

#[test]
fn events_come_one_by_one_and_slow_answers_come() {
    let server = Server::start(&[]);
    let (head, events) = server.exchange("/events?count=2", &[]);
    has(&head, &["Content-Type: text/event-stream", "Cache-Control: no-store"]);
    assert_eq!(events, "data: event 1\n\ndata: event 2\n\n");
    assert_eq!(server.exchange("/slow?ms=50", &[]).1, "That took 50 ms.\n");
    for wrong in ["/slow?ms=999999", "/slow?ms=x", "/events?count=x"] {
        has(&server.exchange(wrong, &[]).0, &["400 Bad Request"]);
    }
}

#[test]
fn any_status_can_be_had_with_the_fields_that_it_needs() {
    let server = Server::start(&[]);
    for (code, fields) in [
        ("204", "204 No Content"),
        ("302", "Location: /"),
        ("401", "Www-Authenticate: Basic"),
        ("405", "Allow: GET"),
        ("426", "Upgrade: websocket"),
        ("503", "Retry-After: 1"),
        ("599", "< HTTP/1.1 599"),
    ] {
        has(&server.exchange(&format!("/status/{code}"), &[]).0, &[code, fields]);
    }
    for wrong in ["100", "199", "600", "abc", ""] {
        has(&server.exchange(&format!("/status/{wrong}"), &[]).0, &["400 Bad Request"]);
    }
    let fails = server.connect(&server.http("/status/500"), &["--fail"], "");
    assert_eq!((fails.status, fails.out.as_str()), (Some(1), "500 Internal Server Error\n"));
    has(&fails.err, &["the server answered 500"]);
}

#[test]
fn one_connection_carries_many_exchanges_unless_it_is_to_be_closed() {
    let server = Server::start(&[]);
    let (said, bodies) = server.exchange("/api/notes", &["--repeat", "3"]);
    assert_eq!(said.matches("on the same connection").count(), 2);
    assert_eq!(bodies, "[]\n[]\n[]\n");
    let (said, _) = server.exchange("/api/notes", &["--repeat", "3", "--close"]);
    assert_eq!((said.matches("on a new connection").count(), said.matches("< Connection: close").count()), (2, 3));
    // Pipelined: both are answered, in order.
    let asked = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = server.answer(asked);
    assert!(answer.find("404").unwrap() < answer.find("403").unwrap(), "{answer}");
}

#[test]
fn what_is_no_http_is_refused() {
    let server = Server::start(&[]);
    has(&server.answer(b"hello\r\n\r\n"), &["HTTP/1.1 400"]);
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    has(&server.answer(long.as_bytes()), &["HTTP/1.1 431"]);
}

#[test]
fn an_echo_says_what_it_is_told() {
    let server = Server::start(&[]);
    let echoed = server.connect(&server.ws("/echo"), &["--send", "Hello", "--send", "Grüße", "--ping", "-v"], "");
    assert_eq!((echoed.status, echoed.out.as_str()), (Some(0), "Hello\nGrüße\n"));
    has(
        &echoed.err,
        &[
            "> GET /echo HTTP/1.1",
            "> Sec-Websocket-Key: ",
            "101 Switching Protocols",
            "< pong \"are you there?\"",
            "< close 1000 (Normal Closure)",
        ],
    );
    assert_eq!(server.connect(&server.ws("/echo"), &[], "one\n\ntwo").ok(), "one\n\ntwo\n");
    let many = "abcdefghijklmnopqrstuvwxyz\n".repeat(2_000);
    assert_eq!(server.connect(&server.ws("/echo"), &[], &many).ok().len(), many.len());
    let own = server.connect(&server.ws("/echo"), &["--send", "x", "--close-code", "4000", "-v"], "");
    assert_eq!(own.status, Some(0));
    has(&own.err, &["< close 4000"]);
}

#[test]
fn a_room_relays_what_is_said_in_it() {
    let server = Server::start(&[]);
    let listens = |name: &str| {
        let url = server.ws(&format!("/chat?name={name}"));
        let mut command =
            server.folder.command(&["connect", "-v", &url, "--subprotocol", "other", "--subprotocol", "chat"]);
        let mut child = command.spawn().unwrap();
        let mut notes = BufReader::new(child.stderr.take().unwrap());
        let mut head = String::new();
        while !head.ends_with("<\n") {
            notes.read_line(&mut head).unwrap();
        }
        has(&head, &["Sec-Websocket-Protocol: chat"]);
        (child, notes)
    };
    let (mut ada, _ada_notes) = listens("Ada%20L.");
    let spoken = server.connect(&server.ws("/chat?name=Ben"), &["--send", "Hi!"], "");
    assert_eq!(spoken.ok(), "", "nobody hears themselves");
    let mut heard = BufReader::new(ada.stdout.take().unwrap());
    let mut lines = String::new();
    heard.read_line(&mut lines).unwrap();
    heard.read_line(&mut lines).unwrap();
    assert_eq!(lines, "Ben: Hi!\nBen has left\n");
    drop(ada.stdin.take());
    assert!(ada.wait().unwrap().success());
}

#[test]
fn a_request_that_is_no_handshake_is_told_what_is_missing() {
    let server = Server::start(&[]);
    has(&server.exchange("/echo", &[]).0, &["426 Upgrade Required", "Upgrade: websocket", "Sec-Websocket-Version: 13"]);
    let handshake = |fields: &str| {
        let asked = format!(
            "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n{fields}\r\n"
        );
        server.answer(asked.as_bytes())
    };
    has(&handshake("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"), &["426"]);
    has(&handshake("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n"), &["400"]);
}

/// What a server says over a WebSocket to these bytes, after the handshake.
fn after_handshake(server: &Server, said: &[u8]) -> Vec<u8> {
    let mut stream = server.tcp();
    let asked = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(asked.as_bytes()).unwrap();
    let mut section = Vec::new();
    while !section.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        section.push(byte[0]);
    }
    has(&String::from_utf8(section).unwrap(), &["101", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
    let _ = stream.write_all(said);
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard);
    heard
}

#[test]
fn a_broken_rule_is_answered_with_the_close_code_for_it() {
    let server = Server::start(&[]);
    for (said, code) in [
        // Not masked.
        (&[0x81, 2, b'H', b'i'][..], 1002_u16),
        // An opcode that there is not.
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
        // Text that is not UTF-8.
        (&[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        // 2 MiB are announced.
        (&[0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, b'x'], 1009),
    ] {
        let heard = after_handshake(&server, said);
        let [0x88, _, high, low, ..] = heard[..] else { panic!("no close frame: {heard:02x?}") };
        assert_eq!(u16::from_be_bytes([high, low]), code);
    }
}

#[test]
fn pages_of_elsewhere_may_not_use_it_unless_they_are_named() {
    let server = Server::start(&["--origin", "http://lab.example:3000"]);
    let origin = |origin| server.connect(&server.ws("/echo"), &["--send", "x", "--origin", origin], "");
    for may in ["http://localhost:5173", "http://127.0.0.1:1", "http://lab.example:3000"] {
        assert_eq!(origin(may).ok(), "x\n");
    }
    let (_, refused) = origin("http://evil.example").failed();
    has(&refused, &["403 Forbidden", "--origin"]);
    let note = ["--data", "{\"text\": \"x\"}", "-H", "Origin: http://evil.example"];
    has(&server.exchange("/api/notes", &note).0, &["403 Forbidden"]);
    let near = "Origin: http://localhost:5173";
    let (head, _) = server.exchange("/api/notes", &["-H", near]);
    has(&head, &["Access-Control-Allow-Origin: http://localhost:5173", "Vary: Origin"]);
    let preflight = ["-X", "OPTIONS", "-H", near, "-H", "Access-Control-Request-Method: DELETE"];
    has(&server.exchange("/api/notes/1", &preflight).0, &["Access-Control-Allow-Methods: GET, HEAD, PUT, DELETE"]);
}

#[test]
fn a_name_that_was_made_to_lead_here_is_not_served() {
    let server = Server::start(&["--host", "lab.example"]);
    let asked =
        |fields: &str| server.answer(format!("GET /echo HTTP/1.1\r\n{fields}Connection: close\r\n\r\n").as_bytes());
    for own in ["localhost:8101", "[::1]", "127.0.0.1", "lab.example"] {
        has(&asked(&format!("Host: {own}\r\n")), &["HTTP/1.1 426"]);
    }
    has(&asked("Host: evil.example\r\n"), &["HTTP/1.1 421", "evil.example", "--host NAME"]);
    has(&asked(""), &["HTTP/1.1 400", "requires Host"]);
    has(&asked("Host: localhost\r\nHost: localhost\r\n"), &["HTTP/1.1 400", "one Host"]);
    has(&server.answer(b"GET /echo HTTP/1.0\r\n\r\n"), &["HTTP/1.0 426"]);
    let page = ["--data", "{\"text\": \"x\"}", "-H", "Host: lab.example:80", "-H", "Origin: http://lab.example:80"];
    has(&server.exchange("/api/notes", &page).0, &["201 Created"]);
}

#[test]
fn there_is_an_end_of_connections() {
    let server = Server::start(&[]);
    let mut open: Vec<TcpStream> = (0..256).map(|_| server.tcp()).collect();
    let answer = server.answer(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    has(&answer, &["HTTP/1.1 503", "Retry-After", "Connection: close"]);
    open.truncate(200);
    // The others' end has to be noticed first.
    let again = || server.answer(b"GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!((0..1000).any(|_| again().contains("403 Forbidden")));
}

#[test]
fn when_it_is_stopped_it_finishes_first() {
    for signal in ["-INT", "-TERM"] {
        let server = Server::start(&[]);
        let mut slow = server.tcp();
        slow.write_all(b"GET /slow?ms=600 HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut idle = server.tcp();
        let mut events = server.tcp();
        events.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut first = [0; 64];
        events.read_exact(&mut first).unwrap();
        let mut talk = server.folder.command(&["connect", "-v", &server.ws("/echo")]).spawn().unwrap();
        let mut notes = BufReader::new(talk.stderr.take().unwrap());
        let mut head = String::new();
        while !head.ends_with("<\n") {
            notes.read_line(&mut head).unwrap();
        }
        let (status, log) = server.stop(signal);
        assert_eq!((status, log.lines().count()), (Some(0), 3));
        has(&log, &[" UTC  GET /events  200  as it comes", "GET /echo  101  WebSocket", "GET /slow?ms=600  200  18 B"]);
        let (mut answer, mut rest, mut nothing) = (String::new(), String::new(), Vec::new());
        slow.read_to_string(&mut answer).unwrap();
        has(&answer, &["That took 600 ms."]);
        events.read_to_string(&mut rest).unwrap();
        assert!(rest.ends_with("0\r\n\r\n"), "the stream of events ends as it should: {rest}");
        assert_eq!(idle.read_to_end(&mut nothing).unwrap(), 0);
        let mut said = String::new();
        notes.read_to_string(&mut said).unwrap();
        has(&said, &["< close 1001 (Going Away) \"the server is stopping\""]);
        assert!(talk.wait().unwrap().success());
    }
}

#[test]
fn it_says_what_it_serves_and_who_can_reach_it() {
    let mut server = Server::start(&["--width", "80"]);
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert_ne!(server.said.read_line(&mut said).unwrap(), 0, "{said}");
    }
    has(
        &said,
        &["Only programs on this machine can reach it.", "/api/notes/{id}", "WebSocket: every message comes back"],
    );
    assert!(said.lines().all(|line| line.chars().count() <= 80));
    let mut open = Server::start(&["--bind", "0.0.0.0"]);
    let mut said = String::new();
    open.said.read_line(&mut said).unwrap();
    has(&said, &["Everybody who can reach any address of this machine"]);
}

#[test]
fn where_it_cannot_listen_it_says_why_and_what_to_do() {
    let server = Server::start(&[]);
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let (out, err) = server.folder.run(&["serve", "--port", port]).failed();
    assert_eq!(out, "");
    has(&err, &["another program already listens there", "--port 0"]);
    let (_, err) = server.folder.run(&["serve", "--bind", "192.0.2.1", "--port", "0"]).failed();
    has(&err, &["doesn't have the address 192.0.2.1", "--bind 0.0.0.0"]);
    let ran = server.folder.run(&["serve", "--bind", "localhost"]);
    assert_eq!(ran.status, Some(2));
    has(&ran.err, &["an address, not a name"]);
}

#[test]
fn what_keeps_a_client_from_an_answer_is_said() {
    let folder = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let fails = |url: &str| folder.run(&["connect", url, "-v"]);
    let refused = fails(&format!("http://127.0.0.1:{port}/"));
    assert_eq!(refused.status, Some(1));
    has(&refused.err, &["nothing listens there", "is the server running"]);
    for (answer, said) in [
        (&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "isn't an HTTP server"),
        (b"\x15\x03\x01\x00\x02\x02\x50", "TLS"),
        (b"", "without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "before its answer was complete"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "not well-formed"),
    ] {
        let ran = fails(&format!("http://{}/", saying(answer)));
        assert_eq!(ran.status, Some(1), "{}", ran.err);
        has(&ran.err, &[said]);
    }
    for (url, said) in [
        ("https://localhost/", "doesn't speak TLS"),
        ("wss://localhost/", "write ws:"),
        ("localhost:1/", "write http://localhost:1/"),
        ("ftp://localhost/", "only http: and ws:"),
    ] {
        let ran = fails(url);
        assert_eq!(ran.status, Some(2));
        has(&ran.err, &[said]);
    }
    for (url, flag) in [("http://localhost", "--send=x"), ("ws://localhost", "--fail"), ("ws://localhost", "--data=x")]
    {
        assert_eq!(folder.run(&["connect", url, flag]).status, Some(2));
    }
    assert_eq!(folder.run(&["connect", "http://localhost", "-H", "Content-Length: 3"]).status, Some(2));
}

#[test]
fn a_server_that_does_not_take_up_websocket_as_it_must_is_not_talked_to() {
    let folder = Folder::new();
    for (answer, said) in [
        (&b"HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n\x1b[2JNo room here"[..], "404 Not Found: \\x1b[2JNo room"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "without Sec-WebSocket-Accept"),
        (
            b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
            "where the key asks for",
        ),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "without Upgrade: websocket"),
    ] {
        let (_, err) = folder.run(&["connect", &format!("ws://{}/", saying(answer)), "--send", "x"]).failed();
        has(&err, &[said]);
    }
}

/// A server that takes up WebSocket and sends text without a pause, until it gets a close frame, which it answers if it is polite.
fn chattering(polite: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        while !request.ends_with("\r\n\r\n") {
            lines.read_line(&mut request).unwrap();
        }
        let key = request.lines().find_map(|line| line.strip_prefix("Sec-Websocket-Key: ")).unwrap();
        let accept = wire101::layers::application::websocket::handshake::accept(key.as_bytes());
        let status =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
        stream.write_all(format!("{status}{accept}\r\n\r\n").as_bytes()).unwrap();
        let closed = Arc::new(AtomicBool::new(false));
        let hears = Arc::clone(&closed);
        thread::spawn(move || {
            let mut header = [0; 2];
            while lines.read_exact(&mut header).is_ok() && header[0] != 0x88 {
                let _ = lines.read_exact(&mut vec![0; 4 + usize::from(header[1] & 127)]);
            }
            hears.store(true, Ordering::Relaxed);
        });
        let chatter = b"\x81\x01x".repeat(10_000);
        while stream.write_all(&chatter).is_ok() {
            if polite && closed.load(Ordering::Relaxed) {
                let _ = stream.write_all(b"\x88\x02\x03\xe8");
                return;
            }
        }
    });
    address
}

/// Starts `connect`, whose output goes nowhere, and interrupts it so often, a while apart; its exit status.
fn interrupted(url: &str, flags: &[&str], signals: &[&str]) -> std::process::ExitStatus {
    let folder = Folder::new();
    let mut command = folder.command(&[&["connect", url], flags].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for signal in signals {
        thread::sleep(Duration::from_millis(400));
        let killed = Command::new("kill").args([*signal, &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }
    for _ in 0..80 {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("it goes on");
}

#[test]
fn a_server_that_never_pauses_keeps_nobody() {
    let url = format!("ws://{}/", chattering(true));
    assert_eq!(interrupted(&url, &["--send", "x", "--wait", "300ms"], &[]).code(), Some(0));
    for signal in ["-INT", "-TERM"] {
        let url = format!("ws://{}/", chattering(true));
        assert_eq!(interrupted(&url, &["--send", "x", "--wait", "60s"], &[signal]).code(), Some(0));
        // It waits for the other end's close frame, but not twice.
        let url = format!("ws://{}/", chattering(false));
        assert_eq!(interrupted(&url, &["--send", "x", "--wait", "60s"], &[signal, signal]).code(), None);
    }
}

#[test]
fn interim_responses_without_end_keep_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let hints = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while stream.write_all(&hints).is_ok() {}
        }
    });
    for signal in ["-INT", "-TERM"] {
        assert_eq!(interrupted(&url, &[], &[signal]).code(), Some(1));
    }
}

#[test]
fn what_is_received_is_passed_on_as_it_is_where_no_terminal_shows_it() {
    let folder = Folder::new();
    let address = saying(b"HTTP/1.1 200 OK\r\nX: \xc2\x9b2J\r\nContent-Length: 6\r\n\r\n\x1b[31m!");
    let mut command = folder.command(&["connect", "-v", &format!("http://{address}/")]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.stdout, b"\x1b[31m!");
    let err = String::from_utf8(output.stderr).unwrap();
    has(&err, &["< X: \\u{9b}2J"]);
}
