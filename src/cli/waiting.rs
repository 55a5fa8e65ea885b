//! What a lesson that takes real time is doing: a line on standard error, in a terminal, which disappears at the end.
//!
//! No extra thread draws it: a lesson on the loopback wire must be the only thread when it enters its namespace.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wire101::commands::lesson::Onlooker;

/// The line.
pub struct Waiting(ProgressBar);

impl Waiting {
    /// A line that isn't shown yet.
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{wide_msg}");
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner())))
    }
}

impl Onlooker for Waiting {
    fn sees(&self, busy_with: &str) {
        self.0.set_message(busy_with.to_owned());
        self.0.tick();
    }

    fn over(&self) {
        self.0.finish_and_clear();
    }
}
