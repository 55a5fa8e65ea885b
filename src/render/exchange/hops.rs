//! Hops: the same conversation on both sides of a proxy, and what the proxy changed.

use crate::inspect::event::{Event, Sink};
use crate::inspect::hops::{Change, ChangeKind, Fate, Hop, MessagePart};
use crate::inspect::record::{Direction, HttpMessage, Response};
use crate::render::model::prose::Place;
use crate::render::model::{Cell, Column, Heading, Look, Page, Prose, Table, Text};
use crate::render::numbers;

/// How many hops are kept; the others are counted.
const KEPT: usize = 100;

/// How many of them the overview mentions.
const TOLD: usize = 4;

/// How many names a sentence lists for each kind of change.
const NAMED: usize = 4;

/// How much of a value is shown, in bytes.
const SHOWN_OF_VALUE: usize = 200;

/// Gathers hops.
#[derive(Clone, Debug, Default)]
pub struct Hops {
    kept: Vec<Hop>,
    left_out: u64,
}

impl Sink for Hops {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Hop(hop) if self.kept.len() < KEPT => self.kept.push(hop.clone()),
            Event::Hop(_) => self.left_out += 1,
            _ => {}
        }
    }
}

impl Hops {
    /// Whether there's none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The hops in the order of their first packets.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Hop> {
        let mut hops: Vec<&Hop> = self.kept.iter().collect();
        hops.sort_by_key(|it| [&it.from, &it.to].map(|leg| leg.exchange.extent().first.packet));
        hops
    }

    /// A line for each, as far as there's room for it.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(&[Column::text("#"), Column::text("Proxy"), Column::text("What it did").wrapped()]);
        let hops = self.in_order();
        for hop in hops.iter().take(TOLD) {
            table.row([legs(hop).dim().into(), Text::words(hop.proxy()).into(), Text::words(in_short(hop)).into()]);
        }
        table.but(hops.len().saturating_sub(TOLD) as u64 + self.left_out)
    }

    /// All of them, with everything that changed.
    #[must_use]
    pub fn page(&self) -> Page {
        let mut page = Page::default();
        for (at, hop) in self.in_order().into_iter().enumerate() {
            if at > 0 {
                page.space();
            }
            page.append(whole(hop));
        }
        if self.is_empty() {
            page.add(Prose::new(
                "No hop: as far as requests, hosts and times can tell, no exchange in this capture is on both sides of a proxy.",
            ));
        }
        if self.left_out > 0 {
            page.space();
            page.remark(Text::words(format!("⋮ {}", numbers::counted(self.left_out, "more hop"))));
        }
        page
    }
}

/// The two exchanges that it is between.
fn legs(hop: &Hop) -> Text {
    Text::words(names(hop).join(" → ")).bold()
}

pub(in crate::render) fn names(hop: &Hop) -> [String; 2] {
    [&hop.from, &hop.to].map(|leg| format!("{}.{}", leg.exchange.connection, leg.exchange.index))
}

fn whole(hop: &Hop) -> Page {
    let [client, _] = hop.from.ends;
    let [_, server] = hop.to.ends;
    let aside = format!("{client} → {} → {server} · known by {}", hop.proxy(), hop.by);
    let mut page = Page::from(Heading::new(Text::words("Exchange ").bold().and(legs(hop)), aside, Place::After));
    page.add(Prose::new(sentence(hop)));
    let changes = hop.changes();
    if !changes.is_empty() {
        page.space();
        page.add(table(hop, &changes));
    }
    page
}

/// What differs, a row each: the client's side of the proxy on the left, the server's on the right.
fn table(hop: &Hop, changes: &[Change]) -> Table {
    let mut table = Table::new(&[
        Column::text(""),
        Column::text("What changed"),
        Column::text("Client – proxy").wrapped(),
        Column::text("Proxy – server").wrapped(),
    ]);
    for direction in Direction::BOTH {
        let changes: Vec<&Change> = changes.iter().filter(|it| it.direction == direction).collect();
        if changes.is_empty() {
            continue;
        }
        let what = if direction == Direction::Client { "request" } else { "response" };
        let packets = [&hop.from, &hop.to].map(|leg| {
            let exchange = &leg.exchange;
            let message = match direction {
                Direction::Client => exchange.request.as_ref().map(|it| &it.message),
                Direction::Server => exchange.response.as_ref().map(|it| &it.message),
            };
            let packet = message.map(|it| format!("packet {}", numbers::count(it.extent.first.packet)));
            packet.map_or_else(Cell::missing, |packet| Text::words(packet).dim().into())
        });
        table.row([Cell::default(), Text::words(what).look(Look::From(direction)).into()].into_iter().chain(packets));
        for it in changes {
            table.row(row(hop, it));
        }
    }
    table
}

fn row(hop: &Hop, it: &Change) -> [Cell; 4] {
    let (glyph, look) = made(it.kind);
    let name = match it.part {
        MessagePart::Trailer => Text::captured(&*it.name).and(" (trailer)"),
        MessagePart::Body => Text::words("body, in bytes"),
        MessagePart::Message | MessagePart::StartLine | MessagePart::Header => Text::captured(&*it.name),
    };
    let value = |value: &Option<Vec<u8>>| {
        let value =
            value.as_deref().map(|value| Text::captured(crate::render::escape::beginning(value, SHOWN_OF_VALUE)));
        value.map_or_else(Cell::missing, Cell::from)
    };
    if it.kind == ChangeKind::Delayed {
        let times =
            [&hop.from, &hop.to].map(|leg| leg.exchange.response.as_ref().map(|it| it.message.extent.first.time));
        let [left, right] = times.map(|time| time.map_or_else(Cell::missing, |time| Text::time(time).into()));
        return [Text::words(glyph).look(look).into(), "first byte".into(), left, right];
    }
    // What the client sent was before the hop; what it got, after.
    let [left, right] = match it.direction {
        Direction::Client => [&it.before, &it.after],
        Direction::Server => [&it.after, &it.before],
    };
    [Text::words(glyph).look(look).into(), name.into(), value(left), value(right)]
}

/// What a change is marked with.
pub(in crate::render) fn made(kind: ChangeKind) -> (&'static str, Look) {
    match kind {
        ChangeKind::Dropped => ("−", Look::Bad),
        ChangeKind::Added => ("+", Look::Good),
        ChangeKind::Changed => ("≠", Look::Note),
        ChangeKind::Delayed => ("⋯", Look::Note),
    }
}

/// What the proxy did, in a sentence; of many things, the one that matters most.
#[must_use]
pub fn sentence(hop: &Hop) -> String {
    let [from, to] = [&hop.from.exchange, &hop.to.exchange];
    let packet = |message: Option<&HttpMessage>| message.map_or(0, |it| it.extent.first.packet);
    let between = |first: Option<&HttpMessage>, then: Option<&HttpMessage>| {
        let [received, sent] = [first, then].map(|it| numbers::count(packet(it)));
        format!("it received packet {received} and sent packet {sent}")
    };
    let asked = [from, to].map(|it| it.request.as_ref().map(|it| &it.message));
    let told = [from, to].map(|it| it.response.as_ref().map(|it| &it.message));
    let proxy = format!("The proxy at {}", hop.proxy());
    if let Some(deeds) = hop.lost_upgrade() {
        let method = to.request.as_ref().map(|it| String::from_utf8_lossy(&it.method)).unwrap_or_default();
        let answer = to.response.as_ref().map_or_else(String::new, |it| format!(" and answered {}", it.status));
        let where_to = between(asked[0], asked[1]);
        return format!("{proxy} {deeds} ({where_to}), so the server saw an ordinary {method}{answer}.");
    }
    match hop.fate {
        Fate::PassedOn => {}
        Fate::AskedAgain => return format!("{proxy} asked {}, and then asked again elsewhere.", hop.to.ends[1]),
        Fate::Aside => return format!("{proxy} also asked {}, and passed on another response.", hop.to.ends[1]),
    }
    if let (true, Some(response)) = (hop.is_made_up(), &from.response) {
        return format!("{proxy} {}.", made_up(hop, response));
    }
    if let (true, Some(response)) = (hop.is_revalidated(), &from.response) {
        let [answered, told] = [told[0], told[1]].map(|it| numbers::count(packet(it)));
        return format!(
            "{proxy} asked whether what it had stored was still good: the server answered 304 (packet {told}), so it \
             answered {} from its store (packet {answered}).",
            response.status
        );
    }
    let changes = hop.changes();
    if changes.iter().any(|it| it.kind == ChangeKind::Delayed) {
        return format!("{proxy} held the response back for {} ({}).", held(hop), between(told[1], told[0]));
    }
    format!("{proxy} {}.", deeds(&changes))
}

/// What the proxy did, in a few words.
fn in_short(hop: &Hop) -> String {
    let changes = hop.changes();
    match &hop.from.exchange.response {
        _ if hop.fate == Fate::AskedAgain => "asked again elsewhere".to_owned(),
        _ if hop.fate == Fate::Aside => "also asked, and passed on another response".to_owned(),
        Some(response) if hop.is_made_up() => format!("answered {} itself", response.status),
        Some(response) if hop.is_revalidated() => {
            format!("revalidated, and answered {} from its store", response.status)
        }
        _ if changes.iter().any(|it| it.kind == ChangeKind::Delayed) => {
            format!("held the response back for {}", held(hop))
        }
        _ => deeds(&changes),
    }
}

/// For how long the proxy held the response back.
fn held(hop: &Hop) -> String {
    let began = [&hop.from, &hop.to].map(|leg| leg.exchange.response.as_ref().map(|it| it.message.extent.first.time));
    let held = began[0].zip(began[1]).map_or(0, |(to, from)| to.since(from));
    numbers::duration(held)
}

/// That a proxy answered itself, and why, as far as the server's side of it tells.
fn made_up(hop: &Hop, response: &Response) -> String {
    let asked = hop.to.exchange.request.as_ref().map(|it| it.message.extent.last.time).unwrap_or_default();
    let answered = response.message.extent.first;
    let waited = numbers::duration(answered.time.since(asked));
    let packet = numbers::count(answered.packet);
    let what = format!("answered {} itself after {waited} (packet {packet})", response.status);
    match &hop.to.exchange.response {
        Some(late) => {
            let began = late.message.extent.first;
            let (after, packet) = (numbers::duration(began.time.since(answered.time)), numbers::count(began.packet));
            format!("{what}; the server's {} came {after} later (packet {packet})", late.status)
        }
        None => format!("{what}; the server hadn't answered"),
    }
}

/// Everything that was done, a phrase for each kind.
fn deeds(changes: &[Change]) -> String {
    let verbs = [(ChangeKind::Dropped, "dropped"), (ChangeKind::Added, "added"), (ChangeKind::Changed, "changed")];
    let done = verbs.into_iter().filter_map(|(kind, verb)| {
        let of_it: Vec<&Change> = changes.iter().filter(|it| it.kind == kind).collect();
        (!of_it.is_empty()).then(|| format!("{verb} {}", listed(&of_it)))
    });
    let done: Vec<String> = done.collect();
    if done.is_empty() { "passed it on unchanged".to_owned() } else { numbers::listed(&done) }
}

/// The names of what changed.
fn listed(changes: &[&Change]) -> String {
    let mut names: Vec<String> = Vec::new();
    for it in changes {
        let name = String::from_utf8_lossy(crate::render::escape::beginning(&it.name, SHOWN_OF_VALUE));
        let name = match it.part {
            MessagePart::StartLine | MessagePart::Body | MessagePart::Message => format!("the {name}"),
            MessagePart::Trailer => format!("the trailer field {name}"),
            MessagePart::Header => name.into_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    if more > 1 {
        names.truncate(NAMED);
        names.push(format!("{more} more"));
    }
    numbers::listed(&names)
}
