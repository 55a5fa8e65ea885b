//! Both sides of a proxy in one capture.

use serde_json::Value;

use super::PROXY;
use super::common::Folder;

#[test]
fn hops_shows_what_a_proxy_changed() {
    let folder = Folder::new();
    folder.file("proxy.pcap", PROXY);
    insta::assert_snapshot!(folder.run(&["inspect", "proxy.pcap", "--hops", "--width", "80"]).ok());
    let overview = folder.run(&["inspect", "proxy.pcap"]).ok();
    assert!(overview.contains("0.0 → 1.0  10.0.0.2  dropped Upgrade and Connection"), "{overview}");
    let hidden = folder.run(&["inspect", "proxy.pcap", "--hops", "--redact"]).ok();
    assert!(hidden.contains("Upgrade       websocket"), "{hidden}");
    for connection in ["0", "1"] {
        let hop = folder.run(&["inspect", "proxy.pcap", "--hops", "--connection", connection]).ok();
        assert!(hop.starts_with("Exchange 0.0 → 1.0  "), "{hop}");
    }
    assert!(folder.run(&["inspect", "proxy.pcap", "--hops", "--method", "PUT"]).status == Some(1));
    folder.file("one.pcap", &super::hello().bytes());
    assert!(folder.run(&["inspect", "one.pcap", "--hops"]).ok().starts_with("No hop: "));
}

#[test]
fn a_hop_is_a_line_of_json_and_what_the_proxy_did_is_the_cause_of_what_follows() {
    let folder = Folder::new();
    folder.file("proxy.pcap", PROXY);
    let lines = |flags: &[&str]| -> Vec<Value> {
        let out = folder.run(&[&["inspect", "proxy.pcap", "--json"], flags].concat()).ok();
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = lines(&[]);
    let of = |kind: &str| all.iter().filter(|line| line["type"] == kind).map(|line| &line["data"]).collect::<Vec<_>>();
    let hop = of("hop")[0];
    assert_eq!((&hop["from"], &hop["to"]), (&0.into(), &1.into()));
    assert_eq!(hop["exchange"], serde_json::json!([0, 0]));
    let keys: Vec<&String> = hop["changes"][0].as_object().unwrap().keys().collect();
    assert_eq!(hop["changes"][0]["kind"], "dropped", "{keys:?}");
    assert_eq!((&hop["changes"][0]["name"], &hop["changes"][0]["packet"]), (&"Upgrade".into(), &9.into()));
    assert_eq!((&hop["changes"][0]["before"], &hop["changes"][0]["after"]), (&"websocket".into(), &Value::Null));
    let note = of("note")[0];
    assert_eq!((&note["code"], &note["packet"]), (&"proxy-drops-upgrade".into(), &9.into()));
    assert!(of("problem").iter().all(|problem| problem["because"] == note["id"]), "{all:?}");
    let summary = &all.last().unwrap()["data"];
    let counts = folder.run(&["inspect", "proxy.pcap", "--summary"]).ok();
    assert_eq!(summary["notes"], 1);
    assert!(counts.lines().any(|line| line.split_whitespace().eq(["Notes", "1"])), "{counts}");
    // Alone, it's one line between the first and the last.
    let kinds: Vec<_> = lines(&["--hops"]).iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["begin", "hop", "summary"]);
}
