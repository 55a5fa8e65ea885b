use std::collections::HashSet;
use std::time::Duration;

use super::*;

fn record(settings: &Settings) -> Vec<(&'static str, Vec<Recording>)> {
    ALL.iter()
        .map(|(name, demo)| (*name, demo.record(settings).unwrap_or_else(|error| panic!("{name}: {error}"))))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_packets() {
    let settings = Settings { loss: 5.0, ..Settings::default() };
    assert_eq!(record(&settings), record(&settings));
}

#[test]
fn another_seed_gives_other_initial_sequence_numbers_and_keys() {
    let tcp_sequence_number = |recording: &Recording| recording.packets[2].data[38..42].to_vec();
    let first_syns: HashSet<_> = (1..=5)
        .flat_map(|seed| record(&Settings { seed, ..Settings::default() }))
        .flat_map(|(_, sides)| sides)
        .map(|side| tcp_sequence_number(&side))
        .collect();
    // Lessons start from the same, and so does each side of them from its own.
    let sides = ALL.iter().map(|(_, demo)| demo.sides.len()).max().unwrap_or_default();
    assert_eq!(first_syns.len(), 5 * sides);
}

#[test]
fn every_demonstration_completes_whatever_the_wire_loses() {
    for loss in [5.0, 20.0] {
        for seed in 1..=20 {
            record(&Settings { loss, seed, ..Settings::default() });
        }
    }
}

#[test]
fn every_demonstration_completes_near_and_far() {
    for rtt in [0, 1, 5, 333, 2_500] {
        record(&Settings { rtt: Duration::from_millis(rtt), ..Settings::default() });
    }
}

#[test]
fn without_loss_nothing_is_sent_twice() {
    // Whoever asks a receiver without room twice gets the same answer twice: that carries nothing, and is no repetition.
    let carries = |data: &&[u8]| data.len() > 34 + usize::from(data[46] >> 4) * 4 || data[47] & 7 != 0;
    for (name, sides) in record(&Settings::default()) {
        for side in sides {
            let packets = side.packets.iter().map(|packet| packet.data.as_slice());
            let tcp = packets.filter(|data| data.len() > 53 && data[12..14] == [8, 0]);
            // From the source address on.
            let sent: Vec<_> = tcp.filter(carries).map(|data| &data[26..]).collect();
            let distinct: HashSet<_> = sent.iter().collect();
            assert_eq!(distinct.len(), sent.len(), "{name}");
        }
    }
}

#[test]
fn a_websocket_client_sends_the_masking_keys_of_its_seed() {
    // FIN and text (0x81), masked and 12 bytes long (0x8c): then the key.
    let key = |seed| {
        let upgrade = demo("upgrade").map(|demo| demo.record(&Settings { seed, ..Settings::default() }));
        let sides = upgrade.and_then(Result::ok).unwrap_or_default();
        let mut packets = sides[1].packets.iter().map(|packet| &packet.data);
        let frame = packets.find_map(|data| data.windows(18).skip(54).find(|bytes| bytes[..2] == [0x81, 0x8c]));
        let frame = frame.map(<[u8]>::to_vec).unwrap_or_default();
        let text: Vec<_> = frame[6..].iter().zip(frame[2..6].iter().cycle()).map(|(byte, key)| byte ^ key).collect();
        assert_eq!(text, b"Hello, wire!");
        frame[2..6].to_vec()
    };
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
}
