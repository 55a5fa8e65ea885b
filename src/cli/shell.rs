//! `completions` and `man`: shell completions and manual pages, generated from the definition of the command line.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use wire101::commands::Failure;

use super::Cli;

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell that the script is for
    shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// The command that the page is about; without it, the program itself
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
    /// Write all the pages to this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "words")]
    all: Option<PathBuf>,
}

impl Completions {
    /// Writes the script that completes commands and flags in that shell.
    pub fn run(self, out: &mut dyn Write) -> Result<(), Failure> {
        // The generator doesn't report that it couldn't write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "wire101", &mut script);
        Ok(out.write_all(&script)?)
    }
}

impl Man {
    /// Writes one manual page, or all of them into a folder.
    pub fn run(self, out: &mut dyn Write) -> Result<(), Failure> {
        match self.all {
            Some(folder) => pages(&folder),
            None => page(&self.words, out),
        }
    }
}

/// Writes the manual page of a command such as `["lesson", "run"]`, or of the program if there are no words. It's in roff,
/// which `man -l -` shows.
fn page(words: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let mut command = Cli::command();
    // This includes what clap itself adds to each command.
    command.build();
    for word in words {
        let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let Some(found) = command.find_subcommand(word) else {
            let asked = words.join(" ");
            let advice = if names.is_empty() {
                format!("`{}` has no commands below it", command.get_bin_name().unwrap_or("wire101"))
            } else {
                format!("there are: {}", names.join(", "))
            };
            return Err(Failure::Usage(format!("there is no command `{asked}`; {advice}")));
        };
        command = found.clone();
    }
    Ok(clap_mangen::Man::new(command).render(out)?)
}

/// Writes all manual pages into a folder: `wire101.1`, `wire101-inspect.1`, …
fn pages(folder: &Path) -> Result<(), Failure> {
    let write = || {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)
    };
    write().map_err(|error| Failure::Run(format!("cannot write manual pages into {}: {error}", folder.display())))
}
