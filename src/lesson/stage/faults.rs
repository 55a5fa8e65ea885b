//! Ways to break a conversation that goes well: each breaks one rule, and the real program at the other end reacts.

use crate::wire::tamper::Change;

/// Who breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// A way to break a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What the inspector is to call it.
    pub code: &'static str,
    /// Who does it.
    pub by: Culprit,
    /// What is done.
    pub deed: Deed,
}

/// What a culprit does.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// What it writes is changed: of its writes, the one of that number. The first, 0, is a head, and each other one a frame.
    Writes(usize, fn(&[u8]) -> Vec<u8>),
    /// The frame is changed, and then nothing more comes: the connection is closed.
    WritesAndLeaves(usize, fn(&[u8]) -> Vec<u8>),
    /// It closes the connection (FIN) without a close frame.
    Leaves,
    /// It resets the connection.
    Resets,
}

use Culprit::{Client, Server};
use Deed::{Leaves, Resets, Writes, WritesAndLeaves};

const fn writes(code: &'static str, by: Culprit, at: usize, change: fn(&[u8]) -> Vec<u8>) -> Fault {
    Fault { code, by, deed: Writes(at, change) }
}

/// Every fault.
pub static FAULTS: &[Fault] = &[
    // The Accept is made from the key (RFC 6455 §4.2.2, no. 5.4). This one is the RFC's own example (§1.3).
    writes("wrong-accept", Server, 0, |head| edited(head, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
    // A 101 to WebSocket has one.
    writes("missing-accept", Server, 0, |head| without(head, "Sec-WebSocket-Accept")),
    // A 101 names the protocol (RFC 9110 §15.2.2).
    writes("missing-upgrade", Server, 0, |head| without(head, "Upgrade")),
    // Only a subprotocol that was offered may be chosen (RFC 6455 §4.2.2, no. 5.5).
    writes("subprotocol-not-offered", Server, 0, |head| with(head, "Sec-WebSocket-Protocol: chat")),
    // And only an extension that was offered (§9.1).
    writes("extension-not-offered", Server, 0, |head| with(head, "Sec-WebSocket-Extensions: permessage-deflate")),
    // A request that asks for WebSocket has Upgrade: websocket (RFC 6455 §4.1, no. 5).
    writes("missing-upgrade-websocket", Client, 0, |head| without(head, "Upgrade")),
    // And Connection: Upgrade (no. 6).
    writes("upgrade-without-connection", Client, 0, |head| without(head, "Connection")),
    // And a Sec-WebSocket-Key (no. 7).
    writes("missing-websocket-key", Client, 0, |head| without(head, "Sec-WebSocket-Key")),
    // That is 16 bytes in base64; this is 15.
    writes("malformed-websocket-key", Client, 0, |head| edited(head, "Sec-WebSocket-Key", "d2lyZTEwMSBib29rcy4u")),
    // It must not come twice (RFC 6455 §11.3.1).
    writes("repeated-websocket-field", Client, 0, |head| with(head, "Sec-WebSocket-Key: d2lyZTEwMSB0ZWFjaGVzIQ==")),
    // The version is 13 (no. 9); 8 was a draft.
    writes("old-websocket-draft", Client, 0, |head| edited(head, "Sec-WebSocket-Version", "8")),
    // The method is GET (no. 2).
    writes("upgrade-not-get", Client, 0, |head| replaced(head, "GET ", "PUT ")),
    // A request in HTTP/1.1 has a Host (RFC 9112 §3.2).
    writes("missing-host", Client, 0, |head| without(head, "Host")),
    // No frame before the 101 (RFC 6455 §4.1).
    writes("frame-before-101", Client, 0, |head| [head, &[0x81, 0x82, 1, 2, 3, 4, b'H' ^ 1, b'i' ^ 2]].concat()),
    // A client masks every frame (§5.1).
    writes("unmasked-client-frame", Client, 1, unmasked),
    // A server masks none (§5.1).
    writes("masked-server-frame", Server, 1, masked),
    // RSV1 is 0 unless an extension gives it a meaning (§5.2).
    writes("reserved-bits", Client, 1, |frame| opened(frame, |first| first | 0x40)),
    // Opcode 3 means nothing yet (§5.2).
    writes("reserved-opcode", Server, 1, |frame| opened(frame, |first| first & 0xF0 | 3)),
    // A control frame is never fragmented (§5.4).
    writes("fragmented-control-frame", Client, 2, |frame| opened(frame, |first| first & 0x7F)),
    // Nor is it longer than 125 bytes (§5.5).
    writes("long-control-frame", Client, 2, |frame| {
        let payload: Vec<u8> = frame[2..6].iter().cycle().take(126).map(|key| b'!' ^ key).collect();
        [&[0x89, 0xFE, 0, 126], &frame[2..6], &payload].concat()
    }),
    // A continuation continues a message that has begun (§5.4).
    writes("continuation-of-nothing", Client, 1, |frame| opened(frame, |first| first & 0xF0)),
    // A message ends before the next begins (§5.4). This one's first frame doesn't say that it's the last.
    writes("data-inside-message", Client, 1, |frame| [opened(frame, |first| first & 0x7F), frame.to_vec()].concat()),
    // A length below 126 is written in seven bits (§5.2).
    writes("non-minimal-length", Client, 1, |frame| [&frame[..1], &[0xFE, 0, frame[1] & 0x7F], &frame[2..]].concat()),
    // Text is UTF-8 (§5.6). An "H" in this place is all right, and 0xFF isn't in any.
    writes("text-not-utf8", Client, 1, |frame| payload(frame, 0, 0xFF)),
    // 1005 is for your onclose; it isn't sent (§7.4.1). The code's second byte makes 1005 of 1000.
    writes("invalid-close-code", Client, 3, |frame| payload(frame, 1, 0xED)),
    // A close frame has no code, or one of two bytes (§5.5.1).
    writes("one-byte-close", Client, 3, |frame| [&[0x88, 0x81], &frame[2..7]].concat()),
    // No data after a close frame (§5.5.1).
    writes("frame-after-close", Client, 3, |frame| [frame, &[0x81, 0x82, 1, 2, 3, 4, b'P' ^ 1, b'S' ^ 2]].concat()),
    // A frame's payload is as long as its header says (§5.2).
    Fault { code: "frame-cut-short", by: Client, deed: WritesAndLeaves(1, |frame| frame[..8].to_vec()) },
    // A connection ends with a close frame from each side (§7.1.2). Here somebody just hangs up.
    Fault { code: "no-close-handshake", by: Server, deed: Leaves },
    Fault { code: "no-close-handshake", by: Client, deed: Leaves },
    // Or is cut off.
    Fault { code: "no-close-handshake", by: Server, deed: Resets },
];

/// How far apart in [`FAULTS`] two seeds in a row are. It has no divisor in common with their number.
const STRIDE: u64 = 12;

impl Fault {
    /// The fault of a seed. As many seeds in a row as there are faults have each of them once, and neighbours are unlike.
    #[must_use]
    pub fn of_seed(seed: u64) -> &'static Self {
        let count = FAULTS.len() as u64;
        &FAULTS[(seed.wrapping_sub(1) % count * STRIDE % count) as usize]
    }

    /// What becomes of what `who` writes.
    #[must_use]
    pub fn change(&self, who: Culprit) -> Change {
        let (Writes(at, change) | WritesAndLeaves(at, change)) = self.deed else { return Box::new(<[u8]>::to_vec) };
        let (is_culprit, mut written) = (self.by == who, 0);
        Box::new(move |bytes| {
            written += 1;
            if is_culprit && written == at + 1 { change(bytes) } else { bytes.to_vec() }
        })
    }
}

/// A head without a field.
fn without(head: &[u8], name: &str) -> Vec<u8> {
    lines(head, |line| if is(line, name) { String::new() } else { line.to_owned() })
}

/// A head with another value of a field.
fn edited(head: &[u8], name: &str, value: &str) -> Vec<u8> {
    lines(head, |line| match line.split_once(':') {
        Some((found, _)) if is(line, name) => format!("{found}: {value}\r\n"),
        _ => line.to_owned(),
    })
}

/// A head with one more field line.
fn with(head: &[u8], more: &str) -> Vec<u8> {
    lines(head, |line| if line == "\r\n" { format!("{more}\r\n\r\n") } else { line.to_owned() })
}

/// A head with another word in its first line.
fn replaced(head: &[u8], word: &str, by: &str) -> Vec<u8> {
    String::from_utf8_lossy(head).replacen(word, by, 1).into_bytes()
}

fn lines(head: &[u8], line: impl Fn(&str) -> String) -> Vec<u8> {
    String::from_utf8_lossy(head).split_inclusive('\n').map(line).collect::<String>().into_bytes()
}

fn is(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
}

/// A frame with another first byte: FIN, RSV and the opcode.
fn opened(frame: &[u8], edit: fn(u8) -> u8) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[0] = edit(frame[0]);
    frame
}

/// A short frame whose payload has another byte in one place.
fn payload(frame: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut frame = frame.to_vec();
    if frame[1] & 0x80 == 0 {
        frame[2 + at] = byte;
    } else {
        frame[6 + at] = byte ^ frame[2 + at % 4];
    }
    frame
}

/// A short masked frame, unmasked.
fn unmasked(frame: &[u8]) -> Vec<u8> {
    let payload = frame[6..].iter().zip(frame[2..6].iter().cycle()).map(|(byte, key)| byte ^ key);
    [frame[0], frame[1] & 0x7F].into_iter().chain(payload).collect()
}

/// A short frame that isn't masked, masked.
fn masked(frame: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = *b"mask";
    let payload = frame[2..].iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key);
    [frame[0], frame[1] | 0x80].into_iter().chain(KEY).chain(payload).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn as_many_seeds_as_there_are_faults_have_each_of_them_once() {
        let all: HashSet<_> = (1..=FAULTS.len() as u64).map(|seed| std::ptr::from_ref(Fault::of_seed(seed))).collect();
        assert_eq!(all.len(), FAULTS.len());
    }
}
