//! Captures that are made to break their reader: each costs bounded memory, and is answered with a problem or an error that says
//! what it is.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use super::common::program::Ran;
use super::common::{Capture, Folder, SYN, ethernet, frame, ipv4};
use flate2::{Compress, Compression, FlushCompress};

/// All the memory that a run may have, in KiB, program and stack included: what the system enforces is the address space.
const MEMORY: u32 = 64 << 10;

const UPGRADE: [&[u8]; 2] = [
    b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
];

/// Runs the program with no more memory than [`MEMORY`], where the system can see to that.
fn bounded(folder: &Folder, arguments: &[&str]) -> Ran {
    if cfg!(not(target_os = "linux")) {
        return folder.run(arguments);
    }
    let program = folder.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -v {MEMORY} && exec \"$0\" \"$@\"")]).arg(program.get_program());
    shell.args(arguments).current_dir(folder.path()).env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    Ran::new(shell.output().unwrap())
}

/// The number in a line of the summary.
#[track_caller]
fn count(summary: &str, name: &str) -> u64 {
    let line =
        summary.lines().find(|line| line.trim().starts_with(name)).unwrap_or_else(|| panic!("{name}: {summary}"));
    line.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// DEFLATE of so many mebibytes of zeros, in blocks that refer to nothing before them.
fn zeros(mebibytes: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false).compress_vec(&vec![0; 1 << 20], &mut block, FlushCompress::Sync).unwrap();
    block.repeat(mebibytes)
}

fn exchange(folder: &Folder, name: &str, response: &[u8]) {
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    response.chunks(60_000).for_each(|piece| {
        talk.server(piece);
    });
    talk.close();
    folder.file(name, &capture.bytes());
}

#[test]
fn a_gzip_bomb_of_more_than_a_gibibyte_is_said_to_be_one() {
    let folder = Folder::new();
    let body = [&b"\x1f\x8b\x08\0\0\0\0\0\0\xff"[..], &zeros((1 << 10) + 1)].concat();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    exchange(&folder, "bomb.pcapng", &[head.as_bytes(), &body].concat());
    let out = bounded(&folder, &["inspect", "bomb.pcapng", "--problems"]).ok();
    assert!(out.contains("coding-does-not-decode"), "{out}");
    assert!(out.split_whitespace().collect::<Vec<_>>().join(" ").contains("more than 1 GiB"), "{out}");
}

#[test]
fn a_message_that_inflates_without_end_is_said_to_be_one() {
    let folder = Folder::new();
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(UPGRADE[0]).server(UPGRADE[1]);
    let message = zeros(300);
    let header = [&[0xc2, 127][..], &(message.len() as u64).to_be_bytes()].concat();
    [header, message].concat().chunks(60_000).for_each(|piece| {
        talk.server(piece);
    });
    folder.file("bomb.pcapng", &capture.bytes());
    let out = bounded(&folder, &["inspect", "bomb.pcapng", "--problems"]).ok();
    assert!(out.contains("message-does-not-inflate"), "{out}");
    assert!(out.split_whitespace().collect::<Vec<_>>().join(" ").contains("more than 256 MiB"), "{out}");
}

#[test]
fn what_a_bomb_makes_is_shown_in_bounded_memory() {
    let folder = Folder::new();
    // 96 MiB each, more than the program may have.
    let body = [&b"\x1f\x8b\x08\0\0\0\0\0\0\xff"[..], &zeros(96)].concat();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    exchange(&folder, "body.pcapng", &[head.as_bytes(), &body].concat());
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(UPGRADE[0]).server(UPGRADE[1]);
    let message = zeros(96);
    let header = [&[0xc2, 127][..], &(message.len() as u64).to_be_bytes()].concat();
    [header, message].concat().chunks(60_000).for_each(|piece| {
        talk.server(piece);
    });
    folder.file("message.pcapng", &capture.bytes());
    for (file, name) in [("body.pcapng", "Decoded body of the response"), ("message.pcapng", "Inflated message 0")] {
        let views: [&[&str]; 4] =
            [&["--packet", "6", "--hex"], &["--hex"], &["--layers"], &["--connection", "0", "--hex"]];
        for view in views {
            let out = bounded(&folder, &[&["inspect", file], view].concat()).ok();
            if view.contains(&"--hex") {
                let shown = out.split_once(name).unwrap_or_else(|| panic!("{view:?}")).1;
                assert!(shown.contains("Shown: 65 536 bytes") && shown.contains("left out"), "{view:?}");
            }
        }
    }
}

#[test]
fn a_message_of_100_mib_fits_in_bounded_memory() {
    let folder = Folder::new();
    let length = 100_u64 << 20;
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(UPGRADE[0]).server(UPGRADE[1]);
    talk.server(&[&[0x81, 127][..], &length.to_be_bytes()].concat());
    let piece = vec![b'x'; 1 << 14];
    for _ in 0..length >> 14 {
        talk.server(&piece);
    }
    talk.server(&frame(0x88, b"\x03\xe8", false)).client(&frame(0x88, b"\x03\xe8", true)).close();
    folder.file("long.pcapng", &capture.bytes());
    let summary = bounded(&folder, &["inspect", "long.pcapng", "--summary"]).ok();
    assert_eq!((count(&summary, "WebSocket messages"), count(&summary, "Problems")), (1, 0));
    let json = bounded(&folder, &["inspect", "long.pcapng", "--json"]).ok();
    let message = json.lines().find(|line| line.starts_with(r#"{"type":"message""#)).expect("the message is there");
    assert!(
        message.contains(&format!(r#""payload_bytes":{length}"#)) && message.contains(r#""payload_truncated":true"#)
    );
    let overview = bounded(&folder, &["inspect", "long.pcapng"]).ok();
    assert!(overview.contains("104,857,600") || overview.contains("104 857 600"), "{overview}");
}

/// Writes packets as pcap, without keeping them.
fn pcap(path: &Path, packets: impl Iterator<Item = Vec<u8>>) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    file.write_all(b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0").unwrap();
    for (time, data) in (0_u32..).zip(packets) {
        let length = data.len() as u32;
        file.write_all(
            [1_700_000_000 + time / 1_000_000, time % 1_000_000, length, length].map(u32::to_le_bytes).as_flattened(),
        )
        .unwrap();
        file.write_all(&data).unwrap();
    }
    file.flush().unwrap();
}

fn segment(from: u32, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let port = (from as u16).to_be_bytes();
    let mut tcp =
        [&port[..], &[0, 80], &sequence.to_be_bytes(), &[0; 4], &[0x50, flags, 0xff, 0xff, 0, 0, 0, 0]].concat();
    tcp.extend(payload);
    let mut packet = ethernet(0x0800, &ipv4(6, [1, 2], &tcp));
    // More clients than a network of them has ports.
    packet[28] = (from >> 16) as u8;
    packet
}

#[test]
fn connections_of_one_packet_are_forgotten_the_oldest_first_and_counted() {
    let folder = Folder::new();
    let many = 200_000;
    pcap(&folder.path().join("flood.pcap"), (0..many).map(|from| segment(from, 1, SYN, b"")));
    let summary = bounded(&folder, &["inspect", "flood.pcap", "--summary"]).ok();
    assert_eq!(count(&summary, "TCP connections"), u64::from(many));
    let forgotten = count(&summary, "forgotten");
    assert!((1..u64::from(many)).contains(&forgotten), "{summary}");
}

#[test]
fn a_connection_of_holes_is_told_by_its_gaps() {
    let folder = Folder::new();
    let many = 50_000;
    let holes = (0..many).map(|index| segment(1, 2 + 2 * index, 16, b"x"));
    pcap(&folder.path().join("holes.pcap"), std::iter::once(segment(1, 0, SYN, b"")).chain(holes));
    let summary = bounded(&folder, &["inspect", "holes.pcap", "--summary"]).ok();
    assert_eq!(count(&summary, "TCP connections"), 1);
    assert_eq!(count(&summary, "Problems"), u64::from(many), "each hole is one");
}

#[test]
fn a_frame_that_claims_2_to_the_63_bytes_is_told() {
    let folder = Folder::new();
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_000);
    talk.client(UPGRADE[0]).server(UPGRADE[1]);
    talk.server(b"\x82\x7f\x80\0\0\0\0\0\0\0abc");
    folder.file("long.pcapng", &capture.bytes());
    let out = bounded(&folder, &["inspect", "long.pcapng", "--problems"]).ok();
    assert!(out.contains("length-too-large"), "{out}");
}

#[test]
fn a_header_section_without_end_is_told() {
    let folder = Folder::new();
    let fields = b"A: b\r\n".repeat(1 << 20);
    exchange(&folder, "fields.pcapng", &[b"HTTP/1.1 200 OK\r\n", &fields[..]].concat());
    let out = bounded(&folder, &["inspect", "fields.pcapng", "--problems"]).ok();
    assert!(out.contains("headers-too-long"), "{out}");
}

#[test]
fn tunnels_in_tunnels_have_an_end_that_is_told() {
    let folder = Folder::new();
    let inner = (0..40).fold(ipv4(6, [1, 2], &[0; 20]), |inner, _| ipv4(4, [1, 2], &inner));
    pcap(&folder.path().join("deep.pcap"), std::iter::once(ethernet(0x0800, &inner)));
    let out = bounded(&folder, &["inspect", "deep.pcap", "--problems"]).ok();
    assert!(out.contains("damaged-packet") && out.contains("no further header"), "{out}");
}

#[test]
fn a_block_that_claims_4_gib_is_an_error_that_says_so() {
    let folder = Folder::new();
    let mut capture = Capture::new();
    capture.connect(1);
    let block = [&6_u32.to_le_bytes()[..], &0xffff_fffc_u32.to_le_bytes(), &[0; 64]].concat();
    folder.file("block.pcapng", &[capture.bytes(), block].concat());
    let (out, error) = bounded(&folder, &["inspect", "block.pcapng", "--summary"]).failed();
    assert_eq!(count(&out, "Packets"), 3);
    assert!(error.contains("4 294 967 292"), "{error}");
}
