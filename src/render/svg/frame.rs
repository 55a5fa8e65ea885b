//! A frame as RFC 6455 §5.2 draws it, with one frame's own bits, and below them what each field means.

use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::theme::Face;
use crate::inspect::record::Frame;
use crate::layers::Field;
use crate::render::Look;
use crate::render::model::frame::{Cell, not_drawn, rows};
use crate::render::numbers;

/// How wide a bit is.
const BIT: f64 = 24.0;
const LEFT: f64 = MARGIN + (INNER - 32.0 * BIT) / 2.0;
/// How high a row of 32 bits is.
const ROW: f64 = 82.0;

/// Draws a frame; `fields` are those that the annotator has of it.
#[must_use]
pub fn picture(frame: &Frame, fields: &[Field], source: &str) -> String {
    let place = format!("frame {}.{}", frame.connection, frame.index);
    let sender = frame.direction.name();
    let summary = fields.first().map_or_else(String::new, |field| field.value.clone());
    let size = numbers::counted(u64::from(frame.header_bytes), "byte");
    let remark = format!(
        "{summary}, from the {sender} in packet {}: {size} of header, {} of payload. Layout: RFC 6455 §5.2.",
        numbers::count(frame.extent.first.packet),
        numbers::counted(frame.payload_bytes, "byte"),
    );
    let mut svg = Svg::new("frame", "A WebSocket frame, bit by bit", remark.as_str());
    ruler(&mut svg);
    for row in rows(frame) {
        let mut x = LEFT;
        for cell in &row {
            x += draw(&mut svg, x, cell);
        }
        svg.y += ROW + 4.0;
    }
    let reading = frame.mask_key.filter(|_| !frame.payload.is_empty());
    let reading = reading.map(|_| "below a masked byte: as sent ^ byte of the key = as meant (XOR)".to_owned());
    let below: Vec<String> = not_drawn(frame).map(|rest| format!("… {rest}")).into_iter().chain(reading).collect();
    if !below.is_empty() {
        svg.text((LEFT, svg.y + 13.0), Anchor::Start, Face::Small, Look::Dim, below.join(" · "));
        svg.y += 18.0;
    }
    svg.y += 14.0;
    let leaves = leaves(fields);
    for leaf in &leaves {
        legend(&mut svg, leaf);
    }
    let said = leaves.iter().map(|leaf| format!("{} is {}: {}", leaf.name, leaf.value, leaf.meaning));
    svg.finish([remark, "Its fields, in order.".to_owned()].into_iter().chain(said), &format!("{source} · {place}"))
}

/// The fields that the frame is made of; of the payload's own parts, the whole.
fn leaves(fields: &[Field]) -> Vec<&Field> {
    let parts =
        fields.iter().flat_map(|field| if field.parts.is_empty() { std::slice::from_ref(field) } else { &field.parts });
    parts.collect()
}

/// The numbers of the bits.
fn ruler(svg: &mut Svg) {
    for bit in 0..32_u8 {
        let x = LEFT + (f64::from(bit) + 0.5) * BIT;
        svg.text((x, svg.y), Anchor::Middle, Face::MonoSmall, Look::Dim, bit.to_string());
    }
    svg.y += 7.0;
}

fn draw(svg: &mut Svg, x: f64, cell: &Cell) -> f64 {
    let bits = cell.bits.len() as f64;
    let (width, look) = (bits * BIT, Look::Strong(cell.layer));
    let y = svg.y;
    svg.area(Area { x: x + 1.0, y, width: width - 2.0, height: ROW }, Fill::Tint(cell.layer), 3.0);
    if cell.bits.len() == 1 {
        svg.upright((x + BIT / 2.0 + 4.0, y + 22.0), Face::MonoSmall, cell.layer, cell.name.concat());
    } else {
        let name = Safe::from(cell.name.concat()).cut(Face::Small, width - 8.0);
        svg.text((x + width / 2.0, y + 24.0), Anchor::Middle, Face::Small, cell.layer, name);
    }
    for (bit, x) in cell.bits.chars().zip((0..32_u8).map(|at| x + (f64::from(at) + 0.5) * BIT)) {
        svg.text((x, y + 52.0), Anchor::Middle, Face::Mono, look, bit.to_string());
    }
    let share = width / cell.meanings.len().max(1) as f64;
    for (meaning, at) in cell.meanings.iter().zip(0_u8..) {
        let left = x + f64::from(at) * share;
        if at > 0 {
            svg.rule((left, y + 40.0), (left, y + ROW - 6.0));
        }
        let meaning = Safe::from(meaning.as_str()).cut(Face::MonoSmall, share - 4.0);
        svg.text((left + share / 2.0, y + 71.0), Anchor::Middle, Face::MonoSmall, Look::Plain, meaning);
    }
    width
}

fn legend(svg: &mut Svg, field: &Field) {
    const NAME: f64 = 172.0;
    const VALUE: f64 = 112.0;
    let y = svg.y + 14.0;
    let name = Safe::from(&*field.name).cut(Face::Small, NAME - 18.0);
    svg.area(Area { x: LEFT, y: y - 9.0, width: 8.0, height: 10.0 }, Fill::Solid(Look::Layer(field.layer)), 2.0);
    svg.text((LEFT + 16.0, y), Anchor::Start, Face::Small, Look::Strong(field.layer), name);
    let value = Safe::from(field.value.as_str()).cut(Face::MonoSmall, VALUE - 12.0);
    svg.text((LEFT + NAME, y), Anchor::Start, Face::MonoSmall, Look::Plain, value);
    let clause = Safe::from(&*field.clause);
    let room = 32.0 * BIT - NAME - VALUE - 112.0;
    svg.text((LEFT + 32.0 * BIT, y), Anchor::End, Face::Small, Look::Dim, clause.cut(Face::Small, 108.0));
    let meaning = Safe::from(&*field.meaning).wrap(Face::Small, room, 3);
    let below = svg.lines((LEFT + NAME + VALUE, y), 16.0, (Face::Small, Look::Plain), meaning);
    svg.y = below.max(y + 16.0) - 10.0;
}
