//! SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): the handshake by which a client has a proxy connect it to somewhere.
//!
//! Owns where each side's part of it ends and what it asks for; what the sides say afterwards is the tunnelled protocol's.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Fit;
use super::cursor::Cursor;
use crate::layers::Direction;

/// The most bytes that one side's next message may have: names and passwords are counted by one byte each.
const MAX_MESSAGE: usize = 1 + 2 * 256;

/// How the handshake goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This side's part is not over.
    More,
    /// This side's part is over: what it sends from here on goes through the proxy.
    Over,
    /// It isn't SOCKS after all.
    Broken,
}

/// A handshake in progress, both sides of it.
#[derive(Debug, Default)]
pub struct Socks {
    version: u8,
    /// Messages that are not whole yet: the client's and the server's.
    kept: [Vec<u8>; 2],
    greeted: [bool; 2],
    over: [bool; 2],
    /// Where the client wants to go.
    target: Option<String>,
    refused: bool,
    confirmed: bool,
}

/// Whether a client's first bytes may open a handshake: a greeting, or a request, and nothing after it.
pub(super) fn begins(bytes: &[u8]) -> Fit {
    match bytes {
        [] | [5] => Fit::SoFar,
        [5, count @ 1..=16, methods @ ..] => {
            // No method beyond JSON Parameter Block (9) is assigned, before the private ones from 0x80 on.
            let known = methods.iter().take(usize::from(*count)).all(|method| matches!(method, 0..=9 | 0x80..=0xfe));
            match methods.len() {
                _ if !known => Fit::No,
                length if length < usize::from(*count) => Fit::SoFar,
                length if length == usize::from(*count) => Fit::Yes,
                _ => Fit::of(Some(methods.get(usize::from(*count)).is_some_and(|next| matches!(next, 1 | 5)))),
            }
        }
        [4, ..] => match request_4(bytes) {
            Ok(Some((length, _))) => Fit::of(Some(length == bytes.len())),
            Ok(None) => Fit::SoFar,
            Err(Broken) => Fit::No,
        },
        _ => Fit::No,
    }
}

struct Broken;

/// The length of the message that some bytes begin with, once it is whole; and the target it names.
type MessageRead = Result<Option<(usize, Option<String>)>, Broken>;

impl Socks {
    /// Whether both ends have shown that it is SOCKS, or the client alone has shown it beyond doubt.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Whether a side's part is over.
    #[must_use]
    pub fn is_over(&self, of: Direction) -> bool {
        self.over[of as usize]
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.kept.iter().map(Vec::capacity).sum()
    }

    /// What it is: "SOCKS 5 to example.com:80".
    #[must_use]
    pub fn name(&self) -> String {
        let refused = if self.refused { ", refused" } else { "" };
        match &self.target {
            Some(target) => format!("SOCKS {} to {target}{refused}", self.version),
            None => format!("SOCKS {}{refused}", self.version),
        }
    }

    /// Takes the next bytes of one side; returns how many of them were the handshake's, and how it goes on.
    pub fn bytes(&mut self, from: Direction, bytes: &[u8]) -> (usize, Progress) {
        let side = from as usize;
        let mut taken = 0;
        while !self.over[side] {
            let before = self.kept[side].len();
            let more = &bytes[taken..];
            let more = &more[..more.len().min(MAX_MESSAGE - before.min(MAX_MESSAGE))];
            self.kept[side].extend_from_slice(more);
            let message = std::mem::take(&mut self.kept[side]);
            let read = match from {
                Direction::Client => self.client_message(&message),
                Direction::Server => self.server_message(&message),
            };
            match read {
                Ok(Some(length)) => taken += length - before.min(length),
                Ok(None) if message.len() < MAX_MESSAGE => {
                    taken += more.len();
                    self.kept[side] = message;
                    return (taken, Progress::More);
                }
                Ok(None) | Err(Broken) => return (taken, Progress::Broken),
            }
        }
        (taken, Progress::Over)
    }

    fn client_message(&mut self, message: &[u8]) -> Result<Option<usize>, Broken> {
        let Some(version) = message.first() else { return Ok(None) };
        let (greeted, first) = (self.greeted[0], self.version == 0);
        let (read, last) = match version {
            4 if first => (request_4(message)?, true),
            5 if !greeted => (counted(message, 1).map(|length| (length, None)), false),
            5 => (address(message)?, true),
            // RFC 1929 §2: a name and a password, each with its length.
            1 if greeted => (credentials(message).map(|length| (length, None)), false),
            _ => return Err(Broken),
        };
        let Some((length, target)) = read else { return Ok(None) };
        if first {
            self.version = *version;
        }
        self.greeted[0] = true;
        self.over[0] = last;
        self.confirmed |= last && *version == 5;
        self.target = target.or(self.target.take());
        Ok(Some(length))
    }

    fn server_message(&mut self, message: &[u8]) -> Result<Option<usize>, Broken> {
        let [version, status, ..] = *message else {
            // What isn't an answer isn't kept: it may begin something else.
            return if matches!(message, [] | [0 | 1 | 5]) { Ok(None) } else { Err(Broken) };
        };
        let greeted = self.greeted[1];
        let (read, last) = match (self.version, version) {
            (4, 0) if (90..=93).contains(&status) => {
                self.refused = status != 90;
                ((message.len() >= 8).then_some(8), true)
            }
            (5, 5) if !greeted => (Some(2), status == 0xff),
            (5, 5) => {
                self.refused = status != 0;
                (address(message)?.map(|(length, _)| length), true)
            }
            (5, 1) if greeted => (Some(2), status != 0),
            _ => return Err(Broken),
        };
        if let Some(length) = read {
            self.greeted[1] = true;
            self.confirmed = true;
            self.over[1] = last;
            self.refused |= length == 2 && last;
            // A client that was refused has nothing more to say.
            self.over[0] |= self.refused;
        }
        Ok(read)
    }
}

/// The length of a message whose byte `at` counts the bytes that follow it.
fn counted(message: &[u8], at: usize) -> Option<usize> {
    let length = at + 1 + usize::from(*message.get(at)?);
    (message.len() >= length).then_some(length)
}

fn credentials(message: &[u8]) -> Option<usize> {
    let name = counted(message, 1)?;
    counted(message, name)
}

/// A request or reply of version 5 (RFC 1928 §4, §6): it ends in an address and a port.
fn address(message: &[u8]) -> MessageRead {
    let mut cursor = Cursor::new(message);
    let target = address_in(&mut cursor)?;
    Ok(target.map(|target| (message.len() - cursor.rest().len(), Some(target))))
}

fn address_in(cursor: &mut Cursor<'_>) -> Result<Option<String>, Broken> {
    let Some(head) = cursor.take(4) else { return Ok(None) };
    if head[2] != 0 {
        return Err(Broken);
    }
    let host = match head[3] {
        1 => cursor.u32().map(|address| Ipv4Addr::from(address).to_string()),
        3 => cursor.u8().and_then(|length| cursor.take(length.into())).map(|name| String::from_utf8_lossy(name).into()),
        4 => cursor
            .take(16)
            .and_then(|address| <[u8; 16]>::try_from(address).ok())
            .map(|address| format!("[{}]", Ipv6Addr::from(address))),
        _ => return Err(Broken),
    };
    Ok(host.and_then(|host| Some(format!("{host}:{}", cursor.u16()?))))
}

/// A request of version 4 or 4a: port, address, user name; a host name instead where the address is 0.0.0.x.
fn request_4(message: &[u8]) -> MessageRead {
    let [4, command, high, low, address @ ..] = message else { return Ok(None) };
    if !(1..=2).contains(command) {
        return Err(Broken);
    }
    let Some((&address, mut rest)) = address.split_first_chunk::<4>() else { return Ok(None) };
    let mut text = || -> Result<Option<&[u8]>, Broken> {
        let end = rest.iter().position(|byte| *byte == 0);
        let text = &rest[..end.unwrap_or(rest.len())];
        if text.len() > 255 || text.iter().any(|byte| !(32..127).contains(byte)) {
            return Err(Broken);
        }
        let Some(end) = end else { return Ok(None) };
        rest = &rest[end + 1..];
        Ok(Some(text))
    };
    if text()?.is_none() {
        return Ok(None);
    }
    let host = match address {
        [0, 0, 0, 1..=255] => match text()? {
            Some(name) => String::from_utf8_lossy(name).into_owned(),
            None => return Ok(None),
        },
        _ => Ipv4Addr::from(address).to_string(),
    };
    let port = u16::from_be_bytes([*high, *low]);
    Ok(Some((message.len() - rest.len(), Some(format!("{host}:{port}")))))
}

#[cfg(test)]
mod tests {
    use super::Direction::{Client, Server};
    use super::*;
    use proptest::prelude::*;

    const CLIENT: &[u8] = b"\x05\x02\x00\x02\x01\x01u\x02pw\x05\x01\x00\x03\x07example\x00\x50GET /";
    const SERVER: &[u8] = b"\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90HTTP/";

    #[test]
    fn a_handshake_with_a_password_ends_where_the_tunnel_begins() {
        let mut socks = Socks::default();
        assert_eq!(socks.bytes(Client, &CLIENT[..4]), (4, Progress::More));
        assert!(!socks.is_confirmed());
        assert_eq!(socks.bytes(Server, &SERVER[..2]), (2, Progress::More));
        assert!(socks.is_confirmed());
        assert_eq!(socks.bytes(Client, &CLIENT[4..]), (CLIENT.len() - 9, Progress::Over));
        assert_eq!(socks.bytes(Server, &SERVER[2..]), (SERVER.len() - 7, Progress::Over));
        assert_eq!(socks.name(), "SOCKS 5 to example:80");
    }

    #[test]
    fn version_4_names_an_address_or_a_host() {
        let mut socks = Socks::default();
        let request = b"\x04\x01\x00\x50\x0a\x00\x00\x02me\x00";
        assert_eq!(begins(request), Fit::Yes);
        assert_eq!(socks.bytes(Client, request), (request.len(), Progress::Over));
        assert_eq!(socks.bytes(Server, b"\0\x5a\0\0\0\0\0\0H"), (8, Progress::Over));
        assert_eq!(socks.name(), "SOCKS 4 to 10.0.0.2:80");
        let mut socks = Socks::default();
        socks.bytes(Client, b"\x04\x01\x00\x50\x00\x00\x00\x01\x00a.example\x00");
        socks.bytes(Server, b"\0\x5b\0\0\0\0\0\0");
        assert_eq!(socks.name(), "SOCKS 4 to a.example:80, refused");
    }

    #[test]
    fn what_only_begins_like_socks_is_none() {
        assert_eq!(begins(b"\x05\x01"), Fit::SoFar);
        for other in [&b"\x05\x00"[..], b"\x05\x01\x33", b"\x05\x01\x00\x00", b"\x04\x05\x00\x50\x0a\x00\x00\x02\x00"] {
            assert_eq!(begins(other), Fit::No, "{other:?}");
        }
        let mut socks = Socks::default();
        socks.bytes(Client, b"\x05\x01\x00");
        assert_eq!(socks.bytes(Server, b"HTTP/1.1").1, Progress::Broken);
        assert!(!socks.is_confirmed());
    }

    proptest! {
        #[test]
        fn cutting_it_elsewhere_changes_nothing(cut in 1..CLIENT.len(), other in 1..SERVER.len()) {
            let mut socks = Socks::default();
            let mut taken = [0, 0];
            for (from, piece) in [(Client, &CLIENT[..cut]), (Client, &CLIENT[cut..]), (Server, &SERVER[..other]), (Server, &SERVER[other..])] {
                taken[from as usize] += socks.bytes(from, piece).0;
            }
            prop_assert_eq!(taken, [CLIENT.len() - 5, SERVER.len() - 5]);
            prop_assert_eq!(socks.name(), "SOCKS 5 to example:80");
        }

        #[test]
        fn any_bytes_are_taken(pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(0u8..8, 0..700)), 0..8)) {
            let mut socks = Socks::default();
            for (client, piece) in &pieces {
                let (taken, _) = socks.bytes(if *client { Client } else { Server }, piece);
                prop_assert!(taken <= piece.len());
                prop_assert!(socks.held() < 16 * MAX_MESSAGE);
            }
        }
    }
}
