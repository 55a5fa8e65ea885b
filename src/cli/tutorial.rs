//! `tutorial`: whether it's taken by lines or by keys, and where it saves your progress.

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
    #[command(flatten)]
    asked: tutorial::Tutorial,
}

impl Tutorial {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let (input, notes) = (&mut io::stdin().lock(), &mut io::stderr().lock());
        let mut tty = Tty::new(look.width);
        let terminal = tty.as_mut().map(|tty| tty as &mut dyn Terminal);
        let is_seen = io::stdout().is_terminal();
        let (plain, prompt) = (self.asked.plain || !is_seen, is_seen && io::stdin().is_terminal());
        let asked = tutorial::Tutorial { plain, prompt, progress: progress_file(), ..self.asked };
        tutorial::tutorial(&asked, Streams { input, out, notes, terminal }, &|| look.style())
    }
}

/// Where the tutorial saves progress: below the user's state folder, as the XDG Base Directory Specification says. It also
/// says that a relative path there is to be ignored.
fn progress_file() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("wire101/progress.json"))
}
