//! Captures that ask for more work than their length deserves, as long as one likes.

use crate::common::{ACK, Capture, FIN, RST, SYN, ethernet, frame, ipv4};

/// A capture that is made to be expensive.
pub struct Attack {
    /// What it consists of.
    pub name: &'static str,
    /// How often.
    many: usize,
    make: fn(usize, &mut Capture),
}

impl Attack {
    /// The capture, as pcapng: so many percent of the usual.
    pub fn capture(&self, percent: usize) -> Vec<u8> {
        let mut capture = Capture::new();
        (self.make)(self.many * percent / 100, &mut capture);
        capture.bytes()
    }
}

const fn attack(name: &'static str, many: usize, make: fn(usize, &mut Capture)) -> Attack {
    Attack { name, many, make }
}

pub const ATTACKS: &[Attack] = &[
    attack("a field line, byte by byte", 600, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, b"GET / HTTP/1.1\r\nA: ", to);
        (0..many).for_each(|_| flow.says(CLIENT, b"a", to));
        flow.says(CLIENT, b"\r\n\r\n", to);
        flow.says(SERVER, OK, to);
    }),
    attack("a target, byte by byte", 600, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, b"GET /", to);
        (0..many).for_each(|_| flow.says(CLIENT, b"a", to));
    }),
    attack("field lines without end", 3000, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        flow.says_much(SERVER, &[b"HTTP/1.1 200 OK\r\n", &b"A: b\r\n"[..].repeat(many)[..]].concat(), to);
    }),
    attack("folded field lines, fields that stand more than once, cookies", 200, |many, to| {
        let mut flow = Flow::open(0, to);
        let lines = b"A: b\r\n c\r\n\td\r\nSet-Cookie: a=b; Path=/\r\nVary: a, b, c\r\nContent-Length: 5\r\n";
        flow.says_much(CLIENT, &[b"GET / HTTP/1.1\r\n", &lines.repeat(many)[..], b"\r\n"].concat(), to);
        flow.says_much(SERVER, &[b"HTTP/1.1 200 OK\r\n", &lines.repeat(many)[..], b"\r\nhello"].concat(), to);
    }),
    attack("interim responses", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        (0..many).for_each(|_| flow.says(SERVER, b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n", to));
        flow.says(SERVER, OK, to);
    }),
    attack("SYNs", 300, |many, to| {
        (0..many).for_each(|number| {
            Flow::new(number).sends(CLIENT, SYN, b"", to);
        });
    }),
    attack("connections that a SYN replaces", 200, |many, to| {
        for number in 0..many {
            let mut flow = Flow::new(0);
            flow.next = [number as u32 * 100_000, number as u32 * 70_000];
            flow.opens(to);
            flow.says(CLIENT, GET, to);
        }
    }),
    attack("holes", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        for _ in 0..many {
            flow.next[CLIENT] += 1;
            flow.says(CLIENT, b"x", to);
        }
    }),
    attack("holes that their receiver acknowledges", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        for _ in 0..many {
            flow.next[CLIENT] += 1;
            flow.says(CLIENT, b"x", to);
            flow.sends(SERVER, ACK, b"", to);
        }
    }),
    attack("segments that come again, as they were and otherwise", 400, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        for number in 0..many {
            flow.next[CLIENT] -= GET.len() as u32;
            flow.says(CLIENT, if number % 2 == 0 { GET } else { b"GET /other HTTP/1.1\r\nHost: bb\r\n\r\n" }, to);
        }
    }),
    attack("segments from last to first", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        let last = flow.next[CLIENT] + many as u32;
        for number in 0..many {
            flow.next[CLIENT] = last - number as u32;
            flow.says(CLIENT, b"a", to);
        }
    }),
    attack("segments that acknowledge what didn't come", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        for _ in 0..many {
            flow.next = flow.next.map(|next| next + 10);
            flow.says(CLIENT, b"a", to);
            flow.says(SERVER, b"b", to);
        }
    }),
    attack("requests without responses", 200, |many, to| {
        let mut flow = Flow::open(0, to);
        (0..many).for_each(|_| flow.says(CLIENT, GET, to));
    }),
    attack("requests at once, then their responses", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says_much(CLIENT, &GET.repeat(many), to);
        flow.says_much(SERVER, &OK.repeat(many), to);
    }),
    attack("exchanges in which much is wrong", 100, |many, to| {
        let mut flow = Flow::open(0, to);
        for _ in 0..many {
            flow.says(
                CLIENT,
                b"GET /a b HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 1\nAccept: \x80\n\n0\n\n",
                to,
            );
            flow.says(SERVER, b"HTTP/1.1 200\nContent-Length: 0\nDate: now\nETag: a\nLocation: x y\n\n", to);
        }
    }),
    attack("chunks of one byte", 1000, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        flow.says(SERVER, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to);
        flow.says_much(SERVER, &b"1;a=b\r\nx\r\n"[..].repeat(many), to);
        flow.says(SERVER, b"0\r\nA: b\r\n\r\n", to);
    }),
    attack("a body of one byte a segment", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {many}\r\n\r\n").as_bytes(), to);
        (0..many).for_each(|_| flow.says(CLIENT, b"x", to));
        flow.says(SERVER, OK, to);
    }),
    attack("a compressed body, one byte a segment", 25, |many, to| {
        let mut flow = Flow::open(0, to);
        // An empty member of gzip.
        let body = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0].repeat(many);
        flow.says(CLIENT, GET, to);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        flow.says(SERVER, head.as_bytes(), to);
        for byte in body {
            flow.says(SERVER, &[byte], to);
        }
    }),
    attack("events of an event stream", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        flow.says(SERVER, b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", to);
        (0..many).for_each(|_| flow.says(SERVER, b"data: x\n\n", to));
    }),
    attack("responses that nobody asked for", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        (0..many).for_each(|_| flow.says(SERVER, OK, to));
    }),
    attack("lines of no protocol", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        (0..many).for_each(|_| flow.says(CLIENT, b"\x01no\n\x02such\r\n", to));
        flow.says_much(SERVER, &b"no such\r\n"[..].repeat(many), to);
    }),
    attack("frames of one byte", 300, |many, to| {
        let mut flow = Flow::upgraded(0, to);
        for _ in 0..many {
            flow.says(CLIENT, &frame(0x81, b"a", true), to);
            flow.says(SERVER, &frame(0x82, b"b", false), to);
        }
    }),
    attack("fragments of one message", 1000, |many, to| {
        let mut flow = Flow::upgraded(0, to);
        flow.says(SERVER, &frame(0x01, b"a", false), to);
        flow.says_much(SERVER, &frame(0x00, b"a", false).repeat(many), to);
        flow.says(SERVER, &frame(0x80, b"a", false), to);
    }),
    attack("frames in which much is wrong", 200, |many, to| {
        let mut flow = Flow::upgraded(0, to);
        for _ in 0..many {
            flow.says(CLIENT, &frame(0xf3, b"\xff", false), to);
            flow.says(SERVER, &frame(0x00, b"\xff", true), to);
        }
    }),
    attack("pings that nobody answers", 300, |many, to| {
        let mut flow = Flow::upgraded(0, to);
        (0..many).for_each(|number| flow.says(SERVER, &frame(0x89, &(number as u32).to_be_bytes(), false), to));
    }),
    attack("frames after the close frame", 300, |many, to| {
        let mut flow = Flow::upgraded(0, to);
        flow.says(SERVER, &frame(0x88, b"\x03\xe8", false), to);
        (0..many).for_each(|_| flow.says(SERVER, &frame(0x81, b"a", false), to));
    }),
    attack("extensions offered", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        let offers = b"Sec-WebSocket-Extensions: permessage-deflate; a=b; client_max_window_bits\r\n".repeat(many);
        let request = UPGRADE[0].strip_suffix(b"\r\n").unwrap();
        flow.says_much(CLIENT, &[request, &offers, b"\r\n"].concat(), to);
        flow.says(SERVER, UPGRADE[1], to);
    }),
    attack("exchanges that a proxy passes on", 60, |many, to| {
        for number in 0..many {
            let [mut before, mut behind] = [2 * number, 2 * number + 1].map(|number| Flow::open(number, to));
            let request = format!("GET /{number} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {number:08}\r\n");
            before.says(CLIENT, format!("{request}\r\n").as_bytes(), to);
            behind.says(CLIENT, format!("{request}Via: 1.1 p\r\n\r\n").as_bytes(), to);
            behind.says(SERVER, OK, to);
            before.says(SERVER, OK, to);
        }
    }),
    attack("the same request on many connections", 100, |many, to| {
        let mut flows: Vec<_> = (0..many).map(|number| Flow::open(number, to)).collect();
        for flow in &mut flows {
            flow.says(CLIENT, GET, to);
        }
        for flow in &mut flows {
            flow.says(SERVER, OK, to);
        }
        for mut flow in flows {
            flow.closes(to);
        }
    }),
    attack("tunnels in tunnels", 50, |many, to| {
        let mut flow = Flow::open(0, to);
        for _ in 0..many {
            flow.says(CLIENT, b"CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n", to);
            flow.says(SERVER, b"HTTP/1.1 200 OK\r\n\r\n", to);
        }
    }),
    attack("fragments of IP that never become whole", 300, |many, to| {
        for number in 0..many {
            let mut packet = ipv4(6, [1, 2], &[0; 16]);
            packet[4..6].copy_from_slice(&(number as u16).to_be_bytes());
            packet[6] = 0x20;
            to.packet(ethernet(0x0800, &packet));
        }
    }),
    attack("fragments of one datagram", 300, |many, to| {
        for number in (0..many).rev() {
            let mut packet = ipv4(6, [1, 2], &[0; 8]);
            packet[6..8].copy_from_slice(&(0x2000 | number as u16).to_be_bytes());
            to.packet(ethernet(0x0800, &packet));
        }
    }),
    attack("resets from elsewhere", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        for _ in 0..many {
            flow.next[SERVER] = flow.next[SERVER].wrapping_add(1 << 30);
            flow.sends(SERVER, RST, b"", to);
        }
    }),
    attack("probes, closed windows, and silence about them", 200, |many, to| {
        let mut flow = Flow::open(0, to);
        flow.says(CLIENT, GET, to);
        for _ in 0..many {
            flow.next[CLIENT] -= 1;
            flow.says(CLIENT, b"\n", to);
            flow.window = 0;
            flow.sends(SERVER, ACK, b"", to);
            flow.window = 9999;
        }
    }),
    attack("a TLS hello, byte by byte", 300, |many, to| {
        let mut flow = Flow::open(0, to);
        let length = (many + 4) as u16;
        let record = [&[0x16, 3, 1][..], &length.to_be_bytes(), &[1, 0], &(many as u16).to_be_bytes()].concat();
        flow.says(CLIENT, &record, to);
        (0..many).for_each(|_| flow.says(CLIENT, &[3], to));
    }),
    attack("connections that end in the middle", 100, |many, to| {
        for number in 0..many {
            let mut flow = Flow::open(number, to);
            flow.says(CLIENT, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nhalf", to);
            flow.says(SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", to);
            flow.sends(SERVER, if number % 2 == 0 { RST } else { FIN | ACK }, b"", to);
        }
    }),
];

const GET: &[u8] = b"GET /index HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

const UPGRADE: [&[u8]; 2] = [
    b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
];

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// A connection of which packets are made in any order, beside others.
struct Flow {
    number: usize,
    next: [u32; 2],
    window: u16,
}

impl Flow {
    fn new(number: usize) -> Self {
        Self { number, next: [1000, 5000], window: 0xffff }
    }

    fn open(number: usize, to: &mut Capture) -> Self {
        let mut flow = Self::new(number);
        flow.opens(to);
        flow
    }

    fn upgraded(number: usize, to: &mut Capture) -> Self {
        let mut flow = Self::open(number, to);
        flow.says(CLIENT, UPGRADE[0], to);
        flow.says(SERVER, UPGRADE[1], to);
        flow
    }

    fn opens(&mut self, to: &mut Capture) {
        self.sends(CLIENT, SYN, b"", to);
        self.sends(SERVER, SYN | ACK, b"", to);
        self.sends(CLIENT, ACK, b"", to);
    }

    fn closes(&mut self, to: &mut Capture) {
        self.sends(CLIENT, FIN | ACK, b"", to);
        self.sends(SERVER, FIN | ACK, b"", to);
    }

    fn says(&mut self, from: usize, said: &[u8], to: &mut Capture) {
        self.sends(from, ACK, said, to);
    }

    /// Says it in segments as long as Ethernet takes.
    fn says_much(&mut self, from: usize, said: &[u8], to: &mut Capture) {
        said.chunks(1400).for_each(|piece| self.says(from, piece, to));
    }

    fn sends(&mut self, from: usize, flags: u8, said: &[u8], to: &mut Capture) {
        let client = (10_000 + self.number) as u16;
        let (ports, hosts) = if from == CLIENT { ([client, 80], [1, 2]) } else { ([80, client], [2, 1]) };
        let acknowledged = if flags & ACK == 0 { 0 } else { self.next[1 - from] };
        let numbers = [self.next[from], acknowledged].map(u32::to_be_bytes);
        let [high, low] = self.window.to_be_bytes();
        let ports = ports.map(u16::to_be_bytes);
        let header = [ports.as_flattened(), numbers.as_flattened(), &[0x50, flags, high, low, 0, 0, 0, 0]].concat();
        to.packet(ethernet(0x0800, &ipv4(6, hosts, &[&header, said].concat())));
        let length = said.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        self.next[from] = self.next[from].wrapping_add(length);
    }
}
