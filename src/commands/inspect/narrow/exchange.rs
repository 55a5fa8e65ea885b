//! `--exchange C.I`: a request and its response, as they were said, and what each layer says of them.

use std::collections::VecDeque;
use std::io::Write;

use super::super::super::Failure;
use super::deepen::{self, Brief};
use super::{Absent, View};
use crate::annotate::Selection;
use crate::index::{OfConnection, Wanted};
use crate::inspect::record::{Connection, Exchange, Problem, Stray, StrayPlace};
use crate::inspect::{Event, Sink};
use crate::render::connection::transcript::Transcript;
use crate::render::exchange::{accept, meaning};
use crate::render::model::{Form, List, Page};
use crate::render::{numbers, problems};

/// How much of each body is kept.
const KEEP_OF_BODY: usize = 64 << 10;
/// How many lines of a body are shown.
const BODY_LINES: usize = 12;
/// How much of what belongs to no message is shown.
const STRAYS: usize = 20;
/// How many problems are shown.
const PROBLEMS: usize = 50;

pub(super) fn show(view: &View<'_>, name: (u64, u64), out: &mut dyn Write) -> Result<(), Failure> {
    let (connection, index) = name;
    let view_of = (FoundInExchange { index, ..FoundInExchange::default() }, Brief::default());
    let mut shown = OfConnection { connection, view: view_of };
    let index = view.index(Wanted::Connection(connection), KEEP_OF_BODY, &mut shown)?;
    let (found, Brief(story)) = shown.view;
    let Some(it) = &found.exchange else {
        let there = found.connection.as_ref().map(|it| it.exchanges);
        return view.input.outcome(Some(Absent::exchange(name, there, &index.summary)), index.error);
    };
    let mut page = facts(it, found.connection.as_ref());
    page.heading("What was said", "> by the client, < by the server");
    let from = it.extent().first.time;
    let start = found.connection.as_ref().map_or(from, |it| it.extent.first.time);
    page.append(Transcript::excerpt(start, from, BODY_LINES).with(&found.strays).exchange(it));
    if let Some(derivation) = accept::derivation(it) {
        page.section("The proof", "that the server understood, RFC 6455 §4.2.2", derivation);
    }
    page.section("Problems and notes", "", problems::list(&found.problems(), 0));
    view.style.print(page, out)?;
    deepen::layers_of(view, &index, &story, std::iter::once(it), out)?;
    if view.asked.ladder {
        deepen::ladder_of(view, &story, connection, out)?;
    }
    if view.asked.layers || view.asked.hex {
        let selection = Selection::Exchange(name.0, name.1);
        deepen::packets(view, &index, selection, (view.asked.hex, view.asked.layers), out)?;
    }
    view.input.outcome(None, index.error)
}

fn facts(it: &Exchange, connection: Option<&Connection>) -> Page {
    let mut facts = List::new(Form::Facts);
    let extent = it.extent();
    let packets = numbers::packets(extent.first.packet, extent.last.packet);
    facts.add("Began", format!("{} · {packets}", numbers::time(extent.first.time)));
    match (&it.request, &it.response) {
        (Some(request), Some(response)) => {
            let asked = request.message.extent;
            let first = response.message.extent.first.time.since(asked.first.time);
            let took = match it.duration() {
                Some(all) => format!("{} until the response was complete", numbers::duration(all)),
                None => "the response was never completed".to_owned(),
            };
            facts.add("Took", format!("{} until its first byte · {took}", numbers::duration(first)));
        }
        (Some(_), None) => facts.add("Took", "no response is in the capture"),
        (None, _) => facts.add("Took", "unknown: the request is not in the capture"),
    }
    if let Some(protocol) = &it.upgraded {
        facts.add("Then", format!("the connection speaks {protocol}, no longer HTTP"));
    }
    for (label, fact) in meaning::facts(it) {
        facts.add(label, fact);
    }
    let ends = connection.map(|it| format!("{} → {}", it.client, it.server)).unwrap_or_default();
    Page::about(format!("Exchange {}.{}", it.connection, it.index), ends, facts)
}

#[derive(Default)]
struct FoundInExchange {
    /// The exchange's index on its connection.
    index: u64,
    exchange: Option<Exchange>,
    connection: Option<Connection>,
    /// What came after its messages, or before the first, and belongs to none.
    strays: Vec<Stray>,
    /// The latest of the connection, until the exchange is over.
    problems: VecDeque<Problem>,
}

impl FoundInExchange {
    /// Those of the exchange, or within it.
    fn problems(&self) -> Vec<Problem> {
        let Some(exchange) = &self.exchange else { return Vec::new() };
        let extent = exchange.extent();
        let within = |it: &&Problem| (extent.first.packet..=extent.last.packet).contains(&it.packet);
        let of_it = |it: &&Problem| it.exchange.map_or_else(|| within(it), |exchange| exchange == self.index);
        self.problems.iter().filter(of_it).cloned().collect()
    }
}

impl Sink for FoundInExchange {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(it) if it.index == self.index => self.exchange = Some(it.clone()),
            Event::Stray(it)
                if it.place == StrayPlace::Messages
                    && it.exchange.unwrap_or_default() == self.index
                    && self.strays.len() < STRAYS =>
            {
                self.strays.push(it.clone());
            }
            Event::Closed(it) => self.connection = Some(it.clone()),
            Event::Problem(it) => {
                if self.problems.len() == PROBLEMS {
                    if self.exchange.is_some() {
                        return;
                    }
                    self.problems.pop_front();
                }
                self.problems.push_back(it.clone());
            }
            _ => {}
        }
    }
}
