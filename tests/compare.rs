//! `wire101 compare`, as who types it sees it.

#[path = "common/program.rs"]
mod program;

use std::process::Stdio;

use program::Folder;
use serde_json::Value;

/// A folder with captures of the lessons on upgrading and on keep-alive.
fn captures() -> Folder {
    let folder = Folder::new();
    for lesson in ["upgrade", "chat", "keep-alive"] {
        folder.run(&["lesson", "run", lesson, "--save", &format!("{lesson}.pcapng")]).ok();
    }
    folder
}

#[test]
fn a_refusal_and_an_upgrade_side_by_side() {
    let folder = captures();
    for width in ["80", "120"] {
        let asked =
            ["compare", "upgrade.pcapng", "upgrade.pcapng", "--exchange", "0.0", "--other", "1.0", "--width", width];
        insta::assert_snapshot!(format!("refused_and_accepted_{width}"), folder.run(&asked).ok());
    }
}

#[test]
fn more_captures_than_fit_side_by_side_stand_below_one_another() {
    let folder = captures();
    for width in ["80", "120"] {
        let asked = ["compare", "upgrade.pcapng", "chat.pcapng", "keep-alive.pcapng", "--width", width];
        insta::assert_snapshot!(format!("three_lessons_{width}"), folder.run(&asked).ok());
    }
}

#[test]
fn the_first_upgrade_is_taken_or_else_the_first_exchange() {
    let folder = captures();
    let out = folder.run(&["compare", "upgrade.pcapng", "keep-alive.pcapng", "--json"]).ok();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["data"]["sources"], serde_json::json!(["upgrade.pcapng", "keep-alive.pcapng"]));
    assert_eq!((&lines[1]["data"]["connection"], &lines[1]["data"]["upgraded"]), (&1.into(), &"websocket".into()));
    assert_eq!((&lines[2]["data"]["connection"], &lines[2]["data"]["status"]), (&0.into(), &200.into()));
    let aspects: Vec<&Value> = lines.iter().filter(|line| line["type"] == "aspect").map(|line| &line["data"]).collect();
    let counted = |verdict: &str| aspects.iter().filter(|aspect| aspect["verdict"] == verdict).count();
    let summary = &lines.last().unwrap()["data"];
    for verdict in ["same", "differs", "varies"] {
        assert_eq!(summary[verdict], counted(verdict), "{verdict}");
    }
}

#[test]
fn what_is_compared_with_itself_differs_in_nothing() {
    let folder = captures();
    let out = folder.run(&["compare", "chat.pcapng", "chat.pcapng"]).ok();
    assert!(out.contains(" the same, 0 different, 0 that no two exchanges share"), "{out}");
    assert!(!out.contains('≠'));
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let folder = captures();
    let failed = |arguments: &[&str]| folder.run(&[&["compare"], arguments].concat()).failed().1;
    let absent = failed(&["chat.pcapng", "upgrade.pcapng", "--other", "1.7"]);
    assert!(absent.contains("upgrade.pcapng: exchange 1.7 is not in this capture: connection 1 has"), "{absent}");
    let absent = failed(&["chat.pcapng", "upgrade.pcapng", "--exchange", "90.0"]);
    assert!(absent.contains("chat.pcapng: exchange 90.0 is not in this capture"), "{absent}");
    assert!(failed(&["chat.pcapng", "nothing.pcapng"]).contains("nothing.pcapng: "));
    folder.file("empty.pcapng", b"");
    assert!(failed(&["chat.pcapng", "empty.pcapng"]).contains("empty.pcapng: "));
    assert_eq!(folder.run(&["compare", "chat.pcapng"]).status, Some(2));
    assert_eq!(folder.run(&[&["compare"][..], &["chat.pcapng"; 9]].concat()).status, Some(2));
}

#[test]
fn one_of_the_captures_may_be_standard_input() {
    let folder = captures();
    let chat = std::fs::File::open(folder.path().join("chat.pcapng")).unwrap();
    let output = folder.command(&["compare", "chat.pcapng", "-"]).stdin(chat).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && out.contains("B  standard input, exchange 0.0, "), "{out}");
    assert!(out.contains(" the same, 0 different, "), "{out}");
    assert_eq!(folder.run(&["compare", "-", "-"]).status, Some(2));
}

#[test]
fn five_servers_answer_the_same_upgrade_each_in_its_way() {
    let folder = Folder::new();
    let peers = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/peers");
    let names = ["node", "websockets", "tornado", "tomcat", "wire101"].map(|server| format!("upgrade-{server}.pcapng"));
    for name in &names {
        std::fs::copy(peers.join(name), folder.path().join(name)).unwrap();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for width in ["80", "120"] {
        let out = folder.run(&[&["compare", "--width", width], &names[..]].concat()).ok();
        for server in ["ws on Node.js", "websockets for Python", "Tornado", "Apache Tomcat", "wire101 serve"] {
            assert!(out.contains(server), "{server} is not told: {out}");
        }
        assert!(out.contains("text \"Hello, wire!\", 14 bytes, compressed"), "{out}");
    }
}

#[test]
fn a_damaged_capture_is_compared_as_far_as_it_goes() {
    let folder = captures();
    let whole = std::fs::read(folder.path().join("upgrade.pcapng")).unwrap();
    folder.file("cut.pcapng", &whole[..whole.len() - 30]);
    let (out, err) = folder.run(&["compare", "upgrade.pcapng", "cut.pcapng"]).failed();
    assert!(out.contains("What was answered") && err.contains("cut.pcapng: "), "{err}");
}

#[test]
fn whoever_reads_only_the_beginning_may() {
    let folder = captures();
    let mut child =
        folder.command(&["compare", "chat.pcapng", "upgrade.pcapng"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
