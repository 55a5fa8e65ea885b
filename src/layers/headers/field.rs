//! A header's fields as rows of a table: the number of bits, their name, how their value is shown, and what they mean.

use super::pen::{Pen, count, hex as hex_of};
use super::{ether_types, ip_protocols};

/// A row: a field, or what to do in its place.
pub(crate) enum FieldRow {
    /// A field of this many bits.
    Bits(u16, &'static str, Show, Meaning),
    /// The clause that defines the fields that follow.
    Clause(&'static str),
    /// All bytes that are left of the header, shown in hexadecimal; there may be none.
    Rest(&'static str, &'static str),
    /// Fields that depend on what the bytes say.
    Code(fn(&mut Pen<'_>)),
}

/// How the bits of a field are shown.
#[derive(Clone, Copy)]
pub(crate) enum Show {
    /// As a number.
    Number,
    /// As a number whose last byte counts most.
    Little,
    /// In hexadecimal, with as many digits as the field has.
    Hex,
    /// Byte by byte in hexadecimal.
    Bytes,
    /// As a number of bytes: "6 bytes".
    Count,
    /// As text that a zero byte ends.
    Text,
    /// As a number, with the name it has here, if any: "2 (broadcast)".
    Named(&'static [(u64, &'static str)]),
    /// The same in hexadecimal.
    NamedHex(&'static [(u64, &'static str)]),
    /// As what this makes of the number.
    By(fn(u64) -> String),
    /// As what this makes of the bytes that come next.
    Of(fn(&Pen<'_>) -> String),
}

/// What a field means to a beginner.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// This, whatever its value.
    Is(&'static str),
    /// The first where it is zero, else the second.
    ZeroOr(&'static str, &'static str),
    /// What this makes of the number.
    By(fn(u64) -> &'static str),
}

impl FieldRow {
    pub(super) fn write(&self, pen: &mut Pen<'_>) {
        match *self {
            Self::Clause(clause) => pen.clause(clause),
            Self::Rest(name, meaning) => drop(pen.rest(name, meaning)),
            Self::Code(write) => write(pen),
            Self::Bits(bits, name, show, meaning) => {
                let number = pen.peek(bits.into());
                let meaning = match meaning {
                    Meaning::Is(meaning) => meaning,
                    Meaning::ZeroOr(zero, _) if number == 0 => zero,
                    Meaning::ZeroOr(_, other) => other,
                    Meaning::By(meaning) => meaning(number),
                };
                let value = show.value(pen, bits, number);
                pen.leaf(bits.into(), name, value, meaning);
            }
        }
    }
}

impl Pen<'_> {
    /// Names the next bits as these rows say.
    pub(crate) fn rows(&mut self, rows: &[FieldRow]) {
        for row in rows {
            row.write(self);
        }
    }

    /// Names the next bits as these rows say, if they are there.
    pub(crate) fn rows_if(&mut self, there: bool, rows: &[FieldRow]) {
        if there {
            self.rows(rows);
        }
    }
}

impl Show {
    fn value(self, pen: &Pen<'_>, bits: u16, number: u64) -> String {
        let bytes = usize::from(bits / 8);
        let digits = usize::from(bits.div_ceil(4));
        let with_name = |value: String, names: &[(u64, &str)]| match names.iter().find(|name| name.0 == number) {
            Some((_, name)) => format!("{value} ({name})"),
            None => value,
        };
        match self {
            Self::Number => number.to_string(),
            Self::Little => pen.peek_little(bytes).to_string(),
            Self::Hex => format!("0x{number:0digits$x}"),
            Self::Bytes => hex_of(pen.bytes(bytes)),
            Self::Count => count(number as usize),
            Self::Text => text(pen.bytes(bytes)),
            Self::Named(names) => with_name(number.to_string(), names),
            Self::NamedHex(names) => with_name(format!("0x{number:0digits$x}"), names),
            Self::By(show) => show(number),
            Self::Of(show) => show(pen),
        }
    }
}

/// Text that a zero byte ends.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// A field that is a number.
pub(crate) const fn number(bits: u16, name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bits, name, Show::Number, Meaning::Is(meaning))
}

/// A field that is shown in hexadecimal.
pub(crate) const fn hex(bits: u16, name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bits, name, Show::Hex, Meaning::Is(meaning))
}

/// A field of this many bytes, each shown in hexadecimal.
pub(crate) const fn bytes(bytes: u16, name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bytes * 8, name, Show::Bytes, Meaning::Is(meaning))
}

/// A field that counts bytes.
pub(crate) const fn size(bits: u16, name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bits, name, Show::Count, Meaning::Is(meaning))
}

/// A field of this many bytes of text.
pub(crate) const fn text_of(bytes: u16, name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bytes * 8, name, Show::Text, Meaning::Is(meaning))
}

/// A field of four bytes that is a number whose last byte counts most.
pub(crate) const fn little(name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(32, name, Show::Little, Meaning::Is(meaning))
}

/// A field that is shown by what `show` makes of its number.
pub(crate) const fn shown(bits: u16, name: &'static str, show: fn(u64) -> String, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(bits, name, Show::By(show), Meaning::Is(meaning))
}

/// A field whose values have names.
pub(crate) const fn named(
    bits: u16,
    name: &'static str,
    names: &'static [(u64, &'static str)],
    meaning: &'static str,
) -> FieldRow {
    FieldRow::Bits(bits, name, Show::Named(names), Meaning::Is(meaning))
}

/// Bits without a meaning.
pub(crate) const fn reserved(bits: u16, name: &'static str) -> FieldRow {
    number(bits, name, "Zero; nothing uses it.")
}

/// A bit: what it means where it is set, and where it is not.
pub(crate) const fn bit(name: &'static str, set: &'static str, unset: &'static str) -> FieldRow {
    FieldRow::Bits(1, name, Show::Number, Meaning::ZeroOr(unset, set))
}

/// An `EtherType`.
pub(crate) const fn ether_type(name: &'static str, meaning: &'static str) -> FieldRow {
    shown(16, name, ether_type_value, meaning)
}

/// What most fields that name the next header mean.
pub(crate) const NAMES_THE_NEXT: &str = "Which protocol the bytes behind this header are of.";

/// The two bytes that are a type or a length.
pub(crate) const TYPE_OR_LENGTH: FieldRow = FieldRow::Code(|pen| {
    pen.clause("IEEE 802.3 §3.2.6");
    pen.rows(&[if pen.peek(16) >= ether_types::LEAST_TYPE.into() {
        ether_type("EtherType", NAMES_THE_NEXT)
    } else {
        number(16, "Length", "How many bytes of data follow; a number below 1536 here is a length, not a type.")
    }]);
});

/// A checksum that covers more than the header.
pub(crate) const CHECKSUM: FieldRow = FieldRow::Code(|pen| {
    let verdict = pen.checksum();
    let value = format!("0x{:04x} ({verdict})", pen.peek(16));
    pen.leaf(16, "Checksum", value, verdict.meaning());
});

/// A MAC address.
pub(crate) const fn mac(name: &'static str, meaning: &'static str) -> FieldRow {
    shown(48, name, mac_address, meaning)
}

/// The MAC address that a frame is for.
pub(crate) const MAC_DESTINATION: FieldRow =
    FieldRow::Bits(48, "Destination Address", Show::By(mac_address), Meaning::By(mac_meaning));

pub(crate) fn mac_address(address: u64) -> String {
    let [_, _, first, rest @ ..] = address.to_be_bytes();
    rest.iter().fold(format!("{first:02x}"), |text, byte| format!("{text}:{byte:02x}"))
}

fn mac_meaning(address: u64) -> &'static str {
    if address == 0xffff_ffff_ffff {
        "Broadcast: every machine on this network takes the frame."
    } else if address >> 40 & 1 != 0 {
        "A group address: every machine that joined the group takes the frame."
    } else if address == 0 {
        "All zeros: no real network card; a loopback interface looks like this."
    } else if address >> 40 & 2 != 0 {
        "A network card on this network; the address was set by software, as for virtual machines."
    } else {
        "A network card on this network; its first three bytes are the maker's."
    }
}

/// An `EtherType` with its name: "0x0800 (IPv4)".
pub(crate) fn ether_type_value(number: u64) -> String {
    match ether_types::name(number as u16) {
        Some(name) => format!("0x{number:04x} ({name})"),
        None => format!("0x{number:04x}"),
    }
}

/// A protocol number of IP with its name: "6 (TCP)".
pub(crate) fn ip_protocol_value(number: u64) -> String {
    match ip_protocols::name(number as u8) {
        Some(name) => format!("{number} ({name})"),
        None => number.to_string(),
    }
}
