//! Fields cut to one packet, so that their leaves tile it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::element::{Element, Group, grouped};
use crate::inspect::event::Novelty;
use crate::layers::headers::pen::count;
use crate::layers::{Field, Layer, Origin, Span};

/// What the bytes of a packet are that no element has.
pub(super) struct Rest {
    pub(super) layer: Layer,
    pub(super) name: Cow<'static, str>,
    pub(super) meaning: Cow<'static, str>,
    pub(super) clause: Cow<'static, str>,
}

impl Rest {
    /// Of a TCP segment whose bytes related to those before it like that; `limited` where elements were left out.
    pub(super) fn of(novelty: Option<Novelty>, limited: bool) -> Self {
        let (meaning, clause) = match novelty {
            Some(Novelty::Repeated) => (
                "TCP payload seen before: a retransmission, as the sender had no acknowledgment in time.",
                "RFC 9293 §3.8.1",
            ),
            Some(Novelty::Copy) => {
                ("TCP payload of a packet that was captured before, at another place or on its way back.", "")
            }
            Some(Novelty::KeepAlive) => {
                ("A keep-alive probe: a byte sent once more, only to make the other side answer.", "RFC 9293 §3.8.4")
            }
            _ if limited => ("More would have to be kept to name these bytes than the view may keep.", ""),
            Some(Novelty::Ahead) => {
                ("TCP payload that waits for earlier bytes, which the capture does not have.", "RFC 9293 §3.4")
            }
            Some(_) => ("TCP payload that overlaps bytes seen before, or lies outside of the stream.", "RFC 9293 §3.4"),
            None => ("TCP payload that was not looked into.", ""),
        };
        Self { layer: Layer::Transport, name: "TCP payload".into(), meaning: meaning.into(), clause: clause.into() }
    }

    fn leaf(&self, origin: Origin, range: Range<usize>) -> Field {
        let spans = vec![Span { origin, bits: range.start as u64 * 8..range.end as u64 * 8 }];
        let value = count(range.len());
        Field::new(self.layer, self.name.clone(), value, self.meaning.clone(), spans, self.clause.clone())
    }
}

/// The fields of the bytes `range` of a packet or a derived stream: those of `elements` as far as they lie in it, and `rest` between
/// them. Their leaves tile the range, whatever the elements say.
pub(super) fn tile<'a>(
    origin: Origin,
    range: Range<usize>,
    elements: impl Iterator<Item = &'a Element>,
    fields_of: impl Fn(&Element) -> Vec<Field>,
    rest: &Rest,
) -> Vec<Field> {
    let mut parts: Vec<(usize, usize, &Element)> = Vec::new();
    for element in elements {
        for run in element.place.runs().iter().filter(|run| run.origin == origin) {
            let start = usize::try_from(run.offset).unwrap_or(usize::MAX);
            parts.push((start, start.saturating_add(run.length as usize), element));
        }
    }
    parts.sort_by_key(|(start, ..)| *start);
    let mut groups = Groups::default();
    let mut at = range.start;
    for (start, end, element) in parts {
        let (start, end) = (start.max(at), end.min(range.end));
        if start >= end {
            continue;
        }
        if at < start {
            groups.alone(rest.leaf(origin, at..start));
        }
        let bits = start as u64 * 8..end as u64 * 8;
        let fields = fields_of(element).into_iter().filter_map(|field| clip(field, origin, &bits));
        groups.add(element, fields.collect());
        at = end;
    }
    if at < range.end {
        groups.alone(rest.leaf(origin, at..range.end));
    }
    groups.finish()
}

/// Fields collected into those of the messages and frames that they are of.
#[derive(Default)]
pub(super) struct Groups<'a> {
    done: Vec<Field>,
    open: Option<(&'a Element, &'a Arc<Group>, Vec<Field>)>,
}

impl<'a> Groups<'a> {
    /// Adds fields of an element.
    pub(super) fn add(&mut self, element: &'a Element, fields: Vec<Field>) {
        match (&mut self.open, &element.group) {
            (Some((_, open, parts)), Some(group)) if Arc::ptr_eq(open, group) => parts.extend(fields),
            (_, Some(group)) => {
                self.close();
                self.open = Some((element, group, fields));
            }
            (_, None) => {
                self.close();
                self.done.extend(fields);
            }
        }
    }

    fn alone(&mut self, field: Field) {
        self.close();
        self.done.push(field);
    }

    fn close(&mut self) {
        if let Some((element, group, parts)) = self.open.take() {
            self.done.push(grouped(element, group, parts));
        }
    }

    pub(super) fn finish(mut self) -> Vec<Field> {
        self.close();
        self.done
    }
}

/// The field as far as it lies in those bits of a packet or a derived stream; if it doesn't lie there whole, its meaning says
/// where it began or goes on. The value stays that of the whole.
fn clip(mut field: Field, origin: Origin, bits: &Range<u64>) -> Option<Field> {
    let first = field.spans.iter().position(|span| span.origin == origin)?;
    let last = field.spans.iter().rposition(|span| span.origin == origin)?;
    let began = field.spans.first().filter(|_| first > 0).and_then(|span| span.origin.packet());
    let goes_on = field.spans.get(last + 1).and_then(|span| span.origin.packet());
    field.spans.retain_mut(|span| {
        span.bits = span.bits.start.max(bits.start)..span.bits.end.min(bits.end);
        span.origin == origin && span.bits.start < span.bits.end
    });
    let is_leaf = field.parts.is_empty();
    field.parts = field.parts.into_iter().filter_map(|part| clip(part, origin, bits)).collect();
    if field.spans.is_empty() || !is_leaf && field.parts.is_empty() {
        return None;
    }
    let elsewhere = match (began, goes_on) {
        (Some(began), Some(next)) => format!("Began in packet {began}, goes on in packet {next}."),
        (Some(began), None) => format!("Began in packet {began}."),
        (None, Some(next)) => format!("Goes on in packet {next}."),
        (None, None) => return Some(field),
    };
    let meaning = field.meaning.to_mut();
    if !meaning.is_empty() {
        meaning.push(' ');
    }
    meaning.push_str(&elsewhere);
    Some(field)
}
