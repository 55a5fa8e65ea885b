//! Protocols that name themselves in their first bytes.
//!
//! Only what leaves no doubt is in the table: a stream that fits none of it stays unnamed rather than guessed at.

use memchr::{memchr, memmem};

use super::cursor::Cursor;
use super::{Fit, MAX_OPENING};
use crate::layers::Direction;

/// Inclusive bounds of a byte.
type Bounds = [u8; 2];

/// What the first bytes must be.
enum Pattern {
    /// This text.
    Text(&'static str),
    /// Bytes within these bounds, one after the other.
    Bytes(&'static [Bounds]),
    /// A first line, without its line end, for which this holds.
    Line(fn(&str) -> bool),
    /// Bytes for which this holds; `None` if they end too early to tell.
    Shape(fn(&mut Cursor<'_>) -> Option<bool>),
}

const ANY: Bounds = [0, 0xff];
const ZERO: Bounds = [0, 0];

const fn is(byte: u8) -> Bounds {
    [byte, byte]
}

/// Whose first bytes a pattern is for; a server's only if it speaks first.
const CLIENT: Option<Direction> = Some(Direction::Client);
const SERVER: Option<Direction> = Some(Direction::Server);
const EITHER: Option<Direction> = None;

const GREETINGS: [(&str, Option<Direction>, Pattern); 33] = [
    ("SSH", EITHER, Pattern::Text("SSH-")),
    ("SMTP or FTP", SERVER, Pattern::Text("220 ")),
    ("SMTP or FTP", SERVER, Pattern::Text("220-")),
    ("POP3", SERVER, Pattern::Line(|line| line == "+OK" || line.starts_with("+OK "))),
    ("IMAP", SERVER, Pattern::Text("* OK ")),
    ("IMAP", SERVER, Pattern::Text("* PREAUTH ")),
    ("VNC", SERVER, Pattern::Text("RFB 00")),
    ("NATS", SERVER, Pattern::Text("INFO {\"")),
    ("rsync", EITHER, Pattern::Text("@RSYNCD: ")),
    ("BitTorrent", EITHER, Pattern::Text("\x13BitTorrent protocol")),
    ("XMPP", EITHER, Pattern::Shape(xmpp)),
    ("SIP", EITHER, Pattern::Line(|line| is_like_http(line, "SIP/2.0"))),
    ("RTSP", EITHER, Pattern::Line(|line| is_like_http(line, "RTSP/1.0") || is_like_http(line, "RTSP/2.0"))),
    ("ICAP", EITHER, Pattern::Line(|line| is_like_http(line, "ICAP/1.0"))),
    ("IRC", CLIENT, Pattern::Line(irc_command)),
    ("IRC", SERVER, Pattern::Line(irc_notice)),
    ("memcached", CLIENT, Pattern::Line(memcached)),
    ("Redis", CLIENT, Pattern::Shape(redis)),
    ("MQTT", CLIENT, Pattern::Shape(mqtt)),
    ("MySQL", SERVER, Pattern::Shape(mysql)),
    ("PostgreSQL", CLIENT, Pattern::Shape(postgresql)),
    ("MongoDB", CLIENT, Pattern::Shape(mongodb)),
    ("LDAP", CLIENT, Pattern::Shape(ldap)),
    ("DNS", CLIENT, Pattern::Shape(dns)),
    ("RDP", CLIENT, Pattern::Shape(rdp)),
    // A PRELOGIN packet (MS-TDS §2.2.6.5): its first option is the version.
    ("SQL Server", CLIENT, Pattern::Bytes(&[is(0x12), is(1), ANY, ANY, ZERO, ZERO, [0, 1], ZERO, ZERO, ZERO, ANY])),
    ("AMQP", EITHER, Pattern::Bytes(&[is(b'A'), is(b'M'), is(b'Q'), is(b'P'), [0, 3], [0, 1]])),
    // RFC 1001's session service in front of SMB 1, 2 and 3.
    ("SMB", CLIENT, Pattern::Bytes(&[ZERO, ZERO, ANY, ANY, [0xfe, 0xff], is(b'S'), is(b'M'), is(b'B')])),
    // A session request: two names of 32 half bytes each (RFC 1002 §4.3.2).
    ("NetBIOS session", CLIENT, Pattern::Bytes(&[is(0x81), ZERO, ZERO, is(0x44), is(0x20), [b'A', b'P']])),
    // Two options being negotiated (RFC 854: IAC, then WILL, WONT, DO or DONT).
    ("Telnet", EITHER, Pattern::Bytes(&[is(0xff), [0xfb, 0xfe], [0, 50], is(0xff), [0xfa, 0xfe]])),
    ("X11", CLIENT, Pattern::Bytes(&[is(b'l'), ZERO, is(11), ZERO, ZERO, ZERO])),
    ("X11", CLIENT, Pattern::Bytes(&[is(b'B'), ZERO, ZERO, is(11), ZERO, ZERO])),
    ("Git", CLIENT, Pattern::Shape(|it| Some(it.take(4)?.iter().all(u8::is_ascii_hexdigit) && it.take(4)? == b"git-"))),
];

/// What the first bytes of a stream name; where they name nothing, whether more of them may.
pub(super) fn name(bytes: &[u8], from: Direction, first: bool) -> (Option<&'static str>, Fit) {
    let mut best = Fit::No;
    for (name, greets, pattern) in &GREETINGS {
        // What a server says once it was asked is a response, not a greeting.
        let asked = greets.is_none_or(|greets| greets == from && (first || from == Direction::Client));
        match if asked { pattern.fit(bytes) } else { Fit::No } {
            Fit::Yes => return (Some(name), Fit::Yes),
            Fit::SoFar if bytes.len() < MAX_OPENING => best = Fit::SoFar,
            Fit::SoFar | Fit::No => {}
        }
    }
    (None, best)
}

/// Whether a protocol of that name is in the table.
pub(super) fn is_known(name: &str) -> bool {
    GREETINGS.iter().any(|(known, ..)| *known == name)
}

impl Pattern {
    fn fit(&self, bytes: &[u8]) -> Fit {
        match self {
            Self::Text(text) => Fit::prefix(bytes, text.as_bytes()),
            Self::Bytes(bounds) => {
                let fits = bytes.iter().zip(*bounds).all(|(byte, [low, high])| (low..=high).contains(&byte));
                Fit::of(if fits && bytes.len() < bounds.len() { None } else { Some(fits) })
            }
            Self::Line(holds) => {
                let end = memchr(b'\n', bytes);
                let line = &bytes[..end.unwrap_or(bytes.len())];
                match std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) {
                    Ok(line) if !line.contains(|c: char| c.is_control() && c != '\t') => {
                        Fit::of(end.map(|_| holds(line)))
                    }
                    _ => Fit::No,
                }
            }
            Self::Shape(holds) => Fit::of(holds(&mut Cursor::new(bytes))),
        }
    }
}

/// Whether a line is a request line or status line as HTTP's, but of the other protocol `version` belongs to.
fn is_like_http(line: &str, version: &str) -> bool {
    let request = line.strip_suffix(version).is_some_and(|rest| {
        let mut parts = rest.split_ascii_whitespace();
        rest.ends_with(' ') && parts.next().is_some() && parts.next().is_some() && parts.next().is_none()
    });
    request || line.strip_prefix(version).is_some_and(|rest| rest.starts_with(' '))
}

/// Registration (RFC 2812 §3.1), and capability negotiation before it. USER alone would be FTP's too, with one argument.
fn irc_command(line: &str) -> bool {
    let words = line.split(' ').count();
    let version = line.rsplit(' ').next().is_some_and(|last| last.starts_with("HTTP/"));
    !version
        && (line.starts_with("CAP LS")
            || line.starts_with("NICK ") && words == 2
            || line.starts_with("USER ") && words >= 5 && line.contains(" :"))
}

fn irc_notice(line: &str) -> bool {
    let command = line.strip_prefix(':').and_then(|rest| rest.split_once(' ')).map_or(line, |(_, command)| command);
    command.starts_with("NOTICE ") && command.contains(" :")
}

fn memcached(line: &str) -> bool {
    let words: Vec<_> = line.split(' ').collect();
    let numbers = |words: &[&str]| words.iter().all(|word| word.parse::<u32>().is_ok());
    match words[..] {
        ["get" | "gets", key, ref more @ ..] => {
            !key.is_empty() && !key.starts_with('/') && !more.iter().any(|word| word.contains('/') || word.is_empty())
        }
        ["set" | "add" | "replace" | "append" | "prepend", key, flags, expiry, length] => {
            !key.is_empty() && numbers(&[flags, expiry, length])
        }
        _ => false,
    }
}

/// A stream's opening tag, after an XML declaration or not (RFC 6120 §4.2).
fn xmpp(it: &mut Cursor<'_>) -> Option<bool> {
    let mut text = it.rest();
    if Fit::prefix(text, b"<?xml ") != Fit::No {
        text = text[memmem::find(text, b"?>")? + 2..].trim_ascii_start();
    }
    let fit = Fit::prefix(text, b"<stream:stream");
    (fit != Fit::SoFar).then_some(fit == Fit::Yes)
}

/// A command as an array of bulk strings: `*1`, `$4`, `PING`.
fn redis(it: &mut Cursor<'_>) -> Option<bool> {
    for sign in *b"*$" {
        let mut digits = 0;
        if it.u8()? != sign {
            return Some(false);
        }
        loop {
            match it.u8()? {
                b'0'..=b'9' if digits < 7 => digits += 1,
                b'\r' if digits > 0 => break,
                _ => return Some(false),
            }
        }
        if it.u8()? != b'\n' {
            return Some(false);
        }
    }
    Some(true)
}

/// CONNECT with the protocol's name in it (MQTT 3.1.1 §3.1; another one in version 3.1).
fn mqtt(it: &mut Cursor<'_>) -> Option<bool> {
    if it.u8()? != 0x10 {
        return Some(false);
    }
    // The remaining length: up to four bytes, the last one without its highest bit.
    for _ in 0..4 {
        if it.u8()? < 0x80 {
            break;
        }
    }
    let name: &[u8] = match it.u16()? {
        4 => b"MQTT",
        6 => b"MQIsdp",
        _ => return Some(false),
    };
    Some(it.take(name.len())? == name)
}

/// The server's greeting: packet 0, protocol version 10, and a server version, which begins with a digit.
fn mysql(it: &mut Cursor<'_>) -> Option<bool> {
    let [_, _, 0, 0, 10] = *it.take(5)? else { return Some(false) };
    Some(it.u8()?.is_ascii_digit())
}

/// A startup message of protocol 3, or one of the requests that come before it.
fn postgresql(it: &mut Cursor<'_>) -> Option<bool> {
    let (length, code) = (it.u32()?, it.u32()?);
    Some(match code {
        // GSSENCRequest and SSLRequest.
        80_877_103 | 80_877_104 => length == 8,
        // CancelRequest.
        80_877_102 => length == 16,
        0x0003_0000..=0x0003_0002 => length < 10_000 && it.u8()?.is_ascii_lowercase(),
        _ => false,
    })
}

/// A message's header: lengths first, least significant byte first, and an operation that clients begin with.
fn mongodb(it: &mut Cursor<'_>) -> Option<bool> {
    let length = it.u32()?.swap_bytes();
    if !(16..48 << 20).contains(&length) {
        return Some(false);
    }
    let (_request, response_to, operation) = (it.u32()?, it.u32()?, it.u32()?.swap_bytes());
    // OP_QUERY and OP_MSG.
    Some(response_to == 0 && matches!(operation, 2004 | 2013))
}

/// A BER sequence of a message number and a bind, search or extended request (RFC 4511 §4.1.1).
fn ldap(it: &mut Cursor<'_>) -> Option<bool> {
    let length = |it: &mut Cursor<'_>| match it.u8()? {
        long @ 0x81..=0x84 => it.take(usize::from(long & 0x7f)).map(|_| true),
        short => Some(short < 0x80),
    };
    if it.u8()? != 0x30 || !length(it)? || it.take(2)? != [2, 1] {
        return Some(false);
    }
    it.u8()?;
    let operation = it.u8()?;
    if !matches!(operation, 0x60 | 0x63 | 0x77) || !length(it)? {
        return Some(false);
    }
    Some(match operation {
        0x60 => matches!(it.take(3)?, [2, 1, 2 | 3]),
        0x63 => it.u8()? == 4,
        _ => it.u8()? == 0x80,
    })
}

/// A query after its length (RFC 1035 §4.2.2): one question, no answers, and a name that ends.
fn dns(it: &mut Cursor<'_>) -> Option<bool> {
    let (length, _id, flags) = (it.u16()?, it.u16()?, it.u16()?);
    // Only RD, AD and CD make sense in a query.
    if length < 17 || flags & !0x0130 != 0 {
        return Some(false);
    }
    let [0, 1, 0, 0, 0, 0, 0, 0..=2] = *it.take(8)? else { return Some(false) };
    let mut name = 0;
    loop {
        let label = usize::from(it.u8()?);
        name += label + 1;
        if label > 63 || name > 255 {
            return Some(false);
        }
        if label == 0 {
            break;
        }
        if !it.take(label)?.iter().all(u8::is_ascii_graphic) {
            return Some(false);
        }
    }
    it.u16()?;
    // IN, CH, HS, NONE, ANY.
    Some(matches!(it.u16()?, 1 | 3 | 4 | 254 | 255))
}

/// An X.224 connection request in a TPKT, with the cookie or the negotiation request that only RDP has in it
/// (MS-RDPBCGR §2.2.1.1).
fn rdp(it: &mut Cursor<'_>) -> Option<bool> {
    if !matches!(it.take(4)?, [3, 0, _, _]) || !matches!(it.take(7)?, [_, 0xe0, 0, 0, _, _, 0]) {
        return Some(false);
    }
    Some(match it.take(4)? {
        [1, _, 8, 0] => true,
        cookie => cookie == b"Cook",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_names_itself_is_named() {
        let client = |bytes: &[u8]| name(bytes, Direction::Client, true).0;
        let server = |bytes: &[u8]| name(bytes, Direction::Server, true).0;
        for (bytes, expected) in [
            (&b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n"[..], "RTSP"),
            (b"REGISTER sip:a.example SIP/2.0\r\n", "SIP"),
            (b"OPTIONS icap://a/b ICAP/1.0\r\n", "ICAP"),
            (b"NICK me\r\n", "IRC"),
            (b"USER me 0 * :My Name\r\n", "IRC"),
            (b"get key\r\n", "memcached"),
            (b"set key 0 60 5\r\nhello\r\n", "memcached"),
            (b"*2\r\n$3\r\nGET\r\n", "Redis"),
            (b"\x10\x0c\x00\x04MQTT\x04\x02", "MQTT"),
            (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "PostgreSQL"),
            (b"\x00\x00\x00\x29\x00\x03\x00\x00user\x00", "PostgreSQL"),
            (b"\x3a\0\0\0\x01\0\0\0\0\0\0\0\xd4\x07\0\0", "MongoDB"),
            (b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00", "LDAP"),
            (b"\0\x19\xab\xcd\x01\0\0\x01\0\0\0\0\0\0\x01a\x03com\0\0\x01\0\x01", "DNS"),
            (b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0", "RDP"),
            (b"\x03\0\0\x2a\x25\xe0\0\0\0\0\0Cookie: mstshash=a\r\n", "RDP"),
            (b"\0\0\0\x90\xfeSMB@\0", "SMB"),
            (b"AMQP\0\0\x09\x01", "AMQP"),
            (b"<?xml version='1.0'?>\n<stream:stream to='a'>", "XMPP"),
            (b"\x12\x01\0\x2f\0\0\x01\0\0\0\x1a\0\x06", "SQL Server"),
            (b"003egit-upload-pack /a", "Git"),
        ] {
            assert_eq!(client(bytes), Some(expected), "{bytes:?}");
        }
        for (bytes, expected) in [
            (&b"220 mail.example ESMTP\r\n"[..], "SMTP or FTP"),
            (b"+OK ready\r\n", "POP3"),
            (b"* OK IMAP4rev1\r\n", "IMAP"),
            (b"\x4a\0\0\0\x0a8.0.31\0", "MySQL"),
            (b":irc.example NOTICE * :*** Looking up\r\n", "IRC"),
            (b"RTSP/1.0 200 OK\r\n", "RTSP"),
            (b"\xff\xfd\x18\xff\xfd\x20", "Telnet"),
        ] {
            assert_eq!(server(bytes), Some(expected), "{bytes:?}");
        }
    }

    #[test]
    fn what_only_resembles_it_is_not() {
        for bytes in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"get / HTTP/1.1\r\n",
            b"get /old\r\n",
            b"NICK / HTTP/1.1\r\n",
            b"OPTIONS * HTTP/1.1\r\n",
            b"*1\r\nPING",
            b"\x10\x0c\x00\x05MQTT5\x04\x02\0\0",
            b"\x03\0\0\x16\x11\xe0\0\0\0\x01\0\xc0\x01\x0a\xc1\x02\x01\0",
            b"\0\x19\xab\xcd\x81\x80\0\x01\0\x01\0\0\0\0",
            b"<?xml version='1.0'?>\r\n<html>\r\n",
        ] {
            assert_eq!(name(bytes, Direction::Client, true), (None, Fit::No), "{bytes:?}");
        }
        // What a server says once it was asked is an answer, not a greeting.
        assert_eq!(name(b"+OK\r\n", Direction::Server, false), (None, Fit::No));
    }

    proptest! {
        #[test]
        fn a_cut_never_changes_what_is_said(at in any::<prop::sample::Index>(), cut in 0usize..60) {
            let greetings: [&[u8]; 5] = [
                b"REGISTER sip:a.example SIP/2.0\r\n",
                b"\0\x19\xab\xcd\x01\0\0\x01\0\0\0\0\0\0\x01a\x03com\0\0\x01\0\x01",
                b"<?xml version='1.0'?>\n<stream:stream to='a'>",
                b"*2\r\n$3\r\nGET\r\n",
                b"\x3a\0\0\0\x01\0\0\0\0\0\0\0\xd4\x07\0\0",
            ];
            let whole = greetings[at.index(greetings.len())];
            let (named, fit) = name(&whole[..cut.min(whole.len())], Direction::Client, true);
            prop_assert!(named == name(whole, Direction::Client, true).0 || fit == Fit::SoFar);
        }

        #[test]
        fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..99), kept in 0usize..30) {
            for (_, _, pattern) in &GREETINGS {
                let fit = pattern.fit(&bytes[kept.min(bytes.len())..]);
                prop_assert!(fit == Fit::Yes || fit == Fit::No || bytes.len() < MAX_OPENING);
            }
        }
    }
}
