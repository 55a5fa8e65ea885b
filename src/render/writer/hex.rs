//! Bytes, each in the colour of the layer it belongs to, and the fields that begin on each line.

use std::borrow::Cow;

use super::Line;
use super::Style;
use crate::layers::{Field, Layer, Origin};
use crate::render::model::{Hex, Look};
use crate::render::numbers;

/// Columns that sides and spaces take around `n` bytes and an offset: what is left of `4 * n + offset`.
const AROUND: usize = 9;

impl Style<'_> {
    /// Lines that say nothing new, inside one field, are squeezed into one that counts them.
    pub(super) fn hex(self, hex: &Hex) -> Vec<Line> {
        let Hex { bytes, start, origin, fields } = hex;
        let pieces = pieces(bytes.len(), (*origin, *start), fields);
        let last = start + (bytes.len() as u64).saturating_sub(1);
        let offset = format!("{last:x}").len().max(4);
        // Sixteen a line need 30 more columns for the names.
        let per_line = match self.width.saturating_sub(offset + AROUND) {
            95.. => 16,
            32.. => 8,
            _ => 4,
        };
        let view = View { style: self, bytes, first: *start, pieces, per_line, offset };
        let mut lines = vec![view.rule(["┌", "┬", "┐"])];
        let mut squeezed = 0;
        for start in (0..bytes.len()).step_by(per_line) {
            if view.repeats(start) {
                squeezed += 1;
                continue;
            }
            lines.extend(view.squeezed(std::mem::take(&mut squeezed)));
            lines.push(view.line(start));
        }
        lines.extend(view.squeezed(squeezed));
        lines.push(view.rule(["└", "┴", "┘"]));
        lines
    }
}

/// A field as the bytes show it: the leaves, and where these divide a byte between them, what they are parts of.
struct Piece<'a> {
    start: usize,
    end: usize,
    layer: Layer,
    name: Cow<'a, str>,
    /// Whether it is drawn stronger, to be told from the piece before it, which is of the same layer.
    strong: bool,
}

impl Piece<'_> {
    fn look(&self) -> Look {
        if self.strong { Look::Strong(self.layer) } else { Look::Layer(self.layer) }
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// The pieces of `length` bytes, in order and without overlap.
fn pieces(length: usize, place: (Origin, u64), fields: &[Field]) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    for field in fields {
        collect(field, place, length, &mut found);
    }
    found.sort_by_key(|piece| piece.start);
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(found.len());
    for mut piece in found {
        if let Some(last) = pieces.last_mut() {
            piece.strong = piece.layer == last.layer && !last.strong;
            if piece.start < last.end && piece.end == last.end {
                // Both in one byte.
                last.name.to_mut().push('/');
                last.name.to_mut().push_str(&piece.name);
            }
            // Fields tile a packet, so beyond that this changes nothing; it keeps a wrong one from covering another.
            piece.start = piece.start.max(last.end);
        }
        if piece.start < piece.end {
            pieces.push(piece);
        }
    }
    pieces
}

fn collect<'a>(field: &'a Field, place: (Origin, u64), length: usize, found: &mut Vec<Piece<'a>>) {
    let bits: u64 = field.spans.iter().map(|span| span.bits.end.saturating_sub(span.bits.start)).sum();
    let divides_bytes = |part: &Field| part.spans.iter().any(|span| span.bits.start % 8 != 0 || span.bits.end % 8 != 0);
    // Flags are one piece; a header is not, even if some of its parts divide a byte.
    let whole = field.parts.is_empty() || bits <= 32 && field.parts.iter().any(divides_bytes);
    if !whole {
        for part in &field.parts {
            collect(part, place, length, found);
        }
        return;
    }
    for span in field.spans.iter().filter(|span| span.origin == place.0) {
        let within = |byte: u64| usize::try_from(byte.saturating_sub(place.1)).unwrap_or(usize::MAX).min(length);
        let (start, end) = (within(span.bits.start / 8), within(span.bits.end.div_ceil(8)));
        found.push(Piece { start, end, layer: field.layer, name: Cow::Borrowed(&field.name), strong: false });
    }
}

struct View<'a> {
    style: Style<'a>,
    bytes: &'a [u8],
    /// The position of the first of them in what they're part of.
    first: u64,
    pieces: Vec<Piece<'a>>,
    per_line: usize,
    offset: usize,
}

impl View<'_> {
    fn piece_at(&self, byte: usize) -> Option<&Piece<'_>> {
        let after = self.pieces.partition_point(|piece| piece.start <= byte);
        self.pieces[..after].last().filter(|piece| byte < piece.end)
    }

    /// Whether the line at `start` only repeats the one before it: same bytes, all of them within the same piece.
    fn repeats(&self, start: usize) -> bool {
        let end = start + self.per_line;
        let Some(previous) = start.checked_sub(self.per_line) else { return false };
        end <= self.bytes.len()
            && self.bytes[previous..start] == self.bytes[start..end]
            && self.piece_at(previous).is_some_and(|piece| end <= piece.end)
    }

    fn side(&self) -> Line {
        Line::of(Look::Dim, self.style.glyphs().vertical)
    }

    /// Offset, digits and characters between their sides.
    fn row(&self, offset: &str, hex: Line, ascii: Line) -> Line {
        let offset = Line::of(Look::Dim, format!(" {offset} ")).padded(self.offset + 2);
        let (hex, ascii) = (hex.padded(self.hex_columns()), ascii.padded(self.per_line + 2));
        [offset, hex, ascii].into_iter().fold(self.side(), |line, part| line.and(part).and(self.side()))
    }

    fn squeezed(&self, lines: usize) -> Option<Line> {
        let bytes = numbers::counted((lines * self.per_line) as u64, "byte");
        let note = self.style.cut_line(Line::of(Look::Dim, format!(" {bytes} the same")), self.hex_columns());
        (lines > 0).then(|| self.row("*", note, Line::default()))
    }

    /// Columns between the sides of the hex part.
    fn hex_columns(&self) -> usize {
        self.per_line * 3 + 1 + usize::from(self.per_line > 8)
    }

    fn rule(&self, [left, middle, right]: [&str; 3]) -> Line {
        let [left, middle, right] = if self.style.unicode { [left, middle, right] } else { ["+"; 3] };
        let line = |columns| self.style.glyphs().horizontal.repeat(columns);
        let [offset, hex, ascii] = [self.offset + 2, self.hex_columns(), self.per_line + 2].map(line);
        Line::of(Look::Dim, format!("{left}{offset}{middle}{hex}{middle}{ascii}{right}"))
    }

    fn line(&self, start: usize) -> Line {
        let end = self.bytes.len().min(start + self.per_line);
        let (mut hex, mut ascii) = (Line::spaces(1), Line::spaces(1));
        let dot = if self.style.unicode { "·" } else { "." };
        for at in start..end {
            let (look, byte) = (self.look(at), self.bytes[at]);
            // After a space or, in the middle of a long line, two.
            hex.push(
                look,
                match at % self.per_line {
                    _ if at == start => "",
                    8 => "  ",
                    _ => " ",
                },
            );
            hex.push(look, format!("{byte:02x}"));
            if is_printable(byte) {
                ascii.push(look, char::from(byte).to_string());
            } else {
                ascii.push(Look::Dim, dot);
            }
        }
        let drawn =
            self.row(&format!("{at:0width$x}", at = self.first + start as u64, width = self.offset), hex, ascii);
        let room = self.style.width.saturating_sub(drawn.width() + 1);
        let names = self.names(start..end, room);
        if names.is_empty() { drawn } else { drawn.with(Look::Plain, " ").and(names) }
    }

    fn look(&self, byte: usize) -> Look {
        match self.piece_at(byte) {
            Some(piece) => piece.look(),
            None => Look::Dim,
        }
    }

    /// The names of the pieces that start within `bytes`; those that have no room are counted.
    fn names(&self, bytes: std::ops::Range<usize>, room: usize) -> Line {
        let first = self.pieces.partition_point(|piece| piece.start < bytes.start);
        let last = self.pieces.partition_point(|piece| piece.start < bytes.end);
        let pieces = &self.pieces[first..last];
        let dot = Line::of(Look::Dim, format!(" {} ", self.style.glyphs().dot));
        let mut out = Line::default();
        for (at, piece) in pieces.iter().enumerate() {
            let name = self.style.words(&piece.name).look(piece.look());
            let rest = pieces.len() - at;
            // After this one, there must still be room for the count of those that follow.
            let reserve = if rest > 1 { format!(" +{}", rest - 1).len() } else { 0 };
            let between = if at == 0 { Line::default() } else { dot.clone() };
            let available = room.saturating_sub(out.width() + between.width() + reserve);
            if name.width() > available && (at > 0 || available < 4) {
                let count = format!(" +{rest}");
                return if out.is_empty() { out } else { out.with(Look::Dim, count) };
            }
            out = out.and(between).and(self.style.cut_line(name, available));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fields::tests::example;
    use super::*;
    use crate::render::writer::line::width;

    fn drawn(bytes: &[u8], origin: Origin, fields: &[Field], style: Style) -> Vec<String> {
        style.lines(Hex { bytes: bytes.to_vec(), start: 0, origin, fields: fields.to_vec() })
    }

    fn packet() -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..34).collect();
        bytes.extend_from_slice(b"GET /one HTTP/1.1\r\n");
        bytes.resize(200, 0);
        bytes
    }

    #[test]
    fn a_wide_screen_has_sixteen_bytes_a_line() {
        insta::assert_snapshot!(drawn(&packet(), Origin::Packet(7), &example(), Style::plain(120)).join("\n"), @r"
        ┌──────┬──────────────────────────────────────────────────┬──────────────────┐
        │ 0000 │ 00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f │ ················ │ destination · source · type +2
        │ 0010 │ 10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f │ ················ │
        │ 0020 │ 20 21 47 45 54 20 2f 6f  6e 65 20 48 54 54 50 2f │  !GET /one HTTP/ │ request line
        │ 0030 │ 31 2e 31 0d 0a 00 00 00  00 00 00 00 00 00 00 00 │ 1.1············· │ content
        │ 0040 │ 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 │ ················ │
        │ *    │ 112 bytes the same                               │                  │
        │ 00c0 │ 00 00 00 00 00 00 00 00                          │ ········         │
        └──────┴──────────────────────────────────────────────────┴──────────────────┘
        ");
    }

    #[test]
    fn a_usual_screen_has_eight_and_the_names() {
        let style = Style { unicode: false, ..Style::plain(80) };
        insta::assert_snapshot!(drawn(&packet(), Origin::Packet(7), &example(), style).join("\n"), @r"
        +------+-------------------------+----------+
        | 0000 | 00 01 02 03 04 05 06 07 | ........ | destination - source
        | 0008 | 08 09 0a 0b 0c 0d 0e 0f | ........ | type - version and IHL - rest
        | 0010 | 10 11 12 13 14 15 16 17 | ........ |
        | 0018 | 18 19 1a 1b 1c 1d 1e 1f | ........ |
        | 0020 | 20 21 47 45 54 20 2f 6f |  !GET /o | request line
        | 0028 | 6e 65 20 48 54 54 50 2f | ne HTTP/ |
        | 0030 | 31 2e 31 0d 0a 00 00 00 | 1.1..... | content
        | 0038 | 00 00 00 00 00 00 00 00 | ........ |
        | *    | 136 bytes the same      |          |
        +------+-------------------------+----------+
        ");
    }

    #[test]
    fn neighbours_of_one_layer_can_be_told_apart() {
        let lines = drawn(&packet(), Origin::Packet(7), &example(), Style { colour: true, ..Style::plain(120) });
        assert!(
            lines[1].contains("\x1b[33m00 01 02 03 04 05\x1b[0m \x1b[1m\x1b[33m06 07  08 09 0a 0b\x1b[0m"),
            "{:?}",
            lines[1]
        );
    }

    #[test]
    fn bytes_without_fields_and_fields_without_bytes_do_no_harm() {
        assert_eq!(drawn(&[], Origin::Packet(7), &example(), Style::plain(80)).len(), 2);
        assert_eq!(drawn(&[1, 2], Origin::Packet(1), &[], Style::plain(80)).len(), 3);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(bytes: Vec<u8>, columns in 34_usize..140) {
            for line in drawn(&bytes, Origin::Packet(7), &example(), Style::plain(columns)) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }

        #[test]
        fn every_byte_is_shown_or_counted_as_the_same(bytes in prop::collection::vec(0_u8..2, 0..300)) {
            let shown: usize = drawn(&bytes, Origin::Packet(7), &example(), Style::plain(120)).iter().skip(1).map(|line| {
                let hex = line.split('│').nth(2).unwrap_or("");
                match hex.find(" byte") {
                    Some(end) => hex[..end].trim().replace(' ', "").parse().unwrap(),
                    None => hex.split_whitespace().filter(|byte| byte.len() == 2).count(),
                }
            }).sum();
            prop_assert_eq!(shown, bytes.len());
        }
    }
}
