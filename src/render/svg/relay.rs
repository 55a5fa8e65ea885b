//! A server between several WebSocket clients: who said what, and to whom the server passed it on.

use std::net::SocketAddr;

use super::Lacking;
use super::canvas::{Anchor, INNER, MARGIN, Safe, Svg};
use super::theme::Face;
use crate::inspect::record::{Connection, Direction, Message};
use crate::inspect::{Event, Sink};
use crate::layers::Layer;
use crate::render::story::Story;
use crate::render::style::Look;
use crate::render::numbers;

/// How many clients have a lifeline, and how much happens between them.
const CLIENTS: usize = 6;
const EVENTS: usize = 28;
/// How many messages are listened to; of more, the first.
const MOST: usize = 4096;
/// How much of a message is quoted, in bytes.
const QUOTED: usize = 200;
/// From what a client says to the server passing it on, and to the next that happens.
const PASS: f64 = 24.0;
const NEXT: f64 = 32.0;

/// The WebSocket messages of a capture, inflated and whole. A [`Sink`].
#[derive(Clone, Debug, Default)]
pub struct Heard(Vec<Message>);

impl Sink for Heard {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Message(message) = event
            && self.0.len() < MOST
        {
            self.0.push(message.clone());
        }
    }
}

/// What happens in a room.
enum Happening {
    Joins { who: usize, packet: u64 },
    /// A client's message, and the clients that get it from the server.
    Says { who: usize, text: Safe, to: Vec<usize>, passed: Safe, packet: u64 },
    /// A message that is the server's own.
    Announces { to: Vec<usize>, text: Safe, packet: u64 },
    Leaves { who: usize, packet: u64 },
}

impl Happening {
    fn packet(&self) -> u64 {
        match self {
            Self::Joins { packet, .. } | Self::Says { packet, .. } | Self::Announces { packet, .. } | Self::Leaves { packet, .. } => *packet,
        }
    }
}

/// A server with its clients.
struct Room<'a> {
    clients: Vec<&'a Connection>,
    happenings: Vec<Happening>,
    passed_on: usize,
}

/// Draws the server that passes on the most.
///
/// # Errors
///
/// Where none passes on anything.
pub fn picture(story: &Story, heard: &Heard, source: &str) -> Result<String, Lacking> {
    let rooms = rooms(story, heard).into_iter().filter(|room| room.passed_on > 0);
    let room = rooms.max_by_key(|room| (room.passed_on, std::cmp::Reverse(room.clients[0].number))).ok_or(Lacking::Relay)?;
    let names: Vec<String> = room.clients.iter().map(|client| name(story, client)).collect();
    let remark = "No client has a connection to another. Each says what it says to the server; the server sends a copy to the others.";
    let mut svg = Svg::new("relay", "A server that passes on", remark);
    let stage = Stage::of(&room, &names);
    stage.heads(&mut svg, &names);
    let mut words = vec![format!("A server between {}. {remark}", numbers::counted(names.len() as u64, "client"))];
    let shown = room.happenings.len().min(EVENTS);
    let top = svg.y;
    let mut drawn = Vec::new();
    for happening in &room.happenings[..shown] {
        drawn.push((svg.y + 24.0, happening));
        let both = matches!(happening, Happening::Says { to, .. } if !to.is_empty());
        svg.y += NEXT + if both { PASS } else { 0.0 };
    }
    svg.y += 14.0;
    let bottom = svg.y;
    stage.lifelines(&mut svg, (top, bottom), &drawn);
    for (y, happening) in drawn {
        stage.draw(&mut svg, y, happening);
        words.push(in_words(happening, &names));
    }
    if room.happenings.len() > shown {
        let more = numbers::counted((room.happenings.len() - shown) as u64, "more event");
        svg.y += 16.0;
        svg.text((MARGIN, svg.y), Anchor::Start, Face::Small, Look::Dim, format!("… {more}"));
    }
    Ok(svg.finish(words.join(" "), source))
}

fn name(story: &Story, client: &Connection) -> String {
    story.name_of(client.client.ip()).map_or_else(|| client.client.to_string(), str::to_owned)
}

fn rooms<'a>(story: &'a Story, heard: &Heard) -> Vec<Room<'a>> {
    let upgraded = |it: &&Connection| {
        story.exchanges.iter().any(|e| e.connection == it.number && e.upgraded.as_deref() == Some("websocket"))
    };
    let mut servers: Vec<((usize, SocketAddr), Vec<&Connection>)> = Vec::new();
    let mut connections: Vec<&Connection> = story.connections.iter().filter(upgraded).collect();
    connections.sort_unstable_by_key(|connection| connection.number);
    for connection in connections {
        let key = (connection.interface, connection.server);
        match servers.iter_mut().find(|(it, _)| *it == key) {
            Some((_, clients)) if clients.len() < CLIENTS => clients.push(connection),
            Some(_) => {}
            None => servers.push((key, vec![connection])),
        }
    }
    servers.into_iter().filter(|(_, clients)| clients.len() > 1).map(|(_, clients)| Room::of(story, heard, clients)).collect()
}

impl<'a> Room<'a> {
    fn of(story: &'a Story, heard: &Heard, clients: Vec<&'a Connection>) -> Self {
        let who = |message: &Message| clients.iter().position(|client| client.number == message.connection);
        let said: Vec<(usize, &Message)> = heard.0.iter().filter_map(|message| Some((who(message)?, message))).collect();
        let mut taken = vec![false; said.len()];
        let (mut happenings, mut passed_on) = (Vec::new(), 0);
        for (at, (who, message)) in said.iter().enumerate().filter(|(_, (_, it))| it.direction == Direction::Client) {
            let mut to = Vec::new();
            let mut passed = Safe::default();
            for (later, (whom, copy)) in said.iter().enumerate().skip(at + 1) {
                if !taken[later] && !to.contains(whom) && is_copy(copy, message) {
                    taken[later] = true;
                    to.push(*whom);
                    passed = quote(copy);
                }
            }
            passed_on += to.len();
            let packet = message.extent.last.packet;
            happenings.push(Happening::Says { who: *who, text: quote(message), to, passed, packet });
        }
        let mut own: Option<(&Message, Vec<usize>)> = None;
        for ((whom, message), _) in said.iter().zip(&taken).filter(|((_, it), taken)| it.direction == Direction::Server && !**taken) {
            match &mut own {
                Some((first, to)) if first.payload == message.payload && !to.contains(whom) => to.push(*whom),
                _ => {
                    happenings.extend(own.take().map(announced));
                    own = Some((message, vec![*whom]));
                }
            }
        }
        happenings.extend(own.map(announced));
        for (who, client) in clients.iter().enumerate() {
            let upgrade = story.exchanges.iter().find(|it| it.connection == client.number && it.upgraded.is_some());
            happenings.extend(upgrade.map(|it| Happening::Joins { who, packet: it.extent().last.packet }));
            let close = story.frames.iter().find(|it| it.connection == client.number && it.opcode == 8);
            happenings.extend(close.map(|it| Happening::Leaves { who, packet: it.extent.last.packet }));
        }
        happenings.sort_by_key(Happening::packet);
        Self { clients, happenings, passed_on }
    }
}

fn announced((message, to): (&Message, Vec<usize>)) -> Happening {
    Happening::Announces { to, text: quote(message), packet: message.extent.last.packet }
}

/// Whether the server's message has in it what a client said, word for word.
fn is_copy(copy: &Message, said: &Message) -> bool {
    let is_in = |all: &[u8], part: &[u8]| memchr::memmem::find(all, part).is_some();
    copy.direction == Direction::Server
        && copy.opcode == said.opcode
        && !said.payload.is_empty()
        && !said.payload_truncated
        && is_in(&copy.payload, &said.payload)
}

fn quote(message: &Message) -> Safe {
    let text = if message.opcode == 1 {
        format!("“{}”", String::from_utf8_lossy(message.payload.get(..QUOTED).unwrap_or(&message.payload)))
    } else {
        format!("{} of binary data", numbers::bytes(message.payload_bytes))
    };
    text.into()
}

fn in_words(happening: &Happening, names: &[String]) -> String {
    let listed = |to: &[usize]| to.iter().map(|who| names[*who].as_str()).collect::<Vec<_>>().join(" and ");
    match happening {
        Happening::Joins { who, .. } => format!("{} joins.", names[*who]),
        Happening::Leaves { who, .. } => format!("{} leaves.", names[*who]),
        Happening::Says { who, text, to, .. } if to.is_empty() => format!("{} says {}; nobody gets it.", names[*who], text.as_str()),
        Happening::Says { who, text, to, passed, .. } => {
            format!("{} says {}; the server sends {} to {}.", names[*who], text.as_str(), passed.as_str(), listed(to))
        }
        Happening::Announces { to, text, .. } => format!("The server says {} to {}.", text.as_str(), listed(to)),
    }
}

/// Where the lifelines stand: the server's in the middle, the clients' around it.
struct Stage {
    clients: Vec<f64>,
    server: f64,
}

impl Stage {
    fn of(room: &Room<'_>, names: &[String]) -> Self {
        let all = room.clients.len() + 1;
        let widest = names.iter().map(|name| Safe::from(name.as_str()).width(Face::Body)).fold(60.0, f64::max);
        let edge = (widest / 2.0).min(70.0) + 6.0;
        let gap = (INNER - 2.0 * edge) / (all - 1) as f64;
        let mut places = (0..all).map(|at| MARGIN + edge + at as f64 * gap);
        let before: Vec<f64> = places.by_ref().take(room.clients.len() / 2).collect();
        let server = places.next().unwrap_or(MARGIN);
        Self { clients: before.into_iter().chain(places).collect(), server }
    }

    fn heads(&self, svg: &mut Svg, names: &[String]) {
        svg.y += 4.0;
        let room = INNER / (self.clients.len() + 1) as f64 - 8.0;
        for (x, name) in self.clients.iter().zip(names) {
            let name = Safe::from(name.as_str()).cut(Face::Body, room);
            svg.text((*x, svg.y), Anchor::Middle, Face::Body, Look::Strong(Layer::Application), name);
        }
        svg.text((self.server, svg.y), Anchor::Middle, Face::Body, Look::Bold, "server");
        svg.y += 10.0;
    }

    /// A client's lifeline is a line while it is there, and dots before and after.
    fn lifelines(&self, svg: &mut Svg, (top, bottom): (f64, f64), drawn: &[(f64, &Happening)]) {
        for (client, x) in self.clients.iter().enumerate() {
            let find = |is: &dyn Fn(&Happening) -> bool| drawn.iter().find(|(_, it)| is(it)).map(|(y, _)| *y);
            let joins = find(&|it| matches!(it, Happening::Joins { who, .. } if *who == client)).unwrap_or(top);
            let leaves = find(&|it| matches!(it, Happening::Leaves { who, .. } if *who == client)).unwrap_or(bottom);
            svg.dots((*x, top), (*x, joins));
            svg.line((*x, joins), (*x, leaves), Look::Dim);
            svg.dots((*x, leaves), (*x, bottom));
        }
        svg.line((self.server - 2.0, top), (self.server - 2.0, bottom), Look::Plain);
        svg.line((self.server + 2.0, top), (self.server + 2.0, bottom), Look::Plain);
    }

    fn draw(&self, svg: &mut Svg, y: f64, happening: &Happening) {
        match happening {
            Happening::Joins { who, .. } => self.to_server(svg, y, *who, Layer::Session, &"joins: 101".into()),
            Happening::Leaves { who, .. } => self.to_server(svg, y, *who, Layer::Session, &"leaves: close".into()),
            Happening::Says { who, text, to, passed, .. } => {
                self.to_server(svg, y, *who, Layer::Application, text);
                self.from_server(svg, y + PASS, to, Look::Layer(Layer::Application), passed);
            }
            Happening::Announces { to, text, .. } => self.from_server(svg, y, to, Look::Layer(Layer::Transport), text),
        }
    }

    fn to_server(&self, svg: &mut Svg, y: f64, who: usize, layer: Layer, text: &Safe) {
        let from = self.clients[who];
        let ahead = if from < self.server { 1.0 } else { -1.0 };
        svg.dot((from, y), layer);
        svg.arrow((from, y), self.server - ahead * 3.0, layer, false);
        // Beside the client, before the next lifeline if there is one on the way.
        let room = self.gap() - 20.0;
        let anchor = if ahead > 0.0 { Anchor::Start } else { Anchor::End };
        svg.label((from + ahead * 10.0, y - 6.0), anchor, Face::Small, Look::Strong(layer), text.cut(Face::Small, room));
    }

    fn from_server(&self, svg: &mut Svg, y: f64, to: &[usize], look: Look, text: &Safe) {
        for (side, anchor) in [(-1.0, Anchor::End), (1.0, Anchor::Start)] {
            let of_side = || to.iter().map(|who| self.clients[*who]).filter(move |x| (x - self.server) * side > 0.0);
            if of_side().next().is_none() {
                continue;
            }
            for x in of_side() {
                svg.arrow((self.server + side * 3.0, y), x, look, false);
            }
            let text = text.cut(Face::Small, self.gap() - 20.0);
            svg.label((self.server + side * 10.0, y - 6.0), anchor, Face::Small, look, text);
        }
    }

    fn gap(&self) -> f64 {
        let nearest = self.clients.iter().map(|x| (x - self.server).abs()).fold(f64::MAX, f64::min);
        nearest.min(INNER)
    }
}
