//! Who shares a room: the WebSocket clients of a server, what each said, and which of the server's messages are copies.
//!
//! No protocol says that one message is a copy of another. A message is taken for a copy if it contains, word for word, what a
//! client said before.

use std::collections::HashSet;
use std::net::SocketAddr;

use super::beginning;
use crate::inspect::record::{Connection, Direction, Exchange, Message};
use crate::inspect::{Event, Sink};
use crate::render::numbers;
use crate::render::story::Story;

/// How many clients of a room are looked at.
const CLIENTS: usize = 6;
/// How many messages are listened to; each is compared with those before it.
const MAX_HEARD: usize = 1024;
/// How much of a message is quoted, in bytes.
const QUOTED_OF_MESSAGE: usize = 200;

/// The first WebSocket messages of a capture, inflated and whole. A [`Sink`].
#[derive(Clone, Debug, Default)]
pub struct Heard {
    messages: Vec<Message>,
    left_out: u64,
}

impl Sink for Heard {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Message(message) if self.messages.len() < MAX_HEARD => self.messages.push(message.clone()),
            Event::Message(_) => self.left_out += 1,
            _ => {}
        }
    }
}

/// Something that happens in a room, with the packet that completes it.
pub(super) struct Happening {
    pub(super) packet: u64,
    pub(super) what: What,
}

/// What happens, in words that are escaped where they are drawn. Clients are named by their place in the room.
pub(super) enum What {
    /// A client's connection is upgraded.
    Joins { who: usize, asked: String },
    /// A client's message, and who gets a copy of it.
    Says { who: usize, text: String, to: Vec<usize>, copy: String },
    /// A message that is the server's own.
    Announces { to: Vec<usize>, text: String },
    /// A client's connection is being closed.
    Leaves { who: usize },
}

/// A server with its clients.
pub(super) struct Room<'a> {
    pub(super) clients: Vec<&'a Connection>,
    /// How many more clients it has.
    more_clients: usize,
    /// How many messages were not listened to.
    left_out: u64,
    pub(super) happenings: Vec<Happening>,
    pub(super) copies: usize,
}

impl<'a> Room<'a> {
    /// The room of the capture in which the most is passed on, if anything is.
    pub(super) fn liveliest(story: &'a Story, heard: &Heard) -> Option<Self> {
        let upgrades = story.exchanges.iter().filter(|it| it.upgraded.as_deref() == Some("websocket"));
        let became: HashSet<u64> = upgrades.map(|exchange| exchange.connection).collect();
        let mut connections: Vec<&Connection> =
            story.connections.iter().filter(|it| became.contains(&it.number)).collect();
        connections.sort_unstable_by_key(|connection| connection.number);
        let mut servers: Vec<((usize, SocketAddr), Vec<&Connection>)> = Vec::new();
        for connection in connections {
            let key = (connection.interface, connection.server);
            match servers.iter_mut().find(|(it, _)| *it == key) {
                Some((_, clients)) => clients.push(connection),
                None => servers.push((key, vec![connection])),
            }
        }
        let shared = servers.into_iter().map(|(_, clients)| clients).filter(|clients| clients.len() > 1);
        let rooms = shared.map(|clients| Self::of(story, heard, clients)).filter(|room| room.copies > 0);
        // The first of several.
        rooms.reduce(|best, room| if room.copies > best.copies { room } else { best })
    }

    fn of(story: &'a Story, heard: &Heard, mut clients: Vec<&'a Connection>) -> Self {
        let more_clients = clients.len().saturating_sub(CLIENTS);
        clients.truncate(CLIENTS);
        let who = |message: &Message| clients.iter().position(|client| client.number == message.connection);
        let said: Vec<(usize, &Message)> =
            heard.messages.iter().filter_map(|message| Some((who(message)?, message))).collect();
        let passed = passed_on(&said);
        let copies = passed.iter().flatten().count();
        let mut happenings = talk(&said, &passed);
        for (who, client) in clients.iter().enumerate() {
            let upgrade = story.exchanges.iter().find(|it| it.connection == client.number && it.upgraded.is_some());
            happenings.extend(upgrade.map(|exchange| joins(who, exchange)));
            let close = story.frames.iter().find(|it| it.connection == client.number && it.opcode == 8);
            happenings.extend(close.map(|it| Happening { packet: it.extent.last.packet, what: What::Leaves { who } }));
        }
        happenings.sort_by_key(|happening| happening.packet);
        Self { clients, more_clients, left_out: heard.left_out, happenings, copies }
    }

    /// How many messages there were, and what was not looked at.
    pub(super) fn counts(&self) -> String {
        let said = self.happenings.iter().filter(|it| matches!(it.what, What::Says { .. })).count();
        let own = self.happenings.iter().map(|it| if let What::Announces { to, .. } = &it.what { to.len() } else { 0 });
        let copies = if self.copies == 1 {
            "1 copy".to_owned()
        } else {
            format!("{} copies", numbers::count(self.copies as u64))
        };
        let mut counts = format!(
            "{} to the server; from the server {copies} of them and {} of its own",
            numbers::counted(said as u64, "message"),
            numbers::counted(own.sum::<usize>() as u64, "message"),
        );
        for (more, what) in [(self.more_clients as u64, "more client"), (self.left_out, "later message")] {
            if more > 0 {
                counts = format!("{counts}; not drawn: {}", numbers::counted(more, what));
            }
        }
        counts
    }
}

/// For each message the earlier one that it is a copy of: the longest that it has in it, and of such the latest.
fn passed_on(said: &[(usize, &Message)]) -> Vec<Option<usize>> {
    let mut passed: Vec<Option<usize>> = Vec::with_capacity(said.len());
    for (at, (whom, copy)) in said.iter().enumerate() {
        // Nobody gets the same twice.
        let has_got =
            |original: usize| said.iter().zip(&passed).any(|((who, _), of)| who == whom && *of == Some(original));
        let before =
            said[..at].iter().enumerate().filter(|(original, (_, it))| is_copy(copy, it) && !has_got(*original));
        passed
            .push(before.max_by_key(|(original, (_, it))| (it.payload.len(), *original)).map(|(original, _)| original));
    }
    passed
}

/// Whether the server's message has in it what a client said, word for word.
fn is_copy(copy: &Message, said: &Message) -> bool {
    (copy.direction, said.direction) == (Direction::Server, Direction::Client)
        && copy.opcode == said.opcode
        && !said.payload.is_empty()
        && !said.payload_truncated
        && memchr::memmem::find(&copy.payload, &said.payload).is_some()
}

/// What is said and passed on, and what the server says itself. If it says the same to several clients, that's drawn
/// once.
fn talk(said: &[(usize, &Message)], passed: &[Option<usize>]) -> Vec<Happening> {
    let mut happenings: Vec<Happening> = Vec::new();
    let mut own: Option<(&Message, Vec<usize>)> = None;
    let announced = |(message, to): (&Message, Vec<usize>)| Happening {
        packet: message.extent.last.packet,
        what: What::Announces { to, text: quote(message) },
    };
    for (at, (who, message)) in said.iter().enumerate() {
        match (message.direction, &mut own) {
            (Direction::Client, _) => {
                let copies = || said.iter().zip(passed).filter(move |(_, of)| **of == Some(at)).map(|(it, _)| it);
                let to = copies().map(|(whom, _)| *whom).collect();
                let copy = copies().next().map(|(_, copy)| quote(copy)).unwrap_or_default();
                let what = What::Says { who: *who, text: quote(message), to, copy };
                happenings.push(Happening { packet: message.extent.last.packet, what });
            }
            (Direction::Server, _) if passed[at].is_some() => {}
            (Direction::Server, Some((first, to))) if first.payload == message.payload && !to.contains(who) => {
                to.push(*who);
            }
            (Direction::Server, _) => happenings.extend(own.replace((*message, vec![*who])).map(announced)),
        }
    }
    happenings.extend(own.map(announced));
    happenings
}

fn joins(who: usize, exchange: &Exchange) -> Happening {
    let target = exchange.request.as_ref().map_or(&b""[..], |request| &request.target);
    let asked = format!("joins {}", beginning(target, QUOTED_OF_MESSAGE));
    Happening { packet: exchange.extent().last.packet, what: What::Joins { who, asked } }
}

fn quote(message: &Message) -> String {
    if message.opcode == 1 {
        format!("“{}”", beginning(&message.payload, QUOTED_OF_MESSAGE))
    } else {
        format!("{} of binary data", numbers::bytes(message.payload_bytes))
    }
}
