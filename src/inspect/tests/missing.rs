//! What the capture lacks, or has twice.

use super::*;

/// The status that each request was answered with, by its target.
fn answers(segments: &[Sent]) -> Vec<(String, Option<u16>)> {
    let (found, _) = find(segments);
    let target =
        |it: &Exchange| it.request.as_ref().map(|request| String::from_utf8_lossy(&request.target).into_owned());
    let answer = |it: &Exchange| (target(it).unwrap_or_default(), it.response.as_ref().map(|response| response.status));
    found.exchanges.iter().map(answer).collect()
}

fn get(target: u16) -> String {
    format!("GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A response in two parts, head and body.
fn response(status: u16) -> [String; 2] {
    [format!("HTTP/1.1 {status} It\r\nContent-Length: 5\r\n\r\n"), "abcde".to_owned()]
}

fn expected(statuses: &[Option<u16>]) -> Vec<(String, Option<u16>)> {
    (200..).zip(statuses).map(|(target, status): (u16, _)| (format!("/{target}"), *status)).collect()
}

#[test]
fn a_response_that_the_capture_lacks_leaves_its_request_unanswered_and_the_others_theirs() {
    let mut dialogue = Dialogue::default();
    for status in 200..206 {
        let [head, body] = response(status);
        dialogue = dialogue.client(get(status)).server(head).server(body);
    }
    let whole = dialogue.segments(&[]);
    let lacking = |lost: &[usize]| {
        let kept = whole.iter().enumerate().filter(|(at, _)| !lost.contains(at));
        answers(&kept.map(|(_, sent)| sent.clone()).collect::<Vec<_>>())
    };
    let [all @ .., _] = [200, 201, 202, 203, 204, 205, 0].map(Some);
    assert_eq!(lacking(&[]), expected(&all));
    // Two segments of the handshake, then three for each exchange: request, head, body.
    let (head, body) = (2 + 3 * 2 + 1, 2 + 3 * 2 + 2);
    let without_third = expected(&[Some(200), Some(201), None, Some(203), Some(204), Some(205)]);
    assert_eq!(lacking(&[head, body]), without_third);
    assert_eq!(lacking(&[head]), without_third);
    assert_eq!(lacking(&[body]), expected(&all));
    let without_two = expected(&[Some(200), Some(201), None, None, Some(204), Some(205)]);
    assert_eq!(lacking(&[head, body, head + 3, body + 3]), without_two);
    assert_eq!(lacking(&[head, head + 3]), without_two);
    // Where the next request is missing, too, its answer is not the one that the third is waiting for.
    let strange = lacking(&[head, body, body + 1]);
    assert_eq!(strange[2..4], [("/202".to_owned(), None), (String::new(), Some(203))]);
}

#[test]
fn of_several_requests_at_once_the_one_whose_answer_is_missing_stays_unanswered() {
    let mut dialogue = Dialogue::default().client([get(200), get(201), get(202)].concat());
    for status in 200..203 {
        dialogue = dialogue.server(response(status).concat());
    }
    let mut segments = dialogue.segments(&[]);
    assert_eq!(answers(&segments), expected(&[Some(200), Some(201), Some(202)]));
    segments.remove(4);
    assert_eq!(answers(&segments), expected(&[Some(200), None, Some(202)]));
}

#[test]
fn where_an_interim_response_is_missing_the_final_one_is_still_the_answer() {
    let dialogue = Dialogue::default()
        .client("POST /200 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .server("HTTP/1.1 100 Continue\r\n\r\n")
        .client("hi")
        .server(response(200).concat())
        .client(get(201))
        .server(response(201).concat());
    let mut segments = dialogue.segments(&[]);
    segments.remove(3);
    assert_eq!(answers(&segments), expected(&[Some(200), Some(201)]));
}

/// How many segments were sent again, on each connection.
#[derive(Default)]
struct Again(Vec<u64>);

impl Sink for Again {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Closed(it) = event {
            self.0.push(it.retransmitted_segments);
        }
    }
}

#[test]
fn a_packet_that_was_captured_twice_was_sent_once() {
    const IDENTIFICATION: usize = 14 + 5;
    const HOPS: usize = 14 + 8;
    let packets: Vec<_> = web().segments(&[40]).iter().map(packet).collect();
    let again = |change: fn(&mut Vec<u8>)| {
        let copy = |it: &Vec<u8>| {
            let mut copy = it.clone();
            change(&mut copy);
            [it.clone(), copy]
        };
        let twice: Vec<_> = packets.iter().flat_map(copy).collect();
        let (mut again, mut found) = (Again::default(), Found::default());
        inspect(&twice, Options::default(), &mut again);
        inspect(&twice, Options::default(), &mut found);
        assert_eq!((found.exchanges.len(), found.problems), (3, vec![]));
        again.0
    };
    assert_eq!(again(|_| {}), [0]);
    assert_eq!(again(|it| it[HOPS] -= 1), [0]);
    // Another identification makes it another packet.
    let sent_again = packets.iter().filter(|it| it.len() > 54 || it[47] & (SYN | FIN) != 0).count() as u64;
    assert_eq!(again(|it| it[IDENTIFICATION] = 7), [sent_again]);
}

/// What strays are called.
#[derive(Default)]
struct Strays(Vec<String>);

impl Sink for Strays {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Stray(it) = event {
            self.0.push(it.what.to_string());
        }
    }
}

#[test]
fn a_frame_came_before_the_101_only_where_the_capture_could_have_it() {
    let frame = || frame(true, 1, Some([1, 2, 3, 4]), b"hi");
    let called = |segments: &[Sent]| {
        let packets: Vec<_> = segments.iter().map(packet).collect();
        let mut strays = Strays::default();
        inspect(&packets, Options { strays: true, ..Options::default() }, &mut strays);
        strays.0
    };
    let [asked, answered] = [0, 1].map(|at| upgrade().turns[at].1.clone());
    let early = Dialogue::default().client(&asked).client(frame()).server(&answered);
    assert_eq!(called(&early.segments(&[])), ["frame before the 101"]);
    let mut lacking = Dialogue::default().client(&asked).server(&answered).client(frame()).segments(&[]);
    // The 101 is the segment after the handshake and the request.
    lacking.remove(3);
    assert_eq!(called(&lacking), ["frame; its 101 isn't in the capture"]);
}
