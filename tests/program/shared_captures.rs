//! Captures recorded by others: what wire101 counts in them is what their EXPECTED.tsv says, or the bytes say why not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::wire101;

/// A count in which wire101 differs from the expected one, which is tshark's, and is right to.
struct Difference {
    file: &'static str,
    column: &'static str,
    ours: &'static str,
    /// What the bytes say.
    because: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        file: "zeek-entity_gap.pcap",
        column: "http_responses",
        ours: "1",
        because: "Packet 6 has the whole status line, `HTTP/1.1 200 OK` CRLF, nine field lines and the empty line after \
                  them. What the capture lacks is body: bytes 1448 to 2895 of the server's stream. tshark counts once it \
                  has all 4705 bytes, and so never; but the client acknowledged them in packet 9, so they did arrive.",
    },
    Difference {
        file: "zeek-http-lower-case-nonstandard-port.pcap",
        column: "http_responses",
        ours: "1",
        because: "Packet 6 begins with `http/1.1 200 OK` CRLF. HTTP-name is case-sensitive (RFC 9112 §2.3), so the server \
                  is at fault; but what it sends answers the GET of packet 4, with thirteen lines of a header section, and \
                  a learner is better served by a 200 than by nothing. tshark takes it for a continuation.",
    },
    Difference {
        file: "zeek-no-version.pcap",
        column: "http_requests",
        ours: "1",
        because: "All that the client sends is packet 4, `GET /cgi-bin/formmail.pl?...` CRLF: a request line with no \
                  version, which is a whole request of HTTP/0.9 (RFC 1945 §4.1, Simple-Request). The server takes it for \
                  one: packet 6 is HTML without a status line (Simple-Response) that quotes the target, and a FIN ends \
                  it. tshark waits for a header section that never comes.",
    },
];

/// The folder with the captures.
pub fn folder() -> PathBuf {
    let folder = env::var_os("WIRE101_SHARED").expect("WIRE101_SHARED names a folder with captures and EXPECTED.tsv");
    folder.into()
}

/// What wire101 counts, by EXPECTED.tsv's names for it.
fn counted(capture: &Path) -> BTreeMap<&'static str, String> {
    let output = wire101(&["inspect".as_ref(), capture.as_os_str(), "--json".as_ref()]);
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_else(|| panic!("{}: nothing printed", capture.display()));
    let line: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(line["type"], "summary", "{}", capture.display());
    let summary = &line["data"];
    let number = |name: &str| summary[name].as_u64().unwrap();
    let mut opcodes: Vec<(u8, u64)> = summary["websocket_opcodes"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(opcode, count)| (opcode.parse().unwrap(), count.as_u64().unwrap()))
        .collect();
    // The expected ones are sorted as text.
    opcodes.sort_by_key(|(opcode, _)| opcode.to_string());
    let opcodes: Vec<String> = opcodes.iter().map(|(opcode, count)| format!("{opcode}:{count}")).collect();
    BTreeMap::from([
        ("packets", number("packets").to_string()),
        ("tcp_connections", number("tcp_connections").to_string()),
        ("http_requests", number("http_requests").to_string()),
        // tshark counts interim responses among the others.
        ("http_responses", (number("http_responses") + number("http_interim")).to_string()),
        ("upgrades", number("upgrades").to_string()),
        ("websocket_frames", number("websocket_frames").to_string()),
        ("websocket_opcodes", if opcodes.is_empty() { "-".to_owned() } else { opcodes.join(" ") }),
    ])
}

#[test]
fn counts_are_the_expected_ones_or_the_bytes_say_why_not() {
    let folder = folder();
    let expected = fs::read_to_string(folder.join("EXPECTED.tsv")).unwrap();
    let mut lines = expected.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let (mut wrong, mut rows) = (Vec::new(), 0);
    for line in lines {
        rows += 1;
        let row: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split('\t')).collect();
        let file = row["file"];
        for (column, ours) in counted(&folder.join(file)) {
            let expected = row[column];
            let known = DIFFERENCES.iter().find(|known| (known.file, known.column) == (file, column));
            let (right, because) = known.map_or((expected, "expected"), |known| (known.ours, known.because));
            if ours != right {
                wrong.push(format!("{file}: {column} is {ours}, and should be {right}: {because}"));
            }
            if known.is_some() && right == expected {
                wrong.push(format!("{file}: {column} is the expected one: it is no difference any more"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= DIFFERENCES.len(), "EXPECTED.tsv has {rows} rows");
}

#[test]
fn nothing_read_is_damaged_and_the_exit_status_says_so() {
    let folder = folder();
    for entry in fs::read_dir(&folder).unwrap() {
        let capture = entry.unwrap().path();
        if capture.extension().is_some_and(|extension| extension == "pcap" || extension == "pcapng") {
            let output = wire101(&["inspect".as_ref(), capture.as_os_str(), "--summary".as_ref()]);
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {message}", capture.display());
            assert!(message.is_empty(), "{}: {message}", capture.display());
        }
    }
}
