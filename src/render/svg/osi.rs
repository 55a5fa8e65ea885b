//! One exchange through the seven layers of OSI and the four of TCP/IP, and how each wrapped its header around the bytes.

use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::theme::Face;
use crate::annotate::AnnotatedPacket;
use crate::inspect::record::Exchange;
use crate::layers::{Field, Layer, Origin};
use crate::render::Look;
use crate::render::exchange::osi::{READING, rows, title};
use crate::render::model::layers::LayerRow;
use crate::render::numbers;
use crate::render::story::Story;

/// Where the columns of the layers' table begin: TCP/IP's name, OSI's, what the bytes say.
const TCP_IP: f64 = MARGIN;
const OSI: f64 = MARGIN + 116.0;
const SAYS: f64 = MARGIN + 268.0;
/// How many headers are drawn inside one another, and how many lines are drawn of what they carry.
const HEADERS: usize = 8;
const LINES: usize = 12;

/// Draws an exchange and the packet that carries its first byte.
#[must_use]
pub fn picture(story: &Story, exchange: &Exchange, packet: &AnnotatedPacket, source: &str) -> String {
    let place = format!("exchange {}.{}", exchange.connection, exchange.index);
    let number = numbers::count(packet.number);
    let mut svg = Svg::new("osi", "Seven layers, and what each adds", title(exchange));
    let rows = rows(story, exchange, &packet.fields);
    table(&mut svg, &rows);
    let size = numbers::counted(packet.original_length.into(), "byte");
    let heading = format!("The same in packet {number}: every layer puts its header in front of what it carries");
    svg.y += 34.0;
    svg.text((MARGIN, svg.y), Anchor::Start, Face::Heading, Look::Bold, heading);
    let parts = Wrapped::of(packet);
    to_scale(&mut svg, packet, &size);
    nested(&mut svg, packet, &parts);
    let said = rows.iter().map(|row| format!("{} {}: {}.", row.layer.number(), row.layer.osi(), row.text));
    let inside = parts.headers.iter().map(|field| format!("{} of {} B", field.name, length(packet, field)));
    let inside = inside.collect::<Vec<_>>().join(", ");
    let inside = format!("Packet {number}, from the outside in: {inside}, then what they carry.");
    let words = [format!("{}. The layers from the top:", title(exchange))].into_iter().chain(said).chain([inside]);
    svg.finish(words, &format!("{source} · {place}"))
}

fn table(svg: &mut Svg, rows: &[LayerRow]) {
    svg.text((TCP_IP + 8.0, svg.y), Anchor::Start, Face::Small, Look::Dim, "TCP/IP");
    svg.text((OSI + 8.0, svg.y), Anchor::Start, Face::Small, Look::Dim, "OSI");
    svg.text((SAYS, svg.y), Anchor::Start, Face::Small, Look::Dim, "what the bytes say");
    svg.y += 8.0;
    let mut group = svg.y;
    for (at, row) in rows.iter().enumerate() {
        let lines = Safe::from(row.text.as_str()).wrap(Face::Small, MARGIN + INNER - SAYS, 3);
        let height = (lines.len() as f64 * 16.0 + 14.0).max(30.0);
        let middle = svg.y + height / 2.0;
        // These layers have no header: they're derived from what the other layers say (and layer 1 is in no capture).
        let is_reading = matches!(row.layer, Layer::Session | Layer::Presentation | Layer::Physical);
        let fill = if is_reading { Fill::Open(row.layer) } else { Fill::Tint(row.layer) };
        svg.area(Area { x: OSI, y: svg.y + 1.5, width: SAYS - OSI - 14.0, height: height - 3.0 }, fill, 4.0);
        let name = format!("{}  {}", row.layer.number(), row.layer.osi());
        svg.text((OSI + 10.0, middle + 4.5), Anchor::Start, Face::Body, Look::Strong(row.layer), name);
        let baseline = middle - lines.len() as f64 * 8.0 + 12.0;
        svg.lines((SAYS, baseline), 16.0, (Face::Small, Look::Plain), lines);
        svg.y += height;
        let goes_on = rows.get(at + 1).is_some_and(|next| next.layer.tcp_ip() == row.layer.tcp_ip());
        if !goes_on {
            let area = Area { x: TCP_IP, y: group + 1.5, width: OSI - TCP_IP - 8.0, height: svg.y - group - 3.0 };
            svg.area(area, Fill::Panel, 4.0);
            let middle = f64::midpoint(group, svg.y) + 4.5;
            svg.text((TCP_IP + 10.0, middle), Anchor::Start, Face::Body, Look::Plain, row.layer.tcp_ip());
            group = svg.y;
        }
    }
    let reading = Safe::from(READING).wrap(Face::Small, INNER, 3);
    svg.y = svg.lines((MARGIN, svg.y + 17.0), 17.0, (Face::Small, Look::Dim), reading) - 17.0;
}

/// A packet's fields by what they are to it.
struct Wrapped<'a> {
    /// The headers of the layers up to 4, from the outside.
    headers: Vec<&'a Field>,
    /// What they carry.
    carried: Vec<&'a Field>,
}

impl<'a> Wrapped<'a> {
    fn of(packet: &'a AnnotatedPacket) -> Self {
        let is_lower = |field: &Field| field.layer <= Layer::Transport;
        let first = packet.fields.iter().position(|field| !is_lower(field)).unwrap_or(packet.fields.len());
        let (headers, carried) = packet.fields.split_at(first);
        Self { headers: headers.iter().collect(), carried: carried.iter().collect() }
    }
}

/// The bytes of a field in its packet.
fn bytes<'a>(packet: &'a AnnotatedPacket, field: &Field) -> &'a [u8] {
    let here = || field.spans.iter().filter(|span| span.origin == Origin::Packet(packet.number));
    let (start, end) = (here().map(|span| span.bits.start).min(), here().map(|span| span.bits.end).max());
    let range = start.unwrap_or(0) as usize / 8..end.unwrap_or(0).div_ceil(8) as usize;
    packet.data.get(range).unwrap_or_default()
}

fn length(packet: &AnnotatedPacket, field: &Field) -> usize {
    bytes(packet, field).len()
}

/// The packet as a strip, where each field is as wide as it is long.
fn to_scale(svg: &mut Svg, packet: &AnnotatedPacket, size: &str) {
    let all = packet.data.len().max(1) as f64;
    let (mut x, y) = (MARGIN, svg.y + 14.0);
    for field in &packet.fields {
        let bytes = length(packet, field);
        let width = bytes as f64 / all * INNER;
        svg.area(Area { x, y, width: (width - 2.0).max(1.0), height: 24.0 }, Fill::Tint(field.layer), 3.0);
        let label = Safe::from(format!("{} · {bytes}", field.name));
        let label = if label.width(Face::Small) + 8.0 < width { label } else { Safe::from(bytes.to_string()) };
        if label.width(Face::Small) + 2.0 < width {
            svg.text((x + width / 2.0 - 1.0, y + 16.5), Anchor::Middle, Face::Small, field.layer, label);
        }
        x += width;
    }
    svg.y = y + 41.0;
    svg.remark(format!("to scale: {size} in all, and how many each layer has of them"));
    svg.y += 12.0;
}

/// The same as boxes inside one another, with the bytes of each.
fn nested(svg: &mut Svg, packet: &AnnotatedPacket, parts: &Wrapped<'_>) {
    const STEP: f64 = 14.0;
    let shown = parts.headers.len().min(HEADERS);
    let innermost = carried(packet, parts);
    let heads: Vec<(Safe, Vec<Safe>)> = (parts.headers.iter().take(shown))
        .map(|field| {
            let bytes = bytes(packet, field);
            let title =
                format!("{}  {} · {}", field.layer.number(), field.name, numbers::counted(bytes.len() as u64, "byte"));
            (title.into(), hexadecimal(bytes))
        })
        .collect();
    let of_head = |lines: &[Safe]| 32.0 + lines.len() as f64 * Face::Mono.line();
    let of_carried = 34.0 + innermost.len() as f64 * Face::Mono.line();
    let mut below: f64 = heads.iter().map(|(_, lines)| of_head(lines) + 8.0).sum::<f64>() + of_carried;
    let (mut x, mut y) = (MARGIN, svg.y);
    for (field, (title, lines)) in parts.headers.iter().zip(&heads) {
        svg.area(Area { x, y, width: MARGIN + INNER - (x - MARGIN) - x, height: below }, Fill::Tint(field.layer), 6.0);
        svg.text((x + 12.0, y + 18.0), Anchor::Start, Face::Small, Look::Strong(field.layer), title);
        let summary = Safe::from(field.value.as_str());
        let right = MARGIN + INNER - (x - MARGIN) - 12.0;
        let room = right - x - 24.0 - title.width(Face::Small) * 1.08;
        svg.text((right, y + 18.0), Anchor::End, Face::Small, field.layer, summary.cut(Face::Small, room));
        let step = Face::Mono.line();
        svg.lines((x + 12.0, y + 19.0 + step), step, (Face::Mono, Look::Plain), lines);
        below -= of_head(lines) + 8.0;
        y += of_head(lines);
        x += STEP;
    }
    let layer = parts.carried.first().map_or(Layer::Application, |field| field.layer);
    svg.area(Area { x, y, width: MARGIN + INNER - (x - MARGIN) - x, height: of_carried }, Fill::Tint(layer), 6.0);
    let title = parts.carried.first().map_or_else(
        || "nothing more".to_owned(),
        |field| {
            let bytes = parts.carried.iter().map(|field| length(packet, field)).sum::<usize>();
            format!("{}  {} · {}", layer.number(), field.name, numbers::counted(bytes as u64, "byte"))
        },
    );
    svg.text((x + 12.0, y + 18.0), Anchor::Start, Face::Small, Look::Strong(layer), title);
    let step = Face::Mono.line();
    svg.lines((x + 12.0, y + 20.0 + step), step, (Face::Mono, Look::Plain), &innermost);
    svg.y += heads.iter().map(|(_, lines)| of_head(lines) + 8.0).sum::<f64>() + of_carried;
    let more = parts.headers.len() - shown;
    if more > 0 {
        svg.y += 18.0;
        svg.remark(format!("… {} not drawn", numbers::counted(more as u64, "more header")));
    }
}

/// Bytes in lines of 32, two at the most.
fn hexadecimal(bytes: &[u8]) -> Vec<Safe> {
    let lines = bytes.chunks(28).map(|line| {
        let pairs: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(" ")
    });
    let mut lines: Vec<Safe> = lines.take(3).map(Safe::from).collect();
    if bytes.len() > 56 {
        lines.truncate(2);
        lines.push(format!("… {}", numbers::counted(bytes.len() as u64 - 56, "more byte")).into());
    }
    lines
}

/// What the headers carry, a line of it a line.
fn carried(packet: &AnnotatedPacket, parts: &Wrapped<'_>) -> Vec<Safe> {
    let bytes: Vec<u8> = parts.carried.iter().flat_map(|field| bytes(packet, field)).copied().collect();
    let all: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    Safe::first_lines(&all, LINES, Face::Mono, INNER - 150.0)
}
