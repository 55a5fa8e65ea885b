//! What any order of segments comes to.

use super::*;
use crate::layers::network::Mark;
use crate::layers::transport::Tap;
use crate::moment::{Moment, Timestamp};
use proptest::prelude::*;

/// Keeps what it is given; a gap is kept as that many zero bytes.
#[derive(Default, Debug, PartialEq)]
struct Kept {
    streams: [Vec<u8>; 2],
    missing: u64,
    ended: [bool; 2],
    /// The order of deliveries: (side, start).
    order: Vec<(usize, u64)>,
    conflicts: Vec<Conflict>,
    holes: Vec<Hole>,
}

impl Receiver for Kept {
    fn bytes(&mut self, side: End, start: u64, bytes: &[u8], _: Source) {
        let stream = &mut self.streams[side as usize];
        assert_eq!(stream.len() as u64, start, "bytes come in order, each once");
        stream.extend_from_slice(bytes);
        self.order.push((side as usize, start));
    }
    fn gap(&mut self, side: End, start: u64, length: u64, hole: Hole, _: Source) {
        let stream = &mut self.streams[side as usize];
        assert_eq!(stream.len() as u64, start);
        stream.resize(stream.len() + length as usize, 0);
        self.missing += length;
        self.holes.push(hole);
    }
    fn conflict(&mut self, _: End, conflict: Conflict, _: Source) -> bool {
        self.conflicts.push(conflict);
        conflict.is_promised
    }
    fn end(&mut self, side: End, _: Source) {
        self.ended[side as usize] = true;
    }
}

fn segment(sequence: u32, acknowledgment: u32, flags: u8, payload: &[u8]) -> Segment<'_> {
    Segment { sequence, acknowledgment, flags: flags | ACK, payload, cut: 0, stamp: Stamp::default() }
}

fn opened(client: u32, server: u32) -> (Reassembly, Kept) {
    let (mut r, mut kept) = (Reassembly::default(), Kept::default());
    let syn = Segment { flags: SYN, ..segment(client, 0, 0, b"") };
    r.segment(End::First, &Segment { flags: SYN, ..syn }, Source::default(), &mut kept);
    r.segment(End::Second, &segment(server, client.wrapping_add(1), SYN, b""), Source::default(), &mut kept);
    (r, kept)
}

#[test]
fn a_syn_that_comes_late_moves_what_waits_and_takes_back_nothing() {
    let (mut r, mut kept) = (Reassembly::default(), Kept::default());
    let mut take =
        |r: &mut Reassembly, side, segment: Segment<'_>| r.segment(side, &segment, Source::default(), &mut kept);
    take(&mut r, End::First, segment(100, 0, 0, b""));
    // It waits for a byte of the client that was not seen yet.
    take(&mut r, End::Second, segment(203, 101, 0, b"def"));
    take(&mut r, End::Second, Segment { flags: SYN, ..segment(199, 0, 0, b"") });
    take(&mut r, End::Second, segment(200, 0, 0, b"abc"));
    take(&mut r, End::First, segment(100, 0, 0, b"?"));
    assert_eq!((&kept.streams[0][..], &kept.streams[1][..]), (&b"?"[..], &b"abcdef"[..]));

    let (mut r, mut kept) = (Reassembly::default(), Kept::default());
    r.segment(End::First, &Segment { cut: 7, ..segment(100, 0, 0, b"") }, Source::default(), &mut kept);
    r.segment(End::First, &Segment { flags: SYN, ..segment(90, 0, 0, b"") }, Source::default(), &mut kept);
    r.segment(End::First, &segment(107, 0, 0, b"abc"), Source::default(), &mut kept);
    assert_eq!((&kept.streams[0][..], kept.missing), (&b"\0\0\0\0\0\0\0abc"[..], 7));
}

#[test]
fn a_stream_goes_on_over_the_end_of_the_sequence_space() {
    let (mut r, mut kept) = opened(u32::MAX - 2, 0);
    for (sequence, payload) in [(u32::MAX - 1, b"abc"), (1, b"def")] {
        r.segment(End::First, &segment(sequence, 1, 0, payload), Source::default(), &mut kept);
    }
    assert_eq!(kept.streams[0], b"abcdef");
}

#[test]
fn a_response_waits_for_the_request_it_acknowledges() {
    let (mut r, mut kept) = opened(0, 100);
    r.segment(End::Second, &segment(101, 4, 0, b"response"), Source::default(), &mut kept);
    assert!(kept.order.is_empty());
    r.segment(End::First, &segment(1, 101, 0, b"req"), Source::default(), &mut kept);
    assert_eq!(kept.order, [(0, 0), (1, 0)]);
}

#[test]
fn an_acknowledged_hole_is_given_up_after_some_patience_and_counted() {
    let (mut r, mut kept) = opened(0, 100);
    r.segment(End::First, &segment(4, 101, 0, b"late"), Source::default(), &mut kept);
    for _ in 0..=HOLE_PATIENCE {
        r.segment(End::Second, &segment(101, 8, 0, b""), Source::default(), &mut kept);
    }
    assert_eq!(kept.streams[0], b"\0\0\0late");
    assert_eq!(kept.missing, 3);
}

#[test]
fn a_hole_nobody_acknowledged_is_waited_for() {
    let (mut r, mut kept) = opened(0, 100);
    r.segment(End::First, &segment(4, 101, 0, b"late"), Source::default(), &mut kept);
    for _ in 0..1000 {
        r.segment(End::Second, &segment(101, 1, 0, b""), Source::default(), &mut kept);
    }
    assert_eq!(kept.streams[0], b"");
    r.segment(End::First, &segment(1, 101, 0, b"abc"), Source::default(), &mut kept);
    assert_eq!(kept.streams[0], b"abclate");
}

#[test]
fn what_is_still_missing_at_the_end_was_received_only_if_it_was_acknowledged() {
    for (acknowledged, hole) in [(1, Hole::NotAcknowledged), (8, Hole::NotCaptured)] {
        let (mut r, mut kept) = opened(0, 100);
        r.segment(End::First, &segment(4, 101, 0, b"late"), Source::default(), &mut kept);
        r.segment(End::Second, &segment(101, acknowledged, 0, b""), Source::default(), &mut kept);
        r.flush(Source::default(), &mut kept);
        assert_eq!((kept.missing, kept.holes), (3, vec![hole]));
    }
}

#[test]
fn what_waits_is_bounded_in_bytes() {
    let (mut r, mut kept) = opened(0, 100);
    let payload = [1; 1460];
    for i in 0..2000u32 {
        r.segment(End::First, &segment(10 + i * 1460, 101, 0, &payload), Source::default(), &mut kept);
        assert!(r.waiting_bytes() <= MAX_WAITING_BYTES + payload.len());
    }
    assert_eq!(kept.missing, 9);
}

#[test]
fn bytes_cut_off_by_the_snap_length_are_missing() {
    let (mut r, mut kept) = opened(0, 100);
    let cut = Segment { cut: 5, ..segment(1, 101, 0, b"abc") };
    r.segment(End::First, &cut, Source::default(), &mut kept);
    r.segment(End::First, &segment(9, 101, 0, b"def"), Source::default(), &mut kept);
    assert_eq!((kept.streams[0].as_slice(), kept.missing), (&b"abc\0\0\0\0\0def"[..], 5));
}

#[test]
fn probes_and_repeats_are_told_from_news() {
    let (mut r, mut kept) = opened(0, 100);
    let mut say_at = |milliseconds: u64, sequence, payload: &[u8]| {
        let stamp = Stamp::new(Timestamp(milliseconds * 1_000_000), Mark::default(), Tap::default());
        let segment = Segment { stamp, ..segment(sequence, 101, 0, payload) };
        r.segment(End::First, &segment, Source::default(), &mut kept)
    };
    assert_eq!(say_at(100, 1, b"abc"), Novelty::InOrder);
    assert_eq!(say_at(100, 1, b"abc"), Novelty::Copy);
    let mut time = 200;
    let mut say = |sequence, payload: &[u8]| {
        time += 100;
        say_at(time, sequence, payload)
    };
    assert_eq!(say(3, b"c"), Novelty::KeepAlive);
    assert_eq!(say(1, b"abc"), Novelty::Repeated);
    assert_eq!(say(2, b"bcd"), Novelty::InOrder);
    assert_eq!(say(9, b"x"), Novelty::Ahead);
    assert_eq!(say(9, b"x"), Novelty::Repeated);
    assert_eq!(say(5, b""), Novelty::Empty);
}

#[test]
fn what_comes_again_otherwise_is_told_and_the_first_copy_stays() {
    let (mut r, mut kept) = opened(0, 100);
    for (sequence, payload) in
        [(1, &b"abcd"[..]), (1, b"abcd"), (1, b"aXcd"), (9, b"ijkl"), (11, b"Klmn"), (5, b"efgh")]
    {
        let source = Source::of(Moment { packet: u64::from(sequence), ..Moment::default() });
        r.segment(End::First, &segment(sequence, 101, 0, payload), source, &mut kept);
    }
    assert_eq!(kept.streams[0], b"abcdefghijklmn");
    let received = Conflict { start: 0, length: 4, packet: 1, received: true, is_promised: true };
    let waiting = Conflict { start: 10, length: 2, packet: 9, received: false, is_promised: false };
    assert_eq!(kept.conflicts, [received, waiting]);
}

proptest! {
    /// A dialogue cut into any segments, in any order, with repeats, gives the same two streams.
    #[test]
    fn any_segments_in_any_order_give_the_same_streams(
        turns in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..100), 1..5),
        cuts in prop::collection::vec(16usize..64, 1..8),
        isn in any::<[u32; 2]>(),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let (mut r, mut kept) = opened(isn[0], isn[1]);
        let mut sent = [0u32; 2];
        let mut expected = [Vec::new(), Vec::new()];
        let mut segments = Vec::new();
        let mut cut = cuts.iter().cycle();
        for (i, turn) in turns.iter().enumerate() {
            let (from, to) = (i % 2, 1 - i % 2);
            let mut rest = &turn[..];
            while !rest.is_empty() {
                let (piece, left) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                let sequence = isn[from].wrapping_add(1 + sent[from]);
                segments.push((from, sequence, isn[to].wrapping_add(1 + sent[to]), piece.to_vec()));
                sent[from] += piece.len() as u32;
                rest = left;
            }
            expected[from].extend_from_slice(turn);
        }
        for repeat in repeats {
            let again = repeat.get(&segments).clone();
            segments.push(again);
        }
        for (a, b) in swaps {
            let (a, b) = (a.index(segments.len()), b.index(segments.len()));
            segments.swap(a, b);
        }
        // More segments than HOLE_PATIENCE, and a shuffle this wild would rightly be taken for loss.
        prop_assert!(segments.len() <= HOLE_PATIENCE as usize);
        for (from, sequence, acknowledgment, payload) in &segments {
            let side = if *from == 0 { End::First } else { End::Second };
            r.segment(side, &segment(*sequence, *acknowledgment, 0, payload), Source::default(), &mut kept);
        }
        prop_assert_eq!(kept.missing, 0);
        prop_assert_eq!(&kept.conflicts, &[]);
        prop_assert!(!r.is_waiting());
        prop_assert_eq!(kept.streams, expected);
    }

    /// Whatever comes, flushing ends, and leaves nothing waiting.
    #[test]
    fn flushing_always_ends(
        segments in prop::collection::vec((any::<bool>(), 0u32..300, 0u32..300, 0u8..32, 0usize..50, 0u32..9), 0..60)
    ) {
        let (mut r, mut kept) = opened(0, 0);
        let payload = [7u8; 50];
        for (first, sequence, acknowledgment, flags, length, cut) in segments {
            let side = if first { End::First } else { End::Second };
            let s = Segment { sequence, acknowledgment, flags, payload: &payload[..length], cut, stamp: Stamp::default() };
            r.segment(side, &s, Source::default(), &mut kept);
        }
        r.flush(Source::default(), &mut kept);
        prop_assert!(!r.is_waiting());
        prop_assert_eq!(r.waiting_bytes(), 0);
    }
}
