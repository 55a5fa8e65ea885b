//! Which of the things found belong to what `--connection`, `--exchange`, `--problems` and `--hops` ask for.

use std::io::Write;

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, Pass, say_filtered};
use crate::inspect::{Event, Sink};
use crate::render::model::Page;
use crate::render::style::Style;

impl Inspect {
    /// Whether an event belongs to what was asked for. Conditions aside: those are a filter's.
    pub(super) fn is_about(&self, event: Event<'_>) -> bool {
        if self.problems && !matches!(event, Event::Problem(_) | Event::Interface(..)) {
            return false;
        }
        if self.hops && !matches!(event, Event::Hop(_) | Event::Interface(..)) {
            return false;
        }
        self.is_there(event)
    }

    /// Whether an event is of the connection and the exchange that were asked for, of whatever kind it is.
    fn is_there(&self, event: Event<'_>) -> bool {
        let exchange = match event {
            Event::Request(it) | Event::Response(it) | Event::Upgraded(it) | Event::Exchange(it) => {
                Some((it.connection, it.index))
            }
            // Records refer to interfaces, and no list has a line for packets.
            Event::Interface(..) | Event::Packet(_) => return true,
            _ => None,
        };
        if let Event::Hop(it) = event {
            let is_asked = |of: (u64, u64)| {
                self.connection.is_none_or(|asked| asked == of.0) && self.exchange.is_none_or(|asked| asked == of)
            };
            return [&it.from.exchange, &it.to.exchange].iter().any(|it| is_asked((it.connection, it.index)));
        }
        let connection = event.connection();
        self.connection.is_none_or(|asked| connection == Some(asked))
            && self.exchange.is_none_or(|asked| exchange == Some(asked))
    }
}

/// Gathers a view in one pass, of what was asked for and nothing else, and prints the page that it becomes.
pub(super) fn print<V: Sink>(
    asked: &Inspect,
    input: &Input<'_>,
    view: V,
    page: impl FnOnce(&V, &Pass) -> Result<Page, Failure>,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    let mut only = About { asked, view };
    let pass = asked.read(&mut input.open()?, asked.options(0, asked.connection), &mut only);
    let absent = Absent::connection(asked.connection, pass.finding.summary.tcp_connections).or(pass.absent());
    if absent.is_none() {
        style.print(page(&only.view, &pass)?, out)?;
        say_filtered(&pass, out, style)?;
    }
    input.outcome(absent, pass.finding.error)
}

/// A view that gets what was asked for.
struct About<'a, V> {
    asked: &'a Inspect,
    view: V,
}

impl<V: Sink> Sink for About<'_, V> {
    fn event(&mut self, event: Event<'_>) {
        // A view takes what it shows, and may have to know what else there is.
        if self.asked.is_there(event) {
            self.view.event(event);
        }
    }
}
