//! Some thousand mutated inputs, always the same; `examples/mutate` makes as many as one likes.

#![cfg(target_os = "linux")]

#[path = "../examples/mutate/corpus.rs"]
mod corpus;
#[path = "../examples/mutate/mutation.rs"]
mod mutation;
#[path = "../examples/mutate/runner.rs"]
mod runner;
#[path = "common/segments.rs"]
mod segments;
#[path = "../examples/mutate/targets.rs"]
mod targets;

use runner::{Outcome, Runner};

/// How many in a hundred inputs of each target are decoded, at least in part, and not refused at once, so that what comes after
/// its first check is tried, too. A few fewer than there are: what the lessons put on the wire changes the seeds.
const DECODED: [(&str, u64); 15] = [
    ("pipeline", 50),
    ("pcap", 90),
    ("pcapng", 75),
    ("stack", 50),
    ("tcp-options", 90),
    ("reassembly", 90),
    ("http", 55),
    ("websocket", 85),
    ("inflate", 25),
    ("codings", 25),
    ("opening", 40),
    ("extensions", 90),
    ("front-matter", 45),
    ("pasted", 85),
    ("explain", 35),
];

/// How many in a hundred views are of something that is in the mutated capture.
const VIEWED: u64 = 30;

/// What panicked and what was slow, each by its words.
fn failures(outcome: &Outcome) -> Vec<&String> {
    outcome.panics.iter().chain(&outcome.slow).map(|(what, _)| what).collect()
}

#[track_caller]
fn assert_most_are_decoded(target: &str, outcome: &Outcome) {
    let found = DECODED.iter().find(|(name, _)| *name == target);
    let (_, least) = found.unwrap_or_else(|| panic!("{target}: say how many of its inputs are decoded"));
    let share = outcome.taken * 100 / outcome.runs;
    assert!(share >= *least, "{target}: {} of {} inputs are decoded", outcome.taken, outcome.runs);
}

#[test]
fn no_mutated_capture_breaks_the_pipeline_or_a_view() {
    let (runner, mut outcome) = (Runner::new(), Outcome::default());
    for seed in 0..2000 {
        runner.run("pipeline", seed, &mut outcome);
    }
    assert!(failures(&outcome).is_empty(), "{:#?}", failures(&outcome));
    assert_most_are_decoded("pipeline", &outcome);
    let Outcome { views, viewed, .. } = outcome;
    assert!(views > 0 && viewed * 100 / views >= VIEWED, "{viewed} of {views} views show what they are of");
}

#[test]
fn no_mutated_input_breaks_a_parser() {
    let runner = Runner::new();
    for target in runner.parsers() {
        let mut outcome = Outcome::default();
        for seed in 0..500 {
            runner.run(target, seed, &mut outcome);
        }
        assert!(failures(&outcome).is_empty(), "{:#?}", failures(&outcome));
        assert_most_are_decoded(target, &outcome);
    }
}
