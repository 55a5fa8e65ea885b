//! The captures that come with the project: one for each lesson, as running it makes it.

use std::fs;
use std::path::{Path, PathBuf};

use wire101::lesson::{self, catalogue};
use wire101::wire::Wire;

/// Makes all of them again; `captures/README.md` has it, too.
const COMMAND: &str = "for lesson in $(ls lessons | sed -n '/README/d; s/\\.md$//p'); do
  cargo run --quiet -- lesson run $lesson --save captures/$lesson.pcapng > /dev/null
done";

/// What all of them may take together: somebody clones this.
const MOST_BYTES: u64 = 450_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

fn captures() -> Vec<(String, Vec<u8>)> {
    let run = |lesson: &'static lesson::Lesson| {
        let run = lesson::run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        (lesson.name.to_owned(), run.write(Vec::new()).unwrap())
    };
    catalogue::all().iter().map(run).collect()
}

#[test]
fn every_lesson_has_its_capture_here_and_it_is_up_to_date() {
    let stale: Vec<String> = captures()
        .into_iter()
        .filter(|(name, bytes)| fs::read(folder().join(format!("{name}.pcapng"))).ok().as_ref() != Some(bytes))
        .map(|(name, _)| name)
        .collect();
    assert!(stale.is_empty(), "out of date: {}. Make all again with\n{COMMAND}\n", stale.join(", "));
}

#[test]
fn together_they_are_small() {
    let size = |lesson: &lesson::Lesson| fs::metadata(folder().join(format!("{}.pcapng", lesson.name))).unwrap().len();
    let bytes: u64 = catalogue::all().iter().map(size).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes, and {MOST_BYTES} at most");
}

#[test]
fn the_readme_names_each_and_says_how_to_make_it_again() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let (lessons, peers) = readme.split_once("\n## Real programs\n").unwrap();
    for lesson in catalogue::all() {
        let row = format!("| [{0}.pcapng]({0}.pcapng) | {1} |", lesson.name, lesson.question);
        assert!(lessons.contains(&row), "captures/README.md lacks, under the lessons,\n{row}");
    }
    assert!(!lessons.contains("| `peers/") && peers.contains("| `peers/"), "each table has rows of its own");
    for line in COMMAND.lines() {
        assert!(readme.contains(line), "captures/README.md lacks\n{line}");
    }
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strangers: Vec<String> = files.filter(|file| !readme.contains(file.as_str()) && file != "README.md").collect();
    assert!(strangers.is_empty(), "captures/README.md says nothing of {strangers:?}");
}
