//! The command and every process that it starts: waits until none is left, and ends them if it has to.
//!
//! Ctrl-C is for the command: the terminal sends it to the command and to us, and we go on. Once the command has ended, Ctrl-C
//! ends whatever it started that's still running.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Pid, getpgrp, getpid, tcgetpgrp};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::super::log::Log;

/// The signals that are not ours alone. Ctrl-\ is SIGQUIT.
const PASSED_ON: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// How long those whom the command leaves behind may take to end before they are spoken of.
const A_MOMENT: Duration = Duration::from_secs(1);

/// What is still running.
#[derive(Debug, Default)]
struct State {
    /// The command's process, 0 before it was started.
    command: AtomicI32,
    phase: AtomicU8,
    /// We were asked to end, and all of it with us.
    is_to_end: AtomicBool,
}

/// The command runs.
const RUNNING: u8 = 0;
/// It has ended, and something that it started has not.
const LEFT: u8 = 1;
/// Those were told to end.
const ENDING: u8 = 2;
/// They are ended.
const KILLING: u8 = 3;

/// Signals are in our hands; the command has not been started yet.
pub(super) struct Family(Arc<State>);

impl Family {
    /// Takes signals in hand, those that were not to be ignored.
    pub(super) fn expect(log: &Log) -> std::io::Result<Self> {
        let state = Arc::new(State::default());
        let ignored = ignored();
        let mut signals = Signals::new(PASSED_ON.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0))?;
        let (shared, log) = (Arc::clone(&state), log.clone());
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in &mut signals {
                if let Ok(signal) = Signal::try_from(signal) {
                    shared.hear(signal, &log);
                }
            }
        })?;
        Ok(Self(state))
    }

    /// Waits in a thread of its own until the command and all that it started have ended, then calls `over`; the thread's
    /// result is the command's exit status, 128 and the signal's number where a signal ended it.
    pub(super) fn wait(
        self,
        command: u32,
        log: Log,
        over: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<thread::JoinHandle<u8>> {
        self.0.command.store(command.cast_signed(), Ordering::SeqCst);
        thread::Builder::new().name("family".to_owned()).spawn(move || {
            let status = self.0.reap(&log);
            over();
            status
        })
    }
}

impl State {
    fn reap(&self, log: &Log) -> u8 {
        let command = Pid::from_raw(self.command.load(Ordering::SeqCst));
        let mut status = 0;
        loop {
            let ended = match waitpid(None, None) {
                Ok(WaitStatus::Exited(process, code)) => (process, code as u8),
                Ok(WaitStatus::Signaled(process, signal, _)) => (process, 128 + signal as u8),
                Ok(_) | Err(Errno::EINTR) => continue,
                // None is left.
                Err(_) => return status,
            };
            if ended.0 == command {
                status = ended.1;
                if self.is_to_end.load(Ordering::SeqCst) {
                    self.phase.store(ENDING, Ordering::SeqCst);
                    send(Signal::SIGTERM, &children());
                } else {
                    self.phase.store(LEFT, Ordering::SeqCst);
                    say_who_is_left(log.clone());
                }
            } else if let Some(signal) = match self.phase.load(Ordering::SeqCst) {
                ENDING => Some(Signal::SIGTERM),
                KILLING => Some(Signal::SIGKILL),
                _ => None,
            } {
                // What it had started is ours now.
                send(signal, &children());
            }
        }
    }

    fn hear(&self, signal: Signal, log: &Log) {
        let command = Pid::from_raw(self.command.load(Ordering::SeqCst));
        if matches!(signal, Signal::SIGTERM | Signal::SIGHUP) {
            self.is_to_end.store(true, Ordering::SeqCst);
        }
        match (self.phase.load(Ordering::SeqCst), signal) {
            // From the keyboard: whoever is in the foreground has got it.
            (RUNNING, Signal::SIGINT | Signal::SIGQUIT) if is_in_foreground() => {}
            (RUNNING, _) if command.as_raw() > 0 => send(signal, &[command]),
            // The command is about to start: it has not heard it, and whoever sent it will send it again.
            (RUNNING, _) => {}
            (LEFT, Signal::SIGINT | Signal::SIGTERM | Signal::SIGHUP) => {
                self.phase.store(ENDING, Ordering::SeqCst);
                send(Signal::SIGTERM, &children());
            }
            (ENDING | KILLING, Signal::SIGINT) => {
                log.remark("the remaining processes are being killed");
                self.phase.store(KILLING, Ordering::SeqCst);
                send(Signal::SIGKILL, &children());
            }
            _ => send(signal, &children()),
        }
    }
}

/// Says whom the command has left behind, unless they end by themselves in a moment.
fn say_who_is_left(log: Log) {
    let say = move || {
        thread::sleep(A_MOMENT);
        let left = children();
        if !left.is_empty() {
            log.remark(&format!(
                "the command has ended; waiting for {} that it started (Ctrl-C ends {})",
                describe(&left),
                if left.len() == 1 { "it" } else { "them" }
            ));
        }
    };
    // Without the thread there is one remark less.
    let _ = thread::Builder::new().name("remark".to_owned()).spawn(say);
}

fn send(signal: Signal, to: &[Pid]) {
    for process in to {
        // It may have ended by now: then there is nobody to tell.
        let _ = kill(*process, signal);
    }
}

/// Whether what is typed at a terminal reaches our process group.
fn is_in_foreground() -> bool {
    fs::File::open("/dev/tty").is_ok_and(|terminal| tcgetpgrp(&terminal) == Ok(getpgrp()))
}

/// The processes whose parent we are: the command, or what was left behind by those between.
fn children() -> Vec<Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(|process| parent(*process) == Some(getpid().as_raw())).map(Pid::from_raw).collect()
}

/// A process's parent. The line is: number, name in parentheses (with anything in it), state, parent, and more.
fn parent(process: i32) -> Option<i32> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    line.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Up to three processes by their names and numbers.
fn describe(processes: &[Pid]) -> String {
    const NAMED: usize = 3;
    let name = |process: &Pid| {
        let name = fs::read(format!("/proc/{process}/comm")).unwrap_or_default();
        format!("{} ({process})", String::from_utf8_lossy(name.trim_ascii_end()))
    };
    let mut names: Vec<String> = processes.iter().take(NAMED).map(name).collect();
    if processes.len() > NAMED {
        names.push(format!("{} more", processes.len() - NAMED));
    }
    names.join(", ")
}

/// The signals that whoever started us wants ignored, a bit each.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The exit status of a command that cannot be started: 127 if there is none, 126 if it is there.
pub(super) fn status_of(error: &std::io::Error) -> u8 {
    match error.raw_os_error() {
        Some(libc::ENOENT) => 127,
        _ => 126,
    }
}
