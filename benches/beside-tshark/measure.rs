//! What a run of a program costs: processor time and peak memory, as the system counts them.
//!
//! The system tells only of all children together, so that each run is started by a process that has no other: this one again.

use std::io;
use std::process::{ChildStdout, Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What a run took.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Processor time, the system's on its behalf included.
    pub seconds: f64,
    /// The most memory it had at once, in MiB.
    pub peak_mib: u64,
}

/// Runs a program that often; `read` makes an answer of what it prints. The least time, the most memory, the last answer.
pub fn measure<A>(
    runs: u32,
    program: &str,
    arguments: &[&str],
    read: impl Fn(ChildStdout) -> io::Result<A>,
) -> io::Result<(Cost, A)> {
    let mut best: Option<(Cost, A)> = None;
    for _ in 0..runs.max(1) {
        let into = tempfile::NamedTempFile::new()?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--measured")
            .args([into.path().as_os_str(), program.as_ref()])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("a child without output"))?;
        let answer = read(out)?;
        let status = child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("{program} {} failed: {status}", arguments.join(" "))));
        }
        let cost = parse(&std::fs::read_to_string(into.path())?)?;
        let (seconds, peak_mib) = best.map_or((cost.seconds, cost.peak_mib), |(known, _)| {
            (known.seconds.min(cost.seconds), known.peak_mib.max(cost.peak_mib))
        });
        best = Some((Cost { seconds, peak_mib }, answer));
    }
    best.ok_or_else(|| io::Error::other("no run"))
}

fn parse(written: &str) -> io::Result<Cost> {
    let numbers: Vec<i64> = written.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [microseconds, kibibytes] = numbers[..] else { return Err(io::Error::other("no figures of a run")) };
    Ok(Cost { seconds: microseconds as f64 / 1e6, peak_mib: (kibibytes as u64).div_ceil(1024) })
}

/// In the process between: runs the program, and writes down what it cost.
pub fn run(into: &str, program: &str, arguments: &[&str]) -> io::Result<()> {
    let status = Command::new(program).args(arguments).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{program}: {status}")));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = usage.user_time() + usage.system_time();
    std::fs::write(into, format!("{} {}", time.num_microseconds(), usage.max_rss()))
}
