//! Captures that are being made: from an interface, and of a file that grows.
//!
//! The former takes a network namespace, in which there is a loopback to capture from, and python3.
#![cfg(all(feature = "peers", target_os = "linux"))]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wire101");

/// Listens on two ports, and says something to each, once the file named is there.
const TALK: &str = r#"
import os, socket, sys, time
listeners = [socket.create_server(("127.0.0.1", port)) for port in (8123, 8124)]
while not (os.path.exists(sys.argv[1]) and "capturing" in open(sys.argv[1]).read()): time.sleep(0.02)
for listener in listeners:
    client = socket.create_connection(listener.getsockname())
    client.sendall(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % listener.getsockname()[1])
    server, _ = listener.accept()
    server.recv(1000)
    server.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    client.recv(1000)
"#;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs `wire101 capture` in a network of its own, beside a talk on it, and ends it with Ctrl-C.
fn captured(options: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let remarks = folder.path().join("remarks").display().to_string();
    let script = format!(
        "{PROGRAM} capture --width 120 {options} 2>{remarks} & python3 -c '{TALK}' {remarks}; sleep 0.3; kill -INT $!; \
         wait $!; status=$?; cat {remarks} >&2; exit $status"
    );
    // A trace has a network with a loopback that is up; what it tells of that itself goes nowhere.
    Command::new(PROGRAM).args(["trace", "--log", "/dev/null", "--", "bash", "-c", &script]).output().unwrap()
}

#[test]
fn what_crosses_an_interface_is_told_once_and_ctrl_c_ends_it_with_the_counts() {
    let output = captured("-i lo");
    let (told, remarks) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{told}{remarks}");
    assert!(told.contains("GET /8123 → 204 No Content") && told.contains("GET /8124 → 204 No Content"), "{told}");
    assert!(told.contains(" · 2 TCP connections · 2 requests · "), "{told}");
    assert!(told.contains(" · no problems"), "packets are not to come twice: {told}");
    assert!(remarks.contains("capturing on lo; Ctrl-C ends it"), "{remarks}");
}

#[test]
fn the_kernel_hands_over_only_what_was_asked_for() {
    let told = text(&captured("-i lo --port 8124").stdout);
    assert!(told.contains("GET /8124") && !told.contains("8123"), "{told}");
    let told = text(&captured("-i any --host 127.0.0.1 --port 8123 --port 1").stdout);
    assert!(told.contains("GET /8123") && !told.contains("8124"), "{told}");
    let told = text(&captured("-i lo --host 10.0.0.1").stdout);
    assert!(told.contains("0 packets"), "{told}");
}

#[test]
fn an_interface_that_is_not_there_is_answered_with_those_that_are() {
    let output = Command::new(PROGRAM).args(["capture", "-i", "loo"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("no interface loo; did you mean lo?") && said.contains("any)"), "{said}");
}

#[test]
fn without_the_right_to_it_is_said_what_gives_it() {
    let mut without = Command::new("setpriv");
    let output = without.args(["--bounding-set=-all", "--inh-caps=-all", PROGRAM, "capture", "-i", "lo"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for part in ["CAP_NET_RAW", "sudo setcap cap_net_raw=ep", "wire101 trace"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

/// A capture with two exchanges.
fn file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson.pcapng");
    let output =
        Command::new(PROGRAM).args(["lesson", "run", "request-response", "--save"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    fs::read(path).unwrap()
}

fn watch(path: &Path) -> Child {
    let mut program = Command::new(PROGRAM);
    program.args(["inspect", "--watch", "--width", "120"]).arg(path);
    program.stdout(File::create(path.with_extension("told")).unwrap()).stderr(Stdio::piped()).spawn().unwrap()
}

fn until(path: &Path, wanted: &str) {
    let start = Instant::now();
    while !fs::read_to_string(path).is_ok_and(|there| there.contains(wanted)) {
        assert!(start.elapsed() < Duration::from_mins(1), "{wanted} does not come");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_file_that_grows_is_followed_and_a_packet_that_is_half_there_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.pcapng");
    let bytes = file();
    let mut growing = File::create(&path).unwrap();
    let child = watch(&path);
    // The last packet is never whole, and until Ctrl-C it could still become so.
    let mut from = 0;
    for to in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 20] {
        growing.write_all(&bytes[from..to]).unwrap();
        from = to;
        sleep(Duration::from_millis(100));
    }
    let told = path.with_extension("told");
    until(&told, "→ 404 Not Found");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(fs::read_to_string(&told).unwrap().contains(" · 2 requests · "));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_file_that_is_written_anew_or_replaced_is_not_mixed_up_with_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.pcapng");
    for replace in [false, true] {
        fs::write(&path, file()).unwrap();
        let child = watch(&path);
        until(&path.with_extension("told"), "→ 404 Not Found");
        if replace {
            fs::rename(path.with_extension("told"), path.with_extension("kept")).unwrap();
            fs::write(path.with_extension("new"), file()).unwrap();
            fs::rename(path.with_extension("new"), &path).unwrap();
        } else {
            File::create(&path).unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stderr);
        assert!(said.contains(if replace { "another file took its place" } else { "written anew" }), "{said}");
    }
}
