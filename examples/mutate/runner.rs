//! Runs targets on mutated inputs, and tells of those that panic or take longer than a second.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use super::corpus::{self, Packets};
use super::mutation::{self, Chance};
use super::targets::{self, Target};

/// No input may take more of the processor's time.
const TOO_LONG: Duration = Duration::from_secs(1);

/// Every so many inputs of the pipeline, one is also shown in another view, which reads it from a file.
const VIEWED: u64 = 8;

/// What came of some runs.
#[derive(Debug, Default)]
pub struct Outcome {
    pub runs: u64,
    /// How many inputs were taken for what they are mutations of, and how many of those that were viewed.
    pub taken: u64,
    pub views: u64,
    pub viewed: u64,
    pub bytes: u64,
    /// All together, and the longest of one.
    pub took: Duration,
    pub longest: Duration,
    /// What panicked, and with which input.
    pub panics: Vec<(String, Vec<u8>)>,
    /// What took too long, and with which input.
    pub slow: Vec<(String, Vec<u8>)>,
}

pub struct Runner {
    captures: Vec<Packets>,
    parsers: Vec<Target>,
    folder: tempfile::TempDir,
}

impl Runner {
    pub fn new() -> Self {
        let captures = corpus::captures();
        let parsers = targets::parsers(&captures);
        Self { captures, parsers, folder: tempfile::tempdir().expect("there is room for a file") }
    }

    pub fn parsers(&self) -> impl Iterator<Item = &'static str> {
        self.parsers.iter().map(|target| target.name)
    }

    /// Runs one mutated input through the target of that name, a parser's or "pipeline". The same seed makes the same input.
    pub fn run(&self, target: &str, seed: u64, outcome: &mut Outcome) {
        let mut chance = Chance(seed);
        let Some(parser) = self.parsers.iter().find(|parser| parser.name == target) else {
            let file = targets::damaged(&self.captures, &mut chance);
            outcome.taken += u64::from(watched(target, &file, outcome, || targets::pipeline(&file)));
            if seed.is_multiple_of(VIEWED) {
                let path = self.view(&file);
                outcome.views += 1;
                outcome.viewed += u64::from(watched("views", &file, outcome, || targets::views(&path, &mut chance)));
            }
            outcome.runs += 1;
            return;
        };
        let mut input = parser.seeds[chance.below(parser.seeds.len())].clone();
        for _ in 0..chance.below(6) {
            if chance.below(5) == 0 && matches!(target, "pcap" | "pcapng") {
                mutation::file(&mut input, &mut chance);
            } else {
                mutation::blindly(&mut input, &mut chance);
            }
        }
        outcome.taken += u64::from(watched(target, &input, outcome, || (parser.run)(&input)));
        outcome.runs += 1;
    }

    fn view(&self, file: &[u8]) -> PathBuf {
        let path = self.folder.path().join("input");
        fs::write(&path, file).expect("there is room for a file");
        path
    }
}

/// Runs something that may neither panic nor take too long, and returns what it does.
fn watched(name: &str, input: &[u8], outcome: &mut Outcome, run: impl FnOnce() -> bool) -> bool {
    let start = processor_time();
    let ended = catch_unwind(AssertUnwindSafe(run));
    let took = processor_time().saturating_sub(start);
    outcome.took += took;
    outcome.longest = outcome.longest.max(took);
    outcome.bytes += input.len() as u64;
    if took > TOO_LONG {
        outcome.slow.push((format!("{name} took {took:?}"), input.to_vec()));
    }
    ended.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        outcome.panics.push((format!("{name} panicked: {}", text.unwrap_or_default()), input.to_vec()));
        false
    })
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux counts a thread's time").into()
}
