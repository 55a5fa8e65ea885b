//! What is redacted: a secret that stands anywhere in a capture is nowhere in what is shown or written of it, and what is
//! shown is as useful as before.

use std::collections::BTreeMap;
use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;
use serde_json::Value;

use super::common::{ACK, Capture, Folder, ethernet, frame, ipv4, udp};
use wire101::layers::application::websocket::handshake::accept;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A secret as tokens are: letters of both cases and digits.
fn secrets() -> impl Strategy<Value = String> {
    "[a-z]{2}[0-9]{2}[A-Z]{2}[a-zA-Z0-9]{5}[0-9][a-z][A-Z]"
}

/// The name of a field that nobody registered.
fn names() -> impl Strategy<Value = String> {
    "X-[A-Z][a-z]{2,9}(-[A-Z][a-z]{2,9}){0,2}"
}

fn request(line: &str, fields: &[String]) -> String {
    [&[line.to_owned(), "Host: www.example".to_owned()], fields, &[String::new(), String::new()]].concat().join("\r\n")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::none());
    coder.write_all(text.as_bytes()).unwrap();
    coder.finish().unwrap()
}

/// What permessage-deflate makes of a message (RFC 7692 §7.2.1), the text in it as it is.
fn deflated(text: &str) -> Vec<u8> {
    let mut coder = DeflateEncoder::new(Vec::new(), Compression::none());
    coder.write_all(text.as_bytes()).unwrap();
    coder.flush().unwrap();
    let mut bytes = coder.get_ref().clone();
    bytes.truncate(bytes.len() - 4);
    bytes
}

/// Request fields in which a secret may stand.
fn fields(name: &str, s: &str) -> Vec<String> {
    let basic = BASE64_STANDARD.encode(format!("ada:{s}"));
    vec![
        format!("{name}: {s}"),
        format!("Authorization: Basic {basic}"),
        format!("Cookie: id={s}; {s}=1"),
        format!("Origin: https://{s}@www.example"),
        format!("Referer: https://me:{s}@www.example/{s}?q={s}#{s}"),
        format!("Destination: http://www.example/{s};{s}=2"),
        format!("X-Original-URL: /?{s}"),
        format!("SourceMap: /maps/{s}.map"),
        format!("User-Agent: app/1.0 ({s})"),
        format!("Accept: text/html;level={s}, application/{s}"),
        format!("Accept-Language: {s}"),
        format!("Cache-Control: {s}"),
        format!("If-None-Match: W/\"{s}\""),
        format!("If-Modified-Since: {s}"),
        format!("Content-Type: multipart/form-data; boundary={s}"),
        format!("Content-Disposition: form-data; filename={s}"),
        format!("Connection: keep-alive, {s}"),
        format!("TE: {s}"),
        format!("Sec-WebSocket-Protocol: mqtt, {s}"),
        format!("Forwarded: for={s}"),
        format!("{s}: in a name"),
        format!("without a colon {s}"),
        format!("Accept-Charset: utf-8,\r\n {s}"),
    ]
}

/// Exchanges: every place of HTTP in which a secret may stand.
fn http(capture: &mut Capture, name: &str, s: &str) {
    let mut talk = capture.connect(40_000);
    talk.client(request(&format!("GET /bot{s}/send?token={s}&{s}=1#{s} HTTP/1.1"), &fields(name, s)).as_bytes());
    talk.server(
        format!(
            "HTTP/1.1 302 {s}\r\nSet-Cookie: {s}={s}; Path=/{s}; HttpOnly; {s}\r\nLocation: //me:{s}@www.example/{s}?{s}\r\n\
             ETag: \"{s}\"\r\nServer: nginx/1.26.2 {s}\r\nWWW-Authenticate: Basic realm={s}\r\nContent-Length: {}\r\n\r\n{s}",
            s.len()
        )
        .as_bytes(),
    );
    // In chunks, their extensions and a trailer; and the secret over two chunks and two segments.
    let (one, two) = s.split_at(7);
    talk.client(format!("POST /api HTTP/1.1\r\nHost: {s}@www.example\r\nTransfer-Encoding: chunked\r\n\r\n7;{s}={s}\r\n{one}\r\n{:x}", two.len()).as_bytes());
    talk.client(format!("\r\n{two}\r\n0\r\n{name}: {s}\r\nAge: 7\r\n\r\n").as_bytes());
    let coded = gzip(&s.repeat(3));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", coded.len());
    talk.server(&[head.as_bytes(), &coded[..9]].concat()).server(&coded[9..]);
    // A body that doesn't decode, and bytes that follow it.
    talk.client(request("GET /again HTTP/1.1", &[]).as_bytes());
    talk.server(
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{s}{s}\r\n", s.len())
            .as_bytes(),
    );
    talk.close();
    // What is no method, and a client that speaks something else.
    capture
        .connect(40_001)
        .client(request(&format!("{s} /x HTTP/1.1"), &[]).as_bytes())
        .server(b"HTTP/1.1 405 No\r\n\r\n")
        .close();
    capture
        .connect(40_002)
        .client(format!("LOGIN {s}\r\n").as_bytes())
        .server(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        .close();
    capture.connect(40_003).client(request(&format!("CONNECT {s}:443 HTTP/1.1"), &[]).as_bytes()).close();
    let hello = [b"\x16\x03\x01\0\x40\x01\0\0\x3c\x03\x03", s.repeat(4).as_bytes()].concat();
    capture.connect(40_004).client(&hello).close();
    capture.connect(40_005).server(format!("SSH-2.0-{s}\r\n").as_bytes()).close();
    capture
        .connect(40_006)
        .client(format!("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /{s} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes())
        .close();
}

/// Frames of every kind.
fn websocket(capture: &mut Capture, s: &str) {
    let mut talk = capture.connect(41_000);
    talk.client(
        request(
            &format!("GET /chat?ticket={s} HTTP/1.1"),
            &[
                "Upgrade: websocket".into(),
                "Connection: Upgrade".into(),
                "Sec-WebSocket-Version: 13".into(),
                format!("Sec-WebSocket-Key: {KEY}"),
                format!("Sec-WebSocket-Protocol: {s}"),
                format!("Sec-WebSocket-Extensions: permessage-deflate; {s}=1, x-{s}"),
            ],
        )
        .as_bytes(),
    );
    let other: String = s.chars().rev().collect();
    talk.server(
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\
             Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: {other}\r\n\r\n",
            accept(KEY.as_bytes())
        )
        .as_bytes(),
    );
    let grown = format!("{s}é");
    let (one, two) = grown.as_bytes().split_at(grown.len() - 1);
    talk.client(&frame(0x81, s.as_bytes(), true)).server(&frame(0x82, s.as_bytes(), false));
    talk.server(&frame(0x01, one, false)).server(&frame(0x89, s.as_bytes(), false)).server(&frame(0x80, two, false));
    talk.client(&frame(0x8a, s.as_bytes(), true)).client(&frame(0x02, s.as_bytes(), true)).client(&frame(
        0x80,
        s.as_bytes(),
        true,
    ));
    talk.server(&frame(0xc1, &deflated(&s.repeat(2)), false)).client(&frame(0xc2, &deflated(s), true));
    let coded = deflated(&grown);
    talk.client(&frame(0x41, &coded[..3], true)).client(&frame(0x80, &coded[3..], true));
    talk.server(&frame(0x81, &[s.as_bytes(), b"\xff"].concat(), false)).server(&frame(0xf3, s.as_bytes(), false));
    talk.client(&frame(0xc1, format!("\x07{s}").as_bytes(), true));
    talk.client(&frame(0x88, &[&[3, 232], s.as_bytes()].concat(), true));
    talk.server(&frame(0x88, &[&s.as_bytes()[..2], s.as_bytes(), b"\xff"].concat(), false)).close();
}

/// What is neither: other protocols, copies, fragments, options, and what stands behind a packet's end.
fn others(capture: &mut Capture, s: &str) {
    let has = |data: &[u8]| data.windows(6).any(|window| window == &s.as_bytes()[..6]);
    for (at, mut again) in capture.only(has).into_iter().enumerate() {
        if at % 3 == 0
            && let Some(last) = again.last_mut()
        {
            *last ^= 3;
        }
        capture.packet(again);
    }
    capture.packet(udp(s.as_bytes()));
    capture.packet(ethernet(0x0800, &ipv4(1, [1, 2], &[&[8, 0, 0, 0, 0, 1, 0, 1], s.as_bytes()].concat())));
    capture.packet(ethernet(0x88b5, s.as_bytes()));
    capture.packet([&ethernet(0x0806, &[&[0, 1, 8, 0, 6, 4, 0, 1][..], &[0; 20]].concat()), s.as_bytes()].concat());
    let mut talk = capture.connect(42_000);
    let asked = request(&format!("GET /{s} HTTP/1.1"), &[]);
    talk.client(asked.as_bytes());
    let segment = capture.only(has).pop().unwrap();
    // Behind the end of the packet; an urgent one; one far out of its window; with options that nobody knows; in fragments.
    capture.packet([&segment[..], s.as_bytes()].concat());
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = segment.clone();
        change(&mut changed);
        changed
    };
    capture.packet(changed(&|it| it[47] |= 0x20));
    capture.packet(changed(&|it| it[38] ^= 0x40));
    let options = [&[253, 18], s.as_bytes(), &[0, 0]].concat();
    let tcp = [&segment[34..46], &[0xa0, 0x10], &segment[48..54], &options, s.as_bytes()].concat();
    capture.packet(ethernet(0x0800, &ipv4(6, [1, 2], &tcp)));
    let mut fragmented = [&segment[34..54], s.repeat(4).as_bytes()].concat();
    let next = u32::from_be_bytes(segment[38..42].try_into().unwrap()) + asked.len() as u32;
    fragmented[4..8].copy_from_slice(&next.to_be_bytes());
    for (offset, more) in [(0, 0x20), (24, 0x20), (48, 0)] {
        let end = if more > 0 { offset + 24 } else { fragmented.len() };
        let mut packet = ipv4(6, [1, 2], &fragmented[offset..end]);
        (packet[5], packet[6], packet[7]) = (7, more, (offset / 8) as u8);
        capture.packet(ethernet(0x0800, &packet));
    }
    let mut lone = ipv4(6, [1, 2], s.repeat(2).as_bytes());
    (lone[5], lone[6]) = (9, 0x20);
    capture.packet(ethernet(0x0800, &lone));
    let mut optioned = ipv4(6, [1, 2], &[&[0x94, 16], &s.as_bytes()[..14], &segment[34..]].concat());
    optioned[0] = 0x49;
    capture.packet(ethernet(0x0800, &optioned));
    capture.connect(42_001).segment(0, ACK, s.as_bytes());
}

/// A pcapng file with a secret in everything that isn't a packet's bytes.
fn file(capture: &Capture, s: &str) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let body = [body, &vec![0; body.len().next_multiple_of(4) - body.len()]].concat();
        let length = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, &body, &length].concat()
    };
    let option = |code: u16, value: &str| {
        let padding = value.len().next_multiple_of(4) - value.len();
        [&code.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), value.as_bytes(), &vec![0; padding]].concat()
    };
    let options = |codes: &[u16]| -> Vec<u8> { codes.iter().flat_map(|code| option(*code, s)).chain([0; 4]).collect() };
    let section = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8], &options(&[1, 2, 3, 4])].concat();
    let interface = [&[1, 0, 0, 0, 0, 0, 0, 0][..], &options(&[1, 2, 3, 11, 12, 15])].concat();
    let secret = s.as_bytes();
    let key = [&0x544c_534b_u32.to_le_bytes()[..], &(secret.len() as u32).to_le_bytes(), secret].concat();
    let record = [&[1, 0, secret.len() as u8 + 5, 0, 10, 0, 0, 1], secret, &[0]].concat();
    let mut out = [block(0x0a0d_0d0a, &section), block(1, &interface), block(4, &record), block(10, &key)].concat();
    out.extend(block(0xbad, &[&[0; 4], secret].concat()));
    for (at, data) in capture.only(|_| true).into_iter().enumerate() {
        let length = (data.len() as u32).to_le_bytes();
        let time = 1_700_000_000_000_000 + at as u64 * 1000;
        let time = [((time >> 32) as u32).to_le_bytes(), (time as u32).to_le_bytes()].concat();
        let padding = vec![0; data.len().next_multiple_of(4) - data.len()];
        out.extend(block(6, &[&[0; 4][..], &time, &length, &length, &data, &padding, &options(&[1])].concat()));
    }
    out.extend(block(5, &[&[0; 12][..], &options(&[1])].concat()));
    out
}

/// What would give the secret away: pieces of it, as they are and in the codings in which it was planted.
fn leaks(s: &str) -> Vec<String> {
    let reversed: String = s.chars().rev().collect();
    let basic = BASE64_STANDARD.encode(format!("ada:{s}"));
    let mut leaks: Vec<String> = [s, &reversed, &basic[6..]]
        .iter()
        .flat_map(|text| {
            text.as_bytes().windows(6).map(|window| String::from_utf8(window.to_vec()).unwrap()).collect::<Vec<_>>()
        })
        .collect();
    for window in s.as_bytes().windows(6) {
        let hex: Vec<String> = window.iter().map(|byte| format!("{byte:02x}")).collect();
        leaks.extend([hex.concat(), hex[..4].join(" ")]);
    }
    leaks
}

fn records(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What has to be the same before and after: whatever isn't a value of somebody's.
fn useful(records: &[Value]) -> BTreeMap<String, u64> {
    let mut seen = BTreeMap::new();
    let mut add = |what: String| *seen.entry(what).or_insert(0) += 1;
    for record in records {
        let data = &record["data"];
        let message = |it: &Value| {
            let names: Vec<&Value> =
                it["headers"].as_array().into_iter().flatten().map(|field| &field["name"]).collect();
            let keys = [
                "status",
                "header_bytes",
                "body_bytes",
                "wire_body_bytes",
                "decoded_body_bytes",
                "complete",
                "version",
            ];
            format!("{:?} {:?}", keys.map(|key| &it[key]), names.len())
        };
        match record["type"].as_str().unwrap() {
            "exchange" => add(format!("exchange {} {}", message(&data["request"]), message(&data["response"]))),
            "frame" => add(format!(
                "frame {:?}",
                ["opcode", "fin", "rsv", "masked", "payload_bytes", "complete"].map(|key| &data[key])
            )),
            "message" => {
                add(format!("message {:?}", ["opcode", "frames", "compressed", "payload_bytes"].map(|key| &data[key])));
            }
            "connection" => add(format!(
                "connection {:?}",
                ["protocol", "client", "exchanges", "closed", "client_bytes"].map(|key| &data[key])
            )),
            "problem" if !data["connection"].is_null() => add(format!("problem {}", data["code"])),
            _ => {}
        }
    }
    seen
}

const VIEWS: [&[&str]; 13] = [
    &[],
    &["--json"],
    &["--summary"],
    &["--problems"],
    &["--layers", "--hex", "--ladder"],
    &["--connection", "0", "--layers", "--hex"],
    &["--exchange", "0.0", "--layers", "--hex"],
    &["--exchange", "0.1", "--layers"],
    &["--packet", "4", "--hex", "--layers"],
    &["--packet", "60", "--hex"],
    &["--follow", "0"],
    &["--follow", "7"],
    &["--follow", "2"],
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_secret_is_nowhere_in_what_is_redacted_and_all_else_is(s in secrets(), name in names()) {
        let mut capture = Capture::new();
        http(&mut capture, &name, &s);
        websocket(&mut capture, &s);
        others(&mut capture, &s);
        let folder = Folder::new();
        folder.file("in.pcapng", &file(&capture, &s));
        let leaks = leaks(&s);
        let run = |arguments: &[&str]| {
            let ran = folder.run(arguments);
            for leak in &leaks {
                for text in [&ran.out, &ran.err] {
                    let at = text.find(leak.as_str());
                    prop_assert!(at.is_none(), "{arguments:?}: {leak} in {}", &text[at.unwrap().saturating_sub(300)..]);
                }
            }
            prop_assert!(ran.out.contains("redacted") || ran.out.contains("Redacted"), "{arguments:?} does not say so: {}", ran.out);
            Ok(ran.out)
        };
        for view in VIEWS {
            run(&[&["inspect", "in.pcapng", "--redact"], view].concat())?;
        }
        let said = run(&["inspect", "in.pcapng", "--redact", "--out", "out.pcapng"])?;
        prop_assert!(said.contains(" bytes were blanked"), "{said}");
        let out = std::fs::read(folder.path().join("out.pcapng")).unwrap();
        for leak in &leaks {
            prop_assert!(!out.windows(leak.len()).any(|window| window == leak.as_bytes()), "{leak} in the file");
        }
        for view in VIEWS {
            run(&[&["inspect", "out.pcapng"], view].concat())?;
        }
        let before = useful(&records(&folder.run(&["inspect", "in.pcapng", "--json"]).out));
        for after in [&["inspect", "in.pcapng", "--json", "--redact"][..], &["inspect", "out.pcapng", "--json"]] {
            let after = useful(&records(&folder.run(after).out));
            let lost: Vec<_> = before.iter().filter(|(key, count)| after.get(*key) != Some(*count)).collect();
            let made: Vec<_> = after.iter().filter(|(key, count)| before.get(*key) != Some(*count)).collect();
            prop_assert!(lost.is_empty() && made.is_empty(), "{lost:#?} became {made:#?}");
        }
        // What was redacted once is the same when it is redacted again.
        run(&["inspect", "out.pcapng", "--redact", "--out", "again.pcapng"])?;
        prop_assert!(std::fs::read(folder.path().join("again.pcapng")).unwrap() == out);
    }

    /// What is wrong is said in sentences, which quote what they are about.
    #[test]
    fn no_sentence_says_what_is_redacted(s in secrets()) {
        let mut capture = Capture::new();
        let mut talk = capture.connect(40_000);
        let other = format!("{s}x");
        let exchanges: [(String, Vec<String>, String); 9] = [
            (format!("GET /a?t={s}"), vec![], format!("302 Found\r\nLocation: /a?t={s}")),
            (format!("HEAD /b?{s}"), vec![], "200 OK\r\nContent-Length: 9".to_owned()),
            (format!("GET /b?{s}"), vec![], "200 OK".to_owned()),
            ("GET /c".to_owned(), vec![format!("If-None-Match: {s}")], format!("304 Not Modified\r\nETag: {other}")),
            ("GET /d".to_owned(), vec![format!("If-None-Match: W/\"{s}\"")], format!("200 OK\r\nETag: W/\"{s}\"")),
            ("GET /e".to_owned(), vec![format!("Accept-Encoding: {s};q=0")], format!("200 OK\r\nContent-Encoding: {s}")),
            (
                "GET /f".to_owned(),
                vec![format!("Origin: https://{s}.example"), "Sec-Fetch-Mode: cors".to_owned()],
                format!("200 OK\r\nAccess-Control-Allow-Origin: https://{other}"),
            ),
            ("GET /g".to_owned(), vec![format!("Accept: */{s}/{s}, a//{s}@b?{s}")], format!("200 OK\r\nContent-Type: a/b/{s}")),
            (format!("{s} *"), vec![format!("Connection: {s}, ETag")], format!("411 {s}")),
        ];
        for (line, fields, answer) in &exchanges {
            talk.client(request(&format!("{line} HTTP/1.1"), fields).as_bytes());
            let length = if answer.contains("Length") { "" } else { "Content-Length: 0\r\n" };
            talk.server(format!("HTTP/1.1 {answer}\r\n{length}\r\n").as_bytes());
        }
        talk.close();
        let folder = Folder::new();
        folder.file("in.pcapng", &capture.bytes());
        for view in VIEWS {
            let out = folder.run(&[&["inspect", "in.pcapng", "--redact"], view].concat()).out;
            prop_assert!(!out.contains(&s), "{view:?}: {s} in {out}");
        }
        let told = records(&folder.run(&["inspect", "in.pcapng", "--json"]).out);
        let sentences = told.iter().filter_map(|record| record["data"]["text"].as_str());
        prop_assert!(sentences.filter(|text| text.contains(&s)).count() >= 6, "{told:#?}");
    }
}
