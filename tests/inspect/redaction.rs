//! `--redact`: what must not be seen is nowhere, and what is written says the same as what is shown.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::common::{self, Capture, Folder, frame};

/// What must never be seen of a capture that is redacted.
const SECRET: &str = "hunter2hunter2";

fn upgrade(target: &str, extensions: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: chat.example:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extensions}\r\n"
    )
}

fn switched(extensions: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{extensions}\r\n"
    )
}

/// A capture in which everything secret says so.
fn secrets() -> Capture {
    let mut capture = Capture::new();
    let body = format!("{{\"password\": \"{SECRET}\"}}");
    let request = format!(
        "POST http://me:{SECRET}@a.example/login?token={SECRET}&next#{SECRET} HTTP/1.1\r\nHost: a.example\r\n\
        authorization: Bearer {SECRET}\r\nProxy-Authorization: Basic {SECRET}\r\nCookie: id={SECRET};\r\n {SECRET}\r\n\
        {SECRET}\r\nReferer: http://a.example/?k={SECRET}\r\nTransfer-Encoding: chunked\r\n\r\n\
        {:x}\r\n{body}\r\n0\r\nSet-Cookie: {SECRET}\r\nX-Any: trailer\r\nAge: 7\r\n\r\n",
        body.len()
    );
    let response = format!(
        "HTTP/1.1 302 Found\r\nSet-Cookie: id={SECRET}; HttpOnly\r\nLocation: /home?session={SECRET}\r\n\
        Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{SECRET}",
        SECRET.len()
    );
    let (first, second) = request.split_at(70);
    capture
        .connect(40_000)
        .client(first.as_bytes())
        .client(second.as_bytes())
        .server(response.as_bytes())
        .client(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        .server(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{SECRET}\r\n0\r\n\r\n").as_bytes())
        .close();
    let reason = [&[3, 232], SECRET.as_bytes()].concat();
    capture
        .connect(40_001)
        .client(upgrade(&format!("/chat?ticket={SECRET}"), "").as_bytes())
        .server(switched("").as_bytes())
        .client(&frame(0x81, SECRET.as_bytes(), true))
        .server(&frame(0x82, SECRET.as_bytes(), false))
        .server(&frame(0x89, SECRET.as_bytes(), false))
        .client(&frame(0x88, &reason, true))
        .close();
    // Nobody knows what this is.
    capture.connect(40_002).client(format!("LOGIN {SECRET}\r\n").as_bytes()).close();
    capture.packet(common::udp(SECRET.as_bytes()));
    // And all of it sent again.
    let again = capture.only(|packet| packet.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()));
    for packet in again {
        capture.packet(packet);
    }
    capture
}

#[test]
fn a_secret_is_nowhere_in_what_is_redacted() {
    let folder = Folder::new();
    folder.file("secrets.pcapng", &secrets().bytes());
    let hex: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let (spaced, hex) = (hex[..4].join(" "), hex.concat());
    let (piece, hex_piece) = (&SECRET[..7], &hex[..14]);
    let views = [
        &[][..],
        &["--json"],
        &["--layers", "--hex", "--ladder"],
        &["--connection", "0", "--layers", "--hex"],
        &["--connection", "1", "--layers", "--hex", "--ladder"],
        &["--exchange", "0.0", "--layers", "--hex"],
        &["--packet", "4", "--hex"],
        &["--follow", "0"],
        &["--follow", "1"],
        &["--problems"],
        &["--out", "out.pcapng", "--json"],
    ];
    for view in views {
        let arguments = [&["inspect", "secrets.pcapng"], view].concat();
        let open = folder.run(&arguments).ok();
        let redacted = folder.run(&[&arguments[..], &["--redact"]].concat()).ok();
        for leak in [piece, hex_piece, &spaced] {
            assert!(!redacted.contains(leak), "{view:?}: {leak} in {redacted}");
        }
        if !view.contains(&"--problems") {
            assert!(open.contains(piece), "{view:?}: {open}");
        }
    }
    let file = std::fs::read(folder.path().join("out.pcapng")).unwrap();
    assert!(!file.windows(piece.len()).any(|bytes| bytes == piece.as_bytes()));
    // Masked, it would hide from the search: the frames are looked at, too.
    let kept = folder.run(&["inspect", "out.pcapng", "--json"]).ok();
    assert!(!kept.contains(piece) && !kept.contains(hex_piece), "{kept}");
}

#[test]
fn what_is_redacted_keeps_its_lengths_and_its_meaning() {
    let folder = Folder::new();
    folder.file("secrets.pcapng", &secrets().bytes());
    folder.run(&["inspect", "secrets.pcapng", "--redact", "--out", "out.pcapng"]).ok();
    let lines = |arguments: &[&str]| records_of(&folder.run(arguments).ok());
    let blanked = lines(&["inspect", "secrets.pcapng", "--json", "--redact"]);
    let written = lines(&["inspect", "out.pcapng", "--json"]);
    let of = |kind: &str, lines: &[Value]| -> Vec<Value> {
        lines.iter().filter(|line| line["type"] == kind).map(|line| unnumbered(line.clone())).collect()
    };
    for kind in ["exchange", "frame", "message", "connection"] {
        assert_eq!(of(kind, &blanked), of(kind, &written), "{kind}");
    }
    let codes = |lines: &[Value]| -> Vec<Value> {
        let problems = lines.iter().filter(|line| line["type"] == "problem");
        problems.map(|line| line["data"]["code"].clone()).collect()
    };
    assert_eq!(codes(&blanked), codes(&written));
    let exchange = &of("exchange", &blanked)[0]["data"];
    assert_eq!(exchange["request"]["trailers"][1]["value"], "*******");
    assert_eq!(exchange["request"]["trailers"][2]["value"], "7");
    assert_eq!(exchange["response"]["body"], "*".repeat(SECRET.len()));
}

fn records_of(out: &str) -> Vec<Value> {
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..lines.len() - 1].to_vec()
}

/// A record without packet numbers and that of its connection, which change where packets are left out.
fn unnumbered(mut record: Value) -> Value {
    match &mut record {
        Value::Object(keys) => {
            for (key, value) in keys.iter_mut() {
                if ["first_packet", "last_packet", "packet", "id", "because", "connection"].contains(&key.as_str()) {
                    *value = Value::Null;
                } else {
                    *value = unnumbered(value.take());
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                *value = unnumbered(value.take());
            }
        }
        _ => {}
    }
    record
}

/// A request or a response whose body is cut into chunks of that length, and followed by a trailer.
fn chunked(start: &str, body: &[u8], chunk: usize) -> Vec<u8> {
    let fields = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum";
    let mut message = format!("{start}\r\n{fields}\r\n\r\n").into_bytes();
    for (index, chunk) in body.chunks(chunk).enumerate() {
        let extension = if index == 1 { ";sig=abc" } else { "" };
        message.extend(format!("{:x}{extension}\r\n", chunk.len()).bytes());
        message.extend([chunk, b"\r\n"].concat());
    }
    message.extend(b"0\r\nX-Sum: 7\r\n\r\n");
    message
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body).unwrap();
    gzip.finish().unwrap()
}

/// A message as permessage-deflate has it, with what the messages before it had.
fn deflated(compress: &mut Compress, text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(200);
    compress.compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Sync).unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes
}

/// A site of everything: bodies coded and in chunks, messages compressed and in fragments, what is forbidden, and what is cut off.
fn site(words: &[String], chunk: usize) -> Capture {
    let mut capture = Capture::new();
    let body = words.join(" ");
    let coding = "\r\nContent-Encoding: gzip";
    let (form, page) = (gzip(body.as_bytes()), gzip(body.repeat(3).as_bytes()));
    capture
        .connect(40_000)
        .client(&chunked(&format!("POST /api/form HTTP/1.1\r\nHost: api.example{coding}"), &form, chunk))
        .server(&chunked(&format!("HTTP/1.1 200 OK{coding}"), &page, chunk))
        .client(b"GET /api/none HTTP/1.1\r\nHost: api.example\r\n\r\n")
        .server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
        .close();
    let extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let [mut client, mut server] = [(); 2].map(|()| Compress::new(Compression::default(), false));
    let mut talk = capture.connect(40_001);
    talk.client(upgrade("/chat", extension).as_bytes()).server(switched(extension).as_bytes());
    for word in words {
        talk.client(&frame(0xc1, &deflated(&mut client, word), true));
        let said = deflated(&mut server, word);
        let (first, rest) = said.split_at(said.len() / 2);
        talk.server(&frame(0x42, first, false)).server(&frame(0x89, b"there?", false));
        talk.server(&frame(0x80, rest, false));
        // Not compressed, though it could be.
        let (first, rest) = word.as_bytes().split_at(3);
        talk.client(&frame(0x02, first, true)).client(&frame(0x80, rest, true));
    }
    talk.client(&frame(0x88, b"\x03\xe8over", true)).close();
    // What no client may send, and a close code that nobody has.
    let mut talk = capture.connect(40_002);
    talk.client(upgrade("/chat", "").as_bytes()).server(switched("").as_bytes());
    talk.client(&frame(0x81, &body.as_bytes()[..20], false)).server(&frame(0x82, b"\xca\xfe", false));
    talk.client(&frame(0x88, &[3, 1], true)).close();
    // A request without the field Host, and a body that breaks off.
    let mut talk = capture.connect(40_003);
    talk.client(b"PUT /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nmine");
    talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nand then").close();
    // Two lengths, and more than either.
    let mut talk = capture.connect(40_004);
    talk.client(b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhidden");
    talk.server(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").close();
    capture
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_kept_has_the_records_that_the_filter_shows_problems_and_all(
        filter in prop::sample::select(vec![
            None, Some(["--host", "api.example"]), Some(["--port", "40001"]), Some(["--status", "4xx"]), Some(["--path", "/*"]),
            Some(["--opcode", "text"]), Some(["--contains", "a"]), Some(["--direction", "server"]), Some(["--method", "GET"]),
        ]),
        words in prop::collection::vec("[a-z]{8,30}", 3..6),
        chunk in 5..40_usize,
        moves in prop::collection::vec((any::<Index>(), any::<Index>()), 0..4),
        redact: bool,
    ) {
        // Blanked text is not found again.
        prop_assume!(!redact || filter != Some(["--contains", "a"]));
        let mut packets = site(&words, chunk).only(|_| true);
        for (from, to) in moves {
            let (from, to) = (from.index(packets.len()), to.index(packets.len()));
            let packet = packets.remove(from);
            packets.insert(to, packet);
        }
        let mut capture = Capture::new();
        for packet in packets {
            capture.packet(packet);
        }
        let folder = Folder::new();
        folder.file("all.pcapng", &capture.bytes());
        let filter = filter.as_ref().map_or(&[][..], |filter| filter);
        let redacting = if redact { &["--redact"][..] } else { &[] };
        let shown = folder.run(&[&["inspect", "all.pcapng", "--json", "--out", "kept.pcapng"], filter, redacting].concat());
        let kept = folder.run(&[&["inspect", "kept.pcapng", "--json"], filter].concat());
        prop_assert!(!records_of(&shown.out).is_empty(), "{}", shown.err);
        // Where the next frame begins after a hole is guessed from the bytes, and blanked bytes look like others.
        prop_assume!(!redact || !shown.out.contains("\"missing-bytes\""));
        let mut counts = BTreeMap::new();
        for (out, sign) in [(&shown.out, 1), (&kept.out, -1)] {
            for mut record in records_of(out) {
                // In the file, the blanked bytes of a compressed message say how long it was; and no problem that's shown quotes
                // anything, not even lengths.
                let aside = match record["type"].as_str() {
                    Some("frame") => &["payload", "payload_hex"][..],
                    Some("problem") => &["text"],
                    _ => &[],
                };
                for key in aside.iter().filter(|_| redact) {
                    record["data"][*key] = Value::Null;
                }
                *counts.entry(unnumbered(record).to_string()).or_insert(0) += sign;
            }
        }
        counts.retain(|_, count| *count != 0);
        prop_assert!(counts.is_empty(), "{counts:#?}");
    }
}
