//! Both sides of a proxy: an exchange that's in the capture twice, because whoever was asked passed the request on.
//!
//! `Hops` recognises it by what the pipeline reports about each exchange: when its request is there, when it's answered
//! and when it's over. What the proxy [changed](changes) follows from the two exchanges. If more than one exchange
//! could be the one that was passed on, it says nothing.

pub mod changes;
mod choice;
pub mod problems;
mod telling;
#[cfg(test)]
mod tests;
mod unanswered;

use foldhash::fast::RandomState;

pub use self::changes::{Change, ChangeKind, MessagePart};
use self::problems::Fault;
use self::telling::Telling;
use self::unanswered::Unanswered;
use super::record::{Ends, Exchange, FieldLine, Fields, HttpMessage, Moment, Request, Response};
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::handshake;
use crate::layers::quoted::OwnWords;
use crate::limits::{MAX_ALIKE, MAX_HOP_BYTES, MAX_WAITING_REQUESTS};
use crate::numbers;

/// How long, in nanoseconds, a proxy may hold an answer back before that's worth reporting.
const SLOW_TO_PASS_ON: u64 = 1_000_000_000;

/// One conversation on two connections.
#[derive(Clone, Debug)]
pub struct Hop {
    /// As it was between the client and the proxy.
    pub from: Leg,
    /// As it was between the proxy and the server.
    pub to: Leg,
    /// What told that the two are the same.
    pub by: &'static str,
    /// Whether it's this server's answer that the proxy passed on.
    pub fate: Fate,
}

/// What became of a server's answer, of which a proxy may get several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It's the one that the client got, or none fits better.
    PassedOn,
    /// The proxy asked again later, and passed that answer on.
    AskedAgain,
    /// The proxy passed on what it had asked for before: this one is a hedge or a mirror.
    Aside,
}

/// An exchange, bodies aside, and who had it.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The exchange.
    pub exchange: Exchange,
    /// Its connection's ends.
    pub ends: Ends,
}

impl Hop {
    /// Where the proxy is, as its client knows it. The port is included only if the server could have the same address.
    #[must_use]
    pub fn proxy(&self) -> String {
        proxy(self.from.ends, self.to.ends)
    }
}

fn proxy([_, proxy]: Ends, [_, server]: Ends) -> String {
    if proxy.ip() == server.ip() { proxy.to_string() } else { proxy.ip().to_string() }
}

/// Names an exchange until it is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ticket {
    slot: u32,
    /// How often the slot had been taken before; 0 is nobody's.
    turn: u32,
}

/// The exchanges that another could be a copy of.
#[derive(Debug, Default)]
pub(super) struct Hops {
    slots: Vec<Waiting>,
    free: Vec<u32>,
    /// The slot that's taken from its owner next, if none is free.
    next: usize,
    /// Those that aren't answered, by their [`Telling::clue`].
    unanswered: Unanswered,
    hasher: RandomState,
    /// Bytes of the exchanges that wait to be compared.
    held: usize,
}

/// An exchange that isn't over, or whose copy isn't.
#[derive(Debug)]
struct Waiting {
    turn: u32,
    ends: Ends,
    asked: Moment,
    telling: Telling,
    /// It's among the unanswered.
    is_open: bool,
    /// Its request asked for an upgrade to WebSocket.
    upgrade: bool,
    version: (u8, u8),
    /// Where its final response began, and its status.
    answered: Option<(Moment, u16)>,
    /// If it's on one side of a hop, or was.
    link: Option<Box<Link>>,
}

/// What an exchange that waits is to others.
#[derive(Debug, Default)]
struct Link {
    /// What this is a copy of, and what told so.
    outer: Option<(Ticket, &'static str)>,
    /// The Content-Length of what this is, if it's a copy.
    length: Option<Box<[u8]>>,
    /// Its copies, as far as they aren't told yet.
    inner: Vec<Ticket>,
    /// The latest of them.
    latest: Option<Ticket>,
    /// What the proxy did to it, or to what this is a copy of, by the id of the note on that.
    cause: Option<u64>,
    /// That it was answered 504, by the id of the note on that.
    timed_out: Option<u64>,
    /// The exchange, once it is over.
    over: Option<Box<Exchange>>,
}

impl Link {
    /// Whether it has no side left that isn't told.
    fn is_loose(&self) -> bool {
        self.outer.is_none() && self.inner.is_empty()
    }

    /// Whether all that tells that it's a copy is what a service hands down to other requests, too.
    fn is_handed_down(&self) -> bool {
        self.outer.is_some_and(|(_, by)| telling::is_handed_down(by))
    }
}

impl Hops {
    fn get(&self, ticket: Ticket) -> Option<&Waiting> {
        self.slots.get(ticket.slot as usize).filter(|it| it.turn == ticket.turn)
    }

    fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Waiting> {
        self.slots.get_mut(ticket.slot as usize).filter(|it| it.turn == ticket.turn)
    }

    fn link(&self, ticket: Ticket) -> Option<&Link> {
        self.get(ticket)?.link.as_deref()
    }

    fn link_mut(&mut self, ticket: Ticket) -> Option<&mut Link> {
        self.get_mut(ticket)?.link.as_deref_mut()
    }

    /// Takes a request whose head is complete.
    pub(super) fn asked(&mut self, ends: Ends, request: &Request, asked: Moment) -> Ticket {
        let telling = Telling::of(request, &self.hasher);
        let (alike, outer) = self.copied(ends, request, &telling);
        if self.free.is_empty() && self.slots.len() >= MAX_WAITING_REQUESTS {
            self.forget_one();
        }
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let ticket = Ticket { slot, turn: self.slots.get(slot as usize).map_or(1, |it| it.turn) };
        if let Some(outer) = outer.and_then(|(outer, _)| self.get_mut(outer)) {
            let link = outer.link.get_or_insert_default();
            link.inner.push(ticket);
            link.latest = Some(ticket);
        }
        let is_open = alike < MAX_ALIKE;
        if is_open {
            self.unanswered.add(telling.clue, slot);
        }
        let waiting = Waiting {
            turn: ticket.turn,
            ends,
            asked,
            telling,
            is_open,
            upgrade: handshake::is_asked(&request.message.headers),
            version: request.message.version,
            answered: None,
            link: outer.map(|outer| {
                let length = content_length(request).map(Box::from);
                Box::new(Link { outer: Some(outer), length, ..Link::default() })
            }),
        };
        match self.slots.get_mut(slot as usize) {
            Some(it) => *it = waiting,
            None => self.slots.push(waiting),
        }
        ticket
    }

    /// How many unanswered exchanges have the same clue as a request, and the one that it's a copy of.
    fn copied(&self, ends: Ends, request: &Request, telling: &Telling) -> (usize, Option<(Ticket, &'static str)>) {
        let (mut alike, mut rivals, mut best) = (0, 0, None::<(u8, Ticket, &'static str)>);
        for slot in self.unanswered.of(telling.clue) {
            alike += 1;
            let outer = &self.slots[slot as usize];
            if outer.link.as_ref().is_some_and(|link| link.inner.len() >= MAX_ALIKE) {
                continue;
            }
            let Some((strength, by)) = telling::same((outer.ends, &outer.telling), (ends, telling), request) else {
                continue;
            };
            match best {
                Some((most, ..)) if most > strength => {}
                Some((most, ..)) if most == strength => rivals += 1,
                _ => (rivals, best) = (0, Some((strength, Ticket { slot, turn: outer.turn }, by))),
            }
        }
        (alike, best.filter(|_| rivals == 0).map(|(_, ticket, by)| (ticket, by)))
    }

    /// What a proxy did to the upgrade that a request means, if it did anything.
    pub(super) fn lost_upgrade(&self, ticket: Ticket, request: &Request) -> Option<Fault> {
        let inner = self.get(ticket)?;
        let outer = self.get(inner.link.as_ref()?.outer?.0)?;
        let is_same = !inner.link.as_ref()?.is_handed_down() || outer.telling.call == inner.telling.call;
        let deeds = if outer.upgrade && is_same { changes::lost_upgrade(outer.version, request) } else { None };
        deeds.map(|deeds| Fault::UpgradeDropped {
            proxy: OwnWords::of(proxy(outer.ends, inner.ends)),
            deeds: OwnWords::of(deeds),
            asked: outer.asked.packet,
            passed: inner.asked.packet,
        })
    }

    /// Records what a proxy did to an exchange, as a note's id. That also explains what happens to its original.
    pub(super) fn explain(&mut self, ticket: Ticket, cause: u64) {
        let Some(inner) = self.link_mut(ticket) else { return };
        inner.cause = Some(cause);
        if let Some(outer) = inner.outer.and_then(|(outer, _)| self.link_mut(outer)) {
            outer.cause = Some(cause);
        }
    }

    /// What a proxy did to an exchange, by a note's id.
    pub(super) fn cause(&self, ticket: Ticket) -> Option<u64> {
        self.link(ticket)?.cause
    }

    /// A proxy answered 504 to that exchange, as the note of that id says.
    pub(super) fn timed_out(&mut self, ticket: Ticket, id: Option<u64>) {
        if let Some(link) = self.link_mut(ticket) {
            link.timed_out = id;
        }
    }

    /// The note that says that a proxy asked that exchange and answered 504 itself: its id, the exchange that was answered, and
    /// that one's proxy.
    fn given_up(&self, ticket: Ticket) -> Option<(u64, &Waiting, String)> {
        let inner = self.get(ticket)?;
        let outer = self.get(inner.link.as_ref()?.outer?.0)?;
        let is_same = !inner.link.as_ref()?.is_handed_down() || outer.telling.call == inner.telling.call;
        let id = outer.link.as_ref()?.timed_out.filter(|_| is_same)?;
        Some((id, outer, proxy(outer.ends, inner.ends)))
    }

    /// The note that says that a proxy asked that exchange and answered 504 itself, by its id.
    pub(super) fn gave_up(&self, ticket: Ticket) -> Option<u64> {
        self.given_up(ticket).map(|(id, ..)| id)
    }

    /// That an exchange's response begins after the proxy that asked has answered 504, as the note of that id says.
    pub(super) fn too_late(&self, ticket: Ticket, at: Moment) -> Option<(u64, Fault)> {
        let (id, outer, proxy) = self.given_up(ticket)?;
        let (answered, _) = outer.answered.filter(|(answered, _)| answered.time < at.time)?;
        let late = OwnWords::of(numbers::duration(at.time.since(answered.time)));
        Some((id, Fault::AnsweredTooLate { proxy: OwnWords::of(proxy), late, answered: answered.packet }))
    }

    /// Takes note that an exchange has its final response, and says whether that was held back.
    pub(super) fn answered(&mut self, ticket: Ticket, exchange: &Exchange, at: Moment) -> Option<Fault> {
        let status = exchange.response.as_ref()?.status;
        self.get_mut(ticket)?.answered = Some((at, status));
        self.close(ticket);
        let outer = self.get(ticket)?;
        let link = outer.link.as_ref()?;
        // The proxy may have waited for the latest; of several that could be the one it passes on, the last held it up.
        self.get(link.latest?)?.answered?;
        let answers = link.inner.iter().filter_map(|ticket| {
            let inner = self.get(*ticket)?;
            let (began, _) = inner.answered.filter(|(_, made)| *made == status)?;
            is_sure(outer, inner, exchange.request.as_ref()?).then_some((began, inner))
        });
        let (began, inner) = answers.max_by_key(|(began, _)| began.time)?;
        let held = at.time.since(began.time);
        (held >= SLOW_TO_PASS_ON).then(|| Fault::ResponseHeldBack {
            proxy: OwnWords::of(proxy(outer.ends, inner.ends)),
            held: OwnWords::of(numbers::duration(held)),
            began: began.packet,
        })
    }

    /// No request can be a copy of that exchange any more.
    fn close(&mut self, ticket: Ticket) {
        if let Some(it) = self.get_mut(ticket)
            && std::mem::take(&mut it.is_open)
        {
            self.unanswered.remove(ticket.slot);
        }
    }

    /// Takes an exchange that's over, and returns the hops about which everything is known now.
    pub(super) fn over(&mut self, ticket: Ticket, exchange: &Exchange, take: impl FnMut(&Hop)) {
        if self.link(ticket).is_none_or(Link::is_loose) {
            self.forget(ticket);
        } else {
            self.end(ticket, exchange, take);
        }
    }

    /// The same of an exchange that is on one side of a hop.
    #[cold]
    fn end(&mut self, ticket: Ticket, exchange: &Exchange, mut take: impl FnMut(&Hop)) {
        let size = size(exchange);
        let is_kept = self.held + size <= MAX_HOP_BYTES;
        let Some(link) = self.link_mut(ticket) else { return };
        let outer = link.outer;
        if is_kept {
            link.over = Some(Box::new(without_bodies(exchange)));
            self.held += size;
            self.close(ticket);
        } else {
            self.forget(ticket);
        }
        for outer in outer.map(|(outer, _)| outer).into_iter().chain([ticket]) {
            if self.is_settled(outer) {
                self.tell(outer, &mut take);
            }
        }
    }

    /// Whether an exchange is over, and all its copies are: one of them may explain another.
    fn is_settled(&self, outer: Ticket) -> bool {
        let is_over = |ticket| self.link(ticket).is_some_and(|it| it.over.is_some());
        is_over(outer) && self.link(outer).is_some_and(|it| it.inner.iter().all(|inner| is_over(*inner)))
    }

    /// Passes on the hops from an exchange that's settled.
    fn tell(&mut self, outer: Ticket, take: &mut impl FnMut(&Hop)) {
        let Some(link) = self.link(outer) else { return };
        let (Some(told), all) = (link.over.as_deref(), link.inner.clone()) else { return };
        let made = |ticket| Some((self.link(ticket)?.outer?.1, self.link(ticket)?.over.as_deref()?));
        let mut copies = all.clone();
        copies.retain(|it| made(*it).is_some_and(|(by, made)| choice::is_borne_out(by, told, made)));
        let chosen = choice::passed_on(told, copies.iter().filter_map(|it| Some(made(*it)?.1)));
        // If the latest is forgotten, it may have been that.
        let is_latest_known = link.latest.is_some_and(|latest| all.contains(&latest));
        let chosen = chosen.or_else(|| copies.len().checked_sub(1).filter(|_| is_latest_known));
        for (at, inner) in copies.into_iter().enumerate() {
            let fate = match chosen {
                Some(chosen) if at == chosen => Fate::PassedOn,
                Some(chosen) if at > chosen => Fate::Aside,
                _ => Fate::AskedAgain,
            };
            if let Some(hop) = self.hop(outer, inner, fate) {
                take(&hop);
            }
        }
        for inner in all {
            self.part(outer, inner);
        }
    }

    /// What is known of a hop, once both its exchanges are over.
    fn hop(&self, outer: Ticket, inner: Ticket, fate: Fate) -> Option<Hop> {
        let leg = |ticket| {
            let exchange = Exchange::clone(self.link(ticket)?.over.as_ref()?);
            Some(Leg { exchange, ends: self.get(ticket)?.ends })
        };
        Some(Hop { from: leg(outer)?, to: leg(inner)?, by: self.link(inner)?.outer?.1, fate })
    }

    /// Two exchanges no longer wait for each other. Either one is forgotten if it's over and waits for no other.
    fn part(&mut self, outer: Ticket, inner: Ticket) {
        if let Some(it) = self.link_mut(outer) {
            it.inner.retain(|ticket| *ticket != inner);
        }
        if let Some(it) = self.link_mut(inner) {
            it.outer = None;
        }
        for ticket in [outer, inner] {
            if self.link(ticket).is_some_and(|it| it.over.is_some() && it.is_loose()) {
                self.forget(ticket);
            }
        }
    }

    /// Forgets an exchange.
    fn forget(&mut self, ticket: Ticket) {
        self.close(ticket);
        let Some(it) = self.get_mut(ticket) else { return };
        it.turn = it.turn.wrapping_add(1).max(1);
        let link = it.link.take();
        self.free.push(ticket.slot);
        let Some(link) = link else { return };
        self.held -= link.over.as_deref().map_or(0, size);
        if let Some((outer, _)) = link.outer {
            self.part(outer, ticket);
        }
        link.inner.into_iter().for_each(|inner| self.part(ticket, inner));
    }

    fn forget_one(&mut self) {
        let slot = self.next;
        self.next = (slot + 1) % MAX_WAITING_REQUESTS;
        if let Some(turn) = self.slots.get(slot).map(|it| it.turn) {
            let ticket = Ticket { slot: slot as u32, turn };
            let outer = self.link(ticket).and_then(|link| link.outer);
            self.forget(ticket);
            // Nothing else comes that would tell the hops that waited for it alone.
            if let Some((outer, _)) = outer.filter(|(outer, _)| self.is_settled(*outer)) {
                self.forget(outer);
            }
        }
    }
}

/// Whether a copy can be taken for one before both exchanges are over: [`choice::is_borne_out`] has more to go by.
fn is_sure(outer: &Waiting, inner: &Waiting, asked: &Request) -> bool {
    let Some(link) = inner.link.as_ref().filter(|link| link.is_handed_down()) else { return true };
    let is_as_long = content_length(asked).zip(link.length.as_deref()).is_none_or(|(one, other)| one == other);
    outer.telling.call == inner.telling.call && is_as_long
}

fn content_length(request: &Request) -> Option<&[u8]> {
    request.message.headers.get(FieldName::ContentLength)
}

/// Bytes of memory that an exchange takes, bodies aside, roughly.
fn size(it: &Exchange) -> usize {
    let section = |it: &Fields| it.block.len() + it.lines.len() * size_of::<FieldLine>();
    let message = |it: &HttpMessage| section(&it.headers) + section(&it.trailers);
    let request = it.request.iter().map(|it| it.method.len() + it.target.len() + message(&it.message));
    let responses = it.responses().map(|it| size_of::<Response>() + message(&it.message));
    size_of::<Exchange>() + request.chain(responses).sum::<usize>()
}

fn without_bodies(it: &Exchange) -> Exchange {
    let mut it = it.clone();
    for message in it.messages_mut() {
        message.body = Vec::new();
    }
    it
}
