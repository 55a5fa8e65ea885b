//! What is known only when exchanges are over: which of several was passed on, and what is no hop after all.

use super::*;

const AGENT: &str = "User-Agent: curl/8.5.0\r\n";

/// Asks two servers for one client, has them answer in that order (`None`: the client gets its answer), each with a
/// status and fields, and says what became of either answer.
fn fates(answers: [(Option<usize>, u16, &str); 3]) -> Vec<(u64, Fate)> {
    let mut capture = Capture::default();
    let outer = capture.ask(CLIENT, "/", KEY);
    let inner = [("10.0.0.2:41000", "10.0.0.3:1"), ("10.0.0.2:41001", "10.0.0.4:1")];
    let mut asked = [Some(outer), None, None];
    for (at, ends) in inner.into_iter().enumerate() {
        asked[at + 1] = Some(capture.ask(ends, "/", KEY));
    }
    for (who, status, fields) in answers {
        let it = asked[who.map_or(0, |at| at + 1)].take().unwrap();
        capture.answer(it, status, fields, "");
    }
    assert!(capture.is_empty());
    for hop in capture.told.iter().filter(|hop| hop.fate == Fate::PassedOn) {
        let is_fit =
            hop.from.exchange.response.as_ref().unwrap().status == hop.to.exchange.response.as_ref().unwrap().status;
        assert_eq!(hop.is_made_up() || hop.changes().iter().any(|it| it.name == b"status"), !is_fit);
    }
    capture.told.iter().map(|hop| (hop.to.exchange.connection, hop.fate)).collect()
}

#[test]
fn of_several_responses_the_one_that_the_client_got_was_passed_on() {
    let first_of_two = [(1, Fate::PassedOn), (2, Fate::Aside)];
    // A hedge that failed late, a mirror that failed early, and one that has the status but not the fields.
    assert_eq!(fates([(Some(0), 200, ""), (None, 200, ""), (Some(1), 500, "")]), first_of_two);
    assert_eq!(fates([(Some(1), 500, ""), (Some(0), 200, ""), (None, 200, "")]), first_of_two);
    assert_eq!(
        fates([(Some(0), 200, "ETag: a\r\n"), (Some(1), 200, "ETag: b\r\n"), (None, 200, "ETag: a\r\n")]),
        first_of_two
    );
    let second_of_two = [(1, Fate::AskedAgain), (2, Fate::PassedOn)];
    assert_eq!(fates([(Some(0), 502, ""), (Some(1), 200, ""), (None, 200, "")]), second_of_two);
    assert_eq!(fates([(Some(0), 200, ""), (Some(1), 200, ""), (None, 200, "")]), second_of_two);
    // None fits: then it was the latest that the proxy waited for.
    assert_eq!(fates([(Some(0), 502, ""), (None, 504, ""), (Some(1), 200, "")]), second_of_two);
}

/// Whether a response is said to be held back: two copies of a request with those fields, and the status that each gets, a
/// second apart; the client gets a 200 right after the second.
fn is_held_back(fields: [&str; 2], statuses: [u16; 2]) -> bool {
    let mut capture = Capture::default();
    let outer = capture.ask(CLIENT, "/", fields[0]);
    let inner = [0, 1].map(|_| capture.ask(PROXY, "/", fields[1]));
    let mut answer = |asked: &Asked, status| {
        let at = capture.moment();
        let response = Some(Response { status, ..Response::default() }.into());
        capture.packet += SLOW_TO_PASS_ON / 1_000_000 - 1;
        let exchange = Exchange { response, ..asked.exchange.clone() };
        capture.hops.answered(asked.ticket, &exchange, at).is_some()
    };
    assert!(!answer(&inner[1], statuses[0]));
    assert!(!answer(&inner[0], statuses[1]));
    capture.packet -= SLOW_TO_PASS_ON / 1_000_000 - 1;
    let at = capture.moment();
    let exchange =
        Exchange { response: Some(Response { status: 200, ..Response::default() }.into()), ..outer.exchange };
    capture.hops.answered(outer.ticket, &exchange, at).is_some()
}

#[test]
fn a_response_is_late_only_after_the_last_that_it_could_be() {
    assert!(is_held_back([KEY; 2], [200, 500]));
    assert!(!is_held_back([KEY; 2], [200, 200]));
    assert!(!is_held_back([KEY; 2], [500, 200]));
    let [short, long] = ["2", "3"].map(|length| format!("X-Request-ID: a\r\nContent-Length: {length}\r\n"));
    assert!(is_held_back([&short, &short], [200, 500]));
    assert!(!is_held_back([&short, &long], [200, 500]));
}

#[test]
fn what_a_service_hands_down_does_not_make_its_own_requests_the_clients() {
    let [before, after] = ["01", "02"].map(|span| format!("traceparent: 00-4bf92f35-{span}-01\r\n"));
    let by = |outer, inner| known((CLIENT, outer, &before), (PROXY, inner, &after));
    assert_eq!(by("/orders/7", "/orders/7"), Some("Traceparent"));
    assert_eq!(by("/api/orders/7", "/orders/7"), Some("Traceparent"));
    assert_eq!(by("/orders/7", "/api/orders/7"), Some("Traceparent"));
    assert_eq!(by("/orders/7", "/stock/7"), None);
    let id = "X-Request-ID: 7f3c\r\n";
    assert_eq!(known((CLIENT, "/api/a", id), (PROXY, "/a", id)), Some("X-Request-ID"));
    assert_eq!(known((CLIENT, "/orders/7", id), (PROXY, "/stock/7", id)), None);
    // A proxy that says for whom it asks is believed all the same.
    let named = format!("{id}X-Forwarded-For: 192.0.2.1\r\n");
    assert_eq!(known((CLIENT, "/orders/7", id), (PROXY, "/stock/7", &named)), Some("X-Forwarded-For"));
}

#[test]
fn content_of_another_length_is_not_what_was_handed_down() {
    let is_hop = |bytes| {
        let mut capture = Capture::default();
        let (mut outer, inner) =
            (capture.ask(CLIENT, "/", "X-Request-ID: a\r\n"), capture.ask(PROXY, "/", "X-Request-ID: a\r\n"));
        outer.exchange.request.as_mut().unwrap().message.body_bytes = bytes;
        capture.answer(inner, 200, "", "");
        capture.answer(outer, 200, "", "");
        assert!(capture.is_empty());
        !capture.told.is_empty()
    };
    assert!(is_hop(0));
    assert!(!is_hop(1));
}

#[test]
fn a_user_agent_alone_needs_something_in_common_in_the_responses() {
    let is_hop = |hosts: [&str; 2], made: Option<(u16, u64)>, told: (u16, u64)| {
        let mut capture = Capture::default();
        let fields = hosts.map(|host| format!("{AGENT}Host: {host}\r\n"));
        let (outer, inner) = (capture.ask(CLIENT, "/health", &fields[0]), capture.ask(PROXY, "/health", &fields[1]));
        let over = |capture: &mut Capture, asked: Asked, answer: Option<(u16, u64)>| {
            let at = capture.moment();
            let response = answer.map(|(status, body_bytes)| {
                let message = HttpMessage { body_bytes, ..message(at, "", "") };
                Box::new(Response { status, message, ..Response::default() })
            });
            capture
                .hops
                .over(asked.ticket, &Exchange { response, ..asked.exchange }, |hop| capture.told.push(hop.clone()));
        };
        over(&mut capture, inner, made);
        over(&mut capture, outer, Some(told));
        assert!(capture.is_empty());
        !capture.told.is_empty()
    };
    assert!(!is_hop(["a", "b"], Some((503, 4)), (200, 2)));
    assert!(!is_hop(["a", "b"], None, (200, 2)));
    assert!(is_hop(["a", "b"], Some((200, 4)), (200, 2)));
    assert!(is_hop(["a", "b"], Some((503, 2)), (200, 2)));
    assert!(is_hop(["a", "b"], None, (504, 2)));
    assert!(is_hop(["a", "a"], Some((503, 4)), (200, 2)));
}

#[test]
fn interim_responses_that_were_not_passed_on_are_told_but_not_those_for_one_connection() {
    let lost = |made: &[u16], told: &[u16]| {
        let mut capture = Capture::default();
        let (mut outer, mut inner) = (capture.ask(CLIENT, "/", KEY), capture.ask(PROXY, "/", KEY));
        for (asked, interim) in [(&mut outer, told), (&mut inner, made)] {
            let responses = interim.iter().map(|status| Response { status: *status, ..Response::default() });
            asked.exchange.interim = responses.collect();
        }
        capture.answer(inner, 200, "", "");
        capture.answer(outer, 200, "", "");
        let changes = capture.told[0].changes();
        assert!(changes.iter().all(|it| it.kind == Dropped && it.name == b"interim response"));
        changes.into_iter().map(|it| String::from_utf8(it.before.unwrap()).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(lost(&[103], &[]), ["103"]);
    assert_eq!(lost(&[102, 103, 103], &[103]), ["102", "103"]);
    assert_eq!(lost(&[103], &[103]), [""; 0]);
    assert_eq!(lost(&[100], &[]), [""; 0]);
}

#[test]
fn a_cache_that_revalidated_did_not_change_the_status() {
    let told = |condition: &str, status: u16| {
        let mut capture = Capture::default();
        let outer = capture.ask(CLIENT, "/", KEY);
        let inner = capture.ask(PROXY, "/", &format!("{KEY}{condition}"));
        capture.answer(inner, 304, "ETag: a\r\n", "");
        capture.answer(outer, status, "ETag: a\r\nAge: 0\r\n", "");
        let hop = &capture.told[0];
        let of_response = hop.changes().into_iter().filter(|it| it.direction == Direction::Server);
        let names: Vec<_> = of_response.map(|it| String::from_utf8(it.name).unwrap()).collect();
        (hop.is_revalidated(), names)
    };
    let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(told("If-None-Match: a\r\n", 200), (true, names(&["response"])));
    assert_eq!(told("If-None-Match: a\r\n", 304), (false, names(&["Age"])));
    assert_eq!(told("", 200), (false, names(&["status", "Age"])));
}
