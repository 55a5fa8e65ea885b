//! Traffic whose contents are exactly known, made a packet at a time: for tests that count, and for the benchmarks.
//!
//! What was made is counted where it is made, never by the code under test.

use super::segments::End::{self, Client, Server};
use super::segments::Segments;
use wire101::layers::application::websocket::handshake;
use wire101::layers::presentation::masking;

/// How long a body of [`Kind::Bodies`] is.
const LONG_BODY: usize = 4 << 20;

/// How many connections are open at once.
const AT_ONCE: usize = 64;

/// How many connections [`Kind::Open`] opens and never closes.
const LEFT_OPEN: usize = 10_000;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// What the traffic is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Many short WebSocket messages, text and binary, both ways.
    Chatter,
    /// Requests and responses with short bodies, plain and chunked, on connections that are used again.
    KeepAlive,
    /// Bodies of 4 MiB.
    Bodies,
    /// Ten thousand connections that upgrade, exchange a few frames at a time, and never close.
    Open,
    /// Chatter and requests, segments in another order than they were sent, and some of them twice.
    Shuffled,
}

impl Kind {
    /// Makes about `bytes` bytes of packets, at least one of everything, and tells what is in them.
    pub fn make(self, bytes: u64, take: &mut dyn FnMut(&[u8])) -> Known {
        if self == Self::Shuffled {
            let mut shuffler = Shuffler { chance: Chance(5), held: None, late: None, take };
            let known = self.in_order(bytes, &mut |packet| shuffler.packet(packet));
            shuffler.finish();
            return known;
        }
        self.in_order(bytes, take)
    }

    fn in_order(self, bytes: u64, take: &mut dyn FnMut(&[u8])) -> Known {
        let mut wire = Wire { known: Known::default(), made: 0, take };
        let mut chance = Chance(self as u64 + 1);
        let material = Material::new(&mut chance);
        if self == Self::Open {
            let mut talks: Vec<_> = (0..LEFT_OPEN).map(|_| Talk::upgraded(&mut wire)).collect();
            while wire.made < bytes {
                talks.iter_mut().for_each(|talk| talk.chat(&material, &mut chance, &mut wire));
            }
            return wire.known;
        }
        let mut talks: Vec<Talk> = Vec::new();
        loop {
            let full = wire.made >= bytes;
            if !full && talks.len() < AT_ONCE {
                let websocket = self == Self::Chatter || (self == Self::Shuffled && talks.len().is_multiple_of(2));
                talks.push(if websocket { Talk::upgraded(&mut wire) } else { Talk::open(&mut wire) });
            }
            if full && let Some(talk) = talks.pop() {
                talk.close(&mut wire);
                continue;
            } else if full {
                return wire.known;
            }
            let at = chance.below(talks.len() as u64) as usize;
            let talk = &mut talks[at];
            match self {
                Self::Bodies => talk.long_body(&material, &mut wire),
                _ if talk.websocket => talk.chat(&material, &mut chance, &mut wire),
                _ => talk.exchange(&material, &mut chance, &mut wire),
            }
            if chance.below(200) == 0 {
                talks.swap_remove(at).close(&mut wire);
            }
        }
    }
}

/// What the traffic holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub connections: u64,
    pub requests: u64,
    pub responses: u64,
    pub upgrades: u64,
    /// Frames by opcode.
    pub opcodes: [u64; 16],
    pub messages: u64,
    /// Bytes of all messages.
    pub payloads: u64,
    /// Bytes of all bodies.
    pub bodies: u64,
}

/// A little chance that is the same every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What bodies and messages are cut from.
struct Material {
    text: Vec<u8>,
    binary: Vec<u8>,
}

impl Material {
    fn new(chance: &mut Chance) -> Self {
        let text = "On the wire: naïve café, 12 € a cup, and back again. ".bytes().cycle().take(64 << 10).collect();
        let binary = (0..LONG_BODY).map(|_| chance.below(256) as u8).collect();
        Self { text, binary }
    }

    /// Text of about that length, in whole characters.
    fn text(&self, length: usize) -> &[u8] {
        let end = (length..).find(|at| self.text[*at] & 0xc0 != 0x80).unwrap_or(length);
        &self.text[..end]
    }
}

struct Wire<'a> {
    known: Known,
    made: u64,
    take: &'a mut dyn FnMut(&[u8]),
}

/// A connection in progress.
struct Talk {
    number: u64,
    segments: Segments,
    websocket: bool,
    frame: Vec<u8>,
}

impl Talk {
    fn open(wire: &mut Wire<'_>) -> Self {
        let number = wire.known.connections;
        wire.known.connections += 1;
        let mut talk = Self { number, segments: Segments::new(number), websocket: false, frame: Vec::new() };
        talk.segments.open(&mut |packet| wire.packet(packet));
        talk
    }

    fn upgraded(wire: &mut Wire<'_>) -> Self {
        let mut talk = Self::open(wire);
        let request = format!(
            "GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
        );
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
            handshake::accept(KEY.as_bytes())
        );
        talk.say(Client, request.as_bytes(), wire);
        talk.say(Server, response.as_bytes(), wire);
        wire.known.requests += 1;
        wire.known.responses += 1;
        wire.known.upgrades += 1;
        talk.websocket = true;
        talk
    }

    /// A message one way, now and then a ping with its pong.
    fn chat(&mut self, material: &Material, chance: &mut Chance, wire: &mut Wire<'_>) {
        let from = if chance.below(2) == 0 { Client } else { Server };
        if chance.below(50) == 0 {
            self.frame(from, 9, b"still there?", chance, wire);
            let back = if from == Client { Server } else { Client };
            return self.frame(back, 10, b"still there?", chance, wire);
        }
        let length = (1 + chance.below(40)) * (1 + chance.below(40));
        let (opcode, payload) = match chance.below(4) {
            0 => (2, &material.binary[..length as usize]),
            _ => (1, material.text(length as usize)),
        };
        wire.known.messages += 1;
        wire.known.payloads += payload.len() as u64;
        self.frame(from, opcode, payload, chance, wire);
    }

    fn frame(&mut self, from: End, opcode: u8, payload: &[u8], chance: &mut Chance, wire: &mut Wire<'_>) {
        wire.known.opcodes[usize::from(opcode)] += 1;
        let mask = if from == Client { 0x80 } else { 0 };
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        frame.push(0x80 | opcode);
        match payload.len() {
            length @ 0..126 => frame.push(mask | length as u8),
            length => {
                frame.push(mask | 126);
                frame.extend((length as u16).to_be_bytes());
            }
        }
        if from == Client {
            let key = (chance.below(1 << 31) as u32).to_be_bytes();
            frame.extend(key);
            masking::unmask_into(payload, key, 0, &mut frame);
        } else {
            frame.extend(payload);
        }
        self.say(from, &frame, wire);
        self.frame = frame;
    }

    /// A request, and its response with a short body.
    fn exchange(&mut self, material: &Material, chance: &mut Chance, wire: &mut Wire<'_>) {
        let body = material.text(100 + (chance.below(80) * chance.below(80)) as usize);
        let chunked = chance.below(3) == 0;
        let framing =
            if chunked { "Transfer-Encoding: chunked".into() } else { format!("Content-Length: {}", body.len()) };
        self.ask(chance.below(1000), wire);
        let mut response = head(&framing, "text/plain; charset=utf-8");
        if chunked {
            for piece in body.chunks(1000) {
                response.extend(format!("{:x}\r\n", piece.len()).as_bytes());
                response.extend(piece);
                response.extend(b"\r\n");
            }
            response.extend(b"0\r\n\r\n");
        } else {
            response.extend(body);
        }
        self.answer(&response, body.len(), wire);
    }

    fn long_body(&mut self, material: &Material, wire: &mut Wire<'_>) {
        self.ask(wire.known.requests, wire);
        let mut response = head(&format!("Content-Length: {LONG_BODY}"), "application/octet-stream");
        response.extend(&material.binary);
        self.answer(&response, LONG_BODY, wire);
    }

    fn ask(&mut self, item: u64, wire: &mut Wire<'_>) {
        let request = format!(
            "GET /item/{item} HTTP/1.1\r\nHost: www.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) \
             Gecko/20100101 Firefox/140.0\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
             Accept-Language: en\r\nReferer: http://www.example/\r\nCookie: session=0123456789abcdef\r\n\r\n"
        );
        self.say(Client, request.as_bytes(), wire);
        wire.known.requests += 1;
    }

    fn answer(&mut self, response: &[u8], body: usize, wire: &mut Wire<'_>) {
        self.say(Server, response, wire);
        wire.known.responses += 1;
        wire.known.bodies += body as u64;
    }

    /// Closes the connection, WebSocket first.
    fn close(mut self, wire: &mut Wire<'_>) {
        if self.websocket {
            let mut chance = Chance(self.number);
            self.frame(Client, 8, b"\x03\xe8bye", &mut chance, wire);
            self.frame(Server, 8, b"\x03\xe8bye", &mut chance, wire);
        }
        self.segments.close(&mut |packet| wire.packet(packet));
    }

    /// Says something in as many segments as it takes.
    fn say(&mut self, from: End, said: &[u8], wire: &mut Wire<'_>) {
        self.segments.say(from, said, &mut |packet| wire.packet(packet));
    }
}

impl Wire<'_> {
    fn packet(&mut self, packet: &[u8]) {
        self.made += packet.len() as u64;
        (self.take)(packet);
    }
}

fn head(framing: &str, media_type: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Type: {media_type}\r\n\
         Cache-Control: max-age=60\r\nETag: \"5f3a-1\"\r\n{framing}\r\n\r\n"
    )
    .into_bytes()
}

/// Swaps 2 % of the segments with their neighbours, and sends 1 % again a little later. Each connection's handshake stays
/// as it is: without it nobody could know that nothing is missing before what was captured.
struct Shuffler<'a> {
    chance: Chance,
    held: Option<Vec<u8>>,
    late: Option<Vec<u8>>,
    take: &'a mut dyn FnMut(&[u8]),
}

impl Shuffler<'_> {
    fn packet(&mut self, packet: &[u8]) {
        let has_payload = |packet: &[u8]| packet.len() > 66;
        let Some(held) = self.held.take() else {
            self.held = Some(packet.to_vec());
            return;
        };
        if self.chance.below(100) < 2 && has_payload(packet) && has_payload(&held) {
            self.send(packet);
            self.held = Some(held);
        } else {
            self.send(&held);
            self.held = Some(packet.to_vec());
        }
    }

    fn send(&mut self, packet: &[u8]) {
        (self.take)(packet);
        if let Some(late) = self.late.take() {
            (self.take)(&late);
        }
        if self.chance.below(100) == 0 && packet.len() > 66 {
            self.late = Some(packet.to_vec());
        }
    }

    fn finish(mut self) {
        for packet in [self.held.take(), self.late.take()].into_iter().flatten() {
            (self.take)(&packet);
        }
    }
}
