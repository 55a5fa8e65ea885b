//! Which exchanges are taken for one, and what is said to differ.

mod choice;

use proptest::prelude::*;

use super::changes::ChangeKind::{Added, Changed, Delayed, Dropped};
use super::*;
use crate::inspect::record::{Direction, Extent};
use crate::moment::Timestamp;

const KEY: &str = "Sec-WebSocket-Key: HbpBpo9g67L6Nn+TW0HfwA==\r\n";
const SAMPLE: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const CLIENT: (&str, &str) = ("192.0.2.1:40000", "10.0.0.2:80");
const PROXY: (&str, &str) = ("10.0.0.2:41000", "10.0.0.3:3000");

/// A request, and who has it.
struct Asked {
    ends: Ends,
    exchange: Exchange,
    ticket: Ticket,
}

/// What is asked and answered, a packet each, a millisecond apart.
#[derive(Default)]
struct Capture {
    hops: Hops,
    packet: u64,
    connections: u64,
    told: Vec<Hop>,
}

impl Capture {
    fn moment(&mut self) -> Moment {
        self.packet += 1;
        Moment { packet: self.packet, time: Timestamp(self.packet * 1_000_000) }
    }

    fn ask(&mut self, (client, server): (&str, &str), target: &str, fields: &str) -> Asked {
        let (at, ends) = (self.moment(), [client, server].map(|end| end.parse().unwrap()));
        let message = message(at, fields, "");
        let request = Request { method: b"GET".to_vec(), target: target.into(), message };
        let ticket = self.hops.asked(ends, &request, at);
        self.connections += 1;
        let exchange = Exchange { connection: self.connections - 1, request: Some(request), ..Exchange::default() };
        Asked { ends, exchange, ticket }
    }

    fn answer(&mut self, asked: Asked, status: u16, fields: &str, trailers: &str) {
        let at = self.moment();
        let response = Response { status, message: message(at, fields, trailers), ..Response::default() };
        let exchange = Exchange { response: Some(response.into()), ..asked.exchange };
        self.hops.answered(asked.ticket, &exchange, at);
        self.hops.over(asked.ticket, &exchange, |hop| self.told.push(hop.clone()));
        assert!(!asked.ends[0].ip().is_unspecified());
    }

    /// Whether nothing waits any more.
    fn is_empty(&self) -> bool {
        let Hops { slots, free, unanswered, held, .. } = &self.hops;
        slots.len() == free.len() && unanswered.len() == 0 && *held == 0
    }

    /// What each hop is between, and by what it was recognised.
    fn known(&self) -> Vec<(u64, u64, &'static str)> {
        self.told.iter().map(|hop| (hop.from.exchange.connection, hop.to.exchange.connection, hop.by)).collect()
    }
}

fn message(at: Moment, fields: &str, trailers: &str) -> HttpMessage {
    HttpMessage {
        version: (1, 1),
        headers: Fields::parse(format!("{fields}\r\n").as_bytes()),
        trailers: Fields::parse(format!("{trailers}\r\n").as_bytes()),
        extent: Extent { first: at, last: at },
        complete: true,
        ..HttpMessage::default()
    }
}

/// By what two requests, of which the first isn't answered when the second comes, are known to be one.
fn known(outer: ((&str, &str), &str, &str), inner: ((&str, &str), &str, &str)) -> Option<&'static str> {
    let mut capture = Capture::default();
    let first = capture.ask(outer.0, outer.1, outer.2);
    let second = capture.ask(inner.0, inner.1, inner.2);
    capture.answer(second, 200, "", "");
    capture.answer(first, 200, "", "");
    capture.told.first().map(|hop| hop.by)
}

#[test]
fn a_key_tells_whatever_the_target_and_wherever_the_proxy_is() {
    let elsewhere = ("172.17.0.5:41000", "172.17.0.3:3000");
    assert_eq!(known((CLIENT, "/a", KEY), (PROXY, "/b", KEY)), Some("Sec-WebSocket-Key"));
    assert_eq!(known((CLIENT, "/a", KEY), (elsewhere, "/b", KEY)), Some("Sec-WebSocket-Key"));
    assert_eq!(known((CLIENT, "/a", SAMPLE), (elsewhere, "/a", SAMPLE)), None);
    assert_eq!(known((CLIENT, "/a", SAMPLE), (PROXY, "/b", SAMPLE)), None);
    let host = format!("Host: a\r\n{SAMPLE}");
    assert_eq!(known((CLIENT, "/a", &host), (PROXY, "/a", &host)), Some("method, target and Host"));
    assert_eq!(known((CLIENT, "/a", &format!("Host: a\r\n{KEY}")), (PROXY, "/a", &host)), None);
}

#[test]
fn hosts_and_what_a_proxy_passes_on_tell_together() {
    let agent = "User-Agent: curl/8.5.0\r\n";
    assert_eq!(known((CLIENT, "/a", agent), (PROXY, "/a", agent)), Some("method, target and User-Agent"));
    assert_eq!(known((CLIENT, "/a", agent), (PROXY, "/a", "User-Agent: health\r\nHost: a\r\n")), None);
    assert_eq!(known((CLIENT, "/a", agent), (PROXY, "/a?b", agent)), None);
    assert_eq!(known((CLIENT, "/a", agent), (("10.0.0.9:41000", "10.0.0.3:3000"), "/a", agent)), None);
    assert_eq!(
        known((CLIENT, "http://a.example/a", agent), (PROXY, "/a", agent)),
        Some("method, target and User-Agent")
    );
    assert_eq!(known((CLIENT, "/a", ""), (PROXY, "/a", "")), None);
    // The same server: another client, not a proxy.
    assert_eq!(known((CLIENT, "/a", agent), (("10.0.0.2:41000", "10.0.0.2:80"), "/a", agent)), None);
}

#[test]
fn a_proxy_that_says_for_whom_it_asks_is_believed() {
    let forwarded = "X-Forwarded-For: 192.0.2.1\r\n";
    let elsewhere = ("172.17.0.5:41000", "172.17.0.3:3000");
    assert_eq!(known((CLIENT, "/a", ""), (elsewhere, "/a", forwarded)), Some("X-Forwarded-For"));
    assert_eq!(known((CLIENT, "/a", ""), (elsewhere, "/a", "X-Forwarded-For: 192.0.2.9\r\n")), None);
    assert_eq!(known((CLIENT, "/api/a", ""), (PROXY, "/a", forwarded)), Some("X-Forwarded-For"));
    assert_eq!(known((CLIENT, "/api/a", ""), (elsewhere, "/a", forwarded)), None);
    let id = "X-Request-ID: 7f3c\r\n";
    assert_eq!(known((CLIENT, "/a", id), (elsewhere, "/a", id)), Some("X-Request-ID"));
    let [before, after] = ["01", "02"].map(|span| format!("traceparent: 00-4bf92f35-{span}-01\r\n"));
    assert_eq!(known((CLIENT, "/a", &before), (elsewhere, "/a", &after)), Some("Traceparent"));
}

#[test]
fn on_one_machine_addresses_tell_nothing() {
    let (outer, inner) = (("127.0.0.1:40000", "127.0.0.1:8080"), ("127.0.0.1:41000", "127.0.0.1:9090"));
    let agent = "User-Agent: curl/8.5.0\r\n";
    let [host, other] = ["8080", "9090"].map(|port| format!("{agent}Host: localhost:{port}\r\n"));
    assert_eq!(known((outer, "/", &host), (inner, "/", &other)), None);
    assert_eq!(known((outer, "/", &host), (inner, "/", &host)), Some("method, target and Host"));
    assert_eq!(known((outer, "/", agent), (inner, "/", "X-Forwarded-For: 127.0.0.1\r\n")), None);
}

#[test]
fn of_two_clients_that_ask_for_the_same_neither_is_chosen_unless_something_tells_them_apart() {
    let agent = "User-Agent: curl/8.5.0\r\n";
    let ask = |ids: [&str; 3]| {
        let mut capture = Capture::default();
        let fields = ids.map(|id| format!("{agent}X-Request-ID: {id}\r\n"));
        let opened = [0, 1].map(|at| capture.ask((["192.0.2.1:1", "192.0.2.2:1"][at], CLIENT.1), "/", &fields[at]));
        let inner = capture.ask(PROXY, "/", &fields[2]);
        capture.answer(inner, 200, "", "");
        for open in opened {
            capture.answer(open, 200, "", "");
        }
        capture.known()
    };
    assert_eq!(ask(["a", "b", "c"]), []);
    assert_eq!(ask(["a", "b", "b"]), [(1, 2, "X-Request-ID")]);
}

#[test]
fn what_was_answered_already_is_not_passed_on() {
    let mut capture = Capture::default();
    let first = capture.ask(CLIENT, "/", KEY);
    capture.answer(first, 200, "", "");
    let second = capture.ask(PROXY, "/", KEY);
    capture.answer(second, 200, "", "");
    assert_eq!(capture.known(), []);
}

#[test]
fn a_chain_of_proxies_is_a_hop_for_each_and_a_second_attempt_another() {
    let mut capture = Capture::default();
    let first = capture.ask(CLIENT, "/", KEY);
    let second = capture.ask(PROXY, "/", KEY);
    let third = capture.ask(("10.0.0.3:42000", "10.0.0.4:1"), "/", KEY);
    capture.answer(third, 502, "", "");
    let fourth = capture.ask(("10.0.0.3:42001", "10.0.0.5:1"), "/", KEY);
    for asked in [fourth, second, first] {
        capture.answer(asked, 200, "", "");
    }
    let hops: Vec<_> =
        capture.told.iter().map(|hop| (hop.from.exchange.connection, hop.to.exchange.connection, hop.fate)).collect();
    assert_eq!(hops, [(1, 2, Fate::AskedAgain), (1, 3, Fate::PassedOn), (0, 1, Fate::PassedOn)]);
    assert!(capture.is_empty());
}

#[test]
fn what_waits_is_bounded_and_let_go() {
    let mut capture = Capture::default();
    let asked: Vec<Asked> = (0..3 * MAX_WAITING_REQUESTS)
        .map(|port| capture.ask((&format!("192.0.2.1:{port}"), CLIENT.1), "/", ""))
        .collect();
    assert_eq!(capture.hops.slots.len(), MAX_WAITING_REQUESTS);
    assert_eq!(capture.hops.unanswered.len(), MAX_ALIKE);
    let long = format!("{KEY}X: {}\r\n", "x".repeat(MAX_HOP_BYTES / 8));
    let open: Vec<Asked> =
        (0..20).map(|port| capture.ask((&format!("10.0.{port}.2:4"), "10.0.0.3:5"), "/", &long)).collect();
    for it in open.into_iter().chain(asked) {
        capture.answer(it, 200, "", "");
        assert!(capture.hops.held <= MAX_HOP_BYTES);
    }
    assert!(capture.is_empty());
}

/// What became of each thing, in one hop.
fn changes(asked: [&str; 2], made: (&str, &str), told: (&str, &str)) -> Vec<(ChangeKind, String)> {
    let mut capture = Capture::default();
    let outer = capture.ask(CLIENT, "/", &format!("{KEY}{}", asked[0]));
    let inner = capture.ask(PROXY, "/", &format!("{KEY}{}", asked[1]));
    capture.answer(inner, 200, made.0, made.1);
    capture.answer(outer, 200, told.0, told.1);
    let text = |it: &Option<Vec<u8>>| String::from_utf8_lossy(it.as_deref().unwrap_or(b"-")).into_owned();
    let name =
        |it: &Change| format!("{}: {} > {}", String::from_utf8_lossy(&it.name), text(&it.before), text(&it.after));
    capture.told[0].changes().iter().map(|it| (it.kind, name(it))).collect()
}

#[test]
fn fields_are_compared_as_their_sections_mean_them() {
    let requests = |before, after| changes([before, after], ("", ""), ("", ""));
    assert_eq!(requests("A: 1\r\nB: 2\r\nB: 3\r\n", "b: 2, 3\r\na: 1\r\n"), []);
    assert_eq!(requests("A: 1\r\n", "A: 2\r\n"), [(Changed, "A: 1 > 2".to_owned())]);
    assert_eq!(
        requests("A: 1\r\nCookie: x\r\n", "X-Forwarded-For: 192.0.2.1\r\nA: 1\r\n"),
        [(Dropped, "Cookie: x > -".to_owned()), (Added, "X-Forwarded-For: - > 192.0.2.1".to_owned())]
    );
    let (set, both) = ("Set-Cookie: a\r\n", "Set-Cookie: a\r\nSet-Cookie: b\r\n");
    assert_eq!(changes(["", ""], (both, ""), (set, "")), [(Dropped, "Set-Cookie: b > -".to_owned())]);
}

#[test]
fn what_is_for_one_connection_is_not_reproached_but_a_lost_upgrade_is() {
    let hop_by_hop =
        "Connection: close, X-Own\r\nX-Own: 1\r\nKeep-Alive: 1\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n";
    assert_eq!(changes([hop_by_hop, ""], (hop_by_hop, ""), ("", "")), []);
    let upgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
    assert_eq!(
        changes([upgrade, "Connection: close\r\n"], ("", ""), ("", "")),
        [(Dropped, "Upgrade: websocket > -".to_owned()), (Dropped, "Connection: Upgrade > -".to_owned())]
    );
    assert_eq!(changes([upgrade, upgrade], ("", ""), ("", "")), []);
}

#[test]
fn lost_trailers_and_late_responses_are_told() {
    let lost = changes(["", ""], ("", "Digest: x\r\n"), ("", ""));
    assert_eq!(lost, [(Dropped, "Digest: x > -".to_owned())]);
    let mut capture = Capture::default();
    let (outer, inner) = (capture.ask(CLIENT, "/", KEY), capture.ask(PROXY, "/", KEY));
    capture.answer(inner, 200, "", "");
    capture.packet += SLOW_TO_PASS_ON / 1_000_000;
    capture.answer(outer, 200, "", "");
    assert_eq!(capture.told[0].changes()[0].kind, Delayed);
}

#[test]
fn a_proxy_that_does_not_wait_makes_its_answer_up() {
    let mut capture = Capture::default();
    let (outer, inner) = (capture.ask(CLIENT, "/", KEY), capture.ask(PROXY, "/", KEY));
    capture.answer(outer, 504, "Server: proxy\r\n", "");
    capture.answer(inner, 200, "Server: origin\r\n", "");
    let hop = &capture.told[0];
    assert!(hop.is_made_up());
    let told: Vec<_> = hop.changes().iter().map(|it| (it.kind, it.direction, it.packet)).collect();
    assert_eq!(told, [(Added, Direction::Server, 3), (Dropped, Direction::Server, 4)]);
}

proptest! {
    #[test]
    fn what_is_passed_on_as_it_was_has_not_changed(fields in "([A-C]: [x-z]{0,2}\r\n){0,8}", other in "([A-C]: [x-z]{0,2}\r\n){0,8}") {
        prop_assert_eq!(changes([&fields, &fields], (&other, ""), (&other, "")), []);
        // Whatever differs is told on one side or the other.
        let differ = changes([&fields, &other], ("", ""), ("", ""));
        let values = |text: &str| Fields::parse(format!("{text}\r\n").as_bytes()).iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect::<std::collections::BTreeSet<_>>();
        prop_assert!(values(&fields) == values(&other) || !differ.is_empty());
    }
}
