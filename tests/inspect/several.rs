//! `wire101 inspect A B`: several captures as one, as who types it sees it.

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Map, Value};
use wire101::capture::watched::Nobody;
use wire101::capture::{Interface, Reader, Timestamp, Writer};
use wire101::commands::inspect::{Inspect, inspect};
use wire101::render::style::Style;

use super::PROXY;
use super::common::program::Ran;
use super::common::{Capture, Folder, lessons};

const GET: &[u8] = b"GET /hello HTTP/1.1\r\nHost: example.com\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nworld";

/// A packet, kept.
#[derive(Clone)]
struct Kept {
    interface: usize,
    time: u64,
    original_length: u32,
    data: Vec<u8>,
}

/// A capture, packet by packet.
struct Whole {
    interfaces: Vec<Interface>,
    packets: Vec<Kept>,
}

impl Whole {
    fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(bytes).unwrap();
        let mut packets = Vec::new();
        while let Some(packet) = reader.next_packet().unwrap() {
            packets.push(Kept {
                interface: packet.interface,
                time: packet.time.0,
                original_length: packet.original_length,
                data: packet.data.to_vec(),
            });
        }
        Self { interfaces: reader.interfaces().to_vec(), packets }
    }

    /// The same, each packet a little later than the one before: times alone can tell their order then.
    fn in_order(mut self) -> Self {
        let mut last = 0;
        for packet in &mut self.packets {
            packet.time = packet.time.max(last + 1);
            last = packet.time;
        }
        self
    }

    /// Whether the end that opened the connection sent that packet.
    fn is_clients(&self, at: usize) -> bool {
        self.packets[at].data[34..36] == self.packets[0].data[34..36]
    }

    /// The file of the packets that `keep` chooses by index, with its clock that many nanoseconds ahead.
    fn part(&self, ahead: i64, keep: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &self.interfaces, "test").unwrap();
        for (_, packet) in self.packets.iter().enumerate().filter(|(at, _)| keep(*at)) {
            let time = Timestamp(packet.time.saturating_add_signed(ahead));
            writer.packet(packet.interface, time, packet.original_length, &packet.data, None).unwrap();
        }
        writer.finish().unwrap()
    }
}

fn hello() -> Whole {
    let mut capture = Capture::new();
    capture.connect(40_007).client(GET).server(OK).close();
    Whole::read(&capture.bytes())
}

/// A capture of one exchange in two files, the second from the response on.
fn rotated() -> Folder {
    let (folder, hello) = (Folder::new(), hello());
    folder.file("a.pcapng", &hello.part(0, |at| at < 4));
    folder.file("b.pcapng", &hello.part(0, |at| at >= 4));
    folder
}

/// What is said of a command line that asks for what there can't be.
fn refused(ran: Ran) -> String {
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    ran.err
}

#[test]
fn rotated_files_are_one_capture_in_whatever_order_they_are_named() {
    let folder = rotated();
    for files in [["a.pcapng", "b.pcapng"], ["b.pcapng", "a.pcapng"]] {
        let out = folder.run(&["inspect", files[0], files[1]]).ok();
        assert!(out.starts_with(&format!("{} and {}\n", files[0], files[1])), "{out}");
        assert!(out.contains("All is well") && out.contains("1 connection: 1 HTTP/1"), "{out}");
        let out = folder.run(&["inspect", files[0], files[1], "--connection", "0", "--ladder"]).ok();
        assert!(out.contains("a.pcapng:4") && out.contains("b.pcapng:1"), "{out}");
        assert!(out.contains("last packet b.pcapng:4"), "{out}");
    }
}

#[test]
fn packets_are_asked_for_by_their_files() {
    let folder = rotated();
    let files = ["inspect", "a.pcapng", "b.pcapng"];
    let run = |more: &[&str]| folder.run(&[&files[..], more].concat());
    let out = run(&["--packet", "b.pcapng:1", "--hex"]).ok();
    assert!(out.starts_with("Packet b.pcapng:1  ") && out.contains("the response of exchange 0.0: 200 OK"), "{out}");
    assert!(out.contains("Bytes of packet b.pcapng:1"), "{out}");
    let err = refused(run(&["--packet", "3"]));
    assert!(err.contains("say which capture packet 3 is in: there are a.pcapng:3 and b.pcapng:3"), "{err}");
    let (_, err) = run(&["--packet", "99"]).failed();
    assert!(err.contains("none of the captures has a packet 99: a.pcapng has the most, 4 packets"), "{err}");
    let (_, err) = run(&["--packet", "b.pcapng:9"]).failed();
    assert!(err.contains("b.pcapng: packet 9 is not in this capture: it has packets 1 to 4"), "{err}");
    let err = refused(run(&["--packet", "c.pcapng:1"]));
    assert!(err.contains("c.pcapng:1 names a capture that isn't being read"), "{err}");
    let one = folder.run(&["inspect", "a.pcapng", "--packet", "a.pcapng:4"]).ok();
    assert!(one.starts_with("Packet 4  "), "{one}");
}

#[test]
fn views_that_read_again_read_all_files_again() {
    let folder = rotated();
    let run = |more: &[&str]| folder.run(&[&["inspect", "a.pcapng", "b.pcapng"], more].concat()).ok();
    assert!(run(&["--exchange", "0.0", "--layers"]).contains("a.pcapng:4"));
    assert_eq!(run(&["--body", "0.0"]), "world");
    let said = run(&["--follow", "0"]);
    assert!(said.contains("packet a.pcapng:4") && said.contains("packet b.pcapng:1"), "{said}");
    let out = run(&["--out", "all.pcapng", "--redact"]);
    assert!(out.contains("8 packets of 1 of 1 connection"), "{out}");
    assert!(folder.run(&["inspect", "all.pcapng", "--summary"]).ok().contains('8'));
    for view in [&["--why"][..], &["--problems"], &["--hops"], &["--summary"], &["--hex"], &["--layers"]] {
        run(view);
    }
}

#[test]
fn one_of_the_captures_may_come_from_standard_input_and_formats_may_differ() {
    let folder = Folder::new();
    folder.file("proxy.pcap", PROXY);
    let input = hello().part(0, |_| true);
    let out = folder.run_with(&["inspect", "proxy.pcap", "-"], &input).ok();
    assert!(out.contains("3 connections") && out.contains("and sent packet proxy.pcap:9)"), "{out}");
    assert!(out.contains("pcap (proxy.pcap), pcapng (stdin)"), "{out}");
    for name in ["stdin:4", "-:4"] {
        let out = folder.run_with(&["inspect", "-", "proxy.pcap", "--packet", name], &input).ok();
        assert!(out.starts_with("Packet stdin:4"), "{out}");
    }
}

#[test]
fn a_ladder_has_room_for_its_arrows_however_long_a_name_is() {
    let folder = rotated();
    let name = format!("{}-b.pcapng", "n".repeat(100));
    folder.file(&name, &hello().part(0, |at| at >= 4));
    let out = folder.run(&["inspect", "a.pcapng", &name, "--connection", "0", "--ladder", "--width", "80"]).ok();
    assert!(out.contains("nn-b.pcapng:1  │") && out.contains("200 OK"), "{out}");
}

#[test]
fn a_clock_is_set_once_and_may_be_taken_as_it_is() {
    let folder = two_machines();
    let run = |clocks: &[&str]| folder.run(&[&["inspect", "proxy.pcapng", "server.pcapng"], clocks].concat());
    let out = run(&["--clock", "server.pcapng=0s"]).ok();
    assert!(out.contains("· 1 h 0 min") && !out.contains("The clock of"), "{out}");
    let err = refused(run(&["--clock", "server.pcapng=-1h", "--clock", "./server.pcapng=-1h"]));
    assert!(err.contains("./server.pcapng is none of"), "{err}");
    let err = refused(run(&["--clock", "server.pcapng=-1h", "--clock", "server.pcapng=+1s"]));
    assert!(err.contains("the clock of server.pcapng is set twice"), "{err}");
    let (_, err) = run(&["--clock", "server.pcapng=-500000h"]).failed();
    assert!(err.contains("server.pcapng: packet 1 can't be moved there in time: times go from 1970"), "{err}");
}

/// The proxy's two sides in two files, that of its server with its clock an hour ahead.
fn two_machines() -> Folder {
    let (folder, proxy) = (Folder::new(), Whole::read(PROXY));
    let is_inner = |at: usize| proxy.packets[at].data[26..34].contains(&3);
    folder.file("proxy.pcapng", &proxy.part(0, |at| !is_inner(at)));
    folder.file("server.pcapng", &proxy.part(3_600_000_000_000, is_inner));
    folder
}

#[test]
fn both_sides_of_a_proxy_tell_by_how_much_clocks_differ() {
    let folder = two_machines();
    let out = folder.run(&["inspect", "proxy.pcapng", "server.pcapng", "--width", "200"]).ok();
    assert!(out.contains("The proxy at 10.0.0.2 dropped Upgrade and Connection: Upgrade"), "{out}");
    assert!(out.contains("it received packet proxy.pcapng:4 and sent packet server.pcapng:4"), "{out}");
    assert!(out.contains("The clock of server.pcapng seems 1 h 0 min ahead of proxy.pcapng's, by 1 exchange"), "{out}");
    let told = folder.run(&["inspect", "proxy.pcapng", "server.pcapng", "--clock", "server.pcapng=-1h"]).ok();
    assert!(told.contains("dropped Upgrade") && !told.contains("The clock of"), "{told}");
    let apart = folder.run(&["inspect", "proxy.pcapng", "server.pcapng", "--clock", "server.pcapng=+1ms"]).ok();
    assert!(!apart.contains("The proxy at"), "{apart}");
}

#[test]
fn a_clock_is_compared_with_the_one_it_is_said_to_differ_from() {
    let folder = two_machines();
    let proxy = Whole::read(PROXY);
    // The beginning of what the server has, which has no exchange yet.
    let inner: Vec<usize> =
        (0..proxy.packets.len()).filter(|at| proxy.packets[*at].data[26..34].contains(&3)).collect();
    let is_first = |at: usize| inner[..4].contains(&at);
    folder.file("third.pcapng", &proxy.part(3_590_000_000_000, is_first));
    folder.file("fourth.pcapng", &proxy.part(3_600_000_000_000, is_first));
    let files = ["inspect", "proxy.pcapng", "server.pcapng", "third.pcapng", "fourth.pcapng", "--width", "200"];
    let out = folder.run(&files).ok();
    assert!(out.contains("The clock of third.pcapng seems 10 s behind server.pcapng's"), "{out}");
    assert!(out.contains("The clock of fourth.pcapng agrees with server.pcapng's"), "{out}");
    assert!(out.contains("The proxy at 10.0.0.2 dropped Upgrade"), "{out}");
}

#[test]
fn packets_that_two_machines_captured_tell_by_how_much_clocks_differ() {
    let (folder, hello) = (Folder::new(), hello());
    folder.file("client.pcapng", &hello.part(0, |_| true));
    folder.file("server.pcapng", &hello.part(-1_200_000_000, |_| true));
    let out = folder.run(&["inspect", "client.pcapng", "server.pcapng", "--width", "200"]).ok();
    assert!(
        out.contains("The clock of server.pcapng seems 1 200 ms behind client.pcapng's, by 8 packets that both have"),
        "{out}"
    );
    assert!(out.contains("All is well"), "{out}");
}

#[test]
fn nothing_is_said_of_clocks_where_one_side_sent_its_packets_again() {
    let (folder, hello) = (Folder::new(), hello());
    folder.file("a.pcapng", &hello.part(0, |_| true));
    folder.file("b.pcapng", &hello.part(1_000_000_000, |at| hello.is_clients(at)));
    let out = folder.run(&["inspect", "a.pcapng", "b.pcapng"]).ok();
    assert!(!out.contains("The clock of"), "{out}");
}

/// A connection with ten exchanges.
fn ten() -> Whole {
    let mut capture = Capture::new();
    let mut talk = capture.connect(40_007);
    for _ in 0..10 {
        talk.client(GET).server(OK);
    }
    talk.close();
    Whole::read(&capture.bytes())
}

#[test]
fn acknowledgments_tell_by_how_much_clocks_differ_that_saw_one_direction_each() {
    let ten = ten();
    for (ahead, side) in [(50_000_000_000, "ahead of"), (-50_000_000_000, "behind"), (20_000_000, "ahead of")] {
        let folder = Folder::new();
        folder.file("client.pcapng", &ten.part(0, |at| ten.is_clients(at)));
        folder.file("server.pcapng", &ten.part(ahead, |at| !ten.is_clients(at)));
        let out = folder.run(&["inspect", "client.pcapng", "server.pcapng", "--width", "200"]).ok();
        assert!(out.contains("All is well") && out.contains("10 requests · 10 responses"), "{out}");
        assert!(out.contains(&format!("{side} client.pcapng's, by ")) && out.contains("that the other ackn"), "{out}");
    }
    let folder = Folder::new();
    folder.file("client.pcapng", &ten.part(0, |at| ten.is_clients(at)));
    folder.file("server.pcapng", &ten.part(0, |at| !ten.is_clients(at)));
    let out = folder.run(&["inspect", "client.pcapng", "server.pcapng"]).ok();
    assert!(out.contains("All is well") && !out.contains("The clock of"), "{out}");
}

#[test]
fn it_is_said_where_nothing_tells_whether_clocks_agree() {
    let (folder, ten) = (Folder::new(), ten());
    // The first request and its response, without what acknowledges that.
    folder.file("client.pcapng", &ten.part(0, |at| at == 3));
    folder.file("server.pcapng", &ten.part(50_000_000_000, |at| at == 4));
    let out = folder.run(&["inspect", "client.pcapng", "server.pcapng", "--width", "200"]).ok();
    assert!(out.contains("client.pcapng and server.pcapng have one direction each of the same conv"), "{out}");
    let rotated = rotated().run(&["inspect", "a.pcapng", "b.pcapng"]).ok();
    assert!(!rotated.contains("one direction each"), "{rotated}");
}

#[test]
fn captures_that_overlap_a_little_tell_by_how_much_clocks_differ() {
    let (folder, ten) = (Folder::new(), ten());
    let count = ten.packets.len();
    folder.file("first.pcapng", &ten.part(0, |at| at < count * 6 / 10));
    folder.file("then.pcapng", &ten.part(100_000_000_000, |at| at >= count * 4 / 10));
    let out = folder.run(&["inspect", "first.pcapng", "then.pcapng", "--width", "200"]).ok();
    assert!(out.contains("The clock of then.pcapng seems 100 s ahead of first.pcapng's"), "{out}");
    assert!(out.contains("All is well"), "{out}");
}

#[test]
fn what_both_ends_captured_was_not_sent_again_however_long_it_took() {
    let (folder, mut ten) = (Folder::new(), ten());
    let start = ten.packets[0].time;
    // Each packet is sent 40 ms after the one before, and takes 30 ms.
    let mut at_end = |is_at_server: bool, clock: i64| {
        for at in 0..ten.packets.len() {
            let travels = if ten.is_clients(at) == is_at_server { 30_000_000 } else { 0 };
            ten.packets[at].time = start + at as u64 * 40_000_000 + travels;
        }
        ten.part(clock, |_| true)
    };
    folder.file("client.pcapng", &at_end(false, 0));
    folder.file("server.pcapng", &at_end(true, 5_000_000_000));
    let out = folder.run(&["inspect", "client.pcapng", "server.pcapng", "--json"]).ok();
    assert!(out.contains("\"retransmitted_segments\":0,"), "{out}");
    let out = folder.run(&["inspect", "client.pcapng", "server.pcapng", "--width", "200"]).ok();
    assert!(out.contains("The clock of server.pcapng seems 5 000 ms ahead of client.pcapng's"), "{out}");
    assert!(out.contains("All is well"), "{out}");
}

#[test]
fn nothing_is_said_of_clocks_where_a_proxy_asks_for_the_same_in_a_later_file() {
    let (folder, proxy) = (Folder::new(), Whole::read(PROXY));
    let is_inner = |at: usize| proxy.packets[at].data[26..34].contains(&3);
    let first = (0..proxy.packets.len()).find(|at| is_inner(*at)).unwrap();
    // Both files are of one machine: the first has a packet of the proxy and its server, too.
    folder.file("a.pcapng", &proxy.part(0, |at| at == first || !is_inner(at)));
    folder.file("b.pcapng", &proxy.part(600_000_000_000, |at| at != first && is_inner(at)));
    let out = folder.run(&["inspect", "a.pcapng", "b.pcapng"]).ok();
    assert!(!out.contains("The clock of"), "{out}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = rotated();
    for (arguments, said) in [
        (&["a.pcapng", "b.pcapng", "./a.pcapng"][..], "a.pcapng and ./a.pcapng are one file"),
        (&["a.pcapng", "a.pcapng"], "a.pcapng is named twice"),
        (&["-", "a.pcapng", "-"], "standard input can be only one of the captures"),
        (&["a.pcapng", "b.pcapng", "--watch"], "--watch follows one file"),
        (&["a.pcapng", "b.pcapng", "--from", "#3"], "--from and --until take a time"),
        (&["a.pcapng", "b.pcapng", "--out", "b.pcapng"], "would overwrite the capture"),
    ] {
        let err = refused(folder.run(&[&["inspect"], arguments].concat()));
        assert!(err.contains(said), "{err}");
    }
    let (_, err) = folder.run(&["inspect", "a.pcapng", "missing.pcapng"]).failed();
    assert!(err.contains("missing.pcapng: no such file"), "{err}");
}

#[test]
fn a_damaged_file_says_where_and_the_others_are_read_to_their_ends() {
    let (folder, hello) = (Folder::new(), hello());
    let mut damaged = hello.part(0, |at| at < 4);
    damaged.truncate(damaged.len() - 10);
    folder.file("a.pcapng", &damaged);
    folder.file("b.pcapng", &hello.part(0, |at| at >= 4));
    let (out, err) = folder.run(&["inspect", "a.pcapng", "b.pcapng"]).failed();
    assert!(out.contains("200 OK"), "{out}");
    assert!(err.starts_with("wire101: a.pcapng: packet 4 at byte "), "{err}");
    assert!(out.contains("· pcapng · a.pcapng is cut short after them"), "{out}");
    let (out, _) = folder.run(&["inspect", "a.pcapng", "b.pcapng", "--json"]).failed();
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["data"]["packets"], &last["data"]["complete"]), (&7.into(), &false.into()));
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let (folder, hello) = (Folder::new(), hello());
    folder.file("a.pcapng", &hello.part(0, |_| true));
    folder.file("b.pcapng", b"");
    folder.file("c.pcapng", b"");
    let (out, err) = folder.run(&["inspect", "a.pcapng", "b.pcapng", "c.pcapng"]).failed();
    assert!(out.contains("breaks a rule. b.pcapng and c.pcapng are empty.") && !out.contains("damaged"), "{out}");
    assert!(err.contains("b.pcapng: this file is empty"), "{err}");
    let (out, _) = folder.run(&["inspect", "b.pcapng", "c.pcapng"]).failed();
    assert!(out.contains("No packets") && out.contains("b.pcapng and c.pcapng are empty."), "{out}");
}

#[test]
fn the_latest_packet_may_stand_anywhere() {
    let (folder, mut hello) = (Folder::new(), hello());
    let (first, last) = (hello.packets[0].time, hello.packets.last().unwrap().time);
    hello.packets[0].time = last;
    hello.packets.last_mut().unwrap().time = first;
    folder.file("a.pcapng", &hello.part(0, |_| true));
    let out = folder.run(&["inspect", "a.pcapng", "--json"]).ok();
    let summary: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    let time = |time: u64| Value::from(format!("{}.{:09}", time / 1_000_000_000, time % 1_000_000_000));
    assert_eq!((&summary["data"]["first_time"], &summary["data"]["last_time"]), (&time(first), &time(last)));
}

/// What `--json` says of these captures.
fn lines(files: &[PathBuf]) -> Vec<Value> {
    let mut out = Vec::new();
    let asked = Inspect { file: files[0].clone(), more: files[1..].to_vec(), json: true, ..Inspect::default() };
    let outcome = inspect(&asked, &mut out, Style::plain(80), Rc::new(Nobody));
    assert!(outcome.is_ok(), "{outcome:?}");
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same line, its packets with their numbers in the whole: `whole` has those of each file's.
fn mapped(line: &mut Value, whole: &[Vec<u64>]) {
    fn number(object: &mut Map<String, Value>, (packet, file): (&str, &str), whole: &[Vec<u64>]) {
        if let (Some(own), Some(of)) = (object.get(packet).and_then(Value::as_u64), object.remove(file)) {
            object[packet] = whole[of.as_u64().unwrap() as usize][own as usize - 1].into();
        }
    }
    match line {
        Value::Object(object) => {
            for keys in [("first_packet", "first_file"), ("last_packet", "last_file"), ("packet", "file")] {
                number(object, keys, whole);
            }
            // Its packets are named there, too; and interfaces are counted in another order.
            for key in ["text", "files", "source", "interface"] {
                object.remove(key);
            }
            object.values_mut().for_each(|value| mapped(value, whole));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| mapped(value, whole)),
        _ => {}
    }
}

/// Captures of every lesson, and of what went wrong elsewhere.
fn captures() -> Vec<PathBuf> {
    let folder = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    let files = ["captures", "tests/cases"].into_iter().flat_map(|name| fs::read_dir(folder(name)).unwrap());
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).filter(|path| path.is_file()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "pcap" || it == "pcapng"));
    files.sort();
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Packets are given out one by one, by connection, or by time.
    #[test]
    fn a_capture_that_was_split_says_what_the_whole_does(
        which in any::<prop::sample::Index>(),
        ways in 2..5_usize,
        how in 0..3,
        random in prop::collection::vec(0..4_usize, 64),
    ) {
        let captures = captures();
        let bytes = match which.index(captures.len() + 1) {
            0 => lessons(),
            at => fs::read(&captures[at - 1]).unwrap(),
        };
        let whole = Whole::read(&bytes).in_order();
        let count = whole.packets.len();
        let file = |at: usize| match how {
            0 => random[at % random.len()] % ways,
            1 => whole.packets[at].data.get(34..38).map_or(0, |ports| ports.iter().map(|it| usize::from(*it)).sum()) % ways,
            _ => at * ways / count,
        };
        let folder = Folder::new();
        let files: Vec<PathBuf> =
            (0..ways).map(|of| folder.file(&format!("{of}.pcapng"), &whole.part(0, |at| file(at) == of))).collect();
        let numbers: Vec<Vec<u64>> =
            (0..ways).map(|of| (0..count).filter(|at| file(*at) == of).map(|at| at as u64 + 1).collect()).collect();
        let expected = lines(&[folder.file("whole.pcapng", &whole.part(0, |_| true))]);
        let found = lines(&files);
        prop_assert_eq!(found.len(), expected.len());
        for (mut found, mut expected) in found.into_iter().zip(expected) {
            mapped(&mut found, &numbers);
            mapped(&mut expected, &[(1..=count as u64).collect()]);
            prop_assert_eq!(found, expected);
        }
    }
}
