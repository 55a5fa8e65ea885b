use std::convert::Infallible;
use std::fmt::Write as _;
use std::ops::Range;

use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;
use proptest::sample;

use super::*;
use crate::capture::{Interface, Layout, Mark, OwnedPacket, Packet, Reader, Timestamp, Writer};
use crate::index::{Index, Wanted};
use crate::inspect::{CountsOnly, DecodeAs, Inspector, Options};
use crate::layers::application::websocket::handshake;
use crate::layers::presentation::masking;
use crate::layers::{Layer, Span};
use crate::lesson::demos;
use crate::limits::MAX_DERIVED;
use crate::wire::{Recording, Settings};

const RAW_IP: LinkType = LinkType(101);

fn annotator(selection: Selection, link: LinkType, packets: &[Vec<u8>]) -> Annotator {
    read(Annotator::new(selection), link, packets)
}

fn read(mut annotator: Annotator, link: LinkType, packets: &[Vec<u8>]) -> Annotator {
    let mut inspector = Inspector::new(Options { keep: 0, pieces: true, ..Options::default() });
    for (number, data) in (1..).zip(packets) {
        let time = Timestamp(number * 1_000_000);
        let packet = Packet { number, time, interface: 0, link, original_length: data.len() as u32, data };
        inspector.packet(&packet, &mut annotator);
    }
    inspector.finish(&mut annotator);
    annotator
}

/// The leaves of a packet's fields, which must tile it.
fn leaves(fields: &[Field], number: u64, length: usize) -> Vec<&Field> {
    tiles(fields, Origin::Packet(number), 0, length)
}

/// The leaves of fields, which must tile `length` bytes from `start` on.
fn tiles(fields: &[Field], expected: Origin, start: u64, length: usize) -> Vec<&Field> {
    let (mut leaves, mut end) = (Vec::new(), start * 8);
    for field in fields {
        field.leaves(&mut |leaf| {
            for Span { origin, bits } in &leaf.spans {
                assert_eq!((*origin, bits.start), (expected, end), "{} {:?}", leaf.name, leaf.value);
                assert!(bits.end > bits.start, "{}", leaf.name);
                end = bits.end;
            }
            leaves.push(leaf);
        });
    }
    assert_eq!(end, (start + length as u64) * 8, "{expected:?}");
    leaves
}

/// Checks that the fields of a derived stream tile it, and that its bytes lead back to those they were made from.
fn check_derived(it: &DerivedStream, packets: &[Vec<u8>]) {
    tiles(&it.fields, it.origin, it.start, it.bytes.len());
    let end = it.start + it.bytes.len() as u64;
    let place = it.trace(it.start..end);
    assert!(it.bytes.is_empty() || !place.runs().is_empty(), "{}", it.name);
    let captured = |run: &Run| {
        let number = run.origin.packet().expect("following a span back ends in packets") as usize;
        packets[number - 1].get(run.offset as usize..(run.offset + run.length) as usize).expect("of the packet")
    };
    let from: Vec<&[u8]> = place.runs().iter().map(captured).collect();
    if it.map == Map::Whole {
        return;
    }
    assert_eq!(from.concat().len(), it.bytes.len(), "{}", it.name);
    let mut at = 0;
    for from in from {
        let here = &it.bytes[at..at + from.len()];
        at += from.len();
        let differs: Vec<u8> = from.iter().zip(here).map(|(was, is)| was ^ is).collect();
        if it.name.starts_with("Unmasked") {
            // Four bytes that repeat: the masking key, which the frame's own header has.
            assert!(differs.iter().zip(differs.iter().skip(4)).all(|(one, other)| one == other), "{}", it.name);
        } else {
            assert!(differs.iter().all(|byte| *byte == 0), "{}", it.name);
        }
    }
}

/// All derived streams, in the order of the packets that completed them.
fn derived(annotator: &Annotator, packets: &[Vec<u8>]) -> Vec<DerivedStream> {
    (1..=packets.len() as u64).flat_map(|number| annotator.derived_with(number)).collect()
}

/// Checks that the fields tile every packet; returns the names of the payload's leaves.
fn check(link: LinkType, packets: &[Vec<u8>]) -> Vec<String> {
    let annotator = annotator(Selection::All, link, packets);
    let derived = derived(&annotator, packets);
    for it in &derived {
        check_derived(it, packets);
    }
    let mut names = Vec::new();
    for (number, data) in (1..).zip(packets) {
        let fields = annotator.fields_of_packet(number, link, data);
        let leaves = leaves(&fields, number, data.len());
        names.extend(leaves.iter().filter(|leaf| leaf.layer >= Layer::Presentation).map(|leaf| leaf.name.to_string()));
        // Selected alone, it has the same fields.
        let alone = self::annotator(Selection::packet(number), link, packets);
        assert_eq!(alone.fields_of_packet(number, link, data), fields, "packet {number}");
        // And the same streams are made of it.
        let is_of_it = |it: &&DerivedStream| it.made_from().any(|run| run.origin == Origin::Packet(number));
        let facts = |it: &DerivedStream| {
            let places: Vec<_> = it.made_from().map(|run| (run.origin, run.offset, run.length)).collect();
            (it.name.clone(), it.bytes.clone(), places)
        };
        let mut of_it: Vec<_> = derived.iter().filter(is_of_it).map(facts).collect();
        let mut of_alone: Vec<_> = alone.derived_with(number).iter().map(facts).collect();
        of_it.sort();
        of_alone.sort();
        assert_eq!(of_alone, of_it, "packet {number}");
    }
    names
}

fn recordings(settings: &Settings) -> Vec<Recording> {
    let record =
        |(name, demo): &(&str, demos::Demo)| demo.record(settings).unwrap_or_else(|error| panic!("{name}: {error}"));
    demos::ALL.iter().flat_map(record).collect()
}

fn data(recording: &Recording) -> Vec<Vec<u8>> {
    recording.packets.iter().map(|packet| packet.data.clone()).collect()
}

#[test]
fn every_bit_of_every_lesson_has_a_name() {
    for recording in recordings(&Settings::default()) {
        let names = check(LinkType::ETHERNET, &data(&recording));
        assert!(!names.iter().any(|name| name == "TCP payload"), "{names:?}");
        assert!(names.iter().any(|name| name == "status code"), "{names:?}");
    }
}

#[test]
fn every_bit_has_a_name_when_packets_are_lost_and_sent_again() {
    for seed in 1..=3 {
        for recording in recordings(&Settings { loss: 20.0, seed, ..Settings::default() }) {
            check(LinkType::ETHERNET, &data(&recording));
        }
    }
}

/// A packet from the client (or the server) with that payload at that place of its stream. All of the other side's
/// stream up to `acknowledged` was received.
fn packet(client: bool, position: usize, acknowledged: usize, payload: &[u8]) -> Vec<u8> {
    let (from, to): ([u8; 2], [u8; 2]) = if client { ([200, 1], [0, 80]) } else { ([0, 80], [200, 1]) };
    let (source, destination) = if client { (1, 2) } else { (2, 1) };
    let sequence = (1001 + position as u32).to_be_bytes();
    let acknowledgment = (1001 + acknowledged as u32).to_be_bytes();
    let total = (40 + payload.len() as u16).to_be_bytes();
    [
        &[0x45, 0][..],
        &total,
        &[0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, source, 10, 0, 0, destination],
        &from,
        &to,
        &sequence,
        &acknowledgment,
        &[0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0],
        payload,
    ]
    .concat()
}

/// The SYN of each side: the streams are known from their first byte on.
fn opening() -> Vec<Vec<u8>> {
    let (mut syn, mut answer) = (packet(true, 0, 0, b""), packet(false, 0, 0, b""));
    for (packet, flags) in [(&mut syn, 2), (&mut answer, 18)] {
        packet[24..28].copy_from_slice(&1000_u32.to_be_bytes());
        packet[33] = flags;
    }
    vec![syn, answer]
}

/// One side's stream, cut; every segment acknowledges what the other side said before.
fn segments(client: bool, position: usize, acknowledged: usize, bytes: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|cut| packet(client, position + cut[0], acknowledged, &bytes[cut[0]..cut[1]])).collect()
}

#[test]
fn a_header_line_over_three_packets_is_shown_in_each_with_its_own_bytes() {
    let bytes = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
    let packets = segments(true, 0, 0, bytes, &[18, 25]);
    let annotator = annotator(Selection::packet(2), RAW_IP, &packets);
    let fields = annotator.fields_of_packet(2, RAW_IP, &packets[1]);
    let request = fields.last().unwrap();
    assert_eq!((&request.name[..], &request.value[..]), ("HTTP request", "GET / HTTP/1.1"));
    assert_eq!(request.parts.len(), 1);
    let line = &request.parts[0];
    assert_eq!(line.value, "Host: example.com");
    assert!(line.meaning.ends_with("Began in packet 1, goes on in packet 3."), "{}", line.meaning);
    assert_eq!(line.spans, [Span { origin: Origin::Packet(2), bits: 320..376 }]);
    let names: Vec<_> = line.parts.iter().map(|part| &part.name[..]).collect();
    assert_eq!(names, ["field name", ":", "OWS", "field value"]);
    assert_eq!(line.parts[3].parts[0].value, "example.com");

    let whole = annotator.fields_of_exchange(0, 0).all.remove(0).field;
    // Only what touches the packet was asked for.
    assert_eq!(whole.parts.len(), 1);
    assert_eq!(whole.parts[0].spans.len(), 3);
}

#[test]
fn an_exchange_has_the_fields_of_all_its_packets() {
    let request = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: text/plain\r\n\r\nHello, wire!";
    let mut packets = opening();
    packets.extend(segments(true, 0, 0, request, &[3]));
    packets.extend(segments(false, 0, request.len(), response, &[70]));
    let annotator = annotator(Selection::Exchange(0, 0), RAW_IP, &packets);
    assert_eq!(annotator.packets().len(), 4);
    assert_eq!(annotator.units_of(3), [Unit::Exchange(0, 0)]);
    let fields: Vec<Field> = annotator.fields_of_exchange(0, 0).all.into_iter().map(|it| it.field).collect();
    let names: Vec<_> = fields.iter().map(|field| &field.name[..]).collect();
    assert_eq!(names, ["HTTP request", "HTTP response"]);
    let content = fields[1].parts.last().unwrap();
    assert_eq!((&content.value[..], content.spans.len()), ("Hello, wire!", 2));
    assert_eq!(content.meaning, "Content, text/plain.");

    let last = self::annotator(Selection::All, RAW_IP, &packets).fields_of_packet(6, RAW_IP, &packets[5]);
    let content = last.last().unwrap().parts.last().unwrap();
    assert_eq!(content.value, ", wire!");
    assert_eq!(content.meaning, "Content, text/plain. Bytes 6 to 12 of it; began in packet 5.");
}

#[test]
fn what_was_sent_again_says_so() {
    let bytes = b"GET / HTTP/1.1\r\n\r\n";
    let packets = [packet(true, 0, 0, bytes), packet(true, 0, 0, bytes), packet(true, 7, 0, b"TTP/1.1\r\n\r\nGET")];
    let annotator = annotator(Selection::All, RAW_IP, &packets);
    let again = annotator.fields_of_packet(2, RAW_IP, &packets[1]);
    assert!(again.last().unwrap().meaning.contains("a retransmission"));
    let overlapping = annotator.fields_of_packet(3, RAW_IP, &packets[2]);
    let [.., before, new] = &overlapping[..] else { panic!("{overlapping:?}") };
    assert!(before.meaning.contains("overlaps"), "{}", before.meaning);
    assert_eq!(before.value, "11 bytes");
    assert!(new.meaning.starts_with("The beginning of something"), "{}", new.meaning);
}

#[test]
fn a_segment_in_fragments_is_named_in_each_of_them() {
    let whole = packet(true, 0, 0, b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    let fragment = |range: std::ops::Range<usize>, more: u8| {
        let mut packet = [&whole[..20], &whole[20..][range.clone()]].concat();
        let total = packet.len() as u16;
        packet[2..4].copy_from_slice(&total.to_be_bytes());
        packet[6..8].copy_from_slice(&[more << 5, (range.start / 8) as u8]);
        packet
    };
    let packets = [fragment(0..32, 1), fragment(32..whole.len() - 20, 0)];
    let names = check(RAW_IP, &packets);
    // The line that straddles is shown in both.
    assert_eq!(names.iter().filter(|name| *name == "HTTP version").count(), 2, "{names:?}");
    let first = annotator(Selection::All, RAW_IP, &packets).fields_of_packet(1, RAW_IP, &packets[0]);
    let names: Vec<_> = first.iter().map(|field| (&field.name[..], &field.value[..])).collect();
    assert_eq!(names[1..], [("payload", "20 bytes"), ("HTTP request", "GET / HTTP/1.1")]);
}

#[test]
fn what_is_beyond_the_limit_is_told() {
    let packets = [packet(true, 0, 0, b"GET / HTTP/1.1\r\n\r\n")];
    let mut annotator = Annotator::new(Selection::All);
    annotator.found.room = 100;
    let annotator = read(annotator, RAW_IP, &packets);
    assert!(annotator.is_limited());
    let fields = annotator.fields_of_packet(1, RAW_IP, &packets[0]);
    assert!(fields.last().unwrap().meaning.starts_with("More would have to be kept"));
    leaves(&fields, 1, packets[0].len());
}

#[test]
fn another_protocol_is_named_and_not_looked_into() {
    let packets = [opening(), vec![packet(true, 0, 0, b"\x16\x03\x01\x00\x05hello")]].concat();
    let fields = annotator(Selection::All, RAW_IP, &packets).fields_of_packet(3, RAW_IP, &packets[2]);
    let field = fields.last().unwrap();
    assert_eq!((field.layer, &field.name[..]), (Layer::Presentation, "TCP payload"));
    assert!(field.meaning.starts_with("TLS"), "{}", field.meaning);
}

fn captured(recording: &Recording) -> Vec<u8> {
    let mut file = Vec::new();
    let interface = Interface { name: None, link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment: None };
    let mut writer = Writer::new(&mut file, &[interface], "test").unwrap();
    for OwnedPacket { time, data, .. } in &recording.packets {
        writer.packet(0, *time, data.len() as u32, data, None).unwrap();
    }
    file
}

#[test]
fn a_capture_is_read_for_the_packets_of_an_exchange_and_of_a_frame() {
    let upgrade = demos::demo("upgrade").unwrap().record(&Settings::default()).unwrap().swap_remove(1);
    let file = captured(&upgrade);
    let of = |selection| {
        let reader = Reader::new(&file[..]).unwrap();
        let index = Index::read(reader, Wanted::Nothing, Options::default(), &mut CountsOnly);
        let open =
            |layout: &Layout, mark: Mark| Ok::<_, Infallible>(layout.resume(&file[mark.offset as usize..], mark));
        let mut packets = index.packets(open, selection, DecodeAs::default()).unwrap();
        let mut said = String::new();
        for packet in packets.by_ref() {
            leaves(&packet.fields, packet.number, packet.data.len());
            for field in packet.fields.iter().filter(|field| field.layer == Layer::Application) {
                writeln!(said, "{:?} {} {:?}", packet.units, field.name, field.value).unwrap();
            }
        }
        assert!(packets.error().is_none() && !packets.is_limited());
        said
    };
    assert_eq!(
        of(Selection::Exchange(0, 0)),
        "[Exchange(0, 0)] HTTP request \"GET /chat HTTP/1.1\"\n\
         [Exchange(0, 0)] HTTP response \"HTTP/1.1 101 Switching Protocols\"\n"
    );
    assert_eq!(of(Selection::Frame(0, 0)), "[Frame(0, 0)] WebSocket frame \"text, 12 bytes\"\n");
    assert_eq!(of(Selection::Frame(0, 99)), "");
    assert_eq!(of(Selection::Connection(0)), of(Selection::All));
}

/// Messages, and how each is cut.
#[derive(Clone, Debug)]
struct Turn {
    client: bool,
    bytes: Vec<u8>,
    cuts: Vec<usize>,
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40)
}

fn http_turns() -> impl Strategy<Value = Vec<Turn>> {
    let exchange = (body(), body(), any::<bool>(), prop::collection::vec(0..500_usize, 0..6)).prop_map(
        |(sent, answered, chunked, cuts)| {
            let length = sent.len();
            let head =
                format!("POST /a?b=c HTTP/1.1\r\nHost: a:80\r\nCookie: a=1; b\r\nContent-Length: {length}\r\n\r\n");
            let request = [head.as_bytes(), &sent].concat();
            let response = if chunked {
                let head =
                    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x};a=b\r\n", answered.len() + 1);
                [head.as_bytes(), b"x", &answered, b"\r\n0\r\nX-Sum: 1\r\n\r\n"].concat()
            } else {
                [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answered.len()).as_bytes(), &answered]
                    .concat()
            };
            [(true, request), (false, response)].map(|(client, bytes)| Turn { client, bytes, cuts: cuts.clone() })
        },
    );
    prop::collection::vec(exchange, 1..4).prop_map(|exchanges| exchanges.concat())
}

fn websocket_turns() -> impl Strategy<Value = Vec<Turn>> {
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    );
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        handshake::accept(key.as_bytes())
    );
    let first_byte = prop::sample::select(&[0x81, 0x01, 0x80, 0xc2, 0x88, 0x89, 0x8a][..]);
    let frame = (any::<bool>(), first_byte, prop::collection::vec(any::<u8>(), 0..140), any::<[u8; 4]>());
    let frame =
        (frame, prop::collection::vec(0..200_usize, 0..4)).prop_map(|((client, first, mut payload, key), cuts)| {
            if first & 8 != 0 {
                payload.truncate(125);
            }
            let mask = if client { 0x80 } else { 0 };
            let mut bytes = match payload.len() {
                length @ ..126 => vec![first, mask | length as u8],
                length => vec![first, mask + 126, (length >> 8) as u8, length as u8],
            };
            if client {
                bytes.extend(key);
                masking::unmask(&mut payload, key, 0);
            }
            Turn { client, bytes: [bytes, payload].concat(), cuts }
        });
    prop::collection::vec(frame, 0..6).prop_map(move |frames| {
        let turn = |client, text: &str| Turn { client, bytes: text.into(), cuts: vec![50, 333] };
        [vec![turn(true, &request), turn(false, &response)], frames].concat()
    })
}

/// The turns as packets, in order.
fn in_order(turns: &[Turn]) -> Vec<Vec<u8>> {
    let mut said = [0, 0];
    let mut packets = opening();
    for Turn { client, bytes, cuts } in turns {
        let (from, to) = (usize::from(!client), usize::from(*client));
        packets.extend(segments(*client, said[from], said[to], bytes, cuts));
        said[from] += bytes.len();
    }
    packets
}

/// What is made of a dialogue: each stream's name and bytes.
fn made(packets: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
    let annotator = annotator(Selection::All, RAW_IP, packets);
    let mut made: Vec<_> = derived(&annotator, packets).into_iter().map(|it| (it.name, it.bytes)).collect();
    made.sort();
    made
}

#[test]
fn a_segment_in_fragments_is_a_datagram_whose_header_leads_back_to_them() {
    let whole = packet(true, 0, 0, b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    let fragment = |range: Range<usize>, more: u8| {
        let mut packet = [&whole[..20], &whole[20..][range.clone()]].concat();
        let total = packet.len() as u16;
        packet[2..4].copy_from_slice(&total.to_be_bytes());
        packet[6..8].copy_from_slice(&[more << 5, (range.start / 8) as u8]);
        packet
    };
    // The header is in two packets itself.
    let packets = [fragment(16..whole.len() - 20, 0), fragment(0..16, 1)];
    let annotator = annotator(Selection::packet(1), RAW_IP, &packets);
    let [datagram] = &annotator.derived_with(1)[..] else { panic!("one stream") };
    check_derived(datagram, &packets);
    assert_eq!(datagram.name, "Datagram from 10.0.0.1 to 10.0.0.2");
    assert_eq!((&datagram.bytes[..], datagram.packets), (&whole[20..], (1, 2)));
    let header = &datagram.fields[0];
    assert_eq!((&header.name[..], header.layer), ("TCP", Layer::Transport));
    let run = |packet, offset, length| Run { origin: Origin::Packet(packet), offset, length };
    assert_eq!(datagram.trace(0..20).runs(), [run(2, 20, 16), run(1, 20, 4)]);
}

#[test]
fn of_a_long_body_what_came_of_the_selected_packet_is_kept() {
    let body: Vec<u8> = (0..200_000_u32).map(|at| (at / 7) as u8).collect();
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n";
    let response = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut packets = opening();
    packets.extend(segments(true, 0, 0, request, &[]));
    let cuts: Vec<usize> = (1..200).map(|cut| cut * 1000).collect();
    packets.extend(segments(false, 0, request.len(), &response, &cuts));
    // Packets 69 to 71 are about where it becomes too long to be kept whole.
    for number in [4, 20, 68, 69, 70, 71, 72, 100] {
        let annotator = annotator(Selection::packet(number), RAW_IP, &packets);
        let [it] = &annotator.derived_with(number)[..] else { panic!("one stream") };
        check_derived(it, &packets);
        assert_eq!((it.length, it.packets), (200_000, (4, 203)));
        let start = (number as usize - 4) * 1000;
        let skip = head.len();
        let kept = start.saturating_sub(skip)..start + 1000 - skip;
        assert_eq!((it.start, &it.bytes[..]), (kept.start as u64, &body[kept]));
    }
    let annotator = annotator(Selection::All, RAW_IP, &packets);
    let [it] = &derived(&annotator, &packets)[..] else { panic!("one stream") };
    assert_eq!((it.start, &it.bytes[..]), (0, &body[..MAX_DERIVED]));
}

#[test]
fn what_is_kept_of_derived_streams_is_limited() {
    let exchange = |at: usize| {
        let body = [at as u8; 300].repeat(100);
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7530\r\n";
        let response = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        [(true, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()), (false, response)].map(|(client, bytes)| Turn {
            client,
            bytes,
            cuts: vec![20_000],
        })
    };
    let packets = in_order(&(0..20).flat_map(exchange).collect::<Vec<_>>());
    let mut annotator = Annotator::new(Selection::All);
    annotator.found.room_for_derived = 100_000;
    let annotator = read(annotator, RAW_IP, &packets);
    let made = derived(&annotator, &packets);
    for it in &made {
        check_derived(it, &packets);
    }
    let kept: usize = made.iter().map(|it| it.bytes.len()).sum();
    assert!((50_000..=100_000).contains(&kept), "{kept}");
    // What came first has all of its bytes, and what is left out of the others can be counted.
    assert_eq!((made.len(), made[0].bytes.len(), made[19].length), (20, 30_000, 30_000));
}

/// Messages compressed with permessage-deflate, in one frame or two, after an upgrade.
fn deflated_turns() -> impl Strategy<Value = (Vec<Turn>, Vec<Vec<u8>>)> {
    let text = prop::sample::select(&["price 99.90", "the quick brown fox", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"][..]);
    let payload = prop::collection::vec(text, 1..12).prop_map(|words| words.join(" ").into_bytes());
    let message =
        (payload, any::<bool>(), any::<sample::Index>(), prop::collection::vec(0..200_usize, 0..4), any::<[u8; 4]>());
    (websocket_turns(), prop::collection::vec(message, 1..5)).prop_map(|(turns, messages)| {
        let mut turns: Vec<Turn> = turns.into_iter().take(2).collect();
        let mut said = Vec::new();
        let mut sides = [0, 1].map(|_| Compress::new(Compression::default(), false));
        for (payload, client, at, cuts, key) in messages {
            let mut deflated = Vec::with_capacity(payload.len() * 2 + 64);
            sides[usize::from(client)].compress_vec(&payload, &mut deflated, FlushCompress::Sync).unwrap();
            deflated.truncate(deflated.len() - 4);
            let (one, two) = deflated.split_at(at.index(deflated.len() + 1));
            let frame = |first: u8, part: &[u8]| {
                let mut payload = part.to_vec();
                let mut bytes = vec![first, if client { 0x80 } else { 0 } | part.len() as u8];
                if client {
                    bytes.extend(key);
                    masking::unmask(&mut payload, key, 0);
                }
                [bytes, payload].concat()
            };
            // Lengths beyond 125 would need another header.
            if deflated.len() <= 125 {
                turns.push(Turn { client, bytes: [frame(0x41, one), frame(0x80, two)].concat(), cuts });
                said.push(payload);
            }
        }
        (turns, said)
    })
}

/// Bodies with their codings undone, and messages, as the records have them.
#[derive(Default)]
struct Records {
    bodies: Vec<(String, Vec<u8>)>,
    messages: Vec<(String, Vec<u8>)>,
}

impl Sink for Records {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(Exchange { connection, index, response: Some(it), .. }) => {
                let how = if it.message.content_coding.is_some() { "Decoded" } else { "Dechunked" };
                let name = format!("{how} body of the response, exchange {connection}.{index}");
                self.bodies.push((name, it.message.body.clone()));
            }
            Event::Message(it) if it.compressed => {
                let from = it.direction.name();
                let name = format!("Inflated message {} from the {from}, connection {}", it.index, it.connection);
                self.messages.push((name, it.payload.clone()));
            }
            _ => {}
        }
    }
}

fn records(packets: &[Vec<u8>]) -> Records {
    let mut records = Records::default();
    let mut inspector = Inspector::new(Options { keep: 1 << 20, ..Options::default() });
    for (number, data) in (1..).zip(packets) {
        let time = Timestamp(number * 1_000_000);
        let packet = Packet { number, time, interface: 0, link: RAW_IP, original_length: data.len() as u32, data };
        inspector.packet(&packet, &mut records);
    }
    inspector.finish(&mut records);
    records
}

/// Responses that are chunked, and coded with gzip or not.
fn coded_turns() -> impl Strategy<Value = Vec<Turn>> {
    let exchange = (prop::collection::vec(0..4_u8, 1..300), any::<bool>(), prop::collection::vec(0..500_usize, 0..6));
    let exchange = exchange.prop_map(|(body, coded, cuts)| {
        let mut sent = body;
        if coded {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
            std::io::Write::write_all(&mut gzip, &sent).unwrap();
            sent = gzip.finish().unwrap();
        }
        let coding = if coded { "Content-Encoding: gzip\r\n" } else { "" };
        let (one, two) = sent.split_at(sent.len() / 2 + 1);
        let mut response = format!("HTTP/1.1 200 OK\r\n{coding}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
        for chunk in [one, two].into_iter().filter(|chunk| !chunk.is_empty()) {
            response.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        }
        response.extend(b"0\r\n\r\n");
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
        [(true, request), (false, response)].map(|(client, bytes)| Turn { client, bytes, cuts: cuts.clone() })
    });
    prop::collection::vec(exchange, 1..4).prop_map(|exchanges| exchanges.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_dialogue_in_any_segments_is_named_to_the_last_bit(
        turns in prop_oneof![http_turns(), websocket_turns()],
    ) {
        let names = check(RAW_IP, &in_order(&turns));
        prop_assert!(!names.iter().any(|name| name == "TCP payload"), "{names:?}");
    }

    #[test]
    fn derived_streams_are_the_same_however_their_bytes_are_cut(
        turns in prop_oneof![http_turns(), websocket_turns(), coded_turns(), deflated_turns().prop_map(|(turns, _)| turns)],
    ) {
        let whole: Vec<Turn> = turns.iter().map(|turn| Turn { cuts: Vec::new(), ..turn.clone() }).collect();
        prop_assert_eq!(made(&in_order(&turns)), made(&in_order(&whole)));
    }

    #[test]
    fn a_derived_body_is_the_body_that_its_record_has(turns in coded_turns()) {
        let packets = in_order(&turns);
        check(RAW_IP, &packets);
        let made = made(&packets);
        let records = records(&packets);
        prop_assert!(!records.bodies.is_empty());
        for body in records.bodies {
            prop_assert!(made.contains(&body), "{body:?} {made:?}");
        }
    }

    #[test]
    fn an_inflated_message_is_the_message_that_its_record_has((turns, said) in deflated_turns()) {
        let packets = in_order(&turns);
        check(RAW_IP, &packets);
        let inflated: Vec<_> = made(&packets).into_iter().filter(|(name, _)| name.starts_with("Inflated")).collect();
        let mut messages = records(&packets).messages;
        prop_assert_eq!(messages.iter().map(|(_, payload)| payload.clone()).collect::<Vec<_>>(), said);
        messages.sort();
        prop_assert_eq!(inflated, messages);
    }

    #[test]
    fn segments_out_of_order_repeated_and_missing_are_named_to_the_last_bit(
        turns in prop_oneof![http_turns(), websocket_turns()],
        moves in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3), 0..12),
    ) {
        let mut packets = in_order(&turns);
        for (from, to, how) in moves {
            let (from, to) = (from.index(packets.len()), to.index(packets.len()));
            match how {
                0 => packets.swap(from, to),
                1 => packets.insert(to, packets[from].clone()),
                _ if packets.len() > 1 => drop(packets.remove(from)),
                _ => {}
            }
        }
        check(RAW_IP, &packets);
    }

    #[test]
    fn damage_to_any_byte_leaves_no_bit_without_a_name(
        turns in prop_oneof![http_turns(), websocket_turns()],
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut packets = in_order(&turns);
        for (packet, at, byte) in damage {
            let packet = packet.index(packets.len());
            let packet = &mut packets[packet];
            let at = at.index(packet.len());
            packet[at] = byte;
        }
        check(RAW_IP, &packets);
    }
}
