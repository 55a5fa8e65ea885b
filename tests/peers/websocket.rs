//! WebSocket by ws and by websockets, each at both ends.

use super::pythons_client::assert_pythons_client;
use super::traced::scenario;

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
    assert_pythons_client(&traced, true, "1000 done");
    assert_eq!(traced.messages[2].frames, 4);
}
