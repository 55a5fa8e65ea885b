//! `inspect --json`: JSON Lines, as the input streams.

use std::io::{self, Write};

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, Pass};
use crate::filter::Matched;
use crate::inspect::record::Summary;
use crate::inspect::{Event, Sink};
use crate::render::json::Json;

/// How much of each body and payload JSON carries: 64 KiB.
const KEEP_FOR_JSON: usize = 64 << 10;

/// Prints JSON Lines; the summary comes last, whatever happened, and counts the whole capture.
pub(super) fn print(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let out = Lines { out, live: input.is_live() };
    let json = Json::of_several(out, &input.name(), input.names());
    let mut only = Only { asked, json, exchanges: None, passed: false };
    let mut reader = match input.open() {
        Ok(reader) => reader,
        Err(failure) => {
            only.json.finish(&Summary::default(), Some(&failure.to_string()))?;
            return Err(failure);
        }
    };
    let connection = asked.exchange.map(|(connection, _)| connection).or(asked.connection);
    let Pass { finding, matched, redacted } =
        asked.read(&mut reader, asked.options(KEEP_FOR_JSON, connection), &mut only);
    only.json.redacted(redacted);
    let complete = finding.error.is_none();
    let unmatched = matched.filter(|_| !only.passed).map(|Matched { of, .. }| match asked.connection {
        Some(connection) => Absent::MatchOn { connection },
        None => Absent::Match { of },
    });
    let outcome = input.outcome(only.absent(&finding.summary).or(unmatched), finding.error);
    let message = outcome.as_ref().err().map(ToString::to_string);
    only.json.finish_read(&finding.summary, complete, message.as_deref())?;
    outcome
}

/// Passes on what belongs to what was asked for.
struct Only<'a, W> {
    asked: &'a Inspect,
    json: Json<'a, W>,
    /// How many exchanges the connection has that an exchange was asked of.
    exchanges: Option<u64>,
    /// Whether anything was asked for.
    passed: bool,
}

impl<W: Write> Only<'_, W> {
    /// What was asked for and was not found.
    fn absent(&self, summary: &Summary) -> Option<Absent> {
        let connection = Absent::connection(self.asked.connection, summary.tcp_connections);
        let exchange = self.asked.exchange.filter(|(_, index)| self.exchanges.is_none_or(|there| *index >= there));
        let exchange = exchange.map(|asked| Absent::exchange(asked, self.exchanges, summary));
        connection.or(exchange)
    }
}

impl<W: Write> Sink for Only<'_, W> {
    fn event(&mut self, event: Event<'_>) {
        if let (Event::Closed(it), Some((connection, _))) = (event, self.asked.exchange)
            && it.number == connection
        {
            self.exchanges = Some(it.exchanges);
        }
        if let Event::Closed(it) = event
            && self.asked.connection.is_none_or(|asked| asked == it.number)
        {
            self.passed = true;
        }
        if self.asked.is_about(event) {
            self.json.event(event);
        }
    }

    fn done(&self) -> bool {
        self.json.done()
    }
}

/// Hands each line on at once where the input is live: whoever reads the lines is waiting for them.
struct Lines<'a> {
    out: &'a mut dyn Write,
    live: bool,
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        if self.live && bytes[..count].ends_with(b"\n") {
            self.out.flush()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
