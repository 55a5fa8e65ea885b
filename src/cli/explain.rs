//! `explain`: the words that say what.

use std::io::Write;

use clap::Args;
use wire101::commands::{Failure, explain};

use super::Look;

#[derive(Debug, Args)]
pub struct Explain {
    /// 404, GET, etag, "close 1000", "tcp syn", layers, frame HEX, accept KEY, "Name: value"; without it: what can be asked
    #[arg(value_name = "WHAT")]
    words: Vec<String>,
}

impl Explain {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        explain::explain(&self.words, out, look.style())
    }
}
