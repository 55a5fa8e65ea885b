//! What mutated inputs are fed to: each parser by itself, and the whole pipeline with every view.

use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use wire101::capture::watched::Nobody;
use wire101::capture::{Interface, LinkType, PacketName, Reader, Timestamp, Writer, source};
use wire101::commands::explain::explain;
use wire101::commands::inspect::{Inspect, inspect as command};
use wire101::filter::Filter;
use wire101::inspect::record::Direction;
use wire101::inspect::{self, CountsOnly, Options, pasted};
use wire101::layers::Source;
use wire101::layers::application::{http, websocket};
use wire101::layers::presentation::coding;
use wire101::layers::presentation::deflate::{Inflater, extensions};
use wire101::layers::session::tls::Tls;
use wire101::layers::session::{Opening, Prelude, opening};
use wire101::layers::stack::{self, Outcome};
use wire101::layers::transport::header::Options as TcpOptions;
use wire101::layers::transport::{Conflict, End, Hole, Reassembly, Receiver, Segment, Stamp};
use wire101::limits::MAX_WAITING_BYTES;
use wire101::moment::Moment;
use wire101::redact::Redacted;
use wire101::render::json::Json;
use wire101::render::overview::{About, Overview};
use wire101::render::rest::Rest;
use wire101::render::style::Style;

use super::corpus::{self, Packets};
use super::mutation::{self, Chance};

/// How much of bodies and payloads the views are given.
const KEEP: usize = 4096;

/// The most that a compressed input may become in a target of its own.
const LIMIT: u64 = 8 << 20;

const STYLE: Style = Style { colour: true, ..Style::plain(80) };

/// The link types whose headers are decoded.
const LINKS: [u16; 31] = [
    0, 1, 6, 9, 10, 12, 14, 50, 51, 101, 104, 105, 108, 109, 113, 117, 119, 127, 147, 163, 192, 228, 229, 239, 258,
    274, 276, 281, 282, 283, 284,
];

/// Something that takes any bytes.
pub struct Target {
    pub name: &'static str,
    pub seeds: Vec<Vec<u8>>,
    /// Whether the input was taken for what it is a mutation of, at least in part, and not refused at once.
    pub run: fn(&[u8]) -> bool,
}

/// All parsers, each with what it is fed at first.
pub fn parsers(captures: &[Packets]) -> Vec<Target> {
    let payloads: Vec<Vec<u8>> =
        captures.iter().flatten().filter_map(|packet| packet.get(54..)).map(<[u8]>::to_vec).collect();
    let text = b"to be, or not to be, that is the question ".repeat(9);
    let deflated = corpus::gzip(&text)[10..].to_vec();
    let gzip = [&[1][..], &corpus::gzip(&text)].concat();
    let zstd = [&[4][..], &corpus::zstd(&text)].concat();
    let target = |name, seeds: &[Vec<u8>], run: fn(&[u8]) -> bool| {
        // What is refused as it is makes no good seed: a mutation would be refused as well.
        let seeds: Vec<Vec<u8>> = seeds.iter().filter(|seed| run(seed)).cloned().collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        Target { name, seeds, run }
    };
    let files = |pcapng| captures.iter().map(|packets| file(packets, pcapng)).collect::<Vec<_>>();
    vec![
        target("pcap", &files(false), read),
        target("pcapng", &files(true), read),
        target("stack", &captures.concat().iter().map(|packet| [&[1], &packet[..]].concat()).collect::<Vec<_>>(), walk),
        target(
            "tcp-options",
            &[b"\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x08\x0a\0\0\0\x01\0\0\0\0\x05\x0a\0\0\0\x01\0\0\0\x02"
                .to_vec()],
            tcp_options,
        ),
        target("reassembly", &[(0..200).collect(), b"\0\x10\x05\x07\x11\x80\xff".repeat(30)], reassembly),
        target("http", &payloads, http),
        target("websocket", &payloads, websocket),
        target("inflate", &[deflated], inflate),
        target("codings", &[gzip, zstd], codings),
        target(
            "opening",
            &[corpus::client_hello(), b"\x05\x02\x00\x02".to_vec(), b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n".to_vec()],
            session,
        ),
        target(
            "extensions",
            &[b"permessage-deflate; client_max_window_bits=15; server_no_context_takeover, x; y=\"z\"".to_vec()],
            |bytes| !extensions(bytes).0.is_empty(),
        ),
        target("pasted", &payloads, |bytes| {
            let [frames, of_client] =
                [None, Some(Direction::Client)].map(|from| pasted::read(bytes, from).frames.len());
            frames > 0 && of_client > 0
        }),
        target(
            "explain",
            &[b"frame 81 85 37 fa 21 3d 7f 9f 4d 51 58".to_vec(), b"Cache-Control: no-store, max-age=5".to_vec()],
            explained,
        ),
    ]
}

/// The packets as a file.
pub fn file(packets: &Packets, pcapng: bool) -> Vec<u8> {
    let start = 1_700_000_000_000_000_000;
    if pcapng {
        let interface = Interface {
            name: Some("seed".into()),
            link: LinkType::ETHERNET,
            snap_length: 0,
            fcs_length: None,
            comment: None,
        };
        let mut writer = Writer::new(Vec::new(), &[interface], "mutate").expect("memory can be written to");
        for (time, data) in (start..).step_by(1_000_000).zip(packets) {
            writer.packet(0, Timestamp(time), data.len() as u32, data, None).expect("memory can be written to");
        }
        return writer.finish().expect("memory can be written to");
    }
    let mut file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0".to_vec();
    for (time, data) in (0_u32..).zip(packets) {
        let length = data.len() as u32;
        file.extend([1_700_000_000, time * 1000, length, length].map(u32::to_le_bytes).as_flattened());
        file.extend(data);
    }
    file
}

/// A capture file with damage: in its packets, in its own headers, anywhere.
pub fn damaged(captures: &[Packets], chance: &mut Chance) -> Vec<u8> {
    let mut packets = captures[chance.below(captures.len())].clone();
    for _ in 0..chance.below(5) {
        mutation::packets(&mut packets, captures, chance);
    }
    let mut file = file(&packets, chance.below(2) == 0);
    if chance.below(4) == 0 {
        // As if it began with another header.
        let link = LINKS[chance.below(LINKS.len())].to_le_bytes();
        let at = if file[0] == 0x0a { file.get(4).map_or(0, |length| usize::from(*length) + 8) } else { 20 };
        if let Some(into) = file.get_mut(at..at + 2) {
            into.copy_from_slice(&link);
        }
    }
    if chance.below(4) == 0 {
        mutation::file(&mut file, chance);
    }
    for _ in 0..chance.below(3) {
        mutation::blindly(&mut file, chance);
    }
    file
}

/// The whole pipeline and the views of one pass: JSON Lines with and without secrets, the overview, every byte's meaning;
/// and the counts alone, which shortcuts lead to. Whether anything of HTTP or WebSocket was found.
pub fn pipeline(file: &[u8]) -> bool {
    let Ok(mut reader) = source::from_reader(Cursor::new(file.to_vec())) else { return false };
    let mut overview = Overview::default();
    let mut sink = (&mut overview, (Json::new(io::sink(), "-"), Redacted::new(Json::new(io::sink(), "-"))));
    let options = Options { keep: KEEP, pieces: file.len().is_multiple_of(2), ..Options::default() };
    let finding = inspect::inspect(&mut reader, options, &mut sink);
    let (_, (json, redacted)) = sink;
    let error = finding.error.as_ref().map(ToString::to_string);
    for json in [json, redacted.into_inner()] {
        json.finish(&finding.summary, error.as_deref()).expect("a sink can be written to");
    }
    let about = About {
        source: "-",
        format: reader.format(),
        interfaces: reader.interfaces(),
        rest: Rest(finding.error.as_ref()),
    };
    drop(STYLE.lines(overview.page(about, &finding.summary)));
    let mut again = source::from_reader(Cursor::new(file.to_vec())).expect("it could be read before");
    assert_eq!(inspect::inspect(&mut again, Options::default(), &mut CountsOnly).summary, finding.summary);
    finding.summary.http_requests + finding.summary.http_responses + finding.summary.websocket_frames > 0
}

/// One of the other views of `inspect`, as the command line asks for it. Whether what it is of was there, and whole.
pub fn views(path: &Path, chance: &mut Chance) -> bool {
    let plain = Inspect { file: path.to_path_buf(), ..Inspect::default() };
    let number = chance.below(12) as u64;
    let keep = PathBuf::from(format!("{}.kept", path.display()));
    let filter = Filter { contains: Some(b"e".to_vec()), ..Filter::default() };
    let mut asked = match chance.below(12) {
        0 => Inspect { packet: Some(PacketName::of(number)), hex: true, layers: true, ..plain },
        1 => Inspect { packet: Some(PacketName::of(number)), ..plain },
        2 => Inspect { exchange: Some((0, number / 4)), layers: true, ..plain },
        3 => Inspect { exchange: Some((0, 0)), hex: true, ..plain },
        4 => Inspect { connection: Some(0), ladder: true, ..plain },
        5 => Inspect { ladder: true, layers: true, ..plain },
        6 => Inspect { follow: Some(0), ..plain },
        7 => Inspect { body: Some(((0, 0), Direction::Server)), ..plain },
        8 => Inspect { problems: true, ..plain },
        9 => Inspect { out: Some(keep), redact: true, ..plain },
        10 => Inspect { filter, json: true, ..plain },
        _ => Inspect { filter, ..plain },
    };
    asked.redact |= chance.below(4) == 0;
    command(&asked, &mut io::sink(), Style { width: 40 + chance.below(100), ..STYLE }, Rc::new(Nobody)).is_ok()
}

fn read(file: &[u8]) -> bool {
    let Ok(mut reader) = Reader::new(file) else { return false };
    let mut packets = 0;
    while let Ok(Some(packet)) = reader.next_packet() {
        assert!(packet.data.len() <= file.len());
        packets += 1;
    }
    packets > 0
}

fn walk(bytes: &[u8]) -> bool {
    let Some((which, data)) = bytes.split_first() else { return false };
    let link = LINKS[usize::from(*which) % LINKS.len()];
    let outcome = stack::walk(link, data);
    assert_eq!(stack::annotate(link, 1, data).outcome, outcome);
    matches!(outcome, Outcome::Tcp(_))
}

fn tcp_options(bytes: &[u8]) -> bool {
    TcpOptions::new(bytes).count() > 0
}

/// Counts what it is handed, and sees that each stream is handed on in order.
#[derive(Default)]
struct InOrder([u64; 2]);

impl Receiver for InOrder {
    fn bytes(&mut self, side: End, start: u64, bytes: &[u8], _: Source) {
        assert_eq!(start, self.0[side as usize]);
        self.0[side as usize] = start + bytes.len() as u64;
    }
    fn gap(&mut self, side: End, start: u64, length: u64, _: Hole, _: Source) {
        assert_eq!(start, self.0[side as usize]);
        assert!(length > 0);
        self.0[side as usize] = start + length;
    }
    fn conflict(&mut self, _: End, conflict: Conflict, _: Source) -> bool {
        conflict.is_promised
    }
    fn end(&mut self, _: End, _: Source) {}
}

/// Seven bytes of the input are a segment.
fn reassembly(bytes: &[u8]) -> bool {
    let (mut reassembly, mut to) = (Reassembly::default(), InOrder::default());
    for (packet, fields) in (1..).zip(bytes.as_chunks::<7>().0) {
        let [side, flags, high, low, acknowledged, length, cut] = *fields;
        let side = if side & 1 == 0 { End::First } else { End::Second };
        let far = if fields[0] & 0x40 == 0 { 0 } else { u32::from(fields[0]) << 24 };
        let sequence = (u32::from(high & 3) << 8 | u32::from(low)).wrapping_add(far);
        let payload = vec![low; usize::from(length)];
        let cut = u32::from(cut.saturating_sub(250));
        let acknowledgment = u32::from(acknowledged) * 4;
        let segment = Segment { sequence, acknowledgment, flags, payload: &payload, cut, stamp: Stamp::default() };
        reassembly.segment(side, &segment, Source::of(Moment { packet, ..Moment::default() }), &mut to);
        assert!(reassembly.waiting_bytes() <= MAX_WAITING_BYTES);
    }
    reassembly.flush(Source::default(), &mut to);
    assert!(!reassembly.is_waiting());
    to.0 != [0, 0]
}

fn http(bytes: &[u8]) -> bool {
    let mut heads = 0;
    for from in Direction::BOTH {
        let mut decoder = http::Decoder::at(from, 0);
        for piece in bytes.chunks(1 + bytes.len() / 3) {
            let mut input = http::Input { bytes: piece, source: Source::default() };
            while let Some(item) = decoder.next(&mut input) {
                if let http::Item::Head(head, _) = item {
                    heads += 1;
                    let framing = match from {
                        Direction::Client => http::of_request(&head, &mut Vec::new()),
                        Direction::Server => http::of_response(&head, None, &mut Vec::new()),
                    };
                    decoder.body(framing);
                }
            }
        }
        decoder.gap(bytes.len() as u64);
        while decoder.end().is_some() {}
    }
    heads > 0
}

fn websocket(bytes: &[u8]) -> bool {
    let mut payload = 0;
    let mut decoder = websocket::Decoder::new(Direction::BOTH[bytes.len() % 2], bytes.len().is_multiple_of(3), 0);
    for piece in bytes.chunks(1 + bytes.len() / 3) {
        let mut input = http::Input { bytes: piece, source: Source::default() };
        while let Some(item) = decoder.next(&mut input) {
            payload += if let websocket::Item::Payload(bytes, _) = item { bytes.len() } else { 0 };
        }
    }
    decoder.gap(bytes.len() as u64);
    while decoder.end().is_some() {}
    payload > 0
}

fn inflate(bytes: &[u8]) -> bool {
    let mut inflater = Inflater::with_limit(true, LIMIT);
    let mut length = 0;
    for message in bytes.chunks(1 + bytes.len() / 2) {
        let mut take = |clear: &[u8]| length += clear.len() as u64;
        if inflater.message_chunk(message, &mut take).is_ok() {
            let _ = inflater.end_of_message(&mut take);
        }
    }
    assert!(length <= 2 * LIMIT);
    length > 0
}

fn codings(bytes: &[u8]) -> bool {
    let Some((which, body)) = bytes.split_first() else { return false };
    let names: [&[u8]; 6] = [b"br", b"gzip", b"deflate", b"gzip, br", b"zstd", b"zstd, gzip"];
    let name = names[usize::from(*which) % names.len()];
    let decoder = coding::Decoder::with_limit(name, LIMIT).expect("all of these are known");
    let (mut decoder, mut length) = (decoder.expect("each of these changes a body"), 0);
    let mut take = |decoded: &[u8]| length += decoded.len();
    if body.chunks(1 + body.len() / 3).all(|piece| decoder.push(piece, &mut take).is_ok()) {
        // It may end too early, and says so.
        let _ = decoder.finish();
    }
    length > 0
}

fn session(bytes: &[u8]) -> bool {
    let mut known = 0;
    for (from, first) in [(Direction::Client, true), (Direction::Server, true), (Direction::Server, false)] {
        let found = opening(bytes, from, first);
        known += usize::from(!matches!(found, Opening::Undecided | Opening::Other));
        if let Some(mut prelude) = Prelude::begin(found, bytes) {
            prelude.bytes(Direction::Client, bytes);
            prelude.bytes(Direction::Server, bytes);
            drop(prelude.name());
        }
    }
    let mut tls = Tls::default();
    for piece in bytes.chunks(1 + bytes.len() / 3) {
        tls.bytes(Direction::Client, piece);
        tls.bytes(Direction::Server, piece);
    }
    tls.end(Direction::Client);
    tls.end(Direction::Server);
    drop(tls.describe());
    known > 0
}

fn explained(bytes: &[u8]) -> bool {
    let words: Vec<String> = String::from_utf8_lossy(bytes).split(' ').map(str::to_owned).collect();
    explain(&words, &mut io::sink(), STYLE).is_ok()
}
