//! The invariants that ARCHITECTURE.md states and the compiler does not check.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and which of the others it may know.
const KNOWS: &[(&str, &[&str])] = &[
    ("capture", &[]),
    ("explain", &[]),
    ("layers", &["explain"]),
    ("inspect", &["capture", "layers", "explain"]),
    ("compare", &["capture", "layers", "inspect", "explain"]),
    ("kernel", &["capture"]),
    ("wire", &["capture", "kernel"]),
    ("peer", &["layers"]),
    ("lesson", &["capture", "layers", "inspect", "explain", "wire", "peer"]),
    ("tutorial", &["wire", "lesson"]),
    ("render", &["capture", "layers", "inspect", "explain", "compare", "wire", "lesson", "tutorial"]),
];

/// What only the program itself, `main.rs` and `cli.rs`, may do.
const OUTWARD: [&str; 6] = ["println!", "eprintln!", "print!(", "stdout()", "env::var", "process::exit"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.ends_with("tests.rs") {
            // Tests may know everything.
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn folder(module: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module)
}

#[test]
fn modules_know_only_those_below_them() {
    let others = [
        "capture", "layers", "explain", "inspect", "compare", "kernel", "wire", "peer", "lesson", "tutorial", "render",
        "commands",
    ];
    for (module, known) in KNOWS {
        for path in sources(&folder(module)) {
            let source = fs::read_to_string(&path).unwrap();
            assert!(!source.contains("crate::{"), "{}: name each module on a line of its own", path.display());
            for other in others.iter().filter(|other| *other != module && !known.contains(other)) {
                let names = source.contains(&format!("crate::{other}"));
                assert!(!names, "{}: {module} must not know {other}", path.display());
            }
        }
    }
}

#[test]
fn nothing_below_the_command_line_prints_asks_the_environment_or_exits() {
    for (module, _) in KNOWS.iter().chain([&("commands", &[][..])]) {
        for path in sources(&folder(module)) {
            let source = fs::read_to_string(&path).unwrap();
            for word in OUTWARD {
                assert!(!source.contains(word), "{}: {word}", path.display());
            }
        }
    }
}
