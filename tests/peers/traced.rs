//! Runs a scenario under `wire101 trace`, and reads what that wrote. What holds for every scenario is checked here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::records::{Connection, Exchange, Frame, Message};
use super::tshark::{Counts, complaints};

/// After this a scenario hangs. None takes a tenth of it on an idle machine.
const SAFETY_NET: &str = "180";

/// What `trace` found, in the order in which it did.
pub struct Traced {
    pub connections: Vec<Connection>,
    pub exchanges: Vec<Exchange>,
    pub frames: Vec<Frame>,
    pub messages: Vec<Message>,
    /// What the peers printed.
    pub printed: String,
}

/// Runs `tests/peers/scenarios/NAME` with these arguments, in a namespace of its own, until its last process has ended.
///
/// # Panics
///
/// If the scenario fails, if `trace` and `inspect` differ on what crossed, if tshark counts something else than wire101, or
/// if wire101 sees a problem: no peer here breaks a rule.
#[track_caller]
pub fn scenario(name: &str, arguments: &[&str]) -> Traced {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    let folder = tempfile::tempdir().unwrap();
    let [log, capture] = ["log.jsonl", "capture.pcapng"].map(|name| folder.path().join(name));
    let mut trace = Command::new("timeout");
    trace.args([SAFETY_NET, env!("CARGO_BIN_EXE_wire101"), "trace", "--json", "--log"]).arg(&log);
    trace.arg("--save").arg(&capture).arg("--").arg(peers.join("scenarios").join(name)).args(arguments);
    trace.env("WIRE101", env!("CARGO_BIN_EXE_wire101"));
    let output = trace.output().expect("coreutils' timeout runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{name}: {}\n{printed}{}", output.status, text(&output.stderr));

    let live = std::fs::read_to_string(&log).unwrap();
    let inspect =
        Command::new(env!("CARGO_BIN_EXE_wire101")).args(["inspect", "--json"]).arg(&capture).output().unwrap();
    assert!(inspect.status.success(), "{name}: {}", text(&inspect.stderr));
    let again = text(&inspect.stdout);
    assert_eq!(records(&live), records(&again), "{name}: what was traced and what was saved");
    assert_eq!(Counts::by_wire101(&live), Counts::by_tshark(&capture, "loopback"), "{name}");
    let complaints = complaints(&capture, "loopback");
    assert!(!complaints.iter().any(|complaint| complaint.ends_with("malformed")), "{name}: {complaints:?}");
    read(name, &live, printed)
}

/// The lines of JSON but the first, which says where they are from.
fn records(lines: &str) -> Vec<Value> {
    lines.lines().skip(1).map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[track_caller]
fn read(name: &str, lines: &str, printed: String) -> Traced {
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for mut record in records(lines) {
        let kind = record["type"].as_str().unwrap().to_owned();
        kinds.entry(kind).or_default().push(record["data"].take());
    }
    assert_eq!(kinds.remove("problem"), None, "{name}");
    let summary = &kinds["summary"][0];
    assert_eq!((&summary["complete"], &summary["evicted"]), (&Value::Bool(true), &Value::from(0)), "{name}");
    let mut of = |kind: &str| Value::Array(kinds.remove(kind).unwrap_or_default());
    let traced = Traced {
        connections: serde_json::from_value(of("connection")).unwrap(),
        exchanges: serde_json::from_value(of("exchange")).unwrap(),
        frames: serde_json::from_value(of("frame")).unwrap(),
        messages: serde_json::from_value(of("message")).unwrap(),
        printed,
    };
    for frame in &traced.frames {
        assert_eq!(frame.masked, frame.direction == "client", "{name}: who masks, RFC 6455 §5.1: {}", frame.line());
        assert!(frame.complete, "{name}: {}", frame.line());
    }
    for exchange in &traced.exchanges {
        assert!(exchange.request.complete && exchange.response.complete, "{name}: {}", exchange.line());
    }
    traced
}

impl Traced {
    /// Each exchange on one line, in order of connections.
    pub fn exchange_lines(&self) -> Vec<String> {
        let mut exchanges: Vec<&Exchange> = self.exchanges.iter().collect();
        exchanges.sort_by_key(|exchange| (exchange.connection, exchange.index));
        exchanges.into_iter().map(Exchange::line).collect()
    }

    /// Each frame on one line, in the order in which they crossed.
    pub fn frame_lines(&self) -> Vec<String> {
        self.frames.iter().map(Frame::line).collect()
    }

    /// The exchange for that target that came first.
    #[track_caller]
    pub fn exchange(&self, target: &str) -> &Exchange {
        let is_it = |exchange: &&Exchange| exchange.request.target.as_deref() == Some(target);
        self.exchanges.iter().find(is_it).unwrap_or_else(|| panic!("nobody asked for {target}"))
    }

    /// The exchange that became a WebSocket.
    #[track_caller]
    pub fn upgrade(&self) -> &Exchange {
        let upgraded = self.exchanges.iter().find(|exchange| exchange.upgraded.as_deref() == Some("websocket"));
        upgraded.expect("a connection became a WebSocket")
    }

    /// How each connection with data on it ended, in order of connections.
    pub fn endings(&self) -> Vec<(&str, usize)> {
        let mut connections: Vec<&Connection> = self.connections.iter().filter(|c| c.protocol != "none").collect();
        connections.sort_by_key(|connection| connection.number);
        connections.iter().map(|connection| (connection.closed.as_str(), connection.exchanges)).collect()
    }
}
