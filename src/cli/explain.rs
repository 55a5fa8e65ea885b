//! `explain`: the words that name what to explain.

use std::io::Write;

use clap::Args;
use wire101::commands::{Failure, explain};

use super::Look;

#[derive(Debug, Args)]
pub struct Explain {
    /// 404, GET, etag, latency, "close 1000", "tcp syn", layers, frame HEX, accept KEY, "Name: value"; without it: what you can ask for
    #[arg(value_name = "WHAT")]
    words: Vec<String>,
}

impl Explain {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        explain::explain(&self.words, out, look.style())
    }
}
