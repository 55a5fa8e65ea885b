//! A command traced: what crosses its network is explained, saved and counted, and the command notices nothing of it.
//!
//! This takes network namespaces, python3 and tshark.
#![cfg(all(feature = "peers", target_os = "linux"))]

#[path = "common/rights.rs"]
mod rights;
#[path = "common/tshark.rs"]
mod tshark;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rights::without_rights;
use serde_json::Value;
use tshark::{Counts, complaints};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wire101");

/// A server that answers so many requests, each on a connection of its own, and a client that sends them.
const TALK: &str = r#"
import http.client, http.server, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *arguments): pass
server = http.server.HTTPServer(("127.0.0.1", 8123), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for number in range(int(sys.argv[1])):
    connection = http.client.HTTPConnection("127.0.0.1", 8123)
    connection.request("GET", "/%d" % number)
    connection.getresponse().read()
    connection.close()
print("talked")
"#;

/// Sends so many mebibytes over one connection.
const FLOOD: &str = r#"
import socket, sys, threading
listener = socket.create_server(("127.0.0.1", 8123))
def serve():
    connection, _ = listener.accept()
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(int(sys.argv[1])):
        connection.sendall(bytes(1 << 20))
    connection.close()
threading.Thread(target=serve).start()
client = socket.create_connection(("127.0.0.1", 8123))
client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
while client.recv(1 << 20): pass
"#;

struct Traced {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
}

impl Traced {
    fn new(options: &[&str]) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), arguments: options.iter().map(ToString::to_string).collect() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An option whose value is a file of this name.
    fn file(mut self, option: &str, name: &str) -> Self {
        let path = self.path(name).display().to_string();
        self.arguments.extend([option.to_owned(), path]);
        self
    }

    fn program(&self, command: &[&str]) -> Command {
        let mut program = Command::new(PROGRAM);
        program.args(["trace", "--width", "120"]).args(&self.arguments).arg("--").args(command);
        program
    }

    fn run(&self, command: &[&str]) -> Output {
        self.program(command).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of a capture's JSON, of one type.
fn records(capture: &Path, kind: &str) -> Vec<Value> {
    let output = Command::new(PROGRAM).args(["inspect", "--json"]).arg(capture).output().unwrap();
    assert!(output.status.success(), "the capture is not whole: {}", text(&output.stderr));
    of_kind(&text(&output.stdout), kind)
}

fn of_kind(lines: &str, kind: &str) -> Vec<Value> {
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == kind).map(|line| line["data"].clone()).collect()
}

fn wait(mut child: Child) -> Option<i32> {
    child.wait().unwrap().code()
}

/// Waits until a file has some text in it.
fn until(path: &Path, wanted: &str) {
    let start = Instant::now();
    while !fs::read_to_string(path).is_ok_and(|there| there.contains(wanted)) {
        assert!(start.elapsed() < Duration::from_mins(1), "{wanted} does not come in {}", path.display());
        sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

#[test]
fn an_exchange_is_explained_and_what_the_command_says_passes_through() {
    let output = Traced::new(&[]).run(&["python3", "-c", TALK, "1"]);
    let said = text(&output.stderr);
    assert_eq!(text(&output.stdout), "talked\n");
    assert_eq!(output.status.code(), Some(0), "{said}");
    for part in
        ["connection 0", "GET /0 → 200 OK  text/plain, 5 B", "closed by the ", "1 exchange, ", " · 1 request · "]
    {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
fn without_any_right_it_is_the_same() {
    let program = Traced::new(&[]).program(&["python3", "-c", TALK, "1"]);
    let output = without_rights(&program).output().unwrap();
    assert!(text(&output.stderr).contains("GET /0 → 200 OK"), "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_saved_is_what_was_told_and_tshark_counts_the_same() {
    let traced = Traced::new(&["--json"]).file("--log", "log").file("--save", "saved.pcapng");
    let output = traced.run(&["python3", "-c", TALK, "20"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    let log = fs::read_to_string(traced.path("log")).unwrap();
    let saved = traced.path("saved.pcapng");
    for kind in ["exchange", "connection", "problem", "summary"] {
        assert_eq!(of_kind(&log, kind), records(&saved, kind), "{kind}");
    }
    assert_eq!(Counts::by_wire101(&log), Counts::by_tshark(&saved, "loopback"));
    assert!(!complaints(&saved, "loopback").iter().any(|complaint| complaint.ends_with("malformed")));
    let summary = &records(&saved, "summary")[0];
    assert_eq!(summary["http_requests"], 20);
}

#[test]
fn a_response_that_goes_on_is_told_of_before_its_end() {
    const EVENTS: &str = r#"
import socket, threading, time
listener = socket.create_server(("127.0.0.1", 8123))
def serve():
    connection, _ = listener.accept()
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
    time.sleep(1.5)
    connection.sendall(b"data: 2\n\n")
    connection.close()
threading.Thread(target=serve).start()
client = socket.create_connection(("127.0.0.1", 8123))
client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
while client.recv(1000): pass
"#;
    let said = text(&Traced::new(&[]).run(&["python3", "-c", EVENTS]).stderr);
    let at = |part: &str| said.find(part).unwrap_or_else(|| panic!("{part} is not in: {said}"));
    assert!(at("200 OK, and its body goes on") < at("200 OK  text/event-stream, 18 B"), "{said}");
}

#[test]
fn the_views_and_filters_of_inspect_are_there() {
    let of = |options: &[&str]| text(&Traced::new(options).run(&["python3", "-c", TALK, "3"]).stderr);
    let filtered = of(&["--path", "/1"]);
    assert!(filtered.contains("GET /1") && !filtered.contains("GET /2"), "{filtered}");
    assert!(filtered.contains("filtered: 1 of 3 connections"), "{filtered}");
    assert!(of(&["--follow", "2"]).contains("> GET /2 HTTP/1.1"));
    assert!(of(&["--exchange", "1.0"]).contains("> Host: 127.0.0.1:8123"));
    assert!(of(&["--connection", "0", "--ladder"]).contains("SYN"));
    let counts = of(&["--summary"]);
    assert!(counts.contains("TCP connections") && !counts.contains("GET"), "{counts}");
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_run_has_the_status_that_a_shell_gives_it() {
    let traced = Traced::new(&[]).file("--save", "saved.pcapng");
    let output = traced.run(&["no-such-command-here"]);
    assert_eq!(output.status.code(), Some(127));
    assert!(text(&output.stderr).contains("cannot run no-such-command-here"), "{}", text(&output.stderr));
    assert_eq!(records(&traced.path("saved.pcapng"), "summary")[0]["packets"], 0);
    let folder = traced.folder.path().display().to_string();
    assert_eq!(traced.run(&[&folder]).status.code(), Some(126));
    let line = text(&traced.run(&["echo one two"]).stderr);
    assert!(line.contains("sh -c"), "{line}");
}

#[test]
fn the_exit_status_is_the_commands_and_for_a_signal_128_and_its_number() {
    let status = |script| Traced::new(&["--summary"]).run(&["sh", "-c", script]).status.code();
    assert_eq!(status("exit 42"), Some(42));
    assert_eq!(status("kill -KILL $$"), Some(137));
}

#[test]
fn it_ends_when_the_last_process_does_with_the_status_of_the_first() {
    let traced = Traced::new(&[]).file("--save", "saved.pcapng");
    let late = format!("(sleep 1; exec python3 -c '{TALK}' 1) >/dev/null 2>&1 & exit 3");
    let output = traced.run(&["sh", "-c", &late]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 1);
    assert!(text(&output.stderr).contains("GET /0"), "{}", text(&output.stderr));
}

#[test]
fn a_command_that_is_killed_leaves_a_whole_capture() {
    let traced = Traced::new(&[]).file("--save", "saved.pcapng");
    let script = format!("python3 -c '{TALK}' 2; kill -KILL $$");
    let output = traced.run(&["sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(137));
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 2);
}

#[test]
fn a_trace_that_is_killed_leaves_a_whole_capture_too() {
    let traced = Traced::new(&[]).file("--log", "log").file("--save", "saved.pcapng");
    let mut child = traced
        .program(&["sh", "-c", &format!("python3 -c '{TALK}' 2; exec sleep 3")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(&traced.path("log"), "GET /1");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 2);
}

#[test]
fn who_tells_it_to_end_ends_the_command_and_what_that_has_started() {
    let traced = Traced::new(&[]).file("--log", "log").file("--save", "saved.pcapng");
    let script = format!("python3 -c '{TALK}' 1; sleep 600 & sleep 600");
    let child = traced.program(&["sh", "-c", &script]).stdout(Stdio::null()).spawn().unwrap();
    until(&traced.path("log"), "closed by");
    signal(&child, Signal::SIGTERM);
    assert_eq!(wait(child), Some(143));
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 1);
    assert!(fs::read_to_string(traced.path("log")).unwrap().contains(" · 1 request · "));
}

#[test]
fn ctrl_c_is_the_commands_and_the_summary_still_comes() {
    use std::os::unix::process::CommandExt;
    let traced = Traced::new(&[]).file("--log", "log").file("--save", "saved.pcapng");
    // It never ends by itself, and says how it does.
    let script = format!("trap 'exit 9' INT; python3 -c '{TALK}' 1; while :; do sleep 0.05; done");
    let child = traced.program(&["sh", "-c", &script]).process_group(0).stdout(Stdio::null()).spawn().unwrap();
    until(&traced.path("log"), "closed by");
    // As a terminal does: all of the group.
    kill(Pid::from_raw(-child.id().cast_signed()), Signal::SIGINT).unwrap();
    assert_eq!(wait(child), Some(9));
    assert!(fs::read_to_string(traced.path("log")).unwrap().contains(" · 1 request · "));
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 1);
}

#[test]
fn after_the_command_ctrl_c_ends_what_it_has_left_behind() {
    use std::os::unix::process::CommandExt;
    let traced = Traced::new(&[]).file("--log", "log");
    let child = traced.program(&["sh", "-c", "sleep 600 & exit 4"]).process_group(0).spawn().unwrap();
    until(&traced.path("log"), "waiting for sleep");
    signal(&child, Signal::SIGINT);
    assert_eq!(wait(child), Some(4));
}

#[test]
fn after_the_command_too_who_tells_it_to_end_ends_what_is_left_and_what_that_has_started() {
    for told in [Signal::SIGTERM, Signal::SIGHUP] {
        let traced = Traced::new(&[]).file("--log", "log");
        let child = traced.program(&["sh", "-c", "sh -c 'sleep 600; :' & exit 4"]).spawn().unwrap();
        until(&traced.path("log"), "waiting for sh");
        signal(&child, told);
        assert_eq!(wait(child), Some(4));
    }
}

#[test]
fn a_flood_is_captured_or_it_is_said_how_much_is_not_and_what_is_saved_is_whole() {
    let traced = Traced::new(&[]).file("--log", "log").file("--save", "saved.pcapng");
    let output = traced.run(&["python3", "-c", FLOOD, "256"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let log = fs::read_to_string(traced.path("log")).unwrap();
    let body = records(&traced.path("saved.pcapng"), "exchange")[0]["response"]["body_bytes"].as_u64().unwrap();
    let is_whole = body == 256 << 20;
    assert!(is_whole || log.contains("came too fast to be captured"), "{body} bytes: {log}");
}

#[test]
fn what_is_tried_outside_fails_at_once_and_is_named() {
    const TRY: &str = r#"
import socket
for family, kind, address in [
    (2, 1, ("93.184.216.34", 443)), (10, 1, ("2606:4700::1", 80)), (2, 2, ("10.9.9.9", 123)),
    (2, 1, ("192.0.2.1", 80)), (2, 1, ("198.51.100.1", 80)), (10, 1, ("2001:db8::1", 80)),
]:
    it = socket.socket(family, kind)
    it.settimeout(60)
    try:
        it.connect(address)
        it.send(b"hello")
        it.recv(1)
    except OSError as error:
        print(error.strerror)
it = socket.socket(2, 2)
it.connect(("10.9.9.9", 53))
it.send(b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x01\0\x01")
try: it.recv(1)
except OSError as error: print(error.strerror)
"#;
    let traced = Traced::new(&[]).file("--save", "saved.pcapng");
    let output = traced.run(&["python3", "-c", TRY]);
    assert_eq!(text(&output.stdout), "Network is unreachable\n".repeat(7), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    // Addresses from examples are tried like any other.
    let examples = ["192.0.2.1:80 (TCP)", "198.51.100.1:80 (TCP)", "[2001:db8::1]:80 (TCP)"];
    let others = ["93.184.216.34:443 (TCP)", "[2606:4700::1]:80 (TCP)", "10.9.9.9:123 (UDP)", "example.org"];
    for part in examples.iter().chain(&others) {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    assert_eq!(records(&traced.path("saved.pcapng"), "summary")[0]["packets"], 0, "the outside is no part of it");
}

#[test]
fn a_port_on_which_nobody_listens_is_answered_with_where_a_server_has_to_be() {
    const KNOCK: &str = r#"
import socket
for port in (8124, 8125):
    socket.socket().connect_ex(("127.0.0.1", port))
listener = socket.create_server(("127.0.0.1", 8125))
socket.create_connection(("127.0.0.1", 8125))
"#;
    let said = text(&Traced::new(&[]).run(&["python3", "-c", KNOCK]).stderr);
    assert!(said.contains("Nobody listened on port 8124 of the command's network"), "{said}");
}

#[test]
fn an_option_that_is_not_there_is_no_command_and_a_command_that_is_not_there_is_127() {
    let status =
        |arguments: &[&str]| Command::new(PROGRAM).arg("trace").args(arguments).output().unwrap().status.code();
    assert_eq!(status(&["--bogus", "--", "true"]), Some(2));
    assert_eq!(status(&["--", "true", "--bogus"]), Some(0));
    // Where a folder of PATH may not be looked into, the system says that that is why.
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
    let mut program = Command::new(PROGRAM);
    program.args(["trace", "--", "no-such-command"]);
    let output = without_rights(&program).env("PATH", format!("{}:/usr/bin:/bin", closed.display())).output().unwrap();
    assert_eq!(output.status.code(), Some(127), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_saved_is_said_and_the_command_runs_to_its_end() {
    let output = Traced::new(&["--save", "/dev/full"]).run(&["python3", "-c", TALK, "1"]);
    assert_eq!(output.status.code(), Some(125));
    assert_eq!(text(&output.stdout), "talked\n");
    let said = text(&output.stderr);
    assert!(said.contains("cannot write /dev/full") && said.contains("GET /0 → 200"), "{said}");
}

#[test]
fn whoever_stops_reading_stops_nothing_else() {
    let traced = Traced::new(&[]).file("--save", "saved.pcapng");
    let mut child = traced.program(&["python3", "-c", TALK, "30"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(wait(child), Some(0));
    assert_eq!(records(&traced.path("saved.pcapng"), "exchange").len(), 30);
}

#[test]
fn where_the_system_refuses_nothing_is_run_and_the_message_says_what_works() {
    // Somebody with no number in the namespace they are in may make no other.
    let output = Command::new("unshare").args(["--user", PROGRAM, "trace", "--", "echo", "ran"]).output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    for part in ["refused unshare(CLONE_NEWUSER | CLONE_NEWNET)", "why: ", "what works: ", "wire101 capture -i lo"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}
