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

#[test]
fn no_mutated_capture_breaks_the_pipeline_or_a_view() {
    let (runner, mut outcome) = (Runner::new(), Outcome::default());
    for seed in 0..2000 {
        runner.run("pipeline", seed, &mut outcome);
    }
    let said: Vec<&String> = outcome.panics.iter().map(|(what, _)| what).collect();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn no_mutated_input_breaks_a_parser() {
    let (runner, mut outcome) = (Runner::new(), Outcome::default());
    for target in runner.parsers() {
        for seed in 0..500 {
            runner.run(target, seed, &mut outcome);
        }
    }
    let said: Vec<&String> = outcome.panics.iter().map(|(what, _)| what).collect();
    assert!(said.is_empty(), "{said:#?}");
}
