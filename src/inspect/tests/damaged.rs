//! A segment that was damaged on the way, and its copy that wasn't: the receiver takes the one whose checksum is right.

use super::*;

const REQUEST: &str = "GET /right HTTP/1.1\r\nHost: a\r\n\r\n";

/// Where a packet's TCP checksum and the payload are.
const CHECKSUM: usize = 50;
const PAYLOAD: usize = 54;

/// What was said to be wrong.
#[derive(Default)]
struct Said(Vec<String>);

impl Sink for Said {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Problem(problem) = event {
            self.0.push(problem.text.clone().into_owned());
        }
    }
}

/// The segments of a request and its response, the request in pieces of so many bytes.
fn packets(cut: usize) -> Vec<Vec<u8>> {
    let dialogue = Dialogue::default().client(REQUEST).server("HTTP/1.1 204 No Content\r\n\r\n");
    dialogue.segments(&[cut]).iter().map(packet).collect()
}

/// The same packet, the sixth byte of whose payload was another.
fn damaged(packet: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    packet[PAYLOAD + 5] ^= 1;
    packet
}

fn targets(packets: &[Vec<u8>]) -> Vec<String> {
    let (found, _) = find_in(packets);
    let requests = found.exchanges.iter().filter_map(|exchange| exchange.request.as_ref());
    requests.map(|request| String::from_utf8_lossy(&request.target).into_owned()).collect()
}

fn said(packets: &[Vec<u8>]) -> Vec<String> {
    let mut said = Said::default();
    inspect(packets, Options::default(), &mut said);
    said.0
}

#[test]
fn a_damaged_segment_is_said_to_be_what_the_receiver_threw_away() {
    let mut packets = packets(usize::MAX);
    packets.insert(2, damaged(&packets[2]));
    let said = said(&packets);
    assert!(said.len() == 1 && said[0].contains("than in packet 3, which was damaged on the way"), "{said:?}");
    // Who leaves checksums to the network card has none that says anything.
    for checksum in [[0, 0], [0x12, 0x34]] {
        packets[2..4].iter_mut().for_each(|packet| packet[CHECKSUM..CHECKSUM + 2].copy_from_slice(&checksum));
        let said = self::said(&packets);
        assert!(said.len() == 1 && said[0].contains("the receiver already had the first copy"), "{said:?}");
    }
}

#[test]
fn the_copy_that_comes_later_may_be_the_damaged_one() {
    let mut packets = packets(usize::MAX);
    packets.insert(3, damaged(&packets[2]));
    let said = said(&packets);
    assert!(said.len() == 1 && said[0].contains("the receiver already had the first copy"), "{said:?}");
}

#[test]
fn of_two_copies_that_wait_the_one_whose_checksum_is_right_is_read() {
    let mut packets = packets(4);
    let first = packets.remove(2);
    packets.insert(2, damaged(&packets[2]));
    packets.insert(4, first);
    assert_eq!(targets(&packets), ["/right"]);
    assert!(said(&packets)[0].contains("wire101 shows it, too"), "{:?}", said(&packets));
    packets.swap(2, 3);
    assert_eq!(targets(&packets), ["/right"]);
}
