//! Every lesson, run as a learner runs it.

use std::fs;
use std::path::Path;

use wire101::lesson::catalogue;

use super::printed;

/// Runs a lesson with a seed of its own, saves its capture, and returns what it printed.
pub fn run(lesson: &str, capture: &Path) -> String {
    let capture = capture.to_str().expect("temporary folders have plain names");
    printed(&["lesson", "run", lesson, "--seed", "7", "--save", capture])
}

#[test]
fn the_same_seed_gives_the_same_text_and_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let run = || {
            let capture = folder.path().join("same-name.pcapng");
            let text = run(lesson.name, &capture);
            (text, fs::read(capture).unwrap())
        };
        let (first, second) = (run(), run());
        assert_eq!(first.0, second.0, "{}", lesson.name);
        assert!(first.1 == second.1, "{}: two runs, two captures", lesson.name);
    }
}
