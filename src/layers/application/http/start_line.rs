//! Request lines and status lines (RFC 9112 §3, §4), and telling them from anything else.

use std::ops::Range;

use memchr::memchr;

use super::problems::Fault;
use super::words;
use crate::layers::Direction;
use crate::layers::quoted::{Named, Quoted};

/// The longest method looked for; the registry's longest has 17 letters.
const MAX_METHOD: usize = 64;

/// What stands for the version of a request line that has none: HTTP/0.9 had no versions yet.
const NO_VERSION: (u8, u8) = (0, 9);

/// Methods that identify a request line without a version or target: those of the registry that servers meet, and
/// those of `UPnP` and Exchange.
const METHODS: &str = "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH LINK UNLINK PROPFIND \
    PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL REPORT CHECKOUT CHECKIN UNCHECKOUT MKWORKSPACE \
    UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY ORDERPATCH ACL SEARCH BIND REBIND UNBIND QUERY \
    M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE CCM_POST RPC_IN_DATA RPC_OUT_DATA";

/// A start line, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartLine {
    /// Major and minor version; (0, 9) where a request line has none.
    pub version: (u8, u8),
    /// What else it says.
    pub parts: Parts,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// What a start line says besides its version, as ranges of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parts {
    /// `method SP request-target SP HTTP-version`.
    Request {
        /// The method.
        method: Range<u32>,
        /// The request target; empty if there is none.
        target: Range<u32>,
    },
    /// `HTTP-version SP status-code SP [reason-phrase]`.
    Status {
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: Range<u32>,
    },
}

/// How much some bytes look like the beginning of a start line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They begin with a whole start line.
    Yes,
    /// They are not long enough to tell.
    Maybe,
    /// They do not.
    No,
}

/// Tells whether `bytes` begin with a start line of that sender; `limit` caps how long a line is waited for.
#[must_use]
pub fn likeness(from: Direction, bytes: &[u8], limit: usize) -> Likeness {
    matched(from, bytes, 0, limit, |_| true)
}

/// The same for bytes of which the first `seen` were not long enough to tell: looks at the others.
#[must_use]
pub(super) fn likeness_of_more(from: Direction, bytes: &[u8], seen: usize, limit: usize) -> Likeness {
    matched(from, bytes, seen, limit, |_| true)
}

/// The same where anything may come: only a complete start line counts.
#[must_use]
pub fn strict_likeness(from: Direction, bytes: &[u8], limit: usize) -> Likeness {
    matched(from, bytes, 0, limit, |start| {
        matches!(
            start.fault,
            None | Some(
                Fault::StartLineSpacing
                    | Fault::SpaceInTarget(_)
                    | Fault::StatusOutOfRange(_)
                    | Fault::NoSpaceAfterStatus
            )
        )
    })
}

fn matched(from: Direction, bytes: &[u8], seen: usize, limit: usize, accept: fn(&StartLine) -> bool) -> Likeness {
    if !may_begin(from, bytes) {
        return Likeness::No;
    }
    let line = &bytes[..bytes.len().min(limit)];
    match memchr(b'\n', &line[seen.min(line.len())..]) {
        Some(length) => match StartLine::parse(from, trim_line_end(&line[..=seen + length])) {
            Some(start) if accept(&start) => Likeness::Yes,
            _ => Likeness::No,
        },
        None if bytes.len() >= limit => Likeness::No,
        // Text may still become a start line; binary data won't. What was seen may have ended in a CR.
        None if from == Direction::Client && has_control(&bytes[seen.saturating_sub(1)..]) => Likeness::No,
        None => Likeness::Maybe,
    }
}

/// Who sent some bytes, if one of their lines is a start line, or the last may well become one.
#[must_use]
pub fn sender(bytes: &[u8], limit: usize) -> Option<Direction> {
    let mut rest = bytes;
    loop {
        if strict_likeness(Direction::Client, rest, limit) == Likeness::Yes {
            return Some(Direction::Client);
        }
        if rest.len() >= 7 && strict_likeness(Direction::Server, rest, limit) != Likeness::No {
            return Some(Direction::Server);
        }
        match memchr(b'\n', rest) {
            Some(end) => rest = &rest[end + 1..],
            None => break,
        }
    }
    let method = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let likely = (3..=7).contains(&method) && bytes[method..].starts_with(b" /") && !has_control(bytes);
    likely.then_some(Direction::Client)
}

/// A cheap look at the first bytes, before a line end is searched for.
fn may_begin(from: Direction, bytes: &[u8]) -> bool {
    match from {
        Direction::Server => {
            let length = bytes.len().min(5);
            bytes[..length].eq_ignore_ascii_case(&b"HTTP/"[..length])
        }
        Direction::Client => {
            let method = bytes.iter().take(MAX_METHOD + 1).take_while(|b| is_token(**b)).count();
            method <= MAX_METHOD
                && match bytes.get(method) {
                    Some(b' ' | b'\t' | b'\r' | b'\n') => method > 0,
                    Some(_) => false,
                    None => true,
                }
        }
    }
}

fn has_control(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // There's no early exit, so that many bytes are looked at at once.
    line.iter().fold(0, |found, b| found | u8::from(*b < 32 && *b != b'\t') | u8::from(*b == 127)) != 0
}

/// A line without its CR LF, or bare LF.
#[must_use]
pub(super) fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl StartLine {
    /// Parses a line without its line end; `None` if it is not a start line of that sender.
    ///
    /// White space is taken leniently, as RFC 9112 §3 allows, and what can't be mistaken for anything else is taken for
    /// what it was meant to be; `fault` says what is wrong.
    #[must_use]
    pub fn parse(from: Direction, line: &[u8]) -> Option<Self> {
        Self::strict(from, line).or_else(|| Self::lenient(from, line))
    }

    /// The usual case: a start line that follows the grammar.
    fn strict(from: Direction, line: &[u8]) -> Option<Self> {
        let (minor, parts) = match from {
            Direction::Client => {
                let (before, [b' ', b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9']) =
                    line.split_last_chunk()?
                else {
                    return None;
                };
                let method = before.iter().position(|b| !is_token(*b))?;
                let target = before[method..].strip_prefix(b" ")?;
                if method == 0 || target.is_empty() || !words::are_visible(target, b'!') {
                    return None;
                }
                let parts = Parts::Request { method: 0..method as u32, target: method as u32 + 1..before.len() as u32 };
                (minor, parts)
            }
            Direction::Server => {
                let ([b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9', b' ', code @ ..], reason) =
                    line.split_first_chunk::<12>()?
                else {
                    return None;
                };
                let [hundreds @ b'1'..=b'5', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = code else { return None };
                let digit = |digit: &u8| u16::from(digit - b'0');
                let status = digit(hundreds) * 100 + digit(tens) * 10 + digit(ones);
                if reason.first() != Some(&b' ') || !words::are_visible(reason, b' ') {
                    return None;
                }
                let reason = (line.len() - reason.len() + 1) as u32..line.len() as u32;
                (minor, Parts::Status { status, reason })
            }
        };
        Some(Self { version: (1, minor - b'0'), parts, fault: None })
    }

    fn lenient(from: Direction, line: &[u8]) -> Option<Self> {
        let mut start = match from {
            Direction::Client => Self::request(line)?,
            Direction::Server => Self::status(line)?,
        };
        if start.fault.is_none() && has_control(line) {
            start.fault = Some(Fault::ControlInStartLine);
        }
        Some(start)
    }

    fn request(line: &[u8]) -> Option<Self> {
        let method_end = line.iter().position(|b| is_space(*b)).unwrap_or(line.len());
        let method = &line[..method_end];
        if method.is_empty() || !method.iter().all(|b| is_token(*b)) {
            return None;
        }
        let line_end = trim_end(line).len().max(method_end);
        let start = line_end - trim_start(&line[method_end..line_end]).len();
        let rest = &line[start..line_end];
        // The version is what follows the last white space: some clients wrongly send targets with spaces.
        let last = rest.iter().rposition(|b| is_space(*b)).map_or(0, |at| at + 1);
        let before = trim_end(&rest[..last]).len();
        let (target_length, version, fault) = match version(&rest[last..]) {
            Some((version, true)) if before > 0 => {
                let strict = line.len() == method_end + 1 + before + 1 + (rest.len() - last)
                    && line[method_end] == b' '
                    && rest[before] == b' ';
                let target = &rest[..before];
                let fault = if target.iter().any(|b| is_space(*b)) {
                    Some(Fault::SpaceInTarget(Quoted::of(target)))
                } else {
                    (!strict).then_some(Fault::StartLineSpacing)
                };
                (before, version, fault)
            }
            // Any token may be a method; without a complete request line around it, it must be a known one.
            _ if !is_known(method) => return None,
            Some((version, _)) if before == 0 => (0, version, Some(Fault::NoTarget)),
            Some((version, _)) => (before, version, Some(not_1(&rest[last..], version))),
            None if rest[last..].starts_with(b"HTTP/") => {
                (before, NO_VERSION, Some(Fault::MalformedVersion(Quoted::of(&rest[last..]))))
            }
            None if matches!(rest.first(), None | Some(b'/' | b'*' | b'h')) => {
                (rest.len(), NO_VERSION, Some(Fault::NoVersion))
            }
            None => return None,
        };
        let target = start as u32..(start + target_length) as u32;
        Some(Self { version, parts: Parts::Request { method: 0..method_end as u32, target }, fault })
    }

    fn status(line: &[u8]) -> Option<Self> {
        let version_end = line.iter().position(|b| is_space(*b))?;
        // Whatever stands between `HTTP/1` and a status code was meant to be a version.
        let has_code =
            trim_start(&line[version_end..]).first_chunk::<3>().is_some_and(|code| code.iter().all(u8::is_ascii_digit));
        let garbled = || (has_code && line.starts_with(b"HTTP/1")).then_some(((1, 1), false));
        let (version, exact) = version(&line[..version_end]).or_else(garbled)?;
        let rest = trim_start(&line[version_end..]);
        let digits_at = line.len() - rest.len();
        let code_end = rest.iter().position(|b| is_space(*b)).unwrap_or(rest.len());
        let (code, reason) = (&rest[..code_end], (digits_at + code_end + 1).min(line.len()));
        let digits = code.iter().take_while(|b| b.is_ascii_digit()).count();
        let status = std::str::from_utf8(&code[..digits]).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let fault = if !exact {
            Some(not_1(&line[..version_end], version))
        } else if digits != 3 || code.len() != 3 || code[0] == b'0' {
            Some(Fault::MalformedStatus(Quoted::of(code)))
        } else if status > 599 {
            Some(Fault::StatusOutOfRange(status))
        } else if digits_at != version_end + 1 || line[version_end] != b' ' {
            Some(Fault::StartLineSpacing)
        } else {
            (code_end == rest.len()).then_some(Fault::NoSpaceAfterStatus)
        };
        Some(Self { version, parts: Parts::Status { status, reason: reason as u32..line.len() as u32 }, fault })
    }
}

/// An HTTP version, and whether it is written as RFC 9112 §2.3 has it: `HTTP/1.` and a digit. Other major versions frame
/// their messages differently, and have no start line; a sender that writes one means 1.1.
fn version(text: &[u8]) -> Option<((u8, u8), bool)> {
    if let [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9'] = text {
        return Some(((1, minor - b'0'), true));
    }
    let (name, digits) = text.split_at_checked(5)?;
    if !name.eq_ignore_ascii_case(b"HTTP/") {
        return None;
    }
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u8>().ok();
    let (major, minor) = match digits.iter().position(|b| *b == b'.') {
        Some(dot) => (number(&digits[..dot])?, number(&digits[dot + 1..])?),
        None => (number(digits)?, 0),
    };
    Some(((major, minor), false))
}

/// What is wrong with a version that is not HTTP/1.1 or HTTP/1.0 to the letter.
fn not_1(text_of_it: &[u8], (major, _): (u8, u8)) -> Fault {
    let said = Quoted::of(text_of_it);
    if major == 1 { Fault::MalformedVersion(said) } else { Fault::OtherVersion(said) }
}

fn is_known(method: &[u8]) -> bool {
    known(method).is_some()
}

fn known(method: &[u8]) -> Option<&'static str> {
    METHODS.split(' ').find(|known| known.as_bytes() == method)
}

/// A method as a sentence has it.
pub(crate) fn named_method(method: &[u8]) -> Named {
    Named::of(method, known(method))
}

/// RFC 9112 §2.2: a bare CR is taken for a space, or the message is refused.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

fn trim_start(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|b| is_space(**b)).count()..]
}

fn trim_end(text: &[u8]) -> &[u8] {
    &text[..text.len() - text.iter().rev().take_while(|b| is_space(**b)).count()]
}

/// Whether a byte may be in a token: a `tchar` (RFC 9110 §5.6.2).
#[must_use]
pub const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

/// A lookup table, since every byte of every field name is checked.
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'%' | b'&'
            | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(line: &str) -> Option<(String, String, (u8, u8))> {
        let start = StartLine::parse(Direction::Client, line.as_bytes())?;
        let Parts::Request { method, target } = start.parts else { return None };
        let slice = |range: Range<u32>| line[range.start as usize..range.end as usize].to_owned();
        Some((slice(method), slice(target), start.version))
    }

    #[test]
    fn request_lines_are_taken_apart() {
        let parts = |m: &str, t: &str, v| Some((m.to_string(), t.to_string(), v));
        assert_eq!(request("GET /a?b HTTP/1.1"), parts("GET", "/a?b", (1, 1)));
        assert_eq!(request("get / HTTP/1.0"), parts("get", "/", (1, 0)));
        assert_eq!(request("M-SEARCH * HTTP/1.1"), parts("M-SEARCH", "*", (1, 1)));
        assert_eq!(request("CONNECT example.com:443 HTTP/1.1"), parts("CONNECT", "example.com:443", (1, 1)));
        assert_eq!(request("GET  /a b  HTTP/1.1 "), parts("GET", "/a b", (1, 1)));
        assert_eq!(request("GET /old"), parts("GET", "/old", (0, 9)));
        assert_eq!(request("OPTIONS HTTP/1.1"), parts("OPTIONS", "", (1, 1)));
        assert_eq!(request("OPTIONS"), parts("OPTIONS", "", (0, 9)));
        assert_eq!(request("PUT / HTTP/1."), parts("PUT", "/", (0, 9)));
        assert_eq!(request("PUT /HTTP/1.1"), parts("PUT", "/HTTP/1.1", (0, 9)));
    }

    #[test]
    fn other_lines_are_not_requests() {
        for line in [
            "",
            "GETS",
            "GETS ",
            "EHLO example.com",
            "NICK me",
            "PRI * HTTP/2.0",
            "GETS / HTTP/2.0",
            "GETS / HTTP/1.01",
            " GET / HTTP/1.1",
        ] {
            assert_eq!(request(line), None, "{line:?}");
        }
    }

    #[test]
    fn status_lines_are_taken_apart() {
        for (line, status, reason) in [
            ("HTTP/1.1 200 OK", 200, "OK"),
            ("HTTP/1.0 404 Not Found", 404, "Not Found"),
            ("HTTP/1.1 204 ", 204, ""),
            ("HTTP/2.0 200 ok", 200, "ok"),
            ("HTTP/1.01 200 ok", 200, "ok"),
        ] {
            let start = StartLine::parse(Direction::Server, line.as_bytes()).unwrap();
            let Parts::Status { status: s, reason: r } = start.parts else { panic!("{line}") };
            assert_eq!(start.fault.is_some(), line.contains("2.0") || line.contains("1.01"));
            assert_eq!((s, &line[r.start as usize..r.end as usize]), (status, reason));
        }
        for line in ["HTTP/1.1200 OK", "ICY 200 OK", "HTTP/1.1", "HTTPS/1.1 200 OK"] {
            assert_eq!(StartLine::parse(Direction::Server, line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_start_line_is_told() {
        let code = |from, line: &str| StartLine::parse(from, line.as_bytes()).unwrap().fault.map(|fault| fault.code());
        for (line, expected) in [
            ("GET / HTTP/1.1", None),
            ("GET  / HTTP/1.1", Some("start-line-spacing")),
            ("GET / HTTP/1.1 ", Some("start-line-spacing")),
            ("GET /a b HTTP/1.1", Some("space-in-target")),
            ("GET /\u{1} HTTP/1.1", Some("control-in-start-line")),
            ("GET HTTP/1.1", Some("missing-target")),
            ("GET / HTTP/1.", Some("malformed-version")),
            ("GET / http/1.1", Some("malformed-version")),
            ("GET /", Some("missing-version")),
        ] {
            assert_eq!(code(Direction::Client, line), expected, "{line:?}");
        }
        for (line, expected) in [
            ("HTTP/1.1 200 OK", None),
            ("HTTP/1.1 200 ", None),
            ("HTTP/1.1 200", Some("no-space-after-status")),
            ("HTTP/1.1  200 OK", Some("start-line-spacing")),
            ("HTTP/1.1 200\rA: b", Some("control-in-start-line")),
            ("HTTP/1.1 20 OK", Some("malformed-status-code")),
            ("HTTP/1.1 2000 OK", Some("malformed-status-code")),
            ("HTTP/1.1 099 OK", Some("malformed-status-code")),
            ("HTTP/1.1 2xx OK", Some("malformed-status-code")),
            ("HTTP/2 200 OK", Some("malformed-version")),
            ("HTTP/1\0.1 200 OK", Some("malformed-version")),
        ] {
            assert_eq!(code(Direction::Server, line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_beginning_may_still_become_a_start_line() {
        let is = |from, bytes: &[u8]| likeness(from, bytes, 100);
        assert_eq!(is(Direction::Client, b""), Likeness::Maybe);
        assert_eq!(is(Direction::Client, b"GE"), Likeness::Maybe);
        assert_eq!(is(Direction::Client, b"GET / HTTP/1.1\r"), Likeness::Maybe);
        assert_eq!(is(Direction::Client, b"GET / HTTP/1.1\r\nHost"), Likeness::Yes);
        assert_eq!(is(Direction::Client, b"\x16\x03\x01"), Likeness::No);
        assert_eq!(is(Direction::Client, b"GET \x00"), Likeness::No);
        assert_eq!(is(Direction::Client, &[b'a'; 200]), Likeness::No);
        assert_eq!(is(Direction::Server, b"HTTP/1.1 2"), Likeness::Maybe);
        assert_eq!(is(Direction::Server, b"SSH-2.0"), Likeness::No);
    }

    #[test]
    fn what_could_not_tell_is_not_looked_at_again() {
        let is = |bytes: &[u8], seen| likeness_of_more(Direction::Client, bytes, seen, 100);
        assert_eq!(is(b"GET /\n HTTP/1.", 14), Likeness::Maybe);
        assert_eq!(is(b"GET / HTTP/1.1\rX", 15), Likeness::No);
        assert_eq!(is(b"GET / HTTP/1.1\r\n", 15), Likeness::Yes);
        assert_eq!(is(&[b'a'; 100], 99), Likeness::No);
    }

    proptest! {
        #[test]
        fn a_line_as_the_grammar_has_it_is_read_as_any_other(
            (from, line) in prop::sample::select(&[
                (Direction::Client, "GET /index.html?a=b HTTP/1.1"),
                (Direction::Client, "OPTIONS * HTTP/1.0"),
                (Direction::Server, "HTTP/1.1 200 OK"),
                (Direction::Server, "HTTP/1.1 404 Not Found"),
                (Direction::Server, "HTTP/1.0 204 "),
                (Direction::Server, "HTTP/1.0 500 "),
            ][..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 0..3),
        ) {
            let mut line = line.as_bytes().to_vec();
            let strict = StartLine::strict(from, &line);
            prop_assert!(strict.is_some());
            prop_assert_eq!(strict, StartLine::lenient(from, &line));
            for (at, byte, inserted) in changes {
                // A byte that means something here, or none that is ASCII.
                let byte = if byte < 128 { b" \t\r\0/.19:\x7f"[usize::from(byte) % 10] } else { byte };
                let at = at.index(line.len());
                line.splice(at..at + usize::from(!inserted), [byte]);
            }
            if let Some(strict) = StartLine::strict(from, &line) {
                prop_assert_eq!(Some(strict), StartLine::lenient(from, &line));
            }
        }
    }
}
