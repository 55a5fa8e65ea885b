//! `--problems`: everything that is wrong, by kind.

use std::io::Write;

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, say_filtered};
use crate::inspect::{Event, Sink};
use crate::render::problems::kinds::Kinds;
use crate::render::style::Style;

pub(super) fn print(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let mut found = Found { connection: asked.connection, kinds: Kinds::default() };
    let pass = asked.read(&mut input.open()?, asked.options(0, asked.connection), &mut found);
    let there = pass.finding.summary.tcp_connections;
    let absent = asked.connection.filter(|asked| *asked >= there).map(|asked| Absent::Connection { asked, there });
    let absent = absent.or(pass.absent());
    if absent.is_none() {
        style.print(found.kinds.page(), out)?;
        say_filtered(&pass, out, style)?;
    }
    input.outcome(absent, pass.finding.error)
}

struct Found {
    connection: Option<u64>,
    kinds: Kinds,
}

impl Sink for Found {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Problem(it) = event
            && (self.connection.is_none() || self.connection == it.connection)
        {
            self.kinds.add(it);
        }
    }
}
