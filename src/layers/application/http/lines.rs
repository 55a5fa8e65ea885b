//! Takes the field lines of a section apart (RFC 9112 §5), and tells what is wrong with them.

use std::ops::Range;

use memchr::{memchr, memchr2};

use super::field_line::FieldLine;
use super::names::{FieldName, Names};
use super::previous::{Beside, Previous};
use super::problems::Fault;
use super::start_line::{is_token, trim_line_end};
use super::words;
use crate::layers::quoted::Quoted;

/// Which lines of a section weren't in the one before, by their place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fresh(u64);

impl Fresh {
    /// All lines there may be.
    pub(super) const ALL: Self = Self(u64::MAX);

    #[inline]
    fn add(&mut self, place: usize) {
        self.0 |= 1 << (place % 64);
    }

    /// Whether all lines were in the section before.
    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The places of those of that many lines which weren't in the section before, or may not have been.
    #[inline]
    pub(super) fn places(self, lines: usize) -> impl Iterator<Item = usize> {
        let mut bits = self.0;
        let marked = std::iter::from_fn(move || {
            let place = bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
            (place < lines.min(64)).then_some(place)
        });
        marked.chain(64..lines)
    }
}

/// A section taken apart.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Its field lines, in order.
    pub(super) lines: Vec<FieldLine>,
    /// Which names they have.
    pub(super) names: Names,
    /// Whether all of them are ASCII.
    pub(super) is_ascii: bool,
    /// Those that weren't in the head before, too.
    pub(super) fresh: Fresh,
    /// What is wrong with it.
    pub(super) faults: Vec<Fault>,
    /// The head before it.
    previous: Previous,
}

impl Section {
    /// A section without a start line.
    pub(super) fn of(block: &[u8]) -> Self {
        let mut section = Self::default();
        section.take_apart(block, 0);
        section
    }

    /// Something was found to be wrong with what was taken apart last: should the same lines come again, they are fresh.
    pub(super) fn doubt(&mut self) {
        self.previous.forget();
    }

    /// Bytes of memory held beside the value itself, faults aside.
    pub(super) fn held(&self) -> usize {
        self.lines.capacity() * size_of::<FieldLine>() + self.previous.held()
    }

    /// Becomes an empty one.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.names = Names::default();
        self.is_ascii = true;
        self.fresh = Fresh::default();
        self.faults.clear();
    }

    /// Takes apart the field lines of `block` from `at` to the empty line after them; returns where that ends, if it is
    /// there.
    pub(super) fn take_apart(&mut self, block: &[u8], mut at: usize) -> Option<usize> {
        let is_head = at > 0;
        let mut bare = is_head && !block[..at].ends_with(b"\r\n");
        let faults = self.faults.len();
        let mut previous = std::mem::take(&mut self.previous);
        let mut beside = Beside::new(&previous);
        let mut is_ascii = true;
        let end_of_all = loop {
            let rest = &block[at..];
            let again = beside.lines(rest);
            if let (Some(first), Some(last)) = (again.first(), again.last()) {
                let by = (at as u32).wrapping_sub(first.whole.start);
                at = last.whole.end.wrapping_add(by) as usize;
                for line in again {
                    self.add(line.moved(by));
                }
                continue;
            }
            if rest.starts_with(b"\r\n") {
                break Some(at + 2);
            }
            if let Some(line) = plain_line(rest, at) {
                is_ascii &= words::are_ascii(&rest[..line.whole.len()]);
                at = line.whole.end as usize;
                beside.passes(&line);
                self.fresh.add(self.lines.len());
                self.add(line);
                continue;
            }
            let Some(length) = memchr(b'\n', rest) else { break None };
            let (start, end) = (at, at + length + 1);
            at = end;
            let line = trim_line_end(&block[start..end]);
            bare |= line.len() + 1 == end - start;
            if line.is_empty() {
                break Some(end);
            }
            is_ascii &= words::are_ascii(line);
            self.fresh.add(self.lines.len());
            self.any_line(block, start..start + line.len(), start..end);
            self.lines.last().inspect(|line| beside.passes(line));
        };
        if bare {
            self.faults.push(Fault::BareLineFeed);
        }
        let is_plain = is_ascii && self.faults.len() == faults;
        if let Some(end) = end_of_all.filter(|_| is_head && is_plain && beside.news > 1) {
            previous.keep(&block[..end], &self.lines);
        }
        (self.previous, self.is_ascii) = (previous, is_ascii);
        end_of_all
    }

    /// Takes a line that may be malformed in any way, with its line end and without.
    #[cold]
    fn any_line(&mut self, block: &[u8], inner: Range<usize>, whole: Range<usize>) {
        let (start, line) = (inner.start, &block[inner.clone()]);
        if line[0] == b' ' || line[0] == b'\t' {
            let Some(folded) = self.lines.last_mut() else {
                self.faults.push(Fault::SpaceBeforeFields);
                return self.push(block, start..start, trimmed(line, start), whole);
            };
            folded.whole.end = whole.end as u32;
            let length = line.trim_ascii_end().len();
            if length > 0 {
                folded.value.end = (start + length) as u32;
            }
            let name = folded.name.start as usize..folded.name.end as usize;
            let fault = Fault::Folded(Quoted::of(&block[name]));
            if self.faults.last() != Some(&fault) {
                self.faults.push(fault);
            }
            return;
        }
        let Some(colon) = memchr(b':', line) else {
            self.faults.push(Fault::NoColon(Quoted::of(line)));
            return self.push(block, inner.clone(), inner.end..inner.end, whole);
        };
        let name = line[..colon].trim_ascii_end();
        if name.len() < colon {
            self.faults.push(Fault::SpaceBeforeColon(Quoted::of(name)));
        }
        if name.is_empty() || !name.iter().all(|b| is_token(*b)) {
            self.faults.push(Fault::InvalidName(Quoted::of(name)));
        }
        let value = trimmed(&line[colon + 1..], start + colon + 1);
        if memchr2(0, b'\r', &block[value.clone()]).is_some() {
            self.faults.push(Fault::InvalidValue(Quoted::of(name)));
        }
        self.push(block, start..start + name.len(), value, whole);
    }

    fn push(&mut self, block: &[u8], name: Range<usize>, value: Range<usize>, whole: Range<usize>) {
        let known = FieldName::of(&block[name.clone()]);
        let short = |range: Range<usize>| range.start as u32..range.end as u32;
        self.add(FieldLine { name: short(name), value: short(value), whole: short(whole), known });
    }

    #[inline]
    fn add(&mut self, line: FieldLine) {
        if let Some(name) = line.known {
            self.names.add(name);
        }
        self.lines.push(line);
    }
}

/// The field line that `bytes` begin with, at position `at`, if it's well-formed and its name consists of letters,
/// digits and "-", as nearly all names do.
#[inline]
fn plain_line(bytes: &[u8], at: usize) -> Option<FieldLine> {
    let name = words::colon(bytes)?;
    let known = FieldName::begins(bytes, name);
    if known.is_none() && (name == 0 || words::name(bytes) != name) {
        return None;
    }
    let rest = &bytes[name + 1..];
    let length = words::stop(rest)?;
    if !rest[length..].starts_with(b"\r\n") {
        return None;
    }
    let value = trimmed(&rest[..length], at + name + 1);
    let end = at + name + 1 + length + 2;
    let short = |start: usize, end: usize| start as u32..end as u32;
    Some(FieldLine { name: short(at, at + name), value: short(value.start, value.end), whole: short(at, end), known })
}

/// Where a value that begins at `at` is, without the white space around it.
#[inline]
fn trimmed(mut value: &[u8], mut at: usize) -> Range<usize> {
    if let [b' ', first, .., last] = value
        && ![b' ', b'\t'].contains(first)
        && ![b' ', b'\t'].contains(last)
    {
        // The usual form.
        return at + 1..at + value.len();
    }
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
        at += 1;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    at..at + value.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(block: &str) -> (Vec<(String, String)>, Vec<Fault>) {
        let Section { lines, faults, .. } = Section::of(block.as_bytes());
        let slice = |r: &Range<u32>| block[r.start as usize..r.end as usize].to_string();
        (lines.iter().map(|l| (slice(&l.name), slice(&l.value))).collect(), faults)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn field_lines_are_taken_apart() {
        let (lines, faults) = parse("Host: a\r\nX:\t b c \r\nEmpty:\r\n\r\n");
        assert_eq!(lines, [pair("Host", "a"), pair("X", "b c"), pair("Empty", "")]);
        assert_eq!(faults, []);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_told_and_the_rest_is_read() {
        let (lines, faults) = parse("no colon\r\nA : 1\r\nB@: 2\r\nC: x\0y\r\n\r\n");
        assert_eq!(lines, [pair("no colon", ""), pair("A", "1"), pair("B@", "2"), pair("C", "x\0y")]);
        let codes: Vec<_> = faults.iter().map(Fault::code).collect();
        assert_eq!(
            codes,
            ["malformed-header-line", "space-before-colon", "malformed-header-line", "invalid-header-value"]
        );
    }

    #[test]
    fn a_folded_line_belongs_to_the_one_before_it() {
        let (lines, faults) = parse("A: 1,\r\n  2\r\nB: 3\r\n\r\n");
        assert_eq!(lines, [pair("A", "1,\r\n  2"), pair("B", "3")]);
        assert_eq!(faults, [Fault::Folded(Quoted::of(b"A"))]);
        assert_eq!(parse(" x\r\nB: 3\r\n\r\n").1, [Fault::SpaceBeforeFields]);
    }

    #[test]
    fn bare_line_feeds_are_read_and_told_once() {
        assert_eq!(parse("A: 1\nB: 2\n\n").1, [Fault::BareLineFeed]);
    }

    proptest! {
        #[test]
        fn a_head_is_read_the_same_whatever_came_before_it(
            heads in prop::collection::vec(
                (
                    "[a-c]{1,2}(\r\n|\n)",
                    prop::collection::vec("(Host|Date|[A-C_]{1,2}|[x ]): ?[a-c ]{0,2}(\r\n|\r\n|\r\n|\n)", 0..4),
                    "\r?\n",
                ),
                1..6,
            ),
        ) {
            let mut section = Section::default();
            for (start, lines, end) in heads {
                let block = format!("{start}{}{end}", lines.concat());
                let mut alone = Section::default();
                section.clear();
                let ends = [&mut section, &mut alone].map(|it| it.take_apart(block.as_bytes(), start.len()));
                prop_assert_eq!(ends[0], ends[1]);
                let of = |it: &Section| (it.lines.clone(), it.names, it.is_ascii);
                prop_assert_eq!(of(&section), of(&alone));
                prop_assert_eq!(&section.faults, &alone.faults);
            }
        }

        #[test]
        fn a_plain_line_is_read_as_any_other(
            name in "[A-Za-z0-9_.@ -]{0,20}",
            value in "[a-z0-9\t \0\r\n\x01]{0,80}",
            rest in "[\r\na: ]{0,20}",
        ) {
            let block = format!("{name}:{value}\r\n{rest}");
            if let Some(line) = plain_line(block.as_bytes(), 0) {
                let mut by_any = Section::default();
                let end = line.whole.end as usize;
                by_any.any_line(block.as_bytes(), 0..end - 2, 0..end);
                prop_assert_eq!(by_any.faults, []);
                prop_assert_eq!(by_any.lines, [line]);
            }
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            let one_line = !value.contains(['\0', '\r', '\n']);
            if !name.is_empty() && name.bytes().all(is_plain) && one_line && name.len() + 9 < block.len() {
                prop_assert!(plain_line(block.as_bytes(), 0).is_some());
            }
        }
    }
}
