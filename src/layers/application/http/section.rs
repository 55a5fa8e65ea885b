//! Header and trailer sections: where they end, and what is asked of the field lines in them (RFC 9112 §5).

use std::ops::Range;

use memchr::memchr;

use super::field_line::FieldLine;
use super::lines::{Fresh, Section};
use super::names::{FieldName, NameSet, Names};
use super::problems::Fault;
use super::start_line::StartLine;
use crate::layers::presentation::trimmed;

/// A header or trailer section: its bytes as they were sent, and the field lines in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The bytes the ranges point into.
    pub block: Vec<u8>,
    /// The field lines, in order.
    pub lines: Vec<FieldLine>,
    /// Which names they have.
    names: Names,
}

impl Fields {
    /// A section that owns its bytes, parsed from text that ends in an empty line.
    #[must_use]
    pub fn parse(block: &[u8]) -> Self {
        let Section { lines, names, .. } = Section::of(block);
        Self { block: block.to_vec(), lines, names }
    }

    /// Makes it an empty one.
    pub fn clear(&mut self) {
        self.block.clear();
        self.lines.clear();
        self.names = Names::default();
    }

    /// The section as the one that follows such a start line.
    #[must_use]
    pub fn head<'a>(&'a self, start: &'a StartLine) -> Head<'a> {
        let Self { block, lines, names } = self;
        let is_ascii = block.is_ascii();
        let fresh = Fresh::ALL;
        Head { block, start_line_bytes: 0, start: Some(start), lines, names, is_ascii, fresh, faults: &[], whole: true }
    }

    /// Every field line as (name, value), in order, as sent.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().map(|line| (self.slice(&line.name), self.slice(&line.value)))
    }

    /// Whether it has a field line of one of those names.
    #[must_use]
    #[inline]
    pub fn has(&self, names: NameSet) -> bool {
        self.names.once.meets(names)
    }

    /// The value of the first field line of that name.
    #[must_use]
    #[inline]
    pub fn get(&self, name: FieldName) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of all field lines of that name, in order.
    #[inline]
    pub fn all(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        values(&self.block, &self.lines, &self.names, name)
    }

    /// The elements of all comma-separated lists of that name (RFC 9110 §5.6.1), empty ones left out.
    #[inline]
    pub fn list(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        self.all(name).flat_map(elements)
    }

    /// Whether a comma-separated list of that name has that element, case aside.
    #[must_use]
    #[inline]
    pub fn lists(&self, name: FieldName, element: &[u8]) -> bool {
        self.all(name).any(|value| has(value, element))
    }

    /// The values of all field lines of any name, case aside (RFC 9110 §5.1), in order.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        &self.block[range.start as usize..range.end as usize]
    }
}

/// A start line with its header section, or a trailer section, borrowed from the stream.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// All of its bytes, the empty line at its end included.
    pub block: &'a [u8],
    /// How many of them are the start line; 0 for trailers.
    pub start_line_bytes: u32,
    /// The start line; `None` for trailers.
    pub start: Option<&'a StartLine>,
    /// The field lines, in order.
    pub lines: &'a [FieldLine],
    /// Which names they have.
    pub(super) names: &'a Names,
    /// Whether all of its field lines are ASCII.
    pub(super) is_ascii: bool,
    /// Those of its field lines whose values weren't judged and found faultless before.
    pub(super) fresh: Fresh,
    /// What is wrong with it.
    pub faults: &'a [Fault],
    /// Whether its end is there. If not, it isn't known which fields are missing.
    pub whole: bool,
}

impl<'a> Head<'a> {
    /// Copies its bytes and field lines into existing buffers.
    pub fn copy_into(&self, fields: &mut Fields) {
        fields.clear();
        fields.block.extend_from_slice(self.block);
        fields.lines.extend_from_slice(self.lines);
        fields.names = *self.names;
    }

    /// The bytes of a range of it.
    #[must_use]
    pub fn slice(&self, range: &Range<u32>) -> &'a [u8] {
        &self.block[range.start as usize..range.end as usize]
    }

    /// Whether it has a field line of one of those names.
    #[must_use]
    #[inline]
    pub fn has(&self, names: NameSet) -> bool {
        self.names.once.meets(names)
    }

    /// Whether it has several field lines of one of those names.
    #[inline]
    pub(super) fn repeats(&self, names: NameSet) -> bool {
        self.names.again.meets(names)
    }

    /// The values of all field lines of that name, in order.
    #[inline]
    pub fn all(&self, name: FieldName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        values(self.block, self.lines, self.names, name)
    }

    /// The value of the first field line of that name.
    #[must_use]
    #[inline]
    pub fn get(&self, name: FieldName) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The elements of all comma-separated lists of that name (RFC 9110 §5.6.1), empty ones left out.
    #[inline]
    pub fn list(&self, name: FieldName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.all(name).flat_map(elements)
    }

    /// Whether a comma-separated list of that name has that element, case aside.
    #[must_use]
    #[inline]
    pub fn lists(&self, name: FieldName, element: &[u8]) -> bool {
        self.all(name).any(|value| has(value, element))
    }
}

/// The values of all those lines that have that name, in order.
#[inline]
fn values<'a>(
    block: &'a [u8],
    lines: &'a [FieldLine],
    names: &Names,
    name: FieldName,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let lines = if names.once.meets(NameSet::of(&[name])) { lines } else { &[] };
    let of_it = lines.iter().filter(move |line| line.known == Some(name));
    of_it.map(move |line| &block[line.value.start as usize..line.value.end as usize])
}

/// The elements of a comma-separated list without quoted strings (RFC 9110 §5.6.1), empty ones left out.
pub fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(trimmed).filter(|element| !element.is_empty())
}

/// Whether a comma-separated list has an element, case aside. Most have no other.
fn has(list: &[u8], element: &[u8]) -> bool {
    list.eq_ignore_ascii_case(element)
        || list.len() > element.len() && elements(list).any(|it| it.eq_ignore_ascii_case(element))
}

/// Whether a value begins with `wanted`, case aside.
pub(super) fn begins_with(value: &[u8], wanted: &[u8]) -> bool {
    value.get(..wanted.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(wanted))
}

/// Where a section ends: the position after its empty line. `searched` says how much of it was searched before; the search goes
/// on there, so that it costs the same whether the section comes at once or byte by byte.
pub(super) fn section_end(bytes: &[u8], searched: &mut usize) -> Option<usize> {
    while let Some(length) = memchr(b'\n', &bytes[*searched..]) {
        let line_feed = *searched + length;
        *searched = line_feed + 1;
        let line = &bytes[..line_feed];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if matches!(line.last(), None | Some(b'\n')) {
            return Some(line_feed + 1);
        }
    }
    *searched = bytes.len();
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_elements_whatever_their_case() {
        for list in ["Upgrade", "keep-alive, UPGRADE", "upgrade,", ",\tupgrade ,x"] {
            assert!(has(list.as_bytes(), b"upgrade"), "{list:?}");
        }
        for list in ["", "upgrades", "an upgrade", "up,grade", "x"] {
            assert!(!has(list.as_bytes(), b"upgrade"), "{list:?}");
        }
    }

    #[test]
    fn the_end_of_a_section_is_found_whatever_its_line_ends() {
        for block in ["A: 1\r\n\r\n", "A: 1\n\n", "A: 1\r\n\n", "\r\n", "\n"] {
            for cut in 0..block.len() {
                let mut searched = 0;
                assert_eq!(section_end(&block.as_bytes()[..cut], &mut searched), None, "{block:?} {cut}");
                assert_eq!(section_end(block.as_bytes(), &mut searched), Some(block.len()), "{block:?} {cut}");
            }
        }
    }

    #[test]
    fn what_was_searched_is_not_searched_again() {
        let block = b"A: 1\r\nB: 2\r\n\r\n";
        for cut in 0..block.len() {
            let mut searched = 0;
            assert_eq!(section_end(&block[..cut], &mut searched), None);
            // Whoever looks there once more finds an end, and this isn't it; the last two bytes may be of the line's end.
            let mut other = block.to_vec();
            other[..cut.saturating_sub(2)].fill(b'\n');
            assert_eq!(section_end(&other, &mut searched), Some(block.len()), "{cut}");
        }
    }
}
