//! The pipeline's stages one by one, each beside a bare pass over the same bytes: what the throughputs' ratios say holds on any
//! machine.
//!
//! ```text
//! cargo bench --bench stages
//! cargo bench --bench stages -- websocket
//! ```

#[path = "../tests/common/segments.rs"]
mod segments;
#[path = "../tests/common/traffic.rs"]
mod traffic;

use std::hint::black_box;
use std::io::Write as _;

use criterion::{Criterion, Throughput};
use wire101::capture::{LinkType, Packet, Reader, Timestamp};
use wire101::inspect::{Event, Inspector, Options, Sink};
use wire101::layers::application::http;
use wire101::layers::application::websocket;
use wire101::layers::presentation::charset::Utf8Check;
use wire101::layers::presentation::deflate::Inflater;
use wire101::layers::presentation::masking;
use wire101::layers::stack::{self, Outcome};
use wire101::layers::transport::{Conflict, End, Hole, Reassembly, Receiver, Segment, Stamp};
use wire101::layers::{Direction, Source};
use wire101::moment::Moment;

use traffic::Kind;

/// How many bytes of each kind of traffic: more than the processor's caches near at hand hold.
const BYTES: u64 = 8 << 20;

/// A packet of the traffic that is benched with.
type Data = Vec<u8>;

/// What nobody listens to.
struct Nothing;

impl Sink for Nothing {
    fn event(&mut self, _: Event<'_>) {}
}

/// The stream of a side, if one is to be kept.
#[derive(Default)]
struct Stream(Option<End>, Vec<u8>);

impl Receiver for Stream {
    fn bytes(&mut self, side: End, _: u64, bytes: &[u8], _: Source) {
        if self.0 == Some(side) {
            self.1.extend_from_slice(bytes);
        }
    }
    fn gap(&mut self, _: End, _: u64, _: u64, _: Hole, _: Source) {}
    fn conflict(&mut self, _: End, _: Conflict, _: Source) -> bool {
        false
    }
    fn end(&mut self, _: End, _: Source) {}
}

fn packets(kind: Kind) -> Vec<Data> {
    let mut packets = Vec::new();
    kind.make(BYTES, &mut |packet| packets.push(packet.to_vec()));
    packets
}

fn bare_pass(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0, |sum: u64, word| sum.wrapping_add(u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| sum.wrapping_add(u64::from(*byte)))
}

/// Benches ways to go over the same bytes.
fn group(criterion: &mut Criterion, name: &str, bytes: &[u8], stages: &mut [(&str, &mut dyn FnMut() -> u64)]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("bare pass", |bencher| bencher.iter(|| bare_pass(black_box(bytes))));
    for (stage, run) in stages {
        group.bench_function(*stage, |bencher| bencher.iter(|| black_box(run())));
    }
    group.finish();
}

/// As pcap.
fn file(packets: &[Data]) -> Vec<u8> {
    let mut file = b"\x4d\x3c\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0".to_vec();
    for (time, data) in (0_u32..).zip(packets) {
        let length = data.len() as u32;
        file.extend([1_700_000_000, time * 1000, length, length].map(u32::to_le_bytes).as_flattened());
        file.extend(data);
    }
    file
}

fn records(file: &[u8]) -> u64 {
    let mut reader = Reader::new(file).expect("it is a capture");
    let mut packets = 0;
    while let Ok(Some(packet)) = reader.next_packet() {
        packets += packet.number & 1;
    }
    packets
}

fn headers(packets: &[Data]) -> u64 {
    let tcp = |packet: &&Data| matches!(stack::walk(1, packet), Outcome::Tcp(_));
    packets.iter().filter(tcp).count() as u64
}

/// Reassembles each connection by itself, the side that answers on port 80 being the second.
fn reassembled(packets: &[Data], to: &mut Stream) -> u64 {
    let mut connections: std::collections::HashMap<u16, Reassembly> = std::collections::HashMap::new();
    for (number, packet) in (1..).zip(packets) {
        let Outcome::Tcp(tcp) = stack::walk(1, packet) else { continue };
        let header = tcp.header;
        let (side, port) = match header.source_port {
            80 => (End::Second, header.destination_port),
            port => (End::First, port),
        };
        let (sequence, acknowledgment, flags) = (header.sequence, header.acknowledgment, header.flags);
        let segment =
            Segment { sequence, acknowledgment, flags, payload: header.payload, cut: 0, stamp: Stamp::default() };
        let source = Source::of(Moment { packet: number, ..Moment::default() });
        connections.entry(port).or_default().segment(side, &segment, source, to);
    }
    connections.len() as u64
}

fn inspected(packets: &[Data]) -> u64 {
    let mut inspector = Inspector::new(Options::default());
    for (number, data) in (1..).zip(packets) {
        let (time, original_length) = (Timestamp(number * 20_000), data.len() as u32);
        let link = LinkType::ETHERNET;
        inspector.packet(&Packet { number, time, interface: 0, link, original_length, data }, &mut Nothing);
    }
    inspector.finish(&mut Nothing).packets
}

fn decode_http(stream: &[u8]) -> u64 {
    let mut decoder = http::Decoder::at(Direction::Server, 0);
    let (mut heads, mut faults) = (0, Vec::new());
    for segment in stream.chunks(1448) {
        let mut input = http::Input { bytes: segment, source: Source::default() };
        while let Some(item) = decoder.next(&mut input) {
            if let http::Item::Head(head, _) = item {
                heads += 1;
                let framing = http::of_response(&head, None, &mut faults);
                decoder.body(framing);
            }
        }
    }
    heads
}

fn decode_websocket(stream: &[u8]) -> u64 {
    let mut decoder = websocket::Decoder::new(Direction::Client, false, 0);
    let mut frames = 0;
    for segment in stream.chunks(1448) {
        let mut input = http::Input { bytes: segment, source: Source::default() };
        while let Some(item) = decoder.next(&mut input) {
            frames += u64::from(matches!(item, websocket::Item::Header(_)));
        }
    }
    frames
}

/// Frames of a client, masked.
fn frames(text: &[u8]) -> Vec<u8> {
    let mut frames = Vec::new();
    for payload in text.chunks(400) {
        frames.extend([0x82, 0xfe]);
        frames.extend((payload.len() as u16).to_be_bytes());
        frames.extend([1, 2, 3, 4]);
        masking::unmask_into(payload, [1, 2, 3, 4], 0, &mut frames);
    }
    frames
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, kind) in [("chatter", Kind::Chatter), ("keep-alive", Kind::KeepAlive), ("bodies", Kind::Bodies)] {
        let packets = packets(kind);
        let file = file(&packets);
        group(
            &mut criterion,
            name,
            &file,
            &mut [
                ("records", &mut || records(&file)),
                ("headers", &mut || headers(&packets)),
                ("headers, reassembly", &mut || reassembled(&packets, &mut Stream::default())),
                ("everything", &mut || inspected(&packets)),
            ],
        );
    }

    // One connection's responses.
    let mut responses = Stream(Some(End::Second), Vec::new());
    let one = packets(Kind::KeepAlive)
        .into_iter()
        .filter(|packet| [&packet[34..36], &packet[36..38]].contains(&&[0x27, 0x10][..]));
    reassembled(&one.collect::<Vec<_>>(), &mut responses);
    let responses = responses.1.repeat(1 + BYTES as usize / responses.1.len());
    group(&mut criterion, "responses", &responses, &mut [("HTTP", &mut || decode_http(&responses))]);

    let text = "On the wire: naïve café, 12 € a cup, and back again. ".repeat(BYTES as usize / 57).into_bytes();
    let frames = frames(&text);
    group(&mut criterion, "frames", &frames, &mut [("WebSocket", &mut || decode_websocket(&frames))]);
    let mut masked = text.clone();
    group(
        &mut criterion,
        "text",
        &text,
        &mut [
            ("unmask", &mut || {
                masking::unmask(&mut masked, [1, 2, 3, 4], 1);
                u64::from(masked[0])
            }),
            ("UTF-8", &mut || u64::from(Utf8Check::default().push(&text).is_ok())),
        ],
    );

    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&text).expect("memory can be written to");
    let deflated = encoder.finish().expect("memory can be written to");
    group(
        &mut criterion,
        "inflated text",
        &text,
        &mut [("inflate", &mut || {
            let mut length = 0;
            let done = Inflater::new(false).message_chunk(&deflated, &mut |clear| length += clear.len() as u64);
            length + u64::from(done.is_ok())
        })],
    );
    criterion.final_summary();
}
