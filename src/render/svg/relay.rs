//! A server between several WebSocket clients: who said what, and to whom the server passed it on.

use super::Lacking;
use super::canvas::{Anchor, Fill, INNER, MARGIN, Safe, Svg};
use super::ladder::{HEAD, host};
pub use super::room::Heard;
use super::room::{Room, What};
use super::theme::Face;
use crate::inspect::record::Connection;
use crate::layers::Layer;
use crate::render::Look;
use crate::render::numbers;
use crate::render::story::Story;

/// How much that happens is drawn.
const EVENTS: usize = 28;
/// From what a client says to the server passing it on, and to the next that happens.
const PASS: f64 = 24.0;
const NEXT: f64 = 32.0;

/// Draws the server that passes on the most.
///
/// # Errors
///
/// Where none passes on anything.
pub fn picture(story: &Story, heard: &Heard, source: &str) -> Result<String, Lacking> {
    let room = Room::liveliest(story, heard).ok_or(Lacking::Relay)?;
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
        drawn.push((svg.y + 24.0, &happening.what));
        let both = matches!(&happening.what, What::Says { to, .. } if !to.is_empty());
        svg.y += NEXT + if both { PASS } else { 0.0 };
    }
    svg.y += 14.0;
    let bottom = svg.y;
    stage.lifelines(&mut svg, (top, bottom), &drawn);
    for (y, what) in drawn {
        stage.draw(&mut svg, y, what);
        words.push(in_words(what, &names));
    }
    if room.happenings.len() > shown {
        let more = numbers::counted((room.happenings.len() - shown) as u64, "more event");
        svg.y += 16.0;
        svg.remark(format!("… {more}"));
    }
    svg.y += 24.0;
    let counts = room.counts();
    svg.text((MARGIN, svg.y), Anchor::Start, Face::Body, Look::Bold, counts.as_str());
    words.push(counts);
    Ok(svg.finish(words, source))
}

fn name(story: &Story, client: &Connection) -> String {
    story.name_of(client.client.ip()).map_or_else(|| client.client.to_string(), str::to_owned)
}

fn in_words(what: &What, names: &[String]) -> String {
    let listed = |to: &[usize]| to.iter().map(|who| names[*who].as_str()).collect::<Vec<_>>().join(" and ");
    match what {
        What::Joins { who, asked, .. } => format!("{} {asked}.", names[*who]),
        What::Leaves { who, .. } => format!("{} leaves.", names[*who]),
        What::Says { who, text, to, .. } if to.is_empty() => {
            format!("{} says {text}; nobody gets it.", names[*who])
        }
        What::Says { who, text, to, copy, .. } => {
            format!("{} says {text}; the server sends {copy} to {}.", names[*who], listed(to))
        }
        What::Announces { to, text, .. } => format!("The server says {text} to {}.", listed(to)),
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
        let room = INNER / (self.clients.len() + 1) as f64;
        for (x, name) in self.clients.iter().zip(names) {
            host(svg, (*x, svg.y), name, Fill::Tint(Layer::Application), room);
        }
        host(svg, (self.server, svg.y), "server", Fill::Panel, room);
        svg.y += HEAD;
    }

    /// A client's lifeline is solid while the client is connected, and dotted before and after.
    fn lifelines(&self, svg: &mut Svg, (top, bottom): (f64, f64), drawn: &[(f64, &What)]) {
        for (client, x) in self.clients.iter().enumerate() {
            let find = |is: &dyn Fn(&What) -> bool| drawn.iter().find(|(_, it)| is(it)).map(|(y, _)| *y);
            let joins = find(&|it| matches!(it, What::Joins { who, .. } if *who == client)).unwrap_or(top);
            let leaves = find(&|it| matches!(it, What::Leaves { who, .. } if *who == client)).unwrap_or(bottom);
            svg.dots((*x, top), (*x, joins));
            svg.line((*x, joins), (*x, leaves), Look::Dim);
            svg.dots((*x, leaves), (*x, bottom));
        }
        svg.line((self.server - 2.0, top), (self.server - 2.0, bottom), Look::Plain);
        svg.line((self.server + 2.0, top), (self.server + 2.0, bottom), Look::Plain);
    }

    fn draw(&self, svg: &mut Svg, y: f64, what: &What) {
        match what {
            What::Joins { who, asked, .. } => self.to_server(svg, y, *who, Layer::Session, asked),
            What::Leaves { who, .. } => self.to_server(svg, y, *who, Layer::Session, "leaves: close"),
            What::Says { who, text, to, copy, .. } => {
                self.to_server(svg, y, *who, Layer::Application, text);
                self.copies(svg, y + PASS, to, Look::Layer(Layer::Application), copy);
            }
            What::Announces { to, text, .. } => self.copies(svg, y, to, Look::Layer(Layer::Transport), text),
        }
    }

    fn to_server(&self, svg: &mut Svg, y: f64, who: usize, layer: Layer, text: &str) {
        let from = self.clients[who];
        let ahead = if from < self.server { 1.0 } else { -1.0 };
        svg.dot((from, y), layer);
        svg.arrow((from, y), self.server - ahead * 3.0, layer, false);
        // Beside the client, before the next lifeline if there is one on the way.
        let room = self.gap() - 20.0;
        let anchor = if ahead > 0.0 { Anchor::Start } else { Anchor::End };
        svg.label(
            (from + ahead * 10.0, y - 6.0),
            anchor,
            Face::Small,
            Look::Strong(layer),
            Safe::from(text).cut(Face::Small, room),
        );
    }

    fn copies(&self, svg: &mut Svg, y: f64, to: &[usize], look: Look, text: &str) {
        for (side, anchor) in [(-1.0, Anchor::End), (1.0, Anchor::Start)] {
            let of_side = || to.iter().map(|who| self.clients[*who]).filter(move |x| (x - self.server) * side > 0.0);
            if of_side().next().is_none() {
                continue;
            }
            for x in of_side() {
                svg.arrow((self.server + side * 3.0, y), x, look, false);
            }
            let text = Safe::from(text).cut(Face::Small, self.gap() - 20.0);
            svg.label((self.server + side * 10.0, y - 6.0), anchor, Face::Small, look, text);
        }
    }

    fn gap(&self) -> f64 {
        let nearest = self.clients.iter().map(|x| (x - self.server).abs()).fold(f64::MAX, f64::min);
        nearest.min(INNER)
    }
}
