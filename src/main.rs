//! The program: parse, call, turn an error into a message and an exit status.

mod cli;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use clap::Parser;
use wire101::capture::watched::Watcher;
use wire101::commands::connect::Notes;
use wire101::commands::log::Log;
use wire101::commands::tutorial::{Streams, Terminal};
use wire101::commands::{self, Failure};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let result = cli.run(&mut out).and_then(|status| out.flush().map(|()| status).map_err(Failure::from));
    match result {
        Ok(status) => ExitCode::from(status),
        Err(failure) => report(&failure),
    }
}

/// Exit status: 1 where the input was damaged or lacks what was asked for, 2 for wrong usage, 125 where tracing failed.
/// Whoever reads the output may stop reading it (`| head`): that is no failure.
fn report(failure: &Failure) -> ExitCode {
    if let Some(message) = failure.message() {
        eprintln!("wire101: {message}");
    }
    ExitCode::from(failure.status())
}

/// Watches a capture being read; `streams` says whether results appear meanwhile.
fn watch(streams: bool) -> Result<Rc<cli::watch::Watch>, Failure> {
    let watch = cli::watch::Watch::new(streams);
    watch.map(Rc::new).map_err(|error| Failure::Run(format!("cannot wait for Ctrl-C: {error}")))
}

impl cli::Cli {
    /// Does what was asked; returns the exit status, which is another's only where another program was run.
    fn run(mut self, out: &mut dyn Write) -> Result<u8, Failure> {
        let style = self.style();
        let done = match self.command.take() {
            None => commands::welcome(out, style),
            Some(cli::Command::Lesson { command }) => match command {
                cli::LessonCommand::List => commands::lesson::list(out, style),
                cli::LessonCommand::Show { name } => commands::lesson::show(&name, out, style),
                cli::LessonCommand::Run(run) => commands::lesson::run(&run.into(), out, style),
            },
            Some(cli::Command::Tutorial(asked)) => {
                let (input, notes) = (&mut io::stdin().lock(), &mut io::stderr().lock());
                let mut tty = terminal::Tty::new(self.width);
                let terminal = tty.as_mut().map(|tty| tty as &mut dyn Terminal);
                commands::tutorial::tutorial(&asked.into(), Streams { input, out, notes, terminal }, &|| self.style())
            }
            Some(cli::Command::Draw { picture }) => commands::draw::draw(&picture.into(), out, watch(false)?),
            Some(cli::Command::Explain { words }) => commands::explain::explain(&words, out, style),
            Some(cli::Command::Completions { shell }) => cli::shell::completions(shell, out),
            Some(cli::Command::Man { all: Some(folder), .. }) => cli::shell::man_pages(&folder),
            Some(cli::Command::Man { words, all: None }) => cli::shell::man(&words, out),
            Some(cli::Command::Compare(asked)) => {
                let watcher: Rc<dyn Watcher> = watch(false)?;
                commands::compare::compare(&asked.into(), out, style, &watcher)
            }
            Some(cli::Command::Serve(asked)) => commands::serve::serve(&asked.into(), out, style),
            Some(cli::Command::Connect(asked)) => {
                let err = &mut io::stderr().lock();
                let mut notes = if asked.notes() { Notes::to(err, self.notes_style()) } else { Notes::none() };
                let asked = (*asked).try_into().map_err(Failure::Usage)?;
                commands::connect::connect(&asked, out, &mut notes, style)
            }
            Some(cli::Command::Capture(asked)) => {
                let remarks = Log::new(io::stderr());
                commands::capture::capture(&(*asked).into(), out, &remarks, style)
            }
            Some(cli::Command::Trace(asked)) => return self.trace(*asked),
            Some(cli::Command::Inspect(inspect)) => {
                let watch = watch(inspect.streams())?;
                commands::inspect::inspect(&(*inspect).into(), out, style, watch)
            }
        };
        done.map(|()| 0)
    }

    fn trace(&self, asked: cli::Trace) -> Result<u8, Failure> {
        let traced = asked.open().and_then(|(asked, log, remarks, terminal)| {
            commands::trace::trace(&asked, &log, &remarks, self.style_of(terminal))
        });
        traced.map_err(|failure| Failure::Trace(Box::new(failure)))
    }
}
