//! The program: parse, call, turn an error into a message and an exit status.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use wire101::commands::connect::Notes;
use wire101::commands::tutorial::Streams;
use wire101::commands::{self, Failure};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let result = cli.run(&mut out).and_then(|()| out.flush().map_err(Failure::from));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

/// Exit status: 1 where the input was damaged or lacks what was asked for, 2 for wrong usage. Whoever reads the output
/// may stop reading it (`| head`): that is no failure.
fn report(failure: &Failure) -> ExitCode {
    if let Some(message) = failure.message() {
        eprintln!("wire101: {message}");
    }
    ExitCode::from(failure.status())
}

impl cli::Cli {
    fn run(mut self, out: &mut dyn Write) -> Result<(), Failure> {
        let style = self.style();
        match self.command.take() {
            None => commands::welcome(out, style),
            Some(cli::Command::Lesson { command }) => match command {
                cli::LessonCommand::List => commands::lesson::list(out, style),
                cli::LessonCommand::Show { name } => commands::lesson::show(&name, out, style),
                cli::LessonCommand::Run(run) => commands::lesson::run(&run.into(), out, style),
            },
            Some(cli::Command::Tutorial(asked)) => {
                let (input, notes) = (&mut io::stdin().lock(), &mut io::stderr().lock());
                commands::tutorial::tutorial(&asked.into(), Streams { input, out, notes }, &|| self.style())
            }
            Some(cli::Command::Explain { words }) => commands::explain::explain(&words, out, style),
            Some(cli::Command::Compare(asked)) => commands::compare::compare(&asked.into(), out, style),
            Some(cli::Command::Serve(asked)) => commands::serve::serve(&asked.into(), out, style),
            Some(cli::Command::Connect(asked)) => {
                let err = &mut io::stderr().lock();
                let mut notes = if asked.notes() { Notes::to(err, self.notes_style()) } else { Notes::none() };
                let asked = (*asked).try_into().map_err(Failure::Usage)?;
                commands::connect::connect(&asked, out, &mut notes, style)
            }
            Some(cli::Command::Inspect(inspect)) => commands::inspect::inspect(&(*inspect).into(), out, style),
        }
    }
}
