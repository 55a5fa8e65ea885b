//! `--why`: what happened, each cause with its effects, the packets that show it, and what to do.
//!
//! A first pass finds the stories; a second one, where there are any, the packets.

use std::collections::BTreeSet;
use std::io::Write;

use super::super::Failure;
use super::input::Input;
use super::{Inspect, Pass, about};
use crate::inspect::{Event, Finding, PacketContent, Sink};
use crate::render::model::{Page, Text};
use crate::render::numbers;
use crate::render::overview::KEEP;
use crate::render::problems::happened::{self, Happened};
use crate::render::rest::Rest;
use crate::render::story::Story;
use crate::render::style::Style;

/// How many stories are told with their evidence; the others are counted.
const STORIES: usize = 20;

pub(super) fn print(asked: &Inspect, input: &Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let page = |happened: &Happened, pass: &Pass| {
        let Finding { summary, error, .. } = &pass.finding;
        stories(asked, input, happened, Rest(error.as_ref()), summary.tcp_connections > 1)
    };
    about::print(asked, input, Happened::default(), page, out, style)
}

fn stories(
    asked: &Inspect,
    input: &Input<'_>,
    happened: &Happened,
    rest: Rest<'_>,
    several: bool,
) -> Result<Page, Failure> {
    let all = happened.stories();
    let Some(first) = all.first() else { return Ok(happened.page(rest)) };
    let told = || all.iter().take(STORIES);
    let connections: BTreeSet<u64> = told().filter_map(|it| it.first.connection).collect();
    let mut shown = Of { connections, view: Story::default() };
    if !shown.connections.is_empty() {
        asked.read(&mut input.open()?, asked.options(KEEP, asked.connection), &mut shown);
    }
    let mut page = Page::default();
    for (at, it) in told().enumerate() {
        if at > 0 {
            page.space();
        }
        let is_aside = it.is_minor() && all.len() > 1;
        page.append(if is_aside { it.head(several) } else { it.page(several, rungs(&shown.view, it)) });
    }
    page.space();
    if all.len() > STORIES {
        let more = numbers::count((all.len() - STORIES) as u64);
        page.remark(Text::words(format!("⋮ {more} more kinds: --problems lists them all.")));
    }
    page.remark(happened::says_more(first.first.code, all.len()));
    Ok(page)
}

/// The packets that show it, as rungs of their connection's ladder; what was asked, and what was answered, among them.
fn rungs(story: &Story, it: &happened::Story) -> Page {
    let Some(connection) = it.first.connection else { return Page::default() };
    let mut packets = it.packets();
    packets.extend(it.first.exchange.into_iter().flat_map(|exchange| story.heads_of(connection, exchange)));
    let mut ladder = story.ladder(Some(connection), true, None);
    ladder.rows.retain(|row| packets.contains(&row.packet));
    if ladder.rows.is_empty() { Page::default() } else { Page::from(ladder) }
}

/// A view of these connections alone.
struct Of<V> {
    connections: BTreeSet<u64>,
    view: V,
}

impl<V: Sink> Sink for Of<V> {
    fn event(&mut self, event: Event<'_>) {
        let connection = match event {
            Event::Packet(it) => match &it.content {
                PacketContent::Tcp(segment) => Some(segment.connection),
                _ => None,
            },
            _ => event.connection(),
        };
        if connection.is_some_and(|number| self.connections.contains(&number)) {
            self.view.event(event);
        }
    }
}
