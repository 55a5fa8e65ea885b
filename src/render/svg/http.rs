//! A request and its response, part by part: each part as it was sent, its name, what it means, and the clause.

use std::ops::Range;

use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::theme::Face;
use crate::annotate::{Whole, Wholes};
use crate::inspect::record::Exchange;
use crate::layers::{Field, Layer};
use crate::render::Look;
use crate::render::exchange::osi::title;
use crate::render::numbers;

/// The width of the column that shows what was sent.
const SENT: f64 = 330.0;
/// Where the meaning begins.
const MEANS: f64 = MARGIN + SENT + 18.0;
/// How many messages are drawn, how many parts of each, how many of them from the end, and how many lines of a body.
const MESSAGES: usize = 8;
const PARTS: usize = 24;
const LAST: usize = 3;
const BODY_LINES: usize = 8;

/// Draws an exchange; `fields` are those that the annotator has of it.
#[must_use]
pub fn picture(exchange: &Exchange, fields: &Wholes, source: &str) -> String {
    let place = format!("exchange {}.{}", exchange.connection, exchange.index);
    let remark = format!("{}: as it was sent on the left, what it says on the right", title(exchange));
    let mut svg = Svg::new("http", "An HTTP request and its response", remark.as_str());
    let mut words = vec![format!("{remark}.")];
    let left_out = left_out(fields.all.len(), MESSAGES);
    for (at, message) in fields.all.iter().enumerate() {
        if at == left_out.start && !left_out.is_empty() {
            more(&mut svg, left_out.len() as u64 + fields.left_out, "message");
        }
        if !left_out.contains(&at) {
            draw(&mut svg, message, &mut words);
            svg.y += 12.0;
        }
    }
    svg.y -= 16.0;
    svg.finish(words, &format!("{source} · {place}"))
}

/// Which of several things aren't drawn: if there are too many, the first ones and the last ones are.
fn left_out(all: usize, most: usize) -> Range<usize> {
    if all > most { most - LAST..all - LAST } else { 0..0 }
}

fn more(svg: &mut Svg, count: u64, name: &str) {
    let more = format!("… {}", numbers::counted(count, &format!("more {name}")));
    svg.text((MARGIN + 10.0, svg.y + 14.0), Anchor::Start, Face::Small, Look::Dim, more);
    svg.y += 24.0;
}

fn draw(svg: &mut Svg, message: &Whole, words: &mut Vec<String>) {
    let Whole { field: message, left_out: before } = message;
    svg.y += 14.0;
    svg.text((MARGIN, svg.y), Anchor::Start, Face::Heading, Look::Strong(message.layer), &*message.name);
    let remark = format!("{} {}", message.meaning, message.clause);
    svg.text((MARGIN + INNER, svg.y), Anchor::End, Face::Small, Look::Dim, remark);
    svg.y += 10.0;
    words.push(format!("{}:", message.name));
    // Its last parts are the empty line and the body.
    let left_out = left_out(message.parts.len(), PARTS);
    for (at, part) in message.parts.iter().enumerate() {
        if at == left_out.start && !left_out.is_empty() {
            more(svg, left_out.len() as u64 + before, "part");
        }
        if !left_out.contains(&at) {
            draw_part(svg, part);
            words.push(format!("{} {}. {}", part.name, part.value.trim_end(), part.meaning));
        }
    }
}

fn draw_part(svg: &mut Svg, part: &Field) {
    row(svg, part);
    // The parts of a start line deserve a row each.
    if part.name.ends_with("line") && part.name != "field line" {
        let top = svg.y - 4.0;
        let hang = part.parts.iter().filter(|token| is_word(token)).map(|token| token_row(svg, token)).last();
        if let Some(bottom) = hang {
            svg.line((MARGIN + 10.0, top), (MARGIN + 10.0, bottom), part.layer);
        }
    }
}

/// Whether it means something: spaces and line ends don't.
fn is_word(token: &Field) -> bool {
    !matches!(&*token.name, "SP" | "CRLF" | "LF" | "OWS")
}

fn row(svg: &mut Svg, part: &Field) {
    let is_empty_line = matches!(&*part.name, "CRLF" | "LF");
    let sent = sent(part);
    let name = if is_empty_line { "empty line" } else { &*part.name };
    let lines = Safe::from(&*part.meaning).wrap(Face::Small, MARGIN + INNER - MEANS - 4.0, 3);
    let of_meaning = 17.0 + lines.len() as f64 * 16.0;
    let height = (sent.len() as f64 * Face::Mono.line() + 14.0).max(of_meaning + 8.0);
    let (y, layer) = (svg.y, part.layer);
    svg.area(Area { x: MARGIN, y, width: SENT, height: height - 4.0 }, Fill::Tint(layer), 4.0);
    svg.lines((MARGIN + 10.0, y + 19.0), Face::Mono.line(), (Face::Mono, Look::Plain), sent);
    svg.rule((MARGIN + SENT + 1.0, y + 12.0), (MEANS - 5.0, y + 12.0));
    svg.text((MEANS, y + 16.0), Anchor::Start, Face::Small, Look::Strong(layer), name);
    svg.text((MARGIN + INNER, y + 16.0), Anchor::End, Face::Small, Look::Dim, &*part.clause);
    svg.lines((MEANS, y + 33.0), 16.0, (Face::Small, Look::Plain), lines);
    svg.y += height;
}

/// The lines that were sent, with their line ends visible; a body is split into its own lines.
fn sent(part: &Field) -> Vec<Safe> {
    let room = SENT - 20.0;
    if part.name.ends_with("line") {
        let line = format!("{}\r\n", part.value.trim_end_matches(['\r', '\n']));
        return Safe::from(line).wrap(Face::Mono, room, 3);
    }
    let all: Vec<&[u8]> = part.value.split_inclusive('\n').map(str::as_bytes).collect();
    Safe::first_lines(&all, BODY_LINES, Face::Mono, room)
}

/// Draws a part of a start line below it; returns the height at which it's connected.
fn token_row(svg: &mut Svg, token: &Field) -> f64 {
    const TEXT: f64 = 190.0;
    let layer = Layer::Application;
    let (y, left) = (svg.y, MARGIN + 24.0);
    // Leave room for the clause beside it.
    let lines = Safe::from(&*token.meaning).wrap(Face::Small, MARGIN + INNER - MEANS - 120.0, 3);
    svg.line((MARGIN + 10.0, y + 12.0), (left - 3.0, y + 12.0), layer);
    let value = Safe::from(token.value.as_str()).cut(Face::Mono, TEXT);
    svg.text((left, y + 16.0), Anchor::Start, Face::Mono, Look::Strong(layer), value);
    let clause = Safe::from(&*token.clause).cut(Face::Small, 120.0);
    let name = Safe::from(&*token.name).cut(Face::Small, 120.0);
    svg.text((MARGIN + SENT, y + 16.0), Anchor::End, Face::Small, Look::Strong(layer), name);
    svg.text((MARGIN + INNER, y + 16.0), Anchor::End, Face::Small, Look::Dim, clause);
    svg.lines((MEANS, y + 16.0), 16.0, (Face::Small, Look::Plain), &lines);
    svg.y += 8.0 + lines.len().max(1) as f64 * 16.0;
    y + 12.0
}
