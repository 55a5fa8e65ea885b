//! Feeds mutated inputs to every parser and to the whole pipeline with its views, for as long as one likes.
//!
//! Seeds are what the lessons put on the wire. Mutations are blind ones, and ones that know where packets, segments, frames,
//! chunks and capture files have their lengths, numbers and flags. An input that panics, or takes more than a second of
//! processor time, is saved. The same seed makes the same inputs.
//!
//! ```text
//! cargo run --release --example mutate -- --runs 10000000 --seed 1 --save failures
//! cargo run --release --example mutate -- --target websocket --runs 1000000
//! ```

mod corpus;
mod mutation;
mod runner;
#[path = "../../tests/common/segments.rs"]
mod segments;
mod targets;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use runner::{Outcome, Runner};

/// After how many runs the figures so far are printed.
const REPORT: u64 = 100_000;

/// After how many failures it is time to look at them.
const ENOUGH: usize = 20;

fn main() -> ExitCode {
    let (mut runs, mut seed, mut target, mut folder) = (100_000, 1, "pipeline".to_owned(), PathBuf::from("failures"));
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = || value.parse().unwrap_or_else(|_| panic!("{name} takes a number"));
        match name.as_str() {
            "--runs" => runs = number(),
            "--seed" => seed = number(),
            "--target" => target = value,
            "--save" => folder = value.into(),
            _ => panic!("there is no {name}; there are --runs, --seed, --target and --save"),
        }
    }
    let runner = Runner::new();
    let targets: Vec<&str> = match target.as_str() {
        "parsers" => runner.parsers().collect(),
        "pipeline" => vec!["pipeline"],
        one => vec![runner.parsers().find(|name| *name == one).unwrap_or_else(|| panic!("no target is called {one}"))],
    };
    let mut failed = false;
    for target in targets {
        let mut outcome = Outcome::default();
        for run in 1..=runs {
            // Seeds far apart, so that two runs of this have no input in common.
            runner.run(target, (seed << 40) + run, &mut outcome);
            let enough = outcome.panics.len() + outcome.slow.len() >= ENOUGH;
            if run % REPORT == 0 || run == runs || enough {
                let Outcome { runs, taken, bytes, took, longest, panics, slow, .. } = &outcome;
                println!(
                    "{target}: {runs} inputs, {taken} of them not refused at once, {bytes} bytes, {:.1} s of processor time, \
                     the longest {:.1} ms; {} panicked, {} took more than a second",
                    took.as_secs_f64(),
                    longest.as_secs_f64() * 1000.0,
                    panics.len(),
                    slow.len()
                );
            }
            if enough {
                break;
            }
        }
        for (what, input) in outcome.panics.iter().chain(&outcome.slow) {
            println!("{what} ({} bytes)", input.len());
            failed = true;
        }
        if let Err(error) = save(&folder.join(target), &outcome) {
            println!("cannot save what failed: {error}");
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Keeps the inputs that failed, each in a file of its own.
fn save(folder: &Path, outcome: &Outcome) -> io::Result<()> {
    for (index, (what, input)) in outcome.panics.iter().chain(&outcome.slow).enumerate() {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(format!("{index:03}.input")), input)?;
        fs::write(folder.join(format!("{index:03}.txt")), what)?;
    }
    Ok(())
}
