//! The same exchanges on separate connections and on a single one: what keep-alive saves.

use super::Lacking;
use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::ladder::{RUNG, Rails};
use super::theme::Face;
use crate::capture::Timestamp;
use crate::inspect::record::{Connection, Protocol};
use crate::layers::Layer;
use crate::render::Look;
use crate::render::model::ladder::Row;
use crate::render::numbers::{self, Times};
use crate::render::story::Story;

/// The most rungs that a side has.
const RUNGS: usize = 32;
/// How wide a side is, and where the second begins.
const SIDE: f64 = INNER / 2.0 - 8.0;

/// One of two ways to do the same thing.
struct Way<'a> {
    name: String,
    /// The connections that were opened for it, by number.
    connections: Vec<&'a Connection>,
}

/// Draws connections that carried one exchange each beside one that carried several. If the capture has two interfaces (a lesson's
/// has one for each side), each side shows one of them; otherwise both come from the whole capture.
///
/// # Errors
///
/// If no connection carried several.
pub fn picture(story: &Story, source: &str) -> Result<String, Lacking> {
    let sides = sides(story)?;
    let remark = "Time runs down; a tinted band is a connection, from the packet that opens it to the one that ends it. \
                  Below each side: what it took until its last response was complete.";
    let mut svg = Svg::new("keep-alive", "A connection for every request, or one for all", remark);
    let top = svg.y;
    let mut bottom = top;
    let mut words = vec![remark.to_owned()];
    let width = if sides.len() > 1 { SIDE } else { INNER };
    let totals: Vec<Totals> = sides.iter().map(|side| Totals::of(story, side)).collect();
    for ((side, totals), left) in sides.iter().zip(&totals).zip([MARGIN, MARGIN + SIDE + 16.0]) {
        svg.y = top;
        words.push(draw(&mut svg, story, (side, totals), (left, width)));
        bottom = bottom.max(svg.y);
    }
    if let [one, several] = &totals[..]
        && let Some(saved) = saved(one, several)
    {
        // The second side is the shorter one, so there's room below it.
        let left = MARGIN + SIDE + 16.0;
        let lines = Safe::from(saved.as_str()).wrap(Face::Body, SIDE, 2);
        svg.y = svg.lines((left, svg.y + 20.0), 20.0, (Face::Body, Look::Good), lines) - 20.0;
        words.push(saved);
    }
    svg.y = bottom.max(svg.y);
    Ok(svg.finish(words, source))
}

fn sides(story: &Story) -> Result<Vec<Way<'_>>, Lacking> {
    let mut carried: Vec<&Connection> =
        story.connections.iter().filter(|it| it.exchanges > 0 && it.protocol == Protocol::Http1).collect();
    carried.sort_unstable_by_key(|connection| connection.number);
    if !carried.iter().any(|connection| connection.exchanges > 1) {
        return Err(Lacking::Reuse);
    }
    let mut interfaces: Vec<usize> = carried.iter().map(|connection| connection.interface).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    if interfaces.len() > 1 {
        let of = |interface: &usize| Way {
            name: story
                .interfaces
                .get(*interface)
                .cloned()
                .flatten()
                .unwrap_or_else(|| format!("interface {interface}")),
            connections: carried.iter().copied().filter(|it| it.interface == *interface).collect(),
        };
        return Ok(interfaces.iter().take(2).map(of).collect());
    }
    let (several, one): (Vec<_>, Vec<_>) = carried.into_iter().partition(|connection| connection.exchanges > 1);
    let mut sides = vec![
        Way { name: "one exchange on each connection".to_owned(), connections: one },
        Way {
            name: "several exchanges on one connection".to_owned(),
            connections: several.into_iter().take(1).collect(),
        },
    ];
    sides.retain(|side| !side.connections.is_empty());
    Ok(sides)
}

/// A connection on the ladder.
struct Band<'a> {
    connection: &'a Connection,
    /// What it carried, in the time of its side.
    rows: Vec<Row>,
    /// How many more rows it would have.
    more: usize,
}

impl Band<'_> {
    fn height(&self) -> f64 {
        (self.rows.len() + usize::from(self.more > 0)) as f64 * RUNG + 16.0
    }
}

/// As many connections of a side as there are rungs for.
fn bands<'a>(story: &Story, side: &Way<'a>) -> Vec<Band<'a>> {
    let start = side.connections.first().map_or_else(Timestamp::default, |it| it.extent.first.time);
    let (mut bands, mut room) = (Vec::new(), RUNGS);
    for connection in &side.connections {
        if room < 3 {
            break;
        }
        let mut rows = story.ladder(Some(connection.number), false, None).rows;
        for row in &mut rows {
            row.at = story.packet(row.packet).map_or(0, |packet| packet.moment.time.since(start));
        }
        let more = rows.len().saturating_sub(room);
        rows.truncate(room);
        room -= rows.len();
        bands.push(Band { connection, rows, more });
    }
    bands
}

/// Draws a side, and describes it in words.
fn draw(svg: &mut Svg, story: &Story, (side, totals): (&Way<'_>, &Totals), (left, width): (f64, f64)) -> String {
    let rails = Rails { client: left + 36.0, server: left + width - 70.0 };
    let name = Safe::from(side.name.as_str()).cut(Face::Heading, width);
    svg.text((left, svg.y + 4.0), Anchor::Start, Face::Heading, Look::Bold, name);
    svg.y += 18.0;
    rails.heads(svg, ["client", "server"]);
    let bands = bands(story, side);
    let times = Times::of(bands.iter().flat_map(|band| &band.rows).map(|row| row.at));
    for it in &bands {
        let top = svg.y;
        svg.y += 8.0;
        rails.lifelines(svg, top, svg.y);
        band(svg, it, &times, rails, left);
    }
    let more = side.connections.len() - bands.len();
    if more > 0 {
        svg.y += 20.0;
        let more = format!("… {}", numbers::counted(more as u64, "more connection"));
        svg.text((left, svg.y), Anchor::Start, Face::Small, Look::Dim, more);
    }
    svg.y += 24.0;
    let total = totals.text();
    svg.text((left, svg.y), Anchor::Start, Face::Body, Look::Bold, Safe::from(total.as_str()).cut(Face::Body, width));
    format!("{}: {total}.", side.name)
}

fn band(svg: &mut Svg, it: &Band<'_>, times: &Times, rails: Rails, left: f64) {
    let height = it.height();
    svg.area(Area { x: left, y: svg.y, width: rails.server + 10.0 - left, height }, Fill::Tint(Layer::Session), 6.0);
    rails.lifelines(svg, svg.y, svg.y + height);
    let exchanges = numbers::counted(it.connection.exchanges, "exchange");
    let name = Safe::from(format!("connection {} · {exchanges}", it.connection.number)).cut(Face::Small, height);
    svg.upright((left + 17.0, svg.y + height / 2.0), Face::Small, Layer::Session, name);
    let mut y = svg.y + 26.0;
    for row in &it.rows {
        rails.rung(svg, row, y, &format!("{} ms", times.number(row.at)), Layer::Session);
        y += RUNG;
    }
    if it.more > 0 {
        rails.more(svg, y, it.more, Layer::Session);
    }
    svg.y += height;
}

/// What a side took.
struct Totals {
    exchanges: u64,
    connections: u64,
    packets: u64,
    /// From the first packet to the end of the last response, in nanoseconds.
    took: Option<u64>,
}

impl Totals {
    fn of(story: &Story, side: &Way<'_>) -> Self {
        let is_of_it = |number: u64| side.connections.binary_search_by_key(&number, |it| it.number).is_ok();
        let responses =
            story.exchanges.iter().filter(|it| is_of_it(it.connection)).filter_map(|it| it.response.as_ref());
        let last = responses.map(|response| response.message.extent.last.time).max();
        Self {
            exchanges: side.connections.iter().map(|connection| connection.exchanges).sum(),
            connections: side.connections.len() as u64,
            packets: side.connections.iter().map(|connection| connection.packets).sum(),
            took: last.zip(side.connections.first()).map(|(last, first)| last.since(first.extent.first.time)),
        }
    }

    fn text(&self) -> String {
        format!(
            "{}, {}, {}{}",
            numbers::counted(self.exchanges, "exchange"),
            numbers::counted(self.connections, "connection"),
            numbers::counted(self.packets, "packet"),
            self.took.map_or_else(String::new, |took| format!(", {}", numbers::duration(took))),
        )
    }
}

/// What the second way saves, if both did the same job.
fn saved(one: &Totals, several: &Totals) -> Option<String> {
    let connections = one.connections.checked_sub(several.connections)?;
    let packets = one.packets.checked_sub(several.packets)?;
    let took = one.took?.checked_sub(several.took?)?;
    let says = format!(
        "saves {}, {} and {}",
        numbers::counted(connections, "connection"),
        numbers::counted(packets, "packet"),
        numbers::duration(took)
    );
    (one.exchanges == several.exchanges).then_some(says)
}
