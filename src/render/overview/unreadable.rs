//! Why there is nothing to read in a capture, or only half of it, and what to do about it.

use super::super::model::{Page, Prose};
use super::super::numbers;
use super::super::rest::Rest;
use super::facts::{link_name, list};
use super::{About, Census};
use crate::capture::{CaptureError, LinkType};
use crate::inspect::record::Summary;

/// What's in the way, and how to get around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    title: &'static str,
    why: String,
    next: &'static str,
}

impl Unreadable {
    fn new(title: &'static str, why: impl Into<String>, next: &'static str) -> Self {
        Self { title, why: why.into(), next }
    }

    pub(super) fn page(&self) -> Page {
        let mut page = Page::default();
        page.heading(self.title, "");
        page.add(Prose::new(self.why.clone()).under(1).readable());
        page.add(Prose::new(self.next).under(1).readable());
        page
    }
}

const NOTHING: &str = "No HTTP/1 and no WebSocket to read here";
const CAPTURE_PLAIN: &str = "Capture where it is still plain: on the machine itself before TLS is added, between a proxy that ends TLS and the server behind it, or on localhost during development.";
const CAPTURE_AGAIN: &str =
    "Capture again while the client talks to the server, for instance: tcpdump -i any -w chat.pcap tcp port 8080";

const COPY_AGAIN: &str = "If it's still being written, wait, or have it written packet by packet (tcpdump -U). If it was copied, compare the sizes and copy it again. Otherwise capture again, and end the capture with Ctrl-C, not with kill -9.";
const COPY_AS_BINARY: &str = "If it was copied, copy it again as binary: a transfer as text changes bytes. Otherwise capture again, on another disk.";

/// Looks for a reason; `None` where all is well.
pub(super) fn why(about: About<'_>, summary: &Summary, census: &Census) -> Option<Unreadable> {
    let mut found = reason(about, summary, census)?;
    // What can't be read any more may have been what's missed.
    if summary.packets > 0 {
        for sentence in about.rest.sentences() {
            found.why.push(' ');
            found.why.push_str(&sentence);
        }
    }
    Some(found)
}

fn reason(about: About<'_>, summary: &Summary, census: &Census) -> Option<Unreadable> {
    if summary.http_requests + summary.http_responses + summary.http_interim + summary.websocket_frames > 0 {
        return half(census);
    }
    if summary.packets == 0 {
        return Some(match about.rest {
            Rest(None) => {
                let why = "The capture has no packet. It was stopped before one came, or its filter let none through.";
                Unreadable::new("No packets", why, CAPTURE_AGAIN)
            }
            Rest(Some(CaptureError::Parts(_))) => {
                Unreadable::new("No packets", about.rest.sentences().join(" "), CAPTURE_AGAIN)
            }
            Rest(Some(error)) if error.ends_early() => {
                let end = error.end().map_or_else(String::new, |end| format!(" (byte {})", numbers::count(end)));
                let why = format!("The file was cut short: it ends{end} before its first packet does.");
                Unreadable::new("No whole packet", why, COPY_AGAIN)
            }
            Rest(Some(_)) => {
                let why = "The file is damaged before its first packet ends: its bytes make no sense there.";
                Unreadable::new("No packet that can be read", why, COPY_AS_BINARY)
            }
        });
    }
    if summary.tcp_connections == 0 {
        return Some(no_tcp(summary));
    }
    let of = |name: &str| census.protocols.get(name).copied().unwrap_or(0);
    let (tls, http2, unknown) = (of("tls"), of("http/2"), of("unknown"));
    Some(if tls >= http2.max(unknown) && tls > 0 {
        let why = format!(
            "{} encrypted with TLS: you can see who talks to whom, but not what they say.",
            is_or_are(tls, "connection")
        );
        Unreadable::new(NOTHING, why, CAPTURE_PLAIN)
    } else if http2 >= unknown && http2 > 0 {
        let why = format!(
            "{} in HTTP/2, which packs its messages into binary frames. It is recognised, but not decoded yet.",
            is_or_are(http2, "connection")
        );
        let next = "Have the client speak HTTP/1.1 instead, for instance: curl --http1.1 URL";
        Unreadable::new(NOTHING, why, next)
    } else if unknown > 0 {
        let why = "The connections begin neither with a request or status line of HTTP/1 nor with any other protocol that wire101 knows.";
        let next = "If a WebSocket was open before the capture began, --decode-as PORT=websocket reads it, with the server's port. Better, capture again from its first request on: the handshake says how to read the rest.";
        Unreadable::new(NOTHING, why, next)
    } else {
        let why = "The connections carry no payload: they were opened, refused or kept alive, but nothing was said.";
        Unreadable::new(NOTHING, why, CAPTURE_AGAIN)
    })
}

/// There is something to read, but one side of it is missing.
fn half(census: &Census) -> Option<Unreadable> {
    let [from_clients, from_servers] = census.segments;
    let next = "Capture on the client or the server itself, and let the filter pass both directions: \"port 80\", not \"dst port 80\".";
    match (from_clients, from_servers) {
        (1.., 0) => {
            let why = "All packets are from clients: the servers' answers were not captured.";
            Some(Unreadable::new("Only one direction", why, next))
        }
        (0, 1..) => {
            let why = "All packets are from servers: the clients' requests were not captured.";
            Some(Unreadable::new("Only one direction", why, next))
        }
        _ => None,
    }
}

fn no_tcp(summary: &Summary) -> Unreadable {
    let is_unknown_link = |name: &str| name.strip_prefix("link type ").and_then(|number| number.parse().ok());
    let unknown = summary.other_packets.keys().find_map(|name| is_unknown_link(name).map(LinkType));
    let has = |name: &str| summary.other_packets.contains_key(name);
    if let Some(link) = unknown.filter(|_| summary.other_packets.len() == 1) {
        let why = format!(
            "wire101 doesn't know what its packets begin with: {}. Without that, it could only guess where an IP \
             packet starts.",
            link_name(link)
        );
        let next = "Capture on an Ethernet or loopback interface, or on \"any\" (Linux).";
        return Unreadable::new(NOTHING, why, next);
    }
    let counts = summary.other_packets.iter().map(|(name, count)| (name, *count));
    let what = list(counts);
    let (why, next) = if summary.other_packets.is_empty() {
        ("There is no TCP in it.".to_owned(), CAPTURE_AGAIN)
    } else if summary.other_packets.keys().all(|name| name == "IP fragment") {
        let why = "It has only fragments of IP packets, which don't add up to a complete one.".to_owned();
        (why, "Capture without a filter on ports: only a packet's first fragment has port numbers.")
    } else if has("UDP") || has("QUIC") {
        let why = format!("It has no TCP, only {what}. HTTP/1 and WebSocket run over TCP.");
        let next = "If it is HTTP/3 (QUIC, on UDP port 443), have the client speak HTTP/1.1 instead, for instance: curl --http1.1 URL";
        (why, next)
    } else {
        (format!("It has no TCP, only {what}. HTTP/1 and WebSocket run over TCP."), CAPTURE_AGAIN)
    };
    Unreadable::new(NOTHING, why, next)
}

fn is_or_are(number: u64, singular: &str) -> String {
    format!("{} {}", numbers::counted(number, singular), if number == 1 { "is" } else { "are" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn about(rest: Rest<'_>) -> About<'_> {
        About { source: "a.pcap", format: "pcap", interfaces: &[], rest }
    }

    fn without_tcp(others: &[(&str, u64)]) -> Summary {
        let other_packets: BTreeMap<_, _> = others.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Summary { packets: other_packets.values().sum(), other_packets, ..Summary::default() }
    }

    fn speaking(protocols: &[(&'static str, u64)]) -> (Summary, Census) {
        let protocols: BTreeMap<_, _> = protocols.iter().copied().collect();
        let connections = protocols.values().sum();
        let summary = Summary { packets: 100, tcp_connections: connections, ..Summary::default() };
        (summary, Census { protocols, segments: [50, 50] })
    }

    #[track_caller]
    fn says(why: Option<Unreadable>, part: &str) {
        let why = why.expect("a reason");
        assert!(why.why.contains(part) || why.next.contains(part), "{why:?}");
    }

    #[test]
    fn a_capture_with_exchanges_both_ways_needs_no_explanation() {
        let (summary, census) = speaking(&[("http/1", 1), ("tls", 9)]);
        let summary = Summary { http_requests: 1, ..summary };
        assert_eq!(why(about(Rest(None)), &summary, &census), None);
        let one_way = Census { segments: [0, 9], ..census };
        says(why(about(Rest(None)), &summary, &one_way), "the clients' requests were not captured");
    }

    #[test]
    fn the_commonest_reason_is_the_one_given() {
        let of = |protocols: &[(&'static str, u64)]| {
            let (summary, census) = speaking(protocols);
            why(about(Rest(None)), &summary, &census)
        };
        says(of(&[("none", 90), ("tls", 2), ("unknown", 1)]), "2 connections are encrypted with TLS");
        says(of(&[("http/2", 2), ("tls", 1)]), "curl --http1.1");
        says(of(&[("http/2", 2), ("unknown", 3)]), "WebSocket was open before the capture began");
        says(of(&[("none", 2)]), "no payload");
        let (summary, census) = speaking(&[("none", 2)]);
        says(why(about(Rest(Some(&CaptureError::Missing))), &summary, &census), "The rest of the file is damaged.");
    }

    #[test]
    fn without_tcp_what_there_is_instead_is_named() {
        let of = |others: &[(&str, u64)]| why(about(Rest(None)), &without_tcp(others), &Census::default());
        says(of(&[]), "has no packet");
        says(
            why(about(Rest(Some(&CaptureError::Missing))), &Summary::default(), &Census::default()),
            "damaged before its first packet",
        );
        says(of(&[("ARP", 3)]), "only 3 ARP");
        says(of(&[("ARP", 3), ("UDP", 12)]), "QUIC");
        says(of(&[("link type 147", 1)]), "USER0, link type 147");
        says(of(&[("link type 999", 1)]), "begin with: link type 999");
        says(of(&[("IP fragment", 3)]), "only fragments of IP packets");
    }
}
