//! The pictures in `images/` are those that the program draws, and `images/README.md` says how.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::printed;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("images")
}

/// The commands of `images/README.md`: what is drawn, and into which file.
fn commands() -> Vec<(Vec<String>, PathBuf)> {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    wire101 "));
    let command = |line: &str| {
        let (arguments, file) = line.split_once(" --out images/").expect("each command says which file it writes");
        (arguments.split_whitespace().map(str::to_owned).collect(), PathBuf::from(file.trim()))
    };
    lines.map(command).collect()
}

#[test]
fn every_picture_is_what_its_command_draws() {
    let commands = commands();
    assert!(!commands.is_empty(), "images/README.md gives no command");
    for (arguments, file) in commands {
        let there = fs::read_to_string(folder().join(&file)).unwrap_or_default();
        let again = format!("cargo run -- {} --out images/{}", arguments.join(" "), file.display());
        assert!(printed(&arguments) == there, "images/{} is out of date: {again}", file.display());
    }
}

#[test]
fn every_picture_has_its_command() {
    let drawn: BTreeSet<PathBuf> = commands().into_iter().map(|(_, file)| file).collect();
    let files = fs::read_dir(folder()).unwrap().map(|entry| PathBuf::from(entry.unwrap().file_name()));
    let pictures: BTreeSet<PathBuf> = files.filter(|file| file.extension().is_some_and(|it| it == "svg")).collect();
    assert_eq!(pictures, drawn);
}
