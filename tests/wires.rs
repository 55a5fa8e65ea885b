//! The two wires beside each other: what every lesson says in layer 7 is the same on both; and what a system may refuse.
//!
//! The loopback wire needs network namespaces. Where a system forbids them these tests fail, with what the program says
//! about it.
#![cfg(feature = "peers")]

#[path = "common/netem.rs"]
mod netem;
#[path = "common/rights.rs"]
mod rights;

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::thread;

use netem::kernel_has_netem;
use rights::without_rights;
use serde_json::{Value, json};
use wire101::lesson::{Lesson, catalogue};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wire101");

/// What a lesson's side says in layer 7: connection by connection, in the order of their first words, and there what
/// each direction says.
type Said = BTreeMap<String, Vec<BTreeMap<&'static str, Vec<Value>>>>;

fn run(program: &mut Command) -> Output {
    program.output().unwrap_or_else(|error| panic!("{program:?}: {error}"))
}

fn printed(program: &mut Command) -> String {
    let output = run(program);
    assert!(output.status.success(), "{program:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn lesson(name: &str, wire: &str) -> Command {
    let mut program = Command::new(PROGRAM);
    program.args(["lesson", "run", name, "--wire", wire]);
    program
}

/// Without what differs from run to run: where, when, and masked with what.
fn timeless(data: &Value) -> Value {
    const ASIDE: [&str; 9] =
        ["connection", "index", "first_packet", "last_packet", "packet", "time", "duration", "mask_key", "direction"];
    match data {
        Value::Object(fields) => {
            let said = fields.iter().filter(|(name, _)| !ASIDE.contains(&name.as_str()));
            said.map(|(name, value)| (name.clone(), timeless(value))).collect()
        }
        Value::Array(values) => values.iter().map(timeless).collect(),
        other => other.clone(),
    }
}

fn said(lines: &str) -> Said {
    let mut sides = BTreeMap::new();
    // By connection: when it first said something, and what each direction said.
    let mut talks: BTreeMap<u64, (String, BTreeMap<&'static str, Vec<Value>>)> = BTreeMap::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (kind, data) = (line["type"].as_str().unwrap(), &line["data"]);
        let Some(connection) = data["connection"].as_u64() else { continue };
        let mut say = |direction: &'static str, time: Option<&str>, what: &Value| {
            let (first, talk) = talks.entry(connection).or_default();
            if let Some(time) = time.filter(|time| first.is_empty() || *time < first.as_str()) {
                time.clone_into(first);
            }
            talk.entry(direction).or_default().push(json!([kind, timeless(what)]));
        };
        match kind {
            "connection" => {
                let interface = data["interface"].as_str().unwrap().to_owned();
                sides.insert(connection, interface);
                say("both", None, &json!([data["protocol"], data["exchanges"]]));
            }
            "exchange" => {
                say("client", data["request"]["time"].as_str(), &data["request"]);
                say("server", None, &json!([data["interim"], data["response"], data["upgraded"]]));
            }
            "frame" | "message" => {
                let direction = if data["direction"] == "client" { "client" } else { "server" };
                say(direction, data["time"].as_str(), data);
            }
            // What is found of the layers below differs, as they do.
            _ => {}
        }
    }
    let mut in_order: Vec<_> = talks.into_iter().collect();
    in_order.sort_by(|(_, (one, _)), (_, (other, _))| one.cmp(other));
    let mut said = Said::new();
    for (connection, (_, talk)) in in_order {
        said.entry(sides[&connection].clone()).or_default().push(talk);
    }
    said
}

/// Says where two lessons part.
fn assert_same(name: &str, virtual_wire: &Said, loopback: &Said) {
    for (side, talks) in virtual_wire {
        let others = &loopback[side];
        assert_eq!(talks.len(), others.len(), "{name}, {side}: connections");
        for (number, (talk, other)) in talks.iter().zip(others).enumerate() {
            for (direction, sayings) in talk {
                for (index, saying) in sayings.iter().enumerate() {
                    let other = other.get(direction).and_then(|sayings| sayings.get(index));
                    assert_eq!(Some(saying), other, "{name}, {side}: connection {number}, {direction}, record {index}");
                }
            }
        }
    }
    assert_eq!(virtual_wire, loopback, "{name}");
}

#[test]
fn layer_7_of_every_lesson_is_the_same_on_both_wires() {
    let compare = |it: &Lesson| {
        let [virtual_wire, loopback] =
            ["virtual", "loopback"].map(|wire| said(&printed(lesson(it.name, wire).arg("--json"))));
        assert!(virtual_wire.len() == it.sides.len(), "{}: {virtual_wire:?}", it.name);
        assert_same(it.name, &virtual_wire, &loopback);
    };
    // All at once: on the loopback wire they take real time, and most of that is waiting.
    thread::scope(|threads| {
        for it in catalogue::all() {
            threads.spawn(move || compare(it));
        }
    });
}

#[test]
fn without_the_rights_of_root_it_is_the_same() {
    let with = lesson("upgrade", "loopback");
    let without = printed(without_rights(&with).arg("--json"));
    assert_same("upgrade", &said(&without), &said(&printed(lesson("upgrade", "loopback").arg("--json"))));
}

#[test]
fn the_page_says_which_wire_it_is_of_and_what_differs_on_it() {
    let page = printed(&mut lesson("keep-alive", "loopback"));
    assert!(page.lines().take(2).any(|line| line.contains("loopback wire (Linux ")), "{page}");
    for part in ["no ARP", "zeros", "not filled in"] {
        assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(part), "{part}: {page}");
    }
    let page = printed(&mut lesson("keep-alive", "virtual"));
    assert!(page.contains("virtual wire") && !page.contains("loopback"), "{page}");
}

/// How long after a connection's first packet its first request came, in milliseconds, by connection: a round trip at least,
/// for the request waits for the handshake.
fn first_requests(lines: &str) -> Vec<f64> {
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &'static str| lines.iter().filter(move |line| line["type"] == kind).map(|line| &line["data"]);
    // To a microsecond, which is what a float has room for.
    let time = |time: &Value| time.as_str().unwrap().parse::<f64>().unwrap();
    of("connection")
        .map(|connection| {
            let is_its = |exchange: &&Value| exchange["connection"] == connection["connection"];
            let exchange = of("exchange").find(is_its).expect("each has an exchange");
            (time(&exchange["request"]["time"]) - time(&connection["first_time"])) * 1e3
        })
        .collect()
}

#[test]
fn a_lesson_that_compares_wires_has_them_or_says_that_it_shows_nothing() {
    for name in ["latency", "loss"] {
        let page = printed(lesson(name, "loopback").args(["--width", "200"]));
        let title = page.lines().next().unwrap();
        let has_netem = kernel_has_netem();
        assert_eq!(title.contains(" beside "), has_netem, "{page}");
        assert_eq!(page.contains("netem"), !has_netem, "{page}");
        assert_eq!(page.contains("the comparison below shows nothing"), !has_netem, "{page}");
    }
    let page = printed(lesson("keep-alive", "loopback").args(["--width", "200"]));
    assert!(!page.contains("netem") && !page.contains("shows nothing"), "{page}");
}

#[test]
fn a_delay_that_is_asked_for_is_in_the_capture_and_one_that_the_kernel_cannot_make_is_a_failure() {
    let output = run(lesson("upgrade", "loopback").args(["--rtt", "20ms", "--width", "200"]));
    let (page, message) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if kernel_has_netem() {
        assert_eq!(output.status.code(), Some(0), "{message}");
        assert!(page.contains("rtt 20 ms") && !page.contains("netem"), "{page}");
        let took = first_requests(&printed(lesson("upgrade", "loopback").args(["--rtt", "20ms", "--json"])));
        assert!(took.len() == 2 && took.iter().all(|took| *took >= 19.99), "{took:?}");
    } else {
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("it has no netem") && page.contains("netem"), "{message}{page}");
        assert!(!page.contains("rtt 20 ms"), "{page}");
    }
    // On the virtual wire there is always a delay.
    let took = first_requests(&printed(lesson("upgrade", "virtual").args(["--rtt", "20ms", "--json"])));
    assert!(took.len() == 2 && took.iter().all(|took| (19.99..25.0).contains(took)), "{took:?}");
}

#[test]
fn where_the_system_refuses_nothing_is_run_and_the_message_says_what_works() {
    // Somebody with no number in the namespace they are in may make no other.
    let mut nobody = Command::new("unshare");
    let output = run(nobody.args(["--user", PROGRAM, "lesson", "run", "upgrade", "--wire", "loopback"]));
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(output.stdout.is_empty(), "it must not fall back to the other wire");
    for part in ["refused unshare(CLONE_NEWUSER | CLONE_NEWNET)", "EPERM", "why: ", "what works: ", "--wire virtual"] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn where_no_namespace_is_left_the_message_names_the_setting() {
    // A limit of this namespace and those within, not of the machine.
    let unprivileged = without_rights(&lesson("upgrade", "loopback"));
    let words: Vec<&str> = unprivileged.get_args().filter_map(|word| word.to_str()).collect();
    let script = format!("echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv {}", words.join(" "));
    let output = run(Command::new("unshare").args(["--user", "--map-root-user", "sh", "-c", &script]));
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("ENOSPC") && message.contains("sudo sysctl user.max_user_namespaces="), "{message}");
}
