//! Fields as a tree: name, value, what it means here, where it lies, and the clause that defines it.
//!
//! A wide screen has a column for each; a narrow one has the meaning below. Offsets count within the displayed bytes. A
//! part of a byte is given by its bits, counted as in the drawings of specifications: bit 0 is the most significant.
//! The number before a name is that of its OSI layer; its parts are in the same layer unless they say otherwise.

use super::Line;
use super::Style;
use super::line::width;
use super::prose::STEP;
use crate::layers::{Field, Layer, Origin, Span};
use crate::render::model::Look;

/// From this width on there is a column for the meaning.
const WIDE: usize = 110;
/// How many lines a value may take before it is cut.
const VALUE_LINES: usize = 3;
/// Parts nested deeper than this are drawn as if they were not.
const DEEPEST: usize = 6;

impl Style<'_> {
    pub(super) fn fields(self, fields: &[Field]) -> Vec<Line> {
        let origin = fields.iter().flat_map(|field| &field.spans).map(|span| span.origin).next();
        let mut rows = Vec::new();
        for field in fields {
            flatten(field, origin, self, &mut Path::default(), &mut rows);
        }
        let room = self.width;
        let widest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let place = widest(&|row| width(&row.place)).min(room / 5);
        let clause = widest(&|row| row.clause.width()).min(room / 5);
        let name = widest(&|row| row.indent() + row.name.width()).min(room * 3 / 10);
        let rest = room.saturating_sub(name + place + clause + 6);
        let columns = if room >= WIDE {
            let value = widest(&|row| row.value.width()).min(rest * 9 / 20);
            Columns { name, value, meaning: Some(rest.saturating_sub(value + 2)), place, clause }
        } else {
            Columns { name, value: rest, meaning: None, place, clause }
        };
        rows.into_iter().flat_map(|row| row.lines(columns, self)).collect()
    }
}

#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    value: usize,
    /// `None` where the meaning stands below.
    meaning: Option<usize>,
    place: usize,
    clause: usize,
}

/// The way from a top field down: for each part on it, whether it is its parent's last.
#[derive(Default)]
struct Path {
    lasts: Vec<bool>,
    layer: Option<Layer>,
    clause: String,
}

struct Row {
    guide: String,
    /// The guide of the row's further lines.
    below: String,
    name: Line,
    value: Line,
    meaning: Line,
    place: String,
    clause: Line,
}

fn flatten(field: &Field, origin: Option<Origin>, style: Style, path: &mut Path, rows: &mut Vec<Row>) {
    let glyphs = style.glyphs();
    let trunk = |last: &bool| if *last { "  " } else { glyphs.trunk };
    let lasts = &path.lasts[..path.lasts.len().min(DEEPEST)];
    let (guide, mut below) = match lasts.split_last() {
        None => (String::new(), String::new()),
        Some((last, before)) => {
            let before: String = before.iter().map(trunk).collect();
            let branch = if *last { glyphs.last_branch } else { glyphs.branch };
            (format!("{before}{branch}"), before + trunk(last))
        }
    };
    if !field.parts.is_empty() {
        below.push_str(glyphs.trunk);
    }
    let number = if path.layer == Some(field.layer) { String::new() } else { format!("{} ", field.layer.number()) };
    let look = if path.lasts.is_empty() { Look::Strong(field.layer) } else { Look::Layer(field.layer) };
    rows.push(Row {
        guide,
        below,
        name: Line::of(look, number).and(style.words(&field.name).look(look)),
        value: style.words(beginning(&field.value, style.width * VALUE_LINES)),
        meaning: style.naming(&field.meaning).look(Look::Dim),
        place: place(&field.spans, origin, style),
        // Parts are defined where the whole is, unless they say otherwise.
        clause: if field.clause == path.clause { Line::default() } else { style.words(&field.clause).look(Look::Dim) },
    });
    let outer = std::mem::replace(&mut path.clause, field.clause.to_string());
    let outer_layer = path.layer.replace(field.layer);
    for (at, part) in field.parts.iter().enumerate() {
        path.lasts.push(at + 1 == field.parts.len());
        flatten(part, origin, style, path, rows);
        path.lasts.pop();
    }
    path.clause = outer;
    path.layer = outer_layer;
}

/// As much of a value as can be drawn in `columns`, and a little more, so that you can see a cut.
fn beginning(value: &str, columns: usize) -> &str {
    &value[..value.floor_char_boundary(columns * 4 + 4)]
}

/// Where a field lies: "0x36–0x39", "0x46.4–7" for bits of a byte, "#9 0x42–0x60" where that is another packet, "+1" for
/// further places.
fn place(spans: &[Span], origin: Option<Origin>, style: Style) -> String {
    let Some(span) = spans.first() else { return String::new() };
    let range = style.glyphs().range;
    let (first, last) = (span.bits.start, span.bits.end.saturating_sub(1).max(span.bits.start));
    let (start, end) = (first / 8, last / 8);
    // Bits are told only where they do not fill their bytes.
    let whole = first % 8 == 0 && last % 8 == 7;
    let bit = |at: u64| if whole { String::new() } else { format!(".{}", at % 8) };
    let other = span.origin.packet().filter(|_| Some(span.origin) != origin);
    let packet = other.map(|number| match style.names {
        Some(_) => format!("{} ", style.packet(number)),
        None => format!("#{number} "),
    });
    let packet = packet.unwrap_or_default();
    let until = match (start == end, whole || first == last) {
        (true, true) => String::new(),
        (true, false) => format!("{range}{}", last % 8),
        (false, _) => format!("{range}0x{end:02x}{}", bit(last)),
    };
    let more = if spans.len() > 1 { format!(" +{}", spans.len() - 1) } else { String::new() };
    format!("{packet}0x{start:02x}{}{until}{more}", bit(first))
}

impl Row {
    fn indent(&self) -> usize {
        width(&self.guide).max(width(&self.below))
    }

    fn lines(self, columns: Columns, style: Style) -> Vec<Line> {
        let indent = self.indent();
        let names = self.name.wrapped(columns.name.saturating_sub(indent));
        let values = cut_lines(self.value.wrapped(columns.value), columns.value, style);
        let has_meaning = !self.meaning.is_empty();
        let (beside, below) = match columns.meaning {
            _ if !has_meaning => (Vec::new(), Vec::new()),
            Some(room) => (self.meaning.wrapped(room), Vec::new()),
            None => (Vec::new(), self.meaning.wrapped(style.width.saturating_sub(width(&self.below) + STEP))),
        };
        let place = style.cut_line(Line::of(Look::Dim, &self.place), columns.place).padded(columns.place);
        let mut right = Some(place.and(Line::spaces(STEP)).and(style.cut_line(self.clause, columns.clause)));
        let height = names.len().max(values.len()).max(beside.len());
        let line_of = |lines: &[Line], at: usize| lines.get(at).cloned().unwrap_or_default();
        let mut lines = Vec::with_capacity(height + below.len());
        for at in 0..height {
            let guide = Line::of(Look::Dim, if at == 0 { &self.guide } else { &self.below });
            let line = guide.and(line_of(&names, at)).padded(columns.name + STEP);
            let mut line = line.and(line_of(&values, at).padded(columns.value));
            if let Some(room) = columns.meaning {
                line = line.and(Line::spaces(STEP)).and(line_of(&beside, at).padded(room));
            }
            let right = right.take().unwrap_or_default();
            lines.push(line.and(Line::spaces(STEP)).and(right).trimmed());
        }
        lines.extend(below.into_iter().map(|line| Line::of(Look::Dim, &self.below).and(Line::spaces(STEP)).and(line)));
        lines
    }
}

fn cut_lines(mut lines: Vec<Line>, columns: usize, style: Style) -> Vec<Line> {
    if lines.len() > VALUE_LINES {
        lines.truncate(VALUE_LINES);
        if let Some(last) = lines.last_mut() {
            let more = std::mem::take(last).padded(columns).with(Look::Plain, style.glyphs().more);
            *last = style.cut_line(more, columns);
        }
    }
    lines
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layers::{Place, Run};

    fn leaf(layer: Layer, name: &'static str, value: &str, meaning: &'static str, bits: std::ops::Range<u64>) -> Field {
        let clause = if layer == Layer::DataLink { "IEEE 802.3 §3.2" } else { "RFC 791 §3.1" };
        Field::new(layer, name, value, meaning, Place::in_packet(7, 0, 500).bits(bits), clause)
    }

    /// A packet whose parts divide bytes, and whose payload is long.
    pub(in super::super) fn example() -> Vec<Field> {
        use Layer::{Application, DataLink, Network};
        vec![
            leaf(DataLink, "Ethernet II", "", "", 0..112).with_parts(vec![
                leaf(DataLink, "destination", "02:00:00:00:00:02", "the card it is for", 0..48),
                leaf(DataLink, "source", "02:00:00:00:00:01", "the card that sent it", 48..96),
                leaf(DataLink, "type", "0x0800", "IPv4 follows", 96..112),
            ]),
            leaf(Network, "IPv4", "", "carries the packet from host to host", 112..272).with_parts(vec![
                leaf(Network, "version and IHL", "", "", 112..120).with_parts(vec![
                    leaf(Network, "Version", "4", "the fourth version of the protocol", 112..116),
                    leaf(
                        Network,
                        "IHL",
                        "5",
                        "the header has 5 words of 32 bits: 20 bytes, so it has no options at all",
                        116..120,
                    ),
                ]),
                leaf(Network, "rest", "…", "", 120..272),
            ]),
            Field::new(
                Application,
                "request line",
                "GET /one HTTP/1.1\\r\\n and a value that goes on, and on, for longer than any line has room for, \u{202e} it does, and for longer than three of them, too, as it is very long indeed, and never comes to an end",
                "what the client wants",
                Place::of_runs(vec![
                    Run { origin: Origin::Packet(7), offset: 34, length: 19 },
                    Run { origin: Origin::Packet(9), offset: 34, length: 19 },
                ])
                .bytes(0..38),
                "RFC 9112 §3",
            ),
            Field::new(Application, "content", "zeros", "", Place::in_packet(7, 53, 400).bytes(0..400), "RFC 9112 §6"),
        ]
    }

    #[test]
    fn a_wide_screen_has_a_column_for_the_meaning() {
        insta::assert_snapshot!(Style::plain(120).lines(example()).join("\n"), @r"
        2 Ethernet II                                                                              0x00–0x0d     IEEE 802.3 §3.2
        ├ destination        02:00:00:00:00:02               the card it is for                    0x00–0x05
        ├ source             02:00:00:00:00:01               the card that sent it                 0x06–0x0b
        └ type               0x0800                          IPv4 follows                          0x0c–0x0d
        3 IPv4                                               carries the packet from host to host  0x0e–0x21     RFC 791 §3.1
        ├ version and IHL                                                                          0x0e
        │ ├ Version          4                               the fourth version of the protocol    0x0e.0–3
        │ └ IHL              5                               the header has 5 words of 32 bits:    0x0e.4–7
        │                                                    20 bytes, so it has no options at
        │                                                    all
        └ rest               …                                                                     0x0f–0x21
        7 request line       GET /one HTTP/1.1\\r\\n and a   what the client wants                 0x22–0x34 +1  RFC 9112 §3
                             value that goes on, and on,
                             for longer than any line has …
        7 content            zeros                                                                 0x35–0x1c4    RFC 9112 §6
        ");
    }

    #[test]
    fn a_usual_screen_has_the_meaning_below() {
        insta::assert_snapshot!(Style::plain(80).lines(example()).join("\n"), @r"
        2 Ethernet II                                      0x00–0x0d     IEEE 802.3 §3.2
        ├ destination        02:00:00:00:00:02             0x00–0x05
        │   the card it is for
        ├ source             02:00:00:00:00:01             0x06–0x0b
        │   the card that sent it
        └ type               0x0800                        0x0c–0x0d
            IPv4 follows
        3 IPv4                                             0x0e–0x21     RFC 791 §3.1
        │   carries the packet from host to host
        ├ version and IHL                                  0x0e
        │ ├ Version          4                             0x0e.0–3
        │ │   the fourth version of the protocol
        │ └ IHL              5                             0x0e.4–7
        │     the header has 5 words of 32 bits: 20 bytes, so it has no options at all
        └ rest               …                             0x0f–0x21
        7 request line       GET /one HTTP/1.1\\r\\n and   0x22–0x34 +1  RFC 9112 §3
                             a value that goes on, and
                             on, for longer than any lin…
          what the client wants
        7 content            zeros                         0x35–0x1c4    RFC 9112 §6
        ");
    }

    #[test]
    fn it_can_be_drawn_in_ascii() {
        let drawn = Style { unicode: false, ..Style::plain(80) }.lines(example());
        assert!(drawn.iter().all(|line| line.is_ascii()));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(name: String, value: String, meaning: String, clause: String, columns in 40_usize..140) {
            let field = |parts| Field::new(
                Layer::Session, name.clone(), value.clone(), meaning.clone(),
                Place::in_packet(u64::MAX, 9_999_999, 99).bits(3..77), clause.clone(),
            ).with_parts(parts);
            let mut deep = field(Vec::new());
            for _ in 0..12 {
                deep = field(vec![deep.clone(), field(Vec::new())]);
            }
            for line in Style::plain(columns).lines(vec![deep]) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
