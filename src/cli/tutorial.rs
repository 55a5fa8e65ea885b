//! `tutorial`: how it is taken, by lines or by keys, and where it remembers how far one is.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use wire101::commands::Failure;
use wire101::commands::tutorial::{self, Streams, Terminal};

use super::Look;
use crate::terminal::Tty;

#[derive(Debug, Args)]
pub struct Tutorial {
    /// Use sentences in place of drawings and colours, as for a screen reader; a pipe gets them anyway
    #[arg(long)]
    plain: bool,
    /// List the lessons, and what is done of them
    #[arg(long)]
    list: bool,
    /// Begin with this lesson: its name or number
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    start: Option<String>,
    /// Forget what is done (a copy is kept beside the file)
    #[arg(long, conflicts_with = "list")]
    reset: bool,
}

impl Tutorial {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let (input, notes) = (&mut io::stdin().lock(), &mut io::stderr().lock());
        let mut tty = Tty::new(look.width);
        let terminal = tty.as_mut().map(|tty| tty as &mut dyn Terminal);
        tutorial::tutorial(&self.into(), Streams { input, out, notes, terminal }, &|| look.style())
    }
}

impl From<Tutorial> for tutorial::Tutorial {
    fn from(tutorial: Tutorial) -> Self {
        let Tutorial { plain, list, start, reset } = tutorial;
        let terminal = io::stdout().is_terminal();
        let prompt = terminal && io::stdin().is_terminal();
        Self { plain: plain || !terminal, list, start, reset, progress: progress_file(), prompt }
    }
}

/// Where the tutorial remembers what is done: below the user's folder for state, as the XDG Base Directory Specification
/// has it. A relative path there is to be ignored.
fn progress_file() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("wire101/progress.json"))
}
