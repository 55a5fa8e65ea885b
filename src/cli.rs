//! Every subcommand and flag, and what they become for the library.

mod filter;
mod peer;
mod values;

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use wire101::commands::{compare, inspect, lesson, tutorial};
use wire101::inspect::record::Direction;
use wire101::inspect::{DecodeAs, Spoken};
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
    width: Option<u16>,
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
    /// Show every packet's bytes
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
    /// Only this connection (they count from 0)
    #[arg(long, value_name = "N", help_heading = NARROW)]
    connection: Option<u64>,
    /// Only this exchange: connection and index, both from 0
    #[arg(long, value_name = "C.I", value_parser = values::exchange, conflicts_with = "conditions", help_heading = NARROW)]
    exchange: Option<(u64, u64)>,
    /// Only this packet (they count from 1)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "conditions", help_heading = NARROW)]
    packet: Option<u64>,
    #[command(flatten)]
    filter: filter::Conditions,
    /// Show what each OSI layer says
    #[arg(long, help_heading = DEEPEN)]
    layers: bool,
    /// Show the bytes, coloured by layer
    #[arg(long, help_heading = DEEPEN)]
    hex: bool,
    /// Show the packets as a ladder
    #[arg(long, help_heading = DEEPEN)]
    ladder: bool,
    /// Show a connection as a transcript: who said what, and when
    #[arg(long, value_name = "C", conflicts_with_all = ["connection", "exchange", "packet", "layers", "hex", "ladder", "problems", "summary", "json"], help_heading = DEEPEN)]
    follow: Option<u64>,
    /// Show everything that is wrong, by kind
    #[arg(long, conflicts_with_all = ["exchange", "packet", "layers", "hex", "ladder", "summary"], help_heading = DEEPEN)]
    problems: bool,
    /// Decode connections that the capture joins in their middle: 8080=websocket, 8000=http
    #[arg(long, value_name = "PORT=PROTOCOL", value_parser = values::decode_as, help_heading = DEEPEN)]
    decode_as: Vec<(u16, Spoken)>,
    /// Print only the counts
    #[arg(long, help_heading = OUTPUT)]
    summary: bool,
    /// Print JSON Lines
    #[arg(long, conflicts_with_all = ["layers", "hex", "ladder"], help_heading = OUTPUT)]
    json: bool,
    /// Print a response's body, decoded, and nothing else; C.I:request prints the request's
    #[arg(long, value_name = "C.I", value_parser = values::body, conflicts_with_all = ["conditions", "connection", "exchange", "packet", "layers", "hex", "ladder", "follow", "problems", "summary", "json", "out", "redact"], help_heading = OUTPUT)]
    body: Option<((u64, u64), Direction)>,
    /// Write the packets of the connections that match, as pcapng
    #[arg(long, value_name = "FILE", conflicts_with = "packet", help_heading = OUTPUT)]
    out: Option<PathBuf>,
    /// Blank credentials, cookies, query values, bodies and payloads, also in --out
    #[arg(long, help_heading = OUTPUT)]
    redact: bool,
}

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

    fn style_of(&self, terminal: bool) -> Style {
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

impl From<Inspect> for inspect::Inspect {
    fn from(inspect: Inspect) -> Self {
        let Inspect { file, connection, exchange, packet, filter, decode_as, layers, hex, ladder, .. } = inspect;
        let Inspect { follow, body, problems, summary, json, out, redact, .. } = inspect;
        Self {
            file,
            connection,
            exchange,
            packet,
            filter: filter.into(),
            decode_as: DecodeAs::ports(&decode_as),
            layers,
            hex,
            ladder,
            follow,
            body,
            problems,
            summary,
            json,
            out,
            redact,
            terminal: io::stdout().is_terminal(),
        }
    }
}
