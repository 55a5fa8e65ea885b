//! Draws SVG: text whose width is known in advance, boxes, lines and arrows.
//!
//! All text is [`Safe`]: escaped as for a terminal, so that it contains no control character and none that XML forbids, and then
//! escaped for XML. There's no other way to put text into a picture. Knows nothing about packets and records.

use std::fmt::Write as _;

use super::theme::{self, Face};
use crate::layers::Layer;
use crate::render::Look;
use crate::render::escape::{beginning, escape};
use crate::render::numbers;
use crate::render::writer::line::columns_of;

/// How wide every picture is, in pixels: as wide as a README's text.
pub const WIDTH: f64 = 830.0;
/// The margin on each side.
pub const MARGIN: f64 = 26.0;
/// The width between the margins.
pub const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// How much of a text is used, in bytes: more than fits into any picture.
const LONGEST_TEXT: usize = 4 << 10;

/// Text that's safe to put into a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safe(String);

impl Safe {
    /// Captured bytes, shown as on a terminal; if there are very many, only the beginning.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        let seen = beginning(bytes, LONGEST_TEXT);
        Self(escape(seen) + if seen.len() < bytes.len() { "…" } else { "" })
    }

    /// The text as it's drawn, before it's escaped for XML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The most that it can be wide, in pixels.
    #[must_use]
    pub fn width(&self, face: Face) -> f64 {
        self.0.chars().map(|character| advance(character, face)).sum()
    }

    /// As much of it as fits, with a mark if something had to go.
    #[must_use]
    pub fn cut(&self, face: Face, room: f64) -> Self {
        if self.width(face) <= room {
            return self.clone();
        }
        let fits = fitting(&self.0, face, room - advance('…', face));
        Self(format!("{}…", &self.0[..fits]))
    }

    /// Wraps it into at most that many lines; if there would be more, the last one is marked.
    #[must_use]
    pub fn wrap(&self, face: Face, room: f64, most: usize) -> Vec<Self> {
        let mut lines = Vec::new();
        let mut rest = self.0.trim_end();
        while !rest.is_empty() {
            if lines.len() + 1 == most {
                lines.push(Self(rest.to_owned()).cut(face, room));
                break;
            }
            let fits = fitting(rest, face, room).max(rest.chars().next().map_or(0, char::len_utf8));
            let is_whole = fits == rest.len() || rest[fits..].starts_with(' ');
            // A word that would leave more than half of the line empty is broken, unless it's a number.
            let is_end = |at: &usize| {
                let digit = |character: Option<char>| character.is_some_and(|it| it.is_ascii_digit());
                *at * 2 > fits && !(digit(rest[..*at].chars().next_back()) && digit(rest[at + 1..].chars().next()))
            };
            let space = rest[..fits].rmatch_indices(' ').map(|(at, _)| at).find(is_end).filter(|_| !is_whole);
            let end = space.unwrap_or(fits);
            lines.push(Self(rest[..end].trim_end().to_owned()));
            rest = rest[end..].trim_start_matches(' ');
        }
        lines
    }

    /// At most that many lines, each cut to fit; if there are more, the last one says how many.
    #[must_use]
    pub fn first_lines(all: &[&[u8]], most: usize, face: Face, room: f64) -> Vec<Self> {
        let shown = if all.len() > most { most - 1 } else { all.len() };
        let mut lines: Vec<Self> = all[..shown].iter().map(|line| Self::bytes(line).cut(face, room)).collect();
        if all.len() > shown {
            lines.push(format!("… {}", numbers::counted((all.len() - shown) as u64, "more line")).into());
        }
        lines
    }

    fn xml(&self) -> String {
        let mut out = String::with_capacity(self.0.len() + 8);
        for character in self.0.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
        }
        out
    }
}

impl From<&str> for Safe {
    fn from(text: &str) -> Self {
        Self::bytes(text.as_bytes())
    }
}

impl From<String> for Safe {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Safe> for Safe {
    fn from(text: &Safe) -> Self {
        text.clone()
    }
}

/// How many bytes of the text fit.
fn fitting(text: &str, face: Face, room: f64) -> usize {
    let mut taken = 0.0;
    for (at, character) in text.char_indices() {
        taken += advance(character, face);
        if taken > room {
            return at;
        }
    }
    text.len()
}

/// How wide a character is, in pixels: at least as wide as in any of the usual fonts, because nobody knows which one the viewer
/// has.
fn advance(character: char, face: Face) -> f64 {
    let em = match (character, columns_of(character)) {
        (_, 0) => 0.0,
        (_, 2) => 1.2,
        _ if face.is_mono() => 0.605,
        (
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | '[' | ']'
            | '/',
            _,
        ) => 0.35,
        ('m' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' | '→', _) => 0.95,
        ('A'..='Z' | '0'..='9' | '+' | '=' | '<' | '>' | '&', _) => 0.66,
        _ => 0.59,
    };
    let bold = if face.is_bold() { 1.06 } else { 1.0 };
    em * face.size() * bold
}

/// A point: x to the right, y down, in pixels.
pub type Point = (f64, f64);

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its left side.
    pub x: f64,
    /// Its upper side.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// Which point of a text is at the given position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How a box is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Barely visible.
    Panel,
    /// Tinted like a layer, with a border in the layer's colour.
    Tint(Layer),
    /// The same with a dotted border: no bytes of its own are in it.
    Open(Layer),
    /// Filled with the colour of a look.
    Solid(Look),
}

/// A picture that is being drawn.
#[derive(Clone, Debug)]
pub struct Svg {
    name: &'static str,
    title: Safe,
    body: String,
    /// How far down it has been drawn: where the next part begins.
    pub y: f64,
}

impl Svg {
    /// A picture of that kind, with a title and a few words about what it shows.
    #[must_use]
    pub fn new(name: &'static str, title: impl Into<Safe>, remark: impl Into<Safe>) -> Self {
        let title = title.into();
        let mut svg = Self { name, title: title.clone(), body: String::new(), y: MARGIN };
        svg.y += 18.0;
        svg.text((MARGIN, svg.y), Anchor::Start, Face::Title, Look::Bold, title.cut(Face::Title, INNER));
        let remark = remark.into().wrap(Face::Body, INNER, 2);
        svg.y = svg.lines((MARGIN, svg.y + 22.0), 22.0, (Face::Body, Look::Dim), remark) + 4.0;
        svg
    }

    /// Writes text with its baseline at that height.
    pub fn text(&mut self, at: Point, anchor: Anchor, face: Face, look: impl Into<Look>, text: impl Into<Safe>) {
        self.write(at, anchor, face, look.into(), &text.into(), "");
    }

    /// Writes lines one below the other, the first with its baseline at that height; returns the height of the next.
    pub fn lines<T: Into<Safe>>(
        &mut self,
        (x, mut y): Point,
        step: f64,
        (face, look): (Face, Look),
        lines: impl IntoIterator<Item = T>,
    ) -> f64 {
        for line in lines {
            self.text((x, y), Anchor::Start, face, look, line);
            y += step;
        }
        y
    }

    /// Writes a small remark at the left margin.
    pub fn remark(&mut self, text: impl Into<Safe>) {
        self.text((MARGIN, self.y), Anchor::Start, Face::Small, Look::Dim, text);
    }

    /// Writes text over lines that have been drawn: they stop short of it.
    pub fn label(&mut self, at: Point, anchor: Anchor, face: Face, look: impl Into<Look>, text: impl Into<Safe>) {
        self.write(at, anchor, face, look.into(), &text.into(), " halo");
    }

    /// The same on the tint of a layer.
    pub fn label_on(&mut self, tint: Layer, at: Point, face: Face, look: impl Into<Look>, text: impl Into<Safe>) {
        let halo = format!(" halo h-l{}", tint.number());
        self.write(at, Anchor::Middle, face, look.into(), &text.into(), &halo);
    }

    fn write(&mut self, (x, y): Point, anchor: Anchor, face: Face, look: Look, text: &Safe, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let strong = if matches!(look, Look::Strong(_) | Look::Bold) { " strong" } else { "" };
        let (face, look) = (face.class(), theme::look_class(look));
        self.element(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\"{anchor} class=\"{face} f-{look}{strong}{more}\">{}</text>",
            text.xml()
        ));
    }

    /// Writes text that runs upwards, centred on that point.
    pub fn upright(&mut self, (x, y): Point, face: Face, look: impl Into<Look>, text: impl Into<Safe>) {
        let (class, look) = (face.class(), theme::look_class(look.into()));
        self.element(&format!(
            "<text transform=\"translate({x:.1} {y:.1}) rotate(-90)\" text-anchor=\"middle\" class=\"{class} f-{look}\">{}</text>",
            text.into().xml()
        ));
    }

    /// Draws a box.
    pub fn area(&mut self, Area { x, y, width, height }: Area, fill: Fill, round: f64) {
        let class = match fill {
            Fill::Panel => "box panel".to_owned(),
            Fill::Tint(layer) => format!("box b-l{}", layer.number()),
            Fill::Open(layer) => format!("box dash b-l{}", layer.number()),
            Fill::Solid(look) => format!("f-{}", theme::look_class(look)),
        };
        self.element(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round:.0}\" class=\"{class}\"/>"
        ));
    }

    /// Draws a line.
    pub fn line(&mut self, from: Point, to: Point, look: impl Into<Look>) {
        self.stroke(from, to, &format!("line s-{}", theme::look_class(look.into())));
    }

    /// Draws a faint line.
    pub fn rule(&mut self, from: Point, to: Point) {
        self.stroke(from, to, "thin s-rule");
    }

    /// Draws a dotted line.
    pub fn dots(&mut self, from: Point, to: Point) {
        self.stroke(from, to, "thin dash s-dim");
    }

    fn stroke(&mut self, (x1, y1): Point, (x2, y2): Point, class: &str) {
        self.element(&format!("<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" class=\"{class}\"/>"));
    }

    /// Draws an arrow to the left or right: with a head, or with a cross where the packet was lost.
    pub fn arrow(&mut self, (from, y): Point, to: f64, look: impl Into<Look>, lost: bool) {
        let look = look.into();
        let ahead = if to < from { -1.0 } else { 1.0 };
        let end = if lost { from + (to - from) * 0.85 } else { to - ahead * 6.0 };
        self.line((from, y), (end, y), look);
        if lost {
            self.line((end - 5.0, y - 5.0), (end + 5.0, y + 5.0), Look::Bad);
            self.line((end - 5.0, y + 5.0), (end + 5.0, y - 5.0), Look::Bad);
        } else {
            let back = to - ahead * 9.0;
            let class = theme::look_class(look);
            self.element(&format!(
                "<path d=\"M{to:.1} {y:.1}L{back:.1} {:.1}L{back:.1} {:.1}Z\" class=\"f-{class}\"/>",
                y - 4.5,
                y + 4.5
            ));
        }
    }

    /// Draws a dot.
    pub fn dot(&mut self, (x, y): Point, look: impl Into<Look>) {
        let look = theme::look_class(look.into());
        self.element(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" class=\"f-{look}\"/>"));
    }

    fn element(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// The picture as a file. `words` describe it, part by part; `source` names the capture.
    #[must_use]
    pub fn finish<T: Into<Safe>>(mut self, words: impl IntoIterator<Item = T>, source: &str) -> String {
        // Each is cut on its own, so a very long one takes nothing away from those after it.
        let words: Vec<String> = words.into_iter().map(|part| part.into().xml()).collect();
        self.y += 28.0;
        let made = format!("wire101 draw {} · {source}", self.name);
        self.remark(Safe::from(made).cut(Face::Small, INNER));
        let (name, height) = (self.name, (self.y + MARGIN - 8.0).ceil());
        let mut out = String::with_capacity(self.body.len() + 8192);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{name}-title {name}-desc\" xml:space=\"preserve\">\n\
             <title id=\"{name}-title\">{}</title>\n<desc id=\"{name}-desc\">{}</desc>\n<style>\n{}</style>\n\
             <rect x=\"0.5\" y=\"0.5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"10\" class=\"paper\"/>\n{}</svg>\n",
            self.title.xml(),
            words.join(" "),
            theme::style_sheet(),
            WIDTH - 1.0,
            height - 1.0,
            self.body,
        );
        out
    }
}
