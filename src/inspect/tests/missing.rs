//! What the capture lacks, or has twice.

use super::*;

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
