//! Chromium, headless: two tabs fetch and chat. What its developer tools are told is held beside what crossed the wire.

use std::collections::BTreeMap;

use serde_json::Value;

use super::records::Message;
use super::traced::{Traced, scenario};

/// The frames of each WebSocket, in the order of their connections.
fn by_connection(traced: &Traced) -> Vec<Vec<String>> {
    let mut frames: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for frame in &traced.frames {
        frames.entry(frame.connection).or_default().push(frame.line());
    }
    frames.into_values().collect()
}

/// What the network panel is told: the names of events, and how often each came.
fn told(file: &std::path::Path) -> BTreeMap<String, usize> {
    let mut events = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        *events.entry(event["method"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    events
}

#[track_caller]
fn assert_browsers(traced: &Traced) {
    let upgrade = traced.upgrade();
    assert!(upgrade.request.field("User-Agent").unwrap().contains("HeadlessChrome/"));
    assert_eq!(upgrade.request.field("Origin"), Some("http://127.0.0.1:8080"));
    assert_eq!(upgrade.request.field("Sec-WebSocket-Version"), Some("13"));
    assert!(upgrade.request.field("Sec-WebSocket-Extensions").unwrap().starts_with("permessage-deflate"));
    let fetched = traced.exchange("/api/notes");
    assert_eq!(fetched.response.status, Some(200));
    assert_eq!(fetched.request.field("Sec-Fetch-Mode"), Some("cors"));
    assert_eq!(fetched.request.field("Sec-Fetch-Dest"), Some("empty"));
}

#[test]
fn two_tabs_chat_by_nodes_ws_and_the_tools_hide_ping_pong_and_close() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.jsonl");
    let traced = scenario("chromium", &["node", file.to_str().expect("temporary folders have plain names")]);
    assert_browsers(&traced);
    assert_eq!(traced.printed, "Ann fetches []\nBob hears Hello, Bob!\nAnn hears Hello, Ann!\nAnn leaves: 1000 done\n");
    let ann = [
        "server ping 14",
        "client pong 14",
        "client text 11",
        "server text 11",
        "client close 1000 done",
        "server close 1000 done",
    ];
    let bob = [
        "server ping 14",
        "client pong 14",
        "server text 11",
        "client text 11",
        "client close 1001",
        "server close 1001",
    ];
    assert_eq!(by_connection(&traced), [ann, bob]);

    let told = told(&file);
    assert_eq!(told["Network.webSocketFrameSent"], 2);
    assert_eq!(told["Network.webSocketFrameReceived"], 2);
    assert_eq!(traced.frames.len(), 12, "the other eight are seen on the wire alone");
}

#[test]
fn two_tabs_chat_by_our_own_relay() {
    let traced = scenario("chromium", &["wire101"]);
    assert_browsers(&traced);
    let heard = "Ann fetches []\nBob hears Ann: Hello, Bob!\nAnn hears Bob: Hello, Ann!\nAnn leaves: 1000 done\n";
    assert_eq!(traced.printed, heard);
    let ann = ["client text 11", "server text 16", "client close 1000 done", "server close 1000 done"];
    // Bob may be told that Ann has left, if he is still there.
    let bob = ["server text 16", "client text 11", "client close 1001", "server close 1001"];
    let mut frames = by_connection(&traced);
    frames[1].retain(|frame| frame != "server text 12");
    assert_eq!(frames, [ann, bob]);
    let last = traced.messages.iter().map(Message::line).filter(|line| line.ends_with("has left")).collect::<Vec<_>>();
    assert!(last.is_empty() || last == ["server Ann has left"], "{last:?}");
}
