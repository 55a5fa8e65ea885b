//! The captures of real peers are what the table beside them says, and say nothing of the machine that recorded them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::printed;

/// What is in a capture, as its row in the table has it.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    connections: String,
    exchanges: String,
    statuses: String,
    frames: String,
    /// All values of the field Server, or nothing.
    server: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// The rows of the table, by the file that each is about.
fn table() -> BTreeMap<String, Row> {
    let text = fs::read_to_string(folder().join("README.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `peers/"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [file, _client, _server, connections, exchanges, statuses, frames, server, ""] = cells[..] else {
            panic!("a row has eight cells: {row}");
        };
        let cell = |text: &str| text.trim_matches('`').to_owned();
        let row = Row {
            connections: cell(connections),
            exchanges: cell(exchanges),
            statuses: cell(statuses),
            frames: cell(frames),
            server: cell(server),
        };
        (file.trim_end_matches('`').to_owned(), row)
    })
    .collect()
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("peers")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "there are no captures of peers");
    files
}

fn inspect(file: &Path) -> Vec<Value> {
    let lines = printed(&["inspect".as_ref(), file.as_os_str(), "--json".as_ref()]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn row(records: &[Value]) -> Row {
    let of = |kind: &'static str| records.iter().filter(move |r| r["type"] == kind).map(|r| &r["data"]);
    let mut statuses = BTreeSet::new();
    let mut servers = BTreeSet::new();
    for response in of("exchange").map(|exchange| &exchange["response"]) {
        statuses.insert(response["status"].to_string());
        for field in response["headers"].as_array().unwrap() {
            if field["name"].as_str().unwrap().eq_ignore_ascii_case("server") {
                servers.insert(field["value"].as_str().unwrap().to_owned());
            }
        }
    }
    let joined = |values: BTreeSet<String>| values.into_iter().collect::<Vec<_>>().join(", ");
    Row {
        connections: of("connection").count().to_string(),
        exchanges: of("exchange").count().to_string(),
        statuses: joined(statuses),
        frames: of("frame").count().to_string(),
        server: joined(servers),
    }
}

#[test]
fn every_capture_of_a_peer_is_what_its_row_says_and_breaks_no_rule() {
    let mut table = table();
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let records = inspect(&file);
        let problems: Vec<&Value> = records.iter().filter(|record| record["type"] == "problem").collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let said = table.remove(name).unwrap_or_else(|| panic!("captures/README.md has no row for peers/{name}"));
        assert_eq!(said, row(&records), "{name}: what captures/README.md says, and what is there");
    }
    assert!(table.is_empty(), "captures/README.md has rows for what is not there: {:?}", table.keys());
}

#[test]
fn no_capture_of_a_peer_tells_of_the_machine_that_recorded_it() {
    // Wherever the project lies: from the root's folder on.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).iter().take(2).collect::<PathBuf>().join("");
    let here = here.to_str().unwrap();
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.len() < 32 << 10, "{}: small enough to be looked through", file.display());
        let text = String::from_utf8_lossy(&bytes);
        for secret in [here, "/tmp/", "/home/", "/root/", "/var/", ".local", "localdomain"] {
            assert!(!text.contains(secret), "{}: {secret}", file.display());
        }
        for connection in inspect(&file).iter().filter(|record| record["type"] == "connection") {
            for end in ["client", "server"] {
                let address = connection["data"][end].as_str().unwrap();
                assert!(address.starts_with("127.0.0.1:"), "{}: {address}", file.display());
            }
        }
    }
}
