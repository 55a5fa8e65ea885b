//! The decoder as a whole: what it says of a stream does not depend on how the stream was cut.

use proptest::prelude::*;

use super::*;
use crate::layers::{Direction, Source};

/// Everything a decoder says, its data joined, as short lines.
fn decode(from: Direction, pieces: &[&[u8]], method: Option<&[u8]>, from_start: bool) -> Vec<String> {
    let mut decoder = if from_start { Decoder::at(from, 0) } else { Decoder::joining(from, 0) };
    let mut said = Said::default();
    for piece in pieces {
        let mut input = Input { bytes: piece, source: Source::default() };
        loop {
            let before = decoder.position();
            let Some(item) = decoder.next(&mut input) else { break };
            let mut framing = None;
            match &item {
                Item::Head(head, _) => {
                    let mut faults = head.faults.to_vec();
                    framing = Some(match from {
                        Direction::Client => of_request(head, &mut faults),
                        Direction::Server => of_response(head, method, &mut faults),
                    });
                    let start = &head.block[..head.start_line_bytes as usize];
                    said.line(format!("head {} +{}", String::from_utf8_lossy(start).trim_end(), head.lines.len()));
                    for fault in faults {
                        said.line(format!("fault {}", fault.code()));
                    }
                }
                Item::Trailers(head) => said.line(format!("trailers {}", head.lines.len())),
                Item::Data(data) => said.joined("data", data),
                Item::Tunnel(data) => said.joined("tunnel", data),
                Item::Passed(length) => said.joined("passed", &vec![b'.'; *length]),
                Item::Skipped(length) => said.joined("skipped", &vec![b'.'; *length]),
                Item::EmptyLines(length) => said.joined("empty", &vec![b'.'; *length]),
                Item::ChunkLine(length) => said.line(format!("chunk line {length}")),
                Item::ChunkEnd(_) => said.line("chunk end".into()),
                Item::End { complete } => said.line(format!("end {complete}")),
                Item::Fault(fault) => said.line(format!("fault {}", fault.code())),
            }
            drop(item);
            if let Some(framing) = framing {
                decoder.body(framing);
            }
            assert!(decoder.position() >= before);
        }
        assert!(input.bytes.is_empty(), "all of the input is consumed");
    }
    while let Some(item) = decoder.broken_off() {
        match item {
            Item::End { complete } => said.line(format!("end {complete}")),
            Item::Head(head, _) => said.line(format!("cut head +{}", head.lines.len())),
            other => panic!("{other:?}"),
        }
        decoder.body(Framing::Length(1));
    }
    while let Some(item) = decoder.end() {
        match item {
            Item::End { complete } => said.line(format!("end {complete}")),
            Item::Fault(fault) => said.line(format!("fault {}", fault.code())),
            Item::Skipped(length) => said.joined("skipped", &vec![b'.'; length]),
            other => panic!("{other:?}"),
        }
    }
    let total: usize = pieces.iter().map(|p| p.len()).sum();
    assert_eq!(decoder.position(), total as u64, "every byte belongs to an item");
    said.lines
}

#[derive(Default)]
struct Said {
    lines: Vec<String>,
    joining: &'static str,
}

impl Said {
    fn line(&mut self, line: String) {
        self.lines.push(line);
        self.joining = "";
    }
    fn joined(&mut self, kind: &'static str, data: &[u8]) {
        let text = String::from_utf8_lossy(data).into_owned();
        match self.lines.last_mut() {
            Some(last) if self.joining == kind => last.push_str(&text),
            _ => self.lines.push(format!("{kind} {text}")),
        }
        self.joining = kind;
    }
}

const REQUESTS: &str = "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello\
    PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n\
    GET /d HTTP/1.0\n\n";

#[test]
fn pipelined_requests_are_told_apart() {
    assert_eq!(
        decode(Direction::Client, &[REQUESTS.as_bytes()], None, true),
        [
            "empty ..",
            "head GET /a HTTP/1.1 +1",
            "fault stray-empty-line",
            "end true",
            "head POST /b HTTP/1.1 +2",
            "data hello",
            "end true",
            "head PUT /c HTTP/1.1 +2",
            "chunk line 9",
            "data hello",
            "chunk end",
            "chunk line 3",
            "data  world",
            "chunk end",
            "chunk line 3",
            "trailers 1",
            "end true",
            "head GET /d HTTP/1.0 +0",
            "fault bare-line-feed",
            "end true",
        ]
    );
}

#[test]
fn a_response_without_a_length_ends_with_the_connection() {
    let response = b"HTTP/1.0 200 OK\r\n\r\nall of it";
    assert_eq!(
        decode(Direction::Server, &[response], None, true),
        ["head HTTP/1.0 200 OK +0", "data all of it", "end true"]
    );
}

#[test]
fn responses_that_can_have_no_body_have_none() {
    let next = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    // What a GET would have got may be said of a HEAD and a 304; of the others there is nothing to say (RFC 9110 §8.6).
    let undue = Some("fault content-length-without-body");
    for (first, method, fault) in [
        ("204 No Content", "GET", undue),
        ("304 Not Modified", "GET", None),
        ("200 OK", "HEAD", None),
        ("100 Continue", "PUT", undue),
    ] {
        let stream = format!("HTTP/1.1 {first}\r\nContent-Length: 7\r\n\r\n{next}");
        let said = decode(Direction::Server, &[stream.as_bytes()], Some(method.as_bytes()), true);
        let head = format!("head HTTP/1.1 {first} +1");
        let expected = [Some(head.as_str()), fault, Some("end true"), Some("head HTTP/1.1 200 OK +1")];
        let expected: Vec<&str> = expected.into_iter().flatten().collect();
        assert_eq!(said[..expected.len()], expected);
    }
}

#[test]
fn what_comes_after_a_response_without_body_is_a_fault_of_its_own() {
    let stream = b"HTTP/1.1 304 Not Modified\r\n\r\nabc";
    let said = decode(Direction::Server, &[stream], None, true);
    assert_eq!(said[1..], ["end true", "fault unexpected-body", "skipped ..."]);
}

#[test]
fn a_connection_that_was_joined_in_its_middle_is_read_from_the_first_start_line_on() {
    let stream = b"rest of a body\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(
        decode(Direction::Client, &[stream], None, false),
        ["skipped ................", "head GET /x HTTP/1.1 +1", "end true"]
    );
}

#[test]
fn a_body_longer_or_shorter_than_promised_is_a_fault() {
    let long = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd\x01";
    assert_eq!(
        decode(Direction::Server, &[long], None, true)[1..],
        ["data ab", "end true", "fault body-too-long", "skipped ..."]
    );
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
    assert_eq!(decode(Direction::Server, &[short], None, true)[1..], ["data abc", "fault body-too-short", "end false"]);
}

#[test]
fn both_lengths_are_a_fault_and_the_chunks_count() {
    let both = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(
        decode(Direction::Client, &[both], None, true),
        ["head POST / HTTP/1.1 +3", "fault both-lengths", "chunk line 3", "trailers 0", "end true"]
    );
}

#[test]
fn faults_of_framing_have_their_codes() {
    let codes = |fields: &str| -> Vec<String> {
        let stream = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
        let mut said = decode(Direction::Client, &[stream.as_bytes()], None, true);
        said.retain(|line| line.starts_with("fault"));
        said
    };
    assert_eq!(codes("Host: a\r\nContent-Length: 0"), Vec::<String>::new());
    assert_eq!(codes("Content-Length: 0"), ["fault missing-host"]);
    assert_eq!(codes("Host: a\r\nHost: b"), ["fault repeated-host"]);
    assert_eq!(codes("Host: a\r\nContent-Length: 0, 0"), ["fault repeated-content-length"]);
    assert_eq!(codes("Host: a\r\nContent-Length: 0\r\nContent-Length: 1"), ["fault conflicting-content-length"]);
    assert_eq!(codes("Host: a\r\nContent-Length: +1"), ["fault malformed-content-length"]);
    assert_eq!(codes("Host: a\r\nTransfer-Encoding: gzip, cow"), ["fault unknown-transfer-coding"]);
}

#[test]
fn another_protocol_is_skipped_without_a_fault() {
    assert_eq!(decode(Direction::Client, &[b"EHLO me\r\n", b"MAIL\r\n"], None, true), ["skipped ..............."]);
}

#[test]
fn a_request_without_a_version_is_one_line() {
    assert_eq!(
        decode(Direction::Client, &[b"GET /\r\n"], None, true),
        ["head GET / +0", "fault missing-version", "end true"]
    );
}

#[test]
fn a_header_section_beyond_the_cap_is_not_kept() {
    let mut stream = b"GET / HTTP/1.1\r\n".to_vec();
    stream.resize(MAX_SECTION + 9, b'a');
    let said = decode(Direction::Client, &stream.chunks(1000).collect::<Vec<_>>(), None, true);
    assert_eq!(said[0], "fault headers-too-long");
}

#[test]
fn a_hole_inside_a_body_leaves_the_next_message_readable() {
    let mut decoder = Decoder::at(Direction::Server, 0);
    let feed = |decoder: &mut Decoder, bytes: &[u8]| {
        let mut input = Input { bytes, source: Source::default() };
        let mut ends = Vec::new();
        while let Some(item) = decoder.next(&mut input) {
            let is_head = matches!(item, Item::Head(..));
            if let Item::End { complete } = item {
                ends.push(complete);
            }
            if is_head {
                decoder.body(Framing::Length(10));
            }
        }
        ends
    };
    assert_eq!(feed(&mut decoder, b"HTTP/1.1 200 OK\r\n\r\nabc"), [false; 0]);
    assert!(decoder.gap(4).is_none());
    assert_eq!(feed(&mut decoder, b"xyzHTTP/1.1 200 OK\r\n\r\n0123456789"), [false, true]);
    assert_eq!(feed(&mut decoder, b"HTTP/1.1 200 OK\r\n\r\nabc"), [false; 0]);
    assert!(matches!(decoder.gap(100), Some(Item::End { complete: false })));
    assert_eq!(feed(&mut decoder, b"body\r\nHTTP/1.1 200 OK\r\n\r\n0123456789"), [true]);
}

fn cut<'a>(stream: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).chain([0, stream.len()]).collect();
    at.sort_unstable();
    at.windows(2).map(|w| &stream[w[0]..w[1]]).collect()
}

proptest! {
    #[test]
    fn cutting_a_stream_elsewhere_changes_nothing(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let stream = REQUESTS.as_bytes();
        prop_assert_eq!(
            decode(Direction::Client, &cut(stream, &cuts), None, true),
            decode(Direction::Client, &[stream], None, true)
        );
    }

    #[test]
    fn any_bytes_are_consumed(
        stream in prop::collection::vec(
            prop::sample::select(&b"GET / HTTP/1.1\r\n\r\n:ab0 5;\n\x00\xff,chunked"[..]), 0..200),
        prefix in prop::sample::select(&["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"][..]),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        from_start in any::<bool>(),
    ) {
        let stream = [prefix.as_bytes(), &stream].concat();
        decode(Direction::Client, &cut(&stream, &cuts), None, from_start);
        decode(Direction::Server, &cut(&stream, &cuts), None, from_start);
    }
}
