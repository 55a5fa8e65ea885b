//! One thing seen through all the layers: OSI's name, the TCP/IP model's name, and what the bytes say.

use super::style::{Look, Style};
use super::text;
use crate::layers::Layer;

/// Columns of the two names, the space before and after them included.
const OSI: usize = 17;
const TCP_IP: usize = 13;

/// What the bytes say on one layer.
#[derive(Clone, Debug)]
pub struct LayerRow {
    /// The layer.
    pub layer: Layer,
    /// What they say there: one line, of any length.
    pub text: String,
}

impl LayerRow {
    /// A row.
    #[must_use]
    pub fn new(layer: Layer, text: impl Into<String>) -> Self {
        Self { layer, text: text.into() }
    }
}

/// Draws the rows, in the order given, under a header.
#[must_use]
pub fn layers(rows: &[LayerRow], style: Style) -> Vec<String> {
    layers_about(rows, &Layer::TOP_DOWN, style)
}

/// The same, with one line for each layer that it is not `about`.
#[must_use]
pub fn layers_about(rows: &[LayerRow], about: &[Layer], style: Style) -> Vec<String> {
    let names = 1 + OSI + TCP_IP;
    // With less than 24 columns for it, the text goes below the names.
    let below = style.width < names + 24;
    let indent = if below { 5 } else { names };
    let mut header = text::pad(" OSI", 1 + OSI) + &text::pad("TCP/IP", TCP_IP);
    if !below {
        header.push_str("what the bytes say");
    }
    let mut lines = vec![style.dim(&style.cut(header.trim_end(), style.width))];
    for row in rows {
        let osi = format!(" {} {}", row.layer.number(), row.layer.osi());
        let osi = text::pad(&osi, 1 + OSI);
        let tcp_ip = text::pad(row.layer.tcp_ip(), TCP_IP);
        let (osi, tcp_ip) = (style.cut(&osi, style.width), style.cut(&tcp_ip, style.width.saturating_sub(1 + OSI)));
        // Nothing stands behind the names if the text is below them.
        let tcp_ip = if below { tcp_ip.trim_end() } else { &tcp_ip };
        let mut start = style.paint(Look::Strong(row.layer), &osi) + &style.dim(tcp_ip);
        if below {
            lines.push(std::mem::replace(&mut start, " ".repeat(indent)));
        }
        let (said, room) = (style.text(&row.text), style.width.saturating_sub(indent));
        let text = if about.contains(&row.layer) { text::wrap(&said, room) } else { vec![style.cut(&said, room)] };
        for line in text {
            lines.push(std::mem::replace(&mut start, " ".repeat(indent)) + &line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> Vec<LayerRow> {
        vec![
            LayerRow::new(Layer::Application, "GET /two HTTP/1.1 · 200 OK · 3 request headers, 2 response headers"),
            LayerRow::new(Layer::Session, "second exchange on connection 3: reused, no handshake"),
            LayerRow::new(Layer::DataLink, "Ethernet 02:00:00:00:00:01 → 02:00:00:00:00:02"),
        ]
    }

    #[test]
    fn each_layer_has_both_its_names() {
        insta::assert_snapshot!(layers(&example(), Style::plain(120)).join("\n"), @r"
        OSI              TCP/IP       what the bytes say
        7 Application    Application  GET /two HTTP/1.1 · 200 OK · 3 request headers, 2 response headers
        5 Session        Application  second exchange on connection 3: reused, no handshake
        2 Data link      Link         Ethernet 02:00:00:00:00:01 → 02:00:00:00:00:02
        ");
    }

    #[test]
    fn long_text_stays_in_its_column() {
        insta::assert_snapshot!(layers(&example(), Style { unicode: false, ..Style::plain(80) }).join("\n"), @r"
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
        insta::assert_snapshot!(layers(&example()[1..], Style::plain(40)).join("\n"), @r"
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
        fn no_line_is_wider_than_asked(said: String, width in 8_usize..130) {
            let rows = Layer::TOP_DOWN.map(|layer| LayerRow::new(layer, said.clone()));
            prop_assert!(layers(&rows, Style::plain(width)).iter().all(|line| text::width(line) <= width));
        }
    }
}
