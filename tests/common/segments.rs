//! Segments of a TCP connection, made one after the other: Ethernet, IPv4 and TCP with timestamps, as Linux sends them.
//!
//! Checksums are left empty, as by a network card that fills them in.

use wire101::layers::transport::header::{ACK, FIN, PSH, SYN};

/// The longest payload of a segment on Ethernet, with timestamps.
const MSS: usize = 1448;

/// The two ends of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Client = 0,
    Server = 1,
}
use End::{Client, Server};

/// A connection in progress.
pub struct Segments {
    number: u64,
    next: [u32; 2],
    packet: Vec<u8>,
}

impl Segments {
    /// A connection between a client's address and port that go by the number, and a server's port 80.
    pub fn new(number: u64) -> Self {
        let first = (number as u32).wrapping_mul(2_654_435_761);
        Self { number, next: [first, !first], packet: Vec::new() }
    }

    pub fn open(&mut self, take: &mut dyn FnMut(&[u8])) {
        self.segment(Client, SYN, b"", take);
        self.segment(Server, SYN | ACK, b"", take);
        self.segment(Client, ACK, b"", take);
    }

    pub fn close(&mut self, take: &mut dyn FnMut(&[u8])) {
        self.segment(Client, FIN | ACK, b"", take);
        self.segment(Server, FIN | ACK, b"", take);
        self.segment(Client, ACK, b"", take);
    }

    /// Says something in as many segments as it takes; every second one is acknowledged, and the last.
    pub fn say(&mut self, from: End, said: &[u8], take: &mut dyn FnMut(&[u8])) {
        let back = if from == Client { Server } else { Client };
        let last = said.len().div_ceil(MSS) - 1;
        for (index, payload) in said.chunks(MSS).enumerate() {
            self.segment(from, if index == last { PSH | ACK } else { ACK }, payload, take);
            if index % 2 == 1 || index == last {
                self.segment(back, ACK, b"", take);
            }
        }
    }

    fn segment(&mut self, from: End, flags: u8, payload: &[u8], take: &mut dyn FnMut(&[u8])) {
        let [low, high] = ((self.number / 50_000) as u16).to_be_bytes();
        let (port, client, server) = (10_000 + (self.number % 50_000) as u16, [10, 1, low, high], [10, 0, 0, 1]);
        let (ports, hosts, sender) = match from {
            Client => ([port, 80], [client, server], 1),
            Server => ([80, port], [server, client], 2),
        };
        let next = self.next[from as usize];
        let acknowledged = if flags & ACK == 0 { 0 } else { self.next[1 - from as usize] };
        let packet = &mut self.packet;
        packet.clear();
        packet.extend([2, 0, 0, 0, 0, 3 - sender, 2, 0, 0, 0, 0, sender, 8, 0, 0x45, 0]);
        packet.extend((52 + payload.len() as u16).to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        packet.extend(hosts.as_flattened());
        packet.extend(ports.map(u16::to_be_bytes).as_flattened());
        packet.extend(next.to_be_bytes());
        packet.extend(acknowledged.to_be_bytes());
        packet.extend([0x80, flags, 0xff, 0xff, 0, 0, 0, 0, 1, 1, 8, 10]);
        packet.extend([0, 0, 0, 1, 0, 0, 0, 1]);
        packet.extend(payload);
        self.next[from as usize] = next.wrapping_add(payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0));
        take(packet);
    }
}
