//! WebSocket by ws and by websockets, each at both ends, and by Python's client at Tornado and Tomcat.

use super::records::Message;
use super::traced::{Traced, scenario};

const HELLO: [&str; 6] = [
    "client Hello, wire!",
    "server Hello, wire!",
    "client Hello, fragments!",
    "server Hello, fragments!",
    "client deadbeef",
    "server deadbeef",
];

fn messages(traced: &Traced) -> Vec<String> {
    traced.messages.iter().map(Message::line).collect()
}

/// The frames of what websockets' client says: a message in three fragments takes it four frames, the last of them empty.
fn frames(compressed: bool, close: &str) -> Vec<String> {
    let sized = |size: &str| if compressed { "rsv 4".to_owned() } else { size.to_owned() };
    // Compression is marked on a message's first frame alone; each fragment has its own length then.
    let mut frames = vec![
        format!("client text {}", sized("12")),
        format!("server text {}", sized("12")),
        format!("client text more {}", sized("5")),
    ];
    let rest = if compressed { ["8", "16", "1"] } else { ["2", "10", "0"] };
    frames.push(format!("client continuation more {}", rest[0]));
    frames.push(format!("client continuation more {}", rest[1]));
    frames.push(format!("client continuation {}", rest[2]));
    frames.push(format!("server text {}", sized("17")));
    frames.push(format!("client binary {}", sized("4")));
    frames.push(format!("server binary {}", sized("4")));
    frames.extend(["client ping 14", "server pong 14", "client close 1000 done"].map(str::to_owned));
    frames.push(format!("server close {close}"));
    frames
}

#[test]
fn ws_without_permessage_deflate_sends_payloads_as_they_are() {
    let traced = scenario("node-ws", &[]);
    let upgrade = traced.upgrade();
    assert_eq!(upgrade.request.field("Sec-WebSocket-Extensions"), None);
    assert_eq!(upgrade.response.field("Sec-WebSocket-Extensions"), None);
    let expected = [
        "client text 12",
        "server text 12",
        "client text 2600",
        "server text 2600",
        "client binary 4",
        "server binary 4",
        "client ping 14",
        "server pong 14",
        "client close 1000 done",
        "server close 1000 done",
    ];
    assert_eq!(traced.frame_lines(), expected);
    let mut keys: Vec<_> = traced.frames.iter().filter_map(|frame| frame.mask_key.as_deref()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 5, "a masking key for each frame of the client: {keys:?}");
}

#[test]
fn websockets_for_python_compresses_and_fragments() {
    let traced = scenario("python-websockets", &[]);
    assert!(traced.upgrade().request.field("User-Agent").unwrap().contains(" websockets/"));
    assert_eq!(messages(&traced), HELLO);
    assert_eq!(traced.frame_lines(), frames(true, "1000 done"));
    assert_eq!(traced.messages[2].frames, 4);
}

#[test]
fn tornado_puts_fragments_together() {
    let traced = scenario("tornado", &[]);
    assert_eq!(messages(&traced), HELLO);
    assert_eq!(traced.frame_lines(), frames(false, "1000"));
}

#[test]
fn tomcat_puts_compressed_fragments_together() {
    let traced = scenario("tomcat", &[]);
    assert_eq!(messages(&traced), HELLO);
    assert_eq!(traced.frame_lines(), frames(true, "1000 done"));
}
