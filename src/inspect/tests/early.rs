//! Responses that come before their request is whole.

use super::*;

const BEGUN: &str = "GET /big HTTP/1.1\r\nA: ";
const REFUSED: &str = "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 2\r\n\r\nno";
const GET: &str = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// The exchanges of a dialogue, and its problems: the same for any cuts.
fn told(dialogue: &Dialogue) -> (Vec<String>, Vec<&'static str>) {
    let of = |cuts: &[usize]| {
        let (found, _) = find(&dialogue.segments(cuts));
        let line = |exchange: &Exchange| {
            let request = exchange.request.as_ref().map(|request| {
                let whole = if request.message.complete { "" } else { "begun " };
                format!("{whole}{}", String::from_utf8_lossy(&request.target))
            });
            let status = exchange.response.as_ref().map(|response| response.status);
            format!("{} {:?}", request.unwrap_or_default(), status.unwrap_or_default())
        };
        (found.exchanges.iter().map(line).collect(), found.problems)
    };
    let whole = of(&[]);
    for cuts in [&[7][..], &[3, 11, 5], &[13, 1]] {
        assert_eq!(of(cuts), whole, "{cuts:?}");
    }
    whole
}

#[test]
fn a_response_answers_the_head_it_interrupts_and_the_rest_is_passed_over() {
    let answered = Dialogue::default().client(BEGUN).server(REFUSED);
    let expected = (vec!["begun /big 431".to_owned()], vec![]);
    assert_eq!(told(&answered), expected);
    // However it goes on, it is no message of its own.
    assert_eq!(told(&answered.clone().client("GET /no HTTP/1.1\r\nHost: a\r\n\r\n")), expected);
    let next = vec!["begun /big 431".to_owned(), "/next 204".to_owned()];
    for rest in [
        "b\r\n\r\n",
        "b\r\nHost: a\r\nHost: b\r\nContent-Length: 20\r\n\r\nGET /no HTTP/1.1\r\n\r\n",
        "b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ] {
        assert_eq!(told(&answered.clone().client(rest).client(GET).server(OK)), (next.clone(), vec![]), "{rest:?}");
    }
    for broken in ["Content-Length: 20\r\n\r\nshort", "Transfer-Encoding: chunked\r\n\r\nworse\r\n"] {
        assert_eq!(told(&answered.clone().client("b\r\n").client(broken)), expected, "{broken:?}");
    }
}

#[test]
fn a_request_line_that_is_interrupted_leaves_a_response_without_request_and_that_is_no_fault() {
    let answered = Dialogue::default().client("GET /aaaa").server(REFUSED);
    assert_eq!(told(&answered), (vec![" 431".to_owned()], vec![]));
    let goes_on = answered.client("aaa HTTP/1.1\r\nHost: a\r\n\r\n").client(GET).server(OK);
    assert_eq!(told(&goes_on), (vec![" 431".to_owned(), "/next 204".to_owned()], vec![]));
}

#[test]
fn a_head_whose_rest_was_waited_for_is_cut_short() {
    let late = Dialogue::default().client(BEGUN).server("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(told(&late), (vec!["begun /big 408".to_owned()], vec!["headers-cut-short"]));
}

#[test]
fn what_answers_an_earlier_request_interrupts_none() {
    let expected = (vec!["/next 204".to_owned(), "/big 204".to_owned()], vec![]);
    let pipelined = Dialogue::default().client(GET).client(BEGUN).server(OK).client("b\r\nHost: a\r\n\r\n").server(OK);
    assert_eq!(told(&pipelined), expected);
}

#[test]
fn a_body_that_was_expected_to_be_refused_and_is_refused_may_be_left_out() {
    let asked = "POST /up HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 33\r\n\r\n";
    let refused =
        Dialogue::default().client(asked).server("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(told(&refused), (vec!["begun /up 413".to_owned()], vec![]));
    let (found, _) = find(&refused.clone().client(GET).server(OK).segments(&[]));
    let targets: Vec<_> =
        found.exchanges.iter().map(|exchange| &exchange.request.as_ref().unwrap().target[..]).collect();
    assert_eq!((targets, found.problems), (vec![&b"/up"[..], b"/next"], vec![]));
    // Sent all the same, it is a body.
    assert_eq!(told(&refused.clone().client("a".repeat(33))), (vec!["/up 413".to_owned()], vec![]));
    assert_eq!(told(&refused.client("aa")).1, ["refused-while-sending"]);
    let wanted = Dialogue::default().client(asked).server("HTTP/1.1 100 Continue\r\n\r\n").server(OK);
    assert_eq!(told(&wanted).1, ["body-too-short"]);
}
