//! Ctrl-C while a capture is read: what was read counts.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Ethernet frames of which no more than the first 14 bytes are there, after the header of a pcap file: each is a problem.
const HEADER: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";
const RECORD: &[u8] = b"\x01\0\0\0\x02\0\0\0\x0e\0\0\0\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0";

#[test]
fn the_summary_is_of_what_was_read_and_the_status_is_the_signals() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"))
        .args(["inspect", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = program.stdin.take().unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    input.write_all(&[HEADER, RECORD].concat()).unwrap();
    for line in ["begin", "problem"] {
        let said = output.next().unwrap().unwrap();
        assert!(said.starts_with(&format!(r#"{{"type":"{line}""#)), "{said}");
    }
    // The packet was read: the signal cannot come too early.
    let signal = Command::new("kill").args(["-INT", &program.id().to_string()]).status().expect("there is a kill");
    assert!(signal.success());
    // If it waits in a read, that goes on until something comes: then it stops. If it does not, it has stopped already, and
    // nobody reads this. The pipe stays open until it is over.
    let _ = input.write_all(&RECORD[..16]);
    let summary = output.last().unwrap().unwrap();
    assert!(summary.contains(r#""packets":1,"#) && summary.contains(r#""complete":false"#), "{summary}");
    let ended = program.wait_with_output().unwrap();
    drop(input);
    assert_eq!(ended.status.code(), Some(130));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(said, "wire101: standard input: packet 2 at byte 54: stopped here, as was asked\n");
}
