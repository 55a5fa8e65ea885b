//! What a capture is, in a few lines, each with its label.

use super::super::frame::opcode_name;
use super::super::model::prose::Place;
use super::super::model::{Form, Heading, List, Page, Text};
use super::super::numbers;
use super::{About, Census};
use crate::capture::{Interface, LinkType, Timestamp};
use crate::inspect::record::Summary;
use crate::layers::stack::link_type_name;

/// How many interfaces are named.
const INTERFACES: usize = 4;

pub(super) fn page(about: About<'_>, summary: &Summary, census: &Census) -> Page {
    let mut facts = List::new(Form::Facts);
    let size = numbers::counted(summary.bytes, "byte");
    let mut packets = vec![numbers::count(summary.packets), size, about.format.to_owned()];
    packets.extend(about.rest.remarks());
    facts.add("Packets", packets.join(" · "));
    if let (Some(first), Some(last)) = (summary.first_time, summary.last_time) {
        facts.add("Time", span(first, last));
    }
    if !about.interfaces.is_empty() {
        facts.add("Captured", interfaces(about.interfaces));
    }
    if summary.tcp_connections > 0 {
        facts.add("TCP", connections(summary, census));
    }
    if !summary.other_packets.is_empty() {
        let of_each = summary.other_packets.iter().map(|(name, count)| (name.as_str(), *count));
        facts.add("Not TCP", list(most_first(of_each)));
    }
    if summary.http_requests + summary.http_responses + summary.http_interim > 0 {
        facts.add("HTTP", http(summary));
    }
    if summary.websocket_frames > 0 {
        let opcodes = summary.websocket_opcodes.iter().map(|(opcode, count)| (opcode_name(*opcode), *count));
        let frames = numbers::counted(summary.websocket_frames, "frame");
        let messages = numbers::counted(summary.websocket_messages, "message");
        facts.add("WebSocket", format!("{frames}: {} · {messages}", list(opcodes)));
    }
    let mut page = Page::default();
    page.space();
    page.add(facts);
    page
}

/// What it is called.
pub(super) fn title(about: About<'_>) -> Page {
    let source = if about.source == "-" { "standard input" } else { about.source };
    Page::from(Heading::new(Text::words(source.to_owned()).bold(), "", Place::After))
}

/// The start and end, and the time between; the date only once if it's the same.
fn span(first: Timestamp, last: Timestamp) -> String {
    let (from, until) = (numbers::time(first), numbers::time(last));
    if first == last {
        return from;
    }
    let from = from.trim_end_matches(" UTC");
    let same_day = from.get(..11) == until.get(..11);
    let until = if same_day { until.get(11..).unwrap_or(&until) } else { &until };
    let lasted = if last < first {
        "the last packet is older than the first".to_owned()
    } else {
        numbers::duration(last.since(first))
    };
    format!("{from} – {until} · {lasted}")
}

fn interfaces(interfaces: &[Interface]) -> String {
    let mut found: Vec<(String, u64)> = Vec::new();
    for interface in interfaces {
        let link = link_name(interface.link);
        let text = match &interface.name {
            Some(name) => format!("on {name} ({link})"),
            None => link,
        };
        if let Some((_, count)) = found.iter_mut().find(|(known, _)| *known == text) {
            *count += 1;
        } else if found.len() < INTERFACES {
            found.push((text, 1));
        }
    }
    let named: u64 = found.iter().map(|(_, count)| count).sum();
    let left_out = (interfaces.len() as u64).saturating_sub(named);
    let mut parts: Vec<String> = found
        .into_iter()
        .map(|(text, count)| if count == 1 { text } else { format!("{text}, {} interfaces", numbers::count(count)) })
        .collect();
    if left_out > 0 {
        parts.push(numbers::counted(left_out, "more interface"));
    }
    parts.join(" · ")
}

/// A link type as people call it.
pub(super) fn link_name(link: LinkType) -> String {
    match link {
        LinkType::ETHERNET => "Ethernet".into(),
        LinkType::LINUX_SLL | LinkType::LINUX_SLL2 => "Linux cooked capture".into(),
        LinkType::NULL | LinkType::LOOP => "loopback".into(),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => "raw IP".into(),
        LinkType::PPP => "PPP".into(),
        _ => match link_type_name(link.0) {
            Some(name) => format!("{name}, link type {}", link.0),
            None => format!("link type {}", link.0),
        },
    }
}

fn connections(summary: &Summary, census: &Census) -> String {
    let connections = numbers::counted(summary.tcp_connections, "connection");
    let speak = census.protocols.iter().map(|(name, count)| (protocol_name(name), *count));
    let forgotten = match summary.evicted {
        0 => String::new(),
        many => format!(" · {} forgotten to save memory", numbers::count(many)),
    };
    format!("{connections}: {}{forgotten}", list(most_first(speak)))
}

fn protocol_name(name: &'static str) -> &'static str {
    match name {
        "http/1" => "HTTP/1",
        "websocket" => "WebSocket",
        "tls" => "TLS (encrypted)",
        "http/2" => "HTTP/2",
        "none" => "without payload",
        _ => "something else",
    }
}

fn http(summary: &Summary) -> String {
    let mut parts =
        vec![numbers::counted(summary.http_requests, "request"), numbers::counted(summary.http_responses, "response")];
    if summary.http_interim > 0 {
        parts.push(numbers::counted(summary.http_interim, "interim response"));
    }
    let others = summary.upgrades.saturating_sub(summary.websocket_upgrades);
    if summary.websocket_upgrades > 0 {
        parts.push(format!("{} to WebSocket", numbers::counted(summary.websocket_upgrades, "upgrade")));
    }
    if others > 0 {
        parts.push(format!("{} to another protocol", numbers::counted(others, "upgrade")));
    }
    parts.join(" · ")
}

fn most_first<N>(counts: impl Iterator<Item = (N, u64)>) -> impl Iterator<Item = (N, u64)> {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter()
}

/// "12 UDP, 3 ARP".
pub(super) fn list(counts: impl Iterator<Item = (impl AsRef<str>, u64)>) -> String {
    let counts: Vec<_> = counts.map(|(name, count)| format!("{} {}", numbers::count(count), name.as_ref())).collect();
    counts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(name: Option<&str>, link: u16) -> Interface {
        Interface {
            name: name.map(str::to_owned),
            link: LinkType(link),
            snap_length: 0,
            fcs_length: None,
            comment: None,
        }
    }

    #[test]
    fn interfaces_are_named_and_those_alike_counted() {
        let eth0 = interface(Some("eth0"), 1);
        assert_eq!(interfaces(std::slice::from_ref(&eth0)), "on eth0 (Ethernet)");
        let unnamed = [interface(None, 1), interface(None, 113), interface(None, 1)];
        assert_eq!(interfaces(&unnamed), "Ethernet, 2 interfaces · Linux cooked capture");
        let many: Vec<Interface> = (0..9).map(|link| interface(Some("any"), 200 + link)).collect();
        assert!(interfaces(&many).ends_with(" · 5 more interfaces"));
    }

    #[test]
    fn a_span_of_time_names_the_day_once_if_it_is_one() {
        let day = 86_400_000_000_000;
        let start = Timestamp(1_700_000_000_000_000_000);
        let until = |later| span(start, Timestamp(start.0 + later));
        assert_eq!(until(0), "2023-11-14 22:13:20.000000 UTC");
        assert_eq!(until(1_500_000), "2023-11-14 22:13:20.000000 – 22:13:20.001500 UTC · 1.5 ms");
        assert_eq!(until(day), "2023-11-14 22:13:20.000000 – 2023-11-15 22:13:20.000000 UTC · 24 h 0 min");
        assert!(span(start, Timestamp(0)).ends_with("the last packet is older than the first"));
    }
}
