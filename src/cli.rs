//! The command line: a file for each subcommand, with its flags and what they become for the library.

mod capture;
mod compare;
mod connect;
mod draw;
mod explain;
mod filter;
mod inspect;
mod interrupt;
mod lesson;
mod look;
mod mistakes;
mod serve;
mod shell;
mod trace;
mod tutorial;
mod values;
mod views;
mod waiting;
mod watch;

use clap::{Parser, Subcommand};

pub use look::Look;

/// See what HTTP and WebSocket really put on the wire.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, infer_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    pub look: Look,
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Reads the arguments. If they're wrong or ask for help, prints a message and exits.
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| mistakes::explained(error).exit())
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List, read and run single lessons
    #[command(subcommand)]
    Lesson(lesson::Lesson),
    /// Take the whole course: guess, look at the packets, answer questions, go on
    Tutorial(tutorial::Tutorial),
    /// Explain a capture: pcap or pcapng files, or - for standard input
    Inspect(Box<inspect::Inspect>),
    /// Draw a capture as an SVG picture, for a web page or a slide
    #[command(subcommand)]
    Draw(draw::Draw),
    /// Run a command in its own network, and explain what crosses it
    Trace(Box<trace::Trace>),
    /// Explain what crosses an interface of this machine, live
    Capture(Box<capture::Capture>),
    /// Compare exchanges from several captures: what differs, and what it means
    Compare(compare::Compare),
    /// Run a small real server to talk to: pages, JSON, cookies, events, WebSocket
    Serve(serve::Serve),
    /// Send HTTP requests (http://HOST:PORT/PATH), or talk over a WebSocket (ws://HOST:PORT/PATH)
    Connect(Box<connect::Connect>),
    /// Explain a status code, method, header, opcode, close code, layer, TCP flag or option, server, or a frame's bytes
    Explain(explain::Explain),
    /// Print a script that completes commands and flags: wire101 completions bash > FOLDER/wire101
    Completions(shell::Completions),
    /// Print a manual page: wire101 man inspect | man -l -
    Man(shell::Man),
}
