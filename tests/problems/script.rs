//! A capture written down as lines of text, one for each time somebody speaks:
//!
//! ```text
//! client: GET / HTTP/1.1\r\nHost: a\r\n\r\n     says so, in as many segments as it takes
//! server: {81 05}Hello                          bytes in hexadecimal between braces; {61 x 70000} is a byte so many times
//! server RST ACK                                flags, named; ACK alone is the rule, and with FIN it goes without saying
//! client ack=0                                  acknowledges no more than that of the other's stream
//! client window=0                               with that window, unscaled
//! client at=0: GET                              from that position of its stream, instead of where it has come to
//! client lost: abc                              sent and received, but not captured
//! client cut=2: abc                             all but the last two bytes captured
//! packet: {ffffffffffff 040404040404 88b5}      a whole frame
//! packet pause=1: {...}                         a second later; otherwise packets are a millisecond apart
//! proxy: GET / HTTP/1.1\r\nHost: a\r\n\r\n      the server asks another one in turn, on a second connection
//! origin: {81 05}Hello                          what that one says
//! ```
//!
//! `\r`, `\n`, `\t`, `\0`, `\\` and `\xNN` are what they are elsewhere.

use std::time::Duration;

use etherparse::{Ethernet2Header, IpFragOffset, IpNumber, Ipv4Header, TcpHeader};
use wire101::capture::{LinkType, Packet, Timestamp};
use wire101::inspect::{Inspector, Options, Sink};

/// What is sent in one segment at the most.
const SEGMENT: usize = 1400;

/// The first sequence numbers; the client's soon begins again at 0.
const INITIAL: [u32; 4] = [u32::MAX - 20, 7000, 1000, 2000];

/// Who speaks, each with their peer beside them.
const SPEAKERS: [&str; 4] = ["client", "server", "proxy", "origin"];

/// Packets in the making.
#[derive(Default)]
pub struct Script {
    packets: Vec<Captured>,
    time: Duration,
    /// How far each side has come in its stream; a FIN counts.
    sent: [u32; 4],
    /// Somebody sent a FIN or a RST.
    ended: bool,
    /// There is a second connection.
    passes_on: bool,
}

struct Captured {
    time: Duration,
    data: Vec<u8>,
    cut: usize,
}

/// A line, taken apart.
#[derive(Default)]
struct Line<'a> {
    who: &'a str,
    flags: Vec<&'a str>,
    at: Option<u32>,
    ack: Option<u32>,
    window: u16,
    lost: bool,
    cut: usize,
    bytes: Vec<u8>,
}

impl Script {
    /// A handshake.
    pub fn open(&mut self) {
        for line in ["client SYN", "server SYN ACK", "client ACK"] {
            self.line(line);
        }
    }

    /// Both sides send their FIN, unless the end was told.
    pub fn close(&mut self) {
        if !self.ended {
            for line in ["client FIN", "server FIN"] {
                self.line(line);
            }
        }
    }

    /// Adds what a line says.
    pub fn line(&mut self, text: &str) {
        if text.starts_with("proxy") && !std::mem::replace(&mut self.passes_on, true) {
            for line in ["proxy SYN", "origin SYN ACK", "proxy ACK"] {
                self.line(line);
            }
        }
        self.time += Duration::from_millis(1);
        let line = self.parse(text);
        match SPEAKERS.iter().position(|who| *who == line.who) {
            Some(who) => self.say(who, &line),
            None if line.who == "packet" => {
                self.packets.push(Captured { time: self.time, data: line.bytes, cut: 0 });
            }
            None => panic!("{text:?}: who is {:?}?", line.who),
        }
    }

    /// Inspects the capture.
    pub fn inspect(&self, options: Options, sink: &mut dyn Sink) {
        let mut inspector = Inspector::new(options);
        for (number, Captured { time, data, cut }) in (1..).zip(&self.packets) {
            let original_length = (data.len() + cut) as u32;
            let (time, link) = (Timestamp(time.as_nanos() as u64), LinkType::ETHERNET);
            inspector.packet(&Packet { number, time, interface: 0, link, original_length, data }, sink);
        }
        inspector.finish(sink);
    }

    fn parse<'a>(&mut self, text: &'a str) -> Line<'a> {
        let (words, bytes) = text.split_once(": ").unwrap_or((text, ""));
        let mut words = words.split(' ');
        let who = words.next().unwrap_or_default();
        let mut line = Line { who, window: 9000, bytes: bytes_of(bytes), ..Line::default() };
        for word in words {
            match word.split_once('=') {
                None if word == "lost" => line.lost = true,
                None => line.flags.push(word),
                Some(("at", position)) => line.at = Some(position.parse().unwrap()),
                Some(("ack", position)) => line.ack = Some(position.parse().unwrap()),
                Some(("window", window)) => line.window = window.parse().unwrap(),
                Some(("cut", length)) => line.cut = length.parse().unwrap(),
                Some(("pause", seconds)) => self.time += Duration::from_secs_f64(seconds.parse().unwrap()),
                Some(_) => panic!("{text:?}: what is {word:?}?"),
            }
        }
        line
    }

    fn say(&mut self, from: usize, line: &Line<'_>) {
        let peer = from ^ 1;
        let mut position = line.at.unwrap_or(self.sent[from]);
        let has = |flag| line.flags.contains(&flag);
        self.ended |= has("FIN") || has("RST");
        // With nothing to say, there is still a segment.
        let pieces = line.bytes.chunks(SEGMENT).chain(line.bytes.is_empty().then_some(&[][..]));
        for piece in pieces {
            let mut tcp = TcpHeader::new(80, 80, INITIAL[from].wrapping_add(1 + position), line.window);
            let client = if from < peer { &mut tcp.source_port } else { &mut tcp.destination_port };
            *client = 40_000;
            (tcp.syn, tcp.fin, tcp.rst) = (has("SYN"), has("FIN"), has("RST"));
            tcp.ack = has("ACK") || !(tcp.syn || tcp.rst);
            if tcp.syn {
                tcp.sequence_number = INITIAL[from];
            }
            if tcp.ack {
                tcp.acknowledgment_number = INITIAL[peer].wrapping_add(1 + line.ack.unwrap_or(self.sent[peer]));
            }
            if !line.lost {
                let data = ethernet(from, &tcp, piece);
                let captured = data[..data.len() - line.cut].to_vec();
                self.packets.push(Captured { time: self.time, data: captured, cut: line.cut });
            }
            position += piece.len() as u32 + u32::from(tcp.fin);
        }
        // A reset is no part of the stream, wherever it pretends to be.
        if !has("RST") {
            self.sent[from] = self.sent[from].max(position);
        }
    }
}

fn ethernet(from: usize, tcp: &TcpHeader, payload: &[u8]) -> Vec<u8> {
    let hosts = [[10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 2], [10, 0, 0, 3]];
    let length = (tcp.header_len() + payload.len()) as u16;
    let mut ip = Ipv4Header::new(length, 64, IpNumber::TCP, hosts[from], hosts[from ^ 1]).unwrap();
    ip.fragment_offset = IpFragOffset::ZERO;
    let mut data = Ethernet2Header { source: [2; 6], destination: [4; 6], ether_type: etherparse::EtherType::IPV4 }
        .to_bytes()
        .to_vec();
    ip.write(&mut data).unwrap();
    tcp.write(&mut data).unwrap();
    data.extend(payload);
    data
}

fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '{' => {
                let end = rest.find('}').unwrap_or_else(|| panic!("{text:?}: a brace is not closed"));
                bytes.extend(hexadecimal(&rest[1..end]));
                end + 1
            }
            '\\' => {
                let (byte, taken) = match rest.as_bytes().get(1) {
                    Some(b'r') => (b'\r', 2),
                    Some(b'n') => (b'\n', 2),
                    Some(b't') => (b'\t', 2),
                    Some(b'0') => (0, 2),
                    Some(b'\\') => (b'\\', 2),
                    Some(b'x') => (u8::from_str_radix(&rest[2..4], 16).unwrap(), 4),
                    _ => panic!("{text:?}: an escape that is none"),
                };
                bytes.push(byte);
                taken
            }
            other => {
                bytes.extend(other.to_string().bytes());
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    bytes
}

fn hexadecimal(text: &str) -> Vec<u8> {
    let (digits, times) = match text.split_once(" x ") {
        Some((digits, times)) => (digits, times.parse().unwrap()),
        None => (text, 1),
    };
    let digits: String = digits.split_whitespace().collect();
    assert!(digits.len().is_multiple_of(2), "{text:?} has an odd number of digits");
    let bytes: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    bytes.repeat(times)
}
