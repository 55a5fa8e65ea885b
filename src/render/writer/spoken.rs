//! A page in sentences: for a screen reader, a pipe, or anybody who'd rather read than look.
//!
//! One line for each packet, figure and layer, each with its side's letter, so that nothing depends on its position.

use std::ops::Range;

use super::Line;
use super::Style;
use crate::layers::Field;
use crate::render::model::ladder::Row;
use crate::render::model::{Block, Ladder, Page};
use crate::render::numbers;

impl Style<'_> {
    /// Lays a page out in sentences: its lines, none wider than the style. What is text already stays as it is.
    #[must_use]
    pub fn say(self, page: &Page) -> Vec<Line> {
        page.0.iter().flat_map(|block| self.sentences(block)).map(Line::trimmed).collect()
    }

    fn sentences(self, block: &Block) -> Vec<Line> {
        let mut said = Vec::new();
        match block {
            Block::Told { said, .. } => return self.say(said),
            Block::Ladders(ladders) => ladders.iter().for_each(|ladder| rungs(ladder, &mut said)),
            Block::Layers(layers) => said.extend(layers.rows.iter().map(|row| {
                let (osi, tcp_ip) = (row.layer.osi(), row.layer.tcp_ip());
                format!("Layer {}, {osi} (TCP/IP: {tcp_ip}): {}", row.layer.number(), row.text)
            })),
            Block::Fields(fields) => fields.iter().for_each(|it| field(it, &mut said)),
            Block::Beside(left, right) => return [self.say(left), self.say(right)].concat(),
            _ => return self.block(block),
        }
        said.iter().flat_map(|sentence| self.wrapped(self.words(sentence))).collect()
    }
}

/// A sentence for each row of a ladder that is drawn.
fn rungs(ladder: &Ladder, said: &mut Vec<String>) {
    let left_out = ladder.left_out();
    for (at, row) in ladder.rows.iter().enumerate() {
        if !left_out.contains(&at) {
            said.push(rung(ladder, row));
        } else if at == left_out.start {
            said.push(format!("Then {}.", ladder.more_packets(left_out.clone())));
        }
    }
}

fn rung(ladder: &Ladder, row: &Row) -> String {
    let host = |index: usize| ladder.hosts.get(index).map_or("somebody", String::as_str);
    let side = ladder.side.unwrap_or('?');
    let note = row.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    let lost = if row.lost { ", lost on the way" } else { "" };
    if row.from == row.to {
        return format!("{side}: {}{note}", row.label);
    }
    let packet = if ladder.numbered { format!(", packet {}", row.packet) } else { String::new() };
    let (at, from, to) = (numbers::duration(row.at), host(row.from), host(row.to));
    format!("{side}{packet}, at {at}, {from} to {to}: {}{note}{lost}", row.label)
}

/// Which bytes of a packet, or which bits of a byte: "bytes 0 to 5", "byte 14, bits 0 to 3". Bit 0 is the most significant.
fn place(bits: &Range<u64>) -> String {
    let (first, last) = (bits.start / 8, bits.end.saturating_sub(1) / 8);
    let whole = bits.start.is_multiple_of(8) && bits.end.is_multiple_of(8);
    match (first == last, whole) {
        (true, true) => format!("byte {first}"),
        (false, _) => format!("bytes {first} to {last}"),
        (true, false) if bits.end - bits.start == 1 => format!("byte {first}, bit {}", bits.start % 8),
        (true, false) => format!("byte {first}, bits {} to {}", bits.start % 8, (bits.end - 1) % 8),
    }
}

/// A field with its parts: where it is, what it is, and what that means.
fn field(field: &Field, said: &mut Vec<String>) {
    let place = field.spans.first().map_or_else(String::new, |span| format!("{}, ", place(&span.bits)));
    let layer = field.layer.number();
    let value = if field.value.is_empty() { String::new() } else { format!(": {}", field.value) };
    let meaning = if field.meaning.is_empty() { String::new() } else { format!(". {}", field.meaning) };
    said.push(format!("{place}layer {layer}, {}{value}{meaning}", field.name));
    field.parts.iter().for_each(|part| self::field(part, said));
}
