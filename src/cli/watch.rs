//! How far the reading has come, on standard error, and signals, which end it with the results so far.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wire101::capture::watched::Watcher;
use wire101::commands::Failure;

use super::interrupt;

/// How long reading may take before anything is said about it.
const UNREMARKED: Duration = Duration::from_secs(1);

/// How many times a second the bar is redrawn.
const PER_SECOND: u8 = 8;

/// Watches a capture being read, for the person at the terminal.
pub struct Watch {
    interrupted: Arc<AtomicBool>,
    /// Whether there is a terminal to draw a bar in.
    draws: bool,
    /// How far the current reading has come; hidden until it takes long.
    bar: RefCell<ProgressBar>,
}

impl Watch {
    /// Watches from now on: the first of these signals stops the reading, and a second one stops the program.
    ///
    /// `streams` says that results appear while the capture is read, so no bar is drawn in the same terminal.
    ///
    /// # Errors
    ///
    /// If the system doesn't let the program handle signals.
    pub fn new(signals: &[i32], streams: bool) -> Result<Rc<Self>, Failure> {
        let interrupted = Arc::default();
        interrupt::sets(&interrupted, signals)?;
        let draws = io::stderr().is_terminal() && !(streams && io::stdout().is_terminal());
        Ok(Rc::new(Self { interrupted, draws, bar: RefCell::new(ProgressBar::hidden()) }))
    }
}

impl Watcher for Watch {
    fn begin(&self, bytes: Option<u64>) {
        let bar = match bytes {
            Some(bytes) => ProgressBar::new(bytes).with_style(style(
                "reading {wide_bar} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, {eta} left",
            )),
            None => ProgressBar::no_length()
                .with_style(style("reading {spinner} {binary_bytes}, {binary_bytes_per_sec}, {elapsed}")),
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        self.bar.replace(bar);
    }

    fn read(&self, bytes: usize) {
        let bar = self.bar.borrow();
        bar.inc(bytes as u64);
        if self.draws && bar.is_hidden() && bar.elapsed() > UNREMARKED {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(PER_SECOND));
        }
    }

    fn end(&self) {
        self.bar.borrow().finish_and_clear();
    }

    fn stops(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
