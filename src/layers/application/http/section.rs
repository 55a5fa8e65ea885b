//! Header and trailer sections: where they end, and the field lines in them (RFC 9112 §5).

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

use super::fault::Fault;
use super::start_line::{StartLine, is_token, trim_line_end};

/// A field line, as ranges of the section it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLine {
    /// The field name.
    pub name: Range<u32>,
    /// The field value, without the white space around it.
    pub value: Range<u32>,
    /// The whole line, line end and folded continuations included.
    pub whole: Range<u32>,
}

/// A header or trailer section: its bytes as they were sent, and the field lines in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The bytes the ranges point into.
    pub block: Vec<u8>,
    /// The field lines, in order.
    pub lines: Vec<FieldLine>,
}

impl Fields {
    /// A section that owns its bytes, parsed from text that ends in an empty line.
    #[must_use]
    pub fn parse(block: &[u8]) -> Self {
        Self { block: block.to_vec(), lines: Section::of(block).lines }
    }

    /// It as the section that follows such a start line.
    #[must_use]
    pub fn head<'a>(&'a self, start: &'a StartLine) -> Head<'a> {
        let mut names = Names::default();
        self.iter().for_each(|(name, _)| names.add(name));
        Head { block: &self.block, start_line_bytes: 0, start: Some(start), lines: &self.lines, names, faults: &[] }
    }

    /// Every field line as (name, value), in order, as sent.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().map(|line| (self.slice(&line.name), self.slice(&line.value)))
    }

    /// The value of the first field line of that name, case aside (RFC 9110 §5.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// The values of all field lines of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        &self.block[range.start as usize..range.end as usize]
    }
}

/// Which names the lines of a section may have: a bit for each line, one of 64, chosen by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names(u64);

impl Names {
    fn add(&mut self, name: &[u8]) {
        self.0 |= Self::bit(name);
    }

    /// Whether a line may have that name, case aside. If not, no line has it.
    fn may_have(self, name: &[u8]) -> bool {
        self.0 & Self::bit(name) != 0
    }

    /// The bit of a name, by its length, first and last letter. The factors keep the names that decide about framing apart
    /// from all that are common.
    #[inline]
    fn bit(name: &[u8]) -> u64 {
        let letter = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte | 0x20));
        1 << ((7 * name.len() + 2 * (letter(name.first()) + letter(name.last()))) % 64)
    }
}

/// A section taken apart.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Its field lines, in order.
    pub(super) lines: Vec<FieldLine>,
    /// Which names they may have.
    pub(super) names: Names,
    /// What is wrong with it.
    pub(super) faults: Vec<Fault>,
}

impl Section {
    /// A section without a start line.
    pub(super) fn of(block: &[u8]) -> Self {
        let mut section = Self::default();
        section.take_apart(block, 0);
        section
    }

    /// Becomes an empty one.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.names = Names::default();
        self.faults.clear();
    }

    /// Takes the field lines of `block` from `at` on apart, to the empty line after them; says where that ends, if it is there.
    pub(super) fn take_apart(&mut self, block: &[u8], mut at: usize) -> Option<usize> {
        let mut end_of_all = None;
        let mut bare = at > 0 && !block[..at].ends_with(b"\r\n");
        loop {
            if let Some((name, length)) = plain_line(&block[at..]) {
                let (start, value_end) = (at, at + length);
                at = value_end + 2;
                let value = trimmed(block, start + name + 1, value_end);
                self.push(block, start..start + name, value, start as u32..at as u32);
                continue;
            }
            let Some(length) = memchr(b'\n', &block[at..]) else { break };
            let (start, end) = (at, at + length + 1);
            at = end;
            let line = trim_line_end(&block[start..end]);
            bare |= line.len() + 1 == end - start;
            if line.is_empty() {
                end_of_all = Some(end);
                break;
            }
            let whole = start as u32..end as u32;
            if line[0] == b' ' || line[0] == b'\t' {
                let Some(folded) = self.lines.last_mut() else {
                    self.faults.push(Fault::SpaceBeforeFields);
                    let value = trimmed(block, start, start + line.len());
                    self.push(block, start..start, value, whole);
                    continue;
                };
                folded.whole.end = whole.end;
                let length = line.trim_ascii_end().len();
                if length > 0 {
                    folded.value.end = (start + length) as u32;
                }
                let name = folded.name.start as usize..folded.name.end as usize;
                let fault = Fault::Folded(text(&block[name]));
                if self.faults.last() != Some(&fault) {
                    self.faults.push(fault);
                }
                continue;
            }
            let Some(colon) = memchr(b':', line) else {
                self.faults.push(Fault::NoColon(text(line)));
                let name_end = start + line.len();
                self.push(block, start..name_end, name_end as u32..name_end as u32, whole);
                continue;
            };
            let name = line[..colon].trim_ascii_end();
            if name.len() < colon {
                self.faults.push(Fault::SpaceBeforeColon(text(name)));
            }
            if name.is_empty() || !name.iter().all(|b| is_token(*b)) {
                self.faults.push(Fault::InvalidName(text(name)));
            }
            let value = trimmed(block, start + colon + 1, start + line.len());
            if memchr2(0, b'\r', &block[value.start as usize..value.end as usize]).is_some() {
                self.faults.push(Fault::InvalidValue(text(name)));
            }
            self.push(block, start..start + name.len(), value, whole);
        }
        if bare {
            self.faults.push(Fault::BareLineFeed);
        }
        end_of_all
    }

    fn push(&mut self, block: &[u8], name: Range<usize>, value: Range<u32>, whole: Range<u32>) {
        self.names.add(&block[name.clone()]);
        self.lines.push(FieldLine { name: name.start as u32..name.end as u32, value, whole });
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
    /// Which names they may have.
    pub(super) names: Names,
    /// What is wrong with it.
    pub faults: &'a [Fault],
}

impl<'a> Head<'a> {
    /// A copy of it that owns its bytes.
    #[must_use]
    pub fn to_fields(&self) -> Fields {
        Fields { block: self.block.to_vec(), lines: self.lines.to_vec() }
    }

    /// The bytes of a range of it.
    #[must_use]
    pub fn slice(&self, range: &Range<u32>) -> &'a [u8] {
        &self.block[range.start as usize..range.end as usize]
    }

    /// The values of all field lines of that name, in order.
    #[inline]
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let head = *self;
        let lines = if head.names.may_have(name.as_bytes()) { head.lines } else { &[] };
        lines
            .iter()
            .filter(move |line| head.slice(&line.name).eq_ignore_ascii_case(name.as_bytes()))
            .map(move |line| head.slice(&line.value))
    }

    /// The value of the first field line of that name.
    #[must_use]
    #[inline]
    pub fn get(&self, name: &'static str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The elements of all comma-separated lists of that name (RFC 9110 §5.6.1), empty ones left out.
    #[inline]
    pub fn list(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.all(name).flat_map(elements)
    }
}

/// The elements of a comma-separated list without quoted strings (RFC 9110 §5.6.1), empty ones left out.
pub fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

/// Where a section ends: the position after its empty line. `from` is the start of the first line not yet searched, and
/// is moved on when the end is not there yet.
pub(super) fn section_end(bytes: &[u8], from: &mut usize) -> Option<usize> {
    while let Some(length) = memchr(b'\n', &bytes[*from..]) {
        let end = *from + length + 1;
        if matches!(&bytes[*from..end], b"\n" | b"\r\n") {
            return Some(end);
        }
        *from = end;
    }
    None
}

/// The length of the name and of the whole, line end aside, of a field line that has nothing wrong: what nearly all are.
fn plain_line(bytes: &[u8]) -> Option<(usize, usize)> {
    let name = bytes.iter().position(|b| !is_token(*b))?;
    let (b':', rest) = bytes.get(name..)?.split_first()? else { return None };
    let value = memchr3(0, b'\r', b'\n', rest)?;
    (name > 0 && rest[value..].starts_with(b"\r\n")).then_some((name, name + 1 + value))
}

fn trimmed(block: &[u8], start: usize, end: usize) -> Range<u32> {
    let value = &block[start..end];
    let before = value.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let after = value[before..].iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (start + before) as u32..(end - after) as u32
}

/// A little of some bytes, for a message.
pub(super) fn text(bytes: &[u8]) -> String {
    const ENOUGH: usize = 60;
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(ENOUGH)]).into_owned();
    if bytes.len() > ENOUGH {
        text.push('…');
    }
    text
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
        assert_eq!(faults, [Fault::Folded("A".into())]);
        assert_eq!(parse(" x\r\nB: 3\r\n\r\n").1, [Fault::SpaceBeforeFields]);
    }

    #[test]
    fn bare_line_feeds_are_read_and_told_once() {
        assert_eq!(parse("A: 1\nB: 2\n\n").1, [Fault::BareLineFeed]);
    }

    #[test]
    fn the_end_of_a_section_is_found_whatever_its_line_ends() {
        for block in ["A: 1\r\n\r\n", "A: 1\n\n", "A: 1\r\n\n", "\r\n"] {
            for cut in 0..block.len() {
                let mut from = 0;
                assert_eq!(section_end(&block.as_bytes()[..cut], &mut from), None, "{block:?} {cut}");
                assert_eq!(section_end(block.as_bytes(), &mut from), Some(block.len()), "{block:?} {cut}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_name_that_a_section_has_is_found_whatever_its_case(
            names in prop::collection::vec("[!-9;-~]{1,20}", 1..9),
            chosen in any::<prop::sample::Index>(),
        ) {
            let block: String = names.iter().map(|name| format!("{name}: 1\r\n")).collect::<String>() + "\r\n";
            let section = Section::of(block.as_bytes());
            let name = chosen.get(&names);
            prop_assert!(section.names.may_have(name.as_bytes()));
            prop_assert!(section.names.may_have(name.to_ascii_lowercase().as_bytes()));
            prop_assert!(section.names.may_have(name.to_ascii_uppercase().as_bytes()));
        }
    }
}
