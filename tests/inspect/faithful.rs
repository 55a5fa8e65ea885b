//! What a capture, a name or an argument says is told as it is, whichever view tells it, and does nothing to a terminal.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use serde_json::Value;
use wire101::capture::{Interface, LinkType, Reader, Timestamp, Writer};
use wire101::layers::application::websocket::handshake;

use super::common::{Capture, Folder, frame};

/// ESC, a C1 control, a bidirectional control, a zero-width space and a line break.
const HARMFUL: &str = "a\u{1b}[2J\u{9b}1m\u{202e}\u{200b}\u{7f}\nb";
const SHOWN: &str = r"a\x1b[2J\u{9b}1m\u{202e}\u{200b}\x7f\nb";

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n0\r\n\r\n"].concat()
}

/// A capture of one response with those fields and that body.
fn response(fields: &str, body: &[u8]) -> Vec<u8> {
    let mut capture = Capture::new();
    let head = format!("HTTP/1.1 200 OK\r\n{fields}\r\n");
    capture
        .connect(40_000)
        .client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .server(&[head.as_bytes(), body].concat())
        .close();
    capture.bytes()
}

fn records(lines: &str, kind: &str) -> Vec<Value> {
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == kind).map(|mut line| line["data"].take()).collect()
}

#[test]
fn whether_messages_are_compressed_is_one_answer_for_every_view() {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(b"Hello, hello, hello").unwrap();
    encoder.flush().unwrap();
    let payload = encoder.get_ref().strip_suffix(b"\0\0\xff\xff").unwrap().to_vec();
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for (extensions, is_compressed) in [
        ("permessage-deflate", true),
        ("x-y, permessage-deflate", true),
        ("Permessage-Deflate; server_no_context_takeover", true),
        ("x-y; a=\"1, permessage-deflate\"", false),
        ("permessage-deflate-2", false),
    ] {
        let mut capture = Capture::new();
        let asked = format!(
            "GET / HTTP/1.1\r\nHost: a\r\n{upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\
             Sec-WebSocket-Extensions: {extensions}\r\n\r\n"
        );
        let answered = format!(
            "HTTP/1.1 101 Switching Protocols\r\n{upgrade}Sec-WebSocket-Accept: {}\r\n\
             Sec-WebSocket-Extensions: {extensions}\r\n\r\n",
            handshake::accept(key.as_bytes())
        );
        capture
            .connect(40_000)
            .client(asked.as_bytes())
            .server(answered.as_bytes())
            .server(&frame(0xc1, &payload, false));
        let folder = Folder::new();
        folder.file("a.pcapng", &capture.bytes());
        let json = folder.run(&["inspect", "a.pcapng", "--json"]).out;
        assert_eq!(records(&json, "message")[0]["compressed"], is_compressed, "{extensions}");
        let fields = folder.run(&["inspect", "a.pcapng", "--packet", "6", "--layers", "--width", "160"]).out;
        assert_eq!(fields.contains("this message is compressed"), is_compressed, "{extensions}: {fields}");
        let fields = folder.run(&["inspect", "a.pcapng", "--packet", "5", "--layers", "--width", "160"]).out;
        assert_eq!(fields.contains("may be compressed"), is_compressed, "{extensions}: {fields}");
    }
}

#[test]
fn transfer_codings_are_undone_before_content_codings() {
    let folder = Folder::new();
    let text = "every line of it\n".repeat(200);
    let once = compressed(text.as_bytes());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(&once).unwrap();
    let twice = zlib.finish().unwrap();
    for (fields, body, content) in [
        ("Transfer-Encoding: gzip, chunked\r\n", chunk(&once), text.len()),
        ("Transfer-Encoding: X-GZIP;q=1\r\nTransfer-Encoding: chunked\r\n", chunk(&once), text.len()),
        ("Transfer-Encoding: gzip\r\n", once.clone(), text.len()),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: deflate, chunked\r\n", chunk(&twice), once.len()),
    ] {
        folder.file("a.pcapng", &response(fields, &body));
        assert!(folder.run(&["inspect", "a.pcapng", "--body", "0.0"]).ok() == text, "{fields}");
        let json = folder.run(&["inspect", "a.pcapng", "--json"]).ok();
        let response = &records(&json, "exchange")[0]["response"];
        assert_eq!(response["body_bytes"], content, "{fields}");
        assert_eq!(response["wire_body_bytes"], body.len(), "{fields}");
        assert_eq!(response["decoded_body_bytes"], text.len(), "{fields}");
        assert_eq!(response["body"], text, "{fields}");
        assert!(response["content_coding"].is_null() || content == once.len(), "{fields}");
        assert!(records(&json, "problem").is_empty(), "{fields}: {json}");
    }
}

#[test]
fn a_transfer_coding_that_cannot_be_undone_is_said_and_the_body_is_as_it_was_sent() {
    let folder = Folder::new();
    // What this program can't undo, its receiver may.
    for (coding, body, why, times) in [
        ("compress", &b"what compress made"[..], "the transfer coding compress can not be undone here", 0),
        ("gzip", b"what nobody compressed", "gzip: ", 1),
    ] {
        folder.file("a.pcapng", &response(&format!("Transfer-Encoding: {coding}, chunked\r\n"), &chunk(body)));
        let json = folder.run(&["inspect", "a.pcapng", "--json"]).ok();
        let problems = records(&json, "problem");
        assert_eq!(problems.len(), times, "{json}");
        for problem in problems {
            assert_eq!(problem["code"], "coding-does-not-decode");
            assert!(problem["text"].as_str().unwrap().contains(why), "{json}");
        }
        assert_eq!(records(&json, "exchange")[0]["response"]["decoded_body_bytes"], Value::Null);
        let (_, error) = folder.run(&["inspect", "a.pcapng", "--body", "0.0"]).failed();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_part_of_what_is_coded_is_shown_and_written_as_it_was_sent() {
    let folder = Folder::new();
    let said = |range: &str, body: &[u8]| {
        let head =
            format!("HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes {range}\r\n");
        let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
        let mut capture = Capture::new();
        capture
            .connect(40_000)
            .client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .server(&[head.as_bytes(), body].concat())
            .close();
        folder.file("a.pcapng", &capture.bytes());
        let json = folder.run(&["inspect", "a.pcapng", "--json"]).ok();
        assert!(records(&json, "problem").is_empty(), "{json}");
        records(&json, "exchange")[0]["response"]["decoded_body_bytes"].clone()
    };
    assert_eq!(said("10-14/100", b"hello"), Value::Null);
    let (written, error) = folder.run(&["inspect", "a.pcapng", "--body", "0.0"]).failed();
    assert!(written == "hello" && error.contains("a part of what is coded"), "{written} {error}");
    // An empty text.
    let whole = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    assert_eq!(said("0-19/20", whole), 0);
}

#[test]
fn json_does_nothing_to_a_terminal_and_says_all_of_it() {
    let folder = Folder::new();
    let fields =
        format!("X-Name: é\u{2029}\u{e0041}{}\r\nContent-Length: {}\r\n", HARMFUL.replace('\n', ""), HARMFUL.len());
    folder.file("a.pcapng", &response(&fields, HARMFUL.as_bytes()));
    for arguments in [&["inspect", "a.pcapng", "--json"][..], &["compare", "a.pcapng", "a.pcapng", "--json"]] {
        let json = folder.run(arguments).out;
        let is_harmless = |c: char| c == '\n' || !c.is_control() && !"\u{202e}\u{200b}\u{2029}\u{e0041}".contains(c);
        assert!(json.chars().all(is_harmless), "{json}");
        assert!(json.contains(r"é\u2029\udb40\udc41a\u001b[2J\u009b1m\u202e\u200b\u007f"), "{json}");
    }
    let json = folder.run(&["inspect", "a.pcapng", "--json"]).out;
    assert_eq!(records(&json, "exchange")[0]["response"]["body"], HARMFUL);
}

#[test]
fn what_a_message_quotes_is_escaped() {
    let folder = Folder::new();
    let option = format!("--{HARMFUL}");
    let value = format!("--status={HARMFUL}");
    for arguments in [
        &["inspect", HARMFUL][..],
        &["inspect", &option, "a"],
        &["inspect", "a", &value],
        &["lesson", "run", HARMFUL],
        &["explain", HARMFUL],
        &[HARMFUL],
    ] {
        let ran = folder.run(arguments);
        assert!(ran.status.is_some_and(|status| status == 1 || status == 2), "{arguments:?}");
        assert!(ran.err.contains(SHOWN), "{arguments:?}: {}", ran.err);
        assert!(
            !ran.err.chars().any(|c| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c))),
            "{}",
            ran.err
        );
    }
    let url = folder.run(&["connect", &format!("{HARMFUL}://a/")]);
    assert!(!url.err.chars().any(|c| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c))), "{}", url.err);
}

#[test]
fn what_is_kept_of_a_capture_says_as_much_of_frame_check_sequences() {
    let folder = Folder::new();
    let packets = response("Content-Length: 0\r\n", b"");
    for fcs_length in [None, Some(32)] {
        let interface = Interface { name: None, link: LinkType::ETHERNET, snap_length: 0, fcs_length, comment: None };
        let mut writer = Writer::new(Vec::new(), &[interface], "test").unwrap();
        let mut reader = Reader::new(&packets[..]).unwrap();
        while let Some(packet) = reader.next_packet().unwrap() {
            let data = [packet.data, &[0; 4]].concat();
            writer.packet(0, Timestamp(packet.time.0), data.len() as u32, &data, None).unwrap();
        }
        folder.file("a.pcapng", &writer.finish().unwrap());
        folder.run(&["inspect", "a.pcapng", "--out", "b.pcapng"]).ok();
        let kept = fs::read(folder.path().join("b.pcapng")).unwrap();
        let mut reader = Reader::new(&kept[..]).unwrap();
        assert!(reader.next_packet().unwrap().is_some());
        assert_eq!(reader.interfaces()[0].fcs_length, fcs_length);
    }
}

#[test]
#[cfg(unix)]
fn no_output_overwrites_the_capture_or_another_output() {
    let folder = Folder::new();
    let capture = response("Content-Length: 0\r\n", b"");
    folder.file("a.pcapng", &capture);
    std::os::unix::fs::symlink("a.pcapng", folder.path().join("soft")).unwrap();
    fs::hard_link(folder.path().join("a.pcapng"), folder.path().join("hard")).unwrap();
    let mut refused = vec![
        vec!["inspect", "a.pcapng", "--out", "soft"],
        vec!["inspect", "soft", "--out", "hard"],
        vec!["inspect", "--watch", "hard", "--out", "./a.pcapng"],
        vec!["draw", "osi", "a.pcapng", "--out", "hard"],
    ];
    if cfg!(target_os = "linux") {
        refused.extend([
            vec!["trace", "--save", "new", "--log", "./new", "--", "true"],
            vec!["trace", "--save", "soft", "--log", "hard", "--", "true"],
            vec!["trace", "--log", "soft", "--out", "a.pcapng", "--", "true"],
            vec!["capture", "-i", "lo", "--save", "soft", "--out", "hard"],
        ]);
    }
    for arguments in refused {
        let ran = folder.run(&arguments);
        assert!(matches!(ran.status, Some(2 | 125)), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("would overwrite") || ran.err.contains("are the same file"), "{}", ran.err);
        assert_eq!(fs::read(folder.path().join("a.pcapng")).unwrap(), capture, "{arguments:?}");
    }
}
