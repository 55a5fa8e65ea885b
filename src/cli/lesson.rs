//! `lesson`: what lessons there are, their text, and how to run one.

use std::io::{self, IsTerminal, Write};

use clap::Subcommand;
use wire101::commands::Failure;
use wire101::commands::lesson::{self, Onlooker};

use super::Look;
use super::waiting::Waiting;

#[derive(Debug, Subcommand)]
pub enum Lesson {
    /// List the lessons
    List,
    /// Read a lesson's text
    Show {
        /// The lesson's name or number
        name: String,
    },
    /// Run a lesson: capture both sides, and explain what crossed the wire
    Run(lesson::Run),
}

impl Lesson {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        match self {
            Self::List => lesson::list(out, look.style()),
            Self::Show { name } => lesson::show(&name, out, look.style()),
            Self::Run(run) => {
                let waiting = io::stderr().is_terminal().then(Waiting::new);
                let onlooker = waiting.as_ref().map(|it| it as &dyn Onlooker);
                lesson::run_before(&run, out, look.style(), onlooker)
            }
        }
    }
}
