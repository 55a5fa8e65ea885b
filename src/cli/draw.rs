//! `draw`: the pictures there are, and what each is drawn from.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use wire101::commands::Failure;
use wire101::commands::draw::{self, Of, Picture};

use super::watch::Watch;
use super::{interrupt, values};

/// What is drawn, and where to.
#[derive(Debug, Args)]
pub struct Common {
    /// The capture: pcap or pcapng, or - for standard input [default: the capture of a lesson that fits the picture]
    #[arg(conflicts_with = "lesson")]
    file: Option<PathBuf>,
    /// Draw the capture of this lesson, by name or number
    #[arg(long, value_name = "NAME")]
    lesson: Option<String>,
    /// Write the picture to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The pictures.
#[derive(Debug, Subcommand)]
pub enum Draw {
    /// An exchange through the seven OSI layers and the four of TCP/IP, with each layer's header bytes around the payload
    Osi {
        #[command(flatten)]
        common: Common,
        /// Which exchange: connection and index, both from 0 [default: the first]
        #[arg(long, value_name = "C.I", value_parser = values::exchange)]
        exchange: Option<(u64, u64)>,
    },
    /// An HTTP request and its response, part by part: what was sent, its name, its meaning, the clause
    Http {
        #[command(flatten)]
        common: Common,
        /// Which exchange: connection and index, both from 0 [default: the first]
        #[arg(long, value_name = "C.I", value_parser = values::exchange)]
        exchange: Option<(u64, u64)>,
    },
    /// One connection per exchange beside one connection for several exchanges, as ladders
    KeepAlive {
        #[command(flatten)]
        common: Common,
    },
    /// A connection that changes from HTTP to WebSocket, and its frames, as a ladder
    Upgrade {
        #[command(flatten)]
        common: Common,
        /// Which connection, from 0 [default: the first that was upgraded]
        #[arg(long, value_name = "N")]
        connection: Option<u64>,
    },
    /// A WebSocket frame bit by bit, as RFC 6455 draws it, unmasked, with the meaning of every field
    Frame {
        #[command(flatten)]
        common: Common,
        /// Which frame: connection and index, both from 0 [default: the first masked one with data]
        #[arg(long, value_name = "C.I", value_parser = values::exchange)]
        frame: Option<(u64, u64)>,
    },
    /// A server between several WebSocket clients: who said what, and to whom it was passed on
    Relay {
        #[command(flatten)]
        common: Common,
    },
    /// Both sides of a proxy, from a capture that has both: what it was asked, what it asked, and what it changed
    Hops {
        #[command(flatten)]
        common: Common,
    },
}

impl Draw {
    pub fn run(self, out: &mut dyn Write) -> Result<(), Failure> {
        draw::draw(&self.into(), out, Watch::new(interrupt::CTRL_C, false)?)
    }
}

impl From<Draw> for draw::Draw {
    fn from(asked: Draw) -> Self {
        let (kind, Common { file, lesson, out }) = match asked {
            Draw::Osi { common, exchange } => (Picture::Osi(exchange), common),
            Draw::Http { common, exchange } => (Picture::Http(exchange), common),
            Draw::KeepAlive { common } => (Picture::KeepAlive, common),
            Draw::Upgrade { common, connection } => (Picture::Upgrade(connection), common),
            Draw::Frame { common, frame } => (Picture::Frame(frame), common),
            Draw::Relay { common } => (Picture::Relay, common),
            Draw::Hops { common } => (Picture::Hops, common),
        };
        Self { kind, of: file.map_or(Of::Lesson(lesson), Of::File), out }
    }
}
