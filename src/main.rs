//! The program: parse, call, turn an error into a message and an exit status.

mod cli;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;

use wire101::commands::{self, Failure};

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::read();
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let result = cli.run(&mut out).and_then(|status| out.flush().map(|()| status).map_err(Failure::from));
    terminal::settle();
    match result {
        Ok(status) => ExitCode::from(status),
        Err(failure) => report(&failure),
    }
}

/// Exit status: 1 if the input was damaged or lacked what was asked for, 2 for wrong usage, 125 if tracing failed.
/// If whoever reads the output stops reading it (`| head`), that isn't a failure.
fn report(failure: &Failure) -> ExitCode {
    if let Some(message) = failure.message() {
        // Standard error may be gone together with its terminal. The exit status says the rest.
        let _ = writeln!(io::stderr(), "wire101: {message}");
    }
    ExitCode::from(failure.status())
}

impl Cli {
    /// Does what was asked. The exit status is another program's only if that program was run.
    fn run(self, out: &mut dyn Write) -> Result<u8, Failure> {
        let look = &self.look;
        let done = match self.command {
            None => commands::welcome(out, look.style()),
            Some(Command::Lesson(asked)) => asked.run(look, out),
            Some(Command::Tutorial(asked)) => asked.run(look, out),
            Some(Command::Inspect(asked)) => asked.run(look, out),
            Some(Command::Draw(asked)) => asked.run(out),
            Some(Command::Trace(asked)) => return asked.run(look),
            Some(Command::Capture(asked)) => asked.run(look, out),
            Some(Command::Compare(asked)) => asked.run(look, out),
            Some(Command::Serve(asked)) => asked.run(look, out),
            Some(Command::Connect(asked)) => asked.run(look, out),
            Some(Command::Explain(asked)) => asked.run(look, out),
            Some(Command::Completions(asked)) => asked.run(out),
            Some(Command::Man(asked)) => asked.run(out),
        };
        done.map(|()| 0)
    }
}
