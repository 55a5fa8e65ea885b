//! Every lesson's capture, as Wireshark's `tshark` reads it: nothing to complain of, and the same counts.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use wire101::lesson::{Lesson, catalogue};
use wire101::wire::Wire;

use super::lessons;
use super::printed;

/// Stands between the values of a field that a packet has several times. No value here contains it.
const BETWEEN: char = '|';

/// The severities of Wireshark's expert information from which on it means that something is wrong.
const WARNING: u32 = 0x60_0000;

/// What a capture holds, as far as both can tell.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    packets: usize,
    connections: usize,
    requests: usize,
    responses: usize,
    opcodes: BTreeMap<String, usize>,
}

/// A field's values in each packet of a capture, packet by packet.
fn fields(capture: &Path, wire: &str, fields: &[&str]) -> Vec<Vec<Vec<String>>> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(capture).args(["-n", "-T", "fields", "-E", &format!("aggregator={BETWEEN}")]);
    // On a real loopback nobody fills them in. Those of the virtual wire are there, and right.
    let checked = if wire == "virtual" { "TRUE" } else { "FALSE" };
    tshark.args(["ip", "tcp"].map(|layer| format!("-o{layer}.check_checksum:{checked}")));
    for field in fields {
        tshark.args(["-e", field]);
    }
    let output = tshark.output().expect("tshark runs: tests/run installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let values = |column: &str| column.split(BETWEEN).filter(|v| !v.is_empty()).map(str::to_owned).collect();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('\t').map(values).collect()).collect()
}

fn counted_by_tshark(capture: &Path, wire: &str) -> Counts {
    let mut counts = Counts::default();
    let columns = ["tcp.stream", "http.request.method", "http.response.code", "websocket.opcode"];
    for packet in fields(capture, wire, &columns) {
        let [streams, methods, codes, opcodes] = &packet[..] else { panic!("four columns: {packet:?}") };
        counts.packets += 1;
        for stream in streams {
            counts.connections = counts.connections.max(stream.parse::<usize>().unwrap() + 1);
        }
        counts.requests += methods.len();
        counts.responses += codes.len();
        for opcode in opcodes {
            *counts.opcodes.entry(opcode.clone()).or_default() += 1;
        }
    }
    counts
}

fn counted_by_wire101(capture: &Path) -> Counts {
    let lines = printed(&["inspect".as_ref(), capture.as_os_str(), "--json".as_ref()]);
    let mut counts = Counts::default();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let data = &line["data"];
        let number = |name: &str| data[name].as_u64().unwrap() as usize;
        match line["type"].as_str().unwrap() {
            "frame" => *counts.opcodes.entry(data["opcode"].to_string()).or_default() += 1,
            "summary" => {
                counts.packets = number("packets");
                counts.connections = number("tcp_connections");
                counts.requests = number("http_requests");
                counts.responses = number("http_responses") + number("http_interim");
            }
            _ => {}
        }
    }
    counts
}

/// What tshark warns of, or takes for malformed.
fn complaints(capture: &Path, wire: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for packet in fields(capture, wire, &["frame.number", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message"])
    {
        let [number, malformed, severities, messages] = &packet[..] else { panic!("four columns: {packet:?}") };
        complaints.extend(malformed.iter().map(|_| format!("packet {}: malformed", number[0])));
        for (severity, message) in severities.iter().zip(messages) {
            if severity.parse::<u32>().unwrap() >= WARNING {
                complaints.push(format!("packet {}: {message}", number[0]));
            }
        }
    }
    complaints
}

/// Whether the lesson says of everything that tshark complains of that it will.
fn assert_known(lesson: &Lesson, complaints: &[String]) {
    for complaint in complaints {
        let is_known = lesson.warnings.iter().any(|warning| complaint.contains(&warning.tshark));
        assert!(is_known, "{}: {complaint}", lesson.name);
    }
}

#[test]
fn tshark_counts_in_every_lesson_what_wire101_counts() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(format!("{}.pcapng", lesson.name));
        lessons::run(&lesson.name, &capture);
        assert_eq!(counted_by_wire101(&capture), counted_by_tshark(&capture, "virtual"), "{}", lesson.name);
    }
}

#[test]
fn tshark_complains_of_nothing_in_a_lesson_but_what_the_lesson_says_it_does() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(format!("{}.pcapng", lesson.name));
        lessons::run(&lesson.name, &capture);
        let complaints = complaints(&capture, "virtual");
        assert_known(lesson, &complaints);
        for warning in &lesson.warnings {
            let is_there = complaints.iter().any(|complaint| complaint.contains(&warning.tshark));
            assert!(is_there, "{}: tshark does not say {:?} any more", lesson.name, warning.tshark);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_the_loopback_wire_tshark_counts_the_same_and_finds_nothing_else_malformed() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(format!("{}.pcapng", lesson.name));
        let path = capture.to_str().expect("temporary folders have plain names");
        printed(&["lesson", "run", &lesson.name, "--wire", "loopback", "--save", path]);
        assert_eq!(counted_by_wire101(&capture), counted_by_tshark(&capture, "loopback"), "{}", lesson.name);
        let mut complaints = complaints(&capture, "loopback");
        // What a kernel's TCP does, full windows and segments twice, depends on how busy the machine is.
        complaints.retain(|complaint| complaint.ends_with("malformed"));
        assert_known(lesson, &complaints);
    }
}

#[test]
fn tshark_shows_the_comments_on_the_packets_that_matter() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(&lesson.name);
        lessons::run(&lesson.name, &capture);
        let settings = wire101::wire::Settings { seed: 7, ..lesson.settings(Wire::Virtual) };
        let run = wire101::lesson::run(lesson, Wire::Virtual, settings).unwrap();
        let shown = fields(&capture, "virtual", &["frame.number", "frame.comment"]).into_iter();
        let shown: BTreeMap<u64, String> = shown
            .filter(|packet| !packet[1].is_empty())
            .map(|packet| (packet[0].concat().parse().unwrap(), packet[1].concat()))
            .collect();
        assert_eq!(shown, run.comments(), "{}", lesson.name);
    }
}
