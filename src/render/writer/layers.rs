//! The layers: two names, and what the bytes say beside them or below.

use super::Line;
use super::Style;
use super::prose::lead;
use crate::render::model::{Layers, Look};

/// Columns of the two names, the space before and after them included.
const OSI: usize = 18;
const TCP_IP: usize = 13;
/// With fewer columns for it, the text goes below the names.
const LEAST_BESIDE: usize = 24;

impl Style<'_> {
    pub(super) fn layers(self, layers: &Layers) -> Vec<Line> {
        let names = OSI + TCP_IP;
        let below = self.width < names + LEAST_BESIDE;
        let indent = if below { 5 } else { names };
        let header = Line::of(Look::Dim, " OSI").padded(OSI).with(Look::Dim, "TCP/IP").padded(names);
        let header = if below { header } else { header.with(Look::Dim, "what the bytes say") };
        let mut lines = vec![self.cut_line(header.trimmed(), self.width)];
        for row in &layers.rows {
            let osi = Line::of(Look::Strong(row.layer), format!(" {} {}", row.layer.number(), row.layer.osi()));
            let start = osi.padded(OSI).with(Look::Dim, row.layer.tcp_ip()).padded(names);
            let start = if below {
                lines.push(self.cut_line(start.trimmed(), self.width));
                Line::spaces(indent)
            } else {
                start
            };
            let (said, room) = (self.naming(&row.text), self.width.saturating_sub(indent));
            let is_about = layers.about.contains(&row.layer);
            let said = if is_about { said.wrapped(room) } else { vec![self.cut_line(said, room)] };
            lines.extend(lead(start, indent, said));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layers::Layer;
    use crate::render::model::layers::LayerRow;
    use crate::render::writer::line::width;

    fn example() -> Vec<LayerRow> {
        vec![
            LayerRow::new(Layer::Application, "GET /two HTTP/1.1 · 200 OK · 3 request headers, 2 response headers"),
            LayerRow::new(Layer::Session, "second exchange on connection 3: reused, no handshake"),
            LayerRow::new(Layer::DataLink, "Ethernet 02:00:00:00:00:01 → 02:00:00:00:00:02"),
        ]
    }

    #[test]
    fn each_layer_has_both_its_names() {
        insta::assert_snapshot!(Style::plain(120).lines(Layers::new(example())).join("\n"), @r"
        OSI              TCP/IP       what the bytes say
        7 Application    Application  GET /two HTTP/1.1 · 200 OK · 3 request headers, 2 response headers
        5 Session        Application  second exchange on connection 3: reused, no handshake
        2 Data link      Link         Ethernet 02:00:00:00:00:01 → 02:00:00:00:00:02
        ");
    }

    #[test]
    fn long_text_stays_in_its_column() {
        insta::assert_snapshot!(Style { unicode: false, ..Style::plain(80) }.lines(Layers::new(example())).join("\n"), @r"
        OSI              TCP/IP       what the bytes say
        7 Application    Application  GET /two HTTP/1.1 - 200 OK - 3 request headers, 2
                                      response headers
        5 Session        Application  second exchange on connection 3: reused, no
                                      handshake
        2 Data link      Link         Ethernet 02:00:00:00:00:01 -> 02:00:00:00:00:02
        ");
    }

    #[test]
    fn a_narrow_screen_has_the_text_below() {
        insta::assert_snapshot!(Style::plain(40).lines(Layers::new(example()[1..].to_vec())).join("\n"), @r"
        OSI              TCP/IP
        5 Session        Application
            second exchange on connection 3:
            reused, no handshake
        2 Data link      Link
            Ethernet 02:00:00:00:00:01 →
            02:00:00:00:00:02
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, columns in 8_usize..130) {
            let rows = Layer::TOP_DOWN.map(|layer| LayerRow::new(layer, said.clone()));
            prop_assert!(Style::plain(columns).lines(Layers::new(rows.to_vec())).iter().all(|line| width(line) <= columns));
        }
    }
}
