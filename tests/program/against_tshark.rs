//! Every lesson's capture, as Wireshark's `tshark` reads it: nothing to complain of, and the same counts.

use std::collections::BTreeMap;
use std::path::Path;

use wire101::lesson::{Lesson, catalogue};
use wire101::wire::Wire;

use super::lessons;
use super::printed;
use super::tshark::{Counts, complaints, fields};

#[track_caller]
fn assert_counted_alike(lesson: &Lesson, capture: &Path, wire: &str) {
    let lines = printed(&["inspect".as_ref(), capture.as_os_str(), "--json".as_ref()]);
    assert_eq!(Counts::by_wire101(&lines), Counts::by_tshark(capture, wire), "{}", lesson.name);
}

/// Whether the lesson says of everything that tshark complains of that it will.
fn assert_known(lesson: &Lesson, complaints: &[String]) {
    for complaint in complaints {
        let is_known = lesson.warnings.iter().any(|warning| complaint.contains(warning.tshark));
        assert!(is_known, "{}: {complaint}", lesson.name);
    }
}

#[test]
fn tshark_counts_in_every_lesson_what_wire101_counts() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(format!("{}.pcapng", lesson.name));
        lessons::run(lesson.name, &capture);
        assert_counted_alike(lesson, &capture, "virtual");
    }
}

#[test]
fn tshark_complains_of_nothing_in_a_lesson_but_what_the_lesson_says_it_does() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(format!("{}.pcapng", lesson.name));
        lessons::run(lesson.name, &capture);
        let complaints = complaints(&capture, "virtual");
        assert_known(lesson, &complaints);
        for warning in lesson.warnings {
            let is_there = complaints.iter().any(|complaint| complaint.contains(warning.tshark));
            assert!(is_there, "{}: tshark does not say {:?} any more", lesson.name, warning.tshark);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_the_loopback_wire_tshark_counts_the_same_and_finds_nothing_else_malformed() {
    use std::sync::mpsc::channel;
    use std::thread;

    let folder = tempfile::tempdir().unwrap();
    thread::scope(|threads| {
        let (done, saved) = channel();
        // All at once: they take real time, and most of that is waiting.
        for lesson in catalogue::all() {
            let (done, capture) = (done.clone(), folder.path().join(format!("{}.pcapng", lesson.name)));
            threads.spawn(move || {
                let path = capture.to_str().expect("temporary folders have plain names");
                printed(&["lesson", "run", lesson.name, "--wire", "loopback", "--save", path]);
                done.send((lesson, capture)).expect("somebody waits for it");
            });
        }
        drop(done);
        for (lesson, capture) in saved {
            agrees_on_the_loopback_wire(lesson, &capture);
        }
    });
}

#[cfg(target_os = "linux")]
fn agrees_on_the_loopback_wire(lesson: &Lesson, capture: &Path) {
    assert_counted_alike(lesson, capture, "loopback");
    let mut complaints = complaints(capture, "loopback");
    // What a kernel's TCP does, full windows and segments twice, depends on how busy the machine is.
    complaints.retain(|complaint| complaint.ends_with("malformed"));
    assert_known(lesson, &complaints);
}

#[test]
fn tshark_shows_the_comments_on_the_packets_that_matter() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in catalogue::all() {
        let capture = folder.path().join(lesson.name);
        lessons::run(lesson.name, &capture);
        let settings = wire101::wire::Settings { seed: 7, ..lesson.settings(Wire::Virtual) };
        let run = wire101::lesson::run(lesson, Wire::Virtual, settings).unwrap();
        let shown = fields(&capture, "virtual", &["frame.number", "frame.comment"]).into_iter();
        let shown: BTreeMap<u64, String> = shown
            .filter(|packet| !packet[1].is_empty())
            .map(|packet| (packet[0].concat().parse().unwrap(), packet[1].concat()))
            .collect();
        assert_eq!(shown, run.comments(), "{}", lesson.name);
    }
}
