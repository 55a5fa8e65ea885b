//! Whatever is asked for, it's the same through an index as it is when the whole capture is read for it.

use std::convert::Infallible;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index as Choice;

use super::*;
use crate::annotate::{AnnotatedPacket, Annotator, Selection};
use crate::inspect::record::Problem;
use crate::inspect::{self, CountsOnly, DecodeAs};
use crate::lesson::demos;
use crate::limits::MAX_CHECKPOINTS;
use crate::wire::Settings;

fn options() -> Options {
    Options { keep: 100, pieces: true, ..Options::default() }
}

/// What crosses the wire in some lessons: Ethernet frames with IPv4 inside, most of them.
static TRAFFIC: LazyLock<Vec<Vec<Vec<u8>>>> = LazyLock::new(|| {
    let of = |name| {
        let recordings = demos::demo(name).unwrap().record(&Settings::default()).unwrap();
        recordings.into_iter().map(|it| it.packets.into_iter().map(|packet| packet.data).collect())
    };
    ["keep-alive", "upgrade", "fragmentation", "compression", "body-framing", "closing"]
        .into_iter()
        .flat_map(of)
        .collect()
});

/// How a capture is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Pcap {
        big: bool,
    },
    /// So many sections in turn of either byte order, each of so many interfaces.
    Pcapng {
        sections: usize,
        interfaces: usize,
    },
}

/// Numbers that look random.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// The packets of several lessons at the same time: some in fragments, some in tunnels, some late or lost.
fn packets(chance: &mut Chance) -> Vec<Vec<u8>> {
    let mut lanes: Vec<_> = (0..3).map(|_| TRAFFIC[chance.below(TRAFFIC.len())].iter()).collect();
    let (mut packets, mut late) = (Vec::new(), None);
    while !lanes.is_empty() {
        let at = chance.below(lanes.len());
        let Some(packet) = lanes[at].next() else {
            drop(lanes.swap_remove(at));
            continue;
        };
        let tunnelled = if chance.below(8) == 0 { in_a_tunnel(packet) } else { packet.clone() };
        let mut parts = if chance.below(6) == 0 { in_fragments(&tunnelled, chance) } else { vec![tunnelled] };
        match chance.below(30) {
            0 => drop(parts.pop()),
            1 if late.is_none() => late = parts.pop(),
            2 => packets.extend(late.take()),
            _ => {}
        }
        packets.extend(parts);
    }
    packets.extend(late);
    packets
}

fn is_ipv4(frame: &[u8]) -> bool {
    frame.get(12..15) == Some(b"\x08\0\x45") && frame.len() > 34
}

/// The same packet behind one more IPv4 header (RFC 2003).
fn in_a_tunnel(frame: &[u8]) -> Vec<u8> {
    if !is_ipv4(frame) {
        return frame.to_vec();
    }
    let (link, packet) = frame.split_at(14);
    let mut outer = packet[..20].to_vec();
    outer[2..4].copy_from_slice(&(packet.len() as u16 + 20).to_be_bytes());
    outer[9] = 4;
    outer[12..20].copy_from_slice(b"\x0a\0\0\x01\x0a\0\0\x02");
    [link, &outer, packet].concat()
}

/// The same datagram in fragments of a few bytes.
fn in_fragments(frame: &[u8], chance: &mut Chance) -> Vec<Vec<u8>> {
    let length = frame.get(16..18).map_or(0, |it| usize::from(u16::from_be_bytes([it[0], it[1]])));
    let Some(payload) = frame.get(34..14 + length).filter(|_| is_ipv4(frame)) else { return vec![frame.to_vec()] };
    let size = 8 * (3 + chance.below(20));
    let identification = (chance.0 as u16).to_be_bytes();
    let mut parts: Vec<_> = payload.chunks(size).enumerate().collect();
    if chance.below(2) == 0 {
        parts.reverse();
    }
    let last = payload.len().div_ceil(size) - 1;
    let fragment = |(at, part): (usize, &[u8])| {
        let mut head = frame[..34].to_vec();
        head[16..18].copy_from_slice(&(part.len() as u16 + 20).to_be_bytes());
        head[18..20].copy_from_slice(&identification);
        let place = (at * size / 8) as u16 | if at < last { 0x2000 } else { 0 };
        head[20..22].copy_from_slice(&place.to_be_bytes());
        [head, part.to_vec()].concat()
    };
    parts.into_iter().map(fragment).collect()
}

/// A file with those packets, so many milliseconds apart.
fn file(packets: &[Vec<u8>], form: Form, apart: u64) -> Vec<u8> {
    let number = |value: u32, big: bool| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let block = |kind: u32, big: bool, body: &[u8]| {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = number(body.len() as u32 + 12, big);
        [&number(kind, big)[..], &length, &body, &length].concat()
    };
    let mut file = Vec::new();
    let (sections, interfaces) = match form {
        Form::Pcap { big } => {
            let half = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
            file.extend(number(0xa1b2_c3d4, big));
            file.extend([half(2), half(4)].as_flattened());
            file.extend([0, 0, 0xffff, 1].map(|value| number(value, big)).as_flattened());
            (1, 1)
        }
        Form::Pcapng { sections, interfaces } => (sections, interfaces),
    };
    for (at, packet) in packets.iter().enumerate() {
        let time = at as u64 * apart * 1_000_000;
        let length = packet.len() as u32;
        if let Form::Pcap { big } = form {
            let header = [(time / 1_000_000_000) as u32, (time % 1_000_000_000 / 1000) as u32, length, length];
            file.extend(header.map(|value| number(value, big)).as_flattened());
            file.extend(packet);
            continue;
        }
        let each = packets.len().div_ceil(sections);
        let (section, within) = (at / each, at % each);
        let big = section % 2 == 1;
        if within == 0 {
            let version = if big { *b"\0\x01\0\0" } else { *b"\x01\0\0\0" };
            file.extend(block(0x0a0d_0d0a, big, &[&number(0x1a2b_3c4d, big)[..], &version, &[0xff; 8]].concat()));
        }
        // Interfaces are described as late as they can be; their time stamps count milliseconds.
        if within < interfaces {
            let [link, code] =
                if big { [*b"\0\x01\0\0", *b"\0\x09\0\x01"] } else { [*b"\x01\0\0\0", *b"\x09\0\x01\0"] };
            file.extend(block(1, big, &[link, [0; 4], code, [3, 0, 0, 0], [0; 4]].concat()));
        }
        let interface = within.min(interfaces - 1) as u32;
        let ticks = time / 1_000_000;
        let header = [interface, (ticks >> 32) as u32, ticks as u32, length, length].map(|value| number(value, big));
        file.extend(block(6, big, &[header.as_flattened(), packet].concat()));
    }
    file
}

/// Writes down all that it's told.
#[derive(Default)]
struct Notes {
    events: Vec<(Option<u64>, String)>,
    packets: Vec<PacketSeen>,
    units: Vec<Selection>,
}

impl Sink for Notes {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) => self.packets.push(it.clone()),
            Event::Exchange(it) => self.units.push(Selection::Exchange(it.connection, it.index)),
            Event::Frame(it) => self.units.push(Selection::Frame(it.connection, it.index)),
            Event::Interface(..) => return,
            Event::Problem(it) => {
                // Ids count what is wrong with the whole capture.
                let same = Problem { id: 0, because: it.because.map(|_| 0), ..it.clone() };
                return self.events.push((it.connection, format!("{same:?}")));
            }
            _ => {}
        }
        self.events.push((event.connection(), format!("{event:?}")));
    }
}

impl Notes {
    fn of(self, connection: u64) -> Vec<String> {
        let mut ids = Vec::new();
        let of_it = self.events.into_iter().filter(|(of, _)| *of == Some(connection));
        of_it.map(|(_, event)| renumbered(&event, &mut ids)).collect()
    }
}

/// The numbers of streams count those of the whole capture: here they are those of the order in which they come.
fn renumbered(event: &str, ids: &mut Vec<String>) -> String {
    let mut parts = event.split("DerivedId(");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (id, rest) = part.split_once(')').unwrap();
        let at = ids.iter().position(|known| known == id).unwrap_or_else(|| {
            ids.push(id.to_owned());
            ids.len() - 1
        });
        text.extend(["DerivedId(", &at.to_string(), ")", rest]);
    }
    text
}

/// An index with a checkpoint every few bytes.
fn index(file: &[u8], wanted: Wanted, only: Option<u64>, sink: &mut dyn Sink) -> Index {
    let reader = Reader::new(file).unwrap();
    let checkpoints = Checkpoints::new(reader.mark(), 500);
    Index::read_with(checkpoints, reader, wanted, Options { only, ..options() }, sink)
}

fn opened<'f>(file: &'f [u8]) -> impl Fn(&Layout, Mark) -> Result<Reader<&'f [u8]>, Infallible> {
    move |layout, mark| Ok(layout.resume(file.get(mark.offset as usize..).unwrap(), mark))
}

/// What is selected, read from the whole capture; what an exchange's and a frame's packets are is found first.
fn annotated(file: &[u8], selection: &Selection) -> Vec<AnnotatedPacket> {
    /// Never has enough.
    struct All(Annotator);
    impl Sink for All {
        fn event(&mut self, event: Event<'_>) {
            self.0.event(event);
        }
    }
    let pass = |selection| {
        let mut all = All(Annotator::new(selection));
        inspect::inspect(&mut Reader::new(file).unwrap(), options(), &mut all);
        all.0
    };
    let numbers = match selection {
        Selection::Packets(numbers) => numbers.clone(),
        unit => pass(unit.clone()).packets(),
    };
    let annotator = pass(Selection::Packets(numbers.clone()));
    let (mut reader, mut packets) = (Reader::new(file).unwrap(), Vec::new());
    while let Ok(Some(packet)) = reader.next_packet() {
        if numbers.contains(&packet.number) {
            packets.push(annotator.annotated(&packet));
        }
    }
    packets
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        any::<bool>().prop_map(|big| Form::Pcap { big }),
        (1..5_usize, 1..4_usize).prop_map(|(sections, interfaces)| Form::Pcapng { sections, interfaces }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_part_is_what_it_is_in_the_whole(
        seed in 1..u64::MAX,
        form in form(),
        apart in prop::sample::select(vec![1_u64, 900, 9_000]),
        cut in 0..4_usize,
        choices in any::<[Choice; 3]>(),
    ) {
        let mut file = file(&packets(&mut Chance(seed)), form, apart);
        if cut == 0 {
            // In the middle of a packet, more or less.
            file.truncate(file.len() * 2 / 3);
        }
        let mut whole = Notes::default();
        let finding = inspect::inspect(&mut Reader::new(&file[..]).unwrap(), options(), &mut whole);
        let connection = choices[0].index(finding.summary.tcp_connections.max(1) as usize) as u64;
        let seen = choices[1].get(&whole.packets).clone();
        let unit = (!whole.units.is_empty()).then(|| choices[2].get(&whole.units).clone());
        let expected = whole.of(connection);

        // A connection, as the capture is read.
        let mut notes = Notes::default();
        let found = index(&file, Wanted::Connection(connection), Some(connection), &mut notes);
        prop_assert_eq!(&found.summary, &finding.summary);
        prop_assert_eq!(found.error.map(|error| error.to_string()), finding.error.as_ref().map(ToString::to_string));
        prop_assert_eq!(notes.of(connection), &expected[..]);

        // A packet, and then its connection again.
        let number = seen.moment.packet;
        let found = index(&file, Wanted::Packet(number), None, &mut CountsOnly);
        prop_assert_eq!(&found.summary, &finding.summary);
        prop_assert_eq!(found.packet.as_ref(), Some(&seen));
        let chosen = Selection::packet(number);
        let packets: Vec<_> = found.packets(opened(&file), chosen.clone(), DecodeAs::default()).unwrap().collect();
        prop_assert_eq!(packets, annotated(&file, &chosen));
        if let Some(connection) = found.connection() {
            let mut notes = Notes::default();
            found.replay(opened(&file), options(), &mut notes).unwrap();
            let mut whole = Notes::default();
            inspect::inspect(&mut Reader::new(&file[..]).unwrap(), options(), &mut whole);
            prop_assert_eq!(notes.of(connection), whole.of(connection));
        }

        // An exchange or a frame, and its packets.
        if let Some(unit) = unit {
            let (Selection::Exchange(connection, _) | Selection::Frame(connection, _)) = unit else { unreachable!() };
            let found = index(&file, Wanted::Connection(connection), Some(connection), &mut CountsOnly);
            let packets: Vec<_> = found.packets(opened(&file), unit.clone(), DecodeAs::default()).unwrap().collect();
            prop_assert_eq!(packets, annotated(&file, &unit));
        }
    }
}

#[test]
fn a_capture_of_any_length_has_only_so_many_checkpoints() {
    let packet = file(&[vec![0; 60]], Form::Pcap { big: false }, 1);
    let mut reader = Reader::new(&packet[..]).unwrap();
    let mut checkpoints = Checkpoints::new(reader.mark(), CHECKPOINT_INTERVAL);
    reader.next_packet().unwrap();
    // A tebibyte.
    for number in (0..1_u64 << 20).map(|at| at + 1) {
        let mut mark = reader.mark();
        (mark.offset, mark.packets) = (number * CHECKPOINT_INTERVAL, number);
        if mark.offset >= checkpoints.due {
            checkpoints.add(mark);
        }
    }
    assert!(checkpoints.len() <= MAX_CHECKPOINTS && checkpoints.len() > MAX_CHECKPOINTS / 4);
    for packet in [1, 2, 5_000, 700_000, 1 << 20] {
        let before = checkpoints.before(packet);
        assert!(before.packets < packet && packet - before.packets <= 4 * (1 << 20) / MAX_CHECKPOINTS as u64);
    }
}

#[test]
fn no_checkpoint_stands_between_the_fragments_of_a_datagram() {
    let frame = TRAFFIC.iter().flatten().find(|frame| is_ipv4(frame) && frame.len() > 600).unwrap();
    let mut packets = in_fragments(frame, &mut Chance(9));
    assert!(packets.len() > 2);
    let lost = packets.pop();
    packets.extend(TRAFFIC[1].clone());
    packets.extend(lost);
    let file = file(&packets, Form::Pcap { big: true }, 1);
    let found = index(&file, Wanted::Nothing, None, &mut CountsOnly);
    assert_eq!(found.checkpoints.before(packets.len() as u64).packets, 0);
    let found = index(&file, Wanted::Packet(1), None, &mut CountsOnly);
    assert!(found.connection().is_some(), "its last fragment tells");
}
