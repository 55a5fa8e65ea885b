//! What Wireshark's `tshark` reads in a capture, to hold what wire101 reads against.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Stands between the values of a field that a packet has several times. No value here contains it.
const BETWEEN: char = '|';

/// The severities of Wireshark's expert information from which on it means that something is wrong.
const WARNING: u32 = 0x60_0000;

/// What a capture holds, as far as both can tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub packets: usize,
    pub connections: usize,
    pub requests: usize,
    pub responses: usize,
    pub opcodes: BTreeMap<String, usize>,
}

impl Counts {
    /// The wire is the one that the capture is from: `virtual`, or any other.
    pub fn by_tshark(capture: &Path, wire: &str) -> Self {
        let mut counts = Self::default();
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

    /// By what wire101 printed with `--json`.
    pub fn by_wire101(lines: &str) -> Self {
        let mut counts = Self::default();
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
}

/// What tshark warns of, or takes for malformed.
pub fn complaints(capture: &Path, wire: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let columns = ["frame.number", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message"];
    for packet in fields(capture, wire, &columns) {
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

/// A field's values in each packet of a capture, packet by packet.
pub fn fields(capture: &Path, wire: &str, fields: &[&str]) -> Vec<Vec<Vec<String>>> {
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
