//! What `tests/peers/python/websockets_client.py` says and hears, whatever the server is.

use super::records::Message;
use super::traced::Traced;

const HELLO: [&str; 6] = [
    "client Hello, wire!",
    "server Hello, wire!",
    "client Hello, fragments!",
    "server Hello, fragments!",
    "client deadbeef",
    "server deadbeef",
];

/// Holds a trace against it: whether the server compresses, and what it closes with.
#[track_caller]
pub fn assert_pythons_client(traced: &Traced, compressed: bool, close: &str) {
    assert_eq!(traced.messages.iter().map(Message::line).collect::<Vec<_>>(), HELLO);
    let sized = |size: u64| if compressed { "rsv 4".to_owned() } else { size.to_string() };
    // Compression is marked on a message's first frame alone. Three fragments take four frames, the last of them empty.
    let expected = [
        format!("client text {}", sized(12)),
        format!("server text {}", sized(12)),
        format!("client text more {}", sized(5)),
        "client continuation more".to_owned(),
        "client continuation more".to_owned(),
        "client continuation".to_owned(),
        format!("server text {}", sized(17)),
        format!("client binary {}", sized(4)),
        format!("server binary {}", sized(4)),
        "client ping 14".to_owned(),
        "server pong 14".to_owned(),
        "client close 1000 done".to_owned(),
        format!("server close {close}"),
    ];
    assert_eq!(traced.frame_lines(), expected);
}
