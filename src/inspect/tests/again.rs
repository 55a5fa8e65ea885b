//! Heads that say again what the ones before said: what is wrong with each is told of each.

use super::*;

const ANSWER: &str = "HTTP/1.1 204 No Content\r\nServer: a\r\n\r\n";

/// The problems of these requests, one after the other on one connection, and those of each on its own.
fn told(heads: &[String]) -> (Vec<&'static str>, Vec<&'static str>) {
    let of = |heads: &[String]| {
        let dialogue = heads.iter().fold(Dialogue::default(), |dialogue, head| dialogue.client(head).server(ANSWER));
        find(&dialogue.segments(&[])).0.problems
    };
    (of(heads), heads.iter().flat_map(|head| of(std::slice::from_ref(head))).collect())
}

#[test]
fn a_fault_that_comes_with_each_request_is_told_of_each() {
    let wrong = "GET / HTTP/1.1\r\nHost: a b\r\nReferer: http://u@a/\r\nX: \u{e9}\r\n\r\n".to_owned();
    let (together, alone) = told(&vec![wrong; 5]);
    assert_eq!(together, alone);
    assert_eq!(together.len(), 15);
}

proptest! {
    #[test]
    fn what_is_wrong_with_a_request_does_not_depend_on_those_before_it(
        heads in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(vec![
                    "Host: a", "Host: a b", "Host: b", "Referer: http://a/", "Referer: http://u@a/", "If-Match: a",
                    "Date: Sun Nov  6 08:49:37 1994", "TE: x", "Connection: te", "Accept: \u{e9}", "A b: c", "X: y",
                ]),
                0..6,
            ),
            1..7,
        ),
    ) {
        let head = |lines: &Vec<&str>| ["GET / HTTP/1.1"].iter().chain(lines).chain(&["", ""]).copied().collect::<Vec<_>>().join("\r\n");
        let (together, alone) = told(&heads.iter().map(head).collect::<Vec<_>>());
        prop_assert_eq!(together, alone);
    }
}
