//! `--hops`: what each proxy changed whose both sides are in the capture.

use std::io::Write;

use super::super::Failure;
use super::absent::Absent;
use super::input::Input;
use super::{Inspect, say_filtered};
use crate::inspect::{Event, Sink};
use crate::render::exchange::hops::Hops;
use crate::render::style::Style;

pub(super) fn print(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let mut found = Found { asked, hops: Hops::default() };
    let pass = asked.read(&mut input.open()?, asked.options(0, asked.connection), &mut found);
    let there = pass.finding.summary.tcp_connections;
    let absent = asked.connection.filter(|asked| *asked >= there).map(|asked| Absent::Connection { asked, there });
    let absent = absent.or(pass.absent());
    if absent.is_none() {
        style.print(found.hops.page(), out)?;
        say_filtered(&pass, out, style)?;
    }
    input.outcome(absent, pass.finding.error)
}

struct Found<'a> {
    asked: &'a Inspect,
    hops: Hops,
}

impl Sink for Found<'_> {
    fn event(&mut self, event: Event<'_>) {
        if self.asked.is_about(event) {
            self.hops.event(event);
        }
    }
}
