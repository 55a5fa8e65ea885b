//! Fields cut to one packet, so that their leaves tile it.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::element::{Element, Group, grouped};
use crate::inspect::event::Novelty;
use crate::layers::headers::pen::count;
use crate::layers::{Field, Layer, Origin, Run, Span};
use crate::limits::MAX_NAMED_RUNS;

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

/// The fields of the bytes `range` of a packet: those of elements as far as they lie in it, and `rest` between them. Each of
/// `elements` has a number, and comes with its run of bytes that lies in the packet. Their leaves tile the range, whatever the elements say.
pub(super) fn tile<'a>(
    origin: Origin,
    range: Range<usize>,
    elements: impl Iterator<Item = (usize, &'a Element, Run)>,
    fields_of: impl Fn(usize, &'a Element) -> Rc<[Field]>,
    rest: &Rest,
) -> Vec<Field> {
    let mut parts: Vec<(usize, &Element, Run)> = elements.collect();
    parts.sort_by_key(|(_, _, run)| run.offset);
    let mut groups = Groups::default();
    let mut at = range.start;
    for (which, element, run) in parts {
        let start = usize::try_from(run.offset).unwrap_or(usize::MAX);
        let (start, end) = (start.max(at), start.saturating_add(run.length as usize).min(range.end));
        if start >= end {
            continue;
        }
        if at < start {
            groups.alone(rest.leaf(origin, at..start));
        }
        let bits = start as u64 * 8..end as u64 * 8;
        let fields = if element.place.runs().len() > MAX_NAMED_RUNS {
            clip(&element.part(run), origin, &bits).into_iter().collect()
        } else {
            fields_of(which, element).iter().filter_map(|field| clip(field, origin, &bits)).collect()
        };
        groups.add(element, fields);
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
fn clip(field: &Field, origin: Origin, bits: &Range<u64>) -> Option<Field> {
    let first = field.spans.iter().position(|span| span.origin == origin)?;
    let last = field.spans.iter().rposition(|span| span.origin == origin)?;
    let began = field.spans.first().filter(|_| first > 0).and_then(|span| span.origin.packet());
    let goes_on = field.spans.get(last + 1).and_then(|span| span.origin.packet());
    let here = field.spans.get(first..=last)?.iter().filter(|span| span.origin == origin);
    let within = here.map(|span| span.bits.start.max(bits.start)..span.bits.end.min(bits.end));
    let spans: Vec<Span> = within.filter(|bits| bits.start < bits.end).map(|bits| Span { origin, bits }).collect();
    let parts: Vec<Field> = field.parts.iter().filter_map(|part| clip(part, origin, bits)).collect();
    if spans.is_empty() || parts.is_empty() && !field.parts.is_empty() {
        return None;
    }
    let Field { layer, name, value, meaning, clause, .. } = field;
    let mut field =
        Field::new(*layer, name.clone(), value.clone(), meaning.clone(), spans, clause.clone()).with_parts(parts);
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
