//! The rungs of a ladder, for pictures with lifelines: arrows, what they carry, and when.

use super::canvas::{Anchor, Area, Fill, Point, Safe, Svg};
use super::theme::Face;
use crate::layers::Layer;
use crate::render::Look;
use crate::render::model::ladder::Row;
use crate::render::numbers;

/// From one rung to the next.
pub(super) const RUNG: f64 = 28.0;

/// How high a host's name is.
pub(super) const HEAD: f64 = 22.0;

/// Where a ladder of a client and a server stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rails {
    pub(super) client: f64,
    pub(super) server: f64,
}

impl Rails {
    /// Writes the hosts' names above the lifelines.
    pub(super) fn heads(self, svg: &mut Svg, [client, server]: [&str; 2]) {
        let room = (self.server - self.client) / 2.0;
        for (x, name) in [(self.client, client), (self.server, server)] {
            host(svg, (x, svg.y), name, Fill::Panel, room);
        }
        svg.y += HEAD;
    }

    /// Draws the lifelines over a stretch.
    pub(super) fn lifelines(self, svg: &mut Svg, from: f64, to: f64) {
        for x in [self.client, self.server] {
            svg.line((x, from), (x, to), Look::Dim);
        }
    }

    /// Draws a rung at that height, with what it carries on top of it, over a tint, and its time beside it.
    pub(super) fn rung(self, svg: &mut Svg, row: &Row, y: f64, time: &str, tint: Layer) {
        let (from, to) = if row.from <= row.to { (self.client, self.server) } else { (self.server, self.client) };
        let ahead = if to < from { -1.0 } else { 1.0 };
        svg.arrow((from + ahead * 1.0, y), to - ahead * 1.0, row.layer, row.lost);
        let room = self.server - self.client - 34.0;
        let label = Safe::from(label(row));
        let label = match &row.short {
            Some(short) if label.width(Face::Small) > room => Safe::from(short.as_str()),
            _ => label,
        };
        let middle = (f64::midpoint(from, to), y - 6.0);
        let label = label.cut(Face::Small, room);
        svg.label_on(tint, middle, Face::Small, Look::Layer(row.layer), label);
        svg.text((self.server + 16.0, y + 4.0), Anchor::Start, Face::MonoSmall, Look::Dim, time);
    }

    /// Says at that height how many rungs were left out.
    pub(super) fn more(self, svg: &mut Svg, y: f64, more: usize, tint: Layer) {
        let text = format!("⋮ {} more", numbers::count(more as u64));
        let middle = f64::midpoint(self.client, self.server);
        svg.label_on(tint, (middle, y - 6.0), Face::Small, Look::Dim, text);
    }
}

/// Draws a host's name over its lifeline, which begins [`HEAD`] below.
pub(super) fn host(svg: &mut Svg, (x, y): Point, name: &str, fill: Fill, room: f64) {
    let name = Safe::from(name).cut(Face::Small, room - 20.0);
    let width = name.width(Face::Small) + 20.0;
    svg.area(Area { x: x - width / 2.0, y, width, height: HEAD }, fill, HEAD / 2.0);
    svg.text((x, y + 15.5), Anchor::Middle, Face::Small, Look::Bold, name);
}

fn label(row: &Row) -> String {
    row.note.as_ref().map_or_else(|| row.label.clone(), |note| format!("{} ({note})", row.label))
}
