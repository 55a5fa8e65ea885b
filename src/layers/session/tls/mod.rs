//! TLS as far as it's in the clear: records, and the two hellos by which the sides agree (RFC 8446, RFC 5246).
//!
//! Owns the record layer up to the hellos and what they say. Nothing is decrypted; what comes after is passed over.

mod hello;
mod names;

pub use hello::{ClientHello, ServerHello};
pub use names::alert_name;

use std::borrow::Cow;

use super::Fit;
use super::cursor::Cursor;
use crate::layers::Direction;
use crate::limits::MAX_HELLO;

/// A record's payload has at most 2^14 bytes, and 2048 more where it is encrypted (RFC 5246 §6.2.3).
const MAX_RECORD: usize = (1 << 14) + 2048;

const RECORD_HEADER: usize = 5;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;

/// Whether some bytes could begin a record, with any content and of any version from SSL 3.0 to TLS 1.3.
pub(super) fn record(bytes: &[u8]) -> Fit {
    let fits = |bytes: &[u8], checks: &[fn(u8) -> bool]| bytes.iter().zip(checks).all(|(byte, check)| check(*byte));
    if !fits(bytes, &[|kind| (20..=23).contains(&kind), |major| major == 3, |minor| minor <= 4]) {
        return Fit::No;
    }
    let Some(&[kind, _, _, high, low]) = bytes.first_chunk() else { return Fit::SoFar };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let fits = match kind {
        // A change of cipher is one byte; an alert is two, or as many as its encryption makes of them.
        20 => length == 1,
        ALERT => length == 2 || (16..=64).contains(&length),
        HANDSHAKE => (4..=MAX_RECORD).contains(&length),
        _ => (1..=MAX_RECORD).contains(&length),
    };
    Fit::of(Some(fits))
}

/// Whether some bytes could begin a client's hello in SSL 2.0's framing, in which old clients offered newer versions too
/// (RFC 5246 appendix E.2).
pub(super) fn ssl2_hello(bytes: &[u8]) -> Fit {
    let mut cursor = Cursor::new(bytes);
    let mut fits = || {
        let (high, low) = (cursor.u8()?, cursor.u8()?);
        if high & 0x80 == 0 || cursor.u8()? != CLIENT_HELLO {
            return Some(false);
        }
        let version = cursor.u16()?;
        let (ciphers, session, challenge) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
        let length = u32::from(high & 0x7f) << 8 | u32::from(low);
        Some(
            matches!(version, 2 | 0x0300..=0x0303)
                && ciphers % 3 == 0
                && ciphers > 0
                && matches!(session, 0 | 16)
                && (16..=32).contains(&challenge)
                && length == 9 + u32::from(ciphers) + u32::from(session) + u32::from(challenge),
        )
    };
    Fit::of(fits())
}

/// Whether some bytes begin with a record, at a place in a stream where anything may come.
#[must_use]
pub fn is_record(bytes: &[u8]) -> bool {
    record(bytes) == Fit::Yes
}

/// What the record is that some bytes begin with.
#[must_use]
pub fn record_name(bytes: &[u8]) -> Cow<'static, str> {
    const CHANGE_CIPHER_SPEC: u8 = 20;
    const HELLO_REQUEST: u8 = 0;
    const FINISHED: u8 = 20;
    Cow::Borrowed(match (bytes.first(), bytes.get(RECORD_HEADER)) {
        // An alert in the clear is two bytes: how bad it is, and what.
        (Some(&ALERT), _) => match bytes.get(3..7) {
            Some([0, 2, 1 | 2, description]) => return format!("TLS alert {}", alert_name(*description)).into(),
            _ => "TLS alert, encrypted",
        },
        (Some(&HANDSHAKE), Some(&CLIENT_HELLO)) => "TLS ClientHello",
        (Some(&HANDSHAKE), Some(&SERVER_HELLO)) => "TLS ServerHello",
        (Some(&HANDSHAKE), Some(&(HELLO_REQUEST..=FINISHED))) => "TLS handshake",
        (Some(&HANDSHAKE), _) => "TLS handshake, encrypted",
        (Some(&CHANGE_CIPHER_SPEC), _) => "TLS ChangeCipherSpec",
        _ => "TLS, encrypted",
    })
}

/// Which side says hello in the record that some bytes begin with; `None` if there's no hello. It's reliable enough to
/// believe in the middle of a stream.
#[must_use]
pub fn sender(bytes: &[u8]) -> Option<Direction> {
    let from = match bytes.first_chunk()? {
        [HANDSHAKE, 3, 0..=4, _, _, CLIENT_HELLO, 0, _, _, 3, 0..=3] => Direction::Client,
        [HANDSHAKE, 3, 0..=4, _, _, SERVER_HELLO, 0, _, _, 3, 0..=3] => Direction::Server,
        _ => return None,
    };
    is_record(bytes).then_some(from)
}

/// One side's records, up to its hello.
#[derive(Debug, Default)]
struct Records {
    /// The beginning of a record header.
    header: Vec<u8>,
    /// Bytes of the record's payload that are still to come.
    left: usize,
    /// The content type of that record.
    kind: u8,
    /// Handshake bytes so far, or an alert's.
    messages: Vec<u8>,
    /// There's nothing more to learn from this end.
    done: bool,
}

/// What a connection shows of its TLS.
#[derive(Debug, Default)]
pub struct Tls {
    sides: [Records; 2],
    client: Option<ClientHello>,
    server: Option<ServerHello>,
    /// The version that a hello in SSL 2.0's framing offered.
    ssl2: Option<u16>,
    /// The server refused, by this alert.
    alert: Option<u8>,
}

impl Tls {
    /// Takes the next bytes of one end; returns whether they changed what is known.
    pub fn bytes(&mut self, from: Direction, bytes: &[u8]) -> bool {
        let side = from as usize;
        let mut rest = bytes;
        while !rest.is_empty() && !self.sides[side].done {
            if self.sides[side].left > 0 {
                let (payload, after) = rest.split_at(self.sides[side].left.min(rest.len()));
                rest = after;
                if self.payload(side, payload) {
                    return true;
                }
            } else if self.record(side, &mut rest) {
                return true;
            }
        }
        false
    }

    /// No more of this end will come in order: what there is of its hello is all. Returns whether that changed anything.
    pub fn end(&mut self, from: Direction) -> bool {
        let side = from as usize;
        !self.sides[side].done && self.hello(side, true)
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.sides.iter().map(|side| side.header.capacity() + side.messages.capacity()).sum()
    }

    /// What is known: "TLS 1.3, example.com, offers h2 and http/1.1". Names are as the capture has them.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut parts = vec![self.version()];
        if self.ssl2.is_some() {
            parts.push("hello in SSL 2.0 framing".into());
        }
        let (client, server) = (self.client.as_ref(), self.server.as_ref());
        parts.extend(client.and_then(|hello| hello.server_name.clone()));
        let chosen = server.and_then(|hello| hello.protocol.as_ref());
        match (chosen, client.map(|hello| &hello.protocols[..])) {
            (Some(chosen), _) => parts.push(format!("speaks {chosen}")),
            (None, Some(offered)) if !offered.is_empty() => parts.push(format!("offers {}", names::list(offered))),
            _ => {}
        }
        parts.extend(server.map(|hello| names::cipher_suite(hello.cipher_suite)));
        parts.extend(self.alert.map(|alert| format!("refused: {}", names::alert(alert))));
        parts.join(", ")
    }

    fn version(&self) -> String {
        if let Some(hello) = &self.server {
            return names::version(hello.version);
        }
        match self.client.as_ref().map(|hello| hello.newest).or(self.ssl2) {
            Some(newest) => format!("{}, offered", names::version(newest)),
            None => "TLS".into(),
        }
    }

    /// Reads a record's header.
    fn record(&mut self, index: usize, rest: &mut &[u8]) -> bool {
        let side = &mut self.sides[index];
        if index == 0
            && side.header.is_empty()
            && side.messages.is_empty()
            && ssl2_hello(rest) == Fit::Yes
            && let [_, _, _, major, minor, ..] = **rest
        {
            side.done = true;
            self.ssl2 = Some(u16::from_be_bytes([major, minor]));
            return true;
        }
        let (more, after) = rest.split_at((RECORD_HEADER - side.header.len()).min(rest.len()));
        side.header.extend_from_slice(more);
        *rest = after;
        if side.header.len() < RECORD_HEADER {
            return false;
        }
        let header = std::mem::take(&mut side.header);
        side.kind = header[0];
        side.left = usize::from(u16::from_be_bytes([header[3], header[4]]));
        // Two bytes are an alert in the clear. Instead of a server's hello, it says why there will be none.
        let refusal = side.kind == ALERT && side.left == 2 && index == 1 && self.server.is_none();
        if refusal {
            side.messages.clear();
        }
        side.done = header[1] != 3 || side.left > MAX_RECORD || !(refusal || side.kind == HANDSHAKE);
        if side.done {
            side.messages = Vec::new();
        }
        false
    }

    fn payload(&mut self, index: usize, payload: &[u8]) -> bool {
        let side = &mut self.sides[index];
        side.left -= payload.len();
        let room = MAX_HELLO - side.messages.len().min(MAX_HELLO);
        side.messages.extend_from_slice(&payload[..payload.len().min(room)]);
        if side.kind == ALERT {
            side.done = side.left == 0;
            if let [2, alert] = side.messages[..] {
                self.alert = Some(alert);
            }
            return side.done && self.alert.is_some();
        }
        let full = side.messages.len() >= MAX_HELLO;
        self.hello(index, full)
    }

    /// Looks for the hello in the handshake bytes so far; on the `last` look, takes what there is of it.
    fn hello(&mut self, index: usize, last: bool) -> bool {
        let side = &mut self.sides[index];
        let mut cursor = Cursor::new(&side.messages);
        let (Some(kind), Some(length)) = (cursor.u8(), cursor.u24()) else {
            side.done |= last;
            return false;
        };
        if !last && matches!(kind, CLIENT_HELLO | SERVER_HELLO) && cursor.rest().len() < length as usize {
            return false;
        }
        let body = cursor.up_to(length as usize);
        // The kind shows who sent it, even if the capture doesn't show who the client is.
        match kind {
            CLIENT_HELLO => self.client = ClientHello::parse(body).or(self.client.take()),
            SERVER_HELLO => self.server = ServerHello::parse(body).or(self.server.take()),
            _ => {}
        }
        let side = &mut self.sides[index];
        side.done = true;
        side.messages = Vec::new();
        true
    }
}

#[cfg(test)]
mod tests;
