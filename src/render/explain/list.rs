//! What can be asked: all kinds with examples, all things of one kind, the seven layers.

use super::card::layer;
use crate::explain::{Entry, Kind};
use crate::layers::Layer;
use crate::render::numbers;
use crate::render::style::{Look, Style};
use crate::render::text;

/// What can be asked besides the names of things: what to type after `wire101 explain`, and what it does.
const TOOLS: [(&str, &str); 5] = [
    ("frame 81 05 48 65 6c 6c 6f", "WebSocket frames, bit by bit"),
    ("accept dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Accept, derived from a key"),
    ("\"Cookie: id=7; theme=dark\"", "a line of HTTP, taken apart"),
    ("masking", "what a lesson is about, and how to run it"),
    ("layers", "OSI's seven layers, TCP/IP's beside them"),
];

/// Draws all kinds, and the other things that can be asked.
#[must_use]
pub fn kinds(style: Style) -> Vec<String> {
    let mut lines = vec![style.bold("wire101 explain WHAT"), String::new()];
    let names = Kind::ALL.map(Kind::plural).map(text::width).into_iter().max().unwrap_or_default();
    for kind in Kind::ALL {
        let count = kind.entries().iter().filter(|entry| entry.is_assigned()).count() as u64;
        let name = text::pad(&style.paint(look(kind), kind.plural()), names);
        let count = text::pad_left(&numbers::count(count), 4);
        let room = style.width.saturating_sub(names + 10);
        let examples = style.cut(&style.text(kind.examples()), room);
        lines.push(format!("  {name}  {}  {examples}", style.dim(&count)));
    }
    lines.push(String::new());
    let widest = TOOLS.iter().map(|(command, _)| text::width(command)).max().unwrap_or_default();
    for (command, what) in TOOLS {
        if style.width < 4 + widest + 20 {
            lines.extend(indented(command, Look::Bold, 2, style));
            lines.extend(indented(what, Look::Dim, 4, style));
        } else {
            let what = style.cut(&style.text(what), style.width - 4 - widest);
            lines.push(format!("  {}  {}", text::pad(&style.bold(command), widest), style.dim(&what)));
        }
    }
    lines.push(String::new());
    let note = "Type a name or number, with its kind before it where several have it: close 1000, tcp syn.";
    lines.extend(text::wrap(&style.text(note), style.width).iter().map(|line| style.dim(line)));
    lines
}

fn look(kind: Kind) -> Look {
    kind.entries().first().map_or(Look::Plain, |entry| Look::Strong(layer(entry)))
}

/// Draws the names of some entries in columns, and how to ask for one.
#[must_use]
pub fn names(title: &str, entries: &[&Entry], style: Style) -> Vec<String> {
    let mut lines = vec![style.bold(&style.cut(&style.text(title), style.width)), String::new()];
    let labels: Vec<String> = entries.iter().map(|entry| style.text(&title_of(entry))).collect();
    let widest = labels.iter().map(|label| text::width(label)).max().unwrap_or_default();
    let columns = ((style.width + 1) / (widest + 3)).clamp(1, 4);
    let height = labels.len().div_ceil(columns).max(1);
    for row in 0..height {
        let mut line = String::new();
        for (entry, label) in entries.iter().zip(&labels).skip(row).step_by(height) {
            let cell = style.cut(label, style.width.saturating_sub(2).min(widest));
            let look = if entry.is_assigned() { Look::Layer(layer(entry)) } else { Look::Dim };
            line += "  ";
            line += &text::pad(&style.paint(look, &cell), widest + 1);
        }
        lines.push(line.trim_end().to_owned());
    }
    if let Some(first) = entries.iter().find(|entry| entry.is_assigned()) {
        lines.push(String::new());
        let hint = style.cut(&format!("  wire101 explain {}", first.asked()), style.width);
        lines.push(style.dim(&hint));
    }
    lines
}

fn title_of(entry: &Entry) -> String {
    match (entry.kind, entry.detail("Stands for")) {
        (Kind::Server, _) => entry.key.to_owned(),
        (_, Some(full_name)) => format!("{} {full_name}", entry.name),
        _ => entry.title(),
    }
}

/// Draws the seven layers from the top down, with TCP/IP's beside them.
#[must_use]
pub fn layers(style: Style) -> Vec<String> {
    const WIDE: usize = 110;
    const COLUMNS: [usize; 3] = [17, 14, 16];
    let [osi, tcp_ip, unit] = COLUMNS;
    let head = format!("{}{}{}", text::pad("OSI", osi), text::pad("TCP/IP", tcp_ip), text::pad("unit", unit));
    let mut lines = vec![style.dim(&style.cut(head.trim_end(), style.width))];
    for entry in Kind::Layer.entries().iter().rev() {
        let detail = |label, width| text::pad(entry.detail(label).unwrap_or_default(), width);
        let row = format!("{}{}", detail("TCP/IP", tcp_ip), detail("Unit", unit));
        let name = text::pad(&style.paint(Look::Strong(layer(entry)), &entry.title()), osi);
        let prose = style.text(entry.meaning);
        if style.width >= WIDE {
            let before = osi + tcp_ip + unit;
            for (at, line) in text::wrap(&prose, style.width - before).iter().enumerate() {
                let start = if at == 0 { format!("{name}{row}") } else { " ".repeat(before) };
                lines.push(format!("{start}{}", style.dim(line)));
            }
        } else {
            let room = style.width.saturating_sub(osi);
            lines.push(format!("{name}{}", style.cut(row.trim_end(), room)));
            lines.extend(indented(&prose, Look::Dim, 2, style));
        }
    }
    lines.push(String::new());
    let note = "On its way down, each layer puts its header around what the one above hands it (encapsulation); on the way \
        up, each takes its own off. OSI's model is of the early 1980s; the internet was built on TCP/IP, but the seven \
        numbers are what people still say.";
    lines.extend(text::wrap(&style.text(note), style.width.min(96)));
    lines.push(String::new());
    for command in ["wire101 explain layer 4", "wire101 inspect FILE --layers"] {
        lines.extend(indented(command, Look::Bold, 2, style));
    }
    lines
}

fn indented(said: &str, look: Look, indent: usize, style: Style) -> Vec<String> {
    let lines = text::wrap(&style.text(said), style.width.saturating_sub(indent));
    lines.into_iter().map(|line| format!("{}{}", " ".repeat(indent), style.paint(look, &line))).collect()
}

/// The layer of all that HTTP and WebSocket say.
pub(super) const APPLICATION: Look = Look::Strong(Layer::Application);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_asked_on_a_usual_screen() {
        insta::assert_snapshot!(kinds(Style::plain(80)).join("\n"));
    }

    #[test]
    fn the_layers_on_a_usual_and_on_a_wide_screen() {
        insta::assert_snapshot!(layers(Style::plain(80)).join("\n"));
        insta::assert_snapshot!(layers(Style::plain(120)).join("\n"));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in 40..130 {
            let style = Style::plain(width);
            let mut lines = [kinds(style), layers(style)].concat();
            for kind in Kind::ALL {
                lines.extend(names(kind.plural(), &kind.entries().iter().collect::<Vec<_>>(), style));
            }
            for line in lines {
                assert!(text::width(&line) <= width, "{width}: {line}");
            }
        }
    }
}
