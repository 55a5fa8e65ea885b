//! `wire101 explain`, as who types it sees it.

#[path = "common/ran.rs"]
mod ran;

use std::collections::BTreeSet;
use std::process::Command;

use ran::Ran;
use unicode_width::UnicodeWidthStr;
use wire101::explain::{Entry, Kind};
use wire101::lesson::catalogue;

fn explain(words: &[&str]) -> Ran {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"));
    program.env_remove("COLUMNS").env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    Ran::new(program.args(["explain", "--width", "80"]).args(words).output().unwrap())
}

/// What it prints of bytes that lack something, and the message.
#[track_caller]
fn damaged(words: &[&str]) -> (String, String) {
    let ran = explain(words);
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    (ran.out, ran.err)
}

/// The message for something that cannot be asked.
#[track_caller]
fn refused(words: &[&str]) -> String {
    let ran = explain(words);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    ran.err
}

/// Calls the command as the program does, which takes too long to start for every topic.
fn printed(words: &str) -> String {
    let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let mut out = Vec::new();
    wire101::commands::explain::explain(&words, &mut out, wire101::render::Style::plain(80)).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn everything_has_a_card_that_fits_24_lines_of_80_columns() {
    for entry in Entry::all() {
        let card = printed(&entry.asked());
        assert!(card.lines().next().is_some_and(|line| line.contains(&entry.title())), "{card}");
        assert!(card.lines().count() < 24, "{} lines:\n{card}", card.lines().count());
        assert!(card.lines().all(|line| line.width() <= 80), "{card}");
        assert!(card.contains("See it"), "{card}");
    }
}

#[test]
fn every_number_that_the_registries_have_is_explained() {
    for code in 100..=599 {
        assert!(printed(&format!("status {code}")).contains("status code"), "{code}");
    }
    for code in (1000..=4999).step_by(7) {
        assert!(printed(&format!("close {code}")).contains("WebSocket close code"), "{code}");
    }
    for opcode in 0..=15 {
        assert!(printed(&format!("opcode {opcode}")).contains("WebSocket opcode"), "{opcode}");
    }
}

/// What a shell would make of a command: words, some of them in quotes.
fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = command.trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (word, more) = match quote {
            Some(quote) => rest[1..].split_once(quote).unwrap(),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = more.trim_start();
    }
    words
}

#[test]
fn every_command_that_a_card_gives_can_be_typed() {
    let mut others = BTreeSet::new();
    for entry in Entry::all() {
        let Some(command) = wire101::explain::card(entry).command else { continue };
        let Some(asked) = command.strip_prefix("explain ") else {
            others.insert(command);
            continue;
        };
        let mut out = Vec::new();
        let result = wire101::commands::explain::explain(&words(asked), &mut out, wire101::render::Style::plain(80));
        assert!(result.is_ok() && !out.is_empty(), "wire101 {command}");
    }
    // Few, each with a capture of one's own.
    assert!(!others.is_empty());
    for command in others {
        let arguments = command.split(' ').map(|word| if word == "FILE" { "captures/upgrade.pcapng" } else { word });
        let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"));
        let ran = Ran::new(program.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap());
        assert!(!ran.ok().is_empty(), "wire101 {command}");
    }
}

#[test]
fn every_lesson_that_a_card_gives_is_there() {
    for entry in Entry::all() {
        for lesson in wire101::explain::card(entry).lessons {
            assert!(catalogue::find(lesson).is_ok(), "{}: {lesson}", entry.asked());
        }
    }
}

#[test]
fn cards_on_a_usual_screen() {
    for words in
        ["404", "header set-cookie", "close 1000", "layer 4", "tcp syn", "option 3", "iis", "problem wrong-accept"]
    {
        let name = words.replace(' ', "-");
        let words: Vec<&str> = words.split(' ').collect();
        let card = explain(&words).ok();
        // What shows it grows with the course.
        let (card, _) = card.split_once("\n\n  See it").unwrap();
        insta::assert_snapshot!(name, card);
    }
}

/// What beginners type, one a line, of glossaries of the web and of courses on networks.
const BEGINNERS: &str = include_str!("explain_words.txt");

#[test]
fn what_beginners_type_is_explained() {
    let words: Vec<&str> = BEGINNERS.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(words.len() >= 150, "{}", words.len());
    for words in words {
        let page = printed(words);
        let text = page.split_whitespace().count();
        assert!(text >= 20 && page.contains("wire101 "), "{words}:\n{page}");
        // Nobody knows which spelling is the right one.
        for other in [words.to_uppercase(), words.replace(' ', "-"), words.replace('-', " ")] {
            assert!(!printed(&other).is_empty(), "{other}");
        }
    }
}

#[test]
fn a_word_of_several_meanings_tells_each() {
    for (word, meanings) in [
        ("handshake", &["three-way handshake", "WebSocket handshake", "TLS handshake"][..]),
        ("frame", &["Ethernet frame", "WebSocket frame", "HTTP/2 frame"]),
        ("frames", &["Ethernet frame", "WebSocket frame", "HTTP/2 frame"]),
        ("ping", &["9 ping", "ping command"]),
        ("fragment", &["URL fragment", "IP fragmentation", "WebSocket fragmentation"]),
        ("keep-alive", &["HTTP requests", "TCP keep-alive", "Keep-Alive"]),
        ("host", &["header field", "A machine that uses the network"]),
    ] {
        let page = printed(word);
        assert!(meanings.iter().all(|meaning| page.contains(meaning)), "{page}");
    }
    assert!(printed("Connection").contains("See it"), "the spelling of the specification asks for the field");
}

#[test]
fn other_spellings_lead_to_the_same_page() {
    for (one, others) in [
        ("WebSocket", &["web socket", "web-socket", "Web Sockets", "what is a web socket?"][..]),
        ("TCP/IP", &["tcp ip", "tcpip", "tcp-ip"]),
        ("three-way handshake", &["Three Way Handshake", "3-way handshake", "threeway handshake"]),
        ("round trip", &["round-trip", "roundtrip", "rtt", "RTTs", "round trip time"]),
        ("proxy", &["proxies", "a proxy", "HTTP proxy"]),
        ("EventSource", &["sse", "server-sent events", "event stream"]),
    ] {
        let page = printed(one);
        assert!(others.iter().all(|other| printed(other) == page), "{one}");
    }
    for (url, name) in [("wss://server.example/chat", "wss"), ("http://localhost:8101/", "HTTP")] {
        assert!(printed(url).starts_with(name), "{}", printed(url));
    }
}

#[test]
fn what_is_pasted_is_taken_apart() {
    insta::assert_snapshot!("accept", explain(&["accept", "dGhlIHNhbXBsZSBub25jZQ=="]).ok());
    insta::assert_snapshot!("line", explain(&["Connection: keep-alive, Upgrade"]).ok());
    insta::assert_snapshot!("frames", explain(&["frame", "0x8980 0x01020304, 8a:00"]).ok());
    assert!(explain(&["frame", "client", "8100"]).ok().contains("unmasked-client-frame"));
    assert_eq!(explain(&["frame client 8100"]).ok(), explain(&["frame", "client", "8100"]).ok());
    assert!(explain(&["accept", "dGhlIHNhbXBsZSBub25jZQ==", "wrong"]).ok().contains("not the same"));
}

#[test]
fn a_frame_that_is_cut_short_says_what_is_missing() {
    let (out, err) = damaged(&["frame", "81 85 37 fa 21 3d 7f"]);
    assert!(out.contains("frame-cut-short") && err.contains("its payload is missing 4 bytes"), "{out}{err}");
    let (out, err) = damaged(&["frame", "82 fe 01"]);
    assert!(out.contains("5 are missing") && err.contains("header is incomplete"), "{out}{err}");
}

#[test]
fn a_word_that_nothing_is_called_gets_the_nearest_ones() {
    assert!(refused(&["upgarde"]).contains("`header Upgrade`"));
    assert!(refused(&["status", "999"]).contains("`statuses`"));
    assert!(refused(&["frame", "8g"]).contains("'g', at character 2"));
}

#[test]
fn what_is_typed_cannot_steer_the_terminal() {
    let evil = "\u{1b}[31m\u{202e}\u{9b}2J\u{7}";
    let said = format!("Host: {evil}");
    let is_quiet = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}');
    for words in [
        &["header", &said][..],
        &["accept", evil],
        &["accept", "dGhlIHNhbXBsZSBub25jZQ==", evil],
        &["frame", evil],
        &[evil],
    ] {
        let ran = explain(words);
        assert!(is_quiet(&ran.out) && is_quiet(&ran.err), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn everything_can_be_listed() {
    let all = explain(&[]).ok();
    assert_eq!(all, explain(&["topics"]).ok());
    for kind in Kind::ALL {
        assert!(all.contains(kind.plural()), "{all}");
        let list = explain(&kind.plural().split(' ').collect::<Vec<_>>()).ok();
        for entry in kind.entries() {
            let name = if kind == Kind::Server { entry.key } else { entry.name };
            assert!(list.contains(name), "{name} is not listed: {list}");
        }
    }
    assert!(explain(&["4xx"]).ok().contains("426 Upgrade Required"));
    assert!(explain(&["layers"]).ok().contains("TCP/IP"));
}
