//! What stands in no packet as it is: inflated messages, decoded bodies, unmasked payloads, shown below a packet that they were
//! made from.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::common::{Capture, Folder, frame};

/// What `--packet` says of derived streams: everything below the packet's own fields.
fn below_packet(folder: &Folder, file: &str, number: &str, width: &str) -> String {
    let out = folder.run(&["inspect", file, "--packet", number, "--hex", "--width", width]).ok();
    let names = ["Datagram ", "Dechunked ", "Decoded ", "Unmasked ", "Inflated "];
    let is_name = |line: &&str| names.iter().any(|name| line.starts_with(name));
    let first = out.lines().position(|line| is_name(&line)).unwrap_or_else(|| panic!("nothing derived: {out}"));
    out.lines().skip(first).collect::<Vec<_>>().join("\n")
}

fn compression() -> Folder {
    let folder = Folder::new();
    folder.file("compression.pcapng", include_bytes!("../../captures/compression.pcapng"));
    folder
}

#[test]
fn a_compressed_message_is_opened_below_its_packet() {
    let folder = compression();
    insta::assert_snapshot!("inflated_80", below_packet(&folder, "compression.pcapng", "30", "80"));
    insta::assert_snapshot!("inflated_120", below_packet(&folder, "compression.pcapng", "30", "120"));
}

#[test]
fn a_masked_message_is_unmasked_and_then_inflated() {
    insta::assert_snapshot!("unmasked_80", below_packet(&compression(), "compression.pcapng", "29", "80"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// A page in two chunks and two packets, coded with gzip.
fn page() -> Folder {
    let page = b"<!doctype html>\n<title>Wire</title>\n<p>This paragraph was sent as gzip, in two chunks.\n".repeat(2);
    let sent = gzip(&page);
    let (one, two) = sent.split_at(40);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let chunk = |chunk: &[u8]| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
    let folder = Folder::new();
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
    talk.server(&[head.as_bytes(), &chunk(one)].concat()).server(&[&chunk(two)[..], b"0\r\n\r\n"].concat()).close();
    folder.file("page.pcapng", &capture.bytes());
    folder
}

#[test]
fn a_gzip_body_is_opened_below_its_packets() {
    let folder = page();
    insta::assert_snapshot!("decoded_80", below_packet(&folder, "page.pcapng", "5", "80"));
    // Either packet shows all of it.
    assert_eq!(below_packet(&folder, "page.pcapng", "6", "80"), below_packet(&folder, "page.pcapng", "5", "80"));
}

#[test]
fn what_several_packets_made_is_shown_once() {
    let out = page().run(&["inspect", "page.pcapng", "--hex", "--width", "80"]).ok();
    let count = |what: &str| out.lines().filter(|line| line.starts_with(what)).count();
    assert_eq!((count("Dechunked body"), count("Decoded body"), count("Bytes of packet 6")), (1, 1, 1), "{out}");
    let at = |what: &str| out.find(what).unwrap();
    assert!(at("Bytes of packet 6") < at("Decoded body") && at("Decoded body") < at("Bytes of packet 7"), "{out}");
}

#[test]
fn what_is_made_is_not_shown_of_what_was_redacted() {
    let out = page().run(&["inspect", "page.pcapng", "--packet", "5", "--hex", "--redact", "--width", "80"]).ok();
    assert!(out.contains("Dechunked body") && !out.contains("Decoded body") && !out.contains("paragraph"), "{out}");
    let folder = Folder::new();
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(
        b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    talk.server(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    );
    talk.client(&frame(0x81, b"my secret", true)).close();
    folder.file("chat.pcapng", &capture.bytes());
    let of = |more: &[&str]| folder.run(&[&["inspect", "chat.pcapng", "--packet", "6", "--hex"], more].concat()).ok();
    assert!(of(&[]).contains("my secret"));
    assert!(!of(&["--redact"]).contains("my secret"));
}
