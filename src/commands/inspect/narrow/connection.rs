//! `--connection N`: a connection's life, and what it carried.

use std::io::Write;

use super::super::super::Failure;
use super::deepen::{self, Scoped};
use super::{Absent, Pass, ROWS, View};
use crate::inspect::annotate::Selection;
use crate::inspect::record::{Connection, Exchange, Frame, Problem};
use crate::inspect::{Event, Sink};
use crate::render::facts::heading;
use crate::render::overview::{First, KEEP};
use crate::render::{connection, exchanges, frames, problems};

pub(super) fn show(view: &View<'_>, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let mut sinks = (Found::new(number), Scoped::new(number));
    let mut whole = Found::new(number);
    let pass = view.asked.read_beside(&mut view.input.open()?, KEEP, &mut sinks, &mut whole);
    let Pass { finding, matched } = pass;
    let (found, Scoped { story, .. }) = sinks;
    let Some(it) = &found.record else {
        let absent = match whole.record {
            Some(_) => Absent::MatchOn { connection: number },
            None => Absent::Connection { asked: number, there: finding.summary.tcp_connections },
        };
        return view.input.outcome(Some(absent), finding.error);
    };
    let style = view.style;
    let (counted, remark) = if matched.is_some() { (&whole, "those that match") } else { (&found, "") };
    let life = connection::life(it, counted.frames.offered(), counted.messages, style);
    out.write_all(life.as_bytes())?;
    deepen::ladder_of(view, &story, number, out)?;
    let kept_exchanges: Vec<_> = found.exchanges.iter().cloned().collect();
    let kept_frames: Vec<_> = found.frames.iter().cloned().collect();
    let kept_problems: Vec<_> = found.problems.iter().cloned().collect();
    let sections = [
        ("Exchanges", exchanges::table(&kept_exchanges, found.exchanges.left_out(), style)),
        ("Frames", frames::table(&kept_frames, found.frames.left_out(), style)),
        ("Problems", problems::list(&kept_problems, found.problems.left_out(), style)),
    ];
    for (title, body) in sections.iter().filter(|(_, body)| !body.is_empty()) {
        write!(out, "{}{body}", heading(title, remark, style))?;
    }
    if view.asked.layers {
        deepen::layers_of(view, &story, kept_exchanges.iter(), out)?;
        deepen::diagrams(view, kept_frames.iter(), out)?;
    }
    if view.asked.hex {
        deepen::packets(view, Selection::Connection(number), (true, false), out)?;
    }
    view.input.outcome(None, finding.error)
}

/// What belongs to a connection.
struct Found {
    number: u64,
    record: Option<Connection>,
    exchanges: First<u64, Exchange>,
    frames: First<u64, Frame>,
    messages: u64,
    problems: First<u64, Problem>,
}

impl Found {
    fn new(number: u64) -> Self {
        Self {
            number,
            record: None,
            exchanges: First::new(ROWS),
            frames: First::new(ROWS),
            messages: 0,
            problems: First::new(ROWS),
        }
    }
}

impl Sink for Found {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Closed(it) if it.number == self.number => self.record = Some(it.clone()),
            Event::Exchange(it) if it.connection == self.number => self.exchanges.offer(it.index, || it.clone()),
            Event::Frame(it) if it.connection == self.number => self.frames.offer(it.index, || it.clone()),
            Event::Message(it) if it.connection == self.number => self.messages += 1,
            Event::Problem(it) if it.connection == Some(self.number) => {
                self.problems.offer(self.problems.offered(), || it.clone());
            }
            _ => {}
        }
    }
}
