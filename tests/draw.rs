//! `wire101 draw`, as a user meets it: what is drawn is well-formed, says what it is, and is of the capture that was named.

mod common;

use common::{ACK, Capture, Folder, RST, frame, lessons, udp};

const KINDS: [&str; 6] = ["osi", "http", "keep-alive", "upgrade", "frame", "relay"];

/// The words of a picture: all its text, one after the other.
fn words(picture: &str) -> String {
    let document = roxmltree::Document::parse(picture).unwrap_or_else(|error| panic!("{error}:\n{picture}"));
    let texts = document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    texts.collect::<Vec<_>>().join("\n")
}

/// A room of two, one of whom says that.
fn chat(said: &[u8]) -> Vec<u8> {
    let mut capture = Capture::new();
    let upgrade =
        b"GET /room HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let granted = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let mut first = capture.connect(40_000);
    first.client(upgrade).server(granted).client(&frame(0x81, said, true));
    let mut second = capture.connect(40_001);
    second.client(upgrade).server(granted).server(&frame(0x81, said, false)).close();
    capture.bytes()
}

#[test]
fn every_kind_has_a_lesson_to_draw() {
    let folder = Folder::new();
    for kind in KINDS {
        let picture = folder.run(&["draw", kind]).ok();
        let document = roxmltree::Document::parse(&picture).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{kind}");
        let labels = root.attribute("aria-labelledby").unwrap();
        for id in labels.split(' ') {
            let label = document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap();
            assert!(label.text().is_some_and(|text| text.len() > 10), "{kind}: {id} says nothing");
        }
        assert!(!picture.contains("<script") && !picture.contains("url("), "{kind} is not standalone");
        assert!(picture.contains("prefers-color-scheme:dark"), "{kind}");
    }
}

#[test]
fn both_sides_of_a_proxy_are_drawn_of_a_capture_that_has_them() {
    let folder = Folder::new();
    folder.file("proxy.pcap", include_bytes!("cases/proxy-strips-upgrade.pcap"));
    let words = words(&folder.run(&["draw", "hops", "proxy.pcap"]).ok());
    for said in ["− Upgrade: websocket", "≠ version: 1.1 → 1.0", "proxy 10.0.0.2", "400 Bad Request (packet 17)"]
    {
        assert!(words.contains(said), "{said:?} is not in {words}");
    }
    let lacking = folder.run(&["draw", "hops", "--lesson", "upgrade"]);
    assert!(lacking.err.contains("on both sides of a proxy"), "{lacking:?}");
    assert_eq!(folder.run(&["draw", "hops"]).status, Some(2));
}

#[test]
fn a_saved_lesson_is_drawn_as_the_lesson_is() {
    let folder = Folder::new();
    folder.run(&["lesson", "run", "upgrade", "--save", "up.pcapng"]).ok();
    for kind in ["http", "upgrade", "frame"] {
        let of_lesson = words(&folder.run(&["draw", kind, "--lesson", "upgrade"]).ok());
        let of_file = words(&folder.run(&["draw", kind, "up.pcapng"]).ok());
        assert_eq!(of_lesson.replace("lesson upgrade, seed 1", "up.pcapng"), of_file, "{kind}");
    }
}

#[test]
fn standard_input_and_a_file_to_write_do_as_well() {
    let folder = Folder::new();
    let capture = chat(b"hello");
    assert_eq!(folder.run_with(&["draw", "frame", "-", "--out", "frame.svg"], &capture).ok(), "");
    let written = std::fs::read_to_string(folder.path().join("frame.svg")).unwrap();
    assert!(words(&written).contains("hello"), "{written}");
}

#[test]
fn a_stranger_capture_is_told_as_it_is() {
    let folder = Folder::new();
    folder.file("chat.pcapng", &chat(b"hello"));
    let drawn = |kind| words(&folder.run(&["draw", kind, "chat.pcapng"]).ok());
    assert!(
        drawn("relay").contains("1 message to the server; from the server 1 copy of them and 0 messages of its own")
    );
    assert!(drawn("upgrade").contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert!(drawn("osi").contains("GET /room HTTP/1.1"));
    let (_, said) = folder.run(&["draw", "keep-alive", "chat.pcapng"]).failed();
    assert!(said.contains("no connection in it carries a second HTTP exchange"), "{said}");
}

#[test]
fn what_a_capture_lacks_is_said() {
    let folder = Folder::new();
    folder.file("empty.pcapng", &Capture::new().packet(udp(b"?")).bytes());
    for kind in KINDS {
        let (out, said) = folder.run(&["draw", kind, "empty.pcapng"]).failed();
        assert_eq!(out, "", "{kind}");
        assert!(said.starts_with("wire101: empty.pcapng: ") && said.contains(" in it"), "{kind}: {said}");
    }
    folder.file("chat.pcapng", &chat(b"hello"));
    let lacks = |arguments: &[&str]| folder.run(arguments).failed().1;
    assert!(lacks(&["draw", "http", "chat.pcapng", "--exchange", "0.7"]).contains("only exchange 0.0"));
    assert!(lacks(&["draw", "frame", "chat.pcapng", "--frame", "5.0"]).contains("frame 5.0 is not in it"));
    assert!(lacks(&["draw", "upgrade", "chat.pcapng", "--connection", "9"]).contains("connection 9"));
}

#[test]
fn two_captures_of_one_file_are_told_apart_by_their_interfaces() {
    let folder = Folder::new();
    folder.file("both.pcapng", &lessons());
    let drawn = words(&folder.run(&["draw", "keep-alive", "both.pcapng"]).ok());
    assert!(drawn.contains("3 exchanges, 1 connection, 13 packets"), "{drawn}");
    assert!(words(&folder.run(&["draw", "upgrade", "both.pcapng"]).ok()).contains("101 Switching Protocols"));
}

#[test]
fn a_connection_without_beginning_that_breaks_off_is_drawn_as_far_as_it_goes() {
    let folder = Folder::new();
    let mut whole = Capture::new();
    whole.connect(40_000).client(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n").server(b"HTTP/1.1 204 No Content\r\n\r\n");
    let mut joined = Capture::new();
    // Without the handshake's three packets.
    for packet in whole.only(|packet| packet.len() > 54) {
        joined.packet(packet);
    }
    joined.connect(40_001).client(b"GET /b HTTP/1.1\r\nHost: a\r\n\r\n").segment(1, RST | ACK, b"");
    folder.file("joined.pcapng", &joined.bytes());
    let drawn = words(&folder.run(&["draw", "osi", "joined.pcapng"]).ok());
    assert!(drawn.contains("open since before the capture"), "{drawn}");
    let drawn = words(&folder.run(&["draw", "http", "joined.pcapng", "--exchange", "1.0"]).ok());
    assert!(drawn.contains("GET /b HTTP/1.1\\r\\n"), "{drawn}");
}

#[test]
fn of_a_damaged_capture_the_readable_part_is_drawn() {
    let folder = Folder::new();
    let capture = chat(b"hello");
    folder.file("cut.pcapng", &capture[..capture.len() - 10]);
    let (out, said) = folder.run(&["draw", "frame", "cut.pcapng"]).failed();
    assert!(words(&out).contains("hello"), "{said}");
}

#[test]
fn wrong_usage_is_told_from_an_absent_thing() {
    let folder = Folder::new();
    for arguments in [
        &["draw"][..],
        &["draw", "cube"],
        &["draw", "http", "--lesson", "keepalive"],
        &["draw", "http", "a.pcap", "--lesson", "chat"],
    ] {
        assert_eq!(folder.run(arguments).status, Some(2), "{arguments:?}");
    }
}

#[test]
fn what_was_captured_cannot_break_out_of_a_picture() {
    let folder = Folder::new();
    let markup = "</text><script>alert(\"1\")</script>&amp;]]>";
    let nasty = [markup.as_bytes(), b"\x1b[2J\x00\xff\xfe\xe2\x80\xae"].concat();
    folder.file("nasty.pcapng", &chat(&nasty));
    folder.file("markup.pcapng", &chat(markup.as_bytes()));
    for kind in ["relay", "upgrade", "frame"] {
        for file in ["nasty.pcapng", "markup.pcapng"] {
            let picture = folder.run(&["draw", kind, file]).ok();
            assert!(!picture.contains("<script") && !words(&picture).is_empty(), "{kind} {file}");
        }
        let picture = folder.run(&["draw", kind, "markup.pcapng"]).ok();
        assert!(words(&picture).contains("</text><s"), "{kind}");
    }
}
