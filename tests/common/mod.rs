//! Captures for the tests, packet by packet, and the program run on them.

pub mod program;

use std::time::Duration;

use wire101::capture::{Interface, LinkType, Timestamp, Writer};
pub use wire101::layers::transport::header::{ACK, FIN, RST, SYN};
use wire101::lesson::demos;
use wire101::wire::Settings;

pub use program::Folder;

/// A capture that is being made: packets a millisecond apart, from 2023-11-14 22:13:20 UTC on.
pub struct Capture {
    link: LinkType,
    packets: Vec<(u64, Vec<u8>)>,
}

impl Capture {
    pub fn new() -> Self {
        Self::of(LinkType::ETHERNET)
    }

    pub fn of(link: LinkType) -> Self {
        Self { link, packets: Vec::new() }
    }

    /// Adds a packet as it is.
    pub fn packet(&mut self, data: Vec<u8>) -> &mut Self {
        let time = 1_700_000_000_000_000_000 + self.packets.len() as u64 * 1_000_000;
        self.packets.push((time, data));
        self
    }

    /// A connection from 10.0.0.1 and that port.
    pub fn connect(&mut self, port: u16) -> Talk<'_> {
        let mut talk = Talk { capture: self, port, next: [1000, 5000] };
        talk.segment(0, SYN, b"");
        talk.segment(1, SYN | ACK, b"");
        talk.segment(0, ACK, b"");
        talk
    }

    /// The packets that `keep` chooses.
    pub fn only(&self, keep: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
        self.packets.iter().map(|(_, data)| data.clone()).filter(|data| keep(data)).collect()
    }

    /// The file's bytes, as pcapng.
    pub fn bytes(&self) -> Vec<u8> {
        let interface = Interface { name: None, link: self.link, snap_length: 0, fcs_length: None, comment: None };
        let mut writer = Writer::new(Vec::new(), &[interface], "test").unwrap();
        for (time, data) in &self.packets {
            writer.packet(0, Timestamp(*time), data.len() as u32, data, None).unwrap();
        }
        writer.finish().unwrap()
    }
}

/// A connection that is being made: what is said on it becomes segments.
pub struct Talk<'a> {
    capture: &'a mut Capture,
    port: u16,
    next: [u32; 2],
}

impl Talk<'_> {
    pub fn client(&mut self, said: &[u8]) -> &mut Self {
        self.segment(0, ACK, said)
    }

    pub fn server(&mut self, said: &[u8]) -> &mut Self {
        self.segment(1, ACK, said)
    }

    pub fn close(&mut self) -> &mut Self {
        self.segment(0, FIN | ACK, b"").segment(1, FIN | ACK, b"").segment(0, ACK, b"")
    }

    pub fn segment(&mut self, from: usize, flags: u8, said: &[u8]) -> &mut Self {
        let ports = if from == 0 { [self.port, 80] } else { [80, self.port] };
        let acknowledged = if flags & ACK == 0 { 0 } else { self.next[1 - from] };
        let mut tcp = [ports[0].to_be_bytes(), ports[1].to_be_bytes()].concat();
        tcp.extend([self.next[from].to_be_bytes(), acknowledged.to_be_bytes()].concat());
        tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(said);
        self.next[from] += said.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        let hosts = if from == 0 { [1, 2] } else { [2, 1] };
        self.capture.packet(ethernet(0x0800, &ipv4(6, hosts, &tcp)));
        self
    }
}

pub fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], &kind.to_be_bytes()[..], payload].concat()
}

/// From 10.0.0.a to 10.0.0.b; the checksum is left empty, as by a network card that fills it in.
pub fn ipv4(protocol: u8, [from, to]: [u8; 2], payload: &[u8]) -> Vec<u8> {
    let length = (20 + payload.len()) as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
    packet.extend(payload);
    packet
}

pub fn udp(payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len()) as u16;
    let header = [[0x30, 0x39], [0, 53], length.to_be_bytes(), [0, 0]].concat();
    ethernet(0x0800, &ipv4(17, [1, 2], &[&header, payload].concat()))
}

/// A WebSocket frame with a short payload, masked if it is the client's.
pub fn frame(first: u8, payload: &[u8], masked: bool) -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first, payload.len() as u8 | if masked { 0x80 } else { 0 }];
    if masked {
        frame.extend(key);
        frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    } else {
        frame.extend(payload);
    }
    frame
}

/// What the better side of the lessons on keep-alive and on upgrading put on the wire, as one capture of two interfaces.
pub fn lessons() -> Vec<u8> {
    let settings = Settings { rtt: Duration::from_millis(80), loss: 0.0, seed: 7 };
    let record = |name, seed| demos::demo(name).unwrap().record(&Settings { seed, ..settings }).unwrap().pop().unwrap();
    let recordings = [record("keep-alive", 7), record("upgrade", 8)];
    let interface = |name: &str| Interface {
        name: Some(name.to_owned()),
        link: LinkType::ETHERNET,
        snap_length: 0,
        fcs_length: None,
        comment: None,
    };
    let mut writer = Writer::new(Vec::new(), &[interface("keep-alive"), interface("upgrade")], "test").unwrap();
    for (index, recording) in recordings.iter().enumerate() {
        for packet in &recording.packets {
            let time = Timestamp(packet.time.0 + index as u64 * 1_000_000_000);
            writer.packet(index, time, packet.data.len() as u32, &packet.data, None).unwrap();
        }
    }
    writer.finish().unwrap()
}
