//! Captures whose contents are exactly known, some of them shuffled as real ones are: every count must be exact.

use super::traffic::{Kind, Known};
use wire101::capture::{LinkType, Packet, Timestamp};
use wire101::inspect::record::{Closed, Summary};
use wire101::inspect::{Event, Inspector, Options, Sink};

/// Counts what no summary says.
#[derive(Default)]
struct Counted {
    bodies: u64,
    complete: u64,
    payloads: u64,
    open: u64,
    missing: u64,
}

impl Sink for Counted {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(exchange) => {
                let response = exchange.response.as_ref();
                self.bodies += response.map_or(0, |response| response.message.body_bytes);
                self.complete += u64::from(response.is_some_and(|response| response.message.complete));
            }
            Event::Message(message) => self.payloads += message.payload_bytes,
            Event::Closed(connection) => {
                self.open += u64::from(connection.closed == Closed::Open);
                self.missing += connection.missing_bytes;
            }
            Event::Problem(problem) => panic!("{problem:?}"),
            _ => {}
        }
    }
}

/// Inspects about so many bytes of that kind: what is known of them, and what was found.
fn inspect(kind: Kind, bytes: u64) -> (Known, Summary, Counted) {
    let mut inspector = Inspector::new(Options::default());
    let mut counted = Counted::default();
    let mut number = 0;
    let known = kind.make(bytes, &mut |data| {
        number += 1;
        let (time, original_length) = (Timestamp(number * 1_000_000), data.len() as u32);
        let link = LinkType::ETHERNET;
        inspector.packet(&Packet { number, time, interface: 0, link, original_length, data }, &mut counted);
    });
    (known, inspector.finish(&mut counted).clone(), counted)
}

fn is_exact(kind: Kind, bytes: u64) -> (Summary, Counted) {
    let (known, summary, counted) = inspect(kind, bytes);
    let Known { connections, requests, responses, upgrades, opcodes, messages, payloads, bodies } = known;
    let frames: Vec<_> = (0..).zip(opcodes).filter(|(_, count)| *count > 0).collect();
    assert_eq!((summary.tcp_connections, summary.websocket_upgrades), (connections, upgrades));
    assert_eq!((summary.http_requests, summary.http_responses, counted.complete), (requests, responses, responses));
    assert_eq!(summary.websocket_opcodes.clone().into_iter().collect::<Vec<_>>(), frames);
    assert_eq!((summary.websocket_messages, counted.payloads), (messages, payloads));
    assert_eq!((counted.bodies, counted.missing, summary.problems, summary.evicted), (bodies, 0, 0, 0));
    (summary, counted)
}

#[test]
fn websocket_chatter_is_counted_exactly() {
    is_exact(Kind::Chatter, 2 << 20);
}

#[test]
fn keep_alive_with_chunked_and_plain_bodies_is_counted_exactly() {
    is_exact(Kind::KeepAlive, 2 << 20);
}

#[test]
fn long_bodies_are_counted_exactly() {
    is_exact(Kind::Bodies, 20 << 20);
}

#[test]
fn shuffled_and_repeated_segments_are_counted_exactly() {
    is_exact(Kind::Shuffled, 4 << 20);
}

#[test]
fn connections_that_never_close_are_counted_exactly_and_fit() {
    let (summary, counted) = is_exact(Kind::Open, 20 << 20);
    assert_eq!((summary.tcp_connections, counted.open), (10_000, 10_000));
}
