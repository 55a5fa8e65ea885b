//! A capture that is still being made: told as it happens, then counted.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Write};

use super::super::Failure;
use super::input::Input;
use super::{Inspect, say_filtered};
use crate::capture::Timestamp;
use crate::inspect::{Event, Sink};
use crate::render::live::Live;
use crate::render::overview::KEEP;
use crate::render::style::Style;
use crate::render::summary;

pub(super) fn print(
    asked: &Inspect,
    input: &Input<'_>,
    start: Option<Timestamp>,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    let mut teller = Teller {
        asked,
        live: Live::new(start, style),
        ended: BTreeSet::new(),
        begun: VecDeque::new(),
        out,
        error: None,
    };
    let pass = asked.read(&mut input.open()?, asked.options(KEEP, None), &mut teller);
    let Teller { error, .. } = teller;
    if let Some(error) = error {
        return Err(error.into());
    }
    writeln!(out)?;
    for line in summary::lines(&pass.finding.summary, style) {
        writeln!(out, "{line}")?;
    }
    say_filtered(&pass, out, style)?;
    out.flush()?;
    input.outcome(None, pass.finding.error)
}

/// After how many nanoseconds a response whose body still goes on is told of: events that a server sends have no end.
const GOES_ON: u64 = 1_000_000_000;

/// How many responses may go on and still be told of.
const MOST_BEGUN: usize = 1000;

/// Tells what happens, a line each, at once.
struct Teller<'a> {
    asked: &'a Inspect,
    live: Live,
    /// Connections whose end was told before they were closed for good.
    ended: BTreeSet<u64>,
    /// Responses whose bodies go on: when each began, of which exchange it is, and its line.
    begun: VecDeque<(Timestamp, (u64, u64), String)>,
    out: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl Teller<'_> {
    fn lines(&mut self, event: Event<'_>) -> Vec<String> {
        let live = &mut self.live;
        if let Event::Packet(it) = event {
            live.packet(it.moment.time);
            return self.going_on(it.moment.time);
        }
        if !self.asked.is_about(event) {
            return Vec::new();
        }
        match event {
            Event::Opened(it) => live.opened(it),
            Event::Response(it) if self.asked.filter.is_everything() => {
                let began = it.response.as_ref().map(|response| response.message.extent.first.time);
                if let Some(began) = began.filter(|_| self.begun.len() < MOST_BEGUN) {
                    self.begun.push_back((began, (it.connection, it.index), live.going_on(it)));
                }
                Vec::new()
            }
            Event::Exchange(it) => {
                self.begun.retain(|(_, exchange, _)| *exchange != (it.connection, it.index));
                vec![live.exchange(it)]
            }
            Event::Frame(it) => vec![live.frame(it)],
            Event::Message(it) => live.message(it).into_iter().collect(),
            Event::Problem(it) => live.problem(it),
            Event::Ended(it) => {
                self.ended.insert(it.number);
                live.closed(it)
            }
            Event::Closed(it) if !self.ended.remove(&it.number) => live.closed(it),
            _ => Vec::new(),
        }
    }

    /// Responses that have gone on for so long that they are told of before they are whole.
    fn going_on(&mut self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some((_, _, line)) = self.begun.pop_front_if(|(began, ..)| now.since(*began) > GOES_ON) {
            lines.push(line);
        }
        lines
    }

    fn print(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        self.out.flush()
    }
}

impl Sink for Teller<'_> {
    fn event(&mut self, event: Event<'_>) {
        let lines = self.lines(event);
        if self.error.is_none() && !lines.is_empty() {
            self.error = self.print(&lines).err();
        }
    }

    fn done(&self) -> bool {
        self.error.is_some()
    }
}
