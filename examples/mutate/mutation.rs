//! How inputs are damaged: blindly, and where a format has its lengths, numbers and flags.

use super::corpus::Packets;

/// A little chance that is the same every time (`SplitMix64`).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// A number that code is likely to get wrong, or any.
    fn number(&mut self) -> u64 {
        let powers = 1_u64 << self.below(64);
        match self.below(6) {
            0 => self.below(16) as u64,
            1 => powers,
            2 => powers.wrapping_sub(1),
            3 => powers.wrapping_neg(),
            4 => u64::MAX,
            _ => self.next(),
        }
    }
}

/// Pieces of HTTP that change what the rest means.
const TOKENS: [&[u8]; 22] = [
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 18446744073709551615\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Encoding: gzip, br, zstd\r\n",
    b"Content-Encoding: deflate\r\n",
    b"Upgrade: websocket\r\n",
    b"Connection: Upgrade\r\n",
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=8\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.0 200 OK\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n",
    b"\r\n\r\n",
    b"\r\n",
    b"\n",
    b"\r\n ",
    b"0\r\n\r\n",
    b"fffffffffffffff0\r\n",
    b"ffffffffffffffffffff\r\n",
    b"Expect: 100-continue\r\n",
    b"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
];

/// Damages bytes without knowing what they are.
pub fn blindly(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len());
    let length = (1 + chance.below(8)).min(bytes.len() - at.min(bytes.len()));
    match chance.below(8) {
        _ if bytes.is_empty() => bytes.push(chance.next() as u8),
        0 => bytes[at] ^= 1 << chance.below(8),
        1 => bytes[at] = chance.next() as u8,
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..at + length)),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            let into = chance.below(bytes.len());
            bytes.splice(into..into, piece);
        }
        5 => {
            let token = *chance.of(&TOKENS);
            bytes.splice(at..at, token.iter().copied());
        }
        6 => {
            let number = chance.number().to_be_bytes();
            bytes[at..at + length].copy_from_slice(&number[8 - length..]);
        }
        _ => {
            let number = chance.number().to_le_bytes();
            bytes[at..at + length].copy_from_slice(&number[..length]);
        }
    }
}

/// Damages a capture's packets where their formats have something to get wrong.
pub fn packets(packets: &mut Packets, others: &[Packets], chance: &mut Chance) {
    let at = chance.below(packets.len());
    let other = chance.below(packets.len());
    match chance.below(12) {
        _ if packets.is_empty() => packets.push(Vec::new()),
        0 => drop(packets.remove(at)),
        1 => packets.swap(at, other),
        2 => packets.insert(other, packets[at].clone()),
        3 => packets.truncate(at + 1),
        4 => {
            let donor = chance.of(others);
            if !donor.is_empty() {
                packets.insert(at, chance.of(donor).clone());
            }
        }
        5 => split(packets, at, chance),
        6 => wrap(&mut packets[at], chance),
        7 => header(&mut packets[at], chance),
        8 | 9 => with_payload(&mut packets[at], |payload| frame(payload, chance)),
        10 => with_payload(&mut packets[at], |payload| number_in_text(payload, chance)),
        _ => with_payload(&mut packets[at], |payload| blindly(payload, chance)),
    }
}

const IP: usize = 14;

/// Where TCP begins and where its payload does, if this is Ethernet, IPv4 and TCP.
fn places(packet: &[u8]) -> Option<(usize, usize)> {
    if packet.get(12..14)? != [8, 0] || *packet.get(IP + 9)? != 6 {
        return None;
    }
    let tcp = IP + usize::from(packet.get(IP)? & 15) * 4;
    let payload = tcp + usize::from(packet.get(tcp + 12)? >> 4) * 4;
    (tcp + 20..=packet.len()).contains(&payload).then_some((tcp, payload))
}

fn set_length(packet: &mut [u8]) {
    let length = (packet.len() - IP) as u16;
    packet[IP + 2..IP + 4].copy_from_slice(&length.to_be_bytes());
}

/// Changes a segment's payload, and the length that the IP header says.
fn with_payload(packet: &mut Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) {
    let Some((_, start)) = places(packet) else { return };
    let mut payload = packet.split_off(start);
    change(&mut payload);
    payload.truncate(usize::from(u16::MAX) - start);
    packet.extend(payload);
    set_length(packet);
}

/// Cuts a segment in two, which may overlap or leave a hole.
fn split(packets: &mut Packets, at: usize, chance: &mut Chance) {
    let mut second = packets[at].clone();
    let Some((tcp, start)) = places(&second) else { return };
    let cut = chance.below(second.len() - start + 1);
    let overlap = chance.below(4).min(cut);
    second.drain(start..start + cut - overlap);
    let sequence = second[tcp + 4..tcp + 8].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let hole = if chance.below(4) == 0 { chance.number() as u32 } else { 0 };
    let moved = sequence.wrapping_add((cut - overlap) as u32).wrapping_add(hole);
    second[tcp + 4..tcp + 8].copy_from_slice(&moved.to_be_bytes());
    set_length(&mut second);
    packets[at].truncate(start + cut);
    set_length(&mut packets[at]);
    packets.insert(at + 1, second);
}

/// Puts the packet behind another header, or into a tunnel.
fn wrap(packet: &mut Vec<u8>, chance: &mut Chance) {
    if packet.len() < IP {
        return;
    }
    let (inner, mut header) = (packet.split_off(IP), packet.clone());
    let length = |more: usize| ((inner.len() + more) as u16).to_be_bytes();
    let ip = |protocol: u8, more: usize| {
        [&[0x45, 0][..], &length(20 + more), &[0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9]].concat()
    };
    let between: Vec<u8> = match chance.below(7) {
        0 => vec![0x81, 0, 0, 1, 8, 0],
        1 => vec![0x88, 0x47, 0, 1, 1, 64, 8, 0],
        2 => [&[0x88, 0x64, 0x11, 0, 0, 1][..], &length(2), &[0, 0x21]].concat(),
        3 => [vec![8, 0], ip(4, 0)].concat(),
        4 => [vec![8, 0], ip(47, 4), vec![0, 0, 8, 0]].concat(),
        5 => [vec![0x86, 0xdd, 0x60, 0, 0, 0], length(0).to_vec(), vec![4, 64], vec![1; 32]].concat(),
        // A fragment, whose rest may never come.
        _ => [vec![8, 0], ip(6, 0)].concat(),
    };
    header.truncate(12);
    header.extend(between);
    *packet = [header, inner].concat();
}

/// Sets a field of the IP or TCP header to something else.
fn header(packet: &mut [u8], chance: &mut Chance) {
    let Some((tcp, payload)) = places(packet) else { return };
    let number = chance.number().to_be_bytes();
    let near = (chance.next() % 3000) as u32;
    match chance.below(10) {
        0 => packet[IP] = number[7],
        1 => packet[IP + 2..IP + 4].copy_from_slice(&number[6..]),
        2 => packet[IP + 6..IP + 8].copy_from_slice(&number[6..]),
        3 => packet[IP + 9] = number[7],
        4 | 5 => {
            let at = if chance.below(2) == 0 { tcp + 4 } else { tcp + 8 };
            let old = packet[at..at + 4].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
            packet[at..at + 4].copy_from_slice(&old.wrapping_add(near).wrapping_sub(1500).to_be_bytes());
        }
        6 => packet[tcp + 4..tcp + 8].copy_from_slice(&number[4..]),
        7 => packet[tcp + 12] = number[7],
        8 => packet[tcp + 13] ^= 1 << chance.below(8),
        _ if payload > tcp + 20 => packet[tcp + 20 + chance.below(payload - tcp - 20)] = number[7],
        _ => packet[tcp + 13] = number[7],
    }
}

/// Takes the payload for a WebSocket frame, and changes its header.
fn frame(payload: &mut Vec<u8>, chance: &mut Chance) {
    let [first, second, ..] = payload[..] else { return };
    let number = chance.number().to_be_bytes();
    match chance.below(6) {
        0 => payload[0] = first & 0xf0 | number[7] & 15,
        1 => payload[0] = first ^ (1 << (4 + chance.below(4))),
        2 => payload[1] = second ^ 0x80,
        3 => payload[1] = second & 0x80 | number[7] & 0x7f,
        4 => {
            payload[1] = second & 0x80 | 127;
            payload.splice(2..2, number);
        }
        _ => {
            payload[1] = second & 0x80 | 126;
            payload.splice(2..2, number[6..].iter().copied());
        }
    }
}

/// Replaces a number that is written in digits: a length, a chunk's size, a status code, a window.
fn number_in_text(payload: &mut Vec<u8>, chance: &mut Chance) {
    let starts = (0..payload.len()).filter(|at| payload[*at].is_ascii_digit());
    let starts: Vec<_> = starts.filter(|at| *at == 0 || !payload[at - 1].is_ascii_digit()).collect();
    if starts.is_empty() {
        return;
    }
    let start = *chance.of(&starts);
    let length = payload[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = chance.number();
    let text = if chance.below(2) == 0 { format!("{number}") } else { format!("{number:x}") };
    payload.splice(start..start + length, text.bytes());
}

/// Changes a length or an option in a capture file's own headers.
pub fn file(bytes: &mut [u8], chance: &mut Chance) {
    let pcapng = bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]);
    let mut places = Vec::new();
    let mut at = if pcapng { 0 } else { 24 };
    let u32_at =
        |at: usize| bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk().copied()).map(u32::from_le_bytes);
    while let Some(length) = u32_at(if pcapng { at + 4 } else { at + 8 }) {
        let length = length as usize;
        if pcapng {
            places.extend([at, at + 4, at + 8, at + 12, at + 20, at + 24, (at + length).saturating_sub(4)]);
        } else {
            places.extend([at, at + 4, at + 8, at + 12]);
        }
        at += if pcapng { length.max(12) } else { 16 + length };
    }
    if places.is_empty() {
        return;
    }
    let place = *chance.of(&places);
    let number = match chance.below(3) {
        0 => u32_at(place).unwrap_or(0).wrapping_add(chance.below(9) as u32).wrapping_sub(4),
        _ => chance.number() as u32,
    };
    if let Some(into) = bytes.get_mut(place..place + 4) {
        into.copy_from_slice(&number.to_le_bytes());
    }
}
