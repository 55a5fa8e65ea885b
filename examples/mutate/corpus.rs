//! What is mutated: what the lessons put on the wire, and a few conversations that no lesson has.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use wire101::lesson::{catalogue, demos};
use wire101::wire::Settings;

use super::segments::End::{self, Client, Server};
use super::segments::Segments;

/// How many packets of a recording are taken: enough for a handshake and what follows, and soon read.
const MOST_PACKETS: usize = 24;

/// Ethernet packets, in order.
pub type Packets = Vec<Vec<u8>>;

/// All captures: the beginning of each lesson's sides, and of what else is spoken.
pub fn captures() -> Vec<Packets> {
    let mut captures: Vec<Packets> = Vec::new();
    for lesson in catalogue::all() {
        let Some(demo) = demos::demo(lesson.name) else { continue };
        let recordings = demo.record(&Settings::default()).expect("a lesson on the virtual wire can be recorded");
        for recording in recordings {
            let packets = recording.packets.into_iter().map(|packet| packet.data);
            captures.push(packets.filter(|data| !is_arp(data)).take(MOST_PACKETS).collect());
        }
    }
    captures.extend(conversations().iter().map(|said| conversation(said)));
    captures
}

fn is_arp(packet: &[u8]) -> bool {
    packet.get(12..14) == Some(&[8, 6])
}

/// The packets of a connection on which that is said.
fn conversation(said: &[(End, Vec<u8>)]) -> Packets {
    let mut packets = Packets::new();
    let mut take = |packet: &[u8]| packets.push(packet.to_vec());
    let mut segments = Segments::new(0);
    segments.open(&mut take);
    for (from, bytes) in said {
        segments.say(*from, bytes, &mut take);
    }
    segments.close(&mut take);
    packets
}

fn conversations() -> Vec<Vec<(End, Vec<u8>)>> {
    let get = || (Client, b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n".to_vec());
    let response = |fields: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{fields}\r\n\r\n", body.len());
        (Server, [head.as_bytes(), body].concat())
    };
    let chunked = |body: &[u8]| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nTrailer: a\r\n\r\n";
        let size = format!("{:x};name=value\r\n", body.len());
        (Server, [&head[..], size.as_bytes(), body, b"\r\n0\r\nA: b\r\n\r\n"].concat())
    };
    let text = b"to be, or not to be, that is the question ".repeat(20);
    let connect = (Client, b"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n".to_vec());
    vec![
        vec![get(), response("Content-Encoding: gzip", &gzip(&text)), get(), chunked(&gzip(&text))],
        vec![get(), response("Content-Encoding: zstd", &zstd(&text)), get(), response("Content-Encoding: br", BROTLI)],
        vec![get(), response("Content-Type: text/html; charset=utf-16", b"\xff\xfea\0b\0"), get(), response("", &text)],
        vec![
            connect,
            (Server, b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
            (Client, client_hello()),
            (Server, server_hello()),
        ],
        vec![(Client, client_hello()), (Server, server_hello())],
        vec![
            (Client, b"\x05\x02\x00\x02".to_vec()),
            (Server, b"\x05\x02".to_vec()),
            (Client, b"\x01\x04user\x04pass".to_vec()),
            (Server, b"\x01\x00".to_vec()),
            (Client, b"\x05\x01\x00\x03\x07example\x00\x50".to_vec()),
            (Server, b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50".to_vec()),
            get(),
            response("", b"hello"),
        ],
        vec![
            (Client, b"\x04\x01\x00\x50\x00\x00\x00\x01user\x00host\x00".to_vec()),
            (Server, b"\x00Z\x00P\x7f\0\0\x01".to_vec()),
        ],
        vec![(Client, [b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n", &get().1[..]].concat()), response("", b"x")],
        vec![(Client, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec())],
        vec![(Server, b"SSH-2.0-OpenSSH_10.0\r\n".to_vec()), (Client, b"SSH-2.0-x\r\n".to_vec())],
        vec![(Client, b"GET /simple\r\n".to_vec()), (Server, b"<p>HTTP/0.9".to_vec())],
        vec![
            (Client, b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
            (Server, b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            (Client, b"5\r\nhello\r\n0\r\n\r\n".to_vec()),
            (Server, b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end".to_vec()),
        ],
    ]
}

/// "hello, hello, hello, hello", as brotli has it.
const BROTLI: &[u8] = b"\x1b\x19\x00\x00\xa4\xb0\xb2\xea\x81\x47\x04\x8a\x2c\x00";

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory can be written to")
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn client_hello() -> Vec<u8> {
    let name = b"\0\0\0\x10\0\x0e\0\0\x0bexample.com";
    let alpn = b"\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1";
    let versions = b"\0\x2b\0\x03\x02\x03\x04";
    let extensions = [&name[..], alpn, versions].concat();
    let random = [7; 32];
    let rest = [&b"\0\0\x02\x13\x01\x01\0"[..], &(extensions.len() as u16).to_be_bytes(), &extensions].concat();
    hello(1, &[&b"\x03\x03"[..], &random, &rest].concat())
}

fn server_hello() -> Vec<u8> {
    hello(2, &[&b"\x03\x03"[..], &[9; 32], b"\0\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04"].concat())
}

fn hello(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16).to_be_bytes();
    let record = (body.len() as u16 + 4).to_be_bytes();
    [&[22, 3, 1][..], &record, &[kind, 0], &length, body].concat()
}
