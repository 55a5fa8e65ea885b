//! `--follow C`: what was said on a connection, as it was said.

use std::io::{self, Write};

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, are_marked, say_redacted};
use crate::index::{Index, Wanted};
use crate::inspect::{Event, Options, Sink};
use crate::render::connection::transcript::Transcript;
use crate::render::model::Page;
use crate::render::style::Style;

/// How much of each body and payload is shown: 64 KiB.
const KEEP_FOR_TRANSCRIPT: usize = 64 << 10;

pub(super) fn print(
    asked: &Inspect,
    input: &Input<'_>,
    connection: u64,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    let mut follower = Follower {
        connection,
        transcript: Transcript::default(),
        style,
        live: input.is_live(),
        out,
        error: None,
        whole: asked.filter.is_everything(),
        told: false,
    };
    let (reader, options) =
        (input.open()?, Options { strays: true, ..asked.options(KEEP_FOR_TRANSCRIPT, Some(connection)) });
    let wanted = Wanted::Connection(connection);
    let (index, _) =
        asked.through(KEEP_FOR_TRANSCRIPT, None, &mut follower, |sink| Index::read(reader, wanted, options, sink));
    let Follower { told, error, .. } = follower;
    if let Some(error) = error {
        return Err(error.into());
    }
    say_redacted(told && (asked.redact || are_marked(index.interfaces())), out, style)?;
    let absent = match (told, index.connection()) {
        (true, _) => None,
        (false, Some(_)) => Some(Absent::MatchOn { connection }),
        (false, None) => Some(Absent::Connection { asked: connection, there: index.summary.tcp_connections }),
    };
    input.outcome(absent, index.error)
}

/// Prints what is said on a connection while it is read.
struct Follower<'a> {
    connection: u64,
    transcript: Transcript,
    style: Style<'a>,
    live: bool,
    out: &'a mut dyn Write,
    error: Option<io::Error>,
    /// Whether it's told of all that is found.
    whole: bool,
    /// Whether its end was told.
    told: bool,
}

impl Follower<'_> {
    fn print(&mut self, page: Page) -> io::Result<()> {
        let is_empty = page.is_empty();
        self.style.print(page, self.out)?;
        if self.live && !is_empty { self.out.flush() } else { Ok(()) }
    }
}

impl Sink for Follower<'_> {
    fn event(&mut self, event: Event<'_>) {
        let transcript = &mut self.transcript;
        let page = match event {
            Event::Opened(it) if it.number == self.connection => {
                transcript.opened(it);
                return;
            }
            Event::Request(it) if it.connection == self.connection => {
                transcript.request();
                return;
            }
            Event::Exchange(it) if it.connection == self.connection => transcript.exchange(it),
            Event::Stray(it) if it.connection == self.connection => transcript.stray(it),
            Event::Frame(it) if it.connection == self.connection => transcript.frame(it),
            Event::Message(it) if it.connection == self.connection => transcript.message(it),
            Event::Closed(it) if it.number == self.connection => {
                self.told = true;
                transcript.closed(it, self.whole)
            }
            _ => return,
        };
        if self.error.is_none() {
            self.error = self.print(page).err();
        }
    }

    fn done(&self) -> bool {
        self.told || self.error.is_some()
    }
}
