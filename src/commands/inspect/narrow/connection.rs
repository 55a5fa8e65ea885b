//! `--connection N`: a connection's life, and what it carried.

use std::io::Write;

use super::super::super::Failure;
use super::deepen::{self, Brief};
use super::{Absent, ROWS, View};
use crate::annotate::Selection;
use crate::index::{OfConnection, Wanted};
use crate::inspect::record::{Connection, Exchange, Problem};
use crate::inspect::{Event, Sink};
use crate::render::frame::{self, columns::Framed};
use crate::render::model::Page;
use crate::render::overview::{First, KEEP};
use crate::render::{connection, exchange, problems};

pub(super) fn show(view: &View<'_>, number: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let mut shown = OfConnection { connection: number, view: (FoundOnConnection::default(), Brief::default()) };
    let index = view.index(Wanted::Connection(number), KEEP, &mut shown)?;
    let (found, Brief(story)) = shown.view;
    let Some(it) = &found.record else {
        let absent = match index.connection() {
            Some(_) => Absent::MatchOn { connection: number },
            None => Absent::Connection { asked: number, there: index.summary.tcp_connections },
        };
        return view.input.outcome(Some(absent), index.error);
    };
    let remark = if view.asked.filter.is_everything() { "" } else { "those that match" };
    view.style.print(connection::life(it, index.frames, index.messages), out)?;
    deepen::ladder_of(view, &story, number, out)?;
    let mut page = Page::default();
    page.section(
        "Exchanges",
        remark,
        exchange::columns::table(found.exchanges.iter(), found.exchanges.left_out(), |_| None),
    );
    let timed = found.frames.iter().map(|frame| (frame, Some(it.extent.first.time)));
    page.section("Frames", remark, frame::columns::table(timed, found.frames.left_out()));
    page.section("Problems and notes", remark, problems::list(found.problems.iter(), found.problems.left_out()));
    view.style.print(page, out)?;
    if view.asked.layers {
        deepen::layers_of(view, &index, &story, found.exchanges.iter(), out)?;
        let frames = found.frames.iter().filter_map(|it| match it {
            Framed::Frame(frame) => Some(frame),
            Framed::Stray(_) => None,
        });
        deepen::diagrams(view, frames, out)?;
    }
    if view.asked.hex {
        deepen::packets(view, &index, Selection::Connection(number), (true, false), out)?;
    }
    view.input.outcome(None, index.error)
}

/// What a connection came to.
struct FoundOnConnection {
    record: Option<Connection>,
    exchanges: First<u64, Exchange>,
    /// Frames, and what isn't one, in the order in which they began.
    frames: First<(u64, bool, u64), Framed>,
    problems: First<u64, Problem>,
}

impl Default for FoundOnConnection {
    fn default() -> Self {
        Self { record: None, exchanges: First::new(ROWS), frames: First::new(ROWS), problems: First::new(ROWS) }
    }
}

impl Sink for FoundOnConnection {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Closed(it) => self.record = Some(it.clone()),
            Event::Exchange(it) => self.exchanges.offer(it.index, || it.clone()),
            Event::Frame(it) => {
                self.frames.offer((it.extent.first.packet, false, it.index), || Framed::Frame(it.clone()));
            }
            Event::Stray(it) if frame::columns::is_listed(it) => {
                self.frames.offer((it.extent.first.packet, true, it.start), || Framed::Stray(it.clone()));
            }
            Event::Problem(it) => self.problems.offer(self.problems.offered(), || it.clone()),
            _ => {}
        }
    }
}
