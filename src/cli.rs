//! Every subcommand and flag, and what they become for the library.

mod draw;
mod filter;
mod peer;
pub mod shell;
mod values;
mod views;
pub mod waiting;
pub mod watch;

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use wire101::commands::log::Log;
use wire101::commands::{Failure, capture, compare, inspect, lesson, trace, tutorial};
use wire101::render::style::Style;
use wire101::wire::{Wire, asked};

/// The width of output that goes to no terminal.
const PIPED_WIDTH: usize = 100;

/// See what HTTP and WebSocket put on the wire.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, infer_subcommands = true)]
pub struct Cli {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorWhen,
    /// How many columns to draw for (the terminal's, or 100)
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub width: Option<u16>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WireName {
    Virtual,
    Loopback,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Demonstrations, run for real and explained
    Lesson {
        #[command(subcommand)]
        command: LessonCommand,
    },
    /// The lessons in order, with questions: guess, see, check, go on
    Tutorial(Tutorial),
    /// Explain a capture: pcap or pcapng, or - for standard input
    Inspect(Box<Inspect>),
    /// Draw a picture of a capture as SVG, for a page or a slide
    Draw {
        #[command(subcommand)]
        picture: draw::Picture,
    },
    /// Run a command in a network of its own, and explain what crosses it
    Trace(Box<Trace>),
    /// Explain what crosses an interface of this machine, live
    Capture(Box<Capture>),
    /// Line up the exchanges of captures: what differs, and what it means
    Compare(Compare),
    /// A small real server to talk to: pages, JSON, cookies, events, WebSocket
    Serve(peer::Serve),
    /// A client of HTTP or WebSocket: http://HOST:PORT/PATH exchanges, ws://HOST:PORT/PATH converses
    Connect(Box<peer::Connect>),
    /// Explain a status code, method, header, opcode, close code, layer, TCP flag or option, server; a frame's bytes
    Explain {
        /// 404, GET, etag, "close 1000", "tcp syn", layers, frame HEX, accept KEY, "Name: value"; without it: what can be asked
        #[arg(value_name = "WHAT")]
        words: Vec<String>,
    },
    /// Print a script that completes commands and flags: wire101 completions bash > FOLDER/wire101
    Completions {
        /// The shell that is to complete them
        shell: Shell,
    },
    /// Print a manual page: wire101 man inspect | man -l -
    Man {
        /// The command that it is about; without it: the program
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
        /// Write all pages into this folder
        #[arg(long, value_name = "FOLDER", conflicts_with = "words")]
        all: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum LessonCommand {
    /// What lessons there are
    List,
    /// Read a lesson's text
    Show {
        /// The lesson's name or number
        name: String,
    },
    /// Run a lesson: capture both sides, and explain what crossed the wire
    Run(Run),
}

#[derive(Debug, Args)]
pub struct Run {
    /// The lesson's name or number
    name: String,
    /// What the lesson runs on: machines in memory, or the kernel's own TCP (Linux)
    #[arg(long, value_name = "WIRE", default_value = "virtual")]
    wire: WireName,
    /// How long a packet and its answer take together: 200ms, 1.5s [default: the lesson's own, mostly 80ms; on the
    /// loopback wire, no longer than they take]
    #[arg(long, value_name = "TIME", value_parser = asked::duration)]
    rtt: Option<Duration>,
    /// How many of a hundred frames get lost [default: the lesson's own, mostly 0]
    #[arg(long, value_name = "PERCENT", value_parser = asked::percent)]
    loss: Option<f64>,
    /// What chance starts from: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write what was captured, both sides, as pcapng
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Show the OSI layers of every exchange
    #[arg(long)]
    layers: bool,
    /// Show the packets' bytes; with --ladder, every packet's
    #[arg(long)]
    hex: bool,
    /// Show every packet of the ladders
    #[arg(long)]
    ladder: bool,
    /// Print JSON Lines instead
    #[arg(long)]
    json: bool,
}

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

#[derive(Debug, Args)]
pub struct Inspect {
    /// The capture; - reads standard input
    file: PathBuf,
    /// Follow a capture that is still being written: explain what comes as it does, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    ends: filter::Ends,
    #[command(flatten)]
    views: views::Views,
    /// Print JSON Lines
    #[arg(long, conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = TRACE_HELP)]
pub struct Trace {
    /// The command, and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// Write every packet, as pcapng, while it comes
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    save: Option<PathBuf>,
    /// Explain in this file, not on standard error
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    log: Option<PathBuf>,
    #[command(flatten)]
    ends: filter::Ends,
    #[command(flatten)]
    views: views::Views,
    /// Write JSON Lines, into the file of --log
    #[arg(long, requires = "log", conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Capture {
    /// The interface: lo, eth0; any is all of them
    #[arg(short, long, value_name = "IFACE")]
    interface: String,
    /// Only what has this port at either end; may be given more than once
    #[arg(long, value_name = "N")]
    port: Vec<u16>,
    /// Only what has this address at either end; may be given more than once
    #[arg(long, value_name = "ADDRESS", value_parser = values::address)]
    host: Vec<IpAddr>,
    /// Write every packet, as pcapng, while it comes
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    save: Option<PathBuf>,
    /// For how long: 10s, 5m, 1h [default: until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = values::period)]
    period: Option<Duration>,
    #[command(flatten)]
    views: views::Views,
    /// Print JSON Lines
    #[arg(long, conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
}

/// What `trace --help` ends with.
const TRACE_HELP: &str = "\
The command runs in a network namespace with nothing but a loopback: what is to talk has to be started by it, and what it
tries to reach outside is not there. It ends when the last process of it does; Ctrl-C is the command's.
Exit status: the command's; 127 and 126 if it cannot be started, 128 + n if signal n ended it, 125 if tracing failed.";

#[derive(Debug, Args)]
pub struct Compare {
    /// The captures
    #[arg(required = true, num_args = 2..)]
    files: Vec<PathBuf>,
    /// The exchange of the first capture [default: its first upgrade, or else its first exchange]
    #[arg(long, value_name = "C.I", value_parser = values::exchange)]
    exchange: Option<(u64, u64)>,
    /// The exchange of the next capture; again for those after it
    #[arg(long, value_name = "C.I", value_parser = values::exchange)]
    other: Vec<(u64, u64)>,
    /// Print JSON Lines instead
    #[arg(long)]
    json: bool,
}

/// Headings of `inspect --help`.
const NARROW: &str = "Narrow";
const FILTER: &str = "Filter (all of it must hold; a connection matches if something on it does)";
const DEEPEN: &str = "Deepen";
const OUTPUT: &str = "Output";

impl Cli {
    /// What the output can show: asked of the terminal and the environment here, and nowhere else.
    pub fn style(&self) -> Style {
        self.style_of(io::stdout().is_terminal())
    }

    /// The same for standard error, of which it cannot be asked how wide it is.
    pub fn notes_style(&self) -> Style {
        self.style_of(io::stderr().is_terminal())
    }

    /// The same for output that goes elsewhere, to a terminal or not.
    pub fn style_of(&self, terminal: bool) -> Style {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && !dumb && !set("NO_COLOR"),
        };
        let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse::<u16>().ok());
        let of_terminal = || terminal_size::terminal_size().filter(|_| terminal).map(|(width, _)| width.0);
        let width = self.width.or(columns).or_else(of_terminal).map_or(PIPED_WIDTH, usize::from);
        Style { colour, unicode: speaks_unicode(), width: width.clamp(20, 1000) }
    }
}

/// Whether the locale's character set is UTF-8; one that says nothing is taken for it.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8")
                || locale.contains("utf8")
                || !locale.contains('.') && locale != "c" && locale != "posix"
        }
        None => true,
    }
}

impl From<Run> for lesson::Run {
    fn from(run: Run) -> Self {
        let Run { name, wire, rtt, loss, seed, save, layers, hex, ladder, json } = run;
        let wire = match wire {
            WireName::Virtual => Wire::Virtual,
            WireName::Loopback => Wire::Loopback,
        };
        Self { name, wire, rtt, loss, seed, save, layers, hex, ladder, json }
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

impl From<Compare> for compare::Compare {
    fn from(compare: Compare) -> Self {
        let Compare { files, exchange, other, json } = compare;
        let exchanges = std::iter::once(exchange).chain(other.into_iter().map(Some)).collect();
        Self { files, exchanges, json }
    }
}

/// Where the tutorial remembers what is done: below the user's folder for state, as the XDG Base Directory Specification
/// has it. A relative path there is to be ignored.
fn progress_file() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("wire101/progress.toml"))
}

impl Inspect {
    /// Whether results appear while the capture is still being read.
    pub fn streams(&self) -> bool {
        self.json || self.views.streams()
    }
}

impl From<Inspect> for inspect::Inspect {
    fn from(inspect: Inspect) -> Self {
        let Inspect { file, watch, ends, views, json } = inspect;
        Self { file, watch, json, terminal: io::stdout().is_terminal(), ..views.within(Some(ends)) }
    }
}

impl Trace {
    /// What is asked, where explanations go and where remarks do, and whether the former is a terminal.
    pub fn open(self) -> Result<(trace::Trace, Log, Log, bool), Failure> {
        let Self { command, save, log, ends, views, json } = self;
        let terminal = log.is_none() && io::stderr().is_terminal();
        let asked = inspect::Inspect { file: "trace".into(), json, terminal, ..views.within(Some(ends)) };
        let remarks = Log::new(io::stderr());
        let log = match log {
            None => remarks.clone(),
            Some(path) => Log::new(
                File::create(&path)
                    .map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))?,
            ),
        };
        let remarks = if json { remarks } else { log.clone() };
        Ok((trace::Trace { command, save, asked }, log, remarks, terminal))
    }
}

impl From<Capture> for capture::Capture {
    fn from(asked: Capture) -> Self {
        let Capture { interface, port, host, save, period, views, json } = asked;
        let terminal = io::stdout().is_terminal();
        let asked = inspect::Inspect { file: (&interface).into(), json, terminal, ..views.within(None) };
        Self { interface, ports: port, hosts: host, save, period, asked }
    }
}
