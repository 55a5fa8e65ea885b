//! `wire101 inspect`, as who types it sees it.

#[path = "inspect/attacks.rs"]
mod attacks;
mod common;
#[path = "inspect/derived.rs"]
mod derived;
#[path = "inspect/exact.rs"]
mod exact;
#[path = "inspect/faithful.rs"]
mod faithful;
#[path = "inspect/hops.rs"]
mod hops;
#[path = "inspect/linear/mod.rs"]
mod linear;
#[path = "inspect/links.rs"]
mod links;
#[path = "inspect/redaction.rs"]
mod redaction;
#[path = "inspect/screen.rs"]
mod screen;
#[path = "inspect/secrets.rs"]
mod secrets;
#[path = "common/segments.rs"]
mod segments;
#[path = "inspect/several.rs"]
mod several;
#[path = "common/traffic.rs"]
mod traffic;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use common::{ACK, Capture, Folder, RST, ethernet, frame, lessons, udp};
use serde_json::Value;
use wire101::capture::LinkType;

const GET: &[u8] = b"GET /hello HTTP/1.1\r\nHost: example.com\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nworld";

fn hello() -> Capture {
    let mut capture = Capture::new();
    capture.connect(40_000).client(GET).server(OK).close();
    capture
}

/// A chat whose every text tries to harm the terminal.
fn hostile() -> Capture {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}\u{2066}\u{9b}2J";
    let mut capture = Capture::new();
    // A target with control characters makes no request line.
    let quiet = "\u{202e}\u{2066}\u{9b}2J";
    let request = format!("GET /{quiet} HTTP/1.1\r\nHost: {evil}\r\nX-{evil}: {evil}\r\nContent-Length: 40\r\n\r\n");
    let body = format!("{evil:\u{1b}<40}");
    let response = format!(
        "HTTP/1.1 200 {evil}\r\nContent-Type: {evil}\r\nContent-Length: {}\r\nContent-Encoding: {evil}\r\n\r\n{evil}",
        evil.len()
    );
    capture.connect(40_000).client(request.as_bytes()).client(body.as_bytes()).server(response.as_bytes()).segment(
        1,
        RST | ACK,
        b"",
    );
    let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let reason = [&[3, 232], &evil.as_bytes()[..20]].concat();
    capture
        .connect(40_001)
        .client(upgrade.as_bytes())
        .server(switched.as_bytes())
        .client(&frame(0x81, evil.as_bytes(), true))
        .server(&frame(0x88, &reason, false))
        .close();
    let other = format!("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: {evil}\r\nConnection: Upgrade\r\n\r\n");
    let other_answer = format!("HTTP/1.1 101 {evil}\r\nUpgrade: {evil}\r\nConnection: Upgrade\r\n\r\n");
    capture.connect(40_002).client(other.as_bytes()).server(other_answer.as_bytes()).close();
    capture
}

#[test]
fn the_overview_on_a_usual_screen() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    insta::assert_snapshot!(folder.run(&["inspect", "lessons.pcapng", "--width", "80"]).ok());
}

#[test]
fn the_overview_on_a_wide_screen() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    insta::assert_snapshot!(folder.run(&["inspect", "lessons.pcapng", "--width", "120"]).ok());
}

/// A WebSocket that breaks a rule and then ends without a close frame.
fn unmasked_without_close() -> Vec<u8> {
    let request = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let mut capture = Capture::new();
    let (request, switched) = (request.as_bytes(), switched.as_bytes());
    capture.connect(40_000).client(request).server(switched).client(&frame(0x81, b"one", false)).close();
    capture.bytes()
}

/// Captures of things that went wrong, and of one that did not.
const REQUEST_AFTER_101: &[u8] = include_bytes!("cases/request-after-101.pcap");
const UNREAD_BODY: &[u8] = include_bytes!("cases/unread-body-413-rst.pcap");
const ORDINARY: &[u8] = include_bytes!("cases/ordinary-upgrade.pcap");
const PROXY: &[u8] = include_bytes!("cases/proxy-strips-upgrade.pcap");

#[test]
fn the_overview_begins_with_what_happened() {
    let folder = Folder::new();
    let overview = |name: &str, bytes| {
        folder.file(name, bytes);
        folder.run(&["inspect", name, "--width", "80"]).ok()
    };
    insta::assert_snapshot!(overview("unread-body.pcap", UNREAD_BODY));
    let again = overview("request-after-101.pcap", REQUEST_AFTER_101);
    assert!(again.lines().nth(3).unwrap().starts_with("✗ Only frames may follow the 101"), "{again}");
    assert_eq!(again.matches("HTTP request again").count(), 1, "{again}");
    let ordinary = overview("ordinary.pcap", ORDINARY);
    assert!(ordinary.contains("All is well: ") && !ordinary.contains("For more, run"), "{ordinary}");
}

#[test]
fn why_shows_what_happened_with_the_packets_and_what_to_do() {
    let folder = Folder::new();
    folder.file("a.pcap", UNREAD_BODY);
    insta::assert_snapshot!(folder.run(&["inspect", "a.pcap", "--why", "--width", "80"]).ok());
    let advice = "What to do: ";
    folder.file("c.pcap", &unmasked_without_close());
    let two = folder.run(&["inspect", "c.pcap", "--why"]).ok();
    assert!(two.contains("no-close-handshake") && two.matches(advice).count() == 1, "{two}");
    folder.file("b.pcap", ORDINARY);
    let well = folder.run(&["inspect", "b.pcap", "--why"]).ok();
    assert_eq!(well, "All is well: nothing that was read breaks a rule, and nothing is missing.\n");
}

#[test]
fn why_takes_a_connection_filters_and_redaction_and_no_other_view() {
    let folder = Folder::new();
    folder.file("proxy.pcap", PROXY);
    let why = |flags: &[&str]| folder.run(&[&["inspect", "proxy.pcap", "--why"], flags].concat());
    let all = why(&[]).ok();
    assert!(all.contains("missing-upgrade-websocket") && all.contains("/socket.io/?EIO=4"), "{all}");
    assert_eq!(why(&["--connection", "1"]).ok(), all);
    let front = why(&["--connection", "0"]).ok();
    assert_eq!(front, "Nothing that was read breaks a rule. 1 response reports an error (400, in exchange 0.0).\n");
    assert!(why(&["--port", "80"]).ok().starts_with(front.trim_end()));
    assert!(!why(&["--redact"]).ok().contains("EIO=4"));
    assert_eq!(why(&["--connection", "7"]).status, Some(1));
    for other in [&["--hex"][..], &["--ladder"], &["--packet", "4"], &["--problems"], &["--follow", "0"], &["--json"]] {
        let refused = why(other);
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert!(refused.err.contains("cannot be used with"), "{refused:?}");
    }
}

#[test]
fn a_connection_is_told_from_its_opening_to_its_end() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    insta::assert_snapshot!(folder.run(&["inspect", "lessons.pcapng", "--connection", "1", "--width", "80"]).ok());
}

#[test]
fn an_exchange_is_shown_as_it_was_said() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    insta::assert_snapshot!(folder.run(&["inspect", "lessons.pcapng", "--exchange", "1.0", "--width", "80"]).ok());
}

#[test]
fn a_packet_has_its_place_its_bytes_and_its_fields() {
    let folder = Folder::new();
    folder.file("hello.pcapng", &hello().bytes());
    let out = folder.run(&["inspect", "hello.pcapng", "--packet", "4", "--hex", "--width", "80"]).ok();
    assert!(out.starts_with("Packet 4  2023-11-14 22:13:20.003000 UTC\n\nLength     96 bytes\n"), "{out}");
    assert!(out.contains("Carries    the request of exchange 0.0: GET /hello\n"), "{out}");
    assert!(out.contains("│ 0000 │ 02 00 00 00 00 02 02 00 │"), "{out}");
    assert!(out.contains("├ Source Port"), "{out}");
}

#[test]
fn the_summary_is_counts_alone() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    insta::assert_snapshot!(folder.run(&["inspect", "lessons.pcapng", "--summary"]).ok());
}

#[test]
fn a_view_is_the_same_of_a_file_a_pipe_and_either_compressed() {
    let plain = lessons();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let folder = Folder::new();
    folder.file("plain", &plain);
    let packed = gzip.finish().unwrap();
    folder.file("gzip", &packed);
    let views: [&[&str]; 5] = [
        &["--exchange", "1.0", "--layers", "--hex"],
        &["--connection", "1", "--layers", "--hex"],
        &["--packet", "9", "--hex", "--layers", "--ladder"],
        &["--packet", "9", "--hex", "--redact"],
        &["--exchange", "1.0", "--connection", "0", "--packet", "7"],
    ];
    for view in views {
        let of = |name, input: &[u8]| folder.run_with(&[&["inspect", name], view].concat(), input).ok();
        let expected = of("plain", b"");
        assert_eq!(of("gzip", b""), expected, "{view:?}");
        assert_eq!(of("-", &plain), expected, "{view:?}");
        assert_eq!(of("-", &packed), expected, "{view:?}");
        #[cfg(unix)]
        for bytes in [&plain, &packed] {
            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            std::thread::scope(|scope| {
                let writes = scope.spawn(|| std::fs::write(&pipe, bytes));
                assert_eq!(of("pipe", b""), expected, "{view:?}");
                writes.join().unwrap().unwrap();
            });
            std::fs::remove_file(&pipe).unwrap();
        }
    }
}

#[test]
fn a_long_table_says_how_much_it_leaves_out() {
    let mut capture = Capture::new();
    for port in 1..=30 {
        capture.connect(port).client(GET).server(OK).close();
    }
    let folder = Folder::new();
    folder.file("many.pcapng", &capture.bytes());
    let out = folder.run(&["inspect", "many.pcapng"]).ok();
    assert_eq!(out.matches("⋮ 10 more\n").count(), 2, "{out}");
    assert!(out.contains("\n19  10.0.0.1:20 ") && !out.contains("\n20  10.0.0.1:21 "), "{out}");
}

#[test]
fn a_file_that_is_no_capture_is_named_for_what_it_is() {
    let folder = Folder::new();
    folder.file("empty.pcap", b"");
    folder.file("notes.txt", b"Dear diary,\nno packets today.\n");
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for (name, message) in [
        ("missing.pcap", "missing.pcap: no such file"),
        ("folder", "folder: this is a directory; name a capture file in it"),
        ("empty.pcap", "empty.pcap: this file is empty, without even a capture header; was anything captured?"),
        ("notes.txt", "notes.txt: this is a text file, not a pcap or pcapng capture"),
    ] {
        for flag in [&[][..], &["--summary"], &["--exchange", "0.0"]] {
            let (out, err) = folder.run(&[&["inspect", name][..], flag].concat()).failed();
            assert_eq!(out, "");
            assert!(err.starts_with(&format!("wire101: {message}")), "{err}");
        }
        let (out, err) = folder.run(&["inspect", name, "--json"]).failed();
        let summary: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        assert_eq!(format!("wire101: {}\n", summary["data"]["error"].as_str().unwrap()), err);
    }
}

#[test]
fn what_precedes_the_damage_is_shown() {
    let folder = Folder::new();
    let whole = hello().bytes();
    folder.file("cut.pcapng", &whole[..whole.len() - 7]);
    let message = "wire101: cut.pcapng: packet 8 at byte ";
    for (flags, shown) in [
        (&[][..], "0.0  GET     example.com  /hello  200 OK"),
        (&["--summary"], "HTTP responses        1"),
        (&["--connection", "0"], "Closed     by the client, with FIN · last packet 7"),
        (&["--exchange", "0.0"], "< world"),
        (&["--packet", "5"], "the response of exchange 0.0: 200 OK"),
    ] {
        let (out, err) = folder.run(&[&["inspect", "cut.pcapng"][..], flags].concat()).failed();
        assert!(out.contains(shown), "{flags:?}: {out}");
        assert!(err.starts_with(message), "{err}");
    }
    let (out, _) = folder.run(&["inspect", "cut.pcapng"]).failed();
    assert!(out.contains("the file is cut short after them"), "{out}");
    // The blocks before the first packet are whole.
    let packet = whole.windows(4).position(|it| *it == [6, 0, 0, 0]).unwrap();
    folder.file("begun.pcapng", &whole[..packet + 40]);
    let (out, _) = folder.run(&["inspect", "begun.pcapng"]).failed();
    let said = format!("The file was cut short: it ends (byte {}) before its first packet does.", packet + 40);
    assert!(
        out.contains("No whole packet") && out.split_whitespace().collect::<Vec<_>>().join(" ").contains(&said),
        "{out}"
    );
    let (out, err) = folder.run(&["inspect", "cut.pcapng", "--connection", "5"]).failed();
    assert_eq!(out, "");
    let message = "wire101: cut.pcapng: connection 5 is not in this capture: it has only connection 0, as far as it could be read: packet 8";
    assert!(err.starts_with(message), "{err}");
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    for (flags, message) in [
        (["--connection", "7"], "connection 7 is not in this capture: it has connections 0 to 1"),
        (["--exchange", "0.3"], "exchange 0.3 is not in this capture: connection 0 has 3 exchanges, 0.0 to 0.2"),
        (["--exchange", "9.0"], "exchange 9.0 is not in this capture: it has connections 0 to 1"),
    ] {
        let message = format!("wire101: lessons.pcapng: {message}\n");
        let arguments = [&["inspect", "lessons.pcapng"], &flags[..]].concat();
        assert_eq!(folder.run(&arguments).failed(), (String::new(), message.clone()));
        let (out, err) = folder.run(&[&arguments[..], &["--json"]].concat()).failed();
        assert_eq!(err, message);
        assert!(out.lines().last().unwrap().contains("\"complete\":true"), "{out}");
    }
    let (_, err) = folder.run(&["inspect", "lessons.pcapng", "--packet", "9999"]).failed();
    assert!(
        err.starts_with("wire101: lessons.pcapng: packet 9 999 is not in this capture: it has packets 1 to "),
        "{err}"
    );
}

#[test]
fn wrong_usage_is_told_from_bad_input() {
    let folder = Folder::new();
    for arguments in [
        &["inspect"][..],
        &["inspect", "a", "--exchange", "3"],
        &["inspect", "a", "--packet", "0"],
        &["inspect", "a", "--json", "--hex"],
        &["inspect", "a", "--sumary"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    }
    assert!(folder.run(&["inspect", "a", "--sumary"]).err.contains("'--summary'"));
}

#[test]
fn captured_text_never_reaches_the_terminal_as_it_is() {
    let folder = Folder::new();
    folder.file("hostile.pcapng", &hostile().bytes());
    let views = [
        &[][..],
        &["--summary"],
        &["--connection", "0"],
        &["--connection", "1", "--layers", "--hex", "--ladder"],
        &["--connection", "2"],
        &["--exchange", "0.0", "--layers", "--hex"],
        &["--exchange", "1.0"],
        &["--exchange", "2.0"],
        &["--packet", "4", "--hex"],
        &["--packet", "6", "--hex"],
        &["--packet", "13", "--layers"],
        &["--layers", "--hex", "--ladder"],
    ];
    for view in views {
        for width in ["40", "80", "120"] {
            let arguments = [&["inspect", "hostile.pcapng", "--width", width][..], view].concat();
            let plain = folder.run(&arguments).ok();
            let harmful = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{2066}".contains(c);
            assert!(!plain.contains(harmful), "{view:?} at {width}: {plain:?}");
            let coloured = folder.run(&[&arguments[..], &["--color", "always"]].concat()).ok();
            assert!(coloured.len() > plain.len() || view == ["--summary"]);
            assert!(trimmed(&without_colours(&coloured)).eq(trimmed(&plain)), "{view:?} at {width}");
        }
    }
}

/// Lines without the spaces they end in, which are kept where they have a colour.
fn trimmed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end)
}

/// Removes `ESC [ … m`, and nothing else.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |out, part| {
        let (code, rest) = part.split_once('m').unwrap();
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "{code:?}");
        out + rest
    })
}

#[test]
fn nothing_to_read_is_explained() {
    let folder = Folder::new();
    let mut tls = Capture::new();
    tls.connect(1).client(b"\x16\x03\x01\x00\x05hello").server(b"\x16\x03\x03\x00\x05hello").close();
    let mut http2 = Capture::new();
    http2.connect(1).client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").close();
    let mut ssh = Capture::new();
    ssh.connect(1).server(b"SSH-2.0-OpenSSH_9.6\r\n").close();
    let mut silent = Capture::new();
    silent.connect(1).close();
    let mut only_udp = Capture::new();
    only_udp.packet(udp(b"a question")).packet(ethernet(0x0806, &[0; 28]));
    let mut own = Capture::of(LinkType(147));
    own.packet(vec![0; 64]);
    let mut one_way = Capture::new();
    let mut packets = Capture::new();
    packets.connect(1).client(GET).client(GET);
    for packet in packets.only(|packet| packet[26..30] == [10, 0, 0, 1]) {
        one_way.packet(packet);
    }
    for (name, capture, said) in [
        ("none", Capture::new(), "The capture has no packet."),
        ("tls", tls, "1 connection is encrypted with TLS"),
        ("http2", http2, "curl --http1.1"),
        ("ssh", ssh, "begin neither with a request or status line of HTTP/1"),
        ("silent", silent, "The connections carry no payload"),
        ("udp", only_udp, "It has no TCP, only 1 ARP, 1 UDP."),
        ("own", own, "what its packets begin with: USER0, link type 147."),
        ("one way", one_way, "All packets are from clients"),
    ] {
        folder.file(name, &capture.bytes());
        let out = folder.run(&["inspect", name, "--width", "200"]).ok();
        assert!(out.replace("\n  ", " ").contains(said), "{name}: {out}");
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let folder = Folder::new();
    let bytes = lessons();
    folder.file("lessons.pcapng", &bytes);
    for view in [&["--summary"][..], &["--exchange", "1.0"], &["--packet", "9", "--hex"], &["--connection", "0"]] {
        let of = |name| [&["inspect", name][..], view].concat();
        assert_eq!(folder.run_with(&of("-"), &bytes).ok(), folder.run(&of("lessons.pcapng")).ok());
    }
    let out = folder.run_with(&["inspect", "-"], &bytes).ok();
    assert!(out.starts_with("standard input\n"), "{out}");
    let (_, err) = folder.run_with(&["inspect", "-", "--packet", "9"], &bytes[..40]).failed();
    assert!(err.starts_with("wire101: standard input: "), "{err}");
}

#[test]
fn json_narrows_its_records_and_counts_the_whole() {
    let folder = Folder::new();
    folder.file("lessons.pcapng", &lessons());
    let types = |flags: &[&str]| {
        let out = folder.run(&[&["inspect", "lessons.pcapng", "--json"], flags].concat()).ok();
        let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.last().unwrap()["data"]["http_requests"], 4);
        lines[1..lines.len() - 1].iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(types(&["--connection", "0"]), ["exchange", "exchange", "exchange", "connection"]);
    assert_eq!(types(&["--exchange", "0.1"]), ["exchange"]);
    assert!(types(&["--connection", "1"]).contains(&"message".to_owned()));
}

#[test]
fn json_lines_come_while_the_input_is_still_open() {
    let folder = Folder::new();
    let mut child = folder.command(&["inspect", "-", "--json"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&hello().bytes()).unwrap();
    stdin.flush().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("begin"));
    // The input is not at its end yet: this would wait for ever if the line were held back.
    assert!(lines.next().unwrap().unwrap().contains("/hello"));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut capture = Capture::new();
    for port in 1..=300 {
        capture.connect(port).client(GET).server(OK).close();
    }
    let folder = Folder::new();
    folder.file("many.pcapng", &capture.bytes());
    for view in ["--json", "--hex", "--layers", "--ladder"] {
        let mut child = folder.command(&["inspect", "many.pcapng", view]).stdin(Stdio::null()).spawn().unwrap();
        let mut some = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{view}");
    }
}

#[test]
fn a_wrong_argument_is_told_what_was_probably_meant() {
    let folder = Folder::new();
    folder.file("a b.cap", b"");
    for (arguments, tip) in [
        (&["chat.pcap"][..], "to explain a capture, use 'wire101 inspect chat.pcap'"),
        (&["chat.pcapng", "--why"], "to explain a capture, use 'wire101 inspect chat.pcapng'"),
        (&["a b.cap"], "use 'wire101 inspect \"a b.cap\"'"),
        (&["inspect", "--wy", "chat.pcap"], "a similar argument exists: '--why'"),
        (&["draw", "osi", "a.pcap", "b.pcap"], "a picture is of one capture; 'wire101 inspect FILE FILE --out"),
        (&["lesson", "run", "upgrade", "--sed=1"], "a similar argument exists: '--seed'"),
    ] {
        let ran = folder.run(arguments);
        assert!(ran.status == Some(2) && ran.err.contains(tip) && !ran.err.contains("as a value"), "{}", ran.err);
    }
}
