//! What a view costs grows no faster than its capture does: every view, over captures that are made to be expensive, each as it
//! is and twice as long.
//!
//! Nothing is timed. What is counted is the same in every run: allocations, the bytes that they ask for, output, and what is
//! read of files.

mod attacks;
mod counted;
mod views;

use attacks::{ATTACKS, Attack};
use counted::Work;
use views::{BYTE_VIEWS, VIEWS, View};

use crate::common::Folder;

/// What twice the capture may cost, in percent of what the capture does: twice, and a little for what grows by
/// doubling or up to a cap.
const MOST: u64 = 225;

/// What may be added to that, as so little says nothing about growth: allocations, and bytes.
const LITTLE: (u64, u64) = (60, 8 << 10);

/// What one view costs more than it may, of a capture and of one twice as long.
fn excess(name: &str, [once, twice]: [Work; 2]) -> Option<String> {
    let kinds = [
        ("allocations", LITTLE.0, once.allocations, twice.allocations),
        ("bytes allocated", LITTLE.1, once.allocated, twice.allocated),
        ("bytes written", LITTLE.1, once.written, twice.written),
        ("bytes read", LITTLE.1, once.read, twice.read),
    ];
    let too_much = kinds.iter().find(|(_, little, once, twice)| *twice > once * MOST / 100 + little);
    too_much.map(|(kind, _, once, twice)| format!("{name}: {once} {kind}, and {twice} for twice the capture"))
}

/// What views cost more than they may, of so many percent of an attack's capture and of twice that.
fn excesses(attack: &Attack, percent: usize, views: &[(&str, View)]) -> Vec<String> {
    let folder = Folder::new();
    let files = [1, 2].map(|times| folder.file(&format!("{times}.pcapng"), &attack.capture(times * percent)));
    let kept = folder.path().join("kept.pcapng");
    let cost =
        |view: &View| files.each_ref().map(|file| counted::work(|out, watcher| view([file, &kept], out, watcher)));
    views.iter().filter_map(|(name, view)| excess(name, cost(view))).collect()
}

/// Checks every so manieth attack, so that several tests can share them.
fn check(part: usize, parts: usize) {
    for attack in ATTACKS.iter().skip(part).step_by(parts) {
        let all = [excesses(attack, 30, VIEWS), excesses(attack, 12, BYTE_VIEWS)].concat();
        assert!(all.is_empty(), "{}: {all:#?}", attack.name);
    }
}

#[test]
fn a_capture_twice_as_long_costs_twice_as_much_at_most() {
    check(0, 2);
}

#[test]
fn a_capture_twice_as_long_costs_twice_as_much_at_most_whatever_is_in_it() {
    check(1, 2);
}

#[test]
fn what_grows_with_the_square_is_noticed_and_what_is_counted_is_what_was_done() {
    let square = |length: u64| Work { allocations: length, allocated: length * length, ..Work::default() };
    assert!(excess("a square", [square(1000), square(2000)]).is_some());
    let line = |length: u64| Work { written: length, ..Work::default() };
    assert!(excess("a line", [line(1 << 20), line(2 << 20)]).is_none());
    let work = counted::work(|out, watcher| {
        out.write_all(&Vec::from([0; 1000])).unwrap();
        watcher.read(7);
    });
    assert_eq!((work.allocations, work.allocated, work.written, work.read), (1, 1000, 1000, 7));
}

#[test]
fn each_attack_doubles() {
    for attack in ATTACKS {
        for percent in [12, 30] {
            let [once, twice] = [1, 2].map(|times| attack.capture(times * percent).len());
            assert!((once * 8 / 7..once * 12 / 5).contains(&twice), "{}: {once} and {twice} bytes", attack.name);
        }
    }
}
