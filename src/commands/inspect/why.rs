//! `--why`: what happened, each cause with its effects, the packets that show it, and what to do.
//!
//! A first pass finds the stories. If there are any, a second one finds their packets.

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
/// How many other sides of proxies are looked at for each of them.
const OTHER_SIDES: usize = 8;

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
    let own = told().filter_map(|it| it.first.connection);
    let others = told().flat_map(|it| other_sides(happened, it)).map(|((connection, _), _)| connection);
    let connections: BTreeSet<u64> = own.chain(others).collect();
    let mut shown = Of { connections, view: Story::default() };
    if !shown.connections.is_empty() {
        // The other side of a proxy is another connection than the one that was asked for.
        let only = asked.connection.filter(|_| shown.connections.len() == 1);
        asked.read(&mut input.open()?, asked.options(KEEP, only), &mut shown);
    }
    let mut page = Page::default();
    for (at, it) in told().enumerate() {
        if at > 0 {
            page.space();
        }
        let is_aside = it.is_minor() && all.len() > 1;
        page.append(if is_aside { it.head(several) } else { it.page(several, rungs(&shown.view, happened, it)) });
    }
    page.space();
    if all.len() > STORIES {
        let more = numbers::count((all.len() - STORIES) as u64);
        page.remark(Text::words(format!("⋮ {more} more kinds: --problems lists them all.")));
    }
    page.remark(happened::says_more(first.first.code, all.len()));
    Ok(page)
}

/// The exchanges on the other sides of the proxies that a story's exchange went through, and whether those were on the client's side.
fn other_sides(happened: &Happened, it: &happened::Story) -> Vec<((u64, u64), bool)> {
    let of = |connection| happened.other_sides(connection, it.first.exchange).take(OTHER_SIDES).collect();
    it.first.connection.map(of).unwrap_or_default()
}

/// The packets that show it, as rungs of their connection's ladder; what was asked, and what was answered, among them. If the
/// story is about both sides of a proxy, both are in the ladder.
fn rungs(story: &Story, happened: &Happened, it: &happened::Story) -> Page {
    let Some(connection) = it.first.connection else { return Page::default() };
    let heads = |exchange: (u64, u64)| story.heads_of(exchange.0, exchange.1);
    let own: Vec<u64> = it.first.exchange.into_iter().flat_map(|exchange| heads((connection, exchange))).collect();
    let names = |other| it.packets(&[connection, other]).into_iter().any(|packet| story.is_of(packet, other));
    let mut sides = other_sides(happened, it).into_iter().filter(|((other, _), _)| story.connection(*other).is_some());
    let other = sides.find(|((other, _), _)| it.is_of_a_proxy() || names(*other));
    let (mut packets, mut ladder) = match other {
        None => (it.packets(&[connection]), story.ladder(Some(connection), true, None)),
        Some((other, is_outer)) => {
            let packets: Vec<u64> = it.packets(&[connection, other.0]).into_iter().chain(heads(other)).collect();
            let [outer, inner] = if is_outer { [other.0, connection] } else { [connection, other.0] };
            (packets, story.across(outer, inner))
        }
    };
    packets.extend(own);
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
