//! A capture that's still being made: reports what happens as it happens, and counts it in the end.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Write};

use super::super::Failure;
use super::input::Input;
use super::{Inspect, say_filtered};
use crate::capture::Timestamp;
use crate::inspect::{Event, PacketContent, Sink};
use crate::render::live::Live;
use crate::render::model::{Happening, Page};
use crate::render::overview::KEEP;
use crate::render::overview::summary;
use crate::render::style::Style;

pub(super) fn print(
    asked: &Inspect,
    input: &Input<'_>,
    start: Option<Timestamp>,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    let mut teller = Teller {
        asked,
        live: Live::new(start),
        style,
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
    style.print(summary::in_a_line(&pass.finding.summary), out)?;
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
    style: Style<'a>,
    /// Connections whose end was told before they were closed for good.
    ended: BTreeSet<u64>,
    /// Responses whose bodies go on: when each began, of which exchange it is, and what to tell.
    begun: VecDeque<(Timestamp, (u64, u64), Happening)>,
    out: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl Teller<'_> {
    fn told(&mut self, event: Event<'_>) -> Page {
        let live = &mut self.live;
        if let Event::Packet(it) = event {
            live.packet(it.moment.time);
            let asked = self.asked.connection.is_none_or(|asked| event.connection() == Some(asked));
            if matches!(&it.content, PacketContent::Tcp(it) if it.is_new()) && asked {
                live.hear();
            }
            return self.going_on(it.moment.time);
        }
        if !self.asked.is_about(event) {
            return Page::default();
        }
        let told = match event {
            Event::Opened(it) => Some(live.opened(it)),
            Event::Response(it) if self.asked.filter.is_everything() => {
                let began = it.response.as_ref().map(|response| response.message.extent.first.time);
                if let Some(began) = began.filter(|_| self.begun.len() < MOST_BEGUN) {
                    self.begun.push_back((began, (it.connection, it.index), live.going_on(it)));
                }
                None
            }
            Event::Exchange(it) => {
                self.begun.retain(|(_, exchange, _)| *exchange != (it.connection, it.index));
                Some(live.exchange(it))
            }
            Event::Frame(it) => Some(live.frame(it)),
            Event::Message(it) => live.message(it),
            Event::Problem(it) => live.problem(it),
            Event::Ended(it) => {
                self.begun.retain(|(_, (connection, _), _)| *connection != it.number);
                self.ended.insert(it.number);
                Some(live.closed(it))
            }
            Event::Closed(it) if !self.ended.remove(&it.number) => Some(live.closed(it)),
            _ => None,
        };
        let silence = told.as_ref().and_then(|_| self.live.silence());
        silence.into_iter().chain(told).collect()
    }

    /// Responses that have gone on for so long that they are told of before they are whole.
    fn going_on(&mut self, now: Timestamp) -> Page {
        let next = || self.begun.pop_front_if(|(began, ..)| now.since(*began) > GOES_ON);
        std::iter::from_fn(next).map(|(_, _, told)| told).collect()
    }

    fn print(&mut self, told: Page) -> io::Result<()> {
        self.style.print(told, self.out)?;
        self.out.flush()
    }
}

impl Sink for Teller<'_> {
    fn event(&mut self, event: Event<'_>) {
        let told = self.told(event);
        if self.error.is_none() && !told.is_empty() {
            self.error = self.print(told).err();
        }
    }

    fn done(&self) -> bool {
        self.error.is_some()
    }
}
