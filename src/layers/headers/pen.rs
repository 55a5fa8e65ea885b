//! Writes a header down as fields, from its first bit to its last.
//!
//! The pen only moves forward and never past the header's end, so what it writes tiles the header by construction.

use std::borrow::Cow;

use super::checksum::Checksum;
use crate::layers::{Field, Layer, Origin, Span};

/// Takes bits off the front of a header and names them.
pub(crate) struct Pen<'a> {
    origin: Origin,
    layer: Layer,
    clause: Cow<'static, str>,
    bytes: &'a [u8],
    /// The first bit of `bytes`, counted from the beginning of what they're part of.
    base: u64,
    /// The next bit of `bytes` to be named.
    next: u64,
    /// What the header's checksum says, if it covers more than the header.
    checksum: Checksum,
    fields: Vec<Field>,
}

impl<'a> Pen<'a> {
    /// A pen over a header that starts `offset` bytes into what it's part of.
    pub(crate) fn new(origin: Origin, offset: usize, bytes: &'a [u8], layer: Layer, clause: &'static str) -> Self {
        Self {
            origin,
            layer,
            clause: Cow::Borrowed(clause),
            bytes,
            base: offset as u64 * 8,
            next: 0,
            checksum: Checksum::Unverifiable,
            fields: Vec::new(),
        }
    }

    /// The same pen, which knows what a checksum over more than the header says.
    pub(crate) fn with_checksum(self, checksum: Checksum) -> Self {
        Self { checksum, ..self }
    }

    /// The whole header.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.bytes
    }

    /// What its checksum says.
    pub(crate) fn checksum(&self) -> Checksum {
        self.checksum
    }

    /// A sentence in which each name in braces stands for the value of the field with that name.
    pub(crate) fn sentence(&self, template: &str) -> String {
        let mut sentence = String::new();
        let mut pieces = template.split(['{', '}']);
        while let Some(text) = pieces.next() {
            sentence += text;
            let Some(name) = pieces.next() else { break };
            sentence += self.fields.iter().find(|field| field.name == name).map_or("", |field| &field.value);
        }
        sentence
    }

    /// The clause that defines the fields that follow.
    pub(crate) fn clause(&mut self, clause: &'static str) {
        self.clause = Cow::Borrowed(clause);
    }

    /// Replaces the clause in force, and returns the old one.
    pub(crate) fn replace_clause(&mut self, clause: Cow<'static, str>) -> Cow<'static, str> {
        std::mem::replace(&mut self.clause, clause)
    }

    /// The layer of the fields that follow.
    pub(crate) fn layer(&mut self, layer: Layer) {
        self.layer = layer;
    }

    /// How many bytes are still to be named.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.next.div_ceil(8) as usize
    }

    /// The next `bits` bits (64 at most) as a number; bits past the header's end are left out.
    pub(crate) fn peek(&self, bits: u64) -> u64 {
        let bits = bits.min(64).min(self.bits_left());
        (self.next..self.next + bits).fold(0, |number, bit| {
            let byte = self.bytes.get((bit / 8) as usize).copied().unwrap_or_default();
            number << 1 | u64::from(byte >> (7 - bit % 8) & 1)
        })
    }

    /// The next `count` bytes (8 at most) as a number whose last byte counts most.
    pub(crate) fn peek_little(&self, count: usize) -> u64 {
        self.bytes(count.min(8)).iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// The next `count` bytes, or as many as are left.
    pub(crate) fn bytes(&self, count: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.next.div_ceil(8) as usize..).unwrap_or_default();
        rest.get(..count).unwrap_or(rest)
    }

    /// The next bytes as an array, zeros standing for those that are missing.
    pub(crate) fn array<const N: usize>(&self) -> [u8; N] {
        let mut array = [0; N];
        for (to, from) in array.iter_mut().zip(self.bytes(N)) {
            *to = *from;
        }
        array
    }

    /// Names the next `bits` bits.
    pub(crate) fn leaf(
        &mut self,
        bits: u64,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        meaning: impl Into<Cow<'static, str>>,
    ) {
        let spans = self.take(bits);
        if !spans.is_empty() {
            self.fields.push(Field::new(self.layer, name, value, meaning, spans, self.clause.clone()));
        }
    }

    /// Names the next `bits` bits, whose value is a plain number, and returns it.
    pub(crate) fn number(
        &mut self,
        bits: u64,
        name: impl Into<Cow<'static, str>>,
        meaning: impl Into<Cow<'static, str>>,
    ) -> u64 {
        let value = self.peek(bits);
        self.leaf(bits, name, value.to_string(), meaning);
        value
    }

    /// Names the next `bits` bits, which `write` divides into parts; it returns the value of them all.
    pub(crate) fn group(
        &mut self,
        bits: u64,
        name: impl Into<Cow<'static, str>>,
        meaning: impl Into<Cow<'static, str>>,
        write: impl FnOnce(&mut Pen<'a>) -> String,
    ) {
        let bits = bits.min(self.bits_left());
        if bits == 0 {
            return;
        }
        let end = (self.next + bits).div_ceil(8) as usize;
        let mut inner = Pen {
            origin: self.origin,
            layer: self.layer,
            clause: self.clause.clone(),
            bytes: self.bytes.get(..end).unwrap_or(self.bytes),
            base: self.base,
            next: self.next,
            checksum: self.checksum,
            fields: Vec::new(),
        };
        let value = write(&mut inner);
        // Names the bits that the group left unnamed, so that no part is missing.
        let left = (self.next + bits).saturating_sub(inner.next);
        inner.leaf(left, "undecoded bits", "", "This tool gives them no meaning.");
        let parts = inner.fields;
        let spans = self.take(bits);
        self.fields.push(Field::new(self.layer, name, value, meaning, spans, self.clause.clone()).with_parts(parts));
    }

    /// Names what is left of the header, byte by byte in hexadecimal.
    pub(crate) fn rest(&mut self, name: &'static str, meaning: &'static str) -> String {
        let rest = self.bytes(self.left());
        let value = hex(rest);
        self.leaf(rest.len() as u64 * 8, name, value.clone(), meaning);
        value
    }

    /// The whole header as one field.
    pub(crate) fn finish(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        meaning: impl Into<Cow<'static, str>>,
        clause: &'static str,
    ) -> Field {
        let left = self.bits_left();
        self.leaf(left, "undecoded bits", "", "This tool gives them no meaning.");
        let span = Span { origin: self.origin, bits: self.base..self.base + self.bytes.len() as u64 * 8 };
        Field::new(self.layer, name, value, meaning, vec![span], clause).with_parts(self.fields)
    }

    fn bits_left(&self) -> u64 {
        (self.bytes.len() as u64 * 8).saturating_sub(self.next)
    }

    fn take(&mut self, bits: u64) -> Vec<Span> {
        let bits = bits.min(self.bits_left());
        if bits == 0 {
            return Vec::new();
        }
        let from = self.base + self.next;
        self.next += bits;
        vec![Span { origin: self.origin, bits: from..from + bits }]
    }
}

/// Bytes as hexadecimal text, at most the first sixteen of them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len().min(16) * 2 + 3);
    for byte in bytes.iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    if bytes.len() > 16 {
        text.push('…');
    }
    text
}

/// "1 byte", "6 bytes".
pub(crate) fn count(bytes: usize) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}
