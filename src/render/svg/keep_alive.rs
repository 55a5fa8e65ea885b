//! The same exchanges on a connection each, and on one connection: what keep-alive saves.

use super::Lacking;
use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::ladder::{RUNG, Rails};
use super::theme::Face;
use crate::capture::Timestamp;
use crate::inspect::record::{Connection, Protocol};
use crate::layers::Layer;
use crate::render::ladder::Row;
use crate::render::numbers;
use crate::render::story::Story;
use crate::render::style::Look;

/// How many rungs a side has at the most.
const RUNGS: usize = 32;
/// How wide a side is, and where the second begins.
const SIDE: f64 = INNER / 2.0 - 8.0;

/// One of the two ways to do the same.
struct Side<'a> {
    name: String,
    connections: Vec<&'a Connection>,
}

/// Draws the connections that carried an exchange each beside one that carried several: of the first two interfaces of the capture,
/// where it has two (as a lesson's has, one a side), else of all of it.
///
/// # Errors
///
/// Where no connection carried several.
pub fn picture(story: &Story, source: &str) -> Result<String, Lacking> {
    let sides = sides(story)?;
    let remark =
        "Time runs down. A tinted band is a connection, from the packet that opens it to the one that ends it.";
    let mut svg = Svg::new("keep-alive", "A connection for every request, or one for all", remark);
    let top = svg.y;
    let mut bottom = top;
    let mut words = vec![remark.to_owned()];
    for (side, left) in sides.iter().zip([MARGIN, MARGIN + SIDE + 16.0]) {
        svg.y = top;
        words.push(draw(&mut svg, story, side, left));
        bottom = bottom.max(svg.y);
    }
    if let [one, several] = &sides[..]
        && let Some(saved) = saved(&Totals::of(story, one), &Totals::of(story, several))
    {
        // The second side is the shorter one: there is room below it.
        let left = MARGIN + SIDE + 16.0;
        let lines = Safe::from(saved.as_str()).wrap(Face::Body, SIDE, 2);
        for line in lines {
            svg.y += 20.0;
            svg.text((left, svg.y), Anchor::Start, Face::Body, Look::Good, line);
        }
        words.push(saved);
    }
    svg.y = bottom.max(svg.y);
    Ok(svg.finish(words.join(" "), source))
}

fn sides(story: &Story) -> Result<Vec<Side<'_>>, Lacking> {
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
        let of = |interface: &usize| Side {
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
        Side { name: "one exchange on a connection".to_owned(), connections: one },
        Side { name: "several on one".to_owned(), connections: several.into_iter().take(1).collect() },
    ];
    sides.retain(|side| !side.connections.is_empty());
    Ok(sides)
}

/// Draws a side, and says in words what is seen.
fn draw(svg: &mut Svg, story: &Story, side: &Side<'_>, left: f64) -> String {
    let rails = Rails { client: left + 36.0, server: left + SIDE - 66.0 };
    let name = Safe::from(side.name.as_str()).cut(Face::Heading, SIDE);
    svg.text((left, svg.y + 4.0), Anchor::Start, Face::Heading, Look::Bold, name);
    svg.y += 18.0;
    rails.heads(svg, ["client", "server"]);
    let start = side.connections.first().map_or_else(Timestamp::default, |it| it.extent.first.time);
    svg.y += 2.0;
    let (top, mut rungs, mut drawn) = (svg.y, 0, 0);
    let mut bands: Vec<(f64, f64, &Connection, Vec<Row>)> = Vec::new();
    for connection in &side.connections {
        let rows: Vec<Row> = story.ladder(Some(connection.number), false, None).rows;
        let room = RUNGS - rungs;
        if room < 3 {
            break;
        }
        drawn += 1;
        let rows: Vec<Row> = rows.into_iter().take(room).collect();
        rungs += rows.len();
        let height = rows.len() as f64 * RUNG + 26.0;
        bands.push((svg.y, height, connection, rows));
        svg.y += height + 8.0;
    }
    rails.lifelines(svg, top, svg.y);
    for (y, height, connection, rows) in &bands {
        let area = Area { x: left, y: y + 6.0, width: rails.server + 10.0 - left, height: height - 2.0 };
        band(svg, story, area, rails, connection, rows, start);
    }
    svg.y += 18.0;
    let more = side.connections.len() - drawn;
    if more > 0 {
        let more = format!("… {}", numbers::counted(more as u64, "more connection"));
        svg.text((left, svg.y), Anchor::Start, Face::Small, Look::Dim, more);
        svg.y += 20.0;
    }
    let total = Totals::of(story, side).text();
    svg.text((left, svg.y), Anchor::Start, Face::Body, Look::Bold, Safe::from(total.as_str()).cut(Face::Body, SIDE));
    format!("{}: {total}.", side.name)
}

fn band(
    svg: &mut Svg,
    story: &Story,
    area: Area,
    rails: Rails,
    connection: &Connection,
    rows: &[Row],
    start: Timestamp,
) {
    svg.area(area, Fill::Tint(Layer::Session), 6.0);
    rails.lifelines(svg, area.y, area.y + area.height);
    let exchanges = numbers::counted(connection.exchanges, "exchange");
    let name = format!("connection {} · {exchanges}", connection.number);
    svg.upright(
        (area.x + 17.0, area.y + area.height / 2.0),
        Face::Small,
        Layer::Session,
        Safe::from(name).cut(Face::Small, area.height),
    );
    let mut y = area.y + 26.0;
    for row in rows {
        let time = story.packet(row.packet).map_or(start, |packet| packet.moment.time);
        rails.rung(svg, row, y, time.since(start), Some(Layer::Session));
        y += RUNG;
    }
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
    fn of(story: &Story, side: &Side<'_>) -> Self {
        let is_of_it = |number: u64| side.connections.iter().any(|connection| connection.number == number);
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

/// What the second way saves, if both do the same job.
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
