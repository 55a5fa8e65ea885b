//! The program, run in a folder of its own.

#[path = "ran.rs"]
mod ran;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use ran::Ran;

/// A folder for one test's files.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the program in this folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    /// Runs the program in this folder, with that on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may end without reading all.
        let _ = stdin.write_all(input);
        drop(stdin);
        Ran::new(child.wait_with_output().unwrap())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wire101"));
        command.args(arguments).current_dir(self.path());
        command.env_remove("COLUMNS").env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Ran {
    /// What it printed before it failed, and the message.
    #[track_caller]
    pub fn failed(self) -> (String, String) {
        assert_eq!(self.status, Some(1), "{}{}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "one line on standard error: {}", self.err);
        (self.out, self.err)
    }
}
