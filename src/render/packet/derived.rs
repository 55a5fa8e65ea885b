//! What was made from a packet's bytes: its name, where it came from, its own bytes and fields.

use crate::annotate::DerivedStream;
use crate::layers::Run;
use crate::render::model::{Hex, Page};
use crate::render::numbers;

/// How many of the places that a stream was made from are named; the others are counted.
const PLACES: usize = 4;

/// A derived stream below a packet that it was made from: its bytes, its fields, or both.
#[must_use]
pub fn page(it: DerivedStream, (bytes, fields): (bool, bool)) -> Page {
    let mut page = Page::default();
    page.heading(it.name.clone(), "");
    for about in about(&it) {
        page.remark(about);
    }
    let DerivedStream { origin, start, bytes: kept, fields: named, .. } = it;
    if bytes && !kept.is_empty() {
        page.add(Hex { bytes: kept, start, origin, fields: named.clone() });
    }
    if fields {
        page.add(named);
    }
    page
}

/// How long it is, from which bytes it was made, how, and what is left out: in sentences.
fn about(it: &DerivedStream) -> Vec<String> {
    let mut from: Vec<String> = it.made_from().take(PLACES).map(place).collect();
    let more = it.made_from().count() - from.len();
    if more > 0 {
        from.push(numbers::counted(more as u64, "more place"));
    }
    let from = list(&from);
    let (first, last) = it.packets;
    let between = if first + 1 == last { "and" } else { "to" };
    let packets = format!("packets {} {between} {}", numbers::count(first), numbers::count(last));
    let (length, kept) = (numbers::counted(it.length, "byte"), it.bytes.len() as u64);
    if kept == it.length {
        let made_of = if first == last { from } else { format!("{packets} ({from})") };
        return vec![format!("{length}, made of {made_of}: {}.", it.how)];
    }
    let made_of = if first == last { format!("packet {}", numbers::count(first)) } else { packets };
    let about = format!("{length}, made of {made_of}: {}.", it.how);
    if kept == 0 {
        return vec![about, "None of them had been decoded when this packet was read.".to_owned()];
    }
    let after = it.length - it.start - kept;
    let left_out = match (it.start, after) {
        (0, after) => format!("{} after them are", numbers::counted(after, "byte")),
        (before, 0) => format!("{} before them are", numbers::counted(before, "byte")),
        (before, after) => {
            format!("{} before them and {} after them are", numbers::counted(before, "byte"), numbers::count(after))
        }
    };
    vec![about, format!("Shown: {}, made of {from}; {left_out} left out.", numbers::counted(kept, "byte"))]
}

/// "0x36–0x4f of packet 9".
fn place(run: Run) -> String {
    let (first, last) = (run.offset, run.offset + run.length.saturating_sub(1));
    let until = if first == last { String::new() } else { format!("–0x{last:02x}") };
    let packet = run.origin.packet().map(|number| format!(" of packet {}", numbers::count(number)));
    format!("0x{first:02x}{until}{}", packet.unwrap_or_default())
}

/// "a, b and c".
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
